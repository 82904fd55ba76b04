"""French as it is set: no line breaks before « : », « ; », « ! », « ? » and inside quotation marks."""

from __future__ import annotations

import re

__all__ = ["spaced"]

_BEFORE = re.compile(r" (?=[:;!?»])")
_AFTER = re.compile(r"(?<=«) ")


def spaced(text: str) -> str:
    """Put no-break spaces where French has them.

    >>> spaced("« oui » : quoi ?")
    '«\\xa0oui\\xa0»\\xa0: quoi\\xa0?'
    """
    return _AFTER.sub("\u00a0", _BEFORE.sub("\u00a0", text))
