"""Who gives a sum, in sentences and lists that taggers and readers stumble over."""

from __future__ import annotations

import pytest
from marked_records import read

from coopnlp.records.acronyms import abbreviates
from coopnlp.types import Funding


def told(marked: str) -> list[tuple[str, str, str | None]]:
    """Return (funder, sum with currency, status) of each funding."""
    return [
        (f.funder.text, " + ".join(f"{a.value} {a.currency}" for a in f.amounts), f.status)
        for f in read(marked).fundings
    ]


def one(marked: str) -> Funding:
    fundings = read(marked).fundings
    assert len(fundings) == 1, fundings
    return fundings[0]


def test_leaders_under_a_shared_budget() -> None:
    assert told(
        "Budget : [[90 000 €|AMOUNT]], répartis ainsi :\n"
        "    [[Ville de Dax|COLLECTIVITY]] ................ [[40 000 €|AMOUNT]]\n"
        "    [[Ville de Gaspé|COLLECTIVITY]] .............. [[45 000 $|AMOUNT]] ([[30 000 €|AMOUNT]])\n"
        "    [[OFQJ|FUNDER]] (demandé) ..................... [[20 000 €|AMOUNT]]\n"
    ) == [
        ("Ville de Dax", "40000 EUR", None),
        ("Ville de Gaspé", "45000 CAD + 30000 EUR", None),
        ("OFQJ", "20000 EUR", "demandé"),
    ]


def test_line_of_a_financing_list_names_its_giver_whole() -> None:
    text = (
        "Le financement de l'année se répartit comme suit :\n\n- [[Ville de Dax|COLLECTIVITY]] : [[3 000 €|AMOUNT]]\n\n"
        "- C.A.F. : [[2 000 €|AMOUNT]]\n\n- Familles : [[90 €|AMOUNT]]\n"
    )
    assert told(text) == [("Ville de Dax", "3000 EUR", None), ("C.A.F.", "2000 EUR", None)]


def test_each_is_asked_for_its_own_sum() -> None:
    text = (
        "Une aide de [[60 000 €|AMOUNT]] est sollicitée auprès de l'État ([[DETR|ORG]]) et de [[25 000 €|AMOUNT]] "
        "auprès du [[Département du Gers|COLLECTIVITY]]."
    )
    assert told(text) == [
        ("État", "60000 EUR", "demandé"),
        ("Département du Gers", "25000 EUR", "demandé"),
    ]
    assert read(text).fundings[0].scheme == "DETR"


def test_request_to_come_is_asked_for_under_its_scheme() -> None:
    funding = one(
        "Une demande de [[80 000 €|AMOUNT]] sera déposée auprès de l'[[Agence des rivières|FUNDER]] ([[PASEO|FUNDER]])."
    )
    assert (funding.funder.text, funding.scheme, funding.status) == ("Agence des rivières", "PASEO", "demandé")


def test_who_is_entrusted_does_not_pay() -> None:
    text = (
        "## Budget prévisionnel\n\nLe suivi est confié à l'association [[Vallées d'Oc|ORG]], pour [[1 500 €|AMOUNT]] "
        "par an."
    )
    assert told(text) == []


def test_second_giver_without_a_verb() -> None:
    assert told(
        "Le [[Fonds des lacs|FUNDER]] a accordé [[8 000 €|AMOUNT]] au titre de l'appel de [[2021|DATE]], et la "
        "[[Région Corse|COLLECTIVITY]] [[5 000 €|AMOUNT]]."
    ) == [("Fonds des lacs", "8000 EUR", None), ("Région Corse", "5000 EUR", None)]


def test_the_verb_of_the_first_serves_the_second_alone() -> None:
    assert told("La [[Régie des bus|ORG]] paie les salaires, la [[Ville de Foix|COLLECTIVITY]] [[700 €|AMOUNT]].") == [
        ("Ville de Foix", "700 EUR", None)
    ]


