"""A batch: everything readable is in the register, everything else is there with its reason."""

from __future__ import annotations

import zipfile
from pathlib import Path

import batch_fakes
import pytest

from coopnlp.batch import Progress, Summary, run
from coopnlp.batch.render import show_summary
from coopnlp.errors import CoopnlpError, ModelError
from coopnlp.register import Register, Versions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "fonds"
    made.mkdir()
    for n in range(5):
        (made / f"pv-{n}.txt").write_text(f"LENT Délibération numéro {n} pour Bamako")
    return made


def batch(folder: Path, *, workers: int = 0, **options: object) -> Summary:
    return run([folder], folder.parent / "r.db", workers=workers, process=batch_fakes.process, **options)


def dump(folder: Path) -> dict:
    with Register(folder.parent / "r.db", create=False) as register:
        return register.dump()


def test_every_file_is_read_once(folder: Path) -> None:
    assert batch(folder).done == 5
    before = dump(folder)
    second = batch(folder)
    assert (second.done, second.skipped, second.failed) == (0, 5, ())
    assert dump(folder) == before


def test_one_bad_file_stops_nothing(folder: Path) -> None:
    for name in ("VIDE", "ERREUR", "MEMOIRE"):
        (folder / f"a-{name}.txt").write_text(f"{name} rien")
    summary = batch(folder)
    assert summary.done == 5
    assert [(Path(f.source).name, f.error) for f in summary.failed] == [
        ("a-ERREUR.txt", "KeyError"),
        ("a-MEMOIRE.txt", "MemoryError"),
        ("a-VIDE.txt", "NoText"),
    ]


def test_a_record_that_no_register_takes_is_a_failure_of_its_file(folder: Path) -> None:
    (folder / "enorme.txt").write_text("ENORME nombre de pages")
    summary = batch(folder)
    assert summary.done == 5
    assert [(Path(f.source).name, f.error) for f in summary.failed] == [("enorme.txt", "OverflowError")]
    assert batch(folder).done == 0


def test_what_failed_is_tried_again_only_when_asked(folder: Path) -> None:
    (folder / "vide.txt").write_text("VIDE rien")
    batch(folder)
    tried: list[Progress] = []
    again = batch(folder, progress=tried.append)
    assert [f.error for f in again.failed] == ["NoText"]
    assert not any(step.name for step in tried)
    batch(folder, progress=tried.append, retry_failed=True)
    assert [Path(step.name).name for step in tried if step.name] == ["vide.txt"]


def test_another_version_reads_again(folder: Path) -> None:
    batch(folder, versions=Versions(library="0.1.0"))
    assert batch(folder, versions=Versions(library="0.2.0")).done == 5


def test_a_changed_file_is_replaced(folder: Path) -> None:
    batch(folder)
    (folder / "pv-0.txt").write_text("Jumelage avec Plovdiv")
    summary = batch(folder)
    assert (summary.done, summary.skipped) == (1, 4)
    with Register(folder.parent / "r.db") as register:
        assert register.stats().documents == 5
        assert [hit.source for hit in register.search("Plovdiv", per_document=1)] == ["pv-0.txt"]


def test_a_file_that_is_gone_is_reported_and_its_record_kept(folder: Path) -> None:
    batch(folder)
    (folder / "pv-3.txt").unlink()
    summary = batch(folder)
    assert [Path(address).name for address in summary.gone] == ["pv-3.txt"]
    with Register(folder.parent / "r.db") as register:
        assert register.stats().documents == 5
    assert batch(folder).gone == ()


def test_a_path_that_does_not_exist_is_a_failure(folder: Path) -> None:
    summary = run([folder / "absent.txt", folder], folder.parent / "r.db", workers=0, process=batch_fakes.process)
    assert summary.done == 5
    assert [(Path(f.source).name, f.error) for f in summary.failed] == [("absent.txt", "UnreadableFile")]


def test_equal_bytes_are_read_once_under_the_first_address(folder: Path) -> None:
    (folder / "a.txt").write_bytes((folder / "pv-1.txt").read_bytes())
    summary = batch(folder)
    assert (summary.done, summary.skipped) == (5, 1)
    with Register(folder.parent / "r.db") as register:
        assert [Path(name).name for name in register.show("pv-1").names] == ["a.txt", "pv-1.txt"]


def test_inputs_in_another_order_give_the_same_register(folder: Path) -> None:
    (folder / "a.txt").write_bytes((folder / "pv-1.txt").read_bytes())
    (folder / "vide.txt").write_text("VIDE rien")
    files = sorted(folder.iterdir())
    run(files, folder.parent / "1.db", workers=0, process=batch_fakes.process)
    run(reversed(files), folder.parent / "2.db", workers=0, process=batch_fakes.process)
    with Register(folder.parent / "1.db") as one, Register(folder.parent / "2.db") as two:
        assert one.dump() == two.dump()


def test_members_of_an_archive_are_noted_by_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "envoi.zip", "w") as archive:
        archive.writestr("2011/pv.txt", "Jumelage")
    (tmp_path / "abime.zip").write_bytes(b"VIDE")
    summary = run([tmp_path], tmp_path / "r.db", workers=0, process=batch_fakes.process)
    names = {Path(failure.source).name for failure in summary.failed}
    assert names == {"pv.txt", "abime.zip"}  # the stand-in reads no archive, but each has its reason


def test_the_register_itself_may_lie_in_the_folder(folder: Path) -> None:
    for done in (5, 0):
        summary = run([folder], folder / "r.db", workers=0, process=batch_fakes.process)
        assert (summary.done, summary.failed) == (done, ())


def test_bytes_that_change_while_they_wait_are_kept_as_read(folder: Path) -> None:
    (folder / "change.txt").write_text("CHANGE tout")
    assert batch(folder).done == 6
    with Register(folder.parent / "r.db") as register:
        assert register.show("change").text == "Autre texte"
        assert register.stats().waiting == 0
    assert batch(folder).done == 0


def test_a_page_is_fetched_once_and_one_that_failed_every_time(tmp_path: Path) -> None:
    inputs = ["https://exemple.org/page", "https://exemple.org/muet"]
    for done in (1, 0):
        summary = run(inputs, tmp_path / "r.db", workers=0, process=batch_fakes.from_web)
        assert (summary.done, [f.error for f in summary.failed]) == (done, ["FetchError"])
    with Register(tmp_path / "r.db") as register:
        (record,) = register.records()
        assert (record.source.url, record.source.path) == ("https://exemple.org/page", None)


def test_nothing_to_read_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    assert run([tmp_path / "vide"], tmp_path / "r.db", process=batch_fakes.process).done == 0


def test_missing_models_stop_the_run_and_fail_no_file(folder: Path) -> None:
    for workers in (0, 1):
        with pytest.raises(ModelError, match="coop_fr"):
            run([folder], folder.parent / "r.db", workers=workers, process=batch_fakes.no_models)
    with Register(folder.parent / "r.db") as register:
        assert register.failures() == []
        assert register.stats().waiting == 5
    assert batch(folder).done == 5


def test_an_engine_that_is_not_there_says_what_to_use(folder: Path) -> None:
    with pytest.raises(CoopnlpError, match="Use `local` or `ray`"):
        batch(folder, engine="spark")


def test_the_summary_names_what_failed(folder: Path) -> None:
    from io import StringIO

    (folder / "vide.txt").write_text("VIDE rien")
    stream = StringIO()
    show_summary(batch(folder), stream)
    assert stream.getvalue().startswith("5 documents lus, 0 inchangé, 1 en échec")
    assert "vide.txt" in stream.getvalue()
