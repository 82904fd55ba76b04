"""Sums that nobody gives, and bodies that get them: what ordinary documents say beside grants."""

from __future__ import annotations

import pytest
from marked_records import read


def told(marked: str) -> list[tuple[str, str]]:
    """Return funder and value of each funding, in order."""
    return [(f.funder.text, str(f.amounts[0].value) if f.amounts else "") for f in read(marked).fundings]


COUNCIL = "[[Ville de Dole|COLLECTIVITY]]\nConseil municipal du 3 mai 2018\n\n"
MINISTRY = "[[Ministère des Sports|ORG]]\nCommuniqué : projets retenus en 2018\n\n"


@pytest.mark.parametrize(
    "said",
    [
        "La demande de l'association [[Azur|ORG]] ([[6 000 €|AMOUNT]]) est rejetée.",
        "Deux demandes sont ajournées ([[Azur|ORG]], [[4 000 €|AMOUNT]] ; [[Brise|ORG]], [[3 000 €|AMOUNT]]).",
        "Le conseil a repoussé une demande de [[12 000 €|AMOUNT]] de l'association [[Azur|ORG]].",
        "[[Azur|ORG]] demande cette année [[45 000 €|AMOUNT]].",
        "La Ville assume une part du coût du séjour, évalué à [[31 000 €|AMOUNT]].",
        "Une convention est passée quand l'aide dépasse [[23 000 €|AMOUNT]].",
        "Le fonds dispose cette année de [[420 000 €|AMOUNT]].",
        "Les aides sont plafonnées à [[5 000 €|AMOUNT]].",
    ],
)
def test_what_is_refused_asked_for_or_a_limit_is_no_funding(said: str) -> None:
    assert told(COUNCIL + said) == []


def test_part_and_instalments_of_a_grant_are_the_grant() -> None:
    assert told(
        COUNCIL + "Le conseil attribue à l'association [[Azur|ORG]] une subvention de [[15 000 €|AMOUNT]], "
        "dont [[9 000 €|AMOUNT]] dès l'adoption.\n\n"
        "Elle est versée ainsi : [[9 000 €|AMOUNT]] à la signature, [[6 000 €|AMOUNT]] à la remise du rapport."
    ) == [("Ville de Dole", "15000")]


def test_total_under_a_financing_plan_is_none() -> None:
    assert told(
        "Plan de financement :\n"
        "[[Ville de Dole|COLLECTIVITY]]          [[30 000 €|AMOUNT]]\n"
        "[[Agence de l'eau|FUNDER]]              [[59 000 €|AMOUNT]]\n"
        "[[Commune de Moundou|COLLECTIVITY]]      [[4 000 €|AMOUNT]]\n"
        "                                        [[93 000 €|AMOUNT]]\n"
    ) == [("Ville de Dole", "30000"), ("Agence de l'eau", "59000"), ("Commune de Moundou", "4000")]


def test_a_list_that_adds_up_by_chance_keeps_its_lines() -> None:
    lines = "".join(
        f"[[{name}|ORG]] : [[{value} €|AMOUNT]]\n"
        for name, value in (("Azur", 500), ("Brise", 700), ("Comète", 1200), ("Delta", 400))
    )
    assert [value for _, value in told(COUNCIL + "Subventions attribuées :\n" + lines)] == ["500", "700", "1200", "400"]


def test_who_receives_is_not_who_gives() -> None:
    text = MINISTRY + (
        "La [[Ville de Dole|COLLECTIVITY]] recevra [[17 000 €|AMOUNT]] pour accueillir, avec le "
        "[[Département du Jura|COLLECTIVITY]], une résidence d'artistes.\n\n"
        "[[10 000 €|AMOUNT]] sont versés à la [[Ville de Gray|COLLECTIVITY]] pour un séjour d'étude."
    )
    assert told(text) == [("Ministère des Sports", "17000"), ("Ministère des Sports", "10000")]


def test_what_is_paid_for_stands_before_a_bracket_too() -> None:
    text = (
        "[[Région Centre|COLLECTIVITY]]\n\nLa [[Région Centre|COLLECTIVITY]] a financé la modernisation de "
        "l'[[école de Pak Xuang|FUNDER]] ([[85 000 €|AMOUNT]])."
    )
    assert ("école de Pak Xuang", "85000") not in told(text)
    assert told("Avec le soutien de la [[Ville de Dole|COLLECTIVITY]] ([[900 €|AMOUNT]]), une fête a eu lieu.") == [
        ("Ville de Dole", "900")
    ]


