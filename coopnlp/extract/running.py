"""Running heads, footers and page numbers: found because they come back at one height."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import median

from coopnlp.extract.layout import Line

__all__ = ["take_running"]

#: Lines of a page looked at, from the top and from the bottom; a letterhead has up to four lines.
_DEPTH = 4
#: The outer share of the page's height in which they may lie.
_ZONE = 0.14
#: A head comes back on three pages at least, and on a fifth of them (left and right pages and
#: chapters alternate).
_MIN_PAGES = 3
_MIN_SHARE = 0.2
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
    if it is a page number alone at the edge of a page.
    """
    found: dict[tuple[str, bool], list[tuple[int, Line]]] = defaultdict(list)
    for number, (lines, height) in enumerate(zip(pages, heights, strict=True)):
        for line, at_top in _edge_lines(lines, height):
            found[_shape(line.text), at_top].append((number, line))
    needed = max(_MIN_PAGES, int(len(pages) * _MIN_SHARE))
    every = [line for lines in pages for line in lines if line.table is None]
    # the title of a document is often its running head too, in another size
    everywhere = Counter((_shape(line.text), round(line.size)) for line in every)
    small = 0.9 * median([line.size for line in every]) if len(pages) == 2 and every else 0.0
    taken: set[int] = set()
    notes: list[tuple[str, list[int]]] = []
    numbers: list[int] = []
    for (shape, at_top), places in found.items():
        on = sorted({number for number, _ in places})
        text = places[0][1].text
        if _PAGE_NUMBER.match(text.strip()):
            kept = [(n, line) for n, line in places if _is_outermost(line, pages[n], at_top)]
            taken.update(id(line) for _, line in kept)
            numbers.extend(n for n, _ in kept)
        elif (
            (len(on) >= needed or (small and len(on) == 2 and _is_small_twin(places, pages, small, at_top)))
            and _one_height([line for _, line in places])
            and (
                len(places)
                >= _MIN_AT_EDGE * sum(everywhere[key] for key in {(shape, round(p.size)) for _, p in places})
            )
        ):
            taken.update(id(line) for _, line in places)
            notes.append((text, on))
    if numbers:
        notes.append(("", sorted(set(numbers))))
    return [[line for line in lines if id(line) not in taken] for lines in pages], notes


def _edge_lines(lines: Sequence[Line], height: float) -> list[tuple[Line, bool]]:
    """Return lines at the edges of a page as (line, whether at the top)."""
    order = sorted((line for line in lines if line.table is None), key=lambda line: line.top)
    top = [(line, True) for line in order[:_DEPTH] if line.bottom < height * _ZONE]
    bottom = [(line, False) for line in order[-_DEPTH:] if line.top > height * (1 - _ZONE)]
    return top + bottom


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", " ".join(text.split())).casefold()


def _is_outermost(line: Line, lines: Sequence[Line], at_top: bool) -> bool:
    """Tell whether nothing lies beyond the line but other candidates of the same row or edge."""
    beyond = [other for other in lines if other is not line and other.table is None]
    if at_top:
        return sum(other.bottom < line.top for other in beyond) < 2
    return sum(other.top > line.bottom for other in beyond) < 2


def _is_small_twin(places: Sequence[tuple[int, Line]], pages: Sequence[list[Line]], small: float, at_top: bool) -> bool:
    """Tell whether both pages of a document have one and the same outermost line, smaller than the text.

    Two pages are no proof by themselves: two forms begin alike, in the size of the text or larger.
    """
    same = len({line.text for _, line in places}) == 1
    return same and all(line.size <= small and _is_outermost(line, pages[n], at_top) for n, line in places)


def _one_height(lines: Sequence[Line]) -> bool:
    """Tell whether nine in ten of the lines stand within 4 points of their middle one."""
    tops = sorted(line.top for line in lines)
    middle = tops[len(tops) // 2]
    return sum(abs(top - middle) <= 4 for top in tops) >= 0.9 * len(tops)
