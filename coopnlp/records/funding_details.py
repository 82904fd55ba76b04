"""What stands around a sum: whether its list is one of funders, its period, what it is for."""

from __future__ import annotations

import re

from coopnlp.records import giving, not_given
from coopnlp.records.acronyms import abbreviates
from coopnlp.records.clauses import Clause, Reader
from coopnlp.records.grantors import speaks_in_council
from coopnlp.records.sentences import is_tabular
from coopnlp.types import DateValue, Entity

__all__ = ["decided_by", "finance_context", "period_of", "scheme_of", "yearly_parts"]


# « Subventions : » in the minutes of a council heads what it gives, not what it gets.
_GRANTS = re.compile(
    r"\W*(?:(?:[ivx]{1,4}|\d{1,2}|[a-z])\s?[.)–-]+\s*)?(?:les )?subventions?"
    r"(?: (?:aux|accordees|attribuees|votees|de fonctionnement|d'investissement|d'equipement|\d{4})[\w ]{0,40})?\W*"
)
# « Le conseil attribue les subventions suivantes : », « DÉCIDE d'accorder : »: those named below receive.
_DECIDED = re.compile(
    r"(?:\b(?:conseil|assemblee|bureau|commission|comite|jury|maire|president\w*|ville|commune|municipalite|departement"
    r"|region|elus)\b[^.;]{0,80}?\b|^\W*(?:art(?:icle)?\.? )?(?:(?:\d+|premier|unique)\W+)?"
    r"(?:(?:il est )?(?:decide|propose|approuve|resolu)\b[^.;]{0,20}?\bd[e'] ?)?)"
    r"(?:accord(?:e|er|ent)|attribu(?:e|er|ent)|allou(?:e|er|ent)|octroie\w*|octroyer|affect(?:e|er|ent)|vot(?:e|er|ent)|vers(?:e|er|ent))\b"
    r"[^.]*:$"
    # « approuve l'attribution des aides suivantes, dans la limite de 900 € : »
    r"|\b(?:approuv|vot|valid|adopt|confirm|decid)\w* l'(?:attribution|octroi) (?:de |des )[^.]*:$"
)
# « sur proposition du maire de Compton, il est résolu »: who proposes does not give.
_PROPOSER = re.compile(
    r"\b(?:mair(?:e|esse)|conseill\w+|elue?|prefete?|depute\w*|president\w*) (?:de |d'|du )(?:la |l')?$"
)
_BESIDE, _LEAD, _LONGEST_HEADS = 6, 12, 90
# Words that head what is given as well as what is got: « Subventions », « Soutiens ».
_EITHER = re.compile(r"(?:subventions?|concours|soutiens?|repartition|participations financieres|coute)$")


def decided_by(reader: Reader, offset: int) -> Entity | None:
    """Return who decides the grants of a list that the line above heads, None where no such line does.

    « Le conseil attribue les subventions suivantes : » is the body that speaks, unless the line names another.
    """
    reading = reader.reading
    for start, end in reversed(reading.lines_before(offset, 30)):
        line = reading.plain[start:end].strip()
        if reading.within(start, end, ("AMOUNT",)) and not line.endswith(":"):
            continue
        if is_tabular(line) and len(line) < _LONGEST_HEADS and not line.endswith(":"):
            continue  # « Associations | Propositions », the heads of the list
        if not _DECIDED.search(line) or not_given.CONTRACTS.search(line):
            return None
        named = [
            e
            for e in reading.within(start, end, ("COLLECTIVITY", "FUNDER"))
            if not _PROPOSER.search(reading.plain, start, e.start)
        ]
        return named[0] if len(named) == 1 else reader.owner
    return None


def finance_context(reader: Reader, offset: int) -> bool:
    """Tell whether the closest heading or announcing line above speaks of where money comes from."""
    reading = reader.reading
    lines = reading.lines_before(offset, 30)
    for back, (start, end) in enumerate(reversed(lines)):
        line = reading.plain[start:end].strip()
        if _DECIDED.search(line) or (_GRANTS.fullmatch(line) and speaks_in_council(reader)):
            return False
        if reading.within(start, end, ("AMOUNT",)) and not line.endswith(":"):
            continue
        if len(line) < 90 or line.endswith(":") or is_tabular(line) or back < 2:
            tail = line[-110:]
            heads = list(giving.FINANCE.finditer(tail))
            money, cost = [m.start() for m in heads], [m.start() for m in giving.EXPENSE.finditer(tail)]
            if not money and not cost and line.endswith(":") and giving.SHARED_OUT.search(tail):
                return True
            if money or cost:
                if heads and all(_EITHER.search(m[0]) for m in heads) and _names_receivers(reader, offset):
                    return False
                return max(money, default=-1) > max(cost, default=-1)
    return False


