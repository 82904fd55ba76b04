"""What stands around every page of the dashboard: its pages, the facets that are chosen, the form to choose others."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlencode

from coopnlp.web.dashboard.cache import Board
from coopnlp.web.dashboard.links import BOARD
from coopnlp.web.dashboard.outlines import country_name
from coopnlp.web.dashboard.svg import TYPE_NAMES
from coopnlp.web.facets import FACETS, NAMES, Choice
from coopnlp.web.filters import REVIEWS
from coopnlp.web.index import ABSENT

__all__ = ["Chip", "Field", "address", "frame", "label"]

_PAGES = (
    ("", "Vue d’ensemble"),
    ("carte", "Carte"),
    ("reseau", "Réseau"),
    ("echeances", "Échéances"),
    ("sans-suite", "Sans suite"),
)
# Facets that the form lets choose; the others are kept as they are.
_OFFERED = ("type", "pays", "theme", "soustheme", "statut")


class Chip(NamedTuple):
    """A facet that is chosen, and the address without it."""

    name: str
    label: str
    href: str


class Field(NamedTuple):
    """A field of the form: (value, label, whether it is chosen) for each option."""

    name: str
    title: str
    options: tuple[tuple[str, str, bool], ...]


def address(choice: Choice, name: str, **more: object) -> str:
    """Return the address of a page of the dashboard, with its own parameters after the facets.

    >>> address(Choice({"pays": ("ML",)}), "carte", vue="monde")
    '/tableau-de-bord/carte?pays=ML&vue=monde'
    """
    told = urlencode([*choice.pairs(), *((key, str(value)) for key, value in more.items())])
    path = f"{BOARD}/{name}" if name else BOARD
    return f"{path}?{told}" if told else path


def label(board: Board, facet: str, value: str) -> str:
    """Return what a value of a facet is called."""
    if value == ABSENT:
        return "non dit"
    if facet == "type":
        return TYPE_NAMES.get(value, (value, value))[1]
    if facet == "pays":
        return country_name(value)
    if facet in ("acteur", "financeur"):
        return board.index.actors.get(value, value.removeprefix("name:"))
    return REVIEWS.get(value, value) if facet == "revue" else value


def frame(board: Board, choice: Choice, name: str) -> dict[str, Any]:
    """Return what the frame of a page shows."""
    chips = [
        Chip(
            NAMES[facet],
            label(board, facet, value),
            address(choice._replace(values=choice.with_value(facet, value)), name),
        )
        for facet in FACETS
        for value in choice.values.get(facet, ())
    ]
    if choice.first_year is not None:
        chips.append(Chip("Depuis", str(choice.first_year), address(choice._replace(first_year=None), name)))
    if choice.last_year is not None:
        chips.append(Chip("Jusqu’à", str(choice.last_year), address(choice._replace(last_year=None), name)))
    if choice.beside:
        chips.append(Chip("Avec", label(board, *choice.beside_facet), address(choice._replace(beside=""), name)))
    kept = [(facet, value) for facet in FACETS if facet not in _OFFERED for value in choice.values.get(facet, ())]
    return {
        "choix": choice,
        "page_nom": name,
        "titre_page": dict(_PAGES)[name],
        "onglets": [(told, address(choice, part), part == name) for part, told in _PAGES],
        "puces": chips,
        "sans_choix": address(Choice({}), name),
        "adresse": address(Choice({}), name),
        "liste_champs": [_field(board, choice, facet) for facet in _OFFERED if _is_offered(choice, facet)],
        "gardes": kept + ([("avec", choice.beside)] if choice.beside else []),
        "nombre_fiches": int(choice.mask(board.index).sum()),
    }


def _is_offered(choice: Choice, facet: str) -> bool:
    return facet != "soustheme" or len(choice.values.get("theme", ())) == 1


def _field(board: Board, choice: Choice, facet: str) -> Field:
    names = board.index.facets[facet].names
    if facet == "type":
        names = tuple(name for name in TYPE_NAMES if name in names)
    elif facet == "soustheme":
        names = board.index.subthemes.get(choice.values["theme"][0], ())
    chosen = choice.values.get(facet, ())
    told = [(value, label(board, facet, value), value in chosen[:1]) for value in names]
    if facet != "type":
        told.sort(key=lambda option: _folded(option[1]))
    return Field(facet, NAMES[facet], tuple(told))


def _folded(told: str) -> str:
    from coopnlp.text import fold

    return fold(told)
