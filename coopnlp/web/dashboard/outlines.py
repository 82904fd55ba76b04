"""The outlines of countries that ship with the package, and the French names of countries.

See ``data/README.md`` for where they come from.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["FILE", "Box", "Country", "coarse", "countries", "country_name", "country_named"]

FILE = Path(__file__).parent / "data" / "monde.tsv.gz"
_RING = re.compile(r"M(-?\d+) (-?\d+)l([^z]*)z")
_NUMBER = re.compile(r"-?\d+")


class Box(NamedTuple):
    """A part of the plane of the map, in map units (:mod:`coopnlp.web.dashboard.projection`)."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two have a point in common."""
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )


class Country(NamedTuple):
    """A country. ``code`` is ISO 3166-1 alpha-2, empty for an area that has none.

    ``x`` and ``y`` are the middle of its largest part, in map units; ``rings`` are closed lines. A territory that
    the map does not draw by itself has no rings, and nothing at ``x`` and ``y``.
    """

    code: str
    name: str
    x: float | None
    y: float | None
    rings: tuple[tuple[tuple[int, int], ...], ...]
    boxes: tuple[Box, ...]


@cache
def countries() -> tuple[Country, ...]:
    """Return all countries by code, those without a code last."""
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        return tuple(_country(*line.rstrip("\n").split("\t")) for line in lines)


@cache
def _by_code() -> dict[str, Country]:
    return {country.code: country for country in countries() if country.code}


def country_named(code: str) -> Country | None:
    """Return the country of a code, or nothing where the code is unknown."""
    return _by_code().get(code.upper())


def country_name(code: str) -> str:
    """Return the French name of a country, or the code where none is known.

    >>> country_name("ML"), country_name("??")
    ('Mali', '??')
    """
    country = country_named(code)
    return country.name if country else code


def _country(code: str, name: str, x: str, y: str, path: str) -> Country:
    rings = tuple(_ring(*match.groups()) for match in _RING.finditer(path))
    boxes = tuple(
        Box(min(x for x, _ in r), min(y for _, y in r), max(x for x, _ in r), max(y for _, y in r)) for r in rings
    )
    return Country(code, name, float(x) if x else None, float(y) if y else None, rings, boxes)


def _ring(x: str, y: str, steps: str) -> tuple[tuple[int, int], ...]:
    points = [(int(x), int(y))]
    numbers = [int(number) for number in _NUMBER.findall(steps)]
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        points.append((points[-1][0] + dx, points[-1][1] + dy))
    return tuple(points)


def coarse(ring: tuple[tuple[int, int], ...], step: float) -> list[tuple[int, int]]:
    """Return a ring without the points nearer than ``step`` to the one before, and at least three of them."""
    kept = [ring[0]]
    for point in ring[1:]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= step:
            kept.append(point)
    return kept if len(kept) > 2 else list(ring[:: max(1, len(ring) // 3)][:4])
