"""Numbers as French documents write them: digits with their separators, and words.

Everything here reads *flat* text (:func:`coopnlp.pipeline.surface.flatten`):
lower case, no accents, plain spaces.

Sources: the digit habits are those of the Lexique des règles typographiques en
usage à l'Imprimerie nationale (space), of French, Belgian and Québec typescripts
(full stop), of Switzerland (apostrophe) and of English (comma); the words are
those of the 1990 spelling and the older one, with the Swiss and Belgian
septante, huitante, octante, nonante.
"""

from __future__ import annotations

import re
from decimal import Decimal

from coopnlp.pipeline.surface import repair_digits

__all__ = ["DIGITS", "MAGNITUDES", "NUMBER_WORD", "WORDS", "parse_digits", "parse_words"]

# Digit groups first, so that « 12 500 » is not read as 12. A digit read by OCR as O or l counts where at
# least one true digit stands in the same group.
_G = r"[\dol]"
DIGITS = (
    rf"(?:\d{_G}{{0,2}}|l{_G}?\d{_G}?|l{{1,2}}(?=[ .]\d{{3}}))(?:"
    rf"(?: {_G}{{3}})+(?![\dol])(?:[.,]\d{{1,2}}(?!\d)|, \d\d(?= ?€))?"
    rf"|(?:\.{_G}{{3}})+(?![\dol])(?:,\d{{1,2}}(?!\d))?"
    rf"|(?:,{_G}{{3}})+(?![\dol])(?:\.\d{{1,2}}(?!\d))?"
    r"|(?:'\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?"
    r")|(?:\d[\do]*|l)[.,]\d+|(?:\d[\do]*)(?![a-km-np-z])"
)

MAGNITUDES: dict[str, int] = {
    "k": 10**3, "mille": 10**3, "millier": 10**3, "milliers": 10**3,
    "m": 10**6, "million": 10**6, "millions": 10**6, "rnillion": 10**6, "rnillions": 10**6,
    "mil-\nlion": 10**6, "mil-\nlions": 10**6, "mio": 10**6,
    "g": 10**9, "md": 10**9, "mds": 10**9, "mrd": 10**9, "mrds": 10**9, "milliard": 10**9, "milliards": 10**9,
    "mil-\nliard": 10**9, "mil-\nliards": 10**9,
}  # fmt: skip

_UNITS = {
    "zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8,
    "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
    "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70,
    "huitante": 80, "octante": 80, "nonante": 90,
}  # fmt: skip
_SCALES = {"mille": 10**3, "mil": 10**3, "million": 10**6, "millions": 10**6, "milliard": 10**9, "milliards": 10**9}
_HUNDREDS = {"cent", "cents"}

#: Every word that can stand in a number written out.
NUMBER_WORD: frozenset[str] = frozenset({*_UNITS, *_SCALES, *_HUNDREDS, "demi", "et"})

_WORD = "(?:" + "|".join(sorted(NUMBER_WORD - {"et"}, key=len, reverse=True)) + ")"
#: A run of number words; its end may still hold words that are none (« et »).
WORDS = rf"{_WORD}(?![a-z])(?:(?:-\n?|[ \n]+)(?:et(?:-|[ \n]+))?{_WORD}(?![a-z]))*"


def parse_digits(number: str, magnitude: int = 1) -> Decimal | None:
    """Return the value of digits with separators, or None where they say none.

    A single comma or full stop before exactly three digits separates thousands,
    unless a word such as « million » follows (``magnitude`` over 1000), or the
    number starts with zero.

    >>> parse_digits("12 500,50"), parse_digits("12.500"), parse_digits("1,250", 10**6)
    (Decimal('12500.50'), Decimal('12500'), Decimal('1.250'))
    """
    text = repair_digits(number)
    grouped = " " in text or "'" in text or "\n" in text
    text = re.sub(r"[ '\n]", "", text)
    marks = re.findall(r"[.,]", text)
    if not marks:
        return Decimal(text) if text.isdecimal() else None
    last = max(text.rfind("."), text.rfind(","))
    whole, decimals = re.sub(r"[.,]", "", text[:last]), text[last + 1 :]
    thousands = len(marks) > 1 and len(set(marks)) == 1
    if len(marks) == 1 and not grouped:
        thousands = len(decimals) == 3 and len(whole) <= 3 and not whole.startswith("0") and magnitude <= 10**3
    if not (whole + decimals).isdecimal():
        return None
    return Decimal(whole + decimals) if thousands else Decimal(f"{whole}.{decimals}")


def parse_words(words: str) -> Decimal | None:
    """Return the value of a number written out, or None where the words say none.

    >>> parse_words("quatre-vingt-dix mille"), parse_words("un demi-million"), parse_words("un million et demi")
    (Decimal('90000'), Decimal('500000'), Decimal('1500000'))
    """
    tokens = [t for t in re.split(r"[- \n]+", words) if t]
    total = group = Decimal(0)
    scale_before: int | None = None
    last_unit = -1
    half = False
    for token in tokens:
        if token == "et":
            continue
        if token == "demi":
            if scale_before and group == 0:  # « un million et demi »
                total += Decimal(scale_before) / 2
            half = True
            continue
        if token in _HUNDREDS:
            group = (group or Decimal(1)) * 100
            last_unit = 100
        elif token in _SCALES:
            scale = _SCALES[token]
            if scale_before is not None and scale >= scale_before:
                if total == 0 or group == 0:
                    return None
                total, group = Decimal(0), total + group  # « cent mille millions »: nobody writes it
            if half and scale_before is None:
                group = Decimal(scale) / 2 if group <= 1 else group * scale
                total, group = total + group, Decimal(0)
            else:
                total, group = total + (group or Decimal(1)) * scale, Decimal(0)
            half = False
            scale_before, last_unit = scale, -1
        else:
            unit = _UNITS[token]
            if unit == 20 and last_unit == 4:  # quatre-vingt
                group += 76
            elif (
                last_unit == -1
                or last_unit >= 100
                or (last_unit >= 20 and 0 < unit < 20)  # vingt et un, soixante-quinze
                or (last_unit == 10 and 7 <= unit <= 9)  # dix-sept
            ):
                group += unit
            else:
                return None
            last_unit = 80 if unit == 20 and last_unit == 4 else unit
    if not tokens or tokens == ["demi"]:
        return None
    return total + group
