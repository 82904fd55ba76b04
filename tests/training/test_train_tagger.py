"""Training: the gradient is that of the loss, a few steps lower it, and what is written is what was trained."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.training import Example

from coopnlp.errors import CorpusError
from coopnlp.pipeline.tagger import Tagger, build_member, decode
from coopnlp.pipeline.tokenizer import CoopTokenizer
from coopnlp.training.corpus import Annotated, parse
from coopnlp.training.entities import train_entities
from coopnlp.training.reader import beside, marked_corpus, to_example
from coopnlp.training.tagger import UNMARKED, loss_gradient, marked, taught, train_network

LABELS = ("LOC", "ORG")
TINY = {"width": 16, "depth": 1, "rows": [50, 50, 50, 50], "feature_rows": [50, 20, 20, 20]}
MARKED = [
    "[[Pau|LOC]] écrit au [[Cercle nautique|ORG]].\n\nLe [[Cercle nautique|ORG]] répond à [[Pau|LOC]].",
    "Le [[Club de rugby|ORG]] joue à [[Dax|LOC]] devant le [[Cercle nautique|ORG]].",
]


@pytest.fixture(scope="module")
def host() -> Language:
    nlp = spacy.blank("fr")
    nlp.tokenizer = CoopTokenizer(nlp.vocab)
    return nlp


def examples(host: Language) -> list[Example]:
    return [to_example(host, Annotated(str(i), *parse(marked))) for i, marked in enumerate(MARKED)]


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_the_gradient_is_that_of_the_loss(host: Language, share: float) -> None:
    member = build_member(host.vocab, len(LABELS), TINY)
    docs = [example.predicted for example in examples(host)]
    teacher = build_member(host.vocab, len(LABELS), TINY)
    tags = [
        marked(example.reference, LABELS).mixed(taught([teacher], example.predicted), share)
        for example in examples(host)
    ]
    draw = np.random.default_rng(0)
    scores = [draw.normal(size=(len(doc), 5)).astype(np.float32) for doc in docs]

    def loss() -> float:
        return loss_gradient(member, docs, tags, scores)[0]

    _, gradient = loss_gradient(member, docs, tags, scores)
    step: Any = 1e-2
    for document, token, tag in [(0, 0, 0), (0, 3, 3), (1, 2, 4), (1, 5, 1)]:
        scores[document][token, tag] += step
        above = loss()
        scores[document][token, tag] -= 2 * step
        below = loss()
        scores[document][token, tag] += step
        assert gradient[document][token, tag] == pytest.approx((above - below) / (2 * step), abs=5e-3)


def test_a_network_that_expects_what_its_teachers_do_has_nothing_to_learn(host: Language) -> None:
    teacher = build_member(host.vocab, len(LABELS), TINY)
    teacher.network.layers[1].layers[0].set_param("W", np.random.default_rng(1).normal(size=(5, 16)).astype("f"))
    docs = [example.predicted for example in examples(host)]
    scores = [teacher.scores(doc) for doc in docs]
    teacher.crf.set_param("T", np.ones((6, 5), dtype="f"))
    _, gradient = loss_gradient(teacher, docs, [taught([teacher], doc) for doc in docs], scores)
    assert max(np.abs(each).max() for each in gradient) < 1e-5
    assert np.abs(np.asarray(teacher.crf.get_grad("T"))).max() < 1e-5


def test_unmarked_texts_stand_beside_the_marked_ones(host: Language) -> None:
    read = beside(examples, ["Une ville sans nom."], 0.0, 0)
    flags = [bool(example.reference.user_data.get(UNMARKED)) for example in read(host)]
    assert flags == [False, True, False, True]


def test_steps_lower_the_loss_and_find_the_names(host: Language, capsys: pytest.CaptureFixture[str]) -> None:
    def read(nlp: Language) -> Iterable[Example]:
        return examples(nlp)

    def evaluate(tagger: Tagger) -> float:
        right = 0
        for example in examples(host):
            found = set(decode(example.predicted, *tagger.scores(example.predicted)))
            right += len(found & {(e.start, e.end, LABELS.index(e.label_)) for e in example.reference.ents})
        return right / 7

    member = train_network(
        host, LABELS, read, evaluate, steps=60, words=(20, 20), dropout=0.0, rate=0.02, every=20, settings=TINY
    )
    losses = [float(line.split()[1]) for line in capsys.readouterr().err.splitlines()]
    assert losses[-1] < losses[0] / 2
    assert evaluate(Tagger(host.vocab, LABELS, [member])) > 0.8


def test_a_corpus_without_dev_is_refused(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    with pytest.raises(CorpusError, match="dev"):
        train_entities(tmp_path, tmp_path / "out")


def test_the_reader_gives_each_document_once_a_pass(host: Language, tmp_path: Path) -> None:
    for number, text in enumerate(MARKED):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    plain = list(marked_corpus(str(tmp_path), 0.0, 0.0, 0)(host))
    assert [len(example.reference.ents) for example in plain] == [4, 3]
    varied = list(marked_corpus(str(tmp_path), 1.0, 0.5, 0)(host))
    assert len(varied) == 2
