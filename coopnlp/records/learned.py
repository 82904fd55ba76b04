"""Partnerships and fundings that rules leave out.

The models (:mod:`coopnlp.records.weights`) are linear and see what the rules
found as one feature among others. What a rule says stands: taking back what a
model doubts cost more right records than wrong ones on dev.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from decimal import Decimal
from typing import cast

from coopnlp.records import giving
from coopnlp.records.bodies import Body
from coopnlp.records.clauses import Reader
from coopnlp.records.cooperation import NEW_CLAUSE, first_year, status_of
from coopnlp.records.funding_details import period_of
from coopnlp.records.grant_features import Grant, grants_of
from coopnlp.records.pair_features import Pair, pairs_of
from coopnlp.records.parties import name_key, same_name
from coopnlp.records.weights import GRANTS, PAIRS, Linear, shipped
from coopnlp.types import Agreement, Amount, Funding, Partnership, PartnershipKind, Party, Project

__all__ = ["with_learned_fundings", "with_learned_partnerships"]

#: A pair that is less sure than the threshold, by this factor, still joins bodies of which other pairs are sure.
_JOINS = 0.6
#: What is asked of a sum in a table that rules read.
_IN_TABLES = 0.45
#: What the words say outright: refused, given only if, lent, dues, of several together, told in instalments, a fund's
#: own means, a budget, a list of costs, a price, asked for; and of a body that it gets the sum, or what it is paid for.
_NEVER = frozenset(
    {
        "not given",
        "conditional",
        "loan",
        "dues",
        "asked for",
        "jointly",
        "instalments",
        "endowed",
        "budget",
        "costs",
        "a measure",
        "contract",
        "applied for",
        "gets",
        "paid for",
        "obtained",
        "a part",
        "refused above",
    }
)
#: What the rule's word for the kind of a partnership adds to the probability of the model: with writers of train held
#: out 201 partnerships of 1,018 came out right with 0.2, 198 with 0.35, 191 where the model may but change the
#: instrument; between the two, a rule's « cooperation » outlives a model that is hardly surer.
_OF_THE_RULE = 0.25
_ARTICLES = {"le", "la", "les", "l", "de", "du", "des", "d"}
_IN_A_LIST = frozenset({"opens its line", "ends its line"})
_NAMED = frozenset({"s:jumelage", "s:cooperation_decentralisee", "s:entente"})
#: What the words say outright: no cooperation, or one that each has with a third.
_OTHERWISE = frozenset({"s:denied", "told with one third"})
#: Two bodies of one country that a comma or « et » joins are a list: they cooperate with a third, if at all.
_LISTED = frozenset({"same bw:,", "same bw:et", "same bw:, et", "same bw:et de", "same bw:et le", "same bw:et la"})


def with_learned_partnerships(
    reader: Reader,
    told: Sequence[Partnership],
    model: Linear | None = None,
    *,
    agreements: Sequence[Agreement] = (),
    projects: Sequence[Project] = (),
    outright: Sequence[Partnership] = (),
) -> tuple[Partnership, ...]:
    """Return the partnerships that rules read (``told``), of the kind that the model finds, and those that it adds.

    Each pair added is a partnership of two; three and more that are all pairs of
    each other in one sentence are one. ``agreements`` and ``projects`` are what rules read,
    ``outright`` the partnerships that clauses tell in so many words.
    """
    model = model or shipped(PAIRS)
    pairs = pairs_of(reader, told, agreements, projects)
    chances = [(model.probability(pair.features), pair) for pair in pairs]
    new = [
        (chance, pair)
        for chance, pair in chances
        if chance >= model.threshold * _JOINS
        and _of_authorities(pair)
        and not _in_two_clauses(reader, pair)
        and not any((pair.one.is_in(p) and pair.other.is_in(p)) or _named_shorter(pair, p) for p in told)
    ]
    known = [pair for pair in pairs if "told" in pair.features]
    # What a list's form or a clause says outright is a project, whatever the words around it are.
    carried = {_names(project.parties) for project in projects if len(project.parties) > 1}
    carried |= {_names(p.parties) for p in outright if p.kind == "projet"}
    return (
        *(
            partnership
            if partnership.kind == "projet" and _names(partnership.parties) in carried
            else partnership.model_copy(update={"kind": _kind(partnership, known, model)})
            for partnership in told
        ),
        *(_made(reader, model, group) for group in _grouped(new, model.threshold)),
    )


def _named_shorter(pair: Pair, told: Partnership) -> bool:
    """Tell whether the two are parties of a partnership under shorter names: « Midelt » of « province de Midelt »."""
    parties = [f" {name_key(p.text)[1]} " for p in told.parties]
    at = [
        {i for i, name in enumerate(parties) if f" {name_key(body.party.text)[1]} " in name}
        for body in (pair.one, pair.other)
    ]
    return any(i != j for i in at[0] for j in at[1])


def _names(parties: Sequence[Party]) -> frozenset[str]:
    return frozenset(one.text for one in parties)


def _kind(partnership: Partnership, pairs: Sequence[Pair], model: Linear) -> PartnershipKind:
    """Return the kind of a partnership: what the rule says, unless the model is surer of another."""
    inside = [pair for pair in pairs if pair.one.is_in(partnership) and pair.other.is_in(partnership)]
    if not inside or partnership.status == "En projet" or partnership.kind == "jumelage":
        # Towns are twins where the words say so; what is envisaged has no instrument yet.
        return partnership.kind
    total: dict[str, float] = {partnership.kind: _OF_THE_RULE * len(inside)}
    for pair in inside:
        for kind, chance in model.class_probabilities(pair.of_kind).items():
            total[kind] = total.get(kind, 0.0) + chance
    return cast("PartnershipKind", max(total, key=lambda kind: total[kind]))


def _of_authorities(pair: Pair) -> bool:
    """Tell whether a pair may be added: two authorities or places, of two countries unless the text names what they do.

    A town is tagged as a place where its sentence says too little.

    Council minutes name neighbours, contractors and clubs in every sentence: there the model,
    which has learnt from other kinds of documents, adds such pairs wrongly.
    """
    labels = {pair.one.label, pair.other.label}
    if not labels <= {"COLLECTIVITY", "STATE", "LOC"}:
        return False
    where = {pair.one.country, pair.other.country}
    return "?" in where or len(where) > 1 or bool(pair.features & _NAMED)


def _grouped(new: Sequence[tuple[float, Pair]], threshold: float) -> Iterator[list[Pair]]:
    """Join pairs into groups of bodies that are all pairs of each other, from the surest on."""
    ordered = [pair for _, pair in sorted(new, key=lambda item: -item[0])]
    sure = {
        frozenset((id(p.one), id(p.other)))
        for chance, p in new
        if chance >= threshold and not p.features & (_LISTED | _OTHERWISE) and not _said_of_another(p)
    }
    linked = {frozenset((id(p.one), id(p.other))): p for p in ordered}
    used: set[frozenset[int]] = set()
    for pair in ordered:
        key = frozenset((id(pair.one), id(pair.other)))
        if key in used or key not in sure:
            continue
        group, members = [pair], [pair.one, pair.other]
        for other in ordered:
            for body in (other.one, other.other):
                keys = [frozenset((id(body), id(member))) for member in members]
                if body not in members and all(k in linked and k not in used for k in keys):
                    group += [linked[k] for k in keys]
                    members.append(body)
        used |= {frozenset((id(p.one), id(p.other))) for p in group}
        yield group


def _said_of_another(pair: Pair) -> bool:
    """Tell whether what stands between says it of a third: « A écrit à C, qui a un jumelage avec B »."""
    return "b:qui" in pair.features and "between:0" not in pair.features


def _in_two_clauses(reader: Reader, pair: Pair) -> bool:
    """Tell whether the second is named in a clause of its own: « A a suivi, et le jumelage avec B date de 1989 »."""
    one, other = sorted(pair.nearest, key=lambda mention: mention.start)
    return NEW_CLAUSE.search(reader.reading.plain, one.end, other.start) is not None


def _made(reader: Reader, model: Linear, group: Sequence[Pair]) -> Partnership:
    bodies: list[Body] = []
    for pair in group:
        bodies += [b for b in (pair.one, pair.other) if b not in bodies]
    bodies.sort(key=lambda body: body.mentions[0].start)
    first = group[0].nearest
    start, end = reader.reading.sentence_at(first[0].start)
    spans = {(e.start, e.end) for pair in group for e in pair.nearest}
    begun = first_year(reader.reading, start, end)
    chances = model.class_probabilities(group[0].of_kind)
    status = status_of(reader.reading.plain[start:end])
    return Partnership.model_validate(
        {
            "parties": tuple(body.party for body in bodies),
            "kind": max(chances, key=lambda kind: chances[kind]),
            "start": begun,
            "status": status if begun or status == "En projet" else None,
            "evidence": tuple(sorted(spans)),
        }
    )


def with_learned_fundings(
    reader: Reader,
    told: Sequence[Funding],
    explained: Container[tuple[int, int]] = (),
    model: Linear | None = None,
    settled: Container[tuple[int, int]] = (),
) -> tuple[Funding, ...]:
    """Return the fundings that rules read (``told``) and those that the model adds, in order of the text.

    ``explained`` holds the spans of sums in tables that rules read: they left them for a reason, and more is asked;
    ``settled`` those of rows of which rules took another sum: these are none.

    Of the bodies that may have given a sum the most probable is taken, where it is probable enough.
    """
    model = model or shipped(GRANTS)
    known = {span for funding in told for span in funding.evidence}
    added = []
    for grants in grants_of(reader, told):
        total = grants[0].total
        spans = {(e.start, e.end) for e in total.entities}
        if not _is_sum(total.amounts) or spans & known or any(span in settled for span in spans):
            continue
        best, grant = max(((model.probability(g.features), g) for g in grants), key=lambda item: item[0])
        asked = max(model.threshold, _IN_TABLES if any(span in explained for span in spans) else 0.0)
        refused = grant.features & _NEVER or _is_given_to(reader, grant)
        if best >= asked and not refused and not _known(reader, grant, told):
            added.append(_funding(reader, grant))
    return tuple(sorted([*told, *added], key=lambda f: f.evidence[-1] if f.evidence else (0, 0)))


def _is_given_to(reader: Reader, grant: Grant) -> bool:
    """Tell whether the sum's sentence gives it to the body, under this name or another of the same words."""
    start, _ = reader.reading.sentence_at(grant.total.start)
    name = set(name_key(grant.body.party.text)[1].split()) - _ARTICLES
    for entity in reader.reading.within(start, grant.total.start, ("ORG", "COLLECTIVITY", "FUNDER")):
        if giving.GIVEN_TO.search(reader.reading.plain[start : entity.start]):
            other = set(name_key(entity.text)[1].split()) - _ARTICLES
            if name and other and (name <= other or other <= name):
                return True
    return False


