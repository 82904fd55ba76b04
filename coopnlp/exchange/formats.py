"""The formats by name, and one function that writes any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import sqlalchemy as sa

from coopnlp.errors import ExchangeError
from coopnlp.exchange.selection import document_ids
from coopnlp.exchange.typography import spaced
from coopnlp.register import schema

if TYPE_CHECKING:
    from coopnlp.catalogue.values import ItemFilters
    from coopnlp.register.store import Register

__all__ = ["FORMATS", "Format", "Options", "export"]

# Of which a row is a funding or a partnership, unless other types are asked for.
_FLAT = ("xlsx", "parquet")
_Condition = sa.ColumnElement[bool] | None


class Options(NamedTuple):
    """What only some formats ask.

    Attributes
    ----------
    excel
        CSV: a byte order mark and semicolons, as Excel opens it where French is set.
    with_text
        JSON Lines: everything from which the register can be made again.
    base
        Address of the pages, for links and for the names of things in linked data.
    reporting_org, reporting_name, reporting_type
        IATI: who publishes; else the environment says (``COOPNLP_IATI_ORG``, ``_NAME``, ``_TYPE``).
    sirets
        SCDL: a CSV table of identifiers and SIRETs.
    today
        IATI: the day that tells what has been from what is to come.
    """

    excel: bool = False
    with_text: bool = False
    base: str = ""
    reporting_org: str | None = None
    reporting_name: str | None = None
    reporting_type: str | None = None
    sirets: Path | None = None
    today: date | None = None


_Writer = Callable[[sa.Connection, Path, _Condition, Options], list[Path]]


class Format(NamedTuple):
    """A format.

    Attributes
    ----------
    name
        As the command line takes it.
    file
        Name of the file where a folder is given; empty for formats of several files.
    label, told
        What a reader sees, in French.
    about
        What it is written from: items need the catalogue, documents do not.
    """

    name: str
    file: str
    label: str
    told: str
    about: Literal["items", "documents"]
    write: _Writer

    @property
    def suffix(self) -> str:
        """The ending of its file, with its point; empty for formats of several files."""
        return Path(self.file).suffix

    def place(self, target: Path) -> Path:
        """Return the file to write: the target, or one in it where it is a folder or has no ending."""
        if not self.file or (target.suffix and not target.is_dir()):
            return target
        return target / self.file


def export(
    register: Register,
    target: str | Path,
    *,
    format: str,
    filters: ItemFilters | None = None,
    options: Options | None = None,
) -> list[Path]:
    """Write a register, or the items that the filters leave, and return the paths of the files.

    The catalogue is made anew first where the records have changed since. The same
    content gives the same files, but for the moments that XLSX and Parquet keep.

    Parameters
    ----------
    target
        A file, or a folder that files are written into.
    format
        One of :data:`FORMATS`.
    filters
        As on the pages; formats of documents hold those that tell of such an item.

    Raises
    ------
    ExchangeError
        No such format, a library or an option is missing, or a file cannot be written.
    RegisterError
        The database fails.
    """
    chosen = FORMATS.get(format)
    if chosen is None:
        raise ExchangeError(f"{format!r} is no format of exports. There are: {', '.join(FORMATS)}.")
    from coopnlp.catalogue import refresh, stale
    from coopnlp.catalogue.filtering import conditions

    found = [] if filters is None else conditions(filters)
    place = chosen.place(Path(target))
    if not (filters and filters.type) and (chosen.name in _FLAT or (chosen.name == "csv" and place.suffix == ".csv")):
        found.append(schema.item.c.type.in_(("partnership", "funding")))
    if (found or chosen.about == "items") and stale(register):
        refresh(register)
    condition = sa.and_(*found) if found else None
    with register._database.reading() as connection:
        return chosen.write(connection, place, condition, options or Options())


def _flat(connection: sa.Connection, condition: _Condition, options: Options) -> Iterator[list[object]]:
    from coopnlp.exchange.flat import rows

    return rows(connection, condition, base=options.base)


def _csv(connection: sa.Connection, target: Path, condition: _Condition, options: Options) -> list[Path]:
    from coopnlp.exchange.spreadsheet import write_csv
    from coopnlp.register.export import export_csv

    if target.suffix == ".csv":
        return write_csv(_flat(connection, condition, options), target, excel=options.excel)
    if condition is not None:
        raise ExchangeError(
            f"{target}: a folder of tables holds the whole register. "
            "For a part of it give a file, e.g. `-o financements.csv`."
        )
    return export_csv(connection, target, excel=options.excel)


def _xlsx(connection: sa.Connection, target: Path, condition: _Condition, options: Options) -> list[Path]:
    from coopnlp.exchange.spreadsheet import write_xlsx

    return write_xlsx(_flat(connection, condition, options), target)


def _parquet(connection: sa.Connection, target: Path, condition: _Condition, options: Options) -> list[Path]:
    from coopnlp.exchange.spreadsheet import write_parquet

    return write_parquet(_flat(connection, condition, options), target)


def _jsonl(connection: sa.Connection, target: Path, condition: _Condition, options: Options) -> list[Path]:
    from coopnlp.exchange.archive import write_archive, write_records

    keys = None if condition is None else document_ids(connection, condition)
    write = write_archive if options.with_text else write_records
    return write(connection, target, keys)


def _jsonld(connection: sa.Connection, target: Path, condition: _Condition, options: Options) -> list[Path]:
    from coopnlp.exchange.jsonld import write_jsonld

    return write_jsonld(connection, target, condition, base=options.base)


def _skos(connection: sa.Connection, target: Path, condition: _Condition, options: Options) -> list[Path]:
    from coopnlp.exchange.skos import write_themes

    return write_themes(connection, target, condition)


def _iati(connection: sa.Connection, target: Path, condition: _Condition, options: Options) -> list[Path]:
    from coopnlp.exchange.iati import write_iati
    from coopnlp.exchange.iati_parts import Reporter

    reporter = Reporter.given(options.reporting_org, options.reporting_name, options.reporting_type)
    return write_iati(connection, target, condition, reporter=reporter, today=options.today)


def _scdl(connection: sa.Connection, target: Path, condition: _Condition, options: Options) -> list[Path]:
    from coopnlp.exchange.scdl import read_sirets, write_scdl

    sirets = None if options.sirets is None else read_sirets(options.sirets)
    return write_scdl(connection, target, condition, sirets=sirets)


def _tei(connection: sa.Connection, target: Path, condition: _Condition, options: Options) -> list[Path]:
    from coopnlp.exchange.tei import write_tei

    return write_tei(connection, target, document_ids(connection, condition))


def _geojson(connection: sa.Connection, target: Path, condition: _Condition, options: Options) -> list[Path]:
    from coopnlp.exchange.geojson import write_geojson

    return write_geojson(connection, target, condition)


def _graphml(connection: sa.Connection, target: Path, condition: _Condition, options: Options) -> list[Path]:
    from coopnlp.exchange.graphml import write_graphml

    return write_graphml(connection, target, condition)


FORMATS: dict[str, Format] = {
    format.name: format._replace(told=spaced(format.told))
    for format in (
        Format("csv", "", "CSV", "Une ligne par financement ou partenariat ; ou toutes les tables, dans un dossier.",
               "items", _csv),
        Format("xlsx", "registre.xlsx", "Excel", "Une ligne par financement ou partenariat, et le sens des colonnes.",
               "items", _xlsx),
        Format("parquet", "registre.parquet", "Parquet", "La même table, pour pandas, polars, R ou DuckDB.",
               "items", _parquet),
        Format("jsonl", "records.jsonl", "JSON Lines", "Ce qui a été lu, un document par ligne ; avec les textes, de "
               "quoi refaire le registre.", "documents", _jsonl),
        Format("jsonld", "registre.jsonld", "JSON-LD", "Données liées : schema.org et Dublin Core.",
               "items", _jsonld),
        Format("skos", "themes.ttl", "SKOS", "La nomenclature des thèmes, avec ses correspondances et les décomptes.",
               "items", _skos),
        Format("iati", "iati.xml", "IATI 2.03", "Les projets et leurs financements, au format de l’aide "
               "internationale.", "items", _iati),
        Format("scdl", "subventions.csv", "SCDL Subventions 2.1", "Les subventions, au format des données ouvertes "
               "des collectivités françaises.", "items", _scdl),
        Format("tei", "", "TEI P5", "Les textes, un fichier par document, avec ce qui y a été trouvé.",
               "documents", _tei),
        Format("geojson", "partenaires.geojson", "GeoJSON", "Acteurs et liens, pour une carte.", "items", _geojson),
        Format("graphml", "partenaires.graphml", "GraphML", "Le réseau des partenaires, pour Gephi ou Cytoscape.",
               "items", _graphml),
    )
}  # fmt: skip
