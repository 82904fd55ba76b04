"""Tables of projects: CSV, XLSX and JSON Lines, a row a project; any other source is one project."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coopnlp.errors import EncryptedFile, NoText, UnreadableFile
from coopnlp.text import fold, normalise
from coopnlp.themes.views import Views

if TYPE_CHECKING:
    from coopnlp.extract import Limits

__all__ = ["Project", "Row", "is_table", "read_project_rows", "read_projects"]

_CSV, _XLSX, _JSON = (".csv", ".tsv"), (".xlsx", ".xlsm"), (".jsonl", ".ndjson")
_BATCH = 500  # projects: enough to be fast, few enough to see progress
_SEPARATORS = ";,\t|"
# A spreadsheet often has a title and an empty line above its headings.
_HEADING_ROWS = 10
# Headings of the tables of projects that French authorities publish, folded: those
# that name a project, then those that tell about it.
_TITLES = ("titre", "title", "intitule", "nom du projet", "nom de l action", "projet", "objet", "libelle", "action")
_BODIES = (
    "description", "descriptif", "resume", "summary", "texte", "text", "contexte", "objectif", "contenu",
    "presentation", "detail",
)  # fmt: skip
# Those that say who is in it and who pays: read beside the text, never for it.
_METADATA = (
    "financeur", "financement", "bailleur", "subventionneur", "partenaire", "parties", "porteur", "collectivite",
    "organisme", "operateur", "beneficiaire", "maitre d ouvrage", "funder", "partner",
)  # fmt: skip
_IDS = (
    "id", "identifiant", "numero", "no", "n", "code", "reference", "ref", "prj id", "n dossier", "no dossier",
    "n de dossier", "no de dossier", "numero de dossier", "numero dossier", "reference du dossier",
)  # fmt: skip

Row = dict[str, str]
#: Identifier, what there is to read, cells by heading.
Project = tuple[str, Views, Row]


def is_table(name: str) -> bool:
    """Tell by its name whether a source is read as a table, a row a project."""
    return name.lower().endswith((*_CSV, *_XLSX, *_JSON))


def read_projects(
    source: str | Path | bytes,
    *,
    name: str | None = None,
    text_columns: Sequence[str] = (),
    id_column: str | None = None,
) -> Iterator[list[tuple[str, str]]]:
    """Yield batches of (identifier, text), a row of a table or a document each; see :func:`read_project_rows`."""
    rows = read_project_rows(source, name=name, text_columns=text_columns, id_column=id_column)
    for batch in rows:
        yield [(key, views.text) for key, views, _ in batch]


def read_project_rows(
    source: str | Path | bytes,
    *,
    name: str | None = None,
    text_columns: Sequence[str] = (),
    id_column: str | None = None,
    limits: Limits | None = None,
) -> Iterator[list[Project]]:
    """Yield batches of (identifier, what there is to read, cells by heading), a row of a table or a document each.

    Parameters
    ----------
    source
        A path, also of a member of an archive, a URL, or bytes.
    name
        Name to tell the format by, where the source has none.
    text_columns
        Headings of the columns to read, joined in this order; accents and case
        do not matter. By default those with usual French headings (titre,
        intitulé, objet, description, résumé, contexte...), titles first. A column named like a title
        is also the title (:class:`coopnlp.themes.views.Views`), one named like funders or parties
        (financeur, partenaires, bénéficiaire...) is metadata and no part of the text.
    id_column
        Heading of the column of identifiers. By default one with a usual
        heading (id, numéro, code, référence...), or else the number of the row, from 1.
    limits
        Read the source in a process of its own, within these limits
        (:func:`coopnlp.extract.guarded`); by default in this one.

    Rows whose text is empty keep their place, with an empty text; empty rows are
    left out.

    Raises
    ------
    UnreadableFile
        A damaged table, one without rows, or without the columns asked for or
        any that can be guessed; the message names the columns there are.
    EncryptedFile
        A workbook with a password.
    ExtractionError
        Any other source that :func:`coopnlp.extract.extract` cannot read.
    """
    if limits is not None:
        from coopnlp.extract.guard import guarded_frames

        options = {"text_columns": list(text_columns), "id_column": id_column}
        for frame in guarded_frames(_frames, source, name=name, limits=limits, **options):
            yield [(key, Views(**views), row) for key, views, row in json.loads(frame)]
        return
    shown = name or (str(source) if not isinstance(source, bytes) else "stdin")
    if not is_table(shown):
        key, text = _document(source, name)
        yield [(key, Views(text), {})]
        return
    rows = _rows(_bytes(source, shown), shown, text_columns)
    batch: list[Project] = []
    columns: list[str] | None = None
    for number, row in enumerate(rows, 1):
        if columns is None:
            headings = list(row)
            columns = [_column(wanted, headings, shown) for wanted in text_columns] or _guess(headings, shown)
            own = _column(id_column, headings, shown) if id_column else _guess_id(headings, columns)
        batch.append((row.get(own or "", "").strip() or str(number), _views(row, columns), row))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if columns is None:
        raise UnreadableFile(shown, "the table has no rows", "Give a row of headings and a row a project.")
    if batch:
        yield batch


def _frames(source: str | Path | bytes, **options: Any) -> Iterator[bytes]:
    """Yield batches of rows as JSON: what the process of its own does."""
    for batch in read_project_rows(source, **options):
        yield json.dumps([(key, asdict(views), row) for key, views, row in batch]).encode()


def _document(source: str | Path | bytes, name: str | None) -> tuple[str, str]:
    from coopnlp.extract import extract
    from coopnlp.themes.document import document_text
    from coopnlp.types import DocumentInfo, Record, document_id

    extraction = extract(source, name=name)
    key = document_id(extraction.source.name)
    info = DocumentInfo(title=extraction.metadata.title)
    return key, document_text(Record(id=key, source=extraction.source, document=info), extraction.text)


def _bytes(source: str | Path | bytes, shown: str) -> bytes:
    from coopnlp.extract import MAX_BYTES
    from coopnlp.extract.fetch import fetch
    from coopnlp.extract.sources import is_url, read_path

    if isinstance(source, bytes):
        data = source
    elif isinstance(source, str) and is_url(source):
        data = fetch(source, max_bytes=MAX_BYTES).data
    else:
        data = read_path(Path(source), MAX_BYTES)
    if not data.strip():
        raise NoText(shown, "the file is empty", "Give a row of headings and a row a project.")
    return data


def _rows(data: bytes, shown: str, wanted: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a table as heading to cell, every row with every heading."""
    if shown.lower().endswith(_JSON):
        yield from _json_rows(data, shown)
        return
    cells = _xlsx_cells(data, shown) if shown.lower().endswith(_XLSX) else _csv_cells(data, shown)
    filled = (row for row in cells if any(cell.strip() for cell in row))
    top: list[list[str]] = []
    for row in filled:
        top.append(row)
        if len(top) == _HEADING_ROWS:
            break
    if not top:
        return
    known = {fold(column) for column in wanted}
    at = next((i for i, row in enumerate(top) if _is_heading(row, known)), 0)
    headings = [" ".join(cell.split()) or f"colonne {n}" for n, cell in enumerate(top[at], 1)]
    for row in chain(top[at + 1 :], filled):
        yield dict(zip(headings, [*row, *[""] * len(headings)], strict=False))


