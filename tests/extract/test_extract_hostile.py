"""Files made to break readers: a named error or what is in them, within limits, and the next file is read."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import hostile_files
import mutations
import pytest

from coopnlp.errors import CoopnlpError, TimedOut
from coopnlp.extract import Limits, guarded, guarded_each, sources
from coopnlp.extract.guard import ReaderError, guarded_members
from coopnlp.types import Extraction

ROOT = Path(__file__).resolve().parents[2]

#: Small ones, so that the tests end soon: the same files end in the same errors later with larger ones.
LIMITS = Limits(seconds=180, cpu_seconds=6, memory_bytes=1_000_000_000, output_bytes=100_000_000)
#: What programs are given that LibreOffice may start slowly on.
OFFICE_LIMITS = Limits(seconds=90, cpu_seconds=30, memory_bytes=1_500_000_000)


def outcomes(path: Path, limits: Limits, most: int = 3) -> list[Extraction | CoopnlpError]:
    """Read a file as the command line does, of an archive the first members."""
    found = list(sources([path], members=guarded_members))[:most]
    return [outcome for _, outcome in guarded_each(found, limits=limits)]


def check(case: hostile_files.Case, outcome: Extraction | CoopnlpError) -> None:
    """Compare what became of a file with what must."""
    if isinstance(outcome, CoopnlpError):
        assert type(outcome).__name__ in case.errors, str(outcome)
        assert not isinstance(outcome.__cause__, ReaderError), str(outcome.__cause__)
        assert "\n" not in str(outcome)
    else:
        assert case.text or not case.errors
        assert case.text in outcome.text
        assert "root:" not in outcome.text  # /etc/passwd


@pytest.mark.parametrize("case", [c for c in hostile_files.CASES.values() if not c.office], ids=lambda c: c.name)
def test_hostile_file(case: hostile_files.Case, tmp_path: Path) -> None:
    path = tmp_path / case.name
    path.write_bytes(case.make())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    for outcome in outcomes(path, LIMITS):
        check(case, outcome)
    assert time.monotonic() - began < LIMITS.seconds + 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000  # kilobytes, here


@pytest.mark.parametrize("case", [c for c in hostile_files.CASES.values() if c.office], ids=lambda c: c.name)
def test_hostile_file_for_libreoffice(case: hostile_files.Case, tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    path = tmp_path / case.name
    path.write_bytes(case.make())
    for outcome in outcomes(path, OFFICE_LIMITS):
        check(case, outcome)


@pytest.fixture
def strange_names(tmp_path: Path) -> Path:
    """A folder of good files under names that few expect."""
    folder = tmp_path / "noms"
    folder.mkdir()
    for name in hostile_files.NAMES:
        (folder / name).write_text(hostile_files.TEXT)
    return folder


def test_strange_names_are_names(strange_names: Path) -> None:
    read = [outcome for _, outcome in guarded_each(sources([strange_names]))]
    assert [getattr(outcome, "text", outcome) for outcome in read] == [hostile_files.TEXT] * len(hostile_files.NAMES)
    for outcome in read:
        assert isinstance(outcome, Extraction)
        assert outcome.source.name.encode().decode() == outcome.source.name


def test_a_user_sees_a_line_a_failure(strange_names: Path) -> None:
    for name in ("vide\n.txt", "\x1b[2Jvide.txt", "\udcffvide.txt"):
        (strange_names / name).write_bytes(b"")
    (strange_names / "rires.docx").write_bytes(hostile_files.docx_laughs())
    (strange_names / "foule.zip").write_bytes(hostile_files.overlapping_bomb())
    command = [sys.executable, "-m", "coopnlp", "extract", str(strange_names)]
    done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT, env={**os.environ, "PYTHONUTF8": "1"})
    said = done.stderr.decode().splitlines()
    assert (done.returncode, len(said)) == (1, 5)
    assert all(line.startswith("coopnlp: ") for line in said)
    assert b"\x1b" not in done.stderr
    assert done.stdout.decode().count(hostile_files.TEXT) == len(hostile_files.NAMES)


def test_a_batch_goes_on(strange_names: Path, tmp_path: Path) -> None:
    import guard_fakes

    from coopnlp.batch import run
    from coopnlp.register import Register

    (strange_names / "rires.docx").write_bytes(hostile_files.docx_laughs())
    (strange_names / "indices.txt").write_bytes(hostile_files.text_combining())
    (strange_names / "chevauche.zip").write_bytes(hostile_files.overlapping_bomb())
    (strange_names / "soi.zip").write_bytes(hostile_files.like_itself())
    for number in range(len(hostile_files.NAMES)):  # equal files are read once
        path = strange_names / hostile_files.NAMES[number]
        path.write_text(f"{hostile_files.TEXT} {number}")
    summary = run([strange_names], tmp_path / "r.db", workers=1, process=guard_fakes.process)
    assert summary.done == len(hostile_files.NAMES)
    assert sorted(failure.error for failure in summary.failed) == [
        "TimedOut", "TooLarge", "UnknownFormat", "UnreadableFile",
    ]  # fmt: skip
    with Register(tmp_path / "r.db", create=False) as register:
        assert register.stats().documents == len(hostile_files.NAMES)
    assert run([strange_names], tmp_path / "r.db", workers=1, process=guard_fakes.process).done == 0


def test_damaged_files_of_every_format() -> None:
    """Two hundred of the files of ``tests/benchmarks/mutations.py``; that script reads as many as one likes."""
    found = mutations.fixtures(office=False)
    findings = mutations.Findings()
    limits = Limits(seconds=300, cpu_seconds=30, memory_bytes=1_500_000_000)
    for number in random.Random(29).sample(range(100_000), 200):
        name, data = mutations.mutated(number, 1, found)
        findings.add(number, name, mutations.read(name, data, limits), 0.0)
    assert findings.defects == []
    assert findings.files == 200
    told = sum(findings.outcomes.values(), start=mutations.Counter())
    assert told["read"] > 60  # damage that leaves nothing readable would try nothing


def test_mutations_are_the_same_each_time() -> None:
    found = mutations.fixtures(office=False)[:9]
    assert [mutations.mutated(n, 7, found) for n in range(20)] == [mutations.mutated(n, 7, found) for n in range(20)]


def test_a_hang_is_a_defect_in_the_figures() -> None:
    findings = mutations.Findings()
    findings.add(1, "a.pdf", TimedOut("a.pdf", "reading it was stopped after 1 s"), 1.0)
    findings.add(2, "a.pdf", guarded(b"texte"), 0.1)
    assert len(findings.defects) == 1
