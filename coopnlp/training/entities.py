"""Train the tagger and assemble ``coop_fr`` around it.

``coopnlp train entities`` reads ``corpus/entities``; word vectors and the
pretrained embedding come from the shipped model. Several networks learn from the
corpus; two more learn from the corpus and from what others say of open texts
(distillation). Two read each document, for speed: clean ones the first of these and
the first of those, poor copies the two that learned from most of them: the last of
those, and a second student that sees hardly anything else while its teachers read
the clean text. Where there is no folder of open texts the first two ship, so that the checkout alone is enough.
Making vectors and embedding anew needs the open text too (``vectors.py``, ``pretrain.py``).
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from coopnlp import __version__
from coopnlp.errors import CorpusError
from coopnlp.pipeline import assemble
from coopnlp.resources import model_folder
from coopnlp.themes.corpus import read_examples
from coopnlp.training.corpus import read_marked
from coopnlp.training.evaluate import score_entities
from coopnlp.types import Label

if TYPE_CHECKING:
    from spacy.language import Language

    from coopnlp.pipeline.tagger import Reads
    from coopnlp.training.corpus import Annotated

__all__ = ["SHIPPED", "TEACHERS", "Plan", "calibrate", "join", "train_entities", "train_member", "write_pipeline"]

# Networks that learn from the corpus alone, and teach; the scores of two are averaged (models/README.md).
TEACHERS = 3
SHIPPED = 2
# Share of poor copies for those that read poor copies; a student's teachers say what it would not find in them.
_MORE_NOISE = 0.85
_POOR_ALONE = 1.0


@dataclass(frozen=True)
class Plan:
    """What a training run reads, and for how long; ``augment`` and ``noise`` are shares of documents a pass.

    ``unmarked`` is the folder of open data, whose texts a network reads that other networks teach.
    """

    corpus: Path
    vectors: Path
    weights: Path
    steps: int = 5000
    augment: float = 0.5
    noise: float = 0.7
    dropout: float = 0.2
    unmarked: Path | None = None


def train_entities(
    corpus: Path,
    output: Path,
    *,
    vectors: Path | None = None,
    weights: Path | None = None,
    unmarked: Path | None = None,
    steps: int = Plan.steps,
) -> None:
    """Train on ``corpus/train``, choose the step and calibrate by ``corpus/dev``, write the whole pipeline.

    Parameters
    ----------
    corpus
        Folder with ``train`` and ``dev``, each with marked documents.
    output
        Where the pipeline goes; replaced only when training has ended.
    vectors
        A spaCy pipeline folder whose word vectors are used; the shipped one where none is given.
    weights
        Pretrained weights of the embedding; the shipped ones where none are given.
    unmarked
        The folder of open data, for networks taught by others; none are where it is absent.
    steps
        Updates of each network.

    Raises
    ------
    CorpusError
        A folder is missing, bad mark-up, or an entity off the token borders.
    """
    for split in ("train", "dev"):
        if not (corpus / split).is_dir():
            raise CorpusError(f"{corpus / split}: no such folder; a corpus has train, dev and test")
    plan = Plan(
        corpus, vectors or model_folder("coop_fr"), weights or model_folder("pretrained") / "tok2vec.bin", steps=steps
    )
    with tempfile.TemporaryDirectory() as folder:
        networks = [Path(folder, f"network_{seed}") for seed in range(SHIPPED if unmarked is None else TEACHERS)]
        # A network trains on one core: several at once.
        plans = [plan] * len(networks)
        if unmarked is not None:
            plans[-1] = replace(plan, noise=_MORE_NOISE)
        with ProcessPoolExecutor(min(len(networks), os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
            list(pool.map(train_member, plans, range(len(networks)), networks))
        shipped: list[tuple[Path, Reads]] = [(network, "all") for network in networks]
        if unmarked is not None:
            student = Path(folder, "student")
            train_member(replace(plan, unmarked=unmarked, noise=_MORE_NOISE), TEACHERS, student, networks)
            reader = Path(folder, "reader")
            taught_by = [student, networks[0], networks[-1]]
            train_member(replace(plan, unmarked=unmarked, noise=_POOR_ALONE), TEACHERS + 1, reader, taught_by)
            shipped = [(student, "clean"), (networks[0], "clean"), (networks[-1], "poor"), (reader, "poor")]
        write_pipeline(join(plan.vectors, shipped), corpus, output)


def _blank(vectors: Path) -> Language:
    """Return a pipeline of the project's tokenizer and the word vectors of another, nothing else."""
    import spacy

    from coopnlp.pipeline import tokenizer  # noqa: F401  (registered by import)

    nlp = spacy.blank("fr", config={"nlp": {"tokenizer": {"@tokenizers": "coopnlp.tokenizer.v1"}}})
    nlp.vocab.from_disk(vectors / "vocab")
    return nlp


