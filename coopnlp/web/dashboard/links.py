"""Where the figures lead: lists with the same facets, and the dashboard narrowed further."""

from __future__ import annotations

from collections.abc import Iterable

from coopnlp.web.addresses import PLURALS
from coopnlp.web.facets import Choice

__all__ = ["BOARD", "board_link", "list_link", "narrowed"]

BOARD = "/tableau-de-bord"


def narrowed(choice: Choice, facets: Iterable[tuple[str, str]]) -> Choice:
    """Return a choice with some facets set to one value; a year takes the place of a range that holds it."""
    values = dict(choice.values)
    kept = choice._replace(order="", page=1, query="", within="")
    for name, value in facets:
        values[name] = (value,)
        if name == "annee":
            kept = kept._replace(first_year=None, last_year=None)
    return kept._replace(values=values)


def list_link(choice: Choice, type_: str, *facets: tuple[str, str]) -> str:
    """Return the address of the list of the items of a type that are chosen.

    >>> list_link(Choice({"pays": ("ML",)}, first_year=2010), "project", ("annee", "2012"))
    '/projets?pays=ML&annee=2012'
    """
    then = narrowed(choice, facets)
    return then.link(f"/{PLURALS[type_]}", values={k: v for k, v in then.values.items() if k != "type"})


def board_link(choice: Choice, *facets: tuple[str, str], page: str = "") -> str:
    """Return the address of a page of the dashboard, narrowed."""
    return narrowed(choice, facets).link(f"{BOARD}/{page}" if page else BOARD)
