"""Which pages OCR may read: ``auto``, ``never`` or ``always``.

The choice holds for a call of :func:`~coopnlp.extract.extract` and for the
documents inside the document (attachments, members of archives); for a whole
process and the workers it starts it is the variable ``COOPNLP_OCR``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, get_args

from coopnlp.errors import CoopnlpError

__all__ = ["MODES", "VARIABLE", "OcrMode", "ocr_mode", "using_ocr"]

#: ``auto`` reads pages without a text layer and those whose layer is noise; ``always`` leaves text layers aside.
OcrMode = Literal["auto", "never", "always"]
MODES: tuple[OcrMode, ...] = get_args(OcrMode)
VARIABLE = "COOPNLP_OCR"

_chosen: ContextVar[OcrMode | None] = ContextVar("ocr", default=None)


@contextmanager
def using_ocr(mode: OcrMode | None) -> Iterator[None]:
    """Let OCR read what ``mode`` says while documents are read within; None changes nothing.

    Raises
    ------
    CoopnlpError
        No such mode.
    """
    token = _chosen.set(_checked(mode, "ocr") if mode is not None else _chosen.get())
    try:
        yield
    finally:
        _chosen.reset(token)


def ocr_mode() -> OcrMode:
    """Return what was chosen for this document, else for this process, else ``auto``.

    Raises
    ------
    CoopnlpError
        The variable ``COOPNLP_OCR`` names no mode.
    """
    return _chosen.get() or _checked(os.environ.get(VARIABLE) or "auto", VARIABLE)


def _checked(mode: str, where: str) -> OcrMode:
    if mode not in MODES:
        raise CoopnlpError(f"{where} is {mode!r}. Give one of {', '.join(MODES)}.")
    return mode
