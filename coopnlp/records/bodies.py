"""Bodies of a document: every authority, state, organisation and funder with all its mentions.

A body is all mentions of one name (or identifier) in a document; « la Ville » is
the body that speaks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from coopnlp.gazetteer.index import Gazetteer
from coopnlp.records.clauses import Reader
from coopnlp.records.parties import is_state, name_key, name_keys, party, same_name
from coopnlp.types import Entity, Partnership, Party

__all__ = ["Body", "bodies_of"]


@dataclass
class Body:
    """A body of a document with its mentions, in order of the text.

    ``speaks`` says of one of them that the document is its own (« owner ») or, where none
    is, that it is « most named ».
    """

    party: Party
    label: str
    mentions: list[Entity] = field(default_factory=list)
    speaks: str = ""

    def is_in(self, partnership: Partnership) -> bool:
        """Tell whether the body is a party of a partnership, by name or identifier."""
        return self.is_among(partnership.parties)

    def is_among(self, parties: Sequence[Party]) -> bool:
        """Tell whether the body is one of some parties, by name or identifier."""
        return any(same_name(self.party, party) for party in parties)

    @property
    def country(self) -> str:
        """ISO code of the body's country, « ? » where its identifier is not known."""
        return _country(self.party.kb_id)

    @property
    def level(self) -> str:
        """Class of authority: by its type word, else by its identifier's scheme."""
        if self.label in ("ORG", "FUNDER"):
            return "organisation"
        return name_key(self.party.text)[0] or self.party.kb_id.partition(":")[0] or "?"


@lru_cache(maxsize=4096)
def _country(kb_id: str) -> str:
    scheme, _, code = kb_id.partition(":")
    if scheme.startswith("fr-"):
        return "FR"
    if scheme.startswith("qc-"):
        return "QC"
    if scheme == "iso3166":
        return "QC" if code == "CA-QC" else code[:2]
    place = Gazetteer.load().by_id(kb_id) if scheme == "geonames" else None
    return place.country if place is not None else "?"


def bodies_of(reader: Reader) -> list[Body]:
    """Return the authorities, states and organisations of a document, each with all its mentions."""
    found: list[Body] = []
    known: dict[tuple[str, str], Body] = {}
    # places in ``found`` by key of a name: comparing each with all takes long where there are hundreds
    by_key: dict[tuple[str, str], list[int]] = defaultdict(list)

    def one_of(named: Party) -> Body | None:
        places = sorted({place for key in name_keys(named) for place in by_key[key]})
        return next((found[place] for place in places if same_name(found[place].party, named)), None)

    for entity in reader.reading.entities:
        state = is_state(entity)
        if entity.label not in ("COLLECTIVITY", "ORG", "FUNDER", "LOC") and not state:
            continue
        meant = reader.canonical(entity)
        named = party(meant)
        body = known.get((named.text, named.kb_id))
        if body is None:
            body = one_of(named)
            if body is None:
                body = Body(named, "STATE" if state else meant.label)
                for key in name_keys(named):
                    by_key[key].append(len(found))
                found.append(body)
            elif named.kb_id and not body.party.kb_id:
                body.party = named
                place = next(n for n, one in enumerate(found) if one is body)
                for key in name_keys(named):
                    by_key[key].append(place)
            known[named.text, named.kb_id] = body
        body.mentions.append(entity)
    owner = reader.owner
    if owner is not None:
        speaking = one_of(party(owner))
        if speaking is not None:
            speaking.speaks = "owner"
            speaking.mentions = sorted([*speaking.mentions, *reader.references()], key=lambda e: e.start)
    elif found:
        most = max(found, key=lambda b: (b.label in ("COLLECTIVITY", "ORG")) * len(b.mentions))
        if len(most.mentions) > 1:
            most.speaks = "most named"
    return found
