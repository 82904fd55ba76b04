"""Projects in tables: a row under a column of titles is a project, its parties the columns of bodies.

The header's words are enough: a title cell is a title whole, whatever a tagger
found in it. Left out: rows of totals, empty cells, tables of prices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from coopnlp.records.reading import Reading
from coopnlp.records.rows import Row, Table
from coopnlp.records.table_columns import (
    cell_text,
    is_aligned,
    parties_of_row,
    party_columns,
    title_column,
)
from coopnlp.types import DateValue, Project

__all__ = ["projects_of_tables", "titled_tables"]

_LONGEST_TITLE = 220
_NO_TITLE = re.compile(
    r"\W*(?:sous[- ]?total|total|totaux|neant|sans objet|divers|fonctionnement|idem"
    r"|retiree?s?|annulee?s?|abandonnee?s?)\b.{0,30}"
)
# What a column says of a project that is none any more; one that is refused or put off was still one.
_NOT_KEPT = re.compile(r"\W*(?:annulee?s?|retiree?s?|abandonnee?s?|supprimee?s?)\W*")
# A column that names projects by what is done, where the table also says with whom or how far it is.
_DONE_HEAD = re.compile(r"\W*(?:objets?|actions?|operations?)\W*")
_WITH_HEAD = re.compile(r"\b(?:partenaires?|budget du projet|cout du projet|avancement)\b")
_OF_PROJECT = re.compile(r"\bdu projet\b")
_TWO_SIDES = 2
_PERIOD_HEAD = re.compile(r"\b(?:debut|fin|periode|annees?|calendrier|dates?)\b")


def _titles(reading: Reading, header: Row) -> int | None:
    """Return the column of titles: the one that its head says, or what is done with partners."""
    column = title_column(reading, header)
    if column is not None:
        return column
    heads = [reading.plain[a:b].replace("\n", " ").strip() for a, b in header.cells]
    if not any(_WITH_HEAD.search(head) for head in heads):
        return None
    if not _OF_PROJECT.search(" ".join(heads)) and len(party_columns(reading, header)) < _TWO_SIDES:
        return None  # a register of partnerships says what each is about
    return next((i for i, head in enumerate(heads) if _DONE_HEAD.fullmatch(head)), None)


def titled_tables(reading: Reading, tables: Sequence[Table]) -> list[Table]:
    """Return the tables with a column of project titles and at least one row whose cells are known."""
    return [
        t
        for t in tables
        if t.header is not None and _titles(reading, t.header) is not None and any(is_aligned(t, row) for row in t.rows)
    ]


def _period(reading: Reading, header: Row, row: Row) -> tuple[str | None, str | None]:
    days = [
        e.value
        for i, (a, b) in enumerate(header.cells)
        if _PERIOD_HEAD.search(reading.plain[a:b]) and not reading.within(a, b, ("DATE",))
        for e in reading.within(*row.cells[i], ("DATE",))
        if isinstance(e.value, DateValue)
    ]
    if not days:
        return None, None
    ended = days[-1].end
    return days[0].start, ended if len(days) > 1 or days[0].start != days[0].end else None


def projects_of_tables(reading: Reading, tables: Sequence[Table]) -> Iterator[Project]:
    """Yield the projects of the tables that have a column of titles."""
    for table in tables:
        header = table.header
        assert header is not None
        column = _titles(reading, header)
        assert column is not None
        bodies = party_columns(reading, header)
        for row in table.rows:
            if not is_aligned(table, row):
                continue
            span = row.cells[column]
            title = cell_text(reading, span)
            words = reading.plain[slice(*span)]
            if not re.search(r"[^\W\d_]{3}", title) or len(title) > _LONGEST_TITLE or _NO_TITLE.fullmatch(words):
                continue
            if any(_NOT_KEPT.fullmatch(reading.plain[a:b]) for a, b in row.cells):
                continue
            named = parties_of_row(reading, row, bodies)
            start, end = _period(reading, header, row)
            yield Project(
                title=title,
                parties=tuple(p for p, _ in named),
                start=start,
                end=end,
                evidence=(span, *(where for _, where in named)),
            )
