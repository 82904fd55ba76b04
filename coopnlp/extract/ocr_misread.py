"""What Tesseract's French model reads wrong so often, and so plainly, that the page need not be asked again.

Signed with 37 pages of three council reports that were scanned in 2011, each
looked at beside its picture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from coopnlp.extract.tesseract import ReadWord

__all__ = ["is_splinter", "mend_words"]

#: « ler avril », « lère adjointe »: the figure 1 before letters. None of these is a French word.
_ORDINAL = re.compile(r"^([(«\"'’-]*)[lI](er|ers|ère|ères|ere|eres)([.,;:)»\"]*)$")
#: « 8 O00,00 € », « 2O11 »: the letter among two figures and more.
_ZERO = re.compile(r"^\W*(?=(?:\D*\d){2})[\dO][\dO.,/]*[%€]?\W*$")
#: « 201 1 »: the wide white beside a figure 1 is taken for a blank. No number is written so: after a blank
#: French has three figures. It was so with 4 of 71 years 2011.
_CENTURY, _LAST_FIGURE = re.compile(r"^\D*(?:19|20)\d$"), re.compile(r"^\d(?!\d)")
#: A sign by itself of this share of its line's height, in both directions, is dust: points stand with their word,
#: and a colon is half as high. At line ends dust also hides the hyphen of a broken word.
_DUST, _SIGNS = 0.1, frozenset(".,:;'‘’`·\"")
#: A blank between words is under half of the height of figures.
_MAX_BLANK = 0.5
#: A letter by itself that touches a word (a blank is a third of the height of capitals or more), and of
#: which Tesseract is less sure than this, is what a box cut off. Of 8 such 8 were; numbers in a margin that
#: were as doubtful (61 and 81) stood far from anything.
_TOUCHING, _SURE = 0.3, 85.0


def mend_words(words: Sequence[ReadWord]) -> list[ReadWord]:
    """Return the words of a page without dust, with figures where letters were read for them, cut years in one piece.

    >>> words = [ReadWord(t, x, 0, x + 8, 8, 95.0, 0) for t, x in (("ler", 0), ("201", 12), ("1.", 22))]
    >>> [word.text for word in mend_words(words)]
    ['1er', '2011.']
    """
    tall: dict[int, float] = {}
    for word in words:
        tall[word.line] = max(tall.get(word.line, 0.0), word.bottom - word.top)
    found: list[ReadWord] = []
    for word in words:
        if word.text in _SIGNS and max(word.bottom - word.top, word.x1 - word.x0) < _DUST * tall[word.line]:
            continue
        before = found[-1] if found else None
        if before is not None and _is_cut_year(before, word):
            found[-1] = replace(
                before,
                text=before.text + word.text,
                top=min(before.top, word.top),
                x1=word.x1,
                bottom=max(before.bottom, word.bottom),
                confidence=min(before.confidence, word.confidence),
            )
            continue
        text = _ORDINAL.sub(r"\g<1>1\2\3", word.text)
        found.append(replace(word, text=text.replace("O", "0") if _ZERO.match(text) else text))
    return found


def _is_cut_year(before: ReadWord, word: ReadWord) -> bool:
    return (
        before.line == word.line
        and _CENTURY.match(before.text) is not None
        and _LAST_FIGURE.match(word.text) is not None
        and 0 <= word.x0 - before.x1 < _MAX_BLANK * (before.bottom - before.top)
    )


def is_splinter(word: ReadWord, words: Sequence[ReadWord]) -> bool:
    """Tell whether a letter that only the second look saw is the rest of one in ``words``, cut off by its box."""
    if len(word.text) > 1 or word.confidence >= _SURE:
        return False
    tall = word.bottom - word.top
    return any(
        min(other.bottom, word.bottom) - max(other.top, word.top) > 0.5 * tall
        and -tall < max(word.x0 - other.x1, other.x0 - word.x1) < _TOUCHING * tall
        for other in words
    )
