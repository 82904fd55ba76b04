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
    r"|residence|correspondance)\b"
    r"|une? \w+(?: [^.;:!?«»\n]{0,40})? que (?:nous (?:preparons|menons|portons|montons)|(?:portent|menent|preparent)))"
)
# « supprimé », « abandonné »: a title that is named to say that nothing comes of it
_DROPPED = re.compile(r"\s*,? (?:est|a ete|sont|etait) (?:supprime|abandonne|annule|retire|laisse)")
_NO_PROJECT = re.compile(
    r"\b(?:appels? a (?:projets?|initiatives?)|dispositif|fonds|autorisation|programme budgetaire"
    r"|volet|groupe|immobilier"
    r"|non plus|non retenus?|ex[- ]projet)\b[^.;]{0,25}$"
    r"|\b(?:prix|trophees?|concours)\s*$"
)
# « un projet baptisé Laminaria Nord »: the words with a capital
_BAPTISED = re.compile(
    r"\b(?:projet|programme|chantier|échange|opération)s?(?: \w+)? (?:baptisé|dénommé|intitulé|nommé|appelé)e?s?"
    r" (?P<title>[A-ZÀ-Ý][\w'’-]+(?: (?:(?:de|du|des|la|le|et|en|d'|l') ?)?[A-ZÀ-Ý][\w'’-]+){0,5})"
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
            or _DROPPED.match(reading.plain, quote.end())
            or re.search(r"[.!?]$", quote["title"])
        ):
            continue
        title = title_within(reading, *quote.span("title"), sure=True)
        if title is not None and (reading.text[title[0]].isupper() or reading.text[title[0]].isdigit()):
            yield ProjectItem(title)
    for named in _BAPTISED.finditer(reading.text):
        title = title_within(reading, *named.span("title"), sure=True)
        if title is not None:
            yield ProjectItem(title)
