"""Words of one PDF page, as pdfium gives them, in an upright frame.

pdfium gives the characters of a page in one call, and two boxes and one object
a word; asking for every character's box would take five times longer. Size,
weight and angle are those of the object, which many words share.
"""

from __future__ import annotations

import ctypes
import math
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from coopnlp.extract.pdf_rules import Frame, Rule, read_rules

__all__ = ["SUPERSCRIPT", "PageWords", "Word", "read_words"]

#: pdfium's marks for a hyphen at a line end (fpdf_text.h), as GetText and GetUnicode give them.
_LINE_END_HYPHEN = "\ufffe\x02"
_WORD = re.compile(rf"[^\s\0{_LINE_END_HYPHEN}]+[{_LINE_END_HYPHEN}]?|[{_LINE_END_HYPHEN}]")
_KEPT_BLANKS = frozenset("\u00a0\u2009\u202f")
#: Ligatures as letters, and the bullets of Wingdings and Symbol, which PDF files give private codes.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys(_LINE_END_HYPHEN, "-"),
        **{"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"},
        **dict.fromkeys("\uf0b7\uf06c\uf09f\uf0d8\uf076\uf0a8\uf06e\uf0fc\uf0a4", "•"),
        **{"\uf0a7": "▪", "\uf02d": "-", "\uf0e0": "→", "\uf0f0": "→"},
    }
)
_SPECIAL = re.compile(rf"[\ufb00-\ufb06\ufffd\ue000-\uf8ff{_LINE_END_HYPHEN}]")
_UNMAPPED = re.compile("[\ufffd\ue000-\uf8ff]")
#: Heavy faces by the end of their PostScript names: « Times-Bold », « Arial-BoldMT », « Roboto-Black ».
_HEAVY = re.compile(rb"(?i)(?<!semi)(?:bold|black|heavy)|[-,]demi")
_FONT_NAME = 96
#: Text that leans more than this many degrees from the horizontal or the vertical is a stamp or a watermark.
_MAX_LEAN = 8.0
#: A figure after a word that is this much lower than the word's first letter is a footnote mark or an exponent.
_RAISED = 0.8
#: Words of one line this close, in ems, are one where no blank is written between them.
_TOUCHING = 0.07
#: After these pdfium may miss a blank that is not written; letters this far apart, in heights, have one.
_NO_BLANK = re.compile(r"(?:(€)[,;:.!?»)]?|[$%,;:.!?»)])(?=[^\W\d_])")
_APART = 0.12
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


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


@dataclass(frozen=True, slots=True)
class _Style:
    size: float
    bold: bool
    turn: int | None  # quarter turns counter-clockwise; None where the text leans


def read_words(page: Any) -> PageWords:
    """Return words and rules of a pypdfium2 page.

    The frame is the one in which most of the text reads upright, whatever the
    page's own rotation says.
    """
    left, bottom, right, top = page.get_bbox()
    textpage = page.get_textpage()
    try:
        return _upright_words(page, textpage.raw, (left, bottom, right, top))
    finally:
        textpage.close()


def _upright_words(page: Any, handle: Any, bbox: tuple[float, float, float, float]) -> PageWords:
    left, bottom, right, top = bbox
    raw = _raw_words(handle)
    turns = Counter(style.turn for style in raw.styles if style.turn is not None)
    turn = turns.most_common(1)[0][0] if turns else 0
    frame = Frame(left, bottom, right - left, top - bottom, turn)
    width, height = frame.size
    boxes = frame.boxes(raw.boxes)
    words: list[Word] = []
    turned: list[Word] = []
    unseen: list[str] = []
    reach, fall = 2 * width, 2 * height
    before: Word | None = None
    for text, style, (x0, high, x1, low), run, glue, start in zip(
        raw.texts, raw.styles, boxes, raw.runs, raw.glues, raw.starts, strict=True
    ):
        # what lies off the page is not seen; damaged files put it millions of points away
        seen = 0 <= x0 + x1 <= reach and 0 <= high + low <= fall
        if seen and style.turn == turn and x1 - x0 <= width:
            size = style.size
            if (
                before is not None
                and -0.3 * size < x0 - before.x1 < _TOUCHING * size
                and before.run == run
                and _is_generated(handle, start - 1)
            ):
                # pieces of one word, set apart as kerning wants it
                before.text += text
                before.x1 = x1
                continue
            before = Word(text, x0, high, x1, low, size, style.bold, run, glue)
            words.append(before)
        elif style.turn is None or not seen or style.turn == turn:
            unseen.append(text)
        elif turned and turned[-1].run == run:
            line = turned[-1]
            line.text += glue + text
            line.x0, line.top, line.x1, line.bottom = (
                min(line.x0, x0), min(line.top, high), max(line.x1, x1), max(line.bottom, low),
            )  # fmt: skip
        else:
            turned.append(Word(text, x0, high, x1, low, style.size, style.bold, run, glue))
    rules, images = read_rules(page.raw, frame)
    return PageWords(width, height, words, rules, images, raw.unmapped, turned, unseen, frame)


