"""What a run tells of itself: summary, report, log, metrics; and what it would do, before it does it."""

from __future__ import annotations

import json
import os
import re
import threading
import time
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import batch_fakes
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coopnlp.api import failure, timed, to_result
from coopnlp.batch import Progress, Summary, run
from coopnlp.batch.logs import json_lines
from coopnlp.batch.preview import Planned, preview
from coopnlp.batch.reading import Reading
from coopnlp.batch.render import pace, show_preview
from coopnlp.batch.report import check, to_html, to_json, write_report
from coopnlp.batch.tally import Pace, Tally
from coopnlp.errors import CoopnlpError
from coopnlp.register import Claim, Left, Register, Sighting
from coopnlp.types import Block, Extraction, Failure, Source

OLD = datetime(2001, 1, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "fonds"
    made.mkdir()
    for n in range(4):
        (made / f"pv-{n}.txt").write_text(f"Délibération numéro {n} pour Bamako")
    return made


def batch(folder: Path, **options: object) -> Summary:
    return run([folder], folder.parent / "r.db", workers=0, process=batch_fakes.process, **options)


def planned(folder: Path, **options: object) -> dict[str, tuple[str, str]]:
    told = preview([folder], folder.parent / "r.db", **options)
    return {Path(one.source).name: (one.action, one.because) for one in told}


# Only what changed


def later() -> datetime:
    """Return a moment that is later than all files by the clock that dates them, which ticks less often than ours."""
    time.sleep(0.05)
    return datetime.now(UTC)


def test_only_files_changed_since_are_looked_at(folder: Path) -> None:
    batch(folder)
    moment = later()
    (folder / "nouveau.txt").write_text("Jumelage avec Tournai")
    (folder / "pv-0.txt").write_text("Jumelage avec Plovdiv")
    summary = batch(folder, since=moment)
    assert (summary.done, summary.older, summary.gone) == (2, 3, ())
    with Register(folder.parent / "r.db") as register:
        assert register.stats().documents == 5


def test_a_copy_of_an_old_file_is_new_to_its_folder(folder: Path) -> None:
    batch(folder)
    moment = later()
    copied = folder / "copie.txt"
    copied.write_text("Une copie garde la date de son original")
    os.utime(copied, (OLD.timestamp(), OLD.timestamp()))
    assert batch(folder, since=moment).done == 1


def test_what_is_gone_is_marked_also_where_little_is_looked_at(folder: Path) -> None:
    batch(folder)
    (folder / "pv-3.txt").unlink()
    summary = batch(folder, since=later())
    assert [Path(address).name for address in summary.gone] == ["pv-3.txt"]


def test_a_member_is_as_old_as_its_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "envoi.zip", "w") as archive:
        archive.writestr("pv.txt", "Jumelage")
    made = (tmp_path / "envoi.zip").stat().st_ctime
    register = tmp_path / "r.db"
    for moment, older in ((made + 100, 1), (made - 100, 0)):
        since = datetime.fromtimestamp(moment, UTC)
        summary = run([tmp_path / "envoi.zip"], register, workers=0, process=batch_fakes.process, since=since)
        assert (summary.older, summary.failures) == (older, 1 - older)  # the stand-in opens no archive


def test_inputs_that_overlap_are_counted_once(folder: Path) -> None:
    summary = run([folder, folder / "pv-1.txt", folder], folder.parent / "r.db", workers=0, process=batch_fakes.process)
    assert (summary.noted, summary.done, summary.skipped) == (4, 4, 0)


# What would be done


def test_a_preview_says_what_a_run_would_do_and_writes_nothing(folder: Path) -> None:
    (folder / "vide.txt").write_text("VIDE rien")
    (folder / "absent.txt").symlink_to(folder / "nulle-part")
    assert set(planned(folder).values()) == {("read", "new"), ("fail", "unreadable")}
    assert not (folder.parent / "r.db").exists()
    batch(folder)
    (folder / "pv-0.txt").write_text("Jumelage avec Plovdiv")
    (folder / "pv-1.txt").unlink()
    (folder / "double.txt").write_text("Jumelage avec Plovdiv")
    with Register(folder.parent / "r.db") as register:
        before = register.dump()
    assert planned(folder) == {
        "absent.txt": ("fail", "unreadable"),
        "double.txt": ("read", "new"),
        "pv-0.txt": ("skip", "equal"),
        "pv-1.txt": ("mark", "gone"),
        "pv-2.txt": ("skip", "unchanged"),
        "pv-3.txt": ("skip", "unchanged"),
        "vide.txt": ("skip", "failed before"),
    }
    assert planned(folder, retry_failed=True)["vide.txt"] == ("read", "failed before")
    assert planned(folder, since=later())["pv-2.txt"] == ("skip", "older")
    with Register(folder.parent / "r.db") as register:
        assert register.dump() == before