def _is_heading(row: Sequence[str], wanted: set[str]) -> bool:
    folded = [fold(cell) for cell in row if cell.strip()]
    if wanted:
        return wanted <= set(folded)
    return any(_starts(cell, (*_TITLES, *_BODIES)) for cell in folded if len(cell.split()) <= 6)


def _csv_cells(data: bytes, shown: str) -> Iterator[list[str]]:
    from coopnlp.extract.decode import decode, looks_binary

    if looks_binary(data):
        raise UnreadableFile(shown, "it is not text", "Export the table as CSV, or give it its right extension.")
    text = normalise(decode(data)[0])
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=False)
    except csv.Error as error:
        raise UnreadableFile(
            shown, f"it is not a CSV table: {error}", "Export it again from the spreadsheet."
        ) from error


def _separator(text: str) -> str:
    """Return the character that cuts the first rows into most columns, the same number in most rows."""

    def columns(separator: str) -> tuple[int, int]:
        sample = csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=separator)
        widths = [len(row) for _, row in zip(range(20), sample, strict=False) if row]
        commonest = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(commonest) if commonest > 1 else 0, commonest)

    try:
        return max(_SEPARATORS, key=columns)
    except csv.Error:
        return ";"


def _xlsx_cells(data: bytes, shown: str) -> Iterator[list[str]]:
    import zipfile
    from xml.etree.ElementTree import ParseError

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if data.startswith(b"\xd0\xcf\x11\xe0"):  # an OLE file: old Excel, or a workbook under a password
        raise EncryptedFile(
            shown, "a workbook with a password, or of Excel before 2007", "Save it as XLSX without a password."
        )
    try:
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in workbook.worksheets:
            found = False
            for row in sheet.iter_rows(values_only=True):
                found = found or any(value is not None for value in row)
                yield [_cell(value) for value in row]
            if found:  # the first sheet that holds anything
                break
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, OSError, EOFError) as error:
        raise UnreadableFile(
            shown, f"it is no readable workbook: {error}", "Open and save it again, or export it as CSV."
        ) from error


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in value)
    return normalise(str(value))


