"""Waiting for a register that is busy, full or away: it may come back, and the run goes on where it was.

A transaction that failed has changed nothing, so that it can be done again. What
does not pass by itself (a register that may not be written to, a damaged file)
is an error at once.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

from coopnlp.errors import RegisterError

__all__ = ["PATIENCE_S", "may_pass", "patiently"]

#: Seconds to wait for a register, by default: time to free some space, or for a backup to end.
PATIENCE_S = 600.0
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 10.0
# How often it is said that the wait goes on.
_TELL_EVERY_S = 60.0
#: SQLite's result codes (sqlite.org/rescode.html), without what extends them: BUSY, LOCKED, IOERR (a quota, a
#: network file system that does not answer), FULL, CANTOPEN, PROTOCOL (too many that lock at once).
_PASSING = (5, 6, 10, 13, 14, 15)

_log = logging.getLogger("coopnlp.batch")
_T = TypeVar("_T")


def may_pass(error: RegisterError) -> bool:
    """Tell whether an error of an SQLite register may pass without anybody changing the register.

    Registers in PostgreSQL wait by themselves.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError):  # a folder that is not mounted
            return True
        if isinstance(cause, sqlite3.Error):
            return (getattr(cause, "sqlite_errorcode", 0) or 0) & 0xFF in _PASSING
        cause = cause.__cause__ or getattr(cause, "orig", None)
    return False


def patiently(
    work: Callable[[], _T], *, patience_s: float = PATIENCE_S, stopped: Callable[[], bool] = lambda: False
) -> _T:
    """Return what a transaction returns; where the register is busy, full or away, say so, wait and try again.

    Parameters
    ----------
    stopped
        When it is true nobody waits any more.

    Raises
    ------
    RegisterError
        It does not pass, or has not passed after ``patience_s``.
    """
    began = time.monotonic()
    told: float | None = None
    pause = _FIRST_PAUSE_S
    while True:
        try:
            done = work()
        except RegisterError as error:
            waited = time.monotonic() - began
            if not may_pass(error) or waited >= patience_s or stopped():
                raise
            if told is None or waited - told >= _TELL_EVERY_S:
                told = waited
                left = f"{patience_s - waited:.0f} s"
                shown = f"le registre ne répond pas, attente ({left} au plus) : {error}"
                _log.warning("waiting for the register, %s at most: %s", left, error, extra={"shown": shown})
            time.sleep(min(pause, max(0.0, patience_s - waited)))
            pause = min(_LONGEST_PAUSE_S, pause * 2)
        else:
            if told is not None:
                waited = time.monotonic() - began
                shown = f"le registre répond de nouveau, après {waited:.0f} s"
                _log.warning("the register is back after %.0f s", waited, extra={"shown": shown})
            return done
