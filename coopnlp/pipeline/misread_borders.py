"""Signs that a poor scan took for letters of the word beside them: commas, brackets, apostrophes, hyphens.

« Rimouskie » may be Rimouski before a comma, « léautomne » the autumn with its
article, « WattigniesbDjougou » two towns. Each is one more way in which a word may
have been read as it was, and is weighed against a misread letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

__all__ = ["Pieces", "bordered"]

#: What a word was where it was misread: (start, end, new), offsets within the word.
Pieces = tuple[tuple[int, int, str], ...]
_Weigh = Callable[[str], tuple[float, str] | None]

# Natural logarithms, on the scale of the letters (7 for one exchanged for any other): one word in five has a
# sign behind it, one in sixteen before it, an elision is due before two vowels in five; two joined words are two.
_BEHIND, _BEFORE, _ELISION, _JOINT = 8.7, 9.9, 8.0, 21.0
# Where a sign seldom stands: amid a phrase, beside another sign.
_UNLIKELY = 2.0
# An acronym that the document has nowhere else.
_ACRONYM = 2.0
# Words after which no sign comes.
_NEVER_LAST = frozenset({
    "pour", "sous", "dans", "avec", "sans", "cette", "leur", "leurs", "votre", "notre", "dont", "comme", "entre",
    "chez", "lors", "vers", "elle", "elles", "nous", "vous", "mais", "puis", "ainsi", "très", "tout", "tous",
})  # fmt: skip
_LEAST = 4
_ELIDED = re.compile(r"(?:[dlnscjmt1]\w(?=[aeiouyhâàéèêëîïôœAEIOUYHÂÀÉÈÊËÎÏÔŒ])|[DLI1]\w(?=[AEIOUYHÂÀÉÈÊËÎÏÔŒ]))\w{3,}")
# « UNESCOg », « zCRIQ »: the plural of an acronym apart.
_ACRONYM_BEHIND = re.compile(r"[A-ZÀ-ÖØ-Þ]{3,6}[^\W\d_s]")
_ACRONYM_BEFORE = re.compile(r"(?:[^\W\d_dl]|[dl](?![AEIOUYHÉ]))[A-ZÀ-ÖØ-Þ]{3,6}")
_JOINED = re.compile(
    r"\w{2,}[^\W\dA-ZÀ-ÖØ-Þ_](\w)[A-ZÀ-ÖØ-Þ][^\W\dA-ZÀ-ÖØ-Þ_]{2,}|[A-ZÀ-Þ0]{3,}([a-zà-ÿ])[A-ZÀ-Þ0]{3,}"
)


def bordered(
    word: str, weigh: _Weigh, unknown: Callable[[str], float], *, first: bool, last: bool
) -> Iterator[tuple[float, Pieces]]:
    """Yield how a word may be read if one of its letters is a sign: a logarithm, and what was where.

    Parameters
    ----------
    weigh
        Gives the logarithm of the chance of a word as it stands or misread, and
        what it was; nothing where it is no word.
    unknown
        Gives the logarithm of the chance of a word that is in no list.
    first, last
        Whether a sign may have stood before, and behind.
    """
    size = len(word)
    # A surname in capitals is seldom in a list: one that goes on from a shorter is no shorter one with a sign.
    surname = _UNLIKELY if word.isupper() else 0.0
    behind = _BEHIND + surname + (0.0 if last else _UNLIKELY)
    before = _BEFORE + surname + (0.0 if first else _UNLIKELY)
    if size > _LEAST and (found := _rest(weigh, word[:-1], 0)):
        yield found[0] - behind, (*found[1], (size - 1, size, ","))
    same_case = size > _LEAST and (word[0].islower() or word[1].isupper())
    if same_case and (found := _rest(weigh, word[1:], 1)):
        yield found[0] - before, ((0, 1, "("), *found[1])
    if word[-1].islower() and _ACRONYM_BEHIND.fullmatch(word):
        yield _ACRONYM - behind, ((size - 1, size, ","),)
    if word[0].islower() and _ACRONYM_BEFORE.fullmatch(word):
        yield _ACRONYM - before, ((0, 1, "("),)
    if _ELIDED.fullmatch(word) and (found := _rest(weigh, word[2:], 2)):
        article = ((0, 1, "l"),) if word[0] in "1I" else ()
        yield found[0] - _ELISION, (*article, (1, 2, "'"), *found[1])
    if joint := _JOINED.fullmatch(word):
        at = joint.start(joint.lastindex or 1)
        left, right = _rest(weigh, word[:at], 0), _rest(weigh, word[at + 1 :], at + 1)
        if left or right:
            one = left or (unknown(word[:at]), ())
            two = right or (unknown(word[at + 1 :]), ())
            yield one[0] + two[0] - _JOINT, (*one[1], (at, at + 1, "-"), *two[1])


def _rest(weigh: _Weigh, word: str, start: int) -> tuple[float, Pieces] | None:
    if word.lower() in _NEVER_LAST or len(word) < _LEAST - (word[0].isupper() and not word.isupper()):
        return None
    found = weigh(word)
    if found is None:
        return None
    weight, meant = found
    return weight, () if meant == word else ((start, start + len(word), meant),)
