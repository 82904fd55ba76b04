"""Pretrain the embedding on raw text: predict the vector of a masked word.

``python -m coopnlp.training.pretrain SHARED_DATA VECTORS OUTPUT`` writes the
weights that ``train_entities`` starts from (``models/pretrained/tok2vec.bin``).
A third of the words are near the domain (council minutes, treebanks, the
training documents), the rest is a sample of laws, codes and novels: 2.2 million
words, seven passes, about half an hour on one core. The features of
:mod:`coopnlp.pipeline.features` are seen in pretraining as later.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from coopnlp.errors import CorpusError, ExtractionError
from coopnlp.training.corpus import read_marked

_CONFIG = Path(__file__).with_name("pretrain.cfg")

__all__ = ["main", "near_texts", "pretrain_embedding"]

# Share of each large text that is read: enough French of every kind, little law.
_FAR = {"codes_juridiques_fr": 0.05, "canada_lois_reglements_fr": 0.01, "eltec_fra_level1": 0.03}
_PASSES = 7
_PIECE_WORDS = 250


def _pieces(text: str) -> Iterator[str]:
    """Cut a text at blank lines into pieces of about ``_PIECE_WORDS`` words."""
    buffer: list[str] = []
    size = 0
    for paragraph in re.split(r"\n\s*\n", text):
        words = len(paragraph.split())
        if buffer and size + words > _PIECE_WORDS:
            yield "\n\n".join(buffer)
            buffer, size = [], 0
        buffer.append(paragraph.strip())
        size += words
    if buffer:
        yield "\n\n".join(buffer)


def near_texts(data: Path) -> Iterator[str]:
    """Yield pieces of about 250 words of the council minutes and the treebanks."""
    from coopnlp.extract import extract, sources

    for source in sources([data / "documents"]):
        try:
            yield from _pieces(extract(source).text)
        except ExtractionError as error:
            sys.stderr.write(f"left out: {error}\n")
    for file in sorted((data / "ud").glob("*.conllu")):
        lines = file.read_text(encoding="utf-8").splitlines()
        sentences = [line[9:] for line in lines if line.startswith("# text = ")]
        yield from (" ".join(sentences[i : i + 5]) for i in range(0, len(sentences), 5))


def _far(data: Path, draw: random.Random) -> Iterator[str]:
    for name, share in _FAR.items():
        file = data / "text" / f"{name}.txt.gz"
        if not file.is_file():
            raise CorpusError(f"{file} is missing: give the folder of open data")
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            lines = stream.read().split("\n")
        starts = range(0, len(lines), 6)
        for start in draw.sample(starts, int(len(starts) * share)):
            yield from _pieces("\n".join(lines[start : start + 6]))


def pretrain_embedding(data: Path, vectors: Path, corpus: Path, output: Path, seed: int = 0) -> None:
    """Write the weights of the embedding of the tagger.

    Parameters
    ----------
    data
        Folder of open data.
    vectors
        spaCy pipeline folder with the word vectors (``vectors.py``).
    corpus
        Marked documents with a ``train`` folder.
    output
        File to write.

    Raises
    ------
    CorpusError
        Text is missing.
    """
    from spacy.training.pretrain import pretrain
    from spacy.util import load_config, load_model_from_config

    # Registered by import: what the configuration names.
    from coopnlp.pipeline import features, tokenizer  # noqa: F401

    draw = random.Random(seed)
    texts = [*near_texts(data), *_far(data, draw)]
    for document in read_marked(corpus / "train"):
        texts += _pieces(document.text)
    draw.shuffle(texts)
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "raw.jsonl")
        with raw.open("w", encoding="utf-8") as stream:
            stream.writelines(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts if text.strip())
        settings = {
            "paths.vectors": str(vectors),
            "paths.raw_text": str(raw),
            "system.seed": seed,
            "pretraining.max_epochs": _PASSES,
        }
        config = load_config(_CONFIG, overrides=settings, interpolate=True)
        filled = load_model_from_config(config, auto_fill=True).config.copy()
        filled["pretraining"] = config["pretraining"]
        filled["corpora"]["pretrain"] = config["corpora"]["pretrain"]
        filled["initialize"]["vectors"] = str(vectors)
        filled["training"]["seed"] = seed
        pretrain(filled, Path(folder), use_gpu=-1, silent=False)
        output.parent.mkdir(parents=True, exist_ok=True)
        Path(folder, f"model{_PASSES - 1}.bin").replace(output)


def main(argv: list[str]) -> int:
    """Pretrain from the command line: SHARED_DATA VECTORS OUTPUT [CORPUS]."""
    corpus = Path(argv[3]) if len(argv) > 3 else Path("corpus/entities")
    pretrain_embedding(Path(argv[0]), Path(argv[1]), corpus, Path(argv[2]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
