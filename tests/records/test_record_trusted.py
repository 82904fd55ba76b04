"""A tagger's slips do not reach the records."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked_records import extraction, parse, read

from coopnlp.records.trusted import after_civility, trusted_entities
from coopnlp.types import Block


def kept(marked: str, blocks: tuple[Block, ...] = ()) -> list[str]:
    text, entities = parse(marked)
    return [e.text for e in trusted_entities(extraction(text, blocks), entities)]


@pytest.mark.parametrize(
    "marked",
    [
        "Le rapporteur, M. [[Chamonix|COLLECTIVITY]], se lève.",
        "Réponse de Mme Inès [[Valence|COLLECTIVITY]] au public.",
        "La [[présidente|COLLECTIVITY]] signe.",
        "Les jeunes de [[notre Ville|COLLECTIVITY]] chantent.",
    ],
)
def test_left_out(marked: str) -> None:
    assert kept(marked) == []


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("Il visite la [[Mairie. Le|COLLECTIVITY]] public sort.", "Mairie"),
        ("L'[[Office du lac (ODL|ORG]]) paie.", "Office du lac"),
        ("Avec le [[Cercle nautique afin de former des jeunes|ORG]].", "Cercle nautique"),
        ("La [[Région Corse et la|COLLECTIVITY]] suite.", "Région Corse"),
        ("Le [[Conseil régional du Centre\n\nAnna|COLLECTIVITY]] Roy.", "Conseil régional du Centre"),
        ("Avec le [[Conseil régional du Centre Anna ROY|COLLECTIVITY]]", "Conseil régional du Centre"),
        ("12 - Théâtre - Accord avec le [[Cercle du lac - Dispositif|ORG]] Jeunes", "Cercle du lac"),
        ("La mairesse de [[Matane|COLLECTIVITY]] signe.", "Matane"),
    ],
)
def test_mended(marked: str, name: str) -> None:
    assert kept(marked) == [name]


def test_title_over_two_blocks_is_no_project() -> None:
    text, _ = parse("Ateliers du soir\n\nA. Le bois")
    blocks = (
        Block(kind="heading", start=0, end=16),
        Block(kind="paragraph", start=18, end=len(text)),
    )
    assert kept("[[Ateliers du soir\n\nA|PROJECT]]. Le bois", blocks) == []


def test_entities_of_the_record_stay_as_found() -> None:
    record = read("M. [[Chamonix|COLLECTIVITY]] et M. [[Valence|COLLECTIVITY]] signent un accord de coopération.")
    assert [e.text for e in record.entities] == ["Chamonix", "Valence"]
    assert record.partnerships == ()


def test_title_of_office_is_no_civility() -> None:
    assert not after_civility("La maire de Dax", 12)


@settings(deadline=None, max_examples=60)
@given(st.text("Aéb .(\n-,'", max_size=30))
def test_what_is_kept_lies_in_the_text(surface: str) -> None:
    text = f"La {surface} Ville."
    _, entities = parse(f"La [[{surface}|ORG]] Ville.") if surface and "]" not in surface else ("", ())
    for entity in trusted_entities(extraction(text), entities):
        assert text[entity.start : entity.end] == entity.text
