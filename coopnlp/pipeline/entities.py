"""One policy for overlaps: the tagger, the rules and the document's own repetitions.

``coop_entities`` alone writes ``doc.ents`` after the tagger. What the head of a
table's column says of its cells goes before the tagger's reading of them
(:mod:`coopnlp.pipeline.columns`). It prefers, in this order:

1. sums that ``coop_amounts`` found (a rule reads its value; the tagger cannot);
2. dates that ``coop_dates`` found, but not inside a longer title that the tagger
   found (« *Plan d'action 2008-2010* » is one AGREEMENT);
3. quoted projects and named events (``coop_titles``), unless the tagger has a
   longer entity around them;
4. the tagger's other entities; its own sums and dates only count where a rule
   gave them a value; a place after « les villes de », alone or joined to others,
   is COLLECTIVITY (annotation guide), and what follows « M. » or « Mme » is PER;
5. typed names of the gazetteer (``coop_places``) where the tagger found nothing,
   and streets unless a title or an organisation is around them;
6. an ORG that its sentence names as the source of money is a FUNDER
   (:mod:`coopnlp.pipeline.funders`);
7. an acronym in brackets right after its full name: « Réseau des villes
   solidaires (RVS) » makes both the same label (annotation guide, ORG);
8. mentions that the tagger missed of names that it found elsewhere in the same
   document: an entity repeated is annotated each time (and 6 holds for it too);
9. « la convention », « ce plan d'action » in a document that names one.

Example: with « Réseau des villes solidaires » tagged ORG once, every « RVS »
and every « Réseau des villes solidaires » of the document is ORG.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.tokens import Span

from coopnlp.gazetteer.places import CLASSES
from coopnlp.pipeline.columns import by_column
from coopnlp.pipeline.features import place_lexicon
from coopnlp.pipeline.funders import funder_roles
from coopnlp.pipeline.misread_words import is_name
from coopnlp.pipeline.surface import surface_of, text_of, token_texts
from coopnlp.pipeline.values import register_extensions

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["create_entities", "definite_references", "instruments", "merge", "whole_quotation"]

_TITLES = frozenset({"AGREEMENT", "PROJECT", "EVENT", "ORG", "FUNDER", "THEME"})
_RULED = frozenset({"AMOUNT", "DATE"})
# Labels whose name means the same thing wherever it stands in one document. A
# place is not among them: here a party, there a mere place.
_REPEATED = frozenset({"ORG", "FUNDER", "PER", "PROJECT", "EVENT", "THEME"})

# Forms of address before a name, in full and as French typography shortens them.
_CIVILITIES = frozenset({"M", "MM", "Mme", "Mmes", "Mlle", "Monsieur", "Madame", "Messieurs", "MME", "MMES"})
# In the training corpus no person, place or theme has a spaced dash inside, and one organisation in 170.
_NO_DASH = frozenset({"PER", "LOC", "THEME", "ORG", "FUNDER"})
# Nor has any a colon inside; titles have.
_NO_COLON = frozenset({"PER", "LOC", "ORG", "FUNDER", "COLLECTIVITY"})
_DASHES = frozenset("-–—")
# « les villes de X et de Y »: X and Y are collectivities, though a tagger sees places.
_SHARED_TYPE = re.compile(
    r"\b(?:villes|communes|municipalités|régions|départements|provinces)\s+(?:de |d['’]|du |des )(?:la |l['’]|le )?$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s*(?:,|et|,\s*et)\s+(?:de |d['’]|du |des )?(?:la |l['’]|le )?")
_QUOTATION, _EMPHASIS = 120, " \u00a0\u202f*_"
# « la convention », « ce plan d'action », no complement after it: in the training documents 71 of 91 such mentions
# are AGREEMENT where the document has an instrument of that noun besides (python -m coopnlp.training.forms).
_INSTRUMENT = (
    r"plan d['’]action|convention(?:-cadre)?|accord(?:-cadre)?|entente|protocole(?: d['’](?:accord|entente))?|charte"
    r"|mémorandum|déclaration|feuille de route|pacte d['’]amitié|avenant|contrat"
)
_DEFINITE = re.compile(
    rf"\b(?:cette|cet|ce|ladite|ledit|la présente|le présent|la|le|l['’]|du|au)\s?(?P<name>{_INSTRUMENT})\b"
    r"(?!-|['’]| (?:de|d['’]|du|des|entre|sur|avec|n°|\d|[a-zà-ÿ]+(?:ale?|elle|ique|aire|ive|ée?|ite|ant)\b))",
    re.IGNORECASE,
)
_OF_NAME = re.compile(_INSTRUMENT, re.IGNORECASE)
_IN_NAMES = frozenset({"-", "'", "’", "de", "du", "d’", "d'", "la", "le", "von", "van", "ben", "el", "."})

Triple = tuple[int, int, str]


class _Taken:
    """Which tokens are already part of an entity."""

    def __init__(self, size: int) -> None:
        self._used = bytearray(size)

    def free(self, start: int, end: int) -> bool:
        return not any(self._used[start:end])

    def take(self, start: int, end: int) -> None:
        self._used[start:end] = b"\1" * (end - start)


_AUTHORITIES = frozenset(
    {"arrondissement", "ville", "commune", "municipalite", "mrc", "province", "district", "region"}
)
# After these a name goes on: « Province du Bas Congo », « Ville de La France ».
_WITHIN_NAMES = frozenset(
    ["", "de", "d", "du", "des", "la", "le", "l", "les", "en", "et", "bas", "basse", "haut", "haute", "nouveau",
     "nouvelle", "nord", "sud", "est", "ouest", "ile", "iles", "saint", "sainte", "grand", "grande"]
)  # fmt: skip
_COUNTRY = 1 << CLASSES.index("country")


def merge(doc: Doc, tagged: list[Triple], ruled: list[Triple]) -> list[Triple]:
    """Return the entities (token start, end, label) that the policy keeps, in order."""
    taken, text, texts = _Taken(len(doc)), text_of(doc), token_texts(doc)
    kept: list[Triple] = []

    def keep(spans: list[Triple]) -> None:
        for start, end, label in sorted(spans, key=lambda s: (s[0] - s[1], s[0])):
            if start < end and taken.free(start, end):
                taken.take(start, end)
                kept.append((start, end, label))

    tagged = by_column(doc, text, [_quoted_whole(text, doc, t) for t in tagged])
    tagged = [t for t in (_within_bounds(texts, _after_civility(texts, t)) for t in tagged) if t[0] < t[1]]
    tagged = [part for t in tagged for dashed in _apart(doc, t) for part in _authority_alone(doc, dashed)]
    tagged = _parties_of_plural(doc, text, tagged)
    titles = [t for t in tagged if t[2] in _TITLES]
    keep([r for r in ruled if r[2] == "AMOUNT"])
    keep([r for r in ruled if r[2] == "DATE" and not any(
        s <= r[0] and r[1] <= e and e - s > r[1] - r[0] for s, e, _ in titles)])  # fmt: skip
    keep([r for r in ruled if r[2] in ("EVENT", "PROJECT") and not _inside_longer(r, tagged)])
    # A street is not the person or the town it is named after; an association may be named after a street.
    streets = [r for r in ruled if r[2] == "LOC"]
    keep([r for r in streets if not any(
        s < r[1] and r[0] < e and label in _TITLES and (s, e) != r[:2] for s, e, label in tagged)])  # fmt: skip
    keep([t for t in tagged if t[2] not in _RULED])
    keep(streets)
    keep([r for r in ruled if r[2] == "COLLECTIVITY"])
    kept = funder_roles(doc, text, sorted(kept))
    keep(_acronyms(doc, kept))
    keep(_repetitions(doc, kept, taken))
    keep(_references(doc, text, kept))
    return funder_roles(doc, text, sorted(kept))  # a repetition may be the one that pays


def _inside_longer(span: Triple, others: list[Triple]) -> bool:
    return any(s <= span[0] and span[1] <= e and e - s > span[1] - span[0] for s, e, _ in others)


def whole_quotation(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return what stands between the quotation marks around a span, in characters; None where there are none."""
    opened, closed = text.rfind("«", max(0, start - _QUOTATION), start), text.find("»", end, end + _QUOTATION)
    inside = text[opened + 1 : closed]
    if opened < 0 or closed < 0 or closed - opened > _QUOTATION or any(c in inside for c in "«»\n"):
        return None
    return opened + 1 + len(inside) - len(inside.lstrip(_EMPHASIS)), opened + 1 + len(inside.rstrip(_EMPHASIS))


