"""Titles of projects: what marks one, and how far it goes."""

from __future__ import annotations

import pytest
from marked_records import read


def titles(marked: str) -> list[str]:
    return [p.title for p in read(marked).projects]


@pytest.mark.parametrize(
    ("marked", "title"),
    [
        ("Le projet « [[Mille ruches pour|PROJECT]] Kita » avance.", "Mille ruches pour Kita"),
        ("Projet : [[Mille ruches|PROJECT]]\n", "Mille ruches"),
        ("Le programme [[Mille ruches, avec les|PROJECT]] [[écoles|THEME]], se termine.", "Mille ruches"),
        (
            "Plan de financement — [[Puits et vergers du|PROJECT]] [[Bèlèdougou|LOC]]\n",
            "Puits et vergers du Bèlèdougou",
        ),
    ],
)
def test_marked_titles_are_whole(marked: str, title: str) -> None:
    assert titles(marked) == [title]


@pytest.mark.parametrize(
    "marked",
    [
        "- [[Organiser deux séminaires sur la|PROJECT]] [[gestion de l'eau|THEME]], avec les écoles ;",
        "## [[Un climat favorable|PROJECT]]\n\nLes élus se connaissent mieux.",
        "Au bout du fil, un luthier : « [[Je fabrique des luths|PROJECT]]. Vous avez des vielles. »",
        "On vend le lot 4 de la copropriété « [[Les Muriers|PROJECT]] » au prix convenu.",
        "[[Forts de leurs liens|PROJECT]], les deux bourgs se revoient.",
    ],
)
def test_headings_tasks_and_words_are_no_projects(marked: str) -> None:
    assert titles(marked) == []


def test_announced_list_needs_no_tagger() -> None:
    text = (
        "Exemples de projets soutenus :\n\nRives fertiles\n\nPorté par les villes de [[Foix|COLLECTIVITY]] et d'[[Amos|COLLECTIVITY]], "
        "un jardin d'essai ouvert aux écoles.\n\nLe pain partagé\n\nUn four pour deux villages, où l'on cuit une fois "
        "par semaine.\n\nContacts\n\nLe secrétariat répond aux questions des collectivités chaque matin de semaine."
    )
    projects = read(text).projects
    assert [p.title for p in projects] == ["Rives fertiles", "Le pain partagé"]
    assert [x.text for x in projects[0].parties] == ["Foix", "Amos"]


def test_numbered_list_has_numbered_titles() -> None:
    text = (
        "Projets retenus\n\n1. « Cuir et tan »\n[[Foix|COLLECTIVITY]] et [[Amos|COLLECTIVITY]]\nLes tanneurs forment "
        "la relève.\n\n2. « L'eau d'en haut »\n[[Auch|COLLECTIVITY]] et [[Kita|COLLECTIVITY]]\nDes bornes.\n\n"
        "Remerciements du jury\n\nLe jury remercie tous les candidats de la qualité de leurs dossiers cette année."
    )
    assert titles(text) == ["Cuir et tan", "L'eau d'en haut"]


def test_text_without_announced_list() -> None:
    assert (
        titles("Le conseil a parlé de ses projets.\n\nUne pause\n\nLe public est sorti prendre un café au soleil.")
        == []
    )


def test_the_next_item_of_a_list_is_another_matter() -> None:
    project = read(
        "- Projet « [[Filles debout|PROJECT]] » : internat de [[Kita|COLLECTIVITY]], trente bourses.\n"
        "- Échanges entre le [[lycée du Gers|ORG]] et le [[lycée de Kita|ORG]].\n"
    ).projects[0]
    assert (project.description, project.parties) == ("internat de Kita, trente bourses", ())


def test_rows_of_tables_that_are_not_about_projects() -> None:
    assert titles("Nature | Unité | Coût\n[[Caveau neuf|PROJECT]] | U | [[900 €|AMOUNT]]\n") == []


def test_two_bearers_joined_by_par() -> None:
    project = read(
        "Le projet « [[Bois d'avenir|PROJECT]] », porté par l'[[École du bois|ORG]] et par le [[Cégep du lac|ORG]]."
    ).projects[0]
    assert [x.text for x in project.parties] == ["École du bois", "Cégep du lac"]
