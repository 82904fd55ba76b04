"""The grid of a Word table: which cell stands in which row and column, merged cells once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from coopnlp.extract.docx_styles import is_on, number_of, qualified, value_of
from coopnlp.extract.docx_text import DELETED, children_of

__all__ = ["Row", "is_frame", "rows_of"]

_P, _TBL, _TR, _TC = (qualified(name) for name in ("p", "tbl", "tr", "tc"))
#: A row alone whose cells hold more paragraphs than this are columns of a page, not cells.
_MAX_PARAGRAPHS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its cells with their 0-based columns in the grid, without those that a merge covers."""

    cells: tuple[tuple[int, Any], ...]
    header: bool


def rows_of(table: Any) -> Iterator[Row]:
    """Yield the rows of a table, not those that were deleted, nor those of tables in it."""
    first_is_header = _first_row_is_header(table)
    for number, row in enumerate(_below(table, _TR)):
        properties = row.find(qualified("trPr"))
        header, column = number == 0 and first_is_header, 0
        if properties is not None:
            if any(properties.find(tag) is not None for tag in DELETED):
                continue
            header = header or is_on(properties.find(qualified("tblHeader"))) is True
            column = max(0, number_of(properties.find(qualified("gridBefore")), 0))
        cells: list[tuple[int, Any]] = []
        for cell in _below(row, _TC):
            width, covered = _place(cell)
            if not covered:
                cells.append((column, cell))
            column += width
        yield Row(tuple(cells), header)


def is_frame(rows: list[Row]) -> bool:
    """Tell whether a table only places text: one cell, one column of whole passages, or columns of a page."""
    filled = [cell for row in rows for _, cell in row.cells if _has_content(cell)]
    if len(filled) <= 1:
        return True
    many = any(sum(map(_has_content, _below(cell, _P))) > _MAX_PARAGRAPHS for cell in filled)
    nested = any(next(_below(cell, _TBL), None) is not None for cell in filled)
    one_column = all(len(row.cells) == 1 for row in rows)
    return (one_column and (many or nested)) or (len(rows) == 1 and many)


def _below(parent: Any, tag: str) -> Iterator[Any]:
    """Yield elements of a tag through content controls and changes, not inside each other or inside tables."""
    for child in children_of(parent):
        if child.tag == tag:
            yield child
        elif child.tag not in (_TBL, _P, *DELETED) and not child.tag.endswith("Pr"):
            yield from _below(child, tag)


def _place(cell: Any) -> tuple[int, bool]:
    """Return how many columns a cell takes, and whether the cell above or before it covers it."""
    properties = cell.find(qualified("tcPr"))
    if properties is None:
        return 1, False
    covered = properties.find(qualified("cellDel")) is not None
    for name in ("vMerge", "hMerge"):
        merge = properties.find(qualified(name))
        covered = covered or (merge is not None and value_of(merge, "continue") != "restart")
    return max(1, number_of(properties.find(qualified("gridSpan")), 1)), covered


def _has_content(element: Any) -> bool:
    """Tell whether an element holds words."""
    return any((text.text or "").strip() for text in element.iter(qualified("t")))


def _first_row_is_header(table: Any) -> bool:
    """Tell whether the table's style sets the first row off, and there is another."""
    look = table.find(f"{qualified('tblPr')}/{qualified('tblLook')}")
    if look is None or len(list(_below(table, _TR))) < 2:
        return False
    first = look.get(qualified("firstRow"))
    if first is not None:
        return first in ("1", "true", "on")
    try:
        return bool(int(value_of(look, "0"), 16) & 0x20)  # ECMA-376, 17.4.56
    except ValueError:
        return False
