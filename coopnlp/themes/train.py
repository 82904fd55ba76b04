"""``coopnlp train themes``: from ``corpus/themes`` to ``models/coop_themes``."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coopnlp.errors import CorpusError, ModelError
from coopnlp.themes.card import FOLDS, model_card
from coopnlp.themes.corpus import Example, read_background, read_examples
from coopnlp.themes.evaluate import score_model, score_predictions
from coopnlp.themes.model import Limits, ThemeModel
from coopnlp.themes.skos import read_taxonomy
from coopnlp.themes.store import write_model
from coopnlp.themes.taxonomy import NodePath

if TYPE_CHECKING:
    from coopnlp.themes.classifier import ThemeClassifier

__all__ = ["fit", "hold_out", "train_themes"]


_PRECISIONS = (0.8, 0.85, 0.9, 0.95, 0.98)
#: Texts above a probability below which a share of right ones says nothing.
_FEWEST = 20
_TEMPERATURES = np.geomspace(0.25, 2.5, 47)
_GRID = np.arange(0.05, 0.96, 0.025)
_SLACK = 0.001

#: Words in a row are no text: at a third of its weight they help a little (dev log-loss 0.417 to 0.415, writers held
#: out of train 0.439 to 0.434).
_GENRE_WEIGHTS = {"vocabulaire": 0.3}

Held = list[tuple[Example, ThemeModel, np.ndarray]]
Predicted = list[tuple[Example, dict[NodePath, float]]]


def train_themes(corpus: Path, output: Path, taxonomy: Path | None = None) -> None:
    """Train on ``train`` (and ``atlas``), calibrate on writers held out, score, write the model and its card.

    Deterministic: the same corpus gives the same model. Scores go to standard
    error. ``dev`` and ``test`` are scored for the card and choose nothing.

    Parameters
    ----------
    corpus
        Folder with ``train``, and optionally ``dev``, ``test``, ``atlas`` (real records, each judged by a model
        that has not seen it) and ``background`` (passages that speak for no theme).
    output
        Folder to write.
    taxonomy
        The nomenclature of the corpus, as SKOS or a table; the atlas where absent.

    Raises
    ------
    CorpusError
        A folder is missing or holds bad data.
    TaxonomyError
        The nomenclature cannot be read.
    ModelError
        The output cannot be written.
    """
    tree = read_taxonomy(taxonomy) if taxonomy is not None else None
    train = read_examples(corpus / "train", tree)
    atlas, dev, test = (
        read_examples(corpus / name, tree) if (corpus / name).is_dir() else [] for name in ("atlas", "dev", "test")
    )
    background = read_background(corpus / "background")
    learnt = fit([*train, *atlas], background).to_model()
    held, unseen = hold_out(train, atlas, background)
    temperature, limits = calibrate(held + unseen, held)
    model = learnt.calibrated(temperature, limits)
    model.precisions = precisions(held + unseen, temperature)
    _say(f"{len(train) + len(atlas)} texts; temperature {temperature:.2f}; limits {limits}")
    scores: dict[str, Any] = {"dev": score_model(model, dev)} if dev else {}
    if unseen:
        chances = [nodes for _, nodes in _predict(unseen, temperature)]
        scores["atlas_cross_validated"] = score_predictions([example for example, _, _ in unseen], chances, model)
    for writer in sorted({example.writer for example in dev if example.writer}):
        scores[f"dev, writer {writer}"] = score_model(model, [e for e in dev if e.writer == writer])
    if test:
        scores["test"] = score_model(model, test)
        for writer in sorted({example.writer for example in test if example.writer}):
            scores[f"test, writer {writer}"] = score_model(model, [e for e in test if e.writer == writer])
    for name, score in scores.items():
        _say(f"{name} ({score['texts']}): {_line(score)}")
    counts = Counter(example.path for example in (*train, *atlas))
    card = model_card(
        scores, counts, (len(train), len(atlas)), (len(held), len(unseen)), temperature, limits,
        reliability(held + unseen, temperature), model.precisions,
    )  # fmt: skip
    try:
        write_model(model, output, {name: _summary(score) for name, score in scores.items()})
        (output / "README.md").write_text(card, encoding="utf-8")
    except OSError as error:
        raise ModelError(f"{output} cannot be written: {error.strerror}. Give another folder.") from error
    _say(f"wrote {output}")


def precisions(folded: Held, temperature: float) -> dict[float, float]:
    """Return, for shares of right sub-themes, the least probability at which the texts above it have that share."""
    pairs = []
    for example, nodes in _predict(folded, temperature):
        best = max((node for node in nodes if len(node) == 2), key=nodes.__getitem__, default=())
        if best:
            pairs.append((nodes[best], best == example.path[:2]))
    pairs.sort(reverse=True)
    found = {}
    for share in _PRECISIONS:
        right = 0
        for count, (chance, good) in enumerate(pairs, 1):
            right += good
            if count >= _FEWEST and right / count >= share:
                found[share] = round(chance, 4)
    return found


def fit(examples: Sequence[Example], background: Sequence[str] = ()) -> ThemeClassifier:
    """Return the estimator learnt from examples, their further themes included, and passages that have none."""
    from coopnlp.themes.classifier import ThemeClassifier, label_of

    return ThemeClassifier().fit(
        [e.text for e in examples],
        [label_of(e.path) for e in examples],
        sample_weight=[_GENRE_WEIGHTS.get(e.genre, 1.0) for e in examples],
        others=[[label_of(p) for p in e.others] for e in examples],
        background=background,
    )


def hold_out(train: Sequence[Example], atlas: Sequence[Example], background: Sequence[str] = ()) -> tuple[Held, Held]:
    """Return texts and records of the atlas, each with a model that has not seen it, and its scores.

    In each fold some writers are held out whole, since a text by a hand that the model knows is easier than what
    strangers write, and with them a share of the records; where there are fewer writers than folds, texts
    are. No fold learns from texts written with a record in mind (``after_atlas``) where there are records, and
    words in a row are not judged. Folds depend on nothing but writers and identifiers.

    Raises
    ------
    CorpusError
        There are fewer texts than folds.
    """
    if len(train) < FOLDS:
        raise CorpusError(f"{len(train)} labelled texts are too few to learn from; give hundreds.")
    texts, records = _folds(train), _folds(atlas, by_writer=False)
    held: Held = []
    unseen: Held = []
    for number in range(FOLDS):
        kept = [
            *(e for fold in texts[:number] + texts[number + 1 :] for e in fold if not (atlas and e.after_atlas)),
            *(e for fold in records[:number] + records[number + 1 :] for e in fold),
        ]
        model = fit(kept, background).to_model()
        held += [(e, model, model.scores(e.views)) for e in texts[number] if e.genre not in _GENRE_WEIGHTS]
        unseen += [(e, model, model.scores(e.views)) for e in records[number]]
    return held, unseen


def _folds(examples: Sequence[Example], by_writer: bool = True) -> list[list[Example]]:
    """Return the examples in folds: whole writers, of much the same size; else each sub-theme in equal shares."""
    sizes = Counter(e.writer for e in examples)
    folds: list[list[Example]] = [[] for _ in range(FOLDS)]
    if by_writer and len(sizes) >= FOLDS:
        for writer, _ in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])):
            min(folds, key=len).extend(e for e in examples if e.writer == writer)
        return folds
    ordered = sorted(examples, key=lambda e: (e.path[:2], hashlib.sha256(e.id.encode()).hexdigest()))
    return [ordered[number::FOLDS] for number in range(FOLDS)]


def calibrate(folded: Held, labelled: Held) -> tuple[float, Limits]:
    """Choose temperature and limits on cross-validated predictions.

    The temperature is the one of least log-loss on the sub-themes; ``depth`` and
    then ``abstain`` the least that come near the best F1 over nodes and their ancestors;
    ``further`` that of best F1, on ``labelled``, of all sub-themes said, the first included,
    against all that a text has. Few records of the atlas have further themes: they do not choose it.
    """
    losses = {t: _log_loss(_predict(folded, t)) for t in _TEMPERATURES}
    temperature = float(min(losses, key=losses.__getitem__))
    predicted = _predict(folded, temperature)
    model = folded[0][1]
    depth = _least({at: _tree_f1(model, predicted, Limits(0.0, at, 2.0)) for at in _GRID})
    abstain = _least({at: _tree_f1(model, predicted, Limits(at, depth, 2.0)) for at in _GRID})
    several = _predict(labelled, temperature)
    further = max(_GRID, key=lambda at: (round(_labels_score(model, several, Limits(0.0, depth, at)), 4), at))
    return round(temperature, 3), Limits(*(round(float(value), 3) for value in (abstain, depth, further)))


def _least(scores: Mapping[float, float]) -> float:
    """Return the least limit within _SLACK of the best score: of two as good, the one that says more."""
    best = max(scores.values())
    return min(at for at, score in scores.items() if score >= best - _SLACK)


def reliability(folded: Held, temperature: float) -> list[tuple[float, float, int]]:
    """Return (mean probability, share right, count) of the first sub-theme in ten bins of probability."""
    bins: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for example, nodes in _predict(folded, temperature):
        best = max((node for node in nodes if len(node) <= 2), key=lambda node: (len(node), nodes[node]))
        bins[min(int(nodes[best] * 10), 9)].append((nodes[best], best == example.path[:2]))
    return [
        (float(np.mean([p for p, _ in b])), float(np.mean([r for _, r in b])), len(b)) for _, b in sorted(bins.items())
    ]


def _predict(folded: Held, temperature: float) -> Predicted:
    return [(example, model.nodes(scores, temperature)) for example, model, scores in folded]


def _log_loss(predicted: Predicted) -> float:
    return -sum(float(np.log(max(nodes.get(e.path[:2], 0.0), 1e-9))) for e, nodes in predicted)


def _tree_f1(model: ThemeModel, predicted: Predicted, limits: Limits) -> float:
    right = said = gold = 0
    for example, nodes in predicted:
        path = next(iter(model.paths(nodes, limits)), ())
        right += sum(a == b for a, b in zip(path, example.path, strict=False) if path[:1] == example.path[:1])
        said, gold = said + len(path), gold + len(example.path)
    return 2 * right / (said + gold)


def _labels_score(model: ThemeModel, predicted: Predicted, limits: Limits) -> float:
    right = said = gold = 0
    for example, nodes in predicted:
        found = {path[:2] for path in model.paths(nodes, limits)}
        labels = {label[:2] for label in (example.path, *example.others)}
        right, said, gold = right + len(found & labels), said + len(found), gold + len(labels)
    return 2 * right / (said + gold) if said + gold else 0.0


def _say(message: str) -> None:
    sys.stderr.write(f"coopnlp: {message}\n")


def _line(score: dict[str, Any]) -> str:
    accuracy = score["accuracy"]
    return (
        f"theme {accuracy['theme']['value']}, sub-theme {accuracy['subtheme']['value']}, "
        f"sub-sub-theme {accuracy['subsubtheme']['value']}, top 3 {score['top_3']['value']}, "
        f"macro F1 {score['macro_f1']['value']}, tree F1 {score['hierarchical']['f1']}, "
        f"labels F1 {score['labels']['f1']}, calibration error {score['calibration_error']}, "
        f"coverage {score['coverage']['value']}"
    )


def _summary(score: dict[str, Any]) -> dict[str, Any]:
    kept = json.loads(json.dumps(score))
    kept.pop("per_node")
    return dict(kept)