@dataclass(slots=True)
class _Raw:
    """Words in the order of the content; ``boxes`` holds left, top, right, bottom of the first and the last letter."""

    texts: list[str]
    styles: list[_Style]
    boxes: Any  # float64 array (n, 4): left, top, right, bottom in page space
    runs: list[int]
    glues: list[str]
    starts: list[int]  # index of the first character
    unmapped: float


def _raw_words(handle: Any) -> _Raw:
    """Cut the characters of a text page into words, in the order of its content."""
    import numpy as np

    box_of, object_of, *_ = _calls()
    text = _page_text(handle)
    address = ctypes.cast(handle, ctypes.c_void_p).value
    spans = [match.span() for match in _WORD.finditer(text)]
    suspects = [match.span() for match in _NO_BLANK.finditer(text)]
    if suspects:
        spans = _with_missing_blanks(address, text, spans, suspects)
    starts = [start for start, _ in spans]
    several = [i for i, (start, stop) in enumerate(spans) if stop - start > 1]
    first = np.zeros((len(spans), 4), np.float32)
    at = int(first.ctypes.data)
    for start in starts:
        box_of(address, start, at)
        at += 16
    last = np.zeros((len(several), 4), np.float32)
    at = int(last.ctypes.data)
    for i in several:
        box_of(address, spans[i][1] - 1, at)
        at += 16
    boxes, ends = first.astype(float), last.astype(float)
    tall = boxes[several, 1] - boxes[several, 3]
    raised = np.flatnonzero(ends[:, 1] - ends[:, 3] < _RAISED * tall).tolist()
    boxes[several, 0] = np.minimum(boxes[several, 0], ends[:, 0])
    boxes[several, 1] = np.maximum(boxes[several, 1], ends[:, 1])
    boxes[several, 2] = np.maximum(boxes[several, 2], ends[:, 2])
    boxes[several, 3] = np.minimum(boxes[several, 3], ends[:, 3])
    known: dict[int, _Style] = {}
    fonts: dict[int, bool] = {}
    styles: list[_Style] = []
    for start in starts:
        thing = object_of(address, start)
        style = known.get(thing)
        if style is None:
            style = known[thing] = _style(address, thing, start, fonts)
        styles.append(style)
    texts = [text[start:stop] for start, stop in spans]
    for i in (several[i] for i in raised):
        texts[i] = _with_superscript(handle, starts[i], texts[i])
    unmapped = text.count("\0")
    if _SPECIAL.search(text):
        texts = [word if word.isascii() else word.translate(_PLAIN) for word in texts]
        unmapped += len(_UNMAPPED.findall(" ".join(texts)))
    shown = sum(stop - start for start, stop in spans)
    return _Raw(texts, styles, boxes, *_runs(text, starts), starts, unmapped / (shown or 1))


def _runs(text: str, starts: list[int]) -> tuple[list[int], list[str]]:
    """Return of each word the number of its run, and the blank before it."""
    import numpy as np

    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    # pdfium puts no line end after the hyphen that breaks a word
    ends = np.isin(codes, [ord(c) for c in "\n\r" + _LINE_END_HYPHEN])
    before = np.concatenate([[0], np.cumsum(ends)])
    runs = before[starts].tolist() if starts else []
    glues = [" "] * len(starts)
    if any(blank in text for blank in _KEPT_BLANKS):
        for i, start in enumerate(starts):
            if start and text[start - 1] in _KEPT_BLANKS and not text[start - 2 : start - 1].isspace():
                glues[i] = text[start - 1]
    return runs, glues


