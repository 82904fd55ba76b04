"""Titles by their form: projects that are quoted, labelled or listed, and named events.

A title between quotation marks after « projet », « programme » or the like is a
PROJECT (« le projet « *Une rive à l'autre* » »); so is what a label names
(« Nom du projet : *Racines* ») and each title of a numbered list of three or more
under which a line names bearers, partners or two parties. A capitalised event noun
with its complement is an EVENT (« les deuxièmes *Rencontres de la coopération
rurale* »). All go to ``doc.spans["candidates"]``.

In the training documents 48 of 49 such quotations are PROJECT, 35 of 41 labels, all
7 titles of lists, and 280 of 371 named events are EVENT with exactly these borders
(``python -m coopnlp.training.forms``): so they go before the tagger. Left out:
quotations after « dossier » and « appel à projets » (funding schemes), event nouns
in lower case but for those that a number counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.tokens import Span

from coopnlp.pipeline.candidates import GROUP, char_span
from coopnlp.pipeline.surface import text_of

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["create_titles", "find_events", "find_projects", "labelled", "listed", "quoted"]

_QUOTED = re.compile(
    r"(?<!appel à )(?<!appels à )"
    r"\b(?:projets?|programme|exposition|spectacle|film|documentaire|disque|opération|concert)\b"
    r"(?:\s+(?:pilote|commun|itinérante|photo\w*|intitulée?s?|dénommée?s?|baptisée?s?))*\s*:?\s*"
    r"[«\"“]\s*(?P<title>[^«»\"”\n]{3,100}?)\s*[»\"”]",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^\W{0,4}(?:(?:nom|titre|intitulé|libellé) (?:du |de l['’])?(?:projet|action|opération|programme)|projet|programme"
    r"|titre|intitulé|exposition|spectacle)(?: n° ?\d+)? ?(?::|(?<=titre)\n|(?<=projet)\n|(?<=intitulé)\n)\s*"
    r"[«\"“]?\s*(?P<title>[^«»\"“”\n|;:]{3,100}?(?: : [^«»\"“”\n|;:]{3,60}?)?)\s*[»\"”]?(?=\.?$| \(|\. [A-ZÀ-Ý])",
    re.IGNORECASE | re.MULTILINE,
)
_ITEM = re.compile(
    r"^[ \t]*(?i:n° ?|fiche |projet |lauréat )?\d{1,2}(?: ?[.):°|/–-]| {2,})[ \t]*[«\"“]?[ \t\u00a0]*"
    r"(?P<title>[A-ZÀ-Ý0-9][^\n|;«»\"“”]{2,90}?)[ \t\u00a0]*[»\"”]?[ \t]*$",
    re.MULTILINE,
)
_BEARERS = re.compile(
    r"\n[ \t]*(?:(?i:port[ée]e? (?:par|:)|porteurs?\b|partenaires?\b|financement|subvention|pays\b)"
    r"|[A-ZÀ-Ý][^\n.;:]{2,60} (?:[–—-]|/|et) [A-ZÀ-Ý][^\n.;:]{2,80}?(?: ?[|,:(]|$|\n))",
    re.MULTILINE,
)
_LIST = 3
_ORDINAL = (
    r"(?:\d+(?:<sup>)?(?:e|es|ème|èmes|er|re|ère|ères)(?:</sup>)?|[IVX]+(?:e|es|èmes?)|[Pp]remi[eè]re?s|[Dd]euxièmes?|[Tt]roisièmes?|"
    r"[Qq]uatrièmes?|[Cc]inquièmes?|[Ss]ixièmes?|[Ss]eptièmes?|[Hh]uitièmes?|[Nn]euvièmes?|[Dd]ixièmes?)"
)
_HEAD = (
    r"(?:Assises|Rencontres|Forum|Journées?|Semaine|Festival|Salon|Congrès|Sommet|Biennale|Triennale|"
    r"Universités? d['’]été|Ateliers|Fêtes?|Foire|Colloque|Symposium|États généraux)"
)
# Events of a series, which their number makes names: « 400e anniversaire de la fondation de Québec ».
_COUNTED = r"(?:[Aa]nniversaire|[Rr]encontre|[Cc]onférence|[Ss]ommet|[Cc]ongrès|[Cc]ommission|[Éé]dition)"
# Endings of French adjectives of place, kind and quality; the word must end there.
_ADJECTIVE = (
    r"(?:\w+-)*\w+(?:iques?|als?|ales?|aux|elles?|els?|ives?|ifs?|aires?|ois|oises?|ais|aises?|iens?|iennes?|éens?|éennes?|"
    r"ains?|aines?|ées?|és?|ants?|antes?|eurs?|eux|euses?|ables?|ibles?|ins|ines?|phones?|ones?|iles?)\b"
)
_MONTH = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_NO_COMPLEMENT = (
    rf"(?![cdjlmnst]['’]|qu['’])(?!(?:{_MONTH}|à|au|en|y|leurs?|son|sa|ses|ne|se|les?|la|de|du|des|qui|dont)\b)"
)
_WORD = rf"{_NO_COMPLEMENT}[^\W\d_][\w·]*(?:[-'’][\w·]+)*"
_NAME = r"[A-ZÀ-Ý][\w·]*(?:[-–'’][\w·]+)*"
_ARTICLE = r"(?:la |le |les |l['’])?"
_LINK = (
    rf"(?:de la |de l['’]|du |des |de |d['’]|en |et {_ARTICLE}(?:de la |de l['’]|du |des |de |d['’])?|"
    rf"(?:sur|pour|entre|autour de) {_ARTICLE})"
)
_EVENT = re.compile(
    rf"(?:{_ORDINAL} {_COUNTED}|(?:{_ORDINAL} )?\b{_HEAD})\b(?: (?:{_ADJECTIVE}|{_NAME}))*"
    rf"(?: {_LINK}{_WORD}(?: (?:{_ADJECTIVE}|{_NAME}))*){{0,4}}"
)
# A named event is all on one line, and most lines have none of its nouns; where a noun may begin with a capital
# or not, the rest of it.
_EVENT_NOUN = re.compile(
    "Assises|encontre|Forum|Journée|Semaine|Festival|Salon|ongrès|ommet|Biennale|Triennale|Université|Ateliers|Fête|"
    "Foire|Colloque|Symposium|États généraux|nniversaire|onférence|ommission|dition"
)


def find_projects(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each quoted, labelled or listed project title, in characters."""
    yield from sorted({*quoted(text), *labelled(text), *listed(text)})


