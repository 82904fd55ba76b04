"""Where the figures lead: lists with the same facets, and the dashboard narrowed further."""

from __future__ import annotations

from collections.abc import Iterable

from coopnlp.web.addresses import PLURALS
from coopnlp.web.facets import THIRD, Choice

__all__ = ["BOARD", "board_link", "list_link", "narrowed"]

BOARD = "/tableau-de-bord"


def narrowed(choice: Choice, facets: Iterable[tuple[str, str]]) -> Choice | None:
    """Return a choice of the items that also have some values.

    A value that is chosen already stands alone then, for only its own items have it. Beside values that are chosen of
    the same facet, which are alternatives, another one is asked for by ``avec``; that takes one, and where two would
    be needed there is no such choice. The third level of the themes is always asked for so.
    """
    then = choice._replace(order="", page=1, query="", within="", values=dict(choice.values))
    for name, value in facets:
        chosen = choice.values.get(name, ())
        if name == THIRD or (chosen and value not in chosen):
            if then.beside:
                return None
            then = then._replace(beside=value if name == "acteur" else f"{name}:{value}")
        else:
            then.values[name] = (value,)
            if name == "annee":
                then = then._replace(first_year=None, last_year=None)
    return then


def list_link(choice: Choice, type_: str, *facets: tuple[str, str]) -> str | None:
    """Return the address of the list of the items of a type that also have some values.

    >>> list_link(Choice({"pays": ("ML",)}, first_year=2010), "project", ("annee", "2012"))
    '/projets?pays=ML&annee=2012'
    """
    then = narrowed(choice, facets)
    if then is None:
        return None
    return then.link(f"/{PLURALS[type_]}", values={k: v for k, v in then.values.items() if k != "type"})


def board_link(choice: Choice, *facets: tuple[str, str], page: str = "") -> str | None:
    """Return the address of a page of the dashboard for the items that also have some values."""
    then = narrowed(choice, facets)
    return None if then is None else then.link(f"{BOARD}/{page}" if page else BOARD)
