"""Which pages OCR reads, and what becomes of what it read; Tesseract itself only where it is installed."""

from __future__ import annotations

import json
import shutil
from io import BytesIO
from pathlib import Path
from textwrap import wrap

import numpy as np
import pytest
from extract_makers import BODY, PARAGRAPHS, lines_pdf, report_pdf, scan_pdf
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.platypus import Paragraph, SimpleDocTemplate
from typer.testing import CliRunner

from coopnlp.cli import app
from coopnlp.errors import CoopnlpError, NoText, TooLarge
from coopnlp.extract import extract
from coopnlp.extract.ocr_mode import ocr_mode, using_ocr
from coopnlp.extract.scan_sizes import to_words
from coopnlp.extract.tesseract import ReadWord, ocr_is_installed, read_picture, tesseract_identity

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
NOISE = (
    "Lc conscii communautairc approuvc la convcntion dc coopcration passcc avcc la communc ruralc dc Dogofry. Eiie "
    "portc sur i'assainisscmcnt, ia formation dcs agcnts ct ia tcnuc dc i'ctat civii, ct ic suivi cn rcvicnt au comitc."
)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COOPNLP_CACHE", "off")
    monkeypatch.delenv("COOPNLP_OCR", raising=False)
    ocr_is_installed.cache_clear()
    tesseract_identity.cache_clear()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Put a stand-in for Tesseract on the path that reads given lines on every page; return how often it was asked."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def set_up(*lines: str, confidence: float = 91.0) -> Path:
        rows = ["level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"]
        for number, line in enumerate(lines):
            left = 300
            for n, word in enumerate(line.split(), 1):
                wide = 20 * len(word)
                rows.append(
                    f"5\t1\t1\t1\t{number + 1}\t{n}\t{left}\t{400 + 60 * number}\t{wide}\t34\t{confidence}\t{word}"
                )
                left += wide + 12
        asked = tmp_path / "asked"
        program = folder / "tesseract"
        program.write_text(
            f'#!/bin/sh\ncase "$1" in --*) echo fra; exit;; esac\necho x >>{asked}\n/bin/cat >/dev/null\n'
            # the second look, at what was not read, finds nothing
            'case "$*" in *"--psm 6"*) exit;; esac\n'
            "/bin/cat <<'FIN'\n" + "\n".join(rows) + "\nFIN\n"
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        ocr_is_installed.cache_clear()
        tesseract_identity.cache_clear()
        return asked

    return set_up


def noisy_pdf() -> bytes:
    """Return a page whose text layer is an old OCR's."""
    out = BytesIO()
    SimpleDocTemplate(out, pagesize=A4).build([Paragraph(NOISE, BODY)])
    return out.getvalue()


def mixed_pdf() -> bytes:
    """Return a page of text and one that is a picture."""
    import pypdfium2

    out = BytesIO()
    with pypdfium2.PdfDocument(report_pdf()) as whole, pypdfium2.PdfDocument(scan_pdf()) as scan:
        whole.import_pages(scan)
        whole.save(out)
    return out.getvalue()


def photograph() -> Image.Image:
    """Return a picture of many greys."""
    waves = np.add.outer(np.linspace(20, 200, 600), 40 * np.sin(np.linspace(0, 20, 900)))
    return Image.fromarray(
        np.clip(waves + np.random.default_rng(3).normal(0, 12, waves.shape), 0, 255).astype(np.uint8)
    )


def pasted_pdf(picture: Image.Image) -> bytes:
    """Return a page with a paragraph of its own above a picture of half the page."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for number, line in enumerate(wrap(PARAGRAPHS[0], 85)):
        canvas.drawString(56, 790 - 14 * number, line)
    canvas.drawImage(ImageReader(picture), 56, 100, 483, 500)
    canvas.save()
    return out.getvalue()


def picture_of(pdf: bytes, dpi: int = 200) -> Image.Image:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[0].render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
    finally:
        document.close()


def packed(image: Image.Image, kind: str = "PNG", dpi: int = 200, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, dpi=(dpi, dpi), **options)
    return out.getvalue()


class TestMode:
    def test_the_call_rules_over_the_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert ocr_mode() == "auto"
        monkeypatch.setenv("COOPNLP_OCR", "never")
        assert ocr_mode() == "never"
        with using_ocr("always"), using_ocr(None):
            assert ocr_mode() == "always"
        assert ocr_mode() == "never"

    def test_what_is_no_mode_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(CoopnlpError, match=r"'oui'.*auto, never, always"):
            extract(b"Bonjour.", name="a.txt", ocr="oui")  # type: ignore[arg-type]
        monkeypatch.setenv("COOPNLP_OCR", "parfois")
        with pytest.raises(CoopnlpError, match=r"COOPNLP_OCR.*'parfois'"):
            extract(scan_pdf(), name="a.pdf")

    def test_command(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COOPNLP_OCR", "auto")  # so that what the command chooses is undone
        path = tmp_path / "scan.pdf"
        path.write_bytes(scan_pdf())
        done = CliRunner().invoke(app, ["extract", str(path), "--ocr", "never"])
        assert done.exit_code == 1
        assert "OCR was not wanted" in done.output + (done.stderr or "")
        assert CliRunner().invoke(app, ["extract", str(path), "--ocr", "oui"]).exit_code == 2

    def test_the_command_tells_of_pages_that_its_text_lacks(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COOPNLP_OCR", "auto")
        path = tmp_path / "mixte.pdf"
        path.write_bytes(mixed_pdf())
        done = CliRunner().invoke(app, ["extract", str(path), "--ocr", "never"])
        assert done.exit_code == 0
        assert "mixte.pdf : Page 2 : image numérisée" in done.stderr
        assert "image numérisée" not in done.stdout


class TestWhichPages:
    def test_good_layer_is_left_alone(self, reads) -> None:
        asked = reads("Autre", "texte")
        found = extract(report_pdf(), name="rapport.pdf")
        assert "coopération décentralisée" in found.text
        assert not asked.exists()
        assert found.metadata.ocr_pages is None
        assert all(block.confidence is None for block in found.blocks)

    def test_noise_is_replaced(self, reads) -> None:
        reads(*wrap(PARAGRAPHS[0], 80))
        found = extract(noisy_pdf(), name="vieux.pdf")
        assert "approuve la convention" in found.text
        assert "conscii" not in found.text
        assert [n.kind for n in found.notices] == ["suspicious_text", "ocr"]
        assert found.metadata.ocr_pages == (1,)
        assert found.blocks[0].confidence == 91

    def test_noise_stays_where_ocr_reads_no_better(self, reads) -> None:
        reads(*wrap(NOISE, 80))
        found = extract(noisy_pdf(), name="vieux.pdf")
        assert "conscii" in found.text
        assert [n.kind for n in found.notices] == ["suspicious_text"]
        assert found.metadata.ocr_pages is None

    def test_noise_is_told_where_nothing_can_read_it(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        found = extract(noisy_pdf(), name="vieux.pdf")
        assert "conscii" in found.text
        assert ["Tesseract n'est pas installé" in n.message for n in found.notices] == [True]

    def test_never(self, reads) -> None:
        asked = reads("Le", "jumelage")
        with pytest.raises(NoText, match="not wanted"):
            extract(scan_pdf(), name="scan.pdf", ocr="never")
        assert "conscii" in extract(noisy_pdf(), name="vieux.pdf", ocr="never").text
        with pytest.raises(NoText, match="not wanted"):
            extract(packed(Image.new("L", (400, 300), 255)), name="scan.png", ocr="never")
        assert not asked.exists()

    def test_always(self, reads) -> None:
        reads("Le jumelage est signé")
        found = extract(report_pdf(), name="rapport.pdf", ocr="always")
        assert found.text == "Le jumelage est signé"
        assert found.metadata.ocr_pages == (1,)

    def test_doubtful_pages_are_listed(self, reads) -> None:
        reads("Le jumelage est signé", confidence=41)
        found = extract(scan_pdf(), name="scan.pdf")
        assert found.metadata.doubtful_pages == (1,)
        assert "1 page lue" in next(n.message for n in found.notices if n.kind == "ocr_doubtful")
        assert json.loads(json.dumps(found.to_json()))["blocks"][0]["confidence"] == 41

    def test_every_page_of_a_tiff(self, reads) -> None:
        reads("Le jumelage est signé.")
        page = Image.new("L", (827, 1169), 255)
        found = extract(packed(page, "TIFF", dpi=100, save_all=True, append_images=[page, page]), name="dossier.tif")
        assert found.metadata.pages == 3
        assert len(found.page_starts) == 3
        assert found.text.count("jumelage") == 3

    def test_too_many_pixels(self, reads) -> None:
        reads("Le")
        with pytest.raises(TooLarge, match="300 dots an inch"):
            extract(packed(Image.new("1", (14_000, 14_000))), name="plan.png")


class TestPictures:
    LINES = ("Lettre de la Ville de Kita", "au président du comité de jumelage", "datée du 3 mars 1987")

    def test_writing_in_a_picture_is_read_where_it_stands(self, reads) -> None:
        reads(*self.LINES)
        found = extract(pasted_pdf(picture_of(report_pdf()).crop((0, 100, 1654, 1400))), name="a.pdf")
        assert found.text.index("Dogofry") < found.text.index("comité de jumelage")
        assert found.blocks[0].confidence is None
        assert found.blocks[-1].confidence == 91
        assert found.metadata.ocr_pages == (1,)
        assert [n.message for n in found.notices if n.kind == "ocr"] == [
            "Page 1 : une image de la page porte du texte, lu par reconnaissance de caractères, "
            "confiance moyenne de 91 sur 100."
        ]

    def test_what_is_read_there_must_be_sure(self, reads) -> None:
        reads(*self.LINES, confidence=45)
        found = extract(pasted_pdf(picture_of(report_pdf()).crop((0, 100, 1654, 1400))), name="a.pdf")
        assert "Kita" not in found.text
        assert "rien de sûr" in found.notices[-1].message

    def test_it_is_told_where_it_is_not_read(self, reads) -> None:
        asked = reads(*self.LINES)
        found = extract(pasted_pdf(picture_of(report_pdf()).crop((0, 100, 1654, 1400))), name="a.pdf", ocr="never")
        assert not asked.exists()
        assert [(n.kind, n.page) for n in found.notices] == [("left_out", 1)]

    def test_photographs_are_left_alone(self, reads) -> None:
        asked = reads(*self.LINES)
        found = extract(pasted_pdf(photograph()), name="a.pdf")
        assert not asked.exists()
        assert found.notices == ()


class TestWords:
    def test_headings_are_larger_by_height_and_width(self) -> None:
        def line(number: int, top: float, text: str, em: float) -> list[ReadWord]:
            words, x = [], 50.0
            for word in text.split():
                wide = 0.5 * em * len(word)
                words.append(ReadWord(word, x, top, x + wide, top + 0.69 * em, 90, number))
                x += wide + 0.3 * em
            return words

        read = line(0, 50, "Bilan des actions", 16)
        for number in range(1, 5):
            read += line(number, 60 + 15 * number, "Les communes ont choisi ensemble leurs actions du mandat", 11)
        sizes = {word.text: word.size for word, _ in to_words(read)}
        assert sizes["Bilan"] > 1.3 * sizes["communes"]
        assert len({word.size for word, made in to_words(read) if made.line}) == 1

    def test_a_line_of_points_has_a_place(self) -> None:
        read = [
            ReadWord(text, 60.0 + 20 * n, 100, 64.0 + 20 * n, 103, 40.0, 0) for n, text in enumerate((".", ",", "«"))
        ]
        assert [round(word.bottom - word.top) for word, _ in to_words(read)] == [12, 12, 12]

    def test_boxes_that_run_on_are_cut(self) -> None:
        read = [
            ReadWord("Carte", 150, 29, 229, 38, 84, 0),
            ReadWord("Eté", 178, 29, 192, 38, 96, 0),
            ReadWord("Jeunes", 197, 29, 228, 38, 96, 0),
        ]
        words = [word for word, _ in to_words(read)]
        assert [word.text for word in words] == ["Carte", "Eté", "Jeunes"]
        assert words[0].x1 <= words[1].x0


@needs_tesseract
class TestTesseract:
    """What is seen on real pictures."""

    @pytest.mark.parametrize("turn", [0, 90, 180])
    def test_pages_are_set_upright(self, turn: int) -> None:
        picture = picture_of(report_pdf()).rotate(turn, expand=True, fillcolor=255)
        found = extract(packed(picture), name="scan.png")
        assert "convention de coopération passée avec la commune rurale de Dogofry" in found.text
        assert found.blocks[0].confidence is not None

    def test_faint_and_askew(self) -> None:
        """Grey on grey, darker to the right, two degrees askew: Tesseract alone reads next to nothing."""
        picture = picture_of(report_pdf(), 150).rotate(2, Image.Resampling.BICUBIC, fillcolor=255)
        ink = 1 - np.asarray(picture, dtype=np.float32) / 255
        paper = 205 - 45 * np.linspace(0, 1, ink.shape[1])[None, :] ** 2
        grey = paper - 50 * ink + np.random.default_rng(1).normal(0, 8, ink.shape)
        found = extract(packed(Image.fromarray(grey.astype(np.uint8)), dpi=150), name="pale.png")
        words = " ".join(PARAGRAPHS).split()
        read = set(found.text.split())
        assert sum(word in read for word in words) > 0.95 * len(words)

    def test_headings_and_paragraphs_of_a_scan(self) -> None:
        found = extract(packed(picture_of(report_pdf())), name="scan.png")
        kinds = [(b.kind, found.text[b.start : b.end][:40]) for b in found.blocks]
        assert kinds[:2] == [
            ("heading", "Rapport sur la coopération décentralisée"),
            ("heading", "1. Bilan de la commission n° 1"),
        ]
        assert [kind for kind, _ in kinds].count("paragraph") == 3

    def test_second_run_reads_nothing(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        from coopnlp.extract import scan

        monkeypatch.setenv("COOPNLP_CACHE", str(tmp_path))
        asked: list[str] = []
        monkeypatch.setattr(scan, "read_picture", lambda *a, **k: asked.append("") or read_picture(*a, **k))
        data = packed(picture_of(lines_pdf([[(60, 700, "Le jumelage de Troyes et de Tournai est signé.")]])))
        first = extract(data, name="scan.png")
        assert asked
        asked.clear()
        assert extract(data, name="scan.png") == first
        assert not asked
