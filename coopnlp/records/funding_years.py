"""The year of a sum that its layout says: of the column that it stands in, of the line that it opens, of a heading.

« FINANCEMENT (en euros)   2019   2020 » over « • Ville de Dax   3 000   4 000 »; « • 2020 : Région
Bretagne 1 500 € »; « 2019 » alone on a line over the sums of that year. Only bare years count: a
day beside a sum is more often that of a session.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from coopnlp.records.clauses import Sum, sums_in
from coopnlp.records.parties import owner, party, same_name
from coopnlp.records.reading import Reading
from coopnlp.records.sentences import is_tabular
from coopnlp.types import DateValue, Funding

__all__ = ["columns_under", "with_years"]

Span = tuple[int, int]

_YEAR = r"(?:19|20)\d\d"
_OF = r"(?:\b(?:annees?|exercices?|budgets?|en|pour)\b\W{0,3})?"
_OPENS = re.compile(rf"[\s•*▪➤►·■◦▸>–—-]*{_OF}(?P<year>{_YEAR})\s*(?:[:–—=|]|-\s|\s{{3,}})")
_FIRST_CELL = re.compile(r"[\s|]*(?P<cell>\d{1,6})\s*\|")
_BESIDE = re.compile(rf"(?<![\d/.-])(?P<year>{_YEAR})\s*[:=]\s*(?:de |d')?\Z")
_ALONE = re.compile(rf"[\s•*▪➤►·■◦▸>#–—-]*{_OF}(?P<year>{_YEAR})\W*")
_BARE = re.compile(rf"(?<![\d/.-]){_YEAR}(?![\d/.-]|\s*-\s*\d)")
_WORDS = re.compile(r"\b(?!(?:euros?|eur|cad|fcfa|neant)\b)[a-z]+")
_RULE = re.compile(r"[\s|:_=+–—-]*")
# Wide gaps on both sides make a cell; « - Ville de Foix » and « Foix – aide » are words.
_DASH_CELL = re.compile(
    r"(?<=[ \t]{2})(?:[-–—]|neant)(?=[ \t]{2}|[ \t]*$)|(?<=\|)\s*(?:[-–—]|neant)?\s*(?=\|)", re.I | re.M
)
_ROWS = 25
# « 72 – Exercice 2011 - Attributions de subventions »: an item of minutes, over rows that fill pages.
_ITEM = re.compile(r"\s*\d{1,3} [-–—] \S")
_ITEM_OF = re.compile(rf"\b(?:exercices?|annees?|subventions?|programmation|campagne)\b[^\d\n]{{0,30}}\b({_YEAR})\b")
# « prélever ces sommes sur les crédits inscrits au budget 2011 », « (BP 2011) », in the text of an item
_DRAWN_ON = re.compile(rf"\b(?:budgets?|bp|exercices?|credits)\b[^.;\d]{{0,40}}\b({_YEAR})\b(?!\s*[-–/]\s*\d)")
_LEAST_ITEMS, _LONGEST_ITEM, _LONGEST_TEXT = 5, 220, 30_000


def columns_under(reading: Reading, years: Sequence[Span], line: Span, sums: Sequence[Sum]) -> list[int | None]:
    """Return under which of the years of a heading line each sum of a line stands.

    A dash holds the place of a year without a sum; one sum more than years is the total that
    ends the line: its number is that of the years. Where the line does not fill all columns the closest counts.
    """
    above = reading.line_at(years[0][0])[0]
    centres = [(a + b) / 2 - above for a, b in years]
    empty = [m.start() for m in _DASH_CELL.finditer(reading.text, max(line[0], sums[0].start - 40), line[1])]
    filled = sorted([*(s.start for s in sums), *empty])
    if len(filled) - len(years) in (0, 1):
        return [filled.index(total.start) for total in sums]
    found: list[int | None] = []
    for total in sums:
        centre = (total.start + total.end) / 2 - line[0]
        found.append(min(range(len(years)), key=lambda j: abs(centres[j] - centre)))
    return found if len(set(found)) == len(found) else [None] * len(sums)


@dataclass
class _Years:
    """Looks for the years of the sums of one document."""

    reading: Reading
    sitting: str | None = None

    def of(self, start: int) -> str | None:
        """Return the year of the sum that begins at ``start``, or None where the layout says none."""
        line = self.reading.line_at(start)
        opens = _OPENS.match(self.reading.plain, *line)
        if opens and opens.end() <= start:
            if self._is_code(line):
                return None
            return opens["year"] if len(_BARE.findall(self.reading.plain, *line)) == 1 else None
        beside = _BESIDE.search(self.reading.plain, line[0], start)
        if beside:
            return beside["year"]
        if _BARE.search(self.reading.plain, *line):
            return None  # the line tells years its own way
        sums = sums_in(self.reading, *line)
        number = next((i for i, total in enumerate(sums) if total.start <= start < total.end), None)
        for head in self.reading.lines_before(line[0], _ROWS)[::-1]:
            if _RULE.fullmatch(self.reading.text, *head):
                continue
            if sums_in(self.reading, *head):
                if _BARE.search(self.reading.plain, *head):
                    return None
                continue
            years = [m.span() for m in _BARE.finditer(self.reading.plain, *head)]
            if len(years) > 1:
                row = [(total.start, total.end) for total in sums]
                alone = len(sums) == 1 and not _DASH_CELL.search(self.reading.text, *line)
                if number is None or alone or not (self._is_row(years) and self._is_row(row)):
                    return None
                at = columns_under(self.reading, years, line, sums)[number]
                return self.reading.text[slice(*years[at])] if at is not None and at < len(years) else None
            heading = _ALONE.fullmatch(self.reading.plain, *head)
            return heading["year"] if heading else None
        return None

    @cached_property
    def _items(self) -> list[tuple[int, str | None]]:
        """Where the items of minutes begin, each with the one year that its title names; none where these are few."""
        found: list[tuple[int, str | None]] = []
        for start, end in self.reading.lines:
            if end - start < _LONGEST_ITEM and _ITEM.match(self.reading.plain, start, end):
                named = set(_ITEM_OF.findall(self.reading.plain, start, end))
                found.append((start, next(iter(named)) if len(named) == 1 else None))
        return found if len(found) >= _LEAST_ITEMS else []

    def of_item(self, start: int, decided: bool) -> str | None:
        """Return the year of the item of minutes that holds the sum that begins at ``start``.

        The one year that its title names counts for the rows of its table, the one year of the budget
        that it draws on for all its sums; where it names no budget, what the sitting itself gives
        (``decided``) is of the year of the sitting.
        """
        at = bisect_right([offset for offset, _ in self._items], start) - 1
        if at < 0:
            return None
        offset, titled = self._items[at]
        if titled and is_tabular(self.reading.text[slice(*self.reading.line_at(start))]):
            return titled
        end = self._items[at + 1][0] if at + 1 < len(self._items) else len(self.reading.text)
        drawn = set(_DRAWN_ON.findall(self.reading.plain, offset, min(end, offset + _LONGEST_TEXT)))
        if drawn:
            return next(iter(drawn)) if len(drawn) == 1 else None
        named = _BARE.search(self.reading.plain, *self.reading.sentence_at(start))
        return None if named or not decided else self.sitting

    def _is_code(self, line: Span) -> bool:
        """Tell whether the line is a row of a table whose first cells are codes: 1918 between 278 and 769."""
        near = (*self.reading.lines_before(line[0], 2), *self.reading.lines_after(line[1], 2))
        firsts = [m["cell"] for a, b in near if (m := _FIRST_CELL.match(self.reading.plain, a, b))]
        return any(not re.fullmatch(_YEAR, cell) for cell in firsts)

    def _is_row(self, cells: Sequence[Span]) -> bool:
        """Tell whether no words stand between the cells: « de 2024 à 2027 » heads no columns."""
        between = (self.reading.plain[one[1] : other[0]] for one, other in itertools.pairwise(cells))
        return not any(_WORDS.search(gap) for gap in between)


def with_years(reading: Reading, fundings: Sequence[Funding], sitting: str | None = None) -> tuple[Funding, ...]:
    """Return the fundings with the year that the layout of their sum says, where they had none.

    ``sitting`` is the date of the document, which is that of the sitting where it is minutes with many items.
    """
    body = owner(reading)
    years = _Years(reading, (sitting or "")[:4] or None)
    sums = {(e.start, e.end) for e in reading.entities if e.label == "AMOUNT" and not isinstance(e.value, DateValue)}
    found = []
    for funding in fundings:
        at = [span for span in funding.evidence if span in sums]
        open_ = bool(at) and funding.start is None and funding.end is None
        decided = body is not None and same_name(funding.funder, party(body))
        year = years.of(at[0][0]) or years.of_item(at[0][0], decided) if open_ else None
        found.append(funding.model_copy(update={"start": year, "end": year}) if year else funding)
    return tuple(found)
