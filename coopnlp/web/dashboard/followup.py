"""What ends soon, and what has no follow-up: the items to look at, seen from a day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa

from coopnlp.register import schema
from coopnlp.web.addresses import REF_LENGTH, actor_path, item_path
from coopnlp.web.dashboard.columns import Columns
from coopnlp.web.index import Index, Mask

__all__ = ["Line", "ending", "lines", "months_after", "without_follow_up"]

_CHUNK = 500


class Line(NamedTuple):
    """An item as these lists show it. ``parties`` are addresses and names."""

    id: int
    type: str
    title: str
    kind: str | None
    start: str | None
    end: str | None
    href: str
    parties: tuple[tuple[str, str], ...]


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last of that month.

    >>> months_after(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def ending(columns: Columns, mask: Mask, today: date, months: int = 12) -> list[int]:
    """Return the rows of the items that end from ``today`` on and within so many months, the first to end first.

    An end told as a year or a month is its last day.
    """
    limit = months_after(today, months).toordinal()
    rows = np.flatnonzero(mask & (columns.ends >= today.toordinal()) & (columns.ends <= limit))
    return [int(row) for row in rows[np.argsort(columns.ends[rows], kind="stable")]]


def without_follow_up(index: Index, columns: Columns, mask: Mask, today: date, years: int = 5) -> list[int]:
    """Return the rows of agreements and partnerships in force of which nothing was heard for so long, the oldest first.

    In force is what has no end, or one that has not passed, and no status of being over. The last sign of life is
    the latest year of an item that names two of its parties together, or of a document that such an item was read
    from (:class:`coopnlp.web.dashboard.columns.Columns`). Items of no known year are left out, for nothing can be
    said of them.
    """
    kept = mask & columns.type_mask("agreement", "partnership") & ~columns.over
    kept &= (columns.ends == 0) | (columns.ends >= today.toordinal())
    kept &= (columns.together > 0) & (columns.together <= today.year - years)
    rows = np.flatnonzero(kept)
    return [int(row) for row in rows[np.lexsort((index.ids[rows], columns.together[rows]))]]


def lines(connection: sa.Connection, index: Index, rows: Sequence[int]) -> list[Line]:
    """Return what is shown of some rows, in their order."""
    item, record, source = schema.item, schema.record, schema.source
    party, actor = schema.item_party, schema.actor
    keys = [int(index.ids[row]) for row in rows]
    found: dict[int, Line] = {}
    parties: dict[int, dict[str, str]] = {key: {} for key in keys}
    for at in range(0, len(keys), _CHUNK):  # under SQLite's limit on the variables of one statement
        some = keys[at : at + _CHUNK]
        told = connection.execute(
            sa.select(
                item.c.id, item.c.type, item.c.title, item.c.kind, item.c.start, item.c.end, record.c.n, source.c.sha256
            )
            .join_from(item, record, record.c.id == item.c.id)
            .join(source, source.c.id == record.c.document_id)
            .where(item.c.id.in_(some))
        )
        for key, type_, title, kind, start, end, n, digest in told:
            found[key] = Line(key, type_, title, kind, start, end, item_path(type_, f"{digest[:REF_LENGTH]}-{n}"), ())
        named = connection.execute(
            sa.select(party.c.item_id, party.c.actor, sa.func.coalesce(actor.c.name, party.c.text))
            .join_from(party, actor, actor.c.key == party.c.actor, isouter=True)
            .where(party.c.item_id.in_(some))
            .order_by(party.c.item_id, party.c.n)
        )
        for key, who, name in named:
            parties[key].setdefault(who, name)
    return [
        found[key]._replace(parties=tuple((actor_path(who), name) for who, name in parties[key].items()))
        for key in keys
        if key in found
    ]
