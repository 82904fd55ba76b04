"""A register as frames of pandas or polars, in one call.

>>> from coopnlp.frames import to_pandas
>>> frame = to_pandas("register.db", "fundings")  # doctest: +SKIP
>>> frame[frame["currency"] == "EUR"].groupby("funder")["value"].sum()  # doctest: +SKIP

============  =====================================================================================
table         a row
============  =====================================================================================
documents     a document, with how many records of each type it gave
entities      an entity of a document
partnerships  a partnership as one document tells it
fundings      an amount of a funding as one document tells it; one row without amount where none is
              stated. Rows with one ``ref`` are one grant: do not add its currencies
agreements    an agreement as one document tells it
projects      a project as one document tells it, with its first theme
parties       a party or funder of one of these
themes        a theme of a document, or of its project number ``project``
items         an agreement, project, partnership or funding as all documents tell it
============  =====================================================================================

Columns keep their names (:data:`coopnlp.register.columns.TABLES`); more may be
added at the end. ``ref`` leads to the page of a record and joins tables,
``sha256`` is the document, ``source`` its file name, ``n`` counts the records of a
type in it from 0. Dates are text as precise as the document (``2015``,
``2009-12``), beside them ``start_year``, ``end_year`` or ``year`` as whole numbers.
A sum is a float (``value``, or a range in ``min`` and ``max``) and exact decimal text
(``value_text``...); an item with several sums has them in ``amounts`` only, and
``total`` where one holds those of other items. ``parties`` and ``kb_ids`` are joined
with " ; ", place for place. What a document does not say is a missing value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from coopnlp.errors import CoopnlpError

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]
    import polars as pl

    from coopnlp.register.columns import ColumnType
    from coopnlp.register.database import Database
    from coopnlp.register.store import Register

__all__ = ["each_pandas", "each_polars", "to_pandas", "to_polars"]

_F = TypeVar("_F")
#: Rows that are in memory as Python values at once.
_CHUNK = 20_000
_PANDAS = {"text": "string", "whole": "Int64", "number": "float64", "truth": "boolean"}


def to_pandas(register: str | Path | Register, table: str) -> pd.DataFrame:
    """Return a table of a register as a frame of pandas.

    Text has dtype ``string``, whole numbers ``Int64``, other numbers ``float64``, truth ``boolean``.

    Parameters
    ----------
    register
        A file, the URL of a database, or an open register.
    table
        One of those above.

    Raises
    ------
    RegisterError
        There is no such register or table; ``items`` where the catalogue was not made.
    CoopnlpError
        pandas is not installed.
    """
    pandas = _library("pandas")
    return _whole(list(each_pandas(register, table)), lambda frames: pandas.concat(frames, ignore_index=True))


def to_polars(register: str | Path | Register, table: str) -> pl.DataFrame:
    """Return a table of a register as a frame of polars; see :func:`to_pandas`.

    Text is ``String``, whole numbers ``Int64``, other numbers ``Float64``, truth ``Boolean``.
    """
    polars = _library("polars")
    return _whole(list(each_polars(register, table)), lambda frames: polars.concat(frames, rechunk=True))


def each_pandas(register: str | Path | Register, table: str, *, rows: int = _CHUNK) -> Iterator[pd.DataFrame]:
    """Yield a table as frames of about ``rows`` rows, for what does not fit into memory; one at least, maybe empty."""
    pandas = _library("pandas")

    def make(types: dict[str, ColumnType], columns: list[tuple[Any, ...]]) -> pd.DataFrame:
        return pandas.DataFrame(
            {
                name: pandas.array(values, dtype=_PANDAS[kind])
                if kind != "number"
                else pandas.Series(values, dtype="float64")
                for (name, kind), values in zip(types.items(), columns, strict=True)
            }
        )

    yield from _frames(register, table, rows, make)


def each_polars(register: str | Path | Register, table: str, *, rows: int = _CHUNK) -> Iterator[pl.DataFrame]:
    """Yield a table as frames of about ``rows`` rows, for what does not fit into memory; one at least, maybe empty."""
    polars = _library("polars")
    kinds = {"text": polars.String, "whole": polars.Int64, "number": polars.Float64, "truth": polars.Boolean}

    def make(types: dict[str, ColumnType], columns: list[tuple[Any, ...]]) -> pl.DataFrame:
        made: pl.DataFrame = polars.DataFrame(
            {
                name: polars.Series(name, values, dtype=kinds[types[name]])
                for name, values in zip(types, columns, strict=True)
            }
        )
        return made

    yield from _frames(register, table, rows, make)


def _frames(
    register: str | Path | Register,
    table: str,
    rows: int,
    make: Callable[[dict[str, ColumnType], list[tuple[Any, ...]]], _F],
) -> Iterator[_F]:
    from coopnlp.register.columns import column_types, read_chunks

    types = column_types(table)
    empty = True
    with _database(register) as database, database.reading() as connection:
        for chunk in read_chunks(connection, table, rows):
            empty = False
            yield make(types, list(zip(*chunk, strict=True)))
    if empty:
        yield make(types, [()] * len(types))


def _whole(frames: list[_F], join: Callable[[list[_F]], _F]) -> _F:
    return frames[0] if len(frames) == 1 else join(frames)


@contextmanager
def _database(register: str | Path | Register) -> Iterator[Database]:
    """Give the database of a register; one that was opened here is closed."""
    from coopnlp.register.database import Database
    from coopnlp.register.store import Register

    if isinstance(register, Register):
        yield register._database
        return
    database = Database(register, create=False)
    try:
        yield database
    finally:
        database.close()


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise CoopnlpError(f'frames of {name} need {name} ({error}): pip install "coopnlp[frames]"') from error
