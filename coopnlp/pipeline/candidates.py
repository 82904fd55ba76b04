"""Found stretches of text to candidate spans with values.

The one place where rules meet token borders (design.md, fact 3).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from coopnlp.pipeline.surface import text_of
from coopnlp.types import Amount, DateValue

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

__all__ = ["GROUP", "add_candidates", "char_span"]

#: The span group that every rule component appends to.
GROUP = "candidates"


def char_span(doc: Doc, start: int, end: int, label: str) -> Span | None:
    """Return the span of characters ``start:end``, or None where it cuts a token.

    A token may stick out where it adds only characters that are no letter,
    digit or currency sign.
    """
    span = doc.char_span(start, end, label=label)
    if span is not None:
        return span
    wide = doc.char_span(start, end, label=label, alignment_mode="expand")
    if wide is None:
        return None
    text = text_of(doc)
    extra = text[wide.start_char : start] + text[end : wide.end_char]
    return None if any(c.isalnum() or c in "€$£¥%" for c in extra) else wide


def add_candidates(doc: Doc, label: str, found: Iterable[tuple[int, int, Amount | DateValue | None]]) -> None:
    """Append spans to ``doc.spans["candidates"]`` and give them their values.

    What cannot be a span is counted in ``doc.user_data["coop_off_token"]`` under
    its label, never dropped silently.
    """
    from coopnlp.pipeline.values import set_value

    spans = list(doc.spans[GROUP]) if GROUP in doc.spans else []
    for start, end, value in found:
        span = char_span(doc, start, end, label)
        if span is None:
            missed = doc.user_data.setdefault("coop_off_token", {})
            missed[label] = missed.get(label, 0) + 1
            continue
        if value is not None:
            set_value(span, value)
        spans.append(span)
    doc.spans[GROUP] = spans
