"""Sums that hold other sums: a table's last line, the total of a programme named beside its parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from coopnlp.catalogue.facts import Fact

__all__ = ["mark_totals"]

# With more sums than that on one page or by one funder, a run of them gives any number sooner or later.
_LONGEST = 60


class _Stated(NamedTuple):
    fact: int
    place: int
    number: Decimal
    funder: str
    page: int | None


def mark_totals(facts: Sequence[Fact]) -> None:
    """Mark the amounts of one document's fundings that are sums of others, in ``totals`` of their records.

    A sum is a total where it is exactly that of all other sums of its funder
    in the document, of all others on its page, or of three or more that stand right
    before or right after it, of its funder or on its page; two at least, in its
    currency. Three grants of 5,000, 10,000 and 15,000 among others are no
    total and its parts, so that two sums must be all there is.
    """
    stated: dict[str, list[_Stated]] = defaultdict(list)
    for number, fact in enumerate(facts):
        if fact.type != "funding" or fact.status == "demandé":
            continue
        for place, amount in enumerate(fact.sums):
            value = amount.number
            if value is not None and value > 0:
                funder = next((member.key for member in fact.members), "")
                stated[amount.currency or ""].append(_Stated(number, place, value, funder, fact.page))
    found: dict[int, set[int]] = defaultdict(set)
    for sums in stated.values():
        if len(sums) < 3:
            continue
        groups: dict[tuple[str, object], list[_Stated]] = defaultdict(list)
        for one in sums:
            groups["page", one.page].append(one)
            if one.funder:
                groups["funder", one.funder].append(one)
        for group in groups.values():
            for one in _totals(group):
                found[one.fact].add(one.place)
    for number, places in found.items():
        facts[number].totals = frozenset(places)


def _totals(group: Sequence[_Stated]) -> list[_Stated]:
    if len(group) < 3:
        return []
    whole = sum((one.number for one in group), Decimal(0))
    found = []
    for at, one in enumerate(group):
        if one.number * 2 == whole:
            found.append(one)
            continue
        if _adds_up(one.number, group[max(0, at - _LONGEST) : at][::-1]) or _adds_up(
            one.number, group[at + 1 : at + 1 + _LONGEST]
        ):
            found.append(one)
    return found


def _adds_up(number: Decimal, run: Sequence[_Stated]) -> bool:
    """Tell whether the first three or more of a run are exactly a number together."""
    reached = Decimal(0)
    for count, one in enumerate(run, 1):
        reached += one.number
        if reached >= number:
            return reached == number and count >= 3
    return False
