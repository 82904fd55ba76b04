"""Nomenclatures as SKOS, and the mappings of the atlas."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.namespace import RDF, SKOS

from coopnlp.errors import TaxonomyError
from coopnlp.resources import data_file
from coopnlp.themes import Taxonomy, atlas
from coopnlp.themes.skos import mappings, read_skos, read_taxonomy, write_skos

TREE = Taxonomy([("Culture",), ("Culture", "Patrimoine & musées"), ("Eau",)])


@pytest.mark.parametrize("ending", [".ttl", ".rdf", ".jsonld"])
def test_there_and_back(tmp_path: Path, ending: str) -> None:
    write_skos(TREE, tmp_path / f"tree{ending}", base="https://example.org/themes/")
    assert set(read_taxonomy(tmp_path / f"tree{ending}")) == set(TREE)


def test_the_atlas_that_ships_is_its_table() -> None:
    file = data_file("themes", "atlas.ttl")
    assert set(read_skos(file)) == set(atlas())
    graph = Graph().parse(file, format="turtle")
    assert len(set(graph.subjects(RDF.type, SKOS.Concept))) == len(atlas())
    mapped = {p for r in (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
              for p in graph.subject_objects(r)}  # fmt: skip
    assert len(mapped) == len({(m.path, m.scheme, m.code) for m in mappings()})


def test_every_mapping_is_justified_and_every_sub_theme_has_a_purpose_code() -> None:
    found = mappings()
    assert all(len(m.why) > 20 for m in found)
    assert len({m.why for m in found}) == len(found)
    mapped = {m.path for m in found if m.scheme == "dac"}
    assert len([p for p in atlas() if len(p) == 2 and p in mapped]) >= 17


def test_codes_are_in_the_code_lists(shared: Path) -> None:
    lists = {
        "dac": ("Sector.xml", "SectorCategory.xml"),
        "sdg": ("UNSDG-Goals.xml", "UNSDG-Targets.xml"),
    }
    for scheme, files in lists.items():
        codes = set()
        for name in files:
            for item in ET.parse(shared / "data" / "codelists" / name).iter("codelist-item"):
                if item.get("status") != "withdrawn":
                    codes.add(item.findtext("code"))
        assert {m.code for m in mappings() if m.scheme == scheme} <= codes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ceci n'est pas du SKOS", "cannot be read"),
        ("@prefix skos: <http://www.w3.org/2004/02/skos/core#> .", "no skos:Concept"),
        ("@prefix skos: <http://www.w3.org/2004/02/skos/core#> . <a:a> a skos:Concept .", "no skos:prefLabel"),
        (
            '@prefix skos: <http://www.w3.org/2004/02/skos/core#> . <a:a> a skos:Concept ; skos:prefLabel "A" ; '
            'skos:broader <a:b> . <a:b> a skos:Concept ; skos:prefLabel "B" ; skos:broader <a:a> .',
            "cycles",
        ),
        (
            '@prefix skos: <http://www.w3.org/2004/02/skos/core#> . <a:a> a skos:Concept ; skos:prefLabel "A" ; '
            "skos:broader <a:b>, <a:c> .",
            "2 broader",
        ),
    ],
)
def test_what_is_no_tree_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.ttl").write_text(text, encoding="utf-8")
    with pytest.raises(TaxonomyError, match=message):
        read_skos(tmp_path / "x.ttl")


def test_the_ending_names_the_syntax(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match="SKOS is written as"):
        write_skos(TREE, tmp_path / "x.txt")


def test_french_labels_come_first(tmp_path: Path) -> None:
    (tmp_path / "x.ttl").write_text(
        '@prefix skos: <http://www.w3.org/2004/02/skos/core#> . <a:a> a skos:Concept ; skos:prefLabel "Water"@en, '
        '"Eau"@fr .',
        encoding="utf-8",
    )
    assert list(read_skos(tmp_path / "x.ttl")) == [("Eau",)]
