"""What stands farther from a sum than its sentence: the head of its column, its heading, its list, its document.

Features for the model of sums (:mod:`coopnlp.records.grant_features`): the words of the column's
head and of the closest heading, how many sums of the document are written in the same way, whether
a body stands in the head of the column, in the heading or in the title, and of what kind its name is.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from coopnlp.records.bodies import Body
from coopnlp.records.clauses import Reader, Sum
from coopnlp.records.describe import size
from coopnlp.records.rows import tables_in
from coopnlp.records.table_columns import is_aligned
from coopnlp.types import Entity

__all__ = ["Surroundings"]

Span = tuple[int, int]

_STEM = 7
_HEADING, _FAR = 90, 25
#: Lines that are the head of a document.
_TITLE = 4
#: Words that say what a body is, at the beginning of its name.
_NAME = 3
_WORD = re.compile(r"[^\W\d_]{3,}")


class Surroundings:
    """Describes what is around the sums of one document."""

    def __init__(self, reader: Reader, bodies: Sequence[Body]) -> None:
        self._reading = reader.reading
        lines = self._reading.lines
        self._title = (0, lines[min(_TITLE, len(lines)) - 1][1] if lines else 0)
        self._of_document = {f"title:{stem}" for stem in self._stems(self._title)}
        self._of_document |= {"a funder" for b in bodies if b.label == "FUNDER"}
        self._funders = sum(b.label == "FUNDER" for b in bodies)
        self._columns: dict[Span, tuple[Span, Span]] = {}
        for table in tables_in(self._reading):
            for row in table.rows:
                if table.header is not None and is_aligned(table, row):
                    heads = table.header.cells
                    self._columns |= {c: (head, row.cells[0]) for c, head in zip(row.cells, heads, strict=True)}
        self._cells = sorted(self._columns)
        self._starts = {id(body): [m.start for m in body.mentions] for body in bodies}
        sums = self._reading.within(0, len(self._reading.text), ("AMOUNT",))
        self._sums = len(sums)
        self._written = Counter(self._way(e.start, e.end) for e in sums)

    def _stems(self, span: Span) -> set[str]:
        return {w[:_STEM] for w in _WORD.findall(self._reading.plain[slice(*span)])}

    def _way(self, start: int, end: int) -> str:
        """Return how a sum is written: the words beside it on its line, figures alike."""
        line = self._reading.line_at(start)
        before = re.findall(r"\w+|[^\w\s]", re.sub(r"\d+", "0", self._reading.plain[line[0] : start]))[-2:]
        after = re.findall(r"\w+|[^\w\s]", self._reading.plain[end : line[1]])[:1]
        return " ".join([*before, "|", *after])

    def _names(self, body: Body, span: Span) -> bool:
        starts = self._starts[id(body)]
        at = bisect_left(starts, span[0])
        return at < len(starts) and starts[at] < span[1]

    def heading(self, offset: int) -> Span | None:
        """Return the closest short line above without a sum."""
        for a, b in self._reading.lines_before(self._reading.line_at(offset)[0], _FAR)[::-1]:
            if b - a < _HEADING and not self._reading.within(a, b, ("AMOUNT",)):
                return a, b
        return None

    def column(self, total: Sum) -> tuple[Span, Span] | None:
        """Return the head of the column of a sum and the first cell of its row, where it stands in a table."""
        at = bisect_right(self._cells, (total.start, len(self._reading.text))) - 1
        return self._columns[self._cells[at]] if at >= 0 and total.end <= self._cells[at][1] else None

    def alone(self, total: Sum, heading: Span | None, column: tuple[Span, Span] | None) -> Iterator[str]:
        """Yield what is said of a sum, whoever gives it."""
        yield from self._of_document
        if heading is not None:
            yield from (f"heading:{stem}" for stem in self._stems(heading))
        if column is not None:
            yield "in a column"
            yield from (f"column:{stem}" for stem in self._stems(column[0]))
            yield from (f"row:{stem}" for stem in self._stems(column[1]))
        yield f"written alike:{size(self._written[self._way(total.start, total.end)])}"
        yield f"sums in document:{size(self._sums)}"
        yield f"funders:{size(self._funders)}"

    def together(
        self, body: Body, mention: Entity, heading: Span | None, column: tuple[Span, Span] | None
    ) -> Iterator[str]:
        """Yield what is said of a body and of where it stands."""
        words = _WORD.findall(self._reading.plain[mention.start : mention.end])[:_NAME]
        yield from (f"name:{word[:_STEM]}" for word in words)
        head, row = column or (None, None)
        places = (("title", self._title), ("heading", heading), ("column", head), ("row", row))
        for where, span in places:
            if span and self._names(body, span):
                yield f"body in {where}:{body.label}"
        if body.label == "FUNDER" and self._funders == 1:
            yield "only funder"
        yield f"mentions:{body.label}:{size(len(body.mentions))}"
