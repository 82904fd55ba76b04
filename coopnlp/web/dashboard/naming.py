"""The names on a map: those of the largest circles, each where it covers neither a circle, nor a name, nor the legend.

One that is shut in by others has its name a little way off, at the end of a line. What finds no place has no name on
the map; its circle keeps its title and its link, and the table below names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from coopnlp.web.dashboard.outlines import Box
from coopnlp.web.dashboard.svg import element, fit, text, width_of

__all__ = ["SIZE", "Circle", "names"]

SIZE = 11.5
# Between a circle and its name; a name is this tall above and below its base line.
_GAP, _ABOVE, _BELOW = 3.0, 10.0, 3.5
# How far off a name may be, and how many of the first may be far off.
_FAR, _LED = (16.0, 32.0, 50.0), 6


class Circle(NamedTuple):
    """A circle in pixels and what it is called."""

    x: float
    y: float
    r: float
    label: str


def names(
    circles: Sequence[Circle], kept_free: Iterable[Box], *, width: float, height: float, most: int, longest: float
) -> list[Markup]:
    """Return the names of the first circles that have room for theirs.

    Parameters
    ----------
    circles
        The most important first.
    kept_free
        Where else no name may stand.
    most, longest
        Names on the map, and pixels of one, which is cut where it is longer.
    """
    taken = [*kept_free, *(Box(c.x - c.r, c.y - c.r, c.x + c.r, c.y + c.r) for c in circles)]
    own = len(taken) - len(circles)
    told: list[Markup] = []
    shown: set[str] = set()
    for n, circle in enumerate(circles):
        if len(shown) == most:
            break
        label = fit(circle.label, longest, SIZE)
        if not label or label in shown:  # a town and its intercommunality cut to the same words would look like one
            continue
        wide = width_of(label, SIZE)
        for far in (0.0, *(_FAR if n < _LED else ())):
            for frame, anchor, x, y in _places(circle, wide, far):
                if frame.left < 0 or frame.right > width or frame.top < 0 or frame.bottom > height:
                    continue
                if any(frame.meets(other) for at, other in enumerate(taken) if at != own + n):
                    continue
                if far:
                    told.append(_line(circle, frame))
                taken.append(frame)
                shown.add(label)
                told.append(text(x, y, label, class_="lieu", text_anchor=anchor))
                break
            if label in shown:
                break
    return told


def _line(circle: Circle, frame: Box) -> Markup:
    """Return a line from a circle to the nearest point of its name."""
    x, y = max(frame.left, min(circle.x, frame.right)), max(frame.top, min(circle.y, frame.bottom))
    return element("path", d=f"M{circle.x:.1f} {circle.y:.1f}L{x:.1f} {y:.1f}", class_="rappel")


def _places(circle: Circle, wide: float, far: float) -> Iterable[tuple[Box, str, float, float]]:
    """Yield where a name may stand: right, left, above, below, then at the four corners."""
    x, y, r = circle.x, circle.y, circle.r + far
    side, corner = r + _GAP, 0.75 * r + _GAP
    over, under = y - r - _BELOW - 1, y + r + _ABOVE + 1
    for anchor, at, low in (
        ("start", x + side, y + 4),
        ("end", x - side, y + 4),
        ("middle", x, over),
        ("middle", x, under),
        ("start", x + corner, over + r * 0.5),
        ("start", x + corner, under - r * 0.5),
        ("end", x - corner, over + r * 0.5),
        ("end", x - corner, under - r * 0.5),
    ):
        left = {"start": at, "end": at - wide, "middle": at - wide / 2}[anchor]
        yield Box(left - 1, low - _ABOVE, left + wide + 1, low + _BELOW), anchor, at, low
