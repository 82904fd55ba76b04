"""Columns of a region, read one after the other; notes in a margin; tables without ruling lines.

A gutter is where columns begin: a place at which the left edges of lines stand
under each other and that lines to the left stay clear of. What crosses it, a
heading or a table, cuts the region into zones, which are read top down.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from coopnlp.extract.aligned import find_aligned, is_column_of_prose
from coopnlp.extract.bands import cut_bands
from coopnlp.extract.fragments import Fragment, Line, is_figure, to_lines, to_rows
from coopnlp.extract.hanging import lift_labels

__all__ = ["read_region"]

#: Columns are prose: three rows at least, half of them of 18 characters and more. Columns of
#: a table of names and amounts are narrower (reports and bulletins looked at: 25 and more).
_MIN_ROWS = 3
_MIN_CHARS = 18
#: Notes stand beside lines of this many characters and more.
_MIN_BESIDE = 30
#: A gutter lies in the middle 84 % of its region and is at least this many ems wide.
_MARGIN = 0.08
_MIN_GUTTER = 0.55
#: Left edges that stand within this many points of each other are those of one column.
_EDGE_PT = 2.0
#: What is set this many times larger than what stands beside it is not of one line with it.
_UNLIKE = 1.3
_MARKER = re.compile(r"^(?:\(?\d{1,3}[.)°-]*|[-–—•·▪*])$")

_Sides = tuple[list[Fragment], list[Fragment]]
_Place = tuple[float, list[_Sides]]


def read_region(fragments: list[Fragment], depth: int = 4) -> list[Line]:
    """Return the lines of a region in reading order: columns one by one, the rest row by row."""
    if len(fragments) < 2 * _MIN_ROWS or not depth:
        return to_lines(lift_labels(fragments))
    places = _places(fragments)
    gutter = _gutter(places, strict=True)
    rows = None
    if gutter is None:
        rows = to_rows([f for f in fragments if not f.table])
        tables, rest = find_aligned(fragments, rows)
        if tables:
            fragments, rows = [*rest, *tables], None
            places = _places(fragments)
        gutter = _gutter(places, strict=False)
    if gutter is None:
        lifted = lift_labels(fragments)
        return to_lines(lifted, rows if lifted is fragments else None)
    lines: list[Line] = []
    plain: list[Fragment] = []
    for zone in _zones(sorted(fragments, key=_height_twice), gutter):
        found = _read_zone(zone, gutter, depth - 1)
        if found is None:
            plain += zone
            continue
        if plain:
            lines += read_region(plain, depth - 1)
            plain = []
        lines += found
    if plain:
        lines += read_region(plain, depth - 1) if lines else to_lines(lift_labels(plain))
    return lines


def _read_zone(zone: list[Fragment], gutter: float, depth: int) -> list[Line] | None:
    """Return the lines of a zone that is read column by column or beside notes; None where it is read across."""
    left, right = _sides(zone, gutter)
    if not left or not right or len(left) + len(right) < len(zone):
        return None
    if _is_prose(left) and _is_prose(right):
        return [
            line
            for part in cut_bands(left, right)
            for line in (*read_region(part[0], depth), *read_region(part[1], depth))
        ]
    if _has_side_labels(left, right):
        return _beside(to_lines(left), read_region(right, depth))
    if _has_side_labels(right, left):
        return _beside(to_lines(right), read_region(left, depth))
    if _are_unlike(left, right) or _are_columns(left, right):
        return [*read_region(left, depth), *read_region(right, depth)]
    return None


def _places(fragments: Sequence[Fragment]) -> list[_Place]:
    """Return where a gutter may be, and what stands left and right of it there, zone by zone."""
    x0, x1 = min([f.x0 for f in fragments]), max([f.x1 for f in fragments])
    margin = _MARGIN * (x1 - x0)
    order = sorted(fragments, key=_height_twice)
    places: list[_Place] = []
    for place in _candidates(fragments, x0 + margin, x1 - margin):
        parted: list[_Sides] = []
        for zone in _zones(order, place):
            if len(zone) < _MIN_ROWS + 1:
                continue
            left, right = _sides(zone, place)
            if len(left) + len(right) == len(zone) and len(left) > 1 and len(right) > 1:
                parted.append((left, right))
        if parted:
            places.append((place, parted))
    return places


def _gutter(places: Sequence[_Place], *, strict: bool) -> float | None:
    """Return the x of the gutter beside which the most prose stands, None where there is none.

    ``strict``: both sides must be columns of lines that fill them.
    """
    best: tuple[float, float] = (0.0, 0.0)
    for place, parted in places:
        score = 0.0
        for left, right in parted:
            if strict:
                fits = _fills(left) and _fills(right)
            else:
                fits = (
                    (_is_prose(left) and _is_prose(right))
                    or _has_side_labels(left, right)
                    or _has_side_labels(right, left)
                    or _are_unlike(left, right)
                )
            if fits:
                score += min(_height(left), _height(right)) + 0.2 * max(_height(left), _height(right))
        if score > best[0]:
            best = (score, place)
    return best[1] if best[0] else None


def _height_twice(f: Fragment) -> float:
    return f.top + f.bottom


def _candidates(fragments: Sequence[Fragment], low: float, high: float) -> list[float]:
    """Return places where a column may begin, those with more lines first."""
    edges: dict[int, list[float]] = defaultdict(list)
    for f in fragments:
        if low < f.x0 < high:
            edges[round(f.x0 / _EDGE_PT)].append(f.x0)
    found: list[tuple[int, float]] = []
    for key, places in edges.items():
        near = [*places, *edges.get(key + 1, [])]
        if len(near) >= _MIN_ROWS or (len(near) >= 2 and key - 1 not in edges):
            found.append((len(near), min(near) - 0.5))
    found.sort(reverse=True)
    chosen = [x for _, x in found[:8]]
    clear = _clear_stripe(fragments, low, high)
    if clear is not None:
        chosen.append(clear)
    return chosen


def _clear_stripe(fragments: Sequence[Fragment], low: float, high: float) -> float | None:
    """Return the middle of the widest stripe that the fewest fragments cross: for columns that are centred."""
    start = min([f.x0 for f in fragments])
    first, last = int(low - start), int(high - start)
    if first >= last:
        return None
    changes: dict[int, int] = defaultdict(int)  # how many more fragments there are from one point on
    for f in fragments:
        changes[int(f.x0 - start)] += 1
        changes[int(f.x1 - start) + 1] -= 1
    stretches: list[tuple[int, int, int]] = []
    crossing, at = 0, first
    for place, change in sorted(changes.items()):
        if place >= last:
            break
        if place > at:
            stretches.append((crossing, at, place))
            at = place
        crossing += change
    stretches.append((crossing, at, last))
    least = min(stretches)[0]
    best, begin = (0, 0), None
    for crossing, at, end in stretches:
        if crossing > least:
            begin = None
            continue
        begin = at if begin is None else begin
        best = max(best, (end - begin, begin))
    size = median([f.size for f in fragments])
    return start + best[1] + best[0] / 2 if best[0] >= _MIN_GUTTER * size else None


def _zones(order: Sequence[Fragment], gutter: float) -> list[list[Fragment]]:
    """Cut a region, its fragments top down, where the side changes between those that cross the gutter and others.

    The short last line of a paragraph that crosses stays with it.
    """
    zones: list[list[Fragment]] = []
    before: Fragment | None = None  # the last fragment, if it belongs to a crossing zone
    for at, f in enumerate(order):
        crossing = f.x0 < gutter - 0.5 and f.x1 > gutter - _MIN_GUTTER * 0.5 * min(f.size, 14.0)
        if not crossing and before is not None and not before.table and not f.table:
            follows = abs(f.x0 - before.x0) < 3 * f.size and f.top - before.bottom < 0.4 * (f.bottom - f.top)
            near = [*order[max(0, at - 2) : at], *order[at + 1 : at + 3]]
            crossing = follows and not any(
                min(f.bottom, g.bottom) - max(f.top, g.top) > 0.5 * (f.bottom - f.top) for g in near
            )
        if not zones or crossing != (before is not None):
            zones.append([])
        zones[-1].append(f)
        before = f if crossing else None
    return zones


def _sides(zone: Sequence[Fragment], gutter: float) -> _Sides:
    """Return what lies left and right of a gutter; numbers and bullets go with what they stand before."""
    left, right = [f for f in zone if f.x1 <= gutter], [f for f in zone if f.x0 >= gutter - 0.5]
    markers = [f for f in left if len(f.words) == 1 and _MARKER.match(f.words[0].text) and gutter - f.x1 < 3 * f.size]
    if markers:
        marks = set(map(id, markers))
        left, right = [f for f in left if id(f) not in marks], markers + right
    return left, right


def _height(fragments: Sequence[Fragment]) -> float:
    return sum([f.bottom - f.top for f in fragments])


def _fills(fragments: Sequence[Fragment]) -> bool:
    """Tell whether fragments are a column, or several columns, of lines that fill it."""
    text = [f for f in fragments if not f.table]
    if len(text) < _MIN_ROWS:
        return False
    edges: dict[int, list[Fragment]] = defaultdict(list)
    for f in text:
        edges[round(f.x0 / (2 * _EDGE_PT))].append(f)
    _, most = max(edges.items(), key=lambda item: len(item[1]))
    left = min(f.x0 for f in most)
    column = [f for f in text if abs(f.x0 - left) < 4 * f.size]
    if not column:  # damaged files have type of no size
        return False
    right = sorted(f.x1 for f in column)[int(0.9 * (len(column) - 1))]
    return is_column_of_prose(column, left, right)


def _has_side_labels(labels: Sequence[Fragment], text: Sequence[Fragment]) -> bool:
    """Tell whether labels or notes stand in a margin beside longer text: some of several lines, or few.

    Labels of one line beside one line each are read across: so are tables.
    """
    if not (_is_prose(text) and _fills(text)) or len(labels) < 2 or any(f.table for f in labels):
        return False
    if median([f.chars for f in text]) < _MIN_BESIDE:
        return False
    if _are_sums_of_lines(labels, text):
        return False
    lines = to_lines(labels)
    if len(lines) < len(labels):
        return False
    groups = _close(lines)
    several = any(len(group) > 1 for group in groups)
    few = len(text) >= 1.5 * len(lines)
    wide = median([f.x1 - f.x0 for f in text])
    narrow = max(f.x1 for f in labels) - min(f.x0 for f in labels) < 0.75 * wide
    return (several or few) and narrow and median([f.chars for f in labels]) < 2 * _MIN_CHARS


def _are_sums_of_lines(labels: Sequence[Fragment], text: Sequence[Fragment]) -> bool:
    """Tell whether labels are figures, each on the line of what it counts: names and what each gets."""
    figures = sum(is_figure(f.text) for f in labels)
    return figures >= 0.6 * len(labels) and _beside_each(labels, text) >= 0.6 * len(labels)


def _beside_each(some: Sequence[Fragment], others: Sequence[Fragment]) -> int:
    """Return how many fragments stand on the base line of one of the others."""
    return sum(any(abs(f.base - g.base) < 0.3 * max(1.0, f.size) for g in others) for f in some)


def _are_unlike(left: Sequence[Fragment], right: Sequence[Fragment]) -> bool:
    """Tell whether what stands beside each other is set in sizes too different to be read across: a title, a stamp."""
    if any(f.table for f in (*left, *right)):
        return False
    sizes = sorted((median([f.size for f in left]), median([f.size for f in right])))
    apart = min(f.x0 for f in right) - max(f.x1 for f in left)
    return sizes[1] >= _UNLIKE * sizes[0] and apart >= 2 * sizes[0] and len(left) > 1 and len(right) > 1


def _are_columns(left: Sequence[Fragment], right: Sequence[Fragment]) -> bool:
    """Tell whether what stands beside a gutter that was found elsewhere is read column by column.

    It is where one side is prose, or where the lines of the sides do not stand beside each other.
    """
    if _is_prose(left) or _is_prose(right):
        both = [*left, *right]
        tables, _ = find_aligned(both, to_rows([f for f in both if not f.table]))
        return not tables or _fills(left) or _fills(right)
    beside = _beside_each(left, right)
    long = median([f.chars for f in [*left, *right]]) >= _MIN_CHARS
    return long or beside * 2 < min(len(left), len(right))


def _is_prose(fragments: Sequence[Fragment]) -> bool:
    if any(f.table for f in fragments):
        fragments = [f for f in fragments if not f.table]
    if len(fragments) < _MIN_ROWS:
        return False
    order = sorted(fragments, key=lambda f: f.top)
    close = sum(b.top - a.bottom < 0.8 * (b.bottom - b.top) for a, b in pairwise(order))
    return median([f.chars for f in fragments]) >= _MIN_CHARS and close * 2 >= len(order) - 1


def _beside(labels: list[Line], lines: list[Line]) -> list[Line]:
    """Return lines with what stands in the margin before the paragraph that each label begins beside."""
    starts = [i for i, line in enumerate(lines) if i == 0 or _begins(lines[i - 1], line)]
    before: dict[int, list[Line]] = defaultdict(list)
    for group in _close(labels):
        high = group[0].top + 0.5 * (group[0].bottom - group[0].top)
        if lines[-1].bottom <= group[0].top:
            at = len(lines)
        else:
            at = max((i for i in starts if lines[i].top <= high), default=0)
        before[at].extend(group)
    found: list[Line] = []
    for i, line in enumerate(lines):
        found += before.get(i, [])
        found.append(line)
    return found + before.get(len(lines), [])


def _begins(before: Line, line: Line) -> bool:
    """Tell whether a paragraph begins: after white space, indented, or after a short line."""
    if line.table or before.table:
        return True
    size = max(1.0, line.size)
    return (
        line.top - before.bottom > 0.35 * size
        or line.top < before.top
        or line.x0 - before.x0 > 0.8 * size
        or before.right - before.x1 > 4 * size
    )


def _close(lines: Sequence[Line]) -> list[list[Line]]:
    """Group lines that follow each other without white space."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and line.top - groups[-1][-1].bottom < 0.6 * (line.bottom - line.top):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups
