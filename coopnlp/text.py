"""Strings to strings: the normal form that every offset of this library counts in.

Normalisation happens once, when a source is read, before the first offset
exists: NFC changes length (design.md, fact 6).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["fold", "fold_word", "legible", "normalise", "plain_spaces", "straighten"]

_SURROGATES = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|\x85|\u2028|\u2029")
_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_NOT_COMPARED = re.compile(r"[^0-9a-z+&€$%]+")
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u02bc": "'", "\u2018": "'", "\u00b4": "'", "`": "'"})
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "\ufb01": "fi", "\ufb02": "fl"}
    # letters with a stroke, and the dotless i, which no decomposition takes apart
    | {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "ŧ": "t", "ı": "i", "ð": "d"}
)


def normalise(text: str) -> str:
    """Return the text in NFC with ``\\n`` line ends and without a byte order mark; nothing else changes.

    >>> normalise("cafe\\u0301\\r\\n")
    'café\\n'
    """
    return unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text.removeprefix("\ufeff")))


def legible(name: str) -> str:
    """Return the name of a file as text that can be written: what was no UTF-8 as the numbers of its bytes.

    Python gives such bytes as lone surrogates, which neither JSON nor a database takes.

    >>> legible("proc\\udce8s.txt"), legible("procès.txt")
    ('proc\\\\xe8s.txt', 'procès.txt')
    """

    def shown(found: re.Match[str]) -> str:
        code = ord(found[0])
        return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"

    return name if name.isascii() else _SURROGATES.sub(shown, name)


def plain_spaces(text: str) -> str:
    """Return the text with every kind of Unicode space as U+0020, length kept.

    >>> plain_spaces("12\\u202f500\\u00a0€")
    '12 500 €'
    """
    return _SPACES.sub(" ", text)


def straighten(text: str) -> str:
    """Return the text with straight apostrophes and plain hyphens, length kept.

    >>> straighten("l’Orne–Anjou")
    "l'Orne-Anjou"
    """
    return text.translate(_APOSTROPHES).translate(_DASHES)


def fold(text: str) -> str:
    """Return a form for comparing names: no case, accents, ligatures or punctuation, single spaces.

    Hyphens, apostrophes and dots become spaces. Not reversible, length changes.

    >>> fold("L'Haÿ-les-Roses"), fold("Bœuf  SAINT-ÉTIENNE")
    ('l hay les roses', 'boeuf saint etienne')
    """
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(_NOT_COMPARED.sub(" ", text.casefold()).split())


def unaccented(text: str) -> str:
    """Return a text without what stands over and under its letters.

    >>> unaccented("Haïti, forêt")
    'Haiti, foret'
    """
    apart = unicodedata.normalize("NFD", text)
    marks = {ord(c): None for c in set(apart) if unicodedata.combining(c)}
    return apart.translate(marks) if marks else apart


@lru_cache(maxsize=200_000)
def fold_word(word: str) -> str:
    """Return the folded letters of one word without spaces, remembered; punctuation and spaces give an empty string."""
    return fold(word).replace(" ", "")
