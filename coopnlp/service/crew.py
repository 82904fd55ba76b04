"""The worker processes: the models in each, one request in hand each, replaced where they are stopped or end.

The process that answers loads no model: it hands the bytes of a request to a
worker and the bytes of the answer to the client, so that it answers ``/health``
whatever the workers do, and all limits are counted in one place. A worker that
passes the time limit is killed, with the process that reads for it, and another
is started in its place.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from coopnlp.errors import CoopnlpError, ModelError, TimedOut
from coopnlp.service.faults import Refused, refusal
from coopnlp.service.settings import Settings
from coopnlp.service.work import Answer, Job, Ready, serve_jobs

__all__ = ["ClientGone", "Crew"]

_LOG = logging.getLogger(__name__)
# Loading the models takes seconds; a machine that swaps, minutes.
_START_S = 600.0
_STOP_S = 2.0
# The reader of a file is stopped at the limit, which costs less than the worker: it is given the time to say so.
_GRACE_S = 1.0
# A worker that holds this much more than when it had loaded its models is replaced between two requests.
_GROWTH_BYTES = 1_000_000_000
_LONGEST_PAUSE_S = 60.0


class ClientGone(Exception):
    """The client has left before its request was begun."""


class _Worker:
    """A process and the pipe to it."""

    def __init__(self, settings: Settings) -> None:
        # spawn: a fork would copy the locks and threads of this process in whatever state they are
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=serve_jobs, args=(theirs, settings), daemon=True, name="coopnlp-worker")
        with _START:
            before = None
            if hasattr(signal, "pthread_sigmask"):  # Ctrl-C is this process's to handle, also before their first line
                before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                self.process.start()
            finally:
                if before is not None:
                    signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        self.ready: Ready | None = None

    def wait_ready(self) -> Ready:
        """Wait until it has loaded the models.

        Raises
        ------
        ModelError
            It could not, or ended over it.
        """
        told: Any = None
        with suppress(EOFError, OSError):
            if self.pipe.poll(_START_S):
                told = self.pipe.recv()
        if isinstance(told, Ready):
            self.ready = told
            return told
        code = self.stop()
        if isinstance(told, CoopnlpError):
            raise told
        raise ModelError(
            f"a worker ended (exit code {code}) while it loaded the models. "
            "Check the memory of the machine and use fewer workers; `coopnlp info` says whether the models load."
        )

    def ask(self, job: Job, seconds: float) -> Answer:
        """Return what it answers.

        Raises
        ------
        TimeoutError
            Nothing, in these seconds.
        EOFError, OSError
            It has ended.
        """
        self.pipe.send(job)
        if not self.pipe.poll(seconds):
            raise TimeoutError
        answer = self.pipe.recv()
        assert isinstance(answer, Answer)
        return answer

    def stop(self) -> int | None:
        """End the process, whatever it does; return its exit code."""
        with suppress(OSError):
            self.pipe.close()
        self.process.join(0 if self.ready else _STOP_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join(_STOP_S)
        return self.process.exitcode


_START = threading.Lock()


class Crew:
    """Workers that answer jobs, as many at a time as there are workers."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.info: dict[str, Any] = {}
        self.waiting = 0
        self.busy = 0
        self.done = 0
        self.replaced = 0
        self._mean_s = 1.0
        self._workers: set[_Worker] = set()
        self._free: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._threads = ThreadPoolExecutor(2 * settings.workers, thread_name_prefix="coopnlp-crew")
        self._stopping = False

    @property
    def ready(self) -> int:
        """Workers that have loaded their models."""
        return sum(worker.ready is not None for worker in self._workers)

    def expected_wait(self) -> float:
        """Return the seconds after which a place may be free, as far as the last answers tell."""
        ahead = (self.waiting + self.busy + 1) / self.settings.workers
        return min(60.0, max(1.0, self._mean_s * ahead / 2))

    def start(self) -> None:
        """Start the workers and wait until all have loaded their models. Called before the first job.

        Raises
        ------
        ModelError
            One of them could not.
        """
        self._workers = {_Worker(self.settings) for _ in range(self.settings.workers)}
        try:
            for worker in self._workers:
                self.info = worker.wait_ready().info
                self._free.put_nowait(worker)
        except CoopnlpError:
            self.stop()
            raise

    def stop(self) -> None:
        """End all workers, whatever they do."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        for worker in list(self._workers):
            worker.ready = None
            worker.process.kill()
            worker.stop()
        self._workers.clear()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def run(self, job: Job, gone: Callable[[], Awaitable[bool]]) -> bytes:
        """Return the answer to a job as JSON.

        Parameters
        ----------
        gone
            Tells whether the client has left: asked when a worker is free for it.

        Raises
        ------
        Refused
            What is told the client, the time limit and a lost worker included.
        ClientGone
            Nobody wants the answer any more.
        """
        self.waiting += 1
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                worker = await self._free.get()
        except TimeoutError:
            raise Refused(
                503, "Busy", "No worker was free in time. Send it again later.", self.expected_wait()
            ) from None
        finally:
            self.waiting -= 1
        try:
            if await gone():
                raise ClientGone
        except BaseException:
            self._free.put_nowait(worker)
            raise
        # a client that leaves now does not stop the worker: the task goes on, and gives the worker back
        return await asyncio.shield(self._keep(self._have(worker, job)))

    def _keep(self, work: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _have(self, worker: _Worker, job: Job) -> bytes:
        limit, began = self.settings.timeout_s, time.monotonic()
        self.busy += 1
        spent = True
        try:
            answer = await asyncio.get_running_loop().run_in_executor(self._threads, worker.ask, job, limit + _GRACE_S)
            spent = worker.ready is None or answer.memory_bytes > worker.ready.memory_bytes + _GROWTH_BYTES
        except TimeoutError:
            raise refusal(TimedOut(job.name, f"it was stopped after {limit:g} s")) from None
        except (EOFError, OSError) as error:
            _LOG.error("a worker ended (exit code %s) while it did %s", worker.stop(), job.kind)
            told = "The process that worked on it has ended: it may need more memory than there is. Please report it."
            raise Refused(500, "WorkerLost", told) from error
        finally:
            self.busy -= 1
            self.done += 1
            self._mean_s += 0.1 * (time.monotonic() - began - self._mean_s)
            if spent:
                self._workers.discard(worker)
                self._keep(self._replace(worker))
            else:
                self._free.put_nowait(worker)
        if answer.refused is not None:
            if answer.trace:
                _LOG.error("%s failed: %s\n%s", job.kind, answer.refused.message, answer.trace)
            raise answer.refused
        return answer.body

    async def _replace(self, worker: _Worker) -> None:
        """End a worker and start another; where that fails, try again for as long as it takes."""
        loop, pause = asyncio.get_running_loop(), 1.0
        await loop.run_in_executor(self._threads, worker.process.kill)
        await loop.run_in_executor(self._threads, worker.stop)
        while not self._stopping:
            self.replaced += 1
            try:
                new = await loop.run_in_executor(self._threads, _Worker, self.settings)
                self._workers.add(new)
                await loop.run_in_executor(self._threads, new.wait_ready)
            except (CoopnlpError, OSError) as error:
                _LOG.error("a worker cannot be started: %s", error)
                self._workers = {each for each in self._workers if each.process.is_alive()}
                await asyncio.sleep(pause)
                pause = min(_LONGEST_PAUSE_S, pause * 2)
            else:
                self._free.put_nowait(new)
                return
