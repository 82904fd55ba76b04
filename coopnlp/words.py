"""The list of French words that ships (``pipeline/data/README.md``), read once for all that ask it.

Forms are in small letters; « İ », whose small letter is two characters, gives a plain « i ».
"""

from __future__ import annotations

import gzip
from functools import cache

from coopnlp.resources import data_file
from coopnlp.text import unaccented

__all__ = ["bare_words", "name_forms", "word_weights"]


@cache
def word_weights() -> dict[str, int]:
    """Return the words in small letters with twice the natural logarithm of their counts.

    >>> word_weights()["coopération"] > word_weights()["copropriété"]
    True
    """
    # all at once: a loop over the lines takes three times as long
    fields = _read().lower().replace("\u0307", "").split("\t")
    return dict(zip(fields[::2], map(int, fields[1::2]), strict=True))


@cache
def bare_words() -> frozenset[str]:
    """Return the words with accents without them: what capitals have left of them.

    >>> "cooperation" in bare_words()
    True
    """
    accented = "\n".join(word for word in word_weights() if not word.isascii())
    return frozenset(unaccented(accented).split("\n"))


@cache
def name_forms() -> frozenset[str]:
    """Return the forms that the list has with a capital alone, as it has names.

    >>> "Sarah" in name_forms(), "Culture" in name_forms()
    (True, False)
    """
    return frozenset(form for form in _read().split("\t")[::2] if form != form.lower())


def _read() -> str:
    """Return the list as forms and weights in turn, a tab after each but the last."""
    with gzip.open(data_file("pipeline", "words.txt.gz"), "rt", encoding="utf-8") as lines:
        return lines.read().rstrip("\n").replace("\n", "\t")