def _quoted_whole(text: str, doc: Doc, span: Triple) -> Triple:
    """A title of which the tagger found a part, inside quotation marks, is all of the quotation.

    In the training documents 150 of 151 titles inside « … » fill it.
    """
    start, end, label = span
    if label not in ("PROJECT", "EVENT"):
        return span
    quotation = whole_quotation(text, *surface_of(doc).bounds(start, end))
    whole = doc.char_span(*quotation) if quotation else None
    return (whole.start, whole.end, label) if whole is not None else span


def _after_civility(texts: Sequence[str], span: Triple) -> Triple:
    """What follows « M. » or « Mme » is a person, whatever place has the same name."""
    start, end, label = span
    if label == "PER" or start == 0 or not texts[start][0].isupper():
        return span
    before = texts[start - 2] if texts[start - 1] == "." and start > 1 else texts[start - 1]
    if before not in _CIVILITIES:
        return span
    after = next((i for i in range(start, end) if not texts[i][0].isupper() and texts[i] not in _IN_NAMES), end)
    return start, after, "PER"


def _within_bounds(texts: Sequence[str], span: Triple) -> Triple:
    """Cut an entity at a blank line or a cell border: none runs from one block into the next."""
    start, end, label = span
    line_ends = 0  # since the last word: « \n \n » is a blank line too
    for i in range(start, end):
        line_ends = line_ends + texts[i].count("\n") if texts[i].isspace() else 0
        if line_ends > 1 or texts[i] == "|":
            end = i
            break
    if label in _NO_COLON:  # « Région : Estrie », « Lycée Ozenne » en fête
        start = next((i + 1 for i in range(end - 1, start, -1) if texts[i] == ":"), start)
        end = next((i for i in range(start + 1, end) if texts[i] in "«»"), end)
    while end > start and (
        texts[end - 1].isspace() or (texts[end - 1] == '"' and all('"' not in t for t in texts[start : end - 1]))
    ):
        end -= 1
    return start, end, label


