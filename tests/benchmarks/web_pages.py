"""Words of the main text of saved pages: precision and recall of ours, beside bare trafilatura.

    python tests/benchmarks/web_pages.py [FOLDER] [--json] [--show PAGE]

A page of the folder (``tests/data/web/pages``) is ``x.html``, ``x.mhtml`` or
``x/index.htm``; ``x.txt`` is the text that a reader wants of it, in order. Its
lines that begin with ``? `` (bylines, dates of posts, captions) may be there or
not: their words count neither for nor against. Words are compared as bags,
without regard to case; the order as runs of four words (``order``: the share of
the runs of the expected text that ours has).

The pages were written for this measure, in the mark-up of the systems that made
such pages between 1999 and 2023; see ``tests/data/web/README.md``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from coopnlp.errors import NoText
from coopnlp.extract import extract

PAGES = Path(__file__).resolve().parent.parent / "data" / "web" / "pages"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Score:
    """Counts of words of one page or of many."""

    right: int = 0
    extra: int = 0
    missed: int = 0
    runs_found: int = 0
    runs: int = 0

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.extra)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.extra + self.missed)

    @property
    def order(self) -> float:
        return self.runs_found / max(1, self.runs)

    def __add__(self, other: Score) -> Score:
        return Score(
            *(mine + theirs for mine, theirs in zip(asdict(self).values(), asdict(other).values(), strict=True))
        )


def pages(folder: Path = PAGES) -> Iterator[tuple[str, Path, str]]:
    """Yield (name, file, expected text) of each page, sorted by name."""
    for expected in sorted(folder.glob("*.txt")):
        candidates = [
            expected.with_suffix(".html"), expected.with_suffix(".mhtml"), expected.with_suffix("") / "index.htm"
        ]  # fmt: skip
        file = next(path for path in candidates if path.is_file())
        yield expected.stem, file, expected.read_text(encoding="utf-8")


def is_one_file(file: Path) -> bool:
    """Tell whether a page is all in one HTML file, as trafilatura reads them: no frames, no MHTML."""
    return file.suffix == ".html" and not file.with_name(f"{file.stem}_fichiers").is_dir()


def words(text: str) -> list[str]:
    """Return the words of a text, in order, in lower case."""
    return [word.lower() for word in _WORD.findall(text)]


def score(found: str, expected: str) -> Score:
    """Compare a text with the expected one."""
    lines = expected.splitlines()
    wanted = words("\n".join(line for line in lines if not line.startswith("? ")))
    optional = Counter(words("\n".join(line[2:] for line in lines if line.startswith("? "))))
    ours = words(found)
    want, have = Counter(wanted), Counter(ours)
    right = sum((want & have).values())
    extra = sum(((have - want) - optional).values())
    runs = {tuple(wanted[at : at + 4]) for at in range(len(wanted) - 3)}
    mine = {tuple(ours[at : at + 4]) for at in range(len(ours) - 3)}
    return Score(right, extra, sum(want.values()) - right, len(runs & mine), len(runs))


def ours(file: Path) -> str:
    """Return the text that coopnlp reads."""
    try:
        return extract(file).text
    except NoText:
        return ""


def _trafilatura(**options: bool) -> Callable[[Path], str]:
    def read(file: Path) -> str:
        import trafilatura

        return trafilatura.extract(file.read_bytes(), **options) or ""

    return read


READERS: dict[str, Callable[[Path], str]] = {
    "coopnlp": ours,
    "trafilatura": _trafilatura(),
    "trafilatura, recall": _trafilatura(favor_recall=True),
    "trafilatura, precision": _trafilatura(favor_precision=True),
}


def measure(folder: Path = PAGES) -> dict[str, dict[str, Score]]:
    """Return scores by reader and page."""
    return {
        name: {page: score(read(file), expected) for page, file, expected in pages(folder)}
        for name, read in READERS.items()
    }


def _differences(page: str, folder: Path) -> str:
    name, file, expected = next(found for found in pages(folder) if found[0] == page)
    found = Counter(words(ours(file)))
    want = Counter(words("\n".join(line.removeprefix("? ") for line in expected.splitlines())))
    lines = [f"{name}: {file}", ours(file), "", f"extra: {' '.join((found - want).elements())}"]
    lines.append(f"missed: {' '.join((want - found).elements())}")
    lines += [f"notice: {notice.message}" for notice in extract(file).notices]
    return "\n".join(lines)


def main() -> None:
    """Print a table, or JSON Lines."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=PAGES)
    parser.add_argument("--json", action="store_true", help="a line a page and reader")
    parser.add_argument("--show", metavar="PAGE", help="print what coopnlp reads of a page and how it differs")
    options = parser.parse_args()
    if options.show:
        print(_differences(options.show, options.folder))
        return
    found = measure(options.folder)
    names = list(found["coopnlp"])
    if options.json:
        for reader, scores in found.items():
            for page in names:
                print(json.dumps({"reader": reader, "page": page, **asdict(scores[page])}, ensure_ascii=False))
        return
    short = {"coopnlp": "coopnlp", "trafilatura": "traf.", "trafilatura, recall": "traf. rec."}
    print(f"{'page':22}" + "".join(f"{label:>26}" for label in short.values()))
    print(f"{'':22}" + f"{'P':>8}{'R':>6}{'F1':>6}{'ord':>6}" * len(short))
    for page in names:
        cells = (found[reader][page] for reader in short)
        print(f"{page:22}" + "".join(f"{c.precision:8.3f}{c.recall:6.3f}{c.f1:6.3f}{c.order:6.3f}" for c in cells))
    alone = [page for page, file, _ in pages(options.folder) if is_one_file(file)]
    for title, chosen in (("all", names), ("pages of one HTML file", alone)):
        if title == "all" or len(chosen) < len(names):
            print(f"-- {title} ({len(chosen)})")
            for reader, scores in found.items():
                total = sum((scores[page] for page in chosen), Score())
                mean = sum(scores[page].f1 for page in chosen) / len(chosen)
                print(
                    f"{reader:24} words: P {total.precision:.3f} R {total.recall:.3f} F1 {total.f1:.3f}; "
                    f"mean F1 {mean:.3f}; order {total.order:.3f}"
                )


if __name__ == "__main__":
    sys.exit(main())
