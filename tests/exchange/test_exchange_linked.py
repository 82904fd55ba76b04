"""Linked data, maps and networks, each read by a library that knows the format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest
from exchange_makers import HERITAGE, WATER, bamako, levis
from geojson_pydantic import FeatureCollection
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, SDO, SKOS

from coopnlp.catalogue import refresh
from coopnlp.catalogue.values import ItemFilters
from coopnlp.exchange import Options, export
from coopnlp.register import Register
from coopnlp.themes.skos import concept_iri, read_skos
from coopnlp.themes.taxonomy import atlas

BASE = "https://registre.example/"


@pytest.fixture(scope="module", params=["made", "examples"])
def linked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    register: Register = request.getfixturevalue(request.param)
    (path,) = export(register, tmp_path_factory.mktemp("ld"), format="jsonld", options=Options(base=BASE))
    return Graph().parse(path, format="json-ld")


def test_every_term_is_one_of_schema_org_or_dublin_core(linked: Graph) -> None:
    terms = {str(term) for _, predicate, object_ in linked for term in (predicate, object_)}
    for namespace in (SDO, DCTERMS):
        used = {term[len(str(namespace)) :] for term in terms if term.startswith(str(namespace))}
        assert used
        assert [term for term in used if term not in namespace] == []
    assert {str(p) for p in linked.predicates()} == {
        str(p) for p in linked.predicates() if str(p).startswith((str(SDO), str(DCTERMS), str(RDF)))
    }


def test_every_thing_that_is_named_is_described(linked: Graph) -> None:
    named = {o for o in linked.objects() if isinstance(o, URIRef) and str(o).startswith(BASE)}
    assert named
    assert {thing for thing in named if (thing, RDF.type, None) not in linked} == set()


def test_a_grant_in_linked_data(made: Register, tmp_path: Path) -> None:
    (path,) = export(made, tmp_path / "a.jsonld", format="jsonld")
    graph = Graph().parse(path, format="json-ld")
    (grant,) = graph.subjects(SDO.name, Literal("Eau pour Bamako, phase 2"))
    assert (grant, RDF.type, SDO.MonetaryGrant) in graph
    (project,) = graph.objects(grant, SDO.fundedItem)
    assert (project, SDO.name, Literal("Eau pour Bamako")) in graph
    assert (project, DCTERMS.subject, URIRef(concept_iri(WATER))) in graph
    amounts = {
        (str(graph.value(a, SDO.currency)), str(graph.value(a, SDO.value))) for a in graph.objects(grant, SDO.amount)
    }
    assert amounts == {("EUR", "50000"), ("XOF", "32500000")}
    (rennes,) = graph.subjects(SDO.sameAs, URIRef("http://id.insee.fr/geo/commune/35238"))
    identifier = graph.value(rennes, SDO.identifier)
    assert (str(graph.value(identifier, SDO.propertyID)), str(graph.value(identifier, SDO.value))) == (
        "fr-commune",
        "35238",
    )
    assert graph.value(graph.value(graph.value(rennes, SDO.location), SDO.geo), SDO.latitude) is not None


def test_filters_leave_only_what_belongs_together(made: Register, tmp_path: Path) -> None:
    (path,) = export(made, tmp_path / "a.jsonld", format="jsonld", filters=ItemFilters(country=("CA",)))
    graph = Graph().parse(path, format="json-ld")
    assert set(map(str, graph.objects(None, SDO.name))) == {
        "Rennes",
        "Lévis",
        '=HYPERLINK("http://x")',
        "Entente\u00a0: Rennes – Lévis",
    }


def test_themes_are_the_nomenclature_with_counts(made: Register, tmp_path: Path) -> None:
    (path,) = export(made, tmp_path / "a.ttl", format="skos")
    assert set(read_skos(path)) == set(atlas())
    graph = Graph().parse(path)
    for depth, note in ((1, "1 partenariat, 1 accord, 2 projets"), (2, "2 projets")):
        concept = URIRef(concept_iri(HERITAGE[:depth]))
        assert str(graph.value(concept, SKOS.note)).endswith(note) or depth == 1
        assert int(graph.value(concept, DCTERMS.extent) or 0) > 0
    assert graph.value(URIRef(concept_iri(WATER)), SKOS.narrowMatch) or graph.value(
        URIRef(concept_iri(WATER)), SKOS.closeMatch
    )


def test_themes_of_another_nomenclature_are_told_too(tmp_path: Path) -> None:
    result = bamako()
    own = result.record.projects[0].themes[0].model_copy(update={"path": ("Mobilité", "Vélo")})
    project = result.record.projects[0].model_copy(update={"themes": (own,)})
    record = result.record.model_copy(update={"projects": (project, *result.record.projects[1:])})
    with Register("sqlite://") as register:
        register.add(result.model_copy(update={"record": record}))
        (path,) = export(register, tmp_path / "a.ttl", format="skos")
    assert {("Mobilité",), ("Mobilité", "Vélo")} <= set(read_skos(path))


def test_points_and_lines(new_register: Callable[[], str], tmp_path: Path) -> None:
    with Register(new_register()) as register:
        register.add_all([bamako(), levis()])
        refresh(register)
        (path,) = export(register, tmp_path / "a.geojson", format="geojson")
        (graph,) = export(register, tmp_path / "a.graphml", format="graphml")
    found = FeatureCollection.model_validate_json(path.read_text(encoding="utf-8"))
    names = {f.properties["nom"]: f for f in found.features if f.properties and f.properties["objet"] == "acteur"}
    assert {"Rennes", "Bamako", "Lévis", "Les Amis de Bamako"} <= set(names)
    assert names["Les Amis de Bamako"].geometry is None
    longitude, latitude = names["Rennes"].geometry.coordinates[:2]
    assert (round(longitude), round(latitude)) == (-2, 48)
    lines = {f.id: f for f in found.features if f.geometry and f.geometry.type == "LineString"}
    bond = lines["fr-commune:35238 – geonames:2460596"].properties
    assert (bond["poids"], bond["partenariats"], bond["projets"], bond["accords"]) == (4, 1, 2, 1)
    assert (bond["première_année"], bond["dernière_année"]) == (1985, 2021)
    network = nx.read_graphml(graph)
    assert not network.is_multigraph()
    assert network.edges["fr-commune:35238", "geonames:2460596"]["kinds"] == "convention; jumelage"
    assert network.nodes["fr-commune:35238"]["label"] == "Rennes"
    assert network.nodes["name:les_20_amis_20_de_20_bamako"]["key"] == "name:les amis de bamako"


def test_the_network_of_the_examples(examples: Register, tmp_path: Path) -> None:
    (path,) = export(examples, tmp_path / "a.graphml", format="graphml")
    network = nx.read_graphml(path)
    assert network.number_of_nodes() > 40
    assert min(data["weight"] for _, _, data in network.edges(data=True)) >= 1
    (part,) = export(examples, tmp_path / "b.graphml", format="graphml", filters=ItemFilters(country=("SN",)))
    assert set(nx.read_graphml(part).nodes) < set(network.nodes)
    (points,) = export(examples, tmp_path / "a.geojson", format="geojson")
    assert len(FeatureCollection.model_validate_json(points.read_bytes()).features) == (
        network.number_of_nodes() + network.number_of_edges()
    )
