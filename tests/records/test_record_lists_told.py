"""Lists as councils and funds write them: who gets, who gives, and what stands beside a grant."""

from __future__ import annotations

import pytest
from marked_records import extraction, parse, read

from coopnlp.records.acronyms import with_acronyms
from coopnlp.records.parties import owner
from coopnlp.records.reading import Reading

_COUNCIL = "[[Ville de Dole|COLLECTIVITY]]\nConseil municipal du 3 mai 2018\n\n"


def told(marked: str) -> list[tuple[str, str, str | None]]:
    """Return funder, value and start of each funding, in order."""
    return [(f.funder.text, str(f.amounts[0].value), f.start) for f in read(marked).fundings]


def of_dole(*values: str) -> list[tuple[str, str, str | None]]:
    return [("Ville de Dole", value, "2018") for value in values]


def test_clubs_under_subventions_get_what_they_stand_beside() -> None:
    assert told(
        f"{_COUNCIL}Tableau des subventions de la commission Sport, annexe au budget\n\n"
        "[[Amis du lavoir|ORG]] ........ [[900 €|AMOUNT]]\n[[Union cycliste|ORG]] ........ [[1 200 €|AMOUNT]]\n"
        "[[Judo dolois|ORG]] ........ [[400 €|AMOUNT]]\n"
    ) == of_dole("900", "1200", "400")


def test_who_proposes_gives_nothing() -> None:
    assert told(
        f"{_COUNCIL}Sur proposition du maire de [[Foucherans|COLLECTIVITY]], le conseil décide d'affecter les sommes "
        "suivantes :\n- [[Amis du lavoir|ORG]], toiture : [[900 €|AMOUNT]]\n"
        "- [[Union cycliste|ORG]], remorque : [[1 200 €|AMOUNT]]\n"
    ) == of_dole("900", "1200")


def test_lots_given_to_firms_are_contracts() -> None:
    assert (
        told(
            f"{_COUNCIL}La Ville a attribué les lots suivants aux entreprises :\n"
            "- Lot 1 : couverture, [[Durand et fils|ORG]], [[30 000 €|AMOUNT]]\n"
            "- Lot 2 : serrurerie, [[Martin|ORG]], [[18 000 €|AMOUNT]]\n"
        )
        == []
    )


def test_what_it_costs_stands_before_what_is_given_for_it() -> None:
    assert told(
        f"{_COUNCIL}Le conseil accorde les aides suivantes :\n"
        "* Parcey – voyage à Carlow, dépense retenue [[4 000 €|AMOUNT]] : [[800 €|AMOUNT]]\n"
        "* Tavaux – accueil d'une chorale, dépense retenue [[2 500 €|AMOUNT]] : [[500 €|AMOUNT]]\n"
    ) == of_dole("800", "500")


def test_dues_in_a_table_are_none() -> None:
    assert (
        told(
            f"{_COUNCIL}COTISATIONS 2018\nNature | Organisme | Montant\n"
            "6281 | [[Réseau des villes vertes|ORG]] | [[900 €|AMOUNT]]\n6281 | [[Club des ports|ORG]] | [[400 €|AMOUNT]]\n"
        )
        == []
    )


def test_the_second_year_of_a_giver_has_no_name_of_its_own() -> None:
    assert told(
        "Plan de financement\n- [[Conseil départemental du Jura|COLLECTIVITY]] : [[9 000 €|AMOUNT]] en [[2018|DATE]], "
        "[[7 000 €|AMOUNT]] en [[2019|DATE]] ;\n- [[Région Centre|COLLECTIVITY]] : [[4 000 €|AMOUNT]]\n"
    ) == [
        ("Conseil départemental du Jura", "9000", "2018"),
        ("Conseil départemental du Jura", "7000", "2019"),
        ("Région Centre", "4000", None),
    ]


def test_a_prize_and_who_won_it() -> None:
    (first, second) = read(
        "Communiqué\n\nLa [[Région Bretagne|COLLECTIVITY]] dévoile les lauréats de ses trophées.\n\n"
        "Prix ([[5 000 €|AMOUNT]]) : Les Jardins de Kerfloc'h, pour leur serre\n"
        "Mention ([[2 000 €|AMOUNT]]) : Foyer de Plouha, ciné-club\n"
    ).fundings
    assert (first.funder.text, str(first.amounts[0].value)) == ("Région Bretagne", "5000")
    assert first.purpose is not None and first.purpose.startswith("Les Jardins de Kerfloc'h")
    assert second.purpose is not None and second.purpose.startswith("Foyer de Plouha")


