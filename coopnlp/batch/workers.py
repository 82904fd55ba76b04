"""Worker processes that load the models themselves: claims in, readings out, one source in hand each.

A process of its own, rather than a pool of the standard library, because a pool
that loses a process cannot say which source it was reading. A worker that ends
in the middle of a source is replaced, and the source is tried once more when
nothing else runs, for it may have been another one that took the memory. A
worker that passes the time limit is stopped. One that has read many sources, or
holds much memory, is replaced by a new one between two sources.

Nothing piles up: a worker is given the next source when its last result was
taken, and a source is asked for when a worker is free for it.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Any

from coopnlp.api import failure
from coopnlp.batch.logs import event
from coopnlp.batch.reading import Outcome, Reading, Work, read_one, resident_bytes
from coopnlp.errors import ModelError
from coopnlp.register.values import Claim
from coopnlp.types import Failure

__all__ = ["read_all"]

# Loading both models takes seconds; a machine that swaps, minutes.
_START_TIMEOUT_S = 600.0
_STOP_TIMEOUT_S = 5.0
# Seconds between two looks at what others have in hand, and at whether the run shall stop.
_TICK_S = 0.5


def read_all(
    claims: Iterator[Claim | None], work: Work, *, workers: int, stopped: Callable[[], bool] = lambda: False
) -> Generator[Outcome, None, None]:
    """Yield each claim with its reading, as they come, and None from time to time.

    Closing the iterator stops the workers, whatever they have in hand.

    Parameters
    ----------
    claims
        What to read. It is asked when a worker is free; None says that there is
        nothing now but may be later.
    workers
        Processes; 0 reads in this one, without time limit, for looking into it
        with a debugger.
    stopped
        Asked before a source is handed out: when it is true, what is in hand is
        read to its end, and nothing else.

    Raises
    ------
    ModelError
        A worker could not load its models, or ended while it did.
    """
    if workers == 0:
        yield from _read_here(claims, work, stopped)
        return
    crew = _Crew(claims, work, workers, stopped)
    try:
        yield from crew.read()
    finally:
        crew.stop()


def _read_here(claims: Iterator[Claim | None], work: Work, stopped: Callable[[], bool]) -> Iterator[Outcome]:
    read = None
    for claim in claims:
        if stopped():
            return
        if claim is None:
            time.sleep(_TICK_S)
            yield None
            continue
        read = read or work.reader()
        yield claim, read_one(read, claim.source, rows=work.rows)


class _Worker:
    """A process, the pipe to it, and what it has in hand."""

    def __init__(self, number: int, work: Work) -> None:
        # spawn: a fork would copy locks and threads of the parent in whatever state they are.
        context = multiprocessing.get_context("spawn")
        self.number = number
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, work, number), daemon=True)
        with _without_interrupt():
            self.process.start()
        theirs.close()
        self.ready = False
        self.claim: Claim | None = None
        self.since = time.monotonic()
        self.read = 0
        self.memory_limit = work.memory_bytes

    @property
    def free(self) -> bool:
        return self.ready and self.claim is None

    @property
    def busy(self) -> bool:
        """Whether something is to be heard from it: that it is ready, or what it read."""
        return self.claim is not None or not self.ready

    def give(self, claim: Claim) -> None:
        self.claim, self.since = claim, time.monotonic()
        with suppress(OSError):  # it has ended: that is seen when its end is waited for
            self.pipe.send(claim.source)

    def begin(self, memory: int) -> None:
        self.ready = True
        self.memory_limit = max(self.memory_limit, memory + memory // 4)

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

    def __init__(self, claims: Iterator[Claim | None], work: Work, size: int, stopped: Callable[[], bool]) -> None:
        self.claims = claims
        self.work = work
        self.size = size
        self.stopped = stopped
        self.workers: list[_Worker] = []
        self.retired: list[_Worker] = []
        self.started = 0
        # asked for, and not given to a worker yet
        self.next: Claim | None = None
        self.suspects: list[Claim] = []
        self.alone: Claim | None = None
        self.ended = False

    def read(self) -> Iterator[Outcome]:
        while True:
            self._hand_out()
            if self.ended and self.next is None and self.alone is None and not self._in_hand():
                return
            yield from self._listen()

    def _in_hand(self) -> bool:
        return any(worker.claim is not None for worker in self.workers)

    def _hand_out(self) -> None:
        """Give every free worker a source; start workers while there are sources for them."""
        self._reap()
        if self.stopped():
            self.ended, self.next, self.suspects = True, None, []
            if not self._in_hand():
                self.alone = None
            return
        if self.alone is not None:
            self._hand_out_alone()
            return
        while self._ask():
            assert self.next is not None
            worker = next((worker for worker in self.workers if worker.free), None)
            if worker is not None:
                worker.give(self.next)
                self.next = None
            elif len(self.workers) < self.size:
                self._start()
            else:
                return
        if self.suspects and self.next is None and not self._in_hand():
            self.alone = self.suspects.pop(0)
            self._hand_out_alone()

    def _hand_out_alone(self) -> None:
        """Try a suspect once more; everybody else waits."""
        assert self.alone is not None
        if self._in_hand():
            return
        worker = next((worker for worker in self.workers if worker.free), None)
        if worker is not None:
            worker.give(self.alone)
        elif not self.workers:
            self._start()

    def _ask(self) -> bool:
        """Tell whether a source waits for a worker; ask for one only where a worker may take it."""
        if self.next is None and not self.ended:
            if len(self.workers) >= self.size and not any(worker.free for worker in self.workers):
                return False
            try:
                self.next = next(self.claims)
            except StopIteration:
                self.ended = True
        return self.next is not None

    def _start(self) -> None:
        self.started += 1
        self.workers.append(_Worker(self.started, self.work))

    def _listen(self) -> Iterator[Outcome]:
        """Wait until a worker says something, ends, passes its limit, or a moment has passed."""
        busy = {worker.pipe: worker for worker in self.workers if worker.busy}
        if not busy:
            time.sleep(_TICK_S)
            yield None
            return
        now = time.monotonic()
        limit = min(_TICK_S, *(self._limit(worker) - now for worker in busy.values()))
        heard = wait(list(busy), timeout=max(0.0, limit))
        if not heard:
            yield None
        for pipe in heard:
            assert isinstance(pipe, Connection)
            yield from self._hear(busy[pipe])
        now = time.monotonic()
        for worker in [worker for worker in self.workers if worker.busy and now > self._limit(worker)]:
            if not worker.pipe.poll():  # what it says at the last moment counts
                yield from self._late(worker)

    def _limit(self, worker: _Worker) -> float:
        return worker.since + (self.work.timeout_s if worker.ready else _START_TIMEOUT_S)

    def _hear(self, worker: _Worker) -> Iterator[Outcome]:
        try:
            told: Any = worker.pipe.recv()
        except (EOFError, OSError):
            yield from self._lost(worker)
            return
        if isinstance(told, ModelError):
            raise told
        if isinstance(told, int):
            worker.begin(told)
            return
        assert isinstance(told, Reading)
        claim, worker.claim = worker.claim, None
        assert claim is not None
        worker.read += 1
        if told.last or worker.read >= self.work.sources_each or told.memory_bytes > worker.memory_limit:
            self._retire(worker)
        if claim is self.alone:
            self.alone = None
        self._hand_out()  # it reads on while its result is written
        yield claim, told

    def _retire(self, worker: _Worker) -> None:
        """Let a worker go that has nothing in hand; another one is started when there is something to do."""
        event("worker replaced", worker=worker.number, sources=worker.read)
        self.workers.remove(worker)
        worker.pipe.close()
        self.retired.append(worker)

    def _reap(self) -> None:
        for worker in [worker for worker in self.retired if not worker.process.is_alive()]:
            self.retired.remove(worker)
            worker.process.close()

    def _lost(self, worker: _Worker) -> Iterator[Outcome]:
        self.workers.remove(worker)
        code = worker.stop(at_once=False)
        claim = worker.claim
        address = claim.seen.address if claim is not None else None
        event("worker lost", worker=worker.number, exit=_exit(code), source=address)
        if claim is None:
            if worker.ready:
                return
            raise ModelError(
                f"a worker ended ({_exit(code)}) while it loaded the models. "
                "Check the memory of the machine and use fewer workers; `coopnlp info` says whether the models load."
            )
        if claim is not self.alone:
            self.suspects.append(claim)
            return
        self.alone = None
        told = (
            f"{claim.seen.address}: the process that read it ended ({_exit(code)}), twice. "
            "It may need more memory than the machine has, or break a reader: please report it."
        )
        yield claim, self._failed(worker, claim, "WorkerLost", told)

    def _late(self, worker: _Worker) -> Iterator[Outcome]:
        self.workers.remove(worker)
        worker.stop(at_once=True)
        claim = worker.claim
        if claim is None:
            raise ModelError(
                f"a worker was not ready after {_START_TIMEOUT_S:.0f} s. Use fewer workers on this machine."
            )
        if claim is self.alone:
            self.alone = None
        told = f"{claim.seen.address}: stopped at its limit of {self.work.timeout_s:g} s. Split it, or raise the limit."
        yield claim, self._failed(worker, claim, "TimedOut", told)

    def _failed(self, worker: _Worker, claim: Claim, error: str, message: str) -> Reading:
        failed = Failure(source=claim.seen.address, error=error, message=message)
        return Reading(failed, {"read": time.monotonic() - worker.since}, 0, worker.number)

    def stop(self) -> None:
        for worker in self.workers:
            worker.stop(at_once=worker.busy)
        for worker in self.retired:
            worker.stop(at_once=False)
        self.workers, self.retired = [], []


def _exit(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"exit code {code}"


@contextmanager
def _without_interrupt() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach, not even before their first line: it is the parent's to handle."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Told:
    """Tells the parent of an error that nobody expected, then lets the worker end."""

    def __init__(self, pipe: Connection, source: str | Path, worker: int) -> None:
        self.pipe = pipe
        self.source = source
        self.worker = worker

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, ModelError):
            self.pipe.send(Reading(failure(self.source, error), {}, worker=self.worker, last=True))
            raise SystemExit(1) from error


def _work(pipe: Connection, work: Work, number: int) -> None:
    """Read sources from the pipe until it is closed. Runs in the worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        read = work.reader()
        pipe.send(resident_bytes())
        while True:
            source = pipe.recv()
            with _Told(pipe, source, number):
                reading = read_one(read, source, worker=number, rows=work.rows)
            pipe.send(reading)
    except ModelError as error:
        pipe.send(error)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