def test_a_preview_and_the_run_after_it_agree(folder: Path) -> None:
    batch(folder)
    (folder / "pv-0.txt").write_text("Jumelage avec Plovdiv")
    told = [one for one in preview([folder], folder.parent / "r.db") if one.action == "read"]
    assert [(Path(one.source).name, one.because) for one in told] == [("pv-0.txt", "changed")]
    assert batch(folder).done == len(told)


def test_counts_of_a_preview_are_shown_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    import sys

    show_preview(Counter({("read", "new"): 3, ("mark", "gone"): 1}), sys.stdout)
    assert capsys.readouterr().out.splitlines()[1:] == ["  à lire, nouveaux : 3", "  plus là : 1"]
    assert Planned(source="a", action="read", because="new").to_json() == {
        "source": "a", "action": "read", "because": "new",
    }  # fmt: skip


# Asked to end


def test_a_run_that_is_asked_to_end_while_it_lists_marks_nothing_gone(folder: Path) -> None:
    batch(folder)
    for path in folder.iterdir():
        path.unlink()
    stop = threading.Event()
    stop.set()
    summary = batch(folder, stop=stop)
    assert summary.interrupted
    assert summary.gone == ()
    assert len(batch(folder).gone) == 4


def test_a_run_that_is_asked_to_end_says_what_is_left(folder: Path) -> None:
    stop = threading.Event()

    def look(step: Progress) -> None:
        if step.done == 2:
            stop.set()

    summary = batch(folder, stop=stop, progress=look)
    assert (summary.done, summary.left, summary.interrupted) == (2, 2, True)
    assert batch(folder).done == 2


# Reports


def test_the_summary_counts_what_was_read(folder: Path) -> None:
    (folder / "vide.txt").write_text("VIDE rien")
    summary = batch(folder)
    assert (summary.done, summary.entities, summary.failures) == (4, 4, 1)
    assert summary.stages.keys() == {"read", "write"}
    assert {kind.name: kind.sources for kind in summary.kinds} == {".txt": 5}
    assert len(summary.slowest) == 5
    assert summary.register_bytes is not None
    assert json.loads(to_json(summary))["done"] == 4


def test_stages_of_a_document_are_timed(nlp: object) -> None:
    text = "La Ville de Foix verse 4 500 € à la MRC de Coaticook."
    source = Source(name="a.txt", sha256="0" * 64, media_type="text/plain", size=len(text))
    read = Extraction(source=source, text=text, blocks=(Block(kind="paragraph", start=0, end=len(text)),))
    with timed() as seconds:
        to_result(read)
    assert list(seconds) == ["entities", "records", "themes"]
    assert all(taken > 0 for taken in seconds.values())


def test_the_page_escapes_what_comes_from_documents(folder: Path, tmp_path: Path) -> None:
    (folder / "<script>alert(1)<.txt").write_text("VIDE rien")
    summary = batch(folder)
    page = to_html(summary)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"(?:src|href)=", page)  # it loads nothing
    write_report(summary, tmp_path / "r.html")
    write_report(summary, tmp_path / "r.json")
    assert sorted(path.name for path in tmp_path.glob("r.*") if "db" not in path.name) == ["r.html", "r.json"]


def test_a_report_that_cannot_be_written_is_named_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(CoopnlpError, match=r"\.json or \.html"):
        check(tmp_path / "rapport.pdf")
    with pytest.raises(CoopnlpError, match="cannot be written"):
        check(tmp_path / "absent" / "rapport.html")


# Logs and metrics


