"""The spaCy side: tokenizer, tagger, rules, one overlap policy, linker.

``assemble`` joins them, ``annotate`` runs them on a document of any length,
``to_doc`` makes that document from an extraction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coopnlp.errors import ModelError, TooLarge
from coopnlp.pipeline.values import attach_extraction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from spacy.language import Language
    from spacy.tokens import Doc

    from coopnlp.pipeline.tagger import Member
    from coopnlp.types import Extraction

__all__ = ["annotate", "assemble", "load_pipeline", "to_doc"]

# About 2,000 pages. Beyond it a text is a collection, not a document.
MAX_CHARACTERS = 5_000_000

# Run after the tagger, in this order; coop_entities merges what they propose.
_RULES = ("coop_amounts", "coop_dates", "coop_places", "coop_titles", "coop_entities", "coop_linker", "coop_original")


def assemble(nlp: Language, labels: Sequence[str], members: Sequence[Member]) -> Language:
    """Add the tagger and the rule components to a pipeline that has the tokenizer and the word vectors.

    Parameters
    ----------
    nlp
        A pipeline without components.
    labels
        The labels that the networks know, in the order of their tags.
    members
        Trained networks, over the vocabulary of ``nlp``.
    """
    nlp.add_pipe("coop_reading")
    tagger = nlp.add_pipe("coop_tagger")
    tagger.labels, tagger.members = tuple(labels), list(members)  # type: ignore[attr-defined]
    for name in _RULES:
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
    """Run the pipeline on a document; the length limit of ``nlp(text)`` does not hold here."""
    for _, component in nlp.pipeline:
        doc = component(doc)
    return doc
