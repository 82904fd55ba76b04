"""Words to fragments, what stands side by side on one line, and fragments to lines of text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from coopnlp.extract.pdf_words import SUPERSCRIPT, Word

if TYPE_CHECKING:
    from coopnlp.extract.builder import GridCell

__all__ = ["FIELDS", "Fragment", "Line", "Table", "cut_fragments", "is_figure", "join_words", "to_lines", "to_rows"]

#: Words whose run lies between this and zero are values of fields.
FIELDS = -1_000_000
#: A gap wider than this many ems parts two fragments; justified text stays under it.
_MAX_WORD_GAP = 1.5
#: A narrower gap parts them where it comes back on this many lines below each other, and the words after it (or
#: before it, where figures are set to the right) stand under each other to a point.
_MIN_GAP = 0.6
_MIN_ALIGNED = 4
_ALIGNED_PT = 1.0
#: Where this many lines begin at one place, those that run over it are parted there at a narrower gap still.
_MIN_EDGE = 5
_MIN_EDGE_GAP = 0.8
_OVERRUN = 1.0
_NEXT_LINE = 1.8
#: A figure this much smaller than the word it touches is a footnote mark or an exponent.
_RAISED = 0.8
#: Fragments of one line this many ems apart are not one text.
_FAR = 3.0
#: What stands at mid-height of two lines has its base this many ems from both of theirs.
_BETWEEN = 0.25
#: Words of two fragments this close, in ems, are pieces of one.
_TOUCHING = 0.05
#: Lines below each other are at most this many ems apart.
_MAX_PITCH = 3.5


@dataclass(slots=True)
class Table:
    """A table found on a page; ``columns`` wide.

    ``bold_head``: its first row is all in bold. ``sides``: the left edges of its columns, in points.
    """

    cells: list[GridCell]
    columns: int
    bold_head: bool = False
    sides: tuple[float, ...] = ()
    ruled: bool = True


@dataclass(slots=True)
class Line:
    """A line of text, or a table that stands where it stands.

    ``left`` and ``right`` are the borders of the column that holds the line;
    ``confidence`` is that of OCR, 0 to 100. ``note``: it belongs to a footnote;
    ``turned``: it stands at a quarter turn to the text.
    ``pair``: label and value of a field of a form. ``parts``: what
    stands on it far apart from each other, where it is not one text. ``counted``: a
    number that stands apart ends it, as in a list of names and what each gets.
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
    note: bool = False
    turned: bool = False
    pair: tuple[str, str] | None = None
    parts: tuple[str, ...] = ()
    counted: bool = False

    @property
    def middle(self) -> float:
        """Half its height."""
        return (self.top + self.bottom) / 2


