"""Lists of names and sums: the heading says whether the names give or receive."""

from __future__ import annotations

import pytest
from marked_records import read


def told(text: str) -> list[tuple[str, str, str | None, str | None]]:
    return [(f.funder.text, str(f.amounts[0].value), f.start, f.purpose) for f in read(text).fundings]


def test_a_plan_of_financing_names_who_gives() -> None:
    text = (
        "Plan de financement : [[Région Centre|COLLECTIVITY]] [[1 500 €|AMOUNT]] ; [[FNADT|FUNDER]] [[400 €|AMOUNT]] ; "
        "autofinancement [[90 €|AMOUNT]].\n"
    )
    assert [(giver, value) for giver, value, _, _ in told(text)] == [("Région Centre", "1500"), ("FNADT", "400")]


@pytest.mark.parametrize(
    "heading", ["Avec quels moyens ?", "Ressources de l'année", "Ce que nous avons reçu", "Acquis"]
)
def test_lines_under_a_heading_of_resources(heading: str) -> None:
    text = (
        f"{heading}\n\n[[Ville de Dax|COLLECTIVITY]], subvention ordinaire ....... [[6 500 €|AMOUNT]]\n"
        "[[Fondation de France|FUNDER]] ....... [[800 €|AMOUNT]]\nCotisations ....... [[300 €|AMOUNT]]\n"
    )
    assert [(giver, value) for giver, value, _, _ in told(text)] == [
        ("Ville de Dax", "6500"),
        ("Fondation de France", "800"),
    ]


def test_a_list_of_grants_names_who_receives() -> None:
    text = (
        "[[ENVERMEU|COLLECTIVITY]] (76630)\nAnnexe à la délibération\nSUBVENTIONS\n\n"
        "Amicale des pompiers ............ [[600 €|AMOUNT]]\nChorale du lac ............ [[300 €|AMOUNT]]\n"
        "TOTAL ............ [[900 €|AMOUNT]]\n"
    )
    assert told(text) == [
        ("ENVERMEU", "600", None, "Amicale des pompiers"),
        ("ENVERMEU", "300", None, "Chorale du lac"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Le conseil attribue en outre les subventions suivantes :",
        "Le conseil municipal, après en avoir délibéré, DÉCIDE d'accorder les subventions suivantes :",
        "Le bureau propose de voter :",
    ],
)
def test_a_council_that_decides_gives_what_the_list_names(line: str) -> None:
    text = (
        "[[Ville de Saint-Brieuc|COLLECTIVITY]]\n\nEau pour Agadez : l'[[Agence de l'eau|FUNDER]] verse [[40 000 €|AMOUNT]]."
        f"\n\n{line}\n- [[Comité de jumelage briochin|ORG]] : [[1 800 €|AMOUNT]]\n"
        "- [[Association Tiers-monde solidaire|ORG]] : [[950 €|AMOUNT]]\n"
    )
    assert told(text)[-2:] == [
        ("Ville de Saint-Brieuc", "1800", None, "Comité de jumelage briochin"),
        ("Ville de Saint-Brieuc", "950", None, "Association Tiers-monde solidaire"),
    ]


def test_a_dash_that_is_no_empty_cell_moves_no_year() -> None:
    text = (
        "BUDGET SOMMAIRE\n\n                        [[2010|DATE]]          [[2011|DATE]]\n"
        "- [[Ville de Foix|COLLECTIVITY]]       [[12 000 €|AMOUNT]]      [[8 000 €|AMOUNT]]\n"
        "- [[LOJIQ|FUNDER]] – aide       [[5 000 €|AMOUNT]]      [[4 000 €|AMOUNT]]\n"
    )
    assert [(value, year) for _, value, year, _ in told(text)] == [
        ("12000", "2010"), ("8000", "2011"), ("5000", "2010"), ("4000", "2011"),
    ]  # fmt: skip


def test_a_column_a_year_gives_a_funding_a_year() -> None:
    text = (
        "BUDGET SOMMAIRE\n\n                        [[2013|DATE]]          [[2014|DATE]]\n"
        "[[MRC de La Matanie|COLLECTIVITY]]       [[12 000 $|AMOUNT]]      [[10 000 $|AMOUNT]]\n"
        "[[LOJIQ|FUNDER]]                   [[5 000 $|AMOUNT]]            -\n"
    )
    assert [(giver, value, year) for giver, value, year, _ in told(text)] == [
        ("MRC de La Matanie", "12000", "2013"),
        ("MRC de La Matanie", "10000", "2014"),
        ("LOJIQ", "5000", "2013"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Dépenses\n\nTransport : [[600 €|AMOUNT]]\nVisite de [[Ville de Dax|COLLECTIVITY]] : [[300 €|AMOUNT]]\n",
        "Prix des places\n\n[[Dax|COLLECTIVITY]] : [[6 €|AMOUNT]]\n[[Foix|COLLECTIVITY]] : [[3 €|AMOUNT]]\n",
        "On a compté [[600 €|AMOUNT]] hier et [[300 €|AMOUNT]] ce matin.\n",
    ],
)
def test_costs_and_counts_are_no_fundings(text: str) -> None:
    assert told(text) == []


def test_a_dash_holds_the_place_of_a_year_and_the_last_column_may_be_the_total() -> None:
    text = (
        "BUDGET SOMMAIRE\n\n                 [[2022|DATE]]       [[2023|DATE]]      Total\n"
        "[[Région Centre|COLLECTIVITY]]        –     [[15 000 €|AMOUNT]]    [[15 000 €|AMOUNT]]\n"
        "[[FNADT|FUNDER]]   [[7 800 €|AMOUNT]]        –       [[7 800 €|AMOUNT]]\n"
    )
    assert [found[:3] for found in told(text)] == [("Région Centre", "15000", "2023"), ("FNADT", "7800", "2022")]


def test_dues_are_no_yearly_grants() -> None:
    text = (
        "Cotisations perçues\n\n                 [[2013|DATE]]       [[2014|DATE]]\n"
        "[[Région Centre|COLLECTIVITY]]   [[3 000 €|AMOUNT]]     [[3 200 €|AMOUNT]]\n"
        "[[Ville de Dax|COLLECTIVITY]]    [[900 €|AMOUNT]]      [[950 €|AMOUNT]]\n"
    )
    assert [year for _, _, year, _ in told(text) if year] == []
