"""A linear-chain conditional random field over the tags of entities, in NumPy.

Tags are ``O``, then ``B-`` and ``I-`` of each label in turn: tag ``1 + 2k`` begins
the k-th label, ``2 + 2k`` goes on with it. An ``I-`` after anything else than its
own label is impossible. All sequences of a call are computed together, longest
first, so that a step is one product of matrices; scores are scaled at each
step, which keeps them in range without logarithms (Rabiner 1989, section V.A).

Source of the model: Lafferty, McCallum and Pereira 2001.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Lattice", "allowed", "best_tags", "spans_of", "tags_of"]

Span = tuple[int, int, int]


def allowed(labels: int) -> NDArray[np.bool_]:
    """Return which tag may follow which, shape ``(tags + 1, tags)``; the last row is the start of a sequence."""
    tags = 1 + 2 * labels
    table = np.ones((tags + 1, tags), dtype=bool)
    for k in range(labels):
        table[:, 2 + 2 * k] = False
        table[1 + 2 * k, 2 + 2 * k] = table[2 + 2 * k, 2 + 2 * k] = True
    return table


def tags_of(spans: Sequence[Span], length: int) -> NDArray[np.int64]:
    """Return the tags of disjoint spans (start, end, label number), shape ``(length,)``.

    >>> tags_of([(1, 3, 0)], 4).tolist()
    [0, 1, 2, 0]
    """
    tags = np.zeros(length, dtype=np.int64)
    for start, end, label in spans:
        tags[start:end] = 2 + 2 * label
        tags[start] = 1 + 2 * label
    return tags


def spans_of(tags: Sequence[int]) -> list[Span]:
    """Return the spans (start, end, label number) that tags say.

    >>> spans_of([0, 1, 2, 1, 3])
    [(1, 3, 0), (3, 4, 0), (4, 5, 1)]
    """
    found: list[Span] = []
    start, label = -1, -1
    for i, tag in enumerate([*tags, 0]):
        if label >= 0 and tag != 2 + 2 * label:
            found.append((start, i, label))
            label = -1
        if tag % 2:
            start, label = i, tag // 2
    return found


@dataclass
class _Batch:
    """Sequences of one call, longest first: ``scores[t]`` are those of the sequences that reach step t."""

    order: list[int]
    lengths: list[int]
    scores: list[NDArray[np.float32]]


def _batch(scores: Sequence[NDArray[np.float32]]) -> _Batch:
    order = sorted(range(len(scores)), key=lambda i: -len(scores[i]))
    lengths = [len(scores[i]) for i in order]
    width = scores[0].shape[1]
    padded = np.zeros((lengths[0], len(order), width), dtype=np.float32)
    for row, i in enumerate(order):
        padded[: lengths[row], row] = scores[i]
    counts = np.searchsorted(-np.asarray(lengths), -np.arange(lengths[0]), side="left")
    return _Batch(order, lengths, [padded[t, : counts[t]] for t in range(lengths[0])])


def best_tags(scores: Sequence[NDArray[np.float32]], transitions: NDArray[np.float32]) -> list[NDArray[np.int64]]:
    """Return the most probable tags of each sequence (Viterbi).

    Parameters
    ----------
    scores
        Of each sequence, shape ``(tokens, tags)``; none empty.
    transitions
        Shape ``(tags + 1, tags)``: from tag to tag, the last row from the start.
    """
    if not scores:
        return []
    batch = _batch(scores)
    moves = transitions[:-1]
    # Sequences last, so that each step is few long rows.
    steps = [step.T for step in batch.scores]
    best = steps[0] + transitions[-1][:, None]
    ends: list[NDArray[np.float32]] = [best]
    for step in steps[1:]:
        routes = best[:, None, : step.shape[1]] + moves[:, :, None]
        best = np.maximum.reduce(routes, axis=0)
        best += step
        ends.append(best)
    # Where each maximum came from is only asked along the best way, back from the ends.
    tags = np.zeros((len(ends), len(scores)), dtype=np.int64)
    longer = 0
    for t in range(len(ends) - 1, -1, -1):
        reached = ends[t]
        if longer:
            tags[t, :longer] = (reached[:, :longer] + moves[:, tags[t + 1, :longer]]).argmax(axis=0)
        if reached.shape[1] > longer:
            tags[t, longer : reached.shape[1]] = reached[:, longer:].argmax(axis=0)
            longer = reached.shape[1]
    found: list[NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)] * len(scores)
    for row, (i, length) in enumerate(zip(batch.order, batch.lengths, strict=True)):
        found[i] = tags[:length, row]
    return found


class Lattice:
    """All ways to tag some sequences, and how probable they are.

    Parameters
    ----------
    scores
        Of each sequence, shape ``(tokens, tags)``; none empty.
    transitions
        Shape ``(tags + 1, tags)``, the last row from the start of a sequence.
    """

    def __init__(self, scores: Sequence[NDArray[np.float32]], transitions: NDArray[np.float32]) -> None:
        self._batch = _batch(scores)
        self._lengths = [len(s) for s in scores]
        self._move = np.exp(transitions[:-1].astype(np.float64))
        self._start = np.exp(transitions[-1].astype(np.float64))
        # Of each step the exponentials of scores, less their greatest.
        self._local: list[NDArray[np.float64]] = []
        self._forward: list[NDArray[np.float64]] = []
        self._scale: list[NDArray[np.float64]] = []
        logs = np.zeros(len(scores))
        before: NDArray[np.float64] | None = None
        for step in self._batch.scores:
            top = step.max(axis=1, keepdims=True)
            local = np.exp((step - top).astype(np.float64))
            n = len(step)
            now = local * (self._start if before is None else before[:n] @ self._move)
            scale = now.sum(axis=1, keepdims=True)
            before = now / scale
            self._local.append(local)
            self._forward.append(before)
            self._scale.append(scale)
            logs[:n] += (np.log(scale) + top)[:, 0]
        self._backward = self._run_back()
        #: Logarithm of the sum over all taggings, in the order given.
        self.log_total = np.zeros(len(scores))
        self.log_total[self._batch.order] = logs

    def _run_back(self) -> list[NDArray[np.float64]]:
        backward: list[NDArray[np.float64]] = []
        after: NDArray[np.float64] = np.zeros((0, self._move.shape[0]))
        for t in range(len(self._local) - 1, -1, -1):
            now = np.ones_like(self._local[t])
            if len(after):
                n = len(after)
                now[:n] = (self._local[t + 1] * after / self._scale[t + 1]) @ self._move.T
            backward.append(now)
            after = now
        return backward[::-1]

    def marginals(self) -> list[NDArray[np.float64]]:
        """Return the probability of each tag at each token, of each sequence, shape ``(tokens, tags)``."""
        found: list[NDArray[np.float64]] = [np.zeros((n, self._move.shape[0])) for n in self._lengths]
        for t, (alpha, beta) in enumerate(zip(self._forward, self._backward, strict=True)):
            both = alpha * beta
            for row in range(len(both)):
                found[self._batch.order[row]][t] = both[row]
        return found

    def expected_transitions(self) -> NDArray[np.float64]:
        """Return how often each transition is expected, summed over the sequences, shape ``(tags + 1, tags)``."""
        total = np.zeros_like(self._move)
        for t in range(1, len(self._local)):
            n = len(self._local[t])
            total += self._forward[t - 1][:n].T @ (self._local[t] * self._backward[t] / self._scale[t])
        first = (self._forward[0] * self._backward[0]).sum(axis=0)
        return np.vstack([total * self._move, first[None]])

    def span_probability(self, sequence: int, span: Span) -> float:
        """Return the probability that exactly this span (start, end, label number) is tagged in a sequence."""
        start, end, label = span
        row = self._batch.order.index(sequence)
        begin, inside = 1 + 2 * label, 2 + 2 * label
        value = self._forward[start][row, begin]
        tag = begin
        for t in range(start + 1, end):
            value *= self._move[tag, inside] * self._local[t][row, inside] / self._scale[t][row, 0]
            tag = inside
        after = self._backward[end - 1][row, tag]
        if end < self._lengths[sequence]:
            goes_on = self._move[tag, inside] * self._local[end][row, inside] / self._scale[end][row, 0]
            after -= goes_on * self._backward[end][row, inside]
        return float(min(1.0, max(0.0, value * after)))
