"""Candidates that the tagger may have missed: names of authorities with their type word, and streets.

« commune de Dapaong », « MRC de Coaticook », « Conseil départemental de
l'Orne » name an authority wherever they stand, and their names are in the
gazetteer. Each is proposed as a COLLECTIVITY to ``doc.spans["candidates"]``;
``coop_entities`` takes it where the tagger found nothing. Bare names are left
to the tagger: whether « Bignona » is a party or a place is for the context to
say.

« rue Danton », « boulevard de la République », « ZAC des Deux Rives » are places
(LOC) by the first word, whatever the person or the town they are named after.

What is proposed follows the annotation guide: the singular type word is inside
(« *commune de Kati* »), a plural one outside (« villes de *Montréal* et de
*Paris* »); « région », « province », « département » in lower case before a
place are not authorities by themselves and are not proposed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.tokens import Span

from coopnlp.pipeline.candidates import GROUP
from coopnlp.pipeline.features import place_names
from coopnlp.pipeline.surface import surface_of

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["create_places", "find_places", "find_streets"]

# Type words by their folded tokens. Source: CGCT (France) and Loi sur
# l'organisation territoriale municipale (Québec); cercle, wilaya and gouvernorat
# are the units that French documents name abroad.
_TYPES: tuple[tuple[str, ...], ...] = tuple(
    tuple(words.split())
    for words in (
        "commune", "commune rurale", "commune urbaine", "ville", "mairie", "municipalite", "conseil municipal",
        "conseil departemental", "conseil general", "conseil regional", "mrc",
        "municipalite regionale de comte", "communaute de communes", "communaute d agglomeration",
        "communaute urbaine", "eurometropole", "conference regionale des elus", "cercle", "wilaya", "gouvernorat",
    )
)  # fmt: skip
_BY_FIRST: dict[str, list[tuple[str, ...]]] = {}
for _type in _TYPES:
    _BY_FIRST.setdefault(_type[0], []).append(_type)
_LINKS = frozenset({"de", "d", "du", "des", "la", "le", "les", "l"})

# Words that begin the name of a street or of a zone of building; not those that are
# as often something else (cours, chemin, route, place to be).
_WAYS = frozenset(
    {"avenue", "rue", "boulevard", "bd", "impasse", "allee", "allees", "square", "esplanade", "zac", "rocade", "ruelle"}
)
_LONGEST_STREET = 5  # words that begin with a capital


def find_streets(doc: Doc) -> Iterator[tuple[int, int]]:
    """Yield (first token, token after the last) of each named street: « rue Danton », « avenue du Maréchal Foch »."""
    surface = surface_of(doc)
    texts, folded = surface.texts, surface.folded
    for first in [i for i, word in enumerate(folded) if word in _WAYS]:
        at, end, names = first + 1, first, 0
        while at < len(texts) and names < _LONGEST_STREET:
            text = texts[at]
            if text[0].isupper():
                names += 1
                end = at
            elif folded[at] not in _LINKS and text not in "-'’":
                break
            at += 1
        if names:
            yield first, end + 1


def find_places(doc: Doc) -> Iterator[tuple[int, int]]:
    """Yield (first token, token after the last) of each typed name of an authority."""
    surface = surface_of(doc)
    texts, folded = surface.texts, surface.folded
    tokens = [i for i, word in enumerate(folded) if word]
    words = [folded[i] for i in tokens]
    names = place_names(doc)
    for at in [i for i, word in enumerate(words) if word in _BY_FIRST]:
        for kind in _BY_FIRST[words[at]]:
            if tuple(words[at : at + len(kind)]) != kind:
                continue
            after = at + len(kind)
            while after < len(words) and words[after] in _LINKS and tokens[after] not in names:
                after += 1
            if after < len(words) and tokens[after] in names:
                between = range(tokens[at], tokens[after])
                # « En mairie. Il est rappelé »: a sign parts the words, and « Il » is a town of Russia.
                if all(folded[i] or texts[i] in "-–'’ " for i in between):
                    yield tokens[at], names[tokens[after]]


@Language.factory("coop_places", assigns=["doc.spans"])
def create_places(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Return the component; see the module's docstring."""

    def add_places(doc: Doc) -> Doc:
        known = doc.spans.get(GROUP, ())
        authorities = (Span(doc, start, end, label="COLLECTIVITY") for start, end in find_places(doc))
        streets = (Span(doc, start, end, label="LOC") for start, end in find_streets(doc))
        doc.spans[GROUP] = [*known, *authorities, *streets]
        return doc

    return add_places
