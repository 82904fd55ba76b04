"""Municipalities, MRC and administrative regions of Québec from the directory of municipalities (MAMH)."""

from __future__ import annotations

from pathlib import Path

from coopnlp.errors import CorpusError
from coopnlp.gazetteer.entries import TABLES, Entry, read_table
from coopnlp.gazetteer.places import name_key, without_article

__all__ = ["read_quebec"]

_PROVINCE = "iso3166:CA-QC"
#: Land without a local authority of its own: unorganised territories, and the lands of Cree,
#: Inuit and Naskapi villages, whose authority is the village of the same name.
_NO_AUTHORITY = ("Territoire non organisé", "Terre de la catégorie")


def read_quebec(path: Path) -> list[Entry]:
    """Return the places of the directory, and the merged municipalities of our table, which have no code.

    Raises
    ------
    CorpusError
        A merged municipality names a successor that the directory lacks.
    """
    regions: dict[str, Entry] = {}
    mrcs: dict[str, Entry] = {}
    municipalities: list[Entry] = []
    for row in read_table(path):
        people = int(row["population"] or 0)
        region = regions.setdefault(
            row["region_code"],
            Entry(f"qc-region:{row['region_code']}", "qc_region", row["region_name"], "CA",
                  subtype="région administrative", parents=[_PROVINCE], population=0),
        )  # fmt: skip
        region.population = (region.population or 0) + people
        parents = [region.kb_id, _PROVINCE]
        if row["mrc_code"]:
            mrc = mrcs.get(row["mrc_code"])
            if mrc is None:
                mrc = Entry(f"qc-mrc:{row['mrc_code']}", "qc_mrc", row["mrc_name"], "CA", subtype="MRC",
                            parents=list(parents), population=0)  # fmt: skip
                core = row["mrc_name"].removeprefix("MRC ")
                mrc.names += [(core, "c"), (without_article(name_key(core)), "c")]
                mrcs[row["mrc_code"]] = mrc
            mrc.population = (mrc.population or 0) + people
            parents.insert(0, mrc.kb_id)
        if not row["designation"].startswith(_NO_AUTHORITY):
            municipalities.append(
                Entry(f"qc-municipalite:{row['code']}", "qc_municipalite", row["name"], "CA",
                      subtype=row["designation"].partition(" (")[0].lower(), parents=parents, population=people)
            )  # fmt: skip
    current = {entry.name: entry for entry in municipalities if entry.subtype == "ville"}
    merged = []
    for row in read_table(TABLES / "quebec_former_municipalities.tsv"):
        into = current.get(row["successor"])
        if into is None:
            raise CorpusError(f"quebec_former_municipalities.tsv: no town {row['successor']!r} in {path.name}.")
        merged.append(
            Entry("", "qc_municipalite", row["name"], "CA", subtype="ancienne municipalité",
                  parents=[into.kb_id, *into.parents], valid_to=f"{row['merged']}-01-01", successor=into.kb_id)
        )  # fmt: skip
    return [*regions.values(), *mrcs.values(), *municipalities, *merged]