def _is_sum(amounts: Sequence[Amount]) -> bool:
    """Tell whether anything but zero is told."""
    return any(value for a in amounts for value in (a.value, a.max))


def _known(reader: Reader, grant: Grant, told: Sequence[Funding]) -> bool:
    """Tell whether the fundings told hold a sum already: as the total of what a body gives, or told once more.

    Towns give the same sum to many: in a list what the body that speaks gives is not told twice for being equal, but
    on one line it is: the total that ends a row.
    """
    first, last = reader.reading.line_at(grant.total.start)
    for amount in grant.total.amounts:
        beside = [f for f in told if any(first <= start < last for start, _ in f.evidence)]
        if any(amount in f.amounts and same_name(f.funder, grant.body.party) for f in beside):
            return True
        given = [
            other.value
            for funding in told
            if same_name(funding.funder, grant.body.party)
            for other in funding.amounts
            if other.currency == amount.currency and other.value is not None
        ]
        if len(given) > 1 and any(sum(part) == amount.value for part in _runs(given)):
            return True
        if amount.value in given and (grant.body.speaks != "owner" or not grant.features & _IN_A_LIST):
            return True
    return False


def _runs(values: Sequence[Decimal]) -> Iterator[Sequence[Decimal]]:
    """Yield the stretches of two values and more, up to twelve."""
    for start in range(len(values)):
        for end in range(start + 2, min(len(values), start + 12) + 1):
            yield values[start:end]


def _funding(reader: Reader, grant: Grant) -> Funding:
    total = grant.total
    clause = reader.clause(*reader.reading.sentence_at(total.start))
    token = next((f"<A{i}>" for i, item in enumerate(clause.items) if getattr(item, "start", -1) == total.start), None)
    at = clause.template.index(token) + len(token) if token is not None and token in clause.template else None
    start, end = period_of(clause, at) if at is not None else (None, None)
    evidence = {*((e.start, e.end) for e in total.entities)}
    if abs(grant.mention.start - total.start) < 2000:
        evidence.add((grant.mention.start, grant.mention.end))
    return Funding(
        funder=grant.body.party,
        amounts=total.amounts,
        start=start,
        end=end,
        evidence=tuple(sorted(evidence)),
    )
