"""Runs and their claims: what each has to do, and who has what in hand.

Functions over one transaction of the caller. A run notes what it has seen in
``plan``; then it claims a few sources at a time, those that wait and that no
other living run has in hand. A run lives until its lease ends, which it renews;
one that was killed is past its lease sooner or later, and its claims are free.
What a run says of a source counts only while it holds it, in the same
transaction: whatever two runs do at once, a source is written once.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from coopnlp.register import holder
from coopnlp.register.schema import location, plan, run, source
from coopnlp.register.values import Claim, Known, Left, Sighting, Versions

__all__ = [
    "LEASE_S", "begin", "bury", "clear", "clock", "close", "end", "is_below", "known", "left", "mark_gone",
    "note_known", "now", "placed_below", "planned", "release", "renew", "started_at",
]  # fmt: skip

#: Seconds that a claim holds without a sign of life. A run gives one four times as often; on one machine
#: the end of a process is seen at once (:mod:`coopnlp.register.holder`).
LEASE_S = 120.0
#: A run that has given no sign of life for so long is taken for ended, and its plan goes.
_FORGOTTEN_S = 7 * 86400.0
# Rows changed in one statement: under SQLite's limit on its variables.
_CHUNK = 500


def now() -> str:
    """Return this moment as the register writes it; texts of two moments compare as they do."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def clock(connection: sa.Connection) -> float:
    """Return the seconds since 1970 by one clock for all that use the database."""
    if connection.dialect.name == "sqlite":  # no server: the machine's
        return time.time()
    return float(connection.execute(sa.select(sa.extract("epoch", sa.func.clock_timestamp()))).scalar_one())


def begin(connection: sa.Connection, lease_s: float) -> int:
    """Note that this process begins a run and return its number."""
    at = clock(connection)
    bury(connection)
    told = {"holder": holder.this_process(), "started_at": now(), "expires_at": at + lease_s}
    made = connection.execute(sa.insert(run), told)
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def bury(connection: sa.Connection) -> None:
    """End the runs of this machine whose process is not there any more, and any that is long silent."""
    silent = clock(connection) - _FORGOTTEN_S
    others = connection.execute(sa.select(run.c.id, run.c.holder, run.c.expires_at).where(run.c.ended_at.is_(None)))
    for key, who, expires_at in others.all():
        if holder.has_ended(who) or expires_at < silent:
            end(connection, key)


def renew(connection: sa.Connection, key: int, lease_s: float) -> bool:
    """Prolong the lease of a run; return False where it counts as ended."""
    living = sa.update(run).where(run.c.id == key, run.c.ended_at.is_(None))
    return connection.execute(living.values(expires_at=clock(connection) + lease_s)).rowcount == 1


def end(connection: sa.Connection, key: int) -> None:
    """Note that a run has ended: what it still had in hand is free."""
    ended = sa.update(run).where(run.c.id == key, run.c.ended_at.is_(None))
    connection.execute(ended.values(ended_at=now(), expires_at=0.0))


def clear(connection: sa.Connection, limit: int) -> bool:
    """Remove up to so many rows of the plans of runs that have ended; tell whether there may be more."""
    ended = sa.select(run.c.id).where(run.c.ended_at.is_not(None), sa.exists().where(plan.c.run_id == run.c.id))
    key = connection.execute(ended.limit(1)).scalar()
    if key is None:
        return False
    some = sa.select(plan.c.location_id).where(plan.c.run_id == key).limit(limit)
    connection.execute(sa.delete(plan).where(plan.c.run_id == key, plan.c.location_id.in_(some.scalar_subquery())))
    return True


def started_at(connection: sa.Connection, key: int) -> str:
    """Return when a run began, as :func:`now` writes it."""
    return str(connection.execute(sa.select(run.c.started_at).where(run.c.id == key)).scalar_one())


def known(connection: sa.Connection, sighting: Sighting) -> Known:
    """Return what is known of bytes seen at a place."""
    columns = (source.c.sha256, source.c.state, source.c.library_version, source.c.model_version)
    there = connection.execute(
        sa.select(*columns)
        .join_from(location, source, source.c.id == location.c.source_id)
        .where(location.c.address == sighting.address)
    ).one_or_none()
    row: Any = there
    if sighting.sha256 is not None and (there is None or there.sha256 != sighting.sha256):
        row = connection.execute(sa.select(*columns).where(source.c.sha256 == sighting.sha256)).one_or_none()
    other = there is not None and sighting.sha256 not in (None, there.sha256)
    if row is None:
        return Known(other_bytes=other)
    used = None
    if row.library_version is not None:
        used = Versions(library=row.library_version, model=row.model_version or "")
    return Known(state=row.state, versions=used, other_bytes=other)


def placed_below(connection: sa.Connection, roots: Sequence[str]) -> Iterator[str]:
    """Yield the addresses of places below some others that held something when they were last looked at."""
    asked = sa.select(location.c.id, location.c.address)
    asked = asked.where(location.c.state == "present", location.c.path.is_not(None)).order_by(location.c.id)
    for rows in _pages(connection, asked):
        yield from (row.address for row in rows if is_below(row.address, roots))


def note_known(connection: sa.Connection, key: int, addresses: Sequence[str]) -> set[str]:
    """Note in the plan of a run that places were seen without looking at them; return those that are known."""
    asked = sa.select(location.c.id, location.c.address, location.c.source_id)
    asked = asked.where(location.c.address.in_(addresses), location.c.state == "present")
    asked = asked.where(~sa.exists().where(plan.c.run_id == key, plan.c.location_id == location.c.id))
    rows = connection.execute(asked).all()
    if rows:
        told = {"run_id": key, "rank": 0, "state": "skipped"}
        connection.execute(
            sa.insert(plan), [{**told, "location_id": row.id, "source_id": row.source_id} for row in rows]
        )
    return {row.address for row in rows}


