"""Sums of money with typed values: « 1,2 M$ », « trois millions d'euros », « 160 à 200 K€ ».

A sum is a number beside a currency mark, or a bare number that borrows its
currency: the first of a range or of a list (« 3 000 et 5 000 € »), the part of a
sum (« 18 200 €, dont 6 000 de la commune »), a cell under a header that names
the currency (:mod:`coopnlp.pipeline.money_tables`). « environ », « près de »,
taxes (« HT ») stay outside. Counts, percentages, chapters, telephone numbers
are never sums, because no currency stands beside them.

Source: the AMOUNT row of the annotation guide and its further decisions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from coopnlp.pipeline.currencies import FAMILIES, PREFIXES, WORD_STEMS, Mark, mark_at
from coopnlp.pipeline.money_context import MoneyContext
from coopnlp.pipeline.money_tables import money_cells
from coopnlp.pipeline.numerals import DIGITS, MAGNITUDES, NUMBER_WORD, WORDS, parse_digits, parse_words
from coopnlp.pipeline.surface import flatten
from coopnlp.types import Amount

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

__all__ = ["AmountFinder", "FoundAmount", "create_amounts", "find_amounts"]


@dataclass(frozen=True)
class FoundAmount:
    """A sum in a text: ``text[start:end]`` and its value."""

    start: int
    end: int
    value: Amount


@dataclass(frozen=True)
class _Number:
    """A number that was read, with its mark where it has one.

    ``low``/``high`` are its value without magnitude and divisor applied; a single
    number has both equal. ``core`` is the span of the digits or words alone.
    """

    start: int
    end: int
    core: tuple[int, int]
    low: Decimal
    high: Decimal
    magnitude: int = 1
    mark: Mark | None = None
    stated_at: int | None = None


# A number does not begin inside a word, a reference (« C-12 ») or another number.
_DIGITS = re.compile(rf"(?<![a-z0-9_.,/#°])(?<![a-z]-)(?:{DIGITS})")
# The second line of a number that a line end cut in two, and the first.
_CUT = re.compile(r"\d{3}(?: \d{3})*(?:,\d\d)?")
_CUT_HEAD = re.compile(r"(?<![\d.,/-])(?<!article )(?<!page )(\d{1,3}(?: \d{3})*)\Z")
# A typescript's line is 60 signs or more; a table cell seldom 45.
_WRAPPED_LINE = 45
_MAGNITUDE = re.compile(
    r"(?: {0,2}|-?\n ?| \n)((?:milliers?|mil(?:-\n)?lions?|rnillions?|mil(?:-\n)?liards?|mille)(?![a-z])|k|"
    r"m(?=d[ht](?![a-z]))|mds?|mrds?|mio|m)"
)
_BEFORE_MARK = re.compile(r"([ \n]et[ \n]demie?)?(?:[ \n]d[e'][ \n]?| {0,2}(?![ \n])|-?\n ?| \n)")
_MAGNITUDE_ONLY = re.compile(r"(?: |\n)?(millions?|milliards?|rnillions?|k|m|mds?)(?![a-z€$£])")
_CENTS = re.compile(r" (\d\d)(?= ?(?:[.;,)\n]|$)| (?:l'|(?:la|le|par|pour|l'un)[ \n]))")
_WORD_CENTS = re.compile(rf"[ \n]({WORDS})(?=[ \n]?(?:[.;:,)\n]|$))")
_LAST_TOKEN = re.compile(r"(?<![a-z0-9])([a-z]{0,4}\\?[$€£¥]|[a-z]{3,4}) ?$")
_WORDS = re.compile(WORDS)
_JOINED = re.compile(r"[ \n](?:a|ou|et)[ \n]\Z")
_PREVIOUS_WORD = re.compile(r"([a-z]+)(?:[ \n]+d[e'][ \n]?|[ \n]+|-)$")
# Marks that may follow k, M or Md without a space.
_GLUED = frozenset(("EUR", "dollar", "CAD", "USD", "GBP", "CHF", "franc", "FRF", "cfa", "XPF", "dirham", "TND", "JPY"))
_SYMBOLS = ("€", "$", "£", "¥")

# Between two numbers.
_RANGE = re.compile(r"(?:[ \n]{1,2}a[ \n]{1,2}|[ \n]?-[ \n]?)")
_LIST = re.compile(r"[ \n](?:et|ou|puis|voire)[ \n](?:de )?|, | ?/ ?")
_BETWEEN = re.compile(r"(?:^|[^a-z])entre[ \n]$")
# « passer de 62 000 à 71 500 € » is a change of one sum into another, not a range.
_CHANGE = re.compile(
    r"\b(?:pass|port|relev|augment|elev|ramen|reduit|redui|baiss|chut|diminu|grimp|mont|recul|descend|tomb|progress|"
    r"bondi|hauss|abaiss|evolu)[a-z]*(?:[ \n][^.;\n]{0,40})?[ \n]de[ \n]$"
)
_NUMBERED = re.compile(r"(?:n°|no|numeros?|articles?|art\.?|lignes?|lots?|pages?|phases?|axes?|chapitres?)[ \n]$")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")


def _mark_after(flat: str, text: str, at: int) -> tuple[Mark, int, int, bool] | None:
    """Return the mark after a number that ends at ``at``: mark, its end, magnitude, « et demi »."""
    scale = _MAGNITUDE.match(flat, at)
    for magnitude in (scale, None) if scale else (None,):
        gap = _BEFORE_MARK.match(flat, magnitude.end() if magnitude else at)
        found = mark_at(flat, text, gap.end()) if gap else None
        if gap and found:
            name = magnitude.group(1) if magnitude else ""
            # « 5 m » is metres: a small m is a million only where the sign follows at once (« 1,2 m€ »).
            if magnitude and text[magnitude.start(1) : gap.end()] == "m" and flat[gap.end()] not in _SYMBOLS:
                continue
            # « 21 MARS » is no million of Argentine pesos.
            if magnitude and len(name) < 3 and not gap.group() and found[0].key not in _GLUED:
                continue
            return found[0], found[1], MAGNITUDES[name] if name else 1, gap.group(1) is not None
    return None


def _number_at(flat: str, text: str, match: re.Match[str]) -> _Number | None:
    """Read the digits of a match with the mark after or before them."""
    start, end = match.span()
    after = _mark_after(flat, text, end)
    if after:
        mark, stop, magnitude, half = after
        value = parse_digits(match.group(), magnitude)
        if value is not None:
            if half:
                value += Decimal("0.5")
            elif magnitude == 1 and mark.divisor == 1 and (cents := _CENTS.match(flat, stop)):
                value, stop = value + Decimal(cents.group(1)) / 100, cents.end()
            cut = _cut_head(flat, start, match.group()) if magnitude == 1 else None
            if cut:
                start, value = cut[0], parse_digits(cut[1]) or value
            elif value == 0 and end - start > 2:
                return None  # « 000 » is the tail of a number that something else broke
            return _Number(start, stop, (start, end), value, value, magnitude, mark)
    return _prefixed(flat, text, start, end)


def _cut_head(flat: str, start: int, number: str) -> tuple[int, str] | None:
    """Return where a number begins that a line end has cut (« 12\\n500 € »), and its digits.

    Only a line of running text is cut there; under a short line stands another cell.
    """
    if flat[start - 1 : start] != "\n" or not _CUT.fullmatch(number):
        return None
    line = flat.rfind("\n", 0, start - 1) + 1
    stop = start - 2 if flat[start - 2 : start - 1] == " " else start - 1
    head = _CUT_HEAD.search(flat, max(line, stop - 24), stop)
    if head is None or start - 1 - line < _WRAPPED_LINE:
        return None
    return head.start(1), head.group(1) + " " + number


def _prefixed(flat: str, text: str, start: int, end: int) -> _Number | None:
    """Read a number whose mark stands before it (« US$ 1.2M », « CAD 25 000 »), or a bare one."""
    magnitude = 1
    stop = end
    if name := _MAGNITUDE_ONLY.match(flat, end):
        magnitude, stop = MAGNITUDES[name.group(1)], name.end()
    value = parse_digits(flat[start:end], magnitude)
    if value is None:
        return None
    tail = _LAST_TOKEN.search(flat, max(0, start - 8), start)
    if tail and (mark := PREFIXES.get(tail.group(1))) is not None:
        at = tail.start(1)
        # Letters must be capitals; a mark that already closes a number is that number's (« 500 € 200 »).
        written = text[at : tail.end(1)]
        if (not written[0].isalpha() or written[0].isupper()) and not re.search(r"[\dkm] ?$", flat[max(0, at - 3) : at]):
            return _Number(at, stop, (start, end), value, value, magnitude, mark)
    return _Number(start, stop if magnitude > 1000 else end, (start, end), value, value, magnitude if magnitude > 1000 else 1)


def _digit_numbers(flat: str, text: str) -> Iterator[_Number]:
    for match in _DIGITS.finditer(flat):
        number = _number_at(flat, text, match)
        if number:
            yield number


def _written_numbers(flat: str, text: str) -> Iterator[_Number]:
    """Read the numbers in words that stand before a currency word."""
    seen = -1
    for at in sorted({at for stem in WORD_STEMS for at in _places(flat, stem)}):
        previous = _PREVIOUS_WORD.search(flat, max(0, at - 24), at)
        if at < seen or not previous or (previous.group(1) not in NUMBER_WORD and previous.group(1) not in MAGNITUDES):
            continue
        low = max(0, at - 160)
        last = None
        for words in _WORDS.finditer(flat, low, at):
            if not flat[words.start() - 1 : words.start()].isalnum():
                last = words
        if last is None or not re.fullmatch(r"[ \n]*(?:d[e'][ \n]?)?|-", flat[last.end() : at]):
            continue
        read = _mark_after(flat, text, last.end())
        value = parse_words(last.group())
        if not read or value is None or re.search(r"\d ?$", flat[max(0, last.start() - 4) : last.start()]):
            continue
        mark, stop, magnitude, _ = read
        cents = _WORD_CENTS.match(flat, stop)
        if cents and mark.divisor == 1 and (extra := parse_words(cents.group(1))) is not None and 0 < extra < 100:
            value, stop = value + extra / 100, cents.end()
        seen = stop
        # « dix à quinze mille euros »: the first of the two stands bare.
        if joined := _JOINED.search(flat, max(0, last.start() - 5), last.start()):
            first = None
            for first in _WORDS.finditer(flat, max(0, joined.start() - 80), joined.start()):
                pass
            if first is not None and first.end() == joined.start() and (bare := parse_words(first.group())) is not None:
                yield _Number(first.start(), first.end(), first.span(), bare, bare)
        yield _Number(last.start(), stop, last.span(), value, value, magnitude, mark)


def _places(flat: str, stem: str) -> Iterator[int]:
    at = flat.find(stem)
    while at >= 0:
        yield at
        at = flat.find(stem, at + 1)


def _join(flat: str, numbers: list[_Number]) -> list[_Number]:
    """Join ranges and lend the currency of a sum to the bare numbers before it, right to left."""
    kept: list[_Number] = []
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
        if number.mark is None and _NUMBERED.search(before):
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


def _sum_of_parts(left: _Number, right: _Number, gap: str) -> _Number | None:
    """Join « 2 millions 300 000 euros » and « douze euros et trente centimes » into one sum."""
    if right.mark is None or right.low != right.high or gap.strip() not in ("", "et"):
        return None
    if left.mark is None and left.magnitude >= 10**6 and right.low * right.magnitude < left.magnitude and gap.strip() == "":
        value = left.low * left.magnitude + right.low * right.magnitude
        return replace(right, start=left.start, low=value, high=value, magnitude=1)
    if left.mark is not None and left.mark.divisor == 1 and right.mark.divisor == 100 and right.low < 100:
        value = left.low * left.magnitude + right.low / 100
        return replace(left, end=right.end, low=value, high=value, magnitude=1)
    return None


def _scaled(number: _Number, right: _Number, flat: str) -> _Number:
    """Give a bare number the magnitude that the number after it has: « 2 à 3 k€ », « 12 à 15 000 € »."""
    if number.mark is not None or number.magnitude > 1:
        return number
    if right.magnitude > 1:
        return replace(number, magnitude=right.magnitude)
    written = flat[right.core[0] : right.core[1]]
    if flat[number.start].isalpha() and number.low < 1000:
        scale = next((s for w, s in (("milliard", 10**9), ("million", 10**6), ("mille", 10**3)) if w in written[-9:]), 1)
        return replace(number, magnitude=scale) if number.low * scale < right.low else number
    grouped = re.search(r"[ .]\d{3}$", flat[right.core[0] : right.core[1]])
    if grouped and number.low < 1000 and number.low * 1000 < right.low and number.low * 50 < right.low:
        return replace(number, magnitude=1000)
    return number


def _comparable(left: _Number, right: _Number) -> bool:
    """Say whether two numbers of a list can be sums of one kind: within a factor of fifty, not small counts."""
    a, b = left.low * left.magnitude, right.low * right.magnitude
    return a > 0 and b > 0 and max(a, b) <= 50 * min(a, b) and (a >= 100 or right.magnitude > 1)


# Words between a sum and a bare number that is a part of it, or what it is compared with.
_PART = re.compile(r"[^.;\n]{0,40}\bdont[ \n](?:environ |pres de |seulement )?")
_AGAINST = re.compile(r"[^.;\n]{0,30}(?<![a-z])(?:contre|au lieu de)[ \n](?:environ |pres de |seulement )?")
_PARTS = re.compile(r"[^.;\n]*\bdont[ \n](?:[^.;\n]|\.(?=\d))*")
_GROUPED = re.compile(r"\d{1,3}(?:[ .]\d{3})+")
# The parts of a sum are named in one sentence of a financing plan.
_MAX_PARTS = 400
_COUNTED = re.compile(r" (?!de |du |des |d'|pour |par |a |au |aux |en |sur |vien|proven|provien|sont |seron|est |et |dans |l'|la |le |les |cette )[a-z]|[ ]?[%°]")


def _lend_to_parts(flat: str, numbers: list[_Number]) -> list[_Number]:
    """Lend the currency of a sum to its parts: « 18 200 €, dont 6 000 de la commune, 4 500 du comité »."""
    kept: list[_Number] = []
    whole: _Number | None = None
    for number in numbers:
        if number.mark is not None:
            if whole is None or not _PARTS.fullmatch(flat, whole.end, number.start):
                whole = number
        elif whole is not None and number.start - whole.end < _MAX_PARTS:
            value, total = number.low * number.magnitude, whole.high * whole.magnitude
            gap = flat[whole.end : number.start]
            grouped = _GROUPED.fullmatch(flat[number.start : number.end]) is not None
            part = 100 <= value <= total and (_PART.fullmatch(gap) or (grouped and _PARTS.fullmatch(gap)))
            if (part or (grouped and _AGAINST.fullmatch(gap))) and not _COUNTED.match(flat, number.end):
                number = replace(number, mark=whole.mark)
        kept.append(number)
    return kept


def _value(number: _Number, context: MoneyContext) -> Amount:
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


def find_amounts(text: str, context: MoneyContext | None = None) -> list[FoundAmount]:
    """Find the sums of a text, in order, none overlapping.

    Parameters
    ----------
    text
        NFC text; offsets are code points into it.
    context
        What the whole document says of its currencies, where the text is a part
        of it; made from the text itself otherwise.

    >>> [(f.value.value, f.value.currency) for f in find_amounts("Nantes verse 12 500,50 € à Cotonou.")]
    [(Decimal('12500.50'), 'EUR')]
    """
    flat = flatten(text)
    context = context or MoneyContext(flat)
    numbers = sorted([*_digit_numbers(flat, text), *_written_numbers(flat, text)], key=lambda n: (n.start, -n.end))
    numbers = _without_overlaps(numbers)
    numbers = _lend_to_parts(flat, _join(flat, numbers))
    found = [n for n in numbers if n.mark is not None and not _is_thing(flat, n, context)]
    found = _without_overlaps(sorted([*found, *_cells(flat, text)], key=lambda n: (n.start, -n.end)))
    return [FoundAmount(n.start, n.end, _value(n, context)) for n in found]


# Currencies whose name is also a thing: books, bottle gourds, wreaths, soles, frankness.
_THINGS = re.compile(r"(?:livres?|gourdes?|couronnes?|soles|francs?|centimes?|marks?|ecus?|lires?)$")


def _is_thing(flat: str, number: _Number, context: MoneyContext) -> bool:
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


def _cells(flat: str, text: str) -> Iterator[_Number]:
    for cell in money_cells(text, flat):
        value = parse_digits(flat[cell.start : cell.end], cell.magnitude)
        if value is not None:
            span = (cell.start, cell.end)
            yield _Number(*span, span, value, value, cell.magnitude, cell.mark, cell.stated_at)


def _without_overlaps(numbers: Iterable[_Number]) -> list[_Number]:
    """Keep, of numbers that overlap, the one with a mark, else the longer."""
    kept: list[_Number] = []
    for number in numbers:
        if kept and number.start < kept[-1].end:
            if kept[-1].mark is None and number.mark is not None:
                kept[-1] = number
            continue
        kept.append(number)
    return kept


class AmountFinder:
    """Puts the sums of a document among its candidate spans, label ``AMOUNT``.

    A sum whose borders fall inside tokens is widened to them only where that
    adds nothing but spaces and punctuation; any other is left out and counted
    in ``doc.user_data["coop_off_token"]``.
    """

    def __call__(self, doc: Doc) -> Doc:
        from coopnlp.pipeline.candidates import add_candidates

        add_candidates(doc, "AMOUNT", ((f.start, f.end, f.value) for f in find_amounts(doc.text)))
        return doc


def create_amounts(nlp: Language, name: str) -> AmountFinder:
    """Make the component ``coop_amounts``."""
    from coopnlp.pipeline.values import register_extensions

    register_extensions()
    return AmountFinder()
