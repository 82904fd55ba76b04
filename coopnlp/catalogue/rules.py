"""Whether two records are of one agreement, partnership, project or funding."""

from __future__ import annotations

from datetime import date
from enum import IntEnum
from typing import NamedTuple

from coopnlp.catalogue.conflicts import agree
from coopnlp.catalogue.facts import Fact, year_of
from coopnlp.catalogue.names import Shared, core_name, shared_parties
from coopnlp.catalogue.sums import odd, same_sums
from coopnlp.catalogue.titles import Likeness, Title, compare_titles, misspelt, read_title

__all__ = ["Judgement", "Verdict", "judge", "title_of"]


class Verdict(IntEnum):
    """``DIFFERENT`` contradicts, ``OPEN`` says nothing, ``DOUBTFUL`` is for a person, ``SAME`` is sure."""

    DIFFERENT = 0
    OPEN = 1
    DOUBTFUL = 2
    SAME = 3


class Judgement(NamedTuple):
    """A verdict, how likely it is that both are one (0 to 1), and why, in French."""

    verdict: Verdict
    score: float = 0.0
    why: tuple[str, ...] = ()


_DIFFERENT = Judgement(Verdict.DIFFERENT)
_OPEN = Judgement(Verdict.OPEN)
# Words for one act that documents exchange for one another.
_INTERCHANGED = {"accord", "entente", "convention"}
# Kinds of partnership that say nothing against another one.
_VAGUE = {"autre", "projet"}
# A vote and the signature, as long as they may lie apart.
_VOTE_DAYS = 400
# Documents further apart, in years, tell of two things of one name sooner than of one.
_NEAR_YEARS = 4
_MONTH = 7
_DAY = 10


def title_of(fact: Fact) -> Title:
    """Return the title of a record for comparing, the names of its parties set apart."""
    if fact.compared is None:
        fact.compared = read_title(fact.title, {core_name(member.text) for member in fact.members})
    return fact.compared


def judge(first: Fact, second: Fact) -> Judgement:
    """Judge two records of one type. Symmetric."""
    if first.type != second.type:
        return _DIFFERENT
    if second.id < first.id:
        first, second = second, first
    return _RULES[first.type](first, second)


def _doubt(score: float, *why: str | None) -> Judgement:
    return Judgement(Verdict.DOUBTFUL, round(score, 2), tuple(reason for reason in why if reason))


def _same(score: float) -> Judgement:
    return Judgement(Verdict.SAME, round(score, 2))


def _document_gap(first: Fact, second: Fact) -> int:
    years = (first.document_year, second.document_year)
    return abs(years[0] - years[1]) if years[0] and years[1] else 0


def _succeed(first: Fact, second: Fact) -> bool:
    """Tell whether one had ended before the other began."""
    for one, other in ((first, second), (second, first)):
        if one.end and other.begins and one.end < other.begins[: len(one.end)]:
            return True
    return False


def _years_between(first: Fact, second: Fact) -> int:
    """Return how many years lie between the beginnings of two records; 0 where one gives none."""
    years = (year_of(first.start), year_of(second.start))
    return abs(years[0] - years[1]) if years[0] and years[1] else 0


def _days_between(first: str, second: str) -> int | None:
    if len(first) < _DAY or len(second) < _DAY:
        return None
    try:
        return abs((date.fromisoformat(first[:_DAY]) - date.fromisoformat(second[:_DAY])).days)
    except ValueError:
        return None


