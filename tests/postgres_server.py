"""A PostgreSQL server for tests: private, in a temporary folder, on a Unix socket, gone afterwards.

It listens on no network address and runs as another user where the tests run
as root, for PostgreSQL refuses to be root.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

__all__ = ["OWNER", "PostgresServer", "missing"]

#: Owns the databases of the tests; no administrator of the server.
OWNER = "archiviste"
_PORT = 5432  # in the name of the socket; no port is opened
_START_S = 60.0
# Stops the server when the pipe to the tests is closed, also because they were killed.
_UNTIL_CLOSED = '"$@" & server=$!; read -r _; kill -QUIT $server 2>/dev/null; wait $server'
_FAST = {"fsync": "off", "full_page_writes": "off", "max_connections": "60"}


def _programs() -> Path | None:
    """Return the folder of the newest server: Debian keeps each version in one of its own."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0)
    )
    on_path = shutil.which("initdb")
    folders = [*reversed(found), *([Path(on_path).resolve().parent] if on_path else [])]
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def missing() -> str | None:
    """Say what is missing for a server to run; None where nothing is."""
    if _programs() is None:
        return "PostgreSQL is not installed: apt-get install postgresql, or sh .ci/install-postgresql"
    return None


class PostgresServer:
    """A server that can be stopped and started again; ``new_database`` gives a URL to an empty database."""

    def __init__(self, settings: dict[str, str] | None = None) -> None:
        programs = _programs()
        assert programs is not None, missing()
        self.programs = programs
        self.settings = {**_FAST, **(settings or {})}
        self.folder = Path(tempfile.mkdtemp(prefix="coopnlp-pg-"))
        self._as_user: dict[str, Any] = {}
        if os.getuid() == 0:
            user = next(name for name in ("postgres", "nobody") if _is_user(name))
            shutil.chown(self.folder, user)
            self._as_user = {"user": user, "group": _group_of(user), "extra_groups": []}
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--no-sync", "--locale=C.UTF-8")  # fmt: skip
        self._made = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.start()
        self.sql(f"CREATE ROLE {OWNER} LOGIN")
        french = "LOCALE_PROVIDER icu ICU_LOCALE 'fr-FR'" if self._version() >= 15 else "LOCALE 'C.UTF-8'"
        self.sql(f"CREATE DATABASE modele TEMPLATE template0 {french}")

    def _version(self) -> int:
        return int(self.sql("SHOW server_version_num")) // 10_000

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        options += ["-c", "listen_addresses=", "-k", str(self.folder), "-p", str(_PORT)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                ["sh", "-c", _UNTIL_CLOSED, "sh", self.programs / "postgres", "-D", self.folder / "data", *options],
                cwd=self.folder, stdin=subprocess.PIPE, stdout=log, stderr=log, env=self._environment(),
                **self._as_user,
            )  # fmt: skip
        limit = time.monotonic() + _START_S
        while self._try("pg_isready", "-q", "-h", str(self.folder), "-p", str(_PORT)).returncode:
            if self.process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"the server did not start: {(self.folder / 'log').read_text(errors='replace')}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends every session, SIGQUIT is as if the machine had crashed."""
        if self.process is None:
            return
        lock = self.folder / "data/postmaster.pid"
        os.kill(int(lock.read_text().split()[0]), how)
        limit = time.monotonic() + _START_S
        while lock.exists() and time.monotonic() < limit:
            time.sleep(0.02)
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(_START_S)
        self.process = None

    def remove(self) -> None:
        """Stop it and delete all it has written."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self, *options: str) -> str:
        """Make an empty database that the owner of tests owns; return its URL, without driver.

        Without options its locale is ICU's French (in PostgreSQL 15 and newer), which
        orders text as no program does: what depends on the order of the database shows.
        """
        self._made += 1
        name = f"essai{self._made}"
        if options:
            self.sql(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE template0 {' '.join(options)}")
        else:
            self.sql(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE modele")
        return self.url(name)

    def url(self, database: str, user: str = OWNER) -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}&port={_PORT}"

    def drop(self, url: str) -> None:
        """Drop a database that ``new_database`` made, whoever uses it."""
        self.sql(f"DROP DATABASE IF EXISTS {_name(url)} WITH (FORCE)")

    def sql(self, *statements: str, database: str = "postgres") -> str:
        """Run statements as administrator and return what they say."""
        asked = [part for statement in statements for part in ("-c", statement)]
        return self._run("psql", "-h", str(self.folder), "-p", str(_PORT), "-U", "postgres", "-d", database,
                         "-v", "ON_ERROR_STOP=1", "-qAtX", *asked)  # fmt: skip

    def backup(self, url: str) -> str:
        """Return a database as pg_dump writes it."""
        return self._run("pg_dump", "-h", str(self.folder), "-p", str(_PORT), "-U", "postgres", _name(url))

    def restore(self, backup: str, url: str) -> None:
        """Write what ``backup`` gave into an empty database."""
        path = self.folder / "backup.sql"
        path.write_text(backup, encoding="utf-8")
        path.chmod(0o644)
        self._run("psql", "-h", str(self.folder), "-p", str(_PORT), "-U", "postgres", "-d", _name(url),
                  "-v", "ON_ERROR_STOP=1", "-qX", "-f", str(path))  # fmt: skip

    def _run(self, program: str, *arguments: str) -> str:
        done = self._try(program, *arguments)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr or done.stdout}")
        return done.stdout

    def _try(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.programs / program, *arguments], cwd=self.folder, env=self._environment(), capture_output=True,
            text=True, timeout=_START_S, check=False, **self._as_user,
        )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        return {**kept, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _is_user(name: str) -> bool:
    import pwd

    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _group_of(name: str) -> int:
    import pwd

    return pwd.getpwnam(name).pw_gid
