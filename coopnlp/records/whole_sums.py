"""Totals among the fundings of a document: a sum that its parts, told beside it, add up to is no funding of its own.

« engage 3,1 millions d'euros », then what each of three towns gets of it; the line
under a list that adds it up. Whole are sums that other fundings of the document in
a row add up to, of one currency: two and more before it, where its line says no more than that it is a total;
three and more after it, of the same giver, whatever they add up to where the sentence
announces their list. What one body gives in yearly parts, or pays in
instalments, is read by :mod:`~coopnlp.records.fundings`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from coopnlp.records.clauses import Reader
from coopnlp.records.parties import same_name
from coopnlp.types import Funding

__all__ = ["without_totals"]

Span = tuple[int, int]

_TOTAL = re.compile(r"\b(?:total\w*|totaux|ensemble|somme|global\w*|au titre|montant)\b")
# « attribuer aux associations dont la liste et les montants sont annexés la somme globale de 37 000 € »: where the list
# follows, read or not to the last line, each of them has its own.
_LIST_ANNEXED = re.compile(
    r"\b(?:dont la liste|liste (?:et les montants|ci-jointe|ci-apres|ci-annexee|jointe|annexee)"
    r"|(?:tableau|liste) (?:en )?annex"
    r"|(?:detail|repartition) (?:figure|est) (?:en annexe|ci-(?:apres|joint)))"
)
_LISTED = 3
# « la somme de 3 000 €, et de la répartir ainsi », « 3 100 € à répartir : 1 600 € et 1 500 € »
_SHARED_OUT = re.compile(r"\b(?:repart\w+|ventil\w+|se decompos\w+)\b")
# « Total attribué : 6 700 € », under what it adds up, read or not to the last line
_SAYS_TOTAL = re.compile(r"\b(?:total|montant total|somme totale)(?: \w+ee?s?| general)?\s*[:=|.]*\s*$")
#: Parts that are looked at on each side of a sum.
_PARTS = 25


def _worth(funding: Funding) -> tuple[Decimal, str] | None:
    """Return value and currency of a funding of one exact sum."""
    if not funding.amounts:
        return None
    first = funding.amounts[0]
    return (first.value, first.currency or "") if first.value else None


def _place(funding: Funding, reader: Reader) -> int:
    """Return where the sum of a funding stands."""
    spans = set(funding.evidence)
    sums = [e.start for a, b in spans for e in reader.reading.within(a, b, ("AMOUNT",)) if (e.start, e.end) == (a, b)]
    return min(sums, default=max((a for a, _ in spans), default=-1))


def without_totals(reader: Reader, fundings: Sequence[Funding]) -> tuple[Funding, ...]:
    """Return the fundings that are no total of others, in the same order.

    The parts of a sum that is shared out, and that say nothing of their purpose, are for what the whole was for.
    """
    placed = sorted(
        ((_place(f, reader), n, worth) for n, f in enumerate(fundings) if (worth := _worth(f)) is not None),
        key=lambda item: item[:2],
    )
    gone, purposes = set(), {n: f.purpose for n, f in enumerate(fundings)}
    for at, (place, n, worth) in enumerate(placed):
        line = reader.reading.line_at(place)
        # Parts of the same sentence are what becomes of one grant; those of a list stand on lines of their own.
        before = [p for p in placed[max(0, at - _PARTS) : at][::-1] if p[0] < line[0] and p[1] not in gone]
        after = [p for p in placed[at + 1 : at + 1 + _PARTS] if p[0] >= line[1] and p[1] not in gone]
        same = [p for p in after if same_name(fundings[p[1]].funder, fundings[n].funder)]
        if same and not reader.reading.text[line[1] : same[0][0]].strip(" |\n\t").count("\n"):
            same = []  # the next line of a list, which may add up by chance
        says = reader.reading.plain[line[0] : place]
        total = not re.search(r"[a-z]", says) or _TOTAL.search(says)
        sentence = reader.reading.sentence_at(place)
        listed = len(same) >= _LISTED and _LIST_ANNEXED.search(reader.reading.plain, *sentence) is not None
        if _SHARED_OUT.search(reader.reading.plain, place, sentence[1]):
            parts = [p for p in placed[at + 1 : at + 1 + _PARTS] if p[1] not in gone]
            count = _adds_up(parts, worth)
            listed = listed or count > 0
            for _, part, _ in parts[:count]:
                purposes[part] = purposes[part] or purposes[n]
        if len(before) > 1 and _SAYS_TOTAL.search(says):
            listed = True
        if listed or (total and _adds_up(before, worth)) or _adds_up(same, worth, least=3):
            gone.add(n)
    return tuple(f.model_copy(update={"purpose": purposes[n]}) for n, f in enumerate(fundings) if n not in gone)


def _adds_up(parts: Sequence[tuple[int, int, tuple[Decimal, str]]], worth: tuple[Decimal, str], least: int = 2) -> int:
    """Return how many of the first parts, two or more in order, add up to a sum; 0 where none do."""
    total = Decimal(0)
    for count, (_, _, (value, currency)) in enumerate(parts, 1):
        if currency != worth[1]:
            continue
        total += value
        if total >= worth[0]:
            return count if total == worth[0] and count >= least else 0
    return 0
