"""Titles in an announced list of projects: « Projets soutenus : », then a title and a paragraph each.

The layout says what is a title where the list is announced: a short line of its
own without a stop, under it a text or a line of bodies. A numbered list has
numbered titles only. Left out: lists that nothing announces, and the sections
that end a list (« Suite de la procédure », « Contacts »).
"""

from __future__ import annotations

import re

from coopnlp.records.reading import Reading
from coopnlp.types import Entity

__all__ = ["announced_titles"]

Span = tuple[int, int]

_ANNOUNCED = re.compile(
    r"\W*(?:[\w' -]{0,40}\b)?(?:projets? (?:soutenu|retenu|laureat|selectionne|finance|subventionne|accompagne)\w*"
    r"|laureats?(?: de l'appel| \d{4})?)\b[^.]{0,50}$"
)
_NUMBER = re.compile(r"\s*(?:\d{1,2}\s?[.)°]|n° ?\d{1,2}\s*[.:–-]?|[-–•*▪➤]|#{1,6})\s+")
_SECTION = re.compile(
    r"\W*(?:suite|prochaine?s?|contacts?|renseignements?|calendrier|a propos|pour en savoir|en savoir plus|a lire"
    r"|liste complementaire|partager|haut de|procedure|criteres|modalites|appel a|communique|publie|page|voir aussi"
    r"|conclusion|budget|annexes?|bilan|documents?|telecharger|rappel)\b"
)
_LONGEST = 140


def _title_span(reading: Reading, line: Span) -> tuple[Span, bool] | None:
    """Return the span of the title that a line is, mark and quotes off, and whether it is numbered."""
    text = reading.text[slice(*line)]
    mark = _NUMBER.match(text)
    start = line[0] + (mark.end() if mark else len(text) - len(text.lstrip()))
    body = reading.text[start : line[1]].rstrip()
    bare = body.strip(' «»“”"*_#')
    start += body.index(bare) if bare else 0
    end = start + len(bare)
    if not 3 < len(bare) <= _LONGEST or not (bare[0].isupper() or bare[0].isdigit()) or re.search(r"[.;:,|]$", bare):
        return None
    if _SECTION.match(reading.plain, start) or reading.within(start, end, ("AMOUNT",)):
        return None
    named = sum(e.end - e.start for e in reading.within(start, end) if e.label in ("PER", "DATE", "LOC", "EVENT"))
    if named > 0.6 * len(bare) or not re.search(r"[^\W\d_]{3}", bare):
        return None
    return (start, end), bool(mark)


def _described(reading: Reading, lines: tuple[Span, ...], at: int, numbered: bool) -> bool:
    """Tell whether the line under a title describes it: a text, or in a numbered list a line of bodies."""
    if at + 1 >= len(lines):
        return False
    start, end = lines[at + 1]
    bodies = reading.within(start, end, ("COLLECTIVITY", "ORG"))
    if numbered and bodies:
        return True
    _, paragraph_end = reading.paragraph_at(start)
    words = reading.text[start:paragraph_end].strip()
    return len(words) > 60 and bool(re.search(r"[.!?»]$", words))


def announced_titles(reading: Reading) -> list[Entity]:
    """Return the titles of the announced lists of projects as entities, in order; lists of one are left out."""
    found: list[Entity] = []
    lines = reading.lines
    at = 0
    while at < len(lines):
        start, end = lines[at]
        at += 1
        if end - start > 110 or not _ANNOUNCED.match(reading.plain[start:end].strip()):
            continue
        titles: list[tuple[Span, bool]] = []
        while at < len(lines) and not _ends_list(reading, lines[at]):
            made = _title_span(reading, lines[at])
            if made is not None and _described(reading, lines, at, made[1]) and (not titles or made[1] == titles[0][1]):
                titles.append(made)
            at += 1
        if len(titles) > 1:
            found += [Entity(start=a, end=b, label="PROJECT", text=reading.text[a:b]) for (a, b), _ in titles]
    return found


def _ends_list(reading: Reading, line: Span) -> bool:
    return line[1] - line[0] < 60 and bool(_SECTION.match(reading.plain, line[0], line[1]))
