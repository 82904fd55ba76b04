"""Corrections by analysts: a model learns them and keeps what it knew.

The corpus need not be at hand. For each linear decision the weights may move away
from the old ones, at a price that grows with the square of the distance; what
they say about texts unlike the corrections hardly moves. The optimum lies in the span of the
corrected texts, so it is sought there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from coopnlp.errors import CorpusError, TaxonomyError
from coopnlp.text import normalise
from coopnlp.themes.corpus import Example
from coopnlp.themes.labels import CORRECTED, label_of_row, to_be_read
from coopnlp.themes.model import Choice, ThemeModel
from coopnlp.themes.tabular import read_project_rows
from coopnlp.themes.taxonomy import NodePath, Taxonomy
from coopnlp.themes.views import Views

__all__ = ["learn", "read_corrections"]

#: Price of moving away from the old weights, as against one corrected text.
_PRICE = 0.1
_STEPS = 300
# Rows with an unknown theme that an error names.
_SHOWN = 10


def read_corrections(source: Path, model: ThemeModel, text_columns: Sequence[str] = ()) -> tuple[list[Example], int]:
    """Read corrected projects from a table: CSV, XLSX or JSON Lines with a column for each level of the theme.

    A table that `classify` wrote, corrected in place, may be given whole. Of its rows those that
    still say « À relire » and have the theme that the model gives them are left out: nobody has looked at them.

    Returns
    -------
    list of Example
        What is to be learnt; rows without a theme are not in it.
    int
        How many rows were left out.

    Raises
    ------
    CorpusError
        Rows name themes that the nomenclature of the model lacks (the first are named), no row has one, or there
        is no column for it.
    ExtractionError
        The table cannot be read.
    """
    tree = tree_of(model)
    found, faults, unread = [], [], 0
    number = 1
    for batch in read_project_rows(source, text_columns=text_columns):
        for (key, views, row), themes in zip(batch, model.classify([v for _, v, _ in batch], top=1), strict=True):
            number += 1
            try:
                path = label_of_row(row, tree, CORRECTED)
            except TaxonomyError as error:
                faults.append(f"{source}, row {number}: {error}")
                continue
            if path is None:
                continue
            if to_be_read(row) and themes.themes and themes.themes[0].path == path:
                unread += 1
                continue
            found.append(
                Example(
                    id=key, text=normalise(views.text), path=path, title=views.title or None, metadata=views.metadata
                )
            )
    if faults:
        more = [f"... and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
        told = "\n".join([*faults[:_SHOWN], *more])
        raise CorpusError(f"{told}\nCorrect these themes, or empty them.")
    if not found:
        why = f"none of its {unread} rows with a theme was looked at" if unread else "no row has a theme"
        raise CorpusError(f"{source}: {why}. Put it into the columns Thème, Sous-thème, Sous-sous-thème.")
    return found, unread


def tree_of(model: ThemeModel) -> Taxonomy:
    """Return the nomenclature of a model: every node that it can say."""
    nodes: dict[NodePath, None] = {}
    for choice in model.choices:
        for option in choice.options:
            nodes.update(dict.fromkeys(option[:depth] for depth in range(1, len(option) + 1)))
    return Taxonomy(sorted(nodes, key=lambda path: (len(path), path)), source="the model")


def learn(model: ThemeModel, lessons: Sequence[Example]) -> ThemeModel:
    """Return a model that has learnt corrected texts, with the limits and temperature of the old one.

    Raises
    ------
    CorpusError
        No text to learn from.
    """
    if not lessons:
        raise CorpusError("no corrected texts to learn from.")
    rows = np.stack([_dense(model, lesson.views) for lesson in lessons])
    weights, intercepts = model.weights.astype(np.float64), model.intercepts.copy()
    for number, choice in enumerate(model.choices):
        pairs = list(_lessons_of(choice, lessons))
        if not pairs:
            continue
        at, wanted = [i for i, _ in pairs], np.array([option for _, option in pairs])
        # A constant column moves the intercepts, at the same price.
        seen = np.hstack([rows[at], np.ones((len(at), 1))])
        columns = slice(choice.first, choice.last)
        before = rows[at] @ weights[:, columns] + intercepts[columns]
        moved = _moved(seen @ seen.T, before, wanted, model.temperature if number == 0 else 1.0)
        change = seen.T @ moved
        weights[:, columns] += change[:-1]
        intercepts[columns] += change[-1]
    return ThemeModel(
        model.vectoriser, model.choices, weights.astype(np.float32), intercepts, model.temperature, model.limits,
        model.precisions,
    )  # fmt: skip


def _dense(model: ThemeModel, project: Views) -> np.ndarray:
    row = np.zeros(model.weights.shape[0])
    for text, share in project.shares():
        columns, values, dense = model.vectoriser.row(model.vectoriser.grams(text))
        row[columns] += share * values
        if len(dense):
            row[len(model.vectoriser.vocabulary) :] += share * dense
    return row


def _lessons_of(choice: Choice, lessons: Sequence[Example]) -> Iterator[tuple[int, int]]:
    """Yield (lesson, option) for the lessons that a decision is about."""
    for i, lesson in enumerate(lessons):
        if lesson.path[: len(choice.parent)] != choice.parent:
            continue
        for number, option in enumerate(choice.options):
            stops = option == choice.parent == lesson.path
            if stops or (option != choice.parent and lesson.path[: len(option)] == option):
                yield i, number


def _moved(kernel: np.ndarray, before: np.ndarray, wanted: np.ndarray, temperature: float) -> np.ndarray:
    """Return how much each corrected text adds to the weights of each option, shape (texts, options).

    Minimises the log-loss of the corrected texts plus the price of the move, by
    gradient descent with a step that the curvature bounds.
    """
    moved = np.zeros_like(before)
    target = np.eye(before.shape[1])[wanted]
    step = 1.0 / (float(np.linalg.eigvalsh(kernel)[-1]) / temperature**2 + _PRICE)
    for _ in range(_STEPS):
        scores = (before + kernel @ moved) / temperature
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        wrong = (powers / powers.sum(axis=1, keepdims=True) - target) / temperature
        moved -= step * (wrong + _PRICE * moved)
    return moved
