"""Which labels are taken for which: gold by found, with what is missed and what is spurious.

Each gold span is paired with at most one found span that it overlaps, and the
pairs are counted by label, whatever their borders: scores of labels alone do not
say that a missed ORG was found as a FUNDER.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from coopnlp.training.corpus import Annotated

__all__ = ["confusion"]

Span = tuple[int, int, str]


def confusion(pairs: Iterable[tuple[Annotated, Iterable[Span]]]) -> dict[str, dict[str, int]]:
    """Return, by gold label, how many of its spans were found under which label, and how many were ``missed``.

    A last row ``spurious`` counts, by label, what was found where gold has
    nothing. Every span is counted once: the same span is paired before any
    other, then the same label, then the longest overlap. A span cut in two is
    one pair and one that is missed or spurious. Pairs that are not there have no
    key; labels are sorted, ``missed`` is last.

    >>> gold = Annotated("essai", "La Ville de Foix", ((3, 16, "COLLECTIVITY"),))
    >>> confusion([(gold, [(12, 16, "LOC")])])
    {'COLLECTIVITY': {'LOC': 1}}
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for document, spans in pairs:
        gold, found = set(document.entities), set(spans)
        for one, other in _paired(sorted(gold), sorted(found)):
            counts[one[2]][other[2]] += 1
            gold.remove(one)
            found.remove(other)
        for _, _, label in gold:
            counts[label]["missed"] += 1
        for _, _, label in found:
            counts["spurious"][label] += 1

    def row(cells: Counter[str]) -> dict[str, int]:
        return {label: cells[label] for label in sorted(cells, key=lambda x: (x == "missed", x))}

    return {label: row(counts[label]) for label in sorted(counts, key=lambda x: (x == "spurious", x))}


def _paired(gold: Sequence[Span], found: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    overlapping = []
    first = 0
    for one in gold:
        # What ends before this span begins does so for all that follow.
        while first < len(found) and found[first][1] <= one[0]:
            first += 1
        for other in found[first:]:
            if other[0] >= one[1]:
                break
            shared = min(one[1], other[1]) - max(one[0], other[0])
            if shared > 0:
                overlapping.append(((one[:2] != other[:2], one[2] != other[2], -shared), one, other))
    used_gold: set[Span] = set()
    used_found: set[Span] = set()
    for _, one, other in sorted(overlapping):
        if one not in used_gold and other not in used_found:
            used_gold.add(one)
            used_found.add(other)
            yield one, other