def _apart(doc: Doc, span: Triple) -> list[Triple]:
    """Part a name at a spaced dash: items of agendas set their parts off with it, « Amis du lac - ADL - Subvention ».

    Names of joint bodies have one before a place (« Comité Dordogne – L'Islet ») and stay whole, as do
    titles and authorities of several towns. What follows the dash is kept where it is the acronym.
    """
    start, end, label = span
    if label not in _NO_DASH:
        return [span]
    texts = token_texts(doc)
    dash = next((i for i in range(start + 1, end - 1) if texts[i] in _DASHES and _spaced(doc, i)), None)
    if dash is None or (label in ("ORG", "FUNDER") and _names_place(doc, dash + 1, end)):
        return [span]
    kept = [(start, dash, label)]
    if label in ("ORG", "FUNDER") and _is_acronym(texts[dash + 1]):
        kept.append((dash + 1, dash + 2, label))
    return kept


def _authority_alone(doc: Doc, span: Triple) -> list[Triple]:
    """Part an authority from the country or the person that follows it in a row of a table without cells.

    « Arrondissement de Rosemont-La Petite-Patrie Canada », « Ville de Foix VIDAL Jean »: the columns of the
    record form of the atlas, of lists of participants. An arrondissement is an authority, whatever the tagger says.
    """
    start, end, label = span
    if label not in ("ORG", "COLLECTIVITY") or end - start < 3:
        return [span]
    folded = surface_of(doc).folded
    first = folded[start]
    if first not in _AUTHORITIES or folded[start + 1] not in ("de", "d", "du", "des"):
        return [span]
    label = "COLLECTIVITY" if first == "arrondissement" else label
    words = folded[start:end]
    for i in range(start + 3, end):
        if not doc[i - 1].whitespace_ or words[i - 1 - start] in _WITHIN_NAMES:
            continue
        country = place_lexicon().find(words, i - start)
        if country is not None and country[0] == end - i and country[1] & _COUNTRY:
            return [(start, i, label), (i, end, "LOC")]
        if doc[i].text.isupper() and doc[i].is_alpha and len(doc[i]) > 2 and i + 1 < end and is_name(doc[i + 1].text):
            return [(start, i, label), (i, end, "PER")]
    return [(start, end, label)]


def _spaced(doc: Doc, i: int) -> bool:
    return bool(doc[i - 1].whitespace_) and bool(doc[i].whitespace_)


