"""Figures for other pages: the map and the network of a choice, the life of an actor, each with what it leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa
from markupsafe import Markup

from coopnlp.register import schema
from coopnlp.register.screen import period
from coopnlp.web.addresses import REF_LENGTH, actor_path, item_path
from coopnlp.web.dashboard.cache import Board
from coopnlp.web.dashboard.charts import PHONE, Cell, Figure, Table
from coopnlp.web.dashboard.columns import last_day
from coopnlp.web.dashboard.counts import COLLECTIVITIES, by_facet
from coopnlp.web.dashboard.graph import Dot, network_svg, places_of
from coopnlp.web.dashboard.links import board_link
from coopnlp.web.dashboard.outlines import Box, country_name
from coopnlp.web.dashboard.partners import Node, network, places
from coopnlp.web.dashboard.svg import TYPE_NAMES, number
from coopnlp.web.dashboard.timeline import Span, timeline_svg
from coopnlp.web.dashboard.worldmap import REGIONS, Mark, box_around, map_svg
from coopnlp.web.facets import Choice
from coopnlp.web.index import ABSENT

__all__ = ["AROUND", "actor_timeline", "map_around", "map_of", "network_of"]

# The view of the map that holds all places of a choice.
AROUND = "lieux"
_TIES_ON_MAP = 250
_ROWS = 100
# Circles on the map of one actor, which is a part of a page: who is beyond has a few items with it.
_MOST_AROUND = 150
# Years beyond are misread: the line of one could not be told from that of another.
_YEARS = range(1850, 2101)


def _items(count: int) -> str:
    return f"{number(count)}\u00a0fiche{'s' if count > 1 else ''}"


def map_of(
    board: Board, choice: Choice, view: str = "monde", *, name: str = "carte", most: int = 300
) -> tuple[Figure, list[Table]]:
    """Return the map of a choice, and the tables behind it: countries, actors.

    Parameters
    ----------
    view
        A name of ``REGIONS``, or ``AROUND`` for the part of the world that holds all places.
    most
        Circles on the map.
    """
    index, columns = board.index, board.columns
    mask = choice.mask(index)
    found = places(index, columns, mask, most)
    countries = [group for group in by_facet(index, columns, mask, "pays") if group.value != ABSENT]
    box: Box | None
    if view == AROUND:
        box = box_around((place.latitude, place.longitude) for place in found.places)
    else:
        box = REGIONS[view][1]
    marks = [
        Mark(
            place.key,
            place.name,
            place.latitude,
            place.longitude,
            place.items,
            actor_path(place.key),
            f"{place.name}{_where(place.country)}\u00a0: {_items(place.items)}",
        )
        for place in found.places
    ]
    ties = [(tie.first, tie.second, tie.items) for tie in found.ties[:_TIES_ON_MAP]]
    where = {country.value: country.total for country in countries}
    title = "Carte des pays et des acteurs"
    described = (
        f"Planisphère. {number(len(where))} pays teintés selon le nombre de fiches, "
        f"{number(len(marks))} acteurs en cercles, {number(len(ties))} liens entre partenaires. "
        "Les mêmes nombres sont dans les tableaux qui suivent."
    )

    def drawn(name: str, **more: float) -> Markup:
        return map_svg(
            name,
            title,
            described,
            marks,
            ties=ties,
            counts=where,
            country_href=lambda code: board_link(choice, ("pays", code)),
            box=box,
            **more,
        )

    notes = []
    if found.beyond:
        notes.append(
            f"Les {number(len(marks))} acteurs les plus présents sont montrés, {number(found.beyond)} autres non."
        )
    if len(found.ties) > len(ties):
        notes.append(
            f"Les {_TIES_ON_MAP} liens les plus forts sont tracés, {number(len(found.ties) - len(ties))} autres non."
        )
    if found.nowhere:
        notes.append(f"Sans lieu connu\u00a0: {number(found.nowhere)} acteur{'s' if found.nowhere > 1 else ''}.")
    rows = tuple(
        (Cell(country_name(group.value), board_link(choice, ("pays", group.value)), False), Cell(number(group.total)))
        for group in countries
    )
    actors = tuple(
        (
            Cell(place.name, actor_path(place.key), False),
            Cell(country_name(place.country) if place.country else "", None, False),
            Cell(number(place.items)),
        )
        for place in found.places[:_ROWS]
    )
    tables = [Table(("Pays", "Fiches"), rows), Table(("Acteur", "Pays", "Fiches"), actors)]
    figure = Figure(drawn(name), title, " ".join(notes), drawn(f"{name}-etroite", width=PHONE))
    return figure, [table for table in tables if table.rows]


def map_around(board: Board, choice: Choice, *, name: str = "carte") -> Figure | None:
    """Return the map of the places of a choice; None where no actor of it has a place, for it would show nothing."""
    actors, facts = board.index.facets["acteur"], board.columns.actors
    codes = set(actors.codes[choice.mask(board.index)[actors.items]].tolist())
    known = (facts.get(actors.names[code]) for code in codes)
    if not any(fact and fact.latitude is not None and fact.kind != "country" for fact in known):
        return None
    return map_of(board, choice, AROUND, name=name, most=_MOST_AROUND)[0]


def _where(country: str | None) -> str:
    return f" ({country_name(country)})" if country else ""


def network_of(board: Board, choice: Choice, limit: int = 40, *, name: str = "reseau") -> tuple[Figure, list[Table]]:
    """Return the network of the parties of a choice, and the tables behind it: actors, pairs."""
    found = network(board.columns, choice.mask(board.index), limit)
    names = {node.key: node.name for node in found.nodes}
    dots = [
        Dot(
            node.key,
            node.name,
            _group(node),
            node.partners,
            actor_path(node.key),
            f"{number(node.partners)}\u00a0partenaire{'s' if node.partners > 1 else ''}, {_items(node.items)}",
        )
        for node in found.nodes
    ]
    title = "Réseau des partenaires"
    described = (
        f"{number(len(dots))} acteurs et {number(len(found.ties))} liens. Deux acteurs sont liés quand une même "
        "fiche les nomme comme parties\u00a0; plus ces fiches sont nombreuses, plus le trait est épais. "
        "La taille d’une marque suit le nombre de partenaires."
    )
    ties = [(tie.first, tie.second, tie.items) for tie in found.ties]
    at = places_of(dots, ties)
    svg = network_svg(name, title, described, dots, ties, places=at)
    narrow = network_svg(f"{name}-etroit", title, described, dots, ties, places=at, width=PHONE)
    notes = []
    if found.actors > len(dots):
        notes.append(
            f"Les {number(len(dots))} acteurs qui ont le plus de partenaires sont montrés, "
            f"{number(found.actors - len(dots))} autres ne le sont pas, ni {number(found.pairs - len(found.ties))} des "
            f"{number(found.pairs)} liens."
        )
    if found.crowded:
        notes.append(
            f"{_items(found.crowded)} de plus de quarante parties {'sont' if found.crowded > 1 else 'est'} "
            f"{'laissées' if found.crowded > 1 else 'laissée'} de côté."
        )
    actors = tuple(
        (Cell(node.name, actor_path(node.key), False), Cell(number(node.partners)), Cell(number(node.items)))
        for node in found.nodes
    )
    pairs = tuple(
        (
            Cell(names[tie.first], actor_path(tie.first), False),
            Cell(names[tie.second], actor_path(tie.second), False),
            Cell(number(tie.items)),
        )
        for tie in found.ties[:_ROWS]
    )
    tables = [
        Table(("Acteur", "Partenaires", "Fiches"), actors),
        Table(("Acteur", "Partenaire", "Fiches en commun"), pairs),
    ]
    return Figure(svg, title, " ".join(notes), narrow), [table for table in tables if table.rows]


def _group(node: Node) -> str:
    if node.kind not in COLLECTIVITIES and not (node.kind == "unknown" and node.country not in (None, "FR", "CA")):
        return "autre"
    return {"FR": "france", "CA": "quebec"}.get(node.country or "", "ailleurs")


def actor_timeline(connection: sa.Connection, key: str, *, name: str = "frise") -> Figure | None:
    """Return the life of an actor: its items along the years; None where none of them tells a year."""
    item, party = schema.item, schema.item_party
    asked = (
        sa.select(item.c.id, item.c.type, item.c.title, item.c.start, item.c.end, item.c.year)
        .where(item.c.id.in_(sa.select(party.c.item_id).where(party.c.actor == key)))
        .order_by(item.c.id)
    )
    spans = []
    unknown: Counter[str] = Counter()
    for key_, type_, title, start, end, year in connection.execute(asked):
        day = last_day(end)
        first = year if year is not None else (day.year if day else None)
        if first is None or first not in _YEARS:
            unknown[type_] += 1
            continue
        last = day.year if day is not None and day.year in _YEARS and day.year >= first else None
        spans.append(Span(type_, title, first, last, row=(key_, start, end, year)))
    if not spans:
        return None
    low, high = min(span.first for span in spans), max(span.last or span.first for span in spans)
    described = f"{_items(len(spans))} de {low} à {high}. "
    described += "Une barre va du début à la fin\u00a0; un point, quand la fin n’est pas dite."
    left = sum(unknown.values())
    note = f"Sans année\u00a0: {_items(left)}." if left else ""

    def finished(spans: Sequence[Span]) -> list[Span]:
        return _finished(connection, spans)

    def drawn(name: str, width: float) -> Markup:
        return timeline_svg(name, "Chronologie", described, spans, finished=finished, width=width)

    return Figure(drawn(name, 760), "Chronologie", note, drawn(f"{name}-etroite", PHONE))


def _finished(connection: sa.Connection, spans: Sequence[Span]) -> list[Span]:
    """Return spans with the addresses of their items and what is said of them."""
    record, source = schema.record, schema.source
    asked = (
        sa.select(record.c.id, source.c.sha256, record.c.n)
        .join_from(record, source, source.c.id == record.c.document_id)
        .where(record.c.id.in_([span.row[0] for span in spans]))
    )
    refs = {key: f"{digest[:REF_LENGTH]}-{n}" for key, digest, n in connection.execute(asked)}
    told = []
    for span in spans:
        key, start, end, year = span.row
        address = item_path(span.type, refs[key]) if key in refs else None
        said = f"{TYPE_NAMES[span.type][0].capitalize()}, {period(start, end) or year}\u00a0: {span.title}"
        told.append(span._replace(href=address, told=said))
    return told
