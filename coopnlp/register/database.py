"""From a path or URL to a database that is a register: opening, checking, transactions, errors.

A file that is something else is never written to: it is recognised before the
first write. Every error of the database comes out as a RegisterError that says
which register, what is wrong and what to do.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy import event, exc

from coopnlp.errors import RegisterError
from coopnlp.register import folded, fulltext, postgres
from coopnlp.register.schema import APPLICATION_ID, MIGRATIONS, metadata, migration

__all__ = ["PATIENCE_S", "Database", "patient"]

# The file, and what SQLite keeps beside it (sqlite.org/tempfiles.html).
_SQLITE_FILES = ("", "-wal", "-shm", "-journal")
_HEADER = b"SQLite format 3\x00"
# A writer waits this long for another one; one document's rows take milliseconds.
_BUSY_TIMEOUT_MS = 30_000
# Arbitrary, constant: two programs that make the same PostgreSQL register at once take turns.
_ADVISORY_LOCK = APPLICATION_ID
# A server that is started again, or a standby that takes over, is back within minutes.
PATIENCE_S = 600.0
# Between two tries to reach a server: the first at once, then twice as long each time up to this.
_LONGEST_PAUSE_S = 5.0
# Transactions that the server undid because they crossed are done again so many times.
_CROSSINGS = 20
_T = TypeVar("_T")
_P = ParamSpec("_P")
_LOG = logging.getLogger(__name__)


class Database:
    """A checked connection pool to a register. ``where`` is its name in messages, without password.

    Parameters
    ----------
    patience_s
        How long :meth:`patiently` waits for a server that has gone away.

    Raises
    ------
    RegisterError
        The URL cannot be read, nothing is there and ``create`` is false, what is
        there is no register or has a newer schema, or the database cannot be reached.
    """

    def __init__(self, url: str | Path, *, create: bool = True, patience_s: float = PATIENCE_S) -> None:
        self.patience_s = patience_s
        parsed = _parse(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.where = (parsed.database or ":memory:") if self.is_sqlite else postgres.readable_url(parsed)
        self.files: frozenset[str] = frozenset()
        if self.is_sqlite and parsed.database not in (None, "", ":memory:"):
            path = Path(str(parsed.database))
            _check_file(path, create=create)
            self.files = frozenset(os.path.abspath(f"{path}{end}") for end in _SQLITE_FILES)  # noqa: PTH100
        self.engine = _engine(parsed, self.where)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        try:
            with self.translated():
                self._check(create=create)
        except RegisterError:
            self.engine.dispose()
            raise

    def close(self) -> None:
        """Close every connection; in SQLite this folds the write-ahead log into the file."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that only reads, and sees the register as it was at its first query."""
        with self.translated(), self.engine.begin() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that writes: all of it lands, or none.

        In SQLite it takes the write lock at once, so that it waits for another
        writer at its start and never fails half-way for want of the lock.
        """
        with self.translated(), self.engine.connect() as connection:
            connection = connection.execution_options(coopnlp_writes=True)
            with connection.begin():
                yield connection

    def patiently(self, work: Callable[[], _T]) -> _T:
        """Return what ``work`` returns; where the server went away meanwhile, wait for it and do it again.

        ``work`` is one transaction that may be done twice: the answer to a commit
        may be lost with the connection. A transaction that the server undid for
        the sake of another one is done again too.

        Raises
        ------
        RegisterError
            Any other error; or the server was not back after ``patience_s``.
        """
        away: _Away | None = None
        crossings = 0
        while True:
            try:
                done = work()
            except RegisterError as error:
                cause = error.__cause__
                if self.is_sqlite or not isinstance(cause, exc.DBAPIError | ConnectionError):
                    raise
                if isinstance(cause, exc.DBAPIError) and postgres.is_retryable(cause) and crossings < _CROSSINGS:
                    crossings += 1
                    time.sleep(random.uniform(0, 0.02 * crossings))  # not both again at the same moment
                elif isinstance(cause, ConnectionError) or postgres.is_lost(cause):
                    away = away or _Away(self.where, self.patience_s)
                    away.wait(error)
                else:
                    raise
            else:
                if away is not None:
                    away.ended()
                return done

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn an error of the database inside the block into a RegisterError."""
        try:
            yield
        except exc.DBAPIError as error:
            raise RegisterError(f"{self.where}: {_explain(error)}") from error
        except ConnectionError as error:  # pg8000 lets that of a socket pass
            raise RegisterError(f"{self.where}: {_unreachable(error)}") from error

    def _check(self, *, create: bool) -> None:
        with self.engine.connect() as connection:
            tables = set(sa.inspect(connection).get_table_names())
            version = self._version(connection, tables) if tables else 0
        newest = MIGRATIONS[-1].version
        if version > newest:
            raise RegisterError(
                f"{self.where}: the register has schema {version}, this version of coopnlp knows {newest}. "
                "Install the version of coopnlp that wrote it, or a newer one."
            )
        if not tables and not create:
            raise RegisterError(
                f"{self.where}: the register is empty. Fill it with `coopnlp batch FOLDER --register URL`."
            )
        if version < newest:
            self._migrate()

    def _version(self, connection: sa.Connection, tables: set[str]) -> int:
        known = {"migration", "source", "document"} <= tables
        if known and self.is_sqlite:
            known = connection.exec_driver_sql("PRAGMA application_id").scalar() == APPLICATION_ID
        elif known:
            found = {column["name"] for column in sa.inspect(connection).get_columns("source")}
            known = {"sha256", "state", "library_version"} <= found
        if not known:
            raise RegisterError(
                f"{self.where}: the database holds other things and is no register of coopnlp. "
                "It was left untouched: give the register a name of its own."
            )
        return int(connection.execute(sa.select(sa.func.max(migration.c.version))).scalar() or 0)

    def _migrate(self) -> None:
        if self.is_sqlite:
            with self.engine.connect() as connection:  # outside a transaction, kept in the file
                raw = connection.connection.driver_connection
                assert raw is not None
                raw.execute("PRAGMA journal_mode = WAL")
        with self.writing() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            else:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
            fresh = "migration" not in sa.inspect(connection).get_table_names()
            if fresh:
                metadata.create_all(connection)
                fulltext.create(connection)
            applied = set(connection.execute(sa.select(migration.c.version)).scalars())
            now = datetime.now(UTC).isoformat(timespec="seconds")
            for step in MIGRATIONS:
                if step.version in applied:
                    continue
                if not fresh:
                    step.apply(connection)
                row = {"version": step.version, "name": step.name, "applied_at": now}
                connection.execute(sa.insert(migration), row)


