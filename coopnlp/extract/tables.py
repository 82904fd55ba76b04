"""Tables that ruling lines draw: words into the cells of a grid."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from coopnlp.extract.builder import GridCell
from coopnlp.extract.fragments import Line, Table, cut_fragments, join_words, to_rows
from coopnlp.extract.grids import Field, find_grids
from coopnlp.extract.headers import mark_header
from coopnlp.extract.pdf_rules import Rule
from coopnlp.extract.pdf_words import Word

__all__ = ["find_tables"]

#: No column is narrower than two letters: double rules and shadows make such slivers.
_NARROW = 8.0
#: A « table » one cell of which holds this many words and over half the words of all is a page frame
#: or a box around text.
_MAX_CELL_WORDS = 120
_VALUE = re.compile(r"^[-+]?\d[\d\s\u00a0\u202f.,/]*(?:\s?(?:€|\$|F|k€|M€|M\$|%|euros?|h|km|ans?))?$|^[-–—]$")
#: What alone a word of a value may hold: most cells are told apart from values by their first word.
_IN_VALUE = re.compile(r"[-+–—\d\s.,/€$%FMkaehimnorsu\u00a0\u202f]*$")
#: A field of the grid that holds this many values below each other holds as many rows.
_MIN_VALUES = 3


def find_tables(words: Sequence[Word], rules: Sequence[Rule]) -> tuple[list[Line], list[Word]]:
    """Return the ruled tables of a page as lines, and the words that lie in none of them."""
    rest = list(words)
    lines: list[Line] = []
    for fields in find_grids(rules):
        found = _fill(_without_banners(fields), rest)
        if found is not None:
            line, rest = found
            lines.append(line)
    return lines, rest


def _fill(fields: Sequence[Field], words: Sequence[Word]) -> tuple[Line, list[Word]] | None:
    """Put words into the cells; None where the boxes are no table of text."""
    x0, top = min([f.x0 for f in fields]), min([f.top for f in fields])
    x1, bottom = max([f.x1 for f in fields]), max([f.bottom for f in fields])
    levels = sorted({f.top for f in fields})
    bands: list[list[Field]] = [[] for _ in levels]
    for f in fields:
        for level in range(bisect_left(levels, f.top - 1), bisect_left(levels, f.bottom - 1)):
            bands[level].append(f)
    held: dict[Field, list[Word]] = {}
    rest: list[Word] = []
    home: Field | None = None
    inside = rest  # what is in the same field as the word before
    left, high, right, low = 0.0, 0.0, 0.0, 0.0
    for word in words:
        x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
        if home is not None and left <= x <= right and high <= y <= low:
            inside.append(word)
            continue
        if not (x0 - 1 <= x <= x1 + 1 and top - 1 <= y <= bottom + 1):
            rest.append(word)
            continue
        home = None
        for f in bands[max(0, bisect_right(levels, y) - 1)]:
            if f.x0 - 1 <= x <= f.x1 + 1 and f.top - 1 <= y <= f.bottom + 1:
                home = f
                break
        if home is None:
            rest.append(word)
            continue
        left, high, right, low = home.x0 - 1, home.top - 1, home.x1 + 1, home.bottom + 1
        inside = held.setdefault(home, [])
        inside.append(word)
    if len({f.column for f in held if f.x1 - f.x0 > _NARROW}) < 2:
        return None
    most, total = max(map(len, held.values())), sum(map(len, held.values()))
    if most > _MAX_CELL_WORDS and most * 2 > total:
        return None
    places, row_tops = _rows(fields, held)
    if len({row for (row, _), inside in places.items() if inside}) < 2:
        return None
    cells = [
        GridCell(row, column, join_words(inside) if inside else "") for (row, column), inside in sorted(places.items())
    ]
    plain = {row for (row, _), inside in places.items() if False in [word.bold for word in inside]}
    bold = {row for row, _ in places} - plain
    cells, bold = _without_empty(cells, bold)
    spans = {f.row for f in fields if f.last_column > f.column and held.get(f)}
    size = max(word.size for inside in held.values() for word in inside)
    sides = tuple(sorted({round(f.x0, 1) for f in held}))
    cells = mark_header(cells, bold)
    if 0 in spans and any(c.header for c in cells) and not row_tops:
        cells = _with_second_row(cells)
    table = Table(cells, max(c.column for c in cells) + 1, 0 in bold, sides)
    return Line("", x0, top, x1, bottom, size, table=table), rest


def _without_banners(fields: Sequence[Field]) -> Sequence[Field]:
    """Leave out first rows that are one cell over all columns: the title of the table, or text in a box above it."""
    left, right = min(f.x0 for f in fields), max(f.x1 for f in fields)
    drop: set[int] = set()
    for row in sorted({f.row for f in fields}):
        here = [f for f in fields if f.row == row and f.x1 - f.x0 > _NARROW]
        if len(here) != 1 or here[0].x0 > left + _NARROW or here[0].x1 < right - _NARROW:
            break
        drop.add(row)
    kept = [f for f in fields if f.row not in drop]
    return kept if len(kept) > 1 else fields


def _with_second_row(cells: list[GridCell]) -> list[GridCell]:
    """Mark the second row of a header too, where a cell of the first lies over several columns."""
    second = [c for c in cells if c.row == 1]
    last = max(c.row for c in cells)
    if last < 2 or any(ch.isdigit() for c in second for ch in c.text if not re.fullmatch(r"(?:19|20)\d\d", c.text)):
        return cells
    return [GridCell(c.row, c.column, c.text, header=c.header or c.row == 1) for c in cells]


def _rows(fields: Sequence[Field], held: dict[Field, list[Word]]) -> tuple[dict[tuple[int, int], list[Word]], bool]:
    """Return the words of each row and column; rows that no rule parts are parted by the values in them.

    True where any were.
    """
    columns: dict[int, int] = {}
    number, last = -1, None
    for f in sorted(fields, key=lambda f: (f.column, f.x0)):
        if f.column not in columns:
            if last is None or f.x0 - last > _NARROW:
                number += 1
            columns[f.column], last = number, f.x0
    edges: dict[int, tuple[float, float]] = {f.column: (f.x0, f.x1) for f in fields if f.column == f.last_column}
    places: dict[tuple[int, int], list[Word]] = {}
    shift, parted = 0, False
    by_row: dict[int, list[Field]] = {}
    for f in fields:
        by_row.setdefault(f.row, []).append(f)
    for row, here in sorted(by_row.items()):
        bands = _bands([held.get(f, []) for f in here]) if all(f.last_row == row for f in here) else []
        for f in here:
            words = held.get(f, [])
            place = places.setdefault((row + shift, columns[f.column]), [])
            if f.last_column > f.column and not bands:
                for column, inside in _spread(f, words, edges):
                    places.setdefault((row + shift, columns[column]), []).extend(inside)
                continue
            if not bands:
                place += words
                continue
            for word in words:
                middle = (word.top + word.bottom) / 2
                band = max(0, sum(y <= middle for y in bands) - 1)
                places.setdefault((row + shift + band, columns[f.column]), []).append(word)
            for band in range(1, len(bands)):
                places.setdefault((row + shift + band, columns[f.column]), [])
        if bands:
            shift, parted = shift + len(bands) - 1, True
    # where cells were merged, the others that they cover are there and empty
    for row in {row for row, _ in places}:
        for column in range(number + 1):
            places.setdefault((row, column), [])
    return places, parted


def _spread(field: Field, words: list[Word], edges: dict[int, tuple[float, float]]) -> list[tuple[int, list[Word]]]:
    """Return what stands in a cell over several columns as one, or by column where every piece lies within one."""
    if len(words) < 2:
        return [(field.column, words)]
    found: dict[int, list[Word]] = {}
    for fragment in cut_fragments(words):
        home = [
            column
            for column, (x0, x1) in edges.items()
            if field.column <= column <= field.last_column and x0 - 2 <= fragment.x0 and fragment.x1 <= x1 + 2
        ]
        if not home:
            return [(field.column, words)]
        found.setdefault(home[0], []).extend(fragment.words)
    return sorted(found.items())


def _bands(cells: Sequence[list[Word]]) -> list[float]:
    """Return where the rows begin in a row of fields, in points; none where it is one row.

    Its columns of values have one value a row, on the first line of the row.
    """
    starts: list[float] = []
    columns = 0
    for words in cells:
        if len(words) < _MIN_VALUES or not all(_IN_VALUE.match(word.text) for word in words):
            continue
        lines = to_rows(cut_fragments(words))
        if len(lines) < _MIN_VALUES:
            continue
        values = [line for line in lines if _VALUE.match(" ".join(f.text for f in line))]
        if len(values) == len(lines):
            columns += 1
            tops = [min(f.top for f in line) for line in lines]
            starts = tops if len(tops) > len(starts) else starts
    if not columns or len(cells) < 2:
        return []
    return [top - 2 for top in starts]


def _without_empty(cells: list[GridCell], bold: set[int]) -> tuple[list[GridCell], set[int]]:
    """Drop rows and columns without text, and number the others anew."""
    rows = {n: i for i, n in enumerate(sorted({c.row for c in cells if c.text}))}
    columns = {n: i for i, n in enumerate(sorted({c.column for c in cells if c.text}))}
    if len(cells) == len(rows) * len(columns) and all(old == new for old, new in (*rows.items(), *columns.items())):
        return cells, bold
    kept = [GridCell(rows[c.row], columns[c.column], c.text) for c in cells if c.row in rows and c.column in columns]
    return kept, {rows[row] for row in bold if row in rows}
