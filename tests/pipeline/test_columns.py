"""What the heads of columns say of the cells under them, over what the tagger made of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked_entities import merged, unmarked

from coopnlp.pipeline.columns import labelled_cells


def cells(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], label) for start, end, label in labelled_cells(text)]


BARS = (
    "Code | Structure | Type | Nom du projet | Pays | Montant\n"
    "756 | Amicale des Retraités | F |  | Mali | 3 500 €\n\n"
    "1248 | Les Quais | P | Agora des quais | Bénin | 1 500 €\n"
    "Total |  |  |  |  | 5 000 €\n"
)


def test_cells_under_a_head_that_names_what_they_are() -> None:
    assert cells(BARS) == [
        ("Amicale des Retraités", "ORG"),
        ("Mali", "LOC"),
        ("Les Quais", "ORG"),
        ("Agora des quais", "PROJECT"),
        ("Bénin", "LOC"),
    ]


def test_heads_that_have_lost_their_bars() -> None:
    text = "Code Structure Type Nom du projet Montant\n\n12 | Les Quais | P | Agora des quais | 1 500 €\n"
    assert cells(text) == [("Les Quais", "ORG"), ("Agora des quais", "PROJECT")]


def test_a_row_that_lost_an_empty_cell_is_read_up_to_its_first_named_column() -> None:
    text = (
        "Code | Structure | Type | Nom du projet | Montant\n12 | Les Quais | F | 1 500 €\nF | Jeunesse | 2 | 1 000 €\n"
    )
    assert cells(text) == [("Les Quais", "ORG")]


def test_columns_of_wide_gaps_under_a_rule() -> None:
    text = (
        "N°   Intitulé de l'opération       Maître d'ouvrage        Secteur\n"
        "------------------------------------------------------------------\n"
        "01   Bornes du plateau             Commune de Dapaong      Hydraulique rurale\n"
        "02   Lire en serere                                        Alphabétisation\n"
    )
    assert cells(text) == [
        ("Bornes du plateau", "PROJECT"),
        ("Commune de Dapaong", "ORG"),
        ("Hydraulique rurale", "THEME"),
        ("Lire en serere", "PROJECT"),
        ("Alphabétisation", "THEME"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Le projet de la structure est connu.\nUne ligne | une autre\n",
        "Poste | Dépenses\nTransport | 300 €\n",
        "École du port   1 840 €\nStructure   2 000 €\n",
        "Structure | Montant\nNéant | 0\nTotal | 5\n",
        "Collectivité française | Région Occitanie\nThématiques | eau\nCoût | 246 000 €\n",
        "Porteur | Action Jeunesse\nDurée | deux ans\n",
    ],
)
def test_other_tables_and_prose_say_nothing(text: str) -> None:
    assert cells(text) == []


@given(st.text(alphabet="Projet Structure Pays |;\t\n12€", max_size=160))
@settings(deadline=None, max_examples=200)
def test_every_cell_lies_on_one_line_in_order(text: str) -> None:
    found = list(labelled_cells(text))
    assert all(start < end and "\n" not in text[start:end] for start, end, _ in found)
    assert found == sorted(found)


TABLE = "Porteur | Nom du projet | Montant\n{} | {} | 12 000 €\n"


def test_a_title_goes_before_what_the_tagger_found_in_its_cell() -> None:
    tagger = TABLE.format("x", "Vergers d'[[Artois|LOC]]")
    assert "[[Vergers d'Artois|PROJECT]]" in merged(tagger)


def test_an_authority_that_the_tagger_found_stays_among_bearers() -> None:
    tagger = TABLE.format("[[Ville de Pau|COLLECTIVITY]]", "x")
    assert "[[Ville de Pau|COLLECTIVITY]]" in merged(tagger)


def test_half_a_bearer_is_completed_and_its_acronym_is_apart() -> None:
    tagger = TABLE.format("Ateliers [[Nomades|PER]] (ATN)", "x")
    assert "[[Ateliers Nomades|ORG]] ([[ATN|ORG]])" in merged(tagger)


def test_without_a_head_the_cell_is_the_taggers() -> None:
    tagger = "Vergers d'[[Artois|LOC]] | 12 000 €\nQuais | 3 000 €\n"
    assert merged(tagger) == tagger
    assert merged(unmarked(tagger)) == unmarked(tagger)
