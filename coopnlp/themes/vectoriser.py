"""Texts to rows of numbers, the same way in training and in use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from coopnlp.themes.features import Gram, grams, names_of, pieces, words_and_pairs
from coopnlp.themes.lexicon import Lexicon

__all__ = ["Vectoriser"]


class Vectoriser:
    """Three views of a text side by side in one row.

    Words and pairs of words, and pieces of words: TF-IDF with ``1 + ln(count)``,
    the view of pieces of length 1. Then the mean of the word vectors, weighted by IDF,
    less the mean of the training texts, of length ``meaning``: what the other
    two cannot know of words that no training text holds. Names are left out of all three
    (:func:`coopnlp.themes.features.tokens`).

    Parameters
    ----------
    vocabulary
        Column of each feature, ``kind + form`` (:class:`coopnlp.themes.features.Gram`).
    idf
        Shape (features,).
    lexicon, centre, meaning
        The word vectors, their mean over the training texts, shape
        (dimensions,), and the length of that view; 0 leaves it out.
    words
        Length of the view of words and pairs.
    """

    def __init__(
        self,
        vocabulary: dict[str, int],
        idf: np.ndarray,
        lexicon: Lexicon | None,
        centre: np.ndarray,
        meaning: float,
        words: float = 1.0,
    ) -> None:
        self.vocabulary, self.idf, self.lexicon, self.centre, self.meaning = vocabulary, idf, lexicon, centre, meaning
        self.words = words
        self._known = frozenset(feature[1:] for feature in vocabulary if feature[0] == "w")
        self._unseen = float(idf.max(initial=1.0))
        self._vectors: dict[str, np.ndarray | None] = {}
        self._words: dict[str, tuple[np.ndarray, np.ndarray | None, float]] = {}

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        *,
        word_df: int = 1,
        piece_df: int = 1,
        lexicon: Lexicon | None,
        meaning: float,
        words: float = 1.0,
    ) -> Vectoriser:
        """Learn vocabulary, IDF and centre: words and pairs in ``word_df`` texts or more, pieces in ``piece_df``.

        Words that stand with a capital alone are names: they do not count.
        """
        frequency: Counter[str] = Counter()
        names = names_of(texts)
        for text in texts:
            frequency.update(_features(text, names.__contains__))
        kept = sorted(f for f, n in frequency.items() if n >= (piece_df if f[0] == "c" else word_df))
        counts = np.array([frequency[f] for f in kept], dtype=np.float64)
        idf = np.log((1 + len(texts)) / (1 + counts)) + 1
        dimensions = lexicon.dimensions if lexicon and meaning else 0
        made = cls({f: i for i, f in enumerate(kept)}, idf, lexicon, np.zeros(dimensions), meaning, words)
        if dimensions:
            forms = ([form for form, _ in words_and_pairs(text, made._is_name)] for text in texts)
            made.centre = np.mean([made._mean_vector(words)[0] for words in forms], axis=0)
        return made

    def _is_name(self, form: str) -> bool:
        """Tell of a word with a capital inside a sentence that no training text writes without one."""
        return form not in self._known

    def grams(self, text: str) -> list[Gram]:
        """Return the features of a text (:func:`coopnlp.themes.features.grams`), less unknown names."""
        return list(grams(text, self._is_name))

    @property
    def width(self) -> int:
        """How many columns a row has."""
        return len(self.vocabulary) + len(self.centre)

    def row(self, found: list[Gram]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return columns and values of the features of a text that are known, and its dense view.

        The dense view has shape (dimensions,) and stands in the last columns.
        """
        counts = Counter(self.vocabulary.get(g.kind + g.form, -1) for g in found)
        counts.pop(-1, None)
        columns = np.fromiter(counts, dtype=np.intp, count=len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float64, count=len(counts)))) * self.idf[columns]
        pieces = columns < self._first_word
        for view, length in ((pieces, 1.0), (~pieces, self.words)):
            values[view] *= length / (np.linalg.norm(values[view]) or 1.0)
        mean, _ = self._mean_vector(g.form for g in found if g.kind == "w")
        dense = mean - self.centre if mean.any() else mean
        return columns, values, dense / (np.linalg.norm(dense) or 1.0) * self.meaning

    def quick_row(self, text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
        """Return what :meth:`row` gives for a text, and how many words it has, many times as fast.

        What a word adds is looked up once; explanations need :meth:`grams`.
        """
        parts: list[np.ndarray] = []
        total, weight = np.zeros(len(self.centre)), 0.0
        pairs: list[int] = []
        words = 0
        for form, before in words_and_pairs(text, self._is_name):
            words += 1
            known = self._words.get(form)
            if known is None:
                known = self._learn_word(form)
            columns, vector, idf = known
            parts.append(columns)
            if vector is not None:
                total += vector
                weight += idf
            if before and (column := self.vocabulary.get(f"p{before} {form}")) is not None:
                pairs.append(column)
        if pairs:
            parts.append(np.array(pairs, dtype=np.intp))
        flat = np.concatenate(parts) if parts else np.zeros(0, dtype=np.intp)
        columns, counts = np.unique(flat, return_counts=True)
        values = (1 + np.log(counts)) * self.idf[columns]
        border = int(np.searchsorted(columns, self._first_word))
        for view, length in ((slice(0, border), 1.0), (slice(border, None), self.words)):
            values[view] *= length / (np.sqrt(values[view] @ values[view]) or 1.0)
        dense = total / weight - self.centre if weight else total
        return columns, values, dense / (np.sqrt(dense @ dense) or 1.0) * self.meaning, words

    def _learn_word(self, form: str) -> tuple[np.ndarray, np.ndarray | None, float]:
        """Keep what a word adds: the columns of the word and its pieces, its vector times its IDF, its IDF."""
        if len(self._words) > 100_000:  # a long batch stays bounded
            self._words.clear()
        features = ["w" + form, *(f"c{piece}" for piece in pieces(form))]
        columns = np.array([self.vocabulary[f] for f in features if f in self.vocabulary], dtype=np.intp)
        idf = self._idf(form)
        vector = self._vector(form) if len(self.centre) else None
        known = (columns, None if vector is None else idf * vector, idf)
        self._words[form] = known
        return known

    @property
    def _first_word(self) -> int:
        """Return the column at which pieces (« c… ») end and pairs and words (« p… », « w… ») begin."""
        if not hasattr(self, "_border"):
            self._border = sum(1 for f in self.vocabulary if f[0] == "c")
        return self._border

    def _mean_vector(self, words: Iterable[str]) -> tuple[np.ndarray, float]:
        """Return the mean of the vectors of the words, weighted by IDF, and the sum of these weights."""
        total, weight = np.zeros(len(self.centre)), 0.0
        if not len(self.centre):
            return total, weight
        for word in words:
            if (vector := self._vector(word)) is not None:
                idf = self._idf(word)
                total += idf * vector
                weight += idf
        return total / (weight or 1.0), weight

    def _idf(self, word: str) -> float:
        column = self.vocabulary.get("w" + word)
        return self._unseen if column is None else float(self.idf[column])

    def _vector(self, word: str) -> np.ndarray | None:
        if word not in self._vectors and self.lexicon is not None:
            if len(self._vectors) > 100_000:  # a long batch stays bounded
                self._vectors.clear()
            self._vectors[word] = self.lexicon.vector(word)
        return self._vectors[word]

    def meaning_shares(self, found: list[Gram]) -> list[tuple[Gram, np.ndarray]]:
        """Return what each word adds to the dense view, centre left out: the rows add up to it but for a constant."""
        mean, weight = self._mean_vector(g.form for g in found if g.kind == "w")
        length = float(np.linalg.norm(mean - self.centre)) or 1.0
        shares = []
        for gram in found if len(self.centre) else ():
            if gram.kind == "w" and (vector := self._vector(gram.form)) is not None:
                shares.append((gram, self._idf(gram.form) * vector / weight / length * self.meaning))
        return shares

    def matrix(self, texts: Iterable[str]) -> Any:
        """Return a SciPy CSR matrix of float64, shape (texts, width)."""
        from scipy.sparse import csr_matrix

        starts, columns, values = [0], [], []
        dense_columns = np.arange(len(self.vocabulary), self.width)
        for text in texts:
            where, what, dense, _ = self.quick_row(text)
            columns += [where, dense_columns]
            values += [what, dense]
            starts.append(starts[-1] + len(where) + len(dense))
        flat = np.concatenate(columns) if columns else np.zeros(0, dtype=np.intp)
        data = np.concatenate(values) if values else np.zeros(0)
        return csr_matrix((data, flat, starts), shape=(len(starts) - 1, self.width))


def _features(text: str, is_name: Callable[[str], bool]) -> set[str]:
    """Return the distinct features of a text, ``kind + form``."""
    found: set[str] = set()
    for form, before in words_and_pairs(text, is_name):
        found.add("w" + form)
        found.update("c" + piece for piece in pieces(form))
        if before:
            found.add(f"p{before} {form}")
    return found
