"""``coop_tagger``: several taggers trained from different seeds, and the spans that most of them find.

Three small networks that start from different random weights make different
mistakes. A span counts where a majority gives it the same borders and the same
label; where all disagree there is none. On the project's own dev split that
raised exact micro F1 from 0.81 for the best member to 0.84 (``models/README.md``
has the figures of the model that ships), for three times the time of one.

A long document is read in parts, cut at line ends, so that memory stays
bounded; members share the vocabulary with its vectors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.tokens import Doc, Span

from coopnlp.pipeline.features import share_features

if TYPE_CHECKING:
    from spacy.vocab import Vocab

__all__ = ["Committee", "create_tagger", "majority"]

# The tagger reads a long document in parts of this many tokens: at 100,000 at
# once it would take a gigabyte.
_PART = 20_000

Triple = tuple[int, int, str]


def majority(votes: Sequence[Sequence[Triple]]) -> list[Triple]:
    """Return the spans (start, end, label) that more than half of the members give, none overlapping.

    >>> majority([[(0, 2, "ORG")], [(0, 2, "ORG"), (4, 5, "LOC")], [(0, 3, "ORG")]])
    [(0, 2, 'ORG')]
    """
    counts = Counter(span for spans in votes for span in set(spans))
    # Each member's spans are disjoint, so two that overlap cannot both have a majority.
    return sorted(span for span, n in counts.items() if 2 * n > len(votes))


class Committee:
    """A pipeline component; ``members`` are pipelines of a ``tok2vec`` and a ``ner`` each."""

    def __init__(self, vocab: Vocab, members: Iterable[Language] = ()) -> None:
        self.vocab = vocab
        self.members = list(members)

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.ents`` to what most members find."""
        spans: list[Span] = []
        for start, end in _parts(doc):
            part = doc[start:end].as_doc() if end - start < len(doc) else doc
            votes = [self._ask(member, part) for member in self.members]
            spans += [Span(doc, start + s, start + e, label=label) for s, e, label in majority(votes)]
        doc.set_ents(spans)
        return doc

    def _ask(self, member: Language, part: Doc) -> list[Triple]:
        copy = Doc(self.vocab, words=[t.text for t in part], spaces=[bool(t.whitespace_) for t in part])
        share_features(part, copy)
        for _, component in member.pipeline:
            copy = component(copy)
        return [(e.start, e.end, e.label_) for e in copy.ents]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that the members know, sorted."""
        return tuple(sorted({label for member in self.members for label in member.pipe_labels["ner"]}))

    def to_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> None:
        """Write each member as a pipeline of its own, without the shared vocabulary."""
        Path(path).mkdir(exist_ok=True)
        for number, member in enumerate(self.members):
            member.to_disk(Path(path) / f"member_{number}", exclude=["vocab", "tokenizer"])

    def from_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> Committee:
        """Load the members that :meth:`to_disk` wrote."""
        from spacy.util import load_model_from_path

        folders = sorted(Path(path).glob("member_*"))
        left_out = ["vocab", "tokenizer"]  # as in to_disk
        self.members = [load_model_from_path(folder, vocab=self.vocab, exclude=left_out) for folder in folders]
        return self


def _parts(doc: Doc) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(doc):
        end = min(start + _PART, len(doc))
        if end < len(doc):
            end = next((i for i in range(end, start + _PART // 2, -1) if "\n" in doc[i - 1].text), end)
        yield start, end
        start = end


@Language.factory("coop_tagger", assigns=["doc.ents"])
def create_tagger(nlp: Language, name: str) -> Committee:
    """Return an empty committee; its members come from training or from disk."""
    return Committee(nlp.vocab)
