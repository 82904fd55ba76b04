"""PDF: reading order, paragraphs, headings, tables, pages, what cannot be read."""

from __future__ import annotations

import time
from pathlib import Path

import extract_makers as make
import pytest
from test_extract_plain import assert_sound, kinds

from coopnlp.errors import EncryptedFile, NoText, UnreadableFile
from coopnlp.extract import extract
from coopnlp.extract.hyphens import Hyphens


def test_lines_become_paragraphs_and_headings() -> None:
    found = extract(make.report_pdf(), name="rapport.pdf")
    assert_sound(found)
    assert kinds(found)[0] == ("heading", "Rapport sur la coopération décentralisée")
    assert kinds(found)[1] == ("heading", "1. Bilan de la commission n° 1")
    assert [b.level for b in found.blocks[:2]] == [1, 2]
    assert [text for kind, text in kinds(found) if kind == "paragraph"] == list(make.PARAGRAPHS)


def test_metadata_and_pages() -> None:
    found = extract(make.report_pdf(4), name="rapport.pdf")
    assert (found.metadata.title, found.metadata.author) == ("Rapport annuel", "Service des relations")
    assert found.metadata.pages == len(found.page_starts) > 1
    for block in found.blocks:
        assert found.page_at(block.start) == block.page


def test_reading_twice_gives_the_same() -> None:
    data = make.report_pdf(2)
    assert extract(data) == extract(data)


def test_running_heads_leave_the_flow_and_are_noted() -> None:
    found = extract(make.report_pdf(5, head="Conseil départemental, séance de juin"), name="pv.pdf")
    assert "séance de juin" not in found.text
    assert "Page 2 sur" not in found.text
    noted = " ".join(n.message for n in found.notices if n.kind == "left_out")
    assert "Conseil départemental, séance de juin" in noted
    assert "numéros de page" in noted


def test_small_running_head_of_two_pages() -> None:
    found = extract(make.small_head_pdf())
    assert "jumelage" not in found.text
    assert "Comité de jumelage" in found.notices[0].message


def test_two_forms_that_begin_alike_keep_their_first_line() -> None:
    page = [(60.0, 800.0, "Demande de subvention"), (60.0, 760.0, "Nom de l'association :")]
    assert extract(make.lines_pdf([page, page])).text.count("Demande") == 2


def test_numbered_bold_titles_in_a_standard_font_are_headings() -> None:
    found = [text for kind, text in kinds(extract(make.small_head_pdf())) if kind == "heading"]
    assert found == ["1. Bilan de la commission", "2. Bilan de la commission"]


def test_a_table_over_two_pages_is_one_block() -> None:
    found = extract(make.long_table_pdf())
    assert kinds(found) == [
        ("table", "Association | Somme\nComité 0 | 1 500 €\nRelais 0 | 2 250 €\nComité 1 | 2 500 €\nRelais 1 | 3 250 €")
    ]
    assert found.text[found.page_starts[1] :].startswith("Comité 1")


def test_another_table_on_the_next_page_stays_apart() -> None:
    assert [kind for kind, _ in kinds(extract(make.long_table_pdf(other_header=True)))] == ["table", "table"]


def test_what_also_stands_inside_pages_is_no_running_head() -> None:
    page = [(60, 800 - 30 * n, f"Délibération {n} adoptée.") for n in range(20)]
    page = [line for x, y, t in page for line in ((x, y, t), (x, y - 14, "Pour : 33"))]
    found = extract(make.lines_pdf([page] * 4))
    assert found.text.count("Pour : 33") == 80


def test_a_paragraph_goes_on_over_the_page_border() -> None:
    first = [
        (56, 760 - 14 * n, f"La ligne {n} de la page première remplit toute la largeur de la page et")
        for n in range(45)
    ]
    found = extract(make.lines_pdf([first, [(56, 760, "se termine ici.")]]))
    block = found.blocks[0]
    assert found.text.endswith("de la page et se termine ici.")
    assert found.text[found.page_starts[1] :] == "se termine ici."
    assert block.page == 1


def test_two_columns_are_read_one_after_the_other() -> None:
    found = extract(make.two_columns_pdf())
    places = [found.text.index(f"Texte {n + 1}. ") for n in range(10)]
    assert places == sorted(places)
    assert all(text in found.text for text in make.PARAGRAPHS)
    assert kinds(found)[0] == ("heading", "Bulletin de la coopération")


def test_labels_and_figures_are_read_across() -> None:
    lines = [(56, 700 - 16 * n, f"Poste {n}") for n in range(6)] + [(300, 700 - 16 * n, f"{n} 000 €") for n in range(6)]
    found = extract(make.lines_pdf([lines]))
    assert "Poste 2 2 000 €" in found.text


def test_ruled_table_has_cells_and_is_not_repeated() -> None:
    found = extract(make.table_pdf())
    assert_sound(found)
    assert [kind for kind, _ in kinds(found)] == ["paragraph", "table", "paragraph"]
    table = found.blocks[1]
    grid = {(c.row, c.column): found.text[c.start : c.end] for c in table.cells}
    assert grid[1, 2] == "12 500,00 €"
    assert grid[2, 0] == "Eau pour Kita"
    assert found.text.count("Eau pour Kita") == 1
    assert {c.row for c in table.cells if c.header} == {0}