def test_verbs_in_capitals_are_nobody() -> None:
    text = COUNCIL + "ARTICLE 1. [[ALLOUE|COLLECTIVITY]] au comité de jumelage une subvention de [[3 000 €|AMOUNT]]."
    assert "ALLOUE" not in {funder for funder, _ in told(text)}


def test_a_fund_gives_what_ministries_announce() -> None:
    text = (
        "[[Fonds des deux rives|FUNDER]]\nProjets retenus pour 2009\n\n"
        "Le [[ministère de la Mer|FUNDER]] annonce les résultats du [[Fonds des deux rives|FUNDER]].\n\n"
        "1. Des digues douces\nPartenaires : [[MRC de Portneuf|COLLECTIVITY]] et [[Conseil régional d'Alsace|COLLECTIVITY]]\n"
        "Aide accordée : [[20 000 €|AMOUNT]]\n\n"
        "2. Des phares ouverts\nPartenaires : [[Ville de Gaspé|COLLECTIVITY]] et [[Ville de Brest|COLLECTIVITY]]\n"
        "Aide accordée : [[15 000 €|AMOUNT]]\n"
    )
    assert told(text) == [("Fonds des deux rives", "20000"), ("Fonds des deux rives", "15000")]


def test_columns_name_who_gives() -> None:
    text = (
        "Projets retenus\n\n"
        "| Projet | Contribution de [[Dole|COLLECTIVITY]] | Contribution de [[Granby|COLLECTIVITY]] |\n"
        "| Semaine du goût | [[6 000 €|AMOUNT]] | [[5 000 $|AMOUNT]] |\n"
        "| Stages infirmiers | [[4 500 €|AMOUNT]] | [[7 000 $|AMOUNT]] |\n"
        "| Scènes croisées | [[1 000 €|AMOUNT]] | [[2 000 $|AMOUNT]] |\n"
    )
    assert told(text) == [
        ("Dole", "6000"), ("Granby", "5000"), ("Dole", "4500"), ("Granby", "7000"), ("Dole", "1000"), ("Granby", "2000"),
    ]  # fmt: skip


def test_sums_in_front_of_the_bracket_that_names_who_gives() -> None:
    text = "Moyens : [[6 400 €|AMOUNT]] ([[Région Centre|COLLECTIVITY]]), [[5 000 €|AMOUNT]] ([[Ville de Dole|COLLECTIVITY]])."
    assert told(text) == [("Région Centre", "6400"), ("Ville de Dole", "5000")]


def test_what_a_grant_comes_to_is_no_price() -> None:
    text = COUNCIL + "La subvention de la [[Ville de Dole|COLLECTIVITY]] pour le séjour s'élève à [[900 €|AMOUNT]]."
    assert told(text) == [("Ville de Dole", "900")]


def test_a_sum_raised_to_another_is_given() -> None:
    text = COUNCIL + "Le conseil décide que la subvention à l'Azur est portée à [[7 000 €|AMOUNT]]."
    assert told(text) == [("Ville de Dole", "7000")]


def test_a_name_with_grand_est_is_a_name() -> None:
    text = COUNCIL + (
        "Subventions attribuées :\nMission locale Grand Est : [[500 €|AMOUNT]]\nAmis du lac : [[700 €|AMOUNT]]\n"
    )
    assert [value for _, value in told(text)] == ["500", "700"]


def test_the_code_of_an_association_is_no_year() -> None:
    text = COUNCIL + (
        "Le conseil attribue les subventions suivantes.\n\nCode | Association | Type | Montant\n"
        "278 | Arc club | F | [[7 500 €|AMOUNT]]\n1918 | Athlétic club | F | [[2 500 €|AMOUNT]]\n"
        "769 | Badminton club | F | [[1 500 €|AMOUNT]]\n"
    )
    assert "1918" not in [f.start for f in read(text).fundings]


def test_the_year_that_money_was_voted_in_is_its_year() -> None:
    text = "La [[Ville de Dole|COLLECTIVITY]] a versé [[900 €|AMOUNT]] votés en [[2015|DATE]]."
    assert [f.start for f in read(text).fundings] == ["2015"]
