"""Functions of pdfium that run once a word or an object, called without converting their arguments.

For arguments whose types are declared ctypes makes an object at every call, which
takes longer than these functions do. So none are declared here: whole numbers are
passed as C ``int``, and pointers as what :func:`ctypes.byref` returns, made once.
Only addresses that pdfium has given itself are declared, where they are passed on.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Sequence
from functools import cache
from itertools import repeat
from typing import Any

__all__ = ["address", "bounds", "function", "pointer", "rows"]

#: So many rows of floats are filled before they are copied.
_ROWS = 512


@cache
def function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """Return a function of pdfium by its name; ``arguments`` are types of the first ones, where they are declared.

    It keeps Python's lock: giving it up takes longer than the function.
    """
    import pypdfium2.raw as c

    return ctypes.PYFUNCTYPE(result, *arguments)(address(getattr(c, name)))


def address(handle: Any) -> int:
    """Return the address that a pointer of pypdfium2 holds."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def pointer(at: int) -> Any:
    """Return an address as an argument that is passed as it is."""
    return ctypes.byref(ctypes.c_char.from_address(at))


def rows(call: Callable[..., Any], handle: Any, indices: Sequence[int], width: int) -> Any:
    """Return what a function ``(handle, index, floats)`` writes for each index: an array float64 (n, ``width``).

    A row for which it fails is zeros.
    """
    import numpy as np

    found = np.zeros((len(indices), width))
    filled, places, _ = _buffer(width)
    for at in range(0, len(indices), _ROWS):
        some = indices[at : at + _ROWS]
        filled[: len(some)] = 0
        deque(map(call, repeat(handle), some, places), maxlen=0)
        found[at : at + len(some)] = filled[: len(some)]
    return found


def bounds(items: Sequence[int]) -> tuple[Any, list[bool]]:
    """Return left, bottom, right, top of page objects, an array float64 (n, 4), and which of them have any."""
    import numpy as np

    found = np.zeros((len(items), 4))
    known: list[bool] = []
    filled, _, columns = _buffer(4)
    call = function("FPDFPageObj_GetBounds", ctypes.c_int, *[ctypes.c_void_p] * 5)
    for at in range(0, len(items), _ROWS):
        some = items[at : at + _ROWS]
        known += map(bool, map(call, some, *columns))
        found[at : at + len(some)] = filled[: len(some)]
    return found, known


@cache
def _buffer(width: int) -> tuple[Any, list[Any], tuple[list[Any], ...]]:
    """Return rows of floats as an array, pointers to each row, and by column pointers to each float."""
    import numpy as np

    memory = (ctypes.c_float * (width * _ROWS))()
    filled = np.ctypeslib.as_array(memory).reshape(_ROWS, width)
    places = [ctypes.byref(memory, 4 * at) for at in range(width * _ROWS)]
    columns = tuple(places[column::width] for column in range(width))
    return filled, columns[0], columns
