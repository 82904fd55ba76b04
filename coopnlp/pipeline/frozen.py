"""A trained network, made ready to be read with: the same numbers as thinc's layers give, in half the time.

What a word brings by itself (its form, prefix, suffix, shape and vector) goes through
one linear map before the first maximum is taken, and so does each feature of its
place in the document. The product of either with its part of the map is kept and
added up (:class:`Lookup`), without the largest product of matrices and without hashing
a word twice. The convolutions (:class:`Convolutions`) are the layers of
``spacy.MaxoutWindowEncoder`` with their pieces apart, so that a maximum is taken of whole
rows, two tokens at a time, and without what training would need.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from spacy.tokens import Doc

from coopnlp.pipeline.features import FEATURES, features
from coopnlp.pipeline.surface import surface_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from thinc.api import Model

__all__ = ["Convolutions", "Lookup", "Seen"]

# Words, and places, whose products are kept: a kilobyte each and network. A long report has 10,000 different words.
_MOST = 20_000
# Each feature is less than this, so that four of them are one number.
_LIMIT = np.uint64(1 << 16)
_PACKED = _LIMIT ** np.arange(len(FEATURES), dtype=np.uint64)
# Tokens that the layers go through together: more of them leave the cache between two layers.
_AT_ONCE = 2000
# As thinc's LayerNorm has it.
_EPSILON = 1e-8


class _Maxout:
    """A maximum of linear pieces and its layer norm; columns are ordered by piece first."""

    def __init__(self, layer: Model[Any, Any]) -> None:
        maxout = next(each for each in layer.walk() if each.name == "maxout")
        norm = next(each for each in layer.walk() if each.name == "layernorm")
        given: NDArray[np.float32] = np.asarray(maxout.get_param("W"))
        self.width, pieces, size = given.shape
        self._starts = range(0, pieces * self.width, self.width)
        #: Shape ``(inputs, pieces * width)``.
        self.weights = np.ascontiguousarray(given.transpose(1, 0, 2).reshape(-1, size).T)
        self.bias = np.ascontiguousarray(np.asarray(maxout.get_param("b")).T.reshape(-1))
        self._gain: NDArray[np.float32] = np.asarray(norm.get_param("G"))
        self._shift: NDArray[np.float32] = np.asarray(norm.get_param("b"))
        self._mean = np.full((self.width, 1), 1 / self.width, dtype=np.float32)

    def finish(self, pieces: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the norm of the maxima of the pieces of each row, shape ``(rows, width)``."""
        first, second, *others = (pieces[:, start : start + self.width] for start in self._starts)
        best = np.maximum(first, second)
        for piece in others:
            np.maximum(best, piece, out=best)
        best -= best @ self._mean
        variance = np.einsum("ij,ij->i", best, best) / self.width + _EPSILON
        best *= (1 / np.sqrt(variance))[:, None]
        best *= self._gain
        best += self._shift
        return best


class _Window(_Maxout):
    """A maxout layer over each token and its two neighbours.

    Two tokens side by side share half of what they see. With the products of Winograd's
    F(2, 3) (Lavin and Gray 2016, section 4.1, in one dimension) they take four
    multiplications by a matrix instead of six.
    """

    def __init__(self, layer: Model[Any, Any]) -> None:
        super().__init__(layer)
        before, here, after = np.split(self.weights, 3)
        #: Shape ``(4, width, pieces * width)``.
        self._products = np.stack([before, (before + here + after) / 2, (before - here + after) / 2, after])

    def __call__(
        self, even: NDArray[np.float32], odd: NDArray[np.float32], sums: NDArray[np.float32], made: NDArray[np.float32]
    ) -> None:
        """Add to every row what the layer makes of it and its neighbours.

        Parameters
        ----------
        even, odd
            The rows of a sequence in turn, an even one first, each of shape ``(pairs + 1, width)``. The
            first and the last row of the sequence are only looked at.
        sums, made
            Room for what is multiplied and for the products, shapes ``(4, pairs, width)`` and
            ``(4, pairs, pieces * width)``: all layers use the same.
        """
        one, two, three, four = even[:-1], odd[:-1], even[1:], odd[1:]
        np.subtract(one, three, out=sums[0])
        np.add(two, three, out=sums[1])
        np.subtract(three, two, out=sums[2])
        np.subtract(two, four, out=sums[3])
        np.matmul(sums, self._products, out=made)
        made[1] += self.bias
        made[0] += made[1]
        made[0] += made[2]
        made[1] -= made[2]
        made[1] -= made[3]
        two_more, three_more = np.split(self.finish(made[:2].reshape(-1, made.shape[2])), 2)
        two += two_more
        three += three_more