def _agreements(first: Fact, second: Fact) -> Judgement:
    who = shared_parties(first, second)
    if who.contrary or (first.kind == "avenant") != (second.kind == "avenant"):
        return _DIFFERENT
    if not (agree(first.start, second.start) and agree(first.end, second.end)) or _succeed(first, second):
        return _DIFFERENT
    ours, theirs = title_of(first), title_of(second)
    like = compare_titles(ours, theirs)
    if like.apart:
        return _DIFFERENT
    kinds = first.kind == second.kind or {first.kind, second.kind} <= _INTERCHANGED
    both = len(who.linked) >= 2
    told_alike = _told_alike(like, ours, theirs)
    subjects_differ = bool(like.lacking[0] and like.lacking[1])
    parties = _party_reason(who)
    if not agree(first.date, second.date):
        assert first.date is not None and second.date is not None
        days = _days_between(first.date, second.date)
        close = days is not None and days <= _VOTE_DAYS
        alike = like.score > 0.75 and not subjects_differ
        if close and alike and kinds and both and who.equal:
            return _doubt(0.6, "mêmes parties et même titre", "deux dates à moins de treize mois : vote et signature ?")
        return _DIFFERENT
    if subjects_differ and not told_alike:
        return _doubt(0.4, "même date", "titres différents") if _same_day(first, second) and like.score > 0.5 else _OPEN
    if not kinds:
        return _DIFFERENT if _particular(first) and _particular(second) else _OPEN
    dated = bool(first.date and second.date)
    precise = dated and min(len(first.date or ""), len(second.date or "")) >= _MONTH
    distinct = told_alike and min(ours.weight, theirs.weight) >= 2
    if not both:
        if who.named and (precise or distinct) and (len(who.linked) + who.named >= 2):
            return _doubt(0.65, parties, "même date" if dated else "même titre")
        if who.linked and _same_day(first, second) and told_alike and ours.weight >= 2:
            return _doubt(0.5, "même date et même titre", "une partie nommée autrement, sans identifiant")
        return _OPEN
    if not who.equal:
        if precise or distinct:
            return _doubt(0.7, parties, "même date" if dated else None, "même titre" if told_alike else None)
        return _OPEN
    if like.unsure and not (precise and told_alike):
        return _doubt(0.5, "mêmes parties", "un numéro ou une année dans un seul titre")
    same_kind = first.kind == second.kind
    if precise and (same_kind or _same_day(first, second)):
        return _same(0.95 if _same_day(first, second) else 0.85)
    if dated and (distinct or _is_twinning(first, second)):
        return _same(0.85)
    if not dated and distinct and same_kind and min(ours.weight, theirs.weight) >= 3:
        if _document_gap(first, second) <= _NEAR_YEARS:
            return _same(0.75)
        return _doubt(0.5, "mêmes parties et même titre", "aucune date commune")
    if not dated and _is_twinning(first, second):
        return _same(0.7)
    if dated:
        return _doubt(0.6, "mêmes parties", "même année", "titres qui ne distinguent pas" if not distinct else None)
    if _has_date(first) and _has_date(second):
        return _OPEN
    gap = _document_gap(first, second)
    return _doubt(0.35, "mêmes parties et même nature", "date dans une seule source") if gap <= _NEAR_YEARS else _OPEN


def _has_date(fact: Fact) -> bool:
    return bool(fact.date or fact.start or fact.end)


def _same_day(first: Fact, second: Fact) -> bool:
    return bool(first.date) and first.date == second.date and len(first.date or "") >= _DAY


def _particular(fact: Fact) -> bool:
    return fact.kind is not None and fact.kind not in _INTERCHANGED


def _is_twinning(first: Fact, second: Fact) -> bool:
    return all("jumelage" in f"{fact.kind} {fact.title}".casefold() for fact in (first, second))


def _told_alike(like: Likeness, ours: Title, theirs: Title) -> bool:
    """Tell whether titles are one title: equal, or one the other shortened, with words enough that distinguish."""
    if like.lacking[0] and like.lacking[1]:
        return False
    if not like.lacking[0] and not like.lacking[1] and like.score > 0.6:
        return True
    return like.held > 0.9 and like.shared >= 3 and like.score > 0.6


def _party_reason(who: Shared) -> str:
    if who.equal:
        return "mêmes parties"
    if who.only[0] or who.only[1]:
        return "une partie dans une seule source" if who.linked else "parties différentes"
    return "mêmes noms, sans identifiant"


def _partnerships(first: Fact, second: Fact) -> Judgement:
    who = shared_parties(first, second)
    if who.contrary or _succeed(first, second):
        return _DIFFERENT
    if len(who.linked) + who.named < 2:
        return _OPEN
    same_kind = first.kind == second.kind
    vague = first.kind in _VAGUE or second.kind in _VAGUE
    starts = bool(first.start and second.start)
    if not agree(first.start, second.start):
        if same_kind and who.equal and _years_between(first, second) <= 3:
            return _doubt(0.5, "mêmes parties et même nature", "débuts différents")
        return _DIFFERENT
    if not agree(first.end, second.end):
        return _doubt(0.4, "mêmes parties", "fins différentes") if same_kind and who.equal else _DIFFERENT
    if len(who.linked) < 2 or not who.equal:
        if same_kind and starts and not (who.only[0] and who.only[1]):
            return _doubt(0.6, _party_reason(who), "même nature et même début")
        return _OPEN
    if same_kind:
        if first.kind in _VAGUE and not starts:
            return _doubt(0.55, "mêmes parties", "nature et début non précisés")
        return _same(0.9 if starts else 0.75)
    if starts:
        return _doubt(0.6, "mêmes parties et même début", "natures différentes")
    return _doubt(0.45, "mêmes parties", "nature précisée dans une seule source") if vague else _OPEN


