"""What a document speaks of where it names a sum without saying for what: the project, heading or subject above.

« Plan de financement : Région 3 000 € » under « Projet : Serres d'hiver », « la Ville y ajoute 500 € » after
« le projet « Serres d'hiver » », « lui attribuer 700 € » under the name of an association.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from coopnlp.records.clauses import Reader
from coopnlp.records.document_titles import title_of_document
from coopnlp.records.purpose_heads import names_document, subject_of
from coopnlp.records.purpose_words import cleaned, is_object, is_purpose, joined
from coopnlp.records.reading import clip, plain
from coopnlp.types import Project

__all__ = ["Topics"]

Span = tuple[int, int]

_NOUN = (
    r"(?:projet|programme|operation|action|intitulee?|denommee?|baptisee?|nommee?|appelee?|festival"
    r"|exposition|evenement|manifestation|volet|spectacle|film|chantier|laboratoire)"
)
_QUOTED = re.compile(rf"\b{_NOUN}s?\b[^«»“”\".;:]{{0,40}}[:,]?\s*[«“\"]\s*(?P<what>[^«»“”\"]{{3,140}}?)\s*[»”\"]")
_LABEL = re.compile(
    r"[^\w«]*(?:(?:\d{1,2}|[a-z]|[ivx]{1,4})\s?[.)–-]+\s*)?(?:(?:nom|titre|intitule|objet|libelle|designation) (?:du"
    r" |de l'|de la )?)?"
    r"(?:projet|intitule|titre|objet|action|operation|programme|nom|libelle|denomination|concerne|delibere|affaire"
    r"|theme du projet)\b"
    r"[^:\n]{0,25}?\s*:\s*(?P<what>\S.{3,})"
)
# « Intitulé du projet », « 1. Désignation » alone on a line, over its value
_LABEL_ALONE = re.compile(
    r"\W*(?:\d{1,2}\s?[.)]\s*)?(?:(?:nom|titre|intitule|objet|libelle|designation)(?: (?:du |de l'|de la )(?:projet"
    r"|action|operation|programme))?|projet|action)\W*"
)
# « Projet 1.1 – Serres d'hiver »
_NUMBERED = re.compile(
    r"\W*(?:projet|action|fiche(?:[- ]action)?|operation|programme|volet)\s+(?:n°\s*)?\d[\d.]*\s*[:–—-]\s*"
    r"(?P<what>\S.{3,})"
)
# « la rénovation de la maternité », « un programme d'accès à l'eau »: a noun of doing with what is done.
_DONE = re.compile(
    r"(?:\b(?:la |le |les |une? |des |deux |trois |quatre |nos |leurs? |son |sa )|\bl')?"
    r"\b(?:construction|reconstruction|renovation|rehabilitation|restauration|refection|reparation|amenagement"
    r"|extension|equipement|electrification|achat|acquisition"
    r"|realisation|creation|organisation|installation|mise en (?:place|valeur|service)|animation|formation|accueil"
    r"|envoi|transport|raccordement|forages?|adduction"
    r"|etude|cycle|festival|exposition|residence|tournee|voyage|sejour|stages?|chantiers?|ateliers?|programme|projet"
    r" (?:commun |partage )?(?=sur|de |d')|campagne|amelioration|developpement"
    r"|renforcement|impression|edition|publication|traduction|modernisation|entretien|nettoyage|plantation"
    r"|reboisement|collecte|fourniture|distribution|remplacement"
    r"|pose|ouverture|fete|concerts?|rencontres?|colloque|forum|salon|tournoi|course|inventaire|travaux)s?"
    r"(?: (?!de |d'|du |des )[a-z]{4,14}){0,2}? (?:de |d'|du |des |sur |en |a la |a l'|au |aux |pour )"
    r"(?P<of>(?:(?!\b(?:est|sont|sera|seront|etait|etaient|a ete|ont|avait|aura|qui|que|dont|estime\w*|evalue\w*"
    r"|chiffre\w*|s'eleve\w*|coute\w*|se|fait|ont|sera|traite|trouve|mene\w*|conduit\w*|porte\w*|par la|par le|ou la"
    r"|ou le|ou les"
    r"|prevoit|prevue?s?|debute\w*|avec|grace|afin|pour un|d'un cout|d'un montant|engage\w*|lance\w*|mais|tandis"
    r"|soit)\b)[^.,;:()<>\n«»!?]|\n(?!\s*\n)){3,110})"
)
# « Convention de coopération », « PLAN D'ACTION 2013-2015 »
_INSTRUMENT = re.compile(
    r"\W*(?:conventions?|ententes?|protocoles?|accords?|plans? d'actions?"
    r"|programmes? (?:d'actions?|de cooperation|concerte)"
    r"|feuilles? de route)\b"
)
_PART = re.compile(
    r"\W*(?:art(?:icle|\.) ?\d|\d{1,2}\s?[.)–-]\s|[ivx]{1,4}\s?[.)–-]\s|axe |chapitre |titre |annexe)|#{1,6}\s"
)
_PART_LINES = 60
_BACK, _BACK_POINTED, _REACH, _NEAR = 150, 350, 3000, 200


@dataclass(frozen=True)
class Topic:
    """What is spoken of from an offset on: by a label (l), a name in quotation marks (q), a project (p)."""

    start: int
    kind: str
    text: str


class Topics:
    """What one document speaks of, place by place."""

    def __init__(self, reader: Reader, projects: Sequence[Project], givers: frozenset[str]) -> None:
        self.reader = reader
        self.reading = reader.reading
        self.projects = projects
        self.givers = givers

    def above(self, offset: int, start: int = 0) -> str | None:
        """Return the closest topic told between ``start`` and the offset, within reach."""
        at = bisect_right(self._starts, offset) - 1
        low = max(start, offset - _REACH)
        return self._topics[at].text if at >= 0 and self._topics[at].start >= low else None

    def done_before(self, offset: int, start: int, pointed: bool) -> str | None:
        """Return the last thing done that is told between ``start`` and the offset: « la pose de la toiture ».

        ``pointed``: the sentence at the offset points at what was told (« y consacre »), which may be farther.
        """
        reading = self.reading
        found = None
        for match in _DONE.finditer(reading.plain, max(start, offset - (_BACK_POINTED if pointed else _BACK)), offset):
            phrase = cleaned(reading.text[slice(*match.span())])
            if is_purpose(phrase):
                found = phrase
        return found

    def who_above(self, offset: int, start: int, taken: frozenset[str]) -> str | None:
        """Return the last organisation named between ``start`` and the offset that gives nothing itself."""
        for entity in reversed(self.reading.within(max(start, offset - _REACH), offset, ("ORG",))):
            if plain(entity.text) not in taken:
                return clip(entity.text)
        return None

    @cached_property
    def of_instrument(self) -> str | None:
        """The title of an agreement, plan or programme: what its plan of financing is for, not one action of it."""
        title = title_of_document(self.reading, None)
        return clip(title) if title and _INSTRUMENT.match(plain(title)) else None

    def part_at(self, offset: int) -> int:
        """Return where the part of the document that holds the offset begins: its article, number or heading."""
        for start, end in reversed(self.reading.lines_before(offset, _PART_LINES)):
            if _PART.match(self.reading.plain, start, end):
                return start
        return 0

    @cached_property
    def of_project(self) -> str | None:
        """The one project of the document."""
        titles = {plain(p.title): p.title for p in self.projects}
        return clip(next(iter(titles.values()))) if len(titles) == 1 else None

    @cached_property
    def of_document(self) -> str | None:
        """What the whole document is about: its stated subject, the one name it puts in quotation marks, its title."""
        stated = next((t for t in self._topics if t.kind == "l" and t.start < _REACH), None)
        if stated is not None:
            return stated.text
        named = {plain(t.text): t.text for t in self._topics if t.kind in "pq"}
        if len(named) == 1:
            return next(iter(named.values()))
        title = title_of_document(self.reading, None)
        title = subject_of(title, self.givers) if title else None
        return title if title and is_object(title) and not names_document(title) else None

    @cached_property
    def _starts(self) -> list[int]:
        return [t.start for t in self._topics]

    @cached_property
    def _topics(self) -> list[Topic]:
        found = [*self._by_lines(), *self._by_names()]
        return sorted(found, key=lambda t: t.start)

    def _by_names(self) -> list[Topic]:
        reading = self.reading
        found = [
            Topic(m.start(), "q", clip(reading.text[slice(*m.span("what"))])) for m in _QUOTED.finditer(reading.plain)
        ]
        found += [Topic(e.start, "p", clip(e.text)) for e in reading.entities if e.label == "PROJECT"]
        return [t for t in found if is_purpose(t.text) and plain(t.text) not in self.givers]

    def _by_lines(self) -> list[Topic]:
        reading, found = self.reading, []
        alone = False
        for start, end in reading.lines:
            line = reading.plain[start:end]
            if (
                alone
                and not _LABEL_ALONE.fullmatch(line)
                and not reading.within(start, end, ("AMOUNT",))
                and (what := subject_of(reading.text[start:end], self.givers))
            ):
                found.append(Topic(start, "l", what))
            alone = _LABEL_ALONE.fullmatch(line) is not None
            if alone:
                continue
            label = _NUMBERED.match(line) or _LABEL.match(line)
            if label and "|" not in line and not reading.within(start, end, ("AMOUNT",)):
                what = subject_of(reading.text[start + label.start("what") : end], self.givers)
                if what:
                    near = found[-1] if found and found[-1].kind == "l" and start - found[-1].start < _NEAR else None
                    found.append(Topic(start, "l", joined([near.text, what]) or what if near else what))
                    continue
        return found
