"""Items as rows to read: the few that a page shows, with parties, sums, themes and the address of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from coopnlp.register import schema
from coopnlp.register.read import read_amount
from coopnlp.types import Amount
from coopnlp.web.addresses import REF_LENGTH, item_path

__all__ = ["ItemRow", "Member", "item_rows", "source_of"]

_HEX = frozenset("0123456789abcdef")


class Member(NamedTuple):
    """A party or funder as a row names it."""

    role: str
    text: str
    actor: str
    name: str


class ItemRow(NamedTuple):
    """An item as a list shows it. ``themes`` are paths of one to three names."""

    id: int
    type: str
    title: str
    kind: str | None
    status: str | None
    start: str | None
    end: str | None
    year: int | None
    documents: int
    conflicts: int
    review: str | None
    doubt: float
    path: str
    members: tuple[Member, ...] = ()
    amounts: tuple[tuple[Amount, bool], ...] = ()
    countries: tuple[str, ...] = ()
    themes: tuple[tuple[str, ...], ...] = ()


def source_of(connection: sa.Connection, prefix: str) -> Any:
    """Return the row of the source whose digest begins with some hexadecimal digits; None without or with several."""
    if not REF_LENGTH <= len(prefix) <= 64 or not _HEX.issuperset(prefix):
        return None
    source = schema.source
    asked = sa.select(source).where(source.c.sha256 >= prefix, source.c.sha256 < prefix + "g").limit(2)
    found = connection.execute(asked).all()
    return found[0] if len(found) == 1 else None


def item_rows(connection: sa.Connection, ids: Sequence[int], *, members: int = 6) -> list[ItemRow]:
    """Return some items, in the order of their ids as given; ids that are gone are left out.

    Parameters
    ----------
    members
        Parties of each that are read, at most.
    """
    if not ids:
        return []
    item, record, source = schema.item, schema.record, schema.source
    keys = [int(key) for key in ids]
    asked = (
        sa.select(item, source.c.sha256, record.c.n)
        .join_from(item, record, record.c.id == item.c.id)
        .join(source, source.c.id == record.c.document_id)
        .where(item.c.id.in_(keys))
    )
    found = {row.id: row for row in connection.execute(asked)}
    party, amount, country, theme = schema.item_party, schema.item_amount, schema.item_country, schema.item_theme
    parties = _below(
        connection.execute(
            sa.select(party, schema.actor.c.name)
            .join(schema.actor, schema.actor.c.key == party.c.actor, isouter=True)
            .where(party.c.item_id.in_(keys), party.c.n < members)
            .order_by(party.c.item_id, party.c.n)
        )
    )
    amounts = _below(connection.execute(_of(amount, keys)))
    themes = _below(connection.execute(_of(theme, keys)))
    countries = _below(
        connection.execute(sa.select(country).where(country.c.item_id.in_(keys)).order_by(country.c.country))
    )
    return [
        ItemRow(
            id=key,
            type=row.type,
            title=row.title,
            kind=row.kind,
            status=row.status,
            start=row.start,
            end=row.end,
            year=row.year,
            documents=row.documents,
            conflicts=row.conflicts,
            review=row.review,
            doubt=row.doubt,
            path=item_path(row.type, row.sha256, row.n),
            members=tuple(Member(m.role, m.text, m.actor, m.name or m.text) for m in parties[key]),
            amounts=tuple((read_amount(a), bool(a.total)) for a in amounts[key]),
            countries=tuple(c.country for c in countries[key]),
            themes=tuple(tuple(n for n in (t.theme, t.subtheme, t.subsubtheme) if n) for t in themes[key]),
        )
        for key in keys
        if (row := found.get(key)) is not None
    ]


def _of(table: sa.Table, keys: Sequence[int]) -> sa.Select[Any]:
    return sa.select(table).where(table.c.item_id.in_(keys)).order_by(table.c.item_id, table.c.n)


def _below(rows: Iterable[Any]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row.item_id].append(row)
    return groups
