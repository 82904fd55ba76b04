"""Since when two cooperate, where the sentence that names them says it: « jumelée avec Dawlish depuis 1975 ».

For partnerships whose reader took the bodies from a list, a table or an instrument and left the year, and for
sentences that say one of each: « avec Metz depuis 1998 et avec Tanger depuis 2003 ». Left out: the year of
a visit, a renewal or a grant, and sentences that name several beginnings of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from coopnlp.records.reading import Reading
from coopnlp.types import DateValue, Entity, Partnership

__all__ = ["with_beginnings"]

Span = tuple[int, int]

_SINCE = re.compile(r"\bdepuis (?:le |l'annee |l'an |l'automne |la fin de )?$")
_BEGUN = re.compile(
    r"\b(?:sign|conclu|scell|nou|cre|ne|nait|lanc|init|engag|entam|commenc|debut|offici|etabli|rapproch|paraph|pret|jumel"
    r"|fond|institu|remont|dat|inaugur|formalis)\w*\b[^.;:()]{0,28}"
    r"\b(?:en|le|du|de|des|a|d'|au printemps|a l'automne)\s?$"
)
_INSTRUMENT = re.compile(
    r"\b(?:jumelage|accord|entente|convention|pacte|charte|protocole|serment|partenariat|cooperation|amitie)\b"
    r"[^.;:()]{0,50}\b(?:de|du|d')\s?$"
)
# « Stein (Allemagne), 1978 », « Saint-Tite, en Mauricie (2006) »: right behind the second of the two.
_BEHIND = re.compile(
    r"\s*(?:\([^()\d]{2,30}\))?(?:, (?:en|au|aux|dans) [^,.;()\d]{2,30})?\s*[,(]\s*(?:en |le |depuis )?"
)
_LATER = re.compile(
    r"\b(?:renouvel|reconduit|prolong|visite|accueil|recu|vers|subvention|reun|rencontr|prochain|jusqu|anniversaire|elu"
    r"|expir|rompu|denonc|arret|dissou|sommeil)\w*[^.;]{0,30}$"
)


def with_beginnings(reading: Reading, partnerships: Sequence[Partnership]) -> tuple[Partnership, ...]:
    """Return the partnerships, those without a first year with the one that their sentence says."""
    found = []
    for one in partnerships:
        since = _of_each(reading, one) or (None if one.start else _beginning(reading, one))
        found.append(one.model_copy(update={"start": since}) if since else one)
    return tuple(found)


def _of_each(reading: Reading, one: Partnership) -> str | None:
    """Return the year nearest to the second of two where their sentence says one « depuis » of each."""
    spans = sorted(one.evidence)
    if len(spans) != 2 or reading.sentence_at(spans[0][0]) != reading.sentence_at(spans[1][0]):
        return None
    start, end = reading.sentence_at(spans[1][0])
    days = [(d, v) for d, v in _days(reading, start, end) if _SINCE.search(reading.plain[start : d.start])]
    if len(days) < 2:
        return None
    return min(days, key=lambda item: max(item[0].start - spans[1][1], spans[1][0] - item[0].end))[1].start


def _beginning(reading: Reading, one: Partnership) -> str | None:
    spans = sorted(one.evidence)
    if not spans:
        return None
    start, end = reading.sentence_at(spans[-1][0])
    named = [span for span in spans if start <= span[0] < end]
    found: dict[str, int] = {}
    for day, value in _days(reading, start, end):
        lead = reading.plain[start : day.start].replace("\n", " ")
        if _LATER.search(lead[-60:]):
            continue
        gap = reading.plain[named[-1][1] : day.start] if day.start >= named[-1][1] else ""
        behind = len(named) > 1 and gap and _BEHIND.fullmatch(gap)
        if _SINCE.search(lead) or _BEGUN.search(lead) or _INSTRUMENT.search(lead) or behind:
            found.setdefault(value.start, min(abs(day.start - b) for _, b in named))
    if len({year[:4] for year in found}) > 1:
        return None
    return next(iter(sorted(found, key=lambda year: found[year])), None)


def _days(reading: Reading, start: int, end: int) -> Iterator[tuple[Entity, DateValue]]:
    for day in reading.within(start, end, ("DATE",)):
        if isinstance(day.value, DateValue) and day.value.start == day.value.end:
            yield day, day.value