def test_turned_page_reads_upright() -> None:
    found = extract(make.lines_pdf([[(60, 500, "Plan de financement"), (60, 480, "du jumelage")]], turn=90))
    assert found.text == "Plan de financement du jumelage"


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("une coopé-", "ration durable", "une coopération durable"),
        ("à Saint-", "Nazaire", "à Saint-Nazaire"),
        ("le vice-", "président", "le vice-président"),
        ("fixe-", "t-il", "fixe-t-il"),
        ("la période 2008-", "2010", "la période 2008-2010"),
        ("la ville –", "dont le maire", "la ville – dont le maire"),
        ("un accord", "signé", "un accord signé"),
        ("l'aéro-", "port", "l'aéroport"),
    ],
)
def test_broken_words_are_mended(before: str, after: str, joined: str) -> None:
    assert Hyphens([before, after]).join(before, after) == joined


def test_the_document_decides_on_a_hyphen() -> None:
    assert Hyphens(["un centre socio-culturel neuf"]).join("centre socio-", "culturel") == "centre socio-culturel"
    assert Hyphens(["un centre socioculturel"]).join("centre socio-", "culturel") == "centre socioculturel"


def test_encrypted_pdf() -> None:
    with pytest.raises(EncryptedFile, match=r"secret\.pdf.*password"):
        extract(make.lines_pdf([[(60, 700, "Confidentiel")]], password="x"), name="secret.pdf")


@pytest.mark.parametrize("data", [b"%PDF-1.4\nrien", b"%PDF-1.7\n%%EOF", make.report_pdf()[:400]])
def test_damaged_pdf(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"pv\.pdf.*PDF"):
        extract(data, name="pv.pdf")


def test_pdf_without_pages() -> None:
    empty = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )
    with pytest.raises(UnreadableFile):
        extract(empty, name="vide.pdf")


def test_blank_pages_are_no_text() -> None:
    with pytest.raises(NoText, match="none of its 2 pages"):
        extract(make.lines_pdf([[], []]), name="blanc.pdf")


def test_an_empty_page_among_others_is_noted() -> None:
    found = extract(make.lines_pdf([[(60, 700, "Page une.")], [], [(60, 700, "Page trois.")]]))
    assert [(n.kind, n.page) for n in found.notices] == [("page_empty", 2)]
    assert len(found.page_starts) == 3
    assert found.page_at(found.text.index("Page trois")) == 3


class TestScans:
    """OCR through a stand-in for Tesseract: what it prints is its documented TSV."""

    @pytest.fixture(autouse=True)
    def _forget(self) -> None:
        from coopnlp.extract.ocr import ocr_is_installed

        ocr_is_installed.cache_clear()

    def test_without_ocr(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(NoText, match=r"scan\.pdf: page 1: scanned images.*tesseract-ocr-fra"):
            extract(make.scan_pdf(), name="scan.pdf")

    def test_with_ocr(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        rows = ["level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"]
        for line, words in enumerate((("Le", "jumelage", "est"), ("signé.",))):
            for n, word in enumerate(words):
                rows.append(
                    f"5\t1\t1\t1\t{line + 1}\t{n + 1}\t{300 + 200 * n}\t{400 + 60 * line}\t180\t45\t91.0\t{word}"
                )
        program = tmp_path / "tesseract"
        program.write_text(
            "#!/bin/sh\nif [ \"$1\" = --list-langs ]; then echo fra; exit; fi\n/bin/cat >/dev/null\n/bin/cat <<'FIN'\n"
            + "\n".join(rows)
            + "\nFIN\n"
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setenv("COOPNLP_CACHE", "off")  # other tests read the same picture by other programs
        found = extract(make.scan_pdf(), name="scan.pdf")
        assert found.text == "Le jumelage est signé."
        assert [(n.kind, n.page) for n in found.notices] == [("ocr", 1)]
        assert "91 sur 100" in found.notices[0].message
        assert found.blocks[0].box is not None
        assert 60 < found.blocks[0].box.x0 < 90  # 300 pixels at 300 dpi are 72 points


@pytest.mark.shared
def test_real_minutes_are_read_whole(shared: Path, tmp_path: Path) -> None:
    """Every page of real council minutes is in the text, and faster than 5 pages a second on any machine."""
    import zipfile

    with zipfile.ZipFile(shared / "data" / "documents" / "VilleMTP_MTP_PVCM_2011.zip") as archive:
        name = next(n for n in archive.namelist() if n.endswith("PV_CM_16_12_2011.pdf"))
        data = archive.read(name)
    begin = time.process_time()
    found = extract(data, name=name)
    assert time.process_time() - begin < 118 / 5
    assert_sound(found)
    assert len(found.page_starts) == 118
    assert len(found.text) > 330_000
    assert sum(block.kind == "table" for block in found.blocks) > 50
    assert not [n for n in found.notices if n.kind == "page_unreadable"]
