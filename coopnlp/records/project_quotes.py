"""Titles of projects in quotation marks in prose: « le projet « Deux rives » », « « Doris », chantier d'une barque ».

A name in quotation marks may be that of anything: the word right before it, or what is said of it right after,
must be that of a project. Left out: calls, schemes, budget lines, groups, films and books.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coopnlp.records.project_forms import ProjectItem, title_within
from coopnlp.records.reading import Reading

__all__ = ["quoted_in_prose"]

_QUOTE = re.compile(r"[«“]\s*(?P<title>[^«»“”\n]{4,120}?)\s*[»”]")
_BEFORE = re.compile(
    r"\b(?:projets?|operations?|initiatives?|chantiers?|echanges?|residences? (?:croisee? )?d'artistes|exposition"
    r"|intitulee?|baptisee?|denommee?)"
    r"(?: (?:commune?|conjointe?|croisee?|culturelle?|scolaires?|itinerante?|intercommunal|intitulee?|baptisee?"
    r"|denommee?|pilote|europeen|solidaire|partage))*,?\s*$"
)
_AFTER = re.compile(
    r"\s*,\s*(?:que (?:portent|porte|menent|mene|conduisent|conduit|nous (?:menons|portons))\b"
    r"|(?:porte|mene|monte|conduit|realise|pilote)e?s? (?:ensemble )?(?:par|avec|entre)\b"
    r"|(?:l'|une? |le |la )?(?:echange|exposition itinerante|projet|sentier|operation|chantier|construction|recueil"
    r"|residence|correspondance)\b)"
)
_NO_PROJECT = re.compile(
    r"\b(?:appels? a (?:projets?|initiatives?)|dispositif|fonds|autorisation|programme budgetaire"
    r"|volet|groupe|immobilier"
    r"|non plus|non retenus?|ex[- ]projet)\b[^.;]{0,25}$"
    r"|\b(?:prix|trophees?|concours)\s*$"
)
_BODY = re.compile(r"(?:Conseil|Comité|Groupe|Association|Maison|École|Collège|Lycée|Résidence)\b")


def quoted_in_prose(reading: Reading) -> Iterator[ProjectItem]:
    """Yield the titles in quotation marks that the words beside them say to be projects."""
    for quote in _QUOTE.finditer(reading.text):
        start = reading.sentence_at(quote.start())[0]
        before = reading.plain[max(start, quote.start() - 80) : quote.start()].replace("\n", " ")
        said = _BEFORE.search(before) or _AFTER.match(reading.plain, quote.end())
        if (
            _BODY.match(quote["title"])
            or not said
            or _NO_PROJECT.search(before)
            or re.search(r"[.!?]$", quote["title"])
        ):
            continue
        title = title_within(reading, *quote.span("title"), sure=True)
        if title is not None and (reading.text[title[0]].isupper() or reading.text[title[0]].isdigit()):
            yield ProjectItem(title)
