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
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from spacy.ml.featureextractor import FeatureExtractor
from spacy.ml.staticvectors import StaticVectors
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import HashEmbed, Maxout, Model, chain, concatenate, list2ragged, ragged2list, with_array

from coopnlp.pipeline.surface import token_texts
from coopnlp.resources import data_file
from coopnlp.text import fold_word

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "FEATURES",
    "FeatureEmbed",
    "Match",
    "features",
    "match_names",
    "place_lexicon",
    "share_features",
]

FEATURES = ("place", "field", "line", "memory")
_KEY = "coop_features"

_SENTENCE_END = re.compile(r"[.!?;:,]$")


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
    words: Sequence[str], tokens: Sequence[int], lexicon: Lexicon, starts: Callable[[int], bool]
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
        Whether a match may start at this token index.
    """
    at = 0
    while at < len(words):
        found = lexicon.find(words, at) if words[at] in lexicon.firsts and starts(tokens[at]) else None
        if found is None:
            at += 1
            continue
        n, bits = found
        yield Match(tokens[at], tokens[at + n - 1] + 1, bits)
        at += n


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


def _compute(doc: Doc) -> NDArray[np.uint64]:
    table = np.zeros((len(doc), len(FEATURES)), dtype=np.uint64)
    texts = token_texts(doc)
    folded = [fold_word(text) for text in texts]
    tokens = [i for i, word in enumerate(folded) if word]
    words = [folded[i] for i in tokens]
    for match in match_names(words, tokens, place_lexicon(), lambda i: texts[i][0].isupper()):
        table[match.start : match.end, 0] = match.classes * 2 + 1
        table[match.start, 0] = match.classes * 2
    for match in match_names(words, tokens, field_lexicon(), lambda i: True):
        table[match.start : match.end, 1] = match.classes * 2 + 1
        table[match.start, 1] = match.classes * 2
    _line_features(texts, table)
    counts = Counter(texts)
    for i, text in enumerate(texts):
        if text[0].isupper():
            times = counts[text]
            table[i, 3] = 1 + min(times.bit_length(), 4) * 2 + (counts[text.lower()] > 0)
    return table


def _line_features(texts: Sequence[str], table: NDArray[np.uint64]) -> None:
    start = 0
    for i in range(len(texts) + 1):
        if i < len(texts) and "\n" not in texts[i]:
            continue
        line = [j for j in range(start, i) if not texts[j].isspace()]
        start = i + 1
        if not line:
            continue
        kind = _line_kind([texts[j] for j in line])
        table[line, 2] = kind * 4 + 1
        table[line[-1], 2] = kind * 4 + 2
        table[line[0], 2] = kind * 4 + 3


def _line_kind(line: Sequence[str]) -> int:
    letters = [text for text in line if text[0].isalpha()]
    if line[0] == "#":
        return 1
    if "|" in line or "\t" in line:
        return 2
    if line[0] in "-–—•*·▪►○" or (len(line) > 1 and line[1] in ").°" and len(line[0]) <= 2):
        return 3
    if letters and all(text.isupper() for text in letters):
        return 4
    if len(line) <= 12 and not _SENTENCE_END.search(line[-1]):
        return 5
    return 6 if len(line) > 25 else 7


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
