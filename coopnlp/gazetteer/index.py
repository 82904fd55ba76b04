"""The compiled gazetteer at run time: names to places, ranked by what is known of their context."""

from __future__ import annotations

import gzip
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache

from coopnlp.gazetteer.places import CLASSES, FEDERAL, Candidate, Kind, Place, name_key, without_article
from coopnlp.gazetteer.scoring import Evidence, score_place
from coopnlp.gazetteer.typewords import EPCI_WORD, Reading, read_type_words
from coopnlp.resources import data_file

__all__ = ["NEAR_POINTS", "Gazetteer"]

_POSTING = re.compile(r"(\d+)([a-z]?\d*)(?: |$)")
_QUALIFIER = re.compile(r"\s*[(\[]([^)\]]+)[)\]]\s*$")
#: A name is kept back from n-grams longer than this many words; the longest names are of EPCI.
_LONGEST = 12
#: Countries whose authorities the documents are of.
_HOME = {"FR", "CA"}
_EPCI_SUFFIX = re.compile(r" (?:agglomeration|agglo|communaute|metropole|intercom)$")
#: What stands between « MRC » and its name.
_OF = ("de ", "d ", "du ", "de l ", "de la ", "des ", "")
#: Names whose reading is kept; a document repeats its names.
_REMEMBERED = 20_000
#: How much naming a place speaks for places in it or around it.
NEAR_POINTS = {
    "departement": 3.0,
    "epci": 3.0,
    "qc_mrc": 3.0,
    "qc_region": 3.0,
    "state": 2.5,
    "region": 2.5,
    "country": 2.0,
}


