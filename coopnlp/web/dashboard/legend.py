"""What the shades and circles of a map stand for: over its lower left corner, or below it where it is narrow."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from markupsafe import Markup

from coopnlp.web.dashboard.land import classes
from coopnlp.web.dashboard.outlines import Box
from coopnlp.web.dashboard.svg import element, number, text, ticks, width_of

__all__ = ["below", "beside", "radius"]

_LINE = 17.0
_SIZE = 11.0


def radius(items: int, highest: int, biggest: float) -> float:
    """Return how large a circle is: its area follows the items, so that it is still seen where there are few."""
    return max(3.0, biggest * math.sqrt(items / highest)) if highest > 1 else 5.0


def beside(counts: Mapping[str, int], highest: int, height: float, biggest: float) -> tuple[Markup, list[Box]]:
    """Return the legend at the lower left, and the part of the map that it covers."""
    shades = _shades(counts)
    rows: list[Markup] = []
    y = top = height - 14 - _LINE * len(shades)
    if shades:
        rows.append(text(12, y, "par pays", class_="repere"))
        top = y - 10
        for n, told in enumerate(shades):
            low = y + 8 + _LINE * n
            rows.append(element("rect", x=12.0, y=low, width=18.0, height=12.0, class_=f"pays n{n + 1}"))
            rows.append(text(36, low + 10, told, class_="repere"))
    sizes = _sizes(highest)
    if sizes:
        at = y - 20
        for size in sizes[::-1]:
            r = radius(size, highest, biggest)
            at -= r
            rows.append(element("circle", cx=12 + biggest, cy=at, r=r, class_="rond"))
            rows.append(text(20 + 2 * biggest, at + 4, number(size), class_="repere"))
            at -= r + 5
        rows.append(text(12, at - 4, "par acteur", class_="repere"))
        top = at - 14
    return (_group(rows), [Box(0, top, 110, height)]) if rows else (Markup(""), [])


def below(counts: Mapping[str, int], highest: int, top: float, width: float, biggest: float) -> tuple[Markup, float]:
    """Return the legend in lines below a map that ends at ``top``, and how tall it is."""
    rows: list[Markup] = []
    y = top
    shades = _shades(counts)
    if shades:
        y += _LINE + 3
        rows.append(text(2, y, "Fiches par pays", class_="repere"))
        y += _LINE
        x = 2.0
        for n, told in enumerate(shades):
            wide = 24 + width_of(told, _SIZE) + 12
            if x + wide > width:
                x, y = 2.0, y + _LINE
            rows.append(element("rect", x=x, y=y - 10, width=18.0, height=12.0, class_=f"pays n{n + 1}"))
            rows.append(text(x + 24, y, told, class_="repere"))
            x += wide
    sizes = _sizes(highest)
    if sizes:
        tall = 2 * radius(sizes[-1], highest, biggest)
        y += max(_LINE, tall) + 5
        rows.append(text(2, y, "par acteur", class_="repere"))
        x = 2 + width_of("par acteur", _SIZE) + 10
        for size in sizes:
            r = radius(size, highest, biggest)
            rows.append(element("circle", cx=x + r, cy=y - 4, r=r, class_="rond"))
            rows.append(text(x + 2 * r + 5, y, number(size), class_="repere"))
            x += 2 * r + width_of(number(size), _SIZE) + 20
        y += max(0.0, tall / 2 - 8)
    return (_group(rows), y - top + 8) if rows else (Markup(""), 0.0)


def _shades(counts: Mapping[str, int]) -> list[str]:
    """Return what each shade stands for, from the lightest."""
    steps = classes(counts.values())
    if not steps:
        return []
    return [
        number(least) if most <= least else f"{number(least)} à {number(most)}"
        for least, most in [(low, high - 1) for low, high in pairwise(steps)] + [(steps[-1], max(counts.values()))]
    ]


def _sizes(highest: int) -> list[int]:
    """Return the numbers whose circles are shown, the smaller first."""
    if highest < 2:
        return []
    return [int(mark) for mark in ticks(highest, 2) if 1 <= mark <= highest][-2:] or [highest]


def _group(rows: Sequence[Markup]) -> Markup:
    return element("g", Markup("").join(rows), class_="cle", aria_hidden="true")
