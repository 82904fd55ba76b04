"""The journal with a million sources: rate of noting, memory, bytes, and what a claim costs then.

``python -m tests.benchmarks.journal [--count 1000000] [--register URL]``

Sources are made up (a digest and a path each), nothing is read. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from pathlib import Path

from coopnlp.batch.reading import resident_bytes
from coopnlp.register import Register, Sighting, Versions
from coopnlp.types import Failure

_TOGETHER = 200
_USED = Versions(library="0")


def sighting(number: int) -> Sighting:
    """Return a made-up source."""
    name = f"piece-{number:08}.pdf"
    digest = hashlib.sha256(name.encode()).hexdigest()
    path = f"/archives/{number // 1000:05}/{name}"
    return Sighting(address=path, name=name, path=path, sha256=digest, size=number * 7919 % 1_000_000)


def measure(register: Register, count: int) -> dict[str, object]:
    """Note so many sources, and claim some."""
    told: dict[str, object] = {"count": count}
    for name in ("first", "second"):  # the second run finds everything known
        run = register.begin()
        rates, memory = [], []
        for at in range(0, count, count // 10):
            began = time.perf_counter()
            for start in range(at, at + count // 10, _TOGETHER):
                some = [sighting(number) for number in range(start, start + _TOGETHER)]
                register.enrol(some, versions=_USED, run=run)
            rates.append(round(count / 10 / (time.perf_counter() - began)))
            memory.append(round(resident_bytes() / 1e6, 1))
        told[name] = {"noted_per_s_by_tenth": rates, "memory_mb_by_tenth": memory}
        if name == "first":
            register.end(run)
    for what, work in (
        ("left_ms", lambda: register.left(run)),
        ("mark_gone_ms", lambda: register.mark_gone(run, ["/archives"])),
    ):
        began = time.perf_counter()
        work()
        told[what] = round(1000 * (time.perf_counter() - began), 1)
    claims, fails = [], []
    for _ in range(500):
        began = time.perf_counter()
        taken = register.claim(run, limit=8)
        claims.append(time.perf_counter() - began)
        for claim in taken:
            began = time.perf_counter()
            register.fail(claim, Failure(source=claim.seen.address, error="NoText", message="vide"), versions=_USED)
            fails.append(time.perf_counter() - began)
    told["claim_8_ms"] = {
        "first": round(1000 * sum(claims[:50]) / 50, 2),
        "last": round(1000 * sum(claims[-50:]) / 50, 2),
    }
    told["settle_ms"] = round(1000 * sum(fails) / len(fails), 2)
    told["register_mb_with_plan"] = round((register.size_bytes() or 0) / 1e6, 1)
    began = time.perf_counter()
    register.end(run)
    told["end_s"] = round(time.perf_counter() - began, 2)
    return told


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--register")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="coopnlp-journal-") as folder,
        Register(given.register or Path(folder) / "r.db") as register,
    ):
        sys.stdout.write(json.dumps(measure(register, given.count), indent=1) + "\n")


if __name__ == "__main__":
    main()
