"""What a made document truly says: its blocks in reading order, line for line as they were set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["TrueBlock", "TrueLine", "Truth"]

Kind = Literal["heading", "paragraph", "list_item", "table", "footnote", "form"]


@dataclass(slots=True)
class TrueLine:
    """A line as it was set.

    ``broken``: it ends with a hyphen that the word does not have. ``page`` is
    1-based; ``frame`` numbers the column or box that holds the line.
    """

    text: str
    page: int
    frame: int
    broken: bool = False


@dataclass(slots=True)
class TrueBlock:
    """A block and its lines; a table or a form has ``rows`` of cell texts instead.

    ``floating``: it may be read anywhere between two blocks (side notes,
    footnotes). ``loose``: where it ends is a matter of taste (addresses,
    signatures). ``title``: the heading of the whole document.
    """

    kind: Kind
    lines: list[TrueLine] = field(default_factory=list)
    level: int | None = None
    rows: list[list[str]] = field(default_factory=list)
    floating: bool = False
    loose: bool = False
    title: bool = False
    page: int = 0

    @property
    def text(self) -> str:
        """The text with the hyphens mended that line ends put into words."""
        return self.text_on(None)

    def text_on(self, page: int | None) -> str:
        """Return the text of the lines on a page; ``None``: of all lines."""
        text = ""
        before: TrueLine | None = None
        for line in self.lines:
            if page is not None and line.page != page:
                continue
            if before is None:
                text = line.text
            elif before.broken:
                text = text[:-1] + line.text
            elif text.endswith("-") and not text.endswith(" -"):
                text += line.text
            else:
                text += " " + line.text
            before = line
        return text


@dataclass(slots=True)
class Truth:
    """A made document. ``running`` holds running heads, feet and page numbers, once a page they stand on."""

    name: str
    layout: str
    blocks: list[TrueBlock] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    pages: int = 0
    notes: str = ""
