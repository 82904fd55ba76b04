"""The network of partners, laid out at the server: the same ties give the same drawing.

Springs between partners, repulsion between all, some pull to the middle: T. Fruchterman and E. Reingold, « Graph
drawing by force-directed placement », Software: Practice and Experience 21, 1991. Then names are moved apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from coopnlp.web.dashboard.svg import clean, element, figure, fit, link, text, width_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

__all__ = ["GROUPS", "Dot", "layout", "network_svg", "places_of"]

_SIZE = 11.5
# Pixels of a name, and the least where the drawing is narrow.
_LABEL, _SHORT = 120.0, 92.0
_RADIUS = 15.0
# Below this many pixels a drawing is for a phone.
_NARROW = 600.0
_ROUNDS, _APART = 250, 250
# Groups of actors: class of the mark, and what the legend calls it. Shapes tell them apart, not colour alone.
GROUPS = {
    "france": "collectivité française",
    "quebec": "collectivité québécoise ou canadienne",
    "ailleurs": "collectivité d’un autre pays",
    "autre": "pays, organisation ou nature inconnue",
}


class Dot(NamedTuple):
    """An actor: ``group`` is one of ``GROUPS``, ``size`` what its mark is as large as, ``told`` what is said of it."""

    key: str
    label: str
    group: str
    size: float
    href: str | None
    told: str


def layout(count: int, ties: Sequence[tuple[int, int, float]]) -> Points:
    """Return places in the unit square, an array of (count, 2), from ties of two indices and a weight."""
    import numpy as np

    turn = math.pi * (3 - math.sqrt(5))  # of the sunflower: even, and no two alike
    n = np.arange(count)
    radius = np.sqrt((n + 0.5) / max(count, 1))
    at: Points = np.stack([radius * np.cos(n * turn), radius * np.sin(n * turn)], axis=1)
    if count < 2:
        return np.full((count, 2), 0.5)
    pull = np.zeros((count, count))
    for a, b, weight in ties:
        pull[a, b] = pull[b, a] = 1 + math.log2(max(1.0, weight))
    ideal = 1.6 / math.sqrt(count)
    for step in range(_ROUNDS):
        away = at[:, None, :] - at[None, :, :]
        length = np.maximum(np.hypot(away[..., 0], away[..., 1]), 1e-3)
        force = ideal**2 / length**2 - pull * length / ideal * 0.6
        np.fill_diagonal(force, 0)
        move = (away / length[..., None] * force[..., None] * ideal).sum(axis=1) - at * 0.35 * ideal
        size = np.maximum(np.hypot(move[:, 0], move[:, 1]), 1e-9)
        heat = 0.12 * (1 - step / _ROUNDS) + 0.002
        at = at + move / size[:, None] * np.minimum(size, heat)[:, None]
    low, high = at.min(axis=0), at.max(axis=0)
    placed: Points = (at - low) / np.maximum(high - low, 1e-6)
    return placed


def network_svg(
    name: str,
    title: str,
    described: str,
    dots: Sequence[Dot],
    ties: Sequence[tuple[str, str, int]],
    *,
    width: float = 960,
    height: float | None = None,
    places: Points | None = None,
) -> Markup:
    """Return the network: marks as large as ``size``, lines as thick as what they tie is often met.

    Parameters
    ----------
    height
        In pixels, without the legend; by default as tall as the names need.
    places
        Those of :func:`places_of`, where another drawing of the same has them already.
    """
    if not dots:
        return figure(name, title, described, [], width=width, height=1)
    narrow = width < _NARROW
    tall = height or (max(260.0, 60 + 21.0 * len(dots)) if narrow else min(872.0, max(232.0, 122 + 15.0 * len(dots))))
    known = _known(dots, ties)
    highest = max(dot.size for dot in dots) or 1
    radii = [max(4.0, _RADIUS * math.sqrt(dot.size / highest)) * (0.8 if narrow else 1) for dot in dots]
    labels = [fit(dot.label, _SHORT if narrow else _LABEL, _SIZE) for dot in dots]
    halves = [max(r, width_of(label, _SIZE) / 2) + 4 for r, label in zip(radii, labels, strict=True)]
    at = _apart(layout(len(dots), known) if places is None else places, halves, radii, width, tall)
    most = max((count for *_, count in known), default=1)
    lines = [
        element(
            "path",
            d=f"M{at[a][0]:.1f} {at[a][1]:.1f}L{at[b][0]:.1f} {at[b][1]:.1f}",
            class_="lien",
            stroke_width=0.8 + 3.2 * math.sqrt((count - 1) / max(1, most - 1)),
        )
        for a, b, count in sorted(known, key=lambda tie: tie[2])
    ]
    body = [element("g", Markup("").join(lines), class_="liens")] if lines else []
    for dot, (x, y), r, label in zip(dots, at, radii, labels, strict=True):
        words = text(x, y + r + 12, label, class_="lieu", text_anchor="middle")
        body.append(link(dot.href, _mark(dot.group, x, y, r) + words, f"{clean(dot.label)}\u00a0: {dot.told}"))
    legend, more = _legend({dot.group for dot in dots}, tall, width)
    body.append(legend)
    return figure(name, title, described, body, width=width, height=tall + more, class_="d-reseau")


def places_of(dots: Sequence[Dot], ties: Sequence[tuple[str, str, int]]) -> Points:
    """Return the places of a network in the unit square, for drawings of it in several widths."""
    return layout(len(dots), _known(dots, ties))


def _known(dots: Sequence[Dot], ties: Sequence[tuple[str, str, int]]) -> list[tuple[int, int, int]]:
    index = {dot.key: n for n, dot in enumerate(dots)}
    return [(index[a], index[b], count) for a, b, count in ties if a in index and b in index]


def _apart(places: Points, halves: Sequence[float], radii: Sequence[float], width: float, height: float) -> list[Any]:
    """Spread places over the frame, then push marks with their names apart until none meet, or for long enough."""
    import numpy as np

    wide = np.array(halves)
    over = np.array(radii) + 3  # above the middle of a mark; below stands its name
    under = np.array(radii) + 16
    low = np.stack([wide, over], axis=1)
    high = np.stack([width - wide, height - under], axis=1)
    at = low + places * (high - low)
    middle = np.stack([np.zeros(len(wide)), (under - over) / 2], axis=1)
    half_y = (under + over) / 2
    need_x, need_y = wide[:, None] + wide[None, :], half_y[:, None] + half_y[None, :]
    rank = np.arange(len(wide))
    for _ in range(_APART):
        centre = at + middle
        away = centre[:, None, :] - centre[None, :, :]
        gap_x, gap_y = need_x - np.abs(away[..., 0]), need_y - np.abs(away[..., 1])
        meet = (gap_x > 0) & (gap_y > 0)
        np.fill_diagonal(meet, False)
        if not meet.any():
            break
        sign = np.where(away == 0, np.where(rank[:, None] > rank[None, :], 1.0, -1.0)[..., None], np.sign(away))
        upright = meet & (gap_y <= gap_x)
        flat = meet & ~upright
        at[:, 1] += (0.3 * gap_y * sign[..., 1] * upright).sum(axis=1)
        at[:, 0] += (0.3 * gap_x * sign[..., 0] * flat).sum(axis=1)
        at = np.clip(at, low, high)
    return [(float(x), float(y)) for x, y in at]


def _mark(group: str, x: float, y: float, r: float) -> Markup:
    if group == "quebec":
        side = r * 1.7
        return element("rect", x=x - side / 2, y=y - side / 2, width=side, height=side, class_=f"noeud {group}")
    if group == "ailleurs":
        reach = r * 1.2
        points = f"{x:.1f},{y - reach:.1f} {x + reach:.1f},{y:.1f} {x:.1f},{y + reach:.1f} {x - reach:.1f},{y:.1f}"
        return element("polygon", points=points, class_=f"noeud {group}")
    if group == "autre":
        points = f"{x:.1f},{y - r:.1f} {x + r:.1f},{y + r * 0.75:.1f} {x - r:.1f},{y + r * 0.75:.1f}"
        return element("polygon", points=points, class_=f"noeud {group}")
    return element("circle", cx=x, cy=y, r=r, class_=f"noeud {group}")


def _legend(groups: set[str], top: float, width: float) -> tuple[Markup, float]:
    """Return what the marks stand for, in lines below ``top``, and how tall that is."""
    told: list[Markup] = []
    x, y = 10.0, top + 18
    for group, called in GROUPS.items():
        if group in groups:
            wide = 34 + width_of(called, 11)
            if told and x + wide - 10 > width:
                x, y = 10.0, y + 18
            told.append(_mark(group, x + 6, y, 5.5))
            told.append(text(x + 17, y + 4, called, class_="repere"))
            x += wide
    return element("g", Markup("").join(told), class_="cle", aria_hidden="true"), y + 10 - top
