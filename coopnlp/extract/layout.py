"""Words of a page to lines in reading order.

Words that follow each other on a line make a fragment; where a gutter parts a
page into columns of prose, the left column is read before the right one; what
lies on one height elsewhere is one line (labels and figures set with tabs are
read across). Footnotes come after the text of their page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coopnlp.extract.columns import read_region
from coopnlp.extract.footnotes import take_footnotes
from coopnlp.extract.fragments import Fragment, Line, Table, cut_fragments

if TYPE_CHECKING:
    from coopnlp.extract.pdf_rules import Rule
    from coopnlp.extract.pdf_words import Word

__all__ = ["Line", "Table", "read_lines"]

#: An upright rule as tall as five lines parts columns; shorter ones are ornaments.
_TALL = 60.0


def read_lines(
    words: Sequence[Word],
    tables: Sequence[Line] = (),
    rules: Sequence[Rule] = (),
    turned: Sequence[Word] = (),
) -> list[Line]:
    """Return the lines of a page in reading order, tables in their place.

    ``tables`` are lines that hold a table; their words must not be among
    ``words``. A tall upright rule that stands alone parts columns whatever they
    hold. ``turned``, lines at a quarter turn to the text, come last.
    """
    fragments = cut_fragments(words)
    notes, fragments = take_footnotes(fragments, rules)
    fragments += [Fragment([], line) for line in tables]
    upright = [
        rule
        for rule in rules
        if not rule.horizontal
        and rule.bottom - rule.top >= _TALL
        and not any(t.top - 5 <= rule.top and rule.bottom <= t.bottom + 5 for t in tables)
    ]
    lines = _read_beside_rule(fragments, upright)
    for line in read_region(notes):
        line.note = True
        lines.append(line)
    for word in turned:
        # its own column each: what is set up the side of a page goes on with nothing
        line = Line(word.text, word.x0, word.top, word.x1, word.bottom, word.size, word.bold, word.x0, word.x1 + 0.01)
        line.turned = True
        lines.append(line)
    return lines


def _read_beside_rule(fragments: list[Fragment], rules: Sequence[Rule]) -> list[Line]:
    """Read what stands beside the first lone upright rule column by column, above and below it apart."""
    if not fragments:
        return []
    for rule in sorted(rules, key=lambda r: r.top):
        alone = not any(abs(r.x0 - rule.x0) > 3 and min(r.bottom, rule.bottom) > max(r.top, rule.top) for r in rules)
        beside = [f for f in fragments if rule.top <= (f.top + f.bottom) / 2 <= rule.bottom]
        left, right = [f for f in beside if f.x1 <= rule.x0 + 1], [f for f in beside if f.x0 >= rule.x0 - 1]
        if alone and left and right and len(left) + len(right) == len(beside):
            above = [f for f in fragments if (f.top + f.bottom) / 2 < rule.top]
            below = [f for f in fragments if (f.top + f.bottom) / 2 > rule.bottom]
            rest = [r for r in rules if r.top >= rule.bottom]
            return [
                *read_region(above),
                *read_region(left),
                *read_region(right),
                *_read_beside_rule(below, rest),
            ]
    return read_region(fragments)
