"""A batch at scale: throughput by workers, memory of each process, size of the register, rate of writing, order.

``python -m tests.benchmarks.batch_scale FOLDER [--workers 1 2] [--window 1000] [-o FILE]``

Reads the folder once for each number of workers, into a register of its own that
is removed, and prints one JSON object, after each run what it gave on standard error:

- documents a second from the first document to the last, so without the seconds
  in which the models are loaded, and how many times those of the first number;
- the memory of each worker: mean over its second ``window`` sources and over its
  last; of the process that writes, at the same moments; and by lives, for a worker
  is replaced after so many sources: means and most of the second and of the last
  round of workers that read as many as they may;
- bytes of the register, and seconds of writing, for each ``window`` documents;
- what the order of the sources does to the time: the measured seconds of each
  source, dealt to 2, 8 and 32 workers with the largest file first, the smallest
  first, and as listed; against the time of a perfect division;
- what a thousand documents cost, by stage and by format.

Compare the throughput of two runs only on a machine that does nothing else;
``load`` says what it did at the end of each.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from coopnlp.batch import Progress, run
from coopnlp.batch.logs import json_lines
from coopnlp.batch.reading import resident_bytes


def measure(folder: Path, work: Path, workers: int, window: int) -> dict[str, Any]:
    """Read a folder with so many workers and return what was measured."""
    register, log = work / f"{workers}.db", work / f"{workers}.jsonl"
    samples: list[tuple[int, int, int]] = []

    def look(step: Progress) -> None:
        if step.name and step.done % window == 0:
            size = sum(path.stat().st_size for path in work.glob(f"{workers}.db*"))
            samples.append((step.done, size, resident_bytes()))

    with json_lines(log):
        summary = run([folder], register, workers=workers, progress=look)
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    done = [event for event in events if event["event"] == "source done"]
    moments = [_seconds(event["time"]) for event in done]
    reading_s = moments[-1] - moments[0]
    by_worker: dict[int, list[int]] = defaultdict(list)
    for event in done:
        by_worker[event["worker"]].append(event["memory_bytes"])
    writes = [event["write_s"] for event in done]
    return {
        "workers": workers,
        "documents": summary.done,
        "failed": summary.failures,
        "seconds": round(summary.seconds, 1),
        "listing_s": round(summary.listing_seconds, 2),
        "documents_per_s": round((len(done) - 1) / reading_s, 3),
        "load": [round(load, 1) for load in os.getloadavg()],
        "memory_mb": {str(worker): _flat(held, window) for worker, held in by_worker.items()},
        "lives": _lives(list(by_worker.values()), workers),
        "writer_memory_mb": [round(memory / 1e6, 1) for _, _, memory in samples],
        "register_mb": [round(size / 1e6, 2) for _, size, _ in samples],
        "write_ms_each": [round(1000 * mean(writes[at : at + window]), 2) for at in range(0, len(writes), window)],
        "order": _orders(done),
        "stage_s_per_1000": {s: round(1000 * t / max(1, summary.done), 1) for s, t in summary.stages.items()},
        "kinds": {
            kind.name: {
                "sources": kind.sources,
                "kb": round(kind.bytes / kind.sources / 1000, 1),
                **{s: round(1000 * t / kind.sources, 1) for s, t in kind.seconds.items()},
            }
            for kind in summary.kinds
        },
    }


def _seconds(moment: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(moment).timestamp()


def _flat(held: Sequence[int], window: int) -> dict[str, Any]:
    """Compare the last sources of a worker with its second ones; with fewer, halves of what there is."""
    window = min(window, len(held) // 3 or 1)
    second, last = mean(held[window : 2 * window] or held), mean(held[-window:])
    return {
        "sources": len(held),
        "second": round(second / 1e6, 1),
        "last": round(last / 1e6, 1),
        "change_percent": round(100 * (last / second - 1), 1),
        "window": window,
    }


def _lives(held: Sequence[Sequence[int]], workers: int) -> dict[str, Any] | None:
    """Compare the second round of workers with the last one that was read to its end; None with less than three."""
    full = [life for life in held if len(life) == max(map(len, held))]
    rounds = [full[at : at + workers] for at in range(0, len(full) - workers + 1, workers)]
    if len(rounds) < 3:
        return None
    second, last = (mean(memory for life in rounds[at] for memory in life) for at in (1, -1))
    return {
        "sources_each": len(full[0]),
        "rounds": len(rounds),
        "second": round(second / 1e6, 1),
        "last": round(last / 1e6, 1),
        "change_percent": round(100 * (last / second - 1), 1),
        "most": [round(max(max(life) for life in lives) / 1e6, 1) for lives in rounds],
    }


def _orders(done: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Deal the measured seconds to workers in several orders; the time that it takes, over that of a perfect division."""
    taken = [(event["size"], event["source"], event["seconds"]["read"]) for event in done]
    orders = {
        "largest first": sorted(taken, key=lambda one: -one[0]),
        "smallest first": sorted(taken, key=lambda one: one[0]),
        "as listed": sorted(taken, key=lambda one: one[1]),
    }
    return {
        name: {str(workers): round(_makespan([s for _, _, s in order], workers), 3) for workers in (2, 8, 32)}
        for name, order in orders.items()
    }


def _makespan(seconds: Sequence[float], workers: int) -> float:
    free = [0.0] * workers
    for taken in seconds:
        heapq.heapreplace(free, free[0] + taken)
    return max(free) / (sum(seconds) / workers)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--window", type=int, default=1000)
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="coopnlp-scale-"))
    began = time.monotonic()
    runs = []
    try:
        for workers in given.workers:
            runs.append(measure(given.folder, work, workers, given.window))
            sys.stderr.write(json.dumps(runs[-1], ensure_ascii=False) + "\n")  # hours may follow
    finally:
        shutil.rmtree(work, ignore_errors=True)
    first = runs[0]["documents_per_s"]
    told = {
        "runs": runs,
        "times_the_first": {str(one["workers"]): round(one["documents_per_s"] / first, 2) for one in runs},
        "seconds": round(time.monotonic() - began, 1),
    }
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    if given.output is not None:
        given.output.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