def _names_place(doc: Doc, start: int, end: int) -> bool:
    folded = [word for word in surface_of(doc).folded[start:end] if word]
    return bool(folded) and place_lexicon().find(folded, 0) is not None


def _parties_of_plural(doc: Doc, text: str, tagged: list[Triple]) -> list[Triple]:
    """Make COLLECTIVITY of the places that a shared type word counts: « les villes de X, de Y et de Z »."""
    out = []
    joined_from = -1  # where the last name of the series ends
    surface = surface_of(doc)
    for start, end, label in sorted(tagged):
        a, b = surface.bounds(start, end)
        if label in ("LOC", "COLLECTIVITY"):
            goes_on = joined_from >= 0 and _GOES_ON.fullmatch(text, joined_from, a) is not None
            if goes_on or _SHARED_TYPE.search(text, max(0, a - 30), a):
                label, joined_from = "COLLECTIVITY", b
            else:
                joined_from = -1
        out.append((start, end, label))
    return out


def _is_acronym(text: str) -> bool:
    return 2 <= len(text) <= 12 and text[0].isupper() and sum(c.isupper() for c in text) >= 2 and text.isalnum()


def _acronyms(doc: Doc, kept: list[Triple]) -> list[Triple]:
    found = []
    for _, end, label in kept:
        if label in ("ORG", "FUNDER", "EVENT", "THEME") and end + 2 < len(doc) and doc[end].text == "(":
            inner = doc[end + 1]
            if doc[end + 2].text == ")" and _is_acronym(inner.text):
                found.append((end + 1, end + 2, label))
    return found


def _repetitions(doc: Doc, kept: list[Triple], taken: _Taken) -> list[Triple]:
    votes: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    texts = token_texts(doc)
    for start, end, label in kept:
        votes[tuple(texts[start:end])][label] += 1
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for words, labels in votes.items():
        label, _ = labels.most_common(1)[0]
        if label in _REPEATED and _is_name(words, label):
            by_first[words[0]].append((words, label))
    for names in by_first.values():
        names.sort(key=lambda n: -len(n[0]))
    found = []
    for i in [i for i, text in enumerate(texts) if text in by_first]:
        for words, label in by_first[texts[i]]:
            if tuple(texts[i : i + len(words)]) == words and taken.free(i, i + len(words)):
                found.append((i, i + len(words), label))
                break
    return found


def instruments(names: Iterable[str]) -> set[str]:
    """Return the nouns of instruments that names of agreements begin with, in lower case."""
    found = (_OF_NAME.match(name) for name in names)
    return {match.group().lower().replace("’", "'") for match in found if match}


def definite_references(text: str) -> list[tuple[int, int]]:
    """Return the bare nouns of instruments after a definite article or « ce », in characters."""
    return [match.span("name") for match in _DEFINITE.finditer(text)]


def _references(doc: Doc, text: str, kept: list[Triple]) -> list[Triple]:
    """Return the mentions of instruments by their bare noun, in documents that name one of that noun."""
    known = instruments(doc[start:end].text for start, end, label in kept if label == "AGREEMENT")
    if not known:
        return []
    named = [span for span in definite_references(text) if instruments([text[slice(*span)]]) <= known]
    spans = [doc.char_span(*span) for span in named]
    return [(span.start, span.end, "AGREEMENT") for span in spans if span is not None]


def _is_name(words: tuple[str, ...], label: str) -> bool:
    """Whether the words can be taken for the same name wherever they stand."""
    if label == "THEME":
        return len(words) >= 3
    if len(words) == 1:
        return _is_acronym(words[0]) or (words[0][0].isupper() and len(words[0]) > 3 and label in ("PER", "ORG"))
    return any(word[0].isupper() for word in words)


@Language.factory("coop_entities", requires=["doc.ents", "doc.spans"], assigns=["doc.ents"])
def create_entities(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Return the component; see the module's docstring for its policy."""
    register_extensions()

    def merge_entities(doc: Doc) -> Doc:
        tagged = [(e.start, e.end, e.label_) for e in doc.ents]
        ruled = [(s.start, s.end, s.label_) for s in doc.spans.get("candidates", ())]
        doc.set_ents([Span(doc, start, end, label=label) for start, end, label in merge(doc, tagged, ruled)])
        return doc

    return merge_entities
