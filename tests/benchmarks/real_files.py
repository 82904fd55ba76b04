"""Every real file through the guard, and every page accounted for.

    python tests/benchmarks/real_files.py [PATH...] [--ocr auto|never|always] [--each]

PATH is a file, an archive or a folder, by default ``../shared/data/documents``: 64
PDF and DOC files of councils. A page of a PDF is *extracted* where the extraction has
text on it, *empty* or *named* where a notice of that page says so or says why it is
not read, *running* where a notice says that all of it was a running head;
otherwise it is lost, and the exit code is 1. Beside it stands what pdfium's bare text
holds of the same page: a page on which the extraction has fewer than nine letters
in ten of these, and no notice says what was left out, is printed as *thin*. The OCR
cache is used, so that a second run is quick.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from coopnlp.errors import CoopnlpError
from coopnlp.extract import guarded, sources
from coopnlp.extract.guard import ReaderError
from coopnlp.extract.sources import read_path

if TYPE_CHECKING:
    from coopnlp.types import Extraction

DOCUMENTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "documents"
#: Kinds of notice that say what became of a whole page.
WHOLE = {"page_empty", "page_unreadable"}
#: A page with fewer letters than this share of what pdfium finds on it has lost some.
LEAST = 0.9


@dataclass
class Account:
    """What became of the pages of one file, and which of them need a look."""

    pages: Counter[str] = field(default_factory=Counter)
    lost: list[int] = field(default_factory=list)
    thin: list[tuple[int, int, int]] = field(default_factory=list)


def account(found: Extraction, bare: list[str]) -> Account:
    """Return what became of each page; ``bare`` holds pdfium's text of each."""
    told = Account()
    named: dict[int, set[str]] = {}
    for notice in found.notices:
        if notice.page is not None:
            named.setdefault(notice.page, set()).add(notice.kind)
    by_ocr = set(found.metadata.ocr_pages or ())
    left_out = letters("".join(n.message for n in found.notices if n.kind == "left_out" and n.page is None))
    ends = [*found.page_starts[1:], len(found.text)]
    if len(found.page_starts) != len(bare):
        told.lost += range(min(len(found.page_starts), len(bare)) + 1, len(bare) + 1)
    for number, (start, end, text) in enumerate(zip(found.page_starts, ends, bare, strict=False), start=1):
        held = letters(found.text[start:end])
        kinds = named.get(number, set())
        if held:
            told.pages["by OCR" if number in by_ocr else "extracted"] += 1
            wanted = letters(text)
            # running heads are taken out and named once for the document
            if number not in by_ocr and not kinds and held < LEAST * wanted and held + left_out < LEAST * wanted:
                told.thin.append((number, held, wanted))
        elif kinds & WHOLE:
            told.pages["empty" if "page_empty" in kinds else "not read"] += 1
        else:
            told.lost.append(number)
    told.pages["lost"] += len(told.lost)
    return told


def letters(text: str) -> int:
    """Return how many letters and figures a text has."""
    return sum(map(str.isalnum, text))


def bare_texts(data: bytes) -> list[str]:
    """Return pdfium's text of each page."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def read_all(paths: list[Path], ocr: str | None) -> Iterator[tuple[Path | str, Extraction | CoopnlpError, float]]:
    """Yield each source with what the guard says of it and the seconds."""
    for source in sources(paths):
        began = time.monotonic()
        try:
            read: Extraction | CoopnlpError = guarded(source, ocr=ocr)
        except CoopnlpError as error:
            read = error
        yield source, read, time.monotonic() - began


def main() -> int:
    """Print a line a file that needs a look, or every file, and the sums; return 1 where a page or a file is lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, default=[DOCUMENTS])
    parser.add_argument("--ocr", choices=["auto", "never", "always"])
    parser.add_argument("--each", action="store_true", help="a line a file")
    asked = parser.parse_args()
    files: Counter[str] = Counter()
    pages: Counter[str] = Counter()
    bad = 0
    for source, read, seconds in read_all(asked.paths, asked.ocr):
        name = Path(source).name
        kind = name.rpartition(".")[2].lower()
        if isinstance(read, CoopnlpError):
            crashed = isinstance(read.__cause__, ReaderError) or "breaks the program" in str(read)
            bad += crashed
            files[f"{kind}: {'CRASH' if crashed else type(read).__name__}"] += 1
            print(f"{name}: {type(read).__name__}: {read}", flush=True)
            continue
        files[f"{kind}: read"] += 1
        told = Account()
        if kind == "pdf":
            told = account(read, bare_texts(read_path(Path(source), 200_000_000)))
            pages += told.pages
            bad += len(told.lost)
        if asked.each or told.lost or told.thin:
            what = ", ".join(f"{n} {count}" for n, count in told.pages.items() if count) or "no pages"
            doubtful = f", doubtful {list(read.metadata.doubtful_pages)}" if read.metadata.doubtful_pages else ""
            print(f"{name}: {len(read.text)} characters, {what}{doubtful}, {seconds:.1f} s", flush=True)
        for number in told.lost:
            print(f"  page {number} LOST")
        for number, held, wanted in told.thin:
            print(f"  page {number} thin: {held} letters of pdfium's {wanted}")
    print("files  " + ", ".join(f"{what} {count}" for what, count in sorted(files.items())))
    print("pages  " + ", ".join(f"{what} {count}" for what, count in pages.most_common()))
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
