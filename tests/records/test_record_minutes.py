"""Long minutes of councils: who gives what is proposed, loans and valuations, sums told again pages later."""

from __future__ import annotations

import pytest
from marked_records import read

_COUNCIL = "[[Ville de Dole|COLLECTIVITY]]\nConseil municipal du 3 mai 2018\n\n"
_DOLE = "Ville de Dole"


def told(marked: str) -> list[tuple[str, str]]:
    """Return funder and value of each funding, in order."""
    return [(f.funder.text, str(f.amounts[0].value)) for f in read(_COUNCIL + marked).fundings if f.amounts]


@pytest.mark.parametrize(
    "marked",
    [
        "Comme les ateliers de l'association [[Cour des arts|ORG]] ouvrent à tous, il est proposé d'attribuer à "
        "l'association [[Cour des arts|ORG]] une subvention de [[800 €|AMOUNT]].",
        "Afin que le concert de [[Place Nationale|ORG]] ait lieu, il est proposé au conseil d'accorder à "
        "l'association [[Cour des arts|ORG]] une aide de [[800 €|AMOUNT]].",
        "La [[Ville de Dole|COLLECTIVITY]] veut aider l'association [[Cour des arts|ORG]] en lui octroyant une "
        "subvention de [[800 €|AMOUNT]].",
        "Il est proposé d'aider l'[[Union cycliste|ORG]] pour sa course, en lui attribuant une subvention de "
        "[[800 €|AMOUNT]].",
        "[[La Cour des arts|ORG]], rue Pasteur, a joué trois pièces.\nIl est proposé d'attribuer à l'association "
        "[[Cour des arts|ORG]] un soutien exceptionnel de [[800 €|AMOUNT]].",
    ],
)
def test_the_council_gives_what_is_proposed_to_it(marked: str) -> None:
    assert told(marked) == [(_DOLE, "800")]


@pytest.mark.parametrize(
    "marked",
    [
        "Il est proposé d'accorder la garantie de la Ville pour l'emprunt que la société va contracter auprès de la "
        "[[Banque du Jura|ORG]] à hauteur de [[4 M€|AMOUNT]].",
        "L'hôpital a réalisé deux emprunts auprès de l'établissement bancaire [[Banque du Jura|ORG]] pour un montant "
        "total de [[11,1 M€|AMOUNT]].",
        "56 – Hôpital – Garanties d'emprunt – Emprunts de [[7,2 M€|AMOUNT]] et de [[3,9 M€|AMOUNT]] auprès de la "
        "[[Banque du Jura|ORG]]",
        "La Ville a contracté une ligne de trésorerie auprès de la [[Banque du Jura|ORG]] d'un montant de "
        "[[20 millions d'euros|AMOUNT]].",
        "Le [[Grand Dole|COLLECTIVITY]] versera à la Ville une soulte d'un montant de [[679 320 €|AMOUNT]].",
        "Lot 2 : gros œuvre, à l'entreprise [[Durand|ORG]] ; la part de la Ville s'élève à [[87 120 €|AMOUNT]] H.T.",
        "- Versement Transport : [[65 M€|AMOUNT]]\n- Taxe d'enlèvement des [[Ordures ménagères|ORG]] : [[54 M€|AMOUNT]]",
        "Le conseil a reporté la subvention de [[5 000 €|AMOUNT]] attribuée à l'association [[Cour des arts|ORG]].",
    ],
)
def test_loans_taxes_and_what_is_put_off_are_no_fundings(marked: str) -> None:
    assert told(marked) == []


def test_shares_stand_in_the_order_of_who_gives_them() -> None:
    assert told(
        "Les participations du [[Grand Dole|COLLECTIVITY]], de la [[Ville de Dole|COLLECTIVITY]] et du [[Département du "
        "Jura|COLLECTIVITY]] sont d'un montant respectif de [[343 900 €|AMOUNT]], [[477 000 €|AMOUNT]] et "
        "[[30 000 €|AMOUNT]]."
    ) == [("Grand Dole", "343900"), (_DOLE, "477000"), ("Département du Jura", "30000")]


def test_shares_of_a_fund_are_of_the_body_after_the_sum() -> None:
    assert told(
        "D'approuver les participations au fonds des jeunes pour 2018 : [[98 000 €|AMOUNT]] pour le [[Département du "
        "Jura|COLLECTIVITY]] et [[97 000 €|AMOUNT]] pour la [[Ville de Dole|COLLECTIVITY]]."
    ) == [("Département du Jura", "98000"), (_DOLE, "97000")]


