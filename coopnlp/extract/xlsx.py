"""Excel workbooks: a table a sheet, values as they are shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from coopnlp.errors import TooLarge, UnreadableFile
from coopnlp.extract.builder import Builder, counted, tidy
from coopnlp.extract.opc import Package, note_damage, properties
from coopnlp.extract.sheet_numbers import BUILT_IN, general, shown
from coopnlp.extract.sheets import Merge, add_sheet

if TYPE_CHECKING:
    from coopnlp.types import Extraction, Source

__all__ = ["read_xlsx"]

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
#: Over this many filled cells a workbook is a database; a text of it would take gigabytes.
_MAX_FILLED = 3_000_000
#: One long string may be the value of many cells.
_MAX_CHARACTERS = 300_000_000
#: Longer formats are none that Excel accepts.
_MAX_FORMAT = 255
_MAX_COMMENTS = 100
_SAVE_APART = "Save the sheets that matter apart, or as CSV."
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
#: Names that Excel and LibreOffice give to sheets, which say nothing.
_UNNAMED = re.compile(r"(?i)(?:feuil|feuille|sheet|tabelle)\s?\d*")
#: Codes in headers and footers: fields (&P), sections (&C), fonts (&"Arial").
_HEADER_CODE = re.compile(r'&"[^"]*"|&\d+|&[A-Z]')


class _Book(NamedTuple):
    strings: list[str]
    #: The number format of each style of cells.
    formats: list[str]
    from_1904: bool


class _Sheet(NamedTuple):
    name: str
    part: str
    hidden: bool


def read_xlsx(data: bytes, source: Source) -> Extraction:
    """Return the sheets of a workbook as tables, each under its name as a heading.

    Numbers and dates are written as their format shows them in French; of
    formulas the value that the file keeps, the formula where it keeps none. Rows
    and columns without any value are left out. Text boxes follow their sheet.
    Comments, headers, charts and pictures are in the notices; hidden sheets and
    rows are read, and said to be hidden.

    Raises
    ------
    UnreadableFile
        A damaged workbook.
    TooLarge
        It unpacks to over 1 GB, or has over three million values.
    """
    package = Package(data, source.name)
    main = package.main("xl/workbook.xml")
    root = package.xml(main)
    if root is None or root.find(f"{_S}sheets") is None:
        package.blob(main)
        raise UnreadableFile(
            source.name, "a damaged workbook (no sheets in it)", "Open it in LibreOffice and save it anew."
        )
    book = _book(package, main, root)
    builder = Builder()
    sheets = list(_sheets(builder, package, main, root))
    count: Counter[str] = Counter()
    for sheet in sheets:
        _add(builder, package, book, sheet, count, with_name=len(sheets) > 1 or not _UNNAMED.fullmatch(sheet.name))
    _note(builder, count, [sheet.name for sheet in sheets if sheet.hidden])
    note_damage(builder, package)
    return builder.build(source, properties(package))


def _sheets(builder: Builder, package: Package, main: str, root: Any) -> Iterator[_Sheet]:
    tables = set(package.related(main, "worksheet"))
    for sheet in root.find(f"{_S}sheets").iterchildren(f"{_S}sheet"):
        part = package.target(main, sheet.get(_RELATIONSHIP, ""))
        name = tidy(sheet.get("name") or "")
        if part in tables and part is not None:
            yield _Sheet(name, part, sheet.get("state", "visible") != "visible")
        else:
            builder.notice("left_out", f"Feuille sans lecture, qui n'est pas un tableau : {name}.")


def _book(package: Package, main: str, root: Any) -> _Book:
    strings: list[str] = []
    for part in package.related(main, "sharedStrings"):
        shared = package.xml(part)
        strings += [] if shared is None else [_rich(item) for item in shared.iterchildren(f"{_S}si")]
    formats: list[str] = []
    for part in package.related(main, "styles"):
        styles = package.xml(part)
        if styles is None:
            continue
        own = {f.get("numFmtId", ""): f.get("formatCode", "") for f in styles.iter(f"{_S}numFmt")}
        cells = styles.find(f"{_S}cellXfs")
        for style in () if cells is None else cells.iterchildren(f"{_S}xf"):
            key = style.get("numFmtId", "0")
            code = own.get(key) or BUILT_IN.get(int(key) if key.isdigit() else 0, "General")
            formats.append(code if len(code) <= _MAX_FORMAT else "General")
    properties_of = root.find(f"{_S}workbookPr")
    return _Book(
        strings, formats, properties_of is not None and properties_of.get("date1904", "0") in ("1", "true", "on")
    )


def _rich(item: Any) -> str:
    """Return the text of a string, of one format or several, without how it is pronounced."""
    return "".join(t.text or "" for t in item.iter(f"{_S}t") if t.getparent().tag != f"{_S}rPh")


def _add(
    builder: Builder, package: Package, book: _Book, sheet: _Sheet, count: Counter[str], *, with_name: bool
) -> None:
    rows: dict[int, dict[int, str]] = {}
    merges: list[Merge] = []
    heads: list[str] = []
    for element in _elements(package, sheet.part):
        name = element.tag.removeprefix(_S)
        if name == "row":
            number = element.get("r", "")
            row = int(number) if number.isdigit() else max(rows, default=0) + 1
            values = _values(element, book, count)
            if values:
                rows[row] = values
                count["hidden rows"] += element.get("hidden") in ("1", "true")
                count["filled"] += len(values)
                count["characters"] += sum(map(len, values.values()))
                if count["filled"] > _MAX_FILLED or count["characters"] > _MAX_CHARACTERS:
                    raise TooLarge(
                        package.name,
                        f"over {_MAX_FILLED} values, or 300 million characters",
                        _SAVE_APART,
                    )
        elif name == "mergeCell":
            corners = _PLACE.findall(element.get("ref", ""))
            if len(corners) == 2:
                merges.append(Merge(*_row_column(corners[0]), *_row_column(corners[1])))
        else:
            heads.append(_HEADER_CODE.sub(" ", element.text or ""))
    boxes = list(_boxes(package, sheet.part, count))
    if with_name and (rows or boxes):
        builder.add("heading", sheet.name, level=1)
    add_sheet(builder, rows, merges)
    for text in boxes:
        builder.add("paragraph", text)
    for text in dict.fromkeys(tidy(head).replace("\n", " ").strip(" -/") for head in heads):
        # « Page » alone is what LibreOffice writes before the number
        if text and text.lower() != "page":
            builder.notice("left_out", f"En-tête ou pied de page absent du texte : « {text} ».")
    _note_comments(builder, package, sheet, count)


def _elements(package: Package, part: str) -> Iterator[Any]:
    """Yield rows, merged cells, headers and footers of a sheet, without keeping its tree in memory."""
    from lxml import etree

    data = package.markup(part)
    if data is None:
        return
    tags = [_S + name for name in ("row", "mergeCell", "oddHeader", "oddFooter", "firstHeader", "firstFooter")]
    try:
        for _, element in etree.iterparse(
            BytesIO(data), tag=tags, resolve_entities=False, no_network=True, huge_tree=False
        ):
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.LxmlError:
        package.damaged.append(part)


def _values(row: Any, book: _Book, count: Counter[str]) -> dict[int, str]:
    """Return the values of a row that are not empty, by 1-based column."""
    found: dict[int, str] = {}
    column = 0
    for cell in row.iterchildren(f"{_S}c"):
        place = _PLACE.fullmatch(cell.get("r", ""))
        column = _row_column(place.groups())[1] if place else column + 1
        text = _value(cell, book, count)
        if text.strip():
            found[column] = text
    return found


def _value(cell: Any, book: _Book, count: Counter[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find(f"{_S}is")
        return "" if inline is None else _rich(inline)
    raw = cell.findtext(f"{_S}v") or ""
    if not raw:
        formula = cell.find(f"{_S}f")
        if formula is None or kind == "str":
            return ""
        count["formulas"] += 1
        return f"={formula.text}" if formula.text else "=(formule)"
    match kind:
        case "s":
            return book.strings[int(raw)] if raw.isdigit() and int(raw) < len(book.strings) else ""
        case "b":
            return "VRAI" if raw in ("1", "true") else "FAUX"
        case "n":
            return _shown(raw, cell.get("s", "0"), book)
    return raw


def _shown(raw: str, style: str, book: _Book) -> str:
    try:
        number = float(raw)
    except ValueError:
        return raw
    if not abs(number) < 1e300:  # also what is no number
        return raw
    code = book.formats[int(style)] if style.isdigit() and int(style) < len(book.formats) else "General"
    try:
        return shown(number, code, from_1904=book.from_1904)
    except (ArithmeticError, ValueError, IndexError):
        return general(number)  # a format that no program understands


def _row_column(place: Any) -> tuple[int, int]:
    """Return the 1-based row and column of (« AB », « 12 »)."""
    letters, figures = place
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(figures), column


def _boxes(package: Package, part: str, count: Counter[str]) -> Iterator[str]:
    """Yield the paragraphs of text boxes of a sheet; count its pictures and charts."""
    for drawing in package.related(part, "drawing"):
        count["pictures"] += len(package.related(drawing, "image"))
        count["charts"] += len(package.related(drawing, "chart"))
        root = package.xml(drawing)
        for paragraph in () if root is None else root.iter(f"{_A}p"):
            yield "".join(text.text or "" for text in paragraph.iter(f"{_A}t"))


def _note_comments(builder: Builder, package: Package, sheet: _Sheet, count: Counter[str]) -> None:
    for part in package.related(sheet.part, "comments"):
        root = package.xml(part)
        if root is None:
            continue
        authors = [tidy(author.text or "") for author in root.iter(f"{_S}author")]
        for comment in root.iter(f"{_S}comment"):
            count["comments"] += 1
            if count["comments"] > _MAX_COMMENTS:
                continue
            key = comment.get("authorId", "")
            author = authors[int(key)] if key.isdigit() and int(key) < len(authors) else ""
            text = tidy(_rich(comment)).replace("\n", " ")
            builder.notice(
                "comment",
                f"Commentaire de {author or 'sans nom'} en {sheet.name}!{comment.get('ref', '?')}, "
                f"absent du texte : « {text} ».",
            )


def _note(builder: Builder, count: Counter[str], hidden: list[str]) -> None:
    if hidden:
        builder.notice("hidden", f"Feuilles masquées, lues aussi : {', '.join(hidden)}.")
    if count["hidden rows"]:
        builder.notice("hidden", f"Lues aussi : {counted(count['hidden rows'], 'ligne masquée', 'lignes masquées')}.")
    if count["formulas"]:
        builder.notice(
            "formulas",
            "Le fichier ne garde pas le résultat de toutes ses formules ; "
            f"{counted(count['formulas'], 'formule est lue telle quelle', 'formules sont lues telles quelles')}.",
        )
    if count["comments"] > _MAX_COMMENTS:
        more = counted(count["comments"] - _MAX_COMMENTS, "autre commentaire", "autres commentaires")
        builder.notice("left_out", f"Absents du texte : {more}.")
    for key, one, many in (("pictures", "image", "images"), ("charts", "graphique", "graphiques")):
        if count[key]:
            builder.notice("left_out", f"Sans lecture : {counted(count[key], one, many)}.")
