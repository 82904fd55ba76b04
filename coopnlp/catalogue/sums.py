"""Sums of two fundings compared."""

from __future__ import annotations

from decimal import Decimal

from coopnlp.catalogue.facts import Fact

__all__ = ["odd", "same_sums"]

# Figures of a sum before its zeros, from which two equal sums are no chance: 26,144 and 7,350 have four and three.
_FIGURES = 4


def _stated(fact: Fact) -> set[tuple[str | None, Decimal]]:
    return {(amount.currency, number) for amount in fact.sums if (number := amount.number) is not None}


def same_sums(first: Fact, second: Fact) -> bool | None:
    """Tell whether all sums of one are sums of the other, in the same currency; None where one states no single sum."""
    ours, theirs = _stated(first), _stated(second)
    if not ours or not theirs:
        return None
    return ours <= theirs or theirs <= ours


def odd(fact: Fact) -> bool:
    """Tell whether a record states a sum that is not round.

    >>> from coopnlp.catalogue.facts import Sum
    >>> odd(Fact(1, "funding", 0, sums=(Sum("26144", None, None, "EUR"),)))
    True
    """
    return any(len(number.as_tuple().digits) >= _FIGURES for _, number in _stated(fact))
