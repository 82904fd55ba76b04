"""Train the tagger and assemble ``coop_fr`` around it.

``coopnlp train entities`` reads ``corpus/entities``; word vectors and the
pretrained embedding come from the shipped model, so that the checkout alone is
enough. Making those two anew needs the open text (``vectors.py``, ``pretrain.py``).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coopnlp import __version__
from coopnlp.errors import CorpusError
from coopnlp.pipeline import assemble
from coopnlp.resources import model_folder
from coopnlp.training.corpus import read_marked
from coopnlp.training.evaluate import score_entities

if TYPE_CHECKING:
    from spacy.language import Language

__all__ = ["CONFIG", "MEMBERS", "load_members", "train_entities", "train_member", "write_pipeline"]

# Members of the committee (coopnlp.pipeline.committee): odd, so that there is a majority.
MEMBERS = 3

CONFIG = Path(__file__).with_name("entities.cfg")


def train_entities(
    corpus: Path,
    output: Path,
    *,
    vectors: Path | None = None,
    init_tok2vec: Path | None = None,
    overrides: dict[str, Any] | None = None,
) -> None:
    """Train on ``corpus/train``, choose the step by ``corpus/dev``, write the whole pipeline.

    Parameters
    ----------
    corpus
        Folder with ``train`` and ``dev``, each with marked documents.
    output
        Where the pipeline goes; replaced only when training has ended.
    vectors
        A spaCy pipeline folder whose word vectors are used; the shipped one where none is given.
    init_tok2vec
        Pretrained weights of the embedding; the shipped ones where none are given.
    overrides
        Settings of ``entities.cfg`` by dotted name, e.g. ``{"training.max_steps": 500}``.

    Raises
    ------
    CorpusError
        A folder is missing, bad mark-up, or an entity off the token borders.
    """
    for split in ("train", "dev"):
        if not (corpus / split).is_dir():
            raise CorpusError(f"{corpus / split}: no such folder; a corpus has train, dev and test")
    settings: dict[str, Any] = {
        "paths.train": str(corpus / "train"),
        "paths.dev": str(corpus / "dev"),
        "paths.vectors": str(vectors or model_folder("coop_fr")),
        "paths.init_tok2vec": str(init_tok2vec or model_folder("pretrained") / "tok2vec.bin"),
        **(overrides or {}),
    }
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(MEMBERS):
            train_member(settings, seed, Path(folder, f"member_{seed}"))
        write_pipeline(assemble(load_members(Path(folder))), corpus, output)


def train_member(settings: dict[str, Any], seed: int, folder: Path) -> None:
    """Train one tagger of the committee; ``folder/model-best`` is its best step on dev."""
    from spacy.training.initialize import init_nlp
    from spacy.training.loop import train
    from spacy.util import load_config

    from coopnlp.pipeline import features, tokenizer  # noqa: F401  (registered by import)
    from coopnlp.training import reader  # noqa: F401

    folder.mkdir(parents=True, exist_ok=True)
    config = load_config(CONFIG, overrides={**settings, "system.seed": seed}, interpolate=False)
    train(init_nlp(config), folder, stdout=sys.stderr, stderr=sys.stderr)


def load_members(folder: Path) -> list[Language]:
    """Load the taggers below a folder, all with the vocabulary of the first."""
    import spacy

    members: list[Language] = []
    for path in sorted(folder.glob("member_*")):
        members.append(spacy.load(path / "model-best", vocab=members[0].vocab if members else True))
    return members


def write_pipeline(nlp: Language, corpus: Path, output: Path) -> None:
    """Score on dev, write the pipeline with its card; the folder is replaced as a whole."""
    documents = list(read_marked(corpus / "dev"))
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
    # The paths of the machine that trained say nothing to the one that loads.
    for member in nlp.get_pipe("coop_tagger").members:  # type: ignore[attr-defined]
        config = member.config
        config["paths"] = dict.fromkeys(config["paths"])
        member.config = config
    fresh = output.with_name(output.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    nlp.to_disk(fresh)
    shutil.rmtree(output, ignore_errors=True)
    fresh.rename(output)
    sys.stderr.write(f"dev micro F1 {scores['micro']['f1']} on {len(documents)} documents; written to {output}\n")
