"""The characters of one PDF page, cut into words in the order of its content.

pdfium gives the characters of a page in one call, and two boxes and one object
a word; asking for every character's box would take three times as many calls. Size,
weight and angle are those of the object, which many words share.
"""

from __future__ import annotations

import ctypes
import math
import re
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import Any, NamedTuple

from coopnlp.extract import pdfium

__all__ = ["SUPERSCRIPT", "RawWords", "Style", "is_generated", "read_raw_words"]

#: pdfium's marks for a hyphen at a line end (fpdf_text.h), as GetText and GetUnicode give them.
_LINE_END_HYPHEN = "\ufffe\x02"
#: Ligatures as letters, and the bullets of Wingdings and Symbol, which PDF files give private codes.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys(_LINE_END_HYPHEN, "-"),
        **{"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"},
        **dict.fromkeys("\uf0b7\uf06c\uf09f\uf0d8\uf076\uf0a8\uf06e\uf0fc\uf0a4", "•"),
        **{"\uf0a7": "▪", "\uf02d": "-", "\uf0e0": "→", "\uf0f0": "→"},
    }
)
_UNMAPPED = re.compile("[\ufffd\ue000-\uf8ff]")
#: Heavy faces by the end of their PostScript names: « Times-Bold », « Arial-BoldMT », « Roboto-Black ».
_HEAVY = re.compile(rb"(?i)(?<!semi)(?:bold|black|heavy)|[-,]demi")
_FONT_NAME = 96
#: Text that leans more than this many degrees from the horizontal or the vertical is a stamp or a watermark.
_MAX_LEAN = 8.0
#: A figure after a word that is this much lower than the word's first letter is a footnote mark or an exponent.
_RAISED = 0.8
#: After these pdfium may miss a blank that is not written; letters this far apart, in heights, have one.
_NO_BLANK = re.compile(r"(?:(€)[,;:.!?»)]?|[$%,;:.!?»)])(?=[^\W\d_])")
_APART = 0.12
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

#: What a character is, a bit each (:func:`_kinds`).
_BLANK, _HYPHEN, _LINE_END, _KEPT_BLANK, _CLOSING, _LETTER, _SPECIAL = (1 << bit for bit in range(7))
_KINDS = {
    _BLANK: r"[\s\0]+",
    _HYPHEN: rf"[{_LINE_END_HYPHEN}]+",
    # pdfium puts no line end after the hyphen that breaks a word
    _LINE_END: rf"[\n\r{_LINE_END_HYPHEN}]+",
    _KEPT_BLANK: "[\u00a0\u2009\u202f]+",
    _CLOSING: r"[€$%,;:.!?»)]+",  # what a match of _NO_BLANK ends with
    _LETTER: r"[^\W\d_]+",
    _SPECIAL: rf"[\ufb00-\ufb06\ufffd\ue000-\uf8ff{_LINE_END_HYPHEN}]+",
}


class Style(NamedTuple):
    """How an object of text is set. ``size`` in points."""

    size: float
    bold: bool
    turn: int | None  # quarter turns counter-clockwise; None where the text leans


@dataclass(slots=True)
class RawWords:
    """Words in the order of the content of a page."""

    texts: list[str]
    styles: list[Style]
    boxes: Any  # float64 array (n, 4): left, top, right, bottom in page space, of the first and the last letter
    runs: Any  # int64 array (n,): the number of pdfium's line
    glues: list[str]  # the blank before each
    starts: list[int]  # index of the first character
    unmapped: float  # share of the characters that pdfium cannot turn into Unicode
    objects: set[int]  # addresses of the objects that draw them


