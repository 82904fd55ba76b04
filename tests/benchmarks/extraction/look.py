"""The hand of a made document: type, margins, running heads, drawn at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from .material import Material
from .sheet import A4, Sheet
from .typeset import Style

__all__ = ["Look"]


@dataclass(slots=True)
class Look:
    """Type and running heads of a document; lengths in points."""

    body: Style
    head: str
    foot: str
    number: str
    number_at: str
    margin: float

    @classmethod
    def drawn(
        cls,
        rng: random.Random,
        material: Material,
        *,
        heads: bool = True,
        sizes: tuple[float, ...] = (10, 10.5, 11, 12),
    ) -> Look:
        """Return one at random; ``heads``: with running heads, which only a longer document shows to be some."""
        size = rng.choice(sizes)
        family = rng.choice(["times", "times", "helvetica", "helvetica", "vera", "courier"])
        if family == "vera":
            size *= 0.9
        indent = rng.random() < 0.5
        body = Style(
            family,
            size,
            size * rng.choice([1.15, 1.2, 1.3, 1.5]),
            align="left" if family == "courier" else rng.choice(["justify", "justify", "left"]),
            first=rng.choice([1.2, 2.0]) * size if indent else 0.0,
            before=0.0 if indent else rng.choice([0.55, 0.8]) * size,
            hyphenate=family != "courier" and rng.random() < 0.7,
        )
        number = rng.choice(["{n}", "– {n} –", "- {n} -", "Page {n}", "{n}/{all}", "Page {n} sur {all}"])
        return cls(
            body,
            head=material.heading(50) if heads and rng.random() < 0.75 else "",
            foot=f"{material.value('COLLECTIVITY', 40)} – {material.value('DATE', 20)}"
            if heads and rng.random() < 0.4
            else "",
            number=number.replace("{all}", str(rng.randint(12, 40))),
            number_at=rng.choice(["foot", "foot", "foot-outer", "head-outer"]),
            margin=rng.choice([57, 65, 72, 85]),
        )

    def starter(self, sheet: Sheet, *, size: tuple[float, float] = A4, turn: int = 0) -> Callable[[], None]:
        """Return what begins a page of the sheet: a blank one with head, foot and number."""

        def start() -> None:
            page = sheet.new_page(*size, turn=turn)
            self.run(sheet, page.width, page.height)

        return start

    def run(self, sheet: Sheet, width: float, height: float) -> None:
        """Draw head, foot and number of the page that has just begun; the first page has no head."""
        number = len(sheet.pages)
        style = Style(self.body.family, 8.5, 10, italic=self.head != "" and self.number_at != "foot")
        wide = width - 2 * self.margin
        shown = self.number.replace("{n}", str(number))
        odd = "right" if number % 2 else "left"
        if self.head and number > 1:
            side = {"right": "left", "left": "right"}[odd] if self.number_at == "head-outer" else "centre"
            sheet.running(self.head, style.with_(align=side), self.margin, height - 42, wide)
            sheet.rule(self.margin, height - 46, width - self.margin, height - 46, 0.4)
        if self.number_at == "head-outer":
            if number > 1:
                sheet.running(shown, style.with_(align=odd), self.margin, height - 42, wide)
        else:
            align = odd if self.number_at == "foot-outer" else "centre"
            sheet.running(shown, style.with_(align=align), self.margin, 36, wide)
        if self.foot:
            sheet.running(self.foot, style.with_(align="centre"), self.margin, 48, wide)

    @property
    def title(self) -> Style:
        """Style of the title of the document."""
        size = round(self.body.size * 1.8)
        return self.body.with_(
            size=size, leading=size * 1.2, bold=True, align="centre", first=0.0, before=0.0, hyphenate=False, keep=True
        )

    def heading(self, factor: float, *, bold: bool = True, italic: bool = False, align: str = "left") -> Style:
        """Return the style of a heading that is ``factor`` times as large as the text."""
        size = round(self.body.size * factor * 2) / 2
        return self.body.with_(
            size=size, leading=size * 1.2, bold=bold, italic=italic and not bold, align=align,
            first=0.0, before=self.body.leading * 0.9, hyphenate=False, keep=True,
        )  # fmt: skip
