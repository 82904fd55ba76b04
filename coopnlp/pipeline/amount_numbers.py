"""Numbers of a text with the currency mark beside them, if any: digits and words.

What the numbers say together (ranges, lists, parts) is
:mod:`coopnlp.pipeline.amounts`. Flat text throughout, beside the text as
written, where capitals matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from coopnlp.pipeline.currencies import PREFIXES, WORD_STEMS, Mark, mark_at
from coopnlp.pipeline.numerals import DIGITS, MAGNITUDES, NUMBER_WORD, WORDS, parse_digits, parse_words

__all__ = ["Number", "read_numbers", "without_overlaps"]


@dataclass(frozen=True)
class Number:
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
# « F5 500 € »: in tables of grants the column F, M or I (fonctionnement, manifestation, investissement) is glued to the
# next by what makes text of a PDF; « 300 m2 500 € » is an area.
_COLUMN_LETTER = r"(?<=[^\d][ |\n][fmi])(?=\d{1,3} \d{3}(?:,\d\d)? ?€)"
_DIGITS = re.compile(rf"(?:(?<![a-z0-9_.,/#°])(?<![a-z]-)|{_COLUMN_LETTER})(?:{DIGITS})")
# The second line of a number that a line end cut in two, and the first.
_CUT = re.compile(r"\d{3}(?: \d{3})*(?:,\d\d)?")
_CUT_HEAD = re.compile(r"(?<![\d.,/-])(?<!article )(?<!page )(\d{1,3}(?: \d{3})*)\Z")
# A typescript's line is 60 signs or more; a table cell seldom 45.
_WRAPPED_LINE = 45
_MAGNITUDE = re.compile(
    r"(?: {0,2}|-?\n ?| \n)((?:milliers?|mil(?:-\n)?lions?|rnillions?|mil(?:-\n)?liards?|mille)(?![a-z])|k|"
    r"m(?=d[ht](?![a-z]))|mds?|mrds?|mio|g(?= ?[$€])|m)"
)
_BEFORE_MARK = re.compile(r"([ \n]et[ \n]demie?)?(?:[ \n]d[e'][ \n]?| {0,2}(?![ \n])|-?\n ?| \n)")
_MAGNITUDE_ONLY = re.compile(r"(?: |\n)?(millions?|milliards?|rnillions?|k|m|mds?)(?![a-z€$£])")
_CENTS = re.compile(r" (\d\d)(?= ?(?:[.;,)\n]|$)| (?:l'|(?:la|le|par|pour|l'un)[ \n]))")
_WORD_CENTS = re.compile(rf"[ \n]({WORDS})(?=[ \n]?(?:[.;:,)\n]|$))")
_LAST_TOKEN = re.compile(r"(?<![a-z0-9])([a-z]{0,4}\\?[$€£¥]|[a-z]{3,4}) ?\Z")
_WORDS = re.compile(WORDS)
_JOINED = re.compile(r"[ \n](?:a|ou|et)[ \n]\Z")
_PREVIOUS_WORD = re.compile(r"([a-z]+)(?:[ \n]+d[e'][ \n]?|[ \n]+|-)$")
# Marks that may follow k, M or Md without a space.
_GLUED = frozenset(("EUR", "dollar", "CAD", "USD", "GBP", "CHF", "franc", "FRF", "cfa", "XPF", "dirham", "TND", "JPY"))
_SYMBOLS = ("€", "$", "£", "¥")


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


def _number_at(flat: str, text: str, match: re.Match[str]) -> Number | None:
    """Read the digits of a match with the mark after or before them."""
    start, end = match.span()
    after = _mark_after(flat, text, end)
    if after:
        mark, stop, magnitude, half = after
        value = parse_digits(match.group(), magnitude)
        if value is not None:
            if half:
                value += Decimal("0.5")
            elif (
                magnitude == 1
                and mark.divisor == 1
                and "," not in match.group()
                and (cents := _CENTS.match(flat, stop))
            ):
                value, stop = value + Decimal(cents.group(1)) / 100, cents.end()
            cut = _cut_head(flat, start, match.group()) if magnitude == 1 else None
            if cut:
                start, value = cut[0], parse_digits(cut[1]) or value
            elif value == 0 and end - start > 2:
                return None  # « 000 » is the tail of a number that something else broke
            return Number(start, stop, (start, end), value, value, magnitude, mark)
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


def _prefixed(flat: str, text: str, start: int, end: int) -> Number | None:
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
        free = re.search(r"[\dkm] ?$", flat[max(0, at - 3) : at]) is None
        if free and (not written[0].isalpha() or written[0].isupper()):
            return Number(at, stop, (start, end), value, value, magnitude, mark)
    if magnitude <= 1000:  # « 12 m » without a currency is a length
        magnitude, stop = 1, end
    return Number(start, stop, (start, end), value, value, magnitude)


def _digit_numbers(flat: str, text: str) -> Iterator[Number]:
    for match in _DIGITS.finditer(flat):
        number = _number_at(flat, text, match)
        if number:
            yield number


def _written_numbers(flat: str, text: str) -> Iterator[Number]:
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
        if two := _two_of_a_range(flat, *last.span()):
            (start, end, least), (begin, most) = two
            yield Number(start, end, (start, end), least, least)
            yield Number(begin, stop, (begin, last.end()), most, most, magnitude, mark)
            continue
        if first := _first_of_two(flat, last.start()):
            yield first
        yield Number(last.start(), stop, last.span(), value, value, magnitude, mark)


def _two_of_a_range(flat: str, start: int, end: int) -> tuple[tuple[int, int, Decimal], tuple[int, Decimal]] | None:
    """Part « entre dix mille et quinze mille (euros) », which reads as one number too: both with their places."""
    if not re.search(r"(?:^|[^a-z])entre[ \n]$", flat[max(0, start - 8) : start]):
        return None
    at = flat.rfind(" et ", start, end)
    if at < 0:
        return None
    low, high = parse_words(flat[start:at]), parse_words(flat[at + 4 : end])
    return ((start, at, low), (at + 4, high)) if low is not None and high is not None and low < high else None


def _first_of_two(flat: str, start: int) -> Number | None:
    """Read the bare number in words joined to the one at ``start``: « dix à quinze mille euros »."""
    joined = _JOINED.search(flat, max(0, start - 5), start)
    if joined is None:
        return None
    for words in _WORDS.finditer(flat, max(0, joined.start() - 80), joined.start()):
        if words.end() == joined.start() and (value := parse_words(words.group())) is not None:
            return Number(*words.span(), words.span(), value, value)
    return None


def _places(flat: str, stem: str) -> Iterator[int]:
    at = flat.find(stem)
    while at >= 0:
        yield at
        at = flat.find(stem, at + 1)


def read_numbers(flat: str, text: str) -> list[Number]:
    """List the numbers of a text, in order, none overlapping; those in words only before a currency."""
    found = [*_digit_numbers(flat, text), *_written_numbers(flat, text)]
    return without_overlaps(sorted(found, key=lambda n: (n.start, -n.end)))


def without_overlaps(numbers: Iterable[Number]) -> list[Number]:
    """Keep, of numbers that overlap, the one with a mark, else the longer."""
    kept: list[Number] = []
    for number in numbers:
        if kept and number.start < kept[-1].end:
            if kept[-1].mark is None and number.mark is not None:
                kept[-1] = number
            continue
        kept.append(number)
    return kept
