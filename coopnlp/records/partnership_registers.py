"""Partnerships in registers whose columns stand one under the other: « N°   Date   Co-contractant   Intitulé ».

The place of the head tells which name of a line is the partner's, where fields are too narrow to be told apart.
The other party is the body whose register it is. Left out: lines of grants and of housing, and lists with sums.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coopnlp.records.clauses import Reader
from coopnlp.records.cooperation import kind_of
from coopnlp.records.parties import is_state, party, same_name, unique_parties
from coopnlp.types import DateValue, Partnership

__all__ = ["partnerships_in_registers"]

_HEAD = re.compile(
    r"\b(?:co-?contractants?|cosignataires?|villes? (?:partenaires?|jumelees?)|partenaires?|jumelage avec)\b"
)
_OTHER_HEADS = re.compile(r"\b(?:date|annee|depuis|nature|acte|intitule|pays|signature|type)\b")
_MONEY_HEAD = re.compile(r"\b(?:montant|subvention|budget|financ\w*|projets?|cout)\b|[€$]")
_NO_COOPERATION = re.compile(
    r"\bconventions? (?:annuelle |pluriannuelle )?(?:d'objectifs|de subvention|financiere|d'occupation|de prestation)"
)
# A column of who has the partner: the table is of several bodies.
_LEAD_HEAD = re.compile(r"\b(?:communes?|villes?|collectivites?|porteurs?|departements?|regions?|territoires?)\b")
# How far from its head's place a name may begin.
_SLACK = 2
_LEAST = 2


def partnerships_in_registers(reader: Reader) -> Iterator[Partnership]:
    """Yield a partnership of the owner of a register with the partner of each line."""
    reading, owner = reader.reading, reader.owner
    if owner is None:
        return
    for at, (start, end) in enumerate(reading.lines):
        heads = reading.plain[start:end]
        head = _HEAD.search(heads)
        if head is None or len(re.split(r"\s{2,}", heads.strip())) < 3 or reading.within(start, end, ("AMOUNT",)):
            continue
        if _LEAD_HEAD.search(heads, 0, head.start()) or not _OTHER_HEADS.search(heads) or _MONEY_HEAD.search(heads):
            continue
        found: list[Partnership] = []
        last = end
        for line in reading.lines[at + 1 :]:
            if "\n" in reading.text[last + 1 : line[0]]:
                break
            last = line[1]
            place = line[0] + head.start()
            named = [e for e in reading.within(*line, ("COLLECTIVITY", "LOC", "ORG")) if abs(e.start - place) <= _SLACK]
            words = reading.plain[line[0] : line[1]]
            if not named or is_state(named[0]) or _NO_COOPERATION.search(words):
                continue
            if same_name(party(named[0]), party(owner)):
                continue
            day = next((d.value for d in reading.within(*line, ("DATE",)) if isinstance(d.value, DateValue)), None)
            found.append(
                Partnership(
                    parties=unique_parties((owner, named[0])),
                    kind=kind_of(words, named[0].end - line[0]),
                    start=day.start if day is not None else None,
                    evidence=tuple(sorted({(owner.start, owner.end), (named[0].start, named[0].end)})),
                )
            )
        if len(found) >= _LEAST:
            yield from found
