"""How often what the rules read by its form is what annotators marked: ``python -m coopnlp.training.forms``.

Reads the training documents and prints, for each form, how many mentions have it and
how many of them are marked with exactly those borders and the rule's label. The
docstrings of :mod:`coopnlp.pipeline.columns`, ``titles`` and ``entities`` cite it.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from coopnlp.pipeline.columns import labelled_cells
from coopnlp.pipeline.entities import definite_references, instruments, whole_quotation
from coopnlp.pipeline.titles import find_events, labelled, listed, quoted
from coopnlp.training.corpus import Annotated, read_marked

__all__ = ["forms", "main"]

Found = tuple[str, int, int, str]


def _found(document: Annotated) -> Iterator[Found]:
    text = document.text
    for start, end, label in labelled_cells(text):
        yield f"cell under a head of {label}", start, end, "COLLECTIVITY" if label == "TOWN" else label
    for name, spans in (
        ("quoted title", quoted(text)),
        ("labelled title", labelled(text)),
        ("listed title", listed(text)),
    ):
        yield from ((name, start, end, "PROJECT") for start, end in spans)
    yield from (("event by its form", start, end, "EVENT") for start, end in find_events(text))
    titles = [(s, e, label) for s, e, label in document.entities if label in ("PROJECT", "EVENT")]
    for start, end, label in titles:
        whole = whole_quotation(text, start, end)
        if whole is not None:
            yield "title inside « »", *whole, label
    agreements = [(s, e) for s, e, label in document.entities if label == "AGREEMENT"]
    for start, end in definite_references(text):
        # A mention does not vouch for itself.
        others = (text[s:e] for s, e in agreements if (s, e) != (start, end))
        if instruments([text[start:end]]) <= instruments(others):
            yield "bare noun of an instrument named elsewhere", start, end, "AGREEMENT"


def forms(documents: Iterable[Annotated]) -> str:
    """Return a table, tab-separated: the form, mentions with it, those marked exactly so."""
    seen: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for document in documents:
        marked = set(document.entities)
        for name, start, end, label in _found(document):
            seen[name] += 1
            right[name] += (start, end, label) in marked
    return "\n".join(
        ["form\tmentions\tmarked so", *(f"{name}\t{n}\t{right[name]}" for name, n in sorted(seen.items()))]
    )


def main(argv: list[str]) -> int:
    """Print the table of a folder of marked documents."""
    folder = Path(argv[0]) if argv else Path("corpus/entities/train")
    sys.stdout.write(forms(read_marked(folder)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
