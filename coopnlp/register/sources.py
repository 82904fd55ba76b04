"""The journal: what bytes were seen where, and how far their reading is.

Functions over one transaction of the caller. A content (its digest) is
``waiting``, ``done`` or ``failed``; a place is ``present``, ``unreadable``,
``gone``, or ``waiting`` (a URL that was not fetched yet). A place whose bytes
changed is pointed at the new content; the content that no place holds any more
goes, with all that was read from it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from coopnlp.register import bulk, rows
from coopnlp.register.schema import PARTS, document, location, source
from coopnlp.register.values import Sighting, Versions
from coopnlp.text import legible
from coopnlp.types import Result

__all__ = ["address_of", "enrol", "fail", "finish", "place", "sighting_of"]


def address_of(source: str | Path) -> str:
    """Return how a place is known: a URL as it is, a path (also ``archive.zip/member``) made absolute.

    Absolute, because the same relative path means another file in another folder;
    legible, because a database takes no name that is not UTF-8.
    """
    if isinstance(source, str) and "://" in source:
        return legible(source)
    return legible(os.path.abspath(source))  # noqa: PTH100 - Path.absolute() keeps « .. », resolve() follows links


def sighting_of(result: Result) -> Sighting:
    """Return where a result's bytes were seen: at its URL, else its path, else its bare name."""
    known = result.extraction.source
    path = None if known.path is None else address_of(known.path)
    return Sighting(
        address=known.url or path or known.name,
        name=known.name,
        path=path,
        url=known.url,
        sha256=known.sha256,
        size=known.size,
    )


def enrol(
    connection: sa.Connection, sightings: Sequence[Sighting], versions: Versions, *, retry_failed: bool
) -> list[str]:
    """Note what was seen and return the state of each: waiting, done, failed or unreadable.

    A content that was read, or that failed, with other versions waits again. A
    URL comes without digest: it has the state of what was read from it.
    """
    return [_enrol(connection, sighting, versions, retry_failed=retry_failed) for sighting in sightings]


def _enrol(connection: sa.Connection, sighting: Sighting, versions: Versions, *, retry_failed: bool) -> str:
    place(connection, sighting)
    if sighting.sha256 is None and sighting.error is not None:
        return "unreadable"
    sha256 = sighting.sha256 or _read_before(connection, sighting.address)
    if sha256 is None:
        return "waiting"
    known = _find(connection, sha256)
    current = (known.library_version, known.model_version) == (versions.library, versions.model)
    if known.state == "waiting" or (current and not (known.state == "failed" and retry_failed)):
        return str(known.state)
    connection.execute(sa.update(source).where(source.c.id == known.id).values(state="waiting"))
    return "waiting"


def place(connection: sa.Connection, sighting: Sighting) -> int | None:
    """Point a place at the bytes seen there; return the id of their source, made if it is new.

    A place that cannot be read now keeps what was read from it before.
    """
    key = None if sighting.sha256 is None else _ensure(connection, sighting.sha256, sighting.size)
    seen: dict[str, str | int | None] = {
        "name": sighting.name,
        "path": sighting.path,
        "url": sighting.url,
        "state": "present" if key is not None else "unreadable" if sighting.error else "waiting",
        "error": sighting.error,
        "message": sighting.message,
    }
    if key is not None:
        seen["source_id"] = key
    before = connection.execute(
        sa.select(location).where(location.c.address == sighting.address).with_for_update()
    ).one_or_none()
    if before is None:
        connection.execute(sa.insert(location), {"address": sighting.address, **seen})
    elif seen["state"] == "waiting" and before.source_id is not None:
        pass  # it was read before, and no new bytes are known
    elif any(getattr(before, name) != value for name, value in seen.items()):
        connection.execute(sa.update(location).where(location.c.id == before.id), seen)
        if key is not None and before.source_id not in (None, key):
            _drop_unplaced(connection, before.source_id)
    return key


def finish(connection: sa.Connection, sha256: str, result: Result, versions: Versions) -> bool:
    """Write what was read from a content together with its state; return whether rows were written.

    Nothing is written where it was done with the same versions already.
    """
    known = _find(connection, sha256)
    current = (known.library_version, known.model_version) == (versions.library, versions.model)
    if known.state == "done" and current:
        return False
    connection.execute(sa.delete(document).where(document.c.id == known.id))
    parts = rows.part_rows(result, known.id)
    connection.execute(sa.insert(document), rows.document_row(result, known.id))
    for table in PARTS:
        if table.name in parts:
            bulk.insert(connection, table, parts[table.name])
    _state(connection, known.id, "done", versions, media_type=result.extraction.source.media_type)
    return True


def fail(connection: sa.Connection, sha256: str, error: str, message: str, versions: Versions) -> None:
    """Note that a content could not be read, with these versions; what an older one had read goes."""
    known = _find(connection, sha256)
    connection.execute(sa.delete(document).where(document.c.id == known.id))
    _state(connection, known.id, "failed", versions, error=error, message=message)


def _state(
    connection: sa.Connection,
    key: int,
    state: str,
    versions: Versions,
    *,
    error: str | None = None,
    message: str | None = None,
    media_type: str | None = None,
) -> None:
    told = {
        "state": state,
        "error": error,
        "message": message,
        "media_type": media_type,
        "library_version": versions.library,
        "model_version": versions.model,
        "processed_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    connection.execute(sa.update(source).where(source.c.id == key), told)


def _find(connection: sa.Connection, sha256: str) -> Any:
    asked = sa.select(source.c.id, source.c.state, source.c.library_version, source.c.model_version)
    return connection.execute(asked.where(source.c.sha256 == sha256).with_for_update()).one()


def _read_before(connection: sa.Connection, address: str) -> str | None:
    """Return the digest of what was read at an address, where it was present."""
    asked = sa.select(source.c.sha256).join_from(location, source, source.c.id == location.c.source_id)
    found = asked.where(location.c.address == address, location.c.state == "present")
    return connection.execute(found).scalar()


def _ensure(connection: sa.Connection, sha256: str, size: int | None) -> int:
    asked = sa.select(source.c.id).where(source.c.sha256 == sha256)
    known = connection.execute(asked).scalar()
    if known is None:
        # Another program may have added it since: its row is as good as ours.
        insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(source)
        connection.execute(
            insert.on_conflict_do_nothing(index_elements=["sha256"]),
            {"sha256": sha256, "size": size, "state": "waiting"},
        )
        known = connection.execute(asked).scalar_one()
    return int(known)


def _drop_unplaced(connection: sa.Connection, key: int) -> None:
    placed = sa.select(location.c.id).where(location.c.source_id == key).limit(1)
    if connection.execute(placed).first() is None:
        connection.execute(sa.delete(source).where(source.c.id == key))
