"""Noting many places at once: a handful of statements for hundreds, where each is new or as it was.

A place whose bytes changed, a URL, or one that cannot be read is noted by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from coopnlp.register import journal, sources
from coopnlp.register.schema import location, plan, source
from coopnlp.register.values import Sighting, Versions

__all__ = ["enrol"]


class _Noted(NamedTuple):
    """What is known of a place after it was noted: its row, the bytes in it, the state of these."""

    location_id: int
    source_id: int | None
    state: str


def enrol(
    connection: sa.Connection,
    sightings: Sequence[Sighting],
    versions: Versions,
    *,
    retry_failed: bool,
    run: int | None = None,
) -> list[str]:
    """Note what was seen and return the state of each: waiting, done, failed or unreadable.

    A content that was read, or that failed, with other versions waits again. A
    URL comes without digest: it has the state of what was read from it. With a
    run, what was seen is in its plan too; then ``equal`` is a place whose bytes
    are read at another one, ``seen`` one that is in the plan already, or that
    comes again among the sightings. Two runs
    at once do not both try again what failed: only what failed before a run
    began waits again for it.
    """
    began = None if run is None else journal.started_at(connection, run)
    retry_before = began if retry_failed else ""
    # Of a place that was seen twice the last sighting counts. In the order of addresses, so that two runs that
    # note the same places do not wait for one another.
    last = {seen.address: number for number, seen in enumerate(sightings)}
    order = [last[address] for address in sorted(last)]
    ordered = [sightings[number] for number in order]
    plain = _note_plain(connection, ordered, versions, retry_before)
    noted = [plain.get(seen.address) or _note_one(connection, seen, versions, retry_before) for seen in ordered]
    found = [one.state for one in noted] if run is None else _plan(connection, run, ordered, noted)
    states = ["seen"] * len(sightings)
    for number, state in zip(order, found, strict=True):
        states[number] = state
    return states


def _note_one(connection: sa.Connection, seen: Sighting, versions: Versions, retry_before: str | None) -> _Noted:
    """Note a place by itself; its bytes wait again where they should."""
    placed = sources.place(connection, seen)
    if seen.sha256 is None and seen.error is not None:
        return _Noted(placed.location_id, None, "unreadable")
    sha256 = seen.sha256 or sources.read_before(connection, seen.address)
    if sha256 is None:
        return _Noted(placed.location_id, None, "waiting")
    known = sources.find(connection, sha256)
    state = _state(known, versions, retry_before)
    if state != known.state:
        connection.execute(sa.update(source).where(source.c.id == known.id).values(state=state))
    return _Noted(placed.location_id, known.id, state)


def _state(known: Any, versions: Versions, retry_before: str | None) -> str:
    """Return the state that a content has for a run: it waits again after other versions, or a failure to try again.

    ``retry_before`` is the moment before which a failure is tried again; "" for none, None for any.
    """
    current = (known.library_version, known.model_version) == (versions.library, versions.model)
    retried = known.state == "failed" and (retry_before is None or (known.processed_at or "") < retry_before)
    return str(known.state) if current and not retried else "waiting"


def _note_plain(
    connection: sa.Connection, ordered: Sequence[Sighting], versions: Versions, retry_before: str | None
) -> dict[str, _Noted]:
    """Note the places that are new, or as they were; return them by address."""
    given = [seen for seen in ordered if seen.sha256 is not None and seen.error is None]
    if not given:
        return {}
    contents = _contents(connection, given)
    places = _places(connection, [seen.address for seen in given])
    new = [seen for seen in given if seen.address not in places]
    if new:
        # Another program may have added one since: then it is looked at again, as one that was known.
        rows = [_row(seen, contents[str(seen.sha256)].id) for seen in new]
        connection.execute(sources.insert_new(connection, location, "address"), rows)
        places |= _places(connection, [seen.address for seen in new])
    again: list[int] = []
    noted: dict[str, _Noted] = {}
    for seen in given:
        known, place = contents[str(seen.sha256)], places[seen.address]
        row = _row(seen, known.id)
        if any(getattr(place, name) != value for name, value in row.items()):
            continue
        state = _state(known, versions, retry_before)
        if state != known.state:
            again.append(known.id)
        noted[seen.address] = _Noted(place.id, known.id, state)
    if again:
        connection.execute(sa.update(source).where(source.c.id.in_(sorted(set(again)))).values(state="waiting"))
    return noted


def _contents(connection: sa.Connection, given: Sequence[Sighting]) -> dict[str, Any]:
    """Return the row of each digest; those that are new are made."""
    sizes = {str(seen.sha256): seen.size for seen in given}
    asked = (
        sa.select(
            source.c.id, source.c.sha256, source.c.state, source.c.library_version, source.c.model_version,
            source.c.processed_at,
        )
        .order_by(source.c.sha256)
        .with_for_update()
    )  # fmt: skip

    def find(digests: Sequence[str]) -> dict[str, Any]:
        return {row.sha256: row for row in connection.execute(asked.where(source.c.sha256.in_(digests)))}

    found = find(sorted(sizes))
    missing = sorted(set(sizes) - set(found))
    if missing:
        rows = [{"sha256": digest, "size": sizes[digest], "state": "waiting"} for digest in missing]
        connection.execute(sources.insert_new(connection, source, "sha256"), rows)
        found |= find(missing)
    return found


def _places(connection: sa.Connection, addresses: Sequence[str]) -> dict[str, Any]:
    asked = sa.select(location).where(location.c.address.in_(addresses)).order_by(location.c.address)
    return {row.address: row for row in connection.execute(asked.with_for_update())}


def _row(seen: Sighting, source_id: int) -> dict[str, Any]:
    return {
        "address": seen.address, "name": seen.name, "path": seen.path, "url": seen.url, "source_id": source_id,
        "state": "present", "error": None, "message": None, "trace": None,
    }  # fmt: skip


#: The state in a plan of what a run has seen.
_IN_PLAN = {"waiting": "waiting", "done": "skipped", "failed": "given up", "unreadable": "unreadable"}


def _plan(connection: sa.Connection, run: int, ordered: Sequence[Sighting], noted: Sequence[_Noted]) -> list[str]:
    """Note in the plan of a run what it saw; return the state of each place in this run.

    Of several places with the same bytes the one with the first address is read.
    The addresses are compared here, for a database orders text by its locale.
    """
    own = plan.c.run_id == run
    here = sa.and_(own, plan.c.location_id.in_([one.location_id for one in noted]))
    connection.execute(sa.delete(plan).where(here, plan.c.state == "changed"))  # seen again, with other bytes
    seen_before = set(connection.execute(sa.select(plan.c.location_id).where(here)).scalars())
    waiting = sorted({one.source_id for one in noted if one.source_id is not None and one.state == "waiting"})
    asked = (
        sa.select(plan.c.source_id, plan.c.location_id, location.c.address)
        .join_from(plan, location, location.c.id == plan.c.location_id)
        .where(own, plan.c.source_id.in_(waiting), plan.c.state == "waiting")
    )
    first = {row.source_id: (row.address, row.location_id) for row in connection.execute(asked)} if waiting else {}
    rows: dict[int, dict[str, Any]] = {}
    states: list[str] = []
    for sighting, one in zip(ordered, noted, strict=True):
        if one.location_id in seen_before:
            states.append("seen")
            continue
        state, in_plan = one.state, _IN_PLAN[one.state]
        if state == "waiting" and one.source_id is not None:
            before = first.get(one.source_id)
            if before is not None:
                state = "equal"  # one more place, nothing more to read
            if before is None or sighting.address < before[0]:
                first[one.source_id] = (sighting.address, one.location_id)
                if before is not None:
                    _stand_back(connection, run, before[1], rows)
            else:
                in_plan = "equal"
        rows[one.location_id] = {
            "run_id": run, "location_id": one.location_id, "source_id": one.source_id, "rank": -(sighting.size or 0),
            "state": in_plan, "raw": sighting.raw,
        }  # fmt: skip
        states.append(state)
    if rows:
        connection.execute(sa.insert(plan), list(rows.values()))
    return states


def _stand_back(connection: sa.Connection, run: int, location_id: int, rows: dict[int, dict[str, Any]]) -> None:
    """Let the bytes of a place be read at another one."""
    if location_id in rows:
        rows[location_id]["state"] = "equal"
        return
    later = sa.update(plan).where(plan.c.run_id == run, plan.c.location_id == location_id)
    connection.execute(later.values(state="equal"))
