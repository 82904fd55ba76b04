"""Fundings in tables: a row a funder (financing plan), a row a beneficiary (grants), a column a funder.

The header says which: a column of funders, a column of beneficiaries with a
column of what was granted, or heads that name who gives. Years may be a column or
the heads of columns. Rows of totals, columns of costs and tables of expenses give nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property

from coopnlp.records import giving
from coopnlp.records.clauses import Reader, Sum, sums_in
from coopnlp.records.currency_words import currency_of
from coopnlp.records.grantors import grantor_above, source_told
from coopnlp.records.parties import party
from coopnlp.records.reading import clip
from coopnlp.records.rows import Row, Table, tables_in
from coopnlp.records.table_columns import cell_parties, cell_text, is_aligned, text_cells
from coopnlp.text import fold
from coopnlp.types import Amount, DateValue, Entity, Funding, Party

__all__ = ["read_table_fundings"]

Span = tuple[int, int]

_FUNDER_COLUMN = re.compile(
    r"\b(?:nom du financeur|(?:co)?financeurs?|bailleurs?|contributeurs?|ressources?"
    r"|recettes|produits|origine|financement par|donateurs?|mecenes?|declarants?|collectivites? (?:intervenantes?"
    r"|declarantes?|contributrices?|versantes?))\b"
)
# Columns that name who gives, wherever they stand.
_GIVER_COLUMN = re.compile(
    r"financeur|attribuant|bailleur|contributeur|donateur|mecene|declarant"
    r"|collectivites? (?:intervenante|contributrice|versante)"
    r"|(?:paye|verse|finance|accorde|attribue|pris en charge)e?s? par|origine des fonds|source de financement"
)
# « Tiers » under « Subventions reçues »: those who gave.
_RECEIVED = re.compile(r"\b(?:percu|recu|obtenu|encaisse)e?s?\b")
# « Part Ville », « Apport de la Région »: each party has its column.
_PARTY_SHARE = re.compile(
    r"\W*(?:parts?|apports?|contributions?|participations?|aides?|subventions?|(?:co)?financements?|versements?)\s+"
    r"(?:de la |de l'|du |des |de |d')?"
    r"(?P<name>[a-z][a-z0-9' .-]{1,40}?)\s*(?:\([^()]*\))?\W*"
)
_GENERIC = re.compile(
    r"(ville|commune|mairie|region|departement|metropole|agglomeration|communaute|comm\.? de communes|mrc)"
    r"(?: (?:partenaire|francaise?|quebecoise?))?"
)
_SIDE_OF_GRANT = re.compile(
    r"(?:(?:francais|quebecois|canadien|etranger|proposee?|demande|sollicite|accorde|vote|attribue|retenue?|alloue|verse"
    r"|engage)\w*|(?:nord|sud|locale?s?|nationale?s?|totale?s?|qc|fr|en)(?![\w-]))(?![\w-]).*"
)
# What was promised, beside what was paid of it.
_AGREED = re.compile(r"\b(?:engage|accorde|attribue|vote|alloue|octroye|retenu|prevu|conventionne)e?s?\b")
_PAID = re.compile(r"\b(?:verse|mandate|paye|realise|execute|consomme|decaisse)e?s?\b")
_PARTNER_COLUMN = re.compile(r"^\W*(?:partenaires?|collectivites?|contributions?)\b")
_GIVEN_TO = re.compile(
    r"\b(?:beneficiaires?|structures?|associations?|porteurs?|organismes?|promoteurs?"
    r"|tiers|laureats?|etablissements?|clubs?|nom du projet|projets?|dossiers?|titres?|intitules?|demandeurs?"
    r"|operations?|actions?|organisateurs?|manifestations?|denominations?|raison sociale|groupes?)\b"
)
_GRANTED = re.compile(
    r"\b(?:montants?(?! demande)|aides?|accorde\w*|attribue\w*|subventions?|votee?"
    r"|proposee?|propositions?|decisions?|recommande\w*|alloue\w*|retenue?|part|engage\w*|verse\w*|(?:co)?financements?)\b"
)
_ASKED_OR_COST = re.compile(
    r"\b(?:demande\w*|sollicite\w*|budget|couts?|depenses?|total|devis|reste|autres|anciens?|initial\w*|precedent\w*"
    r"|valeur locative|loyers?|rappel)\b"
)
_FUNDING_TITLE = re.compile(
    r"\b(?:plan de financement|financements?|contributions?|recettes|ressources|produits"
    r"|participations? financieres?|partenaires financiers)\b"
)
_EXPENSE_TITLE = re.compile(r"\b(?:depenses|charges|emplois|cout previsionnel|budget previsionnel des)\b")
_TOTAL_ROW = re.compile(
    r"^\W*(?:sous[- ]?total|total|totaux|reliquat|solde|ensemble(?! (?:pour|avec|vers|contre))|dont|report|disponible"
    r"|enveloppe|couts? (?:globa|tota)\w+|reste|credits?|montant (?:vote|disponible|propose)|moyenne)\b"
)
_EMPTY = re.compile(r"(?<!\S)(?:[-–—]+|neant|sans objet|rejet|0)(?!\S)")
_TARIFF = re.compile(
    r"\b(?:tarifs?|baremes?|quotient|loyers?|redevances?|marches? (?:publics?|de travaux)"
    r"|prix|tranches?|lots?|emprunts?|taux)\b"
)

# « Subventions, exercice 1999 » over columns of 1998 and 1999; the day of a session is another thing.
_OF_YEAR = re.compile(
    r"\b(?:exercice|annee|subventions?|budget|campagne|programmation)\b[^\d\n]{0,40}\b((?:19|20)\d\d)\b"
)
# Heads of the columns of an open-data file and of registers of grants.
_FOR_WHOM = re.compile(r"beneficiaire|^\W*objet|intitule|nom du projet|^\W*projet")
_DUES = re.compile(r"\b(?:cotisations?|adhesions?)\b")
# « 1997 alloué », « Voté 2019 », « BP 2020 »
_OF_A_YEAR = re.compile(
    r"\b(?:(?:accorde|attribue|vote|alloue|octroye|verse|mandate|paye|realise|propose|prevu)e?s?|montants?|subventions?|euros?"
    r"|francs|annee|exercice|budget)\b"
)
_HEAD = 300


class _Grants:
    """Reads one table."""

    def __init__(self, reader: Reader, table: Table, others: Sequence[Span] = ()) -> None:
        self.reader, self.table = reader, table
        self.others = others
        self.reading = reader.reading
        header = table.header
        assert header is not None
        self.header = header
        self.head = self.reading.plain[header.start : header.end].replace("\n", " ")
        self.columns = [self.reading.plain[a:b] for a, b in header.cells]
        self.title = self._title()
        self.years = [
            e for e in self.reading.within(header.start, header.end, ("DATE",)) if isinstance(e.value, DateValue)
        ]

    def _title(self) -> str:
        """Return the lines above the table that announce it, the closest last."""
        above = self.reading.lines_before(self.header.start, 4)
        kept: list[str] = []
        for start, end in reversed(above):
            if self.reading.within(start, end, ("AMOUNT",)) and kept:
                break
            kept.insert(0, self.reading.plain[start:end])
        return " ".join(kept)

    def role(self) -> str:
        """Return whom the rows name, ``funder`` or ``beneficiary``; ``shared`` where heads of columns name who gives.

        An empty string where the table is none of money given.
        """
        first = " ".join(self.columns[:2]) if len(self.columns) > 1 else self.head[:60]
        # « Coût | Taux | Aide »: a rate beside grants makes no tariff.
        heads = re.sub(r"\btaux\b", "", self.head) if _GRANTED.search(self.head) else self.head
        if _TARIFF.search(f"{self.title[-160:]} {heads}") or self._of_dues():
            return ""
        if _GIVER_COLUMN.search(self.head) or (
            re.search(r"\btiers\b", self.columns[0]) and _RECEIVED.search(self.title)
        ):
            return "funder"
        if _EXPENSE_TITLE.search(first):
            return ""
        if self._givers_by_column:
            return "shared"
        if _FUNDER_COLUMN.search(first) or (_PARTNER_COLUMN.search(self.head) and _FUNDING_TITLE.search(self.title)):
            return "" if _EXPENSE_TITLE.search(self.title) and not _FUNDING_TITLE.search(self.title) else "funder"
        named = _GRANTED.search(self.head) or re.search(
            r"\b(?:subventions?|soutien|attribution|concours|aides?|participations de|contributions de)\b", self.title
        )
        if named is None and currency_of(self.head):
            # « Projets soutenus », then columns in dollars and euros.
            above = self.reading.plain[: min(_HEAD, self.header.start)]
            named = giving.GRANTED_HERE.search(self.title) or giving.GRANTED_HERE.search(above)
        if _GIVEN_TO.search(self.head) and (named or len(self.years) > 0):
            return "beneficiary"
        if named and self.years_alone:
            return "beneficiary" if not self._rows_name_givers() else ""
        return ""

    def _of_dues(self) -> bool:
        """Tell whether the heads, or the line right above, speak of what members pay: « COTISATIONS 2011 »."""
        above = self.reading.lines_before(self.header.start, 1)
        title = self.reading.plain[slice(*above[0])] if above else ""
        return bool(_DUES.search(self.head) or (_DUES.search(title) and not _GRANTED.search(title)))

    @cached_property
    def years_alone(self) -> bool:
        """Whether nothing but years stands over the sums."""
        said = all(not re.search(r"[a-z]{3}", _OF_A_YEAR.sub(" ", head)) for head in self.columns)
        return said and len(self.years) > 1 and len(self.years) == len(self.columns)

    def _rows_name_givers(self) -> bool:
        """Tell whether half of the rows begin with an authority or a funder: such a table is one of who gives."""
        firsts = [next(iter(self.reading.within(r.start, r.end)), None) for r in self.table.rows]
        return sum(e is not None and e.label in ("COLLECTIVITY", "FUNDER") for e in firsts) * 2 >= len(firsts)

    @cached_property
    def _givers_by_column(self) -> dict[str, tuple[Party, Span]]:
        """Whose column of sums each is: « Contribution de Sherbrooke »; empty where the heads do not say it.

        Heads that are a name alone (« Finistère | Région Diana | Total ») say it where there are two or more of them.
        """
        shares = {name: whose for name in self.columns if (whose := self._party_of(name)) is not None}
        found = dict(shares)
        for name, cell in zip(self.columns, self.header.cells, strict=True):
            if name not in found and self._is_of_sums(cell):
                whose = self._named_alone(cell) or self._named_shortly(cell)
                if whose is not None:
                    found[name] = whose
        return found if shares or len(found) > 1 else {}

    def _named_alone(self, cell: Span) -> tuple[Party, Span] | None:
        """Return the body that is all that a head says."""
        for entity in self.reading.within(*cell, ("COLLECTIVITY", "FUNDER")):
            around = self.reading.plain[cell[0] : entity.start] + self.reading.plain[entity.end : cell[1]]
            if not re.sub(r"\b(?:la|le|les)\b|l'|\([^()]*\)|\W", "", around):
                meant = self.reader.canonical(entity)
                return party(meant), (meant.start, meant.end)
        return None

    def _named_shortly(self, cell: Span) -> tuple[Party, Span] | None:
        """Return the party of a head that is a type word or an acronym, and a unit: « Région (€) », « MRIF ($) »."""
        text = re.sub(r"\([^()]*\)|[€$]", " ", self.reading.text[slice(*cell)]).strip()
        generic = _GENERIC.fullmatch(fold(text))
        meant = self._generic(generic[1]) if generic else self.reader.acronyms.get(fold(text))
        return (party(meant), (meant.start, meant.end)) if meant is not None else None

    def _generic(self, word: str) -> Entity | None:
        """Return whom a type word in the head of a column means."""
        return self.reader.resolve("la communaute" if word.startswith("comm") and "de" in word else f"la {word}")

    def _is_of_sums(self, cell: Span) -> bool:
        """Tell whether most rows have a sum, and none a name, in the column of a head."""
        at = self.header.cells.index(cell)
        cells = [row.cells[at] for row in self.table.rows if len(row.cells) == len(self.columns)]
        sums = [c for c in cells if sums_in(self.reading, *c)]
        return len(sums) * 2 > len(cells) and not any(re.search(r"[a-z]{4}", self.reading.plain[a:b]) for a, b in sums)

    def funder(self) -> tuple[Party, Span] | None:
        """Return who gives the grants of a table of beneficiaries: a scheme named above it, else the council.

        Rows of other tables name beneficiaries, never who gives.
        """
        meant = source_told(self.reader) or grantor_above(self.reader, self.header.start, tuple(self.others))
        if meant is not None:
            return party(meant), (meant.start, meant.end)
        body = self.reader.owner
        if body is None or not re.search(
            r"\b(?:conseil|deliber|seance|subventions?|commission permanente|assemblee|cre\b|attribu|participations? de"
            r"|orientation budgetaire)",
            self.reading.plain[: self.header.end + 200],
        ):
            return None
        return party(body), (body.start, body.end)

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
        proposed = [c for c in self.columns if _GRANTED.search(c) and not re.search(r"\d{4}|^\W*total", c)]
        if len(self.years) > 1 and not proposed:
            yearly = [(name, s) for name, s in slots if not re.search(r"\btotal\b|\bdemande|\bsollicit|\brappel", name)]
            own = self._own_year()
            if own and any(own in name for name in self.columns):
                return [(name, s) for name, s in yearly if own in name]
            return yearly or slots
        granted = [(name, s) for name, s in slots if _GRANTED.search(name) and not _ASKED_OR_COST.search(name)]
        agreed = [(name, s) for name, s in slots if _AGREED.search(name) and not _PAID.search(name)]
        if agreed and len(agreed) < len(granted):
            granted = [slot for slot in granted if not _PAID.search(slot[0])] or granted
        elif agreed and all(_PAID.search(name) for name, _ in granted):
            granted = agreed
        if len(granted) > 1 and all(_PARTY_SHARE.fullmatch(name) for name, _ in granted):
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
        column = next((i for i, c in enumerate(self.columns) if _GIVER_COLUMN.search(c)), 0)
        purpose: str | None = None
        if len(row.cells) > 1 and (is_aligned(self.table, row) or (column == 0 and row.cells[0][1] <= first_sum)):
            named = cell_parties(self.reading, row.cells[column])
            if len(named) != 1:
                return []
            who, span = named[0]
            if giving.OWN_MEANS.match(self.reading.plain, row.cells[column][0]) or who.text.startswith("("):
                return []
            inside = self.reading.within(*row.cells[column], ("COLLECTIVITY", "FUNDER"))
            if len(inside) == 1 and giving.NO_BODY.match(self.reading.plain, row.cells[column][0]):
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
            if _FOR_WHOM.search(head) and not _GIVER_COLUMN.search(head)
        ]
        return clip(" – ".join(text for text in said if re.search(r"[^\W\d_]{3}", text))) or None

    def _of_one_side(self, slots: list[tuple[str, Sum]]) -> list[tuple[str, Sum]]:
        """Leave out the sums under « Charges », or to the right of it, where a table has both sides of an account."""
        costs = next((i for i, c in enumerate(self.columns) if _EXPENSE_TITLE.search(c)), None)
        if costs is None or not any(_FUNDER_COLUMN.search(c) for c in self.columns[:costs]):
            return slots
        right = set(self.columns[costs:])
        return [(name, s) for name, s in slots if name not in right] or slots[:1]

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

    def _party_of(self, name: str) -> tuple[Party, Span] | None:
        """Return whose column it is: « Part Ville », « Part CGET »; None where the head names no party."""
        share = _PARTY_SHARE.fullmatch(name)
        if share is None or _SIDE_OF_GRANT.fullmatch(share["name"]) or name not in self.columns:
            return None
        start, end = self.header.cells[self.columns.index(name)]
        named = self.reading.within(start, end, ("COLLECTIVITY", "FUNDER", "ORG"))
        if not named:  # « Contribution de Montpellier »: a place, where the text names the town
            places = {e.text for e in self.reading.within(start, end, ("LOC",))}
            named = [e for e in self.reading.entities if e.label == "COLLECTIVITY" and e.text in places][:1]
        if named:
            meant = self.reader.canonical(named[0])
        else:
            at = start + share.start("name")
            text = self.reading.text[at : start + share.end("name")]
            generic = _GENERIC.fullmatch(share["name"])
            known = self._generic(generic[1]) if generic else self.reader.acronyms.get(fold(text))
            if known is None and not text.isupper():
                return None
            meant = known or Entity(start=at, end=start + share.end("name"), label="ORG", text=text)
        return party(meant), (meant.start, meant.end)

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
