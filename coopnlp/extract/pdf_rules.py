"""Ruling lines and pictures of one PDF page, and the frame in which its text reads upright."""

from __future__ import annotations

import ctypes
from collections.abc import Set
from dataclasses import dataclass
from itertools import repeat
from typing import Any, NamedTuple

from coopnlp.extract import pdfium

__all__ = ["Frame", "Rule", "read_rules"]

#: Thinner than this, in points, a box is a line; shorter than _SHORT, a line is no rule.
_THIN = 2.5
_SHORT = 6.0
#: A page with more drawings is a map or a plan; looking at each would take seconds.
_MAX_OBJECTS = 20_000
_MAX_SEGMENTS = 4_000
#: Forms within forms; files that loop go on for ever.
_MAX_DEPTH = 4


class Rule(NamedTuple):
    """A ruling line or the side of a box, with no width."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def horizontal(self) -> bool:
        """Whether it lies rather than stands."""
        return self.x1 - self.x0 >= self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Frame:
    """Page coordinates (origin bottom left, points) to upright ones (origin top left).

    ``turn`` counts the quarter turns, counter-clockwise, of the text on the page.
    """

    left: float
    bottom: float
    width: float
    height: float
    turn: int

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the upright page."""
        return (self.height, self.width) if self.turn % 2 else (self.width, self.height)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return a point in the upright frame."""
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
        """Return a box given by two corners as (x0, top, x1, bottom)."""
        ax, ay = self.point(x0, y0)
        bx, by = self.point(x1, y1)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)

    def boxes(self, boxes: Any) -> Any:
        """Return boxes in page space, an array (n, 4) of two corners, as x0, top, x1, bottom: an array (4, n)."""
        import numpy as np

        a, b = self.point(boxes[:, 0], boxes[:, 1]), self.point(boxes[:, 2], boxes[:, 3])
        return np.concatenate([np.minimum(a, b), np.maximum(a, b)])


_Matrix = tuple[float, float, float, float, float, float]
_Box = tuple[float, float, float, float]


def read_rules(page: Any, frame: Frame, text: Set[int]) -> tuple[list[Rule], float]:
    """Return the ruling lines of a page (its handle in pdfium), and the share of it under pictures, 0 to 1.

    ``text`` are addresses of objects that are known to be text.
    """
    import pypdfium2.raw as c

    get = pdfium.function("FPDFPage_GetObject", ctypes.c_void_p)
    count = min(c.FPDFPage_CountObjects(page), _MAX_OBJECTS)
    items = map(get, repeat(pdfium.pointer(pdfium.address(page))), range(count))
    rules: list[Rule] = []
    covered = _read([item for item in items if item not in text], frame, None, 0, rules)
    return rules, min(1.0, covered / max(1.0, frame.width * frame.height))


def _read(items: list[int], frame: Frame, matrix: _Matrix | None, depth: int, rules: list[Rule]) -> float:
    """Add the rules that objects draw, those in a form moved by its matrix; return the area of pictures."""
    import numpy as np
    import pypdfium2.raw as c

    kinds = list(map(pdfium.function("FPDFPageObj_GetType", ctypes.c_int, ctypes.c_void_p), items))
    flat = (c.FPDF_PAGEOBJ_PATH, c.FPDF_PAGEOBJ_IMAGE)
    boxes, known = pdfium.bounds([item for item, kind in zip(items, kinds, strict=True) if kind in flat])
    if matrix is not None:
        corners = *_moved(boxes[:, 0], boxes[:, 1], matrix), *_moved(boxes[:, 2], boxes[:, 3], matrix)
        boxes = np.column_stack(corners)
    places = zip(known, *frame.boxes(boxes).tolist(), strict=True)
    covered = 0.0
    for item, kind in zip(items, kinds, strict=True):
        if kind in flat:
            has_any, x0, top, x1, bottom = next(places)
            if not has_any:
                continue
            if kind == c.FPDF_PAGEOBJ_IMAGE:
                covered += max(0.0, x1 - x0) * max(0.0, bottom - top)
            elif bottom - top <= _THIN or x1 - x0 <= _THIN:
                rules += _sides(x0, top, x1, bottom)
            elif bottom - top >= _SHORT and x1 - x0 >= _SHORT:
                rules += _path_rules(item, (x0, top, x1, bottom), matrix, frame)
        elif kind == c.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
            own = _matrix(item)
            whole = own if matrix is None else _product(own, matrix)
            covered += _read(_held(item), frame, whole, depth + 1, rules)
    return covered


def _held(form: int) -> list[int]:
    """Return the objects of a form."""
    import pypdfium2.raw as c

    get = pdfium.function("FPDFFormObj_GetObject", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)
    count = c.FPDFFormObj_CountObjects(ctypes.cast(form, c.FPDF_PAGEOBJECT))
    return [get(form, index) for index in range(min(count, _MAX_OBJECTS))]


def _path_rules(item: int, box: _Box, matrix: _Matrix | None, frame: Frame) -> list[Rule]:
    """Return the rules of a path that is no line: of its box, or where it draws more than a box, of its segments."""
    import pypdfium2.raw as c

    path = ctypes.cast(item, c.FPDF_PAGEOBJECT)
    fill, stroke = ctypes.c_int(), c.FPDF_BOOL()
    if c.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke)) and not (fill.value or stroke.value):
        return []
    count = c.FPDFPath_CountSegments(path)
    if count == 5 or (count == 4 and fill.value):
        return _sides(*box)
    if not stroke.value and count > 20:
        return []  # a filled drawing
    own = _matrix(item)
    whole = own if matrix is None else _product(own, matrix)
    rules: list[Rule] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    first = before = (0.0, 0.0)
    for index in range(min(count, _MAX_SEGMENTS)):
        segment = c.FPDFPath_GetPathSegment(path, index)
        c.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        point = frame.point(*_moved(x.value, y.value, whole))
        kind = c.FPDFPathSegment_GetType(segment)
        if kind == c.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == c.FPDF_SEGMENT_LINETO:
            rules.extend(_segment(before, point))
        before = point
        if c.FPDFPathSegment_GetClose(segment):
            rules.extend(_segment(point, first))
            before = first
    return rules


def _segment(a: tuple[float, float], b: tuple[float, float]) -> list[Rule]:
    wide, tall = abs(a[0] - b[0]), abs(a[1] - b[1])
    if min(wide, tall) > 1 or max(wide, tall) < _SHORT:
        return []
    return _sides(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))


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


def _matrix(item: int) -> _Matrix:
    import pypdfium2.raw as c

    m = c.FS_MATRIX(1, 0, 0, 1, 0, 0)
    c.FPDFPageObj_GetMatrix(ctypes.cast(item, c.FPDF_PAGEOBJECT), ctypes.byref(m))
    return m.a, m.b, m.c, m.d, m.e, m.f


def _moved(x: float, y: float, m: _Matrix) -> tuple[float, float]:
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]


def _product(m: _Matrix, n: _Matrix) -> _Matrix:
    """Return the matrix that moves by m first and by n then (ISO 32000-1, 8.3.4)."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )
