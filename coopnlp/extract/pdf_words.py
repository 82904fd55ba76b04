"""Words of one PDF page in an upright frame."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from coopnlp.extract.pdf_chars import SUPERSCRIPT, is_generated, read_raw_words
from coopnlp.extract.pdf_rules import Frame, Rule, read_rules

__all__ = ["SUPERSCRIPT", "PageWords", "Word", "read_words"]

#: Words of one line this close, in ems, are one where no blank is written between them; further back they overlap.
_TOUCHING = 0.07
_OVERLAPPING = 0.3


@dataclass(slots=True)
class Word:
    """A word with its box in points from the top left corner of the upright page.

    ``run`` counts pdfium's lines: words of one run follow each other in the
    content of the page. ``glue`` is the blank before the word: a no-break space
    that was typed is kept.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool
    run: int
    glue: str = " "


@dataclass(slots=True)
class PageWords:
    """What one page holds. ``images`` is the share of the page under pictures, 0 to 1."""

    width: float
    height: float
    words: list[Word]
    rules: list[Rule]
    images: float
    unmapped: float  # share of characters that pdfium cannot turn into Unicode
    turned: list[Word]  # lines that stand at a quarter turn to the text, each as one word
    unseen: list[str]  # what is off the page, or leans
    frame: Frame


def read_words(page: Any) -> PageWords:
    """Return words and rules of a pypdfium2 page.

    The frame is the one in which most of the text reads upright, whatever the
    page's own rotation says.
    """
    import numpy as np
    import pypdfium2
    import pypdfium2.raw as c

    bbox = page.get_bbox()
    # not through pypdfium2's helper, whose finaliser for each text page takes time
    textpage = c.FPDFText_LoadPage(page.raw)
    if not textpage:
        raise pypdfium2.PdfiumError("no text page")
    try:
        with np.errstate(all="ignore"):  # damaged files have coordinates that are no numbers
            return _upright_words(page, textpage, bbox)
    finally:
        c.FPDFText_ClosePage(textpage)


def _upright_words(page: Any, textpage: Any, bbox: tuple[float, float, float, float]) -> PageWords:
    import numpy as np

    left, bottom, right, top = bbox
    raw = read_raw_words(textpage)
    sizes, bolds, turns = zip(*raw.styles, strict=True) if raw.styles else ((), (), ())
    usual = [turn for turn, _ in Counter(turns).most_common() if turn is not None]
    frame = Frame(left, bottom, right - left, top - bottom, usual[0] if usual else 0)
    width, height = frame.size
    boxes = frame.boxes(raw.boxes)
    words = list(map(Word, raw.texts, *boxes.tolist(), sizes, bolds, raw.runs.tolist(), raw.glues))
    x0, high, x1, low = boxes
    across, down = x0 + x1, high + low
    # what lies off the page is not seen; damaged files put it millions of points away
    seen = (across >= 0) & (across <= 2 * width) & (down >= 0) & (down <= 2 * height)
    upright = seen & (x1 - x0 <= width)
    if turns.count(frame.turn) < len(turns):
        upright &= np.array([turn == frame.turn for turn in turns])
    kept = np.flatnonzero(upright)
    gap, size, runs = x0[kept[1:]] - x1[kept[:-1]], np.array(sizes)[kept[1:]], raw.runs[kept]
    near = (gap > -_OVERLAPPING * size) & (gap < _TOUCHING * size) & (runs[1:] == runs[:-1])
    joined = [int(j) + 1 for j in np.flatnonzero(near) if is_generated(textpage, raw.starts[kept[j + 1]] - 1)]
    found = [words[i] for i in kept] if len(kept) < len(words) else words.copy()
    for j in reversed(joined):
        # pieces of one word, set apart as kerning wants it
        found[j - 1].text += found[j].text
        found[j - 1].x1 = found.pop(j).x1
    turned: list[Word] = []
    unseen: list[str] = []
    for i in np.flatnonzero(~upright).tolist():
        word = words[i]
        if turns[i] in (None, frame.turn) or not seen[i]:
            unseen.append(word.text)
        elif turned and turned[-1].run == word.run:
            line = turned[-1]
            line.text += word.glue + word.text
            line.x0, line.top, line.x1, line.bottom = (
                min(line.x0, word.x0), min(line.top, word.top), max(line.x1, word.x1), max(line.bottom, word.bottom),
            )  # fmt: skip
        else:
            turned.append(word)
    rules, images = read_rules(page.raw, frame, raw.objects)
    return PageWords(width, height, found, rules, images, raw.unmapped, turned, unseen, frame)
