"""Tables without ruling lines: three columns and more, told by what stands under each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from coopnlp.extract.builder import GridCell
from coopnlp.extract.fragments import Fragment, Line, Table, is_figure, join_words
from coopnlp.extract.headers import mark_header

__all__ = ["find_aligned", "is_column_of_prose"]

_MIN_COLUMNS = 3
#: Rows that fill three columns at least: three, or two where a column holds figures.
_MIN_FULL_ROWS = 3
#: White space between two rows of one table, in heights of a row.
_MAX_ROW_GAP = 2.2
#: Columns stand this many ems apart.
_MIN_GAP = 0.5
#: Half of the lines of a column of prose and more fill it to this share, and have this many characters.
_FILL = 0.82
_FULL_LINES = 0.55
_PROSE_CHARS = 18
_BULLET = re.compile(r"^(?:[-–—•·▪■□◦*➢✓]|\(?(?:\d{1,2}|[a-zA-Z])[.)])$")

_Slot = tuple[float, float]


@dataclass(slots=True)
class _Row:
    fragments: list[Fragment]
    top: float
    bottom: float
    base: float


def find_aligned(
    fragments: Sequence[Fragment], lines: Sequence[list[Fragment]]
) -> tuple[list[Fragment], list[Fragment]]:
    """Return the borderless tables among fragments, and the fragments that are in none.

    ``lines`` are the fragments that are no table, by row.
    """
    if sum([len(line) >= _MIN_COLUMNS for line in lines]) < _MIN_FULL_ROWS - 1:
        return [], list(fragments)
    rows = [
        _Row(row, min([f.top for f in row]), max([f.bottom for f in row]), row[0].base)
        for row in map(_with_bullets, lines)
    ]
    if sum(len(row.fragments) >= _MIN_COLUMNS for row in rows) < _MIN_FULL_ROWS - 1:
        return [], list(fragments)
    barriers = [f.top for f in fragments if f.table is not None]
    tables: list[Fragment] = []
    used: set[int] = set()
    at = 0
    while at < len(rows):
        if len(rows[at].fragments) < _MIN_COLUMNS:
            at += 1
            continue
        found = _table_from(rows, at, barriers)
        if found is None:
            at += 1
            continue
        table, at, members = found
        tables.append(table)
        used.update(id(word) for f in members for word in f.words)
    if not tables:
        return [], list(fragments)
    return tables, [f for f in fragments if f.table is not None or id(f.words[0]) not in used]


def is_column_of_prose(fragments: Sequence[Fragment], left: float, right: float) -> bool:
    """Tell whether fragments are lines of running text set in a column."""
    if len(fragments) < 3:
        return False
    full = sum(f.x1 - left >= _FILL * (right - left) for f in fragments)
    return full >= _FULL_LINES * len(fragments) and median([f.chars for f in fragments]) >= _PROSE_CHARS


def _with_bullets(row: list[Fragment]) -> list[Fragment]:
    """Put a bullet or a number before the words that it stands before."""
    if len(row) > 1 and len(row[0].words) == 1 and _BULLET.match(row[0].words[0].text):
        return [Fragment([*row[0].words, *row[1].words]), *row[2:]]
    return row


def _table_from(rows: list[_Row], start: int, barriers: Sequence[float]) -> tuple[Fragment, int, list[Fragment]] | None:
    """Return the table that begins at a row (or just above it), the row after it, and its fragments."""
    stop = start + 1
    while stop < len(rows) and _goes_on(rows[stop - 1], rows[stop], barriers):
        stop += 1
    wide = Counter(len(row.fragments) for row in rows[start:stop] if len(row.fragments) >= _MIN_COLUMNS)
    if sum(wide.values()) < 2:
        return None
    usual = max(wide, key=lambda n: (wide[n], n))
    full = [row for row in rows[start:stop] if len(row.fragments) == usual]
    slots = _slots(full)
    if len(slots) < _MIN_COLUMNS:
        return None
    begin, end = start, start
    placed: list[list[list[Fragment]]] = []
    for number in range(start, stop):
        places = _place(rows[number], slots)
        if places is None:
            if placed and sum(bool(cell) for cell in placed[-1]) >= 2:
                break
            placed, begin = [], number + 1
            continue
        placed.append(places)
        end = number + 1
    while placed and not _may_end(placed[-1], rows[end - 1], rows[end - 2] if end - begin > 1 else None):
        placed.pop()
        end -= 1
    if begin > start and begin < stop and len(rows[begin].fragments) < 2:
        return None
    many = [places for places in placed if sum(bool(cell) for cell in places) >= _MIN_COLUMNS]
    figures = any(_is_figures([p[i] for p in placed]) for i in range(1, len(slots)))
    if len(many) < _MIN_FULL_ROWS - figures:
        return None
    columns = [[f for places in placed for f in places[i]] for i in range(len(slots))]
    if sum(is_column_of_prose(column, *slot) for column, slot in zip(columns, slots, strict=True)) >= 2 and not figures:
        return None
    table = _build(rows[begin:end], placed, slots)
    return table, end, [f for places in placed for cell in places for f in cell]


def _goes_on(before: _Row, row: _Row, barriers: Sequence[float]) -> bool:
    height = max(1.0, before.bottom - before.top)
    if row.top - before.bottom > _MAX_ROW_GAP * height:
        return False
    return not any(before.base <= y <= row.base for y in barriers)


def _slots(rows: Sequence[_Row]) -> list[_Slot]:
    """Return the columns that the fragments of rows stand in, from left to right."""
    fragments = sorted((f for row in rows for f in row.fragments), key=lambda f: f.x0)
    slots: list[_Slot] = []
    for f in fragments:
        if slots and f.x0 < slots[-1][1] + _MIN_GAP * 0.5 * max(1.0, f.size):
            slots[-1] = (slots[-1][0], max(slots[-1][1], f.x1))
        else:
            slots.append((f.x0, f.x1))
    return slots


def _place(row: _Row, slots: Sequence[_Slot]) -> list[list[Fragment]] | None:
    """Put the fragments of a row into columns; None where one lies over two, or beyond them."""
    places: list[list[Fragment]] = [[] for _ in slots]
    for f in row.fragments:
        shared = [min(f.x1, x1) - max(f.x0, x0) for x0, x1 in slots]
        touched = [i for i, s in enumerate(shared) if s > 0.5 * f.size]
        if len(touched) > 1:
            return None
        if not touched:
            # between two columns: the nearer one, if it is near
            distance, best = min((max(x0 - f.x1, f.x0 - x1), i) for i, (x0, x1) in enumerate(slots))
            if distance > 3 * f.size:
                return None
            touched = [best]
        elif f.x1 - f.x0 > slots[touched[0]][1] - slots[touched[0]][0] + 6 * f.size:
            return None
        places[touched[0]].append(f)
    return places


def _may_end(places: list[list[Fragment]], row: _Row, before: _Row | None) -> bool:
    """Tell whether a row may be the last of a table: it fills two columns, or goes on with a cell close above it."""
    if sum(bool(cell) for cell in places) >= 2:
        return True
    return before is not None and row.base - before.base < 1.35 * row.fragments[0].size


def _is_figures(cells: Sequence[list[Fragment]]) -> bool:
    texts = [f.text for cell in cells for f in cell]
    return len(texts) >= 2 and sum(map(is_figure, texts)) >= 0.6 * len(texts)


def _build(rows: Sequence[_Row], placed: list[list[list[Fragment]]], slots: Sequence[_Slot]) -> Fragment:
    kept: list[list[list[Fragment]]] = []
    for number, joins in enumerate(_joins(rows, placed, slots)):
        if joins and kept:
            for cell, more in zip(kept[-1], placed[number], strict=True):
                cell.extend(more)
        else:
            kept.append([list(cell) for cell in placed[number]])
    cells: list[GridCell] = []
    bold: set[int] = set()
    for row, places in enumerate(kept):
        words = [[word for f in cell for word in f.words] for cell in places]
        cells += [GridCell(row, column, join_words(inside) if inside else "") for column, inside in enumerate(words)]
        if all(word.bold for inside in words for word in inside):
            bold.add(row)
    fragments = [f for places in kept for cell in places for f in cell]
    line = Line(
        "",
        min(f.x0 for f in fragments),
        min(f.top for f in fragments),
        max(f.x1 for f in fragments),
        max(f.bottom for f in fragments),
        median([f.size for f in fragments]),
        table=Table(
            mark_header(cells, bold), len(slots), 0 in bold, tuple(round(x0, 1) for x0, _ in slots), ruled=False
        ),
    )
    return Fragment([], line)


def _joins(rows: Sequence[_Row], placed: list[list[list[Fragment]]], slots: Sequence[_Slot]) -> list[bool]:
    """Tell of each line of a table whether it goes on with the row above it."""
    filled = [sum(bool(cell) for cell in places) for places in placed]
    most = max(filled)
    pitches = [b.base - a.base for a, b in pairwise(rows)]
    size = median([f.size for row in rows for f in row.fragments])
    between = [p for p, n in zip(pitches, filled[1:], strict=True) if n == most]
    usual = median(between) if between else 0.0
    anchors = [i for i in range(len(slots)) if _is_figures([places[i] for places in placed])]
    joins = [False]
    for number in range(1, len(rows)):
        pitch = pitches[number - 1]
        here, above = placed[number], placed[number - 1]
        if pitch < 0.75 * size:
            joins.append(True)
        elif filled[number] == most or (anchors and any(here[i] for i in anchors)):
            joins.append(pitch < 0.8 * usual and not any(here[i] for i in anchors))
        elif pitch < 0.85 * usual:
            joins.append(True)
        else:
            # as far apart as rows are: the words go on where the cell above is full
            goes_on = all(
                above[i] and above[i][-1].x1 - slots[i][0] >= 0.65 * (slots[i][1] - slots[i][0])
                for i in range(len(slots))
                if here[i]
            )
            joins.append(goes_on and pitch < 1.4 * size and filled[number] < most)
    return joins
