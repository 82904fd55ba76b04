"""JSON Lines back into a register: what :mod:`coopnlp.exchange.archive` writes, or records with their text.

Each line lands as if its document had been read: known bytes read with the
same versions change nothing, other versions replace what was there. A line that
cannot be used is told with its number; the others go in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy import exc

from coopnlp.errors import ExchangeError, RegisterError
from coopnlp.exchange.archive import extraction_of
from coopnlp.register import bulk, finishing, schema, sources
from coopnlp.register.prepared import prepare
from coopnlp.register.values import RECORD_TYPES, Sighting, Versions, versions
from coopnlp.types import Failure, Record, Result

if TYPE_CHECKING:
    from coopnlp.register.store import Register

__all__ = ["Imported", "import_jsonl"]

_LARGEST = 2**63 - 1
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DIGEST = re.compile(r"[0-9a-f]{64}")
# Lines written in one transaction: many enough to pay one commit, few enough to lose little.
_TOGETHER = 100
_STATES = ("present", "unreadable", "gone", "waiting")
_BESIDE = ("text", "passages", "places", "versions", "rows")


@dataclass
class Imported:
    """What became of the lines: ``written`` anew, ``known`` before, and the errors of those that were left out."""

    written: int = 0
    known: int = 0
    errors: list[ExchangeError] = field(default_factory=list)


def import_jsonl(register: Register, files: Iterable[Path]) -> Imported:
    """Read files of JSON Lines into a register.

    Returns
    -------
    Imported
        Counts, and an error a line that could not be used.

    Raises
    ------
    ExchangeError
        A file cannot be read.
    RegisterError
        The database fails.
    """
    done = Imported()
    for path in files:
        for together in _batches(_read(path, done.errors)):
            _land(register, together, done)
    return done


# What writes a line that was checked, and tells whether anything was written.
_Write = Callable[[sa.Connection], bool]
_Line = tuple[str, _Write]


def _batches(checked: Iterable[_Line]) -> Iterator[list[_Line]]:
    together: list[_Line] = []
    for line in checked:
        together.append(line)
        if len(together) == _TOGETHER:
            yield together
            together = []
    if together:
        yield together


def _land(register: Register, together: Sequence[_Line], done: Imported) -> None:
    database = register._database

    def once() -> int:
        with database.writing() as connection:
            return sum(write(connection) for _, write in together)

    try:
        written = database.patiently(once)
    except RegisterError as error:
        if not isinstance(error.__cause__, exc.IntegrityError | exc.DataError):
            raise
        if len(together) > 1:  # one line spoils the transaction of all
            for line in together:
                _land(register, [line], done)
            return
        done.errors.append(ExchangeError(f"{together[0][0]}: its rows do not fit together. Export it anew."))
        return
    done.written += written
    done.known += len(together) - written


def _read(path: Path, errors: list[ExchangeError]) -> Iterator[_Line]:
    try:
        with path.open("rb") as stream:
            for number, raw in enumerate(stream, 1):
                where = f"{path}, line {number}"
                try:
                    line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                    if line.strip():
                        yield where, _checked(_storable(json.loads(line, parse_constant=_no_number)), where)
                except ExchangeError as error:
                    errors.append(error)
                except (ValueError, RecursionError) as error:  # of the decoder of UTF-8 too
                    errors.append(ExchangeError(f"{where}: this is no JSON ({error}). Write the file anew."))
    except OSError as error:
        raise ExchangeError(f"{path}: the file cannot be read ({error.strerror}). Check the name.") from error


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _storable(value: Any) -> Any:
    """Replace what no database stores in every text: NUL and lone surrogates."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value) if _UNSTORABLE.search(value) else value
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise ValueError(f"a number has over {len(str(_LARGEST))} digits")
    return value


