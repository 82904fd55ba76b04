"""Points of the calendar as French documents write them, one at a time.

A :class:`Point` is what one expression says: days, a month, a year, or a whole
stretch (season, quarter, decade). Joining points into ranges and lists is
:mod:`coopnlp.pipeline.dates`. Everything reads *flat* text.

Sources: the months and their abbreviations are those of the Lexique des règles
typographiques en usage à l'Imprimerie nationale, of the CLDR and of the Office
québécois de la langue française; the misreadings (« rnai », « avri1 ») are those
that OCR makes of m and l; seasons are the months of the contract.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from coopnlp.pipeline.numerals import WORDS, parse_words
from coopnlp.pipeline.surface import repair_digits

__all__ = ["Point", "points"]


@dataclass(frozen=True)
class Point:
    """One expression of a date: ``text[start:end]``.

    ``kind`` is ``day``, ``month``, ``season``, ``quarter``, ``decade``, ``year`` or
    ``feast``. ``days`` are the days of the month, in the order written; ``length`` is
    the number of months that a season or quarter covers from ``month``.
    """

    start: int
    end: int
    kind: str
    year: int | None = None
    month: int | None = None
    days: tuple[int, ...] = ()
    length: int = 1
    last_year: int | None = None
    numeric: bool = False


_M, _L, _I = "(?:m|rn)", "[l1]", "[i1l]"
_SPLIT = r"(?:-\n ?)?"
_MONTHS = (
    rf"jan(?:{_SPLIT}v{_I}er|v(?:\.|(?=[ \n\d]))|\.)",
    rf"fe{_SPLIT}v(?:r{_I}er|r?\.|r(?=[ \n\d]))",
    rf"{_M}ars",
    rf"avr(?:{_SPLIT}?{_I}{_L}|\.|(?=[ \n]\d))",
    rf"{_M}a{_I}(?![sx])",
    rf"ju{_I}n",
    rf"ju{_I}{_L}(?:{_SPLIT}{_L}et|\.|(?=[ \n]\d))",
    r"aout|aoat",
    rf"sep(?:{_SPLIT}te{_M}{_SPLIT}bre|t?\.|t?(?=[ \n]\d))",
    rf"oct(?:o{_SPLIT}bre|\.|(?=[ \n]\d))",
    rf"no{_SPLIT}v(?:e{_M}{_SPLIT}bre|\.|(?=[ \n]\d))",
    rf"de{_SPLIT}c(?:e{_M}{_SPLIT}bre|\.|(?=[ \n]\d))",
)
_MONTH = "|".join(f"(?P<m{i}>{pattern})" for i, pattern in enumerate(_MONTHS, 1))
_MONTH_START = re.compile(rf"(?<![a-z])(?:{_MONTH})(?![a-z])")
_AFTER_DASH = re.compile(rf"(?:debut|fin|mi)(?![a-z])|(?:{_MONTH})(?![a-z])")
_ROMAN = {r: i for i, r in enumerate(["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"], 1)}

_D = r"(?:(?:[0-3o]?\d|[0-3][ol]|l[\dl])(?!\d)|1 ?er|ler|premier)"
_DAY = rf"(?:{_D}(?: ?er(?![a-z]))?)"
_SEP = r"(?:[ \n]?,[ \n]?(?:le )?|[ \n](?:et|ou|au|a|&|jusqu'au)[ \n](?:l[ea] )?|[ \n]?[-/&][ \n]?)"
# What can stand before a month on its left: days, with weekdays between them left out.
_DAYS_BEFORE = re.compile(rf"(?:(?<=[^a-z0-9.,])|^)(?P<days>{_DAY}(?:{_SEP}{_DAY})*)[ \n]{{1,3}}$")
_NOUN_NUMBER = re.compile(rf"{_DAY}[ ]-[ ](?={_DAY}[ \n])")
_NTH_DAY = re.compile(r"(?:(?<=[^a-z0-9])|^)(\d{1,2})e? jour (?:du mois )?d(?:e |')$")
_YEAR_AFTER = re.compile(r"[ \n]{1,3}(?:de l'an(?:nee)? )?(?P<year>(?:1[0-9]|l[\dol]|2[0o])[\dol]{2})(?![\dol]|[.,]\d)")
_SHORT_YEAR_AFTER = re.compile(r" '?(?P<year>[3-9]\d)(?=[ ]?(?:[.,;:)\n]|$))|[ ]'(?P<recent>\d\d)(?!\d)")

_DOTTED_YEAR_AFTER = re.compile(r" ([0-3]\d)(?=[ ]?(?:[;)\n]|$|,(?!\d)))")

_NUMERIC = re.compile(
    r"(?<![\d.,/-])(?P<d>1er|[0-3]?[\do])(?P<s>[/.-])(?P<m>[01o]?[\do]|[ivx]{1,4})(?P=s)"
    r"(?P<y>(?:1[89]|2[0o])[\do]{2}|\d\d)(?![\d/]|[.,-]\d|-[a-z])"
    r"|(?<![\d.,/-])(?P<iy>(?:19|20)\d\d)(?P<is>[/.-])(?P<im>0[1-9]|1[0-2])(?:(?P=is)(?P<id>[0-3]\d))?"
    r"(?![\d/]|[.,-]\d|-[a-z])"
    r"|(?<![\d.,/-])(?P<my>0[1-9]|1[0-2])/(?P<yy>(?:19|20)\d\d)(?![\d/-])"
    r"|(?:(?<=[^a-z](?:le|du|au|et)[ ])|(?<=[ (]maj\.[ ]))(?P<sd>[0-3]?\d)/(?P<sm>0[1-9]|1[0-2])(?![\d/,.%]|-\d)"
)

# Where a numeric date may be: looked for first, because most digits are no date's.
_SEPARATOR = re.compile(r"[\dor][/.-][\divxo]")
_NUMBERED = re.compile(r"(?:n°|nº|[^a-z]no|numero)[ .:]{0,2}\Z")
_WEEKDAY = re.compile(
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)[ \n](?P<day>1er|[0-3]?\d)(?![\d/]|[.,-]\d)"
    r"(?! ?(?:h|%|€|\$)(?![a-z])| (?:et|au|ou|a) (?:[a-z]+di |le )?\d|,? \d| [a-z]{3,}s(?![a-z]))"
)

_SEASONS = {"printemps": 3, "ete": 6, "automne": 9, "hiver": 12}
_SEASON = re.compile(
    r"(?P<season>printemps|ete|automne|hiver)(?:[ \n](?:de[ \n]|de l'annee )?"
    r"(?P<year>(?:19|20)\d\d)(?:[-/](?P<last>(?:(?:19|20)\d\d|\d\d)(?!\d)))?(?![\d]|[.,]\d))?(?![a-z])"
)
_NTH = {"premier": 1, "1er": 1, "deuxieme": 2, "second": 2, "2e": 2, "2eme": 2, "troisieme": 3, "3e": 3, "3eme": 3,
        "quatrieme": 4, "dernier": 4, "4e": 4, "4eme": 4}  # fmt: skip
_QUARTER = re.compile(
    r"(?<![a-z0-9])(?:(?P<nth>premier|deuxieme|second|troisieme|quatrieme|1er|[2-4]e(?:me)?) "
    r"(?P<unit>trimestre|semestre)"
    r"(?:[ \n](?:de[ \n](?:l'annee )?)?(?P<year>(?:19|20)\d\d))?|"
    r"(?P<t>[ts])(?P<q>[1-4])[ -](?P<qy>(?:19|20)\d\d))(?!\d)"
)
_SHORT_QUARTER = re.compile(r"[ts][1-4][ -]")
_DECADE = re.compile(
    r"annees[ \n](?P<digits>(?:1[6-9]|20)\d0(?!,?[ \n](?:et|ou|a)[ \n][12]\d{3}|, [12]\d{3}|[ ]?[-/][ ]?\d)|[2-9]0)"
    r"(?![\d]|[.,]\d)"
    r"|annees[ \n](?P<words>vingt|trente|quarante|cinquante|soixante-dix|soixante|quatre-vingt-dix|quatre-vingts?)"
    r"(?![a-z-])"
)
_FEAST = re.compile(r"(noel|paques|toussaint|pentecote)[ \n](?P<year>(?:19|20)\d\d)(?!\d)")
_FEASTS = {"noel": (12, 25), "toussaint": (11, 1)}
_WRITTEN_YEAR = re.compile(
    rf"(?<![a-z])(?P<cue>l'an|depuis|en|annee)[ \n](?P<year>(?:deux mille|mil)(?![a-z])(?:[ -](?:et[ -])?{WORDS})?)"
    rf"(?:[, ]+(?:et )?le (?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche),? )?"
    rf"(?P<day>premier|\d{{1,2}}|{WORDS})[ \n](?:du mois )?(?:de |d')?(?:{_MONTH}))?"
)
_YEAR = re.compile(r"(?:1[5-9]|l9|2[0o])[\dol]{2}(?![\d])")


def _month_of(match: re.Match[str]) -> int:
    return next(i for i in range(1, 13) if match[f"m{i}"] is not None)


def _number(day: str) -> int:
    day = day.strip()
    if day in ("premier", "ler") or day.endswith("er"):
        return 1
    return int(repair_digits(day))


def _days(written: str, month: int) -> tuple[int, ...] | None:
    days = tuple(_number(m.group()) for m in re.finditer(_DAY, written))
    rising = all(a < b for a, b in itertools.pairwise(days))
    return days if days and rising and days[0] >= 1 and days[-1] <= 31 else None


def _two_digit_year(year: int) -> int:
    """Windows of a century that ends in 2039: documents of this field start in the 1940s."""
    return 2000 + year if year < 40 else 1900 + year


def _month_points(flat: str) -> Iterator[Point]:
    previous, reached = -2, 0
    for match in _MONTH_START.finditer(flat):
        month, start, end = _month_of(match), match.start(), match.end()
        follows, previous = previous == start - 1, end
        if flat[start - 1 : start] == "-" and not follows and not flat[start - 2 : start - 1].isdigit():
            if flat[start - 3 : start] == "mi-" and not flat[start - 4 : start - 3].isalpha():
                start -= 3
            else:
                continue  # « Cinq-Mars », « Champ-de-Mars »
        if flat[end : end + 1] == "-" and flat[end + 1 : end + 2].isalpha() and not _AFTER_DASH.match(flat, end + 1):
            continue  # « Mars-la-Tour »
        low = max(0, start - 64, reached)
        left = _DAYS_BEFORE.search(flat[low:start])
        days: tuple[int, ...] = ()
        if left and (found := _days(left["days"], month)):
            days, start = found, low + left.start("days")
            # « Mission 1 – 17 au 28 mars »: the number before the dash belongs to the noun.
            noun = _NOUN_NUMBER.match(flat, start) if re.search(r"[a-z]{4,} \Z", flat[low:start]) else None
            if noun:
                days, start = found[1:], noun.end()
        elif left:
            # The list holds a number that is no day: keep the last number alone.
            last = re.search(rf"(?<![a-z0-9])({_DAY})[ \n]{{1,3}}$", flat[low:start])
            if last and (found := _days(last.group(1), month)):
                days, start = found, low + last.start(1)
        elif (nth := _NTH_DAY.search(flat[low:start])) and (found := _days(nth.group(1), month)):
            days, start = found, low + nth.start(1)
        year = None
        if after := _YEAR_AFTER.match(flat, end):
            year, end = int(repair_digits(after["year"])), after.end()
        elif days and (short := _SHORT_YEAR_AFTER.match(flat, end)):
            year, end = _two_digit_year(int(short["year"] or short["recent"])), short.end()
        elif days and flat[end - 1] == "." and (dotted := _DOTTED_YEAR_AFTER.match(flat, end)):
            year, end = _two_digit_year(int(dotted.group(1))), dotted.end()
        abbreviated = flat[match.start() : match.end()] not in _FULL_MONTHS
        if abbreviated and not days and year is None and not match.group().isalpha():
            continue
        if abbreviated and not days and year is None and len(match.group()) < 4:
            continue
        reached = end
        yield Point(start, end, "day" if days else "month", year, month, days)


_FULL_MONTHS = frozenset((
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
    "decembre",
))  # fmt: skip


def _numeric_points(flat: str) -> Iterator[Point]:
    reached = 0
    for separator in _SEPARATOR.finditer(flat):
        start = separator.start()
        if start < reached:
            continue
        while start > reached and separator.start() - start < 4 and flat[start - 1] in "0123456789oe":
            start -= 1
        match = _NUMERIC.match(flat, start)
        if match is None:
            continue
        reached = match.end()
        if _NUMBERED.search(flat, max(0, match.start() - 8), match.start()):
            continue
        group = match.groupdict()
        if group["d"]:
            month = _ROMAN.get(group["m"]) or (int(repair_digits(group["m"])) if group["m"][0] not in "ivx" else 0)
            year = int(repair_digits(group["y"]))
            if len(group["y"]) == 2:
                # « 02-11-87 » may be a piece of a telephone number: no digit close before it.
                if group["s"] != "/" and re.search(r"\d[ .-]$", flat[max(0, match.start() - 2) : match.start()]):
                    continue
                year = _two_digit_year(year)
            days = _days(group["d"], month) if 1 <= month <= 12 else None
            if days:
                yield Point(*match.span(), "day", year, month, days, numeric=True)
        elif group["iy"]:
            if group["id"] is None:
                if group["is"] == "-":
                    yield Point(*match.span(), "month", int(group["iy"]), int(group["im"]), numeric=True)
                continue
            days = _days(group["id"], int(group["im"]))
            if days:
                yield Point(*match.span(), "day", int(group["iy"]), int(group["im"]), days, numeric=True)
        elif group["my"]:
            yield Point(*match.span(), "month", int(group["yy"]), int(group["my"]), numeric=True)
        elif days := _days(group["sd"], int(group["sm"])):
            yield Point(*match.span(), "day", None, int(group["sm"]), days, numeric=True)


def _quarters(flat: str) -> Iterator[re.Match[str]]:
    """Find « premier trimestre 2011 », « T1 2011 », looking only where one of them can be."""
    if "mestre" in flat:
        yield from _QUARTER.finditer(flat)
        return
    for short in _SHORT_QUARTER.finditer(flat):
        if match := _QUARTER.match(flat, short.start()):
            yield match


def _stretches(flat: str) -> Iterator[Point]:
    for match in _SEASON.finditer(flat):
        if flat[match.start() - 1 : match.start()].isalpha():
            continue
        month = _SEASONS[match["season"]]
        year = int(match["year"]) if match["year"] else None
        yield Point(*match.span(), "season", year, month, length=3)
    for match in _quarters(flat):
        unit = 3 if match["unit"] == "trimestre" or match["t"] == "t" else 6
        nth = int(match["q"]) if match["q"] else _NTH[match["nth"]]
        if nth * unit <= 12:
            written = match["year"] or match["qy"]
            year = int(written) if written else None
            yield Point(*match.span(), "quarter", year, (nth - 1) * unit + 1, length=unit)
    for match in _DECADE.finditer(flat):
        digits = match["digits"] or str(parse_words(match["words"].removesuffix("s")) or "")
        year = int(digits) + (1900 if len(digits) == 2 else 0)
        yield Point(*match.span(), "decade", year, last_year=year + 9)
    for match in _FEAST.finditer(flat):
        if flat[match.start() - 1 : match.start()].isalpha():
            continue
        month_day = _FEASTS.get(match.group(1))
        year = int(match["year"])
        if month_day:
            yield Point(*match.span(), "day", year, month_day[0], (month_day[1],))
        else:
            yield Point(*match.span(), "year", year)
    for match in _WRITTEN_YEAR.finditer(flat) if "deux mille" in flat or " mil " in flat else ():
        value = parse_words(match["year"])
        if value is None or not 1000 <= value < 2100 or (value == 2000 and match["cue"] != "l'an"):
            continue
        end = match.end("year")
        if match["day"]:
            month = _month_of(match)
            day = parse_words(match["day"]) if match["day"][0].isalpha() and match["day"] != "premier" else None
            days = _days(str(int(day)) if day is not None else match["day"], month)
            if days:
                yield Point(match.start("year"), match.end(), "day", int(value), month, days)
                continue
        yield Point(match.start("year"), end, "year", int(value))


def _weekday_points(flat: str) -> Iterator[Point]:
    """A weekday with the day alone: « Mercredi 4 »."""
    for match in _WEEKDAY.finditer(flat):
        days = _days(match["day"], 1)
        if days and not flat[match.start() - 1 : match.start()].isalpha():
            yield Point(match.start("day"), match.end("day"), "day", days=days)


def points(flat: str) -> list[Point]:
    """List the expressions of date in a flat text, in order, none overlapping; bare years are not among them."""
    every = [*_month_points(flat), *_numeric_points(flat), *_stretches(flat), *_weekday_points(flat)]
    found = sorted(every, key=lambda p: (p.start, -p.end))
    kept: list[Point] = []
    for point in found:
        if not kept or point.start >= kept[-1].end:
            kept.append(point)
    return kept
