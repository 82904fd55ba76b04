"""The register is locked, full, away or may not be written to: a wait with a message, or an error by name; nothing corrupt."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import batch_fakes
import pytest
import sqlalchemy as sa

from coopnlp.batch import Progress, Summary, patience, run
from coopnlp.errors import RegisterError
from coopnlp.register import Register

COUNT = 12


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "fonds"
    made.mkdir()
    for n in range(COUNT):
        (made / f"pv-{n:02}.txt").write_text(f"Délibération numéro {n} pour Bamako. " * 40)
    return made


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite waits a tenth of a second for a lock; then it is the batch that waits."""
    monkeypatch.setattr("coopnlp.register.database._BUSY_TIMEOUT_MS", 100)


def batch(folder: Path, register: Path, **options: object) -> Summary:
    return run([folder], register, workers=0, process=batch_fakes.process, **options)


def at_the_third(act: Callable[[], None]) -> Callable[[Progress], None]:
    """Act once, when three documents are done."""
    done: list[bool] = []

    def look(step: Progress) -> None:
        if step.done == 3 and not done:
            done.append(True)
            act()

    return look


def assert_whole(register: Path, folder: Path) -> None:
    """The register is sound, and that of a run that nothing disturbed."""
    with sqlite3.connect(register) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    alone = register.with_name("seul.db")
    batch(folder, alone)
    with Register(register, create=False) as one, Register(alone, create=False) as other:
        assert one.dump() == other.dump()
        assert one.stats().documents == COUNT


class Lock:
    """Another program that writes to a register and does not end."""

    def __init__(self, register: Path) -> None:
        self.register = register
        self.connection: sqlite3.Connection | None = None

    def take(self) -> None:
        self.connection = sqlite3.connect(self.register, isolation_level=None, check_same_thread=False)
        self.connection.execute("BEGIN IMMEDIATE")

    def drop(self) -> None:
        assert self.connection is not None
        self.connection.close()


def test_a_locked_register_is_waited_for(
    folder: Path, tmp_path: Path, impatient: None, caplog: pytest.LogCaptureFixture
) -> None:
    lock = Lock(tmp_path / "r.db")

    def act() -> None:
        lock.take()
        threading.Timer(1.0, lock.drop).start()

    with caplog.at_level(logging.WARNING, "coopnlp.batch"):
        assert batch(folder, tmp_path / "r.db", progress=at_the_third(act)).done == COUNT
    assert "waiting for the register" in caplog.messages[0]
    assert "locked" in caplog.messages[0]
    assert "back after" in caplog.messages[-1]
    assert_whole(tmp_path / "r.db", folder)


def test_a_register_that_stays_locked_is_named_and_the_next_run_goes_on(
    folder: Path, tmp_path: Path, impatient: None
) -> None:
    lock = Lock(tmp_path / "r.db")
    with pytest.raises(RegisterError, match=r"locked.*wait until it has ended"):
        batch(folder, tmp_path / "r.db", progress=at_the_third(lock.take), patience_s=0.5, lease_s=2.0)
    lock.drop()
    assert batch(folder, tmp_path / "r.db").done == COUNT - 3
    assert_whole(tmp_path / "r.db", folder)


@pytest.fixture
def disk() -> Iterator[Disk]:
    made = Disk()
    sa.event.listen(sa.Engine, "connect", made.opened)
    yield made
    sa.event.remove(sa.Engine, "connect", made.opened)


class Disk:
    """Lets the files of registers grow no further, so that SQLite says that the disk is full."""

    def __init__(self) -> None:
        self.connections: list[sqlite3.Connection] = []

    def opened(self, connection: sqlite3.Connection, _record: object) -> None:
        self.connections.append(connection)

    def fill(self) -> None:
        for connection in self.connections:
            connection.execute("PRAGMA max_page_count = 1")  # SQLite takes it for the pages that there are

    def free(self) -> None:
        for connection in self.connections:
            connection.execute("PRAGMA max_page_count = 4294967294")


