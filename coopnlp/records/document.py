"""What a document is: its title, date, kind and author.

Kinds are French words: « fiche de l'atlas », « délibération », « procès-verbal
», « résolution », « convention », « avenant », « plan d'action », « rapport de
mission », « rapport », « communiqué », « article », « bulletin », « appel à
projets », « liste de projets », « lettre », « note ». Absent where the document
gives no sign.
"""

from __future__ import annotations

import re

from coopnlp.records.document_dates import date_of_document
from coopnlp.records.document_kinds import kind_of_document
from coopnlp.records.document_titles import title_of_document
from coopnlp.records.reading import Reading, clip
from coopnlp.types import AtlasRecord, DocumentInfo, Entity

__all__ = ["read_document"]

_AUTHOR = re.compile(
    r"(?:^|\n|\W)(?:auteure?s?|autrices?|redact(?:eur|rice)s?|redaction|texte(?: et photos?)?)\s*:\s*(?:m\.|mme)?\s*$"
    r"|\b(?:redigee?s? par|ecrit par|texte de|propos recueillis par)\s*:?\s*(?:m\.|mme)?\s*$"
)
_BY = re.compile(r"(?:^|[-–—|·•,(]\s*)par\s+(?:m\.|mme)?\s*$")
_REPORTER = re.compile(r"\brapporteure?\s*:\s*(?:m\.|mme)?\s*$")
_NAME = r"[A-ZÀ-Þ][\w'’-]+(?: (?:d[eu'’] ?|le |la )?[A-ZÀ-Þ][\w'’-]+){1,3}"
_LABELLED_NAME = re.compile(
    rf"^\W*(?:Auteure?|Autrice|R[ée]dact(?:eur|rice))\s*:\s*(?:M\.|Mme)?\s*(?P<name>{_NAME})", re.M
)
# Programs write these where nobody gave a name.
_NOBODY = re.compile(
    r"(?:utilisateur|user|admin\w*|windows|microsoft|propri[ée]taire|poste|pc|hp|dell|unknown)\b", re.I
)
# Authors are named under the title or at the end; further inside, « par » names who did something.
_HEAD, _FOOT = 2500, 500


def _author(reading: Reading, kind: str | None) -> str | None:
    persons = [e for e in reading.entities if e.label == "PER"]
    for at, person in enumerate(persons):
        before = reading.plain[max(0, person.start - 40) : person.start]
        near_edge = person.start < _HEAD or person.start > len(reading.text) - _FOOT
        alone = kind == "rapport" and person.start < _HEAD and len(re.findall(r"\brapporteur", reading.plain)) == 1
        if near_edge and (
            _AUTHOR.search(before) or _is_byline(reading, person) or (alone and _REPORTER.search(before))
        ):
            return clip(reading.text[person.start : _with_others(reading, persons, at)])
    named = _LABELLED_NAME.search(reading.text[:_HEAD])
    if named is not None:
        return clip(named["name"])
    stated = reading.extraction.metadata.author
    return None if stated is None or _NOBODY.match(stated) else stated


def _is_byline(reading: Reading, person: Entity) -> bool:
    """Tell whether « Par X » stands on a line of its own or with the date of publication, not in a sentence."""
    start, end = reading.line_at(person.start)
    lead, rest = reading.plain[start : person.start], reading.plain[person.end : end]
    if not _BY.search(lead):
        return re.search(r"\b(?:publiee?|mise? en ligne) le [^.\n]{4,40}? par\s*$", lead) is not None
    if lead.strip(" \t*_").startswith("par"):
        above = reading.lines_before(start, 1)
        goes_on = bool(above) and reading.text[above[0][1] : start].count("\n") < 2 and _goes_on(reading, above[0])
        return not goes_on and (
            len(rest.strip()) < 60 or re.match(r"\W{1,4}(?:publie|mis en ligne|le \d)", rest) is not None
        )
    return bool(reading.within(start, person.start, ("DATE",))) and len(lead) < 80


def _goes_on(reading: Reading, line: tuple[int, int]) -> bool:
    """Tell whether a sentence is open at the end of a line: long, and without a mark."""
    text = reading.text[line[0] : line[1]].rstrip()
    return len(text) > 50 and not re.search(r"[.!?»:]$", text)


def _with_others(reading: Reading, persons: list[Entity], at: int) -> int:
    """Return where the names of all authors end: « Ana Ruiz et Luc Morel »."""
    end = persons[at].end
    for other in persons[at + 1 : at + 4]:
        if not re.fullmatch(r"\s*(?:,|et|&|, et)\s*", reading.plain[end : other.start]):
            break
        end = other.end
    return end


def read_document(reading: Reading, atlas: AtlasRecord | None) -> DocumentInfo:
    """Return what the document is; what it does not say is absent."""
    kind = "fiche de l'atlas" if atlas is not None else kind_of_document(reading)
    title = atlas.title if atlas is not None and atlas.title else title_of_document(reading, kind)
    return DocumentInfo(
        title=title,
        date=None if atlas is not None else date_of_document(reading, kind),
        kind=kind,
        author=None if atlas is not None else _author(reading, kind),
        pages=reading.extraction.metadata.pages,
    )
