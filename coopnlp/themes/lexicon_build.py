"""Make the table of word vectors that :mod:`coopnlp.themes.lexicon` reads.

``python -m coopnlp.themes.lexicon_build VOCAB DATA CORPUS`` takes them from the
word vectors of the entity pipeline (:mod:`coopnlp.training.vectors`).
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from coopnlp.errors import CorpusError
from coopnlp.themes.features import FUNCTION_WORDS, fold_word

__all__ = ["build_lexicon"]

_WORD = re.compile(r"[^\W\d_]+")
# The rarest words of the open texts are names and misprints: past 30,000 (3.5 MB) the
# table only grows.
_MOST_WORDS = 30_000


def build_lexicon(vocabulary: Path, data: Path, corpus: Path, output: Path) -> int:
    """Write the table and return how many words it has.

    Parameters
    ----------
    vocabulary
        Folder ``vocab`` of a spaCy pipeline with floret vectors.
    data
        Folder of open data: its French texts and EuroVoc labels say which words are common.
    corpus
        The project's corpus: every word of the training texts of themes and entities is kept.
    output
        The ``.npz`` file to write.

    Raises
    ------
    CorpusError
        A folder lacks what is read from it.
    """
    from spacy.vocab import Vocab

    if not (vocabulary / "vectors").is_file():
        raise CorpusError(f"{vocabulary}: no word vectors there; train them with `coopnlp.training.vectors`.")
    vectors = Vocab().from_disk(vocabulary, exclude=["lookups"]).vectors
    near, far = Counter(_words(_near(corpus))), Counter(_words(_far(data)))
    spellings: dict[str, Counter[str]] = {}
    for counter in (near, far):
        for word, count in counter.items():
            spellings.setdefault(fold_word(word), Counter())[word] += count
    ranked = sorted(
        (w for w in spellings if len(w) > 2 and w not in FUNCTION_WORDS),
        key=lambda w: (-any(s in near for s in spellings[w]), -spellings[w].total(), w),
    )
    kept = sorted(ranked[:_MOST_WORDS])
    # Of « sante » and « santé » the commoner spelling has the better vector.
    rows = np.asarray(vectors.get_batch([spellings[w].most_common(1)[0][0] for w in kept]), dtype=np.float32)
    scale = np.abs(rows).max(axis=1, keepdims=True)
    rows = np.round(rows / np.where(scale > 0, scale, 1) * 127).astype(np.int8)
    np.savez_compressed(output, words=np.frombuffer("\n".join(kept).encode("utf-8"), dtype=np.uint8), rows=rows)
    return len(kept)


def _words(texts: Iterator[str]) -> Iterator[str]:
    for text in texts:
        yield from _WORD.findall(text.lower())


def _near(corpus: Path) -> Iterator[str]:
    folders = [corpus / "themes" / "train", corpus / "themes" / "atlas"]
    files = [file for folder in folders for file in sorted(folder.glob("*.jsonl"))]
    if not files:
        raise CorpusError(f"{corpus}: no themes/train/*.jsonl there.")
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield from (str(row.get(key) or "") for key in ("title", "text", "summary"))
    for file in sorted((corpus / "entities" / "train").rglob("*.txt")):
        yield re.sub(r"\|[A-Z]+\]\]", " ", file.read_text(encoding="utf-8"))


def _far(data: Path) -> Iterator[str]:
    files = sorted((data / "text").glob("*.txt.gz"))
    labels = data / "gazetteer" / "eurovoc_fr.tsv"
    if not files or not labels.is_file():
        raise CorpusError(f"{data}: needs text/*.txt.gz and gazetteer/eurovoc_fr.tsv.")
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            yield from stream
    # A label is worth a hundred lines of law: it is there because somebody indexes with it.
    yield from [labels.read_text(encoding="utf-8")] * 100


if __name__ == "__main__":
    target = Path(__file__).parent / "data" / "lexicon.npz"
    vocab, data, corpus = (Path(argument) for argument in sys.argv[1:4])
    count = build_lexicon(vocab, data, corpus, target)
    sys.stderr.write(f"wrote {target}: {count} words\n")
