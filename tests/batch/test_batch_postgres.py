"""Batches into a register in PostgreSQL: the content of SQLite's, whoever writes at once and whatever happens."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import batch_fakes
import pytest
from batch_fakes import alone, content, fill
from postgres_server import PostgresServer, missing

from coopnlp.batch import run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = fill(tmp_path / "fonds", 80)
    (made / "copie.txt").write_bytes((made / "pv-007.txt").read_bytes())
    return made


def batch(url: str, folder: Path, workers: int = 0) -> subprocess.Popen[bytes]:
    command = [sys.executable, batch_fakes.__file__, url, str(folder), str(workers)]
    return subprocess.Popen(command, start_new_session=True)


def test_four_batches_at_once_give_one_register(folder: Path, url: str) -> None:
    runs = [batch(url, folder) for _ in range(4)]
    assert [each.wait() for each in runs] == [1] * 4  # one file cannot be read, whichever run tried it
    assert content(url) == alone(folder)


def test_four_batches_over_folders_that_overlap(folder: Path, url: str) -> None:
    for n in range(4):
        part = folder / f"part-{n}"
        part.mkdir()
        for m in range(10):
            (part / f"pv-{m}.txt").write_text(f"Note {n} {m} pour Ségou")
            (part / f"copie-{m}.txt").write_text(f"Note {(n + 1) % 4} {m} pour Ségou")
    runs = [batch(url, part, 1) for part in (folder, folder / "part-0", folder / "part-3", folder)]
    assert [each.wait() for each in runs] == [1, 0, 0, 1]
    assert content(url) == alone(folder)


def test_killed_at_any_point_a_batch_ends_with_the_same_register(folder: Path, url: str) -> None:
    chance = random.Random(7)  # the seed makes a failure repeatable, not the moment exact
    for _ in range(4):
        victim = batch(url, folder, 1)
        time.sleep(chance.uniform(0.5, 3.0))
        if victim.poll() is None:
            os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()
    run([folder], url, workers=0, process=batch_fakes.process)
    assert content(url) == alone(folder)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_server_that_goes_away_in_mid_run_is_waited_for(folder: Path, how: signal.Signals) -> None:
    if missing() is not None:
        pytest.skip(str(missing()))
    unsteady = PostgresServer()
    try:
        url = unsteady.new_database()
        seen = 0

        def stop_once(step: object) -> None:
            nonlocal seen
            seen += 1
            if seen in (20, 50):
                unsteady.stop(how)
                threading.Timer(0.5, unsteady.start).start()

        summary = run([folder], url, workers=0, process=batch_fakes.process, progress=stop_once)
        assert seen > 50
        assert (summary.done, len(summary.failed)) == (80, 1)
        assert content(url) == alone(folder)
    finally:
        unsteady.remove()