def _json_rows(data: bytes, shown: str) -> Iterator[Row]:
    try:
        lines = data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise UnreadableFile(shown, f"it is not UTF-8: {error}", "JSON Lines are UTF-8: convert it.") from error
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise UnreadableFile(shown, f"line {number} is not JSON: {error}", "Give a JSON object a line.") from error
        if not isinstance(row, dict):
            raise UnreadableFile(shown, f"line {number} is not a JSON object", "Give a JSON object a line.")
        rows.append(row)
    headings = dict.fromkeys(key for row in rows for key in row)
    for row in rows:
        yield {key: _cell(row.get(key)) for key in headings}


def _column(wanted: str, headings: Sequence[str], shown: str) -> str:
    for heading in headings:
        if fold(heading) == fold(wanted):
            return heading
    raise UnreadableFile(shown, f"there is no column {wanted!r}", f"Its columns: {', '.join(headings)}.")


def _guess(headings: Sequence[str], shown: str) -> list[str]:
    found: list[str] = []
    for names in (_TITLES, _BODIES):
        found += [h for h in headings if _starts(fold(h), names) and h not in found]
    if not found:
        raise UnreadableFile(
            shown, "no column looks like a title or a description",
            f"Say which with --text-column. Its columns: {', '.join(headings)}.",
        )  # fmt: skip
    return found + [h for h in headings if _starts(fold(h), _METADATA) and h not in found]


def _views(row: Row, columns: Sequence[str]) -> Views:
    """Return what the cells of a row say, by the names of their columns."""
    metadata = [column for column in columns if _starts(fold(column), _METADATA)]
    told = [column for column in columns if column not in metadata] or list(columns)
    titles = [column for column in told if _starts(fold(column), _TITLES)]
    return Views(_joined(row, told), _joined(row, titles), _joined(row, metadata))


def _joined(row: Row, columns: Sequence[str]) -> str:
    return ". ".join(part for part in (row.get(column, "").strip(" .") for column in columns) if part)


def _guess_id(headings: Sequence[str], taken: Iterable[str]) -> str | None:
    return next((h for name in _IDS for h in headings if fold(h) == name and h not in taken), None)


def _starts(folded: str, names: Sequence[str]) -> bool:
    """Tell whether a heading is one of the names or begins with one as a whole word, in the singular or plural."""
    return any(folded in (n, f"{n}s") or folded.startswith((f"{n} ", f"{n}s ")) for n in names)
