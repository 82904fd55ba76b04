"""The map: countries shaded by what they take part in, actors as circles, lines between partners."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from coopnlp.web.dashboard import legend
from coopnlp.web.dashboard.land import land
from coopnlp.web.dashboard.naming import Circle, names
from coopnlp.web.dashboard.outlines import Box
from coopnlp.web.dashboard.projection import WIDTH, project
from coopnlp.web.dashboard.svg import element, figure, link

__all__ = ["REGIONS", "Mark", "box_around", "map_svg"]

_RADIUS = 17.0
# Names on a map; one gives way for each so many pixels that it is narrower than the usual frame.
_LABELS, _USUAL = 16, 1100.0
_LONGEST = 130.0
# Below this many pixels a map is for a phone.
_NARROW = 600.0


class Mark(NamedTuple):
    """A circle: who, where (degrees), how many, where it leads, what is told of it."""

    key: str
    label: str
    latitude: float
    longitude: float
    items: int
    href: str | None
    told: str


def _corners(south: float, west: float, north: float, east: float) -> Box:
    """Return the part of the plane between four degrees."""
    middle = (west + east) / 2
    points = [
        project(lat, lon) for lat in (south, 0 if south < 0 < north else south, north) for lon in (west, middle, east)
    ]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


# Name in an address: name in French, part of the plane.
REGIONS: dict[str, tuple[str, Box]] = {
    "monde": ("Monde", Box(0, project(83.7, 0)[1], WIDTH, project(-56, 0)[1])),
    "europe-afrique": ("Europe et Afrique", _corners(-36, -26, 61, 58)),
    "france": ("France et voisins", _corners(40.8, -6.5, 52, 11)),
    "quebec": ("Québec", _corners(44.2, -80.5, 53.5, -59)),
    "afrique-ouest": ("Afrique de l’Ouest et Maghreb", _corners(3, -18.5, 38, 17)),
    "caraibes": ("Caraïbes et Amérique centrale", _corners(5, -95, 27, -57)),
    "asie": ("Asie et océan Indien", _corners(-27, 40, 50, 145)),
}


def box_around(points: Iterable[tuple[float, float]]) -> Box | None:
    """Return the part of the plane around points in degrees, with some room; None where there are no points."""
    placed = [project(latitude, longitude) for latitude, longitude in points]
    if not placed:
        return None
    xs, ys = [x for x, _ in placed], [y for _, y in placed]
    room = max(60.0, 0.08 * max(max(xs) - min(xs), max(ys) - min(ys)))
    return Box(min(xs) - room, min(ys) - room, max(xs) + room, max(ys) + room)


def map_svg(
    name: str,
    title: str,
    described: str,
    marks: Sequence[Mark],
    *,
    ties: Sequence[tuple[str, str, int]] = (),
    counts: Mapping[str, int] | None = None,
    country_href: Callable[[str], str | None] | None = None,
    box: Box | None = None,
    width: float = 1100,
) -> Markup:
    """Return the map of a part of the world.

    Parameters
    ----------
    marks
        The largest are drawn first, so that the small ones are seen.
    ties
        Keys of two marks, and how much ties them.
    counts
        How many by country code; those countries are shaded.
    country_href
        Where a shaded country leads.
    box
        The part that is shown, by default the world; it is made wider or taller for a frame that pages have room for.
    """
    narrow = width < _NARROW
    box = _framed(box or REGIONS["monde"][1], *((1.0, 1.6) if narrow else (1.2, 2.1)))
    scale = width / (box.right - box.left)
    height = (box.bottom - box.top) * scale
    counts = counts or {}

    def placed(mark: Mark) -> tuple[float, float]:
        x, y = project(mark.latitude, mark.longitude)
        return (x - box.left) * scale, (y - box.top) * scale

    body = [element("rect", x=0.0, y=0.0, width=width, height=height, class_="mer")]
    body.append(land(box, scale, counts, country_href))
    inside = [(mark, *placed(mark)) for mark in marks]
    inside = [(m, x, y) for m, x, y in inside if -_RADIUS < x < width + _RADIUS and -_RADIUS < y < height + _RADIUS]
    where = {mark.key: placed(mark) for mark in marks}
    body.append(_lines(ties, where))
    highest = max((mark.items for mark, _, _ in inside), default=1)
    biggest = _RADIUS * max(0.6, min(1.0, width / 800))
    circles = []
    for mark, x, y in sorted(inside, key=lambda at: (-at[0].items, at[0].key)):
        r = legend.radius(mark.items, highest, biggest)
        body.append(link(mark.href, element("circle", cx=x, cy=y, r=r, class_="rond"), mark.told))
        circles.append(Circle(x, y, r, mark.label))
    most = max(5, round(_LABELS * min(1.0, width / _USUAL)))
    counted = highest if inside else 0
    covered: list[Box] = []
    key, more = Markup(""), 0.0
    if narrow:  # it would cover a quarter of the map
        key, more = legend.below(counts, counted, height, width, biggest)
    else:
        key, covered = legend.beside(counts, counted, height, biggest)
    body += names(circles, covered, width=width, height=height, most=most, longest=min(_LONGEST, width / 3))
    if narrow:
        body.append(element("rect", x=0.0, y=height, width=width, height=more, class_="dessous"))
    body.append(key)
    return figure(name, title, described, body, width=width, height=height + more, class_="d-carte")


def _framed(box: Box, least: float, most: float) -> Box:
    """Return a box between ``least`` and ``most`` times as wide as it is tall."""
    wide, tall = box.right - box.left, box.bottom - box.top
    middle_x, middle_y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    wide, tall = max(wide, tall * least), max(tall, wide / most)
    return Box(middle_x - wide / 2, middle_y - tall / 2, middle_x + wide / 2, middle_y + tall / 2)


def _lines(ties: Sequence[tuple[str, str, int]], where: Mapping[str, tuple[float, float]]) -> Markup:
    """Return bent lines, so that those of one bundle are told apart; the strongest are thicker."""
    told = []
    most = max((count for *_, count in ties), default=1)
    for first, second, count in sorted(ties, key=lambda tie: tie[2]):
        if first not in where or second not in where:
            continue
        (ax, ay), (bx, by) = sorted((where[first], where[second]))
        if math.hypot(bx - ax, by - ay) < 3:
            continue
        cx, cy = (ax + bx) / 2 - (by - ay) * 0.14, (ay + by) / 2 - abs(bx - ax) * 0.14
        path = f"M{ax:.1f} {ay:.1f}Q{cx:.1f} {cy:.1f} {bx:.1f} {by:.1f}"
        told.append(element("path", d=path, class_="lien", stroke_width=0.7 + 2.3 * (count - 1) / max(1, most - 1)))
    return element("g", Markup("").join(told), class_="liens") if told else Markup("")
