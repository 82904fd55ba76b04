"""The flat table as CSV, as a workbook and as Parquet; none of them is held in memory."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from coopnlp.errors import ExchangeError
from coopnlp.exchange.dates import moment
from coopnlp.exchange.files import replacing, replacing_text
from coopnlp.exchange.flat import COLUMNS
from coopnlp.exchange.typography import spaced
from coopnlp.register.export import cell

__all__ = ["write_csv", "write_parquet", "write_xlsx"]

# Limits of the format: ECMA-376 and Excel's own.
_SHEET_ROWS = 1_048_576
_CELL = 32_767
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAMES = [column.name for column in COLUMNS]
# Decimals in Parquet: 38 digits, six of them after the point.
_SCALE = 6
_GROUP = 10_000


def write_csv(rows: Iterable[list[Any]], path: Path, *, excel: bool = False) -> list[Path]:
    """Write the table as CSV: UTF-8, or as Excel opens it by double click where French is set.

    Text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    with replacing_text(path, encoding="utf-8-sig" if excel else "utf-8") as stream:
        writer = csv.writer(stream, delimiter=";" if excel else ",", lineterminator="\r\n")
        writer.writerow(_NAMES)
        writer.writerows([cell(_plain(value)) for value in row] for row in rows)
    return [path]


def _plain(value: Any) -> Any:
    return format(value, "f") if isinstance(value, Decimal) else value


def write_xlsx(rows: Iterable[list[Any]], path: Path) -> list[Path]:
    """Write the table as a workbook: typed cells, the header frozen, and a sheet that says what each column is."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    left = iter(rows)
    count, more = 0, True
    while more:
        count += 1
        more = _sheet(book, "Données" if count == 1 else f"Données {count}", left)
    _explain(book)
    with replacing(path) as stream:
        book.save(stream)
    return [path]


def _sheet(book: Any, title: str, rows: Iterator[list[Any]]) -> bool:
    """Write a sheet; tell whether it is full and rows are left."""
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    for number, column in enumerate(COLUMNS, 1):
        wide = {"intitulé": 44, "citation": 60, "parties": 36, "donneur": 30, "projet": 36}
        sheet.column_dimensions[get_column_letter(number)].width = wide.get(column.name, max(12, len(column.name) + 2))
    sheet.append([_header(sheet, name) for name in _NAMES])
    written = 1
    for row in islice(rows, _SHEET_ROWS - 1):
        sheet.append([_typed(sheet, value, column.type) for value, column in zip(row, COLUMNS, strict=True)])
        written += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{written}"
    return written == _SHEET_ROWS


def _header(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    made = WriteOnlyCell(sheet, text)
    made.font = Font(bold=True)
    return made


def _typed(sheet: Any, value: Any, type: str) -> Any:
    """Return what a cell holds: a day as a date, a number as a number, text never as a formula."""
    from openpyxl.cell import WriteOnlyCell

    if value is None:
        return None
    if type == "date" and len(value) == 10 and (day := moment(value)) is not None and day.year >= 1900:
        made = WriteOnlyCell(sheet, day)
        made.number_format = "yyyy-mm-dd"
        return made
    if not isinstance(value, str):
        made = WriteOnlyCell(sheet, value)
        if type == "number":
            made.number_format = "#,##0.##" if value != int(value) else "#,##0"
        return made
    made = WriteOnlyCell(sheet, _UNPRINTABLE.sub("\ufffd", value)[:_CELL])
    made.data_type = "s"
    return made


def _explain(book: Any) -> None:
    from openpyxl.styles import Alignment

    sheet = book.create_sheet("Lisez-moi")
    for letter, width in (("A", 26), ("B", 100)):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_header(sheet, "Colonne"), _header(sheet, "Ce qu’elle contient")])
    for column in COLUMNS:
        meaning = _typed(sheet, spaced(column.meaning), "text")
        meaning.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append([column.name, meaning])
    for text in (
        "Une ligne par financement et par somme, ou par partenariat.",
        "Une case vide : le document n’en dit rien.",
        "Plusieurs valeurs dans une case sont séparées par « ; ».",
    ):
        sheet.append([None, spaced(text)])


def write_parquet(rows: Iterable[list[Any]], path: Path) -> list[Path]:
    """Write the table as Parquet, ten thousand rows at a time; sums are decimals of six places.

    Raises
    ------
    ExchangeError
        pyarrow is not installed, or the file cannot be written.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ExchangeError(
            'Parquet needs pyarrow, which is not installed. Install it: pip install pyarrow, or "coopnlp[frames]".'
        ) from error

    types = {
        "text": pa.string(), "date": pa.string(), "whole": pa.int64(), "fraction": pa.float64(),
        "number": pa.decimal128(38, _SCALE),
    }  # fmt: skip
    fields = [pa.field(c.name, types[c.type], metadata={"description": spaced(c.meaning)}) for c in COLUMNS]
    schema = pa.schema(fields)
    left = iter(rows)
    with replacing(path) as stream, pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        while group := list(islice(left, _GROUP)):
            columns = list(zip(*group, strict=True))
            arrays = [
                pa.array([_quantised(v) if field.type == types["number"] else v for v in values], field.type)
                for values, field in zip(columns, schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    return [path]


def _quantised(value: Decimal | None) -> Decimal | None:
    """Round to the decimals of the column; a number with more digits than it holds is left out."""
    if value is None or value.adjusted() >= 38 - _SCALE:
        return None
    return value.quantize(Decimal(1).scaleb(-_SCALE))
