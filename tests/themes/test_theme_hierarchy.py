"""The estimators keep the contract of scikit-learn and the logic of the tree."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import check_estimator

from coopnlp.themes.classifier import ThemeClassifier
from coopnlp.themes.hierarchy import HierarchicalClassifier

LABELS = ["A", "A > x", "A > y", "B > z", "C"]


@pytest.fixture(scope="module")
def data() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    labels = np.array(LABELS * 12)
    centres = rng.normal(size=(len(LABELS), 80))
    return np.tile(centres, (12, 1)) + rng.normal(scale=0.7, size=(60, 80)), labels


def test_check_estimator() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_estimator(HierarchicalClassifier())


@pytest.mark.parametrize("level", [1, 2, 3])
def test_probabilities_add_up_along_the_tree(data: tuple[Any, Any], level: int) -> None:
    X, y = data
    model = HierarchicalClassifier(level=level).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1)
    nodes = model.node_probabilities(X)
    below = nodes[("A",), True] + nodes[("A", "x"), False] + nodes[("A", "y"), False]
    np.testing.assert_allclose(nodes[("A",), False], below)


def test_the_row_space_changes_nothing(data: tuple[Any, Any]) -> None:
    X, y = data
    flat = HierarchicalClassifier(level=2, tol=1e-9, max_iter=5000).fit(X, y)
    plain = LogisticRegression(tol=1e-9, max_iter=5000).fit(X, y)
    np.testing.assert_allclose(flat.predict_proba(X), plain.predict_proba(X), atol=1e-4)


@pytest.mark.parametrize("ridge", [0.0, 0.5, 1.0])
def test_what_the_background_holds_decides_less(ridge: float) -> None:
    # The first two columns tell the labels, the last goes with B by accident.
    X = np.array([[1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0]] * 5, dtype=float)
    y, beside = ["A", "A", "B", "B"] * 5, np.array([[0.0, 0.0, 1.0, 0.0]] * 10)
    plain, taught = (
        HierarchicalClassifier(ridge=ridge).fit(X, y, background=background) for background in (None, beside)
    )
    bare, even = (model.predict_proba(beside[:1])[0] for model in (plain, taught))
    assert bare[1] > 0.6
    assert abs(even[1] - 0.5) < 0.6 * (bare[1] - 0.5)
    assert taught.predict(X).tolist() == y


@pytest.mark.parametrize("sparse", [False, True])
def test_a_row_written_twice_is_a_row_of_twice_the_weight(data: tuple[Any, Any], sparse: bool) -> None:
    X, y = data[0][:20], data[1][:20]
    X = csr_matrix(X) if sparse else X
    rows = [*range(20), *range(20)]
    twice = HierarchicalClassifier(ridge=0.5, tol=1e-9).fit(X[rows], y[rows])
    heavy = HierarchicalClassifier(ridge=0.5, tol=1e-9).fit(X, y, sample_weight=np.full(20, 2.0))
    np.testing.assert_allclose(twice.predict_proba(X), heavy.predict_proba(X), atol=1e-4)


def test_the_text_classifier_learns_and_clones() -> None:
    texts = ["forage eau", "eau potable puits", "école lycée", "lycée collège"] * 3
    model = clone(ThemeClassifier(level=1, word_df=1, piece_df=1)).fit(texts, ["Eau", "Eau", "École", "École"] * 3)
    assert model.predict(["un puits d'eau", "le collège"]).tolist() == ["Eau", "École"]
    assert model.score(texts, ["Eau", "Eau", "École", "École"] * 3) == 1.0


@pytest.mark.parametrize("texts", ["eau potable", [1, 2]])
def test_only_lists_of_strings_are_taken(texts: Any) -> None:
    with pytest.raises(ValueError, match="list of strings"):
        ThemeClassifier().fit(texts, ["A", "B"])
