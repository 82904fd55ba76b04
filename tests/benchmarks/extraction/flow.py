"""Blocks that flow over columns and pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .sheet import Sheet
from .truth import Kind, TrueBlock
from .typeset import SetLine, Style, break_text, width_of

__all__ = ["Flow", "Strip"]


@dataclass(slots=True)
class Strip:
    """A line that waits for its place; ``mark``, a bullet or a number, is drawn before it."""

    line: SetLine
    style: Style
    block: TrueBlock
    first: bool
    mark: str = ""

    @property
    def before(self) -> float:
        """White space over it, in points."""
        return self.style.before if self.first else 0.0

    @property
    def height(self) -> float:
        """From base line to base line."""
        return self.style.leading


class Flow:
    """Sets blocks on pages: ``add`` gathers them, ``set`` puts them into columns below each other.

    Parameters
    ----------
    sheet
        What is drawn on.
    start_page
        Begins a page of the sheet and draws its running heads.
    left, right, top, bottom
        Margins, in points.
    """

    def __init__(
        self,
        sheet: Sheet,
        start_page: Callable[[], None],
        left: float = 70,
        right: float = 70,
        top: float = 75,
        bottom: float = 75,
    ) -> None:
        self.sheet, self._start_page = sheet, start_page
        self.left, self.right, self.top, self.bottom = left, right, top, bottom
        self._waiting: list[Strip] = []
        self._count, self._gap, self.column = 1, 0.0, 0.0
        self.gutter_rule = False  # whether a rule stands between columns
        self.on_line: Callable[[Strip, float, float], None] | None = None
        self.start()

    def start(self) -> None:
        """Begin a page."""
        self._start_page()
        self.y = self.sheet.page.height - self.top

    @property
    def width(self) -> float:
        """Between the margins, in points."""
        return self.sheet.page.width - self.left - self.right

    def add(
        self,
        kind: Kind,
        text: str,
        style: Style,
        *,
        width: float | None = None,
        level: int | None = None,
        title: bool = False,
        loose: bool = False,
        mark: str = "",
    ) -> TrueBlock:
        """Break a block into lines and let it wait for ``set``.

        ``mark``, a bullet or a number, hangs before the first line, by ``style.left``.
        """
        block = self.sheet.block(TrueBlock(kind, level=level, title=title, loose=loose))
        wide = width or self.column or self.width
        lines = break_text(text, style, wide)
        self._waiting += [Strip(line, style, block, at == 0, mark if at == 0 else "") for at, line in enumerate(lines)]
        return block

    def columns(self, count: int, gap: float) -> None:
        """Say into how many columns what is added next will be set."""
        self._count, self._gap = count, gap
        self.column = (self.width - gap * (count - 1)) / count

    def set(self) -> None:
        """Set what waits into columns, level at the end of the part, over as many pages as it takes."""
        count = self._count
        while self._waiting:
            room = self.y - self.bottom
            need = sum(strip.height + strip.before for strip in self._waiting[:3])
            if room < need:
                self.start()
                continue
            height = room
            if count > 1:
                total = sum(strip.height + strip.before for strip in self._waiting)
                height = min(room, total / count)
                while height < room and not self._fits(height, count):
                    height += 2
                height = min(height, room)
            self._fill(height, count)
            if self._waiting:
                self.start()
        self._count, self._gap, self.column = 1, 0.0, 0.0

    def _fits(self, height: float, count: int) -> bool:
        at = 0
        for _ in range(count):
            at = self._cut(at, height)
        return at >= len(self._waiting)

    def _cut(self, at: int, height: float) -> int:
        """Return where a column of some height that begins at a strip ends; headings stay with their text."""
        used, start = 0.0, at
        while at < len(self._waiting):
            strip = self._waiting[at]
            used += strip.height + (strip.before if at > start else 0.0)
            if used > height + 0.01:
                break
            at += 1
        if at < len(self._waiting):
            end = at
            # the line that opens a paragraph is not left alone under a heading at the foot
            if end - 1 > start and self._waiting[end - 1].first and self._waiting[end - 2].style.keep:
                end -= 1
            while end - 1 > start and self._waiting[end - 1].style.keep:
                end -= 1
            at = end if end > start else at
        return at

    def _fill(self, height: float, count: int) -> None:
        gap = self._gap
        wide = (self.width - gap * (count - 1)) / count
        lowest = self.y
        at = 0
        for column in range(count):
            end = self._cut(at, height)
            if count == 1 and end == at:
                end = at + 1
            x, y, frame = self.left + column * (wide + gap), self.y, self.sheet.new_frame()
            for place, strip in enumerate(self._waiting[at:end]):
                y -= strip.height + (strip.before if place else 0.0)
                self._draw(strip, x, y, wide, frame)
            lowest = min(lowest, y)
            at = end
        if self.gutter_rule:
            for column in range(1, count):
                x = self.left + column * (wide + gap) - gap / 2
                self.sheet.rule(x, self.y - 2, x, lowest - 3, 0.3)
        del self._waiting[:at]
        self.y = lowest

    def _draw(self, strip: Strip, x: float, y: float, wide: float, frame: int) -> None:
        style = strip.style
        indent = style.left + (style.first if strip.first else 0.0)
        if strip.mark:
            bullet = SetLine([strip.mark], last=True)
            self.sheet.line(None, bullet, style.with_(align="left"), x + style.left - self._hang(style), y, 40, frame)
        self.sheet.line(strip.block, strip.line, style, x + indent, y, wide - indent, frame)
        if strip.mark:
            strip.block.lines[-1].text = f"{strip.mark} {strip.block.lines[-1].text}"
        if self.on_line is not None:
            self.on_line(strip, y, x)
        if strip.first:
            strip.block.page = len(self.sheet.pages)

    @staticmethod
    def _hang(style: Style) -> float:
        """How far a bullet stands before the text: 1.4 ems, or 2.2 for numbers."""
        return max(1.5 * style.size, width_of("00.", style) + 3)

    def skip(self, points: float) -> None:
        """Leave white space."""
        self.y -= points

    def need(self, points: float) -> None:
        """Begin a page unless there is that much room."""
        if self.y - points < self.bottom:
            self.start()
