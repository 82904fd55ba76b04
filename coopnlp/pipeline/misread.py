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

import gzip
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from coopnlp.pipeline.misread_signs import signs_mended
from coopnlp.resources import data_file

__all__ = ["is_name", "mend"]

_RUN = re.compile(r"\w+")
_LETTERS = "abcdefghijklmnopqrstuvwxyzàâçéèêëîïôùûœ"
# What scans take letters for (read: meant), in both directions where both are seen.
_CONFUSED = {
    "e": "éèêc", "c": "eç", "a": "àâ", "à": "a", "é": "eè", "è": "eé", "1": "li", "l": "i", "i": "lî", "0": "o",
    "o": "ôc", "u": "nùû", "n": "u", "8": "b", "5": "s", "6": "b", "9": "g", "rn": "m", "m": "rn", "cl": "d",
    "vv": "w", "ri": "n", "f": "t", "t": "f", "h": "b", "b": "h", "q": "g", "g": "q",
}  # fmt: skip
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

# Abbreviations that are not misread words.
_ABBREVIATED = re.compile(
    r"janv|févr|avr|juil|sept|oct|nov|déc|art|tél|etc|env|hab|dir|resp|vol|éd|pp|cf|bd|av|nb|km|kg|ha|cm"
)
# Natural logarithms: of the chance of an error by its kind, of a word that is not in the list ...
_PAIR, _OTHER, _LOST, _ADDED = 4.0, 7.0, 10.0, 12.0
_UNKNOWN, _UNKNOWN_NAME = 2.0, 3.0
# ... which falls with each letter; a capital or digit inside a word makes it none ...
_LETTER = -1.25
_MIXED = -6.0
# ... of how much more likely a word is that the document has already.
_RECURS = 3.0
# Short words are all alike: only frequent ones (by length) are known, more frequent ones meant, and none lost a letter.
_SHORT = 3
_KNOWN_SHORT = {1: 0.0, 2: 9.0, 3: 5.0}
_FREQUENT = 9.0
# « la », « le », « les » after a misread l; other short words with a digit are ordinals or codes.
_ARTICLE = frozenset({"1a", "1e", "1es"})
# A longer word that stands so often in a document is a name or a word that the list lacks.
_TOO_OFTEN = 3
_ACRONYM = 6
# From this share of plain words, and this many, a document is a poor copy. Of the dev split
# the cleanest tenth with one wrong character in a hundred has 0.02, clean documents 0.003.
_POOR_SHARE, _POOR_WORDS = 0.012, 3


@cache
def _list() -> dict[str, float]:
    with gzip.open(data_file("pipeline", "words.txt.gz"), "rt", encoding="utf-8") as lines:
        return {form: int(weight) / 2 for form, weight in (line.rstrip("\n").split("\t") for line in lines)}


@cache
def _words() -> dict[str, float]:
    # « İ » has a lower case of two characters, the second of them no letter.
    return {form.lower().replace("\u0307", ""): weight for form, weight in _list().items()}


def is_name(word: str) -> bool:
    """Tell whether the list has the word with a capital alone, as it has names: « Sarah », not « Culture »."""
    return word in _list() and word.lower() not in _list()


@cache
def _bare() -> frozenset[str]:
    """Return the known words without accents: what capitals have left of them."""
    return frozenset(_unaccented(word) for word in _words())


@cache
def _by_third() -> dict[tuple[int, int, str], list[str]]:
    """Return the words of seven letters and more by length and third: two errors leave one third whole."""
    found = defaultdict(list)
    for word in _words():
        if len(word) > 6:
            for third in range(3):
                found[len(word), third, _third(word, third)].append(word)
    return dict(found)


