"""How well a place fits a name in its context.

The scale is base 10 logarithms: a town ten times larger is one point better,
and each kind of evidence is worth the difference in size that it should outweigh.
The weights were set by reasoning on ambiguous names (Laval, Brest, Vienne,
Saint-Denis, Tripoli, Valence) and corrected twice: on 118 marked mentions of our own
(``tests/pipeline/linker_sentences.txt``) and on the names that stayed without an
identifier in the 420 drafts of the corpus. No scored corpus of links chose them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from coopnlp.gazetteer.places import Candidate, Kind, Place
from coopnlp.gazetteer.typewords import Reading

__all__ = ["Evidence", "score_place"]

_FLAG_COST = {"": 0.0, "u": 0.0, "b": 0.0, "f": 0.4, "a": 1.0, "c": 1.0, "h": 1.2, "l": 0.6}
#: A bare name is rather a town, a département or a country than a grouping or a foreign subdivision.
_KIND: dict[Kind, float] = {
    "commune": 0.5, "arrondissement": 0.0, "epci": -1.0, "departement": 0.5, "region": 1.0, "qc_municipalite": 0.0,
    "qc_mrc": -1.0, "qc_region": 0.0, "country": 2.0, "state": 0.0, "city": -0.5,
}  # fmt: skip
#: Where the sources give no population: a former commune is small, a subdivision middling.
_NO_POPULATION: dict[Kind, float] = {"commune": 2.3, "state": 3.0, "country": 6.0, "qc_municipalite": 4.3}
_QUALIFIED, _NOT_QUALIFIED = 6.0, -4.0
_COUNTRY_NAMED, _FOREIGN_UNNAMED = 1.0, -2.0
_QUEBEC_NAMED = 0.5
_ARTICLE, _ELSEWHERE = 3.0, 2.5
_TERRITORIES: frozenset[Kind] = frozenset({"departement", "region", "country", "state", "qc_region", "qc_mrc"})
_TOWNS: frozenset[Kind] = frozenset({"commune", "city", "qc_municipalite"})


@dataclass
class Evidence:
    """What the context of a name says.

    ``near`` holds identifiers named around it with a weight in points and words
    for the reason; ``qualifiers`` those in a bracket or after a comma;
    ``elsewhere`` is what the same name surely means elsewhere in the document;
    ``countries`` those that the document speaks of, 0 to 1; ``article`` is
    « la Vienne » against « à Vienne », None where the text does not show.
    """

    near: dict[str, tuple[float, str]] = field(default_factory=dict)
    qualifiers: dict[str, str] = field(default_factory=dict)
    elsewhere: str = ""
    countries: Mapping[str, float] = field(default_factory=dict)
    date: str | None = None
    article: Literal["definite", "none"] | None = None

    def add_near(self, kb_id: str, weight: float, reason: str) -> None:
        """Keep the strongest mention of an identifier."""
        if self.near.get(kb_id, (0.0, ""))[0] < weight:
            self.near[kb_id] = (weight, reason)


def _by_type_word(place: Place, reading: Reading) -> tuple[float, str]:
    word = reading.word
    if word is None:
        return 0.0, ""
    reason = f"type word {reading.phrase!r}"
    if word.subtypes and place.kind in ("state", "qc_municipalite"):
        from coopnlp.text import fold

        fits = re.fullmatch(word.subtypes, fold(place.subtype)) is not None
        if place.kind == "qc_municipalite" and reading.phrase.startswith(("ville", "municipalite")):
            return (0.4 if fits else -0.2), reason  # both are said of any municipality
        return (1.0 if fits else -0.5), reason
    return 0.5, reason


def _by_date(place: Place, flag: str, date: str | None) -> tuple[float, str]:
    merged = f"merged into {place.successor} in {place.valid_to[:4]}" if place.valid_to and place.successor else ""
    if place.valid_to:
        if date is None:
            return -1.0, merged
        if date < place.valid_to[: len(date)]:
            return 1.0, f"still there in {date}"
        return (-1.0 if place.subtype != "ancienne commune" else -2.0), merged
    if place.subtype.startswith("commune "):
        return -1.0, f"{place.subtype} of {place.successor}"
    if flag.startswith("f") and len(flag) > 1:
        if date is not None and date[:4] < flag[1:]:
            return 0.4, f"name until {flag[1:]}"
        return -0.6, f"name until {flag[1:]}"
    if place.valid_from and date is not None and date[:4] < place.valid_from[:4]:
        return -1.0, f"not there before {place.valid_from[:4]}"
    return 0.0, ""


def _by_context(place: Place, evidence: Evidence) -> list[tuple[float, str]]:
    found = []
    around = (place.kb_id, *place.parents)
    if evidence.qualifiers:
        inside = [evidence.qualifiers[kb_id] for kb_id in around if kb_id in evidence.qualifiers]
        if not inside and place.kind == "city":  # GeoNames does not say which province a city is in
            province = f"iso3166:{place.country}-"
            inside = [said for kb_id, said in evidence.qualifiers.items() if kb_id.startswith(province)]
        found.append(
            (_QUALIFIED, f"qualified by {inside[0]!r}") if inside else (_NOT_QUALIFIED, "another place in brackets")
        )
    near = max((evidence.near[kb_id] for kb_id in around if kb_id in evidence.near), default=(0.0, ""))
    if near[0]:
        found.append(near)
    if evidence.elsewhere and place.kb_id == evidence.elsewhere:
        found.append((_ELSEWHERE, "the same name elsewhere in the document"))
    country = f"iso3166:{place.country}"
    quebec = "iso3166:CA-QC"
    if place.kind != "country" and place.kb_id != quebec:
        if quebec in place.parents:
            found.append((_QUEBEC_NAMED * evidence.countries.get(quebec, 0.0), "Québec in the document"))
        elif country in evidence.countries:
            found.append((_COUNTRY_NAMED * evidence.countries[country], f"{place.country} in the document"))
        elif place.country != "FR" and country not in evidence.near and country not in evidence.qualifiers:
            found.append((_FOREIGN_UNNAMED, f"nothing else about {place.country}"))
    if evidence.article == "definite" and place.kind in _TOWNS:
        found.append((-_ARTICLE, "an article before the name"))
    elif evidence.article == "none" and place.kind in _TERRITORIES and place.kind != "qc_mrc":
        found.append((-_ARTICLE, "no article before the name"))
    return [(points, reason) for points, reason in found if points]


def score_place(place: Place, flag: str, reading: Reading, evidence: Evidence) -> Candidate:
    """Return the candidate with its score and the reasons for it, strongest first."""
    size = math.log10(place.population + 10) if place.population is not None else _NO_POPULATION.get(place.kind, 3.0)
    prior = size - _FLAG_COST[flag[:1]]
    if reading.word is None:
        prior += _KIND[place.kind]
    elif place.kind == "epci":
        prior += _FLAG_COST[flag[:1]] if flag[:1] == "c" else 0.0
    context = [_by_type_word(place, reading), _by_date(place, flag, evidence.date), *_by_context(place, evidence)]
    gained = sum(points for points, _ in context)
    reasons = [reason for _, reason in sorted(context, key=lambda item: -abs(item[0])) if reason]
    if place.population:
        reasons.append(f"population {place.population}")
    return Candidate(place=place, score=round(prior + gained, 3), evidence=round(gained, 3), reasons=tuple(reasons))