def test_a_full_disk_is_waited_for(
    folder: Path, tmp_path: Path, disk: Disk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    def sleep(seconds: float) -> None:  # somebody frees some space meanwhile
        pauses.append(seconds)
        if len(pauses) == 2:
            disk.free()

    monkeypatch.setattr(patience.time, "sleep", sleep)
    with caplog.at_level(logging.WARNING, "coopnlp.batch"):
        assert batch(folder, tmp_path / "r.db", progress=at_the_third(disk.fill)).done == COUNT
    assert len(pauses) == 2
    assert "disk is full" in caplog.messages[0]
    assert_whole(tmp_path / "r.db", folder)


def test_a_disk_that_stays_full_is_named_and_the_next_run_goes_on(folder: Path, tmp_path: Path, disk: Disk) -> None:
    with pytest.raises(RegisterError, match=r"full.*Free some space"):
        batch(folder, tmp_path / "r.db", progress=at_the_third(disk.fill), patience_s=0.3)
    # The limit was that of the connections, which the run has closed. What fitted in free pages was written.
    summary = batch(folder, tmp_path / "r.db")
    assert 0 < summary.done <= COUNT - 3
    assert summary.done + summary.skipped == COUNT
    assert_whole(tmp_path / "r.db", folder)


def test_a_file_that_may_grow_no_further_is_named_and_the_next_run_goes_on(folder: Path, tmp_path: Path) -> None:
    # the write-ahead log gets as far as the fifth document
    command = [sys.executable, batch_fakes.__file__, str(tmp_path / "r.db"), str(folder), "0", "900000"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "r.db: " in done.stderr
    assert "Free some space" in done.stderr
    with Register(tmp_path / "r.db") as register:
        assert 0 < register.stats().documents < COUNT
    batch(folder, tmp_path / "r.db")
    assert_whole(tmp_path / "r.db", folder)


def test_a_register_that_goes_away_and_comes_back_is_waited_for(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place, away = tmp_path / "disque", tmp_path / "ailleurs"
    place.mkdir()

    def act() -> None:
        place.rename(away)
        threading.Timer(1.0, lambda: away.rename(place)).start()

    with caplog.at_level(logging.WARNING, "coopnlp.batch"):
        assert batch(folder, place / "r.db", progress=at_the_third(act)).done == COUNT
    assert "not there any more" in caplog.messages[0]
    assert_whole(place / "r.db", folder)


def test_a_register_that_is_removed_is_an_error_by_name(folder: Path, tmp_path: Path) -> None:
    def act() -> None:
        for path in tmp_path.glob("r.db*"):
            path.unlink()

    with pytest.raises(RegisterError, match="not there any more"):
        batch(folder, tmp_path / "r.db", progress=at_the_third(act), patience_s=0.2)


def test_another_file_in_its_place_is_an_error_at_once(folder: Path, tmp_path: Path) -> None:
    def act() -> None:
        shutil.copy(tmp_path / "r.db", tmp_path / "copie.db")
        (tmp_path / "copie.db").replace(tmp_path / "r.db")

    began = time.monotonic()
    with pytest.raises(RegisterError, match="another file stands in the place"):
        batch(folder, tmp_path / "r.db", progress=at_the_third(act))
    assert time.monotonic() - began < 30


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_register_that_may_not_be_written_to_is_an_error_at_once(folder: Path) -> None:
    place = Path(tempfile.mkdtemp(prefix="coopnlp-lecture-seule-"))
    try:
        batch(folder, place / "r.db")
        (folder / "nouveau.txt").write_text("Délibération nouvelle")
        for path in (folder, place, *place.iterdir()):
            path.chmod(0o555 if path.is_dir() else 0o444)
        before = (place / "r.db").read_bytes()
        began = time.monotonic()
        with pytest.raises(RegisterError, match=r"readonly|unable to open|permissions"), _nobody():
            batch(folder, place / "r.db")
        assert time.monotonic() - began < 30
        assert (place / "r.db").read_bytes() == before
    finally:
        for path in (folder, place):
            path.chmod(0o755)
        shutil.rmtree(place)


class _nobody:
    """Without the rights of an administrator, where the tests have them."""

    def __enter__(self) -> None:
        if os.geteuid() == 0:
            os.seteuid(65534)

    def __exit__(self, *_: object) -> None:
        if os.getuid() == 0:
            os.seteuid(0)