def release(connection: sa.Connection, key: int) -> None:
    """Let go of what a run has in hand."""
    waits = sa.and_(plan.c.run_id == key, plan.c.state == "waiting")
    # What waits for bytes that nobody is to read any more would be waited for for ever.
    to_read = sa.exists().where(source.c.id == plan.c.source_id, source.c.state == "waiting")
    connection.execute(sa.update(plan).where(waits, plan.c.source_id.is_not(None), ~to_read).values(state="changed"))
    for table, column in ((source, plan.c.source_id), (location, plan.c.location_id)):
        own = table.c.id.in_(sa.select(column).where(waits, column.is_not(None)))
        connection.execute(sa.update(table).where(table.c.claimed_by == key, own).values(claimed_by=None))


def planned(connection: sa.Connection, key: int, addresses: Sequence[str]) -> set[str]:
    """Return which of some addresses a run has seen already."""
    asked = sa.select(location.c.address).join_from(plan, location, location.c.id == plan.c.location_id)
    found = asked.where(plan.c.run_id == key, location.c.address.in_(addresses))
    return set(connection.execute(found).scalars())


def close(connection: sa.Connection, claim: Claim, state: str, *, read_sha256: str | None = None) -> None:
    """Note in the plans of all runs that the place of a claim was dealt with.

    The state of the bytes that were read is noted by who wrote it; where the
    file changed since it was claimed, those that were claimed may stand at
    another place, and are read there.

    Parameters
    ----------
    state
        done or failed.
    read_sha256
        The digest of what was read; None where nothing was.
    """
    seen = claim.seen
    place = connection.execute(sa.select(location.c.id).where(location.c.address == seen.address)).scalar_one()
    connection.execute(sa.update(location).where(location.c.id == place).values(claimed_by=None))
    living = sa.select(run.c.id).where(run.c.ended_at.is_(None))
    here = sa.update(plan).where(plan.c.location_id == place, plan.c.run_id.in_(living))
    here = here.where(plan.c.state == "waiting")
    if seen.sha256 is None or read_sha256 in (None, seen.sha256):
        connection.execute(here.values(state=state))
        return
    connection.execute(here.values(state=state, source_id=_id_of(connection, str(read_sha256))))
    claimed = _id_of(connection, seen.sha256)
    if claimed is not None:
        connection.execute(sa.update(source).where(source.c.id == claimed).values(claimed_by=None))
        _reopen(connection, claimed)


def _reopen(connection: sa.Connection, source_id: int) -> None:
    """Let each run read bytes at the next place that it saw them at."""
    asked = (
        sa.select(plan.c.run_id, plan.c.location_id, location.c.address, plan.c.state)
        .join_from(plan, location, location.c.id == plan.c.location_id)
        .join(source, source.c.id == plan.c.source_id)
        .where(plan.c.source_id == source_id, source.c.state == "waiting", location.c.source_id == source_id)
        .where(plan.c.state.in_(("waiting", "equal")))
    )
    by_run: dict[int, list[Any]] = {}
    for row in connection.execute(asked):
        by_run.setdefault(row.run_id, []).append(row)
    for key, rows in by_run.items():
        if any(row.state == "waiting" for row in rows):
            continue
        first = min(rows, key=lambda row: str(row.address))
        chosen = sa.and_(plan.c.run_id == key, plan.c.location_id == first.location_id)
        connection.execute(sa.update(plan).where(chosen).values(state="waiting"))


def _id_of(connection: sa.Connection, sha256: str) -> int | None:
    found = connection.execute(sa.select(source.c.id).where(source.c.sha256 == sha256)).scalar()
    return None if found is None else int(found)


def left(connection: sa.Connection, key: int) -> Left:
    """Count what still waits in the plan of a run, also what other runs have in hand."""
    asked = sa.select(sa.func.count(), sa.func.coalesce(-sa.func.sum(plan.c.rank), 0))
    count, size = connection.execute(asked.where(plan.c.run_id == key, plan.c.state == "waiting")).one()
    return Left(sources=count, bytes=int(size))


def mark_gone(connection: sa.Connection, key: int, roots: Sequence[str]) -> Iterator[str]:
    """Note which places below some addresses a run has not seen; yield them in the order of the database."""
    unseen = (
        sa.select(location.c.id, location.c.address)
        .where(location.c.state == "present", location.c.path.is_not(None))
        .where(~sa.exists().where(plan.c.run_id == key, plan.c.location_id == location.c.id))
        .order_by(location.c.id)
    )
    for rows in _pages(connection, unseen):
        below = [row for row in rows if is_below(row.address, roots)]
        if below:
            keys = [row.id for row in below]
            connection.execute(sa.update(location).where(location.c.id.in_(keys)).values(state="gone"))
            yield from (row.address for row in below)


def is_below(address: str, roots: Iterable[str]) -> bool:
    """Tell whether an address is one of some folders, archives and files, or lies in one."""
    return any(f"{address}/".startswith(f"{root.rstrip('/')}/") for root in roots)


def _pages(connection: sa.Connection, asked: sa.Select[Any]) -> Iterator[Sequence[Any]]:
    """Yield the rows of a query over locations a few at a time, so that they can be changed meanwhile."""
    last = 0
    while rows := connection.execute(asked.where(location.c.id > last).limit(_CHUNK)).all():
        last = rows[-1].id
        yield rows
