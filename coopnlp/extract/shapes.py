"""The shape of a text: what running heads and lines that come back have in common, figures aside."""

from __future__ import annotations

import re

__all__ = ["first_of_shape", "shape"]

_FIGURES = re.compile(r"\d+")


def shape(text: str) -> str:
    """Return a text in small letters with a sign for each number.

    >>> shape("Page 12 sur 118"), shape("POUR : 59")
    ('page # sur #', 'pour : #')
    """
    return _FIGURES.sub("#", text).casefold()


def first_of_shape(text: str) -> str:
    """Return the first character of the shape of a text: most texts are known by it to have another shape.

    >>> first_of_shape("Page 12 sur 118"), first_of_shape("12 mars"), first_of_shape("")
    ('p', '#', '')
    """
    first = text[:1]
    return "#" if first.isdecimal() else first.casefold()[:1]