def _with_missing_blanks(
    address: int | None, text: str, spans: list[tuple[int, int]], suspects: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Cut words where pdfium saw no blank between letters that stand apart: after « € » it does not see narrow ones."""
    box_of = _calls()[0]
    rect = (ctypes.c_float * 4)()
    at = ctypes.addressof(rect)
    cuts: dict[int, list[int]] = {}
    starts = [start for start, _ in spans]
    for begin, middle in suspects:
        box_of(address, middle - 1, at)
        left, top, right, bottom = rect
        box_of(address, middle, at)
        apart = max(rect[0] - right, left - rect[2], rect[3] - top, bottom - rect[1])
        # nobody writes a letter against a « € », whose width in standard fonts pdfium has wrong
        if text[begin] == "€" or apart > _APART * (top - bottom):
            cuts.setdefault(bisect_right(starts, begin) - 1, []).append(middle)
    found: list[tuple[int, int]] = []
    for i, span in enumerate(spans):
        if i in cuts:
            found += pairwise([span[0], *cuts[i], span[1]])
        else:
            found.append(span)
    return found


def _is_generated(handle: Any, at: int) -> bool:
    """Tell whether a blank is pdfium's own, not one of the file."""
    import pypdfium2.raw as c

    return bool(c.FPDFText_IsGenerated(handle, at) == 1)


def _page_text(handle: Any) -> str:
    """Return the characters of a text page, one code point for each index of pdfium."""
    import pypdfium2.raw as c

    count = max(0, c.FPDFText_CountChars(handle))
    buffer = (ctypes.c_ushort * (count + 1))()
    written = c.FPDFText_GetText(handle, 0, count, buffer)
    text = bytes(buffer)[: 2 * max(0, written - 1)].decode("utf-16-le", "surrogatepass")
    if len(text) == count:
        return text
    # some control characters and pairs of surrogates are in the count and not in the text
    codes = (c.FPDFText_GetUnicode(handle, i) for i in range(count))
    return "".join(chr(code) if code < 0x110000 else "\ufffd" for code in codes)


def _style(address: int | None, thing: int, at: int, fonts: dict[int, bool]) -> _Style:
    """Return size, weight and angle of the object that draws a character."""
    box_of, _, matrix_of, size_of, font_of = _calls()
    matrix = (ctypes.c_float * 6)()
    matrix_of(address, at, ctypes.addressof(matrix))
    a, b, c, d, _, _ = matrix
    size = size_of(address, at) * math.hypot(c, d)
    if not 1 <= size <= 1000:
        # Type 3 fonts report odd sizes; the box does not lie
        rect = (ctypes.c_float * 4)()
        box_of(address, at, ctypes.addressof(rect))
        size = abs(rect[1] - rect[3]) / 1.15
    font = font_of(thing) if thing else 0
    heavy = fonts.get(font)
    if heavy is None or not font:
        heavy = fonts[font] = _is_heavy(address, at)
    if b == 0 and a > 0:
        return _Style(round(size, 1), heavy, 0)
    degrees = math.degrees(math.atan2(b, a))
    turn = round(degrees / 90)
    leans = abs(degrees - 90 * turn) > _MAX_LEAN
    return _Style(round(size, 1), heavy, None if leans else turn % 4)


def _is_heavy(address: int | None, at: int) -> bool:
    import pypdfium2.raw as c

    handle = ctypes.cast(address or 0, c.FPDF_TEXTPAGE)
    if c.FPDFText_GetFontWeight(handle, at) >= 600:
        return True
    # the standard fonts (« Times-Bold ») and many others do not state their weight
    name = ctypes.create_string_buffer(_FONT_NAME)
    named = c.FPDFText_GetFontInfo(handle, at, name, _FONT_NAME, None)
    return bool(named) and _HEAVY.search(name.value) is not None


def _with_superscript(handle: Any, start: int, word: str) -> str:
    """Return a word whose last figures are raised with those as superscripts: « convention² », not « convention2 »."""
    import pypdfium2.raw as c

    figures = len(word) - len(word.rstrip("0123456789"))
    if not figures:
        return word
    box_of = _calls()[0]
    rect = c.FS_RECTF()
    tall = []
    for at in range(start, start + len(word)):
        box_of(ctypes.cast(handle, ctypes.c_void_p).value, at, ctypes.addressof(rect))
        tall.append(rect.top - rect.bottom)
    raised = next((i for i in range(len(word) - figures, len(word)) if tall[i] < _RAISED * tall[0]), len(word))
    return word[:raised] + word[raised:].translate(SUPERSCRIPT)


@cache
def _calls() -> tuple[Any, ...]:
    """Return the functions of pdfium that are called for every word or object, taking addresses.

    They are FPDFText_GetLooseCharBox, FPDFText_GetTextObject, FPDFText_GetMatrix,
    FPDFText_GetFontSize and FPDFTextObj_GetFont. Converting a pointer object
    for every call takes longer than the call.
    """
    import pypdfium2.raw as c

    def by_address(function: Any, *signature: Any) -> Any:
        return ctypes.PYFUNCTYPE(*signature)(ctypes.cast(function, ctypes.c_void_p).value or 0)

    address, whole = ctypes.c_void_p, ctypes.c_int
    return (
        by_address(c.FPDFText_GetLooseCharBox, whole, address, whole, address),
        by_address(c.FPDFText_GetTextObject, address, address, whole),
        by_address(c.FPDFText_GetMatrix, whole, address, whole, address),
        by_address(c.FPDFText_GetFontSize, ctypes.c_double, address, whole),
        by_address(c.FPDFTextObj_GetFont, address, address),
    )
