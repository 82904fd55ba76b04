"""A flat copy of a text that rules can search: same length, one case, no accents.

Rules for sums and dates look for words; writers use capitals without accents,
four kinds of apostrophe and a dozen of space. One pass makes them one. The tokens
of a document as strings are kept here too: every component asks for them, and a
document has half as many forms as tokens (:class:`Surface`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from coopnlp.text import fold_word

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["Surface", "flatten", "repair_digits", "surface_of", "text_of", "token_texts"]

T = TypeVar("T")

_DASHES = "\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_SPACES = "\t\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_APOSTROPHES = "\u2018\u2019\u02bc\u00b4`"
# Latin letters with a mark on them end with this block; nothing beyond matters to French.
_LAST_LATIN = 0x024F


@cache
def _table() -> dict[int, str]:
    table = {ord(c): " " for c in _SPACES}
    table |= {ord(c): "-" for c in _DASHES} | {ord(c): "'" for c in _APOSTROPHES}
    for code in range(ord("A"), _LAST_LATIN + 1):
        letter = chr(code)
        if letter.isalpha():
            base = unicodedata.normalize("NFD", letter)[0].lower()
            if base != letter and len(base) == 1:
                table[code] = base
    return table


def flatten(text: str) -> str:
    """Return the text in lower case, without accents, with plain spaces, dashes and apostrophes.

    The length is kept, so an offset into the one is an offset into the other.
    Line feeds stay; a tab becomes a space. Ligatures keep their form.

    >>> flatten("L’ÉTÉ 2010–2011 : 12\u202f500\u00a0€")
    "l'ete 2010-2011 : 12 500 €"
    """
    return text.translate(_table())


class Surface:
    """What the tokens of one document are as strings, each form looked at once.

    ``forms`` are the different tokens in the order of ``ids``, their numbers in the
    string store, shape ``(forms,)``; ``at`` is the number of the form of each token, ``spaces``
    1 where a space follows it, shape ``(tokens,)``.
    """

    def __init__(self, doc: Doc) -> None:
        words, spaces = doc.to_array(["ORTH", "SPACY"]).T if len(doc) else np.zeros((2, 0), dtype=np.uint64)
        self.spaces = spaces.astype(np.int64)
        self.ids, self.at = np.unique(words, return_inverse=True)
        self.forms = [doc.vocab.strings[word] for word in self.ids.tolist()]
        self.texts: list[str] = self.each(self.forms)
        self.text = "".join([f"{t} " if s else t for t, s in zip(self.texts, self.spaces.tolist(), strict=True)])

    def each(self, of_form: Sequence[T]) -> list[T]:
        """Return of each token what is given of each form."""
        return [of_form[i] for i in self.at.tolist()]

    @cached_property
    def folded(self) -> list[str]:
        """Each token as :func:`coopnlp.text.fold_word` folds it; do not change the list."""
        return self.each([fold_word(form) for form in self.forms])

    @cached_property
    def starts(self) -> list[int]:
        """Where each token begins in the text."""
        sizes = np.array([len(form) for form in self.forms], dtype=np.int64)[self.at] + self.spaces
        starts: list[int] = (np.cumsum(sizes) - sizes).tolist()
        return starts

    def bounds(self, start: int, end: int) -> tuple[int, int]:
        """Return where the text of the tokens ``start:end`` begins and ends."""
        return self.starts[start], self.starts[end - 1] + len(self.texts[end - 1])

    @cached_property
    def flat(self) -> str:
        """The text as :func:`flatten` makes it."""
        return flatten(self.text)


# Of the document that was asked for last: every component of a pipeline asks for the same.
_last: list[tuple[Doc, Surface]] = []


def surface_of(doc: Doc) -> Surface:
    """Return the tokens of a document as strings, made once while nothing asks for another document."""
    if not _last or _last[0][0] is not doc or len(_last[0][1].at) != len(doc):
        _last[:] = [(doc, Surface(doc))]
    return _last[0][1]


def token_texts(doc: Doc) -> list[str]:
    """Return the text of every token: ``[t.text for t in doc]`` without making each token; do not change the list."""
    return surface_of(doc).texts


def text_of(doc: Doc) -> str:
    """Return ``doc.text``, which spaCy puts together anew at each call."""
    return surface_of(doc).text


_OCR = str.maketrans("ol", "01")


def repair_digits(number: str) -> str:
    """Return a number read by OCR with ``o`` for zero and ``l`` for one put right, length kept.

    Call it only where context says that a number stands here.

    >>> repair_digits("2oo7"), repair_digits("l5")
    ('2007', '15')
    """
    return number.translate(_OCR)
