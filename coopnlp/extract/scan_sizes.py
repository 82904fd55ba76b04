"""Words of OCR as the layout wants them: sizes of type, and boxes from ascender to descender.

A box of OCR ends where the ink of its letters does, and is off by a pixel of the
scanner here and there. So a line counts as larger or smaller than the body only
where its height and its width both say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from coopnlp.extract.pdf_words import Word

if TYPE_CHECKING:
    from coopnlp.extract.layout import Line
    from coopnlp.extract.tesseract import ReadWord

__all__ = ["level_sizes", "to_words"]

#: Heights over the size of type (Times, Helvetica, Courier: x-height 0.45 to 0.52, capitals and ascenders 0.66
#: to 0.72, descenders 0.21).
_X_HEIGHT, _ASCENT, _DESCENT = 0.47, 0.69, 0.21
_LOW = frozenset("acemnorsuvwxzıœæ")
_HANGING = frozenset("gjpqyçÇQ,;()[]/§")
_FLAT = frozenset(".,;:-–—_'’\"«»·•…*°=+~^`´")
#: Widths over the size of type, rounded from Times; what counts is the ratio of lines on one page.
_NARROW, _WIDE = frozenset("ijlftrI1'’.,:;!()[]-"), frozenset("mwMW%œæŒÆ")
_WIDTHS = {"narrow": 0.29, "wide": 0.83, "capital": 0.67, "other": 0.48}
#: Lines within this of the body's size are of its size; headings are larger by a sixth or more.
_SAME = 0.08
#: Other sizes within this of each other are one.
_NEAR = 0.12
#: What parts a word from the next where its box did not.
_GAP_PT = 0.5
#: The size of a page on which nothing can be measured.
_DEFAULT_PT = 10.0


def to_words(read: Sequence[ReadWord]) -> list[tuple[Word, ReadWord]]:
    """Return words in points with their sizes, a run for each line of Tesseract's, each with what it was made from."""
    lines: dict[int, list[ReadWord]] = {}
    for word in read:
        line = lines.setdefault(word.line, [])
        if line and line[-1].x0 < word.x0 < line[-1].x1:
            # Tesseract lets some boxes run on over the words that follow
            line[-1] = replace(line[-1], x1=word.x0 - _GAP_PT)
        line.append(word)
    sizes = _sizes(lines)
    words = []
    for number, line in lines.items():
        size = sizes[number]
        bases = [word.bottom - _DESCENT * size * _hangs(word.text) for word in line]
        # points and dashes alone say little of where the line is
        usual = median([b for word, b in zip(line, bases, strict=True) if not _is_flat(word.text)] or bases)
        for word, own in zip(line, bases, strict=True):
            # where a line bends, or two columns were read as one, the word's own base line is nearer
            base = usual if abs(own - usual) < 0.35 * size or _is_flat(word.text) else own
            box = (word.x0, base - 0.9 * size, word.x1, base + 0.25 * size)
            words.append((Word(word.text, *box, size=size, bold=False, run=number), word))
    return words


def level_sizes(pages: Sequence[Sequence[Line]]) -> None:
    """Give the lines that OCR read on all pages one size where they are near: a heading is one on every page."""
    lines = [line for page in pages for line in page if line.confidence is not None and line.table is None]
    steps = _steps([(line.size, len(line.text)) for line in lines])
    for line in lines:
        line.size = steps[line.size]


def _sizes(lines: dict[int, list[ReadWord]]) -> dict[int, float]:
    """Return the size of type of each line, in points."""
    heights, widths = _line_heights(lines), _line_widths(lines)
    if not heights:
        return dict.fromkeys(lines, _DEFAULT_PT)
    letters = {number: sum(len(word.text) for word in line) for number, line in lines.items()}
    body_height = _weighted_median([(h, letters[n]) for n, h in heights.items()])
    body_width = _weighted_median([(w, letters[n]) for n, w in widths.items()])
    ratios: dict[int, float] = {}
    for number in lines:
        tall = heights.get(number, body_height) / body_height
        wide = widths.get(number, body_width) / body_width
        ratio = min(tall, wide) if tall > 1 < wide else max(tall, wide) if tall < 1 > wide else 1.0
        ratios[number] = 1.0 if abs(ratio - 1) <= _SAME else ratio
    steps = _steps([(ratio, letters[number]) for number, ratio in ratios.items() if ratio != 1.0])
    return {number: round(2 * body_height * steps.get(ratio, 1.0)) / 2 for number, ratio in ratios.items()}


def _line_heights(lines: dict[int, list[ReadWord]]) -> dict[int, float]:
    """Return the size of type that the heights of a line's words speak for; lines of mere points have none."""
    found = {}
    for number, line in lines.items():
        ems = [((w.bottom - w.top) / _share(w.text), len(w.text)) for w in line if not _is_flat(w.text)]
        if ems:
            found[number] = _weighted_median(ems)
    return found


def _line_widths(lines: dict[int, list[ReadWord]]) -> dict[int, float]:
    found = {}
    for number, line in lines.items():
        nominal = sum(_width(c) for word in line for c in word.text)
        if not all(_is_flat(word.text) for word in line):
            found[number] = sum(word.x1 - word.x0 for word in line) / nominal
    return found


def _weighted_median(values: Sequence[tuple[float, int]]) -> float:
    half = sum(weight for _, weight in values) / 2
    for value, weight in sorted(values):
        half -= weight
        if half <= 0:
            return value
    return _DEFAULT_PT


def _steps(ratios: Sequence[tuple[float, int]]) -> dict[float, float]:
    """Return one ratio for all that are near each other; each comes with its number of letters."""
    groups: list[list[tuple[float, int]]] = []
    for ratio, weight in sorted(ratios):
        if groups and ratio <= groups[-1][0][0] * (1 + _NEAR):
            groups[-1].append((ratio, weight))
        else:
            groups.append([(ratio, weight)])
    return {ratio: _weighted_median(group) for group in groups for ratio, _ in group}


def _share(text: str) -> float:
    """Return the height of a word's ink over the size of its type."""
    return (_X_HEIGHT if all(c in _LOW or c in _HANGING for c in text) else _ASCENT) + _DESCENT * _hangs(text)


def _width(char: str) -> float:
    if char in _NARROW:
        return _WIDTHS["narrow"]
    return _WIDTHS["wide" if char in _WIDE else "capital" if char.isupper() else "other"]


def _hangs(text: str) -> bool:
    return any(c in _HANGING for c in text)


def _is_flat(text: str) -> bool:
    return all(c in _FLAT for c in text)
