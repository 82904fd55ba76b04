"""Worker processes: a source that kills, hangs or breaks one costs that source alone."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import batch_fakes
import pytest

from coopnlp.batch import run
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


def test_killed_at_any_point_a_batch_ends_with_the_same_register(folder: Path, tmp_path: Path) -> None:
    (folder / "vide.txt").write_text("VIDE rien")
    (folder / "copie.txt").write_bytes((folder / "pv-007.txt").read_bytes())
    run([folder], tmp_path / "entier.db", workers=0, process=batch_fakes.process)
    chance = random.Random(20)  # the seed makes a failure repeatable, not the moment exact
    command = [sys.executable, batch_fakes.__file__, str(tmp_path / "r.db"), str(folder), "1"]
    for _ in range(6):
        victim = subprocess.Popen(command, start_new_session=True)
        time.sleep(chance.uniform(0.3, 1.9))
        if victim.poll() is None:
            os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()
    run([folder], tmp_path / "r.db", workers=0, process=batch_fakes.process)
    with Register(tmp_path / "entier.db") as whole, Register(tmp_path / "r.db") as resumed:
        assert whole.dump() == resumed.dump()
        assert resumed.stats().documents == 60


def test_two_runs_at_once_end_with_one_register(folder: Path, tmp_path: Path) -> None:
    run([folder], tmp_path / "seul.db", workers=0, process=batch_fakes.process)
    command = [sys.executable, batch_fakes.__file__, str(tmp_path / "r.db"), str(folder), "0"]
    runs = [subprocess.Popen(command) for _ in range(2)]
    assert [each.wait() for each in runs] == [0, 0]
    with Register(tmp_path / "seul.db") as alone, Register(tmp_path / "r.db") as shared:
        assert alone.dump() == shared.dump()
