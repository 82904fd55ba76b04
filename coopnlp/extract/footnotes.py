"""Footnotes: small type at the foot of a column, with a mark or under a short rule."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from coopnlp.extract.fragments import Fragment

if TYPE_CHECKING:
    from coopnlp.extract.pdf_rules import Rule

__all__ = ["MARK", "take_footnotes"]

#: Notes are set at this share of the size of the text, or smaller.
_SMALL = 0.93
#: The rule over notes is at most this share of the width of the text.
_MAX_RULE = 0.6
_RULE_GAP_PT = 16.0
MARK = re.compile(r"^(?:\(?\d{1,3}\)?|[¹²³⁰-⁹]{1,3}|[*†‡]{1,3})[.)]?(?=\s|[A-ZÀ-Ý«])")
_LONE_MARK = re.compile(r"^(?:\(?\d{1,3}\)?|[¹²³⁰-⁹]{1,3}|[*†‡]{1,3})[.)]?$")
_MIN_CHARS = 12


def take_footnotes(fragments: Sequence[Fragment], rules: Sequence[Rule]) -> tuple[list[Fragment], list[Fragment]]:
    """Return the fragments of footnotes, and the others."""
    if len(fragments) < 3:
        return [], list(fragments)
    sizes: Counter[float] = Counter()
    for f in fragments:
        sizes[f.size] += f.chars
    body = sizes.most_common(1)[0][0]
    small = [f for f in fragments if f.size <= _SMALL * body]
    if not small:
        return [], list(fragments)
    left, right = min(f.x0 for f in fragments), max(f.x1 for f in fragments)
    foot = max(f.bottom for f in fragments)
    large = [f for f in fragments if f.size > _SMALL * body and f.top < foot - 2 * body]
    text_foot = max((f.bottom for f in large), default=0.0)
    short = [r for r in rules if r.horizontal and 20 <= r.x1 - r.x0 <= _MAX_RULE * (right - left)]
    notes: set[int] = set()
    for f in small:
        under_rule = any(0 <= f.top - r.top <= _RULE_GAP_PT and abs(f.x0 - r.x0) <= 3 * body for r in short)
        if not (under_rule or _is_marked(f, small)):
            continue
        column = [g for g in large if g.x0 < f.x1 and g.x1 > f.x0]
        if not column or any(g.top > f.top for g in column) or f.top < text_foot - 0.45 * foot:
            continue
        # its own lines and those below it in its column
        reach = max(g.x1 for g in column)
        notes.update(
            id(g) for g in small if g.top > f.top - 0.5 * body and g.x0 >= f.x0 - 2 * body and g.x1 <= reach + 2 * body
        )
    return [f for f in fragments if id(f) in notes], [f for f in fragments if id(f) not in notes]


def _is_marked(f: Fragment, small: Sequence[Fragment]) -> bool:
    text = f.text
    if MARK.match(text) and len(text) >= _MIN_CHARS:
        return True
    return _LONE_MARK.match(text) is not None and any(
        0 <= g.x0 - f.x1 < 2 * g.size and min(f.bottom, g.bottom) > max(f.top, g.top) and g.chars >= _MIN_CHARS
        for g in small
        if g is not f
    )
