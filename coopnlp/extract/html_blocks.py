"""The tree of a web page to pieces in document order: headings, paragraphs, lists, tables, forms.

Record pages (a label and its value, line by line, as databases publish them)
come as forms; that is what readers of main content drop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from coopnlp.extract.builder import GridCell, tidy
from coopnlp.extract.html_labels import Pair, bold_lines, is_block, is_label, is_named, is_simple, pair_of
from coopnlp.extract.html_tables import grid_cells, is_layout, is_link_list, is_record, menu_cells
from coopnlp.extract.html_text import (
    BLOCKS,
    HEADINGS,
    SILENT,
    control_text,
    flatten,
    is_document_link,
    is_run_on,
    one_line,
)

if TYPE_CHECKING:
    from coopnlp.types import BlockKind

__all__ = ["Piece", "pieces_of"]


@dataclass(slots=True)
class Piece:
    """A block before it is added.

    ``linked`` is the share of its characters that are links; ``label`` says that the
    piece names a value of several blocks, which follow it; ``menu`` that it is one of the links of a side column.
    ``frame`` is the address of a page that is shown in its place, which has no text of its own here.
    """

    kind: BlockKind
    text: str
    level: int | None = None
    cells: list[GridCell] = field(default_factory=list)
    linked: float = 0.0
    label: bool = False
    menu: bool = False
    frame: str | None = None


def pieces_of(root: Any) -> list[Piece]:
    """Return what a reader sees in an element, in order."""
    walker = _Walker()
    walker.visit(root)
    walker.flush()
    return walker.pieces


class _Walker:
    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._buffer: list[str] = []
        self._linked = 0
        self._links_around = 0
        self._kind: BlockKind = "paragraph"
        self._prefix = ""
        self._pairs: list[Pair] = []

    # -- text

    def flush(self) -> None:
        """End the paragraph, list item or form that is being read."""
        self._end_form()
        text = tidy("".join(self._buffer))
        if text:
            share = min(1.0, self._linked / len(text))
            self.pieces.append(Piece(self._kind, self._prefix + text, linked=share))
            if self._prefix:
                self._prefix, self._kind = "", "paragraph"
        self._buffer, self._linked = [], 0

    def _put(self, text: str | None) -> None:
        if text:
            clean = flatten(text)
            if clean.strip():
                self._end_form()
            self._buffer.append(clean)
            if self._links_around:
                self._linked += len(clean)

    def visit(self, element: Any) -> None:
        """Read an element and what is below it; its tail is its parent's."""
        tag = element.tag
        if not isinstance(tag, str):
            return
        if tag in ("frame", "iframe") and (address := (element.get("src") or "").strip()):
            self.flush()
            self.pieces.append(Piece("paragraph", "", frame=address))
            return
        if tag in SILENT:
            return
        if tag == "br":
            if self._buffer and self._buffer[-1] == "\n":
                self.flush()
            else:
                self._buffer.append("\n")
        elif tag in ("input", "select", "textarea"):
            self._put(control_text(element))
        elif tag in HEADINGS:
            self._heading(element)
        elif tag == "table":
            self._table(element)
        elif tag == "dl":
            self._definitions(element)
        elif tag == "pre":
            self.flush()
            text = tidy(element.text_content())
            if text:
                self.pieces.append(Piece("paragraph", text))
        elif tag in BLOCKS:
            self._block(element)
        else:
            self._inline(element)

    def _inline(self, element: Any) -> None:
        if self._buffer and is_run_on(self._buffer[-1], element):
            self._buffer.append(" ")
        if element.tag != "a" or not element.get("href") or is_document_link(element):
            self._children(element)
            return
        self._links_around += 1  # a link may hold blocks, as the cards of a page do
        self._children(element)
        self._links_around -= 1

    def _block(self, element: Any) -> None:
        pair = pair_of(element)
        if pair is not None:
            self._flush_text()
            self._pairs.append(pair)
            return
        self.flush()
        if element.tag == "li":
            self._item(element)
        elif element.tag in ("figcaption", "caption"):
            self._kind = "caption"
        self._children(element)
        self.flush()
        self._kind, self._prefix = "paragraph", ""

    def _children(self, element: Any) -> None:
        self._put(element.text)
        children = list(element)
        at = 0
        while at < len(children):
            child = children[at]
            value = children[at + 1] if at + 1 < len(children) else None
            if value is not None and is_label(child) and not is_label(value) and is_block(value):
                self._put_pair(one_line(child), value)
                self._put(value.tail)
                at += 2
                continue
            if child.tag == "span" and (child.tail or "").strip(" :\xa0\t\r\n") and is_named(child):
                at = self._put_run(children, at)
                continue
            if child.tag in ("b", "strong") and not "".join(self._buffer).rpartition("\n")[2].strip():
                lines = bold_lines(children, at)
                if len(lines.pairs) > 1:
                    self._flush_text()
                    self._pairs += lines.pairs
                    at = lines.at
                    self._put(lines.rest)
                    continue
            self.visit(child)
            self._put(child.tail)
            at += 1

    def _put_run(self, children: Sequence[Any], at: int) -> int:
        """Add a label and the bare text up to the end of its line; return the index of what follows."""
        label = children[at]
        self._flush_text()
        self._buffer.append(flatten(label.tail or ""))
        at += 1
        while at < len(children) and not (
            children[at].tag in BLOCKS
            or children[at].tag in HEADINGS
            or children[at].tag == "br"
            or is_named(children[at])
        ):
            self.visit(children[at])
            self._buffer.append(flatten(children[at].tail or ""))
            at += 1
        value = tidy("".join(self._buffer)).replace("\n", " ").removeprefix(":").strip()
        self._buffer, self._linked = [], 0
        self._pairs.append(Pair(one_line(label), value))
        return at

    def _item(self, element: Any) -> None:
        parent = element.getparent()
        self._kind, self._prefix = "list_item", "- "
        if parent is not None and parent.tag == "ol":
            first = parent.get("start", "1")
            number = int(first) if first.isdigit() else 1
            number += sum(1 for _ in element.itersiblings("li", preceding=True))
            self._prefix = f"{number}. "

    def _heading(self, element: Any) -> None:
        self.flush()
        if not is_simple(element):
            self._children(element)  # an unclosed heading that swallowed the page
            self.flush()
            return
        text = one_line(element)
        if text:
            linked = 1.0 if self._links_around else sum(len(one_line(a)) for a in element.iter("a")) / len(text)
            self.pieces.append(Piece("heading", text, level=HEADINGS[element.tag], linked=min(1.0, linked)))

    # -- labels and values

    def _flush_text(self) -> None:
        if "".join(self._buffer).strip():
            pairs, self._pairs = self._pairs, []
            self.flush()
            self._pairs = pairs
        self._buffer = []

    def _put_pair(self, label: str, value: Any) -> None:
        """Add a label and its value to the form; a value of several blocks stands on its own after it."""
        self._flush_text()
        if is_simple(value):
            self._pairs.append(Pair(label, one_line(value)))
            return
        self._end_form()
        if label:
            self.pieces.append(Piece("paragraph", label, label=True))
        self._children(value)
        self.flush()

    def _end_form(self) -> None:
        pairs, self._pairs = self._pairs, []
        pairs = [pair for pair in pairs if pair.label or pair.value]
        if len(pairs) == 1 and not (pairs[0].named and pairs[0].label and pairs[0].value):
            label, value, _ = pairs[0]
            joint = " " if label.endswith(":") else " : "
            self.pieces.append(Piece("paragraph", joint.join(filter(None, (label, value)))))
        elif pairs:
            cells = [
                GridCell(row, column, text, header=column == 0)
                for row, pair in enumerate(pairs)
                for column, text in enumerate(pair[:2])
            ]
            self.pieces.append(Piece("form", "\n".join(" ".join(pair[:2]) for pair in pairs), cells=cells))

    def _definitions(self, element: Any) -> None:
        self.flush()
        label = ""
        for item in element.iter("dt", "dd"):
            if next(item.iterancestors("dl")) is not element:
                continue
            if item.tag == "dt":
                if label:
                    self._pairs.append(Pair(label, ""))
                label = one_line(item)
            else:
                self._put_pair(label, item)
                label = ""
        if label:
            self._pairs.append(Pair(label, ""))
        self.flush()

    # -- tables

    def _table(self, table: Any) -> None:
        self.flush()
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        grid = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
        grid = [row for row in grid if row]
        for caption in table.iterchildren("caption"):
            if text := one_line(caption):
                self.pieces.append(Piece("caption", text))
        if is_record(grid):
            for row in grid:
                if len(row) == 1:
                    self._children(row[0])
                    self.flush()
                else:
                    self._put_pair(one_line(row[0]), row[1])
            self.flush()
        elif is_layout(table, grid):
            menus = menu_cells(grid)
            for cell in (cell for row in grid for cell in row):
                before = len(self.pieces)
                self._children(cell)
                self.flush()
                for piece in self.pieces[before:]:
                    piece.menu = piece.menu or cell in menus
        else:
            cells = list(grid_cells(grid))
            if any(cell.text for cell in cells):
                text = " ".join(cell.text for cell in cells)
                links = [a for a in table.iter("a") if not is_document_link(a)]
                linked = sum(len(one_line(a)) for a in links) / max(1, len(text))
                menu = is_link_list(grid)
                self.pieces.append(Piece("table", text, cells=cells, linked=min(1.0, linked), menu=menu))
