"""What was read from sources into the register: rows and states together, many sources with the statements of one.

Functions over one transaction of the caller. Statements are made once, with
their parameters open: a batch executes each of them for every few documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import sqlalchemy as sa

from coopnlp.register import bulk, claims, journal, replay, sources
from coopnlp.register.prepared import Prepared, columns, numbered
from coopnlp.register.schema import PARTS, correction, document, location, plan, run, source
from coopnlp.register.values import Claim, Versions

__all__ = ["add", "finish"]


def _any(column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return column.in_(sa.bindparam("keys", expanding=True))


# In the order of digests, as those who note sources lock them.
_IN_HAND = (
    sa.select(
        source.c.id, source.c.sha256, source.c.state, source.c.library_version, source.c.model_version,
        source.c.claimed_by,
    )
    .where(_any(source.c.sha256))
    .order_by(source.c.sha256)
    .with_for_update()
)  # fmt: skip
_FORGET = sa.delete(document).where(_any(document.c.id))
_CORRECTED = (
    sa.select(correction.c.sha256).distinct().where(_any(correction.c.sha256), correction.c.undone_at.is_(None))
)
_DONE = (
    sa.update(source)
    .where(_any(source.c.id))
    .values(
        state="done", error=None, message=None, trace=None, claimed_by=None, media_type=sa.bindparam("media"),
        library_version=sa.bindparam("library"), model_version=sa.bindparam("model"), processed_at=sa.bindparam("now"),
    )
)  # fmt: skip
_DONE_FOR_ALL = sa.update(plan).where(_any(plan.c.source_id), plan.c.state == "waiting").values(state="done")
_PLACES = sa.select(location.c.id, location.c.claimed_by).where(_any(location.c.address))
_LET_GO = sa.update(location).where(_any(location.c.id)).values(claimed_by=None)
_DONE_HERE = (
    sa.update(plan)
    .where(_any(plan.c.location_id), plan.c.state == "waiting")
    .where(plan.c.run_id.in_(sa.select(run.c.id).where(run.c.ended_at.is_(None))))
    .values(state="done")
)


def add(connection: sa.Connection, sha256: str, prepared: Prepared, versions: Versions) -> bool:
    """Write what was read from a content together with its state; return whether rows were written.

    Nothing is written where it was done with the same versions already. What
    people corrected in it is done again on what was read now.
    """
    known = sources.find(connection, sha256)
    if _is_current(known, versions):
        return False
    _write(connection, [(known, prepared)], versions)
    return True


def finish(connection: sa.Connection, read: Sequence[tuple[Claim, Prepared]], versions: Versions) -> list[bool]:
    """Write what was read from claims that are still in hand; return whether rows were written, of each."""
    told = [False] * len(read)
    plain = {claim.seen.sha256: n for n, (claim, made) in enumerate(read) if claim.seen.sha256 == made.source.sha256}
    held: list[int] = []
    new: list[tuple[Any, Prepared]] = []
    for known in connection.execute(_IN_HAND, {"keys": list(plain)}) if plain else ():
        n = plain[known.sha256]
        if known.claimed_by != read[n][0].run:
            continue
        held.append(n)
        if not _is_current(known, versions):
            told[n] = True
            new.append((known, read[n][1]))
    if new:
        _write(connection, new, versions)
    if held:
        _close(connection, [read[n][0].seen.address for n in held])
    for n in sorted(set(range(len(read))) - set(plain.values())):
        told[n] = _finish_changed(connection, *read[n], versions)
    return told


def _finish_changed(connection: sa.Connection, claim: Claim, prepared: Prepared, versions: Versions) -> bool:
    """Write a page of the web, whose bytes nobody knew before, or bytes that changed since they were noted."""
    if not claims.held(connection, claim):
        return False
    read = prepared.source
    if read.sha256 != claim.seen.sha256:
        changed = {"sha256": read.sha256, "size": read.size, "name": read.name}
        sources.place(connection, claim.seen.model_copy(update=changed))
    written = add(connection, read.sha256, prepared, versions)
    journal.close(connection, claim, "done", read_sha256=read.sha256)
    return written


def _is_current(known: Any, versions: Versions) -> bool:
    return known.state == "done" and (known.library_version, known.model_version) == (versions.library, versions.model)


def _write(connection: sa.Connection, contents: Sequence[tuple[Any, Prepared]], versions: Versions) -> None:
    """Write the rows and the state of contents, in place of what was read of them before."""
    before = [known.id for known, _ in contents if known.library_version is not None]
    if before:
        connection.execute(_FORGET, {"keys": before})
    made = [row for known, prepared in contents for row in numbered(document, [prepared.document], known.id)]
    bulk.insert_tuples(connection, document, columns(document), made)
    for table in PARTS:
        name = table.name
        below = (numbered(table, one.parts[name], known.id) for known, one in contents if name in one.parts)
        bulk.insert_tuples(connection, table, columns(table), list(chain.from_iterable(below)))
    ids = {known.sha256: known.id for known, _ in contents}
    for sha256 in connection.execute(_CORRECTED, {"keys": list(ids)}).scalars().all():
        replay.apply(connection, ids[sha256], sha256)
    by_type: dict[str, list[int]] = {}
    for known, prepared in contents:
        by_type.setdefault(prepared.source.media_type, []).append(known.id)
    used = {"library": versions.library, "model": versions.model, "now": journal.now()}
    for media_type, keys in by_type.items():
        connection.execute(_DONE, {**used, "media": media_type, "keys": keys})
    connection.execute(_DONE_FOR_ALL, {"keys": list(ids.values())})


def _close(connection: sa.Connection, addresses: Sequence[str]) -> None:
    """Note in the plans of all runs that places were dealt with, as :func:`coopnlp.register.journal.close` does."""
    places = connection.execute(_PLACES, {"keys": list(addresses)}).all()
    claimed = [place.id for place in places if place.claimed_by is not None]
    if claimed:
        connection.execute(_LET_GO, {"keys": claimed})
    connection.execute(_DONE_HERE, {"keys": [place.id for place in places]})
