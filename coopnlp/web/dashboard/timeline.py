"""A life in years: agreements, partnerships, projects and fundings of an actor, a line each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from coopnlp.web.dashboard.svg import TYPE_NAMES, element, figure, fit, link, text, width_of

__all__ = ["Span", "timeline_svg"]

_ROW, _SIZE, _HEAD = 20.0, 11.5, 24.0
# Pixels of the narrowest letter.
_THINNEST = width_of("i", _SIZE)
# Of one type; what is beyond is said.
_MOST_ROWS = 24
_LONGEST = 250.0


class Span(NamedTuple):
    """An item along the years. ``last`` is None where no end is told; ``told`` is said of it.

    ``row`` is what the caller knows it by, for what is found out only of those that are drawn.
    """

    type: str
    title: str
    first: int
    last: int | None
    href: str | None = None
    told: str = ""
    row: Any = None


def timeline_svg(
    name: str,
    title: str,
    described: str,
    spans: Sequence[Span],
    *,
    width: float = 760,
    rows: int = _MOST_ROWS,
    finished: Callable[[Sequence[Span]], Sequence[Span]] | None = None,
) -> Markup:
    """Return a band for each type, a bar from the first year to the last, or a mark at the first, with its title.

    Items that do not overlap share a line. Where a type needs more than ``rows`` lines, the latest are shown and
    the number of the others is said.

    Parameters
    ----------
    finished
        Gives the spans that are drawn their addresses and what is said of them: of thousands, few are.
    """
    if not spans:
        return figure(name, title, described, [], width=width, height=1)
    first = min(span.first for span in spans)
    last = max(max(span.last or span.first, span.first) for span in spans)
    last = max(last, first + 4)
    left, right = 8.0, width - 8
    pitch = (right - left) / (last - first + 1)
    body: list[Markup] = []
    placed: list[tuple[Span, str, float]] = []
    top = 4.0
    for type_, (one, many) in TYPE_NAMES.items():
        own = [span for span in spans if span.type == type_]
        if not own:
            continue
        lines, hidden = _packed(own, first, pitch, left, right, rows)
        heading = f"{many if len(own) > 1 else one} ({len(own)}"
        heading += f", dont {hidden} non {'montrés' if hidden > 1 else 'montré'})" if hidden else ")"
        body.append(text(left, top + 15, heading[0].upper() + heading[1:], class_="bande"))
        top += _HEAD
        for line in reversed(lines):  # time runs down, too
            placed += [(span, label, top) for span, label in line]
            top += _ROW
        top += 6
    spans = [span for span, *_ in placed]
    for span, (_, label, low) in zip(finished(spans) if finished else spans, placed, strict=True):
        body.append(_drawn(span, label, first, pitch, left, right, low))
    grid: list[Markup] = []
    step = next((s for s in (1, 2, 5, 10, 20, 50) if s * pitch >= 44), 100)
    for year in range(first, last + 1):
        if year % step == 0:
            x = left + (year - first) * pitch
            grid.append(element("path", d=f"M{x:.1f} 0V{top:.1f}", class_="grille"))
            grid.append(text(x + 2, top + 13, str(year), class_="repere"))
    grid.append(element("path", d=f"M{left:.1f} {top:.1f}H{right:.1f}", class_="axe"))
    return figure(name, title, described, [*grid, *body], width=width, height=top + 20, class_="d-frise")


def _ends(span: Span, first: int, pitch: float, left: float) -> tuple[float, float]:
    begin = left + (span.first - first) * pitch
    if not span.last:
        return begin, begin + 8
    return begin, max(begin + 8, left + (max(span.last, span.first) - first + 1) * pitch - 1)


def _packed(
    spans: Sequence[Span], first: int, pitch: float, left: float, right: float, rows: int
) -> tuple[list[list[tuple[Span, str]]], int]:
    """Put spans on lines so that neither bars nor titles meet; return the lines and how many found no room."""
    lines: list[list[tuple[Span, str]]] = []
    taken: list[float] = []
    rightmost = right  # where the line with the most room ends, once there is no other
    hidden = 0
    longest = min(_LONGEST, (right - left) / 2)
    # The latest are placed first where there is not room for all.
    for span in sorted(spans, key=lambda s: (-(s.last or s.first), -s.first, s.title)):
        begin, end = _ends(span, first, pitch, left)
        if len(lines) == rows and end + 8 > rightmost:  # whatever its title is cut to
            hidden += 1
            continue
        least = min(longest * 0.8, len(span.title) * _THINNEST)
        if len(lines) == rows and end + least + 14 > rightmost and end + longest + 6 <= right:
            hidden += 1  # its title would stand at the right, where there is no room for the narrowest either
            continue
        label = fit(span.title, longest, _SIZE)
        wide = width_of(label, _SIZE) + 6
        # Right of the bar where there is room, else left of it.
        low, high = (begin, end + wide) if end + wide <= right else (begin - wide, end)
        if low < left:
            label = fit(span.title, max(60.0, end - begin - 8), _SIZE)
            low, high = begin, max(end, begin + width_of(label, _SIZE) + 6)
        for n, edge in enumerate(taken):
            if high + 8 <= edge:
                lines[n].append((span, label))
                taken[n] = low
                break
        else:
            if len(lines) < rows:
                lines.append([(span, label)])
                taken.append(low)
            else:
                hidden += 1
        rightmost = max(taken)
    return lines, hidden


def _drawn(span: Span, label: str, first: int, pitch: float, left: float, right: float, top: float) -> Markup:
    begin, end = _ends(span, first, pitch, left)
    middle = top + _ROW / 2 - 2
    if span.last is None:
        mark = element("circle", cx=begin + 4, cy=middle, r=4.0, class_=f"part {span.type}")
    else:
        mark = element("rect", x=begin, y=middle - 4, width=end - begin, height=8.0, rx=1.5, class_=f"part {span.type}")
    wide = width_of(label, _SIZE) + 6
    if end + wide <= right:
        words = text(end + 5, middle + 4, label, class_="titre")
    elif begin - wide >= left:
        words = text(begin - 5, middle + 4, label, class_="titre", text_anchor="end")
    else:
        words = text(begin + 4, middle + 4, label, class_="titre sur-barre")
    return link(span.href, mark + words, span.told)
