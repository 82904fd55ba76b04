"""Counting and listing: the statistics of a register, and its documents and records as rows to read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from coopnlp.register import schema
from coopnlp.register.read import named_after, read_amount
from coopnlp.register.values import RECORD_TYPES, Count, DocumentLine, Line, RecordType, Stats, Sum

__all__ = ["document_lines", "record_lines", "stats"]

# Rows asked for at once: under SQLite's limit on the variables of one statement.
_CHUNK = 500


def stats(connection: sa.Connection) -> Stats:
    """See :meth:`coopnlp.register.Register.stats`."""
    source, document, record, entity = schema.source, schema.document, schema.record, schema.entity
    states = _counts(connection, source.c.state, source)
    documents, pages = connection.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(document.c.pages), 0)).select_from(document)
    ).one()
    unreadable = connection.execute(
        sa.select(sa.func.count()).where(schema.location.c.state == "unreadable")
    ).scalar_one()
    found = _counts(connection, record.c.type, record)
    every, ranges, by_year, by_funder = _money(connection)
    return Stats(
        documents=documents,
        pages=pages,
        failed=states.get("failed", 0) + unreadable,
        waiting=states.get("waiting", 0),
        records={type_: found.get(type_, 0) for type_ in RECORD_TYPES},
        entities=dict(sorted(_counts(connection, entity.c.label, entity).items())),
        sums=_sums(every),
        ranges=ranges,
        kinds=_named(_counts(connection, document.c.kind, document)),
        years=tuple(
            Count(name=year, count=count, sums=_sums(by_year.get(year, {})))
            for year, count in sorted(_years(connection).items(), key=lambda pair: pair[0] or "")
        ),
        funders=by_funder,
    )


_Sums = dict[str | None, tuple[Decimal, int]]


def _counts(connection: sa.Connection, column: sa.ColumnElement[Any], table: sa.Table) -> dict[Any, int]:
    asked = sa.select(column, sa.func.count()).select_from(table).group_by(column)
    return dict(connection.execute(asked).tuples().all())


def _named(counts: dict[str | None, int]) -> tuple[Count, ...]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] or ""))
    return tuple(Count(name=name, count=count) for name, count in ordered)


def _years(connection: sa.Connection) -> dict[str | None, int]:
    """Count records by the year that they begin in, or else that of their document."""
    counts: Counter[str | None] = Counter()
    for table in (schema.partnership, schema.funding, schema.agreement, schema.project):
        began = sa.func.coalesce(table.c.start, table.c.date) if "date" in table.c else table.c.start
        year = _year(began)
        asked = (
            sa.select(year, sa.func.count())
            .join_from(table, schema.record, schema.record.c.id == table.c.id)
            .join(schema.document, schema.document.c.id == schema.record.c.document_id)
            .group_by(year)
        )
        for name, count in connection.execute(asked):
            counts[name] += count
    return dict(counts)


def _year(began: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The first four characters of an ISO date; constants, so that it can be grouped by everywhere."""
    first = sa.func.substr(began, sa.literal_column("1"), sa.literal_column("4"))
    return sa.func.coalesce(first, sa.cast(schema.document.c.year, sa.Text))


def _money(connection: sa.Connection) -> tuple[_Sums, int, dict[str | None, _Sums], tuple[Count, ...]]:
    """Add amounts exactly: the database groups equal ones, Python adds decimals."""
    amount, funding, party = schema.amount, schema.funding, schema.party
    year = _year(funding.c.start)
    asked = (
        sa.select(amount.c.value, amount.c.currency, year, party.c.text, sa.func.count())
        .join_from(amount, funding, funding.c.id == amount.c.record_id)
        .join(schema.document, schema.document.c.id == amount.c.document_id)
        .join(party, sa.and_(party.c.record_id == funding.c.id, party.c.role == "funder"))
        .group_by(amount.c.value, amount.c.currency, year, party.c.text)
    )
    every: _Sums = {}
    by_year: dict[str | None, _Sums] = defaultdict(dict)
    by_funder: dict[str | None, _Sums] = defaultdict(dict)
    ranges = 0
    for value, currency, began, funder, count in connection.execute(asked):
        if value is None:
            ranges += count
            continue
        for sums in (every, by_year[began], by_funder[funder]):
            total, number = sums.get(currency, (Decimal(0), 0))
            sums[currency] = (total + Decimal(value) * count, number + count)
    funders = connection.execute(
        sa.select(party.c.text, sa.func.count()).where(party.c.role == "funder").group_by(party.c.text)
    )
    named = [Count(name=name, count=count, sums=_sums(by_funder.get(name, {}))) for name, count in funders]
    ordered = sorted(named, key=lambda count: (-count.count, count.name or ""))
    return every, ranges, by_year, tuple(ordered)


