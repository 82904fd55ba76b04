"""From a corrected document to one of the corpus, or to the list of what is wrong with it.

The corpus holds normalised text, spans that do not overlap and lie on token
borders, the labels of the annotation guide, and ``[[surface|LABEL]]`` written
into the text. Every fault of a document is found, not only the first, so that a
corrector has one list to work through. Nothing is put right silently: only
spans that are marked twice alike are one, and line ends and combining accents
are normalised with the offsets moved along.
"""

from __future__ import annotations

from itertools import pairwise

from coopnlp.errors import CorpusError
from coopnlp.text import normalise
from coopnlp.training.corpus import Annotated, parse
from coopnlp.training.formats.corrected import Corrected, Span
from coopnlp.training.formats.labelstudio import same_surface
from coopnlp.training.formats.tokens import Borders
from coopnlp.types import LABELS

__all__ = ["to_annotated", "to_marked"]


def to_marked(document: Annotated) -> str:
    """Return the text with its entities marked.

    Raises
    ------
    CorpusError
        The mark-up would not be read back as the same document.

    >>> to_marked(Annotated("essai", "La Gironde.", ((3, 10, "LOC"),)))
    'La [[Gironde|LOC]].'
    """
    pieces, last = [], 0
    for start, end, label in document.entities:
        pieces += [document.text[last:start], f"[[{document.text[start:end]}|{label}]]"]
        last = end
    marked = "".join([*pieces, document.text[last:]])
    try:
        same = parse(marked, document.id) == (document.text, document.entities)
    except CorpusError:
        same = False
    if not same:
        raise CorpusError(f"{document.id}: its brackets cannot be told from mark-up. Take them out of the text.")
    return marked


def to_annotated(document: Corrected, *, snap: bool = False) -> tuple[Annotated, tuple[str, ...]]:
    """Return the document as one of the corpus, and what was changed in it.

    Parameters
    ----------
    document
        As a reader returned it.
    snap
        Move spans that are off token borders to the tokens that they touch;
        without it they are faults.

    Raises
    ------
    CorpusError
        The document is faulty: a line of the message a fault.
    """
    faults: list[str] = []
    changes: list[str] = []
    spans = _readable(document, faults)
    text, spans = _normalised(document.text, spans, faults)
    borders = Borders(text)
    placed = []
    for span in spans:
        whole = borders.snap(span.start, span.end)
        if (span.start, span.end) in borders:
            placed.append(span)
        elif whole is None:
            faults.append(f"{_shown(text, span)} holds nothing but white space. Take the mark away.")
        elif snap:
            moved = Span(*whole, span.label)
            placed.append(moved)
            changes.append(f"{_shown(text, span)} moved to {_shown(text, moved)}")
        else:
            tokens = _shown(text, Span(*whole, ""))
            faults.append(
                f"{_shown(text, span)} does not lie on token borders, {tokens} does. Correct it, or import with --snap."
            )
    entities = sorted({(s.start, s.end, s.label) for s in placed})
    widest = (0, 0, "")
    for entity in entities:
        if entity[0] < widest[1]:
            faults.append(f"{_shown(text, Span(*widest))} and {_shown(text, Span(*entity))} overlap. Keep one of them.")
        widest = max(widest, entity, key=lambda e: e[1])
    faults += _bracket_faults(text, {start for start, _, _ in entities})
    annotated = Annotated(document.id, text, tuple(entities))
    if not faults:
        try:
            to_marked(annotated)
        except CorpusError:
            faults.append("the brackets in the text cannot be told from mark-up. Take them out before annotating.")
    if faults:
        raise CorpusError("\n".join(f"{document.where}: {fault}" for fault in faults))
    return annotated, tuple(changes)


def _shown(text: str, span: Span) -> str:
    label = f", {span.label}" if span.label else ""
    return f"{text[span.start : span.end]!r} ({span.start}-{span.end}{label})"


def _readable(document: Corrected, faults: list[str]) -> list[Span]:
    """Return the spans that have a place in the text, and name what is wrong with the others and with their labels."""
    found = []
    size = len(document.text)
    for span in document.spans:
        shown = _shown(document.text, span)
        if not 0 <= span.start < span.end <= size:
            faults.append(
                f"{span.start}-{span.end} ({span.label}) is no place in the text of {size} characters. "
                "Was the text changed after it was annotated? Annotate the new one."
            )
            continue
        if span.surface is not None and not same_surface(span.surface, document.text[span.start : span.end]):
            faults.append(
                f"{shown} is {span.surface!r} in the file. Was the text changed after it was annotated? "
                "Annotate the new one."
            )
        if span.label not in LABELS:
            faults.append(f"unknown label {span.label!r} on {shown}. Labels are {', '.join(LABELS)}.")
        found.append(span)
    return found


def _normalised(text: str, spans: list[Span], faults: list[str]) -> tuple[str, list[Span]]:
    """Return the text in the normal form of the corpus, and the spans moved along."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        faults.append(f"half a character at {error.start}, which no file can hold. Take it out of the text.")
        text = text.encode(errors="replace").decode()
    new = normalise(text)
    if new == text:
        return text, spans
    borders = sorted({0, len(text), *(b for s in spans for b in (s.start, s.end))})
    moved, at, parts = {0: 0}, 0, []
    for start, end in pairwise(borders):
        parts.append(normalise(text[start:end]))
        at += len(parts[-1])
        moved[end] = at
    if "".join(parts) != new:
        faults.append("a span begins or ends inside a letter with its accent, or between \\r and \\n. Mark it anew.")
        return text, spans
    return new, [Span(moved[s.start], moved[s.end], s.label) for s in spans]


def _bracket_faults(text: str, starts: set[int]) -> list[str]:
    """Name the brackets that would be read as mark-up."""
    faults = [
        f"the text has {pair!r} at {text.index(pair)}, which is the mark-up of the corpus. "
        "Take it out of the text before annotating."
        for pair in ("[[", "]]")
        if pair in text
    ]
    glued = sorted(start for start in starts if start and text[start - 1] == "[" and "[[" not in text)
    if glued:
        faults.append(
            f"the text has '[' right before the entity at {glued[0]}, which the mark-up of the corpus cannot hold. "
            "Put a space between them before annotating."
        )
    return faults
