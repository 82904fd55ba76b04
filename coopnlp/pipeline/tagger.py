"""``coop_tagger``: small networks that score the tags of every token, and one decision over the sequence.

Each member of the tagger is an embedding of words, their parts and what is known
of them (:mod:`coopnlp.pipeline.features`), a stack of convolutions and a linear
layer that scores tags; members start from different random weights and their
scores are averaged. A linear-chain field (:mod:`coopnlp.pipeline.crf`) then finds the best tags
of each paragraph, and how probable each entity is.

Paragraphs end at blank lines: no entity runs over one (annotation guide).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from spacy.language import Language
from spacy.ml.models.tok2vec import MaxoutWindowEncoder, build_Tok2Vec_model
from spacy.tokens import Doc, Span
from thinc.api import Linear, Model, chain, with_array

from coopnlp.errors import ModelError
from coopnlp.pipeline.crf import allowed, best_tags, spans_of
from coopnlp.pipeline.features import FeatureEmbed
from coopnlp.pipeline.frozen import Convolutions, Lookup, Seen
from coopnlp.pipeline.halves import read_halves, write_halves
from coopnlp.pipeline.matmul import multiply_by_numpy, one_thread
from coopnlp.pipeline.reading import is_poor_copy
from coopnlp.pipeline.surface import surface_of, token_texts

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from spacy.vocab import Vocab

__all__ = [
    "CALIBRATION",
    "LABELS",
    "SCORES",
    "TRANSITIONS",
    "Member",
    "Reads",
    "Tagger",
    "build_member",
    "create_tagger",
    "decode",
    "paragraphs",
]

# The tagger reads a long document in parts of this many tokens: at 100,000 at
# once it would take a gigabyte.
_PART = 20_000
_LONGEST = 400
# Real documents hold fewer entities than those written for training: added to the
# score of O. Chosen on the council minutes (60 passages), where it gains a point and
# costs the dev split 0.2.
_OUTSIDE = 0.3
# How far a capitalised word leans to its other mentions (same measure, same gain).
_LEAN = 0.3
_FORBIDDEN = -1e4

#: Settings of a member's network; a member says which it was built with.
NETWORK: dict[str, Any] = {
    "width": 96,
    "depth": 4,
    "window": 1,
    "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
    "rows": [5000, 1500, 2500, 1500],
    "feature_rows": [700, 20, 64, 32],
}

#: Keys of ``doc.user_data``: the scores, shape ``(tokens, tags)``, the transitions, the labels in
#: their order, and the weights that make probabilities (:mod:`coopnlp.pipeline.confidence`).
SCORES, TRANSITIONS, LABELS, CALIBRATION = "coop_scores", "coop_transitions", "coop_labels", "coop_calibration"


#: Which documents a member reads: some have learned from more poor copies than others.
Reads = Literal["all", "clean", "poor"]


class Member:
    """One network and its transitions: ``network`` gives (tokens, tags) of each document.

    ``reads`` says of which documents it is asked; a poor copy is one with misread words
    (:mod:`coopnlp.pipeline.reading`).
    """

    def __init__(
        self, network: Model[list[Doc], Any], crf: Model[Any, Any], settings: dict[str, Any], reads: Reads = "all"
    ) -> None:
        self.network, self.crf, self.settings, self.reads = network, crf, settings, reads
        self._frozen: tuple[Lookup, Convolutions] | None = None

    def freeze(self) -> None:
        """Read from now on without what training needs; the weights must not change any more."""
        embed, encode = self.embedding.layers
        self._frozen = Lookup(embed), Convolutions(encode, self.network.layers[1])

    def scores(self, doc: Doc, seen: Seen | None = None) -> NDArray[np.float32]:
        """Return the score of each tag at each token, shape ``(tokens, tags)``; ``seen`` is of the same document."""
        if self._frozen is None:
            return self.network.predict([doc])[0]  # type: ignore[no-any-return]
        lookup, convolutions = self._frozen
        return convolutions(lookup(seen or Seen(doc)))

    @property
    def embedding(self) -> Model[list[Doc], Any]:
        """The part below the scores, which pretraining makes."""
        return self.network.layers[0]

    def transitions(self) -> NDArray[np.float32]:
        """Return what each transition adds, shape ``(tags + 1, tags)``, the impossible ones far below all."""
        table: NDArray[np.float32] = np.asarray(self.crf.get_param("T"))
        return np.where(allowed((table.shape[1] - 1) // 2), table, _FORBIDDEN).astype(np.float32)


def build_member(vocab: Vocab, labels: int, settings: dict[str, Any] | None = None) -> Member:
    """Return a member with random weights; the word vectors of ``vocab`` are part of what it sees."""
    given = {**NETWORK, **(settings or {})}
    embed = FeatureEmbed(given["width"], given["attrs"], given["rows"], given["feature_rows"], vocab.vectors.size > 0)
    encode = MaxoutWindowEncoder(given["width"], given["window"], 3, given["depth"])
    tags = 1 + 2 * labels
    network: Model[list[Doc], Any] = chain(
        build_Tok2Vec_model(embed, encode), with_array(Linear(tags, given["width"], init_W=_small))
    )
    moves: Any = np.zeros((tags + 1, tags), dtype=np.float32)
    crf: Model[Any, Any] = Model("crf", _no_forward, params={"T": moves})
    network.initialize(X=[Doc(vocab, words=["Ville", "de", "Québec"])])
    multiply_by_numpy(network)
    return Member(network, crf, given)


def _small(ops: Any, shape: tuple[int, ...]) -> Any:
    return ops.alloc_f(shape)


def _no_forward(model: Model[Any, Any], X: Any, is_train: bool) -> Any:
    raise NotImplementedError("the field is computed by coopnlp.pipeline.crf")


def paragraphs(doc: Doc) -> list[tuple[int, int]]:
    """Return the token borders of the paragraphs: cut at blank lines and, where very long, at line ends."""
    found: list[tuple[int, int]] = []
    start = line_ends = 0
    last_line = 0
    texts = token_texts(doc)
    for i, text in enumerate(texts):
        if text.isspace():
            line_ends += text.count("\n")
            if line_ends:
                last_line = i + 1
            continue
        if line_ends > 1 and i > start:
            found.append((start, i))
            start = i
        elif i - start >= _LONGEST:
            cut = last_line if last_line > start else i
            found.append((start, cut))
            start = cut
        line_ends = 0
    if start < len(doc):
        found.append((start, len(doc)))
    return found


class Tagger:
    """A pipeline component; sets ``doc.ents`` and keeps in ``doc.user_data`` what :mod:`confidence` reads."""

    def __init__(self, vocab: Vocab, labels: Iterable[str] = (), members: Iterable[Member] = ()) -> None:
        self.vocab = vocab
        self.labels = tuple(labels)
        self.members = list(members)
        self.calibration: list[float] = [0.0, 1.0, 0.0, 0.0]

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.ents`` to the best tags of each paragraph."""
        scores, transitions = self.scores(doc)
        doc.user_data[SCORES], doc.user_data[TRANSITIONS] = scores, transitions
        doc.user_data[LABELS], doc.user_data[CALIBRATION] = list(self.labels), self.calibration
        doc.set_ents([Span(doc, s, e, label=self.labels[k]) for s, e, k in decode(doc, scores, transitions)])
        return doc

    def scores(self, doc: Doc) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the mean scores, shape ``(tokens, tags)``, and transitions, shape ``(tags + 1, tags)``."""
        members = [m for m in self.members if m.reads in ("all", "poor" if is_poor_copy(doc) else "clean")]
        moves = [member.transitions() for member in members]
        rows: list[NDArray[np.float32]] = []
        for start, end in _parts(doc):
            part = doc[start:end].as_doc() if end - start < len(doc) else doc
            seen = Seen(part)
            with one_thread():
                every = [member.scores(part, seen) for member in members]
            rows.append(np.mean(every, axis=0, dtype=np.float32))
        tags = 1 + 2 * len(self.labels)
        table = np.concatenate(rows) if rows else np.zeros((0, tags), dtype=np.float32)
        table[:, 0] += _OUTSIDE
        _share(doc, table)
        return table, np.mean(moves, axis=0, dtype=np.float32)

    def to_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> None:
        """Write the labels and each member; word vectors are the vocabulary's."""
        folder = Path(path)
        folder.mkdir(exist_ok=True)
        meta = {
            "labels": self.labels,
            "calibration": self.calibration,
            "members": [member.settings for member in self.members],
            "reads": [member.reads for member in self.members],
        }
        (folder / "tagger.json").write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
        for number, member in enumerate(self.members):
            write_halves(folder / f"network_{number}.npz", member.network)
            (folder / f"crf_{number}.bin").write_bytes(member.crf.to_bytes())

    def from_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> Tagger:
        """Load what :meth:`to_disk` wrote.

        Raises
        ------
        ModelError
            A file is missing or of another version.
        """
        folder = Path(path)
        try:
            meta = json.loads((folder / "tagger.json").read_text(encoding="utf-8"))
            self.labels = tuple(meta["labels"])
            self.calibration = [float(weight) for weight in meta["calibration"]]
            self.members = []
            for number, (settings, reads) in enumerate(zip(meta["members"], meta["reads"], strict=True)):
                member = build_member(self.vocab, len(self.labels), settings)
                member.reads = reads
                read_halves(folder / f"network_{number}.npz", member.network)
                member.crf.from_bytes((folder / f"crf_{number}.bin").read_bytes())
                member.freeze()
                self.members.append(member)
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"{folder}: the tagger does not load ({error}). Reinstall coopnlp.") from error
        return self


