"""A document as a tool left it: its text and the spans marked on it, right or wrong.

What every reader of this package returns and :mod:`coopnlp.training.formats.check`
judges. Offsets are code points into ``text``, end exclusive; some tools count
UTF-16 code units instead, and :func:`utf16_offsets` says how the two agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

__all__ = ["Corrected", "Span", "utf16_offsets"]


@dataclass(frozen=True)
class Span:
    """A marked span. ``surface`` is what the file says is there, where it says so."""

    start: int
    end: int
    label: str
    surface: str | None = None


@dataclass(frozen=True)
class Corrected:
    """A document of a file to import.

    ``where`` names the file, and the place in it, for messages; ``remarks`` say
    what the reader left out or had to assume.
    """

    id: str
    text: str
    spans: tuple[Span, ...]
    where: str
    remarks: tuple[str, ...] = ()


def utf16_offsets(text: str) -> list[int]:
    """Return, for each code point of the text and for its end, the offset in UTF-16 code units.

    >>> utf16_offsets("é😀.")
    [0, 1, 3, 4]
    """
    return list(accumulate((2 if c > "\uffff" else 1 for c in text), initial=0))
