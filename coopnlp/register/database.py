"""From a path or URL to a database that is a register: opening, checking, transactions, errors.

A file that is something else is never written to: it is recognised before the
first write. Every error of the database comes out as a RegisterError that says
which register, what is wrong and what to do.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from coopnlp.errors import RegisterError
from coopnlp.register import fulltext
from coopnlp.register.schema import APPLICATION_ID, MIGRATIONS, metadata, migration

__all__ = ["Database"]

# The file, and what SQLite keeps beside it (sqlite.org/tempfiles.html).
_SQLITE_FILES = ("", "-wal", "-shm", "-journal")
_HEADER = b"SQLite format 3\x00"
# A writer waits this long for another one; one document's rows take milliseconds.
_BUSY_TIMEOUT_MS = 30_000
# Arbitrary, constant: two programs that make the same PostgreSQL register at once take turns.
_ADVISORY_LOCK = APPLICATION_ID


class Database:
    """A checked connection pool to a register. ``where`` is its name in messages, without password.

    Raises
    ------
    RegisterError
        The URL cannot be read, nothing is there and ``create`` is false, what is
        there is no register or has a newer schema, or the database cannot be reached.
    """

    def __init__(self, url: str | Path, *, create: bool = True) -> None:
        parsed = _parse(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.where = (parsed.database or ":memory:") if self.is_sqlite else parsed.render_as_string()
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
        """A transaction that only reads."""
        with self.translated(), self.engine.begin() as connection:
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

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn an error of the database inside the block into a RegisterError."""
        try:
            yield
        except exc.DBAPIError as error:
            raise RegisterError(f"{self.where}: {_explain(error)}") from error

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
        return sa.make_url(url)
    except (exc.ArgumentError, ValueError) as error:
        raise RegisterError(f"{url}: this is no database URL. {_URL_REMEDY}") from error


_URL_REMEDY = "Give a file such as `register.db`, or `postgresql+psycopg://user@host/name`."


def _engine(url: sa.URL, where: str) -> sa.Engine:
    try:
        if url.get_backend_name() not in ("sqlite", "postgresql"):
            raise RegisterError(f"{where}: registers are kept in SQLite or PostgreSQL. {_URL_REMEDY}")
        return sa.create_engine(url)
    except exc.NoSuchModuleError as error:
        raise RegisterError(f"{where}: this kind of database is not known. {_URL_REMEDY}") from error
    except ModuleNotFoundError as error:
        raise RegisterError(
            f"{where}: the driver {error.name!r} is not installed. "
            'Install it: `pip install "psycopg[binary]"`, and write `postgresql+psycopg://` in the URL.'
        ) from error


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


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("coopnlp_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _explain(error: exc.DBAPIError) -> str:
    """What went wrong and what to do, from the driver's message.

    The phrases are those of SQLite's result codes (sqlite.org/rescode.html).
    """
    told = str(error.orig).strip() or type(error.orig).__name__
    for phrase, remedy in (
        ("locked", "Another program is writing to it: wait until it has ended and start again."),
        ("disk is full", "Free some space and start again: what was recorded is safe."),
        ("disk I/O", "Check the disk and its quota. Free some space and start again: what was recorded is safe."),
        ("readonly", "Check the permissions of the file and of its folder."),
        ("unable to open", "Check that the folder exists and may be written to."),
        ("not a database", "The file is no register, or is encrypted: give another name."),
        ("malformed", "The file is damaged: restore a copy, or make the register again."),
    ):
        if phrase in told:
            return f"{told}. {remedy}"
    if isinstance(error, exc.OperationalError | exc.InterfaceError):
        return f"the database cannot be reached ({told}). Check the URL, and that the server runs."
    return f"the database refused a statement ({told}). Please report this."