def test_the_log_has_an_object_an_event(folder: Path, tmp_path: Path) -> None:
    (folder / "erreur.txt").write_text("ERREUR rien")
    for _ in range(2):  # it is added to
        with json_lines(tmp_path / "lot.jsonl"):
            batch(folder)
    events = [json.loads(line) for line in (tmp_path / "lot.jsonl").read_text().splitlines()]
    assert [event["event"] for event in events if not event["event"].startswith("source ")] == [
        "run begins", "sources noted", "run ends",
    ] * 2  # fmt: skip
    (failed,) = [event for event in events if event["event"] == "source failed"]
    assert (failed["error"], Path(failed["source"]).name) == ("KeyError", "erreur.txt")
    assert "batch_fakes.py" in failed["traceback"]
    with Register(folder.parent / "r.db") as register:
        assert [one.trace for one in register.failures()] == [failed["trace"]]
    assert sum(event["event"] == "source done" for event in events) == 4


def test_failures_of_one_cause_have_one_trace() -> None:
    def raised(act: object) -> Failure:
        try:
            act()  # type: ignore[operator]
        except KeyError as error:
            return failure("a.txt", error)
        raise AssertionError

    def first() -> None:
        raise KeyError("un")

    def second() -> None:
        raise KeyError("deux")

    one, again, other = (raised(act) for act in (first, first, second))
    assert one.trace == again.trace != other.trace
    assert one.traceback is not None
    assert "in first" in one.traceback


def test_metrics_are_in_the_format_of_prometheus(folder: Path, tmp_path: Path) -> None:
    (folder / "vide.txt").write_text("VIDE rien")
    place = tmp_path / "metriques"
    place.mkdir()
    batch(folder, metrics=place / "coopnlp.prom")
    assert [path.name for path in place.iterdir()] == ["coopnlp.prom"]  # nothing half written is left
    lines = (place / "coopnlp.prom").read_text().splitlines()
    value = re.compile(r'coopnlp_batch_[a-z_]+(\{[a-z]+="[^"]*"\})? -?[0-9.e+-]+')
    assert [line for line in lines if not line.startswith("# ") and not value.fullmatch(line)] == []
    assert 'coopnlp_batch_sources{state="done"} 4' in lines
    assert 'coopnlp_batch_failures_total{error="NoText"} 1' in lines
    assert "coopnlp_batch_running 0" in lines


def test_metrics_that_cannot_be_written_are_named_before_the_work(folder: Path) -> None:
    with pytest.raises(CoopnlpError, match="metrics cannot be written"):
        batch(folder, metrics=folder / "absent" / "m.prom")


# Pace


def test_what_is_left_is_told_by_number_and_bytes() -> None:
    moments = iter([0.0, *(float(n) for n in range(1, 200))])
    pace_ = Pace(clock=lambda: next(moments))
    for size in (9_000, 5_000, 1_000, 3_000):  # a second each and one for 1,000 bytes
        pace_.add(size, 1 + size / 1000)
    # 22 s of work were done in 5 s; 100 sources of 100 bytes are 110 s of work
    assert pace_.left_s(Left(sources=100, bytes=10_000)) == pytest.approx(110 / (22 / 5), rel=0.01)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 10**9), st.floats(0.001, 1000)), max_size=20), st.integers(0, 10**6))
def test_what_is_left_is_never_negative(read: list[tuple[int, float]], count: int) -> None:
    moments = iter(range(1, 100))
    pace_ = Pace(clock=lambda: float(next(moments)))
    for size, seconds in read:
        pace_.add(size, seconds)
    told = pace_.left_s(Left(sources=count, bytes=count * 1000))
    assert told is None or told >= 0


def test_the_slowest_and_the_kinds_stay_few() -> None:
    tally = Tally()
    for n in range(200):
        seen = Sighting(address=f"/f/{n}", name=f"a.x{n}", path=f"/f/{n}", sha256=f"{n:064}", size=1)
        failed = Failure(source="a", error="NoText", message="vide")
        tally.add(Claim(run=1, seen=seen), Reading(failed, {"read": float(n)}), 0.0)
    assert [slow.source for slow in tally.slowest][:2] == ["/f/199", "/f/198"]
    assert len(tally.slowest) == 20
    assert len(tally.kinds) <= 41
    assert sum(kind.sources for kind in tally.kinds) == 200


def test_the_pace_is_said_in_french() -> None:
    step = Progress(noted=9, read=3, total=9, failed=1, per_second=2.5, left_s=3700.0)
    assert pace(step) == "2,5/s, reste 1 h 01 min, 1 en échec"
    waiting = step.model_copy(update={"waiting_for_others": True, "failed": 0})
    assert pace(waiting) == "2,5/s, le reste est en main d’un autre passage"
