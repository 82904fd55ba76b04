"""The currency that the words of a table say: its heads, its title, the end of a row.

Source: heads of money columns in 60 annotated documents. « $ » alone is the
Canadian dollar, as in the Québec documents that this register is about.
"""

from __future__ import annotations

import re

__all__ = ["currency_of"]

_CURRENCIES = (
    ("CAD", r"\$ ?ca\b|dollars? canadiens?|cad\b"),
    ("USD", r"\$ ?us\b|usd\b|dollars? americains?"),
    ("XOF", r"fcfa|francs? cfa"),
    ("FRF", r"\bfrancs\b|\bfrf\b"),
    ("CHF", r"\bchf\b"),
    ("EUR", r"€|\beuros?\b|\beur\b"),
    ("CAD", r"\$"),
)


def currency_of(text: str) -> str | None:
    """Return the ISO 4217 code that plain text says, or None.

    >>> currency_of("montant en euros"), currency_of("annee")
    ('EUR', None)
    """
    return next((code for code, words in _CURRENCIES if re.search(words, text)), None)
