"""The records of a register as the catalogue works on them: read in one pass, small enough to hold a million."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from sys import intern
from typing import Any

import sqlalchemy as sa

from coopnlp.catalogue.actors import actor_key
from coopnlp.catalogue.titles import Title
from coopnlp.register import schema

__all__ = ["Fact", "Member", "Sum", "Theme", "load", "year_of"]

_YEAR = re.compile(r"\d{4}")
# Documents whose rows are read together.
_TOGETHER = 2000


@dataclass(frozen=True, slots=True)
class Member:
    """A party or funder of a record; ``key`` is that of its actor."""

    role: str
    text: str
    key: str

    @property
    def linked(self) -> bool:
        return not self.key.startswith("name:")


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of money, or a range, as the register writes it: decimal text."""

    value: str | None
    min: str | None
    max: str | None
    currency: str | None

    @property
    def number(self) -> Decimal | None:
        """The sum as a number without idle zeros; None for a range."""
        try:
            return None if self.value is None else Decimal(self.value).normalize()
        except InvalidOperation:
            return None


@dataclass(frozen=True, slots=True)
class Theme:
    """A node of the nomenclature, by its first three levels."""

    theme: str
    subtheme: str | None
    subsubtheme: str | None
    probability: float

    @property
    def path(self) -> tuple[str | None, ...]:
        return self.theme, self.subtheme, self.subsubtheme


@dataclass(slots=True)
class Fact:
    """One record of one document.

    ``title`` is that of an agreement or project, the purpose of a funding.
    ``date`` is of an agreement's signature. ``spans`` are its evidence.
    """

    id: int
    type: str
    n: int
    title: str = ""
    kind: str | None = None
    scheme: str | None = None
    status: str | None = None
    date: str | None = None
    start: str | None = None
    end: str | None = None
    page: int | None = None
    members: tuple[Member, ...] = ()
    sums: tuple[Sum, ...] = ()
    themes: tuple[Theme, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    document_year: int | None = None
    review: str | None = None
    # a sum that holds those of other records of the document, by its place in ``sums``
    totals: frozenset[int] = field(default=frozenset())
    # the title as it is compared, once that was asked for
    compared: Title | None = field(default=None, compare=False, repr=False)

    @property
    def document_id(self) -> int:
        return self.id >> schema.ID_BITS

    @property
    def keys(self) -> tuple[str, ...]:
        """The actors, each once, in order."""
        return tuple(dict.fromkeys(member.key for member in self.members))

    @property
    def begins(self) -> str | None:
        """The first date that the record gives: of its period, else of its signature."""
        return self.start or self.date


def year_of(date: str | None) -> int | None:
    """Return the year of an ISO date, or None.

    >>> year_of("2009-12"), year_of(None)
    (2009, None)
    """
    found = _YEAR.match(date or "")
    return int(found[0]) if found else None


def load(connection: sa.Connection, documents: Collection[int] | None = None) -> Iterator[Fact]:
    """Yield every record, in the order of documents and of their text.

    Parameters
    ----------
    documents
        Only the records of these.
    """
    if documents is None:
        asked = sa.select(schema.document.c.id).order_by(schema.document.c.id)
        keys = list(connection.execute(asked).scalars())
        ranges = [(keys[at], keys[min(at + _TOGETHER, len(keys)) - 1] + 1) for at in range(0, len(keys), _TOGETHER)]
    else:
        ranges = [(key, key + 1) for key in sorted(documents)]
    for first, last in ranges:
        yield from _of(connection, first, last)


def _of(connection: sa.Connection, first: int, last: int) -> list[Fact]:
    """Return the records of the documents from one id to another, the last excluded."""
    below, above = first << schema.ID_BITS, last << schema.ID_BITS

    def within(table: sa.Table, *names: str) -> Iterable[Any]:
        columns = [table.c[name] for name in names]
        return connection.execute(
            sa.select(*columns).where(table.c.id >= below, table.c.id < above).order_by(table.c.id)
        )

    facts = {
        key: Fact(key, intern(type), n, page=page)
        for key, type, n, page in within(schema.record, "id", "type", "n", "page")
    }
    if not facts:
        return []
    for table, names in _FIELDS.items():
        for key, *values in within(table, "id", *names.values()):
            fact = facts[key]
            for name, value in zip(names, values, strict=True):
                setattr(fact, name, value or ("" if name == "title" else None))
    for key, members in _below(within(schema.party, "record_id", "role", "text", "kb_id")):
        named = (Member(intern(role), intern(text), intern(actor_key(text, kb_id))) for role, text, kb_id in members)
        facts[key].members = tuple(member for member in named if member.key)
    for key, rows in _below(within(schema.amount, "record_id", "value", "min", "max", "currency")):
        facts[key].sums = tuple(Sum(*row) for row in rows)
    for key, rows in _below(within(schema.evidence, "record_id", "start", "end")):
        facts[key].spans = tuple((start, end) for start, end in rows)
    _add_themes(
        facts, within(schema.theme, "record_id", "document_id", "theme", "subtheme", "subsubtheme", "probability")
    )
    years = _years(connection, first, last)
    for fact in facts.values():
        fact.document_year = years.get(fact.document_id)
    return [facts[key] for key in sorted(facts)]


_FIELDS: dict[sa.Table, dict[str, str]] = {
    schema.partnership: {"kind": "kind", "start": "start", "end": "end", "status": "status"},
    schema.funding: {"title": "purpose", "scheme": "scheme", "start": "start", "end": "end", "status": "status"},
    schema.agreement: {"title": "title", "kind": "kind", "date": "date", "start": "start", "end": "end"},
    schema.project: {"title": "title", "start": "start", "end": "end"},
}


def _below(rows: Iterable[Any]) -> Iterator[tuple[int, list[Any]]]:
    """Group rows by their first column, whatever their order, without it."""
    groups: dict[int, list[Any]] = {}
    for key, *row in rows:
        groups.setdefault(key, []).append(row)
    return iter(groups.items())


def _years(connection: sa.Connection, first: int, last: int) -> dict[int, int | None]:
    table = schema.document
    asked = sa.select(table.c.id, table.c.year).where(table.c.id >= first, table.c.id < last)
    return {row.id: row.year for row in connection.execute(asked)}


def _add_themes(facts: dict[int, Fact], rows: Iterable[Any]) -> None:
    """Give each record its themes, and those of its document to one that has none."""
    own: dict[int, list[Theme]] = {}
    of_document: dict[int, list[Theme]] = {}
    for record_id, document_id, theme, subtheme, subsubtheme, probability in rows:
        if theme:
            found = Theme(intern(theme), subtheme, subsubtheme, probability)
            where = of_document if record_id is None else own
            where.setdefault(document_id if record_id is None else record_id, []).append(found)
    for fact in facts.values():
        fact.themes = tuple(own.get(fact.id) or of_document.get(fact.document_id) or ())
