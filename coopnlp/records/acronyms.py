"""Acronyms of a document: what they stand for, and where they stand without a tag.

« Ministère de l'Europe et des Affaires étrangères (MEAE) », then « MEAE : 9 500 € » in a list:
a tagger that knows the name does not always know the letters. Left out: acronyms that the
document never spells out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from coopnlp.records.reading import Reading
from coopnlp.text import fold
from coopnlp.types import Entity

__all__ = ["abbreviates", "acronyms", "with_acronyms"]

_PARTIES = ("ORG", "FUNDER", "COLLECTIVITY", "LOC")
_LEAST_LETTERS = 3
_SMALL_WORDS = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "a", "au", "aux", "et", "en", "pour", "sur"})
_BRACKET = re.compile(r"\s*\(\s*(?P<short>[A-Z][A-Z0-9]{2,9})\s*\)")


@lru_cache(maxsize=2048)
def abbreviates(acronym: str, name: str) -> bool:
    """Tell whether capitals in brackets can stand for a name: half of them or more are initials of it, in order.

    >>> abbreviates("FFQCD", "Fonds franco-québécois pour la coopération décentralisée")
    True
    >>> abbreviates("FICOL", "Agence française de développement")
    False
    """
    letters = [c for c in fold(acronym) if c.isalpha()]
    initials = [word[0] for word in re.split(r"[ ]+", fold(name)) if word]
    best = [0] * (len(initials) + 1)
    for letter in letters:
        row = [0]
        for i, initial in enumerate(initials):
            row.append(best[i] + 1 if letter == initial else max(best[i + 1], row[i]))
        best = row
    return bool(letters) and best[-1] >= len(letters) / 2


def acronyms(reading: Reading) -> dict[str, Entity]:
    """Return acronyms, folded, with the entity that each stands for: in brackets after it, or the initials of one name.

    « Part CGET » where the document names but one « Commissariat général à l'égalité des territoires ».
    """
    found: dict[str, Entity] = {}
    for one, other in zip(reading.entities, reading.entities[1:], strict=False):
        bracketed = re.fullmatch(r"\s*\(\s*", reading.plain[one.end : other.start])
        bodies = one.label in _PARTIES and other.label in ("ORG", "FUNDER", "COLLECTIVITY")
        if bracketed and bodies and other.text.isupper() and abbreviates(other.text, one.text):
            found.setdefault(fold(other.text), one)
    for entity in reading.entities:
        # Letters in brackets that no tag marks.
        bracket = _BRACKET.match(reading.text, entity.end) if entity.label in _PARTIES else None
        if bracket and abbreviates(bracket["short"], entity.text):
            found.setdefault(fold(bracket["short"]), entity)
    bodies_named = [e for e in reading.entities if e.label in ("ORG", "FUNDER", "COLLECTIVITY")]
    whole: dict[str, dict[str, Entity]] = {}
    for entity in bodies_named:
        whole.setdefault(_initials(entity.text), {}).setdefault(fold(entity.text), entity)
    for entity in bodies_named:
        short = fold(entity.text)
        if entity.text.isupper() and len(short) >= _LEAST_LETTERS and len(whole.get(short, ())) == 1:
            found.setdefault(short, next(iter(whole[short].values())))
    return found


def _initials(name: str) -> str:
    """Return the first letters of the words of a name, small words apart.

    >>> _initials("Commissariat général à l’égalité des territoires")
    'cget'
    """
    return "".join(word[0] for word in fold(name).split() if word not in _SMALL_WORDS)


def with_acronyms(reading: Reading) -> Reading:
    """Return the reading with a mention wherever the letters of a body named in the document stand untagged."""
    known = {key: e for key, e in acronyms(reading).items() if len(key) >= _LEAST_LETTERS}
    if not known:
        return reading
    words = "|".join(re.escape(key.upper()) for key in known)
    spans = sorted((e.start, e.end) for e in reading.entities)
    ends = [end for _, end in spans]
    added = []
    for match in re.finditer(rf"(?<![\w'’-])(?:{words})(?![\w'’-])", reading.text):
        meant = known.get(fold(match[0]))
        at = bisect_right(ends, match.start())
        free = at == len(spans) or spans[at][0] >= match.end()
        if meant is not None and free:
            added.append(
                Entity(start=match.start(), end=match.end(), label=meant.label, text=match[0], kb_id=meant.kb_id)
            )
    if not added:
        return reading
    return Reading(reading.extraction, tuple(sorted([*reading.entities, *added], key=lambda e: (e.start, e.end))))
