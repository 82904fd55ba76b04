"""Word files, spreadsheets, and formats that need LibreOffice."""

from __future__ import annotations

from io import BytesIO

import extract_makers as make
import openpyxl
import pytest
from test_extract_plain import assert_sound, kinds

from coopnlp.errors import EncryptedFile, UnreadableFile
from coopnlp.extract import extract
from coopnlp.types import Extraction


@pytest.fixture(scope="module")
def agreement() -> Extraction:
    return extract(make.agreement_docx(), name="convention.docx")


def test_blocks_in_the_order_of_the_document(agreement: Extraction) -> None:
    assert_sound(agreement)
    assert [kind for kind, _ in kinds(agreement)] == [
        "heading", "heading", "paragraph", "list_item", "list_item", "list_item", "table", "heading", "paragraph",
        "paragraph", "paragraph",
    ]  # fmt: skip
    assert [b.level for b in agreement.blocks if b.level] == [1, 1, 1]


def test_lists_have_their_numbers(agreement: Extraction) -> None:
    items = [text for kind, text in kinds(agreement) if kind == "list_item"]
    assert items == ["1. Former les agents de l'état civil", "2. Équiper le centre de santé", "- Échanges de jeunes"]


def test_table_cells(agreement: Extraction) -> None:
    table = next(b for b in agreement.blocks if b.kind == "table")
    grid = {(c.row, c.column): agreement.text[c.start : c.end] for c in table.cells}
    assert grid[0, 1] == "Part française"
    assert grid[1, 2] == "500 €"
    assert grid[2, 1] == "4 500 €"
    assert (2, 2) not in grid  # merged into the cell before it


def test_tracked_changes_are_accepted(agreement: Extraction) -> None:
    assert "Elle est conclue pour trois ans." in agreement.text
    assert "deux" not in agreement.text
    assert "tracked_changes" in [n.kind for n in agreement.notices]


def test_text_box_once(agreement: Extraction) -> None:
    assert agreement.text.count("Signé à Djougou") == 1


def test_header_is_noted_and_left_out(agreement: Extraction) -> None:
    assert "2012-04" not in agreement.text
    assert any("2012-04" in n.message for n in agreement.notices)


def test_properties(agreement: Extraction) -> None:
    assert agreement.metadata.title == "Convention de partenariat"
    assert agreement.metadata.author == "Mairie de Vihiers"


def test_damaged_docx() -> None:
    data = make.agreement_docx()
    with pytest.raises(UnreadableFile, match=r"a\.docx"):
        extract(data[: len(data) // 2], name="a.docx")
    with pytest.raises(UnreadableFile, match=r"b\.docx"):
        extract(make.zip_of({"word/document.xml": b"<w:document"}), name="b.docx")


def test_entities_in_xml_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><w:document>&b;</w:document>'
    with pytest.raises(UnreadableFile):
        extract(make.zip_of({"word/document.xml": bomb, "[Content_Types].xml": b"<Types/>"}), name="c.docx")


def test_word_file_with_a_password() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(EncryptedFile):
        extract(data, name="secret.docx")


FIELD = (
    '<w:p><w:r><w:t xml:space="preserve">Foix, le </w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    "<w:r><w:instrText> {0} \\\\@ dddd </w:instrText></w:r>"
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>lundi 3 mai 2021</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>.</w:t></w:r></w:p>'
)


def with_field(name: str) -> bytes:
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    document.element.body.insert(0, parse_xml(FIELD.format(name).replace("<w:p>", f"<w:p {nsdecls('w')}>", 1)))
    out = BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "converted", "text"),
    [("DATE", True, "Foix, le ."), ("DATE", False, "Foix, le lundi 3 mai 2021."),
     ("SAVEDATE", True, "Foix, le lundi 3 mai 2021.")],
)  # fmt: skip
def test_the_day_of_the_conversion_is_no_date_of_the_document(name: str, converted: bool, text: str) -> None:
    from coopnlp.extract.docx import read_docx
    from coopnlp.types import Source

    source = Source(name="pv.doc", sha256="0" * 64, media_type="application/msword", size=1)
    found = read_docx(with_field(name), source, converted=converted)
    assert found.text == text
    assert bool(found.notices) is (name == "DATE" and converted)


def test_properties_by_the_relation_of_libreoffice_and_none_made_up() -> None:
    import zipfile

    made = with_field("DATE")
    right = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    for other, title in ((right.replace("package", "officedocument"), True), ("http://exemple.org/rien", False)):
        out = BytesIO()
        with zipfile.ZipFile(BytesIO(made)) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                data = old.read(name)
                if name == "_rels/.rels":
                    data = data.replace(right.encode(), other.encode())
                if not title and name in ("docProps/core.xml", "[Content_Types].xml"):
                    data = data.replace(b"application/vnd.openxmlformats-package.core-properties+xml", b"text/xml")
                new.writestr(name, data)
        metadata = extract(out.getvalue(), name="pv.docx").metadata
        assert (metadata.date is not None) is title


def test_csv_is_a_table() -> None:
    found = extract("Pays;Montant\nMali;1 500 €\nBénin;2 000 €\n".encode("cp1252"), name="aides.csv")
    assert_sound(found)
    cells = {(c.row, c.column): found.text[c.start : c.end] for c in found.blocks[0].cells}
    assert (cells[0, 0], cells[2, 1]) == ("Pays", "2 000 €")
    assert [c.header for c in found.blocks[0].cells][:3] == [True, True, False]


def test_workbook_sheets_are_tables() -> None:
    book = openpyxl.Workbook()
    book.active.title = "Subventions"
    book.active.append(["Bénéficiaire", "Montant"])
    book.active.append(["Amis de Nara", 1200.0])
    book.create_sheet("Vide")
    out = BytesIO()
    book.save(out)
    found = extract(out.getvalue(), name="aides.xlsx")
    assert kinds(found) == [("heading", "Subventions"), ("table", "Bénéficiaire | Montant\nAmis de Nara | 1200")]
