"""Typed names of the gazetteer: « commune de Kati », « Conseil départemental de l'Orne »."""

from __future__ import annotations

import pytest
import spacy

from coopnlp.pipeline.places import create_places, find_places, find_streets
from coopnlp.pipeline.tokenizer import CoopTokenizer

_TOKENIZER = CoopTokenizer(spacy.blank("fr").vocab)


def places(text: str) -> list[str]:
    doc = _TOKENIZER(text)
    return [doc[start:end].text for start, end in find_places(doc)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Une mission part pour la commune de Kati.", "commune de Kati"),
        ("Le Conseil départemental de l'Orne délibère.", "Conseil départemental de l'Orne"),
        ("La MRC de Coaticook accueille six jeunes.", "MRC de Coaticook"),
        ("la ville du Havre reçoit", "ville du Havre"),
        ("LA VILLE DE FOIX", "VILLE DE FOIX"),
        ("La mairie de Saint-Jean-de-Luz est fermée.", "mairie de Saint-Jean-de-Luz"),
        ("le conseil municipal d’Auch", "conseil municipal d’Auch"),
        ("la municipalité régionale de comté de Coaticook", "municipalité régionale de comté de Coaticook"),
    ],
)
def test_a_singular_type_word_is_inside(text: str, name: str) -> None:
    assert name in places(text)


def test_no_name_is_found_in_two_ways() -> None:
    assert places("Le conseil municipal de la commune rurale de Kati vote.") in (
        ["commune rurale de Kati"],
        ["conseil municipal de la commune rurale de Kati"],
    )


@pytest.mark.parametrize(
    "text",
    [
        "La ville est belle au printemps.",
        "La commune de notre enfance a changé.",
        "la ville de lumière",
        "Les villes de Montréal et de Paris signent.",
        "dans la région de Gao",
        "Kati et Foix sont deux noms.",
        "La commune de Zzyxquelque n'existe pas.",
        "",
    ],
)
def test_nothing_to_propose(text: str) -> None:
    assert places(text) == []


def test_the_component_adds_collectivities_to_the_candidates() -> None:
    nlp = spacy.blank("fr")
    nlp.tokenizer = _TOKENIZER
    doc = create_places(nlp, "coop_places")(_TOKENIZER("La ville de Foix écrit."))
    assert [(span.text, span.label_) for span in doc.spans["candidates"]] == [("ville de Foix", "COLLECTIVITY")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Travaux rue Danton, au numéro 4.", ["rue Danton"]),
        ("L'avenue du Maréchal Foch et le boulevard de la République sont fermés.",
         ["avenue du Maréchal Foch", "boulevard de la République"]),
        ("Cession d'une parcelle, ZAC des Deux Rives (lot 3).", ["ZAC des Deux Rives"]),
        ("Il pleut dans la rue et l'avenue est vide.", []),
        ("RUE DE LA GARE", ["RUE DE LA GARE"]),
    ],
)  # fmt: skip
def test_streets_are_places(text: str, names: list[str]) -> None:
    doc = _TOKENIZER(text)
    assert [doc[start:end].text for start, end in find_streets(doc)] == names
