"""Numbers and dates of spreadsheets as a French Excel shows them (number formats: ECMA-376, 18.8.30-31)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

__all__ = ["BUILT_IN", "general", "shown"]

#: The formats that files name by number only; 14 and 22 follow the country, here France.
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "#,##0 €", 6: "#,##0 €", 7: "#,##0.00 €",
    8: "#,##0.00 €", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "dd/mm/yyyy",
    15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "hh:mm", 21: "hh:mm:ss",
    22: "dd/mm/yyyy hh:mm", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00", 41: "#,##0;-#,##0;-", 42: "#,##0 €;-#,##0 €;- €", 43: "#,##0.00;-#,##0.00;-",
    44: "#,##0.00 €;-#,##0.00 €;- €", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip

_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
_SHORT_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_FIRST = re.compile(rf"\b1 (?=(?:{'|'.join(_MONTHS)})\b)")
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_PIECE = re.compile(
    r'"([^"]*)"|\\(.)|_.|\*.|\[\$([^\]-]*)[^\]]*\]|\[(h+|m+|s+)\]|\[[^\]]*\]|(AM/PM|A/P)|'
    r"(E[+-])|(yyyy|yy|y|mmmmm|mmmm|mmm|mm|m|dddd|ddd|dd|d|hh|h|ss|s|e)(?![a-z])|(General|Standard)|(.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
#: Days after 9999-12-31, the last one that Excel knows.
_LAST_DAY = 2_958_466


class _Token(NamedTuple):
    kind: str  # literal, date, elapsed, noon, exponent, general, digit
    text: str


def shown(value: float, code: str, *, from_1904: bool = False) -> str:
    """Return a number under a format.

    >>> shown(1234.5, "#,##0.00 €"), shown(40238, "dd/mm/yyyy"), shown(0.125, "0.0%"), shown(40238, "mmmm yyyy")
    ('1 234,50 €', '01/03/2010', '12,5%', 'mars 2010')
    """
    section, signed = _section(value, code)
    tokens = _tokens(section)
    if any(token.kind in ("date", "elapsed") for token in tokens):
        return _date(value, tokens, from_1904)
    if not any(token.kind in ("digit", "general") for token in tokens):
        # words alone stand for the number; a format without anything shows nothing
        return general(value) if section == "@" else "".join(t.text for t in tokens if t.kind == "literal").strip()
    text = _number(abs(value), tokens)
    minus = value < 0 and signed and any(c in "123456789" for c in text)
    return f"-{text}" if minus else text


def general(value: float) -> str:
    """Return a number without a format: ten significant digits, those of a whole number all.

    >>> general(1200.0), general(0.1 + 0.2), general(-1234567.25)
    ('1200', '0,3', '-1234567,25')
    """
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.10g}".replace(".", ",").replace("e", "E")


def _section(value: float, code: str) -> tuple[str, bool]:
    """Return the part of a format that a number falls under, and whether it takes a minus sign."""
    sections = _split(code)
    for section in sections[:2]:
        condition = _CONDITION.search(section)
        if condition is not None and _holds(value, condition[1], float(condition[2])):
            return section, True
    if any(_CONDITION.search(section) for section in sections[:2]):
        rest = [section for section in sections if not _CONDITION.search(section)]
        return (rest[0] if rest else "General"), True
    if value < 0 and len(sections) > 1:
        return sections[1], False
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], True


@lru_cache(maxsize=500)
def _split(code: str) -> list[str]:
    return re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', code) if ";" in code else [code]


def _holds(value: float, sign: str, limit: float) -> bool:
    return {
        "<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit, "=": value == limit,
        "<>": value != limit,
    }[sign]  # fmt: skip


@lru_cache(maxsize=500)
def _tokens(section: str) -> list[_Token]:
    found: list[_Token] = []
    for match in _PIECE.finditer(section):
        quoted, escaped, currency, elapsed, noon, exponent, date, word, other = match.groups()
        if quoted is not None or escaped is not None:
            found.append(_Token("literal", quoted if quoted is not None else escaped))
        elif currency is not None:
            found.append(_Token("literal", currency))
        elif elapsed is not None:
            found.append(_Token("elapsed", elapsed.lower()))
        elif noon is not None:
            found.append(_Token("noon", noon))
        elif date is not None:
            found.append(_Token("date", date.lower()))
        elif exponent is not None:
            found.append(_Token("exponent", exponent))
        elif word is not None:
            found.append(_Token("general", ""))
        elif other is not None:
            found.append(_Token("digit" if other in "0#?.,%/" else "literal", other))
        elif match[0][0] == "_":
            found.append(_Token("literal", " "))
    if not any(token.kind == "digit" and token.text in "0#?" for token in found):
        # dots and slashes between parts of dates are no decimals
        found = [_Token("literal", t.text) if t.kind == "digit" else t for t in found]
    elif any(token.kind == "date" and token.text[0] in "ymdhs" for token in found):
        # « ss.0 »: tenths of a second, which nobody writes into minutes
        found = [_Token("literal", "" if t.text in "0#?" else t.text) if t.kind == "digit" else t for t in found]
    return found


# -- numbers


def _number(value: float, tokens: list[_Token]) -> str:
    if any(token.kind == "general" for token in tokens):
        return "".join(general(value) if t.kind == "general" else t.text for t in tokens).strip()
    places = [i for i, token in enumerate(tokens) if token.kind == "digit" and token.text in "0#?"]
    first, last = places[0], places[-1]
    head = "".join(t.text for t in tokens[:first] if t.text not in ".,")
    tail = "".join(t.text for t in tokens[last + 1 :] if t.text != "," or t.kind == "literal")
    core = tokens[first : last + 1]
    if first and tokens[first - 1].text == ".":
        core = [tokens[first - 1], *core]
    mask = "".join(t.text for t in core if t.kind in ("digit", "exponent"))
    trailing = 0
    for token in tokens[last + 1 :]:
        if token != _Token("digit", ","):
            break
        trailing += 1  # each comma at the end divides by a thousand
    number = Decimal(repr(value)) * Decimal(100) ** sum(t == _Token("digit", "%") for t in tokens)
    number /= Decimal(1000) ** trailing
    if "/" in mask:
        return f"{head}{_fraction(number, mask)}{tail}".strip()
    if any(t.kind == "exponent" for t in core):
        return f"{head}{_scientific(number, mask)}{tail}".strip()
    if any(t.kind == "literal" and t.text for t in core):
        return (head + _filled(number, core, mask) + tail).strip()
    return f"{head}{_decimal(number, mask)}{tail}".strip()


def _decimal(number: Decimal, mask: str) -> str:
    whole, _, part = mask.partition(".")
    least, most = part.count("0"), len(part.replace(",", ""))
    rounded = number.quantize(Decimal(1).scaleb(-most), rounding=ROUND_HALF_UP)
    digits, _, decimals = f"{rounded:f}".partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0") if most else ""
    digits = digits.lstrip("0").rjust(whole.count("0"), "0")
    if "," in whole:
        digits = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", " ", digits)
    return f"{digits},{decimals}" if decimals else digits


def _scientific(number: Decimal, mask: str) -> str:
    mantissa, _, exponent = re.sub("(?i)e[+-]", "e", mask).partition("e")
    decimals = len(mantissa.partition(".")[2])
    text = f"{number:.{decimals}E}"
    base, _, power = text.partition("E")
    return f"{base.replace('.', ',')}E{power[0]}{power[1:].rjust(exponent.count('0'), '0')}"


def _fraction(number: Decimal, mask: str) -> str:
    before, _, after = mask.partition("/")
    limit = 10 ** max(1, len(after)) - 1
    whole = int(number) if len(before) > len(after) else 0
    rest = Fraction(number - whole).limit_denominator(limit)
    if rest == 0:
        return str(whole)
    return f"{whole} {rest}" if whole else str(rest)


def _filled(number: Decimal, core: list[_Token], mask: str) -> str:
    """Return digits with words between them, as in formats of telephone numbers: filled from the right."""
    whole, comma, decimals = _decimal(number, mask.replace(",", "")).partition(",")
    digits = list(whole)
    point = next((i for i, t in enumerate(core) if t == _Token("digit", ".")), len(core))
    out = [comma + decimals]
    slots = sum(t.kind == "digit" and t.text in "0#?" for t in core[:point])
    for token in reversed(core[:point]):
        if token.kind != "digit":
            out.append(token.text)
        elif token.text in "0#?":
            slots -= 1
            out.append(digits.pop() if digits else "0" if token.text == "0" else "")
            if not slots:
                out += reversed(digits)
    return "".join(reversed(out))


# -- dates


def _date(value: float, tokens: list[_Token], from_1904: bool) -> str:
    if not 0 <= value < _LAST_DAY:
        return general(value)
    # Excel counts 29 February 1900, which never was; before it, its days are one off
    days = value + 1462 if from_1904 else value
    start = datetime(1899, 12, 31) if days < 60 else datetime(1899, 12, 30)
    moment = start + timedelta(seconds=round(days * 86_400))
    noon = any(token.kind == "noon" for token in tokens)
    out: list[str] = []
    for at, token in enumerate(tokens):
        if token.kind == "date":
            out.append(_date_part(token.text, moment, _is_minute(tokens, at), noon))
        elif token.kind == "elapsed":
            unit = {"h": 3600, "m": 60, "s": 1}[token.text[0]]
            out.append(str(round(value * 86_400) // unit).rjust(len(token.text), "0"))
        elif token.kind == "noon":
            out.append("AM" if moment.hour < 12 else "PM")
        else:
            out.append(token.text)
    return _FIRST.sub("1er ", "".join(out).strip())


def _is_minute(tokens: list[_Token], at: int) -> bool:
    """Tell whether an m stands for minutes: after hours, or before seconds."""
    units = [(i, t.text[0]) for i, t in enumerate(tokens) if t.kind in ("date", "elapsed")]
    place = next(n for n, (i, _) in enumerate(units) if i == at)
    before = units[place - 1][1] if place else ""
    after = units[place + 1][1] if place + 1 < len(units) else ""
    return len(tokens[at].text) <= 2 and (before == "h" or after == "s")


def _date_part(part: str, moment: datetime, minute: bool, noon: bool) -> str:
    match part:
        case "yyyy" | "e" | "y":
            return str(moment.year)
        case "yy":
            return f"{moment.year % 100:02d}"
        case "mmmmm":
            return _MONTHS[moment.month - 1][0].upper()
        case "mmmm":
            return _MONTHS[moment.month - 1]
        case "mmm":
            return _SHORT_MONTHS[moment.month - 1]
        case "dddd":
            return _DAYS[moment.weekday()]
        case "ddd":
            return _DAYS[moment.weekday()][:3] + "."
    number = {
        "m": moment.minute if minute else moment.month,
        "d": moment.day,
        "h": (moment.hour % 12 or 12) if noon else moment.hour,
        "s": moment.second,
    }[part[0]]
    return f"{number:02d}" if len(part) > 1 else str(number)
