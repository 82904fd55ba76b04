"""Make the table of word vectors that :mod:`coopnlp.themes.lexicon` reads.

``python -m coopnlp.themes.lexicon_build DATA CORPUS`` learns them by counting: how
often two words stand near each other, as positive pointwise mutual information, then
the singular vectors of that table. Words are near within twelve words, so that those of
one field come together (« assainissement » with « latrines »), not those of one part of
speech. About five minutes and 3 GB on one core; deterministic.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from coopnlp.errors import CorpusError
from coopnlp.themes.features import FUNCTION_WORDS, fold_word

__all__ = ["build_lexicon"]

_WORD = re.compile(r"[^\W\d_]+")
# The rarest words of the open texts are names and misprints: past 30,000 (3.5 MB) the
# table only grows.
_MOST_WORDS = 30_000
# Of 120 and 200 dimensions the first did better on dev, of windows of 8 and 12 words the second.
_DIMENSIONS, _WINDOW = 120, 12
# The training texts are a fiftieth of the words and all of the domain.
_REPEAT_NEAR = 3
# Contexts are smoothed and one negative sample is taken off, as Levy, Goldberg and Dagan (2015) advise.
_SMOOTHING, _SHIFT = 0.75, np.log(2)


def build_lexicon(data: Path, corpus: Path, output: Path) -> int:
    """Write the table and return how many words it has.

    Parameters
    ----------
    data
        Folder of open data with French texts and EuroVoc labels.
    corpus
        The project's corpus: every word of the training texts of themes and entities is kept.
    output
        The ``.npz`` file to write.

    Raises
    ------
    CorpusError
        A folder lacks what is read from it.
    """
    near = Counter(word for line in _near(corpus) for word in _words(line))
    columns: dict[str, int] = {}
    lines = [array("i", [columns.setdefault(word, len(columns)) for word in _words(line)]) for line in _far(data)]
    near_lines = [[columns.setdefault(word, len(columns)) for word in _words(line)] for line in _near(corpus)]
    lines += [array("i", line) for line in near_lines] * _REPEAT_NEAR
    words = list(columns)
    counts = np.bincount(np.concatenate([np.frombuffer(line, dtype=np.int32) for line in lines if line]))
    ranked = sorted((w for w in words if len(w) > 2), key=lambda w: (w not in near, -counts[columns[w]], w))
    kept = sorted(ranked[:_MOST_WORDS])
    rows = _vectors(_near_counts(lines, [columns[word] for word in kept], len(words)))
    scale = np.abs(rows).max(axis=1, keepdims=True)
    rows = np.round(rows / np.where(scale > 0, scale, 1) * 127).astype(np.int8)
    np.savez_compressed(output, words=np.frombuffer("\n".join(kept).encode("utf-8"), dtype=np.uint8), rows=rows)
    return len(kept)


def _near_counts(lines: list[array[int]], kept: list[int], words: int) -> Any:
    """Return how often words stand near each other, nearer ones for more: SciPy CSR, shape (kept, kept), symmetric."""
    from scipy.sparse import csr_matrix

    size = len(kept)
    row = np.full(words, -1, dtype=np.int64)
    row[kept] = np.arange(size)
    flat = row[np.concatenate([np.frombuffer(line, dtype=np.int32) for line in lines if line])]
    line_of = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    total = csr_matrix((size, size), dtype=np.float32)
    for distance in range(1, _WINDOW + 1):
        first, second = flat[:-distance], flat[distance:]
        both = (line_of[:-distance] == line_of[distance:]) & (first >= 0) & (second >= 0)
        pairs, times = np.unique(first[both] * size + second[both], return_counts=True)
        share = times.astype(np.float32) * (_WINDOW + 1 - distance) / _WINDOW
        total = total + csr_matrix((share, (pairs // size, pairs % size)), shape=(size, size))
    return total + total.T


def _vectors(near: Any) -> np.ndarray:
    """Return singular vectors of the positive pointwise mutual information, scaled, shape (words, dimensions)."""
    from scipy.sparse import csr_matrix
    from sklearn.utils.extmath import randomized_svd

    of_word = np.asarray(near.sum(axis=1)).ravel()
    of_context = of_word**_SMOOTHING / np.sum(of_word**_SMOOTHING)
    pairs = near.tocoo()
    information = np.log(pairs.data / of_word[pairs.row] / of_context[pairs.col]) - _SHIFT
    told = (information > 0) & (pairs.data >= 1)
    table = csr_matrix((information[told], (pairs.row[told], pairs.col[told])), shape=near.shape)
    left, values, _ = randomized_svd(table, n_components=_DIMENSIONS, n_iter=3, random_state=0)
    return np.asarray(left * np.sqrt(values))


def _words(text: str) -> list[str]:
    folded = (fold_word(word) for word in _WORD.findall(text))
    return [word for word in folded if len(word) > 1 and word not in FUNCTION_WORDS]


def _near(corpus: Path) -> Iterator[str]:
    # Not the records of the atlas: each is judged by a model that has not seen it.
    files = sorted((corpus / "themes" / "train").glob("*.jsonl"))
    if not files:
        raise CorpusError(f"{corpus}: no themes/train/*.jsonl there.")
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield ". ".join(str(row[key]) for key in ("title", "text", "summary") if row.get(key))
    for file in sorted((corpus / "entities" / "train").rglob("*.txt")):
        yield from re.sub(r"\|[A-Z]+\]\]", " ", file.read_text(encoding="utf-8")).splitlines()


def _far(data: Path) -> Iterator[str]:
    files = sorted((data / "text").glob("*.txt.gz"))
    labels = data / "gazetteer" / "eurovoc_fr.tsv"
    if not files or not labels.is_file():
        raise CorpusError(f"{data}: needs text/*.txt.gz and gazetteer/eurovoc_fr.tsv.")
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            yield from stream
    for line in labels.read_text(encoding="utf-8").splitlines()[1:]:
        yield " ".join(line.split("\t")[1:3])


if __name__ == "__main__":
    target = Path(__file__).parent / "data" / "lexicon.npz"
    data, corpus = (Path(argument) for argument in sys.argv[1:3])
    count = build_lexicon(data, corpus, target)
    sys.stderr.write(f"wrote {target}: {count} words\n")
