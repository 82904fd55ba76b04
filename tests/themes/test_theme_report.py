"""Classified projects as CSV and XLSX: the columns of the input kept, nothing of the input run."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from coopnlp.cli import app
from coopnlp.themes.report import COLUMNS, Classified, to_csv, to_xlsx
from coopnlp.types import ThemeAssignment, Themes

WATER = ("Environnement, Climat et Energie", "Eau et déchets", "Eau et assainissement")
SPORT = ("Education, Social et Recherche", "Sport")


def project(text: str, probability: float, row: dict[str, str] | None = None) -> Classified:
    first = ThemeAssignment(path=WATER, probability=probability, terms=(("eau potable", 2.0), ("forages", 1.0)))
    other = ThemeAssignment(path=SPORT, probability=0.2)
    return Classified("a", text, Themes(themes=(first, other), abstained=False), row or {})


SURE = project("Forages et eau  potable <b>", 0.91, {"Titre": "=1+1", "Thème": "ancien"})
DOUBTFUL = project("De l'eau potable", 0.4, {"Titre": "-12,5", "Thème": ""})
NOTHING = Classified("c", "Rien", Themes(themes=(), abstained=True), {"Titre": "x\x07y", "Thème": ""})


def test_csv_keeps_the_columns_of_the_input_and_runs_nothing() -> None:
    text = to_csv([SURE, DOUBTFUL, NOTHING])
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0] == ["Titre", "Thème", "Thème (coopnlp)", *COLUMNS[1:]]
    assert rows[1] == ["'=1+1", "ancien", *WATER, "0,91", "Education, Social et Recherche > Sport", "non",
                       "eau potable, forages"]  # fmt: skip
    assert (rows[2][0], rows[2][7]) == ("-12,5", "oui")
    assert rows[3][2:] == ["", "", "", "", "", "oui", ""]


def test_documents_have_their_name_and_text() -> None:
    rows = list(csv.reader(io.StringIO(to_csv([project("De l'eau", 0.9)])), delimiter=";"))
    assert rows[1][:2] == ["a", "De l'eau"]


def test_a_workbook_holds_text_only() -> None:
    sheet = load_workbook(io.BytesIO(to_xlsx([SURE, NOTHING]))).active
    assert sheet is not None
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert sheet["A3"].value == "x y"
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("format", ["csv", "xlsx", "html"])
def test_the_command_writes_every_format(tmp_path: Path, format: str) -> None:
    table = tmp_path / "projets.csv"
    table.write_text("Titre;Ville\nAdduction d'eau potable et forages;Kita\n", encoding="utf-8")
    out = tmp_path / f"out.{format}"
    result = CliRunner().invoke(app, ["classify", str(table), "--explain", "--format", format, "-o", str(out)])
    assert result.exit_code == 0, result.output
    data = out.read_bytes()
    if format == "xlsx":
        sheet = load_workbook(io.BytesIO(data)).active
        assert sheet is not None
        assert [cell.value for cell in sheet[2]][:4] == [
            "Adduction d'eau potable et forages", "Kita", WATER[0], WATER[1],
        ]  # fmt: skip
    else:
        assert "Eau et déchets" in data.decode("utf-8")


def test_a_workbook_needs_a_file_and_a_format_must_be_known(tmp_path: Path) -> None:
    table = tmp_path / "projets.csv"
    table.write_text("Titre\nUn festival\n", encoding="utf-8")
    assert CliRunner().invoke(app, ["classify", str(table), "--format", "xlsx"]).exit_code == 2
    assert CliRunner().invoke(app, ["classify", str(table), "--format", "pdf"]).exit_code == 2


@pytest.mark.parametrize("format", ["csv", "xlsx", "html"])
def test_what_was_there_stays_where_nothing_could_be_read(tmp_path: Path, format: str) -> None:
    table, out = tmp_path / "projets.csv", tmp_path / "out"
    table.write_text("Ville\nDax\n", encoding="utf-8")
    out.write_text("avant", encoding="utf-8")
    assert CliRunner().invoke(app, ["classify", str(table), "--format", format, "-o", str(out)]).exit_code != 0
    assert out.read_text(encoding="utf-8") == "avant"


def test_progress_shows_on_a_terminal_alone_and_never_in_the_output(tmp_path: Path) -> None:
    table = tmp_path / "projets.csv"
    table.write_text("Titre\n" + "Adduction d'eau potable\n" * 3, encoding="utf-8")
    quiet = CliRunner().invoke(app, ["classify", str(table)])
    watched = CliRunner().invoke(app, ["classify", str(table)], env={"FORCE_COLOR": "1"})
    assert quiet.exit_code == watched.exit_code == 0
    assert quiet.stderr == ""
    assert "classement" in watched.stderr
    assert "3/3" in watched.stderr
    assert quiet.stdout == watched.stdout
