"""How probable an entity is: what the tagger gives its span and label, calibrated on documents it did not learn.

The lattice of the tagger says how probable it is that exactly this span has
this label, and that it has any label. Rules decide some entities against the
tagger (sums, dates, the role of a funder), so these two and whether a rule reads
such values are weighed by a logistic model, fitted on the dev split
(:func:`coopnlp.training.entities.calibrate`): among entities given 0.8, eight in
ten should be right. The model card reports how far that holds on test.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from coopnlp.pipeline.crf import Lattice
from coopnlp.pipeline.tagger import CALIBRATION, LABELS, SCORES, TRANSITIONS, paragraphs

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from spacy.tokens import Doc, Span

__all__ = ["evidence", "probabilities"]

_LEAST = 1e-4


def evidence(doc: Doc, spans: Iterable[Span]) -> NDArray[np.float64]:
    """Return what is known of each span, shape ``(spans, 3)``: log-odds of span and label, of span, read by a rule."""
    spans = list(spans)
    scores, transitions = doc.user_data[SCORES], doc.user_data[TRANSITIONS]
    labels: list[str] = doc.user_data[LABELS]
    borders = paragraphs(doc)
    home = {i: number for number, (start, end) in enumerate(borders) for i in range(start, end)}
    wanted = sorted({home[span.start] for span in spans})
    place = {number: row for row, number in enumerate(wanted)}
    table = np.zeros((len(spans), 3))
    if not spans:
        return table
    lattice = Lattice([scores[slice(*borders[number])] for number in wanted], transitions)
    for row, span in enumerate(spans):
        number = home[span.start]
        start, end = span.start - borders[number][0], min(span.end, borders[number][1]) - borders[number][0]
        each = [lattice.span_probability(place[number], (start, end, k)) for k in range(len(labels))]
        table[row] = (
            _log_odds(each[labels.index(span.label_)]),
            _log_odds(sum(each)),
            span.label_ in ("AMOUNT", "DATE"),
        )
    return table


def probabilities(doc: Doc, spans: Iterable[Span]) -> list[float]:
    """Return how probable it is that each span is an entity of its label, between 0 and 1.

    ``doc`` must come from a pipeline with ``coop_tagger``.
    """
    weights = np.asarray(doc.user_data[CALIBRATION])
    sums = evidence(doc, spans) @ weights[1:] + weights[0]
    return [round(float(p), 4) for p in 1 / (1 + np.exp(-sums))]


def _log_odds(p: float) -> float:
    p = min(max(p, _LEAST), 1 - _LEAST)
    return float(np.log(p / (1 - p)))
