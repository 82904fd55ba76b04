"""Fundings in tables: a row a funder (financing plan), a row a beneficiary (grants), a column a funder.

Which, the head says (:mod:`~coopnlp.records.table_heads`); which sums count, and of what year,
:mod:`~coopnlp.records.table_sums`. Rows of totals and columns of costs give nothing.
"""

from __future__ import annotations

import re

from coopnlp.records import not_given
from coopnlp.records.clauses import Reader, Sum
from coopnlp.records.currency_words import currency_of
from coopnlp.records.parties import party
from coopnlp.records.reading import clip
from coopnlp.records.rows import Row, tables_in
from coopnlp.records.table_columns import cell_parties, cell_text, is_aligned, text_cells
from coopnlp.records.table_heads import GIVER_COLUMN
from coopnlp.records.table_sums import TableSums
from coopnlp.types import Funding, Party

__all__ = ["read_table_fundings"]

Span = tuple[int, int]

_TOTAL_ROW = re.compile(
    r"^\W*(?:sous[- ]?total|total|totaux|reliquat|solde|ensemble(?! (?:pour|avec|vers|contre))|dont|report|disponible"
    r"|enveloppe|couts? (?:globa|tota)\w+|reste|credits?|montant (?:vote|disponible|propose)|moyenne)\b"
)
# Heads of the columns of an open-data file and of registers of grants.
_FOR_WHOM = re.compile(r"beneficiaire|^\W*objet|intitule|nom du projet|^\W*projet")


