"""From rows back to values: the Record of a document, its text, the sentences it cites."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from coopnlp.register import schema
from coopnlp.register.values import RECORD_TYPES, Citation
from coopnlp.types import (
    Agreement,
    Amount,
    AtlasRecord,
    DateValue,
    DocumentInfo,
    Entity,
    Funding,
    Notice,
    Partnership,
    Party,
    Project,
    Record,
    Source,
    ThemeAssignment,
    document_id,
)

__all__ = [
    "Reader", "citations", "entity_of", "named_after", "read_amount", "read_record", "read_text", "sentence",
    "sentences", "theme_of",
]  # fmt: skip

# Ends of sentences, but for initials and « M. », which a capital precedes.
_SENTENCE_END = re.compile(r"(?<![A-ZÀ-Ý])[.!?…][\"»)\]]*\s+(?=[A-ZÀ-Ý«\"(\[\d–—-])|\n")
# A sentence longer than this on either side of the evidence is a list or a table: it is cut.
_REACH = 400


def named_after(source_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Return the condition that joins a source to the place it is named after: the first of its addresses.

    The order of addresses, not of arrival, so that registers of the same files agree.
    """
    location, other = schema.location, schema.location.alias("other")
    first = sa.select(sa.func.min(other.c.address)).where(other.c.source_id == source_id)
    return location.c.address == first.correlate_except(other).scalar_subquery()


def read_text(connection: sa.Connection, document_id: int) -> str:
    """Return the text of a document; every offset counts in it."""
    passage = schema.passage
    asked = (
        sa.select(passage.c.text)
        .where(passage.c.document_id == document_id, passage.c.type == "text")
        .order_by(passage.c.id)
    )
    return "".join(connection.execute(asked).scalars())


def read_record(connection: sa.Connection, key: int) -> Record:
    """Return the record that was added; its source and id are those of the first place it was seen at."""
    return Reader(connection, key).record()


def read_amount(row: Any) -> Amount:
    """Return the amount of a row that has ``value``, ``min``, ``max`` and ``currency``."""
    value, low, high = (None if text is None else Decimal(text) for text in (row.value, row.min, row.max))
    return Amount(value=value, min=low, max=high, currency=row.currency)


def citations(record: Record, text: str, page_at: Iterable[tuple[int, int]]) -> Iterator[Citation]:
    """Yield the sentences that each record of a document was read from, each once, in order.

    Parameters
    ----------
    page_at
        (page, offset of its first character), ascending; empty without pages.
    """
    starts = list(page_at)
    for type_ in RECORD_TYPES:
        values: tuple[Partnership | Funding | Agreement | Project, ...] = getattr(record, f"{type_}s")
        for n, value in enumerate(values):
            for start, end in sentences(text, value.evidence):
                page = max((page for page, begin in starts if begin <= start), default=None)
                yield Citation(type=type_, n=n, page=page, start=start, end=end, text=text[start:end])


