"""How long somebody has to wait who gave wrong passwords."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

__all__ = ["Attempts"]

# Wrong passwords in a row before one has to wait, and the longest wait.
_FREE = 5
_LONGEST_S = 300.0
_REMEMBERED = 10_000


class Attempts:
    """How long somebody has to wait who gave wrong passwords: twice as long each time, after the first five."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_s(self, *keys: str) -> float:
        """Return the seconds to wait before the next attempt of any of these; 0 where it may be now."""
        now = self._clock()
        return max(0.0, *(self._failed[key][1] - now for key in keys if key in self._failed), 0.0)

    def failed(self, *keys: str) -> None:
        """Count a wrong password."""
        now = self._clock()
        for key in keys:
            count = self._failed.pop(key, (0, 0.0))[0] + 1
            wait = min(_LONGEST_S, 2.0 ** (count - _FREE)) if count >= _FREE else 0.0
            self._failed[key] = (count, now + wait)
            if len(self._failed) > _REMEMBERED:
                self._failed.popitem(last=False)

    def succeeded(self, *keys: str) -> None:
        """Forget the wrong passwords before a right one."""
        for key in keys:
            self._failed.pop(key, None)
