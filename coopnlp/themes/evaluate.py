"""How good the themes are, on labelled texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coopnlp.errors import CorpusError
from coopnlp.themes.corpus import Example, read_examples
from coopnlp.themes.learn import tree_of
from coopnlp.themes.model import ThemeModel, load_themes
from coopnlp.themes.taxonomy import NodePath

__all__ = ["calibration_error", "evaluate_themes", "score_model", "score_predictions"]

_BINS = 10


def evaluate_themes(gold: Path, model: Path | None = None) -> dict[str, Any]:
    """Score the model that ships, or that of a folder, on labelled texts (:func:`coopnlp.themes.corpus.read_examples`).

    Raises
    ------
    CorpusError
        The file or folder cannot be read as such texts.
    ModelError
        The model is missing or damaged.
    """
    judge = load_themes(model)
    return score_model(judge, read_examples(gold, None if model is None else tree_of(judge)))


def score_model(model: ThemeModel, examples: Sequence[Example]) -> dict[str, Any]:
    """Score a model on labelled texts: see :func:`score_predictions`."""
    return score_predictions(examples, model.probabilities([e.views for e in examples]), model)


def score_predictions(
    examples: Sequence[Example], chances: Sequence[dict[NodePath, float]], model: ThemeModel
) -> dict[str, Any]:
    """Score node probabilities of texts, with the limits of a model.

    Returns
    -------
    dict
        ``accuracy`` of the primary path at each level, an abstention or a path
        that stops short counting as wrong; ``subsubtheme`` over the examples
        that have one. ``hierarchical``: precision, recall and F1 over nodes and
        their ancestors of the primary path. ``top_3``: the right sub-theme is
        among the three most probable. ``macro_f1`` over sub-themes and
        ``per_node``. ``further``: precision, recall and F1 of further themes at
        the level of sub-themes; ``labels``: of all themes said, the primary one
        included, against all a text has. ``calibration_error``: expected calibration
        error of the primary sub-theme in ten bins of equal width.
        ``coverage``: share of texts that get a sub-theme,
        ``accuracy_covered`` among these, ``coverage_at_precision_0.95``.
        Every figure has its counts beside it.

    Raises
    ------
    CorpusError
        There is nothing to score.
    """
    if not examples:
        raise CorpusError("no labelled texts to score.")
    # One primary and up to five further themes (annotation-guide.md, section 4).
    said = [model.paths(nodes)[:6] for nodes in chances]
    primary = [paths[0] if paths else () for paths in said]
    golden = [example.path for example in examples]
    confidence = [(chance[path[:2]], path[:2] == gold[:2]) if len(path) > 1 else None
                  for path, gold, chance in zip(primary, golden, chances, strict=True)]  # fmt: skip
    covered = [pair for pair in confidence if pair is not None]
    return {
        "texts": len(examples),
        "accuracy": {
            name: _share(sum(p[:depth] == g[:depth] for p, g in pairs), len(pairs))
            for depth, name in enumerate(("theme", "subtheme", "subsubtheme"), 1)
            for pairs in [[(p, g) for p, g in zip(primary, golden, strict=True) if len(g) >= depth]]
        },
        "hierarchical": _overlap([(_closure(p), _closure(g)) for p, g in zip(primary, golden, strict=True)]),
        "top_3": _top(golden, chances, 3),
        **_nodes(primary, golden),
        "further": _overlap(
            [
                ({p[:2] for p in paths[1:]}, {o[:2] for o in example.others} - {example.path[:2]})
                for paths, example in zip(said, examples, strict=True)
            ]
        ),
        "labels": _overlap(
            [
                ({p[:2] for p in paths}, {label[:2] for label in (example.path, *example.others)})
                for paths, example in zip(said, examples, strict=True)
            ]
        ),
        "calibration_error": round(calibration_error(covered), 4),
        "coverage": _share(len(covered), len(examples)),
        "accuracy_covered": _share(sum(right for _, right in covered), len(covered)),
        "coverage_at_precision_0.95": _coverage_at(covered, 0.95, len(examples)),
    }


def calibration_error(pairs: Sequence[tuple[float, bool]]) -> float:
    """Return the expected calibration error of (probability, right) pairs in ten bins of equal width.

    >>> round(calibration_error([(0.75, True), (0.75, True), (0.75, True), (0.75, False)]), 3)
    0.0
    """
    bins: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for probability, right in pairs:
        bins[min(int(probability * _BINS), _BINS - 1)].append((probability, right))
    gaps = [abs(sum(p for p, _ in b) - sum(r for _, r in b)) for b in bins.values()]
    return sum(gaps) / len(pairs) if pairs else 0.0


def _share(count: int, of: int) -> dict[str, Any]:
    return {"value": round(count / of, 4) if of else None, "count": count, "of": of}


def _closure(path: NodePath) -> set[NodePath]:
    return {path[:depth] for depth in range(1, len(path) + 1)}


def _overlap(pairs: Sequence[tuple[set[NodePath], set[NodePath]]]) -> dict[str, Any]:
    right = sum(len(said & gold) for said, gold in pairs)
    said_count, gold_count = sum(len(said) for said, _ in pairs), sum(len(gold) for _, gold in pairs)
    return {
        "precision": round(right / said_count, 4) if said_count else None,
        "recall": round(right / gold_count, 4) if gold_count else None,
        "f1": round(2 * right / (said_count + gold_count), 4) if said_count + gold_count else None,
        "right": right,
        "said": said_count,
        "gold": gold_count,
    }


def _top(golden: Sequence[NodePath], chances: Sequence[dict[NodePath, float]], most: int) -> dict[str, Any]:
    right = 0
    for gold, chance in zip(golden, chances, strict=True):
        ranked = sorted((node for node in chance if len(node) == 2), key=lambda node: -chance[node])
        right += gold[:2] in ranked[:most]
    return _share(right, len(golden))


def _nodes(primary: Sequence[NodePath], golden: Sequence[NodePath]) -> dict[str, Any]:
    nodes = sorted({node for path in [*primary, *golden] for node in _closure(path)})
    scores = {}
    for node in nodes:
        said = sum(path[: len(node)] == node for path in primary)
        gold = sum(path[: len(node)] == node for path in golden)
        right = sum(p[: len(node)] == node == g[: len(node)] for p, g in zip(primary, golden, strict=True))
        scores[node] = {"f1": round(2 * right / (said + gold), 4), "right": right, "said": said, "gold": gold}
    measured = [score["f1"] for node, score in scores.items() if len(node) == 2 and score["gold"]]
    return {
        "macro_f1": {"value": round(sum(measured) / len(measured), 4) if measured else None, "of": len(measured)},
        "per_node": {" > ".join(node): score for node, score in scores.items()},
    }


def _coverage_at(covered: Sequence[tuple[float, bool]], precision: float, total: int) -> dict[str, Any]:
    """Return how many of the surest texts can be taken before fewer than ``precision`` of them are right."""
    best, right = 0, 0
    for count, (_, good) in enumerate(sorted(covered, key=lambda pair: -pair[0]), 1):
        right += good
        if right >= precision * count:
            best = count
    return _share(best, total)
