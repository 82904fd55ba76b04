"""Worker processes that load the models themselves: paths in, results out, one source in hand each.

A process of its own, rather than a pool of the standard library, because a pool
that loses a process cannot say which source it was reading. A worker that ends
in the middle of a source is replaced, and the source is tried once more when
nothing else runs, for it may have been another one that took the memory. A
worker that passes the time limit is stopped.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Any

from coopnlp.api import MISTAKES, failure
from coopnlp.errors import CoopnlpError, ModelError
from coopnlp.extract import Limits
from coopnlp.types import Failure, Result

__all__ = ["Process", "attempt", "read_all"]

Process = Callable[[str | Path], Result]
Outcome = tuple[str | Path, Result | Failure]

# Loading both models takes seconds; a machine that swaps, minutes.
_START_TIMEOUT_S = 600.0
_STOP_TIMEOUT_S = 5.0


def load_default(limits: Limits) -> Process:
    """Load the models, then return the function of the library that reads a source within limits."""
    from coopnlp import api
    from coopnlp.extract.guard import warm_up

    warm_up()
    api.load()
    return partial(api.process, limits=limits)


def attempt(process: Process, source: str | Path) -> Result | Failure:
    """Read a source; what goes wrong with it is a value.

    Raises
    ------
    ModelError
        A model is missing: no source could be read.
    """
    try:
        return process(source)
    except ModelError:
        raise
    except (CoopnlpError, *MISTAKES) as error:
        return failure(source, error)


def read_all(
    sources: Iterable[str | Path],
    *,
    process: Process | None,
    workers: int,
    timeout_s: float,
    limits: Limits | None = None,
) -> Generator[Outcome, None, None]:
    """Yield each source with its result or failure, as they come.

    Closing the iterator stops the workers.

    Parameters
    ----------
    process
        A function that a new process can import by name; by default that of the
        library, within ``limits``.
    workers
        Processes; 0 reads in this one, without time limit, for looking into it
        with a debugger.

    Raises
    ------
    ModelError
        A worker could not load its models, or ended while it did.
    """
    limits = limits or Limits()
    if workers == 0:
        read = process or load_default(limits)
        yield from ((source, attempt(read, source)) for source in sources)
        return
    crew = _Crew(process, timeout_s, limits)
    try:
        yield from crew.read(iter(sources), workers)
        suspects, crew.suspects = crew.suspects, []
        crew.last_try = True
        yield from crew.read(iter(suspects), 1)
    finally:
        crew.stop()


class _Worker:
    """A process, the pipe to it, and what it has in hand."""

    def __init__(self, process: Process | None, limits: Limits) -> None:
        # spawn: a fork would copy locks and threads of the parent in whatever state they are.
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, process, limits), daemon=True)
        self.process.start()
        theirs.close()
        self.ready = False
        self.source: str | Path | None = None
        self.since = time.monotonic()

    @property
    def busy(self) -> bool:
        """Whether something is to be heard from it: that it is ready, or what it read."""
        return self.source is not None or not self.ready

    def give(self, source: str | Path) -> None:
        self.source, self.since = source, time.monotonic()
        with suppress(OSError):  # it has ended: that is seen when its end is waited for
            self.pipe.send(source)

    def stop(self, *, at_once: bool) -> int | None:
        """End the process and return its exit code."""
        self.pipe.close()  # an idle worker ends when the pipe does
        if at_once:
            self.process.kill()
        self.process.join(_STOP_TIMEOUT_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        code = self.process.exitcode
        self.process.close()
        return code


class _Crew:
    """The workers of one run."""

    def __init__(self, process: Process | None, timeout_s: float, limits: Limits) -> None:
        self.process = process
        self.timeout_s = timeout_s
        self.limits = limits
        self.workers: list[_Worker] = []
        self.suspects: list[str | Path] = []
        self.last_try = False

    def read(self, sources: Iterator[str | Path], size: int) -> Iterator[Outcome]:
        waiting = next(sources, None)
        while waiting is not None or any(worker.source is not None for worker in self.workers):
            for worker in self.workers:
                if waiting is not None and worker.ready and worker.source is None:
                    worker.give(waiting)
                    waiting = next(sources, None)
            while waiting is not None and len(self.workers) < size:
                self.workers.append(_Worker(self.process, self.limits))
            yield from self._listen()

    def _listen(self) -> Iterator[Outcome]:
        """Wait until a worker says something, ends, or passes its limit."""
        busy = {worker.pipe: worker for worker in self.workers if worker.busy}
        if not busy:
            return
        now = time.monotonic()
        limits = [self._limit(worker) - now for worker in busy.values()]
        heard = wait(list(busy), timeout=max(0.0, min(limits)))
        for pipe in heard:
            assert isinstance(pipe, Connection)
            yield from self._hear(busy[pipe])
        now = time.monotonic()
        for worker in [worker for worker in self.workers if worker.busy and now > self._limit(worker)]:
            if not worker.pipe.poll():  # what it says at the last moment counts
                yield from self._late(worker)

    def _limit(self, worker: _Worker) -> float:
        return worker.since + (self.timeout_s if worker.ready else _START_TIMEOUT_S)

    def _hear(self, worker: _Worker) -> Iterator[Outcome]:
        try:
            told: Any = worker.pipe.recv()
        except (EOFError, OSError):
            yield from self._lost(worker)
            return
        if isinstance(told, ModelError):
            raise told
        source, worker.source = worker.source, None
        worker.ready = True
        if source is not None:
            yield source, told

    def _lost(self, worker: _Worker) -> Iterator[Outcome]:
        self.workers.remove(worker)
        code = worker.stop(at_once=False)
        if worker.source is None and not worker.ready:
            raise ModelError(
                f"a worker ended ({_exit(code)}) while it loaded the models. "
                "Check the memory of the machine and use fewer workers; `coopnlp info` says whether the models load."
            )
        if worker.source is None:
            return
        if not self.last_try:
            self.suspects.append(worker.source)
            return
        told = (
            f"{worker.source}: the process that read it ended ({_exit(code)}), twice. "
            "It may need more memory than the machine has, or break a reader: please report it."
        )
        yield worker.source, Failure(source=str(worker.source), error="WorkerLost", message=told)

    def _late(self, worker: _Worker) -> Iterator[Outcome]:
        self.workers.remove(worker)
        worker.stop(at_once=True)
        if worker.source is None:
            raise ModelError(
                f"a worker was not ready after {_START_TIMEOUT_S:.0f} s. Use fewer workers on this machine."
            )
        told = f"{worker.source}: stopped at its limit of {self.timeout_s:g} s. Split it, or raise the limit."
        yield worker.source, Failure(source=str(worker.source), error="TimedOut", message=told)

    def stop(self) -> None:
        for worker in self.workers:
            worker.stop(at_once=worker.busy)
        self.workers = []


def _exit(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"exit code {code}"


class _Told:
    """Tells the parent of an error that nobody expected, then lets the worker end."""

    def __init__(self, pipe: Connection, source: str | Path) -> None:
        self.pipe = pipe
        self.source = source

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, ModelError):
            self.pipe.send(failure(self.source, error))
            raise SystemExit(1) from error


def _work(pipe: Connection, process: Process | None, limits: Limits) -> None:
    """Read sources from the pipe until it is closed. Runs in the worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    try:
        read = process or load_default(limits)
        pipe.send(None)
        while True:
            source = pipe.recv()
            with _Told(pipe, source):
                outcome = attempt(read, source)
            pipe.send(outcome)
    except ModelError as error:
        pipe.send(error)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
