"""What the words of a poor scan were before they were misread.

A document in which a good share of the plain words are no words, but one letter
away from one, is taken for a poor copy; in any other nothing is touched, so that
rare names stay as they are. In a poor copy each unknown word is compared with the
known words one misread letter away (a letter exchanged, lost or too many; pairs
that scans confuse cost least) or, from seven letters on, two exchanged letters
away, and the most probable is what it is read as: the noisy channel of Kernighan,
Church and Gale 1990. Words that the document repeats weigh more.

>>> text = "La vi1le de Strasbourq ct la régian Grcnd Est ont siqné une convcntion."
>>> [word for start, end, word in mend(text)]
['ville', 'Strasbourg', 'et', 'région', 'Grand', 'signé', 'convention']
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from coopnlp.pipeline.misread_borders import Pieces, bordered
from coopnlp.pipeline.misread_signs import signs_mended
from coopnlp.pipeline.misread_words import SHORT, as_written, candidates, is_feminine, is_known, weight_of

__all__ = ["mend"]

_RUN = re.compile(r"\w+")
# Where a sign may have stood behind a word: before white space, but rarely before words that go on with the phrase.
_OPEN = re.compile(r"(?!\s+(?:de|du|des|d['’]\w+|et|ou|en|à|au|aux)\s)(?=\s|$)")
# A word, whether white space precedes it, and whether a sign may have stood behind.
_Place = tuple[str, bool, bool]
_DIGITS = str.maketrans("OolISBbg", "00115869")
# Digits may stand among letters that scans take them for; « 15k » or « B5 » is no misread number.
_NUMBER = re.compile(r"(?=.*\d)(?![BSgb]\d+$)[\dOolISBbg]{2,}")
# « dIspas », « LAssociation »: the apostrophe is lost.
_GLUED = re.compile(r"[dlDL][AEÉÈÊIÎOÔUYH][a-zà-öø-ÿœ]{2,}")
_MONTHS = (
    "janvier", "février", "fevrier", "mars", "avril", "mai", "juin", "juillet", "août", "aout", "septembre",
    "octobre", "novembre", "décembre", "decembre",
)  # fmt: skip
_CURRENCIES = ("euros", "euro", "dollars", "francs", "millions", "million")
_MONTH_OF_YEAR = re.compile(
    r"(?<!\w)(?:\d{1,2}|1er|en|de|du|depuis|fin|début)[ \u00a0](\w{3,9})(?=[ \u00a0](?:19|20)\d\d\b)"
)
_MONTH_OF_DAY = re.compile(r"(?<!\w)(?:le|du|au|et)[ \u00a0](?:[0-3]?\d|1er)[ \u00a0](\w{3,9})(?!\w)")
_OF_SUM = re.compile(r"(?:\d[ \u00a0\u202f.]\d{3}|mille|millions? d['’])[ \u00a0]?(\w{4,8})(?!\w)")
_CODE = re.compile(r"\d+[^\W\d_]{1,3}|[^\W\d_]{1,4}\d+")

# Natural logarithms: of the chance of a word that is not in the list, which falls with each letter; a capital or
# digit inside a word makes it none ...
_UNKNOWN, _UNKNOWN_NAME = 2.0, 3.0
_LETTER = -1.25
_MIXED = -6.0
# ... of how much more likely a word is that the document has already, of an unknown one that it has elsewhere, and
# of a capital that is a misread small letter, of a feminine that the list has not.
_RECURS = 3.0
_ELSEWHERE = 4.0
_CASE = 2.0
_FEMININE = 7.0
# « la », « le », « les » after a misread l; other short words with a digit are ordinals or codes.
_ARTICLE = frozenset({"1a", "1e", "1es"})
# A longer word that stands so often in a document is a name or a word that the list lacks.
_TOO_OFTEN = 3
_ACRONYM = 6
# From this share of plain words, and this many, a document is a poor copy. Of the dev split
# the cleanest tenth with one wrong character in a hundred has 0.02, clean documents 0.003.
_POOR_SHARE, _POOR_WORDS = 0.012, 3


class _Document:
    """The words of a document: how often each stands there, and which of the known ones."""

    def __init__(self, text: str) -> None:
        self.times = Counter(_RUN.findall(text))
        self.unknown = {word for word in self.times if not is_known(word) and not word.isdigit()}
        known = {word: n for word, n in self.times.items() if word not in self.unknown and len(word) > SHORT}
        self.seen = Counter({word.lower(): n for word, n in known.items()})

    def recurs(self, low: str) -> float:
        return _RECURS if self.seen[low] else 0.0

    def candidates(self, word: str) -> Iterator[tuple[float, str]]:
        """Yield what a word may have been, in its case, each with a logarithm."""
        for known, weight in candidates(word):
            written = as_written(word, known)
            case = _CASE if word[0].isupper() and written[0].islower() else 0.0
            yield weight + self.recurs(known) - case, written

    def weigh(self, word: str) -> tuple[float, str] | None:
        """Return how probable a word is, as it stands or misread, and what it was."""
        weight = weight_of(word)
        if weight is not None:
            return weight + self.recurs(word.lower()), word
        if self.times[word]:
            return _ELSEWHERE + _RECURS, word
        return max(self.candidates(word), default=None)

    def meant(self, word: str, *, first: bool, last: bool) -> Pieces | None:
        """Return what an unknown word was, where that is more probable than a word that the list lacks.

        ``first`` and ``last`` say whether a sign may have stood before, and behind.
        """
        least = _unlisted(word)
        if is_feminine(word):
            least = max(least, (weight_of(word[:-1]) or 0.0) - _FEMININE)
        if not (word[1:].islower() or word.isupper()):
            least += _MIXED
        whole = [(weight, _whole(word, written)) for weight, written in self.candidates(word)]
        parted = bordered(word, self.weigh, _unlisted, first=first, last=last)
        best = max([*whole, *parted], default=(least, None), key=lambda option: option[0])
        return best[1] if best[0] > least else None

    def glued(self, word: str) -> Pieces:
        """Return the two words of one that lost its apostrophe; the second may have lost a letter as well."""
        rest = word[1:]
        if not is_known(rest):
            _, rest = max(self.candidates(rest), default=(0.0, rest))
        return (0, 1, f"{word[0]}'"), (1, len(word), rest)


def _unlisted(word: str) -> float:
    return (_UNKNOWN if word.islower() else _UNKNOWN_NAME) + _LETTER * len(word)


def _whole(word: str, new: str) -> Pieces:
    return ((0, len(word), new),)


def _worth_reading(word: str, times: int) -> bool:
    """Whether an unknown word may be a misread one: not an acronym, a code, or what the document repeats."""
    if len(word) <= SHORT:
        return word in _ARTICLE or (len(word) > 1 and word.isalpha() and not word.isupper())
    acronym = word.isupper() and len(word) <= _ACRONYM
    return times < _TOO_OFTEN and not acronym and not _CODE.fullmatch(word)


def _poor(times: Counter[str], misread: Iterable[str]) -> bool:
    """Whether these words are a good share of the plain words of a text."""
    plain = sum(n for word, n in times.items() if len(word) > SHORT and word.islower() and word.isalpha())
    wrong = sum(times[word] for word in misread if len(word) > SHORT and word.islower())
    return wrong >= max(_POOR_WORDS, _POOR_SHARE * plain)


def _apart(one: str, other: str) -> int:
    """Return the number of letters exchanged between words, 1 for a letter lost, 9 for anything farther."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True))
    short, long = sorted((one, other), key=len)
    lost = len(long) == len(short) + 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
    return 1 if lost else 9


