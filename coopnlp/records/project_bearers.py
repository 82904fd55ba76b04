"""Who carries a project, where the layout says it: « Porteurs : A et B », « A et B – titre », « titre (A, B) ».

A stretch that names bodies is cut at its commas and conjunctions, never inside
an entity: a body that the tagger missed still stands beside one that it found.
Left out: places in apposition, services without a name, functions.
"""

from __future__ import annotations

import re

from coopnlp.records.parties import is_state, party, unique_parties
from coopnlp.records.reading import Reading
from coopnlp.types import Entity, Party

__all__ = ["BEARER_LABEL", "bearers", "only_bodies"]

Span = tuple[int, int]

BEARER_LABEL = re.compile(
    r"[\s•*▪–—-]*(?:(?:co-?)?porteu(?:rs?|ses?)(?: du projet| de projet)?|chefs? de file|pilotes?|maitres? d'ouvrage"
    r"|maitrise d'ouvrage|operateurs?"
    r"|(?:autres )?partenaires?(?: (?:locaux|local|etrangers?|francais|quebecois|associes?))?"
    r"|collectivites?(?: (?:partenaires?|chef de file|porteuse|francaise|etrangere))?|municipalites?|villes? d'appui"
    r"|conduite? par|portee? par|menee? par)\s*(?::|\s{3,})\s*"
)
_APART = re.compile(
    r"\s*(?:[,;/+&]|\s[–—-]\s|\b(?:et|avec|ainsi que)\b|\ben (?:lien|partenariat|collaboration) avec\b)\s*"
    r"(?:(?:avec|de|du|des|la|le|les)\b\s*|l')*"
)
# What stands before a name and is no part of it.
_LEAD = re.compile(
    r"(?:(?:la|le|les|l'|de|du|des)\b'?\s*|l'|(?:association|ong|agence d'urbanisme)\s+(?=[a-z0-9« ]*[A-Z]))+", re.I
)
_NOBODY = re.compile(
    r"\W*(?:n[ée]ant|aucune?|sans|non (?:pr[ée]cis|renseign|communiqu|d[ée]fini)\w*"
    r"|à (?:d[ée]finir|d[ée]terminer|confirmer)|divers|s\.?o\.?|nc|nd|directions?|services?|[ée]lus?"
    r"|comit[ée]s?|maires?|pr[ée]sidente?s?|M\.|Mme|[ée]quipes?)\b",
    re.I,
)
_BODIES = ("COLLECTIVITY", "ORG", "FUNDER")
_TYPED = re.compile(r"(?:ville|commune|municipalite|region|departement|communaute|metropole|mrc|province)\b")
_LONGEST = 90


def _pieces(reading: Reading, start: int, end: int) -> list[Span]:
    """Cut a stretch where it passes from one body to the next, brackets and entities left whole."""
    # A tagger joins « Route des Lasers et Optonique »; names that begin anew after « et » are two.
    whole = [
        (e.start, e.end)
        for e in reading.within(start, end, (*_BODIES, "LOC"))
        if not re.search(r"\bet [A-ZÀ-Ý][^\W\d_]+$", e.text)
    ]
    whole += [m.span() for m in re.compile(r"\([^()]*\)").finditer(reading.plain, start, end)]
    pieces, at = [], start
    for match in _APART.finditer(reading.plain, start, end):
        if not any(a < match.end() and match.start() < b for a, b in whole):
            pieces.append((at, match.start()))
            at = match.end()
    return [*pieces, (at, end)]


def _named(reading: Reading, piece: Span, first: bool) -> tuple[Party, Span] | None:
    inside = reading.within(*piece, _BODIES)
    towns = [e for e in reading.within(*piece, ("LOC",)) if first and not is_state(e)]
    if not inside and towns and not reading.plain[piece[0] : towns[0].start].strip():
        # « Annecy, Ville de Shawinigan »: a town that a list begins with is tagged as a place.
        inside = towns
    if inside:
        return party(inside[0]), (inside[0].start, inside[0].end)
    if reading.within(*piece, ("LOC", "PER", "DATE", "AMOUNT")):
        return None
    words = re.sub(r"\([^()]*\)?", "", reading.text[slice(*piece)])
    lead = _LEAD.match(words.lstrip())
    name = (words.lstrip()[lead.end() :] if lead else words).strip(' \t\n.,;:–—-«»"')
    if (
        not 2 < len(name) <= _LONGEST
        or _NOBODY.match(name)
        or not re.search(r"[A-ZÀ-Ý]", name)
        or re.search(r"\d", name)
    ):
        return None
    at = reading.text.find(name, *piece)
    return (Party(text=re.sub(r"\s+", " ", name)), (at, at + len(name))) if at >= 0 else None


def bearers(reading: Reading, start: int, end: int) -> list[tuple[Party, Span]]:
    """Return the bodies that a stretch lists, each once, with where it names them."""
    found: list[tuple[Party, Span]] = []
    for piece in _pieces(reading, start, end):
        made = _named(reading, piece, first=not found)
        if made is None:
            continue
        before = reading.plain[start : made[1][0]].rstrip()
        bare = not _TYPED.match(reading.plain, made[1][0])
        school = found and re.match(r"(?:lycee|ecole|college|cegep|universite)\b", reading.plain[found[-1][1][0] :])
        if bare and school and before.endswith(","):
            continue  # « le lycée de l'Europe, Dunkerque »: where it is
        found.append(made)
    kept = unique_parties(p for p, _ in found)
    return [next((p, span) for q, span in found if q == p or q.text == p.text) for p in kept]


def only_bodies(reading: Reading, start: int, end: int, *, places: bool = False) -> list[Entity]:
    """Return the bodies of a stretch that says nothing else, countries and brackets apart; else nothing.

    With ``places`` a place counts as a body: a town that a list names without a word is tagged as one.
    """
    inside = [e for e in reading.within(start, end) if e.label in (*_BODIES, "LOC")]
    left, at = "", start
    for entity in [*inside, None]:
        left += reading.plain[at : entity.start if entity else end] + " "
        at = entity.end if entity else end
    left = re.sub(r"\([^()]*\)", " ", left)
    left = re.sub(
        r"\b(?:et|avec|la|le|les|de|du|des|l|d|ville|commune|villes|communes|municipalite)\b|l'|d'", " ", left
    )
    kept = inside if places else [e for e in inside if e.label != "LOC"]
    return kept if not re.search(r"\w", left) else []
