"""Partnerships that a clause tells by what is done with whom, and those of registers and lists of twins."""

from __future__ import annotations

import pytest
from marked_records import read

_VOIRON = "[[Ville de Voiron|COLLECTIVITY]]\n\n"
_KITA = "[[Kita|COLLECTIVITY]]"


def partnerships(marked: str) -> list[tuple[str, list[str]]]:
    return [(p.kind, sorted(x.text for x in p.parties)) for p in read(marked).partnerships]


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        (f"Le projet « Haies vives », mené avec la commune de {_KITA}, prend fin.", "projet"),
        (f"Les journées communes organisées avec la mairie de {_KITA} ont réuni cent personnes.", "projet"),
        (f"Avec {_KITA}, la Ville porte « Haies vives ».", "projet"),
        (f"La Ville travaille depuis [[2006|DATE]] avec {_KITA} sur l'eau.", "cooperation_decentralisee"),
        (f"La coopération de la Ville avec {_KITA} a pris fin.", "cooperation_decentralisee"),
    ],
)
def test_the_body_that_speaks_works_with_another(sentence: str, kind: str) -> None:
    assert partnerships(_VOIRON + sentence) == [(kind, ["Kita", "Ville de Voiron"])]


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("L'échange de fresques, monté par le [[lycée du Lac|ORG]] et [[Amos|COLLECTIVITY]], continue.", "projet"),
        ("« Doris », que portent ensemble le [[lycée de Foix|ORG]] et la ville d'[[Amos|COLLECTIVITY]].", "projet"),
        ("Ce projet associe le [[lycée de Foix|ORG]] et la ville d'[[Amos|COLLECTIVITY]].", "projet"),
        (
            "[[Foix|COLLECTIVITY]] accueille vingt élèves de [[Amos|LOC]], ville jumelée avec [[Foix|COLLECTIVITY]].",
            "jumelage",
        ),
    ],
)
def test_what_bodies_do_together(sentence: str, kind: str) -> None:
    assert [k for k, _ in partnerships(sentence)] == [kind]


@pytest.mark.parametrize(
    "sentence",
    [
        f"La Ville n'a jamais travaillé avec {_KITA}.",
        f"Le projet, porté par la commune de {_KITA} et le [[lycée de Foix|ORG]], n'a pas été retenu.",
        f"L'étude réalisée avec l'entreprise [[Sogéa|ORG]] de {_KITA} est payée.",
    ],
)
def test_what_is_denied_or_bought(sentence: str) -> None:
    assert partnerships(_VOIRON + sentence) == []


def test_registers_by_the_place_of_their_columns() -> None:
    text = _VOIRON + (
        "N°   Date        Co-contractant         Intitulé\n"
        "1    14/06/1956  [[Foix|COLLECTIVITY]]                   charte de jumelage\n"
        "2    02/10/1962  [[Amos|COLLECTIVITY]]                   serment de jumelage\n"
        "3    02/10/1999  [[Club du Lac|ORG]]            convention d'objectifs\n"
    )
    assert partnerships(text) == [("jumelage", ["Foix", "Ville de Voiron"]), ("jumelage", ["Amos", "Ville de Voiron"])]


def test_lists_of_twins_need_no_mark_but_are_no_lists_of_grants() -> None:
    lines = "[[Foix|COLLECTIVITY]] (Ariège). Un stage d'agents.\n\n[[Amos|LOC]] (Canada). Peu d'activité.\n"
    told = [("jumelage", ["Foix", "Ville de Voiron"]), ("jumelage", ["Amos", "Ville de Voiron"])]
    assert partnerships(f"{_VOIRON}Jumelages\n\n{lines}") == told
    assert partnerships(f"{_VOIRON}Aide aux comités de jumelage\n\n{lines}") == []


def test_bodies_that_carry_a_project_need_be_no_authorities() -> None:
    text = "L'[[Institut du Lin|ORG]] conduit déjà avec l'[[Atelier Rouet|ORG]] un projet de teinture."
    assert partnerships(text) == [("projet", ["Atelier Rouet", "Institut du Lin"])]


def test_the_two_towns_are_who_speaks_and_who_was_named() -> None:
    text = (
        f"{_VOIRON}Des élus de {_KITA} viendront pour le projet « Puits » que les deux villes mènent avec le "
        "[[Cercle des sourciers|ORG]]."
    )
    assert partnerships(text) == [("projet", ["Cercle des sourciers", "Kita", "Ville de Voiron"])]


def test_a_clause_about_another_twin_is_of_who_speaks() -> None:
    text = (
        f"{_VOIRON}La première, [[Amos|COLLECTIVITY]], fut un coup de cœur, et le jumelage avec {_KITA} date de "
        "[[1991|DATE]]."
    )
    assert ("jumelage", ["Kita", "Ville de Voiron"]) in partnerships(text)
    assert ("jumelage", ["Amos", "Kita"]) not in partnerships(text)


@pytest.mark.parametrize(
    ("text", "twins"),
    [
        (_VOIRON + "Le comité de jumelage Voiron-Bassano recevra 900 euros.", ["Bassano"]),
        (_VOIRON + "Le comité de jumelage Voiron-Québec recevra 900 euros.", []),
        (_VOIRON + "L'amicale Voiron-Bassano recevra 900 euros.", []),
        (
            f"{_VOIRON}Villes jumelées\n[[Bassano|COLLECTIVITY]], {_KITA} : rien cette année.\n",
            ["Bassano", "Kita"],
        ),
        (f"{_VOIRON}Déplacements\n[[Bassano|COLLECTIVITY]], {_KITA} : rien cette année.\n", []),
    ],
)
def test_twins_that_names_and_rows_say(text: str, twins: list[str]) -> None:
    found = [names for kind, names in partnerships(text) if kind == "jumelage"]
    assert sorted(n for names in found for n in names if n != "Ville de Voiron") == twins


def test_two_mayors_sign_an_oath_of_twinning() -> None:
    text = (
        "CHARTE DE JUMELAGE\n\nNous, Ada Roc, maire de [[Voiron|COLLECTIVITY]],\net Luc Val, maire de "
        "[[Amos|COLLECTIVITY]], prenons l'engagement de maintenir des liens.\n"
    )
    assert partnerships(text) == [("jumelage", ["Amos", "Voiron"])]
