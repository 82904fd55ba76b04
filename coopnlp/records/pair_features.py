"""Pairs of bodies named in one document, and what speaks for and against their cooperation.

A pair is described by words, not by rules: what stands between, before and after
its nearest mentions, the kinds and countries of the two, how crowded the sentence
is, whether one of them speaks, and whether a rule found them together.
:mod:`coopnlp.records.learned` weighs these features.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coopnlp.records.bodies import Body, bodies_of
from coopnlp.records.clauses import Reader
from coopnlp.records.describe import Describer, size
from coopnlp.records.kind_features import KindDescriber
from coopnlp.records.parties import same_name
from coopnlp.types import Agreement, Entity, Partnership, Party, Project

__all__ = ["Pair", "pairs_of"]

#: Nearest mentions of one pair that are described; more add noise.
_MENTIONS = 2
_FAR = 300
#: Names in a long list are paired with so many that follow, no more.
_FOLLOWING = 40
#: Features of a pair that tell its kind as well; the rest are too many for the pairs that there are.
_TELLS_KIND = ("always", "told", "where", "labels", "levels", "doc:", "s:", "t:", "above", "crowd")
#: Features of a mention alone, as they begin.
_OF_ONE = ("l:", "r:", "l2", "r2", "s:", "sn")


@dataclass(frozen=True)
class Pair:
    """Two bodies, the features of the pair, and the nearest mentions that they were read from.

    ``of_kind`` are the features that say how they cooperate.
    """

    one: Body
    other: Body
    features: frozenset[str]
    of_kind: frozenset[str]
    nearest: tuple[Entity, Entity]


def _relation(one: Body, other: Body) -> str:
    where = sorted((one.country, other.country))
    home = {"FR", "QC"} & set(where)
    return "unknown" if "?" in where else "same" if where[0] == where[1] else "+".join(sorted(home)) or "abroad"


class _Told:
    """The partnerships that rules told, and which body is a party of which."""

    def __init__(self, told: Sequence[Partnership]) -> None:
        self.told = told
        self._of: dict[int, tuple[int, ...]] = {}
        self._thirds: dict[int, frozenset[Party]] = {}

    def of(self, body: Body) -> tuple[int, ...]:
        """Return the numbers of the partnerships that a body is a party of, in order."""
        if id(body) not in self._of:
            self._of[id(body)] = tuple(n for n, partnership in enumerate(self.told) if body.is_in(partnership))
        return self._of[id(body)]

    def thirds(self, body: Body) -> frozenset[Party]:
        """Return the other parties of the partnerships that a body is a party of."""
        if id(body) not in self._thirds:
            parties = {party for n in self.of(body) for party in self.told[n].parties}
            self._thirds[id(body)] = frozenset(party for party in parties if not same_name(party, body.party))
        return self._thirds[id(body)]


def _as_such(one: Body, other: Body, nearest: Sequence[tuple[Entity, Entity]], told: _Told) -> Iterator[str]:
    """Yield what is said by the two bodies as such."""
    yield "always"
    labels = "-".join(sorted((one.label, other.label)))
    yield f"labels:{labels}"
    yield f"where:{labels}:{_relation(one, other)}"
    yield "levels:" + "-".join(sorted((one.level, other.level)))
    yield f"speaks:{one.speaks or other.speaks}:{labels}"
    yield f"mentions:{size(min(len(one.mentions), len(other.mentions)))}"
    yield f"met:{size(len(nearest))}"
    ours, theirs = told.of(one), told.of(other)
    both = next((told.told[n] for n in ours if n in theirs), None)
    if both is not None:
        yield "told"
        yield f"told:{both.kind}:{size(len(both.parties))}"
        return
    if any(same_name(p, q) for p in told.thirds(one) for q in told.thirds(other)):
        yield "told with one third"
    if ours or theirs:
        yield "one told with another"


def _met(bodies: Sequence[Body], reader: Reader) -> dict[tuple[int, int], list[tuple[Entity, Entity]]]:
    """Return the mentions of two bodies that stand in one sentence or in the next, nearest first, by their numbers."""
    mentions = sorted(((m, n) for n, body in enumerate(bodies) for m in body.mentions), key=lambda item: item[0].start)
    firm = [body.label in ("COLLECTIVITY", "STATE") for body in bodies]
    met: dict[tuple[int, int], list[tuple[bool, int, Entity, Entity]]] = defaultdict(list)
    for at, (first, a) in enumerate(mentions):
        end = reader.reading.sentence_at(first.start)[1]
        for second, b in mentions[at + 1 : at + 1 + _FOLLOWING]:
            gap = second.start - first.end
            apart = second.end > end
            if gap > _FAR and apart:
                break
            close = not apart or (firm[a] and firm[b]) or bodies[a].speaks or bodies[b].speaks
            if a != b and gap >= 0 and close:
                met[min(a, b), max(a, b)].append((apart, gap, first, second))
    return {
        pair: [(first, second) for *_, first, second in sorted(found, key=lambda item: item[:2])[:_MENTIONS]]
        for pair, found in met.items()
    }


def pairs_of(
    reader: Reader,
    told: Sequence[Partnership],
    agreements: Sequence[Agreement] = (),
    projects: Sequence[Project] = (),
) -> list[Pair]:
    """Return the pairs of bodies that stand near each other, or of which one speaks, with their features.

    ``told``, ``agreements`` and ``projects`` are what rules read: one more thing that speaks for a pair.
    """
    bodies = bodies_of(reader)
    describer = Describer(reader, bodies)
    of_kinds = KindDescriber(reader, bodies, agreements, projects)
    met = _met(bodies, reader)
    known = _Told(told)
    speaks = next((n for n, body in enumerate(bodies) if body.speaks), None)
    if speaks is not None:
        for n in range(len(bodies)):
            if n != speaks:
                met.setdefault((min(n, speaks), max(n, speaks)), [])
    pairs: list[Pair] = []
    for (a, b), near in met.items():
        one, other = bodies[a], bodies[b]
        if {one.label, other.label} <= {"STATE", "FUNDER"}:
            continue
        features: set[str] = set()
        if not near:
            far, anchor = (other, one) if one.speaks else (one, other)
            mention = far.mentions[0]
            features |= {f"far {f}" for f in describer.mention_pair(mention, mention) if f[:2] in _OF_ONE}
            features.add("far")
        for first, second in near:
            told_here = set(describer.mention_pair(first, second))
            features |= told_here
            # A list joins bodies of one country, a dash those of two: the words mean more with where the two are.
            features |= {f"{_relation(one, other)} {f}" for f in told_here if f.startswith(("bw:", "between:"))}
        features.update(_as_such(one, other, near, known))
        features |= describer.general
        nearest = near[0] if near else (anchor.mentions[0], mention)
        of_kind = {*of_kinds.describe(one, other, nearest), *(f for f in features if f.startswith(_TELLS_KIND))}
        pairs.append(Pair(one, other, frozenset(features), frozenset(of_kind), nearest))
    return pairs
