"""Make the outlines of countries that ship: ``python -m coopnlp.web.dashboard.build_outlines countries-50m.json``.

The input is TopoJSON of the npm package ``world-atlas`` (``npm pack world-atlas@2.0.2``): Natural Earth, public
domain. Borders are simplified once for both countries that share them, so that no gap opens between neighbours
(D. Douglas and T. Peucker, « Algorithms for the reduction of the number of points required to represent a digitized
line or its caricature », Cartographica 10, 1973). French names come from CLDR, as ``babel`` has them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

from coopnlp.web.dashboard.outlines import FILE
from coopnlp.web.dashboard.projection import project

Point = tuple[int, int]
Ring = list[Point]
# Degrees of longitude and latitude.
Line = list[tuple[float, float]]

# Map units (projection.WIDTH): what a line may move, and the least area of an island that is kept.
TOLERANCE = 1.0
LEAST_AREA = 12.0
# Without inhabitants; it would take a fifth of the map.
_LEFT_OUT = {"AQ"}
# Codes of CLDR that are no country of ISO 3166-1.
_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
# Drawn by the source without a code, and known to the gazetteer by one.
_CODES = {"Kosovo": "XK"}


def build(topology: dict[str, Any]) -> str:
    """Return the outlines as lines ``code, name, x, y, path``, by code; areas without a code last."""
    from babel import Locale
    from babel.core import get_global

    names, aliases = Locale("fr").territories, get_global("territory_aliases")
    arcs = [_simplify(_read(arc, topology["transform"])) for arc in topology["arcs"]]
    lines = []
    seen = set()
    for shape in topology["objects"]["countries"]["geometries"]:
        code = (aliases.get(shape["id"]) or [""])[0] if shape.get("id") else _CODES.get(shape["properties"]["name"], "")
        if code in _LEFT_OUT:
            continue
        parts = (part for line in _lines(shape) for part in _cut(_ring(line, arcs)))
        rings = sorted((_projected(part) for part in parts), key=lambda ring: -abs(_area(ring)))
        kept = [ring for at, ring in enumerate(rings) if at == 0 or abs(_area(ring)) >= LEAST_AREA]
        x, y = _middle(rings[0])
        lines.append((code, names.get(code, ""), str(x), str(y), "".join(map(_path, kept))))
        seen.add(code)
    # Territories that the source draws with another country, or not at all, have a name all the same.
    for code in sorted(set(names) - seen - _LEFT_OUT):
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES:
            lines.append((code, names[code], "", "", ""))
    lines.sort(key=lambda line: (not line[0], line[0], line[4]))
    return "".join("\t".join(line) + "\n" for line in lines)


def _read(arc: list[list[int]], transform: dict[str, list[float]]) -> Line:
    (sx, sy), (tx, ty) = transform["scale"], transform["translate"]
    x = y = 0
    points: Line = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((x * sx + tx, y * sy + ty))
    return points


def _projected(line: Line) -> Ring:
    points = (project(latitude, longitude) for longitude, latitude in line)
    return [(round(x), round(y)) for x, y in points]


def _simplify(line: Line) -> Line:
    points = _projected(line)
    keep = {0, len(points) - 1}
    stack = [(0, len(points) - 1)]
    if points[0] == points[-1] and len(points) > 3:  # an island: its farthest point splits it
        far = max(range(len(points)), key=lambda at: _square(points[0], points[at]))
        keep.add(far)
        stack = [(0, far), (far, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        worst, at = 0.0, first
        for n in range(first + 1, last):
            off = _distance(points[n], points[first], points[last])
            if off > worst:
                worst, at = off, n
        if worst > TOLERANCE:
            keep.add(at)
            stack += [(first, at), (at, last)]
    return [line[n] for n in sorted(keep)]


def _cut(line: Line) -> list[Line]:
    """Return a ring that crosses the 180th meridian as its parts on both sides; another as it is."""
    turned: Line = []
    turn = 0.0
    for at, (longitude, latitude) in enumerate(line):
        if at and abs(longitude - line[at - 1][0]) > 180:
            turn += 360 if longitude < line[at - 1][0] else -360
        turned.append((longitude + turn, latitude))
    if turn:  # around a pole: nothing that is kept
        return [line]
    parts = []
    for shift in (-360.0, 0.0, 360.0):
        moved = [(longitude + shift, latitude) for longitude, latitude in turned]
        if any(abs(longitude) < 180 for longitude, _ in moved):
            parts.append(_within(_within(moved, 1), -1))
    return [part for part in parts if len(part) > 2] or [line]


def _within(line: Line, side: int) -> Line:
    """Return the part of a ring with longitudes up to 180 (``side`` 1), or from -180 (``side`` -1)."""
    kept: Line = []
    for (ax, ay), (bx, by) in pairwise(line):
        a, b = 180 - side * ax, 180 - side * bx
        if a >= 0:
            kept.append((ax, ay))
        if (a < 0) != (b < 0):
            share = a / (a - b)
            kept.append((ax + share * (bx - ax), ay + share * (by - ay)))
    return [*kept, kept[0]] if kept else kept


def _square(a: Point, b: Point) -> int:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def _distance(point: Point, a: Point, b: Point) -> float:
    """Distance from a point to a segment."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length if length else 0.0
    along = max(0.0, min(1.0, along))
    return float(((point[0] - a[0] - along * dx) ** 2 + (point[1] - a[1] - along * dy) ** 2) ** 0.5)


def _lines(shape: dict[str, Any]) -> list[list[int]]:
    polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
    return [line for polygon in polygons for line in polygon]


def _ring(line: list[int], arcs: list[Line]) -> Line:
    ring: Line = []
    for number in line:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += arc[1:] if ring else arc
    return ring


def _area(ring: Ring) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def _middle(ring: Ring) -> Point:
    area = _area(ring)
    if abs(area) < 1:
        return ring[0]
    x = y = 0.0
    for a, b in pairwise(ring):
        cross = a[0] * b[1] - b[0] * a[1]
        x, y = x + (a[0] + b[0]) * cross, y + (a[1] + b[1]) * cross
    return round(x / 6 / area), round(y / 6 / area)


def _path(ring: Ring) -> str:
    """Return a ring as SVG path data: one absolute point, then differences."""
    told = f"M{ring[0][0]} {ring[0][1]}l"
    steps = []
    for a, b in pairwise(ring[:-1]):
        dx, dy = b[0] - a[0], b[1] - a[1]
        if dx or dy:
            steps.append(f"{dx}{'' if dy < 0 else ' '}{dy}")
    if not steps:  # smaller than a unit: a dot that can be seen
        steps = ["2 0", "0 2", "-2 0"]
    return told + " ".join(steps).replace(" -", "-") + "z"


def main(arguments: list[str]) -> int:
    """Write the file, and say how large it is and its digest."""
    if len(arguments) != 1:
        sys.stderr.write("Usage: python -m coopnlp.web.dashboard.build_outlines countries-50m.json\n")
        return 2
    text = build(json.loads(Path(arguments[0]).read_text(encoding="utf-8")))
    packed = gzip.compress(text.encode(), mtime=0)
    FILE.write_bytes(packed)
    digest = hashlib.sha256(packed).hexdigest()
    sys.stderr.write(f"{FILE}: {len(text)} characters, {len(packed)} bytes, sha256 {digest}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
