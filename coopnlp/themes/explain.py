"""Which words and phrases decided, true to the linear model."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from coopnlp.text import plain_spaces
from coopnlp.themes.features import Gram
from coopnlp.themes.vectoriser import Vectoriser

__all__ = ["terms_of"]

_MOST_TERMS = 8
# A word that moves the log-odds by less than this is noise to a reader.
_LEAST_WEIGHT = 0.05


def terms_of(
    parts: Sequence[tuple[str, list[Gram], float]], vectoriser: Vectoriser, direction: np.ndarray
) -> tuple[tuple[str, float], ...]:
    """Return (words, weight) pairs that speak for a theme, strongest first, at most eight.

    The weight of a word is what its feature, its pieces and its meaning add to
    the log-odds along ``direction``, over all its occurrences in all views; that of a phrase
    what the pair of words adds on top. Only what is in the text is named, as
    the text writes it, in lower case.

    Parameters
    ----------
    parts
        Each view of the project, all its features, and its share in the scores.
    vectoriser
        That of the model.
    direction
        Log-odds a unit of each feature, shape (features,).
    """
    weight: defaultdict[str, float] = defaultdict(float)
    shown: dict[str, str] = {}
    for text, found, share in parts:
        columns, values, _ = vectoriser.row(found)
        effect = dict(zip(columns.tolist(), (share * values * direction[columns]).tolist(), strict=True))
        repeats = Counter(gram.kind + gram.form for gram in found)
        form = ""
        for gram in found:  # a word comes before its pieces, and before the pair that it ends
            key = gram.kind + gram.form
            if gram.kind == "w":
                form = gram.form
            name = gram.form if gram.kind == "p" else form
            weight[name] += effect.get(vectoriser.vocabulary.get(key, -1), 0.0) / repeats[key]
            shown.setdefault(name, plain_spaces(" ".join(text[gram.start : gram.end].lower().split())))
        for gram, meaning in vectoriser.meaning_shares(found):
            weight[gram.form] += share * float(meaning @ direction[len(vectoriser.vocabulary) :])
    ranked = sorted(weight, key=lambda name: (-weight[name], name))
    return tuple((shown[n], round(weight[n], 4)) for n in ranked[:_MOST_TERMS] if weight[n] >= _LEAST_WEIGHT)