class Gazetteer:
    """Places by name. Make it with :meth:`load`.

    Parameters
    ----------
    places, names
        Texts of the two compiled files (``data/README.md``).
    """

    def __init__(self, places: str, names: str) -> None:
        self.lines = places.split("\n")
        if self.lines[-1] == "":
            self.lines.pop()
        self._names: dict[str, str] = dict(line.split("\t", 1) for line in names.split("\n") if line)
        self._places: dict[int, Place] = {}
        self._classes: dict[str, frozenset[str]] = {}
        self._numbers: dict[str, int] | None = None
        self._read: dict[tuple[str, str], tuple[Reading, list[tuple[Place, str]]]] = {}
        self.max_words = _LONGEST

    @classmethod
    def load(cls) -> Gazetteer:
        """Return the gazetteer that ships, read once.

        Raises
        ------
        ModelError
            Its files are missing.
        """
        return _load()

    @property
    def names(self) -> Collection[str]:
        """The folded names."""
        return self._names.keys()

    def classes(self, folded: str) -> frozenset[str] | None:
        """Return the coarse classes of a name folded by :func:`coopnlp.text.fold`, None where it is no name.

        Acronyms, and names that only mean something after a type word, have none.
        """
        found = self._names.get(folded)
        if found is None:
            if "st" not in folded:
                return None
            found = self._names.get(name_key(folded, folded=True))
            if found is None:
                return None
        bits = found[: found.index("\t")]
        if bits == "0":
            return None
        known = self._classes.get(bits)
        if known is None:
            value = int(bits, 16)
            known = frozenset(name for number, name in enumerate(CLASSES) if value >> number & 1)
            self._classes[bits] = known
        return known

    def by_id(self, kb_id: str) -> Place | None:
        """Return the place of an identifier, or None."""
        if self._numbers is None:
            self._numbers = {line[: line.index("\t")]: number for number, line in enumerate(self.lines)}
        number = self._numbers.get(kb_id) if kb_id else None
        return None if number is None else self._place(number)

    def all_places(self) -> Iterator[Place]:
        """Yield every entry, in the order of the compiled file."""
        return (self._place(number) for number in range(len(self.lines)))

    def _place(self, number: int) -> Place:
        place = self._places.get(number)
        if place is None:
            kb_id, kind, subtype, name, country, parents, people, start, end, successor = self.lines[number].split("\t")
            place = Place(
                kb_id=kb_id, name=name, kind=kind, subtype=subtype, country=country,  # type: ignore[arg-type]
                parents=self._closed(parents.split()), population=int(people) if people else None,
                valid_from=start or None, valid_to=end or None, successor=successor or None,
            )  # fmt: skip
            self._places[number] = place
        return place

    def _closed(self, parents: Sequence[str]) -> tuple[str, ...]:
        seen = dict.fromkeys(parents)
        for kb_id in parents:
            parent = self.by_id(kb_id)
            if parent is not None:
                seen.update(dict.fromkeys(parent.parents))
        return tuple(seen)

    def places_named(self, key: str) -> list[tuple[Place, str]]:
        """Return the places that a key names, each with the flag of the name (:class:`Entry`)."""
        found = self._names.get(key)
        if found is None:
            return []
        return [(self._place(int(number)), flag) for number, flag in _POSTING.findall(found, found.index("\t") + 1)]

    def readings(self, name: str, word: Reading | None = None) -> tuple[Reading, list[tuple[Place, str]]]:
        """Return a name without its type words and the places it may name, not ranked.

        A name that is whole in the gazetteer (« Ville-d'Avray ») is not taken
        apart. ``word`` is a type word read elsewhere, before the name.
        """
        asked = (name, word.phrase if word else "")
        known = self._read.get(asked)
        if known is None:
            if len(self._read) >= _REMEMBERED:
                self._read.clear()
            known = self._read[asked] = self._take_apart(name, word)
        return known

    def _take_apart(self, name: str, word: Reading | None) -> tuple[Reading, list[tuple[Place, str]]]:
        whole = name_key(name)
        whole_places = self.places_named(whole)
        official = any(flag[:1] in ("", "u") for _, flag in whole_places)
        apart = read_type_words(whole, self._known)
        reading = Reading(whole) if official else apart
        if reading.word is None and word is not None:
            reading = Reading(reading.core, word.word, word.phrase)
        if not official:
            found = self._by_core(name, reading)
            suffix = _EPCI_SUFFIX.search(reading.core)
            if not found and suffix:  # « Pays de Saint-Gilles Agglomération »
                reading = Reading(reading.core[: suffix.start()], EPCI_WORD, suffix.group().strip())
                found = self._by_core(name, reading)
            if not found and reading.word is not None and "qc_mrc" in reading.word.kinds:
                # « MRC de L'Amiante »: former names are kept with their type word
                bare = without_article(reading.core)
                forms = dict.fromkeys((whole, *(f"mrc {of}{core}" for of in _OF for core in (reading.core, bare))))
                found = next((f for form in forms if (f := self._allowed(name, reading, self.places_named(form)))), [])
            return reading, found
        allowed = self._allowed(name, reading, whole_places)
        if apart.word is not None and not any(place.country in _HOME for place, _ in allowed):
            # « région de la Capitale-Nationale » is whole in the Philippines, and a type word and a name in Québec.
            at_home = [(place, flag) for place, flag in self._by_core(name, apart) if place.country in _HOME]
            if at_home:
                return apart, at_home
        return reading, allowed

    def _known(self, core: str) -> bool:
        return core in self._names or without_article(core) in self._names

    def _by_core(self, name: str, reading: Reading) -> list[tuple[Place, str]]:
        """Return the places of a core as it stands, or else without its article (« la Gironde »)."""
        allowed = self._allowed(name, reading, self.places_named(reading.core))
        bare = without_article(reading.core)
        return allowed or (self._allowed(name, reading, self.places_named(bare)) if bare != reading.core else [])

    @staticmethod
    def _allowed(name: str, reading: Reading, places: Iterable[tuple[Place, str]]) -> list[tuple[Place, str]]:
        """Keep the places that the type word allows; without one, those whose name stands alone."""
        word = reading.word
        in_capitals = any(part.isupper() and len(part) > 1 for part in re.findall(r"\w+", name))
        kept = []
        for place, flag in places:
            if flag[:1] == "b" and not in_capitals:
                continue
            if word is None:
                allowed = flag[:1] != "h"
            else:
                kind = "commune" if place.kind == "arrondissement" and "commune" in word.kinds else place.kind
                allowed = kind in word.kinds and (not word.country or place.country in word.country)
                if word.strict and place.kind in ("state", "qc_municipalite"):
                    allowed = allowed and re.fullmatch(word.subtypes, name_key(place.subtype)) is not None
            if allowed:
                kept.append((place, flag))
        if word is None and any(flag[:1] != "c" for _, flag in kept):
            kept = [(place, flag) for place, flag in kept if flag[:1] != "c"]
        return kept

    def rank(
        self, name: str, evidence: Evidence, *, word: Reading | None = None, kinds: Collection[Kind] | None = None,
        country: str | None = None,
    ) -> list[Candidate]:  # fmt: skip
        """Return the readings of a name, best first, by the evidence given."""
        reading, places = self.readings(name, word)
        towns = {place.name for place, _ in places if place.kind in ("commune", "qc_municipalite")}
        cities = {place.country for place, _ in places if place.kind == "city"}
        best: dict[tuple[str, str], Candidate] = {}
        for place, flag in places:
            if (kinds is not None and place.kind not in kinds) or (country is not None and place.country != country):
                continue
            # Laval and Montréal are also regions, Paris a département: the bare name is the town.
            if reading.word is None and place.kind in ("qc_region", "departement") and place.name in towns & _TOWN_TOO:
                continue
            # The bare name of a province is that of its seat: « Tataouine », « Kayes ».
            if (
                reading.word is None
                and place.kind == "state"
                and place.country in cities
                and place.country not in FEDERAL
            ):
                continue
            candidate = score_place(place, flag, reading, evidence)
            key = (place.kb_id, place.name)
            if key not in best or best[key].score < candidate.score:
                best[key] = candidate
        return sorted(best.values(), key=lambda c: (-c.score, c.place.kb_id, c.place.name))

    def near(self, name: str, evidence: Evidence, *, weight: float = 1.0, reason: str = "") -> None:
        """Let a name that stands near speak for the places around it.

        An area speaks for what lies in it; a town for its département, EPCI or
        MRC, more weakly. An ambiguous town says nothing.
        """
        said = reason or f"near {name}"
        number = re.fullmatch(r"\(?(\d{2,3}|2[AB])\)?", name.strip().upper())
        if number:
            evidence.add_near(f"fr-departement:{number.group(1)}", 3.0 * weight, said)
            return
        candidates = self.rank(name, Evidence(countries={"iso3166:FR": 1.0, "iso3166:CA-QC": 1.0}))
        areas = [c.place for c in candidates if c.place.kind in NEAR_POINTS and c.place.kb_id]
        for place in areas:
            evidence.add_near(place.kb_id, NEAR_POINTS[place.kind] * weight, said)
        towns = [c for c in candidates if c.place.kind not in NEAR_POINTS]
        if towns and not areas and (len(towns) == 1 or towns[0].score - towns[1].score > 1.3):
            for kb_id in towns[0].place.parents:
                parent = self.by_id(kb_id)
                if parent is not None:
                    evidence.add_near(kb_id, NEAR_POINTS[parent.kind] * weight * 0.5, said)

    def lookup(
        self, name: str, *, near: Sequence[str] = (), date: str | None = None,
        kinds: Collection[Kind] | None = None, country: str | None = None,
    ) -> list[Candidate]:  # fmt: skip
        """Return the places that a name may mean, best first, with reasons in words.

        Parameters
        ----------
        name
            As written, with or without type words; a bracket or a comma after
            it qualifies it (« Laval (Mayenne) »).
        near
            Names that stand near: départements, countries, other parties.
        date
            ISO 8601, as precise as known.
        kinds, country
            Keep only these kinds, and this ISO 3166-1 country.

        >>> Gazetteer.load().lookup("Laval (Mayenne)")[0].place.kb_id
        'fr-commune:53130'
        """
        evidence = Evidence(date=date)
        for other in near:
            self.near(other, evidence)
        name, evidence.qualifiers = self.split_qualifier(name)
        return self.rank(name, evidence, kinds=kinds, country=country)

    def split_qualifier(self, name: str) -> tuple[str, dict[str, str]]:
        """Return a name without its bracket or what follows its comma, and the places that these name."""
        if self.places_named(name_key(name)):  # « Château-Chinon (Ville) »
            return name, {}
        match = _QUALIFIER.search(name)
        if match is None and ", " in name:
            match = re.search(r",\s*([^,]+)$", name)
        if match is None or not name[: match.start()].strip():
            return name, {}
        inside = self.qualifier_places(match.group(1))
        if not inside and match.group().startswith(","):  # « des Albères, de la Côte Vermeille »
            return name, {}
        return name[: match.start()].strip(), inside

    def qualifier_places(self, text: str) -> dict[str, str]:
        """Return the areas that a qualifier names: a département by name or number, a region, a country, an MRC."""
        areas = Evidence()
        number = re.fullmatch(r"(\d{2,3}|2[AB])", text.strip().upper())
        if number:
            areas.near[f"fr-departement:{number.group(1)}"] = (1.0, text)
        else:
            for part in re.split(r"[,/]| et ", text):
                _, places = self.readings(part.strip())
                for place, flag in places:
                    if place.kind in NEAR_POINTS and place.kb_id and flag[:1] not in ("h",):
                        areas.near[place.kb_id] = (1.0, text)
        return dict.fromkeys(areas.near, text)


#: Towns of Québec that are a region of their own, and Paris that is a département.
_TOWN_TOO = {"Laval", "Montréal", "Paris"}


@cache
def _load() -> Gazetteer:
    texts = [
        gzip.decompress(data_file("gazetteer", name).read_bytes()).decode("utf-8")
        for name in ("places.tsv.gz", "names.tsv.gz")
    ]
    return Gazetteer(*texts)
