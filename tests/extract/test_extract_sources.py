"""Paths, archives, URLs; what every source may do wrong; the import itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import extract_makers as make
import pytest

import coopnlp
from coopnlp.errors import (
    EncryptedFile,
    NoText,
    TooLarge,
    UnknownFormat,
    UnreadableFile,
)
from coopnlp.extract import extract, sources


def test_folder_is_listed_sorted_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", ".cache", "~$a.docx", "sous/c.txt", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert list(sources([tmp_path])) == [tmp_path / "a.md", tmp_path / "b.txt", tmp_path / "sous" / "c.txt"]


def test_files_urls_and_missing_paths_pass_through(tmp_path: Path) -> None:
    given = ["https://exemple.fr/pv.pdf", str(tmp_path / "absent.pdf")]
    assert list(sources([*given, *given])) == [given[0], Path(given[1])]


def test_members_of_archives_open_again(tmp_path: Path) -> None:
    inner = make.zip_of({"c.txt": b"dedans"})
    (tmp_path / "envoi.zip").write_bytes(
        make.zip_of({"b/pv.txt": "Séance".encode(), "a.txt": b"un", "d.zip": inner, "__MACOSX/a": b"", ".x": b""})
    )
    listed = list(sources([tmp_path]))
    assert [p.relative_to(tmp_path).as_posix() for p in listed] == [
        "envoi.zip/a.txt", "envoi.zip/b/pv.txt", "envoi.zip/d.zip/c.txt",
    ]  # fmt: skip
    assert [extract(str(p)).text for p in listed] == ["un", "Séance", "dedans"]
    assert extract(listed[1]).source.path == str(listed[1])


def test_member_names_cannot_leave_the_archive(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    archive = tmp_path / "a.zip"
    archive.write_bytes(make.zip_of({"../secret.txt": b"membre", "/etc/hostname": b"membre"}))
    listed = list(sources([archive]))
    assert len(listed) == 2
    for path in listed:
        assert extract(path).text == "membre"


def test_archive_that_cannot_be_listed_is_yielded_and_fails(tmp_path: Path) -> None:
    archive = tmp_path / "casse.zip"
    archive.write_bytes(make.zip_of({"a.txt": b"x" * 100})[:60])
    assert list(sources([archive])) == [archive]
    with pytest.raises(UnreadableFile, match=r"casse\.zip"):
        extract(archive)


def test_member_over_the_limit(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(make.zip_of({"gros.txt": b"0" * 100_000}))
    with pytest.raises(TooLarge, match=r"a\.zip/gros\.txt"):
        extract(archive / "gros.txt", max_bytes=50_000)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(make.zip_of({"gros.txt": b"0" * 20_000_000, "pv.txt": b"bon"}))
    listed = list(sources([archive]))
    with pytest.raises(TooLarge, match="times its size"):
        extract(listed[0])
    assert extract(listed[1]).text == "bon"


def test_members_that_overlap_are_refused(tmp_path: Path) -> None:
    data = bytearray(make.zip_of({"a.txt": b"x" * 50}))
    at = data.index(b"PK\x01\x02") + 20
    data[at : at + 4] = (10**6).to_bytes(4, "little")  # the size that it takes in the archive
    (tmp_path / "a.zip").write_bytes(bytes(data))
    assert list(sources([tmp_path])) == [tmp_path / "a.zip"]
    with pytest.raises(TooLarge, match="overlap"):
        extract(tmp_path / "a.zip")


def test_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coopnlp.extract.containers.MAX_MEMBERS", 3)
    archive = tmp_path / "a.zip"
    archive.write_bytes(make.zip_of({f"{n}.txt": b"x" for n in range(4)}))
    assert list(sources([archive])) == [archive]
    with pytest.raises(TooLarge, match="over 3 files"):
        extract(archive)


def test_archives_in_archives_are_walked_three_deep(tmp_path: Path) -> None:
    data = make.zip_of({"pv.txt": b"au fond"})
    for depth in range(3):
        data = make.zip_of({f"{depth}.zip": data, f"{depth}.txt": b"texte"})
    (tmp_path / "a.zip").write_bytes(data)
    listed = list(sources([tmp_path]))
    assert [p.relative_to(tmp_path).as_posix() for p in listed] == [
        "a.zip/2.txt", "a.zip/2.zip/1.txt", "a.zip/2.zip/1.zip/0.txt", "a.zip/2.zip/1.zip/0.zip",
    ]  # fmt: skip
    assert [extract(p).text for p in listed[:3]] == ["texte"] * 3
    with pytest.raises(UnknownFormat, match="has to be unpacked"):
        extract(listed[3])


def test_the_archive_opened_last_is_not_taken_for_a_newer_one(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    for word in (b"premier", b"deuxieme envoi"):
        path.write_bytes(make.zip_of({"b.zip": make.zip_of({"c.txt": word})}))
        assert extract(path / "b.zip" / "c.txt").text == word.decode()


def test_member_with_a_password(tmp_path: Path) -> None:
    data = bytearray(make.zip_of({"a.txt": b"x" * 50}))
    data[6] |= 1  # the flag in the local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    (tmp_path / "a.zip").write_bytes(bytes(data))
    with pytest.raises(EncryptedFile):
        extract(tmp_path / "a.zip" / "a.txt")


def test_no_such_member(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(make.zip_of({"a.txt": b"x"}))
    with pytest.raises(UnreadableFile, match="no such member"):
        extract(tmp_path / "a.zip" / "b.txt")


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no such file"):
        extract(tmp_path / "absent.pdf")
    with pytest.raises(UnreadableFile, match="folder"):
        extract(tmp_path)
    with pytest.raises(UnreadableFile):
        extract("a\0b")


def test_size_limit(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 101)
    with pytest.raises(TooLarge, match=r"a\.txt"):
        extract(tmp_path / "a.txt", max_bytes=100)
    with pytest.raises(TooLarge):
        extract(b"x" * 101, max_bytes=100)


@pytest.mark.parametrize("data", [b"", b" \n\t ", b"\xef\xbb\xbf"])
def test_empty(data: bytes) -> None:
    with pytest.raises(NoText):
        extract(data, name="vide.txt")


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("pv.pdf", make.zip_of({"a.txt": b"x"}), UnreadableFile),
        ("a.zip", make.zip_of({"a.txt": b"x"}), UnknownFormat),
        ("x.pdf", bytes(range(256)) * 9, UnreadableFile),
        ("x.bin", bytes(range(256)) * 9, UnknownFormat),
        ("x", b"\x1f\x8b\x08" + bytes(50), UnknownFormat),
        ("x.pdf", b"<p>Erreur 404</p>", UnreadableFile),
        ("x.xml", b"<?xml version='1.0'?><a>b</a>", UnknownFormat),
        (
            "x.mbox",
            b"From a@b.fr Mon May  3 10:00:00 2010\nFrom: a@b.fr\nTo: c@d.fr\nSubject: x\nMessage-ID: <1>\n\nUn\n\n"
            * 2,
            UnknownFormat,
        ),
        ("x.wpd", b"\xffWPC" + bytes(60), UnknownFormat),
        ("x.msg", make.compound_file(bytes.fromhex("0b0d020000000000c000000000000046")), UnknownFormat),
        ("x.ppt", make.compound_file(bytes.fromhex("108d81649b4fcf1186ea00aa00b929e8"), "WordDocument"), UnknownFormat),
        (
            "x.doc",
            make.compound_file(bytes(16), "WordDocument", header=b"\xec\xa5\xc1\0" + bytes(7) + b"\x13"),
            EncryptedFile,
        ),
        (
            "x.odt",
            make.zip_of(
                {
                    "mimetype": b"application/vnd.oasis.opendocument.text",
                    "META-INF/manifest.xml": b"<manifest:encryption-data/>",
                }
            ),
            EncryptedFile,
        ),
        ("vide.zip", make.zip_of({"dossier/": b""}), NoText),
    ],
)
def test_what_is_not_read_is_named(name: str, data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error, match=name):
        extract(data, name=name)


def test_bytes_say_the_format_before_the_name() -> None:
    assert extract(make.report_pdf(), name="rapport.txt").source.media_type == "application/pdf"
    assert extract(b"<!DOCTYPE html><html><body><p>Bonjour</p></body></html>").source.media_type == "text/html"


def test_source_identity() -> None:
    source = extract(b"bonjour", name="a.txt").source
    assert (source.name, source.size, source.sha256[:8]) == ("a.txt", 7, "2cb4b143")


def test_package_can_be_called_like_its_function() -> None:
    assert coopnlp.extract(b"bonjour").text == "bonjour"


def test_import_is_light() -> None:
    code = (
        "import sys, coopnlp.extract\n"
        "heavy = {'spacy', 'sklearn', 'pdfplumber', 'pypdfium2', 'docx', 'trafilatura', 'lxml', 'httpx', 'openpyxl'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
