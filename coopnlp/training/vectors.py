"""Word vectors from open French text, with floret (subword hashing, compact).

``python -m coopnlp.training.vectors SHARED_DATA OUTPUT`` reads the texts of the
folder of open data (laws and regulations, codes, novels, treebanks, council
minutes), weighs what is nearest to the domain, and writes a spaCy vocabulary
folder that ``train_entities`` takes. About 12 minutes on two cores.
"""

from __future__ import annotations

import gzip
import random
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from coopnlp.errors import CorpusError, ExtractionError
from coopnlp.text import normalise

__all__ = ["far_lines", "main", "near_lines", "train_vectors"]

# Token borders as in coopnlp.pipeline.tokenizer, without spaces and addresses.
_TOKEN = re.compile(
    r"aujourd['’]hui|(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu)['’](?=[^\W\d_])|[^\W\d_]+|\d+(?:[.,]\d+)*|\S",
    re.IGNORECASE,
)
# Council minutes, treebanks and the corpus are a fiftieth of the words and all of the domain.
_REPEAT_NEAR = 3
_DIMENSIONS, _ROWS = 120, 50_000


def _lines(text: str) -> Iterator[str]:
    for line in normalise(text).split("\n"):
        tokens = _TOKEN.findall(line)
        if len(tokens) > 3:
            yield " ".join(tokens)


def far_lines(data: Path) -> Iterator[str]:
    """Yield the lines of the large open texts, tokens parted by spaces."""
    files = sorted((data / "text").glob("*.txt.gz"))
    if not files:
        raise CorpusError(f"{data / 'text'}: no open text there; give the folder of open data")
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            for line in stream:
                yield from _lines(line)


def near_lines(data: Path, corpus: Path | None) -> Iterator[str]:
    """Yield the lines of what is near the domain: council minutes, treebanks, the training documents."""
    from coopnlp.extract import extract, sources

    for source in sources([data / "documents"]):
        try:
            blocks = extract(source)
        except ExtractionError as error:
            sys.stderr.write(f"left out: {error}\n")
            continue
        for block in blocks.blocks:
            yield from _lines(blocks.text[block.start : block.end])
    for file in sorted((data / "ud").glob("*.conllu")):
        with file.open(encoding="utf-8") as stream:
            for line in stream:
                if line.startswith("# text = "):
                    yield from _lines(line[9:])
    if corpus is not None:
        from coopnlp.training.corpus import read_marked

        for document in read_marked(corpus / "train"):
            yield from _lines(document.text)


def train_vectors(data: Path, output: Path, corpus: Path | None = None, seed: int = 0) -> None:
    """Train ``_ROWS`` rows of ``_DIMENSIONS`` and write them as a spaCy pipeline folder.

    Raises
    ------
    CorpusError
        The folder of open data has no text.
    """
    import floret
    import spacy
    from spacy.training.initialize import convert_vectors

    draw = random.Random(seed)
    lines = [*far_lines(data), *list(near_lines(data, corpus)) * _REPEAT_NEAR]
    draw.shuffle(lines)
    with tempfile.TemporaryDirectory() as folder:
        text, table = Path(folder, "text.txt"), Path(folder, "vectors.floret")
        _write(text, lines, draw)
        model = floret.train_unsupervised(
            str(text), model="cbow", mode="floret", dim=_DIMENSIONS, bucket=_ROWS, hashCount=2,
            minn=3, maxn=5, minCount=5, epoch=4, neg=10, thread=2,
        )  # fmt: skip
        model.save_floret_vectors(str(table))
        nlp = spacy.blank("fr")
        convert_vectors(nlp, table, truncate=0, prune=-1, mode="floret")
        nlp.to_disk(output)


def _write(path: Path, lines: Iterable[str], draw: random.Random) -> None:
    """Write the lines, half of them with each apostrophe: documents have both."""
    with path.open("w", encoding="utf-8") as stream:
        for line in lines:
            stream.write((line.replace("'", "’") if draw.random() < 0.5 else line.replace("’", "'")) + "\n")


def main(argv: list[str]) -> int:
    """Train from the command line: SHARED_DATA OUTPUT [CORPUS]."""
    train_vectors(Path(argv[0]), Path(argv[1]), Path(argv[2]) if len(argv) > 2 else None)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
