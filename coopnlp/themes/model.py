"""The theme classifier in use: arrays in, paths with probabilities out. Needs no scikit-learn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from coopnlp.errors import ModelError
from coopnlp.themes.explain import terms_of
from coopnlp.themes.features import Gram
from coopnlp.themes.taxonomy import NodePath
from coopnlp.themes.vectoriser import Vectoriser
from coopnlp.themes.views import Views, views_of
from coopnlp.types import ThemeAssignment, Themes

__all__ = ["Choice", "Limits", "ThemeModel", "load_themes"]

# A text with fewer words than this, function words and digits aside, says nothing to go by.
_FEWEST_WORDS = 2


@dataclass(frozen=True)
class Limits:
    """Probabilities that decide what is said. What chose them is in the model card.

    ``abstain``: below it for every theme, nothing is said. ``depth``: a node of
    the primary path needs it. ``further``: a further theme needs it.
    """

    abstain: float
    depth: float
    further: float


@dataclass(frozen=True)
class Choice:
    """One linear decision: below ``parent``, between ``options``, in the columns ``first`` to ``last`` of the weights.

    An option equal to ``parent`` means « stop here ».
    """

    parent: NodePath
    options: tuple[NodePath, ...]
    first: int
    last: int


class ThemeModel:
    """Puts texts on the themes of a nomenclature.

    Parameters
    ----------
    vectoriser
        What it sees of a text.
    choices
        Decisions, parents before children; the first is taken between all
        sub-themes at once.
    weights, intercepts
        Shapes (features, options) and (options,), for all choices side by side.
    temperature
        What the scores of the first decision are divided by, so that its
        probabilities are calibrated.
    limits
        See :class:`Limits`.
    precisions
        For a share of right sub-themes, e.g. 0.95, the probability that the first
        sub-theme must have, as measured on texts held out of training.
    """

    def __init__(
        self,
        vectoriser: Vectoriser,
        choices: Sequence[Choice],
        weights: np.ndarray,
        intercepts: np.ndarray,
        temperature: float,
        limits: Limits,
        precisions: Mapping[float, float] | None = None,
    ) -> None:
        self.precisions = dict(precisions or {})
        self.vectoriser = vectoriser
        self.choices = tuple(choices)
        self.weights = weights
        self.intercepts = intercepts
        self.temperature = temperature
        self.limits = limits
        self._below = {choice.parent: choice for choice in self.choices}
        # Each option of the first decision with its ancestors, cut once and not for every text.
        self._lines = {
            option: tuple(option[:depth] for depth in range(1, len(option) + 1)) for option in self.choices[0].options
        }

    def calibrated(self, temperature: float, limits: Limits) -> ThemeModel:
        """Return the same model with another temperature and other limits."""
        return ThemeModel(
            self.vectoriser, self.choices, self.weights, self.intercepts, temperature, limits, self.precisions
        )

    def with_limits(self, **changed: float) -> ThemeModel:
        """Return the same model with other limits (``abstain``, ``depth``, ``further``)."""
        return self.calibrated(self.temperature, replace(self.limits, **changed))

    def with_priors(self, factors: Mapping[NodePath, float]) -> ThemeModel:
        """Return the same model for a collection where sub-themes are commoner or rarer than in training.

        Parameters
        ----------
        factors
            How many times as frequent a sub-theme is as in the training set; 1
            for those not named.

        Raises
        ------
        ValueError
            A factor that is not positive, or a node the first decision does not know.
        """
        first = self.choices[0]
        intercepts = self.intercepts.copy()
        for path, factor in factors.items():
            if path not in first.options or factor <= 0:
                raise ValueError(f"{' > '.join(path)!r}: {factor} is no prior of a sub-theme of this model.")
            intercepts[first.first + first.options.index(path)] += self.temperature * np.log(factor)
        return ThemeModel(
            self.vectoriser, self.choices, self.weights, intercepts, self.temperature, self.limits, self.precisions
        )  # fmt: skip

    def probabilities(self, texts: Iterable[str | Views]) -> list[dict[NodePath, float]]:
        """Return the probability of every node for each text, 0 to 1; siblings exclude one another."""
        return self._tables([self.scores(text) for text in texts])

    def scores(self, text: str | Views) -> np.ndarray:
        """Return the scores of one project, before temperature and softmax, shape (options of all choices,)."""
        return self._project_scores(text)[0]

    def _project_scores(self, text: str | Views) -> tuple[np.ndarray, int]:
        """Return the scores of a project, each view by its share, and how many words its text has."""
        (whole, share), *others = views_of(text).shares()
        scores, words = self._quick_scores(whole)
        if others:
            scores = share * scores + sum(part * self._quick_scores(view)[0] for view, part in others)
        return scores, words

    def _quick_scores(self, text: str) -> tuple[np.ndarray, int]:
        """Return the scores of a normalised text and how many words it has."""
        columns, values, dense, words = self.vectoriser.quick_row(text)
        scores = values @ self.weights[columns] + self.intercepts
        if len(dense):
            scores = scores + dense @ self.weights[len(self.vectoriser.vocabulary) :]
        return np.asarray(scores, dtype=np.float64), words

    def _tables(self, scores: Sequence[np.ndarray]) -> list[dict[NodePath, float]]:
        """Return what :meth:`nodes` gives for each of many scores, all at once."""
        if not scores:
            return []
        table = np.stack(scores)
        columns: dict[NodePath, np.ndarray] = {(): np.ones(len(table))}
        for number, choice in enumerate(self.choices):
            part = table[:, choice.first : choice.last] / (self.temperature if number == 0 else 1.0)
            powers = np.exp(part - part.max(axis=1, keepdims=True))
            share = powers / powers.sum(axis=1, keepdims=True) * columns[choice.parent][:, None]
            for option, column in zip(choice.options, share.T, strict=True):
                if option != choice.parent:
                    columns[option] = column
                if number == 0:
                    for depth in range(1, len(option)):
                        columns[option[:depth]] = columns.get(option[:depth], 0.0) + column
        del columns[()]
        names = list(columns)
        return [dict(zip(names, row, strict=True)) for row in np.column_stack(list(columns.values())).tolist()]

    def classify(
        self,
        texts: Sequence[str | Views],
        *,
        top: int = 3,
        explain: bool = False,
        threshold: float | None = None,
        precision: float | None = None,
    ) -> list[Themes]:
        """Put each text on the themes: the primary path as deep as it can be supported, then further themes.

        Parameters
        ----------
        texts
            Titles, descriptions, or titles and descriptions; :class:`coopnlp.themes.views.Views` where title or
            metadata are known apart.
        top
            Themes a text at most.
        explain
            Also say which words decided (``terms``).
        threshold
            Probability that every node said must reach, instead of the model's own limits.
        precision
            Share of right sub-themes to keep to: texts whose first sub-theme is less
            probable than that takes are abstained from. Of the model's ``precisions``
            the next higher one counts.

        Raises
        ------
        ModelError
            The model does not reach that precision.

        Returns
        -------
        list of Themes
            In the order of the texts; ``abstained``, without themes, where no
            theme is probable enough and where there are fewer than two words.

        >>> load_themes().classify(["Adduction d'eau potable dans la commune"])[0].themes[0].path[1:]
        ('Eau et déchets', 'Eau et assainissement')
        """
        limits = self.limits if threshold is None else Limits(threshold, threshold, threshold)
        least = 0.0 if precision is None else self.least_for(precision)
        if explain:
            return [self._one(text, top, limits, least) for text in texts]
        quick = [self._project_scores(text) for text in texts]
        tables = self._tables([scores for scores, _ in quick])
        return [
            self._said(nodes, top, limits, least) if words >= _FEWEST_WORDS else Themes(themes=(), abstained=True)
            for nodes, (_, words) in zip(tables, quick, strict=True)
        ]

    def _chosen(self, nodes: Mapping[NodePath, float], top: int, limits: Limits, least: float) -> list[NodePath]:
        if least and max(nodes[option] for option in self.choices[0].options) < least:
            return []
        return self.paths(nodes, limits)[:top]

    def _said(self, nodes: Mapping[NodePath, float], top: int, limits: Limits, least: float) -> Themes:
        themes = tuple(
            ThemeAssignment(path=path, probability=round(min(nodes[path], 1.0), 4))
            for path in self._chosen(nodes, top, limits, least)
        )
        return Themes(themes=themes, abstained=not themes)

    def least_for(self, precision: float) -> float:
        """Return the probability that the first sub-theme needs for a share of right ones, in [0, 1].

        Raises
        ------
        ModelError
            The model does not reach it.
        """
        reached = [share for share in sorted(self.precisions) if share >= precision]
        if not reached:
            most = f"at most {max(self.precisions)}" if self.precisions else "none that it knows of"
            raise ModelError(f"this model does not reach a precision of {precision}: {most}. Ask for less.")
        return self.precisions[reached[0]]

    def _one(self, text: str | Views, top: int, limits: Limits, least: float) -> Themes:
        """Classify one project, with the words that decided."""
        parts = [(part, self.vectoriser.grams(part), share) for part, share in views_of(text).shares()]
        if sum(gram.kind == "w" for gram in parts[0][1]) < _FEWEST_WORDS:
            return Themes(themes=(), abstained=True)
        scores = sum((share * self._scores(found) for _, found, share in parts), np.zeros(len(self.intercepts)))
        nodes = self.nodes(scores)
        paths = self._chosen(nodes, top, limits, least)
        themes = tuple(
            ThemeAssignment(
                path=path,
                probability=round(min(nodes[path], 1.0), 4),
                terms=terms_of(parts, self.vectoriser, self._direction(scores, path)),
            )
            for path in paths
        )
        return Themes(themes=themes, abstained=not themes)

    def paths(self, nodes: Mapping[NodePath, float], limits: Limits | None = None) -> list[NodePath]:
        """Choose from node probabilities the primary path, then further ones; empty to abstain.

        The primary path is the one on which most levels can be expected to be
        right: of all options of the first decision, the one whose
        probability and those of its ancestors add up to most.
        """
        limits = limits or self.limits
        first = self.choices[0].options
        best = max(first, key=lambda path: sum(map(nodes.__getitem__, self._lines[path])))
        if nodes[best[:1]] < limits.abstain:
            return []
        primary = self._deepest(best, nodes, limits.depth) or best[:1]
        further = [
            self._deepest(path, nodes, limits.further)
            for path in sorted(first, key=lambda path: -nodes[path])
            if path != best and nodes[path] >= limits.further
        ]
        return [primary, *further]

    def _deepest(self, path: NodePath, nodes: Mapping[NodePath, float], least: float) -> NodePath:
        """Go up from a node until it is probable enough, or down as long as a child is and leads."""
        while path and nodes[path] < least:
            path = path[:-1]
        while path in self._below:
            children = [option for option in self._below[path].options if option != path]
            best = max(children, key=lambda option: nodes[option])
            # « Stop here » has what the children leave.
            if nodes[best] < least or nodes[best] < nodes[path] - sum(nodes[child] for child in children):
                break
            path = best
        return path

    def _scores(self, found: list[Gram]) -> np.ndarray:
        columns, values, dense = self.vectoriser.row(found)
        scores = values @ self.weights[columns] + self.intercepts
        if len(dense):
            scores = scores + dense @ self.weights[len(self.vectoriser.vocabulary) :]
        return np.asarray(scores, dtype=np.float64)

    def nodes(self, scores: np.ndarray, temperature: float | None = None) -> dict[NodePath, float]:
        """Return the probability of every node from the scores of one text, shape (options,)."""
        first = self.temperature if temperature is None else temperature
        nodes: dict[NodePath, float] = {(): 1.0}
        for number, choice in enumerate(self.choices):
            share = self._shares(choice, scores, first if number == 0 else 1.0) * nodes[choice.parent]
            for option, value in zip(choice.options, share, strict=True):
                if option != choice.parent:
                    nodes[option] = float(value)
                if number == 0:  # its options are nodes of one level: the ones above are their sums
                    for depth in range(1, len(option)):
                        nodes[option[:depth]] = nodes.get(option[:depth], 0.0) + float(value)
        del nodes[()]
        return nodes

    @staticmethod
    def _shares(choice: Choice, scores: np.ndarray, temperature: float) -> np.ndarray:
        part = scores[choice.first : choice.last] / temperature
        powers = np.exp(part - part.max())
        return np.asarray(powers / powers.sum())

    def _direction(self, scores: np.ndarray, path: NodePath) -> np.ndarray:
        """Return what a unit of each feature adds to the log-odds of a theme or sub-theme, shape (features,)."""
        first = self.choices[0]
        share = self._shares(first, scores, self.temperature)
        inside = np.array([option[: len(path)] == path[: len(option)] for option in first.options])
        mix = np.where(inside, share / share[inside].sum(), -share / max(share[~inside].sum(), 1e-12))
        return np.asarray(self.weights[:, first.first : first.last] @ mix / self.temperature)


@cache
def load_themes(folder: Path | None = None) -> ThemeModel:
    """Load the model that ships, or that of a folder; the second call returns the same one.

    Raises
    ------
    ModelError
        It is missing, damaged or of another version.
    """
    from coopnlp.resources import model_folder
    from coopnlp.themes.store import read_model

    return read_model(folder or model_folder("coop_themes"))


def from_decisions(vectoriser: Vectoriser, decisions: Sequence[Any], temperature: float, limits: Limits) -> ThemeModel:
    """Make the model from the decisions of a trained :class:`coopnlp.themes.hierarchy.HierarchicalClassifier`."""
    choices, at = [], 0
    for decision in decisions:
        choices.append(Choice(decision.parent, decision.options, at, at + len(decision.options)))
        at += len(decision.options)
    weights = np.vstack([decision.coef for decision in decisions]).T.astype(np.float32)
    intercepts = np.concatenate([decision.intercept for decision in decisions])
    return ThemeModel(vectoriser, choices, np.ascontiguousarray(weights), intercepts, temperature, limits)