def decode(doc: Doc, scores: NDArray[np.float32], transitions: NDArray[np.float32]) -> list[tuple[int, int, int]]:
    """Return the entities of a document as (first token, token after the last, label number)."""
    borders = paragraphs(doc)
    found: list[tuple[int, int, int]] = []
    for (start, _), tags in zip(borders, best_tags([scores[s:e] for s, e in borders], transitions), strict=True):
        found += [(start + s, start + e, k) for s, e, k in spans_of(tags.tolist())]
    return found


def _share(doc: Doc, table: NDArray[np.float32]) -> None:
    """Let the mentions of a word decide together: changes the scores of capitalised words that recur.

    An acronym means the same wherever it stands in a document, so all its mentions
    get what speaks most for each tag at any of them. The other words lean to the
    mean of their mentions, no more: a town is a party here and a mere place there.
    """
    surface = surface_of(doc)
    by_form = np.argsort(surface.at, kind="stable")
    end = 0
    for form, times in zip(surface.forms, np.bincount(surface.at).tolist(), strict=True):
        start, end = end, end + times
        if times > 1 and len(form) > 2 and form[0].isupper() and form.isalnum():
            at = by_form[start:end]
            gain = table[at] - table[at, :1]
            shared = gain.max(axis=0) if form.isupper() else (1 - _LEAN) * gain + _LEAN * gain.mean(axis=0)
            table[at] = table[at, :1] + shared


def _parts(doc: Doc) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(doc):
        end = min(start + _PART, len(doc))
        if end < len(doc):
            end = next((i for i in range(end, start + _PART // 2, -1) if "\n" in doc[i - 1].text), end)
        yield start, end
        start = end


@Language.factory("coop_tagger", assigns=["doc.ents"])
def create_tagger(nlp: Language, name: str) -> Tagger:
    """Return an empty tagger; its members come from training or from disk."""
    return Tagger(nlp.vocab)