def test_the_whole_of_an_annexed_list_is_no_grant_beside_its_parts() -> None:
    rows = "".join(
        f"- [[{n}|ORG]] : [[{v} €|AMOUNT]]\n" for n, v in (("Judo dolois", 400), ("Lavoir", 350), ("Vélo", 900))
    )
    assert told(
        "Le conseil décide d'attribuer aux associations dont la liste et les montants sont annexés la somme globale de "
        f"[[7 000 €|AMOUNT]].\n\nSubventions attribuées :\n{rows}"
    ) == [(_DOLE, "400"), (_DOLE, "350"), (_DOLE, "900")]


def test_equal_sums_of_two_items_pages_apart_are_two() -> None:
    one = "Il est proposé d'attribuer à cette association une subvention de [[3 000 €|AMOUNT]].\n\n"
    between = "Le rapporteur présente le bilan de la saison et répond aux questions des élus.\n\n" * 90
    other = "Il est décidé d'attribuer à l'association [[Judo dolois|ORG]] une subvention de [[3 000 €|AMOUNT]]."
    found = read(_COUNCIL + one + between + other).fundings
    assert [f.amounts[0].value for f in found] == [3000, 3000]
    assert found[1].purpose == "à l'association Judo dolois" != found[0].purpose
    assert len(read(_COUNCIL + one + other).fundings) == 1


def test_blocks_that_end_with_their_sum_say_who_and_what() -> None:
    found = read(
        f"{_COUNCIL}Bourses proposées :\n\nAnne Roy, étudiante\n\n« Un hiver à Matane »\n\nAnne part en stage.\n\n"
        "Montant proposé : [[500 €|AMOUNT]]\n\nPaul Gay, lycéen de Dole\n\nDestination monde\n\n« Le son des forges »\n\n"
        "Paul enregistre les derniers forgerons.\n\nMontant proposé : [[800 €|AMOUNT]]\n"
    ).fundings
    assert found[-1].purpose == "Paul Gay, lycéen de Dole – Le son des forges"


def test_a_purpose_ends_at_a_word() -> None:
    (found,) = read(
        f"{_COUNCIL}Il est proposé d'attribuer à 19 chorales un montant global de [[37 000 €|AMOUNT]]."
    ).fundings
    assert found.purpose == "à 19 chorales"


def test_the_first_block_begins_under_the_line_that_announces_it() -> None:
    found = read(
        f"{_COUNCIL}Il est proposé de prélever la somme de [[1 300 €|AMOUNT]] et de la répartir de la manière suivante :\n\n"
        "Association Cour des arts de Dole\n\n« La nuit des forges »\n\nMontant proposé : [[500 €|AMOUNT]]\n\n"
        "Paul Gay, lycéen de Dole\n\nMontant proposé : [[800 €|AMOUNT]]\n"
    ).fundings
    assert [(str(f.amounts[0].value), f.purpose) for f in found] == [
        ("500", "Association Cour des arts de Dole – La nuit des forges"),
        ("800", "Paul Gay, lycéen de Dole"),
    ]


def test_parts_of_one_sentence_have_the_purpose_of_the_whole() -> None:
    found = read(
        f"{_COUNCIL}Le conseil décide d'attribuer à l'association [[Judo dolois|ORG]] une subvention de [[3 100 €|AMOUNT]] à "
        "répartir : une subvention de fonctionnement de [[1 600 €|AMOUNT]] et une subvention pour la coupe de [[1 500 €|AMOUNT]]."
    ).fundings
    assert [str(f.amounts[0].value) for f in found] == ["1600", "1500"]
    assert all(f.purpose for f in found)


def test_a_report_says_whom_its_proposal_is_for() -> None:
    found = read(
        f"{_COUNCIL}Tennis de table dolois (code asso 1541) est une association qui joue au plus haut niveau. Il est proposé "
        "une subvention de [[4 500 €|AMOUNT]].\n\nEspoir Avenir (code asso 1575) :\n\nL'équipe ouvre une section. Il est "
        "proposé une subvention de [[3 000 €|AMOUNT]]."
    ).fundings
    assert [f.purpose for f in found] == ["Tennis de table dolois", "Espoir Avenir"]


def test_nobody_gives_to_itself() -> None:
    found = read(
        f"{_COUNCIL}Le [[Département du Jura|COLLECTIVITY]] accorde à la [[Ville de Dole|COLLECTIVITY]] une aide de "
        "[[9 000 €|AMOUNT]]. La [[Ville de Dole|COLLECTIVITY]] y ajoute [[4 000 €|AMOUNT]]."
    ).fundings
    assert [(f.funder.text, f.purpose) for f in found] == [
        ("Département du Jura", "à la Ville de Dole"),
        (_DOLE, None),
    ]