def sentences(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the sentences or lines that hold the spans, each once, in order."""
    return list(_merged(sentence(text, start, end) for start, end in spans))


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span to the sentence or line that holds it, at most 400 characters on either side."""
    low, high = max(0, start - _REACH), min(len(text), end + _REACH)
    begin = max((match.end() for match in _SENTENCE_END.finditer(text, low, start)), default=low)
    following = _SENTENCE_END.search(text, max(start, end - 1), high)
    finish = following.end() if following else high
    cut = text[begin:finish]
    return begin + len(cut) - len(cut.lstrip()), finish - (len(cut) - len(cut.rstrip()))


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    yield from kept


class Reader:
    """Reads the rows below one document; rows of a record stand under its id."""

    def __init__(self, connection: sa.Connection, key: int) -> None:
        self.connection = connection
        self.key = key
        self.parties = self._grouped(schema.party)
        self.amounts = self._grouped(schema.amount)
        self.evidence = self._grouped(schema.evidence)
        self.themes = self._grouped(schema.theme)

    def record(self) -> Record:
        location = schema.location
        asked = (
            sa.select(schema.document, schema.source, location.c.name, location.c.path, location.c.url)
            .select_from(schema.document)
            .join(schema.source, schema.source.c.id == schema.document.c.id)
            .join(location, named_after(schema.document.c.id))
            .where(schema.document.c.id == self.key)
        )
        row = self.connection.execute(asked).one()
        found = Source(
            name=row.name, sha256=row.sha256, media_type=row.media_type, size=row.size, path=row.path, url=row.url
        )
        info = DocumentInfo(title=row.title, date=row.date, kind=row.kind, author=row.author, pages=row.pages)
        atlas = self.connection.execute(sa.select(schema.atlas.c.json).where(schema.atlas.c.id == self.key)).scalar()
        return Record(
            id=document_id(row.name),
            source=found,
            document=info,
            entities=tuple(entity_of(row) for row in self.entities()),
            partnerships=tuple(map(self.partnership, self.records(schema.partnership))),
            fundings=tuple(map(self.funding, self.records(schema.funding))),
            agreements=tuple(map(self.agreement, self.records(schema.agreement))),
            projects=tuple(map(self.project, self.records(schema.project))),
            themes=tuple(map(theme_of, self.themes[None])),
            atlas=None if atlas is None else AtlasRecord.model_validate_json(atlas),
            notices=tuple(
                Notice(kind=row.kind, message=row.message, page=row.page) for row in self._rows(schema.notice)
            ),
        )

    def entities(self) -> list[Any]:
        """Return the rows of the entities, in the order of the text: one that a person added was written last."""
        return sorted(self._rows(schema.entity), key=lambda row: row.start)

    def partnership(self, row: Any) -> Partnership:
        """Return the partnership of a row."""
        return Partnership(kind=row.kind, start=row.start, end=row.end, status=row.status, **self._shared(row.id))

    def agreement(self, row: Any) -> Agreement:
        """Return the agreement of a row."""
        told = {"kind": row.kind, "title": row.title, "date": row.date, "start": row.start, "end": row.end}
        return Agreement(**told, **self._shared(row.id))

    def project(self, row: Any) -> Project:
        """Return the project of a row."""
        told = {"title": row.title, "description": row.description, "start": row.start, "end": row.end}
        return Project(**told, themes=tuple(map(theme_of, self.themes[row.id])), **self._shared(row.id))

    def funding(self, row: Any) -> Funding:
        """Return the funding of a row."""
        shared = self._shared(row.id)
        (funder,) = shared.pop("parties")
        return Funding(
            funder=funder,
            amounts=tuple(map(read_amount, self.amounts[row.id])),
            start=row.start,
            end=row.end,
            purpose=row.purpose,
            scheme=row.scheme,
            status=row.status,
            **shared,
        )

    def _shared(self, key: int) -> dict[str, Any]:
        parties = tuple(Party(text=row.text, kb_id=row.kb_id) for row in self.parties[key])
        return {"parties": parties, "evidence": tuple((row.start, row.end) for row in self.evidence[key])}

    def _rows(self, table: sa.Table) -> Iterable[Any]:
        asked = sa.select(table).where(table.c.document_id == self.key).order_by(table.c.id)
        return self.connection.execute(asked).all()

    def records(self, table: sa.Table) -> Iterable[Any]:
        """Return the rows of a table of records, in their order."""
        record = schema.record
        asked = (
            sa.select(table)
            .join(record, record.c.id == table.c.id)
            .where(record.c.document_id == self.key)
            .order_by(table.c.id)
        )
        return self.connection.execute(asked).all()

    def _grouped(self, table: sa.Table) -> dict[int | None, list[Any]]:
        groups: dict[int | None, list[Any]] = defaultdict(list)
        for row in self._rows(table):
            groups[row.record_id].append(row)
        return groups


def entity_of(row: Any) -> Entity:
    """Return the entity of a row."""
    value: Amount | DateValue | None = None
    if row.date_start is not None:
        value = DateValue(start=row.date_start, end=row.date_end)
    elif (amount := read_amount(row)) != Amount():
        value = amount
    return Entity(
        start=row.start,
        end=row.end,
        label=row.label,
        text=row.text,
        kb_id=row.kb_id,
        page=row.page,
        value=value,
    )


def theme_of(row: Any) -> ThemeAssignment:
    """Return the theme of a row."""
    terms = tuple((words, weight) for words, weight in json.loads(row.terms))
    return ThemeAssignment(path=tuple(json.loads(row.path)), probability=row.probability, terms=terms)
