"""Fields of Word files: what they show, and what shows the day of reading or the number of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from coopnlp.extract.docx_styles import qualified

__all__ = ["drop_current_dates", "drop_instructions", "drop_page_numbers"]

#: DATE and TIME (ECMA-376, 17.16.5); CREATEDATE, SAVEDATE and PRINTDATE are the document's own.
_CURRENT = re.compile(r"\s*(?:DATE|TIME)\b", re.IGNORECASE)
_PAGE = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b", re.IGNORECASE)


class _Field(NamedTuple):
    instruction: str
    #: Text elements of the instruction: results of fields inside it, which nobody sees.
    inside: list[Any]
    #: Text elements that the field shows.
    shown: list[Any]


def drop_current_dates(body: Any) -> int:
    """Empty the fields of the current date below an element; return how many showed something."""
    return sum(_emptied(field.shown) for field in _fields(body) if _CURRENT.match(field.instruction))


def drop_page_numbers(root: Any) -> None:
    """Empty the fields of page numbers below an element."""
    for field in _fields(root):
        if _PAGE.match(field.instruction):
            _emptied(field.shown)


def drop_instructions(root: Any) -> None:
    """Empty what stands inside the instructions of fields: IF keeps both its texts there and shows one of them."""
    for field in _fields(root):
        _emptied(field.inside)


def _fields(root: Any) -> Iterator[_Field]:
    """Yield the fields below an element; inner ones before those that hold them."""
    simple = qualified("fldSimple")
    for field in root.iter(simple):
        yield _Field(field.get(qualified("instr")) or "", [], list(field.iter(qualified("t"))))
    opened: list[tuple[list[str], list[Any], list[Any], list[bool]]] = []
    for item in root.iter(qualified("fldChar"), qualified("instrText"), qualified("t")):
        if item.tag == qualified("instrText"):
            if opened:
                opened[-1][0].append(item.text or "")
        elif item.tag == qualified("t"):
            for _, inside, shown, separated in opened:
                (shown if separated else inside).append(item)
        else:
            kind = item.get(qualified("fldCharType"))
            if kind == "begin":
                opened.append(([], [], [], []))
            elif kind == "separate" and opened:
                opened[-1][3].append(True)
            elif kind == "end" and opened:
                instruction, inside, shown, _ = opened.pop()
                yield _Field("".join(instruction), inside, shown)


def _emptied(texts: list[Any]) -> int:
    had = any((text.text or "").strip() for text in texts)
    for text in texts:
        text.text = ""
    return int(had)