class Convolutions:
    """The layers above the embedding of a trained network; their weights must not change afterwards."""

    def __init__(self, encoder: Model[Any, Any], scorer: Model[Any, Any]) -> None:
        self._layers = [_Window(layer) for layer in encoder.layers[0].layers]
        self._pad = int(encoder.attrs["pad"])
        linear = next(each for each in scorer.walk() if each.name == "linear")
        self._weights = np.ascontiguousarray(np.asarray(linear.get_param("W")).T)
        self._bias: NDArray[np.float32] = np.asarray(linear.get_param("b"))

    def __call__(self, embedded: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scores of embedded tokens, shape ``(tokens, tags)``."""
        tokens = len(embedded)
        scores = np.empty((tokens, len(self._bias)), dtype=np.float32)
        sees = len(self._layers)  # a token to each side for each layer
        for start in range(0, tokens, _AT_ONCE):
            end = min(start + _AT_ONCE, tokens)
            low = max(0, start - sees)
            encoded = self._encode(embedded[low : end + sees])[start - low : end - low]
            np.add(encoded @ self._weights, self._bias, out=scores[start:end])
        return scores

    def _encode(self, embedded: NDArray[np.float32]) -> NDArray[np.float32]:
        tokens, width = embedded.shape
        # thinc lays rows of zeros before and after, which the layers fill: the ends of a text look different by them.
        size = tokens + 2 * self._pad
        first = self._pad + 1
        rows = np.zeros((size + size % 2 + 2, width), dtype=np.float32)
        rows[first : first + tokens] = embedded
        even, odd = rows[::2].copy(), rows[1::2].copy()
        sums = np.empty((4, len(even) - 1, width), dtype=np.float32)
        made = np.empty((4, len(even) - 1, len(self._layers[0].bias)), dtype=np.float32)
        for layer in self._layers:
            layer(even, odd, sums, made)
            if size % 2:
                even[-1] = 0  # the row that makes pairs of all
        rows[::2], rows[1::2] = even, odd
        return rows[first : first + tokens]


class Seen:
    """The different words and places of a document, found once for all networks.

    A token is word ``words[word_at[i]]`` at place ``places[place_at[i]]``; a place is the
    values of all :data:`FEATURES` in one number.
    """

    def __init__(self, doc: Doc) -> None:
        surface = surface_of(doc)
        self.vocab = doc.vocab
        self.forms, self.word_at = surface.forms, surface.at
        self.words: list[int] = surface.ids.tolist()
        places, self.place_at = np.unique(features(doc) @ _PACKED, return_inverse=True)
        self.places: list[int] = places.tolist()


class _Rows:
    """A table that grows: rows by key, forgotten together when they are too many."""

    def __init__(self, width: int) -> None:
        self._numbers: dict[int, int] = {}
        self._table = np.zeros((0, width), dtype=np.float32)

    def take(
        self, keys: Sequence[int], at: NDArray[np.int64], make: Callable[[list[int]], NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        """Return the rows of ``keys[at]``; ``make`` gives those of the positions in ``keys`` that are new."""
        if len(self._numbers) + len(keys) > _MOST:
            self._numbers, self._table = {}, self._table[:0]
        new = [i for i, key in enumerate(keys) if key not in self._numbers]
        if new:
            self._numbers.update((keys[i], row) for row, i in enumerate(new, len(self._table)))
            self._table = np.concatenate([self._table, make(new)])
        numbers = np.array([self._numbers[key] for key in keys], dtype=np.int64)
        return self._table.take(numbers[at], axis=0)


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
        self._words, self._places = _Rows(weights.shape[1]), _Rows(weights.shape[1])

    def __call__(self, seen: Seen) -> NDArray[np.float32]:
        """Return the embedding of each token, shape ``(tokens, width)``."""
        total = self._words.take(seen.words, seen.word_at, lambda new: self._of_words(seen, new))
        total += self._places.take(seen.places, seen.place_at, lambda new: self._of_places(seen, new))
        return self._mix.finish(total)

    def _of_words(self, seen: Seen, new: list[int]) -> NDArray[np.float32]:
        mini = Doc(seen.vocab, words=[seen.forms[i] for i in new])
        each = [part.predict([mini]) for part in self._word_parts]
        rows: NDArray[np.float32] = np.hstack([ragged.data for ragged in each]) @ self._word_weights
        return rows

    def _of_places(self, seen: Seen, new: list[int]) -> NDArray[np.float32]:
        """Return what the features of some places add up to, the bias of the layer with them."""
        values = np.array(seen.places, dtype=np.uint64)[new, None] // _PACKED % _LIMIT
        rows = np.tile(self._mix.bias, (len(new), 1))
        for table, weights in zip(self._feature_tables, self._feature_weights, strict=True):
            rows += table.predict(values) @ weights
        return rows