class _Grants(TableSums):
    """Reads one table."""

    def read(self) -> list[Funding]:
        role = self.role()
        if not role:
            return []
        giver = self.funder() if role == "beneficiary" else None
        found: list[Funding] = []
        for row in self.table.rows:
            text = self.reading.plain[row.start : row.end]
            if any(_TOTAL_ROW.match(cell) for cell in (text, *(self.reading.plain[a:b] for a, b in row.cells))):
                continue
            if self.years_alone and re.search(r"[a-z]", self._between_sums(row)):
                continue  # a sentence with sums
            if role == "shared":
                found += self._row_of_shares(row)
            elif role == "funder":
                found += self._row_of_funder(row)
            elif giver is not None:
                found += self._row_of_beneficiary(row, giver)
        return found

    def _row_of_shares(self, row: Row) -> list[Funding]:
        givers, slots = self._givers_by_column, self._slots(row)
        if not slots:
            return []
        purpose = " – ".join(text_cells(self.reading, self.table, row, min(s.start for _, s in slots))) or None
        return [
            self._made(row, name, total, *givers[name], clip(purpose) if purpose else None)
            for name, total in slots
            if name in givers
        ]

    def _row_of_funder(self, row: Row) -> list[Funding]:
        slots = self._kept(row)
        if not slots:
            return []
        first_sum = min(s.start for _, s in slots)
        column = next((i for i, c in enumerate(self.columns) if GIVER_COLUMN.search(c)), 0)
        purpose: str | None = None
        if len(row.cells) > 1 and (is_aligned(self.table, row) or (column == 0 and row.cells[0][1] <= first_sum)):
            named = cell_parties(self.reading, row.cells[column])
            if len(named) != 1:
                return []
            who, span = named[0]
            if not_given.OWN_MEANS.match(self.reading.plain, row.cells[column][0]) or who.text.startswith("("):
                return []
            inside = self.reading.within(*row.cells[column], ("COLLECTIVITY", "FUNDER"))
            if len(inside) == 1 and not_given.NO_BODY.match(self.reading.plain, row.cells[column][0]):
                who, span = party(inside[0]), (inside[0].start, inside[0].end)  # « Subvention de la Ville de X »
            slots = self._of_one_side(slots)
            if column > 0:
                purpose = " – ".join(text_cells(self.reading, self.table, row, first_sum)) or None
                slots = self._of_revenue(slots)
            elif is_aligned(self.table, row):
                purpose = self._told_for(row)
        else:
            found = self._funder_in_line(row, first_sum, column)
            if found is None:
                return []
            who, span, purpose = found
            slots = self._of_revenue(slots) if column > 0 else slots
        return [self._made(row, name, total, who, span, purpose) for name, total in self._joined(slots)]

    def _told_for(self, row: Row) -> str | None:
        """Return who gets the sum and what for, where columns beside that of the giver say so."""
        said = [
            cell_text(self.reading, cell)
            for head, cell in zip(self.columns, row.cells, strict=True)
            if _FOR_WHOM.search(head) and not GIVER_COLUMN.search(head)
        ]
        return clip(" – ".join(text for text in said if re.search(r"[^\W\d_]{3}", text))) or None

    def _funder_in_line(self, row: Row, first_sum: int, column: int) -> tuple[Party, Span, str | None] | None:
        """Return the funder of a row whose cells are not known, and what else it names."""
        parties = self.reading.within(row.start, first_sum, ("COLLECTIVITY", "FUNDER", "ORG"))
        if column > 0:
            after = self.reading.within(first_sum, row.end, ("FUNDER",))
            inside = [e for e in parties if e.label == "FUNDER"] or after
            if not inside:
                return None
            others = [e for e in parties if e.start != inside[0].start]
            return party(inside[0]), (inside[0].start, inside[0].end), party(others[0]).text if others else None
        if parties:
            if len([e for e in parties if e.label in ("COLLECTIVITY", "FUNDER")]) > 1 and re.fullmatch(
                r"\s*(?:,|et)\s*", self.reading.plain[parties[0].end : parties[1].start]
            ):
                return None
            return party(parties[0]), (parties[0].start, parties[0].end), None
        label = re.sub(r"\s*\|\s*.*$", "", clip(self.reading.text[row.start : first_sum], 120))
        if not re.search(r"financeur|bailleur|contributeur", self.head) or not re.search(r"[a-z]{4}", label.casefold()):
            return None
        return Party(text=label), (row.start, row.start + len(label)), None

    def _row_of_beneficiary(self, row: Row, giver: tuple[Party, Span]) -> list[Funding]:
        slots = self._kept(row)
        if not slots:
            return []
        first_sum = min(e.start for e in self.reading.within(row.start, row.end, ("AMOUNT",)))
        if len(row.cells) > 1:
            purpose = " – ".join(text_cells(self.reading, self.table, row, first_sum))
        else:
            parts = [
                e
                for e in self.reading.within(row.start, first_sum)
                if e.label in ("ORG", "COLLECTIVITY", "PROJECT", "FUNDER")
            ]
            purpose = " – ".join(dict.fromkeys(party(e).text for e in parts))
            if not purpose:
                purpose = re.sub(r"^\d[\d\s-]*|\s*\|\s*", " ", clip(self.reading.text[row.start : first_sum])).strip()
        if not re.search(r"[^\W\d_]{3}", purpose):
            return []
        return [
            self._made(row, name, total, *(self._party_of(name) or giver), clip(purpose))
            for name, total in self._joined(slots)
        ]

    def _made(self, row: Row, name: str, total: Sum, who: Party, span: Span, purpose: str | None) -> Funding:
        start, end = self._period(row, name, total)
        amounts = self._amounts(row, name, total)
        if " | " in name:
            codes = [currency_of(part) for part in name.split(" | ")]
            amounts = tuple(
                a if a.currency == c else a.model_copy(update={"currency": c or a.currency})
                for a, c in zip(amounts, codes, strict=False)
            )
        spans = {span, *((e.start, e.end) for e in total.entities)}
        return Funding(
            funder=who, amounts=amounts, start=start, end=end, purpose=purpose, evidence=tuple(sorted(spans))
        )


def read_table_fundings(reader: Reader) -> tuple[list[Funding], frozenset[Span], frozenset[Span]]:
    """Return the fundings of the document's tables, the spans of all sums that stand in a table, and of those settled.

    Settled are the sums of rows that gave a funding: the others of the row were
    asked for, spent or given in another year.
    """
    found: list[Funding] = []
    seen: set[Span] = set()
    settled: set[Span] = set()
    tables = [t for t in tables_in(reader.reading) if t.rows]
    bodies = [(t.rows[0].start, t.rows[-1].end) for t in tables]
    for table in tables:
        if table.header is None:
            continue
        grants = _Grants(reader, table, bodies)
        made = grants.read()
        given = {span for funding in made for span in funding.evidence}
        # Years from the first column on: lists of givers by year are read by their own reader.
        by_year = bool(grants.years) and grants.years[0].start == table.header.cells[0][0]
        known = grants.role() or (table.has_cells and not by_year)
        for row in table.rows if known else ():
            sums = {(e.start, e.end) for e in reader.reading.within(row.start, row.end, ("AMOUNT",))}
            seen |= sums
            settled |= sums if sums & given and (table.has_cells or is_aligned(table, row)) else set()
        found += made
    return found, frozenset(seen), frozenset(settled)
