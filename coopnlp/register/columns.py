"""The tables that analysts ask for, as columns: names, types, and rows in chunks.

Rows come in the order in which their documents came, then in that of the text.
A chunk is asked for after the last key of the one before, so that a register of
any size is read in bounded memory in either database.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal

import sqlalchemy as sa

from coopnlp.errors import RegisterError
from coopnlp.register import schema

__all__ = ["TABLES", "ColumnType", "column_types", "read_chunks"]

ColumnType = Literal["text", "whole", "number", "truth"]
Row = tuple[Any, ...]
_Columns = dict[str, ColumnType]
_Rows = Callable[[sa.Connection, int, int], tuple[list[Row], int | None]]

# Rows asked for by their keys at once: under SQLite's limit on the variables of one statement.
_TOGETHER = 500
_SEPARATOR = " ; "

_PLACE: _Columns = {"ref": "text", "sha256": "text", "source": "text", "n": "whole", "page": "whole"}
_PERIOD: _Columns = {"start": "text", "end": "text", "start_year": "whole", "end_year": "whole"}
_PARTIES: _Columns = {"parties": "text", "kb_ids": "text"}
_MONEY: _Columns = {
    "value": "number", "value_text": "text", "min": "number", "min_text": "text", "max": "number", "max_text": "text",
    "currency": "text",
}  # fmt: skip
_THEME: _Columns = {"theme": "text", "subtheme": "text", "subsubtheme": "text", "probability": "number"}

#: Names and types of the columns of each table, in their order (:mod:`coopnlp.frames` says what they hold).
TABLES: dict[str, _Columns] = {
    "documents": {
        "sha256": "text", "source": "text", "title": "text", "date": "text", "year": "whole", "kind": "text",
        "author": "text", "pages": "whole", "media_type": "text", "size": "whole", "path": "text", "url": "text",
        "partnerships": "whole", "fundings": "whole", "agreements": "whole", "projects": "whole",
    },
    "entities": {
        "sha256": "text", "source": "text", "start": "whole", "end": "whole", "label": "text", "text": "text",
        "kb_id": "text", "page": "whole", **_MONEY, "date_start": "text", "date_end": "text", "year": "whole",
    },
    "partnerships": {**_PLACE, "kind": "text", **_PARTIES, **_PERIOD, "status": "text"},
    "fundings": {
        **_PLACE, "funder": "text", "funder_kb_id": "text", "purpose": "text", "scheme": "text", **_PERIOD,
        "status": "text", "amount": "whole", **_MONEY,
    },
    "agreements": {**_PLACE, "kind": "text", "title": "text", **_PARTIES, "date": "text", "year": "whole", **_PERIOD},
    "projects": {**_PLACE, "title": "text", "description": "text", **_PARTIES, **_PERIOD, **_THEME},
    "parties": {**_PLACE, "type": "text", "role": "text", "text": "text", "kb_id": "text"},
    "themes": {"sha256": "text", "source": "text", "project": "whole", "path": "text", **_THEME},
    "items": {
        "ref": "text", "type": "text", "title": "text", "kind": "text", "status": "text", **_PERIOD, "year": "whole",
        **_PARTIES, "funders": "text", "countries": "text", **_THEME, "amounts": "text", "value": "number",
        "value_text": "text", "currency": "text", "total": "truth", "documents": "whole", "records": "whole",
        "conflicts": "whole", "review": "text", "doubt": "number",
    },
}  # fmt: skip


def column_types(table: str) -> _Columns:
    """Return the columns of a table with their types.

    Raises
    ------
    RegisterError
        There is no such table.
    """
    if table not in TABLES:
        raise RegisterError(f"{table!r} is none of the tables for frames. Give one of {', '.join(TABLES)}.")
    return TABLES[table]


def read_chunks(connection: sa.Connection, table: str, rows: int) -> Iterator[list[Row]]:
    """Yield the rows of a table, about ``rows`` at a time; a row has a value or None for each column.

    Raises
    ------
    RegisterError
        There is no such table, or ``items`` are asked for where the catalogue was not made.
    """
    column_types(table)
    if table == "items":
        _check_catalogue(connection)
    after: int | None = -1
    while after is not None:
        found, after = _READERS[table](connection, after, rows)
        if found:
            yield found


def _check_catalogue(connection: sa.Connection) -> None:
    def empty(asked: sa.Table) -> bool:
        return connection.execute(sa.select(sa.literal(1)).select_from(asked).limit(1)).first() is None

    if empty(schema.item) and not empty(schema.record):
        raise RegisterError(
            "the catalogue of this register was not made: it has no items yet. "
            "Make it with `coopnlp.catalogue.refresh(register)`."
        )


def _next(
    connection: sa.Connection, asked: sa.Select[Any], key: sa.ColumnElement[int], after: int, rows: int
) -> tuple[Sequence[Any], int | None]:
    """Return the rows whose key comes after one, and the last key where there may be more."""
    found = connection.execute(asked.where(key > after).order_by(key).limit(rows)).all()
    return found, found[-1].id if len(found) == rows else None


def _among(
    connection: sa.Connection, asked: sa.Select[Any], key: sa.ColumnElement[int], ids: Iterable[int]
) -> list[Any]:
    """Return the rows with one of the keys."""
    found: list[Any] = []
    wanted = sorted(set(ids))
    for at in range(0, len(wanted), _TOGETHER):
        found += connection.execute(asked.where(key.in_(wanted[at : at + _TOGETHER]))).all()
    return found


def _grouped(connection: sa.Connection, table: sa.Table, name: str, ids: Iterable[int]) -> dict[int, list[Any]]:
    column = table.c[name]
    order = table.c.id if "id" in table.c else table.c.n if "n" in table.c else table.c.country
    groups: dict[int, list[Any]] = defaultdict(list)
    for row in sorted(_among(connection, sa.select(table, order.label("order_")), column, ids), key=lambda r: r.order_):
        groups[getattr(row, name)].append(row)
    return groups


def _sources(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Any]:
    """Return digest, type, size and the first place of each document."""
    source, place = schema.source, schema.location
    asked = sa.select(source.c.id, source.c.sha256, source.c.media_type, source.c.size, place.c.address, place.c.name,
                      place.c.path, place.c.url).outerjoin(place, place.c.source_id == source.c.id)  # fmt: skip
    found: dict[int, Any] = {}
    for row in _among(connection, asked, source.c.id, ids):
        if row.id not in found or (row.address or "") < (found[row.id].address or ""):
            found[row.id] = row
    return found


def _year(date: str | None) -> int | None:
    return int(date[:4]) if date and date[:4].isdecimal() else None


def _period(row: Any) -> Row:
    return row.start, row.end, _year(row.start), _year(row.end)


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def _money(row: Any | None) -> Row:
    if row is None:
        return (None,) * len(_MONEY)
    return _number(row.value), row.value, _number(row.min), row.min, _number(row.max), row.max, row.currency


def _joined(texts: Iterable[str | None]) -> str | None:
    return _SEPARATOR.join(text or "" for text in texts).strip() or None


def _theme(rows: Sequence[Any]) -> Row:
    """Return the first theme."""
    if not rows:
        return (None,) * len(_THEME)
    return rows[0].theme, rows[0].subtheme, rows[0].subsubtheme, rows[0].probability


def _documents(connection: sa.Connection, after: int, rows: int) -> tuple[list[Row], int | None]:
    document, record = schema.document, schema.record
    found, last = _next(connection, sa.select(document), document.c.id, after, rows)
    ids = [row.id for row in found]
    sources = _sources(connection, ids)
    asked = sa.select(record.c.document_id, record.c.type, sa.func.count().label("counted"))
    asked = asked.group_by(record.c.document_id, record.c.type)
    counts = {(r.document_id, r.type): r.counted for r in _among(connection, asked, record.c.document_id, ids)}
    made = []
    for row in found:
        told = sources[row.id]
        types = [counts.get((row.id, type_), 0) for type_ in ("partnership", "funding", "agreement", "project")]
        made.append((told.sha256, told.name, row.title, row.date, row.year, row.kind, row.author, row.pages,
                     told.media_type, told.size, told.path, told.url, *types))  # fmt: skip
    return made, last


def _entities(connection: sa.Connection, after: int, rows: int) -> tuple[list[Row], int | None]:
    entity = schema.entity
    found, last = _next(connection, sa.select(entity), entity.c.id, after, rows)
    sources = _sources(connection, (row.document_id for row in found))
    made = []
    for row in found:
        told = sources[row.document_id]
        made.append((told.sha256, told.name, row.start, row.end, row.label, row.text, row.kb_id or None, row.page,
                     *_money(row), row.date_start, row.date_end, _year(row.date_start)))  # fmt: skip
    return made, last


def _records(fields: Callable[[Any, list[Any], list[Any], list[Any]], Iterable[Row]], type_: str) -> _Rows:
    """Return what reads the records of a type: ``fields(row, parties, amounts, themes)`` are those after the place."""
    own, record = schema.metadata.tables[type_], schema.record

    def read(connection: sa.Connection, after: int, rows: int) -> tuple[list[Row], int | None]:
        asked = sa.select(own, record.c.n, record.c.page, record.c.document_id).join(record, record.c.id == own.c.id)
        found, last = _next(connection, asked, own.c.id, after, rows)
        ids = [row.id for row in found]
        sources = _sources(connection, (row.document_id for row in found))
        parties = _grouped(connection, schema.party, "record_id", ids)
        amounts = _grouped(connection, schema.amount, "record_id", ids) if type_ == "funding" else {}
        themes = _grouped(connection, schema.theme, "record_id", ids) if type_ == "project" else {}
        made = []
        for row in found:
            place = _place(sources[row.document_id], row)
            told = fields(row, parties.get(row.id, []), amounts.get(row.id, []), themes.get(row.id, []))
            made += [place + more for more in told]
        return made, last

    return read


def _place(told: Any, row: Any) -> Row:
    return f"{told.sha256[:12]}-{row.n}", told.sha256, told.name, row.n, row.page


def _named(parties: Sequence[Any]) -> Row:
    return _joined(p.text for p in parties), _joined(p.kb_id for p in parties)


def _funding(row: Any, parties: list[Any], amounts: list[Any], _: list[Any]) -> Iterator[Row]:
    """A row an amount; one without amount where none is stated."""
    (funder,) = parties[:1] or [None]
    told = (
        funder and funder.text,
        (funder and funder.kb_id) or None,
        row.purpose,
        row.scheme,
        *_period(row),
        row.status,
    )
    if not amounts:
        yield (*told, None, *_money(None))
    for number, amount in enumerate(amounts):
        yield (*told, number, *_money(amount))


def _parties(connection: sa.Connection, after: int, rows: int) -> tuple[list[Row], int | None]:
    party, record = schema.party, schema.record
    asked = sa.select(party, record.c.n, record.c.page, record.c.type).join(record, record.c.id == party.c.record_id)
    found, last = _next(connection, asked, party.c.id, after, rows)
    sources = _sources(connection, (row.document_id for row in found))
    made = [(*_place(sources[r.document_id], r), r.type, r.role, r.text, r.kb_id or None) for r in found]
    return made, last


def _themes(connection: sa.Connection, after: int, rows: int) -> tuple[list[Row], int | None]:
    theme, record = schema.theme, schema.record
    asked = sa.select(theme, record.c.n).outerjoin(record, record.c.id == theme.c.record_id)
    found, last = _next(connection, asked, theme.c.id, after, rows)
    sources = _sources(connection, (row.document_id for row in found))
    made = []
    for row in found:
        told = sources[row.document_id]
        made.append((told.sha256, told.name, row.n, " > ".join(json.loads(row.path)), *_theme([row])))
    return made, last


def _items(connection: sa.Connection, after: int, rows: int) -> tuple[list[Row], int | None]:
    item, record = schema.item, schema.record
    # the record that leads may have gone since the catalogue was made: the item stays, without reference
    asked = sa.select(item, record.c.n, record.c.page, record.c.document_id).outerjoin(record, record.c.id == item.c.id)
    found, last = _next(connection, asked, item.c.id, after, rows)
    ids = [row.id for row in found]
    sources = _sources(connection, (row.document_id for row in found if row.document_id is not None))
    parties, themes, amounts, countries = (
        _grouped(connection, table, "item_id", ids)
        for table in (schema.item_party, schema.item_theme, schema.item_amount, schema.item_country)
    )
    made = []
    for row in found:
        ref = None if row.document_id is None else _place(sources[row.document_id], row)[0]
        named = [p for p in parties.get(row.id, []) if p.role != "funder"]
        givers = [p for p in parties.get(row.id, []) if p.role == "funder"]
        sums = amounts.get(row.id, [])
        only = sums[0] if len(sums) == 1 else None
        made.append((
            ref, row.type, row.title, row.kind, row.status, *_period(row), row.year,
            _joined(p.text for p in named), _joined(_known(p.actor) for p in named), _joined(p.text for p in givers),
            _joined(c.country for c in countries.get(row.id, [])), *_theme(themes.get(row.id, [])),
            _joined(map(_spelt, sums)), _number(only.value) if only else None, only.value if only else None,
            only.currency if only else None, any(a.total for a in sums), row.documents, row.records, row.conflicts,
            row.review, row.doubt,
        ))  # fmt: skip
    return made, last


def _known(actor: str) -> str:
    return "" if actor.startswith("name:") else actor


def _spelt(amount: Any) -> str:
    told = amount.value if amount.value is not None else f"{amount.min or ''}..{amount.max or ''}"
    return f"{told} {amount.currency or ''}".strip()


_READERS: dict[str, _Rows] = {
    "documents": _documents,
    "entities": _entities,
    "partnerships": _records(lambda r, p, a, t: [(r.kind, *_named(p), *_period(r), r.status)], "partnership"),
    "fundings": _records(_funding, "funding"),
    "agreements": _records(
        lambda r, p, a, t: [(r.kind, r.title, *_named(p), r.date, _year(r.date), *_period(r))], "agreement"
    ),
    "projects": _records(lambda r, p, a, t: [(r.title, r.description, *_named(p), *_period(r), *_theme(t))], "project"),
    "parties": _parties,
    "themes": _themes,
    "items": _items,
}
