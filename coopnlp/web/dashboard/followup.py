"""What ends soon, and what has no follow-up: items to look at, with the day that they are looked at from."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from coopnlp.register import schema
from coopnlp.web.dashboard.choice import Choice

__all__ = ["Due", "Silent", "ending", "last_day", "without_follow_up"]

# Status of what is over, beside an end that has passed.
_OVER = ("terminé", "Terminé", "résilié", "Résilié", "dénoncé", "Dénoncé")
_CHUNK = 500


class Due(NamedTuple):
    """An item that ends. ``last`` is the last day of its end as told, ``ref`` what its address ends with."""

    id: int
    type: str
    title: str
    start: str | None
    end: str
    last: date
    ref: str
    parties: tuple[tuple[str, str], ...]


class Silent(NamedTuple):
    """An agreement or partnership in force whose parties were last met together in ``year``."""

    id: int
    type: str
    title: str
    start: str | None
    end: str | None
    year: int
    ref: str
    parties: tuple[tuple[str, str], ...]


def last_day(told: str) -> date | None:
    """Return the last day of an ISO date that is as precise as its text; None where it is no date.

    >>> last_day("2026-02"), last_day("2026"), last_day("soon")
    (datetime.date(2026, 2, 28), datetime.date(2026, 12, 31), None)
    """
    try:
        year, *rest = (int(part) for part in told.split("-"))
        month = rest[0] if rest else 12
        return date(year, month, rest[1] if len(rest) > 1 else monthrange(year, month)[1])
    except (ValueError, IndexError):
        return None


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def ending(connection: sa.Connection, choice: Choice, today: date, months: int = 12) -> tuple[Due, ...]:
    """Return the items that end from ``today`` on and within so many months, the first to end first.

    An end told as a year or a month is its last day.
    """
    item = schema.item
    limit = months_after(today, months)
    asked = (
        sa.select(item.c.id, item.c.type, item.c.title, item.c.start, item.c.end)
        .where(item.c.end >= str(today.year), item.c.end < str(limit.year + 1), *choice.conditions())
        .order_by(item.c.id)
    )
    rows = [(row, last_day(row.end)) for row in connection.execute(asked)]
    due = sorted(
        ((row, day) for row, day in rows if day is not None and today <= day <= limit), key=lambda d: (d[1], d[0].id)
    )
    refs, parties = _told(connection, [row.id for row, _ in due])
    return tuple(
        Due(row.id, row.type, row.title, row.start, row.end, day, refs.get(row.id, ""), parties[row.id])
        for row, day in due
    )


def without_follow_up(
    connection: sa.Connection, choice: Choice, today: date, years: int = 5, limit: int | None = None
) -> tuple[tuple[Silent, ...], int]:
    """Return agreements and partnerships in force of which nothing was heard for so many years, the oldest first.

    In force is what has no end, or one that has not passed, and no status of being over. The last sign is the
    latest year of any item that names two of its parties together, or of a document that such an item was read
    from; of an item with one party, of the items of that party. Items without any year are left out, for nothing
    can be said of them.

    Parameters
    ----------
    limit
        How many to return at most.

    Returns
    -------
    tuple
        The items, and how many there are in all.
    """
    item = schema.item
    before = today.year - years
    named = _named(connection)
    pairs, alone = _last_years(connection, named)
    asked = (
        sa.select(item.c.id, item.c.type, item.c.title, item.c.start, item.c.end, item.c.year)
        .where(
            item.c.type.in_(("agreement", "partnership")),
            sa.or_(item.c.status.is_(None), item.c.status.not_in(_OVER)),
            sa.or_(item.c.end.is_(None), item.c.end >= str(today.year)),
            item.c.year <= before,
            *choice.conditions(),
        )
        .order_by(item.c.year, item.c.id)
    )
    found = []
    for row in connection.execute(asked):
        end = last_day(row.end) if row.end else None
        if end is not None and end < today:
            continue
        actors = sorted(named.get(row.id, ()))
        if len(actors) > 1:
            heard = max(pairs[a, b] for at, a in enumerate(actors) for b in actors[at + 1 :])
        else:
            heard = alone[actors[0]] if actors else row.year
        heard = max(heard, row.year)
        if heard <= before:
            found.append((row, heard))
    found.sort(key=lambda pair: (pair[1], pair[0].id))
    shown = found if limit is None else found[:limit]
    refs, parties = _told(connection, [row.id for row, _ in shown])
    silent = tuple(
        Silent(row.id, row.type, row.title, row.start, row.end, heard, refs.get(row.id, ""), parties[row.id])
        for row, heard in shown
    )
    return silent, len(found)


def _named(connection: sa.Connection) -> dict[int, set[str]]:
    """Return the actors of every item."""
    named: dict[int, set[str]] = defaultdict(set)
    for item, actor in connection.execute(sa.select(schema.item_party.c.item_id, schema.item_party.c.actor)):
        named[item].add(actor)
    return named


def _last_years(
    connection: sa.Connection, named: dict[int, set[str]]
) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    """Return the last year in which two actors are met together, and that of each actor."""
    item, record, held = schema.item, schema.record, schema.item_record
    heard: dict[int, int] = {}
    documents = (
        sa.select(held.c.item_id, sa.func.max(schema.document.c.year))
        .join_from(held, record, record.c.id == held.c.record_id)
        .join(schema.document, schema.document.c.id == record.c.document_id)
        .group_by(held.c.item_id)
    )
    for key, year in connection.execute(documents):
        heard[key] = year or 0
    for key, year in connection.execute(sa.select(item.c.id, item.c.year)):
        heard[key] = max(heard.get(key, 0), year or 0)
    pairs: dict[tuple[str, str], int] = defaultdict(int)
    alone: dict[str, int] = defaultdict(int)
    for key, actors in named.items():
        year = heard.get(key, 0)
        ordered = sorted(actors)
        for at, first in enumerate(ordered):
            alone[first] = max(alone[first], year)
            for second in ordered[at + 1 :]:
                if year > pairs[first, second]:
                    pairs[first, second] = year
    return pairs, alone


def _told(
    connection: sa.Connection, items: Sequence[int]
) -> tuple[dict[int, str], dict[int, tuple[tuple[str, str], ...]]]:
    """Return what the addresses of items end with, and their parties, as keys and names."""
    refs: dict[int, str] = {}
    parties: dict[int, tuple[tuple[str, str], ...]] = defaultdict(tuple)
    record, source, party, actor = schema.record, schema.source, schema.item_party, schema.actor
    for at in range(0, len(items), _CHUNK):
        keys = items[at : at + _CHUNK]
        asked: sa.Select[Any] = (
            sa.select(record.c.id, record.c.n, source.c.sha256)
            .join_from(record, source, source.c.id == record.c.document_id)
            .where(record.c.id.in_(keys))
        )
        for row in connection.execute(asked):
            refs[row.id] = f"{row.sha256[:12]}-{row.n}"
        asked = (
            sa.select(party.c.item_id, party.c.actor, sa.func.coalesce(actor.c.name, party.c.text))
            .join_from(party, actor, actor.c.key == party.c.actor, isouter=True)
            .where(party.c.item_id.in_(keys))
            .order_by(party.c.item_id, party.c.n)
        )
        for item, key, name in connection.execute(asked):
            if (key, name) not in parties[item]:
                parties[item] += ((key, name),)
    return refs, parties
