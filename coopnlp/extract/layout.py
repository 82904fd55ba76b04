"""Words of a page to lines in reading order.

Words that follow each other on a line make a fragment; where a gutter parts a
page into columns of prose, the left column is read before the right one; what
lies on one height elsewhere is one line (labels and figures set with tabs are
read across).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coopnlp.extract.builder import GridCell
    from coopnlp.extract.pdf_words import Word

__all__ = ["Line", "Table", "join_words", "read_lines"]

#: A gap wider than this many ems parts two fragments; justified text stays under it.
_MAX_WORD_GAP = 1.5
#: Columns are prose: three rows at least, half of them of 18 characters and more. Columns of
#: a table of names and amounts are narrower (reports and bulletins looked at: 25 and more).
_MIN_ROWS = 3
_MIN_CHARS = 18
#: A gutter lies in the middle 70 % of its region and is at least 0.8 em wide.
_MARGIN = 0.15
_MIN_GUTTER = 0.8


@dataclass(slots=True)
class Table:
    """A table found on a page, with the words of its cells; ``columns`` wide."""

    cells: list[GridCell]
    columns: int


@dataclass(slots=True)
class Line:
    """A line of text, or a table that stands where it stands.

    ``left`` and ``right`` are the borders of the column that holds the line;
    ``confidence`` is that of OCR, 0 to 100.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool = False
    left: float = 0.0
    right: float = 0.0
    table: Table | None = None
    page: int = 0
    confidence: float | None = None

    @property
    def middle(self) -> float:
        """Half its height."""
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class _Fragment:
    words: list[Word] = field(default_factory=list)
    x0: float = 0.0
    top: float = 0.0
    x1: float = 0.0
    bottom: float = 0.0
    table: Table | None = None
    chars: int = 0

    def append(self, word: Word) -> None:
        if not self.words:
            self.x0, self.top, self.x1, self.bottom = word.x0, word.top, word.x1, word.bottom
        else:
            self.x0, self.top = min(self.x0, word.x0), min(self.top, word.top)
            self.x1, self.bottom = max(self.x1, word.x1), max(self.bottom, word.bottom)
        self.words.append(word)
        self.chars += len(word.text) + 1


def read_lines(words: Sequence[Word], tables: Sequence[Line] = ()) -> list[Line]:
    """Return the lines of a page in reading order, tables in their place.

    ``tables`` are lines that hold a table; their words must not be among ``words``.
    """
    fragments = _fragments(words)
    for line in tables:
        fragments.append(
            _Fragment(x0=line.x0, top=line.top, x1=line.x1, bottom=line.bottom, table=line.table, chars=80)
        )
    return _read_region(fragments, depth=3)


def join_words(words: Sequence[Word]) -> str:
    """Return the text of words that lie in one place, rows top down, words from left to right."""
    return " ".join(_text(row) for row in _rows(words))


def _fragments(words: Sequence[Word]) -> list[_Fragment]:
    found: list[_Fragment] = []
    before: Word | None = None
    for word in words:
        em = max(1.0, word.size)
        follows = (
            before is not None
            and before.run == word.run
            and -0.5 * em <= word.x0 - before.x1 <= _MAX_WORD_GAP * em
            and min(before.bottom, word.bottom) - max(before.top, word.top) > 0
        )
        if not follows:
            found.append(_Fragment())
        found[-1].append(word)
        before = word
    return found


def _read_region(fragments: list[_Fragment], depth: int) -> list[Line]:
    """Read a region: zones of two columns column by column, the rest row by row."""
    gutter = _gutter(fragments) if depth and len(fragments) >= 2 * _MIN_ROWS else None
    if gutter is None:
        return _lines(fragments)
    lines: list[Line] = []
    for zone in _zones(fragments, gutter):
        left, right = [f for f in zone if f.x1 <= gutter], [f for f in zone if f.x0 >= gutter]
        if len(left) + len(right) == len(zone) and _is_prose(left) and _is_prose(right):
            lines += _read_region(left, depth - 1) + _read_region(right, depth - 1)
        else:
            lines += _lines(zone)
    return lines


