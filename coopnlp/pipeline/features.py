"""What the tagger sees of a token beside its letters: lexicons, its line, its document.

Words never met in training are what a small tagger misses. So each token also
carries, as small integers that are embedded like its prefix or suffix:

``place``     begin or inside of a gazetteer name that starts with a capital, and
              what the name can be (commune, EPCI, country ...)
``field``     begin or inside of a term of public action from a thesaurus
              (``data/fields.txt.gz``, see its README), alone or of several words
``line``      the kind of its line (heading, bullet, table row, capitals, title-like
              short line, prose) and whether it is at its start or end
``memory``    for a capitalised word: how often the document has it, and whether
              also in lower case

The features depend on the text alone, so training, pretraining and prediction
see the same ones. They are computed once a document and kept in
``doc.user_data``.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from spacy.ml.featureextractor import FeatureExtractor
from spacy.ml.staticvectors import StaticVectors
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import HashEmbed, Maxout, Model, chain, concatenate, list2ragged, ragged2list, with_array

from coopnlp.pipeline.surface import Surface, surface_of
from coopnlp.resources import data_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "FEATURES",
    "FeatureEmbed",
    "Match",
    "features",
    "match_names",
    "place_lexicon",
    "place_names",
    "share_features",
]

FEATURES = ("place", "field", "line", "memory")
_KEY = "coop_features"


class Match:
    """A lexicon name found in a document: tokens ``start`` to ``end`` (exclusive) and its classes."""

    __slots__ = ("classes", "end", "start")

    def __init__(self, start: int, end: int, classes: int) -> None:
        self.start, self.end, self.classes = start, end, classes


class Lexicon:
    """Folded names to class bits, searched by their first word."""

    def __init__(self, names: dict[str, int]) -> None:
        self.names = names
        self.firsts = {name.partition(" ")[0] for name in names}
        # What a longer name begins with, word by word.
        self.goes_on: set[str] = set()
        for name in names:
            while " " in name:
                name = name.rpartition(" ")[0]
                self.goes_on.add(name)

    def find(self, words: Sequence[str], at: int, limit: int = 12) -> tuple[int, int] | None:
        """Return (number of words, class bits) of the longest name that starts at word ``at``."""
        found = None
        name = words[at]
        for n in range(1, min(limit, len(words) - at) + 1):
            bits = self.names.get(name)
            if bits is not None:
                found = n, bits
            if name not in self.goes_on or n == len(words) - at:
                break
            name = f"{name} {words[at + n]}"
        return found


@cache
def place_lexicon() -> Lexicon:
    """Return every gazetteer name with the bits of its classes, in the order of ``CLASSES``."""
    from coopnlp.gazetteer import CLASSES, Gazetteer

    gazetteer = Gazetteer.load()
    bit = {name: 1 << i for i, name in enumerate(CLASSES)}
    classes = ((name, gazetteer.classes(name)) for name in gazetteer.names)
    return Lexicon({name: sum(bit[c] for c in found) for name, found in classes if found})


@cache
def field_lexicon() -> Lexicon:
    """Return the terms of public action; the bit says whether a term has several words."""
    with gzip.open(data_file("pipeline", "fields.txt.gz"), "rt", encoding="utf-8") as lines:
        terms = (line.rstrip("\n") for line in lines)
        return Lexicon({term: 2 if " " in term else 1 for term in terms})


def match_names(
    words: Sequence[str], tokens: Sequence[int], lexicon: Lexicon, starts: Iterable[int]
) -> Iterator[Match]:
    """Yield the longest lexicon matches, left to right, without overlap.

    Parameters
    ----------
    words
        Folded words of the document, punctuation and spaces left out.
    tokens
        For each word, the index of its token.
    lexicon
        What to look for.
    starts
        The words at which a match may start, in order.
    """
    reached = 0
    for at in starts:
        found = lexicon.find(words, at) if at >= reached else None
        if found is not None:
            n, bits = found
            reached = at + n
            yield Match(tokens[at], tokens[reached - 1] + 1, bits)


def features(doc: Doc) -> NDArray[np.uint64]:
    """Return the features of every token, shape ``(len(doc), len(FEATURES))``; 0 is "nothing known"."""
    known = doc.user_data.get(_KEY)
    if known is None:
        known = doc.user_data[_KEY] = _compute(doc)
    table: NDArray[np.uint64] = known
    return table


def share_features(doc: Doc, copy: Doc) -> None:
    """Give a copy of a document, token for token, the features of the original."""
    copy.user_data[_KEY] = features(doc)


def place_names(doc: Doc) -> dict[int, int]:
    """Return the gazetteer names of a document that start with a capital: first token to token after the last."""
    column = features(doc)[:, 0]
    starts = np.flatnonzero((column > 0) & (column % 2 == 0))
    # A name goes on while its tokens are marked as inside of one.
    outside = np.append(np.flatnonzero(column % 2 == 0), len(column))
    ends = outside[np.searchsorted(outside, starts, side="right")]
    return dict(zip(starts.tolist(), ends.tolist(), strict=True))


def _compute(doc: Doc) -> NDArray[np.uint64]:
    table = np.zeros((len(doc), len(FEATURES)), dtype=np.uint64)
    if not len(doc):
        return table
    surface = surface_of(doc)
    folded, capital = surface.folded, np.array([form[0].isupper() for form in surface.forms])[surface.at]
    is_word = np.array([bool(word) for word in folded])
    tokens: list[int] = np.flatnonzero(is_word).tolist()
    words = [folded[i] for i in tokens]
    for column, lexicon, may_start in ((0, place_lexicon(), capital[is_word].tolist()), (1, field_lexicon(), None)):
        starts = [i for i, word in enumerate(words) if word in lexicon.firsts and (may_start is None or may_start[i])]
        for match in match_names(words, tokens, lexicon, starts):
            table[match.start : match.end, column] = match.classes * 2 + 1
            table[match.start, column] = match.classes * 2
    table[:, 2] = _line_features(surface)
    table[:, 3] = _memory(surface)
    return table


def _memory(surface: Surface) -> NDArray[np.uint64]:
    """Return of each token the ``memory`` feature."""
    times = np.bincount(surface.at).tolist()
    forms = set(surface.forms)
    known = [
        1 + min(n.bit_length(), 4) * 2 + (form.lower() in forms) if form[0].isupper() else 0
        for form, n in zip(surface.forms, times, strict=True)
    ]
    return np.array(known, dtype=np.uint64)[surface.at]


def _line_features(surface: Surface) -> NDArray[np.uint64]:
    """Return of each token the ``line`` feature: tokens with a line feed are between lines, spaces in none."""
    found = np.zeros(len(surface.at), dtype=np.uint64)
    breaks = np.array(["\n" in form for form in surface.forms])[surface.at]
    blank = np.array([form.isspace() for form in surface.forms])[surface.at]
    inside = np.flatnonzero(~(breaks | blank))
    if not len(inside):
        return found
    number = np.cumsum(breaks)[inside]
    firsts = np.flatnonzero(np.diff(number, prepend=-1))
    starts, ends = inside[firsts], inside[np.append(firsts[1:], len(inside)) - 1]
    kinds = _line_kinds(surface, inside, firsts)
    found[inside] = np.repeat(kinds * 4 + 1, np.diff(firsts, append=len(inside)))
    found[ends] = kinds * 4 + 2
    found[starts] = kinds * 4 + 3
    return found


def _line_kinds(surface: Surface, inside: NDArray[np.int64], firsts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the kind of each line; ``inside`` are the tokens of lines, ``firsts`` where in them each line begins."""
    at = surface.at[inside]

    def in_each_line(of_form: list[bool]) -> list[int]:
        counts: list[int] = np.add.reduceat(np.array(of_form, dtype=np.int64)[at], firsts).tolist()
        return counts

    forms = surface.forms
    lengths = np.diff(firsts, append=len(inside)).tolist()
    bars = in_each_line([form == "|" for form in forms])
    letters = in_each_line([form[0].isalpha() for form in forms])
    capitals = in_each_line([form[0].isalpha() and form.isupper() for form in forms])
    kinds = []
    for i, (first, length) in enumerate(zip(firsts.tolist(), lengths, strict=True)):
        head, second = forms[at[first]], forms[at[first + 1]] if length > 1 else ""
        if head == "#":
            kinds.append(1)
        elif bars[i]:
            kinds.append(2)
        elif head in "-–—•*·▪►○" or (second and second in ").°" and len(head) <= 2):
            kinds.append(3)
        elif letters[i] and letters[i] == capitals[i]:
            kinds.append(4)
        elif length <= 12 and forms[at[first + length - 1]][-1] not in ".!?;:,":
            kinds.append(5)
        else:
            kinds.append(6 if length > 25 else 7)
    return np.array(kinds)


