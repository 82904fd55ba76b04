"""What the process that writes costs a document: seconds of its processor, all that a batch does beside reading.

``python -m tests.benchmarks.writing FOLDER [--sample 300] [--workers 2] [--each 0.08] [--postgresql URL]``

Reads a sample of the folder with the library first. Then a batch runs whose
workers only give back what was read, each after as many seconds as reading may
take: what the batch's own process spends on its processor, from the first
source to the last, is that of hearing from the workers, writing, claiming,
logging and counting. Processor seconds depend less on what else the machine
does than those on the clock; a busy machine still makes them more. Prints one
JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from coopnlp import api
from coopnlp.batch import run
from coopnlp.batch.logs import json_lines
from coopnlp.batch.reading import attempt
from coopnlp.batch.state import Run
from coopnlp.types import Failure, Result

_STORE, _EACH = "COOPNLP_BENCHMARK_STORE", "COOPNLP_BENCHMARK_EACH"


def stored(source: str | Path) -> Result:
    """Give back what was read of a source; in a worker."""
    kept = (Path(os.environ[_STORE]) / f"{Path(source).name}.json").read_bytes()
    result = Result.model_validate_json(kept)
    time.sleep(float(os.environ[_EACH]))
    return result


def store(files: Sequence[Path], target: Path) -> list[Path]:
    """Read files and keep the results; return those that could be read."""
    kept = []
    for path in files:
        result = attempt(api.process, path)
        if not isinstance(result, Failure):
            (target / f"{path.name}.json").write_text(result.model_dump_json(), encoding="utf-8")
            kept.append(path)
    return kept


def measure(files: Sequence[Path], register: str, log: Path, workers: int) -> dict[str, float]:
    """Run the batch and return what its process spent on each document."""
    spent: list[tuple[float, float]] = []
    read = Run.read

    def timed(self: Run, *args: object, **options: object) -> None:
        began = time.process_time(), time.perf_counter()
        read(self, *args, **options)  # type: ignore[arg-type]
        spent.append((time.process_time() - began[0], time.perf_counter() - began[1]))

    with patch.object(Run, "read", timed), json_lines(log):
        summary = run(files, register, workers=workers, process=stored)
    ((processor_s, clock_s),) = spent
    return {
        "documents": summary.done,
        "processor_ms_each": round(1000 * processor_s / summary.done, 2),
        "documents_per_s": round(summary.done / clock_s, 1),
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--each", type=float, default=0.08)
    parser.add_argument("--postgresql", metavar="URL", help="of an empty database; else an SQLite file")
    given = parser.parse_args()
    files = sorted(path for path in given.folder.rglob("*") if path.is_file())
    with tempfile.TemporaryDirectory(prefix="coopnlp-writing-") as folder:
        target = Path(folder) / "read"
        target.mkdir()
        os.environ[_STORE], os.environ[_EACH] = str(target), str(given.each)
        kept = store(files[:: max(1, len(files) // given.sample)][: given.sample], target)
        register = given.postgresql or str(Path(folder) / "r.db")
        told = measure(kept, register, Path(folder) / "lot.jsonl", given.workers)
    sys.stdout.write(json.dumps({**told, "load": os.getloadavg()[0]}) + "\n")


if __name__ == "__main__":
    main()
