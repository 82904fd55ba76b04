"""Twinnings of the town that speaks, where no sentence names both: twin associations, rows of names, mayors.

Read: « le comité de jumelage A-B » of the town A; a line of names under « Villes jumelées » or after it; the
serment, charte or pacte of twinning that two mayors sign. Left out: associations named after a country, and what
bears such a name in a document that does not speak of twinnings.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from coopnlp.records.clauses import Reader
from coopnlp.records.cooperation import first_year
from coopnlp.records.parties import is_state, name_key, party, same_name, unique_parties
from coopnlp.records.partnership_merge import is_state_party
from coopnlp.text import fold
from coopnlp.types import Entity, Partnership, Party

__all__ = ["partnerships_of_twins"]

_NAME = r"[A-ZÀ-Ý][\w'’]+(?:-(?:sur|sous|en|lès|le|la|les|de|du|des|d|l|aux|au|à)-[\w'’]+|-?[\w'’]*)*"
_HEADING = re.compile(r"\W*(?:\d[\d.]*\s*)?(?:les |nos )?(?:villes? jumelees?|jumelages)\W*")
_ROW_CLOSED = re.compile(r"\s*(?:$|[:.;])")
_BETWEEN = re.compile(r"\s*(?:\([^()\n]*\)\s*)?(?:,|;|\bet\b|,\s*et\b)\s*")
_OATH = re.compile(r"\b(?:serment|charte|acte|pacte|convention|protocole)s? de jumelage\b")
_MAYOR = re.compile(r"\b(?:maire|mairesse|bourgmestre) (?:de |d'|du |des )(?:la |l'|le )?$")
_HEAD = 400
_SIGNED_WITHIN = 1200
_NEAR = 160
_LEAST_ROW = 2
_TOWN = ("COLLECTIVITY", "LOC")


def _twins(one: Party, other: Party, begun: str | None, *evidence: tuple[int, int]) -> Partnership:
    return Partnership(
        parties=unique_parties((one, other)), kind="jumelage", start=begun, evidence=tuple(sorted(set(evidence)))
    )


def _associations(reader: Reader, owner: Entity) -> Iterator[Partnership]:
    """« Le comité de jumelage Guingamp-Shannon », among the associations that Guingamp supports."""
    reading = reader.reading
    bare = re.escape(name_key(owner.text)[1]).replace(r"\ ", "[ '’-]")
    pair = re.compile(rf"(?<![\w-]){bare}[-–/](?=[a-z])")
    states = {fold(e.text) for e in reading.entities if e.label == "LOC" and is_state(e)}
    for found in pair.finditer(reading.plain):
        start, end = reading.sentence_at(found.start())
        around = reading.plain[max(start, found.start() - _NEAR) : min(end, found.end() + _NEAR)]
        if "jumel" not in around and not re.search(r"\bcomite $", reading.plain[: found.start()]):
            continue
        name = re.match(_NAME, reading.text[found.end() : end])
        if name is None or fold(name[0]) in states or same_name(Party(text=name[0]), party(owner)):
            continue
        span = (found.end(), found.end() + name.end())
        known = next((e for e in reading.entities if e.label in _TOWN and fold(e.text) == fold(name[0])), None)
        other = party(known) if known is not None else Party(text=name[0])
        if not is_state_party(other):
            yield _twins(party(owner), other, None, (found.start(), found.end()), span)


def _rows(reader: Reader, owner: Entity) -> Iterator[Partnership]:
    """« Villes jumelées » over « Timișoara, Chemnitz, Walsall : échanges ordinaires »."""
    reading = reader.reading
    for above, line in itertools.pairwise(reading.lines):
        if not _HEADING.fullmatch(reading.plain, *above):
            continue
        named = reading.within(*line, _TOWN)
        row = named[:1]
        for one, other in itertools.pairwise(named):
            if not _BETWEEN.fullmatch(reading.plain, one.end, other.start):
                break
            row.append(other)
        closed = row and _ROW_CLOSED.match(reading.plain, row[-1].end, line[1])
        if len(row) < _LEAST_ROW or not closed or row[0].start - line[0] > 2:
            continue
        for one in row:
            if not is_state(one) and not same_name(party(one), party(owner)):
                yield _twins(party(owner), party(one), None, (owner.start, owner.end), (one.start, one.end))


def _oaths(reader: Reader) -> Iterator[Partnership]:
    """« Serment de jumelage. Nous, P, maire de A, et Q, maire de B »."""
    reading = reader.reading
    if not _OATH.search(reading.plain, 0, _HEAD):
        return
    signing = [
        e
        for e in reading.entities
        if e.label in _TOWN and e.start < _SIGNED_WITHIN and _MAYOR.search(reading.plain, max(0, e.start - 40), e.start)
    ]
    parties = unique_parties(reader.canonical(e) for e in signing)
    if len(parties) == 2:
        begun = first_year(reading, signing[0].start, signing[-1].end)
        yield _twins(*parties, begun, *((e.start, e.end) for e in signing))


def partnerships_of_twins(reader: Reader) -> Iterator[Partnership]:
    """Yield the twinnings that names, rows and signatures say."""
    yield from _oaths(reader)
    owner = reader.owner
    if owner is None or owner.label != "COLLECTIVITY":
        return
    yield from _associations(reader, owner)
    yield from _rows(reader, owner)
