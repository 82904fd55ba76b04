"""Kill a batch at random moments, again and again, and compare its register with that of a run left alone.

``python -m tests.benchmarks.kills FOLDER [--kills 50] [--workers 2] [--seed 1] [--real]``

The batch is killed with all its processes (SIGKILL, which no program hears) and
started again, so many times, and the last one runs to its end. Kills are drawn
evenly over the run: each comes some milliseconds after a number of documents is
done that was drawn from all of them; one in five while the batch starts and
notes what there is. Without
``--real`` documents are read by the stand-in of the tests, which makes records
of any text; with it by the library. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from coopnlp.register import Register

# The share of kills while a batch starts, and how long that takes.
_EARLY = 0.2
_STARTING_S = 3.0
_FAKES = Path(__file__).resolve().parent.parent / "batch" / "batch_fakes.py"


def command(folder: Path, register: Path, workers: int, *, real: bool) -> list[str]:
    """Return the command line of a batch."""
    if real:
        return [sys.executable, "-m", "coopnlp", "batch", str(folder), "--register", str(register), "--workers", str(workers)]  # fmt: skip
    return [sys.executable, str(_FAKES), str(register), str(folder), str(workers)]


def whole(folder: Path, register: Path, workers: int, *, real: bool) -> float:
    """Run a batch to its end; return the seconds that it took."""
    began = time.monotonic()
    done = subprocess.run(command(folder, register, workers, real=real), check=False, capture_output=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"the batch ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    return time.monotonic() - began


def kill_at_random(
    folder: Path, work: Path, *, kills: int, workers: int, seed: int, real: bool = False
) -> dict[str, object]:
    """Return whether the register of a run that was killed so many times is that of one that was not, and when it was."""
    chance = random.Random(seed)  # the seed repeats the draw; what the machine did then it cannot
    alone, killed = work / "seul.db", work / "tue.db"
    seconds = whole(folder, alone, workers, real=real)
    done_at: list[int] = []
    ended = 0
    with Register(alone, create=False) as one:
        count = one.stats().documents
    targets = sorted(chance.randrange(count) for _ in range(kills))
    for target in targets:
        victim = subprocess.Popen(
            command(folder, killed, workers, real=real), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        if chance.random() < _EARLY:
            time.sleep(chance.uniform(0, _STARTING_S))
        else:
            while victim.poll() is None and _done(killed) < target:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.05))
        ended += victim.poll() is not None
        with suppress(ProcessLookupError):
            os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()
        done_at.append(_done(killed))
        if done_at[-1] >= 0 and _integrity(killed) != "ok":
            return {"identical": False, "corrupt_after": len(done_at)}
    last = whole(folder, killed, workers, real=real)
    with Register(alone, create=False) as one, Register(killed, create=False) as other:
        left, right = one.dump(), other.dump()
        identical = left == right
        differences = {
            table: [repr(row)[:300] for row in {*map(repr, left[table])} ^ {*map(repr, right[table])}][:4]
            for table in left
            if left[table] != right[table]
        }
        documents, waiting = other.stats().documents, other.stats().waiting
    return {
        "identical": identical, "differences": differences, "documents": documents, "waiting": waiting, "kills": kills,
        "ended_before_the_kill": ended, "done_at_each_kill": done_at, "uninterrupted_s": round(seconds, 1),
        "last_run_s": round(last, 1), "workers": workers, "seed": seed,
    }  # fmt: skip


def _done(register: Path) -> int:
    """Return how many documents are done; -1 where there is no register yet."""
    try:
        with sqlite3.connect(f"file:{register}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM document").fetchone()[0])
    except sqlite3.OperationalError:
        return -1


def _integrity(register: Path) -> str:
    with sqlite3.connect(register) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--real", action="store_true")
    given = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="coopnlp-kills-"))
    try:
        told = kill_at_random(
            given.folder, work, kills=given.kills, workers=given.workers, seed=given.seed, real=given.real
        )
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(json.dumps(told, indent=1))
    sys.exit(0 if told["identical"] else 1)


if __name__ == "__main__":
    main()
