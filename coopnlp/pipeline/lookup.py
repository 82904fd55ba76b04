"""The embedding of a network, looked up: what a word adds is computed once and kept.

All that a word brings by itself (its form, prefix, suffix, shape and vector) goes
through one linear map before the first maximum is taken, and so does each
feature of its place in the document. The product of either with its part of the
map is kept and added up, which gives the same numbers as
:func:`coopnlp.pipeline.features.FeatureEmbed` without the largest product of matrices
and without hashing a word twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from spacy.tokens import Doc

from coopnlp.pipeline.features import FEATURES, features

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from thinc.api import Model

__all__ = ["Lookup"]

# Words whose products are kept: a kilobyte each and network. A long report has 10,000 different words.
_MOST = 20_000


class Lookup:
    """The embedding layer of a trained network; its weights must not change afterwards."""

    def __init__(self, embedding: Model[list[Doc], Any]) -> None:
        parts, mix, _ = embedding.layers
        self._word_parts = [parts.layers[0], *parts.layers[2:]]
        self._feature_tables = parts.layers[1].layers[-1].layers[0].layers
        maxout = next(layer for layer in mix.walk() if layer.name == "maxout")
        self._norm = next(layer for layer in mix.walk() if layer.name == "layernorm")
        given: NDArray[np.float32] = np.asarray(maxout.get_param("W"))
        self._pieces = given.shape[1]
        weights = given.reshape(-1, given.shape[2])
        width = maxout.get_dim("nO")
        attributes = weights.shape[1] - width * (len(FEATURES) + len(parts.layers) - 2)
        self._feature_weights = [
            weights[:, attributes + i * width : attributes + (i + 1) * width].T for i in range(len(FEATURES))
        ]
        columns = [*range(attributes), *range(attributes + len(FEATURES) * width, weights.shape[1])]
        self._word_weights = np.ascontiguousarray(weights[:, columns].T)
        self._bias: NDArray[np.float32] = np.asarray(maxout.get_param("b")).reshape(-1)
        self._rows: dict[int, int] = {}
        self._table = np.zeros((0, weights.shape[0]), dtype=np.float32)
        self._known: list[dict[int, NDArray[np.float32]]] = [{} for _ in FEATURES]

    def __call__(self, doc: Doc) -> NDArray[np.float32]:
        """Return the embedding of each token, shape ``(tokens, width)``."""
        words, where = np.unique(doc.to_array("ORTH"), return_inverse=True)
        total = self._words(doc, words)[where] + self._bias
        for column, given in enumerate(features(doc).T):
            values, at = np.unique(given, return_inverse=True)
            total += np.stack([self._feature(column, int(value)) for value in values])[at]
        best = total.reshape(len(doc), -1, self._pieces).max(axis=2)
        normed: NDArray[np.float32] = self._norm.predict(best)
        return normed

    def _words(self, doc: Doc, words: NDArray[np.uint64]) -> NDArray[np.float32]:
        if len(self._rows) + len(words) > _MOST:
            self._rows, self._table = {}, self._table[:0]
        new = [word for word in words.tolist() if word not in self._rows]
        if new:
            mini = Doc(doc.vocab, words=[doc.vocab.strings[word] for word in new])
            each = [part.predict([mini]) for part in self._word_parts]
            seen = np.hstack([ragged.data for ragged in each])
            self._rows.update(zip(new, range(len(self._table), len(self._table) + len(new)), strict=True))
            self._table = np.concatenate([self._table, seen @ self._word_weights])
        return self._table[[self._rows[word] for word in words.tolist()]]

    def _feature(self, column: int, value: int) -> NDArray[np.float32]:
        kept = self._known[column].get(value)
        if kept is None:
            row = np.zeros((1, len(FEATURES)), dtype=np.uint64)
            row[0, column] = value
            kept = (self._feature_tables[column].predict(row) @ self._feature_weights[column])[0]
            self._known[column][value] = kept
        return kept