def test_who_completes_a_budget_gives() -> None:
    assert told("Le [[Fonds des lacs|FUNDER]] complète le budget de [[900 €|AMOUNT]].") == [
        ("Fonds des lacs", "900 EUR", None)
    ]
    assert told("La [[Ville de Foix|COLLECTIVITY]] a voté le budget de [[900 €|AMOUNT]].") == []


def test_what_is_added_by_a_body() -> None:
    assert told(
        "Le [[Fonds des lacs|FUNDER]] apportera [[9 000 $|AMOUNT]], auxquels s'ajoutent [[2 000 $|AMOUNT]] de la "
        "[[Table des élus|ORG]]."
    ) == [("Fonds des lacs", "9000 CAD", None), ("Table des élus", "2000 CAD", None)]


def test_scheme_is_no_part_of_the_purpose() -> None:
    funding = one(
        "Le [[ministère des Relations|FUNDER]] accorde [[4 000 $|AMOUNT]] à la [[MRC de Bonaventure|COLLECTIVITY]] "
        "dans le cadre du [[Fonds des deux rives|FUNDER]]."
    )
    assert (funding.purpose, funding.scheme) == ("à la MRC de Bonaventure", "Fonds des deux rives")


def test_grant_told_in_yearly_parts() -> None:
    text = (
        "[[MRC de Bonaventure|COLLECTIVITY]]\nIl est résolu d'affecter au projet une somme de [[9 000 $|AMOUNT]], soit "
        "[[5 000 $|AMOUNT]] en [[2017|DATE]] et [[4 000 $|AMOUNT]] en [[2018|DATE]]."
    )
    assert [(str(f.amounts[0].value), f.start) for f in read(text).fundings] == [("5000", "2017"), ("4000", "2018")]


def test_announced_grants_of_a_council() -> None:
    text = (
        "[[Ville de Creil|COLLECTIVITY]]\nSur avis de la commission, le conseil accorde :\n"
        "[[200 €|AMOUNT]] – [[CLUB DE VOILE|ORG]] – Stage d'été\n[[900 €|AMOUNT]] – AMICALE – Bulles\n"
    )
    assert [(f.funder.text, f.purpose) for f in read(text).fundings] == [
        ("Ville de Creil", "CLUB DE VOILE – Stage d'été"),
        ("Ville de Creil", "AMICALE – Bulles"),
    ]


def test_announced_items_say_to_whom() -> None:
    funding = one(
        "[[Ville de Creil|COLLECTIVITY]]\nIl est proposé d'attribuer :\n\n• à l'association Le Pain une subvention "
        "de [[350 €|AMOUNT]] ;"
    )
    assert (funding.funder.text, funding.purpose) == ("Ville de Creil", "à l'association Le Pain")


def test_programme_asked_for_support() -> None:
    assert told("Le cégep dépose une demande de soutien financier au programme [[Passage nord|ORG]].") == [
        ("Passage nord", "", "demandé")
    ]
    assert told("Le [[Cercle nautique|ORG]] reçoit le soutien du [[Club alpin|ORG]].") == []


@pytest.mark.parametrize(
    "marked",
    [
        "Financé à parts égales par la [[Région Corse|COLLECTIVITY]] et par le [[Fonds des lacs|FUNDER]], l'appel est "
        "doté de [[16 000 €|AMOUNT]].",
        "Le [[Fonds des lacs|FUNDER]], doté de [[2 000 000 €|AMOUNT]], ouvrira en mai.",
        "La [[Région Corse|COLLECTIVITY]] donnerait [[2 000 €|AMOUNT]] si on le lui demandait.",
        "La [[Ville de Creil|COLLECTIVITY]] donne suite à la demande pour un total de [[300 €|AMOUNT]].",
        "La [[Ville de Creil|COLLECTIVITY]] a attribué le marché, divisé en lots, pour [[90 000 €|AMOUNT]].",
        "La [[Ville de Creil|COLLECTIVITY]] verse sa cotisation à l'[[Amicale|ORG]], soit [[900 €|AMOUNT]].",
        "La [[Ville de Creil|COLLECTIVITY]] accorde sa garantie d'emprunt pour [[900 000 €|AMOUNT]].",
        "La [[Ville de Creil|COLLECTIVITY]] donne [[500 €|AMOUNT]] par logement.",
    ],
)
def test_nobody_gives(marked: str) -> None:
    assert told(marked) == []


