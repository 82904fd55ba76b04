"""Words of cooperation, the kind of partnership and the status that they say.

Sources: annotation-guide.md section 3 for the kinds; the forms of the French
atlas and of twinning pages for the words.
"""

from __future__ import annotations

import re
from functools import lru_cache

from coopnlp.records.reading import Reading
from coopnlp.types import DateValue, PartnershipKind

__all__ = ["COOPERATION", "ENDED", "NEW_CLAUSE", "first_year", "kind_of", "kinds_in", "status_of"]

# In order of preference where several stand equally close.
_KINDS: tuple[tuple[PartnershipKind, str], ...] = (
    (
        "jumelage",
        r"jumel(?:age|ages|ee?s?|er|lent|le|les)|villes? s(?:oe|œ)urs?|serment de jumelage"
        r"|villes? amies?",
    ),
    (
        "cooperation_decentralisee",
        r"cooperations?(?: (?:decentralisee|internationale|franco-\w+|regionale"
        r"|transfrontaliere))?|coopere(?:r|nt)?|cooperent",
    ),
    (
        "entente",
        r"ententes?|pacte d'amitie|charte d'amitie|protocole(?: d'(?:entente|amitie|accord))?"
        r"|accords?|pactes?|chartes?|lettres? d'(?:entente|intention)|memorandum",
    ),
    ("convention", r"conventions?(?:-cadres?)?|contrats? de (?:partenariat|cooperation)"),
    (
        "autre",
        r"partenariats?|partenaires?|echanges?|liens?|rapprochements?|alliances?"
        r"|collaborations?|collaborent|collabore|amitie|consortium|correspondan\w+|relations?"
        r"|travaillent|travaille avec|unissent",
    ),
    ("projet", r"projets?|programmes?|chantiers?|portee? par|porte par|mis en (?:oe|œ)uvre par|menee? par"),
)
_PATTERNS = [(kind, re.compile(rf"\b(?:{words})\b")) for kind, words in _KINDS]
COOPERATION = re.compile(rf"\b(?:{'|'.join(words for kind, words in _KINDS if kind != 'projet')})\b")
# « Hors jumelage, la Ville travaille avec B »
_OUTSIDE = re.compile(r"\b(?:hors|sans) (?:de tout )?(?:jumelages?|conventions?)\b")
# « convention-cadre de coopération décentralisée »: the instrument of a cooperation, which is what binds the parties
_OF_COOPERATION = re.compile(
    r"\b(?:conventions?(?:[- ]cadres?)?|protocoles?(?: d'accord)?|accords?(?:[- ]cadres?)?)"
    r"(?= (?:\w+ )?de (?:la )?cooperation decentralisee\b)"
)
ENDED = re.compile(
    r"\b(?:termine(?:e|es|s)?|acheve(?:e|es|s)?|clos|close|rompu\w*|denonce\w*|resilie\w*"
    r"|pris fin|prend fin|s'est eteint\w*"
    r"|anterieure?s?|passif de|ancien(?:ne|s|nes)? (?:jumelage|partenariat|cooperation"
    r"|convention)|avai(?:t|ent)|etai(?:t|ent)|avait conduit|cesse|dissous)\b"
)
_CURRENT = re.compile(
    r"\b(?:en cours|actifs?|active|renouvel\w+|poursuiv\w+|se poursuit|toujours|depuis|entretien\w*)\b"
)
_ASLEEP = re.compile(r"\b(?:en sommeil|suspendu\w*|dort|en veille|interrompu\w*)\b")
_SINCE = re.compile(
    r"\b(?:depuis|des|remonte(?:nt)? a|date(?:nt)? de|nee?s? en|conclu\w* en"
    r"|signee?s? (?:en|le)|scellee?s? en|jumelee?s? en|ouverte? en|noue\w* en|signe en"
    r"|initiee? en|lance\w* en|cultive depuis|en)\s*$"
)
_PLANNED = re.compile(
    r"\b(?:en discussion|a l'etude|pourrai(?:t|ent)|envisag\w+|souhait\w+|en pourparlers"
    r"|songe(?:nt|ait|aient)?|en projet|sollicit\w+|propose\w* (?:un|une)|demande)\b"
)


# « ..., et le jumelage avec B date de 1989 »: said of the body that speaks, not of who was named before.
NEW_CLAUSE = re.compile(
    r"[,;] (?:et|mais|tandis que|alors que) "
    r"(?=(?:le |la |l'|celui |celle )(?:jumelage|partenariat|cooperation|entente))"
)


@lru_cache(maxsize=4096)
def kinds_in(words: str) -> tuple[PartnershipKind, ...]:
    """Return the kinds of partnership whose words stand in the plain text."""
    return tuple(kind for kind, pattern in _PATTERNS if pattern.search(words))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def kind_of(words: str, at: int) -> PartnershipKind:
    """Return the kind said by the cooperation word closest to position ``at`` of the plain text ``words``.

    A stronger word (jumelage, entente...) wins over « partenariat » or « projet »
    unless it stands 60 characters farther.
    """
    best: tuple[float, PartnershipKind] | None = None
    words = _OF_COOPERATION.sub(_blank, _OUTSIDE.sub(_blank, words))
    for rank, (kind, pattern) in enumerate(_PATTERNS):
        for match in pattern.finditer(words):
            distance = (
                min(abs(match.start() - at), abs(match.end() - at)) + (60 if kind in ("autre", "projet") else 0) + rank
            )
            if best is None or distance < best[0]:
                best = (distance, kind)
    return best[1] if best else "autre"


def status_of(words: str) -> str | None:
    """Return « En cours », « Terminé », « En sommeil » or « En projet » as the plain text says, else None."""
    if _ASLEEP.search(words):
        return "En sommeil"
    if ENDED.search(words):
        return "Terminé"
    if _PLANNED.search(words):
        return "En projet"
    return "En cours" if _CURRENT.search(words) else None


def first_year(reading: Reading, start: int, end: int) -> str | None:
    """Return since when a sentence says that bodies cooperate, as precise as it says, else None."""
    for day in reading.within(start, end, ("DATE",)):
        before = reading.plain[max(start, day.start - 40) : day.start].replace("\n", " ")
        opening = day.start - start < 6 and re.search(
            r"\b(?:ne|nait|signe|conclu|cree|debut|jumel)", reading.plain[start:end]
        )
        if isinstance(day.value, DateValue) and (
            opening or (_SINCE.search(before) and not re.search(r"\b(?:se tien|accueill|reun|prevu)", before))
        ):
            if (
                re.search(r"\ben\s*$", before)
                and not opening
                and not re.search(
                    r"\b(?:signe|conclu|ne|nee|jumele|jumelee|jumelees|scelle|noue|lance|initie|signee"
                    r"|signees)s? en\s*$",
                    before,
                )
            ):
                continue
            return day.value.start
    return None