def _due(text: str) -> Iterator[tuple[int, Pieces]]:
    """Yield where a month or a currency is due and something near one stands: start, what it was."""
    for pattern, words, far in ((_MONTH_OF_YEAR, _MONTHS, 2), (_MONTH_OF_DAY, _MONTHS, 1), (_OF_SUM, _CURRENCIES, 2)):
        for match in pattern.finditer(text):
            read = match.group(1)
            distance, _, word = min((_apart(read.lower(), word), len(word) != len(read), word) for word in words)
            far_here = far if is_known(read) else 2
            if not 0 < distance <= min(far_here, len(word) // 3):
                continue
            if read[:-1].lower() == word:
                yield match.start(1), ((len(word), len(read), ","),)
            else:
                yield match.start(1), _whole(read, word.upper() if read.isupper() else word)


def _meant_words(text: str) -> dict[_Place, Pieces]:
    """Return the misread words of a text and what they were, by word and by what stands around it."""
    document = _Document(text)
    meant: dict[_Place, Pieces] = {}
    for place in {_place(text, match) for match in _RUN.finditer(text)}:
        word, first, last = place
        if word not in document.unknown:
            continue
        if _NUMBER.fullmatch(word):
            meant[place] = _whole(word, word.translate(_DIGITS))
        elif _GLUED.fullmatch(word):
            meant[place] = document.glued(word)
        elif _worth_reading(word, document.times[word]):
            pieces = document.meant(word, first=first, last=last)
            if pieces is not None:
                meant[place] = pieces
    # A sign that a word may have at its border is too easily found to prove a poor copy.
    proof = {word for (word, _, _), pieces in meant.items() if word.isalpha() and len(pieces[0][2]) > 1}
    return meant if _poor(document.times, proof) else {}


def _place(text: str, match: re.Match[str]) -> _Place:
    start, end = match.span()
    first = start == 0 or text[start - 1].isspace()
    return match.group(), first, _OPEN.match(text, end) is not None


def mend(text: str) -> list[tuple[int, int, str]]:
    """Return what a poor copy was where it was misread, as (start, end, what it was); nothing for a clean text.

    In order, offsets are code points of ``text``. A number with letters in it is
    read as a number (:func:`~coopnlp.pipeline.misread_signs.certain` says whether
    its value can be trusted).
    """
    times = Counter(_RUN.findall(text))
    if not _poor(times, (word for word in times if not is_known(word))):
        return []
    signs = signs_mended(text)
    meant = _meant_words(signs)
    if not meant:
        return []
    due = dict(_due(signs))
    pieces: list[tuple[int, int, str]] = []
    at = 0
    for match in _RUN.finditer(signs):
        start, end = match.span()
        found = due.get(start) or meant.get(_place(signs, match), ())
        pieces += [(i, i + 1, signs[i]) for i in range(at, start if found else end) if signs[i] != text[i]]
        pieces += _in_text(text, signs, start, end, found)
        at = end
    return pieces + [(i, i + 1, signs[i]) for i in range(at, len(text)) if signs[i] != text[i]]


def _in_text(text: str, signs: str, start: int, end: int, pieces: Pieces) -> Iterator[tuple[int, int, str]]:
    """Yield the pieces of a word by their place in the text, and the signs mended beside them."""
    at = start
    for first, last, new in pieces:
        yield from ((i, i + 1, signs[i]) for i in range(at, start + first) if signs[i] != text[i])
        yield start + first, start + last, new
        at = start + last
    if pieces:
        yield from ((i, i + 1, signs[i]) for i in range(at, end) if signs[i] != text[i])
