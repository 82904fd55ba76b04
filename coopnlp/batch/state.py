"""One run over one register: noting what there is, reading what waits, saying what was done."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

from coopnlp.batch.landing import WAIT_S, Group, land_all
from coopnlp.batch.listing import changed_since, found_in, look
from coopnlp.batch.logs import event, outcome_event
from coopnlp.batch.metrics import Metrics
from coopnlp.batch.patience import patiently
from coopnlp.batch.reading import Outcome, Reading, Work, Written
from coopnlp.batch.summary import Progress, Summary
from coopnlp.batch.tally import Pace, Tally
from coopnlp.errors import ModelError, RegisterError
from coopnlp.register.prepared import Prepared
from coopnlp.register.sources import address_of
from coopnlp.register.store import Register
from coopnlp.register.values import Claim, Left, Versions
from coopnlp.types import Failure

__all__ = ["Engine", "Run", "Tell"]

# Sources noted in one transaction.
_TOGETHER = 200
# Where sources are read fast, those of so many seconds are claimed in one transaction, and so many at most: when a run
# has none left to claim, another one may still have these to itself.
_CLAIMED_S = 1.0
_CLAIMED = 64
# Seconds between two looks at what other runs have in hand.
_POLL_S = 1.0
# Seconds between two counts of what is left; a million rows are counted in some hundredths of a second.
_COUNT_S = 10.0
# Failures, and places that are gone, that a summary names.
_NAMED = 1000

Tell = Callable[[Progress], None]
_T = TypeVar("_T")


class Engine(Protocol):
    """Reads claims with workers, as :func:`coopnlp.batch.workers.read_all` does."""

    def __call__(
        self, claims: Iterator[Claim | None], work: Work, *, workers: int, stopped: Callable[[], bool]
    ) -> Generator[Outcome, None, None]:
        """Yield each claim with its reading, and None from time to time."""


class Run:
    """One run over one register: first ``note``, then ``read``, then ``summary``; ``end`` in any case."""

    def __init__(
        self,
        register: Register,
        tell: Tell,
        versions: Versions,
        stop: threading.Event,
        metrics: Metrics,
        patience_s: float,
        lease_s: float,
    ) -> None:
        self.register = register
        self.tell = tell
        self.versions = versions
        self.stop = stop
        self.metrics = metrics
        self.patience_s = patience_s
        self.lost = threading.Event()
        self.began, self.started_at = time.monotonic(), _moment()
        self.key = register.begin(lease_s=lease_s)
        self.noted = self.done = self.failed = self.skipped = self.shared = self.older = self.settled = 0
        self.claimed = 0
        self.listing_s = 0.0
        self.listed = False
        self.gone: tuple[int, list[str]] = (0, [])
        self.left = Left(sources=0, bytes=0)
        self.counted_at = 0.0
        self.tally, self.pace = Tally(), Pace()
        self.group, self.wait_s = Group(), WAIT_S
        event("run begins", run=self.key, register=repr(register), library=versions.library, model=versions.model)

    def end(self) -> None:
        with suppress(RegisterError):  # it is gone: the lease ends by itself
            self.register.end(self.key)

    # What there is to do

    def note(self, inputs: Sequence[str | Path], *, retry_failed: bool, since: datetime | None) -> None:
        """Note every source in the journal, and what is there no more."""
        from coopnlp.extract.sources import is_url

        own = self.register.files
        found = (source for source in found_in(inputs) if address_of(source) not in own)
        while not self.stop.is_set() and (batch := list(islice(found, _TOGETHER))):
            self._note(batch, retry_failed=retry_failed, since=since, repeated=len(inputs) > 1)
        self.listed = not self.stop.is_set()
        self.listing_s = time.monotonic() - self.began
        if self.listed:
            listed = [given for given in inputs if not is_url(given)]
            self.gone = self._asked(lambda: self.register.mark_gone(self.key, listed, limit=_NAMED))
        self.left = self._asked(lambda: self.register.left(self.key))
        event("sources noted", run=self.key, noted=self.noted, waiting=self.left.sources, seconds=self.listing_s)

    def _note(self, batch: list[str | Path], *, retry_failed: bool, since: datetime | None, repeated: bool) -> None:
        if repeated:  # inputs may overlap: nothing is read twice to learn its digest
            known = self._asked(lambda: self.register.planned(self.key, [address_of(source) for source in batch]))
            batch = [source for source in batch if address_of(source) not in known]
        if since is not None:
            batch = self._newer(batch, since)
        sightings = [look(source) for source in batch]
        counts = Counter(
            self._asked(
                lambda: self.register.enrol(sightings, retry_failed=retry_failed, versions=self.versions, run=self.key)
            )
        )
        self.noted += len(batch) - counts["seen"]
        self.failed += counts["failed"] + counts["unreadable"]
        self.skipped += counts["done"] + counts["equal"]
        for sighting in sightings:
            if sighting.error is not None:
                event("source unreadable", run=self.key, source=sighting.address, error=sighting.error)
        self._step()

    def _newer(self, batch: list[str | Path], since: datetime) -> list[str | Path]:
        """Leave out what was not changed; what of it is known is noted as it is."""
        old = [source for source in batch if not changed_since(source, since)]
        addresses = [address_of(source) for source in old]
        known = self._asked(lambda: self.register.note_known(self.key, addresses))
        self.older += len(old)
        self.noted += len(known)
        left_out = set(map(str, old))
        return [source for source in batch if str(source) not in left_out]

    # Doing it

    def read(self, engine: Engine, work: Work, *, workers: int) -> None:
        """Read what waits; each result lands in one transaction with its state."""
        if self.stop.is_set():
            return
        crew = min(workers, self.left.sources)
        claims = self._claims(max(1, crew))
        # What this process reads itself is written at once: nobody reads on meanwhile.
        self.wait_s = self.group.wait_s = WAIT_S if crew else 0.0
        with closing(engine(claims, work, workers=crew, stopped=self.stop.is_set)) as outcomes:
            try:
                for told in outcomes:
                    if self.lost.is_set():
                        break
                    if told is None:
                        self._land()
                        self._step()
                    else:
                        self._take(*told)
            except ModelError:  # of one worker; what others have read counts
                self._land()
                raise
            self._land()

        # Without its plan a run would think that all is done.
        if self.lost.is_set() or not self._asked(lambda: self.register.renew(self.key)):
            raise RegisterError(
                f"{self.register.name}: this run was taken for ended, after a week without a sign of life. "
                "Start it again: it goes on where it was."
            )

    def _claims(self, limit: int) -> Iterator[Claim | None]:
        """Yield what this run takes in hand; None where there is nothing now, but others have something."""
        asked: tuple[float, int] | None = None
        while True:
            if asked is not None and asked[1] == self.settled and time.monotonic() - asked[0] < _POLL_S:
                yield None
                continue
            self._asked(self.register.check_place)
            some = max(limit, min(_CLAIMED, int((self.pace.per_second or 0.0) * _CLAIMED_S)))
            claims = self._asked(partial(self.register.claim, self.key, limit=some))
            self.group.wait_s = self.wait_s if claims else 0.0
            for claim in claims:
                self.claimed += 1
                yield claim
            if claims:
                asked = None
                continue
            self._land()
            asked = (time.monotonic(), self.settled)
            self.left = self._asked(lambda: self.register.left(self.key))
            if not self.left.sources:
                return
            if self.claimed == self.settled:
                # What is left is in other hands, of which some may be dead; or an answer of the database was
                # lost, and it is ours without our knowing.
                self._asked(lambda: self.register.reclaim(self.key))
            yield None

    def _take(self, claim: Claim, reading: Reading) -> None:
        """Write what was read, now or with what comes next; or why it was not."""
        if isinstance(reading.outcome, Prepared):
            if self.group.add(claim, reading):
                self._land()
            return
        began = time.perf_counter()
        self._asked(self.register.check_place)
        outcome = reading.outcome
        if isinstance(outcome, Failure):
            written = self._asked(lambda: self.register.fail(claim, outcome, versions=self.versions))
        else:  # by its worker
            assert isinstance(outcome, Written)
            written = bool(outcome.landed)
        self._settle(claim, reading, time.perf_counter() - began, written=written)

    def _land(self) -> None:
        """Write the readings that wait."""
        taken = self.group.take()
        if not taken:
            return
        began = time.perf_counter()
        self._asked(self.register.check_place)
        read = [(claim, reading.outcome) for claim, reading in taken if isinstance(reading.outcome, Prepared)]
        told = land_all(self.register, read, self.versions, self._asked)
        write_s = (time.perf_counter() - began) / len(taken)
        for (claim, reading), (written, outcome) in zip(taken, told, strict=True):
            settled = reading if outcome is reading.outcome else replace(reading, outcome=outcome)
            self._settle(claim, settled, write_s, written=written)

    def _settle(self, claim: Claim, reading: Reading, write_s: float, *, written: bool) -> None:
        """Count what was written."""
        if isinstance(reading.outcome, Failure):
            self.failed += written
        else:
            self.done += written
        self.shared += not written
        self.settled += 1
        self.tally.add(claim, reading, write_s)
        self.pace.add(claim.seen.size or 0, reading.seconds.get("read", 0.0))
        self.left = Left(sources=max(0, self.left.sources - 1), bytes=max(0, self.left.bytes - (claim.seen.size or 0)))
        outcome_event(self.key, claim, reading, write_s, written=written)
        self._step(str(claim.source))

    def _asked(self, work: Callable[[], _T]) -> _T:
        return patiently(work, patience_s=self.patience_s, stopped=self.stop.is_set)

    def _step(self, name: str | None = None) -> None:
        now = time.monotonic()
        if self.listed and now - self.counted_at > _COUNT_S:  # others may read what waits here
            self.counted_at = now
            with suppress(RegisterError):
                self.left = self.register.left(self.key)
        step = Progress(
            noted=self.noted,
            read=self.settled,
            total=self.settled + self.left.sources if self.listed else None,
            done=self.done,
            failed=self.failed,
            skipped=self.skipped,
            name=name,
            per_second=self.pace.per_second,
            left_s=self.pace.left_s(self.left),
            waiting_for_others=self.listed and self.claimed == self.settled and self.left.sources > 0,
        )
        self.tell(step)
        self.metrics.write_sometimes(step, self.tally)

    # What was done

    def summary(self, workers: int) -> Summary:
        """Return what was done; the plan of the run is still there."""
        failures = self._asked(lambda: self.register.failures(run=self.key, limit=_NAMED))
        count = self._asked(lambda: self.register.count_failures(self.key))
        self.left = self._asked(lambda: self.register.left(self.key))
        summary = Summary(
            done=self.done,
            skipped=self.skipped,
            failed=tuple(failures),
            failures=count,
            gone=tuple(self.gone[1]),
            gone_count=self.gone[0],
            seconds=time.monotonic() - self.began,
            older=self.older,
            shared=self.shared,
            interrupted=not self.listed or self.left.sources > 0,
            left=self.left.sources,
            noted=self.noted,
            pages=self.tally.pages,
            entities=self.tally.entities,
            bytes=self.tally.bytes,
            listing_seconds=self.listing_s,
            stages={stage: round(seconds, 3) for stage, seconds in self.tally.stages.items()},
            kinds=self.tally.kinds,
            slowest=self.tally.slowest,
            workers=workers,
            processes=len(self.tally.workers),
            peak_memory_bytes=self.tally.peak_memory,
            register_bytes=self.register.size_bytes(),
            register_name=self.register.name,
            started_at=self.started_at,
            ended_at=_moment(),
            versions=f"{self.versions.library} {self.versions.model}".strip(),
        )
        self.metrics.write(self._last_step(), self.tally, ended=True)
        event("run ends", run=self.key, **summary.model_dump(include=_LOGGED))
        return summary

    def _last_step(self) -> Progress:
        return Progress(
            noted=self.noted,
            read=self.settled,
            total=self.settled + self.left.sources,
            done=self.done,
            failed=self.failed,
            skipped=self.skipped,
            per_second=self.pace.per_second,
        )


_LOGGED = {"done", "skipped", "failures", "gone_count", "shared", "interrupted", "left", "seconds", "pages", "entities"}


def _moment() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
