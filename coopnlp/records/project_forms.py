"""What titles of projects look like in a list, and what a reader of lists finds: a title, and who carries it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from coopnlp.records.project_bearers import only_bodies
from coopnlp.records.reading import Reading
from coopnlp.types import Party

__all__ = ["ABOUT_PROJECTS", "LEAST_ITEMS", "MARK", "Named", "ProjectItem", "Span", "title_within"]

Span = tuple[int, int]
Named = tuple[tuple[Party, Span], ...]

#: One line of a form may be anything, two are a list.
LEAST_ITEMS = 2
#: What opens an item of a list.
MARK = r"[\s•*▪➤►›·■□◦▸+>–—-]*(?:(?:\(?[a-z]|\d{1,2})\s?[.)]\s*)?"
#: Words of a document, or of the lines over a list, that speak of projects.
ABOUT_PROJECTS = re.compile(
    r"\b(?:projets?|laureate?s?|actions?|appel a|operations?|dossiers? (?:retenus?|soutenus?|labellises?)|initiatives?"
    r"|programme de travail|selectionnes?|tandems?|concours)\b"
)
_LONGEST, _SHORTEST = 150, 4
_NO_TITLE = re.compile(
    r"\W*(?:neant|sans (?:objet|titre|suite)|retiree?|supprimee?|annulee?|abandonnee?|reporte\w*|non retenu\w*|idem"
    r"|total|a definir|fonctionnement|divers)\b"
)
# « Article 2 », « Calendrier : », « Budget 2019 » open a line too; none is a project.
_OTHER_LINE = re.compile(
    r"\W*(?:articles?|calendrier|budget|moyens?|cout|echeanc\w+|objet|objectifs?|duree|montant|subventions?"
    r"|financement|plan de financement|appui|pays|secteur|annexes?|chapitre|page|suivi|preambule|rappel|total|debut|fin"
    r"|etat|code|contexte|resultats?|beneficiaires?|contacts?|observations?|raison|depenses?|recettes?)\b"
    r"\s*(?:\d|[:.–—-]|$)"
)
_QUOTED = re.compile(r"(?:[A-ZÀ-Ýa-zà-ÿ'’]+\s){0,3}[«“]\s*([^«»“”\n]{4,150}?)\s*[»”]")
# « La mine et la mer (exposition itinérante) »: what it is.
_WHAT_IT_IS = re.compile(
    r"\(\s*(?:une? )?(?:exposition|spectacle|film|colloque|seminaire|chantier|phase|volet)\b[^()]*\)$"
)
# « section de voile, saison 2019-2020 »: when, not what.
_WHEN = re.compile(r",\s*(?:saison|exercice|annee|edition|tranche|phase) (?:n° ?)?\d[\d/-]*\W*$")


@dataclass(frozen=True)
class ProjectItem:
    """A project of a list: its title, and the bodies that the list's form gives it."""

    title: Span
    parties: Named = ()


def title_within(reading: Reading, start: int, end: int, *, sure: bool = False) -> Span | None:
    """Return the title that a stretch of a line is: marks, quotes, a sum and a bracket of bodies taken off.

    Bodies and nothing else are no title, unless the place is ``sure`` to hold one: taggers take titles for names.
    """
    text = reading.text
    quoted = _QUOTED.match(text, start, end)
    if quoted is not None:
        start, end = quoted.span(1)
    money = reading.within(start, end, ("AMOUNT",))
    if money:
        end = money[0].start
    when = _WHEN.search(reading.plain, start, end)
    end = when.start() if when else end
    words = re.sub(r"[\s:;,.(–—|-]+$", "", text[start:end])
    closing = re.search(r"\s*\(([^()]*)\)$", words)
    if closing:
        inside = reading.within(start + closing.start(), start + closing.end(), ("COLLECTIVITY", "ORG", "DATE"))
        if inside or _WHAT_IT_IS.search(reading.plain[start : start + closing.end()]):
            words = words[: closing.start()]
    bare = words.strip(' \t*_|«»“”"')
    start += words.index(bare) if bare else 0
    end = start + len(bare)
    if not _SHORTEST <= len(bare) <= _LONGEST or not re.search(r"[^\W\d_]{3}", bare):
        return None
    if _NO_TITLE.match(reading.plain, start) or _OTHER_LINE.match(reading.plain, start, end):
        return None
    if not sure and only_bodies(reading, start, end):
        return None
    if re.search(r"[.!?;]\s", bare) or re.search(r"\s{3,}|\t", bare):
        return None
    named = sum(e.end - e.start for e in reading.within(start, end, ("PER", "DATE")))
    return None if named > 0.6 * len(bare) else (start, end)
