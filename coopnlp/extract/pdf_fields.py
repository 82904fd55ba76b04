"""What is laid over a PDF page: values of form fields, typed text, notes, files pinned to it."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

from coopnlp.extract.builder import tidy
from coopnlp.extract.fragments import FIELDS
from coopnlp.extract.pdf_rules import Frame
from coopnlp.extract.pdf_words import Word

__all__ = ["Overlay", "read_overlay"]

#: Pages with more annotations are maps with links.
_MAX_ANNOTATIONS = 3_000
#: Longer values than this (in UTF-16 units) are cut: files that lie about lengths ask for gigabytes.
_MAX_UNITS = 100_000
_CHECKED, _UNCHECKED = "☒", "☐"


@dataclass(slots=True)
class Overlay:
    """Words that are laid over a page.

    ``fields`` are values of form fields, one word each, with ``run`` under
    zero; ``labels`` holds the tooltip of each by its ``run``. ``words`` are ticks of boxes
    and typed text. ``notes`` are texts of comments, ``files`` names of files
    pinned to the page; ``signatures`` counts fields for electronic signatures.
    """

    fields: list[Word] = field(default_factory=list)
    labels: dict[int, str] = field(default_factory=dict)
    words: list[Word] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    signatures: int = 0


def read_overlay(page: Any, frame: Frame) -> Overlay:
    """Return what annotations add to a pypdfium2 page, in its upright frame."""
    import pypdfium2.raw as c

    overlay = Overlay()
    environment = page.formenv.raw if page.formenv is not None else None
    for index in range(min(c.FPDFPage_GetAnnotCount(page.raw), _MAX_ANNOTATIONS)):
        annotation = c.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        try:
            if not c.FPDFAnnot_GetFlags(annotation) & (c.FPDF_ANNOT_FLAG_HIDDEN | c.FPDF_ANNOT_FLAG_NOVIEW):
                _read(annotation, environment, frame, overlay)
        finally:
            c.FPDFPage_CloseAnnot(annotation)
    return overlay


def _read(annotation: Any, environment: Any, frame: Frame, overlay: Overlay) -> None:
    import pypdfium2.raw as c

    kind = c.FPDFAnnot_GetSubtype(annotation)
    if kind == c.FPDF_ANNOT_WIDGET and environment is not None:
        _read_field(annotation, environment, frame, overlay)
    elif kind == c.FPDF_ANNOT_FREETEXT:
        if text := _entry(annotation, b"Contents"):
            overlay.words.append(_word(text, annotation, frame, FIELDS - len(overlay.words)))
    elif kind in (c.FPDF_ANNOT_TEXT, c.FPDF_ANNOT_HIGHLIGHT, c.FPDF_ANNOT_UNDERLINE, c.FPDF_ANNOT_STAMP):
        if text := _entry(annotation, b"Contents"):
            overlay.notes.append(text)
    elif kind == c.FPDF_ANNOT_FILEATTACHMENT:
        overlay.files.append(_entry(annotation, b"Contents") or "sans nom")


def _read_field(annotation: Any, environment: Any, frame: Frame, overlay: Overlay) -> None:
    import pypdfium2.raw as c

    kind = c.FPDFAnnot_GetFormFieldType(environment, annotation)
    run = -1 - len(overlay.fields)
    if kind in (c.FPDF_FORMFIELD_CHECKBOX, c.FPDF_FORMFIELD_RADIOBUTTON):
        tick = _CHECKED if c.FPDFAnnot_IsChecked(environment, annotation) else _UNCHECKED
        overlay.words.append(_word(tick, annotation, frame, FIELDS - len(overlay.words)))
    elif kind in (c.FPDF_FORMFIELD_TEXTFIELD, c.FPDF_FORMFIELD_COMBOBOX, c.FPDF_FORMFIELD_LISTBOX):
        value = _form_text(c.FPDFAnnot_GetFormFieldValue, environment, annotation)
        if value:
            overlay.fields.append(_word(value, annotation, frame, run))
            overlay.labels[run] = _form_text(c.FPDFAnnot_GetFormFieldAlternateName, environment, annotation)
    elif kind == c.FPDF_FORMFIELD_SIGNATURE:
        overlay.signatures += 1


def _word(text: str, annotation: Any, frame: Frame, run: int) -> Word:
    """Return text as one word in the box of its annotation; long boxes are as high as a line at their top."""
    import pypdfium2.raw as c

    rect = c.FS_RECTF()
    c.FPDFAnnot_GetRect(annotation, ctypes.byref(rect))
    x0, top, x1, bottom = frame.box(rect.left, rect.bottom, rect.right, rect.top)
    size = min(12.0, max(4.0, (bottom - top) / 1.5))
    return Word(text, x0, top, x1, min(bottom, top + 2 * size), size, False, run)


def _entry(annotation: Any, key: bytes) -> str:
    import pypdfium2.raw as c

    return _text(lambda buffer, size: c.FPDFAnnot_GetStringValue(annotation, key, buffer, size))


def _form_text(function: Any, environment: Any, annotation: Any) -> str:
    return _text(lambda buffer, size: function(environment, annotation, buffer, size))


def _text(read: Any) -> str:
    """Return the UTF-16 text that a function of pdfium writes into a buffer."""
    size = min(read(None, 0), 2 * _MAX_UNITS)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (size // 2))()
    read(buffer, size)
    return tidy(bytes(buffer)[: size - 2].decode("utf-16-le", "replace")).replace("\n", " ")
