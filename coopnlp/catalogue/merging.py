"""Which records are one item."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from coopnlp.catalogue.decisions import Decisions
from coopnlp.catalogue.facts import Fact

__all__ = ["Merged", "Proposal", "merge"]


class Proposal(NamedTuple):
    """Two records, by their ids, that may be of one item; ``why`` are reasons in French."""

    first: int
    second: int
    type: str
    score: float
    why: tuple[str, ...]


class Merged(NamedTuple):
    """The records of each item, and what may be one for a person to decide."""

    groups: list[list[Fact]]
    proposals: list[Proposal]

    def proposal_rows(self, leads: Mapping[int, int]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of ``proposal``: one a pair of items, the best of their records'."""
        best: dict[tuple[int, int], Proposal] = {}
        for one in self.proposals:
            pair = leads[one.first], leads[one.second]
            pair = min(pair), max(pair)
            known = best.get(pair)
            if pair[0] != pair[1] and (known is None or known.score < one.score):
                best[pair] = one
        for (first, second), one in sorted(best.items()):
            yield first, second, one.type, one.score, json.dumps(one.why, ensure_ascii=False)


def merge(facts: Sequence[Fact], decisions: Decisions) -> Merged:
    """Return the items."""
    return Merged([[fact] for fact in facts], [])
