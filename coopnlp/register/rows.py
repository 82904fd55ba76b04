"""From a Result to the rows below a document. What :mod:`coopnlp.register.read` undoes."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from coopnlp.register.schema import ID_BITS
from coopnlp.types import (
    Agreement,
    Amount,
    DateValue,
    DocumentInfo,
    Entity,
    Extraction,
    Funding,
    Partnership,
    Party,
    Project,
    Result,
    ThemeAssignment,
)

__all__ = [
    "AnyRecord", "Rows", "clean", "cut_passages", "document_row", "entity_row", "info_row", "part_rows", "record_rows",
    "theme_row",
]  # fmt: skip

AnyRecord = Partnership | Funding | Agreement | Project

Rows = dict[str, list[dict[str, Any]]]
# Long enough for the words of a search to stand together, short enough to be shown and read through
# at once: about a page.
_PASSAGE_LENGTH = 4000
# Neither SQLite's text functions nor PostgreSQL keep NUL; UTF-8 has no lone surrogates.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_YEAR = re.compile(r"\d{4}")


def document_row(result: Result, document_id: int) -> dict[str, Any]:
    """Return the row of the document itself."""
    return info_row(result.record.document, document_id)


def info_row(info: DocumentInfo, document_id: int) -> dict[str, Any]:
    """Return the row of a document of which this is known."""
    year = _YEAR.match(info.date or "")
    return clean({**info.model_dump(), "id": document_id, "year": int(year[0]) if year else None})


def part_rows(result: Result, document_id: int) -> Rows:
    """Return the rows below a document, a list a table, with their ids."""
    extraction = result.extraction
    return _Writer(document_id, extraction.source.name, extraction.page_at).rows(result)


def record_rows(value: AnyRecord, document_id: int, n: int, page_at: Callable[[int], int | None]) -> Rows:
    """Return the rows of one record as if it were alone in its document: in each table the ids begin with 0.

    Parameters
    ----------
    n
        Its number among the records of its type.
    page_at
        Gives the page of an offset.
    """
    writer = _Writer(document_id, "", page_at)
    writer.record(n, value)
    return dict(writer.tables)


def cut_passages(extraction: Extraction) -> Iterator[tuple[int | None, int, int]]:
    """Yield (page, start, end) of pieces that follow one another and cover the text.

    A page begins a piece, an empty page has an empty one. A page over 4,000
    characters is cut where a block begins, a block over that at white space.
    """
    text = extraction.text
    borders = [block.start for block in extraction.blocks]
    starts = [min(start, len(text)) for start in extraction.page_starts]
    if not starts or starts[0] > 0:
        yield from ((None, *span) for span in _cut(text, borders, 0, starts[0] if starts else len(text)))
    for number, (start, end) in enumerate(pairwise([*starts, len(text)]), 1):
        yield from ((number, *span) for span in _cut(text, borders, start, end))


def _cut(text: str, borders: list[int], start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _PASSAGE_LENGTH:
        limit = start + _PASSAGE_LENGTH
        at = bisect_right(borders, limit) - 1
        cut = borders[at] if at >= 0 else 0
        if cut <= start:
            space = max(text.rfind(" ", start, limit), text.rfind("\n", start, limit))
            cut = space + 1 if space >= start else limit
        yield start, cut
        start = cut
    yield start, end


class _Writer:
    """Collects the rows of one document."""

    def __init__(self, document_id: int, name: str, page_at: Callable[[int], int | None]) -> None:
        self.document_id = document_id
        self.name = name
        self.page_at = page_at
        self.tables: Rows = defaultdict(list)

    def rows(self, result: Result) -> Rows:
        record = result.record
        title = record.document.title or ""
        text = result.extraction.text
        for page, start, end in cut_passages(result.extraction):
            span = {"page": page, "start": start, "end": end, "title": title}
            self._add("passage", type="text", record_id=None, text=text[start:end], **span)
        for entity in record.entities:
            self._add("entity", **entity_row(entity))
        types: list[Sequence[AnyRecord]] = [record.partnerships, record.fundings, record.agreements, record.projects]
        for values in types:
            for n, value in enumerate(values):
                self.record(n, value)
        self._themes(None, record.themes)
        if record.atlas is not None:
            told = json.dumps(record.atlas.model_dump(mode="json", exclude_none=True), ensure_ascii=False)
            self.tables["atlas"].append(clean({"id": self.document_id, "json": told}))
        for notice in record.notices:
            self._add("notice", **notice.model_dump())
        return dict(self.tables)

    def record(self, n: int, value: AnyRecord) -> None:
        """Add a record of any type."""
        match value:
            case Partnership():
                self._partnership(n, value)
            case Funding():
                self._funding(n, value)
            case Agreement():
                self._agreement(n, value)
            case Project():
                self._project(n, value)

    def _add(self, table: str, **row: Any) -> int:
        rows = self.tables[table]
        key = self.document_id << ID_BITS | len(rows)
        if len(rows) >> ID_BITS:
            raise OverflowError(f"{self.name}: over a million rows of {table}")
        rows.append(clean({"id": key, "document_id": self.document_id, **row}))
        return key

    def _partnership(self, n: int, value: Partnership) -> None:
        told = {"kind": value.kind, "start": value.start, "end": value.end, "status": value.status}
        self._record("partnership", n, value, told, value.parties, words=[value.kind, value.status])

    def _funding(self, n: int, value: Funding) -> None:
        told = {"start": value.start, "end": value.end, "purpose": value.purpose, "scheme": value.scheme}
        told["status"] = value.status
        words = [value.purpose, value.scheme]
        key = self._record("funding", n, value, told, (value.funder,), words=words, role="funder")
        for amount in value.amounts:
            self._add("amount", record_id=key, **_amount_row(amount))

    def _agreement(self, n: int, value: Agreement) -> None:
        told = {"kind": value.kind, "title": value.title, "date": value.date}
        told |= {"start": value.start, "end": value.end}
        self._record("agreement", n, value, told, value.parties, words=[value.title, value.kind])

    def _project(self, n: int, value: Project) -> None:
        told = {"title": value.title, "description": value.description}
        told |= {"start": value.start, "end": value.end}
        words = [value.title, value.description, *(name for theme in value.themes for name in theme.path)]
        key = self._record("project", n, value, told, value.parties, words=words)
        self._themes(key, value.themes)

    def _record(
        self,
        type_: str,
        n: int,
        value: AnyRecord,
        told: dict[str, str | None],
        parties: Sequence[Party],
        *,
        words: Sequence[str | None],
        role: str = "party",
    ) -> int:
        """Add a record with its parties, evidence and the passage that makes its fields searchable."""
        spans = [(start, end, self.page_at(start)) for start, end in value.evidence]
        first = spans[0] if spans else (0, 0, None)
        key = self._add("record", type=type_, n=n, page=first[2])
        self.tables[type_].append(clean({"id": key, **told}))
        for party in parties:
            self._add("party", record_id=key, role=role, text=party.text, kb_id=party.kb_id)
        for start, end, page in spans:
            self._add("evidence", record_id=key, start=start, end=end, page=page)
        searched = " ; ".join(dict.fromkeys(word for word in (*(p.text for p in parties), *words) if word))
        span = {"start": first[0], "end": first[1], "page": first[2]}
        self._add("passage", type=type_, record_id=key, title="", text=searched, **span)
        return key

    def _themes(self, record_id: int | None, themes: Sequence[ThemeAssignment]) -> None:
        for theme in themes:
            self._add("theme", record_id=record_id, **theme_row(theme))


def theme_row(theme: ThemeAssignment) -> dict[str, Any]:
    """Return the columns that a theme fills."""
    levels = [*theme.path, None, None, None]
    return {
        "path": json.dumps(theme.path, ensure_ascii=False),
        "theme": levels[0],
        "subtheme": levels[1],
        "subsubtheme": levels[2],
        "probability": theme.probability,
        "terms": json.dumps(theme.terms, ensure_ascii=False),
    }


def entity_row(entity: Entity) -> dict[str, Any]:
    """Return the columns that an entity fills."""
    amount = entity.value if isinstance(entity.value, Amount) else Amount()
    date = entity.value if isinstance(entity.value, DateValue) else None
    return {
        **entity.model_dump(exclude={"value"}),
        **_amount_row(amount),
        "date_start": date.start if date else None,
        "date_end": date.end if date else None,
    }


def _amount_row(amount: Amount) -> dict[str, str | None]:
    row: dict[str, str | None] = amount.model_dump(mode="json")
    return row


def clean(row: dict[str, Any]) -> dict[str, Any]:
    """Replace, in place, what no database stores: NUL and lone surrogates."""
    for name, value in row.items():
        if isinstance(value, str) and _UNSTORABLE.search(value):
            row[name] = _UNSTORABLE.sub("\ufffd", value)
    return row
