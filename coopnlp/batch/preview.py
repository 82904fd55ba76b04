"""What a batch would do, before it does it: nothing is written, to the register or elsewhere.

What was seen already, for equal bytes and for files that are gone, is kept in a
database of its own that SQLite puts on disk when it grows and removes at the end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Literal

from coopnlp.batch.listing import changed_since, found_in, look
from coopnlp.register.sources import address_of
from coopnlp.register.store import Register
from coopnlp.register.values import Known, Sighting, Versions
from coopnlp.register.values import versions as current_versions
from coopnlp.types import Value

__all__ = ["Planned", "preview"]

Because = Literal[
    "new", "changed", "waiting", "failed before", "other versions", "unreadable", "gone", "unchanged", "equal", "older"
]
_TOGETHER = 200


class Planned(Value):
    """What a run would do with a source, and why.

    ``read`` it; ``skip`` it (``unchanged``, ``failed before``, ``equal`` to
    another one, ``older`` than asked for); ``fail``, for its bytes cannot be
    read; ``mark`` it as gone.
    """

    source: str
    action: Literal["read", "skip", "fail", "mark"]
    because: Because
    size: int | None = None
    message: str | None = None


def preview(
    inputs: Iterable[str | Path],
    register_url: str | Path,
    *,
    retry_failed: bool = False,
    since: datetime | None = None,
    versions: Versions | None = None,
) -> Iterator[Planned]:
    """Yield what :func:`coopnlp.batch.run` would do with each source, in the order of the listing.

    Of equal bytes the first that is listed is told as to be read; a run reads
    the one with the first address.

    Raises
    ------
    RegisterError
        What is there is no register, or it cannot be reached. One that is not there yet is no error.
    """
    given = list(inputs)
    used = versions or current_versions()
    with closing(sqlite3.connect("")) as seen:
        seen.execute("CREATE TABLE seen (name TEXT PRIMARY KEY) WITHOUT ROWID")
        register = _existing(register_url)
        try:
            yield from _each(given, register, seen, used, retry_failed=retry_failed, since=since)
            if register is not None:
                yield from _gone(given, register, seen)
        finally:
            if register is not None:
                register.close()


def _existing(url: str | Path) -> Register | None:
    """Open a register that is there, without changing it."""
    if (isinstance(url, Path) or "://" not in url) and not Path(url).exists():
        return None
    return Register(url, create=False)


def _each(
    inputs: Sequence[str | Path],
    register: Register | None,
    seen: sqlite3.Connection,
    versions: Versions,
    *,
    retry_failed: bool,
    since: datetime | None,
) -> Iterator[Planned]:
    own = register.files if register is not None else frozenset()
    found = (source for source in found_in(inputs) if (a := address_of(source)) not in own and _first(seen, a))
    while batch := list(islice(found, _TOGETHER)):
        newer = [source for source in batch if since is None or changed_since(source, since)]
        sightings = [look(source) for source in newer]
        known = register.known(sightings) if register is not None else [Known()] * len(sightings)
        told = {s.address: _told(s, k, seen, versions, retry_failed) for s, k in zip(sightings, known, strict=True)}
        for source in batch:
            address = address_of(source)
            yield told.get(address) or Planned(source=address, action="skip", because="older")


def _first(seen: sqlite3.Connection, name: str) -> bool:
    """Tell whether a name is met for the first time."""
    return seen.execute("INSERT OR IGNORE INTO seen VALUES (?)", (name,)).rowcount == 1


def _told(
    sighting: Sighting, known: Known, seen: sqlite3.Connection, versions: Versions, retry_failed: bool
) -> Planned:
    def plan(action: Literal["read", "skip"], because: Because) -> Planned:
        return Planned(source=sighting.address, action=action, because=because, size=sighting.size)

    if sighting.error is not None:
        return Planned(source=sighting.address, action="fail", because="unreadable", message=sighting.message)
    current = known.versions == versions
    if known.state == "done" and current:
        return plan("skip", "unchanged")
    if known.state == "failed" and current and not retry_failed:
        return plan("skip", "failed before")
    # a digest is no address: both are in one table
    if sighting.sha256 is not None and not _first(seen, f"sha256:{sighting.sha256}"):
        return plan("skip", "equal")
    if known.state is None or known.state == "waiting":
        return plan("read", "changed" if known.other_bytes else "waiting" if known.state else "new")
    return plan("read", "failed before" if current else "other versions")


def _gone(inputs: Sequence[str | Path], register: Register, seen: sqlite3.Connection) -> Iterator[Planned]:
    from coopnlp.extract.sources import is_url

    def unseen(address: str) -> bool:
        return seen.execute("SELECT 1 FROM seen WHERE name = ?", (address,)).fetchone() is None

    roots = [given for given in inputs if not is_url(given)]
    for address in register.placed_below(roots):
        if unseen(address):
            yield Planned(source=address, action="mark", because="gone")
