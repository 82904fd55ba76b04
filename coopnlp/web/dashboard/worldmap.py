"""The map: countries shaded by what they take part in, actors as circles, lines between partners."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from coopnlp.web.dashboard.outlines import Box, Country, coarse, countries
from coopnlp.web.dashboard.projection import WIDTH, project
from coopnlp.web.dashboard.svg import element, figure, fit, link, number, text, ticks, width_of

__all__ = ["REGIONS", "Mark", "box_around", "classes", "map_svg"]

_RADIUS = 17.0
_LABELS = 14
_SIZE = 11.5
# Of a pixel: points of an outline that are nearer to each other are one.
_FINE = 0.7
_SHADES = 4


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


def classes(counts: Iterable[int]) -> list[int]:
    """Return the least count of each shade: a geometric scale, for counts are far apart.

    >>> classes([1, 3, 400]), classes([2, 3]), classes([])
    ([1, 4, 20, 89], [1, 2, 3], [])
    """
    highest = max(counts, default=0)
    if highest < 1:
        return []
    steps = [math.floor(highest ** (n / _SHADES)) for n in range(_SHADES)]
    if highest <= _SHADES:
        steps = list(range(1, highest + 1))
    return sorted({max(1, step) + (1 if n and step == steps[n - 1] else 0) for n, step in enumerate(steps)})


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
    box = _framed(box or REGIONS["monde"][1])
    scale = width / (box.right - box.left)
    height = (box.bottom - box.top) * scale
    counts = counts or {}

    def placed(mark: Mark) -> tuple[float, float]:
        x, y = project(mark.latitude, mark.longitude)
        return (x - box.left) * scale, (y - box.top) * scale

    body = [element("rect", x=0.0, y=0.0, width=width, height=height, class_="mer")]
    body += _land(box, scale, counts, country_href)
    inside = [(mark, *placed(mark)) for mark in marks]
    inside = [(m, x, y) for m, x, y in inside if -_RADIUS < x < width + _RADIUS and -_RADIUS < y < height + _RADIUS]
    where = {mark.key: placed(mark) for mark in marks}
    body.append(_lines(ties, where))
    highest = max((mark.items for mark, _, _ in inside), default=1)
    circles = sorted(inside, key=lambda at: (-at[0].items, at[0].key))
    taken: list[Box] = []
    for mark, x, y in circles:
        r = max(3.0, _RADIUS * math.sqrt(mark.items / highest)) if highest > 1 else 5.0
        body.append(link(mark.href, element("circle", cx=x, cy=y, r=r, class_="rond"), mark.told))
        taken.append(Box(x - r * 0.5, y - r * 0.5, x + r * 0.5, y + r * 0.5))
    body += _labels(circles, highest, taken, width, height)
    body.append(_legend(counts, highest if inside else 0, height))
    return figure(name, title, described, body, width=width, height=height, class_="d-carte")


def _framed(box: Box) -> Box:
    """Return a box between 1.2 and 2.1 times as wide as it is tall."""
    wide, tall = box.right - box.left, box.bottom - box.top
    middle_x, middle_y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    wide, tall = max(wide, tall * 1.2), max(tall, wide / 2.1)
    return Box(middle_x - wide / 2, middle_y - tall / 2, middle_x + wide / 2, middle_y + tall / 2)


def _land(
    box: Box, scale: float, counts: Mapping[str, int], country_href: Callable[[str], str | None] | None
) -> list[Markup]:
    shades = classes(counts.values())
    plain: list[str] = []
    shaded: list[Markup] = []
    for country in countries():
        path = _path(country, box, scale)
        if not path:
            continue
        count = counts.get(country.code, 0)
        if not count:
            plain.append(path)
            continue
        shade = sum(count >= step for step in shades)
        shape = element("path", d=path, class_=f"pays n{shade}")
        told = f"{country.name}\u00a0: {number(count)}"
        shaded.append(link(country_href(country.code) if country_href else None, shape, told))
    return [element("path", d="".join(plain), class_="pays"), *shaded] if plain else shaded


def _path(country: Country, box: Box, scale: float) -> str:
    """Return the outline of a country in pixels, as differences in tenths."""
    told = []
    for ring, around in zip(country.rings, country.boxes, strict=True):
        if not around.meets(box):
            continue
        points = coarse(ring, _FINE / scale)
        x, y = round((points[0][0] - box.left) * scale, 1), round((points[0][1] - box.top) * scale, 1)
        steps = [f"M{_short(x)} {_short(y)}l"]
        for point in points[1:]:
            dx = round((point[0] - box.left) * scale - x, 1)
            dy = round((point[1] - box.top) * scale - y, 1)
            x, y = x + dx, y + dy
            steps.append(f"{_short(dx)} {_short(dy)}")
        told.append(" ".join(steps) + "z")
    return "".join(told).replace(" -", "-")


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace("-0.", "-.") if value else "0"


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


def _labels(
    circles: Sequence[tuple[Mark, float, float]], highest: int, taken: list[Box], width: float, height: float
) -> list[Markup]:
    """Return the names of the largest circles, each where it meets nothing, or none."""
    told: list[Markup] = []
    for mark, x, y in circles:
        if len(told) == _LABELS:
            break
        r = max(3.0, _RADIUS * math.sqrt(mark.items / highest)) if highest > 1 else 5.0
        label = fit(mark.label, 130, _SIZE)
        wide = width_of(label, _SIZE)
        for left, low, anchor, at in (
            (x + r + 3, y + 4, "start", x + r + 3),
            (x - r - 3 - wide, y + 4, "end", x - r - 3),
            (x - wide / 2, y - r - 4, "middle", x),
            (x - wide / 2, y + r + 12, "middle", x),
        ):
            frame = Box(left - 1, low - 10, left + wide + 1, low + 3)
            free = not any(frame.meets(other) for other in taken)
            if free and frame.left >= 0 and frame.right <= width and frame.top >= 0 and frame.bottom <= height:
                taken.append(frame)
                told.append(text(at, low, label, class_="lieu", text_anchor=anchor))
                break
    return told


def _legend(counts: Mapping[str, int], highest: int, height: float) -> Markup:
    """Return what shades and circles stand for, at the lower left."""
    shades = classes(counts.values())
    rows: list[Markup] = []
    y = height - 14 - 17 * max(len(shades), 0)
    if shades:
        rows.append(text(12, y, "par pays", class_="repere"))
        for n, step in enumerate(shades):
            top = y + 8 + 17 * n
            beyond = shades[n + 1] - 1 if n + 1 < len(shades) else max(counts.values())
            told = number(step) if beyond <= step else f"{number(step)} à {number(beyond)}"
            rows.append(element("rect", x=12.0, y=top, width=18.0, height=12.0, class_=f"pays n{n + 1}"))
            rows.append(text(36, top + 10, told, class_="repere"))
    if highest > 1:
        sizes = [mark for mark in ticks(highest, 2) if 1 <= mark <= highest][-2:] or [highest]
        at = y - 20
        for size in sizes[::-1]:
            r = max(3.0, _RADIUS * math.sqrt(size / highest))
            at -= r
            rows.append(element("circle", cx=12 + _RADIUS, cy=at, r=r, class_="rond"))
            rows.append(text(20 + 2 * _RADIUS, at + 4, number(size), class_="repere"))
            at -= r + 5
        rows.append(text(12, at - 4, "par acteur", class_="repere"))
    return element("g", Markup("").join(rows), class_="cle", aria_hidden="true") if rows else Markup("")
