"""The spaCy side: tokenizer, tagger, rules, one overlap policy, linker.

``assemble`` joins them, ``annotate`` runs them on a document of any length,
``to_doc`` makes that document from an extraction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coopnlp.errors import ModelError, TooLarge
from coopnlp.pipeline.values import attach_extraction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from spacy.language import Language
    from spacy.tokens import Doc, Span

    from coopnlp.types import Extraction

__all__ = ["annotate", "assemble", "load_pipeline", "to_doc"]

# About 2,000 pages. Beyond it a text is a collection, not a document, and the
# tagger's memory (1 GB for 100,000 tokens at once) would be the limit anyway.
MAX_CHARACTERS = 5_000_000
_TAGGER = ("tok2vec", "ner")
# The tagger reads a long document in parts of this many tokens, cut at line ends.
_PART = 20_000

# Run after the tagger, in this order; coop_entities merges what they propose.
_RULES = ("coop_amounts", "coop_dates", "coop_places", "coop_entities", "coop_linker")


def assemble(nlp: Language) -> Language:
    """Add the rule components behind the tagger; those already there are left."""
    for name in _RULES:
        if name not in nlp.pipe_names:
            nlp.add_pipe(name)
    return nlp


def load_pipeline(folder: Path) -> Language:
    """Load a pipeline from its folder.

    Raises
    ------
    ModelError
        The folder is no pipeline, or one of another version.
    """
    import spacy

    try:
        return spacy.load(folder)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"{folder}: the pipeline does not load with this version ({error}). "
            "Reinstall coopnlp, or train it again: `coopnlp train entities`."
        ) from error


def to_doc(nlp: Language, extraction: Extraction) -> Doc:
    """Tokenise an extraction; ``doc.text == extraction.text`` and ``doc._.extraction`` is the extraction.

    Block borders are white space, which the tokenizer never joins, so offsets
    of blocks, cells and tokens agree.

    Raises
    ------
    TooLarge
        The text is longer than ``MAX_CHARACTERS``.
    """
    if len(extraction.text) > MAX_CHARACTERS:
        raise TooLarge(
            extraction.source.name,
            f"the text has {len(extraction.text):,} characters, over the limit of {MAX_CHARACTERS:,}",
            "Split the file into its documents and process those.",
        )
    doc = nlp.tokenizer(extraction.text)
    attach_extraction(doc, extraction)
    return doc


def annotate(nlp: Language, doc: Doc) -> Doc:
    """Run the pipeline on a document of any length, in bounded memory."""
    if len(doc) <= _PART:
        for _, component in nlp.pipeline:
            doc = component(doc)
        return doc
    tagger = [component for name, component in nlp.pipeline if name in _TAGGER]
    spans = []
    for start, end in _parts(doc):
        part = doc[start:end].as_doc()
        for component in tagger:
            part = component(part)
        spans += [_span(doc, start + e.start, start + e.end, e.label_) for e in part.ents]
    doc.set_ents(spans)
    for name, component in nlp.pipeline:
        if name not in _TAGGER:
            doc = component(doc)
    return doc


def _span(doc: Doc, start: int, end: int, label: str) -> Span:
    from spacy.tokens import Span

    return Span(doc, start, end, label=label)


def _parts(doc: Doc) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(doc):
        end = min(start + _PART, len(doc))
        if end < len(doc):
            end = next((i for i in range(end, start + _PART // 2, -1) if "\n" in doc[i - 1].text), end)
        yield start, end
        start = end
