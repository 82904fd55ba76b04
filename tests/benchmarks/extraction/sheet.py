"""Pages that are drawn with ReportLab, and the truth of what is on them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from .truth import TrueBlock, TrueLine, Truth
from .typeset import SetLine, Style, width_of

__all__ = ["A4", "Hand", "Page", "Sheet"]

A4 = (595.28, 841.89)


@dataclass(frozen=True, slots=True)
class Hand:
    """How a program writes the text of a page into the file.

    ``write``: ``line`` (a line at once, justified by word space), ``words`` (each
    word placed, no blanks in the file), ``pieces`` (words cut where kerning would
    cut them). ``order``: ``reading``, ``rows`` (from the top down, across
    columns), ``frames`` (columns and boxes in any order). ``ligatures``: fi and fl
    as one character where the font has it.
    """

    write: str = "line"
    order: str = "reading"
    ligatures: bool = False

    @classmethod
    def drawn(cls, rng: random.Random) -> Hand:
        """Return one at random; most programs write in reading order."""
        return cls(
            rng.choice(["line", "line", "words", "pieces"]),
            rng.choice(["reading", "reading", "rows", "frames"]),
            rng.random() < 0.5,
        )


@dataclass(slots=True)
class _Mark:
    """A piece of text to be drawn: ``x`` and ``y`` of its base line, from the lower left corner."""

    text: str
    x: float
    y: float
    face: str
    size: float
    frame: int
    space: float = 0.0


@dataclass(slots=True)
class Page:
    """A page as a reader sees it: lengths in points, y upwards. ``turn``: its /Rotate, in degrees.

    ``sideways``: the text itself is turned on an upright page, as some programs
    print wide tables.
    """

    width: float
    height: float
    turn: int = 0
    sideways: bool = False
    marks: list[_Mark] = field(default_factory=list)
    rules: list[tuple[float, float, float, float, float]] = field(default_factory=list)
    fills: list[tuple[float, float, float, float, float]] = field(default_factory=list)
    fields: list[tuple[str, float, float, float, float]] = field(default_factory=list)


class Sheet:
    """A document in the making: draws, and keeps the truth of what it draws."""

    def __init__(self, name: str, layout: str, rng: random.Random, hand: Hand) -> None:
        self.rng = rng
        self.hand = hand
        self.truth = Truth(name, layout)
        self.pages: list[Page] = []
        self._frames = 0

    @property
    def page(self) -> Page:
        """The page being set."""
        return self.pages[-1]

    def new_page(self, width: float = A4[0], height: float = A4[1], turn: int = 0, sideways: bool = False) -> Page:
        """Begin a page, as wide and high as a reader sees it."""
        self.pages.append(Page(width, height, turn, sideways))
        return self.page

    def new_frame(self) -> int:
        """Return the number of a new column or box."""
        self._frames += 1
        return self._frames

    def block(self, block: TrueBlock) -> TrueBlock:
        """Add a block to the truth, next in reading order."""
        block.page = block.page or len(self.pages)
        self.truth.blocks.append(block)
        return block

    def line(
        self, block: TrueBlock | None, line: SetLine, style: Style, x: float, y: float, width: float, frame: int
    ) -> None:
        """Draw a line in a box ``width`` wide that begins at ``x``, its base line at ``y``."""
        if block is not None:
            block.lines.append(TrueLine(line.text, len(self.pages), frame, line.broken))
        widths = [width_of(word, style) for word in line.words]
        space = width_of(" ", style)
        room = width - sum(widths) - space * (len(widths) - 1)
        extra = 0.0
        if style.align == "centre":
            x += room / 2
        elif style.align == "right":
            x += room
        elif style.align == "justify" and not line.last and len(widths) > 1 and room > 0:
            extra = room / (len(widths) - 1)
        if style.underline:
            self.rule(x, y - 1.5, x + sum(widths) + (space + extra) * (len(widths) - 1), y - 1.5, 0.6)
        has_mark = any("\ue030" <= c <= "\ue039" for word in line.words for c in word)
        if self.hand.write == "line" and not has_mark:
            self._mark(" ".join(line.words), x, y, style, frame, extra)
            return
        for word, wide in zip(line.words, widths, strict=True):
            self._word(word, x, y, style, frame)
            x += wide + space + extra

    def _word(self, word: str, x: float, y: float, style: Style, frame: int) -> None:
        low = "".join(c for c in word if not "\ue030" <= c <= "\ue039")
        pieces = [low]
        if self.hand.write == "pieces" and len(low) > 3 and self.rng.random() < 0.5:
            cut = self.rng.randint(1, len(low) - 1)
            pieces = [low[:cut], low[cut:]]
        for piece in pieces:
            # viewers replace a standard font by one whose € may be wider: a blank keeps the next word apart
            blank = " " if "€" in word and piece is pieces[-1] and style.family != "vera" else ""
            self._mark(piece + blank, x, y, style, frame)
            x += width_of(piece, style)
        high = "".join(chr(ord(c) - 0xE030 + ord("0")) for c in word if "\ue030" <= c <= "\ue039")
        if high:
            small = style.with_(size=style.size * 0.62)
            self._mark(high, x, y + 0.35 * style.size, small, frame)

    def _mark(self, text: str, x: float, y: float, style: Style, frame: int, space: float = 0.0) -> None:
        if self.hand.ligatures and style.family == "vera":
            text = text.replace("fi", "\ufb01").replace("fl", "\ufb02")
        if text:
            self.page.marks.append(_Mark(text, x, y, style.face, style.size, frame, space))

    def rule(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.5) -> None:
        """Draw a line."""
        self.page.rules.append((x0, y0, x1, y1, width))

    def fill(self, x: float, y: float, width: float, height: float, grey: float = 0.88) -> None:
        """Fill a rectangle; ``grey`` is 0 for black, 1 for white."""
        self.page.fills.append((x, y, width, height, grey))

    def field(self, value: str, x: float, y: float, width: float, height: float) -> None:
        """Put a text field of a form with its value."""
        self.page.fields.append((value, x, y, width, height))

    def running(self, text: str, style: Style, x: float, y: float, width: float) -> None:
        """Draw a running head, a foot or a page number."""
        self.truth.running.append(text)
        self.line(None, SetLine(text.split(" "), last=True), style, x, y, width, self.new_frame())

    def save(self) -> bytes:
        """Return the PDF; the same document gives the same bytes."""
        buffer = BytesIO()
        canvas = Canvas(buffer, invariant=1)
        for number, page in enumerate(self.pages):
            _place(canvas, page)
            for x, y, width, height, grey in page.fills:
                canvas.setFillGray(grey)
                canvas.rect(x, y, width, height, stroke=0, fill=1)
            canvas.setFillGray(0)
            for x0, y0, x1, y1, width in page.rules:
                canvas.setLineWidth(width)
                canvas.line(x0, y0, x1, y1)
            for mark in self._ordered(page.marks):
                text = canvas.beginText(mark.x, mark.y)
                text.setFont(mark.face, mark.size)
                text.setWordSpace(mark.space)
                text.textOut(mark.text)
                canvas.drawText(text)
            for at, (value, x, y, width, height) in enumerate(page.fields):
                canvas.acroForm.textfield(
                    value=value, name=f"champ{number}_{at}", x=x, y=y, width=width, height=height, fontSize=9,
                    borderWidth=0.5, forceBorder=True, fontName="Helvetica",
                )  # fmt: skip
            canvas.showPage()
        canvas.save()
        self.truth.pages = len(self.pages)
        return buffer.getvalue()

    def _ordered(self, marks: list[_Mark]) -> list[_Mark]:
        if self.hand.order == "rows":
            return sorted(marks, key=lambda mark: (-round(mark.y), mark.x))
        if self.hand.order == "frames":
            frames = sorted({mark.frame for mark in marks})
            self.rng.shuffle(frames)
            place = {frame: at for at, frame in enumerate(frames)}
            return sorted(marks, key=lambda mark: place[mark.frame])
        return marks


def _place(canvas: Canvas, page: Page) -> None:
    """Set size and rotation so that what is drawn stands upright in the viewer, unless ``sideways``."""
    turn = 90 if page.sideways else page.turn
    canvas.setPageRotation(0 if page.sideways else turn)
    # ReportLab turns the size of a rotated page by itself
    canvas.setPageSize((page.height, page.width) if page.sideways else (page.width, page.height))
    if turn == 90:
        canvas.transform(0, 1, -1, 0, page.height, 0)
    elif turn == 270:
        canvas.transform(0, -1, 1, 0, 0, page.width)
    elif turn == 180:
        canvas.transform(-1, 0, 0, -1, page.width, page.height)
