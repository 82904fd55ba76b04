"""The log of a run as JSON Lines: an object an event, for machines to read."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coopnlp.batch.reading import Reading, Written
from coopnlp.errors import CoopnlpError
from coopnlp.register.prepared import Prepared
from coopnlp.register.values import Claim
from coopnlp.text import legible
from coopnlp.types import Failure

__all__ = ["event", "json_lines", "outcome_event"]

_log = logging.getLogger("coopnlp.batch")


def event(name: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """Log an event with its fields; absent ones are left out."""
    _log.log(level, name, extra={"fields": {key: value for key, value in fields.items() if value is not None}})


def outcome_event(run: int, claim: Claim, reading: Reading, write_s: float, *, written: bool) -> None:
    """Log what became of a source, and what it cost."""
    told: dict[str, Any] = {
        "run": run,
        "source": claim.seen.address,
        "sha256": claim.seen.sha256,
        "size": claim.seen.size,
        "seconds": {stage: round(taken, 4) for stage, taken in reading.seconds.items()},
        "write_s": round(write_s, 5),
        "worker": reading.worker,
        "memory_bytes": reading.memory_bytes or None,
        "lost_claim": None if written else True,
    }
    outcome = reading.outcome
    if isinstance(outcome, Failure):
        event(
            "source failed", error=outcome.error, message=outcome.message, trace=outcome.trace,
            traceback=outcome.traceback, **told,
        )  # fmt: skip
    else:
        counts = Written.of(outcome) if isinstance(outcome, Prepared) else outcome
        assert isinstance(counts, Written)
        event("source done", pages=counts.pages or None, entities=counts.entities, **told)


@contextmanager
def json_lines(path: Path | None) -> Iterator[None]:
    """Write what the library logs inside the block at the end of a file; nothing without one.

    Each line has ``time``, ``level`` and ``event``, and the fields of the event.

    Raises
    ------
    CoopnlpError
        The file cannot be written.
    """
    if path is None:
        yield
        return
    try:
        handler = _Lines(path, encoding="utf-8")
    except OSError as error:
        raise CoopnlpError(f"{path}: the log cannot be written ({error.strerror}). Give another file.") from error
    handler.setFormatter(_Json())
    root = logging.getLogger("coopnlp")
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
        handler.close()


class _Lines(logging.FileHandler):
    def handleError(self, record: logging.LogRecord) -> None:
        """A log that cannot be written to (a full disk) is no reason to stop a run that goes on."""


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": legible(record.getMessage()),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)
