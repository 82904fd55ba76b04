"""French territories from ``@etalab/decoupage-administratif`` and INSEE's table of changes."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from coopnlp.gazetteer.entries import TABLES, Entry, read_table
from coopnlp.gazetteer.places import name_key, without_article

__all__ = ["read_communes", "read_departements_and_regions", "read_epci"]

#: Collectivités d'outre-mer are in the package's list of regions, but have no
#: region code in the COG: they are ISO 3166 territories here.
_OVERSEAS_ZONE = "com"
#: Changes of a code alone: to another département (41), with the seat (50).
_SAME_COMMUNE = {"41", "50"}
#: Former communes that live on inside another one, and keep their code there.
_INSIDE = {"commune-deleguee": "commune déléguée", "commune-associee": "commune associée"}
_TYPE = re.compile(r"^(?:CC|CA|CU|Métropole|Eurométropole|Communauté)\s+", re.I)
_LINK = re.compile(r"^(?:de la |de l'|de l’|des |du |de |d'|d’)", re.I)
_SUFFIX = re.compile(r"[ -]+(?:Métropole|Agglomération|Agglo|Communauté|Eurométropole|Intercom|Interco)$", re.I)


#: INSEE numbers the collectivités d'outre-mer like départements.
_OVERSEAS = {"975": "PM", "977": "BL", "978": "MF", "986": "WF", "987": "PF", "988": "NC"}


def _above(departement: str) -> str:
    """Return the identifier of a département, or of the overseas territory with such a number."""
    overseas = _OVERSEAS.get(departement)
    return f"iso3166:{overseas}" if overseas else f"fr-departement:{departement}"


def _load(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return rows


def read_departements_and_regions(folder: Path, regions_before_2016: Path) -> list[Entry]:
    """Return départements, regions, and the regions dissolved in 2016 with their codes of 2015."""
    communes = [row for row in _load(folder, "communes") if row["type"] == "commune-actuelle"]
    people: dict[str, int] = defaultdict(int)
    for row in communes:
        for scheme in ("departement", "region"):
            if scheme in row:
                people[f"fr-{scheme}:{row[scheme]}"] += row.get("population", 0)
    former = {
        row["region"]: row["departements"].split() for row in read_table(TABLES / "former_region_departements.tsv")
    }
    entries: list[Entry] = []
    current = set()
    for row in _load(folder, "regions"):
        if row["zone"] == _OVERSEAS_ZONE:
            continue
        kb_id = f"fr-region:{row['code']}"
        current.add(row["code"])
        start = "2016-01-01" if row["code"] in {"27", "28", "32", "44", "75", "76", "84"} else ""
        entries.append(Entry(kb_id, "region", row["nom"], "FR", population=people[kb_id], valid_from=start))
    region_of = {row["code"]: row["region"] for row in _load(folder, "departements") if "region" in row}
    for row in read_table(regions_before_2016):
        if row["code"] not in current:
            kb_id = f"fr-region:{row['code']}"
            departements = former[row["code"]]
            entries.append(
                Entry(
                    kb_id, "region", row["name"], "FR", subtype="ancienne région",
                    population=sum(people[f"fr-departement:{code}"] for code in departements),
                    valid_to="2016-01-01", successor=f"fr-region:{region_of[departements[0]]}",
                )
            )  # fmt: skip
    for row in _load(folder, "departements"):
        if row.get("zone") == _OVERSEAS_ZONE:
            continue
        kb_id = f"fr-departement:{row['code']}"
        parents = [f"fr-region:{row['region']}"]
        parents += [
            f"fr-region:{code}" for code, inside in former.items() if row["code"] in inside and code not in current
        ]
        entries.append(Entry(kb_id, "departement", row["nom"], "FR", parents=parents, population=people[kb_id]))
    return entries


def _short_epci_names(name: str) -> list[str]:
    """Return a grouping's name without its type word, without its suffix, and without either."""
    shorter = []
    bare = _LINK.sub("", _TYPE.sub("", re.sub(r"\s*(?:\([^)]*\)|''.*'')$", "", name)))
    for form in (bare, _SUFFIX.sub("", bare)):
        if form and form != name and form not in shorter:
            shorter.append(form)
    return shorter


def _names_inside(name: str) -> list[tuple[str, str]]:
    """Return the names that the directory gives in brackets or quotes: « (CINOR) », « ''Agglopolys'' »."""
    inside = re.findall(r"\(([^)]+)\)|''([^']+)''", name)
    return [(one or other, "b" if (one or other).isupper() else "u") for one, other in inside]


def read_epci(folder: Path) -> list[Entry]:
    """Return EPCI with own taxation and the EPT of Greater Paris."""
    departement = {row["code"]: row.get("departement", "") for row in _load(folder, "communes")}
    words = {
        "CC": "communauté de communes", "CA": "communauté d'agglomération", "CU": "communauté urbaine",
        "METRO": "métropole", "MET69": "métropole", "EPT": "établissement public territorial",
    }  # fmt: skip
    entries = []
    for row in _load(folder, "epci") + _load(folder, "ept"):
        parents = sorted({_above(code) for m in row["membres"] if (code := departement.get(m["code"]))})
        name = re.sub(r"\s+", " ", row["nom"]).strip()
        entry = Entry(
            f"fr-epci:{row['code']}", "epci", name, "FR", subtype=words[row["type"]],
            parents=parents, population=row.get("populationMunicipale"),
        )  # fmt: skip
        # « Rennes Métropole » is a name that stands alone; « Rennes » is one only after its type word.
        entry.names += _names_inside(name)
        has_type = bool(_TYPE.match(name))
        for form in _short_epci_names(name):
            plain = has_type and _SUFFIX.search(form) is not None
            entry.names.append((form, "u" if plain else "c"))
        head = max(row["membres"], key=lambda m: m.get("populationMunicipale") or 0)["nom"]
        if re.search(rf"\b{re.escape(without_article(name_key(head)))}\b", name_key(name)):
            entry.names.append((head, "h"))
        entries.append(entry)
    return entries


