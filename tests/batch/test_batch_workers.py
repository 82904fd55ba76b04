"""Worker processes: a source that kills, hangs or breaks one costs that source alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import batch_fakes
import pytest

from coopnlp.batch import run
from coopnlp.batch.listing import look
from coopnlp.batch.reading import Work
from coopnlp.batch.workers import read_all
from coopnlp.register import Register


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "fonds"
    made.mkdir()
    for n in range(60):
        (made / f"pv-{n:03}.txt").write_text(f"LENT Délibération numéro {n} pour Bamako")
    return made


def test_workers_give_the_same_register_as_none(folder: Path, tmp_path: Path) -> None:
    run([folder], tmp_path / "0.db", workers=0, process=batch_fakes.process)
    assert run([folder], tmp_path / "2.db", workers=2, process=batch_fakes.process).done == 60
    with Register(tmp_path / "0.db") as one, Register(tmp_path / "2.db") as two:
        assert one.dump() == two.dump()


def test_a_source_that_kills_its_worker_is_marked(folder: Path, tmp_path: Path) -> None:
    (folder / "mort.txt").write_text("MORT subite")
    (folder / "etrange.txt").write_text("ETRANGE chose")
    summary = run([folder], tmp_path / "r.db", workers=2, process=batch_fakes.process)
    assert summary.done == 60
    lost = {Path(f.source).name: f for f in summary.failed}
    assert lost["mort.txt"].error == "WorkerLost"
    assert "SIGKILL" in lost["mort.txt"].message
    assert lost["etrange.txt"].error == "StrangeError"


def test_a_source_that_hangs_is_stopped(folder: Path, tmp_path: Path) -> None:
    (folder / "dort.txt").write_text("DORT longtemps")
    summary = run([folder], tmp_path / "r.db", workers=1, timeout_s=0.5, process=batch_fakes.process)
    assert summary.done == 60
    assert [f.error for f in summary.failed] == ["TimedOut"]


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a batch in a process group of its own, and wait until it begins; none is left behind."""
    started: list[subprocess.Popen[str]] = []

    def begin(folder: Path, register: Path, workers: int, *more: str, **environment: str) -> subprocess.Popen[str]:
        command = [sys.executable, batch_fakes.__file__, str(register), str(folder), str(workers), *more]
        process = subprocess.Popen(
            command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **environment},
        )  # fmt: skip
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield begin
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def read_by(log: Path) -> list[str]:
    return log.read_text().split() if log.exists() else []


def wait_until_read(log: Path, count: int) -> None:
    until = time.monotonic() + 60
    while len(read_by(log)) < count:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_two_runs_at_once_share_what_there_is_and_repeat_nothing(folder: Path, tmp_path: Path, start: Start) -> None:
    (folder / "vide.txt").write_text("VIDE rien")
    run([folder], tmp_path / "seul.db", workers=0, process=batch_fakes.process)
    log = tmp_path / "lus"
    runs = [start(folder, tmp_path / "r.db", 0, COOPNLP_FAKES_READ=str(log)) for _ in range(2)]
    assert [each.wait() for each in runs] == [1, 1]
    assert sorted(read_by(log)) == sorted(path.name for path in folder.iterdir())
    with Register(tmp_path / "seul.db") as alone, Register(tmp_path / "r.db") as shared:
        assert alone.dump() == shared.dump()


def test_what_a_killed_run_had_in_hand_is_done_by_the_one_beside_it(folder: Path, tmp_path: Path, start: Start) -> None:
    log = tmp_path / "lus"
    (folder / "dort.txt").write_text("DORT " + "mot " * 50)  # the largest, so the first
    victim = start(folder, tmp_path / "r.db", 1, COOPNLP_FAKES_READ=str(log))
    wait_until_read(log, 1)
    both = tmp_path / "aussi"
    beside = start(folder, tmp_path / "r.db", 0, COOPNLP_FAKES_READ=str(both), COOPNLP_FAKES_SLEEP="0")
    wait_until_read(both, 1)  # it has begun while the other one was alive
    os.killpg(victim.pid, signal.SIGKILL)
    assert beside.wait(timeout=60) == 0
    with Register(tmp_path / "r.db") as register:
        assert (register.stats().documents, register.stats().waiting) == (61, 0)


def test_ctrl_c_finishes_what_is_in_hand_and_the_next_run_goes_on(folder: Path, tmp_path: Path, start: Start) -> None:
    for path in folder.iterdir():
        path.write_text(path.read_text().replace("LENT", "PAUSE"))
    log = tmp_path / "lus"
    stopped = start(folder, tmp_path / "r.db", 2, COOPNLP_FAKES_READ=str(log))
    wait_until_read(log, 3)
    os.killpg(stopped.pid, signal.SIGINT)  # as a terminal does: the workers hear it too
    out, err = stopped.communicate(timeout=60)
    assert (stopped.returncode, out, err) == (130, "stopping\n", "")
    with Register(tmp_path / "r.db") as register:
        stats = register.stats()
        assert stats.documents == len(read_by(log))
        assert stats.documents + stats.waiting == 60


def test_ctrl_c_twice_stops_at_once(folder: Path, tmp_path: Path, start: Start) -> None:
    (folder / "dort.txt").write_text("DORT " + "longtemps " * 20)
    log = tmp_path / "lus"
    stopped = start(folder, tmp_path / "r.db", 1, COOPNLP_FAKES_READ=str(log))
    wait_until_read(log, 1)
    os.killpg(stopped.pid, signal.SIGINT)
    assert stopped.stdout is not None
    assert stopped.stdout.readline() == "stopping\n"
    os.killpg(stopped.pid, signal.SIGINT)
    stopped.communicate(timeout=60)
    assert stopped.returncode == 130
    (folder / "dort.txt").unlink()
    assert run([folder], tmp_path / "r.db", workers=0, process=batch_fakes.process).done == 60


def test_a_worker_is_replaced_after_so_many_sources_or_when_it_holds_much(folder: Path, tmp_path: Path) -> None:
    summary = run([folder], tmp_path / "r.db", workers=1, process=batch_fakes.process, sources_each=25)
    assert (summary.done, summary.processes) == (60, 3)
    (folder / "gros.txt").write_text("GROS " + "mot " * 50)  # it comes first
    (folder / "pv-000.txt").write_text("LENT autre chose")
    work = Work(process=batch_fakes.process, memory_bytes=1)  # a quarter more than at the start is allowed
    with Register(tmp_path / "r.db") as register:
        begun = register.begin()
        register.enrol([look(path) for path in (folder / "gros.txt", folder / "pv-000.txt")], run=begun)
        claims = iter(register.claim(begun, limit=2))
        read = [told for told in read_all(claims, work, workers=1) if told is not None]
    assert [claim.seen.name for claim, _ in read] == ["gros.txt", "pv-000.txt"]
    assert len({reading.worker for _, reading in read}) == (2 if sys.platform == "linux" else 1)


def test_the_largest_sources_come_first(folder: Path, tmp_path: Path) -> None:
    (folder / "gros.txt").write_text("LENT " + "mot " * 500)
    names: list[str] = []
    run(
        [folder], tmp_path / "r.db", workers=0, process=batch_fakes.process,
        progress=lambda step: names.append(step.name or ""),
    )  # fmt: skip
    assert Path(next(name for name in names if name)).name == "gros.txt"
