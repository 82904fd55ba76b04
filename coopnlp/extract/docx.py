"""Word files (DOCX): paragraphs, headings, lists with their numbers, tables in place, footnotes."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from coopnlp.errors import TooLarge, UnreadableFile
from coopnlp.extract.builder import Builder, GridCell, counted, tidy
from coopnlp.extract.docx_fields import drop_current_dates
from coopnlp.extract.docx_styles import Numbering, Styles, qualified, value_of

if TYPE_CHECKING:
    from coopnlp.types import Extraction, Metadata, Source

__all__ = ["read_docx"]

#: Unpacked size over which a Word file is a bomb: the largest reports looked at unpack to 60 MB,
#: most of it pictures.
_MAX_UNPACKED = 1_000_000_000
_MAX_XML = 150_000_000

_P, _TBL, _SDT, _SECT = (qualified(name) for name in ("p", "tbl", "sdt", "sectPr"))
_TEXT_BOX = qualified("txbxContent")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: What is not part of the accepted text: deletions, what was moved away, field codes.
_SKIPPED = frozenset(
    (*(qualified(n) for n in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "tbl")), _TEXT_BOX, _FALLBACK)
)
_T, _TAB, _BR, _CR, _HYPHEN = (qualified(n) for n in ("t", "tab", "br", "cr", "noBreakHyphen"))
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"


def read_docx(data: bytes, source: Source, *, converted: bool = False) -> Extraction:
    """Return the text of a Word file as it reads with all changes accepted.

    Left out, with a notice: headers and footers, deleted text, comments,
    pictures. Footnotes and endnotes stand at the end. ``converted`` says that
    LibreOffice has just made the file: fields of the current date then hold the
    day of the conversion, which is left out with a notice.

    Raises
    ------
    UnreadableFile
        A damaged file.
    TooLarge
        It unpacks to over 1 GB.
    """
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    _check_size(data, source.name)
    try:
        return _read(data, source, converted)
    # what python-docx and zipfile let through on damaged packages, found by mutating files
    except (
        OpcError,
        LxmlError,
        zipfile.BadZipFile,
        zlib.error,
        AttributeError,
        EOFError,
        LookupError,
        NotImplementedError,
        OSError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as error:
        reason = str(error) or type(error).__name__
        raise UnreadableFile(
            source.name, f"a damaged Word file ({reason})", "Open it in Word or LibreOffice and save it anew."
        ) from error


def _check_size(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableFile(name, f"a damaged Word file ({error})", "Get it anew from where it came.") from error
    xml = (i.file_size for i in infos if i.filename.endswith((".xml", ".rels")))
    if sum(i.file_size for i in infos) > _MAX_UNPACKED or max(xml, default=0) > _MAX_XML:
        raise TooLarge(name, "it unpacks to far more than a document holds", "Open it in Word to check it.")


def _read(data: bytes, source: Source, converted: bool) -> Extraction:
    import docx

    document = docx.Document(BytesIO(data))
    builder = Builder()
    if converted and (dropped := drop_current_dates(document.element.body)):
        builder.notice(
            "left_out",
            f"Absent du texte : {counted(dropped, 'champ', 'champs')} « date du jour », changé par la lecture.",
        )
    styles, numbering = Styles(document), Numbering(document)
    for block in _blocks(document.element.body):
        if block.tag == _P:
            _add_paragraph(builder, block, styles, numbering)
        else:
            _add_table(builder, block)
            for box in _text_boxes(block):
                _add_box(builder, box, styles, numbering)
    _add_notes(builder, document)
    _add_notices(builder, document)
    return builder.build(source, _metadata(document))


def _blocks(parent: Any) -> Iterator[Any]:
    """Yield paragraphs and tables in order, through content controls and the like."""
    for child in parent.iterchildren():
        if child.tag in (_P, _TBL):
            yield child
        elif isinstance(child.tag, str) and child.tag not in (_SECT, *_SKIPPED):
            yield from _blocks(child)


def _text(element: Any) -> str:
    """Return the accepted text below an element; nested tables and text boxes are not part of it."""
    parts: list[str] = []
    stack = [element]
    while stack:
        item = stack.pop()
        tag = item.tag
        if tag in (_T, _MATH_TEXT):
            parts.append(item.text or "")
        elif tag == _TAB and item.getparent().tag.endswith("}r"):
            parts.append("\t")
        elif tag in (_BR, _CR):
            parts.append("\n")
        elif tag == _HYPHEN:
            parts.append("-")
        elif item is element or (isinstance(tag, str) and tag not in _SKIPPED):
            stack.extend(reversed(item))
    return "".join(parts)


def _text_boxes(element: Any) -> list[Any]:
    """Return the text boxes in an element, not those in the copies kept for old programs."""
    return [
        box
        for box in element.iter(_TEXT_BOX)
        if not any(up.tag in (_FALLBACK, qualified("del")) for up in box.iterancestors())
    ]


def _add_paragraph(builder: Builder, paragraph: Any, styles: Styles, numbering: Numbering) -> None:
    text = _text(paragraph)
    level = styles.heading_level(paragraph)
    label = numbering.label(paragraph, styles) if text.strip() else None
    if level is not None:
        builder.add("heading", f"{label} {text}" if label and label != "-" else text, level=level)
    elif label is not None:
        builder.add("list_item", f"{label} {text}")
    else:
        builder.add("caption" if styles.is_caption(paragraph) else "paragraph", text)
    for box in _text_boxes(paragraph):
        _add_box(builder, box, styles, numbering)


def _add_box(builder: Builder, box: Any, styles: Styles, numbering: Numbering) -> None:
    for block in box.iterchildren(_P, _TBL):
        if block.tag == _TBL:
            _add_table(builder, block)
        else:
            # boxes in boxes are found by iter() of the outermost element already
            label = numbering.label(block, styles)
            text = _text(block)
            builder.add("list_item" if label else "paragraph", f"{label} {text}" if label else text)


def _add_table(builder: Builder, table: Any) -> None:
    """Add a table, merged cells once, at their first row and column; one cell alone is a frame."""
    cells: list[GridCell] = []
    first_is_header = _first_row_is_header(table)
    rows = list(table.iterchildren(qualified("tr")))
    for number, row in enumerate(rows):
        header = row.find(f"{qualified('trPr')}/{qualified('tblHeader')}") is not None
        skipped = row.find(f"{qualified('trPr')}/{qualified('gridBefore')}")
        column = int(value_of(skipped, "0"))
        for cell in row.iter(qualified("tc")):
            if next(cell.iterancestors(_TBL)) is not table:
                continue
            properties = cell.find(qualified("tcPr"))
            span = merge = None
            if properties is not None:
                span, merge = properties.find(qualified("gridSpan")), properties.find(qualified("vMerge"))
            if merge is None or value_of(merge, "continue") == "restart":
                text = " ".join(filter(None, (tidy(_text(p)) for p in cell.iter(_P) if not _is_in_box(p, cell))))
                cells.append(GridCell(number, column, text, header=header or (number == 0 and first_is_header)))
            column += max(1, int(value_of(span, "1")))
    if len(rows) == 1 and len([c for c in cells if c.text]) == 1:
        for cell in cells:
            builder.add("paragraph", cell.text)
    else:
        builder.add_cells("table", cells)


def _is_in_box(paragraph: Any, cell: Any) -> bool:
    for up in paragraph.iterancestors():
        if up is cell:
            return False
        if up.tag in (_TEXT_BOX, qualified("del")):
            return True
    return False


def _first_row_is_header(table: Any) -> bool:
    """Tell whether the table's style sets the first row off, and there is another."""
    look = table.find(f"{qualified('tblPr')}/{qualified('tblLook')}")
    if look is None or len(table.findall(qualified("tr"))) < 2:
        return False
    first = look.get(qualified("firstRow"))
    if first is not None:
        return first in ("1", "true", "on")
    try:
        return bool(int(value_of(look, "0"), 16) & 0x20)  # ECMA-376, 17.4.56
    except ValueError:
        return False


