"""Quoted projects and named events, found by their form."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopnlp.pipeline.titles import create_titles, find_events, find_projects
from coopnlp.pipeline.tokenizer import CoopTokenizer


def projects(text: str) -> list[str]:
    return [text[start:end] for start, end in find_projects(text)]


def events(text: str) -> list[str]:
    return [text[start:end] for start, end in find_events(text)]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Le projet « Des vergers pour tous » commence.", "Des vergers pour tous"),
        ('Le projet pilote "Quais ouverts" commence.', "Quais ouverts"),
        ("L'exposition itinérante intitulée « Gens du fleuve » part à Gaspé.", "Gens du fleuve"),
        ("Projet : « Lire au bord de l'eau »", "Lire au bord de l'eau"),
        ("Le film “Deux rives” est projeté.", "Deux rives"),
        ("le programme «\u00a0Jeunes pousses\u00a0» reprend", "Jeunes pousses"),
    ],
)
def test_a_quotation_after_a_word_for_a_work_is_a_project(text: str, title: str) -> None:
    assert projects(text) == [title]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Nom du projet : Racines et rives\nBudget : 3 000 €", "Racines et rives"),
        ("- Intitulé : Quais ouverts : la ville au fleuve.", "Quais ouverts : la ville au fleuve"),
        ("Titre\nLire au bord de l'eau\nAnnée\n2012", "Lire au bord de l'eau"),
        ("Programme : Appui aux écoles (2016-2020)", "Appui aux écoles"),
    ],
)
def test_what_a_label_names_is_a_project(text: str, title: str) -> None:
    assert projects(text) == [title]


LIST = (
    "1. Semer à deux\nPau – Laval | 2008-2016\n\n2. Le vélo de Fatima\nPorté par une association\n\n"
    "3. « Danser assis »\nVille de Gatineau et Ville de Villeurbanne\n"
)


def test_titles_of_a_list_whose_items_name_their_bearers_are_projects() -> None:
    assert projects(LIST) == ["Semer à deux", "Le vélo de Fatima", "Danser assis"]


def test_an_agenda_is_no_list_of_projects() -> None:
    assert projects("1. Approbation\nAdopté.\n2. Voirie\nLe maire expose.\n3. Questions\nAucune.\n") == []
    assert projects("\n".join(LIST.split("\n")[:5])) == []  # two items are no list


@pytest.mark.parametrize(
    "text",
    [
        "L'appel à projets « Coopération 2030 » est ouvert.",
        "Il a dit « nous reviendrons » avant de partir.",
        "Le projet commence « au printemps ».",
        "Le projet de l'école avance bien.",
        "Le projet « dont le titre\nest coupé » commence.",
        "Le rejet « Des vergers » commence.",
    ],
)
def test_other_quotations_are_none(text: str) -> None:
    assert projects(text) == []


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Les deuxièmes Rencontres de la mer sont à Pau.", "deuxièmes Rencontres de la mer"),
        ("La 12e Biennale du livre ouvre demain.", "12e Biennale du livre"),
        ("Au Forum mondial de l'eau, les maires parlent.", "Forum mondial de l'eau"),
        ("Le Festival international des jardins ferme.", "Festival international des jardins"),
        ("La Semaine de la solidarité revient en mai.", "Semaine de la solidarité"),
        ("Le Colloque sur la forêt boréale a lieu à Pau.", "Colloque sur la forêt boréale"),
        ("Aux troisièmes Ateliers du lac et d'en fixer la date", "troisièmes Ateliers du lac"),
        ("pour le 400<sup>e</sup> anniversaire de la ville de Pau", "400<sup>e</sup> anniversaire de la ville de Pau"),
        ("La 15e rencontre alternée des ministres finit.", "15e rencontre alternée des ministres"),
    ],
)  # fmt: skip
def test_an_event_noun_with_its_complement_is_an_event(text: str, event: str) -> None:
    assert events(text) == [event]


@pytest.mark.parametrize(
    "text",
    [
        "Le forum a duré deux jours.",
        "Le Forum a duré deux jours.",
        "Les rencontres de la coopération rurale ont eu lieu.",
        "Il pleut depuis ce matin.",
        "Le Salonnais arrive.",
    ],
)
def test_a_bare_or_common_noun_is_none(text: str) -> None:
    assert events(text) == []


def test_an_event_ends_before_its_date() -> None:
    assert events("Le Salon du livre en mai 2012 accueille Matane.") == ["Salon du livre"]


@given(st.text(alphabet="Forum Salon projet«»\"'’de la\nX1e", max_size=120))
@settings(deadline=None, max_examples=200)
def test_every_finding_can_be_cut_out_of_its_text(text: str) -> None:
    for start, end in [*find_projects(text), *find_events(text)]:
        assert text[start:end].strip() == text[start:end] != ""


def test_the_component_adds_to_the_candidates() -> None:
    nlp = spacy.blank("fr")
    nlp.tokenizer = CoopTokenizer(nlp.vocab)
    doc = nlp.make_doc("Au Salon du livre, le projet « Gens du fleuve » est lu.")
    doc.spans["candidates"] = [doc.char_span(0, 2, label="LOC")]
    doc = create_titles(nlp, "coop_titles")(doc)
    assert [(span.text, span.label_) for span in doc.spans["candidates"]] == [
        ("Au", "LOC"),
        ("Gens du fleuve", "PROJECT"),
        ("Salon du livre", "EVENT"),
    ]