def _sums(sums: _Sums) -> tuple[Sum, ...]:
    ordered = sorted(sums.items(), key=lambda pair: pair[0] or "")
    return tuple(Sum(currency=currency, total=total, count=count) for currency, (total, count) in ordered)


def document_lines(connection: sa.Connection, limit: int | None = None) -> Iterator[DocumentLine]:
    """Yield the documents in the order of their names."""
    source, document, record, place = schema.source, schema.document, schema.record, schema.location
    asked = (
        sa.select(document, source.c.sha256, place.c.name)
        .join_from(document, source, source.c.id == document.c.id)
        .join(place, named_after(document.c.id))
        .order_by(place.c.name, source.c.sha256)
        .limit(limit)
    )
    for rows in _chunks(connection.execute(asked).all()):
        counted = (
            sa.select(record.c.document_id, record.c.type, sa.func.count())
            .where(record.c.document_id.in_([row.id for row in rows]))
            .group_by(record.c.document_id, record.c.type)
        )
        counts: dict[int, dict[str, int]] = defaultdict(dict)
        for key, type_, count in connection.execute(counted):
            counts[key][f"{type_}s"] = count
        for row in rows:
            yield DocumentLine(
                sha256=row.sha256,
                source=row.name,
                title=row.title,
                date=row.date,
                kind=row.kind,
                author=row.author,
                pages=row.pages,
                **counts[row.id],
            )


def record_lines(connection: sa.Connection, type_: RecordType, limit: int | None = None) -> Iterator[Line]:
    """Yield the records of a type in the order of their documents' names, then of the text."""
    source, record, place, own = schema.source, schema.record, schema.location, schema.metadata.tables[type_]
    asked = (
        sa.select(
            own,
            record.c.n,
            record.c.page,
            source.c.sha256,
            place.c.name,
        )
        .join_from(own, record, record.c.id == own.c.id)
        .join(source, source.c.id == record.c.document_id)
        .join(place, named_after(source.c.id))
        .order_by(place.c.name, source.c.sha256, record.c.n)
        .limit(limit)
    )
    for rows in _chunks(connection.execute(asked).all()):
        keys = [row.id for row in rows]
        parties = _below(connection, schema.party, keys)
        amounts = _below(connection, schema.amount, keys)
        for row in rows:
            yield Line(
                type=type_,
                sha256=row.sha256,
                source=row.name,
                n=row.n,
                page=row.page,
                parties=tuple(party.text for party in parties[row.id]),
                kb_ids=tuple(party.kb_id for party in parties[row.id]),
                amounts=tuple(read_amount(amount) for amount in amounts[row.id]),
                **_fields(type_, row),
            )


def _fields(type_: RecordType, row: Any) -> dict[str, str | None]:
    period = {"start": row.start, "end": row.end}
    if type_ == "partnership":
        return {**period, "kind": row.kind, "status": row.status}
    if type_ == "funding":
        return {**period, "object": row.purpose, "scheme": row.scheme, "status": row.status}
    if type_ == "agreement":
        return {"start": row.start or row.date, "end": row.end, "kind": row.kind, "object": row.title}
    return {**period, "object": row.title}


def _below(connection: sa.Connection, table: sa.Table, keys: Sequence[int]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    asked = sa.select(table).where(table.c.record_id.in_(keys)).order_by(table.c.id)
    for row in connection.execute(asked):
        groups[row.record_id].append(row)
    return groups


def _chunks(rows: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (rows[at : at + _CHUNK] for at in range(0, len(rows), _CHUNK))
