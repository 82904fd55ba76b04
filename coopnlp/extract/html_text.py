"""The text of the elements of a web page, with white space as browsers show it."""

from __future__ import annotations

import re
from typing import Any

from coopnlp.extract.builder import tidy

__all__ = ["BLOCKS", "HEADINGS", "SILENT", "control_text", "flatten", "one_line"]

_BLOCK_NAMES = (
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer "
    "form header hr html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
_SILENT_NAMES = (
    "script style noscript template svg math iframe object embed audio video canvas button datalist head "
    "title link meta map"
)
BLOCKS = frozenset(_BLOCK_NAMES.split())
SILENT = frozenset(_SILENT_NAMES.split())
HEADINGS = {f"h{n}": n for n in range(1, 7)}
_BLANK = re.compile(r"[ \t\r\n\f]+")


def flatten(text: str) -> str:
    """Return the text of the source of a page with white space as browsers show it."""
    return _BLANK.sub(" ", text)


def one_line(element: Any) -> str:
    """Return the text of an element on one line."""
    parts: list[str] = []
    _collect(element, parts)
    return tidy("".join(parts)).replace("\n", " ")


def _collect(element: Any, parts: list[str]) -> None:
    tag = element.tag
    if not isinstance(tag, str) or tag in SILENT:
        return
    if tag in ("input", "select", "textarea"):
        parts.append(f" {control_text(element)} ")
        return
    block = tag in BLOCKS or tag == "br" or tag in HEADINGS
    if block:
        parts.append(" ")
    parts.append(flatten(element.text or ""))
    for child in element:
        _collect(child, parts)
        parts.append(flatten(child.tail or ""))
    if block:
        parts.append(" ")


def control_text(element: Any) -> str:
    """Return what a filled form control shows; records are also published as forms that are closed."""
    if element.tag == "textarea":
        return element.text or ""
    if element.tag == "select":
        return " ".join(o.text_content() for o in element.iter("option") if o.get("selected") is not None)
    kind = (element.get("type") or "text").lower()
    if kind == "text":
        return element.get("value") or ""
    return ""
