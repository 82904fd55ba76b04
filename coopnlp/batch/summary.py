"""What a run says of itself: each step while it goes on, and a summary when it has ended."""

from __future__ import annotations

from pydantic import Field

from coopnlp.types import Failure, Value

__all__ = ["STAGES", "Cost", "Progress", "Slow", "Summary"]

#: The stages of a document in their order, as keys of seconds: read from its format, entities, records, themes;
#: what went between processes and into the register. A process of the caller has « read » alone.
STAGES = ("extract", "entities", "records", "themes", "read", "write")


class Progress(Value):
    """How far a run is.

    ``read`` of ``total`` were tried; ``total`` is absent until everything was
    noted. ``per_second`` counts the documents of the last minute, ``left_s`` are
    the seconds that what waits will take at this pace, absent while nothing is
    known of it.
    """

    noted: int
    read: int = 0
    total: int | None = None
    done: int = 0
    failed: int = 0
    skipped: int = 0
    name: str | None = None
    per_second: float | None = None
    left_s: float | None = None
    waiting_for_others: bool = False


class Cost(Value):
    """What sources of one kind cost: how many they were, their pages and bytes, and the seconds of each stage."""

    name: str
    sources: int
    pages: int
    bytes: int
    seconds: dict[str, float]


class Slow(Value):
    """A source that took long. ``seconds`` in all, ``stages`` each."""

    source: str
    seconds: float
    pages: int | None = None
    stages: dict[str, float]


class Summary(Value):
    """What a run did.

    ``skipped`` were read before and have not changed, ``older`` were left out by
    ``since``, ``shared`` another run has read at the same time. ``failed`` are
    inputs without a record, also those that failed in an earlier run and were
    not tried again: the first thousand by address, ``failures`` counts all.
    ``gone`` were there at an earlier run; their records are kept; again the first
    thousand, and ``gone_count``. ``interrupted`` says that something was left to
    do when the run was asked to end.

    ``seconds`` is the time on the clock; those of ``stages`` are added over
    workers. ``kinds`` are the costs by the ending of the name.
    """

    done: int
    skipped: int
    failed: tuple[Failure, ...]
    failures: int = 0
    gone: tuple[str, ...] = ()
    gone_count: int = 0
    seconds: float
    older: int = 0
    shared: int = 0
    interrupted: bool = False
    left: int = 0
    noted: int = 0
    pages: int = 0
    entities: int = 0
    bytes: int = 0
    listing_seconds: float = 0.0
    stages: dict[str, float] = Field(default_factory=dict)
    kinds: tuple[Cost, ...] = ()
    slowest: tuple[Slow, ...] = ()
    workers: int = 0
    processes: int = 0
    peak_memory_bytes: int = 0
    register_bytes: int | None = None
    register_name: str = ""
    started_at: str = ""
    ended_at: str = ""
    versions: str = ""
