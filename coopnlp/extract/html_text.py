"""The text of the elements of a web page, with white space as browsers show it."""

from __future__ import annotations

import re
from typing import Any

from coopnlp.extract.builder import tidy

__all__ = [
    "BLOCKS",
    "HEADINGS",
    "SILENT",
    "control_text",
    "flatten",
    "is_document_link",
    "is_run_on",
    "one_line",
    "words_in",
]

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
_WORD = re.compile(r"\w+")
_DOCUMENT = re.compile(r"(?i)\.(?:pdf|docx?|odt|rtf|xlsx?|ods|csv|pptx?|odp|zip)(?:[?#]|$)")
_BLANK = re.compile(r"[ \t\r\n\f]+")


def flatten(text: str) -> str:
    """Return the text of the source of a page with white space as browsers show it."""
    return _BLANK.sub(" ", text)


def words_in(text: str) -> int:
    """Return how many words a text has; bullets and arrows of menus are none.

    >>> words_in("• Vos élus »")
    2
    """
    return len(_WORD.findall(text))


def is_document_link(element: Any) -> bool:
    """Tell whether a link leads to a document: its text names what a page publishes, and is no entry of a menu."""
    return _DOCUMENT.search(element.get("href") or "") is not None or _DOCUMENT.search(one_line(element)) is not None


def is_run_on(before: str, element: Any) -> bool:
    """Tell whether an element touches what stands before it without a blank, which only style sheets part.

    « Par Élise Vandroux</span><span>Publié le »: a capital after a small letter or a digit, in an element
    of its own right after another.
    """
    text = (element.text or "")[:1]
    last = before[-1:]
    previous = element.getprevious()
    return (
        previous is not None
        and not previous.tail
        and text.isupper()
        and (last.islower() or last.isdigit())
        and element.tag in ("span", "a", "time", "strong", "b", "small", "label")
    )


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
    if block or (parts and is_run_on(parts[-1], element)):
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
