"""Who and where, in one document: each named once, with an identifier that the rest of its TEI points at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from coopnlp.text import fold
from coopnlp.types import Entity, Party, Record

__all__ = ["Kind", "Named", "Row"]


class Kind(NamedTuple):
    """The elements of TEI that list what is named: the list, an item of it, its name; letter of its identifiers."""

    list: str
    item: str
    name: str
    letter: str


class Row(NamedTuple):
    """Somebody or some place of the document."""

    id: str
    text: str
    kb_id: str


_ORG = Kind("listOrg", "org", "orgName", "o")
_PERSON = Kind("listPerson", "person", "persName", "p")
_PLACE = Kind("listPlace", "place", "placeName", "l")
_KINDS = {"COLLECTIVITY": _ORG, "FUNDER": _ORG, "ORG": _ORG, "PER": _PERSON, "LOC": _PLACE}


class Named:
    """What a document names: by identifier, or by its folded name where there is none."""

    def __init__(self, record: Record) -> None:
        self._rows: dict[Kind, dict[str, Row]] = {_ORG: {}, _PERSON: {}, _PLACE: {}}
        for entity in record.entities:
            self.id_of(entity)
        for values in (record.partnerships, record.agreements, record.projects):
            for value in values:
                for party in value.parties:
                    self.party(party)
        for funding in record.fundings:
            self.party(funding.funder)

    def lists(self) -> Iterator[tuple[Kind, list[Row]]]:
        """Yield the lists that hold something."""
        for kind, rows in self._rows.items():
            if rows:
                yield kind, list(rows.values())

    def id_of(self, entity: Entity) -> str | None:
        """Return the identifier of what an entity names; None for amounts, dates and themes."""
        kind = _KINDS.get(entity.label)
        return None if kind is None else self._id(kind, entity.text, entity.kb_id)

    def party(self, party: Party) -> str:
        """Return the identifier of a party or funder."""
        return self._id(_ORG, party.text, party.kb_id)

    def _id(self, kind: Kind, text: str, kb_id: str) -> str:
        rows = self._rows[kind]
        key = kb_id or f"name:{fold(text)}"
        if key not in rows:
            rows[key] = Row(f"{kind.letter}{len(rows) + 1}", text, kb_id)
        return rows[key].id
