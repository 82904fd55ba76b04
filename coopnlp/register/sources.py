"""The journal: what bytes were seen where, and how far their reading is.

Functions over one transaction of the caller. A content (its digest) is
``waiting``, ``done`` or ``failed``; a place is ``present``, ``unreadable``,
``gone``, or ``waiting`` (a URL that was not fetched yet). A place whose bytes
changed is pointed at the new content; the content that no place holds any more
goes, with all that was read from it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from coopnlp.register import journal, replay
from coopnlp.register.schema import document, location, plan, source
from coopnlp.register.values import Sighting, Versions
from coopnlp.text import legible
from coopnlp.types import Failure, Result

__all__ = [
    "Placed", "address_of", "fail", "fail_page", "find", "insert_new", "place", "read_before", "sighting_of",
]  # fmt: skip


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


class Placed(NamedTuple):
    """The rows of a place and of the bytes in it, where any are known."""

    location_id: int
    source_id: int | None


def place(connection: sa.Connection, sighting: Sighting) -> Placed:
    """Point a place at the bytes seen there; a source is made for bytes that are new.

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
        "trace": sighting.trace,
    }
    if key is not None:
        seen["source_id"] = key
    asked = sa.select(location).where(location.c.address == sighting.address).with_for_update()
    before = connection.execute(asked).one_or_none()
    if before is None:
        # Another program may have added it since: then what was seen now is written over its row.
        connection.execute(insert_new(connection, location, "address"), {"address": sighting.address, **seen})
        before = connection.execute(asked).one()
    if seen["state"] == "waiting" and before.source_id is not None:
        pass  # it was read before, and no new bytes are known
    elif any(getattr(before, name) != value for name, value in seen.items()):
        connection.execute(sa.update(location).where(location.c.id == before.id), seen)
        if key is not None and before.source_id not in (None, key):
            _carry_corrections(connection, before.source_id, key)
            _drop_unplaced(connection, before.source_id)
    return Placed(before.id, key)


def fail(connection: sa.Connection, sha256: str, failure: Failure, versions: Versions) -> None:
    """Note that a content could not be read, with these versions; what an older one had read goes."""
    known = find(connection, sha256)
    connection.execute(sa.delete(document).where(document.c.id == known.id))
    told = {
        "state": "failed",
        "error": failure.error,
        "message": failure.message,
        "trace": failure.trace,
        "media_type": None,
        "library_version": versions.library,
        "model_version": versions.model,
        "processed_at": journal.now(),
        "claimed_by": None,
    }
    connection.execute(sa.update(source).where(source.c.id == known.id), told)
    for_all = sa.update(plan).where(plan.c.source_id == known.id, plan.c.state == "waiting")
    connection.execute(for_all.values(state="failed"))


def fail_page(connection: sa.Connection, seen: Sighting, failure: Failure) -> None:
    """Note that a URL could not be read now; what was read from it before stays, as old as it is."""
    told = {"sha256": None, "error": failure.error, "message": failure.message, "trace": failure.trace}
    place(connection, seen.model_copy(update=told))
    if seen.sha256 is not None:
        known = find(connection, seen.sha256)
        kept = connection.execute(sa.select(document.c.id).where(document.c.id == known.id)).first()
        back = {"state": "failed" if kept is None else "done", "claimed_by": None}
        connection.execute(sa.update(source).where(source.c.id == known.id).values(back))


def find(connection: sa.Connection, sha256: str) -> Any:
    """Return what the journal knows of a content, and keep others from changing it."""
    asked = sa.select(source.c.id, source.c.sha256, source.c.state, source.c.library_version, source.c.model_version)
    asked = asked.add_columns(source.c.processed_at)
    return connection.execute(asked.where(source.c.sha256 == sha256).with_for_update()).one()


def read_before(connection: sa.Connection, address: str) -> str | None:
    """Return the digest of what was read at an address, where it was present."""
    asked = sa.select(source.c.sha256).join_from(location, source, source.c.id == location.c.source_id)
    found = asked.where(location.c.address == address, location.c.state == "present")
    return connection.execute(found).scalar()


def _ensure(connection: sa.Connection, sha256: str, size: int | None) -> int:
    asked = sa.select(source.c.id).where(source.c.sha256 == sha256)
    known = connection.execute(asked).scalar()
    if known is None:
        # Another program may have added it since: its row is as good as ours.
        row = {"sha256": sha256, "size": size, "state": "waiting"}
        connection.execute(insert_new(connection, source, "sha256"), row)
        known = connection.execute(asked).scalar_one()
    return int(known)


def _carry_corrections(connection: sa.Connection, old: int, new: int) -> None:
    """Take the corrections of the bytes that were at a place over to those that are there now."""
    digests = sa.select(source.c.id, source.c.sha256, source.c.state).where(source.c.id.in_((old, new)))
    known = {row.id: row for row in connection.execute(digests)}
    carried = replay.carry(connection, known[old].sha256, known[new].sha256) if old in known else []
    if carried and known[new].state == "done":  # known from another place: it will not be read again
        replay.apply(connection, new, known[new].sha256, only=carried)


def insert_new(connection: sa.Connection, table: sa.Table, key: str) -> sa.Insert:
    """Return an insert that leaves out rows whose key another program has added since."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=[key])
    return postgresql.insert(table).on_conflict_do_nothing(index_elements=[key])


def _drop_unplaced(connection: sa.Connection, key: int) -> None:
    placed = sa.select(location.c.id).where(location.c.source_id == key).limit(1)
    if connection.execute(placed).first() is None:
        # A run that was to read these bytes there finds others: who noted those reads them. The number of
        # the source may be given again.
        known = sa.update(plan).where(plan.c.source_id == key)
        connection.execute(known.where(plan.c.state == "waiting").values(state="changed"))
        connection.execute(known.values(source_id=None))
        connection.execute(sa.delete(source).where(source.c.id == key))