def train_member(plan: Plan, seed: int, folder: Path, teachers: Sequence[Path] = ()) -> None:
    """Train one network, taught by those in other folders if any are given, and write it to a folder."""
    from coopnlp.pipeline.reading import reading
    from coopnlp.pipeline.tagger import Tagger, decode
    from coopnlp.training.pretrain import near_texts
    from coopnlp.training.reader import beside, marked_corpus
    from coopnlp.training.tagger import train_network

    nlp = _blank(plan.vectors)
    documents = list(read_marked(plan.corpus / "dev"))
    docs = [nlp.make_doc(document.text) for document in documents]
    readings = [reading(doc) for doc in docs]

    def evaluate(tagger: Tagger) -> float:
        predicted = {}
        for document, doc, seen in zip(documents, docs, readings, strict=True):
            spans = decode(seen, *tagger.scores(seen))
            predicted[document.id] = [
                (doc[s].idx, doc[e - 1].idx + len(doc[e - 1]), tagger.labels[k]) for s, e, k in spans
            ]
        return score_entities(documents, predicted)["micro"].f1

    labels = get_args(Label)
    read = marked_corpus(str(plan.corpus / "train"), plan.augment, plan.noise, seed)
    taught_by = [member for path in teachers for member in Tagger(nlp.vocab).from_disk(path).members]
    if taught_by and plan.unmarked:
        texts = [*near_texts(plan.unmarked), *_described(plan.corpus.parent / "themes" / "train")]
        read = beside(read, [text for text in texts if text.strip()], plan.noise / 2, seed)
    member = train_network(
        nlp, labels, read, evaluate, seed=seed, steps=plan.steps, dropout=plan.dropout,
        weights=plan.weights.read_bytes(), teachers=taught_by,
    )  # fmt: skip
    Tagger(nlp.vocab, labels, [member]).to_disk(folder)


def _described(folder: Path) -> list[str]:
    """Return the described projects of the corpus of themes, three at a time, as a report would list them."""
    texts = [f"{e.title}\n{e.text}" if e.title and e.title not in e.text else e.text for e in read_examples(folder)]
    random.Random(0).shuffle(texts)
    return ["\n\n".join(texts[i : i + 3]) for i in range(0, len(texts), 3)]


def join(vectors: Path, folders: Sequence[tuple[Path, Reads]]) -> Language:
    """Return the pipeline whose tagger averages the networks of some folders, each of the documents it is to read."""
    from coopnlp.pipeline.tagger import Tagger

    nlp = _blank(vectors)
    members = []
    for folder, reads in folders:
        tagger = Tagger(nlp.vocab).from_disk(folder)
        for member in tagger.members:
            member.reads = reads
            members.append(member)
    return assemble(nlp, tagger.labels, members)


def calibrate(nlp: Language, documents: Sequence[Annotated]) -> None:
    """Fit the weights of :mod:`coopnlp.pipeline.confidence` on documents that the tagger did not learn from."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    from coopnlp.pipeline.confidence import evidence

    known, right = [], []
    for document in documents:
        doc = nlp(document.text)
        gold = set(document.entities)
        known.append(evidence(doc, doc.ents))
        right += [(e.start_char, e.end_char, e.label_) in gold for e in doc.ents]
    model = LogisticRegression().fit(np.concatenate(known), right)
    weights = [float(model.intercept_[0]), *map(float, model.coef_[0])]
    nlp.get_pipe("coop_tagger").calibration = [round(weight, 4) for weight in weights]  # type: ignore[attr-defined]


def write_pipeline(nlp: Language, corpus: Path, output: Path) -> None:
    """Calibrate and score on dev, write the pipeline with its card; the folder is replaced as a whole."""
    documents = list(read_marked(corpus / "dev"))
    calibrate(nlp, documents)
    predicted = {}
    for document in documents:
        doc = nlp(document.text)
        predicted[document.id] = [(e.start_char, e.end_char, e.label_) for e in doc.ents]
    scores = {label: score.to_json() for label, score in score_entities(documents, predicted).items()}
    nlp.meta.update(
        name="coop_fr",
        version=__version__,
        description="Entities, values and identifiers in French documents on cooperation between local authorities",
        license="MIT",
        coopnlp={
            "dev": scores,
            "dev_documents": len(documents),
            "train_documents": sum(1 for _ in read_marked(corpus / "train")),
        },
    )
    nlp.meta["performance"] = {}
    fresh = output.with_name(output.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    nlp.to_disk(fresh)
    shutil.rmtree(output, ignore_errors=True)
    fresh.rename(output)
    sys.stderr.write(f"dev micro F1 {scores['micro']['f1']} on {len(documents)} documents; written to {output}\n")
