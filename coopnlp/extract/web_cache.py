"""What was fetched and when each host may be called again, in one file of the user's cache folder.

SQLite keeps it whole when several processes fetch at once or one is killed. The
file is bounded: what was used longest ago goes first. Where the folder cannot
be written, or the file is damaged and cannot be made anew, the process keeps
the same in memory, and fetching goes on.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from coopnlp.resources import cache_folder, make_private

__all__ = ["MAX_CACHE_BYTES", "MAX_PAGE_BYTES", "CachedPage", "WebCache", "open_cache"]

#: A year of a town's deliberations as PDF is under 200 MB.
MAX_CACHE_BYTES = 300_000_000
#: Larger files are fetched again.
MAX_PAGE_BYTES = 30_000_000
#: A host is never waited for longer than this: a clock that was set back leaves turns in the future.
_MAX_TURN_SECONDS = 600.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS page (
  url TEXT PRIMARY KEY, data BLOB NOT NULL, size INTEGER NOT NULL, media_type TEXT, charset TEXT,
  etag TEXT, last_modified TEXT, fresh_until REAL NOT NULL, private INTEGER NOT NULL, used REAL NOT NULL);
CREATE INDEX IF NOT EXISTS page_used ON page (used);
CREATE TABLE IF NOT EXISTS turn (host TEXT PRIMARY KEY, next REAL NOT NULL);
"""
_VERSION = 1
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A page as it was fetched.

    ``fresh_until`` is in seconds since 1970, UTC; ``private`` says that it came
    from an address that is not of the open internet.
    """

    data: bytes
    media_type: str | None = None
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    fresh_until: float = 0.0
    private: bool = False

    def is_fresh(self) -> bool:
        """Tell whether it may be used without asking the server."""
        return time.time() < self.fresh_until


class WebCache:
    """The pages and turns of one file; safe for threads and processes.

    Parameters
    ----------
    path
        The file; None keeps all in memory.
    max_bytes
        Bound on the pages together.
    """

    def __init__(self, path: Path | None, *, max_bytes: int = MAX_CACHE_BYTES) -> None:
        self._lock = threading.Lock()
        self._max_bytes = max_bytes
        self._base = self._memory() if path is None else self._file(path)

    def page(self, url: str) -> CachedPage | None:
        """Return what is kept of a URL."""

        def read(base: sqlite3.Connection) -> CachedPage | None:
            row = base.execute(
                "SELECT data, media_type, charset, etag, last_modified, fresh_until, private FROM page WHERE url = ?",
                (url,),
            ).fetchone()
            if row is None:
                return None
            base.execute("UPDATE page SET used = ? WHERE url = ?", (time.time(), url))
            return CachedPage(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6]))

        return self._do(read)

    def keep(self, url: str, page: CachedPage) -> None:
        """Keep a page, in the place of what was used longest ago; one over the limit is not kept."""
        size = len(page.data)
        if size > min(MAX_PAGE_BYTES, self._max_bytes):
            return self.forget(url)

        def write(base: sqlite3.Connection) -> None:
            base.execute("DELETE FROM page WHERE url = ?", (url,))
            total = base.execute("SELECT coalesce(sum(size), 0) FROM page").fetchone()[0]
            while total + size > self._max_bytes:
                oldest, freed = base.execute("SELECT url, size FROM page ORDER BY used LIMIT 1").fetchone()
                base.execute("DELETE FROM page WHERE url = ?", (oldest,))
                total -= freed
            base.execute(
                "INSERT INTO page VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    url, page.data, size, page.media_type, page.charset, page.etag, page.last_modified,
                    page.fresh_until, page.private, time.time(),
                ),
            )  # fmt: skip

        self._do(write)
        return None

    def forget(self, url: str) -> None:
        """Drop what is kept of a URL."""
        self._do(lambda base: base.execute("DELETE FROM page WHERE url = ?", (url,)))

    def take_turn(self, host: str, pause: float) -> float:
        """Reserve the next call of a host; return the seconds to wait for it.

        Parameters
        ----------
        pause
            Seconds from this call to the one after it, of whichever process.
        """
        now = time.time()

        def reserve(base: sqlite3.Connection) -> float:
            base.execute("DELETE FROM turn WHERE next < ?", (now - _MAX_TURN_SECONDS,))
            row = base.execute("SELECT next FROM turn WHERE host = ?", (host,)).fetchone()
            at = row[0] if row is not None and now < row[0] <= now + _MAX_TURN_SECONDS else now
            base.execute("INSERT OR REPLACE INTO turn VALUES (?, ?)", (host, at + pause))
            return float(at - now)

        turn = self._do(reserve)
        return pause if turn is None else turn

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    def _do(self, work: Callable[[sqlite3.Connection], _T]) -> _T | None:
        """Work in one transaction that writes; None where the file fails, which stops nobody from fetching."""
        with self._lock:
            try:
                self._base.execute("BEGIN IMMEDIATE")
                try:
                    result = work(self._base)
                except BaseException:
                    self._base.execute("ROLLBACK")
                    raise
                self._base.execute("COMMIT")
                return result
            except sqlite3.Error:
                return None

    def _file(self, path: Path) -> sqlite3.Connection:
        for _ in range(2):
            try:
                make_private(path.parent)
                return self._open(str(path))
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):  # locked, read-only, no room
                    break
                with contextlib.suppress(OSError):  # damaged: it holds nothing that cannot be fetched again
                    path.unlink()
            except OSError:
                break
        return self._memory()

    def _memory(self) -> sqlite3.Connection:
        return self._open(":memory:")

    @staticmethod
    def _open(name: str) -> sqlite3.Connection:
        base = sqlite3.connect(name, timeout=10.0, isolation_level=None, check_same_thread=False)
        try:
            base.execute("PRAGMA auto_vacuum = FULL")  # the file shrinks with what it holds
            if base.execute("PRAGMA user_version").fetchone()[0] not in (0, _VERSION):
                base.executescript("DROP TABLE IF EXISTS page; DROP TABLE IF EXISTS turn;")
            base.executescript(_SCHEMA)
            base.execute(f"PRAGMA user_version = {_VERSION}")
        except sqlite3.Error:
            base.close()
            raise
        return base


def open_cache() -> WebCache:
    """Return the cache of the user's cache folder, the same for the whole process."""
    folder = cache_folder()
    return _opened(None if folder is None else folder / "web.sqlite", os.getpid())


@cache
def _opened(path: Path | None, process: int) -> WebCache:  # a connection must not cross a fork
    return WebCache(path)
