"""``run``: inputs into a register, again and again, until each source is read or has its reason.

First every source is noted with the digest of its bytes, then what waits is
read, and each result lands in one transaction with its state. Killed anywhere,
the journal says what is left; started again, the run goes on there and ends
with the register of a run that was never stopped. Of several files with equal
bytes the one with the first address is read, whatever the order of the inputs.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import islice
from pathlib import Path

from coopnlp.batch.listing import look
from coopnlp.batch.workers import Process, Work, read_all
from coopnlp.errors import CoopnlpError, RegisterError
from coopnlp.extract import Limits
from coopnlp.register.sources import address_of
from coopnlp.register.store import Register
from coopnlp.register.values import Claim, Versions
from coopnlp.types import Failure, Value

__all__ = ["Progress", "Summary", "run"]

# Sources noted in one transaction.
_TOGETHER = 200
#: Seconds for entities and records of one source, after it was read: the largest PDF of the corpus
#: (over 100 pages with tables) takes under a minute.
_UNDERSTANDING_S = 900.0


class Progress(Value):
    """How far a run is. ``read`` of ``total`` were tried; it is absent until everything was noted."""

    noted: int
    read: int = 0
    total: int | None = None
    done: int = 0
    failed: int = 0
    skipped: int = 0
    name: str | None = None


_Tell = Callable[[Progress], None]


class Summary(Value):
    """What a run did.

    ``skipped`` were read before and have not changed. ``failed`` are all inputs
    without a record, also those that failed in an earlier run and were not
    tried again. ``gone`` were there at an earlier run; their records are kept.
    """

    done: int
    skipped: int
    failed: tuple[Failure, ...]
    gone: tuple[str, ...] = ()
    seconds: float


def run(
    inputs: Iterable[str | Path],
    register_url: str | Path,
    *,
    workers: int = 1,
    engine: str = "local",
    retry_failed: bool = False,
    progress: _Tell | None = None,
    process: Process | None = None,
    timeout_s: float | None = None,
    limits: Limits | None = None,
    versions: Versions | None = None,
    watch: bool = False,
) -> Summary:
    """Read sources into a register; started again, go on where it was.

    What was read with the same versions is not read again, what failed only
    with ``retry_failed``; a place that could not be read at all is looked at
    every time. One bad file never stops a run: it is in the register, and in
    the summary, with its reason.

    Parameters
    ----------
    inputs
        Files, folders (recursively), ZIP archives, URLs. A URL that was read is
        not fetched again.
    workers
        Processes that read, each with its own models. 0 reads in this process:
        then a crash of a reader ends the run. A script that calls this with
        workers needs the usual ``if __name__ == "__main__":``.
    engine
        ``local``.
    progress
        Called after each step; must be quick.
    process
        Reads a source; importable by name. By default :func:`coopnlp.process`.
    timeout_s
        Limit on one source from bytes to record; by default that on reading and 15 minutes more.
    limits
        What reading one source may cost; by default those of :class:`coopnlp.extract.Limits`.
    versions
        What the records count as read with, by default this library and its models.
    watch
        Show progress on standard error.

    Raises
    ------
    RegisterError
        The register cannot be opened or written to.
    ModelError
        The models cannot be loaded.
    CoopnlpError
        An engine that is not there.
    """
    if engine != "local":
        raise CoopnlpError(f"engine {engine!r}: this engine is not built yet. Use `--engine local` with `--workers N`.")
    limits = limits or Limits()
    timeout_s = limits.seconds + _UNDERSTANDING_S if timeout_s is None else timeout_s
    work = Work(process=process, limits=limits, timeout_s=timeout_s)
    began = time.monotonic()
    with _watcher(progress, watch=watch) as tell, Register(register_url) as register:
        state = _Run(register, tell, versions)
        try:
            gone = state.note(list(inputs), retry_failed=retry_failed)
            state.read(work, workers=workers)
            failed = register.failures(run=state.key)
        finally:
            state.end()
    return Summary(
        done=state.done,
        skipped=state.skipped,
        failed=tuple(failed),
        gone=tuple(gone),
        seconds=time.monotonic() - began,
    )


@contextmanager
def _watcher(progress: _Tell | None, *, watch: bool) -> Iterator[_Tell]:
    """Give the function that is told of each step."""
    if not watch:
        yield progress or (lambda _: None)
        return
    from coopnlp.batch.render import watching

    with watching() as show:

        def both(step: Progress) -> None:
            show(step)
            if progress is not None:
                progress(step)

        yield both


class _Run:
    """One run over one register: first ``note``, then ``read``, ``end`` in any case."""

    def __init__(self, register: Register, tell: _Tell, versions: Versions | None) -> None:
        self.register = register
        self.tell = tell
        self.versions = versions
        self.key = register.begin()
        self.noted = self.done = self.failed = self.skipped = 0

    def end(self) -> None:
        with suppress(RegisterError):  # it is gone: the lease ends by itself
            self.register.end(self.key)

    def note(self, inputs: Sequence[str | Path], *, retry_failed: bool) -> list[str]:
        """Note every source in the journal; return the addresses that are there no more."""
        from coopnlp.extract.guard import guarded_members
        from coopnlp.extract.sources import is_url, sources

        own = self.register.files
        found = (source for source in sources(inputs, members=guarded_members) if address_of(source) not in own)
        while batch := [look(source) for source in islice(found, _TOGETHER)]:
            states = self.register.enrol(batch, retry_failed=retry_failed, versions=self.versions, run=self.key)
            counts = Counter(states)
            self.noted += len(batch) - counts["seen"]
            self.failed += counts["failed"] + counts["unreadable"]
            self.skipped += counts["done"] + counts["equal"]
            self._step()
        return self.register.mark_gone(self.key, [i for i in inputs if not is_url(i)])[1]

    def read(self, work: Work, *, workers: int) -> None:
        """Read what waits; each result lands with its state before the next is taken."""
        total = self.register.left(self.key).sources
        crew = min(workers, total)
        with closing(read_all(self._claims(max(1, crew)), work, workers=crew)) as outcomes:
            for number, told in enumerate((told for told in outcomes if told is not None), 1):
                claim, reading = told
                if isinstance(reading.outcome, Failure):
                    self.failed += self.register.fail(claim, reading.outcome, versions=self.versions)
                else:
                    self.register.finish(claim, reading.outcome, versions=self.versions)
                    self.done += 1
                self._step(number, total, str(claim.source))

    def _claims(self, limit: int) -> Iterator[Claim | None]:
        """Yield what this run takes in hand; None where others have what is left."""
        while True:
            claims = self.register.claim(self.key, limit=limit)
            yield from claims
            if not claims:
                if not self.register.left(self.key).sources:
                    return
                yield None

    def _step(self, read: int = 0, total: int | None = None, name: str | None = None) -> None:
        self.tell(
            Progress(
                noted=self.noted,
                read=read,
                total=total,
                done=self.done,
                failed=self.failed,
                skipped=self.skipped,
                name=name,
            )
        )