def _gutter(fragments: list[_Fragment]) -> float | None:
    """Return the x of the gutter that the most fragments respect, None where there is none."""
    x0, x1 = min(f.x0 for f in fragments), max(f.x1 for f in fragments)
    em = median(f.bottom - f.top for f in fragments)
    bins = int(x1 - x0) + 2
    cover = [0] * (bins + 1)
    for f in fragments:
        cover[int(f.x0 - x0)] += 1
        cover[int(f.x1 - x0) + 1] -= 1
    for i in range(1, bins + 1):
        cover[i] += cover[i - 1]
    low, high = int(bins * _MARGIN), int(bins * (1 - _MARGIN))
    if low >= high:
        return None
    least = min(cover[low:high])
    best, begin = (0, 0), None
    for i in range(low, high + 1):
        if i < high and cover[i] <= least:
            begin = i if begin is None else begin
        elif begin is not None:
            best, begin = max(best, (i - begin, begin)), None
    wide, start = best
    if wide < _MIN_GUTTER * em * 0.8:
        return None
    gutter = x0 + start + wide / 2
    zones = _zones(fragments, gutter)
    for zone in zones:
        left, right = [f for f in zone if f.x1 <= gutter], [f for f in zone if f.x0 >= gutter]
        if len(left) + len(right) == len(zone) and _is_prose(left) and _is_prose(right):
            return gutter
    return None


def _zones(fragments: list[_Fragment], gutter: float) -> list[list[_Fragment]]:
    """Cut a region where the side changes between fragments that cross the gutter and others."""
    zones: list[list[_Fragment]] = []
    crossing_before: bool | None = None
    for f in sorted(fragments, key=lambda f: (f.top + f.bottom)):
        crossing = f.x0 < gutter < f.x1
        if crossing != crossing_before:
            zones.append([])
        zones[-1].append(f)
        crossing_before = crossing
    return zones


def _is_prose(fragments: list[_Fragment]) -> bool:
    if any(f.table for f in fragments):
        fragments = [f for f in fragments if not f.table]
    if len(fragments) < _MIN_ROWS:
        return False
    return median(f.chars for f in fragments) >= _MIN_CHARS


def _lines(fragments: list[_Fragment]) -> list[Line]:
    """Return the rows of a region without columns as lines."""
    if not fragments:
        return []
    left, right = min(f.x0 for f in fragments), max(f.x1 for f in fragments)
    lines = [
        Line("", f.x0, f.top, f.x1, f.bottom, 0.0, left=left, right=right, table=f.table)
        for f in fragments
        if f.table
    ]
    for row in _rows([word for f in fragments for word in f.words]):
        size = _dominant_size(row)
        lines.append(
            Line(
                text=_text(row),
                x0=row[0].x0,
                top=min(w.top for w in row),
                x1=max(w.x1 for w in row),
                bottom=max(w.bottom for w in row),
                size=size,
                bold=all(w.bold for w in row if any(c.isalnum() for c in w.text)),
                left=left,
                right=right,
            )
        )
    return sorted(lines, key=lambda line: (line.middle if line.table is None else line.top, line.x0))


def _rows(words: Sequence[Word]) -> list[list[Word]]:
    """Group words whose heights overlap by more than half; rows top down, words left to right.

    A word is compared with the band of the row's first word, so that a slanted
    row or an exponent does not pull the next row in.
    """
    rows: list[tuple[float, float, list[Word]]] = []
    for word in sorted(words, key=lambda w: (w.top + w.bottom, w.x0)):
        tall = word.bottom - word.top
        for at in range(len(rows) - 1, max(-1, len(rows) - 4), -1):
            top, bottom, members = rows[at]
            shared = min(bottom, word.bottom) - max(top, word.top)
            if shared > 0.5 * max(0.1, min(tall, bottom - top)):
                members.append(word)
                # the tallest word is the row's measure
                if tall > bottom - top:
                    rows[at] = (word.top, word.bottom, members)
                break
        else:
            rows.append((word.top, word.bottom, [word]))
    return [sorted(members, key=lambda w: w.x0) for _, _, members in rows]


def _text(row: Sequence[Word]) -> str:
    """Return the words of a row as text; words that touch, as letters set apart do, stay one."""
    parts: list[str] = []
    before: Word | None = None
    for word in row:
        if before is not None:
            touching = word.run != before.run and -0.3 * word.size < word.x0 - before.x1 < 0.05 * word.size
            parts.append("" if touching else word.glue)
        parts.append(word.text)
        before = word
    return "".join(parts)


def _dominant_size(row: Sequence[Word]) -> float:
    weights: dict[float, int] = {}
    for word in row:
        weights[word.size] = weights.get(word.size, 0) + len(word.text)
    return max(weights, key=lambda size: (weights[size], size))