def quoted(text: str) -> list[tuple[int, int]]:
    """Return the titles in quotation marks after « projet », « exposition » or the like."""
    return [match.span("title") for match in _QUOTED.finditer(text)]


def labelled(text: str) -> list[tuple[int, int]]:
    """Return what labels such as « Nom du projet : » name."""
    return [match.span("title") for match in _LABEL.finditer(text) if match["title"][0].isupper()]


def listed(text: str) -> list[tuple[int, int]]:
    """Return the titles of a numbered list whose items name who bears them."""
    found = [match.span("title") for match in _ITEM.finditer(text) if _BEARERS.match(text, match.end())]
    return found if len(found) >= _LIST else []


def find_events(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each named event with a complement, in characters."""
    reached = 0
    for noun in _EVENT_NOUN.finditer(text):
        if noun.start() < reached:
            continue
        line, end = text.rfind("\n", 0, noun.start()) + 1, text.find("\n", noun.end())
        reached = len(text) if end < 0 else end
        for match in _EVENT.finditer(text, line, reached):
            if " " in match.group().strip():
                yield match.span()


@Language.factory("coop_titles", assigns=["doc.spans"])
def create_titles(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Return the component; see the module's docstring."""

    def add_titles(doc: Doc) -> Doc:
        spans: list[Span] = list(doc.spans.get(GROUP, ()))
        for label, found in (("PROJECT", find_projects(text_of(doc))), ("EVENT", find_events(text_of(doc)))):
            spans += [span for start, end in found if (span := char_span(doc, start, end, label)) is not None]
        doc.spans[GROUP] = spans
        return doc

    return add_titles
