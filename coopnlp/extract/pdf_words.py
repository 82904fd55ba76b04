"""Words and ruling lines of one PDF page, as pdfium gives them, in an upright frame.

pdfium is asked once a character for its code and five times a word for boxes,
size and weight; asking for every character's box would take five times longer.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

__all__ = ["PageWords", "Rule", "Word", "read_words"]

#: pdfium's mark for a hyphen at a line end (fpdf_text.h), as GetUnicode gives it.
_LINE_END_HYPHEN = (0x2, 0xFFFE)
_BLANKS = frozenset((0x20, 0x09, 0xA0, 0x2009, 0x202F))
_LINE_ENDS = frozenset((0x0A, 0x0D))
#: Ligatures as letters, and the bullets of Wingdings and Symbol, which PDF files give private codes.
_PLAIN = str.maketrans(
    {
        **{"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"},
        **dict.fromkeys("\uf0b7\uf06c\uf09f\uf0d8\uf076\uf0a8\uf06e\uf0fc\uf0a4", "•"),
        **{"\uf0a7": "▪", "\uf02d": "-", "\uf0e0": "→", "\uf0f0": "→"},
    }
)
_KEPT_BLANKS = frozenset((0xA0, 0x2009, 0x202F))
#: Heavy faces by the end of their PostScript names: « Times-Bold », « Arial-BoldMT », « Roboto-Black ».
_HEAVY = re.compile(rb"(?i)(?<!semi)(?:bold|black|heavy)|[-,]demi")
_FONT_NAME = 96


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


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruling line or the side of a box, with no width."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def horizontal(self) -> bool:
        """Whether it lies rather than stands."""
        return self.x1 - self.x0 >= self.bottom - self.top


@dataclass(slots=True)
class PageWords:
    """What one page holds. ``images`` is the share of the page under pictures, 0 to 1."""

    width: float
    height: float
    words: list[Word]
    rules: list[Rule]
    images: float
    unmapped: float  # share of characters that pdfium cannot turn into Unicode
    unseen: int  # words off the page, or at another angle than its text


def read_words(page: Any) -> PageWords:
    """Return words and rules of a pypdfium2 page.

    The frame is the one in which most of the text reads upright, whatever the
    page's own rotation says.
    """
    left, bottom, right, top = page.get_bbox()
    textpage = page.get_textpage()
    try:
        raw, unmapped = _raw_words(textpage.raw)
    finally:
        textpage.close()
    turns = Counter(turn for *_, turn in raw)
    turn = turns.most_common(1)[0][0] if turns else 0
    upright = _Frame(left, bottom, right - left, top - bottom, turn)
    width, height = upright.size
    words = []
    for text, box, size, bold, run, glue, own_turn in raw:
        x0, high, x1, low = upright.box(*box)
        # what lies off the page is not seen; damaged files put it millions of points away
        if own_turn == turn and x1 - x0 <= width and 0 <= (x0 + x1) / 2 <= width and 0 <= (high + low) / 2 <= height:
            words.append(Word(text, x0, high, x1, low, size, bold, run, glue))
    rules, images = _rules_and_images(page.raw, upright)
    return PageWords(width, height, words, rules, images, unmapped, unseen=sum(turns.values()) - len(words))


class _Frame:
    """Page coordinates (origin bottom left) to upright ones (origin top left)."""

    def __init__(self, left: float, bottom: float, width: float, height: float, turn: int) -> None:
        self.left, self.bottom, self.width, self.height, self.turn = left, bottom, width, height, turn
        self.size = (height, width) if turn % 2 else (width, height)

    def point(self, x: float, y: float) -> tuple[float, float]:
        x, y = x - self.left, y - self.bottom
        match self.turn:
            case 1:  # text runs upwards
                return y, x
            case 2:
                return self.width - x, y
            case 3:  # text runs downwards
                return self.height - y, self.width - x
        return x, self.height - y

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        ax, ay = self.point(x0, y0)
        bx, by = self.point(x1, y1)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


_RawWord = tuple[str, tuple[float, float, float, float], float, bool, int, str, int]


def _raw_words(handle: Any) -> tuple[list[_RawWord], float]:
    """Cut the characters of a text page into words, in the order of its content."""
    import pypdfium2.raw as c

    count = max(0, c.FPDFText_CountChars(handle))
    get = c.FPDFText_GetUnicode
    codes = [get(handle, i) for i in range(count)]
    rect = c.FS_RECTF()
    pointer = ctypes.byref(rect)
    name = ctypes.create_string_buffer(_FONT_NAME)
    words: list[_RawWord] = []
    run, at, turn, glue, unmapped = 0, 0, 0, " ", 0
    fresh = True
    while at < count:
        code = codes[at]
        if code in _LINE_ENDS:
            run, fresh, glue, at = run + 1, True, " ", at + 1
            continue
        if code in _BLANKS or code == 0:
            glue = chr(code) if code in _KEPT_BLANKS else " "
            unmapped += code == 0
            at += 1
            continue
        stop = at + 1
        while (
            stop < count
            and codes[stop] not in _LINE_ENDS
            and codes[stop] not in _BLANKS
            and codes[stop]
            and codes[stop - 1] not in _LINE_END_HYPHEN
        ):
            stop += 1
        if fresh:
            turn, fresh = _quarter(c.FPDFText_GetCharAngle(handle, at)), False
        text = "".join("-" if k in _LINE_END_HYPHEN else chr(k) for k in codes[at:stop])
        if not text.isascii():
            text = text.translate(_PLAIN)
            unmapped += sum(char == "\ufffd" or "\ue000" <= char <= "\uf8ff" for char in text)
        if c.FPDFText_GetLooseCharBox(handle, at, pointer):
            box = (rect.left, rect.bottom, rect.right, rect.top)
            if stop - at > 1 and c.FPDFText_GetLooseCharBox(handle, stop - 1, pointer):
                box = (
                    min(box[0], rect.left),
                    min(box[1], rect.bottom),
                    max(box[2], rect.right),
                    max(box[3], rect.top),
                )
            heavy = c.FPDFText_GetFontWeight(handle, at) >= 600
            if not heavy and c.FPDFText_GetFontInfo(handle, at, name, _FONT_NAME, None):
                # the standard fonts (« Times-Bold ») and many others do not state their weight
                heavy = _HEAVY.search(name.value) is not None
            tall = box[3] - box[1] if turn % 2 == 0 else box[2] - box[0]
            # Type 3 fonts and scaled text report odd sizes; the box does not lie.
            size = c.FPDFText_GetFontSize(handle, at)
            if not 0.6 * size <= tall <= 1.8 * size:
                size = tall / 1.15
            words.append((text, box, round(size, 1), heavy, run, glue, turn))
        glue, at = " ", stop
        if codes[stop - 1] in _LINE_END_HYPHEN:
            # pdfium puts no line end after the hyphen that breaks a word
            run, fresh = run + 1, True
        elif at < count and codes[at] not in _LINE_ENDS and codes[at] not in _BLANKS:
            at += 1  # an unmapped character parts words
    shown = sum(1 for k in codes if k not in _LINE_ENDS and k not in _BLANKS)
    return words, unmapped / shown if shown else 0.0


def _quarter(angle: float) -> int:
    """Return pdfium's angle, which grows clockwise, in counter-clockwise quarter turns."""
    return -round(angle / (math.pi / 2)) % 4 if angle >= 0 else 0


