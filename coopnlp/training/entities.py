"""Train the tagger and assemble ``coop_fr`` around it.

``coopnlp train entities`` reads ``corpus/entities``; word vectors and the
pretrained embedding come from the shipped model, so that the checkout alone is
enough. Making those two anew needs the open text (``vectors.py``, ``pretrain.py``).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from coopnlp.errors import CorpusError
from coopnlp.pipeline import assemble
from coopnlp.resources import model_folder

__all__ = ["train_entities"]

_CONFIG = Path(__file__).with_name("entities.cfg")


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
        Pretrained weights of the embedding.
    overrides
        Settings of ``entities.cfg`` by dotted name, e.g. ``{"training.max_steps": 500}``.

    Raises
    ------
    CorpusError
        A folder is missing, bad mark-up, or an entity off the token borders.
    """
    import spacy
    from spacy.training.initialize import init_nlp
    from spacy.training.loop import train
    from spacy.util import load_config

    from coopnlp.pipeline import features, tokenizer  # noqa: F401  (registered by import)
    from coopnlp.training import reader  # noqa: F401

    for split in ("train", "dev"):
        if not (corpus / split).is_dir():
            raise CorpusError(f"{corpus / split}: no such folder; a corpus has train, dev and test")
    vectors = vectors or model_folder("coop_fr")
    settings: dict[str, Any] = {
        "paths.train": str(corpus / "train"),
        "paths.dev": str(corpus / "dev"),
        "paths.vectors": str(vectors),
        "paths.init_tok2vec": str(init_tok2vec) if init_tok2vec else None,
        **(overrides or {}),
    }
    config = load_config(_CONFIG, overrides=settings, interpolate=False)
    nlp = init_nlp(config)
    with tempfile.TemporaryDirectory() as folder:
        train(nlp, Path(folder), stdout=sys.stderr, stderr=sys.stderr)
        best = spacy.load(Path(folder) / "model-best")
    assemble(best).to_disk(output)
