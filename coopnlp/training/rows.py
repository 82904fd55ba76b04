"""Feature sets with their answers, and the linear models that learn from them.

Rows of a group compete for one answer; thresholds are chosen on the best row of each group, in folds of
whole documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from coopnlp.records.weights import Linear

__all__ = ["FOLDS", "Rows", "best_threshold", "cross_validated", "fitted", "joined", "of_sums"]

FOLDS = 5
#: How freely weights grow; chosen on held-out writers of train, where half and twice as much give the same F1 to 0.003.
_C, _C_CLASSES = 0.1, 0.1
_RARE = 2
#: Features of kinds are many and weigh little where few pairs have them.
_RARE_IN_CLASSES = 3


@dataclass(frozen=True)
class Rows:
    """Feature sets with their answers; the rows of a ``group`` compete for one answer.

    ``of_class`` are the features of each row that tell its class, where it has one.
    """

    features: list[frozenset[str]]
    right: NDArray[np.bool_]
    group: NDArray[np.int64]
    document: NDArray[np.int64]
    classes: list[str | None]
    of_class: list[frozenset[str]]
    wanted: int


def of_sums(
    features: list[frozenset[str]], right: list[bool], groups: list[int], places: list[int], wanted: int
) -> Rows:
    """Return rows that have no class."""
    none: list[str | None] = [None] * len(right)
    nothing: list[frozenset[str]] = [frozenset()] * len(right)
    return Rows(features, np.array(right), np.array(groups), np.array(places), none, nothing, wanted)


def joined(one: Rows, other: Rows) -> Rows:
    """Return the rows of both; documents and groups keep apart."""
    return Rows(
        one.features + other.features,
        np.concatenate([one.right, other.right]),
        np.concatenate([one.group, other.group + one.group.max() + 1]),
        np.concatenate([one.document, other.document + one.document.max() + 1]),
        one.classes + other.classes,
        one.of_class + other.of_class,
        one.wanted + other.wanted,
    )


def _table(features: Sequence[frozenset[str]], least: int = _RARE) -> tuple[list[str], Any]:
    """Return the names of the features that are not rare, and which row has which."""
    vectorizer = DictVectorizer(dtype=np.float32)
    table = vectorizer.fit_transform([dict.fromkeys(f, 1.0) for f in features])
    common = np.flatnonzero(np.asarray(table.sum(axis=0)).ravel() >= least)
    return vectorizer.get_feature_names_out()[common].tolist(), table[:, common]


def _regression(table: Any, right: NDArray[np.bool_]) -> LogisticRegression:
    return LogisticRegression(C=_C, solver="liblinear", tol=1e-3).fit(table, right)


def cross_validated(rows: Rows) -> NDArray[np.float64]:
    """Return the probability of each row, shape ``(rows,)``, by a model that learnt from other documents."""
    _, table = _table(rows.features)
    chances = np.zeros(len(rows.right))
    for seen, held in GroupKFold(FOLDS).split(table, groups=rows.document):
        chances[held] = _regression(table[seen], rows.right[seen]).predict_proba(table[held])[:, 1]
    return chances


def best_threshold(rows: Rows, chances: NDArray[np.float64], beta: float) -> tuple[float, str]:
    """Return the best threshold for the best row of each group, and what it gives."""
    best: dict[int, int] = {}
    for i, group in enumerate(rows.group.tolist()):
        if group not in best or chances[i] > chances[best[group]]:
            best[group] = i
    chosen = np.array(list(best.values()))

    def at(limit: float) -> tuple[float, float, float]:
        said = chosen[chances[chosen] >= limit]
        right = int(rows.right[said].sum())
        precision, recall = right / max(1, len(said)), right / max(1, rows.wanted)
        return (1 + beta**2) * precision * recall / max(1e-9, beta**2 * precision + recall), precision, recall

    limit = max((round(float(t), 3) for t in np.arange(0.1, 0.9, 0.025)), key=lambda t: at(t)[0])
    _, precision, recall = at(limit)
    return limit, f"{limit} | {precision:.3f} | {recall:.3f}"


def fitted(rows: Rows, threshold: float) -> Linear:
    """Return the model that learnt from all rows, with the least probability that counts as yes."""
    names, table = _table(rows.features)
    model = _regression(table, rows.right)
    weights = dict(zip(names, model.coef_[0].tolist(), strict=True))
    return Linear(weights, float(model.intercept_[0]), threshold, _classes(rows))


def _classes(rows: Rows) -> dict[str, dict[str, float]]:
    """Return the weights of each class among the rows that have one."""
    of_class = [(f, c) for f, c in zip(rows.of_class, rows.classes, strict=True) if c]
    kinds = np.array([kind for _, kind in of_class])
    if len(set(kinds.tolist())) < 2:
        return {kind: {"always": 0.0} for kind in set(kinds.tolist())}
    names, table = _table([features for features, _ in of_class], _RARE_IN_CLASSES)
    classes = {}
    for kind in sorted(set(kinds.tolist())):
        one = LogisticRegression(C=_C_CLASSES, solver="liblinear", tol=1e-3).fit(table, kinds == kind)
        # « always » is in every row: it carries what the class has on its own.
        classes[kind] = dict(zip(names, one.coef_[0].tolist(), strict=True))
        classes[kind]["always"] = classes[kind].get("always", 0.0) + float(one.intercept_[0])
    return classes
