"""The corpus as spaCy examples, augmented anew at every pass."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spacy.training import Example

from coopnlp.errors import CorpusError
from coopnlp.pipeline.reading import reading
from coopnlp.training.augment import Augmenter, add_errors, add_noise
from coopnlp.training.corpus import Annotated, read_marked
from coopnlp.training.tagger import CLEAN, UNMARKED

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

__all__ = ["beside", "marked_corpus", "to_example"]


def to_example(nlp: Language, document: Annotated, strict: bool = True) -> Example:
    """Return the document as an example of the pipeline's tokenizer, its misread words mended as the tagger sees them.

    Raises
    ------
    CorpusError
        An entity does not lie on token borders and ``strict`` is set; without
        it such an entity is left out (noise may glue a name to its neighbour).
    """
    reference = nlp.make_doc(document.text)
    predicted = reading(reference)
    predicted = predicted.copy() if predicted is reference else predicted
    spans = []
    for start, end, label in document.entities:
        span = reference.char_span(start, end, label=label)
        if span is None or span[0].is_space or span[-1].is_space:
            if strict:
                raise CorpusError(
                    f"{document.id}: {document.text[start:end]!r} at {start} does not lie on token borders"
                )
            continue
        spans.append(span)
    reference.set_ents(spans)
    return Example(predicted, reading(reference))


def _place_names() -> list[str]:
    """Return names of places to exchange: each authority once, and each with more than 20,000 people ten times."""
    from coopnlp.gazetteer import Gazetteer

    named = [p for p in Gazetteer.load().all_places() if p.kind not in ("epci", "arrondissement")]
    return [p.name for p in named for _ in range(10 if (p.population or 0) > 20_000 else 1)]


def marked_corpus(path: str, augment: float, noise: float, seed: int) -> Callable[[Language], Iterable[Example]]:
    """Return a reader of marked documents.

    Parameters
    ----------
    path
        A folder of marked documents.
    augment, noise
        Share of documents, at each pass, that are seen with other names, and as
        a poor copy.
    seed
        Of the draws.
    """
    documents = list(read_marked(Path(path)))
    draw = random.Random(seed)
    augmenter = Augmenter(documents, _place_names(), seed) if augment else None

    def read(nlp: Language) -> Iterator[Example]:
        for document in draw.sample(documents, len(documents)) if augmenter else documents:
            clean = seen = document
            if augmenter is not None and draw.random() < augment:
                clean = seen = augmenter(seen)
            if draw.random() < noise:
                seen = _poor_copy(seen, draw)
            example = to_example(nlp, seen, strict=seen is document)
            _beside_clean(example, nlp.make_doc(clean.text) if seen is not clean else None)
            yield example

    return read


def _poor_copy(document: Annotated, draw: random.Random) -> Annotated:
    """Return one kind of poor copy, or as often a scan with one to seven wrong characters in a hundred."""
    if draw.random() < 0.4:
        return add_noise(document, draw)
    return add_errors(document, draw.uniform(0.01, 0.07), draw.getrandbits(32))


def _beside_clean(example: Example, clean: Doc | None) -> None:
    """Keep what a poor copy was, for teachers to read, where its words are still the same number, one for one."""
    if clean is None or len(clean) != len(example.reference):
        return
    if all(abs(len(was) - len(token)) < 2 for was, token in zip(clean, example.reference, strict=True)):
        example.reference.user_data[CLEAN] = clean


def beside(
    read: Callable[[Language], Iterable[Example]], texts: Sequence[str], noise: float, seed: int
) -> Callable[[Language], Iterable[Example]]:
    """Return a reader that follows each document of another with a text that nobody marked, ``noise`` of them poor."""
    draw = random.Random(seed)

    def both(nlp: Language) -> Iterator[Example]:
        for example in read(nlp):
            yield example
            text = Annotated("", draw.choice(texts), ())
            poor = draw.random() < noise
            unmarked = to_example(nlp, _poor_copy(text, draw) if poor else text)
            _beside_clean(unmarked, nlp.make_doc(text.text) if poor else None)
            unmarked.reference.user_data[UNMARKED] = True
            yield unmarked

    return both
