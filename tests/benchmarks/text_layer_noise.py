"""What share of unknown words good and bad text layers have: the data behind ``coopnlp.extract.text_layer.MAX_NOISE``.

    python tests/benchmarks/text_layer_noise.py [FOLDER]

Good layers are the pages of the PDF files in FOLDER (by default the real council
documents of ``../shared/data/documents``, also inside ZIP archives) and the
documents of ``corpus/entities/dev``; bad ones are the same with characters
misread as scans misread them (:func:`coopnlp.training.augment.add_errors`) and
with the broken encodings that PDF files have. Prints, for each, how many could
be judged, quantiles of the share, and how many are called noise.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2

from coopnlp.extract.pdf_words import read_words
from coopnlp.extract.text_layer import MAX_NOISE, is_noise, noise_share
from coopnlp.training.augment import add_errors
from coopnlp.training.corpus import Annotated, read_gold

ROOT = Path(__file__).resolve().parents[2]
QUANTILES = (0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 1.0)


def pdf_files(folder: Path) -> Iterator[bytes]:
    """Yield the PDF files in a folder and in the ZIP archives there."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() == ".pdf":
            yield path.read_bytes()
        elif path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                for name in sorted(archive.namelist()):
                    if name.lower().endswith(".pdf"):
                        yield archive.read(name)


def pages(folder: Path) -> Iterator[str]:
    """Yield the text of each page that has a text layer."""
    for data in pdf_files(folder):
        document = pypdfium2.PdfDocument(data)
        for index in range(len(document)):
            words = read_words(document[index]).words
            if words:
                yield " ".join(word.text for word in words)
        document.close()


def misread(rate: float) -> Callable[[str, int], str]:
    """Return what misreads a share of the characters."""
    return lambda text, number: add_errors(Annotated(str(number), text, ()), rate).text


def twice_encoded(text: str, _: int) -> str:
    """UTF-8 taken for Windows-1252: « coopÃ©ration »."""
    return text.encode().decode("cp1252", "replace")


def of_macintosh(text: str, _: int) -> str:
    """Mac Roman taken for Windows-1252: « coopŽration »."""
    return text.encode("mac_roman", "replace").decode("cp1252", "replace")


def glyph_numbers(text: str, _: int) -> str:
    """Glyph numbers of a TrueType font taken for characters: 29 under ASCII."""
    return "".join(chr(ord(c) - 29) if c.isalpha() and ord(c) > 61 else c for c in text)


def private_codes(text: str, _: int) -> str:
    """A symbol font's codes: no letter is one."""
    return "".join(chr(0xF000 + ord(c)) if c.isalpha() and ord(c) < 256 else c for c in text)


def report(label: str, texts: list[str], damage: Callable[[str, int], str] | None = None) -> None:
    """Print a line of figures."""
    layers = [(damage(text, i) if damage else text).split() for i, text in enumerate(texts)]
    shares = sorted(share for words in layers if (share := noise_share(words)) is not None)
    noise = sum(is_noise(words) for words in layers)
    spread = "  ".join(f"{shares[round(q * (len(shares) - 1))]:.3f}" for q in QUANTILES) if shares else "-"
    print(f"{label:<28}{len(layers):>6}{len(shares):>8}   {spread}   {noise / len(layers):7.1%}")


def main(argv: list[str]) -> int:
    """Print the figures."""
    folder = Path(argv[0]) if argv else ROOT.parent / "shared" / "data" / "documents"
    real = list(pages(folder))
    corpus = [document.text for document in read_gold(ROOT / "corpus" / "entities" / "dev")]
    print(f"noise from {MAX_NOISE} on; quantiles of the share: {', '.join(map(str, QUANTILES))}")
    print(f"{'':<28}{'texts':>6}{'judged':>8}")
    report("pages as they are", real)
    report("corpus as it is", corpus)
    for rate in (0.01, 0.02, 0.03, 0.05, 0.08, 0.12):
        report(f"pages, {rate:.0%} misread", real, misread(rate))
    for rate in (0.02, 0.05, 0.08):
        report(f"corpus, {rate:.0%} misread", corpus, misread(rate))
    for damage in (twice_encoded, of_macintosh, glyph_numbers, private_codes):
        report(f"pages, {damage.__name__}", real, damage)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