def read_raw_words(textpage: Any) -> RawWords:
    """Cut the characters of a text page of pdfium (its handle) into words."""
    import numpy as np

    handle = pdfium.pointer(pdfium.address(textpage))
    text = _page_text(textpage)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = _kinds()[np.minimum(codes, 0xFFFF)]
    starts, stops = _cut(kinds)
    every = int(np.bitwise_or.reduce(kinds)) if len(kinds) else 0
    # what is beyond the first plane may be a letter
    if every and (np.any((kinds[:-1] & _CLOSING != 0) & (kinds[1:] & _LETTER != 0)) or codes.max() > 0xFFFF):
        starts, stops = _with_missing_blanks(handle, text, starts, stops)
    first = starts.tolist()
    both = _boxes(handle, first + (stops - 1).tolist())
    boxes, ends = both[: len(first)], both[len(first) :]
    texts = text.split()  # most pages have words between white space alone
    if len(texts) != len(first) or "\0" in text or every & _HYPHEN:
        texts = [text[start:stop] for start, stop in zip(first, stops.tolist(), strict=True)]
    lower = ends[:, 1] - ends[:, 3] < _RAISED * (boxes[:, 1] - boxes[:, 3])
    for i in np.flatnonzero(lower & (stops - starts > 1)).tolist():
        texts[i] = _with_superscript(handle, first[i], texts[i])
    np.minimum(boxes[:, ::3], ends[:, ::3], out=boxes[:, ::3])  # left and bottom
    np.maximum(boxes[:, 1:3], ends[:, 1:3], out=boxes[:, 1:3])  # top and right
    unmapped = text.count("\0")
    if every & _SPECIAL:
        texts = [word if word.isascii() else word.translate(_PLAIN) for word in texts]
        unmapped += len(_UNMAPPED.findall(" ".join(texts)))
    glues = [" "] * len(first)
    if every & _KEPT_BLANK:
        for i in np.flatnonzero((starts > 0) & (kinds[starts - 1] & _KEPT_BLANK != 0)).tolist():
            if not text[first[i] - 2 : first[i] - 1].isspace():
                glues[i] = text[first[i] - 1]
    # a word that begins the page has nothing before it
    runs = np.cumsum(kinds & _LINE_END != 0)[starts - 1] * (starts > 0) if len(first) else starts
    shown = int((stops - starts).sum())
    styles, objects = _styles(textpage, handle, first)
    return RawWords(texts, styles, boxes, runs, glues, first, unmapped / (shown or 1), objects)


@cache
def _kinds() -> Any:
    """Return what each character of the first plane of Unicode is, an array of 65,536."""
    import numpy as np

    every = "".join(map(chr, range(0x10000)))
    kinds = np.zeros(0x10000, np.uint8)
    for bit, pattern in _KINDS.items():
        for match in re.finditer(pattern, every):
            kinds[match.start() : match.end()] |= bit
    return kinds


def _cut(kinds: Any) -> tuple[Any, Any]:
    """Return where words begin and end: between blanks, and after hyphens that stand at a line end."""
    import numpy as np

    shown, hyphen = kinds & _BLANK == 0, kinds & _HYPHEN != 0
    apart = ~(shown[1:] & shown[:-1]) | hyphen[:-1]  # whether a word may not go on from one character to the next
    begins, ends = np.ones(len(kinds), bool), np.ones(len(kinds), bool)
    begins[1:], ends[:-1] = apart, apart
    return np.flatnonzero(begins & shown), np.flatnonzero(ends & shown) + 1


def _with_missing_blanks(handle: Any, text: str, starts: Any, stops: Any) -> tuple[Any, Any]:
    """Cut words where pdfium saw no blank between letters that stand apart: after « € » it does not see narrow ones."""
    import numpy as np

    suspects = [match.span() for match in _NO_BLANK.finditer(text)]
    boxes = _boxes(handle, [place for _, middle in suspects for place in (middle - 1, middle)]).tolist()
    cuts: list[int] = []
    for (begin, middle), before, after in zip(suspects, boxes[::2], boxes[1::2], strict=True):
        left, top, right, bottom = before
        apart = max(after[0] - right, left - after[2], after[3] - top, bottom - after[1])
        # nobody writes a letter against a « € », whose width in standard fonts pdfium has wrong
        if text[begin] == "€" or apart > _APART * (top - bottom):
            cuts.append(middle)
    return np.sort(np.concatenate([starts, cuts])).astype(int), np.sort(np.concatenate([stops, cuts])).astype(int)


def _page_text(textpage: Any) -> str:
    """Return the characters of a text page, one code point for each index of pdfium."""
    import pypdfium2.raw as c

    count = max(0, c.FPDFText_CountChars(textpage))
    units = bytearray(2 * count + 2)
    room = ctypes.cast((ctypes.c_char * 0).from_buffer(units), ctypes.POINTER(ctypes.c_ushort))
    written = c.FPDFText_GetText(textpage, 0, count, room)
    text = units[: 2 * max(0, written - 1)].decode("utf-16-le", "surrogatepass")
    if len(text) == count:
        return text
    # some control characters and pairs of surrogates are in the count and not in the text
    codes = (c.FPDFText_GetUnicode(textpage, i) for i in range(count))
    return "".join(chr(code) if code < 0x110000 else "\ufffd" for code in codes)


