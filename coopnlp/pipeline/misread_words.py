"""One unknown word of a poor scan: which words it may have been, and how probable each is.

The noisy channel of Kernighan, Church and Gale 1990: the logarithm of how frequent
a word is, less what it costs that it was read as it was. Known words are those of
the list that ships (:mod:`coopnlp.training.words`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache

from coopnlp.text import unaccented
from coopnlp.words import bare_words, name_forms, word_weights

__all__ = ["SHORT", "as_written", "candidates", "is_feminine", "is_known", "is_name", "weight_of"]

_LETTERS = "abcdefghijklmnopqrstuvwxyzàâçéèêëîïôùûœ"
# What scans take letters for (read: meant), in both directions where both are seen.
_CONFUSED = {
    "e": "éèêc", "c": "eç", "a": "àâ", "à": "a", "é": "eè", "è": "eé", "1": "li", "l": "i", "i": "lî", "0": "o",
    "o": "ôc", "u": "nùû", "n": "u", "8": "b", "5": "s", "6": "b", "9": "g", "rn": "m", "m": "rn", "cl": "d",
    "vv": "w", "ri": "n", "f": "t", "t": "f", "h": "b", "b": "h", "q": "g", "g": "q",
}  # fmt: skip
# Abbreviations that are not misread words.
_ABBREVIATED = re.compile(
    r"janv|févr|avr|juil|sept|oct|nov|déc|art|tél|etc|env|hab|dir|resp|vol|éd|pp|cf|bd|av|nb|km|kg|ha|cm"
)
# Natural logarithms of the chance of an error by its kind.
_PAIR, _OTHER, _LOST, _ADDED = 4.0, 7.0, 7.0, 12.0
#: Words up to this length are all alike: only frequent ones (by length) are known, more frequent ones meant, and
#: none lost a letter.
SHORT = 3
_KNOWN_SHORT = {1: 0.0, 2: 9.0, 3: 5.0}
_FREQUENT = 9.0
# What a word counts that is known by its form alone: without its accents, or in the plural.
_BY_FORM = 4.0


def is_name(word: str) -> bool:
    """Tell whether the list has the word with a capital alone, as it has names: « Sarah », not « Culture »."""
    return word in name_forms()


@cache
def _by_third() -> dict[tuple[int, int, str], list[str]]:
    """Return the words of seven letters and more by length and third: two errors leave one third whole."""
    found = defaultdict(list)
    for word in word_weights():
        if len(word) > 6:
            for third in range(3):
                found[len(word), third, _third(word, third)].append(word)
    return dict(found)


def _third(word: str, number: int) -> str:
    size = len(word)
    return word[number * size // 3 : (number + 1) * size // 3]


@lru_cache(maxsize=100_000)
def is_known(word: str) -> bool:
    """Tell whether the list has the word, in some case, in the plural or without its accents."""
    low = word.lower()
    if _ABBREVIATED.fullmatch(low):
        return True
    if len(low) <= SHORT and word.islower():
        return word_weights().get(low, 0) / 2 >= _KNOWN_SHORT[len(low)]
    if low in word_weights() or (word[0].isupper() and _is_bare(unaccented(low))):
        return True
    # « les adjointes », but « Rimouskie » may be Rimouski before a comma.
    return len(low) > 5 and low[-1] in "es" and low[:-1] in word_weights() and not is_feminine(word)


def _is_bare(word: str) -> bool:
    return word in word_weights() or word in bare_words()


def is_feminine(word: str) -> bool:
    """Tell whether an unknown word is a name of the list and an e: « Romaine », or a name before a misread sign."""
    return word[-1] == "e" and word[0].isupper() and word.lower() not in word_weights() and is_name(word[:-1])


def weight_of(word: str) -> float | None:
    """Return how frequent a known word is, a natural logarithm; nothing for an unknown one."""
    if not is_known(word):
        return None
    twice = word_weights().get(word.lower())
    return _BY_FORM if twice is None else twice / 2


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
            if i and len(low) > SHORT:
                yield low[:i] + letter + low[i:], _LOST
        if 0 < i < len(low) - 1 and len(low) > SHORT:  # a letter too many at a border is a sign
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


def candidates(word: str) -> tuple[tuple[str, float], ...]:
    """Return the known words that a word may have been, the most probable first, each with a logarithm."""
    inner = tuple(i for i, c in enumerate(word) if i and c.isupper())
    low = word.lower()
    # A capital within a small word is the letter that was misread.
    if 0 < len(inner) < 3 and len(low) == len(word) and 3 * len(inner) < len(word):
        found = _exchanged(low, inner)
        if found:
            return found
    return _near(low)


@lru_cache(maxsize=10_000)
def _exchanged(low: str, at: tuple[int, ...]) -> tuple[tuple[str, float], ...]:
    """Return the known words that differ at these places alone."""
    forms = [(low, 0.0)]
    for i in at:
        forms = [
            (form[:i] + letter + form[i + 1 :], cost + (_PAIR if letter in _meant(form[i]) else _OTHER))
            for form, cost in forms
            for letter in _LETTERS
        ]
    words = word_weights()
    found = [(form, words[form] / 2 - cost) for form, cost in forms if form in words]
    return tuple(sorted(found, key=lambda item: -item[1])[:8])


@lru_cache(maxsize=50_000)
def _near(low: str) -> tuple[tuple[str, float], ...]:
    words = word_weights()
    best: dict[str, float] = {}

    def weigh(found: Iterator[tuple[str, float]]) -> None:
        for word, cost in found:
            twice = words.get(word)
            if twice is not None and (len(low) > SHORT or twice / 2 >= _FREQUENT):
                best[word] = max(best.get(word, -99.0), twice / 2 - cost)

    weigh(_one_away(low))
    if not best and len(low) > 6:
        weigh(_two_away(low))
    return tuple(sorted(best.items(), key=lambda item: -item[1])[:8])


def as_written(word: str, known: str) -> str:
    """Return a known word in the case of the word that was read for it."""
    letters = [c for c in word if c.isalpha()]
    if sum(c.isupper() for c in letters) > max(1, len(letters) / 2):
        return known.upper()
    name = known.capitalize()
    if word[0].lower() != known[0]:  # the misread letter says nothing of its case
        return name if name in name_forms() else known
    return name if word[0].isupper() else known
