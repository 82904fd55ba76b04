"""What the columns of a table say of their cells: projects, organisations, fields, countries, authorities.

The annotation guide: in a table, the column « nom du projet » holds PROJECT, that
of beneficiaries ORG. A cell under such a head is one entity, whatever the tagger
made of it; under heads that hold bodies of several kinds (« porteur »,
« bénéficiaire »), the authorities and funders that the tagger found stay. In the
training documents 64 of 79 cells under titles of projects, 36 of 37 under countries
and quarters and 43 of 45 under fields are marked as their head says, whole; under
bodies 56 of 110 are ORG and most others an authority or a funder (``python -m
coopnlp.training.forms``).

A table is lines that bars, tabs, semicolons or wide gaps part into cells, under a
line of heads; the heads may have lost their bars (« Code Structure Type Montant »).
Left out: cells that go on in the next line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from coopnlp.pipeline.surface import flatten
from coopnlp.pipeline.table_units import cells_of

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["by_column", "labelled_cells"]

Triple = tuple[int, int, str]

_OF = r"(?:du |des |de l'|de la |d'|de )"
_SIDE = r"(?: (?:partenaire|francais|quebecois|canadien|etranger|local|concerne|territorial)e?s?)?"
_HEADS = {
    "PROJECT": rf"(?:noms?|titres?|intitules?|libelles?)(?: {_OF}(?:projets?|actions?|operations?|programmes?))"
    r"|titres?|intitules?|projets?(?: (?:retenus?|soutenus?|laureats?|finances?|appuyes?))?",
    "ORG": rf"(?:noms? {_OF})?(?:structures?|associations?|organismes?|porteu(?:rs?|ses?)(?: {_OF}projets?)?"
    rf"|beneficiaires?|clubs?|promoteurs?|etablissements?|operateurs?|maitres? d'ouvrage){_SIDE}",
    "THEME": r"thematiques?|themes?|(?:domaines?|secteurs?)(?: d'(?:action|intervention|activites?))?",
    "LOC": rf"(?:pays|quartiers?|continents?){_SIDE}",
    "COLLECTIVITY": rf"(?:collectivites?|partenaires?){_SIDE}(?: chef de file| porteuse)?",
    "TOWN": rf"(?:communes?|villes?){_SIDE}",  # of a partner, or where an association sits
}
_LABELLED = "|".join(f"(?P<{label}>{heads})" for label, heads in _HEADS.items())
_HEAD = re.compile(rf"\W*(?:{_LABELLED})\W*")
# Heads that say nothing of entities; two heads at least make a line of heads, else it is a line of a form.
_OTHER = (
    r"code|types?|n°|nos?|num(?:ero)?|id|ref\.?|montants?(?: (?:attribue|propose|vote|accorde|demande|total)e?s?)?"
    r"(?: \(?(?:€|en euros)\)?)?|subventions?|aides?|parts?|annees?|dates?|debut|fin|duree|depuis|objets?|avis|votes?"
    r"|nature|imputation|observations?|remarques?|propositions?|total|adresse|actions?|budget|couts?|statut|etat|devise"
    r"|volet|priorite|participants?|contacts?|responsables?|referents?|axes?|dossiers?"
)
_OTHER_HEAD = re.compile(rf"\W*(?:{_OTHER})\b[^.]{{0,25}}")
# Heads one after the other on a line that has lost the bars between them.
_HEAD_WORD = re.compile(rf"(?:{_LABELLED}|{_OTHER})(?: +|$)")
# A head is short and has no sum; « 1 840 € » under « École » does.
_NO_HEAD = re.compile(r"\d{3}|[€$] *\d")
_LONGEST_HEAD = 45
# « Action Jeunesse » is what a form says of its action, « Part québécoise » a head.
_NAME_INSIDE = re.compile(r"\s[A-ZÀ-Ý][a-zà-ÿ]")
_NOTHING = re.compile(
    r"\W*(?:n[ée]ant|aucune?|sans objet|divers|total|totaux|sous-total|n\.?c\.?|n\.?d\.?|idem)\b.*", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{2}")
_LEFT_EDGE, _RIGHT_EDGE = ' \t*_•–—-"«»“”.:', ' \t*_•–—-"«»“”:'
_SEPARATED = re.compile(r"[|\t;]| {3,}")
_BARS = re.compile(r"[|\t;]")
_FILLED = re.compile(r"\w")
_ALIGNED = 3
# The tagger's own reading stays where it is one of these and fills the cell.
_KEPT = {
    "PROJECT": frozenset[str](),
    "ORG": frozenset({"COLLECTIVITY", "FUNDER", "ORG", "PER"}),
    "THEME": frozenset({"THEME"}),
    "LOC": frozenset({"LOC"}),
    "COLLECTIVITY": frozenset({"COLLECTIVITY", "ORG", "FUNDER"}),
    "TOWN": frozenset({"COLLECTIVITY", "ORG", "FUNDER", "LOC"}),
}
_LONGEST_CELL = 160
_FILLS = 0.8

Heads = list[str | None]


def labelled_cells(text: str) -> Iterator[Triple]:
    """Yield the cells whose head says what they hold: start and end in characters, label."""
    heads: Heads | None = None
    columns: list[int] = []  # where the heads begin on their line
    numbered: bool | None = None  # whether rows begin with a number
    at = 0
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        if not _FILLED.search(line):
            continue
        cells = cells_of(text, start, start + len(line)) if _SEPARATED.search(line) else []
        found = _heads([text[a:b] for a, b in cells]) if len(cells) > 1 else _run_on_heads(line)
        if found is not None:
            heads, numbered = found, None
            columns = [a - start for a, _ in cells]
        elif len(cells) < 2:
            heads = None
        elif heads is not None:
            begins = text[slice(*cells[0])].isdigit()
            if len(cells) == len(heads):
                numbered = begins if numbered is None else numbered
                labelled = heads
            elif len(columns) == len(heads) and not _BARS.search(line):
                labelled = [_above(a - start, columns, heads) for a, _ in cells]
            elif len(cells) == len(heads) - 1 and begins and numbered is not False:
                # An empty cell was lost: the first column that says something is still where it was.
                first = next(i for i, label in enumerate(heads) if label)
                labelled = heads[: first + 1]
            else:
                continue
            yield from _named(text, cells, labelled)


def _above(column: int, columns: Sequence[int], heads: Heads) -> str | None:
    """Return what the head says that begins where a cell begins, in a table of wide gaps."""
    nearest = min(range(len(heads)), key=lambda i: abs(columns[i] - column))
    return heads[nearest] if abs(columns[nearest] - column) <= _ALIGNED else None


def _named(text: str, cells: Sequence[tuple[int, int]], heads: Heads) -> Iterator[Triple]:
    for (start, end), label in zip(cells, heads, strict=False):
        a, b = start, end
        while a < b and text[a] in _LEFT_EDGE:
            a += 1
        while b > a and text[b - 1] in _RIGHT_EDGE:
            b -= 1
        if label not in ("THEME", "LOC") and not (text[a : a + 1].isupper() or text[a : a + 1].isdigit()):
            continue  # a line of prose, or a cell that goes on
        if label and b - a <= _LONGEST_CELL and _WORD.search(text, a, b) and not _NOTHING.fullmatch(text, a, b):
            yield a, b, label


def _heads(words: Sequence[str]) -> Heads | None:
    """Return the label of each column if this is a line of heads of which one says what its cells are, else None."""
    if any(len(word) > _LONGEST_HEAD or _NO_HEAD.search(word) for word in words):
        return None
    flat = [flatten(word) for word in words]
    matches = [_HEAD.fullmatch(word) for word in flat]
    labelled = sum(match is not None for match in matches)
    others = sum(
        not match and _OTHER_HEAD.fullmatch(folded) is not None and not _NAME_INSIDE.search(word)
        for word, folded, match in zip(words, flat, matches, strict=True)
    )
    return [match.lastgroup if match else None for match in matches] if labelled and labelled + others > 1 else None


def _run_on_heads(line: str) -> Heads | None:
    """Return the labels of heads that stand one after the other and are all of the line, else None."""
    if len(line) > 4 * _LONGEST_HEAD or _NO_HEAD.search(line):
        return None
    flat, at = flatten(line.strip()), 0
    heads: Heads = []
    while at < len(flat):
        match = _HEAD_WORD.match(flat, at)
        if match is None:
            return None
        heads.append(match.lastgroup)
        at = match.end()
    return heads if len(heads) > 2 and any(heads) else None


def by_column(doc: Doc, text: str, tagged: list[Triple]) -> list[Triple]:
    """Return the tagged entities (tokens) with those of cells as the heads of their columns say."""
    cells = [
        (span.start, span.end, label)
        for a, b, label in labelled_cells(text)
        if (span := doc.char_span(a, b, label=label)) is not None
    ]
    if not cells:
        return tagged
    kept, added = list(tagged), []
    for start, end, label in cells:
        inside = [t for t in kept if t[0] < end and t[1] > start]
        filling = [t for t in inside if t[2] in _KEPT[label]]
        # What joins two of them (« , », « et ») is not theirs.
        if filling and sum(e - s for s, e, _ in filling) + 2 * (len(filling) - 1) >= _FILLS * (end - start):
            continue
        kept = [t for t in kept if t not in inside]
        whole = _parts(doc, start, end, "COLLECTIVITY" if label == "TOWN" else label)
        added += whole + [t for t in inside if all(t[1] <= s or t[0] >= e for s, e, _ in whole)]
    return sorted(kept + added)


def _parts(doc: Doc, start: int, end: int, label: str) -> list[Triple]:
    """Fields are apart at their commas; a title or body is without its bracket, an acronym in it is its own entity."""
    if label == "THEME":
        cuts = [start - 1, *(i for i in range(start, end) if doc[i].text in ",;/"), end]
        return [(a + 1, b, label) for a, b in pairwise(cuts) if b > a + 1]
    opened = next((i for i in range(end - 2, start, -1) if doc[i].text == "("), None)
    if label not in ("ORG", "PROJECT", "COLLECTIVITY") or doc[end - 1].text != ")" or opened is None:
        return [(start, end, label)]
    acronym = label == "ORG" and end - opened == 3 and doc[opened + 1].text.isupper()
    return [(start, opened, label), *([(opened + 1, end - 1, label)] if acronym else [])]
