"""A register as JSON Lines from which it can be made again.

A line a document: the record as ``coopnlp process`` writes it, and beside it

``text``
    the text of the document, that every offset counts in;
``passages``
    ``[start, page]`` of the pieces that the text is kept in, page null where there are none;
``places``
    every address where the bytes were seen;
``versions``
    what it was read with;
``rows``
    only where tables hold what the record does not say, for instance after a
    correction: their rows, ids counted in the document.

What could not be read is a line with ``source``, ``state`` and ``error``; a
place without bytes one with ``place``; a correction one with ``correction``.
Accounts and their passwords stay in the register.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from coopnlp.exchange.files import replacing_text
from coopnlp.exchange.selection import document_ids
from coopnlp.register import schema
from coopnlp.register.read import read_record
from coopnlp.register.rows import part_rows
from coopnlp.types import Block, Extraction, Record, Result

__all__ = ["extraction_of", "lines", "write_archive", "write_records"]

_MASK = (1 << schema.ID_BITS) - 1
_PLACE = ("address", "name", "path", "url", "state", "error", "message", "trace")
_SEEN = ("sha256", "media_type", "size", "state", "error", "message", "trace")


def write_archive(connection: sa.Connection, path: Path, documents: Sequence[int] | None = None) -> list[Path]:
    """Write every source of the register, or some documents of it, a line each.

    Parameters
    ----------
    documents
        Ids of the documents to write; then nothing is said of what could not be
        read, nor of corrections.

    Raises
    ------
    ExchangeError
        The file cannot be written.
    """
    with replacing_text(path) as stream:
        for line in lines(connection, documents):
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
    return [path]


def write_records(connection: sa.Connection, path: Path, documents: Sequence[int] | None = None) -> list[Path]:
    """Write the records alone, a line of ``contract.md`` a document.

    Raises
    ------
    ExchangeError
        The file cannot be written.
    """
    with replacing_text(path) as stream:
        for key in document_ids(connection) if documents is None else documents:
            stream.write(json.dumps(read_record(connection, key).to_json(), ensure_ascii=False) + "\n")
    return [path]


def lines(connection: sa.Connection, documents: Sequence[int] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the objects of the lines: documents in the order of their names, then what has none."""
    for key in document_ids(connection) if documents is None else documents:
        yield _document(connection, key)
    if documents is not None:
        return
    source, location, correction = schema.source, schema.location, schema.correction
    asked = sa.select(source).where(source.c.id.not_in(sa.select(schema.document.c.id))).order_by(source.c.sha256)
    for row in connection.execute(asked).all():
        seen = {name: getattr(row, name) for name in _SEEN}
        yield {"source": _told(seen), "places": _places(connection, row.id), **_versions(row)}
    asked = sa.select(location).where(location.c.source_id.is_(None)).order_by(location.c.address)
    for row in connection.execute(asked):
        yield {"place": _told({name: getattr(row, name) for name in _PLACE})}
    for row in connection.execute(sa.select(correction).order_by(correction.c.id)):
        yield {"correction": _told({k: v for k, v in row._asdict().items() if k != "id"})}


def extraction_of(record: Record, text: str, passages: Iterable[Sequence[int | None]]) -> Extraction:
    """Return an extraction whose text is cut into these passages, as far as a cut can be told by blocks."""
    starts = [(start or 0, page) for start, page in passages]
    spans = list(pairwise([*(start for start, _ in starts), len(text)]))
    first: dict[int, int] = {}
    for start, page in starts:
        if page is not None:
            first.setdefault(page, start)
    pages = tuple(first[page] for page in sorted(first))
    blocks = tuple(Block(kind="paragraph", start=start, end=end) for start, end in spans)
    return Extraction(source=record.source, text=text, blocks=blocks, page_starts=pages)


def _document(connection: sa.Connection, key: int) -> dict[str, Any]:
    record = read_record(connection, key)
    source = connection.execute(sa.select(schema.source).where(schema.source.c.id == key)).one()
    kept = _kept(connection, key)
    pieces = [row for row in kept["passage"] if row["type"] == "text"]
    text = "".join(row["text"] for row in pieces)
    passages = [[row["start"], row["page"]] for row in pieces]
    line = {
        **record.model_dump(mode="json", exclude_none=True),
        "atlas": None if record.atlas is None else record.atlas.model_dump(mode="json", exclude_none=True),
        "text": text,
        "passages": passages,
        "places": _places(connection, key),
        **_versions(source),
    }
    told = part_rows(Result(extraction=extraction_of(record, text, passages), record=record), key)
    differing = {
        name: [_relative(row) for row in rows]
        for name, rows in kept.items()
        if _columns(schema.metadata.tables[name], told.get(name, [])) != rows
    }
    return line | ({"rows": differing} if differing else {})


def _kept(connection: sa.Connection, key: int) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for table in schema.PARTS:
        first, last = (key, key + 1) if table is schema.atlas else (key << schema.ID_BITS, (key + 1) << schema.ID_BITS)
        asked = sa.select(table).where(table.c.id >= first, table.c.id < last).order_by(table.c.id)
        found[table.name] = [row._asdict() for row in connection.execute(asked)]
    return found


def _columns(table: sa.Table, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    names = table.c.keys()
    return sorted(({name: row.get(name) for name in names} for row in rows), key=lambda row: int(row["id"]))


def _relative(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without its document: its id, and that of its record, counted in it."""
    told = {name: value for name, value in row.items() if name != "document_id"}
    for name in ("id", "record_id"):
        if told.get(name) is not None:
            told[name] &= _MASK
    return told


def _places(connection: sa.Connection, key: int) -> list[dict[str, Any]]:
    location = schema.location
    asked = sa.select(location).where(location.c.source_id == key).order_by(location.c.address)
    return [_told({name: getattr(row, name) for name in _PLACE}) for row in connection.execute(asked)]


def _versions(row: Any) -> dict[str, Any]:
    if row.library_version is None:
        return {}
    return {"versions": {"library": row.library_version, "model": row.model_version}}


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
