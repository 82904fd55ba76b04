"""The flat table as CSV, workbook and Parquet."""

from __future__ import annotations

import csv
import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from exchange_makers import BAMAKO, RENNES, Writer, bamako

from coopnlp.catalogue import refresh
from coopnlp.catalogue.values import ItemFilters
from coopnlp.errors import ExchangeError
from coopnlp.exchange import FORMATS, Options, export
from coopnlp.exchange.flat import COLUMNS
from coopnlp.register import Register


def table(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


@pytest.fixture
def rows(made: Register, tmp_path: Path) -> list[dict[str, str]]:
    (path,) = export(made, tmp_path / "plat.csv", format="csv", options=Options(base="http://localhost:8001/"))
    return table(path)


def test_a_row_says_everything_of_a_funding(rows: list[dict[str, str]]) -> None:
    row = next(row for row in rows if row["montant"] == "1500.50")
    assert {name: row[name] for name in row if row[name]} == {
        "permalien": row["permalien"],
        "type": "financement",
        "intitulé": "Bibliothèque de quartier, 2020",
        "donneur": "Rennes",
        "code_donneur": "fr-commune:35238",
        "pays_donneur": "FR",
        "parties": "Les Amis de Bamako",
        "montant": "1500.50",
        "devise": "EUR",
        "montant_dans_le_texte": "1500.50",
        "année": "2020",
        "début": "2020",
        "fin": "2020",
        "thème": "Culture et Patrimoine",
        "sous_thème": "Patrimoine",
        "code_cad": row["code_cad"],
        "odd": "11",
        "projet": "Bibliothèque de quartier",
        "document": "Rennes – Bamako",
        "fichier": "bamako.txt",
        "page": row["page"],
        "citation": "Ville de Rennes verse 1500.50 pour Bibliothèque de quartier, 2020.",
        "désaccords": "0",
        "doute": row["doute"],
        "adresse": f"http://localhost:8001/financements/{row['permalien']}",
    }
    assert row["permalien"].endswith("-5")
    assert row["code_cad"].isdigit()


def test_a_row_a_sum_and_a_partnership(rows: list[dict[str, str]]) -> None:
    assert [(row["type"], row["montant"], row["devise"]) for row in rows if row["fichier"] == "bamako.txt"] == [
        ("financement", "12000", "EUR"),
        ("financement", "50000", "EUR"),
        ("financement", "32500000", "XOF"),
        ("financement", "9000", "EUR"),
        ("financement", "70000", "EUR"),
        ("financement", "800", "CAD"),
        ("financement", "1500.50", "EUR"),
        ("partenariat", "", ""),
    ]
    bond = rows[-1]
    assert (bond["parties"], bond["pays"], bond["nature"], bond["début"]) == (
        "Rennes ; Bamako",
        "FR ; ML",
        "jumelage",
        "1985-04",
    )


def test_text_of_documents_is_no_formula(made: Register, tmp_path: Path) -> None:
    (path,) = export(made, tmp_path / "plat.csv", format="csv", options=Options(excel=True))
    row = next(row for row in table(path, ";") if "HYPERLINK" in row["document"])
    assert row["document"].startswith("'=HYPERLINK")
    assert row["fichier"] == "'=cmd.txt"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    (book,) = export(made, tmp_path / "plat.xlsx", format="xlsx")
    sheet = openpyxl.load_workbook(book)["Données"]
    harmful = [cell for row in sheet for cell in row if str(cell.value).startswith("=")]
    assert {cell.value for cell in harmful} == {"=cmd.txt", '=HYPERLINK("http://x")'}
    assert {cell.data_type for cell in harmful} == {"s"}


def test_cells_of_the_workbook_are_typed(made: Register, tmp_path: Path) -> None:
    (path,) = export(made, tmp_path, format="xlsx")
    assert path == tmp_path / FORMATS["xlsx"].file
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Données", "Lisez-moi"]
    sheet = book["Données"]
    assert sheet.freeze_panes == "B2"
    header, *lines = ([cell.value for cell in row] for row in sheet)
    assert header == [column.name for column in COLUMNS]
    rows: list[dict[str, Any]] = [dict(zip(header, line, strict=True)) for line in lines]
    given = next(row for row in rows if row["montant"] == 50000)
    assert given["début"] == datetime.datetime(2022, 3, 5)
    assert (given["année"], type(given["année"]), type(given["montant"])) == (2022, int, int)
    assert {type(row["doute"]) for row in rows} <= {int, float}
    assert next(row for row in rows if row["montant"] == 12000)["début"] == "2021"
    explained = {row[0].value: row[1].value for row in book["Lisez-moi"]}
    assert set(header) <= set(explained)
    assert explained["fin"] == "Fin, comprise\u00a0; aussi précise que le document."


def test_parquet_holds_decimals(made: Register, tmp_path: Path) -> None:
    (path,) = export(made, tmp_path / "a.parquet", format="parquet")
    found = pq.read_table(path)
    assert found.column_names == [column.name for column in COLUMNS]
    assert Decimal("1500.50") in found["montant"].to_pylist()
    assert found.schema.field("année").type == "int64"
    assert b"AAA" not in found.schema.field("fin").metadata[b"description"]


def test_without_pyarrow_the_message_says_what_to_install(
    made: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ExchangeError, match="pip install pyarrow"):
        export(made, tmp_path / "a.parquet", format="parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"country": ("CA",)}, 1),
        ({"theme": ("Culture et Patrimoine",)}, 1),
        ({"type": ("partnership",)}, 2),
        ({"type": ("agreement", "project")}, 4),
        ({"year_min": 2022}, 3),
        ({"funder": ("org:afd",)}, 3),
        ({"status": ("demandé",)}, 1),
        ({"actor": ("fr-commune:35238",), "type": ("funding",)}, 4),
        ({"review": ("confirmed",)}, 0),
    ],
)
def test_filters_are_those_of_the_pages(filters: dict[str, Any], count: int, made: Register, tmp_path: Path) -> None:
    (path,) = export(made, tmp_path / "plat.csv", format="csv", filters=ItemFilters(**filters))
    assert len(table(path)) == count


