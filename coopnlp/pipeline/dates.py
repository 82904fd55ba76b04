"""Dates with typed values: « 8, 9 et 10 octobre 2008 », « 2015-2017 », « automne 2010 ».

Points of the calendar (:mod:`coopnlp.pipeline.calendar_points`) and years
(:mod:`coopnlp.pipeline.years`) that stand side by side become one range or one
list. Weekdays, « du », « fin », « début » stay outside; durations, relative
dates (« l'été prochain »), repeated ones (« chaque automne ») and clock times
are not dates. A day or a month without its year has a value only where the
document says the year.

Source: the DATE row of the annotation guide and its further decisions.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, replace

from spacy.language import Language
from spacy.tokens import Doc

from coopnlp.pipeline.calendar_points import Point, points
from coopnlp.pipeline.candidates import add_candidates
from coopnlp.pipeline.money_tables import money_cells
from coopnlp.pipeline.surface import flatten, surface_of
from coopnlp.pipeline.values import register_extensions
from coopnlp.pipeline.years import years
from coopnlp.types import DateValue

__all__ = ["DateFinder", "FoundDate", "create_dates", "find_dates"]


@dataclass(frozen=True)
class FoundDate:
    """A date in a text: ``text[start:end]``, and its value where the text says it."""

    start: int
    end: int
    value: DateValue | None


_RANGE = re.compile(r"[ \n]?-[ \n]?|[ \n](?:au|a|jusqu'au|jusqu'a|jusqu'en)[ \n](?:l[ea] |l'|fin )?|[ \n]?[/>][ \n]?")
_LIST = re.compile(r"[ \n]?(?:,|,?[ \n](?:et|ou|&))[ \n](?:le[ \n]|au[ \n]|a[ \n]l')?")
_APART = re.compile(r",?[ \n](?:et|ou)[ \n](?:le|au)[ \n]")
_ENTRE = re.compile(r"(?:^|[^a-z])entre[ \n](?:le[ \n]|l')?$")
_RELATIVE_BEFORE = re.compile(r"(?:^|[^a-z])(?:chaque|tous les|cet|cette|ce|un|une|l'an)[ \n]$")
_RELATIVE_AFTER = re.compile(r"[ \n](?:prochaine?s?|derniere?s?|suivante?s?|passee?s?|precedente?s?|d'apres)(?![a-z])")
_SEASON_BEFORE = re.compile(
    r"(?:^|[^a-z])(?:(?:a|des|avant|depuis|pour|jusqu'a|apres|durant|pendant|vers|courant|d'ici)[ \n](?:l'|le[ \n])|"
    r"(?:au|en|du|d[ei]s le)[ \n]|(?:de|fin|debut)[ \n](?:l'|du[ \n]))$"
)
_MONTH_BEFORE = re.compile(
    r"(?:^|[^a-z])(?:en|de|d'|mois[ \n]de|mois[ \n]d'|depuis|debut|fin|mi|pour|avant|apres|des|a|"
    r"jusqu'en|jusqu'a|courant|"
    r"et|ou|vers|entre|voyage|session)[ \n-]?$|(?:^|\n|: ?|- ?|, ?|\(|· ?|• ?)$"
)


def _between_points(flat: str, found: list[Point]) -> list[Point]:
    """Add the bare years that no other point covers."""
    merged = list(found)
    spans = [(p.start, p.end) for p in found]
    index = 0
    for year in years(flat):
        while index < len(spans) and spans[index][1] <= year.start:
            index += 1
        if index < len(spans) and spans[index][0] < year.end:
            continue
        merged.append(year)
    merged.sort(key=lambda p: p.start)
    return merged


def _stands(flat: str, text: str, point: Point) -> bool:
    """Say whether a point without a year is a point of the calendar, and not a name, a habit or a remark."""
    if point.year is not None or point.kind in ("day", "decade"):
        return True
    before = flat[max(0, point.start - 24) : point.start]
    after = flat[point.end : point.end + 20]
    if _RELATIVE_BEFORE.search(before) or _RELATIVE_AFTER.match(after):
        return False
    if point.kind == "quarter":
        return point.year is not None
    if point.kind == "season":
        return _SEASON_BEFORE.search(before) is not None and not re.match(r"[ \n](?:de|d')", after)
    written = text[point.start : point.end]
    if written[0].isupper():
        # « Mars », « Avril », « Mai », « Juin » are names too: a capital needs a place where dates stand.
        if not written.isupper():
            return re.search(r"(?:^|\n|[•·-] ?)$", before) is not None and re.match(r" ?[:.–,\n]|$", after) is not None
        return _MONTH_BEFORE.search(before) is not None
    return True


def _as_range(left: Point, right: Point) -> bool:
    """Say whether two points can be the ends of one stretch."""
    if left.kind == "year" and right.kind == "year":
        return (left.year or 0) < (right.year or 0) and left.last_year is None
    if "decade" in (left.kind, right.kind):
        return left.kind == right.kind
    if left.month is None and left.kind == "day":
        return False
    if left.year and right.year:
        return _key(left) < _key(right)
    return right.kind != "year" and left.kind != "year"


def _key(point: Point) -> tuple[int, int, int]:
    return point.year or 0, point.month or 0, point.days[0] if point.days else 0


def _as_list(left: Point, right: Point, gap: str) -> bool:
    if left.numeric or right.numeric:
        return False
    if left.kind == "year" and right.kind == "year":
        return not gap.strip().startswith("ou") and right.year == (left.last_year or left.year or 0) + 1
    if left.kind != right.kind or left.kind not in ("day", "month") or left.year is not None:
        return False
    # « le 2 mai et le 14 novembre » are two dates, « 30 juin et 1er juillet » is one.
    return left.month is not None and re.search(r"[ \n](?:le|au)[ \n]", gap) is None


def _groups(flat: str, found: list[Point]) -> list[list[Point]]:
    """Group neighbours that are written without a gap into ranges and lists."""
    groups: list[list[Point]] = []
    index = 0
    while index < len(found):
        group = [found[index]]
        between = _ENTRE.search(flat[max(0, found[index].start - 12) : found[index].start])
        pending: list[Point] = []
        ahead = index + 1
        while not between and ahead < len(found) and found[ahead].start - (pending or group)[-1].end <= 12:
            left, right = (pending or group)[-1], found[ahead]
            gap = flat[left.end : right.start]
            if _RANGE.fullmatch(gap) and _as_range(left, right) and not pending:
                if gap.strip() == "/" and not left.numeric:
                    break
                group.append(right)
            elif _LIST.fullmatch(gap) and _as_list(left, right, gap):
                pending.append(right)
                if "," not in gap or re.search(r"et|ou|&", gap):
                    group += pending
                    pending = []
            else:
                break
            ahead += 1
        groups.append(group)
        index += len(group)
    return groups


def _bounds(point: Point) -> tuple[str, str] | None:
    """Return the first and last day, month or year of a point, or None without a year."""
    year = point.year
    if year is None:
        return None
    if point.kind in ("year", "decade"):
        return f"{year:04d}", f"{point.last_year or year:04d}"
    month = point.month or 1
    if point.kind == "day":
        days = (min(point.days), max(point.days))
        if any(not 1 <= d <= monthrange(year, month)[1] for d in days):
            return None
        return f"{year:04d}-{month:02d}-{point.days[0]:02d}", f"{year:04d}-{month:02d}-{point.days[-1]:02d}"
    if point.kind == "month":
        return f"{year:04d}-{month:02d}", f"{year:04d}-{month:02d}"
    last = month + (3 if point.kind == "season" else point.length - 1)
    carry = 1 if last > 12 else 0
    return f"{year:04d}-{month:02d}", f"{year + carry:04d}-{last - 12 * carry:02d}"


def _value(group: list[Point]) -> DateValue | None:
    """Return the value of points that stand together; a missing year comes from the next that has one."""
    known = [*group]
    for i in range(len(known) - 2, -1, -1):
        following = known[i + 1]
        if known[i].year is None and following.year is not None and following.month is not None:
            earlier = (known[i].month or 0) > following.month
            known[i] = replace(known[i], year=following.year - (1 if earlier else 0))
    bounds = [_bounds(p) for p in known]
    if any(b is None for b in bounds):
        return None
    start, end = min(b[0] for b in bounds if b), max(b[1] for b in bounds if b)
    return DateValue(start=start, end=end)


def _with_year(group: list[Point], years_of: dict[int, set[int]], main: int | None) -> list[Point]:
    """Give the year to days without one, where the document is clear about it.

    Clear is: every full date of the same month has one year, and it is the year
    that most full dates of the document have.
    """
    if any(p.year is not None or p.kind != "day" or p.month is None for p in group):
        return group
    found = years_of.get(group[-1].month or 0, set())
    if len(found) != 1 or main not in found:
        return group
    return [*group[:-1], replace(group[-1], year=main)]


def _lend_years(flat: str, found: list[Point]) -> list[Point]:
    """Lend the year of a date to the one before it: « le 2 mai et le 14 novembre 2008 »."""
    lent = list(found)
    for i in range(len(lent) - 2, -1, -1):
        left, right = lent[i], lent[i + 1]
        if left.month is None or right.month is None or right.year is None or left.year is not None:
            continue
        if left.kind == right.kind == "day" and _APART.fullmatch(flat, left.end, right.start):
            lent[i] = replace(left, year=right.year - (left.month > right.month))
    return lent


def find_dates(text: str, flat: str | None = None) -> list[FoundDate]:
    """Find the dates of a text, in order, none overlapping; ``flat`` is the text flattened, where it is at hand.

    >>> [(f.value.start, f.value.end) for f in find_dates("du 27 octobre au 3 novembre 2018") if f.value]
    [('2018-10-27', '2018-11-03')]
    """
    flat = flatten(text) if flat is None else flat
    found = _between_points(flat, [p for p in points(flat) if _stands(flat, text, p)])
    sums = {cell.start for cell in money_cells(text, flat)}
    found = _lend_years(flat, [p for p in found if p.start not in sums])
    groups = _groups(flat, found)
    years_of: dict[int, set[int]] = {}
    counts: Counter[int] = Counter()
    for point in found:
        if point.year is not None and point.kind == "day" and point.month is not None:
            years_of.setdefault(point.month, set()).add(point.year)
            counts[point.year] += 1
    main = counts.most_common(1)[0][0] if counts else None
    return [FoundDate(group[0].start, group[-1].end, _value(_with_year(group, years_of, main))) for group in groups]


class DateFinder:
    """Puts the dates of a document among its candidate spans, label ``DATE``."""

    def __call__(self, doc: Doc) -> Doc:
        surface = surface_of(doc)
        found = find_dates(surface.text, surface.flat)
        add_candidates(doc, "DATE", ((f.start, f.end, f.value) for f in found))
        return doc


@Language.factory("coop_dates", assigns=["doc.spans", "span._.value"])
def create_dates(nlp: Language, name: str) -> DateFinder:
    """Make the component ``coop_dates``; it has no settings."""
    register_extensions()
    return DateFinder()
