"""Which pairs of records are worth judging: near linear in the number of records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from coopnlp.catalogue.facts import Fact, year_of
from coopnlp.catalogue.names import core_name
from coopnlp.catalogue.rules import title_of

__all__ = ["candidates"]

# Records of one block that are all judged with one another; a larger block is cut by year, then by title.
_BLOCK = 40
# In what is cut by title, each record is judged with so many that follow it.
_WINDOW = 12
# Pairs of parties of one record: of a network of fifty only the first ones count.
_PARTIES = 6
# Words of a title, the rarest first, by which it is looked for.
_WORDS = 3


def candidates(facts: Sequence[Fact]) -> Iterator[tuple[int, int]]:
    """Yield pairs of records that may be one, by their places in ``facts``, each once, in order.

    Records of one type meet that name two parties in common, or one and a rare
    word of the title, or give the same sum, or have all words of the title in common.

    Parameters
    ----------
    facts
        Records of one type.
    """
    blocks: dict[int, list[int]] = {}
    first_of: dict[int, int] = {}
    common = Counter(word for fact in facts for word in title_of(fact).own)
    names = _Names(facts)
    for place, fact in enumerate(facts):
        for key in _keys(fact, names.of(fact), common):
            # a million keys, nearly all of one record: a list is made for the second one
            code = hash(key)
            before = first_of.setdefault(code, place)
            if before != place:
                blocks.setdefault(code, [before]).append(place)
    first_of.clear()
    seen: set[int] = set()
    whole = len(facts)
    for members in blocks.values():
        for first, second in _within(members, facts):
            pair = first * whole + second if first < second else second * whole + first
            if pair not in seen:
                seen.add(pair)
                yield divmod(pair, whole)


class _Names:
    """By what a party is looked for: its identifier, or that of whoever bears its name, or its name."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        linked: dict[str, set[str]] = defaultdict(set)
        for fact in facts:
            for member in fact.members:
                if member.linked:
                    linked[core_name(member.text)].add(member.key)
        self._bearers = {name: sorted(keys)[:3] for name, keys in linked.items()}

    def of(self, fact: Fact) -> list[str]:
        found: set[str] = set()
        for member in fact.members[:_PARTIES]:
            if member.linked:
                found.add(member.key)
            else:
                name = core_name(member.text)
                found.update(self._bearers.get(name, (name,)))
        return sorted(found)


def _keys(fact: Fact, names: Sequence[str], common: Counter[str]) -> set[tuple[object, ...]]:
    keys: set[tuple[object, ...]] = set()
    if fact.type in ("agreement", "partnership"):
        keys.update(("parties", *pair) for pair in combinations(names, 2))
    if fact.type == "partnership":
        return keys
    title = title_of(fact)
    rare = sorted(title.own, key=lambda word: (common[word], word))[:_WORDS]
    if fact.type == "project":
        keys.update(("word", name, word) for name in names for word in rare)
    if fact.type == "funding":
        numbers = {(amount.currency, amount.number) for amount in fact.sums if amount.number is not None}
        keys.update(("sum", name, *number) for name in names for number in numbers)
        keys.update(("word", name, word, year_of(fact.start)) for name in names for word in rare)
        keys.update(("sum", *rare[:1], *number) for number in numbers)
    if len(title.own) >= 3:
        keys.add(("title", *sorted(title.own)))
    return keys


def _within(members: Sequence[int], facts: Sequence[Fact]) -> Iterable[tuple[int, int]]:
    if len(members) <= _BLOCK:
        return combinations(members, 2)
    return _in_parts(members, facts)


def _in_parts(members: Sequence[int], facts: Sequence[Fact]) -> Iterator[tuple[int, int]]:
    """Pair the records of a large block that begin in one year or in the next, or give no year."""
    by_year: dict[int, list[int]] = defaultdict(list)
    for place in members:
        by_year[year_of(facts[place].begins) or 0].append(place)
    undated = by_year.pop(0, [])
    for year, places in by_year.items():
        yield from _near([*places, *by_year.get(year + 1, ())], facts)
    if undated:
        yield from _near(members, facts)


def _near(places: Sequence[int], facts: Sequence[Fact]) -> Iterable[tuple[int, int]]:
    if len(places) <= _BLOCK:
        return combinations(places, 2)
    ordered = sorted(places, key=lambda place: (sorted(title_of(facts[place]).own), place))
    return ((first, second) for at, first in enumerate(ordered) for second in ordered[at + 1 : at + 1 + _WINDOW])
