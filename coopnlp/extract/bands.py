"""Sections of columns below each other: each is read through before the next one.

White space that crosses all columns may part two sections, or lie there by
chance; which it is, the sentences tell that go on from column to column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from coopnlp.extract.fragments import Fragment

__all__ = ["cut_bands"]

#: White space between two sections is at least this many ems high (between paragraphs it may be half that).
_MIN_GAP = 0.55
_WIDE_GAP = 1.2
_SENTENCE_END = re.compile(r"[.!?…:;»][\"'’)\]»\s\d]*$")

_Columns = tuple[list[Fragment], list[Fragment]]


def cut_bands(left: list[Fragment], right: list[Fragment]) -> list[_Columns]:
    """Return what stands left and right of a gutter as one pair, or as several that stand below each other."""
    order = sorted([*left, *right], key=lambda f: f.top)
    low = order[0].bottom
    for before, f in pairwise(order):
        low = max(low, before.bottom)
        gap = (f.top - low) / max(1.0, f.size)
        if gap < _MIN_GAP:
            continue
        above = [g for g in left if g.top < f.top], [g for g in right if g.top < f.top]
        below = [g for g in left if g.top >= f.top], [g for g in right if g.top >= f.top]
        if all(above) and all(below) and _are_sections(above, below, gap):
            return [above, *cut_bands(*below)]
    return [(left, right)]


def _are_sections(above: _Columns, below: _Columns, gap: float) -> bool:
    (left, right), (left_below, right_below) = above, below
    apart = _goes_on(_last(left), _first(right)) + _goes_on(_last(right), _first(left_below))
    through = (
        _goes_on(_last(left), _first(left_below))
        + _goes_on(_last(left_below), _first(right))
        + _goes_on(_last(right), _first(right_below))
    )
    if apart != through:
        return apart > through and (apart > 0 or gap > _WIDE_GAP)
    head = _first(left_below)
    return gap > _WIDE_GAP and (all(word.bold for word in head.words) or head.size > 1.05 * _last(left).size)


def _first(fragments: Sequence[Fragment]) -> Fragment:
    """Return the first fragment of the leftmost column."""
    edge = min(f.x0 for f in fragments)
    size = fragments[0].size
    return min((f for f in fragments if f.x0 < edge + 4 * size), key=lambda f: f.top)


def _last(fragments: Sequence[Fragment]) -> Fragment:
    """Return the last fragment of the rightmost column."""
    edge = max(f.x1 for f in fragments)
    wide = max(f.x1 - f.x0 for f in fragments)
    return max((f for f in fragments if f.x0 > edge - 1.1 * wide), key=lambda f: f.bottom)


def _goes_on(before: Fragment, after: Fragment) -> int:
    """Return 1 where a sentence goes on, -1 where it cannot, 0 where that cannot be told."""
    if before.table or after.table:
        return 0
    last, first = before.text, after.text
    ended = _SENTENCE_END.search(last) is not None
    if first[:1].islower():
        alike = before.words[-1].bold == after.words[0].bold and abs(before.size - after.size) < 0.05 * before.size
        return 1 if alike and not ended else -1
    return 0 if ended or before.words[-1].bold else -1
