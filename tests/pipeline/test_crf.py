"""The field over tags: against every tagging counted one by one, on sequences small enough for it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coopnlp.pipeline.crf import Lattice, allowed, best_tags, spans_of, tags_of

LABELS = 2
TAGS = 1 + 2 * LABELS


def drawn(seed: int, lengths: list[int]) -> tuple[list[NDArray[np.float32]], NDArray[np.float32]]:
    draw = np.random.default_rng(seed)
    moves = draw.normal(size=(TAGS + 1, TAGS)).astype(np.float32)
    moves[~allowed(LABELS)] = -1e4
    return [draw.normal(scale=2, size=(n, TAGS)).astype(np.float32) for n in lengths], moves


def every_tagging(scores: NDArray[np.float32], moves: NDArray[np.float32]) -> dict[tuple[int, ...], float]:
    """Return the weight of each possible tagging."""
    found = {}
    for tags in itertools.product(range(TAGS), repeat=len(scores)):
        steps = [float(moves[-1, tags[0]]), *(float(moves[a, b]) for a, b in itertools.pairwise(tags))]
        total = sum(steps) + sum(float(scores[i, tag]) for i, tag in enumerate(tags))
        if total > -1000:
            found[tags] = float(np.exp(total))
    return found


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), lengths=st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_the_lattice_counts_every_tagging(seed: int, lengths: list[int]) -> None:
    sequences, moves = drawn(seed, lengths)
    lattice = Lattice(sequences, moves)
    marginals, best = lattice.marginals(), best_tags(sequences, moves)
    for number, scores in enumerate(sequences):
        weights = every_tagging(scores, moves)
        total = sum(weights.values())
        assert lattice.log_total[number] == pytest.approx(np.log(total), abs=1e-3)
        assert tuple(best[number].tolist()) == max(weights, key=weights.__getitem__)
        for token in range(len(scores)):
            for tag in range(TAGS):
                share = sum(w for tags, w in weights.items() if tags[token] == tag) / total
                assert marginals[number][token, tag] == pytest.approx(share, abs=1e-4)
        for span in [(0, 1, 0), (0, len(scores), 1), (len(scores) - 1, len(scores), 1)]:
            share = sum(w for tags, w in weights.items() if span in spans_of(tags)) / total
            assert lattice.span_probability(number, span) == pytest.approx(share, abs=1e-4)


def test_expected_transitions_are_as_many_as_tokens() -> None:
    sequences, moves = drawn(1, [3, 1, 4])
    expected = Lattice(sequences, moves).expected_transitions()
    assert expected.sum() == pytest.approx(8)
    assert expected[-1].sum() == pytest.approx(3)
    assert np.abs(expected[~allowed(LABELS)]).max() == 0


def test_an_inside_follows_only_its_own_label() -> None:
    table = allowed(2)
    assert table[:, 2].tolist() == [False, True, True, False, False, False]
    assert table[:, 4].tolist() == [False, False, False, True, True, False]
    assert table[:, [0, 1, 3]].all()


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2), st.integers(0, 2)), max_size=6))
def test_tags_and_spans_say_the_same(parts: list[tuple[int, int, int]]) -> None:
    spans, at = [], 0
    for length, gap, label in parts:
        spans.append((at + gap, at + gap + length, label))
        at += gap + length
    assert spans_of(tags_of(spans, at + 1).tolist()) == spans


def test_no_sequences_no_tags() -> None:
    assert best_tags([], np.zeros((TAGS + 1, TAGS), dtype=np.float32)) == []
