"""Ctrl-C once: what is in hand is read to its end. Twice: stop now."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

__all__ = ["interruptible"]


@contextmanager
def interruptible(tell: Callable[[], None]) -> Iterator[threading.Event]:
    """Give an event that the first Ctrl-C (or SIGTERM) sets, after calling ``tell``; the second one interrupts.

    Outside the main thread, which alone hears signals, the event is never set.
    """
    asked = threading.Event()

    def hear(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        with suppress(RuntimeError, OSError):  # the signal came while something was written to the same stream
            tell()

    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
