"""Train one network of the tagger: cross-entropy of a linear-chain field, by Adam with averaged weights."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from thinc.api import Adam, fix_random_seed, set_dropout_rate

from coopnlp.pipeline.crf import Lattice, allowed, tags_of
from coopnlp.pipeline.tagger import Member, Tagger, build_member, paragraphs

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.training import Example

__all__ = ["CLEAN", "UNMARKED", "Wanted", "loss_gradient", "marked", "taught", "train_network"]

#: Key of ``user_data`` of a document that nobody marked: only teachers say what is in it.
UNMARKED = "coop_unmarked"
#: Key of ``user_data`` of a poor copy: the clean document, word for word, which its teachers read.
CLEAN = "coop_clean"


def _batches(read: Callable[[], Iterable[Example]], size: int) -> Iterator[list[Example]]:
    batch: list[Example] = []
    words = 0
    while True:
        for example in read():
            batch.append(example)
            words += len(example.predicted)
            if words >= size:
                yield batch
                batch, words = [], 0


@dataclass(frozen=True)
class Wanted:
    """What a network should expect: tags, shape ``(tokens, tags)``, and transitions, shape ``(tags + 1, tags)``."""

    tags: NDArray[np.float64]
    moves: NDArray[np.float64]

    def mixed(self, other: Wanted, share: float) -> Wanted:
        """Return the mean of both, with this share of the other."""
        return Wanted((1 - share) * self.tags + share * other.tags, (1 - share) * self.moves + share * other.moves)


def marked(doc: Doc, labels: Sequence[str]) -> Wanted:
    """Return what the entities of a document say."""
    number = {label: k for k, label in enumerate(labels)}
    tags = tags_of([(e.start, e.end, number[e.label_]) for e in doc.ents], len(doc))
    size = 1 + 2 * len(labels)
    moves = np.zeros((size + 1, size))
    for start, end in paragraphs(doc):
        if tags[start] and tags[start] % 2 == 0:  # an entity over the border of a paragraph
            tags[start] -= 1
        np.add.at(moves, (tags[start : end - 1], tags[start + 1 : end]), 1)
        moves[-1, tags[start]] += 1
    return Wanted(np.eye(size)[tags], moves)


def taught(teachers: Sequence[Member], doc: Doc) -> Wanted:
    """Return what the mean of some networks expects of a document."""
    scores = np.stack([teacher.scores(doc) for teacher in teachers]).mean(axis=0)
    transitions = np.stack([teacher.transitions() for teacher in teachers]).mean(axis=0)
    lattice = Lattice([scores[s:e] for s, e in paragraphs(doc)], transitions)
    return Wanted(np.concatenate(lattice.marginals()), lattice.expected_transitions())


def loss_gradient(
    member: Member, docs: Sequence[Doc], wanted: Sequence[Wanted], scores: Sequence[Any]
) -> tuple[float, list[Any]]:
    """Return the cross-entropy and its gradient by score, and add the gradient of the transitions.

    The logarithm of the probability of a tagging is a sum over its tags and
    transitions, so that the gradient is what the network expects of them less
    what is wanted, whether that comes from marks or from other networks.
    """
    transitions = member.transitions()
    borders = [paragraphs(doc) for doc in docs]
    lattice = Lattice(
        [score[s:e] for score, border in zip(scores, borders, strict=True) for s, e in border], transitions
    )
    marginals = iter(lattice.marginals())
    moves = np.sum([each.moves for each in wanted], axis=0)
    moved = lattice.expected_transitions() - moves
    possible = allowed((moved.shape[1] - 1) // 2)
    loss = float(lattice.log_total.sum() - (moves * transitions)[possible].sum())
    gradient = []
    for each, border, score in zip(wanted, borders, scores, strict=True):
        expected = np.concatenate([next(marginals) for _ in border])
        loss -= float((each.tags * score).sum())
        gradient.append((expected - each.tags).astype(np.float32))
    moved[~possible] = 0
    step: Any = moved.astype(np.float32)
    member.crf.inc_grad("T", step)
    return loss, gradient


def _wanted(example: Example, labels: Sequence[str], teachers: Sequence[Member], share: float) -> Wanted:
    doc = example.reference
    if not teachers:
        return marked(doc, labels)
    expected = taught(teachers, doc.user_data.get(CLEAN, example.predicted))
    return expected if doc.user_data.get(UNMARKED) else marked(doc, labels).mixed(expected, share)


def train_network(
    nlp: Language,
    labels: Sequence[str],
    read: Callable[[Language], Iterable[Example]],
    evaluate: Callable[[Tagger], float],
    *,
    seed: int = 0,
    steps: int = 4000,
    words: tuple[int, int] = (250, 800),
    dropout: float = 0.2,
    rate: float = 0.001,
    every: int = 400,
    weights: bytes | None = None,
    settings: dict[str, Any] | None = None,
    teachers: Sequence[Member] = (),
    share: float = 0.7,
) -> Member:
    """Return the member whose averaged weights scored best on dev.

    With ``teachers`` it learns what their mean expects, of marked documents with
    this ``share`` beside the marks, of unmarked ones (:data:`UNMARKED`) alone
    (distillation: Hinton, Vinyals and Dean 2015).
    """
    fix_random_seed(seed)
    random.seed(seed)
    member = build_member(nlp.vocab, len(labels), settings)
    if weights is not None:
        member.embedding.from_bytes(weights)
    set_dropout_rate(member.network, dropout)
    optimizer = Adam(rate, L2=0.01, L2_is_weight_decay=True, grad_clip=1.0, use_averages=True)
    best, kept = -1.0, (b"", b"")
    started = time.time()
    loss = 0.0
    source = _batches(lambda: read(nlp), words[0])
    for step in range(1, steps + 1):
        enough = min(words[1], words[0] * 1.0006**step)
        examples: list[Example] = []
        size = 0
        while size < enough:
            taken = next(source)
            examples += taken
            size += sum(len(e.predicted) for e in taken)
        docs = [e.predicted for e in examples]
        wanted = [_wanted(e, labels, teachers, share) for e in examples]
        scores, back = member.network.begin_update(docs)
        value, gradient = loss_gradient(member, docs, wanted, scores)
        loss += value / size
        back(gradient)
        for model in (member.network, member.crf):
            model.finish_update(optimizer)
        progress = step / steps
        optimizer.learn_rate = rate * (1.0 if progress < 0.6 else max(0.05, (1 - progress) / 0.4))
        if step % every == 0 or step == steps:
            with member.network.use_params(optimizer.averages), member.crf.use_params(optimizer.averages):
                score = evaluate(Tagger(nlp.vocab, labels, [member]))
                if score >= best:
                    best, kept = score, (member.network.to_bytes(), member.crf.to_bytes())
            sys.stderr.write(f"{step:>6} {loss / every:8.4f} {score:.4f} {time.time() - started:6.0f} s\n")
            loss = 0.0
    member.network.from_bytes(kept[0])
    member.crf.from_bytes(kept[1])
    return member
