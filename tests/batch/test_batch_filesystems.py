"""Sources at addresses that fsspec opens: listed, noted by digest, read, and read again where they changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coopnlp.batch import run
from coopnlp.batch.filesystems import chunks, files_below, is_remote, process_remote
from coopnlp.batch.listing import found_in, look
from coopnlp.errors import CoopnlpError, TooLarge, UnreadableFile
from coopnlp.extract import extract
from coopnlp.register import Register
from coopnlp.types import DocumentInfo, Record, Result

fsspec = pytest.importorskip("fsspec", reason='fsspec is not installed: pip install "coopnlp[ray]"')


@pytest.fixture
def store() -> Iterator[str]:
    """A folder in fsspec's memory, which is an object store for these tests."""
    system = fsspec.filesystem("memory")
    system.pipe(
        {
            "/fonds/2011/b.txt": b"Jumelage avec Plovdiv.",
            "/fonds/a.txt": "Une convention avec Ségou.".encode(),
            "/fonds/.cache/x.txt": b"rien",
        }
    )
    yield "memory://fonds"
    system.rm("/fonds", recursive=True)


def read(source: str | Path) -> Result:
    """The text alone, as processing reads an address."""

    def process(data: bytes, *, name: str) -> Result:
        extraction = extract(data, name=name)
        record = Record(id=name, source=extraction.source, document=DocumentInfo(title=name))
        return Result(extraction=extraction, record=record)

    return process_remote(process, str(source))


def test_a_folder_gives_its_files(store: str) -> None:
    assert list(found_in([store])) == ["memory://fonds/2011/b.txt", "memory://fonds/a.txt"]
    assert list(files_below("memory://fonds/a.txt")) == ["memory://fonds/a.txt"]


def test_a_file_is_noted_with_the_digest_of_its_bytes(store: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Une convention avec Ségou.")
    far, near = look(f"{store}/a.txt"), look(tmp_path / "a.txt")
    assert (far.sha256, far.size, far.name) == (near.sha256, near.size, "a.txt")
    assert (far.address, far.path, far.url) == (f"{store}/a.txt", f"{store}/a.txt", None)


def test_a_batch_reads_what_is_new_or_changed(store: str, tmp_path: Path) -> None:
    def once() -> tuple[int, int, int]:
        summary = run([store], tmp_path / "r.db", workers=0, process=read)
        return summary.done, summary.skipped, summary.gone_count

    assert once() == (2, 0, 0)
    assert once() == (0, 2, 0)
    system = fsspec.filesystem("memory")
    system.pipe("/fonds/a.txt", b"Un autre texte.")
    system.rm("/fonds/2011/b.txt")
    assert once() == (1, 0, 1)
    with Register(tmp_path / "r.db") as register:
        assert register.show("a").text == "Un autre texte."
        assert register.show("memory://fonds/a.txt").names == ("memory://fonds/a.txt",)
        assert register.show("b").text == "Jumelage avec Plovdiv."  # kept, and marked


def test_what_is_not_there_is_a_failure_of_that_source(store: str, tmp_path: Path) -> None:
    summary = run([f"{store}/absent.txt", store], tmp_path / "r.db", workers=0, process=read)
    assert summary.done == 2
    assert [(f.error, f.source) for f in summary.failed] == [("UnreadableFile", f"{store}/absent.txt")]


def test_a_file_over_the_limit_is_refused(store: str) -> None:
    with pytest.raises(TooLarge):
        list(chunks(f"{store}/a.txt", 10))
    with pytest.raises(UnreadableFile, match="no such file"):
        list(chunks(f"{store}/z.txt", 10))


def test_a_kind_of_address_that_nothing_opens_says_so() -> None:
    with pytest.raises(CoopnlpError, match="no file system is called 'fonds'"):
        list(files_below("fonds://a"))


@pytest.mark.parametrize(
    ("source", "remote"),
    [
        ("s3://b/x.pdf", True),
        ("http://x.fr/a", False),
        ("HTTPS://x.fr/a", False),
        ("a/b.pdf", False),
        (Path("a"), False),
    ],
)
def test_pages_of_the_web_and_paths_are_no_such_addresses(source: object, remote: bool) -> None:
    assert is_remote(source) is remote
