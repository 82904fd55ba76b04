"""Tables of projects as French authorities keep them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from coopnlp.errors import EncryptedFile, NoText, UnreadableFile
from coopnlp.themes.tabular import is_table, read_project_rows, read_projects
from coopnlp.themes.views import Views


def _all(*args: object, **options: object) -> list[tuple[str, str]]:
    return [project for batch in read_projects(*args, **options) for project in batch]  # type: ignore[arg-type]


def _workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_table_is_told_by_its_name() -> None:
    assert is_table("Subventions 2019.CSV")
    assert not is_table("rapport.pdf")


def test_semicolons_cp1252_and_a_quoted_line_end() -> None:
    data = 'Numéro;Intitulé;Montant;Résumé\r\n12;Puits à Léo;3 500,00;"Deux puits,\r\nun comité"\r\n'.encode("cp1252")
    assert _all(data, name="a.csv") == [("12", "Puits à Léo. Deux puits,\nun comité")]


def test_a_byte_order_mark_and_commas() -> None:
    assert _all("\ufeffid,titre\nx1,Théâtre\n".encode(), name="a.csv") == [("x1", "Théâtre")]


def test_tabs() -> None:
    assert _all(b"titre\tville\nFestival\tDie\n", name="a.tsv") == [("1", "Festival")]


def test_columns_asked_for_in_their_order() -> None:
    data = b"ville;domaine;objet\nDie;sport;Tournoi\n"
    found = _all(data, name="a.csv", text_columns=["OBJET", "Domaine"], id_column="Ville")
    assert found == [("Die", "Tournoi. sport")]


def test_titles_come_before_descriptions() -> None:
    assert _all(b"description;titre\nlong;court\n", name="a.csv") == [("1", "court. long")]


def test_a_heading_below_a_title_line() -> None:
    book = _workbook(["Subventions votées"], [], ["N°", "Projet", "Montant"], [7.0, "Lycée de Kita", 1200])
    assert _all(book, name="a.xlsx") == [("7", "Lycée de Kita")]


def test_json_lines_with_missing_keys() -> None:
    data = '{"id": 3, "titre": "Forêt"}\n\n{"texte": "Reboiser", "mots": ["a"]}\n'.encode()
    assert _all(data, name="a.jsonl") == [("3", "Forêt"), ("2", "Reboiser")]


def test_empty_rows_go_and_empty_texts_stay() -> None:
    assert _all(b"id;titre\n1;\n;\n3;Stade\n", name="a.csv") == [("1", ""), ("3", "Stade")]


def test_batches_keep_every_row() -> None:
    data = "titre\n" + "".join(f"Projet {n}\n" for n in range(1203))
    batches = list(read_projects(data.encode(), name="a.csv"))
    assert [len(batch) for batch in batches] == [500, 500, 203]


def test_no_column_is_found_and_the_columns_are_named() -> None:
    with pytest.raises(UnreadableFile, match="ville, montant"):
        _all(b"ville;montant\nDie;12\n", name="a.csv")


def test_a_column_that_is_not_there() -> None:
    with pytest.raises(UnreadableFile, match=r"no column 'resume'.*titre"):
        _all(b"titre\nStade\n", name="a.csv", text_columns=["resume"])


@pytest.mark.parametrize(
    ("data", "name", "error"),
    [
        (b"", "a.csv", NoText),
        (b"\x00\x01\x02" * 50, "a.csv", UnreadableFile),
        (b"titre;id\n", "a.csv", UnreadableFile),
        (b"PK\x03\x04 cut short", "a.xlsx", UnreadableFile),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "a.xlsx", EncryptedFile),
        (b'{"titre": \n', "a.jsonl", UnreadableFile),
        (b"[1, 2]\n", "a.jsonl", UnreadableFile),
        (b"\xe9t\xe9\n", "a.jsonl", UnreadableFile),
    ],
)
def test_broken_tables_are_named(data: bytes, name: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=name):
        _all(data, name=name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="absent"):
        _all(tmp_path / "absent.csv")


def test_any_other_source_is_one_project(tmp_path: Path) -> None:
    file = tmp_path / "note.md"
    file.write_text("# Assainissement de Dédougou\n\nDeux stations de traitement des eaux usées.\n", encoding="utf-8")
    [(key, text)] = _all(file)
    assert key == "note"
    assert "eaux usées" in text


def test_titles_and_funders_are_views_of_their_own() -> None:
    data = "N° de dossier;Intitulé du projet;Financeurs;Résumé\n7;Puits à Léo;SIAAP, AFD;Deux puits\n".encode()
    [[(key, views, row)]] = read_project_rows(data, name="a.csv")
    assert (key, row["Financeurs"]) == ("7", "SIAAP, AFD")
    assert views == Views("Puits à Léo. Deux puits", "Puits à Léo", "SIAAP, AFD")


def test_columns_asked_for_are_told_by_their_names() -> None:
    data = b"titre;note;partenaires\nStade;Tribunes;Ville de Dax\n"
    [[(_, views, _)]] = read_project_rows(data, name="a.csv", text_columns=["note", "titre"])
    assert views == Views("Tribunes. Stade", "Stade", "")
    # Where nothing else is asked for, funders are the text.
    [[(_, views, _)]] = read_project_rows(data, name="a.csv", text_columns=["partenaires"])
    assert views.text == "Ville de Dax"
