"""Words of a page to lines in reading order.

Words that follow each other on a line make a fragment; where a gutter parts a
page into columns of prose, the left column is read before the right one; what
lies on one height elsewhere is one line (labels and figures set with tabs are
read across).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coopnlp.extract.builder import GridCell
    from coopnlp.extract.pdf_words import Rule, Word

__all__ = ["Line", "Table", "join_words", "read_lines"]

#: A gap wider than this many ems parts two fragments; justified text stays under it.
_MAX_WORD_GAP = 1.5
#: Columns are prose: three rows at least, half of them of 18 characters and more. Columns of
#: a table of names and amounts are narrower (reports and bulletins looked at: 25 and more).
_MIN_ROWS = 3
_MIN_CHARS = 18
#: A gutter lies in the middle 84 % of its region and is at least 0.8 em wide.
_MARGIN = 0.08
_MIN_GUTTER = 0.8
#: An upright rule as tall as five lines parts columns; shorter ones are ornaments.
_TALL = 60.0
_MARKER = re.compile(r"^(?:\(?\d{1,3}[.)°-]*|[-–—•·▪*])$")


@dataclass(slots=True)
class Table:
    """A table found on a page, with the words of its cells; ``columns`` wide.

    ``bold_head``: its first row is all in bold.
    """

    cells: list[GridCell]
    columns: int
    bold_head: bool = False


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

    @property
    def base(self) -> float:
        """The lower edge of most of its words: an exponent or a footnote mark stands higher."""
        return median(word.bottom for word in self.words)

    def append(self, word: Word) -> None:
        if not self.words:
            self.x0, self.top, self.x1, self.bottom = word.x0, word.top, word.x1, word.bottom
        else:
            self.x0, self.top = min(self.x0, word.x0), min(self.top, word.top)
            self.x1, self.bottom = max(self.x1, word.x1), max(self.bottom, word.bottom)
        self.words.append(word)
        self.chars += len(word.text) + 1


def read_lines(words: Sequence[Word], tables: Sequence[Line] = (), rules: Sequence[Rule] = ()) -> list[Line]:
    """Return the lines of a page in reading order, tables in their place.

    ``tables`` are lines that hold a table; their words must not be among
    ``words``. A tall upright rule that stands alone parts columns whatever they hold.
    """
    fragments = _fragments(words)
    for line in tables:
        fragments.append(
            _Fragment(x0=line.x0, top=line.top, x1=line.x1, bottom=line.bottom, table=line.table, chars=80)
        )
    upright = [
        rule
        for rule in rules
        if not rule.horizontal
        and rule.bottom - rule.top >= _TALL
        and not any(t.top - 5 <= rule.top and rule.bottom <= t.bottom + 5 for t in tables)
    ]
    return _read_beside_rule(fragments, upright)


def _read_beside_rule(fragments: list[_Fragment], rules: Sequence[Rule]) -> list[Line]:
    """Read what stands beside the first lone upright rule column by column, above and below it apart."""
    for rule in sorted(rules, key=lambda r: r.top):
        alone = not any(abs(r.x0 - rule.x0) > 3 and min(r.bottom, rule.bottom) > max(r.top, rule.top) for r in rules)
        beside = [f for f in fragments if rule.top <= (f.top + f.bottom) / 2 <= rule.bottom]
        left, right = [f for f in beside if f.x1 <= rule.x0 + 1], [f for f in beside if f.x0 >= rule.x0 - 1]
        if alone and left and right and len(left) + len(right) == len(beside):
            above = [f for f in fragments if (f.top + f.bottom) / 2 < rule.top]
            below = [f for f in fragments if (f.top + f.bottom) / 2 > rule.bottom]
            rest = [r for r in rules if r.top >= rule.bottom]
            return [
                *_read_region(above, depth=3),
                *_read_region(left, depth=2),
                *_read_region(right, depth=2),
                *_read_beside_rule(below, rest),
            ]
    return _read_region(fragments, depth=3)


def join_words(words: Sequence[Word]) -> str:
    """Return the text of words that lie in one place, rows top down, words from left to right."""
    return " ".join(_text(row) for row in _rows(_fragments(words)))


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
        left, right = _sides(zone, gutter)
        if len(left) + len(right) < len(zone):
            lines += _lines(zone)
        elif _is_prose(left) and _is_prose(right):
            lines += _read_region(left, depth - 1) + _read_region(right, depth - 1)
        elif _has_side_labels(left, right):
            lines += _beside(_lines(left), _lines(right))
        else:
            lines += _lines(zone)
    return lines


def _beside(labels: list[Line], lines: list[Line]) -> list[Line]:
    """Return lines with the labels of the margin before the line that each label begins at."""
    found: list[Line] = []
    waiting = list(lines)
    for group in _close(labels):
        start = group[0].top - 0.5 * (group[0].bottom - group[0].top)
        found += [line for line in waiting if line.middle < start]
        waiting = [line for line in waiting if line.middle >= start]
        found += group
    return found + waiting


def _close(lines: list[Line]) -> list[list[Line]]:
    """Group lines that follow each other without a gap."""
    groups: list[list[Line]] = []
    for line in lines:
        tall = line.bottom - line.top
        if groups and line.top - groups[-1][-1].bottom < 0.5 * tall:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


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
    for zone in _zones(fragments, gutter):
        left, right = _sides(zone, gutter)
        if len(left) + len(right) < len(zone):
            continue
        if _is_prose(right) and (_is_prose(left) or _has_side_labels(left, right)):
            return gutter
    return None


def _zones(fragments: list[_Fragment], gutter: float) -> list[list[_Fragment]]:
    """Cut a region where the side changes between fragments that cross the gutter and others.

    The short last line of a paragraph that crosses stays with it.
    """
    zones: list[list[_Fragment]] = []
    before: _Fragment | None = None  # the last fragment, if it belongs to a crossing zone
    order = sorted(fragments, key=lambda f: f.top + f.bottom)
    for at, f in enumerate(order):
        crossing = f.x0 < gutter < f.x1
        if not crossing and before is not None and not before.table and not f.table:
            follows = abs(f.x0 - before.x0) < 2 and f.top - before.bottom < 0.4 * (f.bottom - f.top)
            near = order[max(0, at - 2) : at] + order[at + 1 : at + 3]
            crossing = follows and not any(
                min(f.bottom, g.bottom) - max(f.top, g.top) > 0.5 * (f.bottom - f.top) for g in near
            )
        if not zones or crossing != (before is not None):
            zones.append([])
        zones[-1].append(f)
        before = f if crossing else None
    return zones


def _sides(zone: list[_Fragment], gutter: float) -> tuple[list[_Fragment], list[_Fragment]]:
    """Return what lies left and right of a gutter; numbers and bullets go with what they stand before."""
    left, right = [f for f in zone if f.x1 <= gutter], [f for f in zone if f.x0 >= gutter]
    markers = [f for f in left if len(f.words) == 1 and _MARKER.match(f.words[0].text)]
    if markers:
        marks = set(map(id, markers))
        left, right = [f for f in left if id(f) not in marks], markers + right
    return left, right


def _has_side_labels(left: list[_Fragment], right: list[_Fragment]) -> bool:
    """Tell whether the left column holds labels beside longer text: labels of several lines, or few.

    Labels of one line beside one line each are read across: so are tables.
    """
    if not _is_prose(right) or len(left) < 2 or any(f.table for f in left):
        return False
    labels = _lines(left)
    several = any(len(group) > 1 for group in _close(labels))
    few = len(right) >= 1.5 * len(labels)
    return (several or few) and median(f.chars for f in left) < 2 * _MIN_CHARS


def _is_prose(fragments: list[_Fragment]) -> bool:
    if any(f.table for f in fragments):
        fragments = [f for f in fragments if not f.table]
    if len(fragments) < _MIN_ROWS:
        return False
    order = sorted(fragments, key=lambda f: f.top)
    close = sum(b.top - a.bottom < 0.8 * (b.bottom - b.top) for a, b in pairwise(order))
    return median(f.chars for f in fragments) >= _MIN_CHARS and close * 2 >= len(order) - 1


def _lines(fragments: list[_Fragment]) -> list[Line]:
    """Return the rows of a region without columns as lines."""
    if not fragments:
        return []
    left, right = min(f.x0 for f in fragments), max(f.x1 for f in fragments)
    lines = [
        Line("", f.x0, f.top, f.x1, f.bottom, 0.0, left=left, right=right, table=f.table) for f in fragments if f.table
    ]
    for row in _rows([f for f in fragments if not f.table]):
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


def _rows(fragments: Sequence[_Fragment]) -> list[list[Word]]:
    """Group fragments that stand on one line; rows top down, words left to right.

    They overlap in height by more than half of the lower one, and not in width:
    where two small lines stand beside a large one, the nearer of them joins it.
    """
    rows: list[list[_Fragment]] = []
    for f in sorted(fragments, key=lambda f: (f.base, f.x0)):
        best: tuple[float, list[_Fragment]] | None = None
        for row in rows[-6:]:
            first = row[0]
            shared = min(first.bottom, f.bottom) - max(first.top, f.top)
            if shared <= 0.5 * max(0.1, min(f.bottom - f.top, first.bottom - first.top)):
                continue
            if any(min(f.x1, g.x1) - max(f.x0, g.x0) > 0.3 * min(f.x1 - f.x0, g.x1 - g.x0) for g in row):
                continue
            distance = min(abs(f.base - g.base) for g in row)
            if best is None or distance < best[0]:
                best = (distance, row)
        if best is None:
            rows.append([f])
        else:
            best[1].append(f)
    return [[w for f in sorted(row, key=lambda f: f.x0) for w in f.words] for row in rows]


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
