"""What a document says where its words were misread: the pipeline works on the reading, the user gets the original.

The tokenizer finds the misread words of a poor copy
(:func:`coopnlp.pipeline.misread.mend`) and keeps what each was. ``coop_reading``, the
first component, then hands on a document with the same tokens in which those words
are mended; ``coop_original``, the last, gives what was found there to the original,
token for token. So « Montréa1 » is linked, a date in « janvicr » has its value, and
every entity is still the text of the file. A document that is no poor copy passes
through both as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.tokens import Doc, Span

from coopnlp.pipeline.misread_signs import certain
from coopnlp.pipeline.surface import surface_of
from coopnlp.pipeline.values import register_extensions, set_value

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["create_original", "create_reading", "is_poor_copy", "note_mended", "original", "reading"]

_MENDED = "coop_mended"
_ORIGINAL = "coop_original"
_POOR = "coop_poor_copy"


def note_mended(doc: Doc, words: dict[int, str]) -> None:
    """Keep what some tokens were before they were misread: token index to word."""
    if words:
        doc.user_data[_MENDED] = [list(pair) for pair in words.items()]


def reading(doc: Doc) -> Doc:
    """Return the document with its misread words mended, token for token; the document itself where there are none."""
    mended = dict(doc.user_data.get(_MENDED, ()))
    if not mended:
        return doc
    surface = surface_of(doc)
    words = [mended.get(i, text) for i, text in enumerate(surface.texts)]
    spaces = (surface.spaces > 0).tolist()
    kept = {**{key: value for key, value in doc.user_data.items() if key != _MENDED}, _POOR: True}
    copy = Doc(doc.vocab, words=words, spaces=spaces, user_data=kept)
    copy.set_ents([Span(copy, e.start, e.end, label=e.label, kb_id=e.kb_id) for e in doc.ents])
    return copy


def is_poor_copy(doc: Doc) -> bool:
    """Tell whether the document is the reading of one in which words were misread."""
    return _POOR in doc.user_data


def original(doc: Doc, copy: Doc) -> Doc:
    """Give the document what was found in its reading: entities, span groups, values, and what ``user_data`` keeps."""

    def moved(spans: Iterable[Span]) -> list[Span]:
        found = []
        for span in spans:
            here = Span(doc, span.start, span.end, label=span.label, kb_id=span.kb_id)
            if span._.value is not None and all(certain(h.text, r.text) for h, r in zip(here, span, strict=True)):
                set_value(here, span._.value)
            found.append(here)
        return found

    doc.user_data.update({key: value for key, value in copy.user_data.items() if key not in _BY_CHARACTER})
    doc.set_ents(moved(copy.ents))
    for name, spans in copy.spans.items():
        doc.spans[name] = moved(spans)
    return doc


# Kept by character offsets of the reading, which are not those of the original, or said of the reading alone.
_BY_CHARACTER = frozenset({"coop_values", _ORIGINAL, _POOR})


@Language.factory("coop_reading")
def create_reading(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Return the component that hands on the reading of a poor copy."""

    def read(doc: Doc) -> Doc:
        copy = reading(doc)
        if copy is not doc:
            copy.user_data[_ORIGINAL] = doc
        return copy

    return read


@Language.factory("coop_original")
def create_original(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Return the component that gives the original what was found in its reading."""
    register_extensions()

    def give(doc: Doc) -> Doc:
        given = doc.user_data.pop(_ORIGINAL, None)
        return doc if given is None else original(given, doc)

    return give
