"""Workbooks and CSV files: values as they are shown, sheets, merges, limits, separators."""

from __future__ import annotations

import datetime
import zipfile
from functools import cache
from io import BytesIO

import openpyxl
import pytest
from extract_makers import zip_of
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from test_extract_plain import assert_sound, kinds

from coopnlp.errors import ExtractionError, TooLarge, UnreadableFile
from coopnlp.extract import extract
from coopnlp.extract.sheet_numbers import shown
from coopnlp.types import Extraction


def read(book: openpyxl.Workbook) -> Extraction:
    found = extract(saved(book), name="aides.xlsx")
    assert_sound(found)
    return found


def saved(book: openpyxl.Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def grid(found: Extraction, at: int = 0) -> dict[tuple[int, int], str]:
    block = [b for b in found.blocks if b.kind == "table"][at]
    return {(c.row, c.column): found.text[c.start : c.end] for c in block.cells}


def changed(data: bytes, part: str, old: str, new: str) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in members[part]
    members[part] = members[part].replace(old.encode(), new.encode())
    return zip_of(members)


def notices(found: Extraction) -> str:
    return "\n".join(notice.message for notice in found.notices)


def test_values_are_as_they_are_shown() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Projet", "Signé", "Aide", "Part", "Clos"])
    sheet.append(["Forages à Kita", datetime.date(2010, 3, 1), 1234.5, 0.125, True])
    sheet["B2"].number_format, sheet["C2"].number_format, sheet["D2"].number_format = (
        "d mmmm yyyy",
        '#,##0.00\\ "€"',
        "0.0%",
    )
    found = read(book)
    assert list(grid(found).values())[5:] == ["Forages à Kita", "1er mars 2010", "1 234,50 €", "12,5%", "VRAI"]
    assert [cell.header for cell in found.blocks[0].cells[:6]] == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (-1234.567, "#,##0.00;[Red]-#,##0.00", "-1 234,57"),
        (-1500, '_-* #,##0.00 [$€-40C]_-;\\-* #,##0.00 [$€-40C]_-;_-* "-"?? [$€-40C]_-', "-1 500,00 €"),
        (0, '#,##0.00;-#,##0.00;"néant"', "néant"),
        (1234567, "#,##0,", "1 235"),
        (12, '[>1000]#,##0" k";0" unités"', "12 unités"),
        (612345678, "0#\\ ##\\ ##\\ ##\\ ##", "06 12 34 56 78"),
        (1.75, "# ?/?", "1 3/4"),
        (12345.678, "0.00E+00", "1,23E+04"),
        (2011, '"Exercice "General', "Exercice 2011"),
        (40238.6, "dd/mm/yyyy hh:mm", "01/03/2010 14:24"),
        (40238, "dddd d mmmm yyyy", "lundi 1er mars 2010"),
        (0.75, "h:mm AM/PM", "6:00 PM"),
        (1.5, "[h]:mm:ss", "36:00:00"),
        (59, "dd/mm/yyyy", "28/02/1900"),
        (-3, "dd/mm/yyyy", "-3"),
        (7, ";;;", ""),
    ],
)
def test_formats(value: float, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_dates_of_a_macintosh() -> None:
    assert shown(38776, "yyyy-mm-dd", from_1904=True) == "2010-03-01"


def test_sheets_have_their_names_and_say_that_they_are_hidden() -> None:
    book = openpyxl.Workbook()
    book.active.title = "2010"
    book.active.append(["Mali", 5])
    hidden = book.create_sheet("Brouillon")
    hidden.append(["Niger", 6])
    hidden.sheet_state = "hidden"
    book.create_chartsheet("Courbe")
    found = read(book)
    assert kinds(found) == [
        ("heading", "2010"),
        ("table", "Mali | 5"),
        ("heading", "Brouillon"),
        ("table", "Niger | 6"),
    ]
    assert "Feuilles masquées, lues aussi : Brouillon." in notices(found)
    assert "qui n'est pas un tableau : Courbe." in notices(found)


def test_the_name_of_the_only_sheet_is_read_where_it_says_something() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Mali", 5])
    assert kinds(read(book)) == [("table", "Mali | 5")]
    book.active.title = "Subventions 2011"
    assert kinds(read(book))[0] == ("heading", "Subventions 2011")


def test_merged_cells_stand_once() -> None:
    book = openpyxl.Workbook()
    for row in (["Mali", None, 2010], [None, None, 2011], ["Kita", "Nara", 2012]):
        book.active.append(row)
    book.active.merge_cells("A1:B2")
    assert grid(read(book)) == {(0, 0): "Mali", (0, 2): "2010", (1, 2): "2011", (2, 0): "Kita", (2, 1): "Nara", (2, 2): "2012"}  # fmt: skip


def test_formulas_have_the_value_that_the_file_keeps() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Total", "=2*600"])
    found = read(book)
    assert "Total | =2*600" in found.text
    assert "1 formule est lue telle quelle." in notices(found)
    kept = changed(saved(book), "xl/worksheets/sheet1.xml", "</f><v></v>", "</f><v>1200</v>")
    found = extract(kept, name="a.xlsx")
    assert (found.text, found.notices) == ("Total | 1200", ())


def test_comments_headers_and_hidden_rows_are_noted() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Mali", 5])
    book.active.append(["Niger", 6])
    book.active["A1"].comment = Comment("Voir la convention.", "A. Sarr")
    book.active.oddHeader.center.text = "Budget annexe"
    book.active.row_dimensions[2].hidden = True
    found = read(book)
    assert found.text == "Mali | 5\nNiger | 6"
    for said in ("Commentaire de A. Sarr en Sheet!A1", "Voir la convention.", "« Budget annexe »", "1 ligne masquée"):
        assert said in notices(found)


def test_a_sheet_with_its_corners_filled_is_small() -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "Début", "Fin"
    assert read(book).text == "Début | \n | Fin"


def test_a_sparse_sheet_keeps_its_values_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coopnlp.extract.sheets._MAX_PLACES", 100)
    book = openpyxl.Workbook()
    for number in range(1, 21):
        book.active.cell(number, number, f"v{number}")
    found = read(book)
    assert found.text.split("\n") == [f"v{n}" for n in range(1, 21)]
    assert "cases vides omises" in notices(found)


def test_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coopnlp.extract.xlsx._MAX_FILLED", 10)
    book = openpyxl.Workbook()
    for number in range(20):
        book.active.append([number])
    with pytest.raises(TooLarge, match=r"aides\.xlsx"):
        read(book)


def test_damaged_workbooks() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Mali", 5])
    data = saved(book)
    with pytest.raises(UnreadableFile, match=r"a\.xlsx"):
        extract(data[: len(data) // 2], name="a.xlsx")
    with pytest.raises(UnreadableFile, match=r"b\.xlsx"):
        extract(zip_of({"xl/workbook.xml": b"<rien/>"}), name="b.xlsx")
    cut = changed(data, "xl/worksheets/sheet1.xml", "</sheetData>", "<row")
    found = extract(cut, name="c.xlsx")
    assert "Mali" in found.text
    assert "Parties endommagées" in notices(found)


@cache
def small_book() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Mali", 5, datetime.date(2010, 3, 1)])
    return saved(book)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_damage_gives_tables_or_a_named_error(data: st.DataObject) -> None:
    raw = bytearray(small_book())
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert_sound(extract(bytes(raw), name="a.xlsx"))
    except ExtractionError as error:
        assert str(error)


@pytest.mark.parametrize(
    "text",
    [
        "Pays;Somme;Objet\nMali;1500,50;eau, santé\nBénin;2000,00;routes\n",
        "Pays\tSomme\tObjet\nMali\t1500,50\teau, santé; forage\nBénin\t2000,00\troutes\n",
        "Pays|Somme|Objet\nMali|1500,50|eau, santé\nBénin|2000,00|routes\n",
        'Pays,Somme,Objet\nMali,"1500,50","eau, santé"\nBénin,"2000,00",routes\n',
        "sep=;\nPays;Somme;Objet\nMali;1500,50;eau, santé\nBénin;2000,00;routes\n",
    ],
)
def test_the_separator_is_found(text: str) -> None:
    found = extract(text.encode("cp1252"), name="aides.csv")
    assert_sound(found)
    cells = grid(found)
    assert (cells[0, 1], cells[1, 1], cells[2, 2]) == ("Somme", "1500,50", "routes")
    assert "lu en cp1252" in notices(found)


def test_a_column_of_sentences_is_not_cut_at_its_commas() -> None:
    found = extract("Objet\nL'eau, la santé\nUne route\nDes forages, un puits, une école\n".encode(), name="a.csv")
    assert grid(found)[3, 0] == "Des forages, un puits, une école"


def test_fields_of_several_lines_and_quotes_that_never_close() -> None:
    whole = extract('Objet;Année\n"Eau\net santé";2010\nRoute;2011\n'.encode(), name="a.csv")
    assert grid(whole)[1, 0] == "Eau et santé"
    lines = "".join(f"Projet {n};{2000 + n}\n" for n in range(9))
    open_quote = extract(f'Objet;Année\n"Eau;2010\n{lines}'.encode(), name="b.csv")
    assert grid(open_quote)[10, 1] == "2008"
    assert "Guillemets ouverts" in notices(open_quote)


def test_columns_that_an_export_leaves_empty_are_left_out() -> None:
    assert extract(b"Mali;5;;;\n;;;;\nNiger;6;;;\n", name="a.csv").text == "Mali | 5\nNiger | 6"
