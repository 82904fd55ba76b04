"""The ink of a page that OCR left unread, for a second look.

Tesseract drops words that do not fit its idea of the page: a number in a margin,
a word between two blurred ones. Nothing of a page is to be lost silently.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coopnlp.extract.pdf_rules import Rule
    from coopnlp.extract.tesseract import ReadWord

__all__ = ["unread_ink"]

#: Ink is looked for in a picture of 75 dots an inch: letters of 10 points are 5 to 9 pixels high.
_REDUCED = 4
#: Blocks of 4 mm with this share of ink are pictures or dark fields.
_BLOCK, _PICTURE = 12, 0.6
#: Ink within this distance is one region: the letters of a word, not two lines.
_NEAR_X, _NEAR_Y = 5, 1
#: A region of writing is as high as type of 6 to 36 points, has the ink of a figure of 10 points, and paper in it,
#: or is as narrow as a figure 1.
_LOW, _HIGH, _LEAST_INK, _FILLED, _NARROW = 4, 36, 10, 0.8, 0.4


def unread_ink(page: Image.Image, words: Sequence[ReadWord], rules: Sequence[Rule]) -> Image.Image | None:
    """Return the page with only the ink that may be writing and is in no word; None where there is none.

    Parameters
    ----------
    page
        A mended page of 300 dots an inch; words and rules in its pixels.
    """
    rest = page.copy()
    draw = ImageDraw.Draw(rest)
    for word in words:
        draw.rectangle((word.x0 - 4, word.top - 4, word.x1 + 4, word.bottom + 4), fill=255)
    for rule in rules:
        draw.rectangle((rule.x0 - 6, rule.top - 6, rule.x1 + 6, rule.bottom + 6), fill=255)
    small = rest.resize((max(1, rest.width // _REDUCED), max(1, rest.height // _REDUCED)), Image.Resampling.BOX)
    ink = np.asarray(small) < 128
    ink = ink & ~_pictures(ink)
    kept = Image.new("L", page.size, 255)
    found = False
    for top, bottom, left, right in _regions(ink):
        inside = ink[top:bottom, left:right]
        open_or_narrow = inside.mean() <= _FILLED or right - left <= _NARROW * (bottom - top)
        if _LOW <= bottom - top <= _HIGH and inside.sum() >= _LEAST_INK and open_or_narrow:
            # a pixel around: the coarse picture lost the soft edges
            x, y = max(0, left - 1) * _REDUCED, max(0, top - 1) * _REDUCED
            kept.paste(rest.crop((x, y, (right + 1) * _REDUCED, (bottom + 1) * _REDUCED)), (x, y))
            found = True
    return kept if found else None


def _pictures(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    tall, wide = -(-ink.shape[0] // _BLOCK), -(-ink.shape[1] // _BLOCK)
    padded = np.pad(ink, ((0, tall * _BLOCK - ink.shape[0]), (0, wide * _BLOCK - ink.shape[1])))
    dark = padded.reshape(tall, _BLOCK, wide, _BLOCK).mean(axis=(1, 3)) > _PICTURE
    whole: NDArray[np.bool_] = np.kron(dark, np.ones((_BLOCK, _BLOCK), dtype=bool))[: ink.shape[0], : ink.shape[1]]
    return whole


def _regions(ink: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """Return top, bottom, left and right of what hangs together, gaps between letters bridged."""
    edges = np.diff(np.pad(ink.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    runs = zip(*np.nonzero(edges == 1), np.nonzero(edges == -1)[1], strict=True)
    done: list[tuple[int, int, int, int]] = []
    growing: list[tuple[int, int, int, int]] = []
    at = -1
    for row, left, right in ((int(a), int(b), int(c)) for a, b, c in runs):
        if row != at:
            at = row
            done += [region for region in growing if region[1] < row - _NEAR_Y]
            growing = [region for region in growing if region[1] >= row - _NEAR_Y]
        touching = [r for r in growing if r[2] - _NEAR_X < right and left < r[3] + _NEAR_X]
        if touching:
            growing = [r for r in growing if not (r[2] - _NEAR_X < right and left < r[3] + _NEAR_X)]
        tops, bottoms, lefts, rights = zip(*touching, (row, row + 1, left, right), strict=True)
        growing.append((min(tops), max(bottoms), min(lefts), max(rights)))
    return done + growing
