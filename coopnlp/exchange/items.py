"""Items of the catalogue as values, with what every export says of them, some hundred at a time.

Everything of an item comes from the tables of the catalogue; what these do not
hold (purpose, scheme, description, the words it was read from) from the record
that leads it.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from coopnlp.exchange.dates import moment
from coopnlp.exchange.selection import item_ids
from coopnlp.register import schema
from coopnlp.register.read import named_after
from coopnlp.register.values import RecordType

__all__ = ["PATHS", "TOGETHER", "Item", "Member", "Money", "Origin", "below", "chunks", "each", "load"]

#: Where the pages show an item of a type.
PATHS: dict[str, str] = {
    "partnership": "partenariats",
    "agreement": "accords",
    "project": "projets",
    "funding": "financements",
}
#: Items read at once: under SQLite's limit on the variables of one statement.
TOGETHER = 400


@dataclass(frozen=True, slots=True)
class Member:
    """A party or funder; ``actor`` is the key of its row in ``actor``, the rest is from there."""

    role: str
    text: str
    actor: str
    name: str
    kind: str
    country: str | None

    @property
    def kb_id(self) -> str:
        """The identifier; empty where there is none."""
        return "" if self.actor.startswith("name:") else self.actor


@dataclass(frozen=True, slots=True)
class Money:
    """A sum, or a range; ``total`` where it holds the sums of other items."""

    value: Decimal | None
    min: Decimal | None
    max: Decimal | None
    currency: str | None
    total: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """A record of an item in a document: its number ``n`` among those of its type, the page, the file."""

    record: int
    n: int
    page: int | None
    sha256: str
    name: str
    url: str | None
    media_type: str | None
    document_title: str | None
    document_date: str | None

    @property
    def ref(self) -> str:
        return f"{self.sha256[:12]}-{self.n}"


@dataclass(frozen=True, slots=True)
class Item:
    """One agreement, project, partnership or funding. ``origins`` begins with the record that leads."""

    id: int
    type: RecordType
    title: str
    kind: str | None
    status: str | None
    start: str | None
    end: str | None
    year: int | None
    conflicts: int
    review: str | None
    doubt: float
    purpose: str | None
    scheme: str | None
    description: str | None
    members: tuple[Member, ...]
    themes: tuple[tuple[str, ...], ...]
    amounts: tuple[Money, ...]
    countries: tuple[str, ...]
    origins: tuple[Origin, ...]

    @property
    def ref(self) -> str:
        """Digits of the source and number of the record, as in the address of its page."""
        return self.origins[0].ref

    @property
    def path(self) -> str:
        """The address of its page below that of the pages."""
        return f"{PATHS[self.type]}/{self.ref}"

    @property
    def funders(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.role == "funder")

    @property
    def parties(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.role != "funder")

    @property
    def documents(self) -> tuple[int, ...]:
        """Ids of the documents that tell of it."""
        return tuple(dict.fromkeys(origin.record >> schema.ID_BITS for origin in self.origins))

    @property
    def is_ordered(self) -> bool:
        """Whether its end is not before its start, where both are known."""
        start, end = moment(self.start), moment(self.end, last=True)
        return start is None or end is None or start <= end


def each(connection: sa.Connection, condition: sa.ColumnElement[bool] | None = None) -> Iterator[Item]:
    """Yield items in the order of file names, then of types and of the text.

    Parameters
    ----------
    condition
        On rows of ``item``; all of them without.
    """
    for items in chunks(connection, condition):
        yield from items


def chunks(connection: sa.Connection, condition: sa.ColumnElement[bool] | None = None) -> Iterator[list[Item]]:
    """Yield the items of :func:`each` some hundred at a time."""
    ids = item_ids(connection, condition)
    for at in range(0, len(ids), TOGETHER):
        yield load(connection, ids[at : at + TOGETHER])


def load(connection: sa.Connection, ids: Sequence[int] | array[int]) -> list[Item]:
    """Return the items with these ids, at most :data:`TOGETHER`, in their order."""
    keys = list(ids)
    item = schema.item
    rows = {row.id: row for row in connection.execute(sa.select(item).where(item.c.id.in_(keys)))}
    members = _members(connection, keys)
    themes = below(connection, schema.item_theme, keys)
    amounts = below(connection, schema.item_amount, keys)
    countries = below(connection, schema.item_country, keys, order="country")
    origins = _origins(connection, keys)
    told = _told(connection, keys)
    return [
        _item(
            rows[key],
            told.get(key, {}),
            members=tuple(members[key]),
            themes=tuple(
                tuple(name for name in (row.theme, row.subtheme, row.subsubtheme) if name) for row in themes[key]
            ),
            amounts=tuple(map(_money, amounts[key])),
            countries=tuple(row.country for row in countries[key]),
            origins=tuple(origins[key]),
        )
        for key in keys
        if key in rows
    ]


def _item(row: Any, told: dict[str, str | None], **more: Any) -> Item:
    return Item(
        id=row.id,
        type=row.type,
        title=row.title,
        kind=row.kind,
        status=row.status,
        start=row.start,
        end=row.end,
        year=row.year,
        conflicts=row.conflicts,
        review=row.review,
        doubt=row.doubt,
        purpose=told.get("purpose"),
        scheme=told.get("scheme"),
        description=told.get("description"),
        **more,
    )


def _money(row: Any) -> Money:
    value, low, high = (None if text is None else Decimal(text) for text in (row.value, row.min, row.max))
    return Money(value, low, high, row.currency, bool(row.total))


def below(connection: sa.Connection, table: sa.Table, keys: Sequence[int], *, order: str = "n") -> dict[int, list[Any]]:
    """Return the rows of a table of the catalogue below some items."""
    groups: dict[int, list[Any]] = defaultdict(list)
    asked = sa.select(table).where(table.c.item_id.in_(keys)).order_by(table.c.item_id, table.c[order])
    for row in connection.execute(asked):
        groups[row.item_id].append(row)
    return groups


def _members(connection: sa.Connection, keys: Sequence[int]) -> dict[int, list[Member]]:
    party, actor = schema.item_party, schema.actor
    asked = (
        sa.select(party, actor.c.name, actor.c.kind, actor.c.country)
        .outerjoin_from(party, actor, actor.c.key == party.c.actor)
        .where(party.c.item_id.in_(keys))
        .order_by(party.c.item_id, party.c.n)
    )
    groups: dict[int, list[Member]] = defaultdict(list)
    for row in connection.execute(asked):
        known = Member(row.role, row.text, row.actor, row.name or row.text, row.kind or "unknown", row.country)
        groups[row.item_id].append(known)
    return groups


def _origins(connection: sa.Connection, keys: Sequence[int]) -> dict[int, list[Origin]]:
    held, record, document = schema.item_record, schema.record, schema.document
    source, place = schema.source, schema.location
    asked = (
        sa.select(
            held.c.item_id, record.c.id, record.c.n, record.c.page, source.c.sha256, source.c.media_type,
            place.c.name, place.c.url, document.c.title, document.c.date,
        )
        .join_from(held, record, record.c.id == held.c.record_id)
        .join(document, document.c.id == record.c.document_id)
        .join(source, source.c.id == record.c.document_id)
        .join(place, named_after(source.c.id))
        .where(held.c.item_id.in_(keys))
        .order_by(place.c.name, source.c.sha256, record.c.id)
    )  # fmt: skip
    groups: dict[int, list[Origin]] = defaultdict(list)
    for row in connection.execute(asked):
        origin = Origin(
            row.id, row.n, row.page, row.sha256, row.name, row.url, row.media_type, row.title, row.date
        )  # fmt: skip
        groups[row.item_id].insert(0 if row.id == row.item_id else len(groups[row.item_id]), origin)
    return groups


def _told(connection: sa.Connection, keys: Sequence[int]) -> dict[int, dict[str, str | None]]:
    """Return what only the records that lead say: purpose and scheme of fundings, description of projects."""
    funding, project = schema.funding, schema.project
    asked: Iterable[tuple[sa.Table, tuple[str, ...]]] = (
        (funding, ("purpose", "scheme")),
        (project, ("description",)),
    )
    found: dict[int, dict[str, str | None]] = {}
    for table, names in asked:
        columns = [table.c.id, *(table.c[name] for name in names)]
        for row in connection.execute(sa.select(*columns).where(table.c.id.in_(keys))):
            found[row.id] = {name: getattr(row, name) for name in names}
    return found
