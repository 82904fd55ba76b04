"""Titles compared: which words they share, which numbers tell them apart, and how much they distinguish at all."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from sys import intern

from coopnlp.text import fold

__all__ = ["Likeness", "Title", "compare_titles", "misspelt", "near", "read_title"]

_EMPTY_WORDS = """
a au aux avec ce ces cette d dans de des du elle en entre est et il l la le les leur leurs lors ne ni nos notre o ou
par pour qu que qui s sa se ses son sont sous sur un une vers y
"""
# Words of the trade: titles share them that have nothing else in common.
_GENERIC_WORDS = """
accord acte action activite aide amitie annee annuel appel appui association avenant bilateral cadre charte commune
commun communaute conclu conseil contrat convention cooperation cooperer culturel decentralise declaration demarche
departement developpement dossier echange entente fonctionnement fond franco general generale international jumelage
jumele lettre memorandum mise mission municipal objectif oeuvre operation pacte partage partenaire partenariat place
plan pluriannuel programme projet prolongation protocole quebecois region regional relatif relative relation
renouvellement section serment signe societe soutien subvention traite triennal tripartite ville voyage
"""
# What is numbered.
_COUNTED_WORDS = """
phase tranche volet tome edition avenant annee session etape lot partie versement acompte acte saison cycle rencontre
assise plan programme convention no n numero
"""
_EMPTY, _GENERIC, _COUNTED = (frozenset(words.split()) for words in (_EMPTY_WORDS, _GENERIC_WORDS, _COUNTED_WORDS))
# What a title says of its own standing: two of them are two things.
_STANDING = {
    "avenant": "avenant", "prolongation": "prolongation", "reconduction": "prolongation", "annexe": "annexe",
    "renouvellement": "renouvellement", "denonciation": "denonciation", "resiliation": "denonciation",
    "etude": "etude", "evaluation": "evaluation", "bilan": "evaluation",
}  # fmt: skip
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "xi": 11,
    "xii": 12,
}
_ORDINAL = {"premier": 1, "premiere": 1, "second": 2, "seconde": 2, "deuxieme": 2, "troisieme": 3, "quatrieme": 4,
            "cinquieme": 5, "sixieme": 6, "derniere": 99, "dernier": 99}  # fmt: skip
_NUMBER = re.compile(r"(?:no|n)?(\d+)(?:er|ere|re|e|eme|nd|nde)?")
_DECADE = range(1900, 2100)


@dataclass(frozen=True, slots=True)
class Title:
    """A title as it is compared.

    Attributes
    ----------
    words
        Its words, singular, without articles, numbers and names of parties; as often as they stand there.
    names
        Those of its words that are names of parties.
    own
        Words that are not of the trade: what distinguishes it.
    years, numbers
        Years, and numbers of phases, tranches, editions, amendments.
    standing
        Whether it is an amendment, an annex, a study...
    """

    words: tuple[str, ...]
    names: frozenset[str]
    own: frozenset[str]
    years: frozenset[int]
    numbers: frozenset[int]
    standing: frozenset[str]

    @property
    def weight(self) -> int:
        """How many words distinguish it; those of three letters are half a word."""
        return sum(2 if len(word) > 3 else 1 for word in self.own) // 2


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two titles compare.

    Attributes
    ----------
    score
        0 to 1: the weight of words they share, by that of all.
    held
        0 to 1: the weight of words they share, by that of the shorter one.
    shared
        How many words that distinguish they share.
    lacking
        Words that distinguish and that only the one or only the other has.
    elsewhere
        One names a party as the place, the other a place of its own.
    apart
        Their numbers, years or standings say that they are two things.
    unsure
        One has a number, year or standing and the other has none.
    """

    score: float
    held: float
    shared: int
    lacking: tuple[frozenset[str], frozenset[str]]
    elsewhere: bool
    apart: bool
    unsure: bool


def read_title(title: str, names: Collection[str] = ()) -> Title:
    """Read a title for comparing.

    Parameters
    ----------
    names
        Folded names of the parties: their words distinguish nothing among what these parties do.
    """
    of_parties = {word for name in names for word in name.split()}
    tokens = fold(title).split()
    words: list[str] = []
    named: set[str] = set()
    years: set[int] = set()
    numbers: set[int] = set()
    standing: set[str] = set()
    for at, token in enumerate(tokens):
        if token[-1].isdigit() or token[0].isdigit():
            number = _NUMBER.fullmatch(token)
            if number is not None:
                value = int(number[1][:9])
                (years if len(number[1]) == 4 and value in _DECADE else numbers).add(value)
                continue
        elif token in _ORDINAL or token in _ROMAN:
            around = tokens[max(0, at - 2) : at] + tokens[at + 1 : at + 3]
            counted = any(_singular(word) in _COUNTED for word in around)
            if counted or (token in _ROMAN and len(token) > 1 and token != "vi"):
                numbers.add(_ROMAN.get(token) or _ORDINAL[token])
                continue
        if token in _EMPTY or (len(token) == 1 and token not in "+&"):
            continue
        word = _singular(token)
        if word in _STANDING:
            standing.add(_STANDING[word])
        if token in of_parties or word in of_parties:
            named.add(word)
        elif word not in ("no", "numero"):
            words.append(word)
    own = frozenset(word for word in words if word not in _GENERIC and word not in "+&")
    return Title(tuple(words), frozenset(named), own, frozenset(years), frozenset(numbers), frozenset(standing))