def _extract(model: Model[list[Doc], Any], docs: list[Doc], is_train: bool) -> tuple[list[Any], Callable[..., Any]]:
    found: list[Any] = [features(doc) for doc in docs]
    return [model.ops.asarray(table, dtype="uint64") for table in found], lambda _: []


@registry.architectures("coopnlp.FeatureEmbed.v1")
def FeatureEmbed(
    width: int, attrs: list[str], rows: list[int], feature_rows: list[int], include_static_vectors: bool
) -> Model[list[Doc], Any]:
    """Return spaCy's MultiHashEmbed with the columns of :data:`FEATURES` beside the token attributes.

    Parameters
    ----------
    width
        Output width, and width of each embedding table.
    attrs, rows
        Token attributes and the rows of the table of each.
    feature_rows
        Rows of the table of each of :data:`FEATURES`.
    include_static_vectors
        Also project the word vectors of the vocabulary.
    """
    seeds = iter(range(8, 8 + len(attrs) + len(feature_rows)))
    attributes: Model[Any, Any] = chain(
        FeatureExtractor(attrs),
        list2ragged(),
        with_array(
            concatenate(*[HashEmbed(width, n, column=i, seed=next(seeds), dropout=0.0) for i, n in enumerate(rows)])
        ),
    )
    context: Model[Any, Any] = chain(
        Model("coop_features", _extract),
        list2ragged(),
        with_array(
            concatenate(
                *[HashEmbed(width, n, column=i, seed=next(seeds), dropout=0.0) for i, n in enumerate(feature_rows)]
            )
        ),
    )
    parts: list[Model[Any, Any]] = [attributes, context]
    if include_static_vectors:
        parts.append(StaticVectors(width, dropout=0.0))
    n_columns = len(attrs) + len(feature_rows) + include_static_vectors
    mix: Model[Any, Any] = with_array(Maxout(width, width * n_columns, nP=3, dropout=0.0, normalize=True))
    return chain(concatenate(*parts), mix, ragged2list())