def test_a_folder_of_tables_takes_no_filters(made: Register, tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match="holds the whole register"):
        export(made, tmp_path, format="csv", filters=ItemFilters(country=("CA",)))
    assert {path.name for path in export(made, tmp_path, format="csv")} >= {"fundings.csv", "projects.csv"}


def test_what_several_documents_tell_is_one_row(tmp_path: Path) -> None:
    other = Writer("autre.txt")
    other.partnership(RENNES, BAMAKO, start="1985")
    with Register("sqlite://") as register:
        register.add_all([bamako(), other.result()])
        refresh(register)
        (path,) = export(register, tmp_path / "a.csv", format="csv", filters=ItemFilters(type=("partnership",)))
    (row,) = table(path)
    assert {row["fichier"], row["autres_fichiers"]} == {"bamako.txt", "autre.txt"}
    assert row["début"] == "1985-04"


def test_the_catalogue_is_made_where_it_is_not(tmp_path: Path) -> None:
    with Register("sqlite://") as register:
        register.add(bamako())
        (path,) = export(register, tmp_path / "a.csv", format="csv")
    assert len(table(path)) == 8


def test_examples_are_written_whole(examples: Register, tmp_path: Path) -> None:
    (path,) = export(examples, tmp_path / "a.csv", format="csv")
    rows = table(path)
    written = {name for row in rows for name in (row["fichier"], *row["autres_fichiers"].split(" ; ")) if name}
    paying = [record for record in examples.records() if record.fundings or record.partnerships]
    assert paying and written == {record.source.name for record in paying if record.source}
    told = [row for row in rows if row["montant"]]
    assert sum(bool(row["montant_dans_le_texte"]) for row in told) / len(told) > 0.95
    assert all(row["citation"] for row in told)


def test_a_file_that_cannot_be_written_leaves_nothing(made: Register, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ExchangeError, match="cannot be written"):
        export(made, tmp_path / "file" / "a.csv", format="csv")


def test_an_unknown_format_is_named(made: Register, tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match="'ods' is no format of exports"):
        export(made, tmp_path, format="ods")
