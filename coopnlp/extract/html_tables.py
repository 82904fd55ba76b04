"""Tables in the tree of a web page: of data, of labels and values, or only of places on the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from coopnlp.extract.builder import GridCell
from coopnlp.extract.html_labels import MAX_LABEL, has_label_class
from coopnlp.extract.html_text import HEADINGS, is_document_link, one_line, words_in

__all__ = ["grid_cells", "is_layout", "is_link_list", "is_record", "menu_cells"]

#: Share of words in links from which on a cell is a menu; the headings of its parts are the rest.
_MENU_SHARE = 0.7
#: Spans are looked at up to here; a page with more columns is broken.
_MAX_COLUMNS = 1000
#: Words outside links that make the rest of a page worth more than its menus: a sentence.
_TEXT_WORDS = 12


def is_record(grid: list[list[Any]]) -> bool:
    """Tell whether a table lists labels and values: two columns, labels marked as such."""
    pairs = [row for row in grid if len(row) == 2]
    if len(pairs) < 2 or len(pairs) < 0.7 * len(grid) or any(len(row) > 2 for row in grid):
        return False
    marked = 0
    for first, second in pairs:
        text = one_line(first)
        if len(text) > MAX_LABEL or (first.tag == "th" and second.tag == "th"):
            return False
        bold = all(c.tag in ("b", "strong", "label") for c in first) and len(first) > 0
        label = first.tag == "th" or text.endswith(":") or bold or has_label_class(first)
        marked += bool(label) or not text
    return marked >= 0.6 * len(pairs)


def is_layout(table: Any, grid: list[list[Any]]) -> bool:
    """Tell whether a table only places things on the page."""
    if table.get("role") == "presentation" or next(table.iterdescendants("table"), None) is not None:
        return True
    if not any(len(row) > 1 for row in grid) or (len(grid) == 1 and all(c.tag == "td" for c in grid[0])):
        return True
    cells = [cell for row in grid for cell in row]
    if any(child.tag in HEADINGS or child.tag == "form" for cell in cells for child in cell.iterdescendants()):
        return True
    longest = max((len(one_line(cell)) for cell in cells), default=0)
    return longest > 600 and len(grid) <= 3


def menu_cells(grid: list[list[Any]]) -> list[Any]:
    """Return the cells of a layout table that are menus: short links and little else, beside text.

    Three links at least, of five words at most each on average: longer ones are titles of
    documents, which may be what the page is for. Where no text stands beside them they are
    what the page is for, too.
    """
    found, text = [], 0
    for row in grid:
        for cell in row:
            words, linked, links = _words(cell)
            if links >= 3 and linked >= _MENU_SHARE * words and linked <= 5 * links:
                found.append(cell)
            else:
                text += words - linked
    return found if text >= _TEXT_WORDS else []


def is_link_list(grid: list[list[Any]]) -> bool:
    """Tell whether a table of one column, or of one row, is a menu: three short links at least and little else."""
    if len(grid) > 1 and any(len(row) > 1 for row in grid):
        return False
    counts = [_words(cell) for row in grid for cell in row]
    words, linked, links = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0)
    return links >= 3 and linked >= _MENU_SHARE * words and linked <= 5 * links


def _words(element: Any) -> tuple[int, int, int]:
    """Return the words of an element, those in links, and the links."""
    found = [words_in(one_line(link)) for link in element.iter("a") if not is_document_link(link)]
    links = [count for count in found if count]
    return words_in(one_line(element)), sum(links), len(links)


def grid_cells(grid: list[list[Any]]) -> Iterator[GridCell]:
    """Yield cells at their place in the grid, with regard to cells that span rows and columns."""
    taken: dict[int, int] = {}  # the row from which a column is free again
    for number, row in enumerate(grid):
        header = all(cell.tag == "th" for cell in row)
        column = 0
        for cell in row:
            while column < _MAX_COLUMNS and taken.get(column, 0) > number:
                column += 1
            wide, tall = _span(cell, "colspan"), _span(cell, "rowspan")
            if tall > 1:
                taken.update(dict.fromkeys(range(column, column + wide), number + tall))
            yield GridCell(number, column, one_line(cell), header=header)
            column += wide


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    # browsers cap colspan at 1000 (HTML Standard, 4.9.11); pages with more are mistakes
    return min(max(int(value), 1), 100) if value.isascii() and value.isdigit() else 1
