"""What was made before, kept for who asks for the same again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

__all__ = ["Kept"]

_T = TypeVar("_T")


class Kept:
    """Values by key, for several threads; of more than ``size`` the longest unused goes first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def once(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Return what ``make`` made for this key before, or makes now; two threads at once may both make it."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                kept: _T = self._values[key]
                return kept
        made = make()
        with self._lock:
            self._values[key] = made
            if len(self._values) > self._size:
                self._values.popitem(last=False)
        return made
