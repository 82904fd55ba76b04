"""Nomenclatures as SKOS: read from Turtle, RDF/XML or JSON-LD, written as the same.

A concept scheme becomes a :class:`~coopnlp.themes.taxonomy.Taxonomy`: concepts
without a broader one are its themes, preferred labels (French, else any) its
labels. The atlas ships as ``data/atlas.ttl``, with mappings to the purpose codes of
the OECD and to the Sustainable Development Goals (``data/mappings.tsv``, where
each is justified); ``python -m coopnlp.themes.skos`` writes it anew.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coopnlp.errors import TaxonomyError
from coopnlp.resources import data_file
from coopnlp.text import fold
from coopnlp.themes.taxonomy import NodePath, Taxonomy, atlas, read_rows

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

__all__ = ["FORMATS", "Mapping", "concept_iri", "mappings", "read_skos", "read_taxonomy", "write_skos"]

#: Ending of a file's name and the name of the syntax.
FORMATS = {".ttl": "turtle", ".rdf": "xml", ".xml": "xml", ".jsonld": "json-ld", ".json": "json-ld"}

# The atlas gives its themes no addresses; these are names of our own, not links.
_BASE = "urn:coopnlp:atlas:"
_SCHEMES = {
    "dac": "http://reference.iatistandard.org/codelists/Sector/",
    "sdg": "http://metadata.un.org/sdg/",
}
_RELATIONS = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")


@dataclass(frozen=True)
class Mapping:
    """A node of the atlas and a code of another list: ``scheme`` « dac » or « sdg », a SKOS ``relation``, and why."""

    path: NodePath
    scheme: str
    code: str
    relation: str
    why: str


def mappings() -> tuple[Mapping, ...]:
    """Return the mappings of the atlas that ship; of a node's DAC codes the first is the best.

    Raises
    ------
    TaxonomyError
        The table is damaged.
    """
    found = []
    for row in read_rows(data_file("themes", "mappings.tsv")):
        path = atlas().node(row["theme"], row["subtheme"], row["subsubtheme"])
        if row["relation"] in _RELATIONS and row["code"]:
            found.append(Mapping(path, row["scheme"], row["code"], row["relation"], row["why"]))
    return tuple(found)


def read_taxonomy(file: Path) -> Taxonomy:
    """Read a nomenclature: SKOS by the ending of its name (:data:`FORMATS`), else a table.

    Raises
    ------
    TaxonomyError
        The file cannot be read, or is no tree.
    """
    return read_skos(file) if file.suffix.lower() in FORMATS else Taxonomy.from_tsv(file)


def read_skos(file: Path) -> Taxonomy:
    """Read the concepts of a SKOS file.

    Raises
    ------
    TaxonomyError
        The file cannot be parsed, holds no concept, a concept has no label or
        several broader ones, or they go round in a circle.
    """
    from rdflib import Graph
    from rdflib.namespace import RDF, SKOS

    graph = Graph()
    try:
        graph.parse(file, format=FORMATS.get(file.suffix.lower(), "turtle"))
    except Exception as error:  # each syntax has errors of its own, without a common class
        raise TaxonomyError(f"{file}: cannot be read as SKOS: {error}.") from error
    concepts = sorted(set(graph.subjects(RDF.type, SKOS.Concept)), key=str)
    if not concepts:
        raise TaxonomyError(f"{file}: no skos:Concept in it.")
    above: dict[Node, Node] = {}
    for concept in concepts:
        broader = {*graph.objects(concept, SKOS.broader), *graph.subjects(SKOS.narrower, concept)}
        if len(broader) > 1:
            raise TaxonomyError(f"{file}: {concept} has {len(broader)} broader concepts; a tree has one.")
        if broader:
            above[concept] = broader.pop()
    paths = [_path(file, graph, concept, above) for concept in concepts]
    return Taxonomy(sorted(paths, key=lambda path: (len(path), path)), source=str(file))


def _path(file: Path, graph: Graph, concept: Node, above: dict[Node, Node]) -> NodePath:
    labels: list[str] = []
    seen: set[Node] = set()
    at: Node | None = concept
    while at is not None:
        if at in seen:
            raise TaxonomyError(f"{file}: {concept} is broader than itself. A tree has no cycles.")
        seen.add(at)
        labels.insert(0, _label(file, graph, at))
        at = above.get(at)
    return tuple(labels)


def _label(file: Path, graph: Graph, concept: Node) -> str:
    from rdflib.namespace import SKOS

    named = sorted(graph.objects(concept, SKOS.prefLabel), key=lambda label: (_language(label) != "fr", str(label)))
    if not named:
        raise TaxonomyError(f"{file}: {concept} has no skos:prefLabel.")
    return str(named[0])


def _language(label: Node) -> str:
    return str(getattr(label, "language", "") or "")[:2]


def _slug(path: NodePath) -> str:
    return "/".join(re.sub(r"[^a-z0-9]+", "-", fold(label)).strip("-") for label in path)


def concept_iri(path: NodePath, base: str = _BASE) -> str:
    """Return the address of a node: ``base`` and its folded labels.

    >>> concept_iri(("Culture et Patrimoine", "Patrimoine"))
    'urn:coopnlp:atlas:culture-et-patrimoine/patrimoine'
    """
    return base + _slug(path)


def write_skos(taxonomy: Taxonomy, file: Path, mapped: Iterable[Mapping] = (), base: str = _BASE) -> None:
    """Write a nomenclature as SKOS, in the syntax of the file's ending.

    Parameters
    ----------
    taxonomy
        What to write; a node's address is ``base`` and its folded labels.
    file
        Where to; the ending is one of :data:`FORMATS`.
    mapped
        Mappings, written as SKOS relations.

    Raises
    ------
    TaxonomyError
        The ending names no syntax.
    """
    from rdflib import Graph, Literal, URIRef
    from rdflib.namespace import RDF, SKOS

    if file.suffix.lower() not in FORMATS:
        raise TaxonomyError(f"{file}: SKOS is written as {', '.join(sorted(FORMATS))}.")
    graph = Graph()
    graph.bind("skos", SKOS)
    scheme = URIRef(base.rstrip("/:#"))
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    for path in taxonomy:
        concept = URIRef(concept_iri(path, base))
        graph.add((concept, RDF.type, SKOS.Concept))
        graph.add((concept, SKOS.prefLabel, Literal(path[-1], lang="fr")))
        graph.add((concept, SKOS.inScheme, scheme))
        if len(path) == 1:
            graph.add((concept, SKOS.topConceptOf, scheme))
        else:
            graph.add((concept, SKOS.broader, URIRef(concept_iri(path[:-1], base))))
    for mapping in mapped:
        other = URIRef(_SCHEMES[mapping.scheme] + mapping.code)
        graph.add((URIRef(concept_iri(mapping.path, base)), SKOS[mapping.relation], other))
    text = graph.serialize(format=FORMATS[file.suffix.lower()])
    file.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


def main(argv: list[str]) -> int:
    """Write ``data/atlas.ttl``, or the file that is given."""
    target = Path(argv[0]) if argv else data_file("themes", "atlas.tsv").with_suffix(".ttl")
    write_skos(atlas(), target, mappings())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
