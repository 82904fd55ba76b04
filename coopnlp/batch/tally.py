"""Counting while a run goes on, in memory that does not grow: sums, the slowest few, the pace of the last minute."""

from __future__ import annotations

import heapq
import time
from collections import Counter, defaultdict, deque
from pathlib import PurePosixPath

from coopnlp.batch.reading import Reading, Written
from coopnlp.batch.summary import Cost, Slow
from coopnlp.register.prepared import Prepared
from coopnlp.register.values import Claim, Left
from coopnlp.types import Failure

__all__ = ["Pace", "Tally"]

_SLOWEST = 20
# Endings of names that are counted apart; a folder may hold any.
_KINDS = 40
_WINDOW_S = 60.0


class Tally:
    """Adds up what sources cost."""

    def __init__(self) -> None:
        self.pages = self.entities = self.bytes = 0
        self.errors: Counter[str] = Counter()
        self.stages: defaultdict[str, float] = defaultdict(float)
        self.workers: set[int] = set()
        self.peak_memory = 0
        self.memory: dict[int, int] = {}
        self._slowest: list[tuple[float, str, Slow]] = []
        self._kinds: dict[str, list[float]] = {}
        self._kind_stages: dict[str, defaultdict[str, float]] = {}

    def add(self, claim: Claim, reading: Reading, write_s: float) -> None:
        """Count one source that was read, or failed."""
        outcome = reading.outcome
        pages, size = 0, claim.seen.size or 0
        if isinstance(outcome, Failure):
            self.errors[outcome.error] += 1
        else:
            counts = Written.of(outcome) if isinstance(outcome, Prepared) else outcome
            assert isinstance(counts, Written)
            pages, size = counts.pages, counts.bytes
            self.entities += counts.entities
        # a worker says how long it took to make the rows, or to write them too
        seconds = {**reading.seconds, "write": reading.seconds.get("write", 0.0) + write_s}
        self.pages += pages
        self.bytes += size
        for stage, taken in seconds.items():
            self.stages[stage] += taken
        self._count_kind(claim, pages, size, seconds)
        self._count_memory(reading)
        whole = seconds.get("read", 0.0) + seconds["write"]
        slow = Slow(source=claim.seen.address, seconds=whole, pages=pages or None, stages=_rounded(seconds))
        heapq.heappush(self._slowest, (whole, claim.seen.address, slow))
        if len(self._slowest) > _SLOWEST:
            heapq.heappop(self._slowest)

    def _count_kind(self, claim: Claim, pages: int, size: int, seconds: dict[str, float]) -> None:
        kind = "url" if claim.seen.url is not None else PurePosixPath(claim.seen.name).suffix.lower()[:10] or "–"
        if kind not in self._kinds and len(self._kinds) >= _KINDS:
            kind = "…"
        counts = self._kinds.setdefault(kind, [0, 0, 0])
        for number, more in enumerate((1, pages, size)):
            counts[number] += more
        stages = self._kind_stages.setdefault(kind, defaultdict(float))
        for stage, taken in seconds.items():
            stages[stage] += taken

    def _count_memory(self, reading: Reading) -> None:
        self.workers.add(reading.worker)
        if reading.memory_bytes:
            self.memory[reading.worker] = reading.memory_bytes
            self.peak_memory = max(self.peak_memory, reading.memory_bytes)

    @property
    def slowest(self) -> tuple[Slow, ...]:
        """The slowest sources, the slowest first."""
        return tuple(slow for _, _, slow in sorted(self._slowest, key=lambda item: (-item[0], item[1])))

    @property
    def kinds(self) -> tuple[Cost, ...]:
        """What each kind of source cost, the most numerous first."""
        found = [
            Cost(name=name, sources=int(n), pages=int(p), bytes=int(b), seconds=_rounded(self._kind_stages[name]))
            for name, (n, p, b) in self._kinds.items()
        ]
        return tuple(sorted(found, key=lambda cost: (-cost.sources, cost.name)))


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {stage: round(taken, 4) for stage, taken in seconds.items()}


class Pace:
    """How fast sources are read, and how long what waits will take.

    Large sources come first, so that neither their number alone nor their bytes
    alone tell what the rest will take. The seconds of a source are taken for a
    fixed part and one that grows with its bytes, fitted to what was read
    (least squares), over as many workers as were busy on average.

    >>> from coopnlp.register.values import Left
    >>> clock = iter(range(100))
    >>> pace = Pace(clock=lambda: float(next(clock)))
    >>> for size in (3000, 2000, 2000, 1000):
    ...     pace.add(size, 1 + size / 1000)
    >>> pace.left_s(Left(sources=10, bytes=10_000))
    8.3...
    """

    def __init__(self, clock: object = time.monotonic) -> None:
        self._clock = clock
        self._began = self._now()
        self._recent: deque[float] = deque()
        self._n = self._bytes = self._squares = self._seconds = self._products = 0.0

    def _now(self) -> float:
        assert callable(self._clock)
        return float(self._clock())

    def add(self, size: int, seconds: float) -> None:
        """Note that a source of so many bytes was read in so many seconds."""
        at = self._now()
        self._recent.append(at)
        self._forget(at)
        self._n += 1
        self._bytes += size
        self._squares += float(size) * size
        self._seconds += seconds
        self._products += size * seconds

    @property
    def per_second(self) -> float | None:
        """Sources a second, over the last minute."""
        if not self._recent:
            return None
        at = self._now()
        self._forget(at)
        over = min(at - self._began, _WINDOW_S)
        return len(self._recent) / over if over > 0 else None

    def _forget(self, at: float) -> None:
        while self._recent and self._recent[0] < at - _WINDOW_S:
            self._recent.popleft()

    def left_s(self, left: Left) -> float | None:
        """Return the seconds that what waits will take; None while nothing was read."""
        if not self._n or not self._seconds:
            return None
        spread = self._n * self._squares - self._bytes**2
        by_byte = (self._n * self._products - self._bytes * self._seconds) / spread if spread > 0 else 0.0
        by_byte = max(0.0, min(by_byte, self._seconds / self._bytes if self._bytes else 0.0))
        fixed = max(0.0, (self._seconds - by_byte * self._bytes) / self._n)
        busy = self._seconds / max(self._now() - self._began, 1e-9)
        return (fixed * left.sources + by_byte * left.bytes) / max(busy, 1e-9)