def _checked(line: Any, where: str) -> _Write:
    """Return what writes a line; nothing in it is trusted."""
    if not isinstance(line, dict):
        raise ExchangeError(f"{where}: not a JSON object. A line is a record as `coopnlp register export` writes it.")
    try:
        if "correction" in line:
            return _correction(line["correction"])
        if "place" in line:
            seen = _sighting(line["place"], None)
            return lambda connection: _place(connection, [(seen, line["place"].get("state"))])
        if "text" not in line and "state" not in line.get("source", {}):
            raise ExchangeError(
                f"{where}: the record has no text, so that nothing could be found again in it. "
                "Export with --with-text, or process the documents into the register."
            )
        return _document(line) if "text" in line else _unread(line)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        at = ".".join(map(str, first["loc"]))
        raise ExchangeError(f"{where}: {at or 'record'}: {first['msg']}. Correct the line, or export anew.") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ExchangeError(f"{where}: {error}. Correct the line, or export anew.") from error


def _document(line: dict[str, Any]) -> _Write:
    record = Record.model_validate({k: v for k, v in line.items() if k not in _BESIDE})
    text, passages = line["text"], line.get("passages") or [[0, None]]
    _check_digest(record.source.sha256)
    _check_spans(record, text)
    _check_passages(passages, len(text))
    extraction = extraction_of(record, text, passages)
    result = Result(extraction=extraction, record=record)
    used = Versions.model_validate(line["versions"]) if "versions" in line else versions()
    size, sha256 = record.source.size, record.source.sha256
    places = [
        (_sighting(place, sha256, size), place.get("state"))
        for place in line.get("places") or [sources.sighting_of(result).model_dump()]
    ]
    given = _rows(line.get("rows") or {})

    def write(connection: sa.Connection) -> bool:
        _place(connection, places)
        if not finishing.add(connection, sha256, prepare(result), used):
            return False
        if given:
            _replace(connection, sources.find(connection, sha256).id, given)
        return True

    return write


def _check_digest(sha256: str) -> None:
    if not _DIGEST.fullmatch(sha256):
        raise ValueError(f"sha256 {sha256[:80]!r} is no SHA-256 in hexadecimal digits")


def _check_spans(record: Record, text: Any) -> None:
    if not isinstance(text, str):
        raise ValueError("text is no string")
    length = len(text)
    spans = [(e.start, e.end) for e in record.entities]
    spans += [span for t in RECORD_TYPES for value in getattr(record, f"{t}s") for span in value.evidence]
    for start, end in spans:
        if not 0 <= start <= end <= length:
            raise ValueError(f"{start}:{end} lies outside the text, which has {length} characters")


def _check_passages(passages: Any, length: int) -> None:
    at, last = 0, 0
    for number, (start, page) in enumerate(passages):
        ordered = isinstance(start, int) and at <= start <= length and (number > 0 or start == 0)
        numbered = page is None or (isinstance(page, int) and last <= page <= last + 1)
        if not ordered or not numbered:
            raise ValueError(f"passage {number + 1} ({start}, page {page}) does not follow the one before it")
        at, last = start, page or last


def _sighting(place: Mapping[str, Any], sha256: str | None, size: int | None = None) -> Sighting:
    if place.get("state", "present") not in _STATES:
        raise ValueError(f"state {place['state']!r} of a place is none of {', '.join(_STATES)}")
    known = {name: place.get(name) for name in ("address", "name", "path", "url", "error", "message", "trace")}
    return Sighting.model_validate({**known, "sha256": sha256, "size": size})


def _place(connection: sa.Connection, places: Iterable[tuple[Sighting, str | None]]) -> bool:
    for seen, state in places:
        placed = sources.place(connection, seen)
        if state is not None and (state != "present" or seen.sha256 is None):
            kept = {"state": state, "error": seen.error, "message": seen.message, "trace": seen.trace}
            change = sa.update(schema.location).where(schema.location.c.id == placed.location_id)
            connection.execute(change.values(kept))
    return True


