"""A result as the rows that it becomes, so that whoever writes them has only to number them.

Making rows costs several times what writing them does. It is done where the
source was read, in many processes at once; the one that writes gets tuples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from coopnlp.register import rows
from coopnlp.register.schema import ID_BITS, PARTS, atlas, document
from coopnlp.types import Result, Source

__all__ = ["Prepared", "columns", "numbered", "prepare"]

Row = tuple[Any, ...]

# What holds the number of a document, or one that is counted in it; they come first in a row, in this order.
_NUMBERS = ("id", "document_id", "record_id")
# Their id is that of the document.
_ONE_EACH = (document, atlas)


def _columns(table: sa.Table) -> tuple[str, ...]:
    names = table.c.keys()
    return (*(name for name in _NUMBERS if name in names), *(name for name in names if name not in _NUMBERS))


_COLUMNS = {table: _columns(table) for table in (document, *PARTS)}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is written of a result; the ids in its rows count from 0. And what is counted of it: pages, entities."""

    source: Source
    document: Row
    parts: dict[str, list[Row]]
    pages: int
    entities: int

    @property
    def size(self) -> int:
        """How many rows it has."""
        return 1 + sum(map(len, self.parts.values()))


def prepare(result: Result) -> Prepared:
    """Return the rows of a result.

    Raises
    ------
    OverflowError
        The document has more than a million rows of a kind.
    """
    record, extraction = result.record, result.extraction
    made = rows.part_rows(result, 0)
    return Prepared(
        source=extraction.source,
        document=_tuple(document, rows.document_row(result, 0)),
        parts={table.name: [_tuple(table, row) for row in made[table.name]] for table in PARTS if table.name in made},
        pages=record.document.pages or len(extraction.page_starts),
        entities=len(record.entities),
    )


def _tuple(table: sa.Table, row: dict[str, Any]) -> Row:
    return tuple(map(row.get, _COLUMNS[table]))


def columns(table: sa.Table) -> tuple[str, ...]:
    """Return the columns of the document or of a table below it, in the order of prepared rows."""
    return _COLUMNS[table]


def numbered(table: sa.Table, given: Iterable[Row], document_id: int) -> Iterator[Row]:
    """Yield prepared rows as those of a document."""
    base = document_id << ID_BITS
    if table in _ONE_EACH:
        return ((document_id, *row[1:]) for row in given)
    if "document_id" not in table.c:  # a partnership, a funding: its id is that of the record
        return ((base | row[0], *row[1:]) for row in given)
    if "record_id" not in table.c:
        return ((base | row[0], document_id, *row[2:]) for row in given)
    return ((base | row[0], document_id, None if row[2] is None else base | row[2], *row[3:]) for row in given)
