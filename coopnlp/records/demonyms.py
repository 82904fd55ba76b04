"""Places named by adjectives: « partenariat néo-aquitain et québécois », « franco-québécois ».

An adjective is matched with the names that the document itself has, by its
stem; « franco- » is France. Left out: irregular adjectives (« messin » is Metz).
"""

from __future__ import annotations

import re

from coopnlp.records.parties import is_state
from coopnlp.records.reading import Reading, plain
from coopnlp.text import fold
from coopnlp.types import Entity

__all__ = ["pair_of_adjectives"]

_PAIR = re.compile(
    r"\b(?P<one>[a-z]{4,}o|neo-?[a-z]{4,}|[a-z]{5,})-(?P<other>(?:neo-?)?[a-z]{4,}(?:ois"
    r"|oise|ais|aise|ien|ienne|ain|aine|ien|eens?|in|ine|an|ane|and|ande|ol|ole|ec|ecque"
    r"|ard|arde)s?)\b"
)
_STATE_STEMS = {"franco": "france", "quebeco": "quebec"}


def _named(reading: Reading, adjective: str) -> Entity | None:
    """Return the entity of the document whose name the adjective is made from."""
    stem = re.sub(r"^neo-?", "", adjective)
    renewed = stem != adjective
    if stem in _STATE_STEMS:
        return next((e for e in reading.entities if e.label == "LOC" and fold(e.text) == _STATE_STEMS[stem]), None)
    for entity in reading.entities:
        if entity.label != "COLLECTIVITY" and not is_state(entity):
            continue
        words = re.split(r"[\s-]", plain(entity.text))
        if renewed != bool(re.match(r"nouve", words[0])):
            continue
        name = words[-1]
        shared = 0
        while shared < min(len(name), len(stem)) and name[shared] == stem[shared]:
            shared += 1
        if shared >= 4 and shared >= len(name) - 2 and len(stem) - shared <= 5:
            return entity
    return None


def pair_of_adjectives(reading: Reading, start: int, end: int) -> list[tuple[Entity, Entity, tuple[int, int]]]:
    """Return the pairs of places that hyphenated adjectives name in a stretch of text."""
    found = []
    for match in _PAIR.finditer(reading.plain, start, end):
        one, other = _named(reading, match["one"]), _named(reading, match["other"])
        if one is not None and other is not None and fold(one.text) != fold(other.text):
            found.append((one, other, (match.start(), match.end())))
    return found
