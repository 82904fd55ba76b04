"""Plain text and Markdown: the text is kept, blocks are found in it and never change it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from coopnlp.extract.builder import is_rule
from coopnlp.extract.decode import decode
from coopnlp.extract.front_matter import FrontMatter, read_front_matter
from coopnlp.text import normalise

if TYPE_CHECKING:
    from coopnlp.types import Block, BlockKind, Cell, Extraction, Source

__all__ = ["find_blocks", "read_plain"]

_HEADING = re.compile(r" {0,3}(#{1,6})\s+\S")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)\s*$")
_ITEM = re.compile(r"\s*(?:[-*+•–—·▪‣◦]|\(?\d{1,3}[.)]|\(?[a-z]\))\s+\S")
_DELIMITER_ROW = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_SENTENCE_END = re.compile(r"[.!?…:;»][\"'’)\]»\s]*$")
_MANY_LINES = re.compile(r"\S[^\n]*\n?(?:[^\n]*\n){0,499}")
_WRAP = range(50, 121)  # columns at which typists and mail programs break lines
#: Above this many blocks a text is a data dump; the rest of its lines go into blocks of 500 lines,
#: so that 50 MB stay within a few hundred megabytes of memory.
MAX_BLOCKS = 150_000
#: Above this many lines no block is looked for: they are read 500 at a time.
MAX_LINES = 1_500_000


class _Line(NamedTuple):
    start: int
    end: int  # without trailing blanks
    text: str


def read_plain(data: bytes, source: Source, charset: str | None = None) -> Extraction:
    """Return the text, decoded, in NFC with ``\\n`` line ends, nothing else changed, and its blocks."""
    from coopnlp.types import Extraction, Metadata, Notice

    decoded, encoding = decode(data, charset)
    text = normalise(decoded)
    notices = []
    if encoding not in ("utf_8", "utf_16_le", "utf_16_be"):
        notices.append(Notice(kind="encoding", message=f"Le fichier ne dit pas son encodage ; lu en {encoding}."))
    if "\ufffd" in text and "\ufffd" not in data.decode("utf_8", "ignore"):
        notices.append(Notice(kind="encoding", message="Octets sans valeur dans cet encodage, lus \ufffd."))
    front = read_front_matter(text)
    return Extraction(
        source=source,
        text=text,
        blocks=tuple(find_blocks(text)),
        metadata=Metadata() if front is None else front.metadata(),
        notices=tuple(notices),
    )


def find_blocks(text: str) -> list[Block]:
    """Return the blocks of a text: headings, list items, tables, paragraphs.

    A paragraph is a run of lines that one sentence flow joins: an empty line ends
    it, and so does a line that was ended on purpose, i.e. that is shorter than the
    width at which the text wraps and is not continued by a lower-case letter.
    Spans hold the mark-up of Markdown (``# ``), so that between blocks lies
    nothing but white space and lone rules of dashes. Front matter is a form.
    """
    from coopnlp.types import Block

    if text.count("\n") > MAX_LINES:
        return [
            Block(kind="paragraph", start=found.start(), end=found.start() + len(found[0].rstrip()))
            for found in _MANY_LINES.finditer(text)
        ]
    lines = list(_lines(text))
    front = read_front_matter(text)
    if front is not None:
        skipped = text.count("\n", 0, front.end)
        lines = lines[skipped + 1 :]
    width = _wrap_width(lines)
    blocks: list[Block] = [] if front is None else [_front_block(front)]
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.text:
            at += 1
            continue
        stop, block = at + 1, None
        if is_rule(line.text):
            at += 1
            continue
        if len(blocks) >= MAX_BLOCKS:
            stop = min(at + 500, len(lines))
        elif heading := _HEADING.match(line.text):
            block = Block(kind="heading", start=line.start, end=line.end, level=len(heading[1]))
        elif table := _table(lines, at):
            stop, cells = table
            block = Block(kind="table", start=line.start, end=lines[stop - 1].end, cells=cells)
        elif (stop_heading := _underlined(lines, at)) is not None:
            stop, level = stop_heading
            block = Block(kind="heading", start=line.start, end=lines[stop - 1].end, level=level)
        else:
            stop = _paragraph_end(lines, at, width)
        if block is None:
            kind: BlockKind = "list_item" if _ITEM.match(line.text) else "paragraph"
            end = next(lines[i].end for i in range(stop - 1, at - 1, -1) if lines[i].text)
            block = Block(kind=kind, start=line.start, end=end)
        blocks.append(block)
        at = stop
    return blocks


def _front_block(front: FrontMatter) -> Block:
    from coopnlp.types import Block, Cell

    cells = [
        Cell(start=start, end=end, row=row, column=column, header=column == 0)
        for row, pair in enumerate(front.pairs)
        for column, (start, end) in enumerate(pair)
    ]
    return Block(kind="form", start=0, end=front.end, cells=tuple(cells))


def _lines(text: str) -> Iterator[_Line]:
    """Yield lines; start and end lie on characters that are not blank."""
    at = 0
    for raw in text.split("\n"):
        bare = raw.strip()
        start = at + len(raw) - len(raw.lstrip()) if bare else at
        yield _Line(start, start + len(bare), raw.rstrip() if bare else "")
        at += len(raw) + 1


def _wrap_width(lines: list[_Line]) -> int | None:
    """Return the column at which the text was wrapped, None where every paragraph is one line.

    Wrapped text has many lines just under its width; a quarter of the lines of
    over half the width must lie in its upper fifth.
    """
    lengths = sorted(len(line.text) for line in lines if line.text)
    if len(lengths) < 3:
        return None
    width = lengths[int(len(lengths) * 0.97)]
    if width not in _WRAP:
        return None
    long = [n for n in lengths if n > width / 2]
    return width if sum(n > width * 0.8 for n in long) * 4 >= len(long) else None


def _paragraph_end(lines: list[_Line], at: int, width: int | None) -> int:
    """Return the index after the last line of the paragraph that begins at ``at``."""
    stop = at + 1
    while stop < len(lines) and lines[stop].text and not _starts_block(lines, stop):
        before, line = lines[stop - 1].text, lines[stop].text
        ended = _SENTENCE_END.search(before) is not None
        continued = line.lstrip()[:1].islower() and not ended
        first_word = line.lstrip().partition(" ")[0]
        full = width is not None and len(before) + 1 + len(first_word) > width * 0.92
        if not (continued or full):
            break
        stop += 1
    return stop


def _starts_block(lines: list[_Line], at: int) -> bool:
    text = lines[at].text
    return bool(is_rule(text) or _HEADING.match(text) or _ITEM.match(text) or _table(lines, at))


def _underlined(lines: list[_Line], at: int) -> tuple[int, int] | None:
    """Return (stop, level) of a heading underlined with ``===`` or ``---``."""
    if at + 1 >= len(lines) or (at and lines[at - 1].text) or _ITEM.match(lines[at].text):
        return None
    under = lines[at + 1].text
    match = _UNDERLINE.match(under)
    if not match or len(match[1]) < 3 or not any(c.isalpha() for c in lines[at].text):
        return None
    return at + 2, 1 if match[1][0] == "=" else 2


def _table(lines: list[_Line], at: int) -> tuple[int, tuple[Cell, ...]] | None:
    """Return (stop, cells) of a Markdown table, or of three lines and more with as many tabs."""
    text = lines[at].text
    if "|" in text:
        if at + 1 >= len(lines) or not _DELIMITER_ROW.match(lines[at + 1].text) or "-" not in lines[at + 1].text:
            return None
        stop = at + 2
        while stop < len(lines) and "|" in lines[stop].text:
            stop += 1
        kept = [lines[at], *lines[at + 2 : stop]]
        return stop, tuple(c for row, line in enumerate(kept) for c in _cells(line, row, "|", header=row == 0))
    tabs = text.count("\t")
    if not tabs:
        return None
    stop = at
    while stop < len(lines) and lines[stop].text and lines[stop].text.count("\t") == tabs:
        stop += 1
    if stop - at < 3:
        return None
    return stop, tuple(c for row in range(at, stop) for c in _cells(lines[row], row - at, "\t", header=False))


def _cells(line: _Line, row: int, separator: str, *, header: bool) -> Iterator[Cell]:
    from coopnlp.types import Cell

    text = line.text.lstrip()
    at, end = line.start, line.end
    if separator == "|":
        if text.startswith("|"):
            at, text = at + 1, text[1:]
        if text.endswith("|"):
            end, text = end - 1, text[:-1]
    for column, part in enumerate(text.split(separator)):
        bare = part.strip()
        start = at + (len(part) - len(part.lstrip()) if bare else 0)
        yield Cell(start=start, end=start + len(bare), row=row, column=column, header=header)
        at += len(part) + 1
