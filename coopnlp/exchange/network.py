"""Who cooperates with whom: actors, and a bond a pair of them with what they have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from coopnlp.register import schema

__all__ = ["Bond", "actors", "bonds"]

# Rows that the database hands over at once.
_BUFFER = 1000


@dataclass(frozen=True, slots=True)
class Bond:
    """Two actors, in the order of their keys, and the items that name both.

    ``counts`` are by type of item; ``ends`` the longitude and latitude of each,
    absent where one of them is not known.
    """

    first: str
    second: str
    counts: dict[str, int] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None
    ends: tuple[tuple[float, float], tuple[float, float]] | None = None

    @property
    def weight(self) -> int:
        """How many items name both."""
        return sum(self.counts.values())


def actors(connection: sa.Connection, condition: sa.ColumnElement[bool] | None = None) -> Iterator[Any]:
    """Yield rows of ``actor`` in the order of their keys.

    Parameters
    ----------
    condition
        On rows of ``item``: only who is named in such an item.
    """
    actor, party, item = schema.actor, schema.item_party, schema.item
    asked = sa.select(actor).order_by(actor.c.key)
    if condition is not None:
        named = sa.select(party.c.actor).join_from(party, item, item.c.id == party.c.item_id).where(condition)
        asked = asked.where(actor.c.key.in_(named))
    yield from connection.execute(asked.execution_options(yield_per=_BUFFER))


def bonds(connection: sa.Connection, condition: sa.ColumnElement[bool] | None = None) -> Iterator[Bond]:
    """Yield the pairs of actors that items name together, in the order of their keys; the database counts.

    Parameters
    ----------
    condition
        On rows of ``item``.
    """
    one, other, item = schema.item_party.alias("one"), schema.item_party.alias("other"), schema.item
    here, there = schema.actor.alias("here"), schema.actor.alias("there")
    places = [here.c.longitude, here.c.latitude, there.c.longitude, there.c.latitude]
    groups = [one.c.actor, other.c.actor, *places, item.c.type, item.c.kind]
    labels = ("first", "second", "x1", "y1", "x2", "y2", "type", "kind")
    columns = [column.label(name) for column, name in zip(groups, labels, strict=True)]
    asked = (
        sa.select(
            *columns,
            sa.func.count(item.c.id.distinct()).label("count"),
            sa.func.min(item.c.year).label("begin"),
            sa.func.max(item.c.year).label("last"),
        )
        .join_from(one, other, sa.and_(one.c.item_id == other.c.item_id, one.c.actor < other.c.actor))
        .join(item, item.c.id == one.c.item_id)
        .join(here, here.c.key == one.c.actor)
        .join(there, there.c.key == other.c.actor)
        .group_by(*groups)
        .order_by(one.c.actor, other.c.actor, item.c.type, item.c.kind)
    )
    if condition is not None:
        asked = asked.where(condition)
    found = connection.execute(asked.execution_options(yield_per=_BUFFER))
    for (first, second), rows in groupby(found, key=lambda row: (row.first, row.second)):
        yield _bond(first, second, list(rows))


def _bond(first: str, second: str, rows: list[Any]) -> Bond:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.type] = counts.get(row.type, 0) + row.count
    years = [year for row in rows for year in (row.begin, row.last) if year is not None]
    place = rows[0]
    located = None not in (place.x1, place.y1, place.x2, place.y2)
    return Bond(
        first=first,
        second=second,
        counts=counts,
        kinds=tuple(sorted({row.kind for row in rows if row.kind})),
        first_year=min(years, default=None),
        last_year=max(years, default=None),
        ends=((place.x1, place.y1), (place.x2, place.y2)) if located else None,
    )
