"""The text of a document as a page shows it: a section, cut where entities and quoted words begin and end."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import sqlalchemy as sa

from coopnlp.register import schema

__all__ = ["Piece", "Quoted", "Run", "Section", "pieces", "read_section", "sections"]

# Characters of a section of a document without pages: some screens.
_SECTION = 16_000


class Section(NamedTuple):
    """Part of a document: its number from 1, page (None without pages), span in the text, ids of its passages."""

    number: int
    page: int | None
    start: int
    end: int
    passages: tuple[int, int]


class Piece(NamedTuple):
    """Text of one kind. ``label`` is that of its entity, or empty; ``kb_id``
    leads to a page; ``anchors`` are offsets that are linked to here.

    ``first`` and ``last`` say whether the entity begins and ends in this piece.
    """

    text: str
    label: str
    kb_id: str
    anchors: tuple[int, ...]
    first: bool
    last: bool


class Run(NamedTuple):
    """Pieces that were quoted together as evidence, or the text between; ``records`` are those quoted from it."""

    quoted: bool
    chosen: bool
    records: tuple[int, ...]
    pieces: tuple[Piece, ...]


class Quoted(NamedTuple):
    """Words that a record was read from."""

    record: int
    start: int
    end: int


def sections(connection: sa.Connection, document_id: int) -> list[Section]:
    """Return the sections of a document: its pages, or pieces of some screens."""
    passage = schema.passage
    asked = (
        sa.select(passage.c.id, passage.c.page, passage.c.start, passage.c.end)
        .where(passage.c.document_id == document_id, passage.c.type == "text")
        .order_by(passage.c.id)
    )
    found: list[Section] = []
    for key, page, start, end in connection.execute(asked):
        last = found[-1] if found else None
        together = last is not None and last.page == page and (page is not None or end - last.start <= _SECTION)
        if last is not None and together:
            found[-1] = last._replace(end=end, passages=(last.passages[0], key))
        else:
            found.append(Section(len(found) + 1, page, start, end, (key, key)))
    return found


def at_offset(parts: Sequence[Section], offset: int) -> Section:
    """Return the section that holds an offset; the last one for an offset after the end."""
    return parts[max(0, bisect_right([part.start for part in parts], offset) - 1)]


def read_section(connection: sa.Connection, document_id: int, section: Section) -> tuple[str, list[Any], list[Quoted]]:
    """Return the text of a section, the entities that begin in it, and what is quoted from it."""
    passage, entity, evidence = schema.passage, schema.entity, schema.evidence
    first, last = section.passages
    text = "".join(
        connection.execute(
            sa.select(passage.c.text)
            .where(passage.c.id >= first, passage.c.id <= last, passage.c.type == "text")
            .order_by(passage.c.id)
        ).scalars()
    )
    entities = connection.execute(
        sa.select(entity)
        .where(entity.c.document_id == document_id, entity.c.start < section.end, entity.c.end > section.start)
        .order_by(entity.c.start, entity.c.end.desc())
    ).all()
    quoted = connection.execute(
        sa.select(evidence.c.record_id, evidence.c.start, evidence.c.end)
        .where(evidence.c.document_id == document_id, evidence.c.start < section.end, evidence.c.end > section.start)
        .order_by(evidence.c.start, evidence.c.end)
    ).all()
    return text, list(entities), [Quoted(*row) for row in quoted]


def pieces(
    text: str,
    offset: int,
    entities: Iterable[Any],
    quoted: Sequence[Quoted],
    *,
    known: Container[str] = (),
    chosen: frozenset[int] = frozenset(),
) -> list[Run]:
    """Cut a text into runs that are quoted or not, and these into pieces by entity.

    Parameters
    ----------
    offset
        Where the text begins in the document; entities and quotations count from its beginning.
    known
        Identifiers of those who have a page; others are not linked to.
    chosen
        Records whose words are to stand out.
    """
    end = offset + len(text)
    marked = _apart(entities, offset, end)
    anchors = sorted({q.start for q in quoted if offset <= q.start < end} | {e.start for e in marked})
    runs: list[Run] = []
    at = offset
    for start, finish, records in (*_united(quoted, offset, end), (end, end, ())):
        if start > at:
            runs.append(Run(False, False, (), tuple(_cut(text, offset, at, start, marked, anchors, known))))
        if finish > start:
            cut = tuple(_cut(text, offset, start, finish, marked, anchors, known))
            runs.append(Run(True, bool(chosen.intersection(records)), records, cut))
        at = max(at, finish)
    return runs


def _apart(entities: Iterable[Any], offset: int, end: int) -> list[Any]:
    """Return the entities that do not begin inside another one."""
    kept: list[Any] = []
    for entity in entities:
        if entity.end > offset and entity.start < end and (not kept or entity.start >= kept[-1].end):
            kept.append(entity)
    return kept


def _united(quoted: Sequence[Quoted], offset: int, end: int) -> list[tuple[int, int, tuple[int, ...]]]:
    """Return the spans that quotations cover together, each with its records."""
    united: list[tuple[int, int, tuple[int, ...]]] = []
    for record, start, finish in quoted:
        start, finish = max(offset, start), min(end, finish)
        if start >= finish:
            continue
        if united and start < united[-1][1]:
            before, after, records = united[-1]
            united[-1] = (before, max(after, finish), tuple(dict.fromkeys((*records, record))))
        else:
            united.append((start, finish, (record,)))
    return united


def _cut(
    text: str,
    offset: int,
    start: int,
    end: int,
    entities: Sequence[Any],
    anchors: Sequence[int],
    known: Container[str],
) -> Iterable[Piece]:
    """Yield the pieces between two offsets; together they are the text, every character once."""
    at = start
    first = bisect_right([entity.end for entity in entities], start)
    for entity in entities[first:]:
        if entity.start >= end:
            break
        begin, finish = max(at, entity.start), min(end, entity.end)
        if begin > at:
            yield from _plain(text, offset, at, begin, anchors)
        here = tuple(a for a in anchors if begin <= a < finish)
        yield Piece(
            text[begin - offset : finish - offset],
            entity.label,
            entity.kb_id if entity.kb_id in known else "",
            here,
            first=begin == max(offset, entity.start),
            last=finish == entity.end,
        )
        at = finish
    if at < end:
        yield from _plain(text, offset, at, end, anchors)


def _plain(text: str, offset: int, start: int, end: int, anchors: Sequence[int]) -> Iterable[Piece]:
    """Yield text that is no entity, cut where it is linked to, so that an anchor stands before its words."""
    borders = [start, *(a for a in anchors if start < a < end), end]
    for begin, finish in pairwise(borders):
        here = (begin,) if begin in anchors else ()
        yield Piece(text[begin - offset : finish - offset], "", "", here, first=True, last=True)
