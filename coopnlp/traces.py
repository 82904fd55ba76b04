"""Where an error was raised: a short digest to group failures of one cause by, and the whole of it for a log."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Iterator
from pathlib import PurePath

from coopnlp.text import legible

__all__ = ["digest", "full"]

_LENGTH = 12
# Characters of a traceback that are kept, its end: what a recursion repeats says nothing.
_MOST = 8000


def digest(error: BaseException) -> str | None:
    """Return a digest of the functions and lines that an error came through, those of its causes included.

    It does not depend on where the program is installed, nor on what the message
    says; another version of the program gives another one. None for an error
    that was never raised.

    >>> digest(ValueError("jamais levée")) is None
    True
    """
    places = "\n".join(f"{name}:{function}:{line}" for name, function, line in _places(error))
    return hashlib.sha256(places.encode()).hexdigest()[:_LENGTH] if places else None


def full(error: BaseException) -> str | None:
    """Return the traceback of an error, at most its last 8,000 characters; None where it was never raised."""
    if error.__traceback__ is None:
        return None
    return legible("".join(traceback.format_exception(error)))[-_MOST:]


def _places(error: BaseException | None) -> Iterator[tuple[str, str, int | None]]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if error.__traceback__ is not None:
            yield type(error).__name__, "", None
        for frame in traceback.extract_tb(error.__traceback__):
            # two parts of the path tell a module apart wherever the library is installed
            yield "/".join(PurePath(frame.filename).parts[-2:]), frame.name, frame.lineno
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