def _unread(line: dict[str, Any]) -> _Write:
    told = line["source"]
    _check_digest(told["sha256"])
    seen = [(_sighting(place, told["sha256"], told.get("size")), place.get("state")) for place in line["places"]]
    name = seen[0][0].name if seen else told["sha256"]
    failure = Failure(
        source=name, error=told.get("error") or "", message=told.get("message") or "", trace=told.get("trace")
    )
    used = Versions.model_validate(line["versions"]) if "versions" in line else versions()

    def write(connection: sa.Connection) -> bool:
        _place(connection, seen)
        known = sources.find(connection, told["sha256"])
        if known.state == "done":
            return False  # it could be read here
        if told["state"] == "failed":
            sources.fail(connection, told["sha256"], failure, used)
        return True

    return write


def _correction(told: dict[str, Any]) -> _Write:
    columns = {column.name: column for column in schema.correction.c if column.name != "id"}
    if unknown := set(told) - set(columns):
        raise ValueError(f"a correction has no {', '.join(sorted(unknown))}")
    if wrong := [name for name, value in told.items() if not isinstance(value, str)]:
        raise ValueError(f"{wrong[0]} of a correction is no text")
    if lacking := [name for name, column in columns.items() if not column.nullable and name not in told]:
        raise ValueError(f"a correction needs {', '.join(lacking)}")
    row = {name: told.get(name) for name in columns}

    def write(connection: sa.Connection) -> bool:
        same = sa.select(schema.correction.c.id)
        for name, column in columns.items():
            same = same.where(column.is_(None) if row[name] is None else column == row[name])
        if connection.execute(same).first() is not None:
            return False
        connection.execute(sa.insert(schema.correction), row)
        return True

    return write


_PARTS = {table.name: table for table in schema.PARTS}


def _rows(given: Any) -> dict[str, list[dict[str, Any]]]:
    """Check rows given as they are: known tables and columns, types, and ids inside a document."""
    for name, told in given.items():
        table = _PARTS[name]
        columns = {column.name: column for column in table.c if column.name != "document_id"}
        for row in told:
            if set(row) != set(columns):
                raise ValueError(f"a row of {name} has not the columns {', '.join(columns)}")
            for key, value in row.items():
                wanted = columns[key].type.python_type
                if value is None and not columns[key].nullable:
                    raise ValueError(f"{key} is absent in a row of {name}")
                if value is not None and not isinstance(value, (int, float) if wanted is float else wanted):
                    raise ValueError(f"{key} {value!r} in a row of {name} is no {wanted.__name__}")
                if key in ("id", "record_id") and value is not None and not 0 <= value < 1 << schema.ID_BITS:
                    raise ValueError(f"{key} {value} in a row of {name} is out of range")
    return dict(given)


def _replace(connection: sa.Connection, key: int, given: Mapping[str, list[dict[str, Any]]]) -> None:
    """Write the rows of some tables in place of those that were made from the record."""
    kept = {name: _existing(connection, table, key) for name, table in _PARTS.items() if name not in given}
    document = connection.execute(sa.select(schema.document).where(schema.document.c.id == key)).one()._asdict()
    connection.execute(sa.delete(schema.document).where(schema.document.c.id == key))
    connection.execute(sa.insert(schema.document), document)
    first = key << schema.ID_BITS
    for name, table in _PARTS.items():
        written = kept.get(name)
        if written is None:
            written = [dict(row) for row in given[name]]
            for row in written:
                row["id"] = key if table is schema.atlas else first | row["id"]
                if row.get("record_id") is not None:
                    row["record_id"] |= first
                if "document_id" in table.c:
                    row["document_id"] = key
        bulk.insert(connection, table, written)


def _existing(connection: sa.Connection, table: sa.Table, key: int) -> list[dict[str, Any]]:
    first, last = (key, key + 1) if table is schema.atlas else (key << schema.ID_BITS, (key + 1) << schema.ID_BITS)
    asked = sa.select(table).where(table.c.id >= first, table.c.id < last)
    return [row._asdict() for row in connection.execute(asked)]