class Fragment:
    """Words that stand beside each other without a gap, or a table.

    ``base`` is the lower edge of most of its words: an exponent or a footnote
    mark stands higher.
    """

    __slots__ = ("base", "bottom", "chars", "size", "table", "top", "words", "x0", "x1")

    def __init__(self, words: list[Word], table: Line | None = None) -> None:
        self.words, self.table = words, table.table if table is not None else None
        if table is not None:
            self.x0, self.top, self.x1, self.bottom = table.x0, table.top, table.x1, table.bottom
            self.base, self.size, self.chars = table.bottom, table.size, 80
            return
        first, last = words[0], words[-1]
        first.glue = ""  # what stands before it on the page is not what comes before it in the content
        self.x0, self.x1 = first.x0, last.x1
        if len(words) == 1:
            self.top, self.bottom, self.base, self.size = first.top, first.bottom, first.bottom, first.size
            self.chars = len(first.text)
            return
        self.top = min([word.top for word in words])
        bottoms = [word.bottom for word in words]
        if bottoms.count(first.bottom) < len(words):
            bottoms.sort()
        self.bottom, self.base = bottoms[-1], bottoms[len(bottoms) // 2]
        self.size = first.size if first.size == last.size else sorted([word.size for word in words])[len(words) // 2]
        self.chars = sum([len(word.text) for word in words]) + len(words) - 1

    @property
    def text(self) -> str:
        """Its words with the blanks between them."""
        return _text(self.words)


def cut_fragments(words: Sequence[Word]) -> list[Fragment]:
    """Cut the words of a page, in the order of its content, into fragments."""
    return [Fragment(group) for group in _cut_groups(words)]


def _cut_groups(words: Sequence[Word]) -> list[list[Word]]:
    groups: list[list[Word]] = []
    gaps: dict[int, list[float]] = {}  # of groups with a gap that may part them, all in ems
    here: list[float] = []
    group: list[Word] = []
    run, right, top, bottom = 0, 0.0, 0.0, 0.0
    for word in words:
        size, gap = word.size, word.x0 - right
        if (
            not group
            or word.run != run
            or gap < -0.5 * size
            or gap > _MAX_WORD_GAP * (size if size > 1.0 else 1.0)
            or word.top >= bottom
            or word.bottom <= top
        ):
            if here and max(here) >= _MIN_GAP:
                gaps[len(groups) - 1] = here
            group, here, run = [word], [], word.run
            groups.append(group)
        else:
            group.append(word)
            here.append(gap / (size or 1.0))
        right, top, bottom = word.x1, word.top, word.bottom
    if here and max(here) >= _MIN_GAP:
        gaps[len(groups) - 1] = here
    if len(gaps) >= _MIN_ALIGNED:
        groups = _parted(groups, gaps)
    if len(groups) >= _MIN_EDGE:
        groups = _parted_at_edges(groups)
    return groups


def _parted(groups: list[list[Word]], gaps: dict[int, list[float]]) -> list[list[Word]]:
    """Part groups at gaps that stand under each other: columns set close, written line by line across."""
    found: dict[int, list[tuple[float, int, int]]] = defaultdict(list)
    for number, widths in gaps.items():
        # in type of one width the usual gap is 0.6 already
        least = _MIN_GAP if len(widths) < 3 else max(_MIN_GAP, 1.25 * sorted(widths)[len(widths) // 2])
        if max(widths) < least:
            continue
        group = groups[number]
        for at, gap in enumerate(widths, start=1):
            if gap >= least:
                place = (group[at].bottom, number, at)
                for key in _bins(group[at].x0):
                    found[key].append(place)
                found[-1 - 2 * round(group[at - 1].x1 / (2 * _ALIGNED_PT))].append(place)
    if not found:
        return groups
    cuts: dict[int, set[int]] = defaultdict(set)
    for places in found.values():
        if len(places) < _MIN_ALIGNED:
            continue
        stack: list[tuple[float, int, int]] = []
        for place in [*sorted(places), (float("inf"), -1, 0)]:
            if stack and place[0] - stack[-1][0] > _MAX_PITCH * groups[stack[-1][1]][0].size:
                if len(stack) >= _MIN_ALIGNED and _is_free(groups, stack):
                    for _, number, at in stack:
                        cuts[number].add(at)
                stack = []
            stack.append(place)
    return _cut(groups, cuts)


def _parted_at_edges(groups: list[list[Word]]) -> list[list[Word]]:
    """Part groups that run over the left edge of a column: its other lines begin there, and nothing else crosses it."""
    starts: dict[int, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        starts[round(group[0].x0 / _ALIGNED_PT)].append(number)
    cuts: dict[int, set[int]] = defaultdict(set)
    for numbers in starts.values():
        if len(numbers) < _MIN_EDGE:
            continue
        x = groups[numbers[0]][0].x0
        high, low = min(groups[n][0].top for n in numbers), max(groups[n][0].bottom for n in numbers)
        pitch = _NEXT_LINE * groups[numbers[0]][0].size
        over = [
            (number, group)
            for number, group in enumerate(groups)
            if group[0].x0 < x - _ALIGNED_PT < group[-1].x0
            and group[0].bottom > high - pitch
            and group[0].top < low + pitch
        ]
        if not over or len(over) > len(numbers):
            continue
        crossing = 0
        found: list[tuple[int, int]] = []
        for number, group in over:
            at = bisect_left([word.x0 for word in group], x - _ALIGNED_PT)
            word = group[at]
            inside = high <= group[0].bottom <= low
            # within the column a line too long for its own may run into it
            gap = -_OVERRUN if inside else _MIN_EDGE_GAP
            if abs(word.x0 - x) > _ALIGNED_PT or word.x0 - group[at - 1].x1 < gap * word.size:
                crossing += inside
            else:
                found.append((number, at))
        if crossing <= len(numbers) // 5:
            for number, at in found:
                cuts[number].add(at)
    return _cut(groups, cuts)


def _cut(groups: list[list[Word]], cuts: dict[int, set[int]]) -> list[list[Word]]:
    if not cuts:
        return groups
    parted: list[list[Word]] = []
    for number, group in enumerate(groups):
        ends = [0, *sorted(cuts.get(number, ())), len(group)]
        parted.extend(group[a:b] for a, b in pairwise(ends) if b > a)
    return parted


def _bins(x: float) -> tuple[int, int]:
    """Return two bins that overlap, so that places that straddle the border of one are together in the other."""
    return 2 * round(x / (2 * _ALIGNED_PT)), 2 * round(x / (2 * _ALIGNED_PT) - 0.5) + 1


def _is_free(groups: list[list[Word]], stack: list[tuple[float, int, int]]) -> bool:
    """Tell whether all but one in five of the lines between the first and the last of a stack have the gap."""
    left = max(groups[number][at - 1].x1 for _, number, at in stack)
    right = min(groups[number][at].x0 for _, number, at in stack)
    if right - left < 0.5 * _MIN_GAP * groups[stack[0][1]][0].size:
        return False
    middle, high, low = (left + right) / 2, stack[0][0], stack[-1][0]
    crossing = 0
    for group in groups:
        if high <= group[0].bottom <= low and group[0].x0 < middle < group[-1].x1:
            at = bisect_left([word.x1 for word in group], middle)
            crossing += group[at].x0 < middle
    return crossing <= len(stack) // 5


def to_rows(fragments: Iterable[Fragment]) -> list[list[Fragment]]:
    """Group fragments that stand on one line; rows top down, fragments left to right.

    They overlap in height by more than half of the lower one, and not in width:
    where two small lines stand beside a large one, the nearer of them joins it.
    """
    rows: list[list[Fragment]] = []
    for f in sorted(fragments, key=lambda f: (f.base, f.x0)):
        top, bottom, x0, x1 = f.top, f.bottom, f.x0, f.x1
        best: tuple[float, list[Fragment]] | None = None
        for row in rows[-6:]:
            first = row[0]
            shared = (first.bottom if first.bottom < bottom else bottom) - (first.top if first.top > top else top)
            if shared <= 0 or shared <= 0.5 * max(0.1, min(bottom - top, first.bottom - first.top)):
                continue
            if any(min(x1, g.x1) - max(x0, g.x0) > 0.3 * min(x1 - x0, g.x1 - g.x0) for g in row):
                continue
            distance = min([abs(f.base - g.base) for g in row])
            if best is None or distance < best[0]:
                best = (distance, row)
        if best is None:
            rows.append([f])
        else:
            best[1].append(f)
    return [sorted(row, key=lambda f: f.x0) if len(row) > 1 else row for row in rows]


def to_lines(fragments: Sequence[Fragment], rows: Sequence[list[Fragment]] | None = None) -> list[Line]:
    """Return the rows of a region without columns as lines, tables among them; ``rows`` are those, where known."""
    if not fragments:
        return []
    left, right = min([f.x0 for f in fragments]), max([f.x1 for f in fragments])
    lines = [
        Line("", f.x0, f.top, f.x1, f.bottom, f.size, left=left, right=right, table=f.table)
        for f in fragments
        if f.table
    ]
    loose = [f for f in fragments if not f.table]
    # the words of a fragment are of one run
    has_fields = any(FIELDS < f.words[0].run < 0 for f in loose)
    for row in _with_figures_between(to_rows(loose) if rows is None else rows):
        if has_fields and any(FIELDS < f.words[0].run < 0 for f in row):
            lines += _form_lines(row, left, right)
            continue
        words = row[0].words if len(row) == 1 else [word for f in row for word in f.words]
        lines.append(
            Line(
                text=_text(words),
                x0=row[0].x0,
                top=min([f.top for f in row]),
                x1=max([f.x1 for f in row]),
                bottom=max([f.bottom for f in row]),
                size=_dominant_size(words),
                bold=_is_bold(words),
                left=left,
                right=right,
                parts=_far_apart(row) if len(row) > 1 else (),
                counted=len(row) > 1 and is_figure(row[-1].text),
            )
        )
    return sorted(lines, key=lambda line: (line.middle if line.table is None else line.top, line.x0))


def _with_figures_between(rows: Sequence[list[Fragment]]) -> list[list[Fragment]]:
    """Put a figure that stands between two lines, at mid-height of a name set on both, at the end of the second."""
    kept: list[list[Fragment]] = []
    moved: Fragment | None = None
    for number, row in enumerate(rows):
        if moved is not None:
            row, moved = [*row, moved], None
        above = kept[-1] if len(row) == 1 and kept else row[:-1]
        below = rows[number + 1] if number + 1 < len(rows) else []
        if above and below and _stands_between(row[-1], above[-1], below[-1]):
            moved = row.pop()
        if row:
            kept.append(row)
    return kept


def _stands_between(f: Fragment, above: Fragment, below: Fragment) -> bool:
    """Tell whether a figure stands right of two lines, lower than the first, higher than the second."""
    return (
        max(above.x1, below.x1) < f.x0
        and f.top < above.bottom
        and below.top < f.bottom
        and min(f.base - above.base, below.base - f.base) > _BETWEEN * f.size
        and is_figure(f.text)
    )


def join_words(words: Sequence[Word]) -> str:
    """Return the text of words that lie in one place: a line a row, top down, words from left to right."""
    groups = _cut_groups(words)
    if len(groups) == 1:
        return _text(words)
    return "\n".join(_text([word for f in row for word in f.words]) for row in to_rows(map(Fragment, groups)))


def _form_lines(row: Sequence[Fragment], left: float, right: float) -> list[Line]:
    """Return a row with fields of a form as a line a field, with the words before it as its label."""
    lines: list[Line] = []
    label: list[Word] = []
    for word in (word for f in row for word in f.words):
        if not FIELDS < word.run < 0:
            label.append(word)
            continue
        words = [*label, word]
        lines.append(_form_line(words, (_text(label), word.text), left, right))
        label = []
    if label:
        lines.append(_form_line(label, None, left, right))
    return lines


def _form_line(words: Sequence[Word], pair: tuple[str, str] | None, left: float, right: float) -> Line:
    return Line(
        text=_text(words),
        x0=words[0].x0,
        top=min(w.top for w in words),
        x1=words[-1].x1,
        bottom=max(w.bottom for w in words),
        size=_dominant_size(words),
        left=left,
        right=right,
        pair=pair,
    )


def _far_apart(row: Sequence[Fragment]) -> tuple[str, ...]:
    parts: list[list[Word]] = [list(row[0].words)]
    for before, f in pairwise(row):
        if f.x0 - before.x1 > _FAR * f.size:
            parts.append([])
        parts[-1].extend(f.words)
    return tuple(_text(part) for part in parts) if len(parts) > 1 else ()


_LETTER = re.compile(r"\w")
_FIGURES = re.compile(r"^[^\w]*[-+]?\d[\d\s.,/%-]*(?:€|\$|F|k€|M€|M\$|%|euros?|ans?|h)?\W*$|^[-–—/]$")


def is_figure(text: str) -> bool:
    """Tell whether text is a number, a sum or the dash that stands for none."""
    return _FIGURES.match(text) is not None


def _is_bold(words: Sequence[Word]) -> bool:
    """Tell whether all words with letters or figures are bold, and any is."""
    bolds = [word.bold for word in words]
    return True in bolds and all(bold or not _LETTER.search(word.text) for word, bold in zip(words, bolds, strict=True))


def _text(words: Sequence[Word]) -> str:
    """Return words as text; words that touch, as letters set apart do, stay one."""
    texts = [word.text for word in words]
    glues = [word.glue for word in words[1:]]
    if glues.count(" ") == len(glues):
        return " ".join(texts)
    parts = texts[:1]
    before = words[0]
    for word in words[1:]:
        touching = not word.glue and -0.3 * word.size < word.x0 - before.x1 < _TOUCHING * word.size
        parts.append("" if touching else word.glue or " ")
        raised = touching and word.size < _RAISED * before.size and word.text.isdigit()
        parts.append(word.text.translate(SUPERSCRIPT) if raised else word.text)
        before = word
    return "".join(parts)


def _dominant_size(words: Sequence[Word]) -> float:
    sizes = [word.size for word in words]
    if sizes.count(sizes[0]) == len(sizes):
        return sizes[0]
    weights: dict[float, int] = {}
    for word in words:
        weights[word.size] = weights.get(word.size, 0) + len(word.text)
    return max(weights, key=lambda size: (weights[size], size))
