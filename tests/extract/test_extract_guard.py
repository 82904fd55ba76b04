"""Reading behind the guard: the same as in this process, and what a file may cost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import extract_makers as make
import guard_fakes as fakes
import pytest

from coopnlp.errors import CoopnlpError, NoText, TimedOut, TooLarge, UnreadableFile
from coopnlp.extract import Limits, extract, guarded, guarded_each, sources
from coopnlp.extract import guard_process as processes
from coopnlp.extract.guard import ReaderError, guarded_frames, guarded_members

SMALL = Limits(seconds=20, cpu_seconds=5, memory_bytes=700_000_000, output_bytes=20_000_000)


def idle() -> processes.ReadingProcess:
    """Return the process that reads next; it stays where it is."""
    found = processes.take()
    processes.put_back(found)
    return found


def ends(pid: int) -> bool:
    """Tell whether a process ends within seconds; one that nobody waits for has ended too."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.1)
    return False


def fake(name: str, limits: Limits = SMALL) -> list[bytes]:
    """Have a stand-in for a reader called in the reading process."""
    return list(guarded_frames(getattr(fakes, name), b"octets", name="faux.pdf", limits=limits))


@pytest.mark.parametrize("name", ["rapport.pdf", "tableau.pdf", "convention.docx", "note.md"])
def test_is_what_reading_here_gives(tmp_path: Path, name: str) -> None:
    data = {
        "rapport.pdf": make.report_pdf(3, head="Rapport"),
        "tableau.pdf": make.long_table_pdf(),
        "convention.docx": make.agreement_docx(),
        "note.md": "# Été\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".encode(),
    }[name]
    (tmp_path / name).write_bytes(data)
    assert guarded(tmp_path / name) == extract(tmp_path / name)
    assert guarded(data, name=name) == extract(data, name=name)


def test_errors_are_those_of_reading_here(tmp_path: Path) -> None:
    for source, name in ((tmp_path / "absent.pdf", None), (b"", "vide.txt"), (bytes(range(256)) * 9, "x.bin")):
        with pytest.raises(CoopnlpError) as here:
            extract(source, name=name)
        with pytest.raises(type(here.value)) as there:
            guarded(source, name=name)
        assert str(there.value) == str(here.value)


def test_options_go_along() -> None:
    with pytest.raises(TooLarge, match="over the limit of 0 MB"):
        guarded(b"x" * 101, max_bytes=100)


def test_one_process_reads_file_after_file() -> None:
    guarded(b"un")
    before = idle()
    assert [guarded(text).text for text in (b"deux", b"trois")] == ["deux", "trois"]
    assert idle() is before


def test_relative_paths_are_of_the_folder_of_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in ("1", "2"):
        (tmp_path / number).mkdir()
        (tmp_path / number / "a.txt").write_text(f"Dossier {number}")
        monkeypatch.chdir(tmp_path / number)
        assert guarded("a.txt").text == f"Dossier {number}"


def test_variables_of_the_caller_hold_there_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COOPNLP_OCR", raising=False)
    assert fake("say_variable") == [b"rien"]
    monkeypatch.setenv("COOPNLP_OCR", "never")
    assert fake("say_variable") == [b"never"]


def test_each_keeps_the_order_and_goes_on_after_errors() -> None:
    given = [(b"un", "1.txt"), (b"", "2.txt"), (b"trois", "3.txt")]
    read = list(guarded_each(given))
    assert [source for source, _ in read] == [b"un", b"", b"trois"]
    assert [getattr(outcome, "text", type(outcome)) for _, outcome in read] == ["un", NoText, "trois"]


def test_each_left_early_leaves_nothing_running() -> None:
    reading = guarded_each([(b"un", None), (b"deux", None), (b"trois", None)])
    next(reading)
    reading.close()
    assert guarded(b"quatre").text == "quatre"


def test_threads_read_at_once() -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda n=n: found.append(guarded(str(n).encode()).text)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["0", "1", "2", "3"]