def _third(word: str, number: int) -> str:
    size = len(word)
    return word[number * size // 3 : (number + 1) * size // 3]


def _unaccented(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


@lru_cache(maxsize=100_000)
def _known(word: str) -> bool:
    low = word.lower()
    if _ABBREVIATED.fullmatch(low):
        return True
    if len(low) <= _SHORT and word.islower():
        return _words().get(low, 0.0) >= _KNOWN_SHORT[len(low)]
    if len(low) > 5 and low[-1] in "es" and low[:-1] in _words():
        return True
    return low in _words() or (word[0].isupper() and _unaccented(low) in _bare())


def _swapped(low: str) -> Iterator[tuple[str, float]]:
    """Yield what the word was if one pair that scans confuse was confused."""
    for i in range(len(low)):
        for size in (1, 2):
            for meant in _meant(low[i : i + size]) if i + size <= len(low) else ():
                yield low[:i] + meant + low[i + size :], _PAIR


def _meant(read: str) -> tuple[str, ...]:
    if len(read) == 1:
        return (_CONFUSED["m"],) if read == "m" else tuple(_CONFUSED.get(read, ""))
    return (_CONFUSED[read],) if read in _CONFUSED else ()


def _one_away(low: str) -> Iterator[tuple[str, float]]:
    yield from _swapped(low)
    for i in range(len(low)):
        for letter in _LETTERS:
            yield low[:i] + letter + low[i + 1 :], _OTHER
            if i and len(low) > _SHORT:
                yield low[:i] + letter + low[i:], _LOST
        if len(low) > _SHORT:
            yield low[:i] + low[i + 1 :], _ADDED


def _two_away(low: str) -> Iterator[tuple[str, float]]:
    words = {low: 0.0}
    for pair in ("rn", "cl", "vv", "ri"):
        if pair in low:
            words[low.replace(pair, _CONFUSED[pair], 1)] = _PAIR
    for start, cost in words.items():
        allowed = 1 if cost else 2
        for third in range(3):
            for word in _by_third().get((len(start), third, _third(start, third)), ()):
                wrong = [(a, b) for a, b in zip(start, word, strict=True) if a != b]
                if len(wrong) <= allowed:
                    yield word, cost + sum(_PAIR if b in _meant(a) else _OTHER for a, b in wrong)


@lru_cache(maxsize=50_000)
def _candidates(low: str) -> tuple[tuple[str, float], ...]:
    """Return the known words that this one may have been, and how probable each is (a logarithm)."""
    words = _words()
    best: dict[str, float] = {}

    def weigh(found: Iterator[tuple[str, float]]) -> None:
        for word, cost in found:
            weight = words.get(word)
            if weight is not None and (len(low) > _SHORT or weight >= _FREQUENT):
                best[word] = max(best.get(word, -99.0), weight - cost)

    weigh(_one_away(low))
    if not best and len(low) > 6:
        weigh(_two_away(low))
    return tuple(sorted(best.items(), key=lambda item: -item[1])[:8])


def _most_probable(word: str, seen: Counter[str]) -> str | None:
    least = (_UNKNOWN if word.islower() else _UNKNOWN_NAME) + _LETTER * len(word)
    if not (word[1:].islower() or word.isupper()):
        least += _MIXED
    ranked = [(weight + (_RECURS if seen[known] else 0.0), known) for known, weight in _candidates(word.lower())]
    best = max(ranked, default=(least, ""))
    return _as_written(word, best[1]) if best[0] > least else None


def _as_written(word: str, known: str) -> str:
    letters = [c for c in word if c.isalpha()]
    if sum(c.isupper() for c in letters) > max(1, len(letters) / 2):
        return known.upper()
    name = known.capitalize()
    if word[0].lower() != known[0]:  # the misread letter says nothing of its case
        return name if name in _list() else known
    return name if word[0].isupper() else known


def _worth_reading(word: str, times: int) -> bool:
    """Whether an unknown word may be a misread one: not an acronym, a code, or what the document repeats."""
    if len(word) <= _SHORT:
        return word in _ARTICLE or (len(word) > 1 and word.isalpha() and not word.isupper())
    acronym = word.isupper() and len(word) <= _ACRONYM
    return times < _TOO_OFTEN and not acronym and not _CODE.fullmatch(word)


def _poor(times: Counter[str], misread: Iterable[str]) -> bool:
    """Whether these words are a good share of the plain words of a text."""
    plain = sum(n for word, n in times.items() if len(word) > _SHORT and word.islower() and word.isalpha())
    wrong = sum(times[word] for word in misread if len(word) > _SHORT and word.islower())
    return wrong >= max(_POOR_WORDS, _POOR_SHARE * plain)


def _apart(one: str, other: str) -> int:
    """Return the number of letters exchanged between words, 1 for a letter lost, 9 for anything farther."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True))
    short, long = sorted((one, other), key=len)
    lost = len(long) == len(short) + 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
    return 1 if lost else 9


def _due(text: str) -> Iterator[tuple[int, str]]:
    """Yield where a month or a currency is due and something near one stands: start, what it was."""
    for pattern, words, far in ((_MONTH_OF_YEAR, _MONTHS, 2), (_MONTH_OF_DAY, _MONTHS, 1), (_OF_SUM, _CURRENCIES, 2)):
        for match in pattern.finditer(text):
            read = match.group(1).lower()
            distance, _, word = min((_apart(read, word), len(word) != len(read), word) for word in words)
            if 0 < distance <= min(far, len(word) // 3):
                yield match.start(1), word.upper() if match.group(1).isupper() else word


def _meant_words(text: str) -> dict[str, str]:
    """Return the misread words of a text and what they were."""
    times = Counter(_RUN.findall(text))
    unknown = {word for word in times if not _known(word) and not word.isdigit()}
    seen = Counter({word.lower(): n for word, n in times.items() if word not in unknown and len(word) > _SHORT})
    meant: dict[str, str] = {}
    for word in unknown:
        if _NUMBER.fullmatch(word):
            meant[word] = word.translate(_DIGITS)
        elif _GLUED.fullmatch(word):
            rest = _most_probable(word[1:], seen) if not _known(word[1:]) else None
            meant[word] = f"{word[0]}'{rest or word[1:]}"
        elif _worth_reading(word, times[word]):
            known = _most_probable(word, seen)
            if known is not None:
                meant[word] = known
    return meant if _poor(times, (word for word in meant if word.isalpha())) else {}


def _parted(text: str, start: int, end: int, word: str) -> Iterator[tuple[int, int, str]]:
    """Yield the word, in two pieces where its apostrophe was lost; a letter too many at its border is a sign."""
    read = text[start:end]
    if word[1:2] == "'" and read[1:2] != "'" and read[0].lower() == word[0].lower():
        # Two words, so two pieces: the second may have lost a letter as well.
        yield start, start + 1, word[:2]
        yield start + 1, end, word[2:]
    elif len(word) <= _SHORT or read.lower() not in (word.lower() + read[-1].lower(), read[0].lower() + word.lower()):
        yield start, end, word
    elif read.lower().startswith(word.lower()):
        yield end - 1, end, ","
    elif read[1].isupper():
        yield start, start + 1, "("
    else:
        yield start, end, word


def mend(text: str) -> list[tuple[int, int, str]]:
    """Return what a poor copy was where it was misread, as (start, end, what it was); nothing for a clean text.

    In order, offsets are code points of ``text``. A number with letters in it is
    read as a number (:func:`~coopnlp.pipeline.misread_signs.certain` says whether
    its value can be trusted).
    """
    times = Counter(_RUN.findall(text))
    if not _poor(times, (word for word in times if not _known(word))):
        return []
    signs = signs_mended(text, _known)
    meant = _meant_words(signs)
    if not meant:
        return []
    due = dict(_due(signs))
    pieces: list[tuple[int, int, str]] = []
    at = 0
    for match in _RUN.finditer(signs):
        start, end = match.span()
        word = due.get(start) or meant.get(match.group())
        pieces += [(i, i + 1, signs[i]) for i in range(at, start if word else end) if signs[i] != text[i]]
        if word:
            pieces += _parted(signs, start, end, word)
        at = end
    return pieces + [(i, i + 1, signs[i]) for i in range(at, len(text)) if signs[i] != text[i]]
