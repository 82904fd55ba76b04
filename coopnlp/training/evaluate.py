"""Scores of entities against gold: exact and partial, per label, with counts.

The measure is that of the annotation guide's scorer: *exact* is the same start,
end and label; *partial* the same label on overlapping spans, each span once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coopnlp.training.corpus import Annotated

__all__ = ["Score", "score_entities"]

Spans = Iterable[tuple[int, int, str]]


@dataclass(frozen=True)
class Score:
    """Counts of one label (or of all): exact and partial matches, predicted, gold."""

    exact: int = 0
    partial: int = 0
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.exact + other.exact,
            self.partial + other.partial,
            self.predicted + other.predicted,
            self.gold + other.gold,
        )

    @staticmethod
    def _f(matches: int, predicted: int, gold: int) -> float:
        return 2 * matches / (predicted + gold) if predicted + gold else 0.0

    @property
    def precision(self) -> float:
        return self.exact / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.exact / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        return self._f(self.exact, self.predicted, self.gold)

    @property
    def partial_f1(self) -> float:
        return self._f(self.partial, self.predicted, self.gold)

    def to_json(self) -> dict[str, float | int]:
        """Return rounded scores and the counts behind them."""
        return {
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
            "partial_f1": round(self.partial_f1, 4),
            "predicted": self.predicted,
            "gold": self.gold,
        }


def _overlapping(gold: list[tuple[int, int, str]], predicted: list[tuple[int, int, str]]) -> int:
    used: set[int] = set()
    for start, end, _ in gold:
        for i, (p_start, p_end, _) in enumerate(predicted):
            if i not in used and p_start < end and start < p_end:
                used.add(i)
                break
    return len(used)


def score_entities(gold: Iterable[Annotated], predicted: Mapping[str, Spans]) -> dict[str, Score]:
    """Return a score per label, and under ``"micro"`` the sum, most frequent label first.

    ``predicted`` maps document ids to spans (start, end, label) in the gold's text.
    """
    scores: dict[str, Score] = defaultdict(Score)
    for document in gold:
        truth, found = set(document.entities), set(predicted[document.id])
        for label in {e[2] for e in truth | found}:
            g = sorted(e for e in truth if e[2] == label)
            p = sorted(e for e in found if e[2] == label)
            scores[label] += Score(len(set(g) & set(p)), _overlapping(g, p), len(p), len(g))
    ordered = dict(sorted(scores.items(), key=lambda item: (-item[1].gold, item[0])))
    ordered["micro"] = sum(scores.values(), Score())
    return ordered
