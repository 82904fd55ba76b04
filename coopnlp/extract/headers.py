"""Which rows of a table are its header, and tables that go on over pages."""

from __future__ import annotations

from collections.abc import Sequence

from coopnlp.extract.builder import GridCell
from coopnlp.extract.fragments import Table
from coopnlp.text import fold

__all__ = ["join_tables", "mark_header"]

#: A header has at most this many rows.
_MAX_HEADER = 3


def mark_header(cells: list[GridCell], bold_rows: set[int] | None = None) -> list[GridCell]:
    """Mark the header of a table: its first rows in bold, or its first one where later ones alone hold figures.

    ``bold_rows`` are the rows that are wholly in bold.
    """
    later = [cell for cell in cells if cell.row > 0]
    if not later:
        return cells
    bold = bold_rows or set()
    rows = max(cell.row for cell in cells) + 1
    height = 0
    while height in bold and height < min(_MAX_HEADER, rows - 1):
        height += 1
    if height and len(bold) > rows / 2:
        height = 1  # bold throughout
    if not height:
        first = [cell for cell in cells if cell.row == 0 and cell.text]
        figures = any(c.isdigit() for cell in first for c in cell.text)
        height = int(len(first) > 1 and not figures and any(c.isdigit() for cell in later for c in cell.text))
    elif sum(bool(cell.text) for cell in cells if cell.row < height) < 2:
        height = 0  # a title in bold over the table
    if not height:
        return cells
    return [GridCell(c.row, c.column, c.text, header=True) if c.row < height else c for c in cells]


def join_tables(tables: Sequence[Table]) -> tuple[list[GridCell], list[int]]:
    """Return the cells of a table that goes on over pages, and the row that each further page begins with.

    Rows of the header that a further page repeats are left out. A first row
    whose first cell is empty and that begins in small letters goes on with
    the last row of the page before; the page begins with the row after it.
    """
    cells = list(tables[0].cells)
    if len(tables) == 1:
        return cells, []
    head = _rows(cells)
    starts: list[int] = []
    for table in tables[1:]:
        rows = _rows(table.cells)
        repeated = 0
        while repeated < min(_MAX_HEADER, len(rows) - 1, len(head)) and rows[repeated] == head[repeated]:
            repeated += 1
        fresh = [cell for cell in table.cells if cell.row >= repeated]
        last = max(cell.row for cell in cells)
        if _goes_on([c for c in cells if c.row == last], [c for c in fresh if c.row == repeated]):
            rest = {c.column: c.text for c in fresh if c.row == repeated}
            cells = [
                GridCell(c.row, c.column, f"{c.text}\n{rest[c.column]}".strip(), c.header)
                if c.row == last and c.column in rest
                else c
                for c in cells
            ]
            fresh = [cell for cell in fresh if cell.row > repeated]
            repeated += 1
        starts.append(last + 1)
        cells += [GridCell(c.row - repeated + last + 1, c.column, c.text) for c in fresh]
    return cells, starts


def _goes_on(last: Sequence[GridCell], first: Sequence[GridCell]) -> bool:
    """Tell whether the first row of a page goes on with the cells of the last row of the page before."""
    filled = [cell for cell in first if cell.text]
    columns = {cell.column for cell in last if cell.text}
    if not filled or len(filled) == len(first) or any(cell.column not in columns for cell in filled):
        return False
    return all(cell.text[0].islower() or cell.text[0] in "(,;" for cell in filled)


def _rows(cells: Sequence[GridCell]) -> list[list[str]]:
    rows: dict[int, list[str]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(fold(cell.text))
    return [rows[row] for row in sorted(rows)]
