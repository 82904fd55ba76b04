"""Assemble an Extraction: pieces of text become blocks with offsets, once and for all.

Every format but plain text goes through here, so that the invariants of
:class:`~coopnlp.types.Extraction` hold in one place: NFC, blocks in order,
white space between them, cells that can be cut out of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from coopnlp.text import normalise

if TYPE_CHECKING:
    from coopnlp.types import Block, BlockKind, Extraction, Metadata, Notice, Source

__all__ = ["Builder", "GridCell", "counted", "is_rule", "tidy"]

#: What no reader sees: controls (tab and line feed apart), zero-width and direction marks,
#: soft hyphens, BOMs inside the text (Unicode 15, general categories Cc and Cf).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufff9-\ufffb]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_BLANK_RUN = re.compile(r"[ \t\f\v\u00a0\u2000-\u200a\u202f\u205f\u3000]{2,}|[\t\f\v]")
_AROUND_LINE_END = re.compile(r"[^\S\n]*\n\s*")

_RULE = re.compile(r"\s*([-_=*~.·•─━═–—\u2500#+])(?:[ \t]*\1){2,}\s*")

SEPARATOR = " | "
#: x0, top, x1, bottom of a box, in points from the top left corner of the page.
Corners = tuple[float, float, float, float]


def tidy(text: str) -> str:
    """Return text as a reader sees it: no invisible characters, runs of blanks as one space, trimmed lines.

    A single no-break space is kept: « 12 500 € » stays as it was typed. Empty
    lines are dropped. Twice is once.

    >>> tidy("  Ville\\u00ad de \\t Troyes \\n\\n 12\\u00a0500\\u00a0€")
    'Ville de Troyes\\n12\\xa0500\\xa0€'
    """
    plain = text.replace("\u00a0", " ").replace("\u202f", " ")
    # most lines are tidy; whatever is not seen is not printable, blanks other than the space among it
    if plain.isprintable() and "  " not in plain and plain == plain.strip() and unicodedata.is_normalized("NFC", text):
        return text
    text = _SURROGATES.sub("\ufffd", normalise(text))
    text = _BLANK_RUN.sub(" ", _INVISIBLE.sub("", text))
    return normalise(_AROUND_LINE_END.sub("\n", text).strip())


def is_rule(line: str) -> bool:
    """Tell whether a line is a rule between parts: dashes, underscores, equals signs, stars, dots.

    >>> is_rule("-----"), is_rule("* * *"), is_rule("- 3 -"), is_rule("…")
    (True, True, False, False)
    """
    return _RULE.fullmatch(line) is not None


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun, as French writes it in notices.

    >>> counted(1, "image", "images"), counted(12, "image", "images")
    ('1 image', '12 images')
    """
    return f"{number} {one if number < 2 else many}"


class GridCell(NamedTuple):
    """A table cell before it has offsets. ``row`` and ``column`` are 0-based."""

    row: int
    column: int
    text: str
    header: bool = False


class Builder:
    """Collects blocks in reading order; blocks are joined by an empty line."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self.notices: list[Notice] = []
        self.page_starts: list[int] = []
        self._ocr_pages: dict[int, bool] = {}

    def __len__(self) -> int:
        """How many blocks there are so far."""
        return len(self._blocks)

    def notice(self, kind: str, message: str, page: int | None = None) -> None:
        """Note something that a reader should know: ``message`` in French, for archivists read it."""
        from coopnlp.types import Notice

        self.notices.append(Notice(kind=kind, message=message, page=page))

    def read_by_ocr(self, page: int, *, doubtful: bool) -> None:
        """Say that OCR read a page, and whether its reading is doubtful."""
        self._ocr_pages[page] = doubtful

    @property
    def doubtful_pages(self) -> tuple[int, ...]:
        """The pages that OCR read with a low confidence."""
        return tuple(page for page, doubtful in sorted(self._ocr_pages.items()) if doubtful)

    def start_page(self) -> None:
        """Say that the next block begins a new page."""
        self.page_starts.append(self._length + 2 if self._parts else 0)

    def start_page_at_row(self, row: int) -> None:
        """Say that a row of the table added last begins a new page."""
        cells = [cell for cell in self._blocks[-1].cells if cell.row >= row]
        self.page_starts.append(min((cell.start for cell in cells), default=self._length))

    def add(
        self,
        kind: BlockKind,
        text: str,
        *,
        page: int | None = None,
        box: Corners | None = None,
        level: int | None = None,
        confidence: float | None = None,
    ) -> int | None:
        """Append a block of text; return its start.

        None where nothing is left after :func:`tidy`, or only a rule of dashes.
        """
        clean = tidy(text)
        if not clean or is_rule(clean):
            return None
        start = self._begin()
        self._append(clean)
        self._end(kind, start, page=page, box=box, level=level, confidence=confidence)
        return start

    def add_cells(
        self,
        kind: BlockKind,
        cells: Iterable[GridCell],
        *,
        page: int | None = None,
        box: Corners | None = None,
        with_spans: bool = True,
        confidence: float | None = None,
    ) -> int | None:
        """Append a table or a form: a line a row, ``" | "`` between cells; empty rows are left out.

        ``with_spans=False`` keeps the text and leaves out the spans, for tables
        so large that a value a cell would not fit in memory.
        """
        rows: dict[int, list[GridCell]] = {}
        for cell in cells:
            rows.setdefault(cell.row, []).append(cell)
        texts = {row: [tidy(cell.text).replace("\n", " ") for cell in line] for row, line in sorted(rows.items())}
        kept = [row for row, line in texts.items() if any(line)]
        if not kept:
            return None
        start = self._begin()
        spans: list[dict[str, int | bool]] = []
        for number, row in enumerate(kept):
            if number:
                self._append("\n")
            for place, (cell, text) in enumerate(zip(rows[row], texts[row], strict=True)):
                if place:
                    self._append(SEPARATOR)
                begin = self._length
                self._append(text)
                if with_spans:
                    span = {"start": begin, "end": self._length, "row": number, "column": cell.column}
                    spans.append({**span, "header": cell.header})
        self._end(kind, start, page=page, box=box, cells=spans, confidence=confidence)
        return start

    def build(self, source: Source, metadata: Metadata) -> Extraction:
        """Return the extraction of all that was added."""
        from coopnlp.types import Extraction

        text = "".join(self._parts)
        if self._ocr_pages:
            read = {"ocr_pages": tuple(sorted(self._ocr_pages)), "doubtful_pages": self.doubtful_pages or None}
            metadata = metadata.model_copy(update=read)
        return Extraction(
            source=source,
            text=text,
            blocks=tuple(self._blocks),
            metadata=metadata,
            notices=tuple(self.notices),
            page_starts=tuple(min(start, len(text)) for start in self.page_starts),
        )

    def _begin(self) -> int:
        if self._parts:
            self._append("\n\n")
        return self._length

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _end(
        self,
        kind: BlockKind,
        start: int,
        *,
        page: int | None,
        box: Corners | None,
        level: int | None = None,
        cells: Sequence[Mapping[str, int | bool]] = (),
        confidence: float | None = None,
    ) -> None:
        from coopnlp.types import Block

        # values within values are validated in one go: each made by itself takes twice as long
        self._blocks.append(
            Block.model_validate(
                {
                    "kind": kind,
                    "start": start,
                    "end": self._length,
                    "page": page,
                    "box": dict(zip(("x0", "top", "x1", "bottom"), box, strict=True)) if box else None,
                    "level": level,
                    "cells": cells,
                    "confidence": confidence,
                }
            )
        )
