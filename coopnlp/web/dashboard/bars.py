"""Bars: one row a heading, or one column a year. Every bar leads to the rows behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from coopnlp.web.dashboard.svg import TYPE_NAMES, clean, element, figure, fit, link, number, text, ticks, width_of

__all__ = ["Bar", "Column", "Part", "bars_svg", "columns_svg", "counted_items"]

_ROW, _THICK, _SIZE = 36.0, 12.0, 13.0
_LEAST = 2.5
_GAP = 1.5


class Part(NamedTuple):
    """A part of a bar: its size, the type that colours it, where it leads."""

    value: float
    type: str
    href: str | None
    told: str


class Bar(NamedTuple):
    """A heading and the parts of its bar; ``href`` is where the heading leads, ``told`` stands at its end."""

    label: str
    parts: Sequence[Part]
    href: str | None
    told: str

    @property
    def value(self) -> float:
        return sum(part.value for part in self.parts)


class Column(NamedTuple):
    """A year and its value; ``told`` is said of it, where it leads."""

    year: int
    value: float
    href: str | None
    told: str


def counted_items(count: int, type_: str) -> str:
    """Return a number of items in words: « 3 projets »."""
    one, many = TYPE_NAMES.get(type_, (type_, type_))
    return f"{number(count)}\u00a0{one if count < 2 else many}"


def bars_svg(name: str, title: str, described: str, bars: Sequence[Bar], *, width: float = 400) -> Markup:
    """Return rows: the heading above, its number at the right, the bar below.

    Parameters
    ----------
    width
        In pixels; a phone shows 360 without shrinking.
    """
    highest = max((bar.value for bar in bars), default=0) or 1
    body: list[Markup] = []
    for n, bar in enumerate(bars):
        top = n * _ROW + 2
        told = clean(bar.told)
        room = width - width_of(told, _SIZE) - 14
        heading = text(0, top + 13, fit(bar.label, room, _SIZE), class_="intitule")
        body.append(link(bar.href, heading, f"{bar.label}\u00a0: {told}"))
        body.append(text(width, top + 13, told, class_="valeur", text_anchor="end"))
        body.append(element("rect", x=0.0, y=top + 19, width=width, height=_THICK, class_="rail"))
        left = 0.0
        shown = [part for part in bar.parts if part.value > 0]
        for part in shown:
            wide = max(_LEAST, part.value / highest * (width - _GAP * (len(TYPE_NAMES) - 1)))
            rect = element("rect", x=left, y=top + 19, width=wide, height=_THICK, class_=f"part {part.type}")
            body.append(link(part.href, rect + _mark(part.type, left, top + 19, wide), part.told))
            left += wide + _GAP
    return figure(name, title, described, body, width=width, height=max(_ROW, len(bars) * _ROW), class_="d-barres")


def _mark(type_: str, left: float, top: float, wide: float) -> Markup:
    """Strokes over a part, other ones for each type, so that colour is not alone in telling them apart."""
    if wide < 6 or type_ not in ("partnership", "funding", "agreement"):
        return Markup("")
    lines = []
    x = left + 5
    while x < left + wide - (5 if type_ == "partnership" else 2):
        if type_ == "partnership":
            lines.append(f"M{x:.1f} {top + _THICK:.1f}l4 -{_THICK:.1f}")
            x += 9
        elif type_ == "funding":
            lines.append(f"M{x:.1f} {top + _THICK / 2 - 1:.1f}v2")
            x += 6
        else:
            lines.append(f"M{x:.1f} {top:.1f}v{_THICK:.1f}")
            x += 8
    return element("path", d="".join(lines), class_="trait") if lines else Markup("")


def columns_svg(
    name: str,
    title: str,
    described: str,
    columns: Sequence[Column],
    *,
    type_: str = "project",
    first: int | None = None,
    last: int | None = None,
    told: Callable[[float], str] = number,
    width: float = 560,
    height: float = 150,
) -> Markup:
    """Return a column a year, with an axis of values at the left and one of years below.

    Parameters
    ----------
    first, last
        Years of the axis, so that several figures have the same; by default those of the columns.
    told
        Writes a value of the axis.
    """
    if not columns:
        return figure(name, title, described, [], width=width, height=1)
    first = min(column.year for column in columns) if first is None else first
    last = max(column.year for column in columns) if last is None else last
    marks = ticks(max(column.value for column in columns))
    left = 12 + max(width_of(told(mark), 11) for mark in marks)
    top, bottom, right = 10.0, height - 22, width - 16
    pitch = (right - left) / (last - first + 1)
    scale = (bottom - top) / marks[-1]
    body: list[Markup] = []
    for mark in marks:
        y = bottom - mark * scale
        body.append(element("path", d=f"M{left:.1f} {y:.1f}H{right:.1f}", class_="axe" if mark == 0 else "grille"))
        body.append(text(left - 6, y + 3.5, told(mark), class_="repere", text_anchor="end"))
    step = _years_between(pitch)
    for year in range(first, last + 1):
        if year % step == 0 or (first == last):
            x = left + (year - first + 0.5) * pitch
            body.append(text(x, height - 7, str(year), class_="repere", text_anchor="middle"))
            body.append(element("path", d=f"M{x:.1f} {bottom:.1f}v4", class_="axe"))
    thick = min(28.0, max(1.5, pitch * 0.72))
    for column in columns:
        if column.value <= 0 or not first <= column.year <= last:
            continue
        tall = max(1.5, column.value * scale)
        x = left + (column.year - first + 0.5) * pitch
        bar = element("rect", x=x - thick / 2, y=bottom - tall, width=thick, height=tall, class_=f"part {type_}")
        # The whole strip answers to the mouse, however low the column.
        strip = element("rect", x=x - pitch / 2, y=top, width=pitch, height=bottom - top, class_="zone")
        body.append(link(column.href, strip + bar, column.told))
    return figure(name, title, described, body, width=width, height=height, class_="d-colonnes")


def _years_between(pitch: float) -> int:
    return next((step for step in (1, 2, 5, 10, 20, 50) if step * pitch >= 40), 100)