def test_each_who_gets_a_sum_is_told_with_it() -> None:
    found = read(
        "[[Le Réseau des ports|FUNDER]] remet [[1 500 €|AMOUNT]] aux Amis du lavoir, [[900 €|AMOUNT]] à l'Union cycliste et "
        "[[600 €|AMOUNT]] au Judo dolois."
    ).fundings
    assert [(f.funder.text, f.purpose) for f in found] == [
        ("Le Réseau des ports", "aux Amis du lavoir"),
        ("Le Réseau des ports", "à l'Union cycliste"),
        ("Le Réseau des ports", "au Judo dolois"),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "La [[Caisse des dépôts|FUNDER]] prête [[90 000 €|AMOUNT]] sur quinze ans.",
        "L'excédent de l'exercice est affecté pour [[90 000 €|AMOUNT]] à l'investissement.",
        "Le conseil fixe les tarifs suivants : location de la salle, [[150 €|AMOUNT]] ; caution, [[300 €|AMOUNT]].",
        "Le conseil autorise le trésorier à faire recette de [[8 000 €|AMOUNT]].",
        "L'association [[Azur|ORG]] est inscrite sur liste d'attente pour [[1 000 €|AMOUNT]].",
        "L'enveloppe globale des subventions s'établit à [[45 000 €|AMOUNT]].",
    ],
)
def test_loans_results_tariffs_and_envelopes_are_none(sentence: str) -> None:
    assert told(_COUNCIL + sentence) == []


def test_a_grant_and_the_advance_on_it() -> None:
    assert told(
        f"{_COUNCIL}Le conseil attribue à l'association [[Azur|ORG]] une subvention de [[9 000 €|AMOUNT]], avance "
        "[[3 000 €|AMOUNT]]."
    ) == of_dole("9000")


def test_equal_grants_for_different_things_are_two() -> None:
    assert told(
        f"{_COUNCIL}Il est proposé d'attribuer à l'association [[Azur|ORG]] une subvention de [[900 €|AMOUNT]].\n\n"
        "Il est proposé d'attribuer à l'association [[Brise|ORG]] une subvention de [[900 €|AMOUNT]].\n"
    ) == of_dole("900", "900")


def test_letters_spelt_out_once_are_known_where_no_tag_marks_them() -> None:
    text = "Le [[Fonds des villes jumelles|FUNDER]] (FVJ) aide deux projets.\nFVJ : 500 €\nLe FVJ2 est autre chose, SFVJ aussi."
    plain_text, entities = parse(text)
    found = with_acronyms(Reading(extraction(plain_text), entities)).entities
    assert [(e.text, e.label) for e in found if e.text == "FVJ"] == [("FVJ", "FUNDER")] * 2


@pytest.mark.parametrize(
    ("head", "town"),
    [
        ("L'ÉCHO DE DAX · bulletin municipal · n° 7\n\nLa commune aide ses clubs.\n", "DAX"),
        ("DAX. Les clubs aidés\n\nLe conseil municipal a voté lundi.\n", "DAX"),
        ("DÉPARTEMENT DU JURA — ARRONDISSEMENT DE DOLE\n\nConseil municipal de [[Dole|COLLECTIVITY]]\n", "Dole"),
    ],
)
def test_the_town_that_speaks(head: str, town: str) -> None:
    text, entities = parse(head.replace("DÉPARTEMENT DU JURA", "[[DÉPARTEMENT DU JURA|COLLECTIVITY]]"))
    speaks = owner(Reading(extraction(text), entities))
    assert speaks is not None and speaks.text == town


def test_laureates_of_a_ministry_do_not_speak() -> None:
    text, entities = parse(
        "Résultats de l'appel à projets 2021\n[[Ministère des Sports|ORG]]\n\n[[Ville de Dole|COLLECTIVITY]]\nPiste\n"
    )
    assert owner(Reading(extraction(text), entities)) is None


def test_what_two_pay_by_halves_is_of_neither_whole() -> None:
    text = (
        "Le camp, qui a coûté [[90 000 euros|AMOUNT]], a été payé pour moitié par la [[Ville de Dole|COLLECTIVITY]] et pour "
        "moitié par la [[Région Bourgogne|COLLECTIVITY]].\n"
    )
    assert told(text) == []


def test_what_was_voted_and_who_settled_the_bill() -> None:
    assert told(f"{_COUNCIL}On a voté [[100 euros|AMOUNT]] à la Prévention routière.\n") == of_dole("100")
    assert told("La peinture a coûté [[380 euros|AMOUNT]], réglés par l'[[Amicale des anciens|ORG]].\n") == [
        ("Amicale des anciens", "380", None)
    ]
