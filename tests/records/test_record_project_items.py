"""Titles of projects that the form of a list or a sentence marks, without a tagger, and who carries them."""

from __future__ import annotations

import pytest
from marked_records import read

_AMOS, _AUCH = "[[Ville d'Amos|COLLECTIVITY]]", "[[Ville d'Auch|COLLECTIVITY]]"


def projects(marked: str) -> list[tuple[str, list[str]]]:
    return [(p.title, [x.text for x in p.parties]) for p in read(marked).projects]


def titles(marked: str) -> list[str]:
    return [title for title, _ in projects(marked)]


@pytest.mark.parametrize(
    "text",
    [
        "Action n° 1 – Planter une haie\n\nAction n° 2 – Ouvrir un four à pain\n",
        "Mesure 1.1   Planter une haie\n  Échéancier : hiver\nMesure 1.2   Ouvrir un four à pain\n",
        "AXE 1. Campagnes\n  1.1 Planter une haie\n  1.2 Ouvrir un four à pain (exposition en plein air)\n",
        "FICHE 4\nIntitulé : Planter une haie\nPorteur : Amos\n\nFICHE 5\nIntitulé : Ouvrir un four à pain\n",
        "_Premier chantier._ Planter une haie\nDeux.\n\n_Deuxième chantier._ Ouvrir un four à pain\n",
        "Fiche projet 1/2      Code : A-1\nPlanter une haie\n\nFiche projet 2/2      Code : A-2\nOuvrir un four à pain\n",
    ],
)
def test_numbered_lines_are_titles(text: str) -> None:
    assert titles(text) == ["Planter une haie", "Ouvrir un four à pain"]


@pytest.mark.parametrize(
    "text",
    [
        "Action n° 1 – Planter une haie\n",
        "Action n° 1 – (retirée)\nAction n° 2 – néant\n",
        "Article 1 – Planter une haie\nArticle 2 – Ouvrir un four\n",
        f"Projet n° 1 – {_AMOS}\nProjet n° 2 – {_AUCH}\n",
    ],
)
def test_one_line_or_another_matter_is_no_list(text: str) -> None:
    assert titles(text) == []


def test_labels_say_who_carries_a_project() -> None:
    text = (
        "Les projets retenus\n\nLe lin des deux rives\nPorteur : [[Ville d'Amos|COLLECTIVITY]]\nPartenaire : commune de Kita "
        "(Mali)\nDurée : 3 ans\n\nUn verger\nPorteurs : Rives du Sud et [[Ville d'Auch|COLLECTIVITY]]. Deux missions.\n"
    )
    record = read(text)
    assert projects(text) == [
        ("Le lin des deux rives", ["Ville d'Amos", "commune de Kita"]),
        ("Un verger", ["Rives du Sud", "Ville d'Auch"]),
    ]
    assert [p.kind for p in record.partnerships] == ["projet", "projet"]


@pytest.mark.parametrize(
    "item",
    [
        "• {} et {} – {}\n",
        "« {2} » – {0}, {1}\n",
        "• « {2} » ({0} et {1})\n",
        "• {} – {} :   {}\n",
        "\n• {} – {} (Gers)\n{}\nVisite des élus.\n",
    ],
)
def test_items_open_with_bodies_or_with_a_title(item: str) -> None:
    text = "Deux projets ont été choisis par le jury.\n\n"
    text += item.format(_AMOS, _AUCH, "Un four pour deux villages") + "\n"
    text += item.format("[[Foix|COLLECTIVITY]]", "[[Alma|COLLECTIVITY]]", "Le lin des rives")
    assert projects(text) == [
        ("Un four pour deux villages", ["Ville d'Amos", "Ville d'Auch"]),
        ("Le lin des rives", ["Foix", "Alma"]),
    ]


def test_a_list_that_speaks_of_no_project() -> None:
    text = f"Ordre du jour de la séance\n\n• {_AMOS} et {_AUCH} – Reprise du match\n• [[Foix|COLLECTIVITY]] et "
    assert titles(text + "[[Alma|COLLECTIVITY]] – Remise des coupes\n") == []