def _names_receivers(reader: Reader, offset: int) -> bool:
    """Tell whether the lines of a list around an offset name clubs and associations more often than who gives."""
    reading = reader.reading
    near = [*reading.lines_before(offset, _BESIDE), *reading.lines_after(offset, _BESIDE)]
    counted = {True: 0, False: 0}
    for start, end in near:
        if reading.within(start, end, ("AMOUNT",)):
            first = next(iter(reading.within(start, end, ("COLLECTIVITY", "FUNDER", "ORG"))), None)
            if first is not None and first.start - start < _LEAD:
                counted[first.label == "ORG"] += 1
    return counted[True] > counted[False]


# « afin de poursuivre l'échange entamé en 2014 »: the year of something else.
_OLDER = re.compile(
    r"\b(?:entame|commence|lance|cree|signe|ne|ouvert|fonde|noue|conclu|debute|initie|inaugure)e?s? "
    r"(?:en|le|des|depuis|au)\s*<D\d+>"
)


def period_of(clause: Clause, at: int, before: int = 0) -> tuple[str | None, str | None]:
    """Return the period of the sum whose token ends at ``at``; ``before``: where its own words begin."""
    after = clause.template[at:]
    stop = re.search(r"<A\d+>", after)
    after = after[: stop.start()] if stop else after
    lead = (
        r"(?:en|d'ici|pour|pour l'annee|pour les annees|pour l'exercice|de l'exercice"
        r"|a compter de|des|au titre de(?: l'annee| l'exercice)?|annee|exercice|sur la periode"
        r"|pour la periode|sur|de|le|au)"
    )
    found = re.match(rf"[^<>;]{{0,45}}?\b{lead}\s*<(D\d+)>", after) or re.match(r"\s*\(?\s*<(D\d+)>\)?", after)
    if not found:
        head = clause.template[before:at]
        found = re.search(
            r"\b(?:en|pour|au titre de|pour l'annee|pour l'exercice|exercice)\s*<(D\d+)>(?!.*<D)[^;]{0,160}$",
            head,
        )
        if found and _OLDER.search(head[: found.end(1) + 1]):
            return None, None
    if not found or _OLDER.search(found[0]):
        return None, None
    value = clause.entity(found[1]).value
    if isinstance(value, DateValue) and len(value.start) > 7 and value.start == value.end and len(found[0]) > 22:
        # A day farther away is that of something else: a session, an event.
        return None, None
    return (value.start, value.end) if isinstance(value, DateValue) else (None, None)


def scheme_of(reader: Reader, clause: Clause, at: int, giver: Entity) -> Entity | None:
    """Return the scheme under which a sum is given: « dans le cadre du Fonds X », « l'État (DSIL) »."""
    found = giving.SCHEME_AFTER.match(clause.template[at:])
    if found:
        scheme = clause.entity(found[2])
        return None if scheme.start == giver.start else scheme
    bracket = re.match(r"\s*\(\s*", reader.reading.text[giver.end : giver.end + 4])
    start = giver.end + (bracket.end() if bracket else 0)
    for entity in reader.reading.within(start, start + 30, ("FUNDER", "ORG")) if bracket else []:
        closed = reader.reading.text[entity.end : entity.end + 1] == ")"
        if entity.start == start and closed and entity.text.isupper() and not abbreviates(entity.text, giver.text):
            return entity
    return None


def yearly_parts(clause: Clause) -> dict[int, list[int]]:
    """Return totals with the parts, a year each, that they are told in: numbers of tokens."""
    found: dict[int, list[int]] = {}
    for match in giving.YEARLY.finditer(clause.template):
        parts = [int(n) for n in re.findall(r"<A(\d+)>", match["parts"])]
        values = [clause.sum(f"A{n}").amounts for n in (int(match[1]), *parts)]
        numbers = [v[0].value for v in values if v and v[0].value is not None]
        if len(numbers) == len(values) and sum(numbers[1:]) == numbers[0]:
            found[int(match[1])] = parts
    return found
