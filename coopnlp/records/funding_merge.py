"""The same funding told twice is one record with the evidence of both."""

from __future__ import annotations

from collections.abc import Sequence

from coopnlp.records.parties import same_name
from coopnlp.text import fold
from coopnlp.types import Funding

__all__ = ["merge_fundings"]


#: Characters, two pages: a sum without a purpose is the one told so near, not one of another item of minutes.
_NEAR = 6000
#: Letters of a cell that is told again in a sentence: a name, not « F » or « sport ».
_NAME = 8


def _purposes_agree(one: Funding, other: Funding, row: bool) -> bool:
    """Tell whether two purposes may be of one grant; ``row``: one is of a table, whose cells sentences tell in part."""
    if one.purpose is None or other.purpose is None:
        return _gap(one, other) < _NEAR
    told, again = fold(one.purpose), fold(other.purpose)
    if told in again or again in told:
        return True
    named = [(part, again) for part in one.purpose.split(" – ")] + [(part, told) for part in other.purpose.split(" – ")]
    cells = any(len(part) >= _NAME and fold(part) in whole for part, whole in named)
    return row and cells and _gap(one, other) < _NEAR


def _gap(one: Funding, other: Funding) -> int:
    """Return how many characters lie between the nearest words of two fundings, but for the giver both point at."""
    own, others = set(one.evidence) - set(other.evidence), set(other.evidence) - set(one.evidence)
    return min((abs(a[0] - b[0]) for a in own for b in others), default=0)


def _same(one: Funding, other: Funding, rows: int) -> bool:
    """Tell whether two fundings are one; ``rows``: how many of them are rows of tables."""
    if not same_name(one.funder, other.funder) or set(one.evidence) == set(other.evidence):
        return same_name(one.funder, other.funder)
    if not one.amounts or not other.amounts:
        # A funder named without a sum is the one whose sum is told elsewhere.
        return one.start in (other.start, None) or other.start is None
    shared = {(a.value, a.min, a.max) for a in one.amounts} & {(a.value, a.min, a.max) for a in other.amounts}
    if not shared:
        return False
    currencies = {(a.value, a.currency) for a in one.amounts} & {(a.value, a.currency) for a in other.amounts}
    if not currencies:
        return False
    same_period = (one.start, one.end) == (other.start, other.end)
    # Two rows of tables are two grants unless all of it agrees; prose may leave the period out.
    if rows == 2:
        return same_period and one.purpose is not None and one.purpose == other.purpose
    return (same_period or one.start is None or other.start is None) and _purposes_agree(one, other, rows == 1)


def _is_nothing(funding: Funding) -> bool:
    """Tell whether all that is given is zero, as in the lines of those who get nothing this year."""
    values = [v for amount in funding.amounts for v in (amount.value, amount.max) if v is not None]
    return bool(values) and not any(values)


def merge_fundings(prose: Sequence[Funding], tables: Sequence[Funding]) -> tuple[Funding, ...]:
    """Return the fundings once each, in order of the text, without zero sums; prose about a row joins the row."""
    merged: list[tuple[Funding, bool]] = []
    for found, is_row in [*((f, True) for f in tables), *((f, False) for f in prose)]:
        if _is_nothing(found):
            continue
        nearest = sorted(range(len(merged)), key=lambda i, new=found: _gap(merged[i][0], new))  # type: ignore[misc]
        for i in nearest:
            known, known_row = merged[i]
            if known.status == found.status and _same(known, found, rows=is_row + known_row):
                if is_row and known_row:
                    continue
                kept = known if known.amounts else found
                other = found if kept is known else known
                merged[i] = (
                    kept.model_copy(
                        update={
                            "start": kept.start or other.start,
                            "end": kept.end or other.end,
                            "purpose": kept.purpose or other.purpose,
                            "scheme": kept.scheme or other.scheme,
                            "amounts": kept.amounts if len(kept.amounts) >= len(other.amounts) else other.amounts,
                            "evidence": tuple(sorted({*known.evidence, *found.evidence})),
                        }
                    ),
                    known_row,
                )
                break
        else:
            merged.append((found, is_row))
    return tuple(sorted((f for f, _ in merged), key=lambda f: f.evidence[-1] if f.evidence else (0, 0)))
