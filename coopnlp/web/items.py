"""One item in full: what its records say, the words they were read from, on what they differ, what it may equal."""

from __future__ import annotations

import json
from typing import NamedTuple

import sqlalchemy as sa

from coopnlp.catalogue import read
from coopnlp.catalogue.values import Item, ItemLine, Quote, Telling
from coopnlp.register import schema
from coopnlp.web.addresses import document_path

__all__ = ["Cited", "Full", "Other", "Said", "ThemeRead", "read_item"]

# Sources shown in full; an item of more is one of a list that was merged wrongly.
_MOST = 60
_QUOTES = 5
# Characters shown before and after the words that a record was read from.
_AROUND = 110


class Cited(NamedTuple):
    """Words that a record was read from, with some before and after; ``path`` leads to them in the document."""

    page: int | None
    before: str
    text: str
    after: str
    path: str


class Said(NamedTuple):
    """What one document says, with its quotations."""

    telling: Telling
    quotes: tuple[Cited, ...]


class ThemeRead(NamedTuple):
    """A theme with its probability and the words that decided; ``own`` False where it is the document's."""

    path: tuple[str, ...]
    probability: float
    terms: tuple[str, ...]
    own: bool


class Other(NamedTuple):
    """Another item that may be the same, with reasons in French."""

    line: ItemLine
    why: tuple[str, ...]


class Full(NamedTuple):
    """An item in full. ``left_out`` counts the sources that are not shown."""

    item: Item
    said: tuple[Said, ...]
    left_out: int
    themes: tuple[ThemeRead, ...]
    others: tuple[Other, ...]

    @property
    def description(self) -> str | None:
        """The first description that a source gives."""
        return next((said.telling.description for said in self.said if said.telling.description), None)

    @property
    def differing(self) -> frozenset[str]:
        """The fields on which the sources differ."""
        return frozenset(conflict.field for conflict in self.item.conflicts)


def read_item(connection: sa.Connection, type_: str, ref: str) -> Full | None:
    """Return the item that a permalink means, by any of its records; None where there is none."""
    key = read.find_item(connection, type_, ref)
    item = None if key is None else read.get_item(connection, key)
    if item is None:
        return None
    shown = item.tellings[:_MOST]
    return Full(
        item=item,
        said=tuple(Said(telling, _cited(connection, telling)) for telling in shown),
        left_out=len(item.tellings) - len(shown),
        themes=_themes(connection, [telling.record_id for telling in shown]),
        others=tuple(
            Other(pair.second if pair.first.id == item.line.id else pair.first, pair.why)
            for pair in read.proposals(connection, item=item.line.id, limit=10)
        ),
    )


def _cited(connection: sa.Connection, telling: Telling) -> tuple[Cited, ...]:
    return tuple(
        Cited(
            quote.page,
            *_around(connection, telling.document_id, quote),
            document_path(telling.sha256, quote.start, telling.record_id),
        )
        for quote in telling.quotes[:_QUOTES]
    )


def _around(connection: sa.Connection, document_id: int, quote: Quote) -> tuple[str, str, str]:
    """Return the words before a quotation, itself, and those after, on the same page."""
    passage = schema.passage
    low, high = max(0, quote.start - _AROUND), quote.end + _AROUND
    asked = (
        sa.select(passage.c.start, passage.c.text)
        .where(passage.c.document_id == document_id, passage.c.type == "text")
        .where(passage.c.start <= quote.start, passage.c.end > low)
        .order_by(passage.c.id)
    )
    rows = connection.execute(asked).all()
    if not rows:
        return "", quote.text, ""
    first, text = rows[0].start, "".join(row.text for row in rows)
    before = text[max(0, low - first) : max(0, quote.start - first)]
    after = text[quote.end - first : high - first]
    if low > first:
        before = before.partition(" ")[2]
    if len(after) == _AROUND:
        after = after.rpartition(" ")[0]
    return before, quote.text, after


def _themes(connection: sa.Connection, keys: list[int]) -> tuple[ThemeRead, ...]:
    """Return the themes of the records, each once, or those of their documents where they have none."""
    theme = schema.theme
    columns = sa.select(theme.c.path, theme.c.probability, theme.c.terms).order_by(theme.c.id)
    own = connection.execute(columns.where(theme.c.record_id.in_(keys))).all()
    documents = sorted({key >> schema.ID_BITS for key in keys})
    of_document = theme.c.document_id.in_(documents)
    rows = own or connection.execute(columns.where(theme.c.record_id.is_(None), of_document)).all()
    best: dict[tuple[str, ...], ThemeRead] = {}
    for row in rows:
        path = tuple(json.loads(row.path))
        terms = tuple(words for words, weight in json.loads(row.terms) if weight > 0)[:8]
        if path not in best or best[path].probability < row.probability:
            best[path] = ThemeRead(path, row.probability, terms, bool(own))
    return tuple(sorted(best.values(), key=lambda found: -found.probability))
