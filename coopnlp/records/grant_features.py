"""Sums of a document with the bodies that may give them, and what speaks for each.

For every sum that is not known otherwise: the bodies of its sentence and line, the
nearest named above it, the body that the document speaks for and its funders, where they are
few. What a pair of body and sum looks like is described by words, and what is around them by
:mod:`coopnlp.records.grant_surroundings`; :mod:`coopnlp.records.learned` weighs it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coopnlp.records import giving, not_given
from coopnlp.records.bodies import Body, bodies_of
from coopnlp.records.clauses import Reader, Sum, sums_in
from coopnlp.records.describe import Describer, size
from coopnlp.records.funding_details import finance_context
from coopnlp.records.grant_surroundings import Surroundings
from coopnlp.records.parties import same_name
from coopnlp.types import Entity, Funding

__all__ = ["Grant", "grants_of"]

_ABOVE = 600
_NEAREST = 6
#: So few funders may each give any sum of a document; of more only those near it.
_FEW = 6
_MONEY = (
    ("grant", r"\b(?:subventions?|aides?|dotations?|bourses?|dons?|soutiens?|allocations?|concours)\b"),
    ("share", r"\b(?:participations?|contributions?|apports?|cofinance\w*|quote-part|cotisations?)\b"),
    ("cost", r"\b(?:couts?|depenses?|prix|tarifs?|loyers?|devis|factures?|honoraires|salaires?|achats?|marches?)\b"),
    ("budget", r"\b(?:budgets?|credits?|enveloppes?|montant global|total|totaux|recettes|solde)\b"),
    ("pays", r"\b(?:finance\w*|verse\w*|apporte\w*|accorde\w*|attribue\w*|alloue\w*|octroi\w*|prend en charge)\b"),
    ("sold", r"\b(?:vend\w*|ventes?|cede\w*|benefices?|chiffre d'affaires|collecte\w*|recolte\w*)\b"),
    ("capped", r"\b(?:plafond\w*|maximum|maximal\w*|au plus|jusqu'a|minimum)\b"),
    ("asked", r"\b(?:demand\w*|sollicit\w*|refus\w*|rejet\w*|souhait\w*|espere\w*)\b"),
)
_WOULD, _IF = re.compile(r"\b[a-z]{3,}(?:rait|raient)\b"), re.compile(r"\bs(?:i|'il) ")
_BUDGET = re.compile(r"\bbudgets? (?:\w+ ){0,2}(?:de |d'|a |est de |s'eleve a )$")
#: What a fund or call has to give away, not what it gave.
_ENDOWED = re.compile(
    r"\b(?:dotee?s?|disposant|dispose|pourvue?s?) (?:annuellement |chaque annee |cette annee |en \d{4} "
    r"|pour \d{4} )?(?:de |d'|a )$"
)
_COSTS = re.compile(r"\W*(?:(?:\d|[ivx]{1,4}|[a-h])\b\W*)?(?:depenses?|charges|couts?|prix|tarifs?|emplois)\b")
_REFUSED = re.compile(r".*\b(?:non (?:retenu|eligible)|refuse|ajourne|rejete|ineligible|irrecevable|sans suite)")
_DUES = re.compile(r"\W*(?:(?:\d|[ivx]{1,4}|[a-h])\b\W*)?(?:cotisations?|adhesions?)\b")
_WORDS = re.compile(r"[a-z]{3}")
_HEADING = 50
# Rows of a list under its heading.
_ROWS = 60
#: What of a sum alone is crossed with who may give it.
_CROSSED = ("before:", "after:", "sentence:", "right above:", "a<", "a>", "finance above")
_AGAINST = frozenset({"opens its line", "ends its line", "price before", "price after", "label", "own means"})
_LEXICON = [(name, re.compile(words)) for name, words in _MONEY]


@dataclass(frozen=True)
class Grant:
    """A sum and a body that may have given it, with the features of the two."""

    body: Body
    mention: Entity
    total: Sum
    features: frozenset[str]


def _lexicon(words: str, where: str) -> Iterator[str]:
    for name, pattern in _LEXICON:
        if pattern.search(words):
            yield f"{where}:{name}"


class _Sums:
    """Describes the sums of one document."""

    def __init__(self, reader: Reader, told: Sequence[Funding]) -> None:
        self.reader, self.reading = reader, reader.reading
        self.bodies = bodies_of(reader)
        self.describer = Describer(reader, self.bodies)
        self.mentions = sorted(
            ((m, b) for b in self.bodies for m in b.mentions), key=lambda item: (item[0].start, item[0].end)
        )
        funders = [id(body) for body in self.bodies if body.label == "FUNDER"]
        self.funders = frozenset(funders if len(funders) <= _FEW else ())
        self.told = {span: funding for funding in told for span in funding.evidence}
        self._starts = [mention.start for mention, _ in self.mentions]
        givers = {(f.funder.text, f.funder.kb_id): f.funder for f in self.told.values()}.values()
        self._gives = frozenset(id(b) for b in self.bodies if any(same_name(giver, b.party) for giver in givers))

    def _between(self, start: int, end: int) -> list[tuple[Entity, Body]]:
        """Return the mentions that begin in a stretch of the text."""
        return self.mentions[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def candidates(self, total: Sum) -> list[tuple[Body, Entity]]:
        """Return the bodies that may have given a sum, each by its nearest mention."""
        start, end = self.reading.sentence_at(total.start)
        line = self.reading.line_at(total.start)
        start, end = min(start, line[0]), max(end, line[1])
        near = [(m, b) for m, b in self._between(start, end) if m.end <= end]
        near.sort(key=lambda item: min(abs(item[0].start - total.end), abs(total.start - item[0].end)))
        above = self._between(total.start - _ABOVE, start)[::-1]
        found: dict[int, tuple[Body, Entity]] = {}
        for mention, body in [*near[:_NEAREST], *above[:3]]:
            found.setdefault(id(body), (body, mention))
        for label in ("FUNDER", "COLLECTIVITY"):
            first = next(((m, b) for m, b in above if b.label == label), None)
            if first is not None:
                found.setdefault(id(first[1]), (first[1], first[0]))
        for body in self.bodies:
            if (body.speaks or id(body) in self.funders) and id(body) not in found:
                before = [m for m in body.mentions if m.end <= total.start]
                found[id(body)] = (body, before[-1] if before else body.mentions[0])
        return list(found.values())

    def alone(self, total: Sum) -> Iterator[str]:
        """Yield what is said of a sum, whoever gives it."""
        start, end = self.reading.sentence_at(total.start)
        line = self.reading.line_at(total.start)
        yield from _lexicon(self.reading.plain[max(start, total.start - 60) : total.start], "before")
        yield from _lexicon(self.reading.plain[total.end : min(end, total.end + 60)], "after")
        yield from _lexicon(self.reading.plain[start:end], "sentence")
        for back, above in enumerate(self.reading.lines_before(line[0], 6)[::-1]):
            words = self.reading.plain[above[0] : above[1]]
            if len(words) < 110:
                yield from _lexicon(words, "above" if back else "right above")
        before = self.describer.tokens(max(line[0], total.start - 60), total.start)[-4:]
        after = self.describer.tokens(total.end, min(line[1], total.end + 60))[:4]
        yield from (f"a<{word}" for word in before)
        yield from (f"a>{word}" for word in after)
        yield "a<<" + " ".join(before[-2:])
        yield "a>>" + " ".join(after[:2])
        if not before:
            yield "opens its line"
        if not after:
            yield "ends its line"
        yield from self._against(total, start, end, line)
        sums = self.reading.within(start, end, ("AMOUNT",))
        yield f"sums:{size(len(sums))}"
        amount = total.amounts[0] if total.amounts else None
        if amount is not None and amount.value is not None:
            yield f"digits:{len(str(int(amount.value)))}"
        elif amount is not None:
            yield "a range"

    def _against(self, total: Sum, start: int, end: int, line: tuple[int, int]) -> Iterator[str]:
        """Yield what rules hold against a sum: it was refused, it is a price, its list is one of costs."""
        head = self.reading.plain[max(start, line[0], total.start - 90) : total.start]
        tail = self.reading.plain[total.end : min(end, total.end + 60)]
        if not_given.NOT_GIVEN.search(self.reading.plain[start:end]):
            yield "not given"
        if not_given.PRICE_BEFORE.search(head):
            yield "price before"
        if not_given.is_a_measure(head, tail):
            yield "a measure"
        if not_given.PAID_AT.match(tail) or (
            not_given.PART_OF_IT.search(head) and not not_given.OF_ANOTHER.match(tail)
        ):
            yield "a part"
        if self._headed(line[0], _REFUSED):
            yield "refused above"
        if not_given.APPLIED_FOR.search(self.reading.plain[start:end]):
            yield "applied for"
        if not_given.ASKED.search(head):
            yield "asked for"
        if _BUDGET.search(head):
            yield "budget"
        if not_given.JOINTLY.search(head):
            yield "jointly"
        if not_given.LOAN.search(self.reading.plain, max(start, total.start - 220), total.start):
            yield "loan"
        if not_given.DUES.search(head) or not_given.RATE.match(tail) or self._headed(line[0], _DUES):
            yield "dues"
        if not_given.PRICE_AFTER.match(tail):
            yield "price after"
        if not_given.PURCHASE.search(self.reading.plain[start:end]):
            yield "purchase"
        if not_given.INSTALMENTS.search(self.reading.plain[start:end]):
            yield "instalments"
        if not_given.OWN_MEANS.search(head):
            yield "own means"
        if not_given.NO_BODY.match(self.reading.plain[line[0] : total.start]):
            yield "label"
        if _WOULD.search(head) and _IF.search(self.reading.plain[start:end]):
            yield "conditional"
        if _ENDOWED.search(head):
            yield "endowed"
        if self._of_contracts(line[0]):
            yield "contract"
        if self._headed(line[0], _COSTS):
            yield "costs"
        yield f"finance above:{finance_context(self.reader, line[0])}"

    def _of_contracts(self, offset: int) -> bool:
        """Tell whether the line that announces a list, the closest above without a sum, speaks of lots and firms."""
        for a, b in self.reading.lines_before(offset, 12)[::-1]:
            if not self.reading.within(a, b, ("AMOUNT",)):
                line = self.reading.plain[a:b].rstrip()
                return line.endswith(":") and not_given.CONTRACTS.search(line) is not None
        return False

    def _headed(self, offset: int, words: re.Pattern[str]) -> bool:
        """Tell whether the closest heading above, a short line of words without a sum, begins with such words."""
        for a, b in self.reading.lines_before(offset, _ROWS)[::-1]:
            line = self.reading.plain[a:b]
            if len(line) < _HEADING and _WORDS.search(line) and not self.reading.within(a, b, ("AMOUNT",)):
                return words.match(line) is not None
        return False

    def together(self, total: Sum, body: Body, mention: Entity) -> Iterator[str]:
        """Yield what is said of a sum with one body."""
        asm = Entity(start=total.start, end=total.end, label="AMOUNT", text=self.reading.text[total.start : total.end])
        start, end = self.reading.sentence_at(total.start)
        line = self.reading.line_at(total.start)
        inside = start <= mention.start and mention.end <= end
        where = "in" if inside else "line" if line[0] <= mention.start < line[1] else "above"
        before = mention.end <= total.start
        side = f"{where} {'before' if before else 'after'}"
        yield f"side:{side}:{body.label}"
        yield f"{side}:{body.speaks or 'other'}:{body.label}"
        if before and inside:
            then = self.reading.plain[mention.end : total.start]
            said = self.reading.plain[start : mention.start]
            if giving.GETS.match(then) or giving.GIVEN_TO.search(said) or giving.SUPPORT_TO.search(said):
                yield "gets"
            bracket = re.fullmatch(r"\s*\(\s*(?:soit |environ |pour )?", then)
            if bracket and giving.PAID_FOR.search(said) and not giving.SUPPORT.search(said):
                yield "paid for"
        if body.speaks and giving.OBTAINED_AID.search(self.reading.plain[start : total.start]):
            yield "obtained"
        if where != "above":
            first, second = (mention, asm) if before else (asm, mention)
            if first.end <= second.start:
                yield from (f"{'ba' if before else 'ab'} {f}" for f in self.describer.mention_pair(first, second))
                between = self.reading.plain[first.end : second.start]
                yield from _lexicon(between, "ba" if before else "ab")
        else:
            yield f"rows up:{size(self.reading.plain[mention.end : total.start].count(chr(10)))}"
            heading = self.reading.line_at(mention.start)
            yield from _lexicon(self.reading.plain[heading[0] : heading[1]], "its line")
            yield from (f"af:{w}" for w in self.describer.tokens(mention.end, min(heading[1], mention.end + 60))[:4])
            yield from (
                f"be:{w}" for w in self.describer.tokens(max(heading[0], mention.start - 60), mention.start)[-4:]
            )
        yield f"level:{body.level}"
        funding = next((self.told[(e.start, e.end)] for e in total.entities if (e.start, e.end) in self.told), None)
        if funding is None:
            yield "untold"
        else:
            yield "told" if same_name(funding.funder, body.party) else "told of another"
        if id(body) in self._gives:
            yield f"gives elsewhere:{body.label}"

    def crossed(self, crossing: Sequence[str], total: Sum, body: Body, mention: Entity) -> Iterator[str]:
        """Yield the words of money with the kind of body that may give, and the side that it stands on."""
        who = "owner" if body.speaks == "owner" else body.label
        start, end = self.reading.sentence_at(total.start)
        inside = start <= mention.start and mention.end <= end
        side = ("before" if mention.end <= total.start else "after") if inside else "above"
        yield from (f"{who} {side} {feature}" for feature in crossing)


def grants_of(reader: Reader, told: Sequence[Funding]) -> list[list[Grant]]:
    """Return, for each sum of a document, the bodies that may have given it, with features.

    ``told`` are the fundings that rules read: one more thing that speaks for a body.
    """
    sums = _Sums(reader, told)
    around = Surroundings(reader, sums.bodies)
    reading = reader.reading
    found: list[list[Grant]] = []
    for start, end in reading.sentences:
        for total in sums_in(reading, start, end):
            heading, column = around.heading(total.start), around.column(total)
            near = frozenset(sums.alone(total))
            crossing = [f for f in near if f.startswith(_CROSSED) or f in _AGAINST]
            alone = near | sums.describer.general | frozenset(around.alone(total, heading, column))
            chances = sums.candidates(total)
            grants = []
            for rank, (body, mention) in enumerate(chances):
                features = {
                    *alone,
                    *sums.together(total, body, mention),
                    *around.together(body, mention, heading, column),
                    *sums.crossed(crossing, total, body, mention),
                    f"rank:{rank}",
                    f"chances:{size(len(chances))}",
                }
                grants.append(Grant(body, mention, total, frozenset(features)))
            if grants:
                found.append(grants)
    return found