def test_the_names_of_a_list_are_whole() -> None:
    found = read(
        f"{_COUNCIL}Subventions attribuées :\n\n[[Amis du lavoir|ORG]], 1 rue Pasteur [[4 000 €|AMOUNT]]\n\n"
        "Syndic, 19 rue de la Palissade [[400 €|AMOUNT]]\n\nMme Roy, 7 impasse Arago [[880 €|AMOUNT]]\n"
    ).fundings
    assert found[1].purpose == "Syndic, 19 rue de la Palissade"


def test_what_a_sentence_says_and_a_table_repeats_is_one() -> None:
    found = read(
        f"{_COUNCIL}La [[Ville de Dole|COLLECTIVITY]] propose d'attribuer une subvention de [[40 000 €|AMOUNT]] pour aider à "
        "l'organisation du Congrès des archives.\n\nCODE | Structure | Nature | Montant\n"
        "12 | Congrès des archives | Projet | [[40 000 €|AMOUNT]]\n13 | Judo dolois | Projet | [[900 €|AMOUNT]]\n"
    ).fundings
    assert [str(f.amounts[0].value) for f in found] == ["40000", "900"]


def test_who_gets_a_subsidy_is_no_source_of_money() -> None:
    assert read(f"{_COUNCIL}Attribution d'une subvention à la [[Ligue des archives|FUNDER]]\n").fundings == ()
    asked = read(f"{_COUNCIL}Une demande de subvention au [[Fonds des archives|FUNDER]] est déposée.\n").fundings
    assert [(f.funder.text, f.status) for f in asked] == [("Fonds des archives", "demandé")]


@pytest.mark.parametrize("heading", ["I. ADHÉSIONS (nature 6281)", "COTISATIONS 2018", "III. Prestations"])
def test_dues_and_services_of_an_annex_are_none(heading: str) -> None:
    rows = "".join(
        f"[[{n}|ORG]] .......... [[{v} €|AMOUNT]]\n" for n, v in (("Cités Unies France", 750), ("Judo", 640))
    )
    grants = rows.replace("750", "300").replace("640", "200")
    assert told(f"Annexe au budget : subventions attribuées\n\nII. CONCOURS\n{grants}\n{heading}\n{rows}") == [
        (_DOLE, "300"),
        (_DOLE, "200"),
    ]


@pytest.mark.parametrize(
    "marked",
    [
        "L'association [[Judo dolois|ORG]] recherche [[5 000 €|AMOUNT]] auprès d'autres bailleurs.",
        "Ils ont réservé auprès de l'organisateur, la [[SAS Dole Expo|ORG]] ([[38 €|AMOUNT]] le mètre linéaire).",
        "Permanence du comité le jeudi. Adhésion : [[12 €|AMOUNT]] (famille : [[18 €|AMOUNT]]).",
    ],
)
def test_what_is_looked_for_and_prices_are_none(marked: str) -> None:
    assert told(marked) == []


def test_a_line_that_says_total_under_a_list_is_none() -> None:
    assert told(
        "Le conseil attribue les subventions suivantes :\n- [[Judo dolois|ORG]] : [[900 €|AMOUNT]]\n- [[Lavoir|ORG]] : "
        "[[1 200 €|AMOUNT]]\n\nCrédits ouverts : [[8 000 €|AMOUNT]]. Total attribué : [[2 400 €|AMOUNT]].\n"
    ) == [(_DOLE, "900"), (_DOLE, "1200")]


def test_a_table_under_dues_has_its_own_head() -> None:
    rows = "".join(f"920 | 6281 | [[Réseau numéro {n}|ORG]] | [[{n}00 €|AMOUNT]]\n" for n in range(1, 60))
    marked = (
        "[[Ville de Dole|COLLECTIVITY]]\nConseil municipal du [[3 mai 2018|DATE]]\n\nIl est proposé d'adhérer :\n\n"
        f"COTISATIONS 2018\n\nChapitre | Nature | Organisme | Montant\n{rows}"
    )
    assert read(marked).fundings == ()


def test_the_nature_of_the_account_says_dues() -> None:
    marked = (
        "[[Ville de Dole|COLLECTIVITY]]\nConseil municipal du [[3 mai 2018|DATE]]\n\nLe conseil attribue :\n\n"
        "920 | 6281 | [[Fédération des villes|ORG]] | [[4 530 €|AMOUNT]]\n"
        "924 | 6574 | [[Amis du lavoir|ORG]] | [[900 €|AMOUNT]]\n"
    )
    assert "4530" not in [str(f.amounts[0].value) for f in read(marked).fundings]
