"""Sums of the fundings that are chosen: in each currency by itself, exact.

A sum holds the amounts of fundings that are given: not those that are only asked for, not an amount that is the total
of other fundings, not a range. What is left out is counted and said. A grant told in two currencies is in the sums of
both, which is one more reason never to add them.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coopnlp.types import Amount
from coopnlp.web.dashboard.columns import Columns
from coopnlp.web.index import ABSENT, Mask, Pairs

__all__ = ["LeftOut", "Money", "Ranges", "left_out", "sums_by", "sums_in_all"]


class Money(NamedTuple):
    """The sum of ``number`` amounts. ``currency`` is ISO 4217, or None where the texts do not say."""

    currency: str | None
    total: Decimal
    number: int

    @property
    def amount(self) -> Amount:
        """The sum as an amount."""
        return Amount(value=self.total, currency=self.currency)


class Ranges(NamedTuple):
    """Amounts told as ranges: the sums of their bounds, and how many there are."""

    currency: str | None
    low: Decimal
    high: Decimal
    number: int

    @property
    def amount(self) -> Amount:
        """The range as an amount."""
        return Amount(min=self.low, max=self.high, currency=self.currency)


class LeftOut(NamedTuple):
    """What the sums do not hold.

    Amounts only asked for, totals of other fundings, ranges (of fundings that are given), and the number of fundings
    without any amount.
    """

    asked: tuple[Money, ...]
    totals: tuple[Money, ...]
    ranges: tuple[Ranges, ...]
    silent: int


def sums_in_all(columns: Columns, mask: Mask) -> tuple[Money, ...]:
    """Return the sums of all fundings of a mask, the currency of most amounts first."""
    return _in_all(columns, _counted(columns, mask))


def sums_by(columns: Columns, mask: Mask, pairs: Pairs) -> dict[str, tuple[Money, ...]]:
    """Return the sums of the fundings of a mask by the values of a facet.

    A funding with two values is in the sums of both: these are not to be added to one another. Those that have no
    value are under ``ABSENT``.
    """
    some = np.zeros(pairs.size, dtype=bool)
    some[pairs.items] = True
    none = sums_in_all(columns, mask & ~some)
    found = _by_value(columns, mask & some, pairs)
    return {**found, ABSENT: none} if none else found


def _by_value(columns: Columns, mask: Mask, pairs: Pairs) -> dict[str, tuple[Money, ...]]:
    amounts = columns.amounts
    at = np.flatnonzero(_counted(columns, mask))
    rows = amounts.items[at]
    # The pairs stand in the order of items: each amount once for every value of its item.
    low, high = np.searchsorted(pairs.items, rows, "left"), np.searchsorted(pairs.items, rows, "right")
    times = high - low
    which = np.repeat(at, times)
    within = np.arange(len(which)) - np.repeat(np.cumsum(times) - times, times)
    codes = pairs.codes[np.repeat(low, times) + within].astype(np.int64)
    width = len(amounts.names)
    groups = codes * width + amounts.currencies[which]
    cents = np.zeros(len(pairs.names) * width, dtype=np.int64)
    np.add.at(cents, groups, amounts.cents[which])
    counts = np.bincount(groups, minlength=len(cents))
    more: dict[int, Decimal] = {}
    if amounts.odd:
        for group, place in zip(groups.tolist(), which.tolist(), strict=True):
            if place in amounts.odd:
                more[group] = more.get(group, Decimal(0)) + amounts.odd[place]
    found: dict[str, list[Money]] = {}
    for group in np.flatnonzero(counts).tolist():
        name, currency = pairs.names[group // width], amounts.names[group % width]
        total = _decimal(int(cents[group])) + more.get(group, Decimal(0))
        found.setdefault(name, []).append(Money(currency or None, total, int(counts[group])))
    return {name: _ordered(sums) for name, sums in found.items()}


def left_out(columns: Columns, mask: Mask) -> LeftOut:
    """Return what the sums of a mask leave out."""
    amounts = columns.amounts
    chosen = mask[amounts.items]
    asked = columns.asked[amounts.items]
    ranges: dict[str, Ranges] = {}
    for row, currency, low, high in amounts.ranges:
        if mask[row] and not columns.asked[row]:
            held = ranges.get(currency, Ranges(currency or None, Decimal(0), Decimal(0), 0))
            ranges[currency] = Ranges(currency or None, held.low + low, held.high + high, held.number + 1)
    return LeftOut(
        asked=_in_all(columns, chosen & asked),
        totals=_in_all(columns, chosen & ~asked & amounts.totals),
        ranges=tuple(sorted(ranges.values(), key=lambda held: (-held.number, held.currency or ""))),
        silent=int(np.count_nonzero(columns.silent & mask)),
    )


def _counted(columns: Columns, mask: Mask) -> NDArray[np.bool_]:
    amounts = columns.amounts
    counted: NDArray[np.bool_] = mask[amounts.items] & ~columns.asked[amounts.items] & ~amounts.totals
    return counted


def _in_all(columns: Columns, which: NDArray[np.bool_]) -> tuple[Money, ...]:
    amounts = columns.amounts
    cents = np.zeros(len(amounts.names), dtype=np.int64)
    np.add.at(cents, amounts.currencies[which], amounts.cents[which])
    counts = np.bincount(amounts.currencies[which], minlength=len(amounts.names))
    more = [Decimal(0)] * len(amounts.names)
    for place, value in amounts.odd.items():
        if which[place]:
            more[amounts.currencies[place]] += value
    return _ordered(
        Money(name or None, _decimal(int(cents[code])) + more[code], int(counts[code]))
        for code, name in enumerate(amounts.names)
        if counts[code]
    )


def _decimal(cents: int) -> Decimal:
    return Decimal(cents // 100) if cents % 100 == 0 else Decimal(cents) / 100


def _ordered(sums: Iterable[Money]) -> tuple[Money, ...]:
    return tuple(sorted(sums, key=lambda money: (-money.number, money.currency or "~")))
