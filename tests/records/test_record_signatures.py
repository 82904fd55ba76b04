"""When agreements were signed, how long they last, and whose they are."""

from __future__ import annotations

import pytest
from marked_records import read

from coopnlp.types import Agreement


def first(marked: str) -> Agreement:
    return read(marked).agreements[0]


@pytest.mark.parametrize(
    ("marked", "date"),
    [
        (
            "[[Dax|COLLECTIVITY]] et [[Kita|COLLECTIVITY]] ont signé un [[pacte d'amitié|AGREEMENT]] le "
            "[[3 mai 2011|DATE]].",
            "2011-05-03",
        ),
        (
            "[[Dax|COLLECTIVITY]] et [[Kita|COLLECTIVITY]] ont signé le [[3 mai 2011|DATE]] une "
            "[[convention de coopération|AGREEMENT]], renouvelée en [[2015|DATE]].",
            "2011-05-03",
        ),
        ("La [[convention de partage|AGREEMENT]] serait signée à [[Dax|LOC]] le [[3 mai 2011|DATE]].", None),
        ("La [[feuille de route 2011|AGREEMENT]] doit être adoptée en [[mai 2011|DATE]].", None),
        (
            "Le conseil autorise une [[entente de voisinage|AGREEMENT]]. Elle sera signée à [[Dax|LOC]] le "
            "[[3 mai 2011|DATE]].",
            "2011-05-03",
        ),
        (
            "[[Dax|COLLECTIVITY]] et [[Kita|COLLECTIVITY]], liées depuis le [[3 mai 2011|DATE]] par un "
            "[[serment de jumelage|AGREEMENT]], ont dansé.",
            "2011-05-03",
        ),
        (
            "L'[[avenant de partage|AGREEMENT]] a fait l'objet d'un avis de la commission réunie le [[3 mai 2011|DATE]].",
            None,
        ),
    ],
)
def test_date_of_signature(marked: str, date: str | None) -> None:
    assert first(marked).date == date


@pytest.mark.parametrize(
    ("marked", "period"),
    [
        (
            "La [[convention de partage|AGREEMENT]] est conclue pour une durée de trois ans à compter du "
            "[[1er avril 2018|DATE]].",
            ("2018-04-01", "2021-03-31"),
        ),
        (
            "La [[convention de partage|AGREEMENT]] a pour objet un programme, conduit du "
            "[[1er avril 2018|DATE]], sans fin dite.",
            (None, None),
        ),
        (
            "La [[convention de partage|AGREEMENT]] prend effet le [[1er avril 2018|DATE]] et expire le "
            "[[2 mai 2019|DATE]].",
            ("2018-04-01", "2019-05-02"),
        ),
        ("L'[[entente de voisinage|AGREEMENT]] est d'une durée de trois ans.", (None, None)),
    ],
)
def test_period(marked: str, period: tuple[str | None, str | None]) -> None:
    agreement = first(marked)
    assert (agreement.start, agreement.end) == period


def test_the_two_of_the_sentence_before() -> None:
    agreement = first(
        "La [[Ville de Dax|COLLECTIVITY]] et la [[Commune de Kita|COLLECTIVITY]] se connaissent. Une "
        "[[lettre d'intention|AGREEMENT]] a été signée le [[3 mai 2011|DATE]] par les deux maires."
    )
    assert [p.text for p in agreement.parties] == ["Ville de Dax", "Commune de Kita"]


def test_plan_of_the_two_named_on_top() -> None:
    agreement = first(
        "# [[Plan d'action 2019-2021|AGREEMENT]]\n\nCoopération entre le [[Département du Gers|COLLECTIVITY]] "
        "([[France|LOC]]) et la [[province de Figuig|COLLECTIVITY]] ([[Maroc|LOC]])\n"
    )
    assert [p.text for p in agreement.parties] == ["Département du Gers", "province de Figuig"]


def test_agreement_that_binds_towns() -> None:
    agreement = first(
        "Une [[charte de jumelage|AGREEMENT]] lie les villes de [[Dax|COLLECTIVITY]] et de [[Kita|COLLECTIVITY]]."
    )
    assert [p.text for p in agreement.parties] == ["Dax", "Kita"]


@pytest.mark.parametrize(
    "name",
    [
        "déclaration d'utilité publique",
        "Plan d'Occupation des Sols",
        "avenant au marché de voirie",
        "SERM",
        "convention",
    ],
)
def test_other_acts_are_no_agreements(name: str) -> None:
    assert read(f"Il est question de la [[{name}|AGREEMENT]] dans ce dossier.").agreements == ()


def test_agreement_that_two_signed() -> None:
    agreement = first(
        "Voici la [[convention de partage|AGREEMENT]] que la [[Ville de Dax|COLLECTIVITY]] et [[Kita|COLLECTIVITY]] "
        "ont signée le [[3 mai 2011|DATE]]."
    )
    assert ([p.text for p in agreement.parties], agreement.date) == (["Ville de Dax", "Kita"], "2011-05-03")


def test_what_is_only_thought_of_is_no_agreement() -> None:
    record = read("[[Dax|COLLECTIVITY]] et [[Kita|COLLECTIVITY]] songent à un [[pacte d'amitié|AGREEMENT]].")
    assert record.agreements == ()
    assert [p.status for p in record.partnerships] in ([], ["En projet"])


def test_a_club_is_no_agreement() -> None:
    record = read("Association | Montant\n[[Entente sportive de Dax|AGREEMENT]] | [[300 €|AMOUNT]]")
    assert record.agreements == ()


@pytest.mark.parametrize(
    "marked",
    [
        "[[Ville de Dax|COLLECTIVITY]]\nM. Roy soumet la convention d'objectifs avec l'[[Aviron|COLLECTIVITY]] dacquois.",
        "[[Ville de Dax|COLLECTIVITY]]\nDemander conseil à Foix, qui a un jumelage avec [[Malte|COLLECTIVITY]].",
        "Le jumelage lie [[Agny|COLLECTIVITY]], [[village de l'Artois|COLLECTIVITY]].",
    ],
)
def test_no_partnership(marked: str) -> None:
    assert read(marked).partnerships == ()


def test_each_partner_is_that_of_the_town() -> None:
    record = read(
        "[[Ville de Dax|COLLECTIVITY]]\nOn a fêté le jumelage avec [[Bonn|COLLECTIVITY]] et les dix ans du jumelage avec "
        "[[Kita|COLLECTIVITY]]."
    )
    assert next([x.text for x in p.parties] for p in record.partnerships) == ["Ville de Dax", "Bonn"]
    assert ["Bonn", "Kita"] not in [[x.text for x in p.parties] for p in record.partnerships]
