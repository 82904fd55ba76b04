"""Which records are one item: sure cases are merged, doubtful ones proposed, people's decisions win."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from coopnlp.catalogue.blocking import candidates
from coopnlp.catalogue.decisions import Decisions
from coopnlp.catalogue.facts import Fact
from coopnlp.catalogue.rules import Judgement, Verdict, judge

__all__ = ["Merged", "Proposal", "merge"]

_NO_DECISIONS = Decisions()
# Records of two groups that are judged with one another before these become one: all of small groups.
_JUDGED = 12
# Proposals of one record: what is like everything is like nothing.
_PROPOSED = 5


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
        """Yield the rows of ``proposal``: one a pair of items, the likeliest of their records'.

        Parameters
        ----------
        leads
            The item of each record.
        """
        best: dict[tuple[int, int], Proposal] = {}
        for one in self.proposals:
            pair = leads[one.first], leads[one.second]
            pair = min(pair), max(pair)
            known = best.get(pair)
            if pair[0] != pair[1] and (known is None or known.score < one.score):
                best[pair] = one
        for (first, second), one in sorted(best.items()):
            yield first, second, one.type, one.score, json.dumps(one.why, ensure_ascii=False)


class _Groups:
    """Records by their places, each in one group at a time."""

    def __init__(self, count: int) -> None:
        self.of = list(range(count))
        self.members: dict[int, list[int]] = {}

    def group(self, place: int) -> list[int]:
        return self.members.get(self.of[place], [place])

    def unite(self, first: int, second: int) -> None:
        kept, gone = self.of[first], self.of[second]
        if kept != gone:
            moved = self.group(second)
            self.members[kept] = self.group(first) + moved
            self.members.pop(gone, None)
            for place in moved:
                self.of[place] = kept

    def all(self) -> list[list[int]]:
        return [self.group(place) for place, group in enumerate(self.of) if group == place]


def merge(facts: Sequence[Fact], decisions: Decisions = _NO_DECISIONS) -> Merged:
    """Return the records of each item, and the pairs that a person should decide on.

    Two records that are surely one (:func:`coopnlp.catalogue.rules.judge`) bring
    their groups together, the surest first, unless records of the two groups
    contradict one another: no chain joins an agreement of 2012 to one of 2015. A
    record without date that fits two groups that contradict one another belongs to
    neither by itself. Then what people merged is brought together whatever the
    rules say, and what they separated stays apart.

    Parameters
    ----------
    facts
        Every record; those of different types are never one.
    """
    by_type: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_type[fact.type].append(fact)
    groups: list[list[Fact]] = []
    proposals: list[Proposal] = []
    for of_type in by_type.values():
        done = _merge(of_type, decisions)
        groups += done.groups
        proposals += done.proposals
    return Merged(groups, proposals)


def _merge(facts: Sequence[Fact], decisions: Decisions) -> Merged:
    place_of = {fact.id: place for place, fact in enumerate(facts)}
    apart = {_pair(place_of[a], place_of[b]) for a, b in decisions.apart if a in place_of and b in place_of}
    together = [(place_of[a], place_of[b]) for a, b in sorted(decisions.together) if a in place_of and b in place_of]

    def judged(first: int, second: int) -> Judgement:
        if _pair(first, second) in apart:
            return Judgement(Verdict.DIFFERENT)
        return judge(facts[first], facts[second])

    sure: list[tuple[float, int, int]] = []
    doubtful: list[tuple[float, int, int, tuple[str, ...]]] = []
    for first, second in candidates(facts):
        found = judged(first, second)
        if found.verdict is Verdict.SAME:
            sure.append((-found.score, first, second))
        elif found.verdict is Verdict.DOUBTFUL:
            doubtful.append((-found.score, first, second, found.why))
    groups = _Groups(len(facts))
    for score, first, second in _unite(groups, sorted(sure), judged):
        doubtful.append((max(score, -0.6), first, second, ("plusieurs rapprochements possibles",)))
    for first, second in together:
        groups.unite(first, second)
    numbers = {groups.of[place] for pair in apart for place in pair}
    barred = {_pair(groups.of[first], groups.of[second]) for first, second in apart} if numbers else set()
    proposed = _few(
        (-score, first, second, why)
        for score, first, second, why in sorted(doubtful)
        if groups.of[first] != groups.of[second] and _pair(groups.of[first], groups.of[second]) not in barred
    )
    return Merged(
        [[facts[place] for place in group] for group in groups.all()],
        [
            Proposal(facts[first].id, facts[second].id, facts[first].type, score, why)
            for score, first, second, why in proposed
        ],
    )


def _pair(first: int, second: int) -> tuple[int, int]:
    return (first, second) if first < second else (second, first)


def _unite(
    groups: _Groups, sure: Sequence[tuple[float, int, int]], judged: Callable[[int, int], Judgement]
) -> Iterator[tuple[float, int, int]]:
    """Bring groups together, the surest pairs first; yield the pairs that other records contradict."""
    near: dict[int, list[int]] = defaultdict(list)
    for _, first, second in sure:
        near[first].append(second)
        near[second].append(first)

    def contradict(first: int, second: int) -> bool:
        return judged(first, second).verdict is Verdict.DIFFERENT

    for score, first, second in sure:
        if groups.of[first] == groups.of[second]:
            continue
        ours, theirs = groups.group(first)[:_JUDGED], groups.group(second)[:_JUDGED]
        # also what each of the two would bring with it later
        ours = [*ours, *near[first][:_JUDGED]]
        theirs = [*theirs, *near[second][:_JUDGED]]
        if any(contradict(one, other) for one in ours for other in theirs if one != other):
            yield score, first, second
        else:
            groups.unite(first, second)


def _few(
    proposed: Iterable[tuple[float, int, int, tuple[str, ...]]],
) -> Iterator[tuple[float, int, int, tuple[str, ...]]]:
    """Keep the likeliest proposals of each record."""
    counts: dict[int, int] = defaultdict(int)
    for one in proposed:
        _, first, second, _ = one
        if counts[first] < _PROPOSED and counts[second] < _PROPOSED:
            counts[first] += 1
            counts[second] += 1
            yield one
