"""Bare numbers that are sums because a header or a title states the currency.

« Montant en euros », « Aide (€) », « K€ », « (montants en dollars canadiens) »
open a table; the rows that follow hold the sums. Four layouts are read, all from
the text alone, because a table's text keeps them (a line a row, ``" | "`` between
the cells of an extracted table):

* cells between ``|``, ``;``, tabs, dot leaders or wide gaps;
* a header line, then rows that end with a bare number and maybe a year
  (« Ville X 3000 2021 » under « Nom du financeur Montant en euros Année »);
* one cell a line, header cells first;
* a list whose items end with the sum, under « les sommes sont en euros ».

Columns of years, counts and order numbers are no sums. The vocabulary is that of
budgets, funding plans and atlas records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from coopnlp.pipeline.currencies import Mark
from coopnlp.pipeline.numerals import DIGITS
from coopnlp.pipeline.table_units import MONEY_WORDS, NUMBER_CELL, YEAR_CELL, Unit, cells_of, column_kind, units_in

__all__ = ["MoneyCell", "money_cells"]


@dataclass(frozen=True)
class MoneyCell:
    """A number ``text[start:end]`` with the currency and magnitude that its table states at ``stated_at``."""

    start: int
    end: int
    mark: Mark
    magnitude: int
    stated_at: int


@dataclass
class _Table:
    """The table being read: its unit, and the header cells with what their columns hold."""

    title: Unit | None
    header: list[tuple[int, int]] = field(default_factory=list)
    units: list[Unit | None] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    flow: int = 0
    year: bool = False
    listed: bool = False


# An order number, a section number or a note mark at the head of a line.
_ORDER = re.compile(r"\(?\d{1,3}[.)]?|\d{1,2}(?:\.\d{1,2})+\.?")
_TAIL = re.compile(rf"(?:(?<=[^\d]) |^)(?P<tail>(?:{DIGITS})(?: (?:{DIGITS}))*)$")
# « Affaire suivie par : J. Bodin, poste 4417 »
_NO_SUM = re.compile(r"(?<![a-z])(?:postes?|tel\.?|telephone|fax|n°|numero|page|p\.)[ :]*[\d .]+$")
_LED = re.compile(rf"[ ._…:\t]*(?P<number>{DIGITS})?[ ]*")
_YEAR_WORD = re.compile(r"(?<![a-z])(?:annees?|exercices?|dates?|millesime)(?![a-z])")
_SECTION = re.compile(r"[ ]*(?:(?:[ivx]{1,4}|[a-z]|\d{1,2})[ ]?[.)–-]+[ ]|annexe |tableau |article |titre )")
_SUBJECT = re.compile(
    r"(?:rn|m)ontants?|sommes?|exprime|valeurs?|budget|chiffres?|credits?|monnaie|devise|unite"
    r"|(?<![a-z])(?:dotations?|bourses?|subventions|aides|contributions|participations)(?![a-z])"
)
# A unit in brackets of its own, before a table or after its total.
_APART = re.compile(
    r"\((?:(?:rn|m)ontants?|sommes?|valeurs?|chiffres?|monnaie|devise|unite|exprimes?|en|milliers|millions)[ :]|"
    r"\((?:[km]?€|[km]?euros?)\)(?=[ ._…:\t\d]*$)"
)
_TOTAL = re.compile(
    r"(?:sous-)?(?:total|totaux|ensemble|solde|reste|cumul|montant|budget|cout|part|subvention)[a-z' -]{0,40}"
)
_PAGE_NUMBER = re.compile(r"-? ?\d{1,3} ?-?")
_FOOTER = re.compile(r"[ ]*page[ ]+\d+")
# A line drawn between the heads and the rows.
_RULE = re.compile(r"[ ]*[-=_–—+|. ]{4,}[ ]*")
_LISTED = re.compile(rf"[;:][ ](?P<number>{DIGITS})\.?$")
_LABELLED = re.compile(rf"[ ]*(?P<label>[^:]{{3,60}}?)[ ]?:[ ](?P<number>{DIGITS})\.?$")
_CELL_TAIL = re.compile(rf"[a-z)][ ](?P<number>{DIGITS})$")
_BRACKETED = re.compile(r"\((?P<number>\d{1,3}(?:[ .]\d{3})+)(?: chacune?s?)?\)")
# Lines without a row that a table may hold between two rows: wrapped labels, sub-titles.
_MAX_OTHER_LINES = 12
_PROSE = 110
# Above a total: the longest table of one page of council minutes, one cell a line.
_MAX_LINES_ABOVE = 80
# Lines without a number between two numbers there: number, name, kind, title, place of one grant.
_MAX_CELLS_ABOVE = 8


class _Reader:
    """Reads the lines that follow a stated currency."""

    def __init__(self, text: str, flat: str) -> None:
        self.text, self.flat = text, flat
        self.found: dict[int, MoneyCell] = {}

    def add(self, start: int, end: int, unit: Unit) -> None:
        self.found[start] = MoneyCell(start, end, unit.mark, unit.magnitude, unit.start)

    def _line_end(self, start: int) -> int:
        end = self.flat.find("\n", start)
        return len(self.flat) if end < 0 else end

    def read(self, units: list[Unit], stops: set[int]) -> None:
        """Read a table whose unit is stated on one line; ``stops`` are the lines that state another."""
        start = self.flat.rfind("\n", 0, units[0].start) + 1
        end = self._line_end(start)
        table = self._open(units, start, end)
        if table is None:
            return
        others = blanks = rows = 0
        at = end + 1
        while at <= len(self.flat) and at not in stops:
            end = self._line_end(at)
            line = self.flat[at:end]
            if not line.strip():
                blanks += 1
                if blanks > 3:
                    return
            else:
                section = blanks and rows and not table.listed and _SECTION.match(line)
                prose = len(line) > _PROSE and not table.listed and len(cells_of(self.text, at, end)) == 1
                if _FOOTER.match(line) or _RULE.fullmatch(line):
                    at = end + 1
                    continue
                if prose or (section and not re.search(r"\d$", line.rstrip())):
                    return
                if blanks and _PAGE_NUMBER.fullmatch(line.strip()):
                    at = end + 1
                    continue
                if self._row(table, at, end):
                    rows, others = rows + 1, 0
                else:
                    others += 1
                    if others > _MAX_OTHER_LINES or (blanks and rows and others > 3):
                        return
                blanks = 0
            at = end + 1

    def _open(self, units: list[Unit], start: int, end: int) -> _Table | None:
        cells = cells_of(self.text, start, end)
        line = self.flat[start:end]
        wide = len(cells) > 1
        apart = next((u for u in units if self._is_apart(u, start, end)), None)
        sentence = line.rstrip().endswith(".") and _SUBJECT.search(line) is not None
        if sentence or (line.lstrip().startswith("(") and line.rstrip().endswith(")")):
            wide = False
        if wide and apart is None and not self._has_numbers(cells):
            table = _Table(None)
            self._set_header(table, cells, units)
            return table
        if len(line) > _PROSE and not _SUBJECT.search(self.flat, max(start, units[0].start - 60), units[0].end):
            return None
        if wide and apart is None and not (cells[0][0] <= units[0].start < cells[0][1]):
            return None
        table = _Table(apart or units[0])
        flow = MONEY_WORDS.search(line)
        if flow and not line.rstrip().endswith((".", ":")):
            table.flow = max(1, len(re.findall(r"montant", line)), len(units))
        table.year = _YEAR_WORD.search(line, units[0].end - start) is not None
        table.listed = _SUBJECT.search(line) is not None
        return table

    def _is_apart(self, unit: Unit, start: int, end: int) -> bool:
        """Say whether a unit stands in brackets of its own (« (montants en euros) »)."""
        bracket = self.flat.rfind("(", start, unit.start)
        alone = not self.flat[start:bracket].strip() or self.flat[bracket - 2 : bracket] == "  "
        return bracket >= 0 and alone and _APART.match(self.flat[bracket:end]) is not None

    def _has_numbers(self, cells: list[tuple[int, int]]) -> bool:
        """Say whether a line holds numbers other than years."""
        return any(
            NUMBER_CELL.fullmatch(self.flat, a, b) and not YEAR_CELL.fullmatch(self.flat, a, b) for a, b in cells
        )

    def label_row(self, unit: Unit) -> bool:
        """Read a row whose label states its own unit (« Agence de l'eau (€)  210 000  245 000 »)."""
        start = self.flat.rfind("\n", 0, unit.start) + 1
        cells = cells_of(self.text, start, self._line_end(start))
        # « Agence de l'eau  (€)  210 000 »: wide gaps part the unit from its label too.
        apart = len(cells) > 1 and re.fullmatch(r"\([^()]{1,12}\)", self.flat[slice(*cells[1])]) is not None
        own = cells[1 if apart else 0]
        if len(cells) < 2 or not own[0] <= unit.start < own[1]:
            return False
        hit = False
        for a, b in cells[1:]:
            match = NUMBER_CELL.fullmatch(self.flat, a, b)
            if match and not YEAR_CELL.fullmatch(self.flat, a, b):
                self.add(match.start("number"), match.end("number"), unit)
                hit = True
        return hit

    def read_above(self, unit: Unit) -> None:
        """Read the table above a unit that stands beside or under its total (« Total  2 400 (euros) »)."""
        start = self.flat.rfind("\n", 0, unit.start) + 1
        end = self._line_end(start)
        bracket = self.flat.rfind("(", start, unit.start)
        closing = self.flat.find(")", unit.end - 1, end)
        if bracket < 0 or closing < 0 or not _APART.match(self.flat[bracket:end]):
            return
        # « TOTAL (euros) ........ 21 150 »
        after = _LED.fullmatch(self.flat, closing + 1, end)
        head = self.flat[start:bracket].strip()
        if after is None or (head and not _TOTAL.match(head)):
            return
        if after["number"]:
            self.add(after.start("number"), after.end("number"), unit)
        for a, b in cells_of(self.text, start, bracket):
            if a < b and (match := NUMBER_CELL.fullmatch(self.flat, a, b)):
                self.add(match.start("number"), match.end("number"), unit)
        lines = missed = blanks = 0
        while start > 0 and lines < _MAX_LINES_ABOVE and missed <= _MAX_CELLS_ABOVE and blanks < 2:
            end = start - 1
            start = self.flat.rfind("\n", 0, end) + 1
            line = self.flat[start:end]
            lines += 1
            if not line.strip():
                blanks += 1
                continue
            cells = cells_of(self.text, start, end)
            if len(line) > _PROSE and len(cells) == 1:
                return
            last = cells[-1]
            match = NUMBER_CELL.fullmatch(self.flat, *last)
            coded = match and re.fullmatch(r"\d{5,}|0\d+", self.flat[last[0] : last[1]])
            year = YEAR_CELL.fullmatch(self.flat, *last)
            order = len(cells) == 1 and last[1] - last[0] < 3 and _ORDER.fullmatch(self.flat, *last)
            if match and not coded and not year and not order:
                self.add(match.start("number"), match.end("number"), unit)
                missed = 0
                blanks = 0
            elif year and len(cells) == 1:
                return  # a header, one cell a line
            else:
                missed += 1

    def _set_header(self, table: _Table, cells: list[tuple[int, int]], units: list[Unit]) -> None:
        table.header = cells
        table.units = [next((u for u in units if a <= u.start < b), None) for a, b in cells]
        table.kinds = [
            "amount" if unit else column_kind(self.flat, a, b) for unit, (a, b) in zip(table.units, cells, strict=True)
        ]

    def _row(self, table: _Table, start: int, end: int) -> bool:
        cells = cells_of(self.text, start, end)
        numbers = [(a, b) for a, b in cells if a < b and NUMBER_CELL.fullmatch(self.flat, a, b)]
        if len(cells) > 1:
            real = [c for c in numbers if not YEAR_CELL.fullmatch(self.flat, *c)]
            if not real and table.title and not table.header:
                self._set_header(table, cells, [])
                return False
            return self._wide_row(table, start, cells, numbers)
        return self._narrow_row(table, start, end, numbers)

    def _wide_row(self, table: _Table, line: int, cells: list[tuple[int, int]], numbers: list[tuple[int, int]]) -> bool:
        hit = False
        if table.listed and not numbers and table.title:
            for match in _BRACKETED.finditer(self.flat, line, cells[-1][1]):
                self.add(match.start("number"), match.end("number"), table.title)
                hit = True
        if table.title and table.header and abs(len(cells) - len(table.header)) > 1:
            first = cells.index(numbers[0]) if numbers else len(cells)
            if any(c not in numbers and self.flat[c[0] : c[1]].isalpha() for c in cells[first:]):
                return False  # « sports 6   folklore 4 »: counts side by side
        several = len([u for u in table.units if u]) > 0
        for cell in numbers:
            unit = table.title
            if table.header:
                column = self._column(table, line, cell, cells)
                kind = table.kinds[column] if column is not None else "open"
                unit = (table.units[column] if column is not None else None) or table.title
                if kind == "other" and table.title and _TOTAL.match(self.flat, *cells[0]):
                    kind = "amount"
                if kind == "other" or (unit is None and kind != "amount"):
                    continue
                if unit is None and several:
                    unit = self._unit_beside(table, column)
            # A number at the left edge is the row's own; far from it, the label is empty.
            if unit is None or (cell == cells[0] and cell[0] - line < 12 and table.title is None):
                continue
            order = cell == cells[0] and cell[0] - line < 12 and _ORDER.fullmatch(self.flat, *cell)
            if order and len(numbers) + 2 >= len(cells):
                continue
            if YEAR_CELL.fullmatch(self.flat, *cell) and not table.header and len(numbers) > 1:
                continue
            number = NUMBER_CELL.fullmatch(self.flat, *cell)
            if number:
                self.add(number.start("number"), number.end("number"), unit)
                hit = True
        for index, cell in enumerate(cells):
            # « LOJIQ 3 200 » under « Autre apport ($) »
            if index and cell not in numbers and table.header and len(cells) == len(table.header):
                unit = table.units[index] or (table.title if table.kinds[index] == "amount" else None)
                if unit and (tail := _CELL_TAIL.search(self.flat, *cell)):
                    self.add(tail.start("number"), tail.end("number"), unit)
        return hit or bool(numbers)

    def _unit_beside(self, table: _Table, column: int | None) -> Unit | None:
        """Return the unit of a column without one of its own: that of the header, if it states only one."""
        stated = {(u.mark, u.magnitude) for u in table.units if u}
        return next((u for u in table.units if u), None) if len(stated) == 1 else None

    def _column(self, table: _Table, line: int, cell: tuple[int, int], cells: list[tuple[int, int]]) -> int | None:
        """Return the header column over a cell: by count from the right, else by place on the line."""
        index = cells.index(cell)
        if len(cells) == len(table.header):
            return index
        if len(cells) == len(table.header) + 1 and index > 0:
            return index - 1
        origin = self.flat.rfind("\n", 0, table.header[0][0]) + 1
        middle = (cell[0] + cell[1]) / 2 - line
        return min(
            range(len(table.header)),
            key=lambda i: min(
                abs((table.header[i][0] + table.header[i][1]) / 2 - origin - middle),
                abs(table.header[i][1] - origin - (cell[1] - line)),
                abs(table.header[i][0] - origin - (cell[0] - line)),
            ),
        )

    def _narrow_row(self, table: _Table, start: int, end: int, numbers: list[tuple[int, int]]) -> bool:
        unit = table.title or (table.units[0] if len(table.units) == 1 else None)
        line = self.flat[start:end].rstrip()
        if unit is None:
            return False
        if numbers:  # one cell a line
            if table.year or YEAR_CELL.fullmatch(self.flat, *numbers[0]):
                previous = self.flat[self.flat.rfind("\n", 0, max(start - 1, 0)) + 1 : start].strip()
                if YEAR_CELL.fullmatch(self.flat, *numbers[0]) and (re.fullmatch(DIGITS, previous) or not table.year):
                    return True
            match = NUMBER_CELL.fullmatch(self.flat, *numbers[0])
            if match:
                self.add(match.start("number"), match.end("number"), unit)
            return True
        if _YEAR_WORD.fullmatch(line.strip()):
            table.year = True
            return False
        labelled = _LABELLED.match(self.flat, start, start + len(line))
        if labelled and _TOTAL.match(labelled["label"]):
            self.add(labelled.start("number"), labelled.end("number"), unit)
            return True
        if table.listed and (listed := _LISTED.search(self.flat, start, start + len(line))):
            self.add(listed.start("number"), listed.end("number"), unit)
            return True
        if table.listed:
            brackets = list(_BRACKETED.finditer(self.flat, start, end))
            for bracket in brackets:
                self.add(bracket.start("number"), bracket.end("number"), unit)
            if brackets:
                return True
        if table.flow and not _NO_SUM.search(line) and (tail := _TAIL.search(self.flat, start, start + len(line))):
            run = [m.span() for m in re.compile(DIGITS).finditer(self.flat, tail.start("tail"), tail.end("tail"))]
            if len(run) > 1 and YEAR_CELL.fullmatch(self.flat, *run[-1]):
                run.pop()
            elif table.year or YEAR_CELL.fullmatch(self.flat, *run[-1]):
                return False
            if re.fullmatch(r"\d{1,2}\.\d", self.flat[slice(*run[-1])]):
                return False
            for a, b in run[-table.flow :]:
                self.add(a, b, unit)
            return True
        return False


def _code_rows(flat: str, text: str, units: list[Unit]) -> Iterator[MoneyCell]:
    """Read rows that state their own currency in a cell after the numbers (« 6 000 | 7 500 | EUR »)."""
    for unit in units:
        start = flat.rfind("\n", 0, unit.start) + 1
        end = flat.find("\n", unit.end)
        cells = cells_of(text, start, len(flat) if end < 0 else end)
        index = next((i for i, c in enumerate(cells) if c == (unit.start, unit.end)), None)
        if not index:
            continue
        if unit.end - unit.start < 2:
            continue
        for a, b in reversed(cells[:index]):
            match = NUMBER_CELL.fullmatch(flat, a, b)
            if match and not YEAR_CELL.fullmatch(flat, a, b):
                yield MoneyCell(match.start("number"), match.end("number"), unit.mark, unit.magnitude, unit.start)
            elif not re.fullmatch(r"[-–—]?|neant|nc|so", flat[a:b]):
                break


@lru_cache(maxsize=1)
def money_cells(text: str, flat: str) -> list[MoneyCell]:
    """List the bare numbers of a text that a table or a list makes sums, in order; do not change the list.

    ``flat`` is the flattened text, of the same length. The list of the last text is
    kept: sums and dates ask for the same.
    """
    units = units_in(flat, text)
    if not units:
        return []
    lines: dict[int, list[Unit]] = {}
    for unit in units:
        lines.setdefault(flat.rfind("\n", 0, unit.start) + 1, []).append(unit)
    reader = _Reader(text, flat)
    coded = {cell.start: cell for cell in _code_rows(flat, text, units)}
    in_rows = {flat.rfind("\n", 0, cell.start) + 1 for cell in coded.values()}
    for line, stated in lines.items():
        if line not in in_rows and len(stated) == 1:
            if reader.label_row(stated[0]):
                in_rows.add(line)
            reader.read_above(stated[0])
    stops = set(lines) - in_rows
    for line, stated in lines.items():
        if line in stops:
            reader.read(stated, stops)
    return [cell for _, cell in sorted({**reader.found, **coded}.items())]
