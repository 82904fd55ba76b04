"""Fields of Word files: those that show the day on which the file is opened."""

from __future__ import annotations

import re
from typing import Any

from coopnlp.extract.docx_styles import qualified

__all__ = ["drop_current_dates"]

#: DATE and TIME (ECMA-376, 17.16.5); CREATEDATE, SAVEDATE and PRINTDATE are the document's own.
_CURRENT = re.compile(r"\s*(?:DATE|TIME)\b", re.IGNORECASE)


def drop_current_dates(body: Any) -> int:
    """Empty the fields of the current date below an element; return how many showed something."""
    dropped = 0
    for field in body.iter(qualified("fldSimple")):
        if _CURRENT.match(field.get(qualified("instr")) or ""):
            dropped += _emptied(list(field.iter(qualified("t"))))
    open_fields: list[tuple[list[str], list[Any]]] = []  # instruction and shown text, outermost first
    shown = False
    for item in body.iter(qualified("fldChar"), qualified("instrText"), qualified("t")):
        if item.tag == qualified("instrText"):
            if open_fields:
                open_fields[-1][0].append(item.text or "")
        elif item.tag == qualified("t"):
            if open_fields and shown:
                open_fields[-1][1].append(item)
        else:
            kind = item.get(qualified("fldCharType"))
            if kind == "begin":
                open_fields.append(([], []))
            elif kind == "end" and open_fields:
                instruction, texts = open_fields.pop()
                if _CURRENT.match("".join(instruction)):
                    dropped += _emptied(texts)
            shown = kind == "separate" or (kind == "end" and bool(open_fields))
    return dropped


def _emptied(texts: list[Any]) -> int:
    had = any((text.text or "").strip() for text in texts)
    for text in texts:
        text.text = ""
    return int(had)