@pytest.mark.parametrize(
    ("acronym", "name", "stands"),
    [
        ("FFQCD", "Fonds franco-québécois pour la coopération décentralisée", True),
        ("SADC", "Société d'aide au développement de la collectivité", True),
        ("FICOL", "Agence française de développement", False),
        ("DSIL", "État", False),
    ],
)
def test_acronym_of_a_name(acronym: str, name: str, stands: bool) -> None:
    assert abbreviates(acronym, name) is stands


def test_givers_under_one_label_each_before_its_sum() -> None:
    text = (
        "Crédits ouverts. Cofinanceurs : [[AFD|FUNDER]] [[360 000 €|AMOUNT]], [[Agence de l'eau|FUNDER]] "
        "[[80 000 €|AMOUNT]], [[Fondation Orange|ORG]] [[15 000 €|AMOUNT]] pour les écoles."
    )
    assert [(who, value) for who, value, _ in told(text)] == [
        ("AFD", "360000 EUR"),
        ("Agence de l'eau", "80000 EUR"),
        ("Fondation Orange", "15000 EUR"),
    ]


def test_what_a_club_receives_in_minutes_is_given_by_the_council() -> None:
    head = "[[Ville de Dax|COLLECTIVITY]]\nConseil municipal du 6 avril\n\n"
    assert told(f"{head}L'association [[Les Vitrines|ORG]] reçoit [[22 000 €|AMOUNT]].") == [
        ("Ville de Dax", "22000 EUR", None)
    ]
    assert told(f"{head}L'association [[Les Vitrines|ORG]] perçoit [[900 €|AMOUNT]] de taxe de séjour.") == []
    assert told("[[Ville de Dax|COLLECTIVITY]]\nPresse\n\nLe club reçoit [[900 €|AMOUNT]].") == []


@pytest.mark.parametrize("heading", ["IV. Subventions", "Subventions d'investissement :"])
def test_organisations_under_a_numbered_heading_of_grants_receive(heading: str) -> None:
    text = (
        f"[[Commune d'Iracoubo|COLLECTIVITY]] – compte rendu\n\n{heading}\n"
        "   [[ASC Kouachi|ORG]]              [[2 000 €|AMOUNT]]\n   [[Kuliyano|ORG]]       [[1 500 €|AMOUNT]]\n"
    )
    assert {who for who, _, _ in told(text)} == {"Commune d'Iracoubo"}


def test_sums_and_who_gets_each_under_the_letterhead_of_a_commune() -> None:
    head = "[[DEPARTEMENT DE L'AIN|COLLECTIVITY]]\n[[COMMUNE DE ROYER|COLLECTIVITY]]\nConseil municipal\n\n"
    text = (
        f"{head}Sont accordés : [[80 €|AMOUNT]] à la [[Prévention routière|ORG]], [[60 €|AMOUNT]] à l'[[ADMR|ORG]], "
        "[[50 €|AMOUNT]] aux Pinsons."
    )
    assert [(who, value) for who, value, _ in told(text)] == [
        ("COMMUNE DE ROYER", "80 EUR"),
        ("COMMUNE DE ROYER", "60 EUR"),
        ("COMMUNE DE ROYER", "50 EUR"),
    ]
    assert told(f"{head}Les tarifs vont de [[80 €|AMOUNT]] à [[90 €|AMOUNT]] et de [[5 €|AMOUNT]] à midi.") == []
