"""The sums of a row of a table of money: under which column each stands, which were granted, in what currency, when."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal

from coopnlp.records.clauses import Sum, sums_in
from coopnlp.records.currency_words import currency_of
from coopnlp.records.rows import Row
from coopnlp.records.table_heads import EXPENSE_TITLE, FUNDER_COLUMN, GRANTED, PARTY_SHARE, TableHeads
from coopnlp.types import Amount, DateValue

__all__ = ["TableSums"]

# What was promised, beside what was paid of it.
_AGREED = re.compile(r"\b(?:engage|accorde|attribue|vote|alloue|octroye|retenu|prevu|conventionne)e?s?\b")
_PAID = re.compile(r"\b(?:verse|mandate|paye|realise|execute|consomme|decaisse)e?s?\b")
_ASKED_OR_COST = re.compile(
    r"\b(?:demande\w*|sollicite\w*|budget|couts?|depenses?|total|devis|reste|autres|anciens?|initial\w*|precedent\w*"
    r"|valeur locative|loyers?|rappel)\b"
)
_EMPTY = re.compile(r"(?<!\S)(?:[-–—]+|neant|sans objet|rejet|0)(?!\S)")
# « Subventions, exercice 1999 » over columns of 1998 and 1999; the day of a session is another thing.
_OF_YEAR = re.compile(
    r"\b(?:exercice|annee|subventions?|budget|campagne|programmation)\b[^\d\n]{0,40}\b((?:19|20)\d\d)\b"
)


class TableSums(TableHeads):
    """The sums of the rows of one table."""

    def _slots(self, row: Row) -> list[tuple[str, Sum]]:
        """Return the sums of a row with the plain text of the column that each stands in."""
        sums = sums_in(self.reading, row.start, row.end)
        if self.table.has_cells and len(row.cells) == len(self.columns):
            found = []
            for total in sums:
                at = next((i for i, (a, b) in enumerate(row.cells) if a <= total.start <= b), None)
                found.append((self.columns[at] if at is not None else "", total))
            return found
        # Cells unknown: the last columns of the header are those of the sums, empty cells counted.
        text = self.reading.plain[row.start : row.end]
        marks = sorted(
            [(s.start, s) for s in sums]
            + [
                (row.start + m.start(), None)
                for m in _EMPTY.finditer(text)
                if sums
                and row.start + m.start() > min(s.start for s in sums) - 40
                and not any(s.start <= row.start + m.start() < s.end for s in sums)
            ],
            key=lambda m: m[0],
        )
        heads = [h for h in self.columns if not re.match(r"\W*devise", h)]
        if len(self.columns) == 1:
            heads = [self.reading.plain[y.start : y.end] for y in self.years]
            heads += ["total"] if re.search(r"\btotal\W*$", self.head) else []
        names = heads[-len(marks) :] if len(marks) <= len(heads) else [""] * len(marks)
        return [(names[i], mark) for i, (_, mark) in enumerate(marks) if mark is not None]

    def _between_sums(self, row: Row) -> str:
        """Return what stands between the first and the last sum of a row, apart from the sums."""
        sums = sums_in(self.reading, row.start, row.end)
        return "".join(self.reading.plain[a.end : b.start] for a, b in itertools.pairwise(sums))

    def _kept(self, row: Row) -> list[tuple[str, Sum]]:
        slots = self._slots(row)
        if re.search(r"\b1 ?%", self.head):
            # The « 1 % Eau » columns of the atlas hold the part of the same sum that water law allows.
            # A row with nothing beside them grants under that law alone.
            other = [slot for slot in slots if "1%" not in slot[0].replace(" ", "")]
            slots = (other or slots) if self.table.has_cells else slots[:1]
        proposed = [c for c in self.columns if GRANTED.search(c) and not re.search(r"\d{4}|^\W*total", c)]
        if len(self.years) > 1 and not proposed:
            yearly = [(name, s) for name, s in slots if not re.search(r"\btotal\b|\bdemande|\bsollicit|\brappel", name)]
            own = self._own_year()
            if own and any(own in name for name in self.columns):
                return [(name, s) for name, s in yearly if own in name]
            return yearly or slots
        granted = [(name, s) for name, s in slots if GRANTED.search(name) and not _ASKED_OR_COST.search(name)]
        agreed = [(name, s) for name, s in slots if _AGREED.search(name) and not _PAID.search(name)]
        if agreed and len(agreed) < len(granted):
            granted = [slot for slot in granted if not _PAID.search(slot[0])] or granted
        elif agreed and all(_PAID.search(name) for name, _ in granted):
            granted = agreed
        if len(granted) > 1 and all(PARTY_SHARE.fullmatch(name) for name, _ in granted):
            # « Part française », « Part québécoise »: two sums of the same grant.
            return granted
        if granted:
            return granted[-1:] if len(granted) > 1 and not self._currencies_differ(granted) else granted
        usable = [(name, s) for name, s in slots if not _ASKED_OR_COST.search(name)]
        return usable or (slots if len(slots) == 1 and not _ASKED_OR_COST.search(slots[0][0]) else [])

    def _own_year(self) -> str | None:
        """Return the one year of the header that the lines above are about; the others are told to compare."""
        if self.role() != "beneficiary":
            return None
        headed = {self.reading.plain[y.start : y.end] for y in self.years}
        above = set(_OF_YEAR.findall(self.title)) & headed
        return next(iter(above)) if len(above) == 1 else None

    def _currencies_differ(self, slots: list[tuple[str, Sum]]) -> bool:
        return len({currency_of(name) for name, _ in slots}) == len(slots)

    def _money_words(self, row: Row, name: str, total: Sum) -> str:
        """Return the words that say the currency: column, end of the row, closest section line, head, title."""
        tail = self.reading.plain[total.end : row.end]
        between = self.reading.lines_before(row.start, 40)
        sections = [self.reading.plain[a:b] for a, b in between if self.header.end <= a]
        sections = [line for line in sections if re.search(r"\bmontants? en\b|\(en [a-z$€ ]+\)", line)]
        options = (name, tail, *sections[::-1][:1], self.head, self.title[-120:])
        return next((words for words in options if currency_of(words)), "")

    def _amounts(self, row: Row, name: str, total: Sum) -> tuple[Amount, ...]:
        """Return the amounts with the currency and scale that the table states, where the span has none."""
        context = self._money_words(row, name, total)
        scale = Decimal(1000) if re.search(r"\bmilliers d|\bk ?€|\bkeur", f"{self.head} {self.title}") else None
        made = []
        for entity in total.entities:
            value = entity.value
            if not isinstance(value, Amount):
                continue
            update: dict[str, object] = {}
            if value.currency is None:
                update["currency"] = currency_of(context)
            bare = re.fullmatch(r"\d+(?:[.,]\d+)?", entity.text.strip())
            if scale and bare and value.value is not None and value.value == Decimal(bare[0].replace(",", ".")):
                update["value"] = (
                    Decimal(int(value.value * scale)) if value.value * scale % 1 == 0 else value.value * scale
                )
            made.append(value.model_copy(update=update))
        return tuple(made)

    def _period(self, row: Row, name: str, total: Sum) -> tuple[str | None, str | None]:
        for year in self.years:
            if self.reading.plain[year.start : year.end] in name and isinstance(year.value, DateValue):
                return year.value.start, year.value.end
        dates = [e for e in self.reading.within(total.end, row.end, ("DATE",)) if isinstance(e.value, DateValue)]
        dated = re.search(r"\b(?:annees?|exercice|dates?|periode)\b", self.head) or not re.match(
            r"\D*\d{2,6}\b", self.reading.plain[row.start : row.end]
        )
        if dated and len(dates) == 1 and isinstance(dates[0].value, DateValue):
            return dates[0].value.start, dates[0].value.end
        if re.search(r"\bannee\b|\bexercice\b", self.head):
            return None, None
        stated = [e for e in self.years if isinstance(e.value, DateValue)]
        if len(stated) == 1 and isinstance(stated[0].value, DateValue):
            return stated[0].value.start, stated[0].value.end
        return None, None

    def _of_one_side(self, slots: list[tuple[str, Sum]]) -> list[tuple[str, Sum]]:
        """Leave out the sums under « Charges », or to the right of it, where a table has both sides of an account."""
        costs = next((i for i, c in enumerate(self.columns) if EXPENSE_TITLE.search(c)), None)
        if costs is None or not any(FUNDER_COLUMN.search(c) for c in self.columns[:costs]):
            return slots
        right = set(self.columns[costs:])
        return [(name, s) for name, s in slots if name not in right] or slots[:1]

    def _of_revenue(self, slots: list[tuple[str, Sum]]) -> list[tuple[str, Sum]]:
        revenue = [(name, s) for name, s in slots if re.search(r"\brecettes?|montant|aide|apport", name)]
        return revenue or slots

    def _joined(self, slots: list[tuple[str, Sum]]) -> list[tuple[str, Sum]]:
        """Return one sum for two columns of the same grant in two currencies."""
        if len(slots) == 2 and not self.years and currency_of(slots[0][0]) and self._currencies_differ(slots):
            return [
                (
                    f"{slots[0][0]} | {slots[1][0]}",
                    Sum((*slots[0][1].entities, *slots[1][1].entities), slots[0][1].start, slots[1][1].end),
                )
            ]
        return slots
