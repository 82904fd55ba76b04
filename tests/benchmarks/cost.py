"""What a thousand documents cost in seconds of the processor, by stage and format, and the arithmetic from there.

``python -m tests.benchmarks.cost FOLDER [--sample 200] [-o FILE]``

Reads a sample (files at equal distances in the sorted folder) in this process,
by its processor clock, so that other work on the machine does not count, into a
register that is removed. Prints one JSON object; with it the arithmetic to a
million and ten million documents of this mixture: hours of one core and of
several, and bytes of the register. What it leaves out: the message to
and from the process that reads a file (half a millisecond), loading the models
(seconds a worker), and OCR, which a folder without scans does not need.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from coopnlp import api
from coopnlp.batch.reading import attempt
from coopnlp.batch.summary import STAGES
from coopnlp.register import Register, versions
from coopnlp.types import Failure

_CORES = (2, 16, 64, 256)


def measure(files: list[Path]) -> dict[str, Any]:
    """Read files and return what they cost."""
    api.load()
    attempt(api.process, files[0])  # what is loaded once is not counted
    costs: dict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    with tempfile.TemporaryDirectory(prefix="coopnlp-cost-") as folder, Register(Path(folder) / "r.db") as register:
        versions()
        empty = register.size_bytes() or 0
        for path in files:
            kind = costs[path.suffix.lower()]
            with api.timed(time.process_time) as seconds:
                result = attempt(api.process, path)
            for stage, taken in seconds.items():
                kind[stage] += taken
            kind["documents"] += 1
            kind["bytes"] += path.stat().st_size
            if isinstance(result, Failure):
                kind["failed"] += 1
                continue
            kind["characters"] += len(result.extraction.text)
            kind["pages"] += len(result.extraction.page_starts)
            began = time.process_time()
            register.add(result)
            kind["write"] += time.process_time() - began
        register.close()
        size = (Path(folder) / "r.db").stat().st_size - empty
    return _told(costs, size)


def _told(costs: dict[str, defaultdict[str, float]], register_bytes: int) -> dict[str, Any]:
    whole: defaultdict[str, float] = defaultdict(float)
    for cost in costs.values():
        for name, value in cost.items():
            whole[name] += value
    count = whole["documents"]
    each = sum(whole[stage] for stage in STAGES) / count
    return {
        "all": _per_thousand(whole),
        "by_format": {kind: _per_thousand(cost) for kind, cost in sorted(costs.items())},
        "register_kb_each": round(register_bytes / count / 1000, 1),
        "arithmetic": {
            f"{number:,}": {
                "core_hours": round(number * each / 3600),
                "hours_on_cores": {str(cores): round(number * each / 3600 / cores, 1) for cores in _CORES},
                "writing_core_hours": round(number * whole["write"] / count / 3600, 1),
                "register_gb": round(number * register_bytes / count / 1e9),
                "sources_gb": round(number * whole["bytes"] / count / 1e9),
            }
            for number in (1_000_000, 10_000_000)
        },
    }


def _per_thousand(cost: defaultdict[str, float]) -> dict[str, float]:
    count = cost["documents"]
    stages = {stage: round(1000 * cost[stage] / count, 1) for stage in STAGES if stage in cost}
    return {
        "documents": int(count),
        "failed": int(cost["failed"]),
        "kb_each": round(cost["bytes"] / count / 1000, 1),
        "characters_each": round(cost["characters"] / count),
        **stages,
        "in_all": round(sum(1000 * cost[stage] / count for stage in STAGES), 1),
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    files = sorted(path for path in given.folder.rglob("*") if path.is_file())
    told = measure(files[:: max(1, len(files) // given.sample)][: given.sample])
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    if given.output is not None:
        given.output.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