def test_what_is_done_with_partners_is_a_column_of_titles() -> None:
    text = (
        "Collectivité | Partenaire | Objet | Subvention\n"
        "[[Foix|COLLECTIVITY]] | [[Kita|COLLECTIVITY]] | Le lin des rives | [[900 €|AMOUNT]]\n"
        "[[Auch|COLLECTIVITY]] | [[Alma|COLLECTIVITY]] | Un four à pain | [[400 €|AMOUNT]]\n"
    )
    assert projects(text) == [("Le lin des rives", ["Foix", "Kita"]), ("Un four à pain", ["Auch", "Alma"])]


def test_a_theme_and_a_sum_after_the_title_are_no_part_of_it() -> None:
    text = "Projets soutenus en 2021\n\n1. [[Foix|COLLECTIVITY]] – [[Alma|COLLECTIVITY]] : Le lin des rives ; textile ; 900\n"
    text += "2. [[Auch|COLLECTIVITY]] – [[Amos|COLLECTIVITY]] : Un four à pain ; artisanat ; 400\n"
    assert titles(text) == ["Le lin des rives", "Un four à pain"]


def test_two_names_that_a_tagger_joined() -> None:
    text = (
        "Projet 1 – Le lin des rives\nPorteurs : [[Route du Lin et Optonique|ORG]].\n\n"
        "Projet 2 – Un four\nPorteurs : [[Annot|LOC]], [[Ville d'Amos|COLLECTIVITY]]\n"
    )
    assert projects(text) == [
        ("Le lin des rives", ["Route du Lin", "Optonique"]),
        ("Un four", ["Annot", "Ville d'Amos"]),
    ]


def test_titles_in_one_sentence() -> None:
    text = (
        f"Le comité admet les projets suivants : Un four ({_AMOS}, {_AUCH}) ; Le lin des rives ([[Foix|COLLECTIVITY]])."
    )
    assert projects(text) == [("Un four", ["Ville d'Amos", "Ville d'Auch"]), ("Le lin des rives", ["Foix"])]


def test_purposes_are_projects_where_the_list_is_of_projects() -> None:
    items = (
        "- [[Club de marche|ORG]], pour la réfection du refuge : [[900 €|AMOUNT]] ;\n"
        "- [[Théâtre du Lac|ORG]] (Foix), tournée dans les écoles : [[400 €|AMOUNT]].\n"
    )
    assert titles("Projets recommandés\n\n" + items) == ["réfection du refuge", "tournée dans les écoles"]
    assert titles("Subventions\n\n" + items) == []


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("La Ville poursuit l'opération « Rues fleuries » cette année.", "Rues fleuries"),
        ("Le prix va à « Doris », que portent ensemble deux lycées.", "Doris"),
        ("Une nouvelle phase, intitulée « Eaux claires », commence.", "Eaux claires"),
        ("L'appel à projets « Jeunesse du monde » est ouvert.", None),
        ("Le dispositif « Coup de pouce », projet ou non, est ouvert.", None),
        ("Le groupe « [[Rues fleuries|PROJECT]] » se réunit.", None),
        ("On parle de « Rues fleuries », disait le maire.", None),
    ],
)
def test_quotation_marks_in_prose(sentence: str, title: str | None) -> None:
    assert titles(sentence) == ([title] if title else [])


def test_a_numbered_action_says_its_bearers_on_its_line() -> None:
    text = (
        "AXE A — CHAMPS\nA1. Planter une haie. Pilotes : [[Maison du Bocage|ORG]] et [[Lycée du Lac|ORG]]. Échéance : "
        "juin.\nA2. Ouvrir un four à pain. Deux fournées.\n"
    )
    assert projects(text) == [
        ("Planter une haie", ["Maison du Bocage", "Lycée du Lac"]),
        ("Ouvrir un four à pain", []),
    ]


def test_who_does_the_work_does_not_carry_it() -> None:
    text = (
        f"FICHE 4\nIntitulé : Planter une haie\nPorteur : {_AMOS}\nPartenaire local : {_AUCH}\n"
        "Opérateur : [[Bocage Conseil|ORG]]\n\nFICHE 5\nIntitulé : Ouvrir un four à pain\n"
    )
    assert projects(text)[0] == ("Planter une haie", ["Ville d'Amos", "Ville d'Auch"])


def test_a_name_that_a_project_is_given_needs_no_quotation_marks() -> None:
    assert titles(f"La {_AMOS} mène un projet baptisé Horizon Bocage, qui dure trois ans.") == ["Horizon Bocage"]


def test_what_is_dropped_is_no_project() -> None:
    assert titles(f"{_AMOS}\n\nLe chantier « Vergers » est supprimé.") == []