@lru_cache(maxsize=50_000)
def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("aux"):
        return word[:-3] + "al"
    if len(word) > 3 and word[-1] in "sx":
        word = word[:-1]
    # « décentralisée », « décentralisé »: genders are told apart by no title
    return intern(word[:-1] if len(word) > 5 and word.endswith("ee") else word)


@lru_cache(maxsize=50_000)
def near(first: str, second: str) -> bool:
    """Tell whether two words are one but for a letter, where one has six or more; for two, both of ten or more.

    >>> near("agriculture", "agricuture"), near("nord", "bord"), near("forage", "fromage")
    (True, False, False)
    """
    if first == second:
        return True
    if first[0] != second[0] and first[-1] != second[-1]:
        return False
    shortest = min(len(first), len(second))
    allowed = 0 if shortest < 5 or max(len(first), len(second)) < 6 else 1 if shortest < 10 else 2
    return abs(len(first) - len(second)) <= allowed and _within(first, second, allowed)


def _within(first: str, second: str, allowed: int) -> bool:
    """Tell whether so many letters added, lost or changed make one word of the other."""
    while first and second and first[0] == second[0]:
        first, second = first[1:], second[1:]
    while first and second and first[-1] == second[-1]:
        first, second = first[:-1], second[:-1]
    if not first or not second:
        return len(first) + len(second) <= allowed
    if allowed == 0:
        return False
    return (
        _within(first[1:], second[1:], allowed - 1)
        or _within(first[1:], second, allowed - 1)
        or _within(first, second[1:], allowed - 1)
    )


def _weight(word: str) -> float:
    return 0.25 if word in _GENERIC else 1.0 if len(word) > 3 else 0.6


def compare_titles(first: Title, second: Title) -> Likeness:
    """Compare two titles; see :class:`Likeness`. Words are one where a letter differs (scans, typing)."""
    ours, left = dict.fromkeys(first.words), dict.fromkeys(second.words)
    all_ours, all_theirs = sum(map(_weight, ours)), sum(map(_weight, left))
    equal = [word for word in ours if word in left]
    matched = sum(map(_weight, equal))
    matched_theirs = matched
    shared = sum(len(word) > 3 and word in first.own for word in equal)
    for word in equal:
        del ours[word], left[word]
    for word in list(ours):
        found = next((other for other in left if near(word, other)), None)
        if found is not None:
            del ours[word], left[found]
            matched += _weight(word)
            matched_theirs += _weight(found)
            shared += word in first.own and len(word) > 3
    missing = {word for word in ours if word in first.own}
    # « périurbaine », « péri-urbaine »: words written together or apart
    joined = {word for word in missing if _is_joined(word, second)}
    theirs = {word for word in left if word in second.own and not _is_joined(word, first)}
    missing -= joined
    whole = all_ours + all_theirs
    shortest = min(all_ours, all_theirs)
    score = (matched + matched_theirs) / whole if whole else 1.0
    held = min(1.0, max(matched, matched_theirs) / shortest) if shortest else 1.0
    if joined and not missing and not theirs:
        score = held = 1.0
    return Likeness(
        score,
        held,
        shared,
        (frozenset(missing), frozenset(theirs)),
        bool((missing and second.names - first.names) or (theirs and first.names - second.names)),
        _apart(first, second),
        first.years != second.years or first.numbers != second.numbers or first.standing != second.standing,
    )


def misspelt(like: Likeness) -> bool:
    """Tell whether the words that only one title has are words of the other with a letter or two read wrongly."""
    ours, theirs = like.lacking
    return len(ours) == len(theirs) and all(
        any(_within(word, other, max(1, len(word) // 4)) for other in theirs if len(word) > 2) for word in ours
    )


def _is_joined(word: str, other: Title) -> bool:
    """Tell whether a word is two neighbours of the other title, or one half of one of its words."""
    pairs = {a + b for a, b in zip(other.words, other.words[1:], strict=False)}
    return word in pairs or (
        len(word) > 3
        and any(
            len(whole) > len(word) + 3 and (whole.startswith(word) or whole.endswith(word)) for whole in other.words
        )
    )


def _apart(first: Title, second: Title) -> bool:
    for ours, theirs in ((first.years, second.years), (first.numbers, second.numbers)):
        if ours and theirs and not (ours <= theirs or theirs <= ours):
            return True
    # an amendment, an annex or a study is not what it amends, annexes or studies
    return first.standing != second.standing
