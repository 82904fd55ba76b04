"""The model card of the theme classifier, written from the scores of the run that made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coopnlp.themes.model import Limits
from coopnlp.themes.taxonomy import NodePath

__all__ = ["FOLDS", "model_card"]

FOLDS = 5  # of the cross-validation that calibrates


def model_card(
    scores: Mapping[str, Mapping[str, Any]],
    counts: Mapping[NodePath, int],
    learnt: tuple[int, int],
    calibrating: tuple[int, int],
    temperature: float,
    limits: Limits,
    reliability: Sequence[tuple[float, float, int]],
    precisions: Mapping[float, float],
) -> str:
    """Return the card as Markdown.

    Parameters
    ----------
    scores
        Of each set (:func:`coopnlp.themes.evaluate.score_model`); ``dev`` may be among them.
    counts
        Training texts of each label.
    learnt, calibrating
        How many written texts and how many records of the atlas.
    temperature, limits
        Of the model.
    reliability
        (mean probability, share right, count) of each bin.
    precisions
        Share of right sub-themes and the least probability for it.
    """
    rows = "\n".join(_row(name, score) for name, score in scores.items())
    nodes = "\n".join(
        _node(name, score)
        for name, score in scores.get("dev", {"per_node": {}})["per_node"].items()
        if name.count(" > ") == 1
    )
    curve = "\n".join(f"| {said:.2f} | {right:.2f} | {count} |" for said, right, count in reliability)
    asked = "\n".join(f"| {share} | {least:.2f} |" for share, least in sorted(precisions.items()))
    labels = "\n".join(f"| {' > '.join(path)} | {counts[path]} |" for path in sorted(counts))
    return f"""# coop_themes

Puts French project descriptions on the nomenclature of the French atlas of
decentralised cooperation (`coopnlp/themes/data/atlas.tsv`). Written by
`coopnlp train themes`; do not edit.

**What it is.** Two TF-IDF views (words and pairs of words; pieces of words of 3
to 5 letters) and the mean of word vectors, into one logistic regression over
the sub-themes and a local one below each sub-theme that has parts. The
probability of a theme is the sum over its sub-themes. Arrays and JSON, no
pickle; using it needs NumPy only.

**Learnt from** {learnt[0]} texts written for this project and {learnt[1]} records of the
atlas with summaries in our own words (`corpus/themes/README.md`).

**Calibration.** Scores are divided by {temperature} before the softmax. This and the
limits below were chosen on {calibrating[0]} texts of dev, most of them by writers that
the model had not read, and {calibrating[1]} records of the atlas, each judged by a model that
had not seen it ({FOLDS}-fold cross-validation).

| limit | value | chosen for |
|---|---|---|
| depth | {limits.depth} | best F1 over nodes and their ancestors |
| abstain | {limits.abstain} | best F1 over nodes and their ancestors |
| further | {limits.further} | best F1 of all sub-themes said, on the written texts |

## Scores

Share of texts whose primary path is right at each level; what abstains or stops
short counts as wrong. `atlas_cross_validated`: each record by a model that saw
neither it nor the texts written with a record in mind; the other texts were
written by someone who had read the records, and the limits were chosen on it
too, so it flatters. Writer E of the dev
set is the hand of writer D of the training set, and flatters more.

Top 3 and macro F1 are of sub-themes, tree F1 of nodes and their ancestors of the
primary path, labels F1 of all sub-themes said against all a text has; ECE is the
expected calibration error of the primary sub-theme.

| set | texts | theme | sub-theme | sub-sub-theme | top 3 | macro F1 | tree F1 | labels F1 | ECE | coverage |
|---|---|---|---|---|---|---|---|---|---|---|
{rows}

Dev by sub-theme:

| sub-theme | F1 | right | said | gold |
|---|---|---|---|---|
{nodes}

For a share of right sub-themes, the probability that the first one must have (`classify
--precision`), on the same texts:

| share right | least probability |
|---|---|
{asked}

Reliability of the first sub-theme on the same texts:

| probability said | share right | texts |
|---|---|---|
{curve}

## What it does not do

Further themes are weak: on dev one in seven is a further theme of its text,
more are its primary one. It reads words, not facts: a mobility project that its administrator files under
environment for its purpose is put under transport. Lively prose that never
names its field is often wrong, or gets a low probability. French only.

## Training texts by label

| label | texts |
|---|---|
{labels}
"""


def _row(name: str, score: Mapping[str, Any]) -> str:
    accuracy = score["accuracy"]
    values = [
        *(accuracy[level]["value"] for level in ("theme", "subtheme", "subsubtheme")),
        score["top_3"]["value"], score["macro_f1"]["value"], score["hierarchical"]["f1"], score["labels"]["f1"],
        score["calibration_error"], score["coverage"]["value"],
    ]  # fmt: skip
    shown = " | ".join("" if value is None else f"{value:.3f}" for value in values)
    return f"| {name} | {score['texts']} | {shown} |"


def _node(name: str, score: Mapping[str, Any]) -> str:
    return f"| {name} | {score['f1']:.2f} | {score['right']} | {score['said']} | {score['gold']} |"
