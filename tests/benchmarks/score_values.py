"""Exact precision and recall of the rules for sums and dates on marked text, and their speed.

    python tests/benchmarks/score_values.py AMOUNT FOLDER_OR_JSONL [--errors N]

A folder holds ``*.txt`` with ``[[surface|LABEL]]``; a JSON Lines file holds
``{"text", "entities": [{"start", "end", "label"}]}``. A span that overlaps a gold
span of a label other than AMOUNT and DATE is left out: the overlap policy
settles it, not the rule.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from coopnlp.pipeline.amounts import find_amounts
from coopnlp.pipeline.dates import find_dates

_MARK = re.compile(r"\[\[(.+?)\|([A-Z]+)\]\]", re.S)
_FIND = {"AMOUNT": find_amounts, "DATE": find_dates}


@dataclass
class Score:
    """Counts of exact spans, the errors with their context, and the speed in words a second of processor time."""

    right: int = 0
    invented: int = 0
    missed: int = 0
    words: int = 0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.invented)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.invented + self.missed)


def read_marked(path: Path) -> Iterator[tuple[str, str, list[tuple[int, int, str]]]]:
    """Yield (name, text, spans) of a folder of marked text or of a JSON Lines file."""
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            yield item["id"], item["text"], [(e["start"], e["end"], e["label"]) for e in item["entities"]]
        return
    for file in sorted(path.rglob("*.txt")):
        parts, spans, at, last = [], [], 0, 0
        marked = file.read_text(encoding="utf-8")
        for match in _MARK.finditer(marked):
            parts += [marked[last : match.start()], match.group(1)]
            at += match.start() - last
            spans.append((at, at + len(match.group(1)), match.group(2)))
            at, last = at + len(match.group(1)), match.end()
        yield file.stem, "".join(parts) + marked[last:], spans


def score(path: Path, label: str) -> Score:
    """Score one label on the documents of a path."""
    total = Score()
    for name, text, spans in read_marked(path):
        gold = {(a, b) for a, b, kind in spans if kind == label}
        other = [(a, b) for a, b, kind in spans if kind not in ("AMOUNT", "DATE")]
        began = time.process_time()
        found = {(f.start, f.end) for f in _FIND[label](text)}
        total.seconds += time.process_time() - began
        total.words += len(text.split())
        found -= {s for s in found - gold if any(a < s[1] and s[0] < b for a, b in other)}
        total.right += len(found & gold)
        total.invented += len(found - gold)
        total.missed += len(gold - found)
        for kind, wrong in (("invented", found - gold), ("missed", gold - found)):
            for a, b in sorted(wrong):
                context = f"{text[max(0, a - 40) : a]}[{text[a:b]}]{text[b : b + 30]}"
                total.errors.append(f"{name}: {kind}: {context!r}")
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("label", choices=sorted(_FIND))
    parser.add_argument("path", type=Path)
    parser.add_argument("--errors", type=int, default=0)
    options = parser.parse_args()
    result = score(options.path, options.label)
    print("\n".join(result.errors[: options.errors]))
    print(
        f"{options.label}: P {result.precision:.4f} R {result.recall:.4f} F {result.f1:.4f} "
        f"({result.right} right, {result.invented} invented, {result.missed} missed), "
        f"{result.words / max(result.seconds, 1e-9):.0f} words/s"
    )


if __name__ == "__main__":
    main()
