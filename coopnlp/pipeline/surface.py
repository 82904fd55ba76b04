"""A flat copy of a text that rules can search: same length, one case, no accents.

Rules for sums and dates look for words; writers use capitals without accents,
four kinds of apostrophe and a dozen of space. One pass makes them one.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["flatten", "repair_digits", "text_of", "token_texts"]

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


class _Last(NamedTuple):
    """What was made of the document that was asked for last: every component of a pipeline asks for the same."""

    doc: Doc | None
    texts: list[str]
    text: str


_last = [_Last(None, [], "")]


def _of(doc: Doc) -> _Last:
    last = _last[0]
    if last.doc is not doc or len(last.texts) != len(doc):
        words, spaces = doc.to_array(["ORTH", "SPACY"]).T.tolist() if len(doc) else ([], [])
        strings = {word: doc.vocab.strings[word] for word in set(words)}
        texts = [strings[word] for word in words]
        last = _last[0] = _Last(doc, texts, "".join([f"{t} " if s else t for t, s in zip(texts, spaces, strict=True)]))
    return last


def token_texts(doc: Doc) -> list[str]:
    """Return the text of every token: ``[t.text for t in doc]`` without making each token; do not change the list."""
    return _of(doc).texts


def text_of(doc: Doc) -> str:
    """Return ``doc.text``, which spaCy puts together anew at each call."""
    return _of(doc).text


_OCR = str.maketrans("ol", "01")


def repair_digits(number: str) -> str:
    """Return a number read by OCR with ``o`` for zero and ``l`` for one put right, length kept.

    Call it only where context says that a number stands here.

    >>> repair_digits("2oo7"), repair_digits("l5")
    ('2007', '15')
    """
    return number.translate(_OCR)
