"""Word files (DOCX): paragraphs, headings, lists with their numbers, tables in place, text boxes, notes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from coopnlp.errors import UnreadableFile
from coopnlp.extract.builder import Builder, GridCell, counted, tidy
from coopnlp.extract.docx_fields import drop_current_dates, drop_instructions
from coopnlp.extract.docx_looks import Looks
from coopnlp.extract.docx_notes import Notes
from coopnlp.extract.docx_numbering import Numbering
from coopnlp.extract.docx_styles import Styles, qualified
from coopnlp.extract.docx_surroundings import first_page, note_surroundings
from coopnlp.extract.docx_tables import is_frame, rows_of
from coopnlp.extract.docx_text import DELETED, Texts, boxes_of, children_of, is_joined_to_next
from coopnlp.extract.opc import Package, properties

if TYPE_CHECKING:
    from coopnlp.types import Extraction, Source

__all__ = ["read_docx"]

_P, _TBL = qualified("p"), qualified("tbl")
_NOT_FLOW = DELETED | {qualified(name) for name in ("sectPr", "sdtPr", "tblPr", "tblGrid", "tcPr", "pPr", "rPr")}
#: Bullets and letters that somebody typed.
_TYPED_ITEM = re.compile(r"\s*(?:[-*•–—·▪‣◦●■◆❖➢➔→⇨✓✗◻☐☑☒]|\(?(?:\d{1,2}|[a-z])\))\s+\S")
_ART = "{urn:schemas-microsoft-com:vml}textpath"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def read_docx(data: bytes, source: Source, *, converted: bool = False) -> Extraction:
    """Return the text of a Word file as it reads with all changes accepted.

    Also templates, files with macros and « strict » ones. Headings are told by their
    style, or by their type (:mod:`coopnlp.extract.docx_looks`). Notes stand at the end;
    their calls are in the text (« Nara [1] »). The header and the footer of the
    first page alone are part of the text, as a letterhead is. Left out, with a
    notice: the other headers and footers, deleted and hidden text, comments,
    pictures, charts, embedded objects. ``converted`` says that LibreOffice has
    just made the file: fields of the current date then hold the day of the
    conversion, which is left out with a notice.

    Raises
    ------
    UnreadableFile
        A damaged file.
    EncryptedFile
        Its parts need a password.
    TooLarge
        It unpacks to over 1 GB.
    """
    package = Package(data, source.name)
    main = package.main("word/document.xml")
    root = package.xml(main)
    body = None if root is None else root.find(qualified("body"))
    if body is None:
        # a missing main part has its own message
        package.blob(main)
        raise UnreadableFile(
            source.name, "a damaged Word file (no text in it)", "Open it in Word or LibreOffice and save it anew."
        )
    builder = Builder()
    head, foot = (first_page(package, main, body, kind) for kind in ("header", "footer"))
    parts = [part for part in (head, body, foot) if part is not None]
    if converted and (dropped := sum(drop_current_dates(part) for part in parts)):
        builder.notice(
            "left_out",
            f"Absent du texte : {counted(dropped, 'champ', 'champs')} « date du jour », changé par la lecture.",
        )
    reader = _Reader(package, main, body, builder)
    for part in parts:
        drop_instructions(part)
        reader.flow(part)
    reader.end()
    note_surroundings(builder, package, main, body, reader.texts)
    return builder.build(source, properties(package))


class _Reader:
    """Walks a document in reading order and adds what it meets to a builder."""

    def __init__(self, package: Package, main: str, body: Any, builder: Builder) -> None:
        self._package = package
        self._main = main
        self._builder = builder
        self._styles = Styles(package.xml(next(iter(package.related(main, "styles")), None)))
        self._numbering = Numbering(package.xml(next(iter(package.related(main, "numbering")), None)), self._styles)
        self._notes = Notes(package, main, body)
        self._looks = Looks(body, self._styles)
        self._diagrams: set[str | None] = set()
        self._begun = ""  # text of paragraphs whose end was deleted
        self.texts = Texts(self._styles, self._notes)

    def flow(self, parent: Any) -> None:
        """Add paragraphs and tables in order, through content controls and the like."""
        for child in children_of(parent):
            if child.tag == _P:
                self._paragraph(child)
            elif child.tag == _TBL:
                self._table(child)
            elif child.tag == qualified("altChunk"):
                part = self._package.target(self._main, child.get(f"{_RELATIONS}id", "")) or "sans nom"
                self._builder.notice("left_out", f"Document inséré, absent du texte : {part}.")
            elif child.tag not in _NOT_FLOW:
                self.flow(child)

    def end(self) -> None:
        """Add the notes that were called; say how many were not."""
        if self._begun:
            self._builder.add("paragraph", self._begun)
            self._begun = ""
        for label, note in self._notes.called():
            text = " ".join(filter(None, (tidy(self.texts.of(p)) for p in note.iter(_P))))
            if text:
                self._builder.add("footnote", f"{label}. {text}" if label else text)
        if uncalled := self._notes.uncalled():
            self._builder.notice("left_out", f"Notes sans appel, absentes du texte : {uncalled}.")

    def _paragraph(self, paragraph: Any) -> None:
        text = self._begun + self.texts.of(paragraph)
        self._begun = ""
        if is_joined_to_next(paragraph):
            self._begun = text
        else:
            label = self._numbering.label(paragraph)
            level = self._styles.heading_level(paragraph, text)
            if level is None and label != "-" and not self._styles.is_caption(paragraph):
                level = self._looks.level(paragraph)
            shown = f"{label} {text}" if label else text
            if not text.strip():
                pass  # an empty item counts and shows nothing
            elif level is not None:
                self._builder.add("heading", text if label == "-" else shown, level=level)
            elif label is not None or _TYPED_ITEM.match(text):
                self._builder.add("list_item", shown)
            else:
                self._builder.add("caption" if self._styles.is_caption(paragraph) else "paragraph", text)
        self._drawn(paragraph)

    def _drawn(self, element: Any) -> None:
        """Add text boxes, lettering and diagrams that are anchored in an element, after it."""
        if next(element.iter(qualified("txbxContent")), None) is not None:
            for box in boxes_of(element):
                self.flow(box)
        for art in element.iter(_ART):
            self._builder.add("paragraph", art.get("string") or "")
        for diagram in element.iter(f"{_DIAGRAM}relIds"):
            part = self._package.target(self._main, diagram.get(f"{_RELATIONS}dm", ""))
            if part in self._diagrams:
                continue
            self._diagrams.add(part)
            root = self._package.xml(part)
            for paragraph in () if root is None else root.iter(f"{_DRAWN}p"):
                self._builder.add("paragraph", "".join(t.text or "" for t in paragraph.iter(f"{_DRAWN}t")))

    def _table(self, table: Any) -> None:
        """Add a table, merged cells once, at their first row and column.

        A table in a cell follows the row that it is in, as a block of its own; the
        other rows go on after it.
        """
        rows = list(rows_of(table))
        if is_frame(rows):
            for cell in (cell for row in rows for _, cell in row.cells):
                self.flow(cell)
            return
        cells: list[GridCell] = []
        drawn: list[Any] = []
        for number, row in enumerate(rows):
            nested: list[Any] = []
            for column, cell in row.cells:
                cells.append(GridCell(number, column, self._cell(cell, nested), header=row.header))
            drawn += [found for found in nested if found.tag == _P]
            if any(found.tag == _TBL for found in nested):
                self._builder.add_cells("table", cells)
                cells = []
                for found in nested:
                    if found.tag == _TBL:
                        self._table(found)
        self._builder.add_cells("table", cells)
        for found in drawn:
            self._drawn(found)

    def _cell(self, parent: Any, nested: list[Any]) -> str:
        """Return the text of a cell; put its tables and its paragraphs with drawings into ``nested``."""
        parts: list[str] = []
        for child in children_of(parent):
            if child.tag == _P:
                label = self._numbering.label(child)
                text = tidy(self.texts.of(child))
                parts.append(f"{label} {text}" if label and text else text)
                nested.append(child)
            elif child.tag == _TBL:
                nested.append(child)
            elif child.tag not in _NOT_FLOW:
                parts.append(self._cell(child, nested))
        return " ".join(filter(None, parts))
