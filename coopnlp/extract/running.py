"""Running heads, footers and page numbers: found because they come back at one height."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from statistics import median

from coopnlp.extract.fragments import Line
from coopnlp.extract.shapes import first_of_shape, shape

__all__ = ["take_running"]

#: Lines of a page looked at, from the top and from the bottom; a letterhead has up to four lines.
_DEPTH = 4
#: The outer share of the page's height in which they may lie.
_ZONE = 0.14
#: A head comes back on three pages at least, and on a fifth of them (left and right pages and
#: chapters alternate).
_MIN_PAGES = 3
_MIN_SHARE = 0.2
#: Of this many pages two are enough for a line that is smaller than the text: the first page often has no head.
_FEW_PAGES = 4
#: Nine in ten of its places are at that edge: what also stands inside pages is text.
_MIN_AT_EDGE = 0.9
_PAGE_NUMBER = re.compile(
    r"(?i)^(?:[-–—•(\[]\s*)?(?:page|p\.|folio|f°)?\s*(?:\d{1,4}|[ivxlc]{1,6})"
    r"(?:\s*(?:/|sur|de)\s*\d{1,4})?(?:\s*[-–—•)\]])?$"
)


def take_running(
    pages: Sequence[list[Line]], heights: Sequence[float]
) -> tuple[list[list[Line]], list[tuple[str, list[int]]]]:
    """Return the pages without running heads, and what was taken: (text, 0-based pages);
    the text of page numbers is empty.

    A line is one if its text, figures aside, comes back near the same height, or
    if it is a page number alone at the edge of a page. Where several texts
    stand far apart on a line, each is looked at by itself; a table is one text.
    """
    found: dict[tuple[str, bool], list[_Place]] = defaultdict(list)
    every: list[_Place] = []
    for number, (lines, height) in enumerate(zip(pages, heights, strict=True)):
        for line, at_top in _edge_lines(lines, height):
            for text in line.parts or (_text(line),):
                place = _Place(number, line, text)
                every.append(place)
                found[_shape(text), at_top].append(place)
    needed = max(_MIN_PAGES, int(len(pages) * _MIN_SHARE))
    text_lines = [line for lines in pages for line in lines if line.table is None]
    small = 0.9 * median([line.size for line in text_lines]) if len(pages) <= _FEW_PAGES and text_lines else 0.0
    taken: set[tuple[int, str]] = set()
    notes: list[tuple[str, list[int]]] = []
    numbers: list[_Place] = []
    come_back: list[tuple[str, list[int], list[_Place]]] = []
    for (own, at_top), places in found.items():
        on = sorted({place.page for place in places})
        if _PAGE_NUMBER.match(places[0].text.strip()):
            numbers += [p for p in places if _is_outermost(p.line, pages[p.page], at_top)]
        elif (
            len(on) >= needed or (small and len(on) == 2 and _is_small_twin(places, pages, small, at_top))
        ) and _one_height([place.line for place in places]):
            come_back.append((own, on, places))
    everywhere = _count({own for own, _, _ in come_back}, text_lines)
    for own, on, places in come_back:
        of_size = sum(everywhere[key] for key in {(own, round(p.line.size)) for p in places})
        if places[0].line.table is not None or len(places) >= _MIN_AT_EDGE * of_size:
            taken.update((id(place.line), place.text) for place in places)
            notes.append((places[0].text, on))
    taken.update((id(place.line), place.text) for place in numbers)
    # of a line that is a running head in part only, nothing is taken
    whole = {
        id(place.line)
        for place in every
        if all((id(place.line), text) in taken for text in place.line.parts or (_text(place.line),))
    }
    if on := sorted({place.page for place in numbers if id(place.line) in whole}):
        notes.append(("", on))
    return [[line for line in lines if id(line) not in whole] for lines in pages], notes


@dataclass(frozen=True, slots=True)
class _Place:
    """A text at the edge of a page (0-based)."""

    page: int
    line: Line
    text: str


def _count(shapes: Set[str], lines: Sequence[Line]) -> Counter[tuple[str, int]]:
    """Return how often texts of these shapes stand anywhere, by their size: a title is often the running head too."""
    begins = {each[:1] for each in shapes}
    counts: Counter[tuple[str, int]] = Counter()
    for line in lines:
        for text in line.parts or (line.text,):
            # the first character tells of most lines that they are none of them
            if not text[:1].isspace() and first_of_shape(text) not in begins:
                continue
            own = _shape(text)
            if own in shapes:
                counts[own, round(line.size)] += 1
    return counts


def _text(line: Line) -> str:
    return line.text if line.table is None else " | ".join(cell.text for cell in line.table.cells)


def _edge_lines(lines: Sequence[Line], height: float) -> list[tuple[Line, bool]]:
    """Return lines at the edges of a page as (line, whether at the top)."""
    order = sorted(lines, key=lambda line: line.top)
    top = [(line, True) for line in order[:_DEPTH] if line.bottom < height * _ZONE]
    bottom = [(line, False) for line in order[-_DEPTH:] if line.top > height * (1 - _ZONE)]
    return top + bottom


def _shape(text: str) -> str:
    return shape(" ".join(text.split()))


def _is_outermost(line: Line, lines: Sequence[Line], at_top: bool) -> bool:
    """Tell whether nothing lies beyond the line but other candidates of the same row or edge."""
    beyond = [other for other in lines if other is not line and other.table is None]
    if at_top:
        return sum(other.bottom < line.top for other in beyond) < 2
    return sum(other.top > line.bottom for other in beyond) < 2


def _is_small_twin(places: Sequence[_Place], pages: Sequence[list[Line]], small: float, at_top: bool) -> bool:
    """Tell whether two pages of a short document have one and the same outermost line, smaller than the text.

    Two pages are no proof by themselves: two forms begin alike, in the size of the text or larger.
    """
    same = len({place.text for place in places}) == 1
    return same and all(p.line.size <= small and _is_outermost(p.line, pages[p.page], at_top) for p in places)


def _one_height(lines: Sequence[Line]) -> bool:
    """Tell whether nine in ten of the lines stand within 4 points of their middle one."""
    tops = sorted(line.top for line in lines)
    middle = tops[len(tops) // 2]
    return sum(abs(top - middle) <= 4 for top in tops) >= 0.9 * len(tops)
