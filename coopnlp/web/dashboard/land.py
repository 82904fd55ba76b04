"""The outlines of countries as paths: made once for each fineness, and put in place by a transformation.

A map is drawn for every choice and every actor, and each has another frame. The paths stay in the units of the
shipped outlines, so that they are the same strings whatever the frame; only the rings that it meets are written.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from markupsafe import Markup

from coopnlp.web.dashboard.outlines import Box, coarse, countries
from coopnlp.web.dashboard.svg import element, link, number

__all__ = ["classes", "land"]

# Of a pixel: points of an outline that are nearer to each other are one.
_FINE = 0.7
_SHADES = 4
# Coarsest outlines that are kept, as a power of two in map units: a world on a phone.
_COARSEST = 5


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


def land(box: Box, scale: float, counts: Mapping[str, int], country_href: Callable[[str], str | None] | None) -> Markup:
    """Return the countries of a part of the plane, drawn at ``scale`` pixels a map unit; those counted are shaded."""
    shades = classes(counts.values())
    plain: list[str] = []
    shaded: list[Markup] = []
    for country, paths in zip(countries(), _paths(_level(_FINE / scale)), strict=True):
        path = "".join(told for told, around in zip(paths, country.boxes, strict=True) if around.meets(box))
        if not path:
            continue
        count = counts.get(country.code, 0)
        if not count:
            plain.append(path)
            continue
        shape = element("path", d=path, class_=f"pays n{sum(count >= step for step in shades)}")
        told = f"{country.name}\u00a0: {number(count)}"
        shaded.append(link(country_href(country.code) if country_href else None, shape, told))
    drawn = [element("path", d="".join(plain), class_="pays"), *shaded] if plain else shaded
    # scale() alone would lose the decimals that a wide frame needs
    moved = f"matrix({scale:.6g} 0 0 {scale:.6g} {-box.left * scale:.2f} {-box.top * scale:.2f})"
    return element("g", Markup("").join(drawn), class_="terres", transform=moved) if drawn else Markup("")


def _level(step: float) -> int:
    """Return the power of two that is nearest below a step."""
    return max(0, min(_COARSEST, math.floor(math.log2(step)))) if step > 1 else 0


@cache
def _paths(level: int) -> tuple[tuple[str, ...], ...]:
    """Return, for every country, the path of each of its rings in map units, as differences."""
    return tuple(tuple(_path(coarse(ring, 2**level)) for ring in country.rings) for country in countries())


def _path(points: list[tuple[int, int]]) -> str:
    (x, y), *rest = points
    steps = [f"M{x} {y}l"]
    for nx, ny in rest:
        steps.append(f"{nx - x} {ny - y}")
        x, y = nx, ny
    return (steps[0] + " ".join(steps[1:]) + "z").replace(" -", "-")
