"""What a document says about where it is: the areas it names, the countries it speaks of, its date.

Works on the bare text, so that places that no tagger found count too. Only areas
(départements, regions, MRC, states, countries) are read here; towns are what
the context is to decide.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache

from coopnlp.gazetteer.entries import TABLES, read_table
from coopnlp.gazetteer.index import NEAR_POINTS, Gazetteer
from coopnlp.gazetteer.places import FEDERAL, Place
from coopnlp.gazetteer.scoring import Evidence
from coopnlp.text import fold_word

__all__ = ["Area", "Context", "document_date"]

_WORD = re.compile(r"[^\W_]+")
_GAP = re.compile(r"(?:['’.]? ?|[-‐–—]{1,2}| [-–—] )")
_YEAR = re.compile(r"(?<![\d/.-])(?:19[5-9]\d|20[0-4]\d)(?!\d)")
_LONGEST_AREA = 6
_AREA_CLASSES = frozenset({"departement", "region", "qc_region", "qc_mrc", "country"})
_QUEBEC, _FRANCE = "iso3166:CA-QC", "iso3166:FR"
#: Countries that are also first names, areas that are also directions.
_NO_AREA = frozenset({"maurice", "dominique", "georgia", "centre", "nord", "sud", "est", "ouest"})
#: Named this near (characters), an area counts in full, then for part, then as one of the document.
_CLOSE, _NEARBY = 150, 600
#: « Montréal, dans l'Aude »: the words between a name and the area that says where it is, and what that weighs.
_WHERE = re.compile(r",? (?:en|dans (?:le |la |les |l['’])?|au|aux|à (?:la |l['’])?) ?")
_WHERE_SHARE = 1.6
_NEARBY_SHARE, _DOCUMENT_SHARE = 0.6, 0.25
#: Documents of this domain come from France or speak of it even where they do not say so.
_FRANCE_AT_LEAST = 0.5
_HEAD = 1000


@dataclass(frozen=True)
class Area:
    """An area named at a place in the text; ``places`` are its readings."""

    start: int
    end: int
    key: str
    places: tuple[Place, ...]


@cache
def _demonyms() -> dict[str, str]:
    """Return folded adjectives in all their forms with the country they speak of (``tables/demonyms.tsv``)."""
    forms = {"franco": _FRANCE, "quebeco": _QUEBEC}
    for row in read_table(TABLES / "demonyms.tsv"):
        word = row["masculine"].split()[-1]
        stems = {word, f"{word}e"}
        if word.endswith(("en", "on")):
            stems = {word, f"{word}ne"}
        elif word.endswith("c"):
            stems = {word, f"{word}que"}
        for stem in stems:
            forms[stem] = forms[f"{stem}s"] = row["place"]
    return forms


def document_date(text: str) -> str | None:
    """Return a year for the document: the first in its head, else the one it names most.

    The head is the first 1,000 characters, where press pages, minutes and
    letters have their date.
    """
    head = _YEAR.search(text, 0, _HEAD)
    if head:
        return head.group()
    years = Counter(_YEAR.findall(text))
    return max(years, key=lambda year: (years[year], year)) if years else None


class Context:
    """The areas and countries of one text.

    Parameters
    ----------
    text
        The text that offsets count in.
    gazetteer
        Where names are looked up.
    """

    def __init__(self, text: str, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._text = text
        words = list(_WORD.finditer(text))
        keys = [fold_word(word[0]) for word in words]
        self.areas = self._read_areas(text, words, keys)
        self._starts = [area.start for area in self.areas]
        self.countries = self._read_countries(keys)
        self._document: dict[str, tuple[float, str, str]] = {}
        for area in self.areas:
            for place in area.places:
                points = NEAR_POINTS[place.kind] * _DOCUMENT_SHARE
                self._document[place.kb_id] = (points, f"{place.name} in the document", area.key)

    def _read_areas(self, text: str, words: list[re.Match[str]], keys: list[str]) -> list[Area]:
        areas = []
        firsts = _first_words(self._gazetteer)
        reached = 0
        for at in [i for i, key in enumerate(keys) if key in firsts and words[i][0][0].isupper()]:
            if at < reached:
                continue
            last = at
            while last + 1 < min(at + _LONGEST_AREA, len(words)):
                if not _GAP.fullmatch(text, words[last].end(), words[last + 1].start()):
                    break
                last += 1
            for end in range(last + 1, at, -1):
                key = " ".join(keys[at:end])
                places = _area_places(self._gazetteer, key)
                if places:
                    areas.append(Area(words[at].start(), words[end - 1].end(), key, places))
                    reached = end
                    break
        return areas

    def _read_countries(self, keys: list[str]) -> dict[str, float]:
        counts: Counter[str] = Counter()
        forms = _demonyms()
        for key, number in Counter(keys).items():
            if key in forms:
                counts[forms[key]] += number
        for area in self.areas:
            for place in area.places:
                if place.kind == "country" or place.kb_id == _QUEBEC:
                    counts[place.kb_id] += 1
                elif place.kind in ("qc_region", "qc_mrc"):
                    counts[_QUEBEC] += 1
                elif place.kind in ("departement", "region"):
                    counts[_FRANCE] += 1
                elif place.kind == "state":
                    counts[f"iso3166:{place.country}"] += 1
        weights = {kb_id: min(1.0, 0.4 + 0.2 * number) for kb_id, number in counts.items()}
        weights[_FRANCE] = max(weights.get(_FRANCE, 0.0), _FRANCE_AT_LEAST)
        return weights

    def evidence(self, start: int, end: int, key: str, date: str | None) -> Evidence:
        """Return what the text says about a name at ``start:end``, apart from the name itself."""
        evidence = Evidence(countries=self.countries, date=date)
        low = bisect_left(self._starts, start - _NEARBY)
        high = bisect_right(self._starts, end + _NEARBY)
        for area in self.areas[low:high]:
            if area.key == key or (area.start < end and start < area.end):
                continue
            distance = max(start - area.end, area.start - end)
            share = 1.0 if distance <= _CLOSE else _NEARBY_SHARE if distance <= _NEARBY else _DOCUMENT_SHARE
            if 0 < area.start - end < 12 and _WHERE.fullmatch(self._text, end, area.start):
                share = _WHERE_SHARE
            for place in area.places:
                evidence.add_near(place.kb_id, NEAR_POINTS[place.kind] * share, f"near {place.name}")
        for kb_id, (points, reason, area_key) in self._document.items():
            if area_key != key:
                evidence.add_near(kb_id, points, reason)
        return evidence


@lru_cache(maxsize=50_000)
def _area_places(gazetteer: Gazetteer, key: str) -> tuple[Place, ...]:
    """Return the areas that a key names; federated states only where nothing else has the name."""
    classes = gazetteer.classes(key)
    if not classes or key in _NO_AREA:
        return ()
    wanted = classes & _AREA_CLASSES
    if classes == {"state"}:
        wanted = classes
    found = []
    for place, flag in gazetteer.places_named(key):
        if place.kind == "state" and place.country not in FEDERAL:
            continue
        if place.kb_id == _QUEBEC or (place.kind in wanted and flag[:1] not in ("h", "b", "a")):
            # Laval, Montréal, Paris: the town, of which nothing is known yet.
            if place.kind in ("qc_region", "departement") and classes & {"qc_municipalite", "commune"}:
                towns = [p for p, _ in gazetteer.places_named(key) if p.kind in ("commune", "qc_municipalite")]
                if any((town.population or 0) * 2 > (place.population or 0) for town in towns):
                    continue
            found.append(place)
    return tuple(found)


@cache
def _first_words(gazetteer: Gazetteer) -> frozenset[str]:
    """Return the first words of the names of areas."""
    wanted = _AREA_CLASSES | {"state"}
    return frozenset(
        name.partition(" ")[0] for name in gazetteer.names if (gazetteer.classes(name) or frozenset()) & wanted
    )
