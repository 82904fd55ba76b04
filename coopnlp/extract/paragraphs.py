"""Lines in reading order to paragraphs, list items and headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from coopnlp.extract.footnotes import MARK
from coopnlp.extract.fragments import Line, Table
from coopnlp.extract.shapes import first_of_shape, shape
from coopnlp.text import fold

__all__ = ["Group", "body_size", "group_lines", "heading_levels", "may_continue"]

_ITEM = re.compile(r"^(?:[-–—•·●▪■□○◦*►➢➤✓❖]|\uf0b7|\d{1,2}[.)°]|[a-z][.)]|\d{1,2}[-–])\s+\S")
_SENTENCE_END = re.compile(r"[.!?…:;»][\"'’)\]»\s]*$")
#: Lines of one paragraph have one size, within this share of it; what OCR measures varies more.
_SAME_SIZE = 0.045
_SAME_SIZE_OCR = 0.12
#: The last line of a column goes on in the next one where it fills this share of it, if it is not justified.
_NEARLY_FULL = 0.7
_MIN_FULL_CHARS = 25
#: A line pitch over this many times the usual one parts paragraphs; single to double spacing is 2.
_MAX_PITCH = 1.35
#: A heading is set at least this much larger than the text, or in bold.
_LARGER = 1.1
_MAX_HEADING_CHARS = 200
_MAX_HEADING_LINES = 3
#: « 1 », « 2.3. », « II – », « B. », « Article 4 » before a heading; numbers alone make one of a line this short.
_FIGURES = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})[.)]?\s*[-–—]?\s+(?=[A-ZÀ-ÖØ-Þ«])")
_NUMBERS = {
    "roman": re.compile(r"[IVX]{1,5}\s?[.)–—-]\s*(?=[A-ZÀ-ÖØ-Þ«])"),
    "letter": re.compile(r"[A-H]\s?[.)–—-]\s*(?=[A-ZÀ-ÖØ-Þ«])"),
}
_PART = re.compile(r"(?i)(titre|chapitre|section|partie|article|annexe)\s+(?:\d{1,3}|[IVX]{1,5}|premier|1er)\b")
_MAX_NUMBERED_CHARS = 100
#: What comes back this often, figures aside (« Pour : 59 », « Adopté à l'unanimité »), heads nothing.
_MAX_REPEATED = 6
#: A line in bold that begins or ends like this is none.
_NO_HEADING = re.compile(r"^[-–—•·]|[.;,:»]$")
#: A heading and a sub-heading or two may follow each other; more bold lines in a row are a list.
_MAX_BOLD_RUN = 3
#: Tables of two pages are one where their sides agree within this; left and right pages shift more.
_MAX_SHIFT_PT = 6.0


@dataclass(slots=True)
class Group:
    """Lines that are one block. ``kind`` is that of a Block; ``level`` that of a heading."""

    lines: list[Line]
    kind: str = "paragraph"
    level: int | None = None

    @property
    def size(self) -> float:
        """Size of most of it, in points."""
        sizes = [line.size for line in self.lines]
        return sizes[0] if sizes.count(sizes[0]) == len(sizes) else median(sizes)

    @property
    def aside(self) -> bool:
        """Whether it stands apart from the text of its page."""
        return self.lines[0].note or self.lines[0].turned

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return False not in [line.bold for line in self.lines]


def group_lines(lines: Sequence[Line]) -> list[Group]:
    """Cut the lines of a page into blocks; a table is one."""
    pitch = _usual_pitch(lines)
    groups: list[Group] = []
    for line in lines:
        if line.table is not None:
            groups.append(Group([line], "table"))
            continue
        if line.pair is not None:
            if groups and groups[-1].kind == "form" and line.left == groups[-1].lines[-1].left:
                groups[-1].lines.append(line)
            else:
                groups.append(Group([line], "form"))
            continue
        before = groups[-1].lines[-1] if groups and groups[-1].kind not in ("table", "form") else None
        if before is not None and before.turned != line.turned:
            before = None
        item = _begins_item(line, before)
        if before is None or item or _parts(before, line, groups[-1], pitch):
            groups.append(Group([line], "footnote" if line.note else "list_item" if item else "paragraph"))
        else:
            groups[-1].lines.append(line)
    return groups


def body_size(lines: Sequence[Line]) -> float:
    """Return the size in which most characters are set.

    Tables without rules count where they hold most of the text and are set
    larger than the rest: there a table is what the text was laid out in.
    """
    counts: Counter[float] = Counter()
    inside: Counter[float] = Counter()
    for line in lines:
        if line.table is None:
            counts[round(line.size * 2) / 2] += len(line.text)
        elif not line.table.ruled:
            inside[round(line.size * 2) / 2] += sum(len(cell.text) for cell in line.table.cells)
    body = counts.most_common(1)[0][0] if counts else 0.0
    if inside.total() > counts.total():
        body = max(body, inside.most_common(1)[0][0])
    return body


def heading_levels(groups: Sequence[Group], body: float) -> None:
    """Make headings of short groups that are larger than the text, or bold and alone, or numbered (« 2.1 Bilan »).

    Larger sizes rank first, in the size of the text bold before plain; within
    one type the numbering ranks (:func:`_levels`).
    """
    found: list[Group] = []
    bold: list[Group] = []
    run: list[Group] = []  # bold groups that follow each other: many are a list in bold
    for group in [*groups, Group([])]:
        if not (group.lines and group.bold and len(group.lines) <= _MAX_HEADING_LINES):
            if len(run) > _MAX_BOLD_RUN:
                bold = [g for g in bold if not any(g is h for h in run)]
            run = []
        else:
            run.append(group)
        if not group.lines or group.kind in ("table", "form", "footnote") or len(group.lines) > _MAX_HEADING_LINES:
            continue
        text = " ".join([line.text for line in group.lines])
        if len(text) > _MAX_HEADING_CHARS:
            continue
        size = group.size
        if size >= body * _LARGER:
            kind = found
        elif size < body * 0.95:
            continue
        elif group.bold and not _NO_HEADING.search(text):
            kind = bold
        elif _is_numbered_heading(group, text):
            kind = found
        else:
            continue
        if sum(map(str.isalpha, text)) >= 3:
            kind.append(group)
    kept = {id(group) for group in _not_repeated([*found, *bold], groups)}
    headings = [group for group in groups if id(group) in kept]
    for group, level in zip(headings, _levels(headings, body), strict=True):
        group.kind, group.level = "heading", min(6, level)


def _not_repeated(heads: Sequence[Group], groups: Sequence[Group]) -> list[Group]:
    """Return the heads whose text, figures aside, does not come back too often among all groups."""
    shapes = list(map(_shape, heads))
    begins = {first[:1] for first in shapes}
    # the first character tells of most groups that they are like none
    alike = [g for g in groups if g.kind not in ("table", "form") and first_of_shape(g.lines[0].text or " ") in begins]
    times = Counter(map(_shape, alike))
    return [head for head, own in zip(heads, shapes, strict=True) if times[own] < _MAX_REPEATED]


def _is_numbered_heading(group: Group, text: str) -> bool:
    """Tell whether a short line in the type of the text is a heading by its number alone."""
    scheme = _scheme(text)
    if len(group.lines) > 1 or scheme in (None, ".") or re.search(r"[.;,:!?»]$", text):
        return False
    line = group.lines[0]
    return len(text) <= _MAX_NUMBERED_CHARS and line.right - line.x1 > 3 * line.size


def _levels(headings: Sequence[Group], body: float) -> list[int]:
    """Rank headings by size, weight and numbering.

    Headings of one type with several kinds of numbers (« I », « A », « 1.1 »)
    are as many levels, in the order in which the kinds come first; figures by their depth.
    """
    types: dict[tuple[float, bool], Counter[str]] = {}
    keys: list[tuple[tuple[float, bool], str | None]] = []
    for group in headings:
        exact = group.lines[0].confidence is None
        larger = group.size >= body * _LARGER
        kind = (round(group.size * 2) / 2 if exact else float(round(group.size)), group.bold or larger)
        scheme = _scheme(" ".join(line.text for line in group.lines))
        keys.append((kind, scheme))
        types.setdefault(kind, Counter())
        if scheme is not None:
            types[kind][scheme] += 1
    ranks: dict[tuple[tuple[float, bool], str | None], int] = {}
    level = 1
    for kind in sorted(types, reverse=True):
        schemes = [scheme for scheme, count in types[kind].items() if count > 1]  # in order of first appearance
        if all(set(scheme) == {"."} for scheme in schemes):
            schemes.sort(key=len)
        ranks[kind, None] = level
        for at, scheme in enumerate(schemes):
            ranks[kind, scheme] = level + at
        level += max(1, len(schemes))
    return [ranks.get((kind, scheme), ranks[kind, None]) for kind, scheme in keys]


def _scheme(text: str) -> str | None:
    """Return the kind of number that a heading begins with; figures as one dot a level."""
    if figures := _FIGURES.match(text):
        return "." * (figures[1].count(".") + 1)
    for scheme, pattern in _NUMBERS.items():
        if pattern.match(text):
            return scheme
    if word := _PART.match(text):
        return word[1].casefold()
    return None


def _shape(group: Group) -> str:
    return shape(" ".join([line.text for line in group.lines[:_MAX_HEADING_LINES]]))


def may_continue(before: Group, after: Group) -> bool:
    """Tell whether a block at the top of a page goes on with the last one of the page before."""
    if before.kind == after.kind == "table":
        return _same_columns(before.lines[-1], after.lines[0])
    if before.kind not in ("paragraph", "list_item") or after.kind != "paragraph":
        return False
    return _goes_on(before.lines, after.lines[0])


def _same_columns(before: Line, after: Line) -> bool:
    """Tell whether a table goes on in another: as many columns, as wide, and no header of its own."""
    if before.table is None or after.table is None or before.table.columns != after.table.columns:
        return False
    if max(abs(before.x0 - after.x0), abs(before.x1 - after.x1)) > _MAX_SHIFT_PT:
        return False
    head, next_head = _header(before.table), _header(after.table)
    # a first row without figures is only taken for a header; bold ones that differ begin another table
    return not (after.table.bold_head and next_head != head)


def _header(table: Table) -> list[str]:
    return [fold(cell.text) for cell in table.cells if cell.row == 0]


def _begins_item(line: Line, before: Line | None) -> bool:
    """Tell whether a line begins a list item, not an aside « – dont... » or a number that was wrapped."""
    if not _ITEM.match(line.text) or not any(c.isalpha() for c in line.text):
        return False
    if before is None or _SENTENCE_END.search(before.text) or _is_short(before, line):
        return True
    wrapped_here = abs(line.x0 - before.x0) < 0.5 * line.size and not _ITEM.match(before.text)
    return not (wrapped_here and line.bottom - before.bottom < 2 * line.size)


def _usual_pitch(lines: Sequence[Line]) -> float:
    """Return the usual distance from line to line, in ems: pages mix sizes."""
    pitches = [
        (line.bottom - before.bottom) / max(1.0, line.size)
        for before, line in pairwise(lines)
        if before.table is None and line.table is None and 0 < line.bottom - before.bottom < 4 * line.size
    ]
    if not pitches:
        return 1.2
    # the lower quartile: on a page of short paragraphs most distances part two of them
    return min(2.2, max(1.0, sorted(pitches)[len(pitches) // 4]))


def _parts(before: Line, line: Line, group: Group, pitch: float) -> bool:
    """Tell whether a paragraph ends between two lines."""
    em = max(1.0, before.size)
    if line.note != before.note or (line.note and MARK.match(line.text)):
        return True
    if abs(line.size - before.size) > (_SAME_SIZE if line.confidence is None else _SAME_SIZE_OCR) * em:
        return True
    if line.left != before.left or line.right != before.right:
        # another column: at its top the paragraph may go on
        return line.top >= before.top or not _goes_on(group.lines, line)
    if (line.bottom - before.bottom) > pitch * _MAX_PITCH * em or line.top < before.top:
        return True
    if line.bold != before.bold and (before.bold or len(line.text) < _MAX_HEADING_CHARS / 2):
        return _is_short(before, line)
    ended = _SENTENCE_END.search(before.text) is not None
    indented = line.x0 - line.left > 0.8 * em and line.x0 - before.x0 > 0.8 * em
    if ended and indented and group.kind != "list_item":
        return True
    if before.counted and (line.counted or not line.text[:1].islower()):
        return True
    if not _is_short(before, line):
        return False
    if _centred(before) and _centred(line) and before.bold == line.bold and not ended:
        return False
    return ended or not line.text[:1].islower()


def _goes_on(before: Sequence[Line], line: Line) -> bool:
    """Tell whether a paragraph that stands at the foot of a column or page goes on with a line at the top of the next.

    Within a sentence it does where the last line is full; after one, where
    the paragraph began with an indent, or is justified and full, and the line is not indented.
    """
    last = before[-1]
    if last.bold != line.bold or abs(last.size - line.size) > _SAME_SIZE_OCR * last.size:
        return False
    ended = _SENTENCE_END.search(last.text) is not None
    if last.text.endswith("-") or line.text[:1].islower():
        return not ended or last.text.endswith((":", ";"))
    full = last.right - last.x1 < 2.0 * last.size and len(last.text) >= _MIN_FULL_CHARS
    if not ended:
        return full or (len(before) > 1 and last.x1 - last.x0 > _NEARLY_FULL * (last.right - last.left))
    if last.text.endswith(":") and line.text[:1].isdigit():
        return full
    indented = before[0].x0 - before[0].left > 0.8 * last.size and any(b.x0 - b.left < 0.4 * b.size for b in before)
    return indented and full and line.x0 - line.left < 0.4 * line.size


def _is_short(before: Line, line: Line) -> bool:
    """Tell whether the next line's first word would have fitted, with room to spare."""
    chars = max(1, len(line.text))
    # what a no-break space holds together (« 2016 : ») goes to the next line together
    first_word = len(line.text.split(" ", 1)[0]) or 1
    needed = (line.x1 - line.x0) * first_word / chars
    return before.right - before.x1 > needed + 2.0 * before.size


def _centred(line: Line) -> bool:
    left, right = line.x0 - line.left, line.right - line.x1
    return left > 2 * line.size and abs(left - right) < 3 * line.size
