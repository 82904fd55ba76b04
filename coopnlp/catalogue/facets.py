"""How many items have each value of a field, among those that the other filters leave."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from coopnlp.catalogue.filtering import conditions, without
from coopnlp.catalogue.values import FACETS, Facet, FacetCount, ItemFilters
from coopnlp.register import schema
from coopnlp.register.values import RECORD_TYPES

__all__ = ["facets", "keep_facets"]

_item = schema.item
# Values kept of one field: more than a page shows.
_KEPT = 60
# What is free while a field is counted, so that other values of it can be chosen.
_FREE: dict[Facet, tuple[str, ...]] = {
    "year": ("year_min", "year_max"),
    "theme": ("theme", "subtheme", "subsubtheme"),
    "subtheme": ("subtheme", "subsubtheme"),
    "actor": (),  # a second actor is asked for beside the first
}


def facets(
    connection: sa.Connection,
    filters: ItemFilters | None = None,
    *,
    wanted: Collection[Facet] = FACETS,
    limit: int = 30,
) -> dict[Facet, list[FacetCount]]:
    """Count the items by the values of fields.

    A field is counted among the items that all other filters leave, so that another
    value of it can be chosen. Of all items, and of all of one type, the counts were kept
    when the catalogue was made.

    Parameters
    ----------
    limit
        Values of one field, the most frequent first; years all, in their order.
    """
    given = filters or ItemFilters()
    kept = _Kept(connection)
    return {
        facet: (kept.counts(facet, free, limit) if kept.has(free, limit) else _count(connection, facet, free, limit))
        for facet in wanted
        for free in [without(given, *_FREE.get(facet, (facet,)))]
    }


def keep_facets(connection: sa.Connection) -> str:
    """Return the counts of all items and of each type as they are kept beside the catalogue: JSON."""
    told: dict[str, dict[Facet, list[list[Any]]]] = {}
    for filters in (ItemFilters(), *(ItemFilters(type=(type,)) for type in RECORD_TYPES)):
        told[(filters.type or ("",))[0]] = {
            facet: [[one.value, one.count, one.label] for one in _count(connection, facet, filters, _KEPT)]
            for facet in FACETS
        }
    return json.dumps(told, ensure_ascii=False)


class _Kept:
    """The counts that were kept when the catalogue was made; read once they are asked for."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._told: dict[str, dict[str, list[list[Any]]]] | None = None

    def has(self, filters: ItemFilters, limit: int) -> bool:
        plain = limit <= _KEPT and len(filters.type) < 2 and without(filters, "type") == ItemFilters()
        return plain and (filters.type or ("",))[0] in self._all()

    def counts(self, facet: Facet, filters: ItemFilters, limit: int) -> list[FacetCount]:
        rows = self._all()[(filters.type or ("",))[0]][facet]
        shown = rows if facet == "year" else rows[:limit]
        return [FacetCount(value=value, count=count, label=label) for value, count, label in shown]

    def _all(self) -> dict[str, dict[str, list[list[Any]]]]:
        if self._told is None:
            kept = schema.catalogue
            told = self._connection.execute(sa.select(kept.c.value).where(kept.c.name == "facets")).scalar()
            self._told = json.loads(told) if told else {}
        return self._told


def _count(connection: sa.Connection, facet: Facet, filters: ItemFilters, limit: int) -> list[FacetCount]:
    met = conditions(filters)
    number = sa.func.count().label("number")
    if facet in ("type", "kind", "status", "year", "review"):
        column: sa.ColumnElement[Any] = _item.c[facet]
        if facet == "review":
            column = sa.func.coalesce(column, sa.literal_column("'none'"))  # a constant, so that it can be grouped by
        asked = sa.select(column.label("value"), number).select_from(_item).where(*met, column.is_not(None))
    else:
        table, name = {
            "country": (schema.item_country, "country"),
            "theme": (schema.item_theme, "theme"),
            "subtheme": (schema.item_theme, "subtheme"),
            "funder": (schema.item_party, "actor"),
            "actor": (schema.item_party, "actor"),
        }[facet]
        column = table.c[name]
        if facet != "country":
            number = sa.func.count(sa.distinct(table.c.item_id)).label("number")
        asked = sa.select(column.label("value"), number).select_from(table).where(column.is_not(None))
        if met:
            asked = asked.where(table.c.item_id.in_(sa.select(_item.c.id).where(*met)))
        if facet == "funder":
            asked = asked.where(table.c.role == "funder")
        if facet == "subtheme" and filters.theme:
            asked = asked.where(table.c.theme.in_(filters.theme))
    asked = asked.group_by(column)
    asked = asked.order_by(column) if facet == "year" else asked.order_by(number.desc(), column).limit(limit)
    rows = [(str(row.value), int(row.number)) for row in connection.execute(asked)]
    labels = _names(connection, [value for value, _ in rows]) if facet in ("funder", "actor") else {}
    return [FacetCount(value=value, count=count, label=labels.get(value, value)) for value, count in rows]


def _names(connection: sa.Connection, keys: list[str]) -> dict[str, str]:
    actor = schema.actor
    asked = sa.select(actor.c.key, actor.c.name).where(actor.c.key.in_(keys))
    return {row.key: row.name for row in connection.execute(asked)}
