"""Train one network of the tagger: negative log-likelihood of a linear-chain field, by Adam with averaged weights."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from thinc.api import Adam, fix_random_seed, set_dropout_rate

from coopnlp.pipeline.crf import Lattice, allowed, tags_of
from coopnlp.pipeline.tagger import Member, Tagger, build_member, paragraphs

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.training import Example

__all__ = ["train_network"]


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


def gold_tags(doc: Doc, labels: Sequence[str]) -> Any:
    number = {label: k for k, label in enumerate(labels)}
    return tags_of([(e.start, e.end, number[e.label_]) for e in doc.ents], len(doc))


def loss_gradient(
    member: Member, docs: Sequence[Doc], tags: Sequence[Any], scores: Sequence[Any]
) -> tuple[float, list[Any]]:
    """Return the loss and its gradient by score, and add the gradient of the transitions."""
    transitions = member.transitions()
    borders = [paragraphs(doc) for doc in docs]
    pieces = [score[s:e] for score, border in zip(scores, borders, strict=True) for s, e in border]
    lattice = Lattice(pieces, transitions)
    marginals = iter(lattice.marginals())
    gradient = [np.zeros_like(score) for score in scores]
    moved = lattice.expected_transitions()
    loss = float(lattice.log_total.sum())
    for doc_tags, border, score, out in zip(tags, borders, scores, gradient, strict=True):
        for s, e in border:
            gold = doc_tags[s:e].copy()
            if gold[0] and gold[0] % 2 == 0:  # an entity over the border of a paragraph
                gold[0] -= 1
            out[s:e] = next(marginals)
            out[np.arange(s, e), gold] -= 1
            loss -= float(
                score[np.arange(s, e), gold].sum() + transitions[gold[:-1], gold[1:]].sum() + transitions[-1, gold[0]]
            )
            np.add.at(moved, (gold[:-1], gold[1:]), -1)
            moved[-1, gold[0]] -= 1
    moved[~allowed((moved.shape[1] - 1) // 2)] = 0
    step: Any = moved.astype(np.float32)
    member.crf.inc_grad("T", step)
    return loss, gradient


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
) -> Member:
    """Return the member whose averaged weights scored best on dev."""
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
        wanted = min(words[1], words[0] * 1.0006**step)
        examples: list[Example] = []
        size = 0
        while size < wanted:
            taken = next(source)
            examples += taken
            size += sum(len(e.predicted) for e in taken)
        docs = [e.predicted for e in examples]
        tags = [gold_tags(e.reference, labels) for e in examples]
        scores, back = member.network.begin_update(docs)
        value, gradient = loss_gradient(member, docs, tags, scores)
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
