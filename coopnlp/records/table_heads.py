"""What the head of a table of money says: whom its rows name, who gives, whose column is whose.

A column of funders, a column of beneficiaries with a column of what was granted, or heads that name who gives.
Years may be heads of columns. Tables of tariffs, of expenses and of membership dues give nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from coopnlp.records import giving, not_given
from coopnlp.records.clauses import Reader, sums_in
from coopnlp.records.currency_words import currency_of
from coopnlp.records.grantors import grantor_above, source_told
from coopnlp.records.parties import party
from coopnlp.records.rows import Table
from coopnlp.text import fold
from coopnlp.types import DateValue, Entity, Party

__all__ = ["EXPENSE_TITLE", "FUNDER_COLUMN", "GIVER_COLUMN", "GRANTED", "PARTY_SHARE", "TableHeads"]

Span = tuple[int, int]

FUNDER_COLUMN = re.compile(
    r"\b(?:nom du financeur|(?:co)?financeurs?|bailleurs?|contributeurs?|ressources?"
    r"|recettes|produits|origine|financement par|donateurs?|mecenes?|declarants?|collectivites? (?:intervenantes?"
    r"|declarantes?|contributrices?|versantes?))\b"
)
# Columns that name who gives, wherever they stand.
GIVER_COLUMN = re.compile(
    r"financeur|attribuant|bailleur|contributeur|donateur|mecene|declarant"
    r"|collectivites? (?:intervenante|contributrice|versante)"
    r"|(?:paye|verse|finance|accorde|attribue|pris en charge)e?s? par|origine des fonds|source de financement"
)
# « Tiers » under « Subventions reçues »: those who gave.
_RECEIVED = re.compile(r"\b(?:percu|recu|obtenu|encaisse)e?s?\b")
# « Part Ville », « Apport de la Région »: each party has its column.
PARTY_SHARE = re.compile(
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
_PARTNER_COLUMN = re.compile(r"^\W*(?:partenaires?|collectivites?|contributions?)\b")
_GIVEN_TO = re.compile(
    r"\b(?:beneficiaires?|structures?|associations?|porteurs?|organismes?|promoteurs?"
    r"|tiers|laureats?|etablissements?|clubs?|nom du projet|projets?|dossiers?|titres?|intitules?|demandeurs?"
    r"|operations?|actions?|organisateurs?|manifestations?|denominations?|raison sociale|groupes?)\b"
)
GRANTED = re.compile(
    r"\b(?:montants?(?! demande)|aides?|accorde\w*|attribue\w*|subventions?|votee?"
    r"|proposee?|propositions?|decisions?|recommande\w*|alloue\w*|retenue?|part|engage\w*|verse\w*|(?:co)?financements?)\b"
)
_FUNDING_TITLE = re.compile(
    r"\b(?:plan de financement|financements?|contributions?|recettes|ressources|produits"
    r"|participations? financieres?|partenaires financiers)\b"
)
EXPENSE_TITLE = re.compile(r"\b(?:depenses|charges|emplois|cout previsionnel|budget previsionnel des)\b")
_TARIFF = re.compile(
    r"\b(?:tarifs?|baremes?|quotient|loyers?|redevances?|marches? (?:publics?|de travaux)"
    r"|prix|tranches?|lots?|emprunts?|taux)\b"
)
# « 1997 alloué », « Voté 2019 », « BP 2020 »
_OF_A_YEAR = re.compile(
    r"\b(?:(?:accorde|attribue|vote|alloue|octroye|verse|mandate|paye|realise|propose|prevu)e?s?|montants?|subventions?|euros?"
    r"|francs|annee|exercice|budget)\b"
)
_HEAD = 300


class TableHeads:
    """The head of one table, and the lines above it."""

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
        heads = re.sub(r"\btaux\b", "", self.head) if GRANTED.search(self.head) else self.head
        if _TARIFF.search(f"{self.title[-160:]} {heads}") or self._of_dues():
            return ""
        if GIVER_COLUMN.search(self.head) or (
            re.search(r"\btiers\b", self.columns[0]) and _RECEIVED.search(self.title)
        ):
            return "funder"
        if EXPENSE_TITLE.search(first):
            return ""
        if self._givers_by_column:
            return "shared"
        if FUNDER_COLUMN.search(first) or (_PARTNER_COLUMN.search(self.head) and _FUNDING_TITLE.search(self.title)):
            return "" if EXPENSE_TITLE.search(self.title) and not _FUNDING_TITLE.search(self.title) else "funder"
        named = GRANTED.search(self.head) or re.search(
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
        return bool(
            not_given.MEMBERSHIP.search(self.head) or (not_given.MEMBERSHIP.search(title) and not GRANTED.search(title))
        )

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

    def _party_of(self, name: str) -> tuple[Party, Span] | None:
        """Return whose column it is: « Part Ville », « Part CGET »; None where the head names no party."""
        share = PARTY_SHARE.fullmatch(name)
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
