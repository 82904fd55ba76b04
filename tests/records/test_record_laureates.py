"""Lists of laureates: one fund gives each entry its sum."""

from __future__ import annotations

import pytest
from marked_records import read


def told(text: str) -> list[tuple[str, list[str], str | None, str | None]]:
    return [(f.funder.text, [str(a.value) for a in f.amounts], f.start, f.purpose) for f in read(text).fundings]


def test_entries_of_some_lines_under_the_name_of_a_fund() -> None:
    text = (
        "[[Fonds des deux rives|FUNDER]]\nPROJETS SOUTENUS – [[2023|DATE]]\n\n"
        "+ L'école du rang\n  [[Saint-Alexis|COLLECTIVITY]] / [[Dax|COLLECTIVITY]]\n"
        "  [[6 500 €|AMOUNT]] et [[9 400 $|AMOUNT]]\n\n"
        "+ Le grand inventaire\n  [[Ripon|COLLECTIVITY]] / [[Foix|COLLECTIVITY]]\n"
        "  [[5 000 €|AMOUNT]] et [[7 200 $|AMOUNT]]\n\n"
        "+ Mer montante\n  [[Gaspé|COLLECTIVITY]] / [[Carolles|COLLECTIVITY]]\n"
        "  [[4 500 €|AMOUNT]] et [[6 500 $|AMOUNT]]\n"
    )
    assert told(text) == [
        ("Fonds des deux rives", ["6500", "9400"], "2023", "L'école du rang"),
        ("Fonds des deux rives", ["5000", "7200"], "2023", "Le grand inventaire"),
        ("Fonds des deux rives", ["4500", "6500"], "2023", "Mer montante"),
    ]


def test_labelled_sums_and_a_source_told_under_the_list() -> None:
    text = (
        "Voici les projets retenus !\n\n1. « Compost sans frontières »\nDeux façons de composter. "
        "Bourse : [[3 000 $|AMOUNT]].\n\n2. « La tournée des granges »\nDes musiciens jouent. "
        "Bourse : [[4 500 $|AMOUNT]].\n\nLes bourses proviennent du [[Fonds d'action|FUNDER]] et d'un don anonyme.\n"
    )
    assert told(text) == [
        ("Fonds d'action", ["3000"], None, "Compost sans frontières"),
        ("Fonds d'action", ["4500"], None, "La tournée des granges"),
    ]


def test_the_sum_that_was_accorded_not_the_one_that_was_asked() -> None:
    text = (
        "PROJETS SOUTENUS PAR L'AMBASSADE, CAMPAGNE [[2009|DATE]]\n\n"
        "[[MONTREUIL|COLLECTIVITY]] — [[GASPÉ|COLLECTIVITY]]\n Projet : « Toit ouvert »\n"
        " Montant accordé : [[18 000 €|AMOUNT]]\n\n"
        "[[PITRES|COLLECTIVITY]] — [[ROUGEMONT|COLLECTIVITY]]\n Projet : « Pomme et patrimoine »\n"
        " Montant accordé : [[4 500 €|AMOUNT]] (demandé : [[12 000 €|AMOUNT]])\n"
    )
    assert told(text) == [
        ("AMBASSADE", ["18000"], "2009", "Toit ouvert"),
        ("AMBASSADE", ["4500"], "2009", "Pomme et patrimoine"),
    ]


def test_prizes_in_brackets() -> None:
    text = (
        "[[Fondation des territoires|ORG]]\nLISTE DES LAURÉATS\n\n"
        "1er prix ([[10 000 €|AMOUNT]])\n[[Les Amis|ORG]], pour « Une ligne »\n\n"
        "2e prix ([[6 000 €|AMOUNT]])\n[[La Maison|ORG]], pour « Bouches »\n\n"
        "3e prix ([[3 000 €|AMOUNT]])\n[[Vélos|ORG]], pour « Dérailleur »\n"
    )
    assert [(who, sums) for who, sums, _, _ in told(text)] == [
        ("Fondation des territoires", ["10000"]),
        ("Fondation des territoires", ["6000"]),
        ("Fondation des territoires", ["3000"]),
    ]


@pytest.mark.parametrize(
    "text",
    [
        # of two sources nobody knows which gives what
        "Les projets retenus\n\nUn puits. Aide : [[300 €|AMOUNT]].\n\nUn four. Aide : [[400 €|AMOUNT]].\n\n"
        "Les sommes proviennent du [[Fonds A|FUNDER]] et du [[Fonds B|FUNDER]].\n",
        # no source
        "Les lauréats\n\nUn puits\n[[300 €|AMOUNT]]\n\nUn four\n[[400 €|AMOUNT]]\n\nUn toit\n[[500 €|AMOUNT]]\n",
        # costs
        "[[Fondation des territoires|ORG]]\nProjets retenus\n\nCoûts\n\nUn puits\n[[300 €|AMOUNT]]\n\n"
        "Un four\n[[400 €|AMOUNT]]\n\nUn toit\n[[500 €|AMOUNT]]\n",
    ],
)
def test_no_one_source_or_no_grants(text: str) -> None:
    assert told(text) == []