def _add_notes(builder: Builder, document: Any) -> None:
    """Add footnotes and endnotes in order, numbered as Word numbers them."""
    from lxml import etree

    for kind in ("footnotes", "endnotes"):
        for relation in document.part.rels.values():
            if relation.is_external or not relation.reltype.endswith(f"/{kind}"):
                continue
            root = etree.fromstring(relation.target_part.blob, _parser())
            notes = [n for n in root or () if n.get(qualified("type")) in (None, "normal")]
            for number, note in enumerate(notes, 1):
                text = " ".join(filter(None, (tidy(_text(p)) for p in note.iter(_P))))
                if text:
                    builder.add("footnote", f"{number}. {text}")


def _parser() -> Any:
    from lxml import etree

    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)


def _add_notices(builder: Builder, document: Any) -> None:
    from lxml import etree

    body = document.element.body
    seen: set[str] = set()
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(("/header", "/footer")):
            continue
        root = etree.fromstring(relation.target_part.blob, _parser())
        text = "" if root is None else tidy(" ".join(_text(p) for p in root.iter(_P))).replace("\n", " ")
        if text and text not in seen:
            seen.add(text)
            builder.notice("left_out", f"En-tête ou pied de page absent du texte : « {text} ».")
    inserted = sum(1 for _ in body.iter(qualified("ins"), qualified("moveTo")))
    deleted = sum(1 for _ in body.iter(qualified("del"), qualified("moveFrom")))
    if inserted or deleted:
        builder.notice(
            "tracked_changes",
            "Modifications suivies lues comme acceptées : "
            f"{counted(inserted, 'ajout gardé', 'ajouts gardés')}, {counted(deleted, 'suppression', 'suppressions')}.",
        )
    comments = sum(1 for _ in body.iter(qualified("commentReference")))
    if comments:
        builder.notice("left_out", f"Absents du texte : {counted(comments, 'commentaire', 'commentaires')}.")
    pictures = sum(1 for _ in body.iter("{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"))
    if pictures:
        builder.notice("left_out", f"Sans lecture : {counted(pictures, 'image', 'images')}.")


def _metadata(document: Any) -> Metadata:
    from docx.opc.parts.coreprops import CorePropertiesPart

    from coopnlp.types import Metadata

    # python-docx would make properties up, dated today, where it finds none; LibreOffice's relation
    # to them has another name than Word's.
    parts = (r.target_part for r in document.part.package.rels.values() if not r.is_external)
    part = next((p for p in parts if isinstance(p, CorePropertiesPart)), None)
    if part is None:
        return Metadata()
    properties = part.core_properties
    try:
        date = properties.created or properties.modified
    except ValueError:
        date = None
    return Metadata(
        title=tidy(properties.title or "") or None,
        author=tidy(properties.author or "") or None,
        language=tidy(properties.language or "") or None,
        date=date.date().isoformat() if date else None,
    )
