"""Scores of entities against gold: exact and partial, per label, with counts.

The measure is that of the annotation guide's scorer: *exact* is the same start,
end and label; *partial* the same label on overlapping spans, each span once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coopnlp.training.augment import add_errors
from coopnlp.training.confusion import confusion
from coopnlp.training.corpus import Annotated, read_gold
from coopnlp.training.standoff import read_standoff

__all__ = ["Score", "evaluate_entities", "score_entities"]

Spans = Iterable[tuple[int, int, str]]

_SEED = 0  # of the errors of --noise: two runs score the same copy


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
    return _scores((document, predicted[document.id]) for document in gold)


def _scores(pairs: Iterable[tuple[Annotated, Spans]]) -> dict[str, Score]:
    scores: dict[str, Score] = defaultdict(Score)
    for document, spans in pairs:
        truth, found = set(document.entities), set(spans)
        for label in {e[2] for e in truth | found}:
            g = sorted(e for e in truth if e[2] == label)
            p = sorted(e for e in found if e[2] == label)
            scores[label] += Score(len(set(g) & set(p)), _overlapping(g, p), len(p), len(g))
    ordered = dict(sorted(scores.items(), key=lambda item: (-item[1].gold, item[0])))
    ordered["micro"] = sum(scores.values(), Score())
    return ordered


def evaluate_entities(gold: Path, *, sources: Path | None = None, noise: float | None = None) -> dict[str, Any]:
    """Score the shipped pipeline on gold: a stand-off file, a marked file or a folder of those.

    Parameters
    ----------
    sources
        The folder of the documents, where ``gold`` annotates passages of them (:mod:`coopnlp.training.standoff`).
    noise
        Also score a copy with this share of its characters misread
        (:func:`coopnlp.training.augment.add_errors`, a fixed seed), as ``noisy``.

    Returns
    -------
    dict
        ``gold``, ``documents``, ``scores`` by label and under ``micro`` their sum,
        ``confusion`` (:mod:`coopnlp.training.confusion`); ``by_genre`` with the same scores for
        each folder below ``gold`` that documents lie in; ``noisy``.

    Raises
    ------
    CorpusError
        The gold is missing or malformed.
    """
    genres = list(_by_genre(gold) if sources is None else (("", p) for p in read_standoff(gold, sources)))
    documents = [document for _, document in genres]
    pairs = _predicted(documents)
    report = {"gold": str(gold), **_summary(pairs), "confusion": confusion(pairs)}
    names = sorted({genre for genre, _ in genres})
    if names not in ([], [""]):
        report["by_genre"] = {
            name or ".": _summary([pair for (genre, _), pair in zip(genres, pairs, strict=True) if genre == name])
            for name in names
        }
    if noise is not None:
        noisy = _predicted([add_errors(document, noise, _SEED) for document in documents])
        report["noisy"] = {"rate": noise, "seed": _SEED, **_summary(noisy)}
    return report


def _by_genre(gold: Path) -> Iterable[tuple[str, Annotated]]:
    """Yield the documents with the folder that they lie in, from ``gold`` on: empty for those of ``gold`` itself."""
    if not gold.is_dir():
        yield from (("", document) for document in read_gold(gold))
        return
    folders = sorted({path.parent for path in gold.rglob("*.txt")})
    if not folders:
        yield from (("", document) for document in read_gold(gold))  # which says what is wrong
    for folder in folders:
        name = folder.relative_to(gold).as_posix()
        for path in sorted(folder.glob("*.txt")):
            yield from (("" if name == "." else name, document) for document in read_gold(path))


def _predicted(documents: Sequence[Annotated]) -> list[tuple[Annotated, list[tuple[int, int, str]]]]:
    from coopnlp.api import load

    nlp = load()
    pairs = []
    for document in documents:
        with nlp.memory_zone():
            doc = nlp(document.text)
            pairs.append((document, [(e.start_char, e.end_char, e.label_) for e in doc.ents]))
    return pairs


def _summary(pairs: Sequence[tuple[Annotated, Spans]]) -> dict[str, Any]:
    scores = {label: score.to_json() for label, score in _scores(pairs).items()}
    return {"documents": len(pairs), "scores": scores}
