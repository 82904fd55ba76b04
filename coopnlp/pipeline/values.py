"""Typed values on spans and the layout on documents.

``span._.value`` is an :class:`~coopnlp.types.Amount`, a
:class:`~coopnlp.types.DateValue` or None; ``doc._.extraction`` is the
:class:`~coopnlp.types.Extraction` that the document was made from, or None for
a document made from a bare string.

Both are kept in ``doc.user_data`` as JSON, keyed by character offsets: a span
that is made anew (another label, an identifier) still finds its value, and a
document can be serialised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coopnlp.types import Amount, DateValue, Extraction

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

__all__ = ["attach_extraction", "register_extensions", "set_value"]

_VALUES = "coop_values"
_EXTRACTION = "coop_extraction"


def set_value(span: Span, value: Amount | DateValue) -> None:
    """Give the span a value; it is found by the span's character offsets."""
    values = span.doc.user_data.setdefault(_VALUES, {})
    kind = "amount" if isinstance(value, Amount) else "date"
    values[f"{span.start_char}:{span.end_char}:{kind}"] = value.model_dump_json()


def attach_extraction(doc: Doc, extraction: Extraction) -> None:
    """Give the document the layout that it was made from."""
    doc.user_data[_EXTRACTION] = extraction.model_dump_json()


def _value(span: Span) -> Amount | DateValue | None:
    values = span.doc.user_data.get(_VALUES)
    if not values or span.label_ not in ("AMOUNT", "DATE"):
        return None
    kind, model = ("amount", Amount) if span.label_ == "AMOUNT" else ("date", DateValue)
    found = values.get(f"{span.start_char}:{span.end_char}:{kind}")
    return None if found is None else model.model_validate_json(found)


def _extraction(doc: Doc) -> Extraction | None:
    found = doc.user_data.get(_EXTRACTION)
    return None if found is None else Extraction.model_validate_json(found)


def register_extensions() -> None:
    """Declare ``span._.value`` and ``doc._.extraction``; a second call changes nothing."""
    from spacy.tokens import Doc, Span

    if not Span.has_extension("value"):
        Span.set_extension("value", getter=_value)
    if not Doc.has_extension("extraction"):
        Doc.set_extension("extraction", getter=_extraction)
