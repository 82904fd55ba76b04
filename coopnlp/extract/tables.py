"""Tables that ruling lines draw: pdfplumber's geometry over pdfium's rules and words.

pdfplumber finds cells from edges better than anything of ours would; its own
reading of a page takes 90 ms, pdfium's 6 ms. So its functions on edges run over
the rules that pdfium gives, and only on pages that have some.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coopnlp.extract.builder import GridCell
from coopnlp.extract.layout import Line, Table, join_words
from coopnlp.extract.pdf_words import Rule, Word

__all__ = ["find_tables", "join_tables", "mark_header"]

_SNAP = 3.0  # pdfplumber's defaults, in points
#: No column is narrower than two letters: double rules and shadows make such slivers.
_NARROW = 8.0
#: Pages with more rules are drawings or maps.
_MAX_RULES = 6_000
#: What finding cells takes grows with the square of the crossings: 20 s for as many as these. A
#: hundred rows of forty columns have 4,000.
_MAX_CROSSINGS = 20_000
#: A « table » one cell of which holds this many words and over half the words of all is a page frame
#: or a box around text.
_MAX_CELL_WORDS = 120


def find_tables(words: Sequence[Word], rules: Sequence[Rule]) -> tuple[list[Line], list[Word]]:
    """Return the tables of a page as lines, and the words that lie in none of them."""
    rest = list(words)
    lines: list[Line] = []
    for boxes in _grids(rules):
        found = _fill(boxes, rest)
        if found is None:
            continue
        line, rest = found
        lines.append(line)
    return lines, rest


def mark_header(cells: list[GridCell], bold_rows: set[int] | None = None) -> list[GridCell]:
    """Mark the first row as header where it is bold, or holds no figure while later rows do."""
    first = [cell for cell in cells if cell.row == 0 and cell.text]
    later = [cell for cell in cells if cell.row > 0]
    figures = any(c.isdigit() for cell in first for c in cell.text)
    later_figures = any(c.isdigit() for cell in later for c in cell.text)
    is_header = later and len(first) > 1 and ((bold_rows and 0 in bold_rows) or (not figures and later_figures))
    if not is_header:
        return cells
    return [GridCell(c.row, c.column, c.text, header=c.row == 0) for c in cells]


def join_tables(tables: Sequence[Table]) -> tuple[list[GridCell], list[int]]:
    """Return the cells of a table that goes on over pages, and the row that each further page begins with.

    Rows of the header that a further page repeats are left out.
    """
    cells = list(tables[0].cells)
    head = _rows(cells)
    starts: list[int] = []
    for table in tables[1:]:
        rows = _rows(table.cells)
        repeated = 0
        while repeated < min(2, len(rows) - 1, len(head)) and rows[repeated] == head[repeated]:
            repeated += 1
        at = max(cell.row for cell in cells) + 1
        starts.append(at)
        cells += [GridCell(c.row - repeated + at, c.column, c.text) for c in table.cells if c.row >= repeated]
    return cells, starts


def _rows(cells: Sequence[GridCell]) -> list[list[str]]:
    rows: dict[int, list[str]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(" ".join(cell.text.split()))
    return [rows[row] for row in sorted(rows)]


def _grids(rules: Sequence[Rule]) -> list[list[tuple[float, float, float, float]]]:
    """Return tables, each a list of cell boxes."""
    lying = [rule for rule in rules if rule.horizontal]
    if len(lying) < 3 or len(rules) - len(lying) < 3 or len(rules) > _MAX_RULES:
        return []
    from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

    edges = merge_edges([_edge(rule) for rule in rules], _SNAP, _SNAP, _SNAP, _SNAP)
    edges += _missing_ends(edges)
    across = sum(edge["orientation"] == "h" for edge in edges)
    if across * (len(edges) - across) > _MAX_CROSSINGS:
        return []
    cells = intersections_to_cells(edges_to_intersections(edges, _SNAP, _SNAP))
    return [table for table in cells_to_tables(cells) if len(table) >= 4]


def _missing_ends(edges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Close tables that a page border cuts: their first or last row has sides but no rule at the end.

    A side's end is closed only under a rule of the table that is as wide.
    """
    lying = [e for e in edges if e["orientation"] == "h"]
    sides = [e for e in edges if e["orientation"] == "v" and e["height"] > 2 * _SNAP]
    closing: list[dict[str, Any]] = []
    for end in ("top", "bottom"):
        level: list[dict[str, Any]] = []
        for side in [*sorted(sides, key=lambda e: float(e[end])), None]:
            if side is not None and (not level or side[end] - level[0][end] <= _SNAP):
                level.append(side)
                continue
            y, x0, x1 = level[0][end], min(e["x0"] for e in level), max(e["x1"] for e in level)
            low, high = min(e["top"] for e in level), max(e["bottom"] for e in level)
            if len(level) > 1 and any(
                e["x0"] <= x0 + _SNAP and e["x1"] >= x1 - _SNAP and low - _SNAP <= e["top"] <= high + _SNAP
                for e in lying
            ):
                closing.append(_edge(Rule(x0, y, x1, y)))
            level = [] if side is None else [side]
        if not sides:
            break
    return closing


