"""A trained network, made ready to be read with: the same numbers as thinc's layers give, in half the time.

What a word brings by itself (its form, prefix, suffix, shape and vector) goes through
one linear map before the first maximum is taken, and so does each feature of its
place in the document. The product of either with its part of the map is kept and
added up (:class:`Lookup`), without the largest product of matrices and without hashing
a word twice. The convolutions (:class:`Convolutions`) are the layers of
``spacy.MaxoutWindowEncoder`` with their pieces apart, so that a maximum is taken of whole
rows, and without what training would need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from spacy.tokens import Doc

from coopnlp.pipeline.features import FEATURES, features

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from thinc.api import Model

__all__ = ["Convolutions", "Lookup"]

# Words whose products are kept: a kilobyte each and network. A long report has 10,000 different words.
_MOST = 20_000
# As thinc's LayerNorm has it.
_EPSILON = 1e-8


class _Maxout:
    """A maximum of linear pieces and its layer norm; columns are ordered by piece first."""

    def __init__(self, layer: Model[Any, Any]) -> None:
        maxout = next(each for each in layer.walk() if each.name == "maxout")
        norm = next(each for each in layer.walk() if each.name == "layernorm")
        given: NDArray[np.float32] = np.asarray(maxout.get_param("W"))
        self.width, self.pieces, size = given.shape
        #: Shape ``(inputs, pieces * width)``.
        self.weights = np.ascontiguousarray(given.transpose(1, 0, 2).reshape(-1, size).T)
        self.bias = np.ascontiguousarray(np.asarray(maxout.get_param("b")).T.reshape(-1))
        self._gain: NDArray[np.float32] = np.asarray(norm.get_param("G"))
        self._shift: NDArray[np.float32] = np.asarray(norm.get_param("b"))
        self._mean = np.full((self.width, 1), 1 / self.width, dtype=np.float32)

    def finish(self, pieces: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the norm of the maxima, shape ``(rows, width)``, of what the pieces give (changed in place)."""
        best = pieces[:, : self.width]
        for piece in range(1, self.pieces):
            np.maximum(best, pieces[:, piece * self.width : (piece + 1) * self.width], out=best)
        best = best - best @ self._mean
        variance = np.einsum("ij,ij->i", best, best) / self.width + _EPSILON
        best *= (1 / np.sqrt(variance))[:, None]
        best *= self._gain
        best += self._shift
        return best


class Convolutions:
    """The layers above the embedding of a trained network; their weights must not change afterwards."""

    def __init__(self, encoder: Model[Any, Any], scorer: Model[Any, Any]) -> None:
        self._layers = [_Maxout(layer) for layer in encoder.layers[0].layers]
        self._pad = int(encoder.attrs["pad"])
        linear = next(each for each in scorer.walk() if each.name == "linear")
        self._weights = np.ascontiguousarray(np.asarray(linear.get_param("W")).T)
        self._bias: NDArray[np.float32] = np.asarray(linear.get_param("b"))

    def __call__(self, embedded: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scores of embedded tokens, shape ``(tokens, tags)``."""
        tokens, width = embedded.shape
        # thinc lays rows of zeros before and after, which the layers fill: the ends of a text look different by them.
        rows = np.zeros((tokens + 2 * self._pad, width), dtype=np.float32)
        rows[self._pad : self._pad + tokens] = embedded
        beside = np.zeros((len(rows), 3 * width), dtype=np.float32)
        for layer in self._layers:
            beside[1:, :width] = rows[:-1]
            beside[:, width : 2 * width] = rows
            beside[:-1, 2 * width :] = rows[1:]
            pieces = beside @ layer.weights
            pieces += layer.bias
            rows += layer.finish(pieces)
        scores: NDArray[np.float32] = rows[self._pad : self._pad + tokens] @ self._weights + self._bias
        return scores


class Lookup:
    """The embedding layer of a trained network; its weights must not change afterwards."""

    def __init__(self, embedding: Model[list[Doc], Any]) -> None:
        parts, mix, _ = embedding.layers
        self._word_parts = [parts.layers[0], *parts.layers[2:]]
        self._feature_tables = parts.layers[1].layers[-1].layers[0].layers
        self._mix = _Maxout(mix)
        weights, width = self._mix.weights, self._mix.width
        attributes = len(weights) - width * (len(FEATURES) + len(parts.layers) - 2)
        borders = [attributes + i * width for i in range(len(FEATURES) + 1)]
        self._feature_weights = [weights[start : start + width] for start in borders[:-1]]
        self._word_weights = np.concatenate([weights[:attributes], weights[borders[-1] :]])
        self._rows: dict[int, int] = {}
        self._table = np.zeros((0, weights.shape[1]), dtype=np.float32)
        self._known: list[dict[int, NDArray[np.float32]]] = [{} for _ in FEATURES]

    def __call__(self, doc: Doc) -> NDArray[np.float32]:
        """Return the embedding of each token, shape ``(tokens, width)``."""
        words, where = np.unique(doc.to_array("ORTH"), return_inverse=True)
        total = self._words(doc, words)[where]
        total += self._mix.bias
        # Few tokens differ from each other in all that their place says.
        places, at = np.unique(features(doc), axis=0, return_inverse=True)
        known = [sum(self._feature(column, value) for column, value in enumerate(row)) for row in places.tolist()]
        if known:
            total += np.stack(known)[at.reshape(-1)]
        return self._mix.finish(total)

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
