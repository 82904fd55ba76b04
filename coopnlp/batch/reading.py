"""Reading one source: how, within what limits, what came of it and what that cost. The same for every engine."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from coopnlp.api import MISTAKES, failure, timed
from coopnlp.batch.filesystems import is_remote, process_remote
from coopnlp.errors import CoopnlpError, ModelError
from coopnlp.extract import Limits
from coopnlp.register.prepared import Prepared, prepare
from coopnlp.register.values import Claim
from coopnlp.types import Failure, Result

__all__ = ["Outcome", "Process", "Reading", "Work", "Written", "attempt", "read_one", "resident_bytes"]

Process = Callable[[str | Path], Result]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Work:
    """How sources are read, whatever the engine.

    ``process`` reads one; a new process can import it by name; None is that of
    the library, within ``limits``. ``timeout_s`` is the limit on one source.
    A worker is replaced after ``sources_each`` sources, and when it holds more
    than ``memory_bytes`` after one; a quarter more than it held when it was
    ready is always allowed. With ``rows`` a reading holds the rows of a result
    instead of the result: less to send, and nothing left to do but to write them.
    """

    process: Process | None = None
    limits: Limits = field(default_factory=Limits)
    timeout_s: float = 3600.0
    sources_each: int = 1000
    memory_bytes: int = 3_000_000_000
    rows: bool = False

    def reader(self) -> Process:
        """Return what reads a source, its models loaded."""
        if self.process is not None:
            return self.process
        from coopnlp import api
        from coopnlp.extract.guard import warm_up

        warm_up()
        api.load()
        return partial(_process, limits=self.limits)


@dataclass(frozen=True, slots=True)
class Written:
    """What is counted of a result. ``landed`` says that its worker has written it, and that its rows were new.

    It is None where it is still to be written.
    """

    bytes: int
    pages: int
    entities: int
    landed: bool | None = None

    @classmethod
    def of(cls, made: Prepared, *, landed: bool | None = None) -> Written:
        return cls(made.source.size, made.pages, made.entities, landed)


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a source, and what it cost: seconds by stage and in all, the worker's memory after it.

    ``memory_bytes`` is 0 where the system does not tell; ``worker`` tells one
    process from another; after its ``last`` source a worker ends.
    """

    outcome: Result | Prepared | Written | Failure
    seconds: dict[str, float]
    memory_bytes: int = 0
    worker: int = 0
    last: bool = False


#: A source with its reading; None says that time has passed.
Outcome = tuple[Claim, Reading] | None


def _process(source: str | Path, *, limits: Limits) -> Result:
    """Read a source with the library, wherever it lies."""
    from coopnlp import api

    if is_remote(source):
        return process_remote(partial(api.process, limits=limits), str(source))
    return api.process(source, limits=limits)


def attempt(process: Process, source: str | Path) -> Result | Failure:
    """Read a source; what goes wrong with it is a value.

    Raises
    ------
    ModelError
        A model is missing: no source could be read.
    """
    return _attempt(lambda: process(source), source)


def _attempt(work: Callable[[], _T], source: str | Path) -> _T | Failure:
    try:
        return work()
    except ModelError:
        raise
    except (CoopnlpError, *MISTAKES) as error:
        return failure(source, error)


def read_one(process: Process, source: str | Path, *, worker: int = 0, rows: bool = False) -> Reading:
    """Read a source and tell what that cost; with ``rows``, as the rows that it becomes."""
    began = time.perf_counter()
    with timed() as seconds:
        result = attempt(process, source)
    read = time.perf_counter()
    told = {**seconds, "read": read - began}
    if isinstance(result, Failure) or not rows:
        return Reading(result, told, resident_bytes(), worker)
    made = _attempt(lambda: prepare(result), source)
    return Reading(made, {**told, "write": time.perf_counter() - read}, resident_bytes(), worker)


def resident_bytes() -> int:
    """Return the memory that this process holds, or the most that it held where only that is known; 0 if neither."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        import resource

        return pages * resource.getpagesize()
    except (OSError, ValueError, IndexError, ImportError):
        pass
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
