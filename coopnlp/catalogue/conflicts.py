"""On what the sources of one item differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from coopnlp.catalogue.facts import Fact, Sum

__all__ = ["Difference", "agree", "find_conflicts", "most_precise"]

# Kinds that say nothing against a more particular one.
_VAGUE = {"partnership": {"autre", "projet"}, "agreement": {"accord", "lettre"}}
_DATES = ("date", "start", "end")


class Difference(NamedTuple):
    """A field, and for each value that some source gives the records that give it, the most frequent first."""

    field: str
    values: tuple[tuple[str, tuple[int, ...]], ...]


def agree(first: str | None, second: str | None) -> bool:
    """Tell whether two dates may be one: equal, one more precise than the other, or one absent.

    >>> agree("2012", "2012-06-01"), agree("2012-05", "2012-06-01")
    (True, False)
    """
    if not first or not second:
        return True
    return first.startswith(second) or second.startswith(first)


def most_precise(dates: Iterable[str | None]) -> str | None:
    """Return the first date, or one that agrees with it and says more."""
    best: str | None = None
    for date in dates:
        if date and (best is None or (date.startswith(best) and len(date) > len(best))):
            best = date
    return best


def find_conflicts(facts: Sequence[Fact]) -> list[Difference]:
    """Return the fields on which records of one item differ.

    Dates differ where neither is the other said more precisely. Statuses
    of documents of different years do not: the later says how it went on. Kinds
    differ where both are particular ones. Amounts differ where neither record
    has all that the other has.
    """
    if len(facts) < 2:
        return []
    found = []
    for field in _DATES:
        given = [(getattr(fact, field), fact.id) for fact in facts if getattr(fact, field)]
        if any(not agree(one, other) for one, _ in given for other, _ in given):
            found.append(_difference(field, given))
    vague = _VAGUE.get(facts[0].type, set())
    kinds = [(fact.kind, fact.id) for fact in facts if fact.kind and fact.kind not in vague]
    if len({kind for kind, _ in kinds}) > 1:
        found.append(_difference("kind", kinds))
    latest = max((fact.document_year or 0 for fact in facts), default=0)
    states = [(fact.status, fact.id) for fact in facts if fact.status and (fact.document_year or 0) == latest]
    if len({state for state, _ in states}) > 1:
        found.append(_difference("status", states))
    sums = [(frozenset(map(_written, fact.sums)), fact.id) for fact in facts if fact.sums]
    if any(not (one <= other or other <= one) for one, _ in sums for other, _ in sums):
        found.append(_difference("amounts", [(" ; ".join(sorted(one)), key) for one, key in sums]))
    return found


def _written(amount: Sum) -> str:
    number = amount.number
    value = f"{number:f}" if number is not None else f"{amount.min or ''}–{amount.max or ''}"
    return f"{value} {amount.currency}" if amount.currency else value


def _difference(field: str, given: Sequence[tuple[str, int]]) -> Difference:
    values: dict[str, list[int]] = {}
    for value, key in given:
        values.setdefault(value, []).append(key)
    ordered = sorted(values.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return Difference(field, tuple((value, tuple(keys)) for value, keys in ordered))
