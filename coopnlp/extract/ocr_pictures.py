"""Writing in pictures on pages that have text of their own: a letter pasted into a report, a table as a picture.

A picture is read where it is large, has hardly any text of the file on it, and looks
as written: light paper, some ink, rows that stand out. Photographs do not.
"""

from __future__ import annotations

import ctypes
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from coopnlp.extract.pdf_rules import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PIL.Image import Image

    from coopnlp.extract.pdf_words import PageWords, Word
    from coopnlp.extract.scan import Scan

__all__ = ["is_writing", "looks_written", "read_picture_at", "written_pictures"]

#: Smaller shares of the page are logos, stamps and signatures.
_LEAST_SHARE = 0.1
#: More text of the file than this on a picture is its own layer, or stands on a coloured ground.
_MAX_CHARS = 100
_MAX_OBJECTS, _MAX_PICTURES = 1_000, 6
#: The page is looked at in this resolution; larger sheets than A3 at 300 dots an inch twice over at less.
_LOOK_DPI, _MAX_PIXELS = 75.0, 40_000_000
#: Writing is mostly as light as its paper, has a little ink, and rows that stand out from its columns by this.
_LIGHT, _INK, _ROWS = 0.6, (0.005, 0.3), 1.3
#: Fewer letters than this are no writing.
_LEAST_LETTERS = 40


def written_pictures(page: Any, found: PageWords) -> Iterator[tuple[float, float, float, float]]:
    """Yield the places of the pictures of a pypdfium2 page that seem to hold writing, in its upright frame."""
    places = list(_pictures(page, found))
    if not places or page.get_rotation() // 90 % 4 != found.frame.turn:
        return
    dpi = _bounded(page, _LOOK_DPI)
    look = _render(page, dpi)
    for place in places:
        if looks_written(_cut(look, place, dpi), dpi):
            yield place


def looks_written(picture: Image, dpi: float) -> bool:
    """Tell whether a picture (mode ``L``) looks like print on paper."""
    from coopnlp.extract.page_image import sideways_share

    grey = np.asarray(picture)
    if min(grey.shape) < 8:
        return False
    paper = float(np.percentile(grey, 95))
    low, high = _INK
    if paper < 110 or (grey > 0.8 * paper).mean() < _LIGHT or not low <= (grey < 0.55 * paper).mean() <= high:
        return False
    share = sideways_share(picture, dpi)
    return 0 < share < 1 / _ROWS or share > _ROWS


def read_picture_at(
    page: Any, place: tuple[float, float, float, float], dpi: float, read: Callable[[Image, float], Scan]
) -> Scan:
    """Return what is read in a picture, in the frame of its page."""
    dpi = _bounded(page, dpi)
    scan = read(_cut(_render(page, dpi), place, dpi), dpi)
    x0, top, x1, bottom = place
    scale = min((x1 - x0) / max(1.0, scan.width), (bottom - top) / max(1.0, scan.height))

    def across(x: float) -> float:
        return round(x0 + scale * x, 2)

    def down(y: float) -> float:
        return round(top + scale * y, 2)

    words = [replace(w, x0=across(w.x0), top=down(w.top), x1=across(w.x1), bottom=down(w.bottom)) for w in scan.words]
    rules = [Rule(across(r.x0), down(r.top), across(r.x1), down(r.bottom)) for r in scan.rules]
    return replace(scan, words=words, rules=rules)


def is_writing(scan: Scan, doubtful: float) -> bool:
    """Tell whether what was read in a picture is enough, and sure enough, to be text."""
    from coopnlp.extract.scan import mean_confidence

    return sum(len(w.text) for w in scan.words) >= _LEAST_LETTERS and mean_confidence(scan.words) >= doubtful


def _pictures(page: Any, found: PageWords) -> Iterator[tuple[float, float, float, float]]:
    """Yield the places of large pictures that have hardly any words of the file on them."""
    import pypdfium2.raw as c

    ends = [ctypes.c_float() for _ in range(4)]
    seen = 0
    width, height = found.frame.size
    for index in range(min(c.FPDFPage_CountObjects(page.raw), _MAX_OBJECTS)):
        item = c.FPDFPage_GetObject(page.raw, index)
        if c.FPDFPageObj_GetType(item) != c.FPDF_PAGEOBJ_IMAGE or not c.FPDFPageObj_GetBounds(item, *ends):
            continue
        x0, top, x1, bottom = found.frame.box(*(end.value for end in ends))
        x0, top, x1, bottom = max(0.0, x0), max(0.0, top), min(width, x1), min(height, bottom)
        if x1 <= x0 or bottom <= top or (x1 - x0) * (bottom - top) < _LEAST_SHARE * width * height:
            continue
        if sum(len(word.text) for word in found.words if _lies_in(word, (x0, top, x1, bottom))) > _MAX_CHARS:
            continue
        seen += 1
        if seen > _MAX_PICTURES:
            return
        yield x0, top, x1, bottom


def _lies_in(word: Word, place: tuple[float, float, float, float]) -> bool:
    x0, top, x1, bottom = place
    return x0 <= (word.x0 + word.x1) / 2 <= x1 and top <= (word.top + word.bottom) / 2 <= bottom


def _bounded(page: Any, dpi: float) -> float:
    """Return a resolution at which the page has no more pixels than a large sheet."""
    width, height = page.get_size()
    return min(dpi, 72 * math.sqrt(_MAX_PIXELS / max(1.0, width * height)))


def _render(page: Any, dpi: float) -> Image:
    bitmap = page.render(scale=dpi / 72, grayscale=True)
    try:
        image: Image = bitmap.to_pil().convert("L").copy()
        return image
    finally:
        bitmap.close()


def _cut(image: Image, place: tuple[float, float, float, float], dpi: float) -> Image:
    x0, top, x1, bottom = (round(end * dpi / 72) for end in place)
    return image.crop((x0, top, max(x0 + 1, x1), max(top + 1, bottom)))
