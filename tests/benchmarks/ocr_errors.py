"""Character error rate of coopnlp's OCR beside Tesseract alone, on the same bad scans of known text.

    python tests/benchmarks/ocr_errors.py [PAGES]

Pages of prose of ``corpus/entities/test`` in three typefaces, spoilt in four ways
(``noisy_pages.py``) at 150, 200 and 300 dpi: PAGES of them, 12 by default. Tesseract
alone is ``tesseract picture - -l fra`` with the resolution in the file. Errors are
edits over characters of the text, white space as one blank, apostrophes alike,
leaders of points left out. The cache is off. About 10 s of processor time a page.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import unicodedata
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from noisy_pages import DAMAGES, page_pdf, spoil

from coopnlp.errors import ExtractionError
from coopnlp.extract import extract
from coopnlp.training.corpus import read_gold

ROOT = Path(__file__).resolve().parents[2]
FACES = (("Times-Roman", 11), ("Helvetica", 10), ("Courier", 10), ("Times-Roman", 9))
RESOLUTIONS = (150, 200, 300)
#: About half a page, to keep the run short.
LETTERS = 1500


def prose() -> list[list[str]]:
    """Return the paragraphs of the longer documents that are mostly prose, in the order of the corpus."""
    found = []
    for document in read_gold(ROOT / "corpus" / "entities" / "test"):
        lines = [line for line in document.text.split("\n") if line.strip()]
        long = sum(len(line) for line in lines if len(line) > 120)
        if len(document.text) > 2000 and long > 0.85 * len(document.text):
            found.append(lines)
    return found


def plain(text: str) -> str:
    """Return text as it is compared."""
    text = unicodedata.normalize("NFC", text).replace("’", "'").replace("‘", "'")
    return " ".join(re.sub(r"[.…]{3,}", " ", text).split())


def edits(truth: str, read: str) -> int:
    """Return the Levenshtein distance."""
    a, b = (np.array([ord(c) for c in text], dtype=np.int64) for text in (truth, read))
    steps = np.arange(len(b) + 1)
    row = steps.copy()
    for number, char in enumerate(a, 1):
        new = np.empty_like(row)
        new[0] = number
        new[1:] = np.minimum(row[1:] + 1, row[:-1] + (b != char))
        row = np.minimum.accumulate(new - steps) + steps
    return int(row[-1])


def alone(picture: bytes) -> str:
    """Return what Tesseract reads by itself."""
    done = subprocess.run(
        ["tesseract", "-", "-", "-l", "fra"], input=picture, capture_output=True, check=True,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )  # fmt: skip
    return done.stdout.decode()


def ours(picture: bytes) -> tuple[str, float]:
    """Return what coopnlp reads, and its mean confidence."""
    try:
        found = extract(picture, name="page.png")
    except ExtractionError:
        return "", 0.0
    sure = [block.confidence for block in found.blocks if block.confidence is not None]
    return found.text, float(np.mean(sure)) if sure else 0.0


def main(argv: list[str]) -> int:
    """Print a line a page and the sums."""
    os.environ["COOPNLP_CACHE"] = "off"
    wanted = int(argv[0]) if argv else 12
    # every damage and every resolution early, and each with each in the first dozen
    kinds = [(list(DAMAGES)[n % 4], RESOLUTIONS[(n + n // 4) % 3]) for n in range(12)]
    texts, faces = cycle(prose()), cycle(FACES)
    totals: dict[object, list[int]] = {}
    print(f"{'damage':<10}{'dpi':>4} {'face':<12}{'letters':>8}{'Tesseract':>11}{'coopnlp':>9}{'sure':>6}{'s':>6}")
    for kind, dpi in islice(cycle(kinds), wanted):
        face, size = next(faces)
        pdf, text = page_pdf(next(texts), face, size, letters=LETTERS)
        packed = BytesIO()
        spoil(pdf, dpi, DAMAGES[kind], seed=dpi).save(packed, "PNG", dpi=(dpi, dpi))
        picture, truth = packed.getvalue(), plain(text)
        theirs = edits(truth, plain(alone(picture)))
        began = time.perf_counter()
        read, sure = ours(picture)
        seconds = time.perf_counter() - began
        mine = edits(truth, plain(read))
        for key in (dpi, kind, "all"):
            sums = totals.setdefault(key, [0, 0, 0])
            totals[key] = [sums[0] + len(truth), sums[1] + theirs, sums[2] + mine]
        shares = f"{theirs / len(truth):>11.2%}{mine / len(truth):>9.2%}"
        print(f"{kind:<10}{dpi:>4} {face:<12}{len(truth):>8}{shares}{sure:>6.0f}{seconds:>6.1f}", flush=True)
    for key, (letters, theirs, mine) in totals.items():
        print(f"{key!s:<27}{letters:>8}{theirs / letters:>11.2%}{mine / letters:>9.2%}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
