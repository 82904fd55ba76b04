"""A scikit-learn classifier for labels that are paths in a tree.

This module imports scikit-learn: import it only to train.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import issparse, vstack
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

__all__ = ["SEPARATOR", "Decision", "HierarchicalClassifier"]

SEPARATOR = " > "

Path = tuple[str, ...]

#: What the ridge regression aims at for the right option, so that its scores spread as wide as those of the
#: logistic regression with C = 6: on dev both are best divided by 0.6.
_RIDGE_SCALE = 8.4


@dataclass(frozen=True)
class Decision:
    """One linear choice: below ``parent``, between ``options``.

    An option equal to ``parent`` means « stop here ». ``coef`` is (options,
    features), ``intercept`` (options,), both float64; probabilities are the
    softmax of ``X @ coef.T + intercept``.
    """

    parent: Path
    options: tuple[Path, ...]
    coef: np.ndarray
    intercept: np.ndarray


class HierarchicalClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Logistic regressions down a tree of labels.

    A label is a string whose levels are joined by ``" > "``; labels may stop at
    any level, and what is no string is a label of one level. The first
    decision is taken between all nodes of one level at once, and below them one
    local decision a parent. ``level=1`` is a local classifier at every parent, a
    ``level`` as deep as the labels is one flat classifier; in each case the
    probability of a node is the sum over the labels below it.

    Parameters
    ----------
    level
        The level of the first decision, counted from 1 at the top.
    C
        Inverse strength of the L2 penalty, as in ``LogisticRegression``.
    ridge
        Share of a ridge regression in the weights of a decision, beside the logistic regression: 0
        leaves it out. Both are linear, and so is their mean.
    max_iter, tol
        Of the solver of the logistic regression.

    Attributes
    ----------
    classes_
        The labels of the training set, sorted.
    decisions_
        The first decision, then the local ones, parents before children.
    n_iter_
        Most iterations that a decision took.

    Notes
    -----
    Texts have more features than there are texts. The penalised optimum lies in
    the span of the training rows, so it is sought there: the rows are expressed
    in the orthonormal basis that diagonalises their Gram matrix, which changes
    nothing in the result and makes the search tens of times faster.
    """

    def __init__(
        self, *, level: int = 1, C: float = 1.0, ridge: float = 0.0, max_iter: int = 1000, tol: float = 1e-4
    ) -> None:
        self.level = level
        self.C = C
        self.ridge = ridge
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, X: Any, y: Any, sample_weight: Any = None, background: Any = None) -> HierarchicalClassifier:
        """Learn from ``X`` (samples, features), dense or CSR, and one label a row.

        ``background``, (rows, features) of the kind of ``X``, are rows that speak for no label: every decision is
        taught to leave them even between its options, each with the weight 1. What labels do not depend on
        then weighs little.

        Raises
        ------
        ValueError
            Rows and labels that do not match, infinite values, fewer than two labels.
        """
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float64)
        check_classification_targets(y)
        weight = _check_sample_weight(sample_weight, X)
        self.classes_, which = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"Classifier can't train when only one class is present: {self.classes_}.")
        self.paths_: list[Path] = [_path(label) for label in self.classes_]
        told = len(which)
        if background is not None:
            beside = validate_data(self, background, accept_sparse="csr", dtype=np.float64, reset=False)
            X = vstack([X, beside], format="csr") if issparse(X) else np.vstack([X, beside])
        rows, basis = _row_space(X)
        rows, even = rows[:told], rows[told:]
        self.decisions_: list[Decision] = []
        self.n_iter_ = 1
        pending: list[tuple[Path, int]] = [((), self.level)]
        while pending:
            parent, depth = pending.pop(0)
            cut = [path[:depth] if path[: len(parent)] == parent else None for path in self.paths_]
            options = sorted({option for option in cut if option is not None})
            pending += [(option, depth + 1) for option in options if option != parent and self._goes_on(option)]
            target = np.array([-1 if c is None else options.index(c) for c in cut])[which]
            inside = np.flatnonzero((target >= 0) & (weight > 0))
            coef, intercept = self._decide(len(options), rows[inside], target[inside], weight[inside], even)
            self.decisions_.append(Decision(parent, tuple(options), basis(coef), intercept))
        return self

    def _decide(
        self, options: int, rows: Any, target: np.ndarray, weight: np.ndarray, even: Any
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients (options, columns) and intercepts (options,) of one decision."""
        seen = np.unique(target)
        coef, intercept = np.zeros((options, rows.shape[1])), np.full(options, -30.0)
        if len(seen) == 1:
            intercept[seen] = 0.0
            return coef, intercept
        # A row that is left even stands once under each option, for its share of the weight.
        model = LogisticRegression(C=self.C, max_iter=self.max_iter, tol=self.tol)
        model.fit(
            np.vstack([rows, *[even] * len(seen)]),
            np.concatenate([target, np.repeat(seen, len(even))]),
            sample_weight=np.concatenate([weight, np.full(len(even) * len(seen), 1 / len(seen))]),
        )
        self.n_iter_ = max(self.n_iter_, int(np.max(model.n_iter_)))
        if len(seen) == 2:  # scikit-learn gives one row: the log-odds of the second option
            coef[seen] = np.vstack([-model.coef_, model.coef_]) / 2
            intercept[seen] = np.array([-1.0, 1.0]) * model.intercept_[0] / 2
        else:
            coef[seen], intercept[seen] = model.coef_, model.intercept_
        if self.ridge:
            wanted = np.where(target[:, None] == seen, _RIDGE_SCALE, 0.0)
            other = Ridge(alpha=1.0).fit(
                np.vstack([rows, even]),
                np.vstack([wanted, np.full((len(even), len(seen)), _RIDGE_SCALE / len(seen))]),
                sample_weight=np.concatenate([weight, np.ones(len(even))]),
            )
            coef[seen] = self.ridge * other.coef_ + (1 - self.ridge) * coef[seen]
            intercept[seen] = self.ridge * other.intercept_ + (1 - self.ridge) * intercept[seen]
        return coef, intercept

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each label of ``classes_``, shape (samples, labels)."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=np.float64, reset=False)
        nodes = self.node_probabilities(X)
        # A label that stops where others go on has what its children leave.
        return np.column_stack([nodes[path, True] for path in self.paths_])

    def node_probabilities(self, X: Any) -> dict[tuple[Path, bool], np.ndarray]:
        """Return the probability of each node, shape (samples,).

        Under ``(path, False)`` that of the node with all below it, under
        ``(path, True)``, for nodes that are labels, that of stopping there.
        """
        reached: dict[Path, np.ndarray] = {(): np.ones(X.shape[0])}
        nodes: dict[tuple[Path, bool], np.ndarray] = {}
        for decision in self.decisions_:
            share = softmax(np.asarray(X @ decision.coef.T) + decision.intercept) * reached[decision.parent][:, None]
            for column, option in enumerate(decision.options):
                if option == decision.parent or not self._goes_on(option):
                    nodes[option, True] = share[:, column]
                else:
                    reached[option] = share[:, column]
        for path in {p[:depth] for p in self.paths_ for depth in range(1, len(p) + 1)}:
            nodes[path, False] = np.sum([nodes[p, True] for p in self.paths_ if p[: len(path)] == path], axis=0)
        return nodes

    def _goes_on(self, path: Path) -> bool:
        """Tell whether a further decision is taken below a node."""
        return len(path) >= self.level and any(p[: len(path)] == path != p for p in self.paths_)

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable label of each row."""
        check_is_fitted(self)
        return np.asarray(self.classes_[np.argmax(self.predict_proba(X), axis=1)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def softmax(scores: np.ndarray) -> np.ndarray:
    """Return the softmax of each row of an array (samples, options)."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _path(label: Any) -> Path:
    return tuple(str(label).split(SEPARATOR))


def _row_space(X: Any) -> tuple[np.ndarray, Any]:
    """Return the rows in an orthonormal basis of their span, and the way back for coefficients.

    A row that is there several times, as a text with several labels is, counts once in the search for the basis.
    """
    if X.shape[1] <= X.shape[0]:
        return (X.toarray() if issparse(X) else X), lambda coef: coef
    first, which = _distinct(X)
    once = X[first]
    gram = once @ once.T
    values, vectors = np.linalg.eigh(gram.toarray() if issparse(gram) else gram)
    kept = values > values[-1] * 1e-10  # below this the eigenvalue is rounding error
    scale = np.sqrt(values[kept])
    return (vectors[:, kept] * scale)[which], lambda coef: np.asarray(((coef / scale) @ vectors[:, kept].T) @ once)


def _distinct(X: Any) -> tuple[list[int], list[int]]:
    """Return the number of the first of each distinct row, and for every row its place among these."""
    places: dict[bytes, int] = {}
    first: list[int] = []
    which: list[int] = []
    for number in range(X.shape[0]):
        if issparse(X):
            part = slice(X.indptr[number], X.indptr[number + 1])
            key = X.indices[part].tobytes() + X.data[part].tobytes()
        else:
            key = X[number].tobytes()
        if key not in places:
            places[key] = len(first)
            first.append(number)
        which.append(places[key])
    return first, which
