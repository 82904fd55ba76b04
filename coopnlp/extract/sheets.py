"""Tables of spreadsheets and CSV files. (``classify`` reads them its own way, a row a project.)"""

from __future__ import annotations

import csv
from bisect import bisect_left, bisect_right
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING, Literal, NamedTuple

from coopnlp.errors import UnreadableFile
from coopnlp.extract.builder import Builder, GridCell
from coopnlp.extract.decode import decode
from coopnlp.extract.headers import mark_header

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from coopnlp.types import Extraction, Source

__all__ = ["Merge", "add_sheet", "read_csv"]

#: A value a cell takes a kilobyte: over this many cells a table keeps its text and loses the spans.
_MAX_CELLS = 200_000
#: Over this many places, rows times columns, empty places are no longer written between the filled ones.
_MAX_PLACES = 1_000_000
_DELIMITERS = (";", "\t", ",", "|")
#: Lines and characters by which the separator is told.
_SAMPLE_LINES = 200
_SAMPLE = 200_000
#: A field with this many lines inside that look like rows has swallowed rows: its quote is never closed.
_SWALLOWED = 3


class Merge(NamedTuple):
    """Merged cells: first and last row and column, all included."""

    top: int
    left: int
    bottom: int
    right: int


def read_csv(data: bytes, source: Source, charset: str | None = None) -> Extraction:
    """Return a CSV file as one table.

    The separator is that of ``;``, tab, ``,`` and ``|`` by which the rows have as
    many fields as each other, or what a first line ``sep=;`` says. A quote that is
    never closed does not swallow the rows after it.

    Raises
    ------
    UnreadableFile
        A field of it is larger than any field should be.
    """
    from coopnlp.types import Metadata

    text, encoding = decode(data, charset)
    builder = Builder()
    if charset is None and not encoding.startswith("utf_"):
        builder.notice("encoding", f"Le fichier ne dit pas son encodage ; lu en {encoding}.")
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, text = first.strip()[4], rest
    else:
        delimiter = _delimiter(text)
    rows = _rows(text, delimiter)
    if rows is None or _has_swallowed(rows, delimiter):
        rows = _rows(text, delimiter, quoted=False)
        if rows is None:
            raise UnreadableFile(source.name, "no CSV (a field of over 100,000 characters)", "Save it anew.")
        builder.notice("quotes", "Guillemets ouverts et jamais fermés : chaque ligne est lue comme une rangée.")
    _add_rows(builder, rows)
    return builder.build(source, Metadata())


def _rows(text: str, delimiter: str, *, quoted: bool = True) -> list[list[str]] | None:
    """Return the rows; None where a field passes the limit of the standard library (131,072 characters)."""
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, quoting=quoting))
    except csv.Error:
        return None


def _delimiter(text: str) -> str:
    """Return the separator by which most rows have the same number of fields, two or more."""
    sample = "\n".join(text[:_SAMPLE].splitlines()[:_SAMPLE_LINES])
    best, best_share = ";", 0.0
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in _rows(sample, delimiter) or () if any(value.strip() for value in row)]
        if not widths:
            continue
        width, rows = Counter(widths).most_common(1)[0]
        share = rows / len(widths) if width > 1 else 0.0
        # a tie goes to the first: « Mali;1500,50 » has two fields by either
        if share > best_share:
            best, best_share = delimiter, share
    # commas in most lines of a text of one column do not make columns of it
    return best if best_share >= 0.5 else ";"


def _has_swallowed(rows: Sequence[Sequence[str]], delimiter: str) -> bool:
    width = Counter(len(row) for row in rows).most_common(1)[0][0] if rows else 0
    for row in rows:
        for value in row:
            if value.count("\n") >= _SWALLOWED:
                inside = sum(line.count(delimiter) == max(1, width - 1) for line in value.split("\n"))
                if inside >= _SWALLOWED:
                    return True
    return False


def add_sheet(builder: Builder, rows: Mapping[int, Mapping[int, str]], merges: Sequence[Merge] = ()) -> None:
    """Add a table of values that are not blank, by row and column; rows and columns without any are left out.

    Places that a merge covers are left out too, as they are in tables of texts.
    """
    filled = [number for number in sorted(rows) if rows[number]]
    columns = sorted({column for number in filled for column in rows[number]})
    places = {column: place for place, column in enumerate(columns)}
    dense = len(filled) * len(columns) <= _MAX_PLACES
    covered = _covered(merges, filled, columns) if dense else set()
    cells: list[GridCell] = []
    for at, number in enumerate(filled):
        values = rows[number]
        for column in columns if dense else sorted(values):
            text = values.get(column, "")
            if text or (number, column) not in covered:
                cells.append(GridCell(at, places[column], text))
    _add(builder, cells)
    if not dense:
        size = f"{len(filled)} lignes et {len(columns)} colonnes"
        builder.notice("large_table", f"Tableau de {size} : cases vides omises.")


def _add_rows(builder: Builder, rows: Sequence[Sequence[str]]) -> None:
    """Add a table of rows with the places that each has; rows and columns that are blank are left out."""
    columns = sorted({column for row in rows for column, value in enumerate(row) if value.strip()})
    places = {column: place for place, column in enumerate(columns)}
    filled = (row for row in rows if any(value.strip() for value in row))
    _add(
        builder,
        [
            GridCell(at, places[column], text)
            for at, row in enumerate(filled)
            for column, text in enumerate(row)
            if column in places
        ],
    )


def _add(builder: Builder, cells: list[GridCell]) -> None:
    small = len(cells) <= _MAX_CELLS
    builder.add_cells("table", mark_header(cells) if small else cells, with_spans=small)
    if not small:
        builder.notice(
            "large_table", f"Tableau de {len(cells)} cellules : texte entier, sans la place de chaque cellule."
        )


def _covered(merges: Sequence[Merge], rows: Sequence[int], columns: Sequence[int]) -> set[tuple[int, int]]:
    """Return the places that merged cells cover, without the one that shows their value; both lists are sorted."""
    found: set[tuple[int, int]] = set()
    seen = 0
    for merge in merges:
        if seen > _MAX_PLACES:
            break  # merges that lie over each other, which no program writes
        inside = columns[bisect_left(columns, merge.left) : bisect_right(columns, merge.right)]
        for row in rows[bisect_left(rows, merge.top) : bisect_right(rows, merge.bottom)]:
            found.update((row, column) for column in inside if (row, column) != (merge.top, merge.left))
            seen += len(inside)
    return found