def _parse(url: str | Path) -> sa.URL:
    if isinstance(url, Path) or "://" not in url:
        return sa.URL.create("sqlite", database=str(url))
    try:
        return sa.make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres:") else url)
    except (exc.ArgumentError, ValueError) as error:
        raise RegisterError(f"{url}: this is no database URL. {_URL_REMEDY}") from error


_URL_REMEDY = "Give a file such as `register.db`, or `postgresql://user@host/name`."


def _engine(url: sa.URL, where: str) -> sa.Engine:
    try:
        if url.get_backend_name() not in ("sqlite", "postgresql"):
            raise RegisterError(f"{where}: registers are kept in SQLite or PostgreSQL. {_URL_REMEDY}")
        return sa.create_engine(url) if url.get_backend_name() == "sqlite" else postgres.engine(url)
    except exc.NoSuchModuleError as error:
        raise RegisterError(f"{where}: this kind of database is not known. {_URL_REMEDY}") from error


def _check_file(path: Path, *, create: bool) -> None:
    """Refuse what cannot be a register before SQLite opens it for writing."""
    if path.is_dir():
        raise RegisterError(f"{path}: this is a folder. Give the name of a file in it, e.g. `register.db`.")
    try:
        if not path.exists():
            if not create:
                raise RegisterError(
                    f"{path}: there is no such register. Make it with `coopnlp batch FOLDER --register {path}`."
                )
            if not path.absolute().parent.is_dir():
                raise RegisterError(f"{path}: the folder {path.parent} does not exist. Make it first.")
            return
        with path.open("rb") as stream:
            head = stream.read(len(_HEADER))
    except OSError as error:
        raise RegisterError(f"{path}: the file cannot be read ({error.strerror}). Check its permissions.") from error
    if head and head != _HEADER:
        raise RegisterError(
            f"{path}: this file is no register (not an SQLite database). "
            "It was left untouched: give the register another name."
        )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    # With write-ahead logging a power cut may lose the last commits, never the file's integrity;
    # a batch does those sources again.
    connection.execute("PRAGMA synchronous = NORMAL")
    folded.prepare_sqlite(connection)


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("coopnlp_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _explain(error: exc.DBAPIError) -> str:
    """What went wrong and what to do, from the driver's message.

    The phrases are those of SQLite's result codes (sqlite.org/rescode.html).
    """
    told = str(error.orig).strip() or type(error.orig).__name__
    for phrase, remedy in (
        ("database is locked", "Another program is writing to it: wait until it has ended and start again."),
        ("disk is full", "Free some space and start again: what was recorded is safe."),
        ("disk I/O", "Check the disk and its quota. Free some space and start again: what was recorded is safe."),
        ("readonly", "Check the permissions of the file and of its folder."),
        ("unable to open", "Check that the folder exists and may be written to."),
        ("not a database", "The file is no register, or is encrypted: give another name."),
        ("malformed", "The file is damaged: restore a copy, or make the register again."),
    ):
        if phrase in told:
            return f"{told}. {remedy}"
    known = postgres.remedy(error)
    if known is not None:
        return known
    if isinstance(error, exc.OperationalError | exc.InterfaceError) or postgres.is_lost(error):
        return _unreachable(error.orig or error)
    return f"the database refused a statement ({told}). Please report this."


def _unreachable(error: BaseException) -> str:
    reason = str(error.__cause__ or error).strip() or type(error).__name__
    remedy = "Check the URL (host, user, password, name), and that the server runs."
    return f"the database cannot be reached ({reason}). {remedy}"


class _HasDatabase(Protocol):
    _database: Database


_H = TypeVar("_H", bound=_HasDatabase)


def patient(method: Callable[Concatenate[_H, _P], _T]) -> Callable[Concatenate[_H, _P], _T]:
    """Make a method that is one transaction, and may be done twice, wait for its database."""

    @wraps(method)
    def waiting(self: _H, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return self._database.patiently(lambda: method(self, *args, **kwargs))

    return waiting


class _Away:
    """A server that has gone away, from the first error until it is back."""

    def __init__(self, where: str, patience_s: float) -> None:
        self.where = where
        self.since = time.monotonic()
        self.until = self.since + patience_s
        self.pause = 0.0

    def wait(self, error: RegisterError) -> None:
        """Pause before the next try; raise the error where it has taken too long."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise error
        if not self.pause:
            shown = f"la base de données ne répond pas, attente ({left:.0f} s au plus) : {error}"
            _LOG.warning("%s Waiting for it, %.0f s at most.", error, left, extra={"shown": shown})
        time.sleep(min(self.pause, left))
        self.pause = min(_LONGEST_PAUSE_S, self.pause * 2 or 0.1)

    def ended(self) -> None:
        waited = time.monotonic() - self.since
        shown = f"la base de données répond de nouveau, après {waited:.0f} s"
        _LOG.warning("%s: the database is back after %.0f s; going on.", self.where, waited, extra={"shown": shown})
