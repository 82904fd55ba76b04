"""From the records of one item to its rows: what a list shows, with parties, themes, sums and countries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from coopnlp.catalogue.actors import Identity, identify, is_linked
from coopnlp.catalogue.conflicts import find_conflicts, most_precise
from coopnlp.catalogue.doubt import Readings, doubt_of, reasons_to_doubt
from coopnlp.catalogue.facts import Fact, Member, Theme, year_of
from coopnlp.catalogue.labels import item_title
from coopnlp.text import fold

__all__ = ["Actors", "Rows", "assemble", "in_order"]

#: Rows by the name of their table, in the order of its columns.
Rows = dict[str, list[tuple[Any, ...]]]
_COUNTED = {"partnership": 0, "agreement": 1, "project": 2, "funding": 3}


@dataclass(slots=True)
class _Met:
    counts: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    documents: set[int] = field(default_factory=set)


class Actors:
    """Everybody named in the records: their names, what is known of them, and how often they are met.

    Parameters
    ----------
    facts
        Every record of the register.
    """

    def __init__(self, facts: Iterable[Fact]) -> None:
        texts: dict[str, Counter[str]] = defaultdict(Counter)
        for fact in facts:
            for member in fact.members:
                texts[member.key][" ".join(member.text.split())] += 1
        self.names: dict[str, str] = {}
        self.known: dict[str, Identity] = {}
        for key, used in texts.items():
            # of two texts used equally often, the one with more capitals and accents, then by code points
            text = min(used, key=lambda text: (-used[text], text.islower(), text.isupper(), text.isascii(), text))
            self.known[key] = identify(key, text)
            self.names[key] = self.known[key].name or text
        self.kinds = {key: identity.kind for key, identity in self.known.items()}
        self._met: dict[str, _Met] = defaultdict(_Met)

    def meet(self, type: str, members: Iterable[Member], documents: set[int]) -> None:
        """Count an item for those named in it; a funding counts for who gives."""
        for key in dict.fromkeys(member.key for member in members):
            met = self._met[key]
            met.counts[_COUNTED[type]] += 1
            met.documents |= documents

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of ``actor``, in the order of their keys."""
        for key in sorted(self._met):
            met, who = self._met[key], self.known[key]
            yield (
                key, self.names[key], who.kind, who.country, who.latitude, who.longitude, *met.counts,
                len(met.documents),
            )  # fmt: skip


def in_order(facts: Sequence[Fact]) -> list[Fact]:
    """Return the records of an item, the one that leads first: looked at by a person, fullest, first read."""
    return sorted(facts, key=lambda fact: (fact.review is None, -_fullness(fact), fact.id))


def _fullness(fact: Fact) -> int:
    given = (fact.title, fact.kind, fact.status, fact.begins, fact.end, fact.themes)
    linked = sum(member.linked for member in fact.members)
    precise = max((len(date) for date in (fact.date, fact.start) if date), default=0) // 4
    return sum(map(bool, given)) + len(fact.members) + linked + precise + 2 * len(fact.sums)


def assemble(facts: Sequence[Fact], actors: Actors, readings: Readings) -> Rows:
    """Return the rows of one item, and count it for its actors.

    Parameters
    ----------
    facts
        Its records in any order; one at least.
    """
    ordered = in_order(facts)
    lead = ordered[0]
    key = lead.id
    members = _members(ordered)
    keys = [member.key for member in members]
    conflicts = find_conflicts(ordered)
    documents = {fact.document_id for fact in ordered}
    reviews = {fact.review for fact in ordered}
    review = "edited" if "edited" in reviews else "confirmed" if "confirmed" in reviews else None
    reasons = reasons_to_doubt(ordered, conflicts, readings, actors.kinds)
    start = most_precise(fact.start for fact in ordered) or most_precise(fact.date for fact in ordered)
    end = most_precise(fact.end for fact in ordered)
    years = (year_of(start), *(fact.document_year for fact in ordered))
    item = (
        key, lead.type, item_title(lead, keys, actors.names), _kind(ordered), _status(ordered), start, end,
        next((year for year in years if year), None), len(documents), len(ordered), len(conflicts), review,
        doubt_of(reasons, review=review, documents=len(documents)),
    )  # fmt: skip
    paid = next((fact for fact in ordered if fact.sums), None)
    countries = sorted({country for each in keys if (country := actors.known[each].country)})
    actors.meet(lead.type, members, documents)
    return {
        "item": [item],
        "item_record": [(fact.id, key) for fact in sorted(ordered, key=lambda fact: fact.id)],
        "item_party": [(key, n, member.role, member.text, member.key) for n, member in enumerate(members)],
        "item_theme": [
            (key, n, theme.theme, theme.subtheme, theme.subsubtheme, theme.probability)
            for n, theme in enumerate(_themes(ordered))
        ],
        "item_amount": [
            (key, n, amount.value, amount.min, amount.max, amount.currency, int(n in paid.totals))
            for n, amount in enumerate(paid.sums)
        ]
        if paid
        else [],
        "item_country": [(key, country) for country in countries],
    }


def _members(ordered: Sequence[Fact]) -> list[Member]:
    """Return everybody named, each once; who is linked in one record is not named again by an unlinked name."""
    linked = {fold(member.text) for fact in ordered for member in fact.members if member.linked}
    found: dict[tuple[str, str], Member] = {}
    for fact in ordered:
        for member in fact.members:
            if is_linked(member.key) or len(ordered) == 1 or fold(member.text) not in linked:
                found.setdefault((member.role, member.key), member)
    return list(found.values())


def _kind(ordered: Sequence[Fact]) -> str | None:
    kinds = [fact.kind for fact in ordered if fact.kind]
    return next((kind for kind in kinds if kind not in ("autre", "projet")), kinds[0] if kinds else None)


def _status(ordered: Sequence[Fact]) -> str | None:
    """Return the status that a person or the latest document gives."""
    given = [fact for fact in ordered if fact.status]
    if not given:
        return None
    return max(given, key=lambda fact: (fact.review is not None, fact.document_year or 0, -fact.id)).status


def _themes(ordered: Sequence[Fact]) -> list[Theme]:
    """Return the themes of every record, a path once with its best probability, the leading record's first."""
    best: dict[tuple[str | None, ...], Theme] = {}
    for fact in ordered:
        for theme in fact.themes:
            known = best.get(theme.path)
            if known is None or known.probability < theme.probability:
                best[theme.path] = theme
    return list(best.values())
