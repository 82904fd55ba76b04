"""The picture of a page to words and ruling lines in the frame that the layout reads: OCR as one more source of words.

The picture is mended and set upright, Tesseract reads it, and what ink it left
unread (numbers in a margin, labels beside columns) is shown to it once more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from coopnlp.extract import page_image
from coopnlp.extract.ocr_misread import is_splinter, mend_words
from coopnlp.extract.page_edges import clean_edges, positive
from coopnlp.extract.pdf_rules import Rule
from coopnlp.extract.scan_rules import find_rules
from coopnlp.extract.scan_unread import unread_ink
from coopnlp.extract.tesseract import ReadWord, read_picture

__all__ = ["Scan", "mean_confidence", "read_scan"]

#: Under this mean confidence the page may be upside down: upright pages, the noisy ones of
#: ``tests/benchmarks/ocr_errors.py`` and scanned council reports, had 88 and more.
_UPRIGHT = 60.0
#: Lines and columns of a page stand out this much more than each other, or it is tried both ways.
_CLEAR = 1.5
#: What was only seen at the second look must be sure and hold a letter or a figure: much of it is pictures.
_SURE = 60.0


#: Darker than this is ink on a mended page; this share of a box, cut off by paper at its edge, is another word's.
_INK, _SLIVER = 110, 0.12


@dataclass(slots=True)
class Scan:
    """What was read on a page: words in reading order and rules, in points from the top left of the upright page.

    ``turn`` is how many quarter turns counter-clockwise set the picture upright.
    ``left_out`` are words of the second look that were not sure enough.
    """

    width: float
    height: float
    turn: int
    words: list[ReadWord]
    rules: list[Rule]
    left_out: list[str]


def read_scan(image: Image.Image, dpi: float, name: str) -> Scan:
    """Read a page.

    The frame is the page set upright and level: where it lay askew, its corners
    are not those of the picture.

    Parameters
    ----------
    image
        In grey (mode ``L``).
    name
        What to call the document in errors.

    Raises
    ------
    TimedOut
        Tesseract was stopped at its time limit.
    UnreadableFile
        Tesseract could not be run.
    """
    image = clean_edges(positive(image), dpi)
    best: Scan | None = None
    for turn in _turns(page_image.sideways_share(image, dpi)):
        scan = _read_turned(image, dpi, turn, name)
        if best is None or _worth(scan) > _worth(best):
            best = scan
        if scan.words and mean_confidence(scan.words) >= _UPRIGHT:
            break
    assert best is not None
    return best


def _turns(sideways: float) -> tuple[int, ...]:
    """Return the quarter turns to try, the likely ones first."""
    if sideways == 0.0:
        return (0,)
    if sideways < 1:
        return (0, 2) if sideways < 1 / _CLEAR else (0, 2, 1, 3)
    return (1, 3) if sideways > _CLEAR else (1, 3, 0, 2)


def _read_turned(image: Image.Image, dpi: float, turn: int, name: str) -> Scan:
    upright = image.rotate(90 * turn, expand=True) if turn else image
    mended, at_dpi, _ = page_image.mend(upright, dpi)
    point = 72 / at_dpi
    words = read_picture(mended, at_dpi, name)
    _tighten(mended, words)
    rules = find_rules(mended)
    left_out: list[str] = []
    rest = unread_ink(mended, words, rules)
    if rest is not None:
        lines = 1 + max((word.line for word in words), default=0)
        second = read_picture(rest, at_dpi, name, one_block=True)
        _tighten(rest, second)
        first = list(words)
        for word in second:
            if not any(c.isalnum() for c in word.text):
                continue
            if word.confidence < _SURE or is_splinter(word, first):
                left_out.append(word.text)
            else:
                word.line += lines
                words.append(word)
    words = mend_words(words)
    for word in words:
        word.x0, word.top, word.x1, word.bottom = (
            round(v * point, 2) for v in (word.x0, word.top, word.x1, word.bottom)
        )
    in_points = [Rule(*(round(v * point, 2) for v in (r.x0, r.top, r.x1, r.bottom))) for r in rules]
    return Scan(mended.width * point, mended.height * point, turn, words, in_points, left_out)


def _tighten(mended: Image.Image, words: list[ReadWord]) -> None:
    """Draw in the boxes to the ink of their words: Tesseract gives many words the height of their line."""
    ink = np.asarray(mended) < _INK
    for word in words:
        top, left = max(0, int(word.top)), max(0, int(word.x0))
        inside = np.asarray(ink[top : int(word.bottom) + 1, left : int(word.x1) + 1].any(axis=1))
        rows = np.flatnonzero(inside)
        if not len(rows):
            continue
        first, last = int(rows[0]), int(rows[-1])
        # a sliver at the edge is the foot of a letter of the line above, or the head of one below
        sliver = _SLIVER * inside.size
        blanks = np.flatnonzero(~inside)
        if first == 0 and len(blanks) and blanks[0] <= sliver:
            first = int(rows[rows > blanks[0]][0]) if (rows > blanks[0]).any() else first
        if last == inside.size - 1 and len(blanks) and last - blanks[-1] <= sliver:
            last = int(rows[rows < blanks[-1]][-1]) if (rows < blanks[-1]).any() else last
        if last > first:
            word.top, word.bottom = float(top + first), float(top + last + 1)


def mean_confidence(words: list[ReadWord]) -> float:
    """Return the mean confidence, 0 to 100, each word weighing as many as it has characters; 0 without words."""
    total = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / total if total else 0.0


def _worth(scan: Scan) -> float:
    """Return how much was read for sure: the characters of words over the middle of the scale, by confidence."""
    return sum((word.confidence - 50) * len(word.text) for word in scan.words)
