"""What the figures are drawn with: elements, text that fits, scales, numbers as French sets them.

Colours are classes of the style sheet, which knows light and dark paper; nothing needs a script or a style in the
page. All text is escaped, and what XML cannot hold is replaced.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache
from itertools import accumulate

from markupsafe import Markup, escape

__all__ = ["TYPE_NAMES", "clean", "compact", "element", "figure", "fit", "link", "number", "text", "ticks", "width_of"]

# Types of items as the figures name them, in their order, with the class that colours them.
TYPE_NAMES = {
    "agreement": ("accord", "accords"),
    "partnership": ("partenariat", "partenariats"),
    "project": ("projet", "projets"),
    "funding": ("financement", "financements"),
}
_THIN, _NBSP = "\u202f", "\u00a0"
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[&<>\"']")
_NAME = re.compile(r"[^a-z0-9-]+")
# Widths of letters of the wider sans serif faces, in hundredths of the size; the rest are of middle width.
_WIDTHS = dict.fromkeys("ijlI.,:;'’!|()[] \u00a0\u202ft-fr/", 37) | dict.fromkeys("mwMWŒœ@%—", 94)
_CAPITAL, _MIDDLE = 70, 61


class _Widths(dict[str, int]):
    """The widths of letters; those not yet met are found when they are."""

    def __missing__(self, letter: str) -> int:
        wide = self[letter] = _CAPITAL if letter.isupper() else _MIDDLE
        return wide


_WIDTH = _Widths(_WIDTHS)


def clean(value: object) -> str:
    """Return text without control characters and what XML cannot hold, on one line."""
    told = str(value)
    # most are classes and short labels
    if told.isascii() and told.isprintable() and "  " not in told:
        return told.strip()
    return _FORBIDDEN.sub("\ufffd", " ".join(told.split()))


def element(tag: str, body: Markup | str = "", **attributes: object) -> Markup:
    """Return an element; ``_`` in a name stands for ``-``, and is dropped at its end; absent values are left out.

    >>> element("rect", x=1.50, width=2, class_="barre")
    Markup('<rect x="1.5" width="2" class="barre"/>')
    """
    told = "".join(
        f' {_named(name)}="{_short(value) if isinstance(value, float) else _escaped(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    # Markup.format would look at every part again: thousands of them are seconds.
    inner = body if isinstance(body, Markup) else escape(body)
    return Markup(f"<{tag}{told}>{inner}</{tag}>" if body else f"<{tag}{told}/>")


def _escaped(value: object) -> str:
    told = clean(value)
    return escape(told) if _SPECIAL.search(told) else told  # escape() of what needs none takes longer than the search


@cache
def _named(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, told: str, **attributes: object) -> Markup:
    """Return a line of text."""
    return element("text", Markup(_escaped(told)), x=float(x), y=float(y), **attributes)


def link(address: str | None, body: Markup, label: str) -> Markup:
    """Return what leads somewhere, with what is told of it; only the latter where there is no address."""
    told = _escaped(label)
    inner = f"<title>{told}</title>{body if isinstance(body, Markup) else escape(body)}"
    if not address:
        return Markup(f"<g>{inner}</g>")
    return Markup(f'<a href="{_escaped(address)}" aria-label="{told}">{inner}</a>')


def figure(
    name: str, title: str, described: str, body: Iterable[Markup], *, width: float, height: float, class_: str = ""
) -> Markup:
    """Return a drawing with its title and description.

    Parameters
    ----------
    name
        Unlike those of the other figures of the page.
    width, height
        In pixels, where there is room; the drawing shrinks with the page no further than the sheet says.
    """
    slug = _NAME.sub("-", name.lower()).strip("-") or "figure"
    head = element("title", escape(clean(title)), id=f"{slug}-titre")
    head += element("desc", escape(clean(described)), id=f"{slug}-description")
    return element(
        "svg",
        head + Markup("").join(body),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_short(width)} {_short(height)}",
        width=float(width),
        height=float(height),
        class_=f"dessin {class_}".strip(),
        role="group",
        aria_labelledby=f"{slug}-titre",
        aria_describedby=f"{slug}-description",
    )


def width_of(told: str, size: float) -> float:
    """Return about how wide a line is, in the unit of the size."""
    return sum(map(_WIDTH.__getitem__, told)) * size / 100


def fit(told: str, room: float, size: float) -> str:
    """Return the text, cut with « … » where it is wider than there is room.

    >>> fit("Vendôme", 200, 12), fit("Vendôme", 30, 12)
    ('Vendôme', 'Ve…')
    """
    told = clean(told)
    # so many of the narrowest letters would be too wide
    ends = list(accumulate(map(_WIDTH.__getitem__, told[: int(room / size * 3) + 40])))
    left = room * 100 / size
    if not ends or ends[-1] <= left:
        return told
    cut = bisect_right(ends, left - _WIDTH["…"])  # letters that stand before « … »
    return told[:cut].rstrip(" ,;:'’(-") + "…"


def number(value: float) -> str:
    """Write a whole number with thin spaces.

    >>> number(12500).replace("\\u202f", " ")
    '12 500'
    """
    return f"{round(value):,}".replace(",", _THIN)


def compact(value: float, unit: str = "") -> str:
    """Write a large number shortly: thousands, millions, milliards.

    >>> [compact(v).replace("\\xa0", " ") for v in (950, 12_500, 1_200_000, 3_000_000_000)]
    ['950', '12,5 k', '1,2 M', '3 Md']
    """
    for scale, letter in ((1e9, "Md"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= scale:
            short = f"{value / scale:.3g}" if abs(value) < 1000 * scale else number(value / scale)
            return f"{short.replace('.', ',')}{_NBSP}{letter}{unit}"
    return f"{number(value)}{_NBSP}{unit}" if unit else number(value)


def ticks(highest: float, about: int = 4) -> list[float]:
    """Return round values from 0 to at least the highest; whole ones for counts.

    >>> ticks(7), ticks(1), ticks(0), ticks(430)
    ([0, 2, 4, 6, 8], [0, 1], [0, 1], [0.0, 200.0, 400.0, 600.0])
    """
    if highest <= 1:
        return [0, 1]
    rough = highest / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = max(1.0, next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough))
    if step < 10:
        step = math.ceil(step)
    return [n * step for n in range(math.ceil(highest / step) + 1)]
