"""What every reader of this package reads from: text, entities, sentences, and searches over them.

A :class:`Reading` holds no spaCy object, so that record rules run, and are
tested, on text and entities alone.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, wraps
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

from coopnlp.records.sentences import cut_sentences, lines_of
from coopnlp.text import plain_spaces, straighten
from coopnlp.types import Amount, DateValue, Entity, Extraction

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["Reading", "clip", "entities_of", "once", "plain"]

T = TypeVar("T")

_EDGE = " \t\n.,;:–—-•*·|"


def plain(text: str) -> str:
    """Return the text in lower case without accents, straight quotes, plain spaces; length kept.

    >>> plain("L’Été à Évry")
    "l'ete a evry"
    """
    return "".join(map(_base, straighten(plain_spaces(text))))


@lru_cache(maxsize=4096)
def _base(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0].lower()
    return base if len(base) == 1 else char


def clip(text: str, limit: int = 240) -> str:
    """Return a phrase cut from a text: single spaces, no punctuation at its edges, whole words within the limit."""
    phrase = re.sub(r"\s+", " ", text).strip(_EDGE)
    if len(phrase) > limit:
        phrase = phrase[:limit].rsplit(" ", 1)[0].rstrip(_EDGE) + "…"
    if phrase.count("(") > phrase.count(")"):
        phrase = phrase[: phrase.rindex("(")].rstrip(_EDGE) if not phrase.endswith("…") else phrase
    return phrase


def entities_of(doc: Doc, extraction: Extraction) -> tuple[Entity, ...]:
    """Return the entities of a document with pages and typed values, in order of the text."""
    from coopnlp.pipeline.values import register_extensions

    register_extensions()
    found = []
    for ent in doc.ents:
        value: Amount | DateValue | None = ent._.value
        found.append(
            Entity.model_validate(
                {
                    "start": ent.start_char,
                    "end": ent.end_char,
                    "label": ent.label_,
                    "text": ent.text,
                    "kb_id": ent.kb_id_,
                    "page": extraction.page_at(ent.start_char),
                    "value": value,
                }
            )
        )
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Reading:
    """A text with its entities in order; ``plain`` is the same length, lower case, without accents."""

    extraction: Extraction
    entities: tuple[Entity, ...]
    plain: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plain", plain(self.extraction.text))

    @property
    def text(self) -> str:
        return self.extraction.text

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Sentence spans, in order."""
        return cut_sentences(self.text, self.extraction.blocks, self.entities)

    @cached_property
    def lines(self) -> tuple[tuple[int, int], ...]:
        """Spans of the lines that are not empty, in order."""
        return tuple((a, b) for a, b in lines_of(self.text) if self.text[a:b].strip())

    @cached_property
    def _starts(self) -> list[int]:
        return [e.start for e in self.entities]

    def within(self, start: int, end: int, labels: Sequence[str] | None = None) -> list[Entity]:
        """Return the entities that lie in ``[start, end)``, all labels or those named."""
        found = self.entities[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        return [e for e in found if e.end <= end and (labels is None or e.label in labels)]

    def sentence_at(self, offset: int) -> tuple[int, int]:
        """Return the sentence that holds the offset, or an empty span there."""
        at = bisect_right(self.sentences, (offset, len(self.text) + 1)) - 1
        if at >= 0 and self.sentences[at][0] <= offset < self.sentences[at][1]:
            return self.sentences[at]
        return (offset, offset)

    def line_at(self, offset: int) -> tuple[int, int]:
        """Return the line that holds the offset."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        return (start, len(self.text) if end < 0 else end)

    @cached_property
    def _blank_lines(self) -> list[tuple[int, int]]:
        return [m.span() for m in re.finditer(r"\n[ \t]*\n", self.text)]

    def paragraph_at(self, offset: int) -> tuple[int, int]:
        """Return the stretch between blank lines that holds the offset."""
        at = bisect_right(self._blank_lines, (offset, offset))
        while at > 0 and self._blank_lines[at - 1][1] > offset:
            at -= 1
        start = self._blank_lines[at - 1][1] if at > 0 else 0
        following = next((a for a, _ in self._blank_lines[at:] if a >= offset), len(self.text))
        return (start, following)

    def lines_before(self, offset: int, count: int) -> tuple[tuple[int, int], ...]:
        """Return the last ``count`` lines that end at the offset or before it, in order."""
        at = bisect_right(self.lines, (offset, -1))
        while at > 0 and self.lines[at - 1][1] > offset:
            at -= 1
        return self.lines[max(0, at - count) : at]

    def lines_after(self, offset: int, count: int) -> tuple[tuple[int, int], ...]:
        """Return the first ``count`` lines that begin at the offset or after it, in order."""
        at = bisect_left(self.lines, (offset, -1))
        return self.lines[at : at + count]

    def sentences_within(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """Return the sentences that begin in ``[start, end)``."""
        return self.sentences[bisect_left(self.sentences, (start, -1)) : bisect_left(self.sentences, (end, -1))]


def once(read: Callable[[Reading], T]) -> Callable[[Reading], T]:
    """Make a function of a reading keep what it read, as long as the reading lives: several readers ask for the same.

    What it returns is not to be changed.
    """
    known: WeakKeyDictionary[Reading, T] = WeakKeyDictionary()

    @wraps(read)
    def kept(reading: Reading) -> T:
        if reading not in known:
            known[reading] = read(reading)
        return known[reading]

    return kept
