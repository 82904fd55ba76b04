"""The pages of the dashboard: overview, map, network, what ends soon, what has no follow-up."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from coopnlp.web.dashboard.cache import Board, board_of
from coopnlp.web.dashboard.components import AROUND, map_of, network_of
from coopnlp.web.dashboard.followup import ending, lines, months_after, without_follow_up
from coopnlp.web.dashboard.frame import address, frame
from coopnlp.web.dashboard.overview import overview
from coopnlp.web.dashboard.worldmap import REGIONS
from coopnlp.web.facets import Choice, read_choice
from coopnlp.web.site import Site
from coopnlp.web.view import BadRequest, NotFound, Page, page

__all__ = ["ROUTES"]

# Actors that a drawing of the network has room for.
_ACTORS = (20, 40, 70, 100)
_MONTHS = (3, 6, 12, 24, 36, 60)
_YEARS = (1, 2, 3, 5, 8, 10, 15)
# Rows of one page of a list.
_SIZE = 50


def _chosen(page: Page) -> Choice:
    return read_choice(page.request.args)._replace(order="", query="", within="", conflicts=False)


def _key(name: str, choice: Choice, *more: object) -> tuple[object, ...]:
    return (name, tuple(choice.pairs()), choice.page, *more)


def _one_of(page: Page, name: str, allowed: tuple[int, ...], usual: int) -> int:
    told = page.arg(name)
    if not told:
        return usual
    if not (told.isascii() and told.isdigit() and len(told) < 5 and int(told) in allowed):
        values = ", ".join(str(value) for value in allowed)
        raise BadRequest(f"«\u00a0{told[:40]}\u00a0» ne convient pas pour «\u00a0{name}\u00a0»\u00a0: {values}.")
    return int(told)


def _day(page: Page) -> date:
    """Return the day that the lists are seen from, by default this one."""
    told = page.arg("date")
    if not told:
        return date.today()
    try:
        day = date.fromisoformat(told)
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        raise BadRequest(f"«\u00a0{told[:40]}\u00a0» n’est pas une date, telle que 2026-01-31.")
    return day


def _overview(connection: sa.Connection, site: Site, choice: Choice) -> dict[str, Any]:
    board = board_of(connection, site)
    return board.kept.once(_key("", choice), lambda: {**frame(board, choice, ""), **overview(board, choice)})


@page
async def first(page: Page) -> Any:
    """Show counts and sums."""
    choice = _chosen(page)
    return await page.html("tableau-de-bord.html", await page.site.read(_overview, page.site, choice))


def _map(connection: sa.Connection, site: Site, choice: Choice, view: str) -> dict[str, Any]:
    board = board_of(connection, site)

    def make() -> dict[str, Any]:
        figure, tables = map_of(board, choice, view)
        views = [(name, told, address(choice, "carte", vue=name)) for name, (told, _) in REGIONS.items()]
        views.append((AROUND, "Cadrer sur les acteurs", address(choice, "carte", vue=AROUND)))
        more = {"vue": view, "vues": views, "figure": figure, "tables": tables, "champs": [("vue", view)]}
        return {**frame(board, choice, "carte"), **more}

    return board.kept.once(_key("carte", choice, view), make)


@page
async def world(page: Page) -> Any:
    """Show the map."""
    view = page.arg("vue") or "monde"
    if view not in REGIONS and view != AROUND:
        raise BadRequest(f"La carte n’a pas de vue «\u00a0{view[:40]}\u00a0».")
    context = await page.site.read(_map, page.site, _chosen(page), view)
    return await page.html("tableau-de-bord-carte.html", context)


def _network(connection: sa.Connection, site: Site, choice: Choice, limit: int) -> dict[str, Any]:
    board = board_of(connection, site)

    def make() -> dict[str, Any]:
        figure, tables = network_of(board, choice, limit)
        sizes = [(size, address(choice, "reseau", nombre=size)) for size in _ACTORS]
        more = {"nombre": limit, "tailles": sizes, "figure": figure, "tables": tables, "champs": [("nombre", limit)]}
        return {**frame(board, choice, "reseau"), **more}

    return board.kept.once(_key("reseau", choice, limit), make)


@page
async def partners(page: Page) -> Any:
    """Show the network of partners."""
    context = await page.site.read(_network, page.site, _chosen(page), _one_of(page, "nombre", _ACTORS, 40))
    return await page.html("tableau-de-bord-reseau.html", context)


def _listed(
    connection: sa.Connection, board: Board, choice: Choice, name: str, rows: list[int], fields: dict[str, object]
) -> dict[str, Any]:
    """Return one page of a list of rows."""
    start = (choice.page - 1) * _SIZE
    if choice.page > 1 and start >= len(rows):
        raise NotFound("La liste n’a pas autant de pages.")

    def at(number: int) -> str:
        told = address(choice, name, **fields)
        return f"{told}{'&' if '?' in told else '?'}{urlencode({'page': number})}"

    shown = rows[start : start + _SIZE]
    return {
        **frame(board, choice, name),
        "total": len(rows),
        "de": start + 1,
        "a": start + len(shown),
        "lignes": list(zip(lines(connection, board.index, shown), shown, strict=True)),
        "avant": at(choice.page - 1) if choice.page > 1 else None,
        "apres": at(choice.page + 1) if start + _SIZE < len(rows) else None,
        "champs": list(fields.items()),
    }


def _ending(connection: sa.Connection, site: Site, choice: Choice, today: date, months: int) -> dict[str, Any]:
    board = board_of(connection, site)

    def make() -> dict[str, Any]:
        rows = ending(board.columns, choice.mask(board.index), today, months)
        listed = _listed(connection, board, choice, "echeances", rows, _dated(today, mois=months))
        last = [date.fromordinal(int(board.columns.ends[row])) for _, row in listed["lignes"]]
        return {
            **listed,
            "fins": last,
            "jour": today,
            "jusque": months_after(today, months),
            "mois": months,
            "choix_mois": _MONTHS,
        }

    return board.kept.once(_key("echeances", choice, today, months), make)


def _dated(today: date, **fields: object) -> dict[str, object]:
    return fields if today == date.today() else {**fields, "date": today.isoformat()}


@page
async def due(page: Page) -> Any:
    """Show what ends soon."""
    months = _one_of(page, "mois", _MONTHS, 12)
    context = await page.site.read(_ending, page.site, _chosen(page), _day(page), months)
    return await page.html("tableau-de-bord-echeances.html", context)


def _silent(connection: sa.Connection, site: Site, choice: Choice, today: date, years: int) -> dict[str, Any]:
    board = board_of(connection, site)

    def make() -> dict[str, Any]:
        rows = without_follow_up(board.index, board.columns, choice.mask(board.index), today, years)
        listed = _listed(connection, board, choice, "sans-suite", rows, _dated(today, ans=years))
        heard = [int(board.columns.together[row]) for _, row in listed["lignes"]]
        return {**listed, "derniers": heard, "jour": today, "ans": years, "choix_ans": _YEARS}

    return board.kept.once(_key("sans-suite", choice, today, years), make)


@page
async def silent(page: Page) -> Any:
    """Show what has no follow-up."""
    years = _one_of(page, "ans", _YEARS, 5)
    context = await page.site.read(_silent, page.site, _chosen(page), _day(page), years)
    return await page.html("tableau-de-bord-sans-suite.html", context)


ROUTES = [
    (r"/tableau-de-bord$", first),
    (r"/tableau-de-bord/carte$", world),
    (r"/tableau-de-bord/reseau$", partners),
    (r"/tableau-de-bord/echeances$", due),
    (r"/tableau-de-bord/sans-suite$", silent),
]