def _projects(first: Fact, second: Fact) -> Judgement:
    if not agree(first.end, second.end) or _succeed(first, second) or _years_between(first, second) > 1:
        return _DIFFERENT
    who = shared_parties(first, second)
    ours, theirs = title_of(first), title_of(second)
    if who.contrary and len(ours.own & theirs.own) < 3:
        return _DIFFERENT
    like = compare_titles(ours, theirs)
    if like.apart:
        return _DIFFERENT
    subjects_differ = bool(like.lacking[0] and like.lacking[1]) or like.elsewhere
    if not ours.own or not theirs.own:
        return _OPEN
    alike = _told_alike(like, ours, theirs)
    weight = min(ours.weight, theirs.weight)
    long = alike and weight >= 3
    starts = bool(first.start and second.start)
    if who.contrary:
        if alike and weight >= 5 and (who.linked or who.named) and agree(first.start, second.start):
            return _doubt(0.4, "même titre", "un autre partenaire dans chaque source")
        return _DIFFERENT
    if not agree(first.start, second.start):
        if alike and who.linked:
            return _doubt(0.5, "même titre", "débuts différents")
        return _DIFFERENT
    if subjects_differ:
        near = like.score > 0.6 and like.shared >= 3 and (misspelt(like) or (like.shared >= 5 and like.score > 0.8))
        near = near and bool(who.linked)
        return _doubt(0.35, _party_reason(who), "titres proches") if near else _OPEN
    if not who.linked:
        if long and (who.named or not first.members or not second.members):
            return _doubt(
                0.6, "même titre", "partie sans identifiant" if who.named else "parties dans une seule source"
            )
        return _OPEN
    if like.unsure:
        return _doubt(0.5, "même titre à un numéro près") if alike else _OPEN
    if alike:
        if not starts and _document_gap(first, second) > _NEAR_YEARS:
            return _doubt(0.55, "même titre et même partie", "documents de dates éloignées, sans dates de projet")
        if long or (starts and weight >= 1 and who.equal) or (starts and weight >= 2 and len(who.linked) >= 2):
            return _same(0.95 if starts else 0.8)
        return _doubt(0.6, "même titre, court", _party_reason(who))
    if len(who.linked) >= 2 and (like.held > 0.9 or _is_acronym_of(first, second)):
        return _doubt(0.5, "mêmes parties", "un titre reprend l’autre")
    return _OPEN


def _is_acronym_of(first: Fact, second: Fact) -> bool:
    """Tell whether one title is a word in capitals that stands in the other."""
    for one, other in ((first, second), (second, first)):
        word = one.title.strip()
        if (
            len(word) > 2
            and word.isupper()
            and " " not in word
            and word in other.title.replace("(", " ").replace(")", " ").split()
        ):
            return True
    return False


def _fundings(first: Fact, second: Fact) -> Judgement:
    if not agree(first.start, second.start) or not agree(first.end, second.end):
        return _DIFFERENT
    equal = same_sums(first, second)
    who = shared_parties(first, second)
    if who.contrary or (equal is False and not _misread(first, second)):
        return _DIFFERENT
    ours, theirs = title_of(first), title_of(second)
    like = compare_titles(ours, theirs)
    if like.apart:
        return _DIFFERENT
    if not who.linked and not who.named:
        near = any(core_name(a.text) in core_name(b.text) or core_name(b.text) in core_name(a.text)
                   for a in who.only[0] for b in who.only[1])  # fmt: skip
        if not near:
            return _DIFFERENT
    told = bool(first.title) and bool(second.title)
    subjects_differ = bool(like.lacking[0] and like.lacking[1]) or like.elsewhere
    if told and subjects_differ:
        return _DIFFERENT if like.score < 0.6 or like.shared < 2 else _OPEN
    alike = told and _told_alike(like, ours, theirs) and min(ours.weight, theirs.weight) >= 2
    years = bool(first.start and second.start)
    if equal is False:
        if alike and years:
            return _doubt(0.5, "même financeur, même objet et même année", "montants différents d’un chiffre")
        return _DIFFERENT
    if first.status != second.status:
        return _doubt(0.5, "même financeur et même objet", "demandé dans une source") if alike and equal else _OPEN
    if not who.linked:
        if alike and equal:
            return _doubt(0.55, "même objet et même montant", "financeur sans identifiant")
        return _OPEN
    if equal is None:
        return _doubt(0.5, "même financeur et même objet", "montant dans une seule source") if alike else _OPEN
    if like.unsure and told:
        return _doubt(0.45, "même financeur et même montant", "objets proches à un numéro près") if alike else _OPEN
    if alike:
        if years:
            return _same(0.95)
        return _doubt(0.6, "même financeur, même montant et même objet", "année dans une seule source")
    if told:
        held = like.held > 0.9 and like.shared >= 1 and years and not subjects_differ
        if held and odd(first) and not like.unsure:
            return _same(0.85)
        return _doubt(0.45, "même financeur, même montant et même année", "objets proches") if held else _OPEN
    if not years:
        return _OPEN
    if odd(first):
        return _same(0.8)
    return _doubt(0.45, "même financeur, même montant et même année", "objet dans une seule source")


def _misread(first: Fact, second: Fact) -> bool:
    """Tell whether the one sum of each differs by one figure from that of the other."""
    if len(first.sums) != 1 or len(second.sums) != 1:
        return False
    one, other = first.sums[0].value or "", second.sums[0].value or ""
    return (
        first.sums[0].currency == second.sums[0].currency
        and len(one) == len(other)
        and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    )


_RULES = {
    "agreement": _agreements,
    "partnership": _partnerships,
    "project": _projects,
    "funding": _fundings,
}