def _changes(path: Path) -> tuple[dict[str, tuple[str, str, str]], dict[str, list[tuple[str, str]]]]:
    """Read INSEE's table of changes.

    Returns
    -------
    ends
        Code of a commune that ended: date of the end, code of the commune it
        went into, its last name.
    names
        Code of a commune: (name it had, date of the change).
    """
    groups: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in read_table(path, delimiter=","):
        if row["TYPECOM_AV"] == "COM":
            groups[row["DATE_EFF"], row["COM_AV"]].append(row)
    ends: dict[str, tuple[str, str, str]] = {}
    names: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for (date, code), rows in sorted(groups.items()):
        after = [row for row in rows if row["TYPECOM_AP"] == "COM"]
        same = [row for row in after if row["COM_AP"] == code]
        if same:
            ends.pop(code, None)  # it was there again after an earlier end
            if name_key(same[0]["LIBELLE_AV"]) != name_key(same[0]["LIBELLE_AP"]):
                names[code].append((same[0]["LIBELLE_AV"], date))
        elif after and all(row["MOD"] in _SAME_COMMUNE for row in after):
            names[after[0]["COM_AP"]].append((rows[0]["LIBELLE_AV"], date))
        elif after:
            ends[code] = (date, after[0]["COM_AP"], rows[0]["LIBELLE_AV"])
    return ends, names


def read_communes(folder: Path, changes: Path) -> list[Entry]:
    """Return communes, municipal arrondissements, delegated and associated communes, and former ones since 1943.

    A commune whose code lives on under another name keeps one entry, with the
    older names as former names.
    """
    ends, renamed = _changes(changes)
    rows = _load(folder, "communes")
    epci = {
        m["code"]: f"fr-epci:{row['code']}"
        for row in _load(folder, "ept") + _load(folder, "epci")
        for m in row["membres"]
    }
    entries: dict[str, Entry] = {}
    for row in rows:
        if row["type"] not in ("commune-actuelle", "arrondissement-municipal"):
            continue
        code = row["code"]
        parents = [_above(row["departement"])] if row.get("departement") else []
        kind = "commune" if row["type"] == "commune-actuelle" else "arrondissement"
        if code in epci:
            parents.append(epci[code])
        if kind == "arrondissement":
            parents.append(f"fr-commune:{row['commune']}")
        entry = Entry(
            f"fr-commune:{code}", "commune" if kind == "commune" else "arrondissement", row["nom"], "FR",
            parents=parents, population=row.get("population"),
        )  # fmt: skip
        if kind == "arrondissement":
            entry.names += [(name, "u") for name in _arrondissement_names(row["nom"])]
        entries[code] = entry

    def last(code: str) -> str:
        seen = {code}
        while code not in entries and code in ends and ends[code][1] not in seen:
            code = ends[code][1]
            seen.add(code)
        return code

    for row in rows:
        code = row["code"]
        if row["type"] not in _INSIDE:
            continue
        if code in entries:  # the delegated commune of the seat shares the code of the new one
            if name_key(row["nom"]) != name_key(entries[code].name):
                entries[code].names.append((row["nom"], "f"))
            continue
        seat = row["chefLieu"]
        entries[code] = Entry(
            f"fr-commune:{code}", "commune", row["nom"], "FR", subtype=_INSIDE[row["type"]],
            parents=[_above(row["departement"])], valid_to=ends[code][0] if code in ends else "",
            successor=f"fr-commune:{last(seat)}",
        )  # fmt: skip
    known = set(entries)
    departements = {row["code"] for row in _load(folder, "departements")}
    for code, (date, into, name) in sorted(ends.items()):
        departement = code[:3] if code.startswith("97") else code[:2]
        if code not in known and departement in departements:
            entries[code] = Entry(
                f"fr-commune:{code}", "commune", name, "FR", subtype="ancienne commune",
                parents=[f"fr-departement:{departement}"], valid_to=date, successor=f"fr-commune:{last(into)}",
            )  # fmt: skip
    for code, olds in renamed.items():
        if code in entries:
            entries[code].names += [(name, f"f{date[:4]}") for name, date in olds]
    return list(entries.values())


def _arrondissement_names(name: str) -> list[str]:
    """Return the ways to write « Lyon 3e Arrondissement »."""
    match = re.fullmatch(r"(\w+) (\d+)(er|e) Arrondissement", name)
    if match is None:
        return []
    town, number, ending = match.groups()
    other = "ème" if ending == "e" else "er"
    return [
        form
        for end in dict.fromkeys((ending, other))
        for form in (
            f"{town} {number}{end}", f"{number}{end} arrondissement de {town}", f"{town} {number}{end} arrondissement",
        )
    ] + [f"{town} {number}"]  # fmt: skip
