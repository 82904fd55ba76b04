"""Searching a register: from typed words and filters to the passages that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from coopnlp.register import fulltext, schema
from coopnlp.register.query import Query, read_query
from coopnlp.register.read import named_after
from coopnlp.register.values import Hit, RecordType

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["RANKED", "Filters", "Matches", "hits", "matches", "search"]

# Passages of one search that are scored.
RANKED = 10_000
# Characters shown before and after the first match.
_BEFORE, _AFTER = 90, 190


class Filters(NamedTuple):
    """What a hit must be besides matching; absent is free."""

    kind: str | None = None
    year: int | None = None
    type: RecordType | None = None
    kb_id: str | None = None
    per_document: int = 3


def search(connection: sa.Connection, typed: str, filters: Filters, *, limit: int, offset: int) -> list[Hit]:
    """See :meth:`coopnlp.register.Register.search`."""
    query = read_query(typed)
    if not query.clauses:
        return []
    scores = _best(connection, fulltext.matching(connection, query), filters, limit=limit, offset=offset)
    if not scores and offset == 0 and len(query.clauses) > 1:
        scores = _best(connection, _apart(connection, query), filters, limit=limit, offset=0)
    if not scores:
        return []
    found = hits(connection, query, scores).values()
    return sorted(found, key=lambda hit: (-hit.score, hit.sha256, hit.type != "text", hit.start or 0))


class Matches(NamedTuple):
    """The ids of every passage that matches, in no order, and their scores; None where there are too many to score."""

    ids: NDArray[np.int64]
    scores: NDArray[np.float64] | None


def matches(connection: sa.Connection, query: Query) -> Matches:
    """Return every passage that matches; as :meth:`Register.search` takes a query.

    For what counts and filters all that a search finds; what is shown of it comes from :func:`hits`. More than
    ``RANKED`` passages are not scored: that takes four times as long as finding them, and words that stand in so many
    tell little of how well one of them matches.
    """
    import numpy as np

    if not query.clauses:
        return Matches(np.zeros(0, dtype=np.int64), np.zeros(0))
    found = _matches(connection, fulltext.matching(connection, query))
    return found if len(found.ids) or len(query.clauses) < 2 else _matches(connection, _apart(connection, query))


def _matches(connection: sa.Connection, found: sa.Subquery) -> Matches:
    import numpy as np

    some = sa.select(found.c.id).limit(RANKED + 1).subquery()  # counted no further than it matters
    count = connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()
    if count > RANKED:  # as one text: ten thousands of rows would take three times as long
        listed = sa.func.aggregate_strings(sa.cast(found.c.id, sa.Text), ",")
        return Matches(np.fromstring(connection.execute(sa.select(listed)).scalar_one(), np.int64, sep=","), None)
    # as the driver has them: rows of SQLAlchemy would make half as slow again
    cursor = connection.execute(sa.select(found.c.id, found.c.score)).cursor
    rows = [] if cursor is None else cursor.fetchall()
    # ids are below 2^53, so that floating point holds them exactly
    both = np.fromiter(chain.from_iterable(rows), dtype=np.float64, count=2 * len(rows)).reshape(-1, 2)
    return Matches(both[:, 0].astype(np.int64), both[:, 1])


def hits(connection: sa.Connection, query: Query, scores: Mapping[int, float]) -> dict[int, Hit]:
    """Return what is shown of some passages that match, by their ids."""
    passage, document, source, place = schema.passage, schema.document, schema.source, schema.location
    asked = (
        sa.select(
            passage.c.id, passage.c.type, passage.c.page, passage.c.start, passage.c.end, passage.c.text,
            document.c.title, document.c.date, document.c.kind, source.c.sha256, place.c.name,
        )
        .join_from(passage, document, document.c.id == passage.c.document_id)
        .join(source, source.c.id == document.c.id)
        .join(place, named_after(document.c.id))
        .where(passage.c.id.in_(list(scores)))
    )  # fmt: skip
    rows = connection.execute(asked).all()
    shown = fulltext.widened(connection, query, (row.text for row in rows))
    return {row.id: _hit(row, scores[row.id], shown) for row in rows}


def _apart(connection: sa.Connection, query: Query) -> sa.Subquery:
    """Return what matches any word, in documents that hold all of them, though on no one page."""
    everywhere = sa.intersect(
        *(sa.select(_document_id(fulltext.matching(connection, Query((clause,))))) for clause in query.clauses)
    )
    phrases = tuple(phrase for clause in query.clauses for phrase in clause)
    found = fulltext.matching(connection, Query((phrases,), query.excluded))
    return sa.select(found.c.id, found.c.score).where(_document_id(found).in_(everywhere)).subquery("apart")


def _document_id(found: sa.Subquery) -> sa.ColumnElement[int]:
    return sa.cast(found.c.id, sa.BigInteger).op(">>")(sa.literal_column(str(schema.ID_BITS)))


def _best(
    connection: sa.Connection, found: sa.Subquery, filters: Filters, *, limit: int, offset: int
) -> dict[int, float]:
    """Return the scores of the best passages by their ids, few of one document."""
    document_id = _document_id(found)
    rank = (
        sa.func.row_number().over(partition_by=document_id, order_by=(found.c.score.desc(), found.c.id)).label("rank")
    )
    ranked = sa.select(found.c.id, found.c.score, rank, document_id.label("document_id")).select_from(found)
    if filters.type is not None:
        passage = schema.passage
        ranked = ranked.join(passage, passage.c.id == found.c.id).where(passage.c.type == filters.type)
    if filters.kind is not None or filters.year is not None:
        document = schema.document
        ranked = ranked.join(document, document.c.id == document_id)
        ranked = ranked if filters.kind is None else ranked.where(document.c.kind == filters.kind)
        ranked = ranked if filters.year is None else ranked.where(document.c.year == filters.year)
    if filters.kb_id is not None:
        tables = (schema.entity, schema.party)
        named = sa.union(*(sa.select(t.c.document_id).where(t.c.kb_id == filters.kb_id) for t in tables))
        ranked = ranked.where(document_id.in_(named))
    best = ranked.subquery("ranked")
    asked = (
        sa.select(best.c.id, best.c.score)
        .where(best.c.rank <= filters.per_document)
        .order_by(best.c.score.desc(), best.c.id)
        .limit(limit)
        .offset(offset)
    )
    return {row.id: float(row.score) for row in connection.execute(asked)}


def _hit(row: Any, score: float, query: Query) -> Hit:
    spans = fulltext.locate(row.text, query)
    first = spans[0] if spans else (0, 0)  # the words may all be in the title
    begin = max(0, first[0] - _BEFORE)
    while 0 < begin < first[0] and not row.text[begin - 1].isspace():
        begin += 1
    finish = min(len(row.text), first[1] + _AFTER)
    while first[1] < finish < len(row.text) and not row.text[finish].isspace():
        finish -= 1
    start, end = row.start, row.end
    if row.type == "text" and spans:
        start, end = row.start + first[0], row.start + first[1]
    elif row.type != "text" and end == 0:
        start = end = None
    snippet = row.text[begin:finish].rstrip()
    return Hit(
        sha256=row.sha256,
        source=row.name,
        title=row.title,
        date=row.date,
        kind=row.kind,
        type=row.type,
        page=row.page,
        start=start,
        end=end,
        snippet=snippet,
        matches=tuple((a - begin, b - begin) for a, b in spans if begin <= a and b <= finish),
        score=score,
    )