def _edge(rule: Rule) -> dict[str, Any]:
    return {
        "x0": rule.x0,
        "x1": rule.x1,
        "top": rule.top,
        "bottom": rule.bottom,
        "width": rule.x1 - rule.x0,
        "height": rule.bottom - rule.top,
        "orientation": "h" if rule.horizontal else "v",
        "object_type": "line",
    }


def _fill(boxes: list[tuple[float, float, float, float]], words: Sequence[Word]) -> tuple[Line, list[Word]] | None:
    """Put words into the cells; None where the boxes are no table of text."""
    x0, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    x1, bottom = max(b[2] for b in boxes), max(b[3] for b in boxes)
    columns = _steps([b[0] for b in boxes], _NARROW)
    heights = _steps([b[1] for b in boxes], _SNAP)
    held: dict[tuple[float, float, float, float], list[Word]] = {box: [] for box in boxes}
    rest: list[Word] = []
    for word in words:
        x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
        home = None
        if x0 - 1 <= x <= x1 + 1 and top - 1 <= y <= bottom + 1:
            home = next((b for b in boxes if b[0] - 1 <= x <= b[2] + 1 and b[1] - 1 <= y <= b[3] + 1), None)
        if home is None:
            rest.append(word)
        else:
            held[home].append(word)
    filled = {box: inside for box, inside in held.items() if inside}
    if len({heights[b[1]] for b in filled}) < 2 or len({columns[b[0]] for b in filled}) < 2:
        return None
    most, total = max(map(len, filled.values())), sum(map(len, filled.values()))
    if most > _MAX_CELL_WORDS and most * 2 > total:
        return None
    places: dict[tuple[int, int], list[Word]] = {}
    for box in boxes:
        places.setdefault((heights[box[1]], columns[box[0]]), []).extend(held[box])
    cells = [GridCell(row, column, join_words(places[row, column])) for row, column in sorted(places)]
    bold = {0} if all(w.bold for (row, _), inside in places.items() if row == 0 for w in inside) else set()
    cells = mark_header(_without_empty(cells), bold)
    size = max(word.size for inside in filled.values() for word in inside)
    line = Line("", x0, top, x1, bottom, size, table=Table(cells, max(c.column for c in cells) + 1, bool(bold)))
    return line, rest


def _steps(values: Sequence[float], tolerance: float) -> dict[float, int]:
    """Number the distinct values upwards; a value close to the one before it is the same."""
    numbers: dict[float, int] = {}
    last, number = None, -1
    for value in sorted(set(values)):
        if last is None or value - last > tolerance:
            number += 1
        numbers[value] = number
        last = value
    return numbers


def _without_empty(cells: list[GridCell]) -> list[GridCell]:
    """Drop rows and columns without text, and number the others anew."""
    rows = {n: i for i, n in enumerate(sorted({c.row for c in cells if c.text}))}
    columns = {n: i for i, n in enumerate(sorted({c.column for c in cells if c.text}))}
    return [GridCell(rows[c.row], columns[c.column], c.text) for c in cells if c.row in rows and c.column in columns]
