"""Metrics of a run in the text format of Prometheus, for the textfile collector of its node exporter.

The format is prometheus.io/docs/instrumenting/exposition_formats; the collector
reads any ``*.prom`` in its folder, at any moment: the file is written beside its
name and put in place whole.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from coopnlp.batch.logs import event
from coopnlp.batch.summary import Progress
from coopnlp.batch.tally import Tally
from coopnlp.errors import CoopnlpError

__all__ = ["Metrics", "to_text"]

# What scrapes the exporter does it every 15 s by default.
_EVERY_S = 15.0


class Metrics:
    """The file of a run's metrics; nothing where there is none.

    Raises
    ------
    CoopnlpError
        Nothing can be written there.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._written = 0.0
        if path is not None and (path.is_dir() or not os.access(path.absolute().parent, os.W_OK)):
            raise CoopnlpError(
                f"{path}: metrics cannot be written there. Give a file in a folder that can be written to."
            )

    def write_sometimes(self, step: Progress, tally: Tally) -> None:
        """Write, where the last time was some seconds ago."""
        if self.path is not None and time.monotonic() - self._written > _EVERY_S:
            self.write(step, tally)

    def write(self, step: Progress, tally: Tally, *, ended: bool = False) -> None:
        """Write the metrics of this moment. A disk that is full is logged; the run goes on."""
        if self.path is None:
            return
        self._written = time.monotonic()
        partial = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            partial.write_text(to_text(step, tally, ended=ended), encoding="utf-8")
            partial.replace(self.path)
        except OSError as error:
            event("metrics not written", file=str(self.path), reason=error.strerror)
            with suppress(OSError):
                partial.unlink()


def to_text(step: Progress, tally: Tally, *, ended: bool) -> str:
    """Return the metrics in the text format."""
    return "\n".join(_lines(step, tally, ended=ended)) + "\n"


def _lines(step: Progress, tally: Tally, *, ended: bool) -> Iterator[str]:
    states = {"done": step.done, "failed": step.failed, "skipped": step.skipped}
    if step.total is not None:
        states["waiting"] = max(0, step.total - step.read)
    yield from _metric(
        "sources", "gauge", "Sources of this run by state.", [({"state": s}, n) for s, n in states.items()]
    )
    yield from _metric("noted_sources_total", "counter", "Sources that were found.", [({}, step.noted)])
    yield from _metric("pages_total", "counter", "Pages that were read.", [({}, tally.pages)])
    yield from _metric("entities_total", "counter", "Entities that were found.", [({}, tally.entities)])
    yield from _metric("bytes_total", "counter", "Bytes that were read.", [({}, tally.bytes)])
    stages = [({"stage": stage}, seconds) for stage, seconds in sorted(tally.stages.items())]
    yield from _metric("stage_seconds_total", "counter", "Seconds by stage, over all workers.", stages)
    errors = [({"error": error}, count) for error, count in sorted(tally.errors.items())]
    yield from _metric("failures_total", "counter", "Sources that failed in this run, by error.", errors)
    memory = [({"worker": str(worker)}, held) for worker, held in sorted(tally.memory.items())[-64:]]
    yield from _metric("worker_resident_bytes", "gauge", "Memory of a worker after its last source.", memory)
    if step.per_second is not None:
        yield from _metric("sources_per_second", "gauge", "Over the last minute.", [({}, step.per_second)])
    if step.left_s is not None and not ended:
        yield from _metric("left_seconds", "gauge", "What waits will take, at this pace.", [({}, step.left_s)])
    yield from _metric("running", "gauge", "1 while the run goes on.", [({}, 0 if ended else 1)])
    yield from _metric("written_timestamp_seconds", "gauge", "When this was written.", [({}, time.time())])


def _metric(name: str, kind: str, told: str, values: Sequence[tuple[dict[str, str], float]]) -> Iterator[str]:
    if not values:
        return
    yield f"# HELP coopnlp_batch_{name} {told}"
    yield f"# TYPE coopnlp_batch_{name} {kind}"
    for labels, value in values:
        shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"coopnlp_batch_{name}{{{shown}}} {value:.10g}" if shown else f"coopnlp_batch_{name} {value:.10g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