class TestLimits:
    """A limit that is passed is named, and the next file is read as if nothing had been."""

    @pytest.fixture(autouse=True)
    def _next_file(self) -> Iterator[None]:
        yield
        assert guarded(b"Troyes et Tournai").text == "Troyes et Tournai"

    def test_memory(self) -> None:
        with pytest.raises(TooLarge, match=r"faux\.pdf: reading it takes more than 700 MB of memory"):
            fake("hoard")

    def test_memory_in_pieces(self) -> None:
        with pytest.raises(TooLarge, match="more than 700 MB"):
            fake("hoard_slowly")

    def test_time(self) -> None:
        with pytest.raises(TimedOut, match="stopped after 1 s"):
            fake("sleep", Limits(seconds=1))

    def test_processor_time(self) -> None:
        with pytest.raises(TimedOut, match="over 1 s of processor time"):
            fake("turn", Limits(cpu_seconds=1))

    def test_output(self) -> None:
        with pytest.raises(TooLarge, match="more than 20 MB"):
            fake("talk")

    def test_output_of_an_extraction(self) -> None:
        with pytest.raises(TooLarge, match="takes more than 1 MB"):
            guarded(b"Foix;12\n" * 2_000, name="a.csv", limits=Limits(output_bytes=1_000_000))

    @pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGILL"])
    def test_crash(self, name: str) -> None:
        with pytest.raises(UnreadableFile, match=rf"faux\.pdf: it breaks the program that reads it \({name}\)"):
            fake(f"crash_{name.lower()}")

    def test_crash_under_a_parent_that_holds_much(self) -> None:
        held = bytearray(b"x") * 750_000_000
        with pytest.raises(UnreadableFile, match="SIGSEGV"):
            fake("crash_sigsegv")
        assert len(held) == 750_000_000

    def test_killed_by_the_system(self) -> None:
        with pytest.raises(TooLarge, match="the system ended its reader"):
            fake("crash_sigkill")

    def test_a_mistake_is_told_in_a_line_and_its_trace_kept(self) -> None:
        with pytest.raises(UnreadableFile, match="its reader failed \\(KeyError: 'cle'\\)") as caught:
            fake("err")
        assert isinstance(caught.value.__cause__, ReaderError)
        assert "guard_fakes.py" in str(caught.value.__cause__)

    def test_programs_that_it_started_end_with_it(self, tmp_path: Path) -> None:
        with pytest.raises(TimedOut):
            list(guarded_frames(fakes.start_program, tmp_path / "pid", limits=Limits(seconds=1.5)))
        assert ends(int((tmp_path / "pid").read_text()))

    def test_temporary_files_go(self) -> None:
        with pytest.raises(UnreadableFile):
            fake("leave_files")
        assert not list(Path(processes.tempfile.gettempdir()).glob("coopnlp-*/laisse.txt"))


def test_a_crash_after_other_files_is_tried_again_in_a_new_process() -> None:
    guarded(b"un")
    os.kill(idle().process.pid, signal.SIGKILL)
    assert guarded(b"deux").text == "deux"


def test_a_process_that_has_grown_is_replaced() -> None:
    guarded(b"un")
    before = idle()
    fake("grow", Limits())
    assert idle() is not before


def test_the_process_ends_with_its_parent(tmp_path: Path) -> None:
    code = (
        "import os; from coopnlp.extract import guarded, guard_process as p; guarded(b'un');"
        "r = p.take(); print(r.process.pid, r.scratch, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    pid, scratch = done.stdout.split()
    assert ends(int(pid))
    assert not Path(scratch).exists()


def test_modules_of_the_folder_it_is_run_in_are_not_imported(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('code of a stranger')")
    code = "import sys; sys.path = [p for p in sys.path if p]; from coopnlp.extract import guarded; print(guarded(b'un').text)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ},
    )
    assert (done.stdout.strip(), done.stderr) == ("un", "")


def test_archives_are_listed_as_here(tmp_path: Path) -> None:
    inner = make.zip_of({"c.txt": b"dedans"})
    (tmp_path / "envoi.zip").write_bytes(make.zip_of({"b/pv.txt": b"x", "../a.txt": b"un", "d.zip": inner}))
    (tmp_path / "casse.zip").write_bytes(b"PK\3\4 rien")
    assert list(sources([tmp_path], members=guarded_members)) == list(sources([tmp_path]))
    assert [guarded(path).text for path in sources([tmp_path / "envoi.zip"])] == ["un", "x", "dedans"]


def test_what_is_no_regular_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tuyau.txt")
    os.mkfifo(tmp_path / "tuyau.zip")
    found = [outcome for _, outcome in guarded_each(sources([tmp_path], members=guarded_members))]
    assert ["no regular file" in str(outcome) for outcome in found] == [True, True]


def test_processing_behind_the_guard(tmp_path: Path) -> None:
    import coopnlp

    (tmp_path / "a.txt").write_text("La Ville de Foix et la MRC de Coaticook signent une convention.")
    (tmp_path / "b.bin").write_bytes(bytes(range(256)))
    good, bad = coopnlp.process_all([tmp_path], limits=Limits())
    assert good == coopnlp.process(tmp_path / "a.txt")
    assert (Path(bad.source).name, bad.error) == ("b.bin", "UnknownFormat")


def test_a_password_in_a_url_is_in_no_message() -> None:
    with pytest.raises(TimedOut) as caught:
        list(guarded_frames(fakes.sleep, "http://bob:secret@192.0.2.1", limits=Limits(seconds=0.5)))
    assert "secret" not in str(caught.value)
    assert "192.0.2.1" in str(caught.value)
