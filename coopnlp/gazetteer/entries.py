"""Entries on their way from the sources into the compiled files, and the tables written by hand."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from coopnlp.errors import CorpusError
from coopnlp.gazetteer.places import Kind

__all__ = ["TABLES", "Entry", "read_table"]

TABLES = Path(__file__).resolve().parent / "tables"


@dataclass
class Entry:
    """A place and its names.

    A name's flag says how it names: empty official, ``u`` usual, ``b`` acronym
    (counts in capitals only), ``a`` transliteration of unknown language, ``f``
    former (with the year of the change), ``c`` core that needs its type word,
    ``h`` head town of a grouping (needs it too), ``l`` official without its
    article.
    """

    kb_id: str
    kind: Kind
    name: str
    country: str
    subtype: str = ""
    parents: list[str] = field(default_factory=list)
    population: int | None = None
    valid_from: str = ""
    valid_to: str = ""
    successor: str = ""
    names: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names.insert(0, (self.name, ""))


def read_table(path: Path, *, delimiter: str = "\t") -> Iterator[dict[str, str]]:
    """Yield the rows of a table with a heading line.

    Raises
    ------
    CorpusError
        The table is missing, or a row has another number of fields than its heading.
    """
    if not path.is_file():
        raise CorpusError(f"{path}: the table is missing. Give its folder with --shared.")
    with path.open(encoding="utf-8", newline="") as lines:
        if delimiter == "\t":
            rows = csv.DictReader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
        else:
            rows = csv.DictReader(lines, delimiter=delimiter)
        for number, row in enumerate(rows, start=2):
            if None in row or None in row.values():
                raise CorpusError(f"{path}, line {number}: not as many fields as in the heading.")
            yield row