def _styles(textpage: Any, handle: Any, starts: list[int]) -> tuple[list[Style], set[int]]:
    """Return size, weight and angle of the object that draws each of the characters, and the addresses of these."""
    things = list(map(pdfium.function("FPDFText_GetTextObject", ctypes.c_void_p), repeat(handle), starts))
    firsts = dict(zip(reversed(things), reversed(starts), strict=True))
    places = list(firsts.values())
    matrices = pdfium.rows(pdfium.function("FPDFText_GetMatrix", ctypes.c_int), handle, places, 6).tolist()
    sizes = map(pdfium.function("FPDFText_GetFontSize", ctypes.c_double), repeat(handle), places)
    font_of = pdfium.function("FPDFTextObj_GetFont", ctypes.c_void_p, ctypes.c_void_p)
    styles: dict[int | None, Style] = {}
    heavy: dict[int, bool] = {}
    known: dict[tuple[float, ...], Style] = {}  # few styles are on a page, and each on many objects
    for (thing, at), (a, b, c, d, _, _), size in zip(firsts.items(), matrices, sizes, strict=True):
        font = font_of(thing) if thing else None
        key = (a, b, c, d, size, font or 0)
        style = known.get(key)
        if style is None:
            if not font:
                bold = _is_heavy(textpage, at)
            elif font in heavy:
                bold = heavy[font]
            else:
                bold = heavy[font] = _is_heavy(textpage, at)
            points = size * math.hypot(c, d)
            odd = not 1 <= points <= 1000
            if odd:
                # Type 3 fonts report odd sizes; the box does not lie
                points = _box_size(handle, at)
            style = Style(round(points, 1), bold, _turn(a, b))
            if font and not odd:
                known[key] = style
        styles[thing] = style
    return list(map(styles.__getitem__, things)), {thing for thing in styles if thing}


def _turn(a: float, b: float) -> int | None:
    """Return the quarter turns, counter-clockwise, that a matrix makes; None where it leans."""
    if b == 0 and a > 0:
        return 0
    degrees = math.degrees(math.atan2(b, a))
    turn = round(degrees / 90)
    return None if abs(degrees - 90 * turn) > _MAX_LEAN else turn % 4


def _box_size(handle: Any, at: int) -> float:
    box: list[float] = _boxes(handle, [at])[0].tolist()
    return abs(box[1] - box[3]) / 1.15


def _boxes(handle: Any, places: list[int]) -> Any:
    """Return left, top, right, bottom of characters with the space above and below them, in page space."""
    return pdfium.rows(pdfium.function("FPDFText_GetLooseCharBox", ctypes.c_int), handle, places, 4)


def _is_heavy(textpage: Any, at: int) -> bool:
    import pypdfium2.raw as c

    if c.FPDFText_GetFontWeight(textpage, at) >= 600:
        return True
    # the standard fonts (« Times-Bold ») and many others do not state their weight
    name = ctypes.create_string_buffer(_FONT_NAME)
    named = c.FPDFText_GetFontInfo(textpage, at, name, _FONT_NAME, None)
    return bool(named) and _HEAVY.search(name.value) is not None


def _with_superscript(handle: Any, start: int, word: str) -> str:
    """Return a word whose last figures are raised with those as superscripts: « convention² », not « convention2 »."""
    figures = len(word) - len(word.rstrip("0123456789"))
    if not figures:
        return word
    boxes = _boxes(handle, list(range(start, start + len(word))))
    tall = (boxes[:, 1] - boxes[:, 3]).tolist()
    raised = next((i for i in range(len(word) - figures, len(word)) if tall[i] < _RAISED * tall[0]), len(word))
    return word[:raised] + word[raised:].translate(SUPERSCRIPT)


def is_generated(textpage: Any, at: int) -> bool:
    """Tell whether a blank is pdfium's own, not one of the file."""
    import pypdfium2.raw as c

    return bool(c.FPDFText_IsGenerated(textpage, at) == 1)
