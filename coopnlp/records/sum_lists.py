"""Fundings in lists of names and sums: who gives, or who receives, as the heading of the list says.

« Plan de financement : Région Centre 1,5 M€ ; FNADT 400 000 € » names givers;
« Subventions », then « Amicale des pompiers ...... 600 », names beneficiaries, and
the authority that speaks gives; « Subvention : 41 000 € » in a list of laureates
is given by the scheme. A table of givers with a column a year gives a funding a
year. Left out: what other readers of fundings explain already, lists of costs, and
lists of which neither heading nor names say what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from coopnlp.records import giving, not_given
from coopnlp.records.clauses import Reader, Sum, sums_in
from coopnlp.records.funding_details import decided_by
from coopnlp.records.funding_years import columns_under
from coopnlp.records.grantors import grantor_above, the_scheme
from coopnlp.records.list_pieces import Piece, piece_of, pieces_of
from coopnlp.records.parties import party
from coopnlp.records.reading import clip
from coopnlp.types import DateValue, Entity, Funding, Party

__all__ = ["read_listed_fundings"]

Span = tuple[int, int]

# What heads a list of who gives ...
_GIVERS = re.compile(
    r"\b(?:plan de financement|revenus|(?:co)?financements?|(?:co)?financeurs?|bailleurs?|ressources|recettes"
    r"|contributions?"
    r"|apports?|participations? financieres?|partenaires financiers|avons recu|ont donne|acquis|moyens"
    r"|budget(?: sommaire| previsionnel)?|montage financier|soutiens? financiers?|avec (?:l'aide|le soutien) de)\b"
)
# ... of who receives ...
_RECEIVERS = re.compile(
    r"\b(?:subventions?|attribu\w+|accord(?:e|es|ee|ees|er)|allou\w+|octro\w+|beneficiaires?|laureats?|retenus?|soutenus?"
    r"|aides? (?:aux|accordees?|attribuees?)|dons? aux|bourses? (?:attribuees|accordees)|associations?"
    r"|(?:soutiens?|appuis?|aides?) (?:\S+ ){0,2}aux|appels? a projets|dotations? aux)\b"
)
# ... and of what is spent.
_COSTS = re.compile(
    r"\b(?:depenses?|charges|couts?|prix|tarifs?|devis|emplois|frais|marches?|lots?|travaux|honoraires|ventes?|cessions?"
    r"|loyers?|redevances?|emprunts?|entrees?)\b"
)
_NO_NAME = re.compile(
    r"\W*(?:sous[- ]?total|total|totaux|reliquat|solde|dont|ensemble(?! (?:pour|avec|vers|contre))"
    r"|report|reste|soit|moyenne|cout|depenses?|prix"
    r"|entrees?|cotisations?|ventes?|autofinancement|fonds propres|billetterie|repas|hebergement|transports?|frais"
    r"|divers|autres?|exemple|budget|enveloppe|montant total|a payer|acompte)\b"
)
_GRANT = re.compile(
    r"\W*(?:subventions?|aides?|montants?|sommes?|accorde\w*|soutien|dotation|concours|(?:co)?financements?|bourses?|attribu\w+"
    r"|contributions?|participations?"
    r"|recommandation)(?: (?:accord|attribu|allou|vot|octroy|propos|retenu|complementaire|financier)\w*)?\W*"
)
# « participation à la Ville de Rottweil, pour l'hébergement : 3 400 € »
_GRANT_TO = re.compile(
    r"(?:participations?|contributions?|subventions?|aides?|dons?|soutiens?|bourses?|concours|dotations?|commandites?)"
    r"(?: (?!d)\w+)? (?:a|au|aux|pour|en faveur)\b"
)
# « Prix (8 000 €) : La Ruche, pour son atelier »
_PRIZE = re.compile(r"\W*(?:\d?\w* ?prix|mentions?|bourse|dotation|aide|subvention|trophee|coup de \w+)[\w ]{0,20}\($")
_WINNER = re.compile(r"\s*\)\s*[:–—-]\s*(?P<name>[^;\n]{3,140})")
# « voyage à Sarzana, dépense retenue 6 430 € : 1 286 € »
_COST = re.compile(r"\W*\b(?:depenses?|couts?|budget|devis|frais)\b[^;:]{0,40}$")
# « Subvention sollicitée : 9 000 € », before what was granted of it
_APPLIED = re.compile(r"\b(?:subventions?|aides?|montants?|sommes?|demandes?) (?:sollicite|demande|souhaite)e?s?\W*$")
_GENERIC = re.compile(
    r"(?:la |le |l'|notre )?(?:ville|commune|municipalite|departement|region|metropole|agglomeration|conseil \w+)"
)
# A capital, after a quotation mark or none
_NAME = re.compile(r"[«“\"]?\s?[^\W\d_a-zà-ÿ]")
# « - à l'association X, deux mille euros », under « il est proposé d'allouer : »
_RECEIVER = re.compile(r"(?:a (?:la |l')|au |aux |a )(?=\S)")
_TO = re.compile(r"\s*(?:a|au|aux|pour|en faveur d\w+)\b\s*(?:l'|la |le |les )?(?P<name>[^;\n]{3,140})")
# A sentence, not a name; as written, for « Grand Est » is one.
_TELLS = re.compile(
    r"\b(?:s['’]élèv\w*|est|sont|était|sera|ont|a été|avait|demand\w*|coût\w*|représent\w*|portait|il|elle|on)\b"
)
# « Objet : Fonds de coopération »: what is helped.
_OBJECT = re.compile(r"\W*(?:objet|projet|action|beneficiaire|organisme|association|intitule|titre)s?\s*:")
_HEADING = 170
_LEAST = 2
# A sum without a name (« Subvention : 41 000 € ») is given by whom the head of the document names.
_HEAD_OF_DOCUMENT = 600


class _Lists:
    """Reads the lists of one document."""

    def __init__(self, reader: Reader, known: frozenset[Span]) -> None:
        self.reader, self.reading, self.known = reader, reader.reading, known
        self.totals: set[Span] = set()

    def read(self) -> Iterator[Funding]:
        yearly = list(self._yearly())
        yield from yearly
        if yearly:
            self.known |= {span for funding in yearly for span in funding.evidence} | self.totals
        group: list[Piece] = []
        last = -1
        for number, line in enumerate(self.reading.lines):
            found = pieces_of(self.reading, line)
            if found and group and number - last > 1:
                yield from self._group(group)
                group = []
            if found:
                group += found
                last = number
            if group and self.reading.plain[slice(*line)].rstrip().endswith(":"):
                # « ... coûte 9 000 €. Plan de financement : »: the list begins under it.
                yield from self._group(group)
                group = []
        yield from self._group(group)

    @cached_property
    def _of_receivers(self) -> bool:
        """Whether the document announces who was chosen, and lists names and sums, a line each."""
        if not giving.CHOSEN.search(self.reading.plain, 0, _HEAD_OF_DOCUMENT):
            return False
        found = [p for line in self.reading.lines for p in pieces_of(self.reading, line) if p.line[0] == p.start]
        named = [p for p in found if (label := p.label) and self._is_name(label)]
        return len(named) > _LEAST

    def _yearly(self) -> Iterator[Funding]:
        """Read tables of givers with a column a year: each sum belongs to the year that it stands under."""
        years: list[Entity] = []
        rows: list[list[tuple[Piece, DateValue]]] = []
        for line in [*self.reading.lines, (0, 0)]:
            sums = sums_in(self.reading, *line)
            if years and sums:
                rows.append(self._under(years, line, sums))
                continue
            if years and len(rows) >= _LEAST:
                yield from self._rows_of_years(rows)
            rows = []
            dates = [e for e in self.reading.within(*line, ("DATE",)) if isinstance(e.value, DateValue)]
            years = dates if len(dates) > 1 and not sums and all(len(e.text) < 12 for e in dates) else []

    def _under(self, years: Sequence[Entity], line: Span, sums: Sequence[Sum]) -> list[tuple[Piece, DateValue]]:
        found = []
        for total, at in zip(
            sums, columns_under(self.reading, [(y.start, y.end) for y in years], line, sums), strict=True
        ):
            if at == len(years):
                self.totals |= {(e.start, e.end) for e in total.entities}
            elif at is not None:
                value = years[at].value
                assert isinstance(value, DateValue)
                found.append((piece_of(self.reading, line[0], total, line[1], line), value))
        return found

    def _rows_of_years(self, rows: Sequence[list[tuple[Piece, DateValue]]]) -> Iterator[Funding]:
        firsts = [row[0][0] for row in rows if row]
        if (
            not firsts
            or not_given.MEMBERSHIP.search(self._heading(firsts[0]))
            or self._role(firsts) == "cost"
            or not (self._role(firsts) == "giver" or self._all_bodies(firsts))
        ):
            return
        for row in filter(None, rows):
            body = self._body(row[0][0])
            if body is None:
                continue
            for piece, year in row:
                if any((e.start, e.end) in self.known for e in piece.total.entities):
                    continue
                made = self._made(piece, party(self.reader.canonical(body)), (body.start, body.end), None)
                yield made.model_copy(update={"start": year.start, "end": year.end})

    def _heading(self, piece: Piece) -> str:
        """Return the words over a list, those nearest last: lines above, and what stands before it on its line."""
        above = []
        for a, b in self.reading.lines_before(piece.line[0], 3):
            sums = self.reading.within(a, b, ("AMOUNT",))
            if not sums:
                above.append(self.reading.plain[a:b][-_HEADING:])
            elif self.reading.plain[a:b].rstrip().endswith(":"):  # « coûte 9 000 €. Plan de financement : »
                above.append(self.reading.plain[sums[-1].end : b][-_HEADING:])
        return " ".join([*above, self.reading.plain[piece.line[0] : piece.start]])

    def _role(self, group: Sequence[Piece]) -> str:
        heading = self._heading(group[0])
        last = {
            role: max((m.end() for m in pattern.finditer(heading)), default=-1)
            for role, pattern in (("giver", _GIVERS), ("receiver", _RECEIVERS), ("cost", _COSTS))
        }
        role = max(last, key=lambda r: last[r])
        if last[role] >= 0:
            return role
        return "giver" if len(group) >= _LEAST and self._all_bodies(group) else ""

    def _all_bodies(self, group: Sequence[Piece]) -> bool:
        named = [self._body(piece) for piece in group]
        return sum(e is not None and e.label in ("COLLECTIVITY", "FUNDER") for e in named) * 3 >= 2 * len(group)

    def _body(self, piece: Piece) -> Entity | None:
        """Return the body that the words before the sum begin with."""
        label = piece.label
        if label is None:
            return None
        inside = self.reading.within(*label, ("COLLECTIVITY", "FUNDER", "ORG"))
        lead = inside and self.reading.plain[label[0] : inside[0].start]
        if not inside or not re.fullmatch(r"(?:(?:acquis|dont|et|la|le|les|l'|du|de|des|d')\W*)*\W*", lead or ""):
            return None
        rest = self.reading.plain[inside[0].end : label[1]]
        return None if giving.VERB.search(rest) else inside[0]

    def _meant(self, piece: Piece) -> Entity | None:
        """Return the body that the words before the sum begin with, or that their type word means."""
        words = self._words(piece)
        return self._body(piece) or (self.reader.resolve(words) if _GENERIC.fullmatch(words) else None)

    def _group(self, group: list[Piece]) -> Iterator[Funding]:
        fresh = [p for p in group if not any((e.start, e.end) in self.known for e in p.total.entities)]
        if not fresh:
            return
        decided = decided_by(self.reader, fresh[0].line[0]) is not None
        role = "receiver" if decided else self._role(group) or ("receiver" if self._of_receivers else "")
        for piece in fresh:
            words = self._words(piece)
            if not_given.NOT_GIVEN.search(self.reading.plain, *self.reading.sentence_at(piece.total.start)):
                continue
            prize = _WINNER.match(self.reading.plain, piece.total.end, piece.line[1])
            if prize and _PRIZE.fullmatch(self.reading.plain, piece.start, piece.total.start):
                yield from self._granted(piece, prize.span("name"))
            elif (
                _NO_NAME.match(words)
                or _APPLIED.search(words)
                or not_given.PRICE_AFTER.match(self.reading.plain[piece.total.end : piece.end])
            ):
                continue
            elif piece.label is not None and _GRANT.fullmatch(words):
                yield from self._granted(piece, None)
            elif piece.label is not None and _GRANT_TO.match(words):
                yield from self._granted(piece, piece.label)
            elif role == "giver" and piece.label is not None:
                yield from self._from(piece, piece.label, group)
            elif role == "receiver" and (len(group) >= _LEAST or self._of_receivers):
                yield from self._to(piece)

    def _words(self, piece: Piece) -> str:
        return self.reading.plain[slice(*piece.label)] if piece.label else ""

    def _from(self, piece: Piece, label: Span, group: Sequence[Piece]) -> Iterator[Funding]:
        """Yield what the body that a piece names gives."""
        body = self._meant(piece)
        if body is not None:
            yield self._made(piece, party(self.reader.canonical(body)), (body.start, body.end), None)
        elif len(group) >= _LEAST and self._is_name(label) and any(self._meant(p) for p in group):
            yield self._made(piece, Party(text=clip(self.reading.text[slice(*label)])), label, None)

    def _to(self, piece: Piece) -> Iterator[Funding]:
        """Yield what whom a piece names, before or after the sum, gets."""
        label = piece.label
        cost = _COST.search(self._words(piece))
        if label is not None and cost is not None:
            if not self.reading.within(*label, ("AMOUNT",)):
                return  # what it costs, before what is given for it
            label = (label[0], label[0] + cost.start())
        to = _TO.match(self.reading.plain, piece.total.end, piece.end)
        if label is None and to:
            yield from self._granted(piece, to.span("name"))
        elif label is not None and self._is_name(label):
            yield from self._granted(piece, label)

    def _is_name(self, label: Span) -> bool:
        words = self.reading.plain[slice(*label)]
        own = not_given.OWN_MEANS.search(words) or not_given.NO_BODY.match(words) or giving.VERB.search(words)
        told = _TELLS.search(self.reading.text, *label) or not_given.is_a_measure(words)
        begins = _NAME.match(self.reading.text, label[0]) or _RECEIVER.match(words)
        return bool(begins) and not own and not told

    def _granted(self, piece: Piece, to: Span | None) -> Iterator[Funding]:
        giver = (
            decided_by(self.reader, piece.line[0])
            or self._scheme(piece)
            or self.reader.owner
            or grantor_above(self.reader, piece.line[0])
        )
        if giver is not None and (to is not None or giver.start < _HEAD_OF_DOCUMENT):
            purpose = clip(self.reading.text[slice(*to)]) if to else None
            yield self._made(piece, party(self.reader.canonical(giver)), (giver.start, giver.end), purpose)

    def _scheme(self, piece: Piece) -> Entity | None:
        """Return the one body whose purpose is to finance that the head of the document names."""
        lines = self.reading.lines
        head = lines[min(9, len(lines) - 1)][1]
        named = [
            e
            for e in self.reading.within(0, min(head, piece.start), ("FUNDER", "ORG"))
            if (e.label == "FUNDER" or self.reading.plain.startswith("minist", e.start))
            and not self.reading.within(*self.reading.line_at(e.start), ("AMOUNT",))
            and not _OBJECT.match(self.reading.plain, self.reading.line_at(e.start)[0])
        ]
        return the_scheme(self.reader, named)

    def _made(self, piece: Piece, giver: Party, where: Span, purpose: str | None) -> Funding:
        words = self.reading.plain[piece.start : piece.end]
        dates = [
            e.value
            for e in self.reading.within(piece.start, piece.end, ("DATE",))
            if isinstance(e.value, DateValue) and not where[0] <= e.start < where[1]
        ]
        period = dates[0] if len(dates) == 1 else None
        return Funding(
            funder=giver,
            amounts=piece.total.amounts,
            start=period.start if period else None,
            end=period.end if period else None,
            purpose=purpose,
            status="demandé" if re.search(r"\b(?:sollicit|demand)", words) else None,
            evidence=tuple(sorted({where, *((e.start, e.end) for e in piece.total.entities)})),
        )


def read_listed_fundings(reader: Reader, known: frozenset[Span]) -> list[Funding]:
    """Return the fundings of lists of names and sums; ``known`` holds the sums that are explained already."""
    return list(_Lists(reader, known).read())
