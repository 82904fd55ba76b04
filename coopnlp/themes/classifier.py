"""The theme classifier as a scikit-learn estimator over texts.

This module imports scikit-learn: import it only to train.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from coopnlp.themes.hierarchy import SEPARATOR, HierarchicalClassifier
from coopnlp.themes.lexicon import load_lexicon
from coopnlp.themes.model import Limits, ThemeModel, from_decisions
from coopnlp.themes.vectoriser import Vectoriser

__all__ = ["ThemeClassifier"]


class ThemeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Learns from texts and labels such as ``"Culture et Patrimoine > Patrimoine"``.

    Parameters
    ----------
    level
        The level of the first decision, counted from 1 at the top (:class:`HierarchicalClassifier`).
    C
        Inverse strength of the L2 penalty.
    ridge
        Share of the ridge regression in the weights (:class:`HierarchicalClassifier`).
    balance
        Texts count by the frequency of their node at ``level`` to the power of minus this: with 1 every node
        counts alike, with 0 every text.
    word_df, piece_df
        In how many texts a word or pair, and a piece of a word, must be to count.
    words, meaning
        Lengths of the view of words and pairs, and of that of word vectors, beside that of pieces, of
        length 1; 0 leaves the vectors out.
    others_weight
        Weight of a further theme of a text as a second label of it; 0 ignores further themes.

    Attributes
    ----------
    classes_
        The labels, sorted.
    vectoriser_, hierarchy_
        What was learnt.
    """

    def __init__(
        self,
        *,
        level: int = 2,
        C: float = 6.0,
        ridge: float = 0.5,
        balance: float = 0.5,
        word_df: int = 2,
        piece_df: int = 3,
        words: float = 0.7,
        meaning: float = 0.77,
        others_weight: float = 0.1,
    ) -> None:
        self.level = level
        self.C = C
        self.ridge = ridge
        self.balance = balance
        self.word_df = word_df
        self.piece_df = piece_df
        self.words = words
        self.meaning = meaning
        self.others_weight = others_weight

    def fit(
        self,
        X: Sequence[str],
        y: Sequence[str],
        sample_weight: Any = None,
        others: Sequence[Sequence[str]] | None = None,
        background: Sequence[str] = (),
    ) -> ThemeClassifier:
        """Learn from texts, a label each, and optionally the further themes of each.

        ``background``: passages that speak for no label (:meth:`HierarchicalClassifier.fit`).

        Raises
        ------
        ValueError
            Texts that are no strings, or lists of different lengths.
        """
        texts = _texts(X)
        labels = [str(label) for label in y]
        if len(texts) != len(labels):
            raise ValueError(f"{len(texts)} texts and {len(labels)} labels.")
        weights = np.ones(len(texts)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        nodes = [tuple(label.split(SEPARATOR)[: self.level]) for label in labels]
        frequency = Counter(nodes)
        weights = weights * [(len(texts) / len(frequency) / frequency[node]) ** self.balance for node in nodes]
        rows = list(range(len(texts)))
        if others is not None and self.others_weight:
            for row, further in enumerate(others):
                rows += [row] * len(further)
                labels += further
                weights = np.append(weights, [weights[row] * self.others_weight] * len(further))
        self.vectoriser_ = Vectoriser.fit(
            texts, word_df=self.word_df, piece_df=self.piece_df,
            lexicon=load_lexicon() if self.meaning else None, meaning=self.meaning, words=self.words,
        )  # fmt: skip
        matrix = self.vectoriser_.matrix(texts)[rows]
        self.hierarchy_ = HierarchicalClassifier(level=self.level, C=self.C, ridge=self.ridge)
        beside = self.vectoriser_.matrix(_texts(background)) if len(background) else None
        self.hierarchy_.fit(matrix, labels, sample_weight=weights, background=beside)
        self.classes_ = self.hierarchy_.classes_
        return self

    def predict_proba(self, X: Sequence[str]) -> np.ndarray:
        """Return the probability of each label of ``classes_``, shape (texts, labels), not yet calibrated."""
        check_is_fitted(self)
        return self.hierarchy_.predict_proba(self.vectoriser_.matrix(_texts(X)))

    def predict(self, X: Sequence[str]) -> np.ndarray:
        """Return the most probable label of each text."""
        check_is_fitted(self)
        return self.hierarchy_.predict(self.vectoriser_.matrix(_texts(X)))

    def to_model(self, temperature: float = 1.0, limits: Limits | None = None) -> ThemeModel:
        """Return the model that classifies without scikit-learn."""
        check_is_fitted(self)
        return from_decisions(
            self.vectoriser_, self.hierarchy_.decisions_, temperature, limits or Limits(0.0, 0.0, 0.5)
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def _texts(X: Sequence[str]) -> list[str]:
    if isinstance(X, str) or not all(isinstance(text, str) for text in X):
        raise ValueError("ThemeClassifier takes a list of strings.")
    return list(X)


def label_of(path: Sequence[str]) -> str:
    """Return a path as a label of the estimator."""
    return SEPARATOR.join(path)
