"""Spreadsheets as sources: a table block a sheet. (``classify`` reads them its own way, a row a project.)"""

from __future__ import annotations

import csv
import zipfile
import zlib
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from coopnlp.errors import TooLarge, UnreadableFile
from coopnlp.extract.builder import Builder, GridCell
from coopnlp.extract.decode import decode
from coopnlp.extract.headers import mark_header

if TYPE_CHECKING:
    from coopnlp.types import Extraction, Source

__all__ = ["read_csv", "read_xlsx"]

#: A value a cell takes a kilobyte: over this many cells a table keeps its text and loses the spans.
_MAX_CELLS = 200_000
_MAX_UNPACKED = 1_000_000_000


def read_csv(data: bytes, source: Source) -> Extraction:
    """Return a CSV file as one table; the separator is found among ``;``, tab, ``,`` and ``|``.

    Raises
    ------
    UnreadableFile
        A field of it is larger than any field should be.
    """
    from coopnlp.types import Metadata

    text, _ = decode(data)
    sample = text[:20_000]
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(sample, delimiters=";\t,|")
    except csv.Error:
        dialect = csv.excel
        dialect.delimiter = max(";\t,|", key=sample.count)
    builder = Builder()
    try:
        rows = list(csv.reader(StringIO(text, newline=""), dialect))
    except csv.Error as error:
        raise UnreadableFile(source.name, f"no CSV ({error})", "Check its quotes, or save it anew.") from error
    _add(builder, rows)
    return builder.build(source, Metadata())


def read_xlsx(data: bytes, source: Source) -> Extraction:
    """Return the sheets of a workbook as tables, each under its name as a heading; values, not formulas.

    Raises
    ------
    UnreadableFile
        A damaged workbook.
    TooLarge
        It unpacks to over 1 GB.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    from coopnlp.types import Metadata

    builder = Builder()
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > _MAX_UNPACKED:
                raise TooLarge(source.name, "it unpacks to over 1 GB", "Save the sheets that matter apart.")
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
        sheets = [(sheet.title, [[_shown(v) for v in row] for row in sheet.values]) for sheet in book.worksheets]
        properties = book.properties
        book.close()
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        zlib.error,
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        NotImplementedError,
        OSError,
        RuntimeError,
        SyntaxError,
        TypeError,
        ValueError,
    ) as error:
        # openpyxl lets the errors of ElementTree (a SyntaxError) and of its own conversions through
        raise UnreadableFile(
            source.name, f"a damaged workbook ({error})", "Open it in LibreOffice and save it anew."
        ) from error
    for title, rows in sheets:
        if any(any(row) for row in rows):
            if len(sheets) > 1:
                builder.add("heading", title, level=1)
            _add(builder, rows)
    return builder.build(source, Metadata(title=properties.title or None, author=properties.creator or None))


def _add(builder: Builder, rows: list[list[str]]) -> None:
    filled = [row for row in rows if any(value.strip() for value in row)]
    cells = [GridCell(r, c, text) for r, row in enumerate(filled) for c, text in enumerate(row)]
    small = len(cells) <= _MAX_CELLS
    builder.add_cells("table", mark_header(cells), with_spans=small)
    if not small:
        builder.notice(
            "large_table", f"Tableau de {len(cells)} cellules : texte entier, sans la place de chaque cellule."
        )


def _shown(value: object) -> str:
    """Return a cell's value as a reader would type it."""
    import datetime

    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)
