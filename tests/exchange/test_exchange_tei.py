"""TEI: valid, the text as it was read, every pointer at the words it names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from coopnlp.catalogue.values import ItemFilters
from coopnlp.exchange import export
from coopnlp.exchange.tei import NAMESPACE, to_tei
from coopnlp.register import Register
from coopnlp.types import Record, Result, Source

TEI = {"t": NAMESPACE}
ID = "{http://www.w3.org/XML/1998/namespace}id"


@pytest.fixture(scope="module")
def grammar(schemas: Path) -> Any:
    return etree.RelaxNG(etree.parse(schemas / "tei/tei_subset.rng"))


def pointed(root: Any) -> list[tuple[str, str]]:
    """Return for each span of an entity its words, and those that its pointer leads to."""
    text = "".join(root.find(".//t:ab", TEI).itertext())
    found = []
    for span in root.iterfind(".//t:span", TEI):
        start, length = map(int, re.fullmatch(r"#string-range\(texte,(\d+),(\d+)\)", span.get("target")).groups())
        found.append(("".join(span.itertext()), text[start : start + length]))
    return found


@pytest.mark.parametrize("which", ["made", "examples"])
def test_documents_are_valid(which: str, request: pytest.FixtureRequest, grammar: Any, tmp_path: Path) -> None:
    register: Register = request.getfixturevalue(which)
    paths = export(register, tmp_path, format="tei")
    for path, record in zip(paths, list(register.records()), strict=True):
        tree = etree.parse(path)
        grammar.assertValid(tree)
        entry = register.show(record.source.sha256)
        assert entry.text is not None
        told = "".join(tree.getroot().find(".//t:ab", TEI).itertext())
        assert told == entry.text.replace("\x0b", "\ufffd").replace("\ufffe", "\ufffd")
        spans = pointed(tree.getroot())
        assert len(spans) == len(record.entities)
        assert all(words == there for words, there in spans)
        identifiers = tree.xpath("//@xml:id")
        assert len(identifiers) == len(set(identifiers))
        used = {ref for value in tree.xpath("//@corresp | //@mutual | //@active | //@target") for ref in value.split()}
        assert {ref[1:] for ref in used if not ref.startswith("#string-range")} <= set(identifiers)


def test_what_was_read_is_told(made: Register, tmp_path: Path) -> None:
    path = next(p for p in export(made, tmp_path, format="tei") if "Bamako" in p.read_text(encoding="utf-8"))
    root = etree.parse(path).getroot()
    assert [page.get("n") for page in root.iterfind(".//t:pb", TEI)] == ["1", "2"]
    bond = root.find(".//t:relation[@name='jumelage']", TEI)
    assert (bond.get("from"), bond.findtext("t:desc/t:term", namespaces=TEI)) == ("1985-04", "En cours")
    parties = [root.xpath(f"//*[@xml:id='{ref[1:]}']")[0] for ref in bond.get("mutual").split()]
    assert [(p.findtext("t:orgName", namespaces=TEI), p.findtext("t:idno", namespaces=TEI)) for p in parties] == [
        ("Ville de Rennes", "35238"),
        ("Bamako", "2460596"),
    ]
    sums = root.findall(".//t:relation[@type='funding']/t:desc/t:measure", TEI)
    assert ("50000", "EUR") in [(one.get("quantity"), one.get("unit")) for one in sums]
    event = root.find(".//t:event[@type='project']", TEI)
    assert (event.get("from"), event.get("to")) == ("2021", "2023-06")
    assert root.find(".//t:event[@type='agreement']", TEI).get("when") == "2021-01-15"


def test_filters_leave_documents_out(made: Register, tmp_path: Path) -> None:
    assert len(export(made, tmp_path, format="tei", filters=ItemFilters(country=("CA",)))) == 1


def test_an_empty_document_is_valid(grammar: Any) -> None:
    source = Source(name="vide.txt", sha256="a" * 64, media_type="text/plain", size=0)
    root = to_tei(Record(id="vide", source=source), [(None, "")])
    grammar.assertValid(etree.fromstring(etree.tostring(root)))


def test_a_document_of_the_examples_holds_themes_and_notices(
    examples: Register, read: list[Result], tmp_path: Path
) -> None:
    digest = next(r for r in read if r.record.source.name.startswith("proces-verbal")).record.source.sha256[:12]
    export(examples, tmp_path, format="tei")
    root = etree.parse(tmp_path / f"{digest}.xml").getroot()
    refs = root.xpath("//t:catRef/@target", namespaces=TEI)
    assert refs
    assert {f"#{c.get(ID)}" for c in root.iterfind(".//t:category", TEI)} == set(refs)
    assert root.find(".//t:note[@type='extraction']", TEI) is not None
