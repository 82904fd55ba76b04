"""Those who cooperate: collectivities, funders, organisations."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from coopnlp.web.actors import ORDERS, list_actors, read_actor
from coopnlp.web.facets import PAGE_SIZE, Choice, read_choice
from coopnlp.web.paging import pager
from coopnlp.web.site import Site
from coopnlp.web.view import BadRequest, NotFound, Page, is_there, page

__all__ = ["ROUTES"]


@page
async def actors(page: Page) -> Any:
    """Show who cooperates, those named in most documents first."""
    names = ("nom", "nature", "pays", "ordre")
    given = {name: page.arg(name)[:200] for name in names}
    if given["ordre"] not in ORDERS:
        raise BadRequest("Cet ordre n’existe pas.")
    number = read_choice(_OnlyPage(page)).page

    def link(number: int, **changes: str) -> str:
        told = [(name, value) for name, value in {**given, **changes}.items() if value]
        told += [("page", str(number))] if number > 1 else []
        return f"/acteurs?{urlencode(told)}" if told else "/acteurs"

    found = await page.site.read(
        list_actors,
        kind=given["nature"],
        country=given["pays"],
        words=given["nom"],
        order=given["ordre"],
        limit=2 * PAGE_SIZE,
        offset=(number - 1) * 2 * PAGE_SIZE,
    )
    if number > 1 and not found.rows:
        raise NotFound("La liste n’a pas autant de pages.")
    pages = pager(number, link, found.total, 2 * PAGE_SIZE)
    return await page.html("acteurs.html", {"liste": found, "choisi": given, "pages": pages, "ordres": ORDERS})


class _OnlyPage:
    """The parameters of an address, of which only the page is read: others have names of facets."""

    def __init__(self, page: Page) -> None:
        self._args = page.request.args

    def getlist(self, name: str) -> list[str]:
        return list(self._args.getlist(name)) if name == "page" else []


@page
async def actor(page: Page) -> Any:
    """Show an actor: partners, items, sums, documents."""
    index = page.site.index
    key = page.path("key")
    found = await page.site.read(read_actor, index, key)
    if found is None:
        raise NotFound("Personne n’est connu du registre sous cette adresse.")
    figures = await page.site.read(_figures, page.site, key)
    return await page.html("acteur.html", {"acteur": found, "cle": key, "figures": figures})


def _figures(connection: sa.Connection, site: Site, key: str) -> list[Any]:
    """Return the timeline and the map of an actor, as the dashboard draws them, where it is there."""
    if not is_there("coopnlp.web.dashboard.components"):
        return []
    components = import_module("coopnlp.web.dashboard.components")
    board = import_module("coopnlp.web.dashboard.cache").board_of(connection, site)
    of_actor = Choice(values={"acteur": (key,)})

    def make() -> list[Any]:
        drawn = [components.actor_timeline(connection, key), components.map_around(board, of_actor)]
        return [figure for figure in drawn if figure is not None]

    return list(board.kept.once(("acteur", key), make))


ROUTES = [(r"/acteurs$", actors), (r"/acteurs/(?P<key>.+)$", actor)]
