"""Ruling lines in the picture of a page: long thin runs of ink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from coopnlp.extract.pdf_rules import Rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["find_rules"]

#: Pages are looked at in half their 300 dots an inch: hairlines of 0.5 pt are one pixel there.
_REDUCED = 2
#: A rule is 30 pt long or longer (no letter or underline of a short word is), and up to 3 pt thick.
_LONG_PX, _THICK_PX = 62, 6
#: Beside a rule, at a distance of 1 pt, is paper along most of it: rows of bold letters are no rules.
_BESIDE_PX, _BESIDE_INK = 2, 0.3
#: More runs are a picture or grain.
_MAX_RUNS = 20_000


def find_rules(page: Image.Image) -> list[Rule]:
    """Return the rules of a level page of 300 dots an inch, white paper and black ink, in its pixels."""
    small = page.resize((max(1, page.width // _REDUCED), max(1, page.height // _REDUCED)), Image.Resampling.BOX)
    ink = np.asarray(small) < 140
    lying = [(a, y, b, y) for a, b, y in _thin_runs(ink)]
    standing = [(x, a, x, b) for a, b, x in _thin_runs(ink.T)]
    return [Rule(*(_REDUCED * float(v) for v in ends)) for ends in lying + standing]


def _thin_runs(ink: NDArray[np.bool_]) -> list[tuple[float, float, float]]:
    """Return begin, end and middle row of long runs of ink along rows; what is thicker is no rule."""
    runs = _long_runs(ink)
    if len(runs) > _MAX_RUNS:
        return []
    found: list[tuple[float, float, float]] = []
    growing: list[list[int]] = []  # begin, end, first row, last row
    for row, begin, end in [*runs, (1 << 30, 0, 0)]:
        still = []
        for rule in growing:
            if rule[3] < row - 1:
                if rule[3] - rule[2] < _THICK_PX and _stands_alone(ink, *rule):
                    found.append((rule[0], rule[1], (rule[2] + rule[3] + 1) / 2))
            else:
                still.append(rule)
        growing = still
        home = next((rule for rule in growing if begin < rule[1] and rule[0] < end), None)
        if home is None:
            growing.append([begin, end, row, row])
        else:
            home[0], home[1], home[3] = min(home[0], begin), max(home[1], end), row
    return found


def _stands_alone(ink: NDArray[np.bool_], begin: int, end: int, first: int, last: int) -> bool:
    above, below = first - 1 - _BESIDE_PX, last + 1 + _BESIDE_PX
    return all(ink[row, begin:end].mean() <= _BESIDE_INK for row in (above, below) if 0 <= row < ink.shape[0])


def _long_runs(ink: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Return row, begin and end of each run of ink that is long enough, row by row; a gap of one pixel is bridged."""
    whole = ink.copy()
    whole[:, 1:-1] |= ink[:, :-2] & ink[:, 2:]
    edges = np.diff(np.pad(whole.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, begins = np.nonzero(edges == 1)
    _, ends = np.nonzero(edges == -1)
    long = ends - begins >= _LONG_PX
    return list(zip(rows[long].tolist(), begins[long].tolist(), ends[long].tolist(), strict=True))
