"""Fundings told in sentences and lists: who gives how much, when, for what.

« La Région apporte 5 000 € », « 3 000 € versés par le FFQCD », « - Département :
15 000 € » under a financing plan, « décide d'attribuer une subvention de
4 500 € à l'association X » in a council's decision. Tables are read by
:mod:`~coopnlp.records.funding_tables`. Left out: costs, budgets, prices and
balances that nobody gives, refusals, and what two parties give together
without saying how much each.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from coopnlp.records import giving, not_given
from coopnlp.records.clauses import Clause, Reader, Sum
from coopnlp.records.funding_details import decided_by, finance_context, period_of, scheme_of, yearly_parts
from coopnlp.records.givers import Givers
from coopnlp.records.grantors import deciding_council, the_scheme
from coopnlp.records.parties import party
from coopnlp.records.reading import clip
from coopnlp.records.sentences import LIST_MARK
from coopnlp.records.supporters import fundings_without_sum
from coopnlp.types import Entity, Funding

__all__ = ["read_prose_fundings"]


class _Prose:
    """Reads the fundings of one sentence."""

    def __init__(self, reader: Reader, fund: Entity | None) -> None:
        self.reader = reader
        self.givers = Givers(reader)
        self.text = reader.reading.text
        self.fund = fund

    def _item(self, clause: Clause) -> Entity | None:
        """Return the project or organisation that opens the list item or paragraph of a clause."""
        reading = self.reader.reading
        start, _ = reading.paragraph_at(clause.start)
        begun = [a for a, _ in reading.sentences_within(start, clause.start + 1)]
        starts = [a for a in begun if a in (start, clause.start) or LIST_MARK.match(self.text, a)]
        for at in reversed(starts):
            mark = LIST_MARK.match(self.text, at)
            begin = mark.end() if mark else at
            first = next(iter(reading.within(begin, begin + 200)), None)
            if (
                first is not None
                and first.label in ("PROJECT", "ORG")
                and not self.text[begin : first.start].strip(" «\"“*’'lLaes")
            ):
                return first
            if mark:
                return None
        return None

    def _of_list(self, clause: Clause, token: re.Match[str]) -> Entity | None:
        """Return who grants the sums of a list of laureates: the one scheme named at its head, else the owner."""
        item = self._item(clause)
        before = clause.template[: token.start()]
        bare = re.fullmatch(r"\W*", before) or re.fullmatch(
            r"(?:<[PO]\d+>|\W|l'|la |le |les |association )*(?:<[A-Z]\d+>[^<>]{0,20})*[^<>a-z]*", before
        )
        if item is None or not bare:
            return None
        decider = decided_by(self.reader, self.reader.reading.line_at(clause.start)[0])
        if decider is not None:
            return decider
        reading = self.reader.reading
        near, title_end = max(0, item.start - 300), reading.lines[min(6, len(reading.lines) - 1)][1]
        if not giving.GRANTED_HERE.search(
            reading.plain[: min(1500, item.start)] + " " + reading.plain[near : item.start]
        ):
            return None
        council = deciding_council(self.reader, item.start)
        if council is not None:
            return council  # a council that draws on a fund of its own gives itself
        titled = reading.within(0, min(title_end, item.start), ("FUNDER",))
        named = titled or reading.within(near, item.start, ("FUNDER",))
        return the_scheme(self.reader, named) if named else self.reader.owner

    def read(self, start: int, end: int) -> Iterator[Funding]:
        clause = self.reader.clause(start, end)
        line_start = self.reader.reading.line_at(start)[0]
        listed = (
            bool(LIST_MARK.match(self.text[line_start:end])) or clause.template.count(";") > 1 or ":" in clause.template
        )
        listed = (listed or len(clause.template) < 120) and self._financing(clause)
        parts = not_given.INSTALMENTS.search(clause.template)
        whole = not_given.WHOLE_BEFORE.search(clause.template)
        if parts and not whole:
            return
        if whole:
            clause = self.reader.clause(start, clause.offset(whole.start()))
        given = False
        for piece in self._split(clause):
            # « A apporte 3 000 € ; B, 2 000 € » : the verb of the first part serves the next.
            found = list(self._read_piece(piece, listed or given, clause.template))
            given = given or bool(found)
            yield from found

    def _financing(self, clause: Clause) -> bool:
        colon = clause.template.find(":")
        if 0 < colon < 60 and giving.FINANCE.search(clause.template[:colon]):
            return True
        if giving.BODIES_AND_SUMS.fullmatch(clause.template) and re.search(r"<F\d+>", clause.template):
            return True
        return finance_context(self.reader, clause.start)

    def _split(self, clause: Clause) -> list[Clause]:
        """Cut a sentence at its semicolons; each part keeps its own tokens."""
        cuts = [clause.offset(m.start()) for m in re.finditer(r";", clause.template)]
        edges = [clause.start, *[c + 1 for c in cuts], clause.end]
        return [self.reader.clause(a, b) for a, b in itertools.pairwise(edges) if b > a]

    def _read_piece(self, clause: Clause, listed: bool, sentence: str) -> Iterator[Funding]:
        fund = giving.FUND_BUDGET.search(clause.template)
        before = 0
        totals = yearly_parts(clause)
        whole = {part: number for number, parts in totals.items() for part in parts}
        given: dict[int, tuple[list[Entity], bool]] = {}
        last: tuple[list[Entity], bool] = ([], False)
        for token in re.finditer(r"<A(\d+)>", clause.template):
            total = clause.sum(f"A{token[1]}")
            head = clause.template[before : token.start()]
            asked = False
            givers: list[Entity] = []
            if self._may_be_given(clause, token, before, listed):
                if fund and fund.start() < token.start():
                    agent = re.match(rf"\s*par (?:la |le |l')?\s*{giving.GIVER}", clause.template[token.end() :])
                    givers = [clause.entity(agent[1] if agent else fund[1])]
                elif int(token[1]) in whole:
                    givers, asked = given.get(whole[int(token[1])], ([], False))
                elif not re.search(r"\bau lieu de\s*$|×\s*$", head):
                    givers, asked = self.givers.told(clause, token, listed)
                    if not givers and before and giving.NEXT_TO_EACH.fullmatch(head):
                        # « remet 1 500 € à A, 1 000 € à B »
                        each = giving.TO_EACH.match(clause.template, token.start())
                        givers, asked = last if each else ([], False)
                    if not givers:
                        # What somebody asks for, and of whom nobody says.
                        wanted = not_given.ASKED.search(head) is not None
                        body = None if wanted else self._unnamed(clause, token, head, sentence)
                        givers = [body] if body is not None else []
            given[int(token[1])] = last = (givers, asked)
            # A grant told in yearly parts is its parts.
            for giver in givers if int(token[1]) not in totals else []:
                yield self._funding(clause, token, total, giver, asked, before)
            before = token.end()

    def _may_be_given(self, clause: Clause, token: re.Match[str], before: int, listed: bool) -> bool:
        """Tell whether no word around a sum says that nobody gives it: a price, a loan, dues, a part, a refusal."""
        template = clause.template
        until, head = template[: token.start()], template[before : token.start()]
        after = template[token.end() : token.end() + 40]
        refused = not_given.NOT_GIVEN.search(self._own_words(clause, token, before) if listed else template)
        asked = not_given.SOUGHT_LABEL.search(head) and not_given.GRANTED_LABEL.search(template, token.end())
        owed = (not_given.LOAN, not_given.DUES, not_given.ADVANCE_OF_IT)
        told = (not_given.PRICE_AFTER, not_given.RATE, not_given.PAID_AT)
        return not (
            refused
            or asked
            or any(words.search(until) for words in owed)
            or any(words.match(after) for words in told)
            or not_given.is_a_measure(until, after)
        )

    @staticmethod
    def _own_words(clause: Clause, token: re.Match[str], before: int) -> str:
        """Return the words of one sum in a line of several: « Région X 900 €, fondation sollicitée : refus »."""
        if clause.template.count("<A") < 2:
            return clause.template
        return clause.template[before : token.end()] + re.split(r"[,;<]", clause.template[token.end() :], maxsplit=1)[0]

    def _unnamed(self, clause: Clause, token: re.Match[str], head: str, sentence: str) -> Entity | None:
        """Return who gives a sum whose own words do not say it: the council, the fund in question, the scheme."""
        if self.fund is not None and giving.SET_APART.match(clause.template[token.end() :]):
            return self.fund
        rest = clause.template[token.end() :]
        if not_given.PRICE_BEFORE.search(head) or not_given.ASKED_AFTER.match(rest):
            return None
        if not_given.PART_OF_IT.search(head) and not not_given.OF_ANOTHER.match(rest):
            return None
        if self.fund is not None and giving.OBTAINED_AID.search(clause.template[: token.start()]):
            return self.fund
        return (
            self.givers.decided(clause, token, sentence)
            or self.givers.received(clause, token)
            or self._of_list(clause, token)
            or self._of_announced(clause, token)
        )

    def _of_announced(self, clause: Clause, token: re.Match[str]) -> Entity | None:
        """Return who grants the sum that opens a line under « le conseil accorde : »."""
        rest = clause.template[token.end() :]
        if re.search(r"\w", clause.template[: token.start()]) or not re.match(r"\s*[–—:-]+\s*\S{3}", rest):
            return None
        return self.reader.owner if self.givers.announced(clause) else None

    def _for_each(self, clause: Clause, token: re.Match[str]) -> str | None:
        """Return who gets a sum that stands among others of its kind: « 900 € à A, 300 € à B »."""
        if len(giving.TO_EACH.findall(clause.template)) < 2 or not giving.TO_EACH.match(clause.template, token.start()):
            return None
        rest = re.split(r"[,;]\s*(?:et |puis )?<A|[;.]\s|\bet <A", clause.template[token.end() :], maxsplit=1)[0]
        return clip(self.text[clause.offset(token.end()) : clause.offset(token.end() + len(rest))]) or None

    def _funding(
        self, clause: Clause, token: re.Match[str], total: Sum, giver: Entity, asked: bool, before: int
    ) -> Funding:
        start, end = period_of(clause, token.end(), before)
        scheme = scheme_of(self.reader, clause, token.end(), giver)
        giver = self.reader.canonical(giver)
        purpose = self._for_each(clause, token)
        if purpose is None and self._of_announced(clause, token) is not None:
            purpose = clip(self.text[total.end : self.reader.reading.line_at(total.end)[1]])
        item = self._item(clause) if purpose is None else None
        if (
            item is not None
            and item.start != giver.start
            and (item.label == "PROJECT" or not giving.VERB.search(clause.template[: token.start()]))
            and (
                giving.GRANTED_HERE.search(self.reader.reading.plain[: item.start])
                or decided_by(self.reader, self.reader.reading.line_at(item.start)[0]) is not None
            )
        ):
            purpose = clip(item.text)
        return Funding(
            funder=party(giver),
            amounts=total.amounts,
            start=start,
            end=end,
            purpose=purpose,
            scheme=party(self.reader.canonical(scheme)).text if scheme is not None else None,
            status="demandé" if asked else None,
            evidence=tuple(
                sorted(
                    {
                        (giver.start, giver.end),
                        *((e.start, e.end) for e in total.entities),
                        *(((scheme.start, scheme.end),) if scheme is not None else ()),
                    }
                )
            ),
        )


def read_prose_fundings(reader: Reader, skip: frozenset[tuple[int, int]] = frozenset()) -> list[Funding]:
    """Return the fundings told outside tables.

    ``skip`` holds the spans of amounts that tables already explain.
    """
    reading, found = reader.reading, []
    for start, end in reading.sentences:
        amounts = reading.within(start, end, ("AMOUNT",))
        if amounts and any((e.start, e.end) in skip for e in amounts):
            continue
        paragraph = reading.paragraph_at(start)
        funds = {
            reader.canonical(e).text: reader.canonical(e) for e in reading.within(paragraph[0], start, ("FUNDER",))
        }
        fund = next(iter(funds.values())) if len(funds) == 1 else None
        if amounts:
            found += list(_Prose(reader, fund).read(start, end))
        else:
            found += list(fundings_without_sum(reader, start, end))
    return found
