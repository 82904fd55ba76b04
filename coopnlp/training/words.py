"""Compile the word list that misread words are compared with (:mod:`coopnlp.pipeline.misread`).

``python -m coopnlp.training.words SHARED_DATA`` counts the words of the folder of
open data (laws and regulations, codes, novels, treebanks, council minutes) and of
the training documents, adds the words of the gazetteer's names, and writes
``coopnlp/pipeline/data/words.txt.gz``: a form as it is mostly written (lower case,
or with a capital), a tab, and twice the natural logarithm of its count, rounded.
About two minutes on one core.
"""

from __future__ import annotations

import gzip
import math
import re
import sys
from collections import Counter
from pathlib import Path

from coopnlp.training.vectors import far_lines, near_lines

__all__ = ["compile_words", "main"]

_OUTPUT = Path(__file__).resolve().parent.parent / "pipeline" / "data" / "words.txt.gz"
_WORD = re.compile(r"[^\W\d_]+")
# A form seen less often may be a misprint of the texts themselves.
_LEAST = 4
# The minutes, treebanks and training documents are a fiftieth of the words and all of the domain.
_NEAR = 5
# Share of capitals from which a form is a name; a plain word begins a sentence now and then.
_NAME = 0.7
# What a name of the gazetteer counts, by whether more than 20,000 people live there.
_LARGE, _SMALL = 8, 4


def compile_words(data: Path, corpus: Path) -> dict[str, int]:
    """Return each form, with a capital if it mostly has one, and twice the natural logarithm of its count, rounded.

    Raises
    ------
    CorpusError
        The folder of open data has no text.
    """
    from coopnlp.gazetteer import Gazetteer

    seen: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    capitals: Counter[str] = Counter()

    def count(line: str, times: int) -> None:
        for word in _WORD.findall(line):
            if len(word) == 1 or not word.isupper():  # capitals have no accents
                seen[word.lower()] += 1
                counts[word.lower()] += times
                capitals[word.lower()] += times * word.istitle()

    for line in far_lines(data):
        count(line, 1)
    for line in near_lines(data, corpus):
        count(line, _NEAR)
    kept = {form: n for form, n in counts.items() if seen[form] >= _LEAST}
    for place in Gazetteer.load().all_places():
        for word in _WORD.findall(place.name):
            n = _LARGE if (place.population or 0) > 20_000 else _SMALL
            kept[word.lower()] = kept.get(word.lower(), 0) + n
            counts[word.lower()] += n
            capitals[word.lower()] += n * word.istitle()

    def written(form: str) -> str:
        return form.capitalize() if capitals[form] > _NAME * counts[form] else form

    return {written(form): round(2 * math.log(n)) for form, n in sorted(kept.items())}


def main(argv: list[str]) -> int:
    """Write the list; the same input gives the same bytes."""
    words = compile_words(Path(argv[0]), Path(argv[1]) if len(argv) > 1 else Path("corpus/entities"))
    with _OUTPUT.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as packed:
        packed.write("".join(f"{form}\t{weight}\n" for form, weight in words.items()).encode())
    sys.stderr.write(f"{len(words):,} forms in {_OUTPUT}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
