"""The set of made documents: every layout in some variants, a ``dev`` and a ``held`` half by seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import papers, prose, tables
from .material import Material
from .sheet import Hand, Sheet
from .truth import Truth

__all__ = ["HALVES", "LAYOUTS", "Made", "make", "make_all"]

HALVES = ("dev", "held")
Setter = Callable[[Sheet, random.Random, Material], None]

LAYOUTS: dict[str, Setter] = {
    "single": prose.single,
    "columns-2": lambda s, r, t: prose.columns(s, r, t, 2),
    "columns-3": lambda s, r, t: prose.columns(s, r, t, 3),
    "side-notes": prose.side_notes,
    "footnotes": prose.footnotes,
    "numbered": lambda s, r, t: prose.numbered(s, r, t, "arabic"),
    "numbered-mixed": lambda s, r, t: prose.numbered(s, r, t, "mixed"),
    "lists": prose.lists,
    "small-print": prose.small_print,
    "table-ruled": lambda s, r, t: tables.short_tables(s, r, t, "grid"),
    "table-rows": lambda s, r, t: tables.short_tables(s, r, t, "rows"),
    "table-borderless": lambda s, r, t: tables.short_tables(s, r, t, "none"),
    "long-ruled": lambda s, r, t: tables.long_table(s, r, t, "grid", r.random() < 0.5),
    "long-borderless": lambda s, r, t: tables.long_table(s, r, t, r.choice(["rows", "none"]), r.random() < 0.5),
    "landscape": lambda s, r, t: tables.wide_table(s, r, t, "landscape"),
    "landscape-turned": lambda s, r, t: tables.wide_table(s, r, t, r.choice(["rotated", "sideways"])),
    "rotated": papers.rotated,
    "letter": papers.letter,
    "minutes": papers.minutes,
    "form": lambda s, r, t: papers.form(s, r, t, r.choice(["boxes", "lines"])),
    "form-fields": lambda s, r, t: papers.form(s, r, t, "fields"),
}


@dataclass(frozen=True, slots=True)
class Made:
    """A made document: the PDF and what it says."""

    data: bytes
    truth: Truth


def make(half: str, layout: str, variant: int) -> Made:
    """Return one document; the same arguments give the same bytes."""
    name = f"{half}-{layout}-{variant}"
    rng = random.Random(name)
    sheet = Sheet(f"{name}.pdf", layout, rng, Hand.drawn(rng))
    LAYOUTS[layout](sheet, rng, Material(rng))
    data = sheet.save()
    sheet.truth.blocks = [block for block in sheet.truth.blocks if block.lines or block.rows]
    sheet.truth.notes = f"{sheet.hand.write}, {sheet.hand.order}"
    return Made(data, sheet.truth)


def make_all(half: str, variants: int, layouts: tuple[str, ...] = tuple(LAYOUTS)) -> Iterator[Made]:
    """Yield the documents of a half, ``variants`` a layout."""
    for layout in layouts:
        for variant in range(variants):
            yield make(half, layout, variant)
