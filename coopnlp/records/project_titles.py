"""Which mentions of a project are titles, and how far each title goes.

A tagger finds a title's beginning more surely than its end, and takes headings
and tasks for titles. The text's own signs decide: quotation marks, a line of
its own in a list of projects, « Projet : », a word such as « projet » or «
programme » before it. What has none of these is no project; what ends in the
middle is read on to its quotation mark or to the end of its line.
"""

from __future__ import annotations

import re

from coopnlp.records.reading import Reading
from coopnlp.records.sentences import LIST_MARK
from coopnlp.types import Entity

__all__ = ["opens_line", "stands_alone", "whole_title"]

_OPEN, _CLOSE = '«“"', '»”"'
_FARTHEST = 140
# A word that says that a name is that of a project (annotation-guide.md, PROJECT: exhibitions and shows too).
_NAMED = re.compile(
    r"\b(?:projets?|programmes?|operations?|actions?|chantiers?|initiatives?|expositions?|spectacles?|films?|livres?"
    r"|albums?|concerts?|ateliers?|intitule\w*|baptise\w*|denomme\w*|appele\w*|nomme\w*|titre|titulaire)\b"
    r"[^.;:!?]{0,25}$"
)
# Quoted names of other things: buildings, places, papers, goods, parts of a scheme.
_OTHER_THING = re.compile(
    r"\b(?:coproprietes?|lots?|parcelles?|multi-accueil|creches?|residences?|immeubles?|immobiliere?s?|sites?|systemes?"
    r"|volets?|axes?|lieu-?dits?|quartiers?|rue|zac|restaurants?|hotels?|salles?|journal|revues?|magazines?|formules?"
    r"|mots?|expressions?|termes?|maisons?|ecoles?|colleges?|logiciels?|marques?|rubriques?|articles?|chapitres?)"
    r"(?: \w+){0,3}\W*$"
)
# Right before the quotation mark: a scheme, a working group, what is said or shown once.
_NEVER = re.compile(
    r"\b(?:appels?(?: a (?:projets?|initiatives?|candidatures?))?|dispositif|groupes?|conferences?(?: internationale)?"
    r"|tables? rondes?|ouvrages?|projection du film|non plus)\s*(?:intitulee?s?)?,?\s*[«“\"]\s*$"
)
_LABEL = re.compile(r"\b(?:projets?|titre|intitule|nom du projet|programme|action|operation)\b[^.;]{0,30}:\s*\W*$")
_OF_A_PLAN = re.compile(
    r"\W*(?:plan de financement|budget|fiche|bilan|rapport|dossier|presentation|suivi|evaluation)\b"
    r"[^.;:]{0,40}\s[–—-]\s*$"
)
_PROJECTS_ABOVE = re.compile(r"\b(?:projets?|laureats?|programmes? d'action|actions? (?:soutenu|retenu|finance)\w*)\b")
_LOOSE_END = re.compile(
    r"(?:[\s,:–-]+|\b(?:a|au|aux|de|du|des|d'|la|le|les|l'|et|ou|en|par|pour|sur|avec|entre|dans|lien|un|une))+$"
)
# A task of a plan of action begins with what is to be done; a title that does so is quoted or labelled.
_TASK = re.compile(r"\W*(?:[a-z]{3,}(?:er|ir|oir|dre|tre|ire|uire))\b")
_CARRIED = re.compile(
    r"\b(?:porte\w* par|mene\w* par|mis\w* en (?:oe|œ)uvre par|pilote\w* par|partenariat entre|entre la)\b"
)


def opens_line(reading: Reading, entity: Entity) -> bool:
    """Tell whether the title opens its line, list mark, number, quotes and labels apart."""
    start, _ = reading.line_at(entity.start)
    before = reading.text[start : entity.start]
    mark = LIST_MARK.match(before)
    before = before[mark.end() :] if mark else before
    return not re.sub(r"(?i)^\W*(?:projet|titre|intitul[ée])\s*(?:n° ?\d+)?\s*:?", "", before).strip(
        ' \t«»"“*#:–—-.0123456789|>➤'
    )


def stands_alone(reading: Reading, entity: Entity) -> bool:
    """Tell whether nothing follows the title on its line."""
    _, end = reading.line_at(max(entity.start, entity.end - 1))
    return len(reading.text[entity.end : end].strip(' »"”*:.#')) == 0


