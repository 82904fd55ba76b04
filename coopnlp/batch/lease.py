"""Signs of life of a run, so that what it has in hand stays its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from coopnlp.errors import RegisterError
from coopnlp.register.store import Register

__all__ = ["holding"]


@contextmanager
def holding(register: Register, key: int, lost: threading.Event, lease_s: float) -> Iterator[None]:
    """Give signs of life while the block runs, from a thread: a large document may take longer than a lease.

    Parameters
    ----------
    lost
        Set where the run counts as ended.
    """
    if not register.is_shared:
        yield
        return
    over = threading.Event()

    def beat() -> None:
        while not over.wait(lease_s / 4):
            with suppress(RegisterError):  # it is busy or away: the next sign of life may reach it
                if not register.renew(key, lease_s=lease_s):
                    lost.set()

    thread = threading.Thread(target=beat, name="coopnlp-lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
