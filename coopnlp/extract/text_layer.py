"""Whether the text layer of a page is French or noise.

Archives are full of scans with a text layer that an old OCR left, and of PDF
files whose fonts do not say which letters they draw. Each word of a page is held
against the French word list that ships; names, figures and codes say nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from coopnlp.words import word_weights

__all__ = ["MAX_NOISE", "is_noise", "noise_share", "sample"]

_Word = TypeVar("_Word")

#: From this share on a layer is noise. ``tests/benchmarks/text_layer_noise.py`` measures it: of 833 pages of real
#: PDF files that were born digital none reaches it (the worst, a table of names, has 0.10; 99 of 100 have 0.03 or
#: less); of the same pages 26 % do with 3 % of their characters misread, 89 % with 5 %, 95 % with 8 %, 97 % with
#: accents decoded as two letters, 93 % with glyph numbers for letters, 99 % with private codes.
MAX_NOISE = 0.12
#: Fewer words that can be judged say nothing of a page.
_LEAST = 20
#: Where fewer than this share are French, capitals begin no names: fonts without a code table give « &RQVHLO
#: PXQLFLSDO ».
_LEAST_FRENCH = 0.1
#: A page is judged by about this many of its words, spread over it.
_SAMPLE = 250
#: So many words are remembered with what they are.
_KEPT_WORDS = 20_000
#: Words are parted where French parts them: elision, hyphens, slashes.
_PARTS = re.compile(r"['’`/()\[\]\u2010-\u2015-]+|(?<=[^\W\d_]{2})[,;:](?=[^\W\d_]{2})")
_EDGES = ' .,;:!?…«»"“”*•·°^+=&§%€$#<>|_~'
_LETTERS = re.compile(r"[^\W\d_]+")
#: Figures, ordinals, units, codes, initials, addresses: « 1er », « 20h30 », « n°12 », « km2 », « 8204TG05 »,
#: « C.G.C.T », « ville.fr ».
_CODE = re.compile(
    r"[\d.,:]+[^\W\d_]{0,3}[²³]?\d{0,2}|[nN]°.+|[^\W\d_]{1,4}\d+|[A-Z\d]+|(?:[A-Z]\.)+[A-Z]?|.*(?:@|www\.|\.\w{2,3}$).*",
    re.DOTALL,
)
_SHORT_WORDS = (
    "a à y ô l d n s c j m t le la de du un en et au ce se sa si ou où on il ne je tu me ma mi ni nu or os va vu su "
    "te ta eu ès dû né pu ru sû an as es ai ont m² qu ci e in"
)
_SHORT = frozenset(_SHORT_WORDS.split())
#: Words that other languages cannot do without; French writes none of them.
_FOREIGN_WORDS = (
    "the and of to for with from that this are was were by und der mit ist nicht von zu den el los con por para una "
    "del di della che per gli sono em uma não het een van voor niet"
)
_FOREIGN = frozenset(_FOREIGN_WORDS.split())
_FOREIGN_SHARE = 0.12


def noise_share(words: Iterable[str]) -> float | None:
    """Return the share of the words that are no French, 0 to 1; None where too few can be judged.

    Names and figures count for nothing, as do pages in another language or script.

    >>> noise_share("La commune de Troyes verse une subvention à la ville de Kita pour l'eau et les écoles "
    ...             "dans le cadre de la coopération décentralisée".split())
    0.0
    """
    verdicts = Counter(map(_judged.__getitem__, words))
    good, bad, names, foreign = (sum(of[i] * count for of, count in verdicts.items()) for i in range(4))
    judged = good + bad
    if judged + names >= 2 * _LEAST and good < _LEAST_FRENCH * (judged + names):
        return (bad + names) / (judged + names)
    if judged < _LEAST or foreign >= _FOREIGN_SHARE * (judged + names):
        return None
    return bad / judged


def is_noise(words: Sequence[str]) -> bool:
    """Tell whether the text layer that gave these words is better replaced by what OCR sees."""
    return (noise_share(sample(words)) or 0.0) > MAX_NOISE


def sample(words: Sequence[_Word]) -> Sequence[_Word]:
    """Return the words that a page is judged by, those of a sample themselves."""
    return words[:: max(1, len(words) // _SAMPLE)]


class _Judged(dict[str, tuple[int, int, int, int]]):
    """Of each word how many parts are French, noise, names, and of another language; most words come back."""

    def __missing__(self, word: str) -> tuple[int, int, int, int]:
        pieces = [piece for piece in (part.strip(_EDGES) for part in _PARTS.split(word)) if piece]
        verdicts = [_judge(piece) for piece in pieces]
        foreign = sum(piece in _FOREIGN for piece in pieces)
        if len(self) >= _KEPT_WORDS:
            self.clear()
        self[word] = found = (verdicts.count("good"), verdicts.count("bad"), verdicts.count("name"), foreign)
        return found


_judged = _Judged()


def _judge(piece: str) -> str:
    letters = _LETTERS.fullmatch(piece)
    if letters is None:
        if not any(c.isalpha() for c in piece):
            return "none" if any(c.isdigit() for c in piece) else "bad"
        return "none" if _CODE.fullmatch(piece) else "bad"
    low = piece.lower()
    if len(piece) <= 2:
        return "good" if low in _SHORT else "name" if piece[0].isupper() else "bad"
    if low in word_weights():
        return "good"
    return "name" if piece[0].isupper() else "bad"
