"""Pages of PDFs as pictures, from the very bytes that were read.

The only files opened are those that the register names as places of the source,
and only where their bytes still have the source's SHA-256.
"""

from __future__ import annotations

import hashlib
import logging
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa

from coopnlp.register import schema
from coopnlp.web.draw import SECONDS

__all__ = ["PDF", "Images", "places_of"]

PDF = "application/pdf"
_LOG = logging.getLogger(__name__)
_WIDTH = 1100
# Larger files are not drawn: each look at a page reads them whole.
_LARGEST = 200_000_000
_REMEMBERED_BYTES = 40_000_000
# Waited for a place before a reader is told to come again.
_PATIENCE_S = 15.0


def places_of(connection: sa.Connection, source_id: int) -> tuple[str, ...]:
    """Return the paths at which the register saw the bytes of a source."""
    location = schema.location
    asked = (
        sa.select(location.c.path)
        .where(location.c.source_id == source_id, location.c.state == "present", location.c.path.is_not(None))
        .order_by(location.c.address)
    )
    return tuple(connection.execute(asked).scalars())


class Images:
    """Draws pages, one or two at a time, and remembers the last ones."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._places = threading.Semaphore(2)

    def page(self, sha256: str, page: int, paths: Iterable[str]) -> bytes | None:
        """Return a page of a PDF as a JPEG; None where its source is not there any more or cannot be drawn.

        Parameters
        ----------
        sha256
            What the bytes of the source must be.
        page
            1-based.
        paths
            Where the register saw it.
        """
        key = (sha256, page)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        if not self._places.acquire(timeout=_PATIENCE_S):
            return None
        try:
            data = next((found for path in paths if (found := _read(path, sha256)) is not None), None)
            drawn = None if data is None else _drawn(data, page)
        finally:
            self._places.release()
        if drawn is not None:
            self._keep(key, drawn)
        return drawn

    def _keep(self, key: tuple[str, int], drawn: bytes) -> None:
        with self._lock:
            self._kept[key] = drawn
            while sum(map(len, self._kept.values())) > _REMEMBERED_BYTES:
                self._kept.popitem(last=False)


def _read(path: str, sha256: str) -> bytes | None:
    """Return the bytes of a file that are those asked for."""
    try:
        place = Path(path)
        if not place.is_absolute() or not place.is_file() or place.stat().st_size > _LARGEST:
            return None
        data = place.read_bytes()
    except (OSError, ValueError):
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


def _drawn(data: bytes, page: int) -> bytes | None:
    command = [sys.executable, "-m", "coopnlp.web.draw", str(page), str(_WIDTH)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=2 * SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        _LOG.warning("a page could not be drawn: %s", error)
        return None
    if done.returncode != 0:
        _LOG.warning("a page could not be drawn: %s", done.stderr[-300:].decode(errors="replace"))
    return done.stdout if done.returncode == 0 and done.stdout else None