#: Thinner than this, in points, a box is a line; shorter than _SHORT, a line is no rule.
_THIN = 2.5
_SHORT = 6.0
#: A page with more drawings is a map or a plan; looking at each would take seconds.
_MAX_OBJECTS = 20_000


def _rules_and_images(page: Any, frame: _Frame) -> tuple[list[Rule], float]:
    import pypdfium2.raw as c

    rules: list[Rule] = []
    covered = 0.0
    values = [ctypes.c_float() for _ in range(4)]
    pointers = [ctypes.byref(value) for value in values]
    for index in range(min(c.FPDFPage_CountObjects(page), _MAX_OBJECTS)):
        item = c.FPDFPage_GetObject(page, index)
        kind = c.FPDFPageObj_GetType(item)
        if kind not in (c.FPDF_PAGEOBJ_PATH, c.FPDF_PAGEOBJ_IMAGE, c.FPDF_PAGEOBJ_FORM):
            continue
        if not c.FPDFPageObj_GetBounds(item, *pointers):
            continue
        x0, top, x1, bottom = frame.box(*(value.value for value in values))
        if kind == c.FPDF_PAGEOBJ_PATH:
            rules.extend(_sides(x0, top, x1, bottom))
        else:
            covered += max(0.0, x1 - x0) * max(0.0, bottom - top)
    return rules, min(1.0, covered / max(1.0, frame.width * frame.height))


def _sides(x0: float, top: float, x1: float, bottom: float) -> list[Rule]:
    wide, tall = x1 - x0, bottom - top
    if tall <= _THIN:
        middle = (top + bottom) / 2
        return [Rule(x0, middle, x1, middle)] if wide >= _SHORT else []
    if wide <= _THIN:
        middle = (x0 + x1) / 2
        return [Rule(middle, top, middle, bottom)] if tall >= _SHORT else []
    if wide < _SHORT or tall < _SHORT:
        return []
    return [
        Rule(x0, top, x1, top),
        Rule(x0, bottom, x1, bottom),
        Rule(x0, top, x0, bottom),
        Rule(x1, top, x1, bottom),
    ]
