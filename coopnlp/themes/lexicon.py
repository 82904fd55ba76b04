"""What words mean, for words that no training text holds: a small table of word vectors.

:mod:`coopnlp.themes.lexicon_build` makes it; what it was made from is in
``data/README.md``. Reading it needs NumPy only.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from coopnlp.errors import ModelError
from coopnlp.resources import data_file

__all__ = ["Lexicon", "load_lexicon"]


class Lexicon:
    """Unit vectors of folded words.

    Parameters
    ----------
    words
        Folded words, in the order of the rows.
    rows
        Shape (words, dimensions), int8; a row is a direction, its length means nothing.
    """

    def __init__(self, words: list[str], rows: np.ndarray) -> None:
        self._row = {word: number for number, word in enumerate(words)}
        self._rows = rows
        self.dimensions = int(rows.shape[1])

    def vector(self, word: str) -> np.ndarray | None:
        """Return the unit vector of a folded word, float32, or None for a word that is not there."""
        row = self._row.get(word)
        if row is None:
            return None
        vector = self._rows[row].astype(np.float32)
        return np.asarray(vector / (np.linalg.norm(vector) or 1.0), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._row)


@cache
def load_lexicon() -> Lexicon:
    """Read the table that ships.

    Raises
    ------
    ModelError
        It is missing or damaged.
    """
    file = data_file("themes", "lexicon.npz")
    try:
        with np.load(file, allow_pickle=False) as arrays:
            words, rows = bytes(arrays["words"]).decode("utf-8").split("\n"), arrays["rows"]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{file} is damaged: {error}. Reinstall coopnlp.") from error
    return Lexicon(words, rows)
