"""Linear models over sets of features, as JSON that can run no code.

``models/coop_records/pairs.json`` says which pairs of bodies cooperate and how,
``grants.json`` which sums are given by whom, ``years.json`` of what year they are;
``coopnlp train records`` makes them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from coopnlp.errors import ModelError
from coopnlp.resources import model_folder

__all__ = ["FORMAT", "GRANTS", "PAIRS", "YEARS", "Linear", "read_weights", "shipped", "write_weights"]

FORMAT = 1
PAIRS, GRANTS, YEARS = "pairs.json", "grants.json", "years.json"


@dataclass(frozen=True)
class Linear:
    """A logistic regression: ``weights`` of features, ``bias``, the least probability that counts as yes.

    ``classes`` are further decisions about what passed, each with weights of its own.
    """

    weights: Mapping[str, float]
    bias: float
    threshold: float
    classes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def probability(self, features: Iterable[str]) -> float:
        """Return the probability of yes, in [0, 1]; features never seen in training count nothing."""
        total = self.bias + sum(self.weights.get(feature, 0.0) for feature in features)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def class_probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """Return the probability of each class of something that passed; they sum to 1."""
        known = list(features)
        totals = {name: sum(weights.get(f, 0.0) for f in known) for name, weights in self.classes.items()}
        top = max(totals.values())
        parts = {name: math.exp(total - top) for name, total in totals.items()}
        whole = sum(parts.values())
        return {name: part / whole for name, part in parts.items()}


def write_weights(model: Linear, path: Path) -> None:
    """Write a model as JSON, three decimals a weight, the smallest left out."""
    path.parent.mkdir(parents=True, exist_ok=True)

    def kept(weights: Mapping[str, float]) -> dict[str, float]:
        return {name: round(value, 3) for name, value in sorted(weights.items()) if abs(value) >= 0.005}

    data = {
        "format": FORMAT,
        "bias": round(model.bias, 4),
        "threshold": model.threshold,
        "weights": kept(model.weights),
        "classes": {name: kept(weights) for name, weights in model.classes.items()},
    }
    path.write_text(json.dumps(data, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")


def read_weights(path: Path) -> Linear:
    """Read what :func:`write_weights` wrote.

    Raises
    ------
    ModelError
        The file is missing, damaged, or of another version of the format.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise ModelError(
                f"{path}: format {data['format']}, this version reads {FORMAT}. Run `coopnlp train records`."
            )
        return Linear(data["weights"], float(data["bias"]), float(data["threshold"]), data["classes"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{path} holds no readable weights: {error}. Reinstall coopnlp, or `coopnlp train records`."
        ) from error


@cache
def shipped(name: str) -> Linear:
    """Return the model that ships, read once: :data:`PAIRS`, :data:`GRANTS` or :data:`YEARS`.

    Raises
    ------
    ModelError
        It is missing or damaged.
    """
    return read_weights(model_folder("coop_records") / name)
