"""What an atlas record form makes of the document's other records: its partnership, project and fundings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from coopnlp.records.atlas import fields_in
from coopnlp.records.atlas_tables import known_id
from coopnlp.records.cooperation import kind_of
from coopnlp.records.parties import unique_parties
from coopnlp.records.reading import Reading, clip, plain
from coopnlp.text import fold, plain_spaces
from coopnlp.types import Amount, AtlasRecord, Funding, Partnership, PartnershipKind, Party, Project

__all__ = ["fundings_of_form", "partnership_of_form", "project_of_form"]

# « Nom du financeur 12 500 [1 % ...] 2014 »
_ROW = re.compile(
    r"^(?P<name>\D{4,}?)[\s|]+(?P<sum>\d{1,3}(?: \d{3})+|\d+(?:[.,]\d{1,2})?)"
    r"(?:[\s|]+(?:\d+(?:[.,]\d+)?)){0,3}[\s|]+(?P<year>(?:19|20)\d\d)\s*\|?\s*$"
)
_HEADING = re.compile(r"(?i)\b(?:financeur|montant|ann[ée]e|total)\b")


def fundings_of_form(reading: Reading, known: Sequence[Funding]) -> tuple[Funding, ...]:
    """Return the rows of an atlas funding table whose sums no entity marks: name, sum in euros, year."""
    field = next((f for f in fields_in(reading) if f.name == "fundings" and f.strong and f.lines), None)
    if field is None:
        return ()
    covered = [span for funding in known for span in funding.evidence]
    found = []
    for start, end in field.lines:
        if any(start <= a < end for a, _ in covered):
            continue
        line = plain_spaces(reading.text[start:end])
        start += len(line) - len(line.lstrip())
        row = _ROW.match(line.strip())
        if row and not _HEADING.search(row["name"]):
            value = Decimal(row["sum"].replace(" ", "").replace(",", "."))
            name = clip(row["name"])
            names = (start, start + len(row["name"].rstrip()))
            sums = (start + row.start("sum"), start + row.end("sum"))
            found.append(
                Funding(
                    funder=Party(text=name, kb_id=known_id(reading, name)),
                    amounts=(Amount(value=value, currency="EUR"),),
                    start=row["year"],
                    end=row["year"],
                    evidence=(names, sums),
                )
            )
    return tuple(found)


def partnership_of_form(reading: Reading, atlas: AtlasRecord) -> tuple[Partnership, ...]:
    """Return the partnership that the record is about: its French and its foreign authorities."""
    bodies = [e for e in reading.entities if e.label == "COLLECTIVITY"]
    foreign: list[Party] = []
    for partner in atlas.foreign_partners:
        inside = [e for e in bodies if fold(e.text) in fold(partner.name)]
        named = [Party(text=clip(e.text), kb_id=e.kb_id) for e in inside] or [
            Party(text=partner.name, kb_id=partner.kb_id)
        ]
        foreign += named
    french = list(atlas.french_collectivities)
    if not french or not foreign:
        return ()
    kind: PartnershipKind = kind_of(plain(atlas.form), 0) if atlas.form else "cooperation_decentralisee"
    wanted = {fold(p.text) for p in (*french, *foreign)}
    evidence = tuple((e.start, e.end) for e in bodies if fold(e.text) in wanted)
    return (
        Partnership(
            parties=unique_parties([*french, *foreign]),
            kind=kind,
            start=atlas.year_start or atlas.year_first_signature,
            end=atlas.date_end,
            status=atlas.status,
            evidence=evidence,
        ),
    )


def project_of_form(atlas: AtlasRecord, projects: Sequence[Project]) -> tuple[Project, ...]:
    """Return the projects with the record's own completed: parties, description and years of the form."""
    if atlas.title is None:
        return tuple(projects)
    sections = {fold(heading): body for heading, body in atlas.sections}
    text = next((body for heading, body in sections.items() if heading.startswith("description") and body), None)
    text = text or next((body for heading, body in sections.items() if heading.startswith("objectif") and body), None)
    parties = unique_parties(
        [*atlas.french_collectivities, *(Party(text=p.name, kb_id=p.kb_id) for p in atlas.foreign_partners)]
    )
    own = [p for p in projects if fold(p.title) == fold(atlas.title)]
    others = [p for p in projects if fold(p.title) != fold(atlas.title)]
    base = own[0] if own else Project(title=atlas.title)
    made = base.model_copy(
        update={
            "description": clip(text, 1500) if text else base.description,
            "parties": parties or base.parties,
            "start": atlas.year_start or base.start,
            "end": atlas.date_end or base.end,
        }
    )
    return (made, *others)
