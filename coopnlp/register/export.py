"""The register as files: CSV tables for a spreadsheet, or the records as JSON Lines; and the canonical dump.

The order is that of file names, then digests, then the text, whatever the order
in which documents came. A file is written beside its name and put in place when
it is whole.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from coopnlp.errors import RegisterError
from coopnlp.register import schema
from coopnlp.register.read import named_after, read_record
from coopnlp.register.summary import document_lines, record_lines
from coopnlp.register.values import RECORD_TYPES, DocumentLine, Line
from coopnlp.types import Amount, Record

__all__ = ["cell", "dump", "export_csv", "export_jsonl", "records"]

# What a spreadsheet takes for a formula (OWASP, « CSV injection »), but for plain signed numbers.
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_SEPARATOR = " ; "


def records(connection: sa.Connection) -> Iterator[Record]:
    """Yield every record of the register."""
    place, source = schema.location, schema.source
    asked = (
        sa.select(schema.document.c.id)
        .join(source, source.c.id == schema.document.c.id)
        .join(place, named_after(source.c.id))
        .order_by(place.c.name, source.c.sha256)
    )
    for document_id in connection.execute(asked).scalars().all():
        yield read_record(connection, document_id)


def export_jsonl(connection: sa.Connection, target: Path) -> list[Path]:
    """Write ``target``, or ``records.jsonl`` in it where it is a folder: a line of ``contract.md`` a document."""
    path = target if target.suffix in (".jsonl", ".ndjson") else target / "records.jsonl"
    with _replacing(path, encoding="utf-8") as stream:
        for record in records(connection):
            stream.write(json.dumps(record.to_json(), ensure_ascii=False) + "\n")
    return [path]


def export_csv(connection: sa.Connection, folder: Path, *, excel: bool) -> list[Path]:
    """Write a CSV file a table into the folder."""
    tables = {
        "documents": (_DOCUMENT, map(_document, document_lines(connection))),
        **{f"{t}s": (_LINE, map(_line, record_lines(connection, t))) for t in RECORD_TYPES if t != "funding"},
        "fundings": (_FUNDING, (row for line in record_lines(connection, "funding") for row in _funding(line))),
        "entities": _below(connection, schema.entity),
        "themes": _below(connection, schema.theme),
        "notices": _below(connection, schema.notice),
        "sources": _sources(connection),
    }
    written = []
    for name, (header, rows) in sorted(tables.items()):
        path = folder / f"{name}.csv"
        with _replacing(path, encoding="utf-8-sig" if excel else "utf-8", newline="") as stream:
            writer = csv.writer(stream, delimiter=";" if excel else ",", lineterminator="\r\n")
            writer.writerow(header)
            writer.writerows([cell(value) for value in row] for row in rows)
        written.append(path)
    return written


_DOCUMENT = list(DocumentLine.model_fields)
_LINE = ["sha256", "source", "n", "page", "parties", "kb_ids", "kind", "object", "start", "end", "status"]
_FUNDING = [
    "sha256", "source", "n", "page", "funder", "funder_kb_id", "purpose", "scheme", "start", "end", "status",
    *Amount.model_fields,
]  # fmt: skip


def _document(line: DocumentLine) -> list[Any]:
    return [getattr(line, name) for name in _DOCUMENT]


def _line(line: Line) -> list[Any]:
    return [_SEPARATOR.join(v) if isinstance(v := getattr(line, name), tuple) else v for name in _LINE]


def _funding(line: Line) -> Iterator[list[Any]]:
    """A row an amount, so that a column can be added; one row without amount where none is stated."""
    told = [line.sha256, line.source, line.n, line.page, line.parties[0], line.kb_ids[0], line.object]
    told += [line.scheme, line.start, line.end, line.status]
    for amount in line.amounts or (Amount(),):
        yield told + list(amount.model_dump(mode="json").values())


def _below(connection: sa.Connection, table: sa.Table) -> tuple[list[str], Iterator[list[Any]]]:
    names = [c.name for c in table.c if c.name not in ("id", "document_id", "record_id")]
    place, source = schema.location, schema.source
    project = schema.record.c.n if "record_id" in table.c else sa.null()
    columns = [source.c.sha256, place.c.name.label("source"), *(table.c[name] for name in names)]
    asked = (
        sa.select(*columns, project.label("project"))
        .join_from(table, source, source.c.id == table.c.document_id)
        .join(place, named_after(source.c.id))
    )
    if "record_id" in table.c:
        asked = asked.outerjoin(schema.record, schema.record.c.id == table.c.record_id)
    asked = asked.order_by(place.c.name, source.c.sha256, table.c.id)
    end = None if "record_id" in table.c else -1
    header = ["sha256", "source", *names, "project"][:end]
    return header, (list(row)[:end] for row in connection.execute(asked))


def _sources(connection: sa.Connection) -> tuple[list[str], Iterator[list[Any]]]:
    location, source = schema.location, schema.source
    asked = (
        sa.select(
            location.c.address, location.c.name, source.c.sha256, source.c.media_type, source.c.size,
            location.c.state.label("place"), source.c.state,
            sa.func.coalesce(location.c.error, source.c.error).label("error"),
            sa.func.coalesce(location.c.message, source.c.message).label("message"),
        )
        .outerjoin_from(location, source, source.c.id == location.c.source_id)
        .order_by(location.c.address)
    )  # fmt: skip
    return [column.name for column in asked.selected_columns], map(list, connection.execute(asked))


def cell(value: Any) -> Any:
    """Put an apostrophe before text that a spreadsheet would run."""
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


@contextmanager
def _replacing(path: Path, *, encoding: str, newline: str | None = None) -> Iterator[IO[str]]:
    """Give a stream whose content stands under the path once it is whole."""
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding=encoding, newline=newline) as stream:
            yield stream
        partial.replace(path)
    except OSError as error:
        raise RegisterError(
            f"{path}: the file cannot be written ({error.strerror}). Give another folder, or check its permissions."
        ) from error
    finally:
        with suppress(OSError):  # it was put in place, or never made
            partial.unlink()


def dump(connection: sa.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Return the content of every table, comparable between registers.

    Ids that depend on the order of arrival are replaced by the digest of the
    source and the row's place in its document; moments, who had what in hand, and
    what is made of the records are left out; rows are sorted. All of it in memory:
    for tests and for comparing registers of thousands of documents.
    """
    digests = dict(connection.execute(sa.select(schema.source.c.id, schema.source.c.sha256)).tuples().all())
    places = {"id", "document_id", "source_id", "record_id"}
    skipped = {"processed_at", "applied_at", "claimed_by", "created_at", "made_at", "undone_at", "disabled_at"}

    def natural(name: str, value: Any, below: bool) -> Any:
        if name not in places or value is None:
            return value
        if value in digests and not below:
            return digests[value]
        return digests[value >> schema.ID_BITS], value & ((1 << schema.ID_BITS) - 1)

    content = {}
    for table in schema.metadata.sorted_tables:
        if table in (schema.run, schema.plan, *schema.DERIVED):
            continue
        own = {"id"} if table.name in ("source", "location", "account", "correction") else set()
        columns = [column for column in table.c if column.name not in skipped | own]
        rows: Iterable[Any] = connection.execute(sa.select(*columns))
        counted = table in schema.PARTS and table.name != "atlas"
        content[table.name] = sorted(
            (
                tuple(
                    natural(c.name, v, counted and c.name in ("id", "record_id"))
                    for c, v in zip(columns, row, strict=True)
                )
                for row in rows
            ),
            key=repr,
        )
    return content
