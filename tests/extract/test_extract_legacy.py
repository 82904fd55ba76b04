"""DOC, RTF, ODT, XLS, ODS: with a LibreOffice made for the test, without any, and with the real one."""

from __future__ import annotations

import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import extract_makers as make
import pytest

from coopnlp.errors import EncryptedFile, TimedOut, UnknownFormat, UnreadableFile
from coopnlp.extract import extract
from coopnlp.extract.legacy import office

RTF = rb"{\rtf1\ansi Convention}"
WORD = make.compound_file(bytes.fromhex("0609020000000000c000000000000046"))
EXCEL = make.compound_file(bytes.fromhex("2008020000000000c000000000000046"))
real = pytest.mark.skipif(office() is None, reason="LibreOffice is not installed")


def open_document(kind: str, body: str) -> bytes:
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (
            ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("svg", "svg-compatible"),
        )
    )  # fmt: skip
    media = f"application/vnd.oasis.opendocument.{kind}"
    entry = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
    return make.zip_of(
        {
            "mimetype": media.encode(),
            "content.xml": (
                f'<office:document-content {names} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2">'
                f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
            ).encode(),
            "META-INF/manifest.xml": (
                '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                f"{entry.format('/', media)}{entry.format('content.xml', 'text/xml')}</manifest:manifest>"
            ).encode(),
        }
    )


def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a soffice that does what a script says first on the path; ``$2`` is its output folder then."""
    found = tmp_path / "soffice"
    found.write_text(f'#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done\n/bin/mkdir -p "$2"\n{script}\n')
    found.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.parametrize(
    ("name", "data", "package"),
    [
        ("pv.doc", WORD, "libreoffice-writer"),
        ("pv.rtf", RTF, "libreoffice-writer"),
        ("pv.odt", open_document("text", ""), "libreoffice-writer"),
        ("aides.xls", EXCEL, "libreoffice-calc"),
        ("aides.ods", open_document("spreadsheet", ""), "libreoffice-calc"),
    ],
)
def test_without_libreoffice(
    name: str, data: bytes, package: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnknownFormat, match=rf"{name}.*{package}"):
        extract(data, name=name)


def test_what_it_makes_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pret.docx").write_bytes(make.agreement_docx())
    program(tmp_path, monkeypatch, f'/bin/cp {tmp_path}/pret.docx "$2/source.docx"')
    found = extract(RTF, name="pv.rtf")
    assert "Kopargo" in found.text
    assert found.source.media_type == "application/rtf"
    assert found.metadata.language is None
    assert found.notices[0].kind == "converted"


def test_it_is_stopped_with_its_children_at_the_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("coopnlp.extract.legacy._MAX_SECONDS", 0.5)
    program(tmp_path, monkeypatch, f"/bin/sleep 60 & echo $! > {tmp_path}/child; wait")
    with pytest.raises(TimedOut, match=r"pv\.rtf"):
        extract(RTF, name="pv.rtf")
    assert is_gone(int((tmp_path / "child").read_text()))


@pytest.mark.parametrize("script", ["while :; do :; done", '/bin/sleep 1; /bin/sh -c "while :; do :; done" || exit 1'])
def test_its_limit_of_processor_time_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    monkeypatch.setattr("coopnlp.extract.legacy._MAX_CPU_SECONDS", 1)
    program(tmp_path, monkeypatch, script)
    with pytest.raises(TimedOut, match=r"pv\.rtf.*1 s of processor time"):
        extract(RTF, name="pv.rtf")


def test_children_that_outlive_it_are_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path, monkeypatch, f"/bin/sleep 60 & echo $! > {tmp_path}/child")
    with pytest.raises(UnreadableFile, match=r"pv\.rtf"):
        extract(RTF, name="pv.rtf")
    assert is_gone(int((tmp_path / "child").read_text()))


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended; one that nobody has waited for yet has."""
    for _ in range(50):
        try:
            os.kill(pid, 0)
            if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.1)
    return False


def test_a_folder_for_each_file_and_nothing_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    program(tmp_path, monkeypatch, "exit 1")
    with pytest.raises(UnreadableFile):
        extract(RTF, name="pv.rtf")
    assert [path.name for path in tmp_path.iterdir()] == ["soffice"]


def test_an_old_file_cut_before_its_directory_is_damaged() -> None:
    with pytest.raises(UnreadableFile, match="damaged"):
        extract(make.compound_file(bytes(16), "Autre")[:512] + b"\1" * 100, name="pv.doc")


def test_passwords_are_named_before_libreoffice_is_asked() -> None:
    with pytest.raises(EncryptedFile):
        extract(make.compound_file(bytes(16), "EncryptedPackage"), name="pv.docx")


@real
def test_a_text_through_libreoffice() -> None:
    body = (
        rb"{\rtf1\ansi\ansicpg1252 {\header Ville de Vihiers\par}Proc\'e8s-verbal\par Montant : 12 500 \'80.\par"
        rb"\trowd\cellx3000\cellx6000 Kopargo\intbl\cell 2009\intbl\cell\row"
        rb"\trowd\cellx3000\cellx6000 Nara\intbl\cell 2010\intbl\cell\row\pard Fin{\footnote Note de bas.}.\par}"
    )
    found = extract(body, name="pv.rtf")
    assert found.text.replace("\xa0", " ") == (
        "Procès-verbal\n\nMontant : 12 500 €.\n\nKopargo | 2009\nNara | 2010\n\nFin [1].\n\n1. Note de bas."
    )
    assert "« Ville de Vihiers »" in "".join(notice.message for notice in found.notices)


@real
def test_a_spreadsheet_through_libreoffice() -> None:
    cell = '<table:table-cell office:value-type="{0}" office:{1}="{2}"><text:p>{2}</text:p></table:table-cell>'
    row = cell.format("string", "string-value", "Mali") + cell.format("float", "value", "1200.5")
    table = f'<table:table table:name="Aides"><table:table-row>{row}</table:table-row></table:table>'
    found = extract(open_document("spreadsheet", table), name="aides.ods")
    assert found.text == "Aides\n\nMali | 1200,5"
    assert [notice.kind for notice in found.notices] == ["converted"]


@real
def test_nothing_is_fetched_for_a_document() -> None:
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/image.png"
    picture = f'<draw:frame svg:width="2cm" svg:height="2cm"><draw:image xlink:href="{address}"/></draw:frame>'
    try:
        found = extract(open_document("text", f"<text:p>Bonjour {picture}</text:p>"), name="pv.odt")
    finally:
        server.shutdown()
        server.server_close()
    assert found.text == "Bonjour"
    assert asked == []


@real
@pytest.mark.shared
def test_a_word_file_of_a_council(shared: Path) -> None:
    archive = shared / "data" / "documents" / "VilleMTP_MTP_CRCM_2011.zip"
    found = extract(archive / "VilleMTP_MTP_CRCM_2011" / "CR_CM_07_11_2011.doc")
    assert "Compte-rendu du Conseil municipal Séance publique du lundi 07 novembre 2011" in found.text
    assert "SEASY" not in found.text
    table = max((block for block in found.blocks if block.kind == "table"), key=lambda block: len(block.cells))
    assert len({cell.row for cell in table.cells}) > 80
    assert any("Texte masqué" in notice.message for notice in found.notices)
