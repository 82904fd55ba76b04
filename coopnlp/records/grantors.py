"""Who grants the sums of a list or table that does not say it line by line.

« Les bourses proviennent du Fonds X », « Source des crédits : Délégation Y »,
« projets soutenus par l'Ambassade »: a sentence or heading of the document, above
the list or under it, names one source for all lines. Else the one scheme that the
head of the document or the lines above the list name; else the body that speaks,
where the document is its decision. A council that draws on a fund gives itself.

Source of the words: results of calls for projects, lists of laureates and annexes
to decisions among the training documents of the corpus of records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from coopnlp.records import giving
from coopnlp.records.clauses import Reader
from coopnlp.types import Entity

__all__ = ["deciding_council", "grantor_above", "source_told", "speaks_in_council", "the_scheme"]

# Decisions of an authority's council, as the head of a document tells them.
_COUNCIL = re.compile(
    r"\b(?:conseil (?:municipal|communautaire|general|departemental|regional|metropolitain|d'arrondissement)|delib\w*"
    r"|commission permanente|proces[- ]verba(?:l|ux)|compte rendu|seance|resolution|il est resolu)\b"
)
_MONEY = (
    r"(?:sommes?|bourses?|prix|dotations?|aides?|subventions?|credits?|montants?|recompenses?|argent|fonds|financements?"
    r"|contributions?|enveloppe)"
)
_DET = r"(?:la |le |les |l')?"
_FROM = rf"(?:de |du |des |d'|par |sur |a meme )\s*{_DET}\s*{giving.GIVER}"
_SOURCES = (
    re.compile(
        rf"\b{_MONEY}\b[^.;<>]{{0,50}}\b(?:provien(?:nen)?t|vien(?:nen)?t|(?:sont|est|ont ete|a ete) (?:\w+ment )?"
        rf"(?:verse|finance|dote|offert|accorde|attribue|octroye|preleve|impute|remis|pri)e?s?(?: en charge)?)"
        rf"\s+{_FROM}"
    ),
    re.compile(rf"\b(?:source|origine|provenance) des? (?:{_MONEY})\s*:\s*{_DET}\s*{giving.GIVER}"),
    re.compile(rf"\b(?:enveloppe|dotation|budget) (?:\w+ )?{_FROM}\s*:"),
    # « la colonne « subvention » est le cofinancement du ministère »
    re.compile(
        rf"\bcolonne\b[^.;<>]{{0,40}}\b(?:est|donne|indique|represente|porte) (?:la |le |l')?"
        rf"(?:\w+ )?{_MONEY}?(?:cofinancement|part|contribution|apport)?\s*{_FROM}"
    ),
    re.compile(rf"\bchac(?:un|une|que \w+) (?:recoit|recevra|touche|est dotee?)\b[^.;]{{0,60}}<A\d+>\s*{_FROM}"),
)
# Sentences without any of these words are not looked at closer.
_SOURCE_WORDS = re.compile(
    r"\b(?:provien(?:nen)?t|vien(?:nen)?t|source|origine|provenance|enveloppe|dotation|budget|chacune?|chaque|est|sont|ete)\b"
)
_SUPPORTED = re.compile(
    r"\b(?:soutenu|finance|retenu|accorde|attribue|octroye|appuye|verse|selectionne)e?s? "
    rf"(?:par|au titre d[eu]|dans le cadre d[eu])\s*{_DET}\s*{giving.GIVER}"
)
# Who chooses does not pay.
_CHOOSES = re.compile(r"commission\b|jury\b|comite (?:de|d')")
# « La Région X dévoile ses lauréats »
_UNVEILS = re.compile(
    rf"{giving.GIVER}\s*,?\s*(?:a |vient de |)"
    r"(?:devoil|annonc|recompens|distingu|selectionn|soutien|soutenu|retien|retenu|prim|publi)\w*"
    r"[^.;]{0,40}\b(?:laureats?|projets?|associations?|initiatives?|dossiers?|candidatures?|prix|jeunes|resultats)\b"
)
# A body that the tagger does not know, named by its kind alone.
_POST = re.compile(r"\bpar (?:l'|le |la )(?P<name>ambassade|consulat(?: general)?)\b")
_SCHEME = re.compile(
    r"(?:fonds|programme|dispositif|appel a|facilite|prix|bourses?|ffqcd|fondation|coup de pouce"
    r"|agence (?:de l'eau|des micro))\b"
)
# Schemes that are a line of the budget of a body, which announces what it grants under them.
_RUN_BY = (
    (
        re.compile(r"ficol\b|facilite de financement des collectivites"),
        re.compile(r"agence francaise de developpement|afd\b"),
    ),
)
# A ministry whose paper it is.
_ISSUER = re.compile(
    r"(?:ministere|secretariat|gouvernement|fondation|agence|office|syndicat|reseau|consulat|ambassade|delegation|institut"
    r"|federation|caisse)\b"
)
_HEAD_LINES, _ABOVE = 6, 14
# Letterhead and first lines, which say whose minutes these are.
_HEAD = 600


def the_scheme(reader: Reader, named: Iterable[Entity]) -> Entity | None:
    """Return the one body that some mentions name as the source of sums, by its full name, or None.

    Of a fund and the ministries that announce what it gives it is the fund; of a scheme that a body
    runs under its own budget (« FICOL »), and which it announces in the document, it is the body.
    """
    bodies = {(meant := reader.canonical(e)).text.casefold(): meant for e in named}
    funds = {key: e for key, e in bodies.items() if _SCHEME.match(reader.reading.plain, e.start)} or bodies
    return _run_by(reader, next(iter(funds.values()))) if len(funds) == 1 else None


def _run_by(reader: Reader, scheme: Entity) -> Entity:
    plain = reader.reading.plain
    for words, body in _RUN_BY:
        if words.match(plain, scheme.start):
            named = (e for e in reader.reading.entities if e.label in ("FUNDER", "ORG") and body.match(plain, e.start))
            return next((reader.canonical(e) for e in named), scheme)
    return scheme


def deciding_council(reader: Reader, before: int) -> Entity | None:
    """Return the authority whose council decides, where the head of the document says so above an offset."""
    head = min(_HEAD, before)
    owner = reader.owner if speaks_in_council(reader, head) else None
    return owner if owner is not None and owner.label == "COLLECTIVITY" and owner.start < head else None


def speaks_in_council(reader: Reader, within: int = _HEAD) -> bool:
    """Tell whether the head of the document, its first characters up to ``within``, names a council in session."""
    return _COUNCIL.search(reader.reading.plain[: min(within, _HEAD)]) is not None


def source_told(reader: Reader) -> Entity | None:
    """Return the one body that a sentence of the document names as the source of the sums that it lists."""
    reading = reader.reading
    found: dict[str, Entity] = {}
    for start, end in reading.sentences:
        if not _SOURCE_WORDS.search(reading.plain, start, end):
            continue
        template = (clause := reader.clause(start, end)).template
        for pattern in _SOURCES:
            for match in pattern.finditer(template):
                if re.match(rf"\s*(?:,|et)\s+(?:de |du |des |d'){_DET}<[CFO]\d+>", template[match.end() :]):
                    return None  # of two sources nobody knows which gives what
                meant = reader.canonical(clause.entity(match[1]))
                found.setdefault(meant.text.casefold(), meant)
    return next(iter(found.values())) if len(found) == 1 else None


def grantor_above(reader: Reader, start: int, others: tuple[tuple[int, int], ...] = ()) -> Entity | None:
    """Return who grants the sums of a list that begins at ``start``, by the lines above it and the document's head.

    ``others`` are spans of tables: their rows name beneficiaries, never who gives.
    """
    reading = reader.reading
    lines = [*reading.lines_before(start, _ABOVE)[::-1], *reading.lines[:_HEAD_LINES]]
    lines = [line for line in lines if line[1] <= start and not any(a <= line[0] < b for a, b in others)]
    for line in lines:
        clause = reader.clause(*line)
        supported = _SUPPORTED.search(clause.template)
        if supported and not reading.within(*line, ("AMOUNT",)):
            by = reader.canonical(clause.entity(supported[1]))
            if not _CHOOSES.match(reading.plain, by.start):
                return by
        post = _POST.search(reading.plain, *line) if giving.GRANTED_HERE.search(reading.plain, *line) else None
        if post:
            a, b = post.span("name")
            return Entity(start=a, end=b, label="ORG", text=reading.text[a:b])
    decides = deciding_council(reader, start)
    if decides is not None:
        return decides
    for line in lines:
        schemes = [
            e for e in reading.within(*line, ("FUNDER",)) if _SCHEME.match(reading.plain, reader.canonical(e).start)
        ]
        if (scheme := the_scheme(reader, schemes)) is not None:
            return scheme
    for line in reading.lines[:_HEAD_LINES]:
        unveils = _UNVEILS.search((clause := reader.clause(*line)).template) if line[1] <= start else None
        if unveils:
            return reader.canonical(clause.entity(unveils[1]))
    for line in reading.lines[:2]:
        for entity in reading.within(*line, ("ORG", "FUNDER")):
            if _ISSUER.match(reading.plain, entity.start) and entity.start - line[0] < 3 and entity.end <= start:
                return reader.canonical(entity)
    return None