def _quoted(reading: Reading, entity: Entity) -> tuple[int, int] | None:
    """Return the span between the quotation marks that the entity stands at the beginning of."""
    text = reading.text
    before = text[max(0, entity.start - 3) : entity.start].rstrip()
    if not before or before[-1] not in _OPEN:
        return None
    found = re.compile(rf"[{_CLOSE}]").search(text, entity.start, entity.start + _FARTHEST)
    if found is None or "\n\n" in text[entity.start : found.start()]:
        return None
    end = found.start()
    return entity.start, end - (len(text[entity.start : end]) - len(text[entity.start : end].rstrip(" ,")))


def _read_on(reading: Reading, entity: Entity) -> int:
    """Return where a title that ends in the middle ends: with its line, or its phrase up to a stop."""
    _, line_end = reading.line_at(max(entity.start, entity.end - 1))
    rest = reading.text[entity.end : line_end]
    stop = re.search(r"[.;:!?«»(|]|\s[–—-]\s|,", rest)
    added = rest[: stop.start()] if stop else rest
    return entity.end + len(added.rstrip()) if len(added) <= 60 else entity.end


def _with_span(reading: Reading, entity: Entity, start: int, end: int) -> Entity:
    if (start, end) == (entity.start, entity.end):
        return entity
    return entity.model_copy(update={"start": start, "end": end, "text": reading.text[start:end]})


def _listed(reading: Reading, entity: Entity) -> bool:
    """Tell whether a title on a line of its own stands in a list of projects: announced, or carried by someone."""
    above = [reading.plain[a:b] for a, b in reading.lines_before(entity.start, 40)]
    if any(len(line) < 110 and _PROJECTS_ABOVE.search(line) for line in above):
        return True
    after = reading.plain[entity.end : entity.end + 400]
    numbered = re.match(r"\s*\d{1,2}\s?[.)]\s", reading.plain[reading.line_at(entity.start)[0] : entity.start] + " ")
    if numbered and len(reading.within(entity.end, entity.end + 120, ("COLLECTIVITY",))) > 1:
        return True
    return bool(_CARRIED.search(after) or re.search(r"\bprojets?\b", after[:200]))


def whole_title(reading: Reading, entity: Entity) -> Entity | None:
    """Return the entity with its whole title, or None where the text does not mark it as a project's."""
    quoted = _quoted(reading, entity)
    if quoted is not None:
        title = _with_span(reading, entity, *quoted)
        # « Je fabrique des luths. Vous avez... »: words that someone says.
        lead = reading.plain[max(0, entity.start - 70) : entity.start].replace("\n", " ")
        if _NEVER.search(lead) or (_OTHER_THING.search(lead) and not _NAMED.search(lead)):
            return None
        return None if re.search(r"[.!?]\s+[A-ZÀ-Ý]", title.text) else title
    start, _ = reading.line_at(entity.start)
    before = reading.plain[start : entity.start]
    sentence = reading.plain[reading.sentence_at(entity.start)[0] : entity.start]
    loose = bool(_LOOSE_END.search(reading.plain[entity.start : entity.end]))
    follows = reading.text[entity.end : entity.end + 2]
    flows_on = loose or bool(re.match(r"\s?[a-zà-ÿ]", follows))
    parties = reading.within(start, entity.start, ("COLLECTIVITY",))
    if len(parties) > 1 and re.search(r":\s*\W{0,3}$", before):
        # « 1. Angers – Nicolet : Semences d'ici ; agriculture urbaine »
        return entity
    if _LABEL.search(before) or _OF_A_PLAN.fullmatch(before):
        end = _read_on(reading, entity) if flows_on else entity.end
        return _with_span(reading, entity, entity.start, end)
    if opens_line(reading, entity):
        separated = bool(re.match(r"\s*(?:[–—:|(]|-\s)", reading.text[entity.end : entity.end + 4]))
        if flows_on and not separated:
            end = _read_on(reading, entity)
            whole = _with_span(reading, entity, entity.start, end)
            if not stands_alone(reading, whole):
                return None
            entity, separated = whole, False
        if not (separated or stands_alone(reading, entity)) or _TASK.match(reading.plain, entity.start):
            return None
        heading = any(b.kind == "heading" and b.start <= entity.start < b.end for b in reading.extraction.blocks)
        markdown = before.lstrip().startswith("#")
        listed = _listed(reading, entity)
        return entity if listed and not (separated and (heading or markdown)) else None
    if _NAMED.search(sentence.replace("\n", " ")):
        if loose:
            bare = _LOOSE_END.sub("", reading.plain[entity.start : entity.end])
            entity = _with_span(reading, entity, entity.start, entity.start + len(bare))
        return entity if entity.text[:1].isupper() and len(entity.text) > 3 else None
    return None
