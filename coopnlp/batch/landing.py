"""What came of sources into the register: their rows, or why there are none; several at once where several wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import exc

from coopnlp.api import MISTAKES, failure
from coopnlp.batch.reading import Reading
from coopnlp.errors import RegisterError
from coopnlp.register.prepared import Prepared
from coopnlp.register.store import Register
from coopnlp.register.values import Claim, Versions
from coopnlp.types import Failure

__all__ = ["WAIT_S", "Group", "land", "land_all", "write"]

#: Calls what it is given, and waits for a register that is busy or away.
Ask = Callable[[Callable[[], Any]], Any]

#: Seconds that a reading waits for others, at most, before they are written together. A run that is killed loses
#: the work of so long, and reads it again; a transaction costs what some documents do.
WAIT_S = 1.0
# So many are written together at most, some hundredths of a second: workers that come to the end of a source meanwhile
# wait for their next one, and so does who else writes. More would hardly be cheaper.
_READINGS = 24
_ROWS = 10_000


class Group:
    """Readings that wait to be written together.

    Where they come slowly none waits: one that comes after a pause is written at once.
    """

    def __init__(self, wait_s: float = WAIT_S, clock: Callable[[], float] = time.monotonic) -> None:
        self.wait_s = wait_s
        self._clock = clock
        self._readings: list[tuple[Claim, Reading]] = []
        self._rows = 0
        self._first = 0.0
        self._last: float | None = None

    def __len__(self) -> int:
        return len(self._readings)

    def add(self, claim: Claim, reading: Reading) -> bool:
        """Add a reading that was prepared; return whether the group is to be written now."""
        assert isinstance(reading.outcome, Prepared)
        now = self._clock()
        paused = self._last is None or now - self._last >= self.wait_s
        self._last = now
        if not self._readings:
            self._first = now
        self._readings.append((claim, reading))
        self._rows += reading.outcome.size
        full = len(self._readings) >= _READINGS or self._rows >= _ROWS
        return full or paused or now - self._first >= self.wait_s

    def take(self) -> list[tuple[Claim, Reading]]:
        """Return what waits, and empty the group."""
        taken, self._readings, self._rows = self._readings, [], 0
        return taken


def write(register: Register, claim: Claim, made: Prepared, versions: Versions, ask: Ask) -> bool | Failure:
    """Write a result with the state of its source; return whether its rows were new.

    A result whose rows no register takes (a number that is too large) is a
    failure of its source, and costs no other one: it is returned, and nothing is
    written.

    Raises
    ------
    RegisterError
        The register cannot be written to.
    """
    told = _write([(claim, made)], register, versions, ask)
    return told if isinstance(told, Failure) else told[0]


def _write(
    read: Sequence[tuple[Claim, Prepared]], register: Register, versions: Versions, ask: Ask
) -> list[bool] | Failure:
    """Write results in one transaction; a failure says that there is one among them which no register takes."""
    try:
        told: list[bool] = ask(lambda: register.finish_all(read, versions=versions))
    except RegisterError as error:
        if not isinstance(error.__cause__, exc.DataError | exc.IntegrityError):
            raise
        return failure(read[0][0].source, error)
    except (*MISTAKES, exc.StatementError) as error:
        return failure(read[0][0].source, error)
    return told


def land(
    register: Register, claim: Claim, outcome: Prepared | Failure, versions: Versions, ask: Ask
) -> tuple[bool, Prepared | Failure]:
    """Write a result or a failure with the state of its source; return whether that counted, and what was written."""
    if isinstance(outcome, Prepared):
        written = write(register, claim, outcome, versions, ask)
        if not isinstance(written, Failure):
            return written, outcome
        outcome = written
    told: bool = ask(lambda: register.fail(claim, outcome, versions=versions))
    return told, outcome


def land_all(
    register: Register, read: Sequence[tuple[Claim, Prepared]], versions: Versions, ask: Ask
) -> list[tuple[bool, Prepared | Failure]]:
    """Write results in one transaction; where it takes not all of them, each in one of its own."""
    if len(read) > 1:
        told = _write(read, register, versions, ask)
        if not isinstance(told, Failure):
            return [(written, made) for written, (_, made) in zip(told, read, strict=True)]
    return [land(register, claim, made, versions, ask) for claim, made in read]
