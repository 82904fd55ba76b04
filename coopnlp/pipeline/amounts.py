"""Sums of money with typed values: « 1,2 M$ », « trois millions d'euros », « 160 à 200 K€ ».

A sum is a number beside a currency mark, or a bare number that borrows its
currency: the first of a range or of a list (« 3 000 et 5 000 € »), the part of a
sum or the next of an enumeration (« 18 200 €, dont 6 000 de la commune »,
:mod:`coopnlp.pipeline.amount_lending`), a cell under a header that names the
currency (:mod:`coopnlp.pipeline.money_tables`). « environ », « près de »,
taxes (« HT ») stay outside. Counts, percentages, chapters, telephone numbers
are never sums, because no currency stands beside them.

Source: the AMOUNT row of the annotation guide and its further decisions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from spacy.language import Language
from spacy.tokens import Doc

from coopnlp.pipeline.amount_lending import NUMBERED, lend_currencies
from coopnlp.pipeline.amount_numbers import Number, read_numbers, without_overlaps
from coopnlp.pipeline.candidates import add_candidates
from coopnlp.pipeline.currencies import FAMILIES, Mark
from coopnlp.pipeline.money_context import MoneyContext
from coopnlp.pipeline.money_tables import money_cells
from coopnlp.pipeline.numerals import parse_digits
from coopnlp.pipeline.surface import flatten, surface_of
from coopnlp.pipeline.values import register_extensions
from coopnlp.types import Amount

__all__ = ["AmountFinder", "FoundAmount", "create_amounts", "find_amounts"]


@dataclass(frozen=True)
class FoundAmount:
    """A sum in a text: ``text[start:end]`` and its value."""

    start: int
    end: int
    value: Amount


# Between two numbers.
_RANGE = re.compile(r"(?:[ \n]{1,2}a[ \n]{1,2}|[ \n]?-[ \n]?)")
_LIST = re.compile(r"[ \n](?:et|ou|puis|voire)[ \n](?:de )?|, | ?/ ?")
_BETWEEN = re.compile(r"(?:^|[^a-z])entre[ \n]$")
# « passer de 62 000 à 71 500 € » is a change of one sum into another, not a range.
_CHANGE = re.compile(
    r"\b(?:pass|port|relev|augment|elev|ramen|reduit|redui|baiss|chut|diminu|grimp|mont|recul|descend|tomb|progress|"
    r"bondi|hauss|abaiss|evolu)[a-z]*(?:[ \n][^.;\n]{0,40})?[ \n]de[ \n]$"
)
_WRITTEN_SCALES = (("milliard", 10**9), ("million", 10**6), ("mille", 10**3))
_YEAR = re.compile(r"(?:1[89]|20)\d\d")


def _join(flat: str, numbers: list[Number]) -> list[Number]:
    """Join ranges and lend the currency of a sum to the bare numbers before it, right to left."""
    kept: list[Number] = []
    closing = False  # a list has been closed by « et » or « ou » on the right
    for number in reversed(numbers):
        right = kept[-1] if kept else None
        if right is None or right.mark is None or not 0 < right.start - number.end <= 5:
            kept.append(number)
            continue
        gap = flat[number.end : right.start]
        if whole := _sum_of_parts(number, right, gap):
            kept[-1] = whole
            continue
        before = flat[max(0, number.start - 60) : number.start]
        left = _scaled(number, right, flat)
        # In a list « 12, 15 000 € » the twelve stays twelve; in a range it is twelve thousand.
        if number.mark is None and NUMBERED.search(before):
            kept.append(number)
            continue
        shared = left if right.magnitude > 1 else number
        same = number.mark is None or number.mark == right.mark
        rising = left.low * left.magnitude < right.low * right.magnitude and left.low == left.high
        as_range = _RANGE.fullmatch(gap) or (gap.strip() == "et" and _BETWEEN.search(before))
        # « 45 jours à 180 000 FCFA – 8 100 000 FCFA »: a dash between two whole sums is no range.
        if as_range and number.mark is not None and "-" in gap and gap != "-":
            as_range = None
        year = number.mark is None and _YEAR.fullmatch(flat[number.start : number.end]) is not None
        if as_range and same and right.low == right.high and not (year and not _BETWEEN.search(before)):
            if rising and not _CHANGE.search(before):
                kept[-1] = replace(
                    right,
                    start=number.start,
                    low=left.low * left.magnitude / right.magnitude,
                )
                continue
            if number.mark is None and gap.strip() == "a":
                kept.append(replace(left, mark=right.mark))
                continue
        listed = _LIST.fullmatch(gap) and (gap.strip() not in (",", "/") or closing)
        if number.mark is None and not year and listed and _comparable(shared, right):
            kept.append(replace(shared, mark=right.mark))
            closing = True
            continue
        closing = False
        kept.append(number)
    kept.reverse()
    return kept


def _sum_of_parts(left: Number, right: Number, gap: str) -> Number | None:
    """Join « 2 millions 300 000 euros » and « douze euros et trente centimes » into one sum."""
    if right.mark is None or right.low != right.high or gap.strip() not in ("", "et"):
        return None
    smaller = right.low * right.magnitude < left.magnitude
    if left.mark is None and left.magnitude >= 10**6 and smaller and gap.strip() == "":
        value = left.low * left.magnitude + right.low * right.magnitude
        return replace(right, start=left.start, low=value, high=value, magnitude=1)
    if left.mark is not None and left.mark.divisor == 1 and right.mark.divisor == 100 and right.low < 100:
        value = left.low * left.magnitude + right.low / 100
        return replace(left, end=right.end, low=value, high=value, magnitude=1)
    return None


def _scaled(number: Number, right: Number, flat: str) -> Number:
    """Give a bare number the magnitude that the number after it has: « 2 à 3 k€ », « 12 à 15 000 € »."""
    if number.mark is not None or number.magnitude > 1:
        return number
    if right.magnitude > 1:
        # « entre 500 000 et 1 million d'euros »: said in full
        whole = number.low >= 1000 and right.low <= number.low and number.low < right.low * right.magnitude
        return number if whole else replace(number, magnitude=right.magnitude)
    written = flat[right.core[0] : right.core[1]]
    if flat[number.start].isalpha() and number.low < 1000:
        scale = next((s for w, s in _WRITTEN_SCALES if w in written[-9:]), 1)
        return replace(number, magnitude=scale) if number.low * scale < right.low else number
    grouped = re.search(r"[ .]\d{3}$", flat[right.core[0] : right.core[1]])
    if grouped and number.low < 1000 and number.low * 1000 < right.low and number.low * 50 < right.low:
        return replace(number, magnitude=1000)
    return number


def _comparable(left: Number, right: Number) -> bool:
    """Say whether two numbers of a list can be sums of one kind: within a factor of fifty, not small counts."""
    a, b = left.low * left.magnitude, right.low * right.magnitude
    return a > 0 and b > 0 and max(a, b) <= 50 * min(a, b) and (a >= 100 or right.magnitude > 1)


def _value(number: Number, context: MoneyContext) -> Amount:
    mark = number.mark or Mark("")
    key = mark.key
    start, end = (number.start, number.end) if number.stated_at is None else (number.stated_at, number.stated_at)
    currency = context.currency(key, start, end) if key in FAMILIES else key or None
    low, high = (_plain(v * number.magnitude / mark.divisor) for v in (number.low, number.high))
    if low == high:
        return Amount(value=low, currency=currency)
    return Amount(min=low, max=high, currency=currency)


def _plain(value: Decimal) -> Decimal:
    """Return a decimal without exponent: whole sums without decimals, others with two at least."""
    whole = value.to_integral_value()
    if value == whole:
        return Decimal(int(whole))
    value = value.normalize()
    return value if int(value.as_tuple().exponent) <= -2 else value.quantize(Decimal("0.01"))


# Typed where the keyboard has no sign: « 58 000 E », in a text that has no « € » at all.
_TYPED = re.compile(r"(?<=\d)( ?)E(?![\w'’-])")
_TYPED_SUM = re.compile(r"\d[ .]\d{3} ?E(?![\w'’-])")


def _signs(text: str) -> str:
    """Return the text with the euro signs that were typed as letters, length kept."""
    if "€" in text or len(_TYPED_SUM.findall(text)) < 2:
        return text
    return _TYPED.sub(r"\1€", text)


def find_amounts(text: str, context: MoneyContext | None = None, flat: str | None = None) -> list[FoundAmount]:
    """Find the sums of a text, in order, none overlapping.

    Parameters
    ----------
    text
        NFC text; offsets are code points into it.
    context
        What the whole document says of its currencies, where the text is a part
        of it; made from the text itself otherwise.
    flat
        The text flattened, where it is at hand.

    >>> [(f.value.value, f.value.currency) for f in find_amounts("Nantes verse 12 500,50 € à Cotonou.")]
    [(Decimal('12500.50'), 'EUR')]
    """
    signed = _signs(text)
    flat = flat if flat is not None and signed == text else flatten(signed)
    text = signed
    context = context or MoneyContext(flat)
    numbers = lend_currencies(flat, _join(flat, read_numbers(flat, text)))
    found = [n for n in numbers if n.mark is not None and not _is_thing(flat, n, context)]
    found = without_overlaps(sorted([*found, *_cells(flat, text)], key=lambda n: (n.start, -n.end)))
    return [FoundAmount(n.start, n.end, _value(n, context)) for n in found]


# Currencies whose name is also a thing: books, bottle gourds, wreaths, soles, frankness.
_THINGS = re.compile(r"(?:livres?|gourdes?|couronnes?|soles|francs?|centimes?|marks?|ecus?|lires?)$")


def _is_thing(flat: str, number: Number, context: MoneyContext) -> bool:
    """Say whether a sum is more likely a count of things (« 200 livres », « un franc succès »)."""
    name = _THINGS.search(flat, max(number.core[1], number.end - 10), number.end)
    if name is None or number.magnitude > 1:
        return False
    if flat[number.start : number.core[1]] in ("un", "une"):
        return not flat.startswith(" symbolique", number.end)
    word = name.group()[:4]
    if word in {"livr", "cour"}:
        resolved = context.currency(number.mark.key, number.start, number.end) if number.mark else None
        return resolved is None or (word == "livr" and number.high < 1000)
    return word == "sole" and number.high < 100


def _cells(flat: str, text: str) -> Iterator[Number]:
    for cell in money_cells(text, flat):
        value = parse_digits(flat[cell.start : cell.end], cell.magnitude)
        if value is not None:
            span = (cell.start, cell.end)
            yield Number(*span, span, value, value, cell.magnitude, cell.mark, cell.stated_at)


class AmountFinder:
    """Puts the sums of a document among its candidate spans, label ``AMOUNT``.

    A sum whose borders fall inside tokens is widened to them only where that
    adds nothing but spaces and punctuation; any other is left out and counted
    in ``doc.user_data["coop_off_token"]``.
    """

    def __call__(self, doc: Doc) -> Doc:
        surface = surface_of(doc)
        found = find_amounts(surface.text, flat=surface.flat)
        add_candidates(doc, "AMOUNT", ((f.start, f.end, f.value) for f in found))
        return doc


@Language.factory("coop_amounts", assigns=["doc.spans", "span._.value"])
def create_amounts(nlp: Language, name: str) -> AmountFinder:
    """Make the component ``coop_amounts``; it has no settings."""
    register_extensions()
    return AmountFinder()
