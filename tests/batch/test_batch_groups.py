"""Readings that are written together: as if each had come alone, whatever goes wrong with one, whenever the run ends."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import batch_fakes
import pytest
from batch_fakes import alone, content

from coopnlp.batch import Summary, landing, run, runner, state
from coopnlp.batch.landing import Group, land_all
from coopnlp.batch.reading import Outcome, Reading, Work, read_one
from coopnlp.errors import ModelError
from coopnlp.register import Claim, Register, Versions
from coopnlp.register.prepared import Prepared
from coopnlp.types import Failure

COUNT = 10


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "fonds"
    made.mkdir()
    for n in range(COUNT):
        (made / f"pv-{n:02}.txt").write_text(f"Délibération numéro {n:02} pour Bamako")
    return made


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many readings each transaction took."""
    told: list[int] = []
    finish_all = Register.finish_all

    def counted(self: Register, read: list[tuple[Claim, Prepared]], *, versions: Versions | None = None) -> list[bool]:
        done = finish_all(self, read, versions=versions)
        told.append(len(read))
        return done

    monkeypatch.setattr(Register, "finish_all", counted)
    return told


Pause = Callable[[int], bool]


def batch(folder: Path, monkeypatch: pytest.MonkeyPatch, pause: Pause, *, breaks_after: int | None = None) -> Summary:
    """Read as workers do; time passes only after the readings that are told."""

    def engine(
        claims: Iterator[Claim | None], work: Work, *, workers: int, stopped: Callable[[], bool]
    ) -> Iterator[Outcome]:
        read = 0
        for claim in claims:
            if claim is None:
                yield None
                continue
            yield claim, read_one(work.reader(), claim.source, rows=work.rows)
            read += 1
            if read == breaks_after:
                raise ModelError("a worker ended while it loaded the models.")
            if pause(read):
                yield None

    monkeypatch.setattr(runner, "read_all", engine)
    monkeypatch.setattr(state, "WAIT_S", 1000.0)
    return run([folder], folder.parent / "r.db", workers=1, process=batch_fakes.process)


def never(_: int) -> bool:
    return False


def test_what_waits_is_written_together_up_to_a_number(
    folder: Path, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "_READINGS", 4)
    assert batch(folder, monkeypatch, never).done == COUNT
    # the first had nothing before it that said how fast they come; what is left at the end is not kept
    assert sizes == [1, 4, 4, 1]
    assert content(folder.parent / "r.db") == alone(folder)


def test_many_rows_are_enough_for_a_transaction(
    folder: Path, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "_ROWS", 1)
    batch(folder, monkeypatch, never)
    assert sizes == [1] * COUNT


def test_what_comes_before_a_pause_does_not_wait_for_its_end(
    folder: Path, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch(folder, monkeypatch, lambda read: read in (3, 8))
    assert sizes == [1, 2, 5, 2]
    assert content(folder.parent / "r.db") == alone(folder)


def test_what_was_read_before_the_models_were_missing_is_written(
    folder: Path, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelError):
        batch(folder, monkeypatch, never, breaks_after=6)
    assert sum(sizes) == 6
    with Register(folder.parent / "r.db") as register:
        assert (register.stats().documents, register.stats().waiting) == (6, COUNT - 6)


def test_what_is_read_in_the_process_that_writes_is_written_at_once(folder: Path, sizes: list[int]) -> None:
    run([folder], folder.parent / "r.db", workers=0, process=batch_fakes.process)
    assert sizes == [1] * COUNT


def test_a_reading_that_comes_after_a_pause_is_written_at_once() -> None:
    moments = iter([0.0, 0.1, 0.2, 0.55, 0.7, 1.3])
    group = Group(wait_s=0.5, clock=lambda: next(moments))
    reading = Reading(Prepared(None, (), {}, pages=0, entities=0), {})  # type: ignore[arg-type]
    claim = Claim.model_construct(run=1)
    now = []
    for _ in range(6):
        now.append(group.add(claim, reading))
        if now[-1]:
            group.take()
    # at 0.55 nothing has waited for half a second yet; at 0.7 the one of 0.1 has
    assert now == [True, False, False, False, True, True]


def test_one_that_no_register_takes_costs_no_other_one(
    folder: Path, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "enorme.txt").write_text("ENORME nombre de pages")
    summary = batch(folder, monkeypatch, never)
    assert summary.done == COUNT
    assert [(Path(f.source).name, f.error) for f in summary.failed] == [("enorme.txt", "OverflowError")]
    assert summary.failures == 1
    assert sizes == [1] * COUNT  # together they were not taken
    told, expected = content(folder.parent / "r.db"), alone(folder)
    assert told.keys() == expected.keys()
    assert {t: rows for t, rows in told.items() if t != "source"} == {
        t: rows for t, rows in expected.items() if t != "source"
    }


def test_a_row_that_the_database_refuses_costs_no_other_one(folder: Path, register_url: str) -> None:
    with Register(register_url) as register:
        claims = claimed(register, folder)
        read = [(claim, prepared(claim)) for claim in claims]
        claim, made = read[4]
        twice = {**made.parts, "entity": made.parts["entity"] * 2}  # two rows of one number
        read[4] = claim, Prepared(made.source, made.document, twice, made.pages, made.entities)
        told = land_all(register, read, Versions(library="1"), lambda work: work())
        assert [written for written, _ in told] == [True] * COUNT
        assert [n for n, (_, outcome) in enumerate(told) if isinstance(outcome, Failure)] == [4]
        stats = register.stats()
        assert (stats.documents, stats.failed, stats.waiting) == (COUNT - 1, 1, 0)
        (failed,) = register.failures()
        assert failed.source == str(claim.source)


@pytest.fixture(params=["sqlite", "postgresql"])
def register_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "r.db") if request.param == "sqlite" else request.getfixturevalue("url")


def claimed(register: Register, folder: Path) -> list[Claim]:
    from coopnlp.batch.listing import look

    key = register.begin()
    register.enrol([look(path) for path in sorted(folder.iterdir())], versions=Versions(library="1"), run=key)
    return register.claim(key, limit=COUNT)


def prepared(claim: Claim) -> Prepared:
    made = read_one(batch_fakes.process, claim.source, rows=True).outcome
    assert isinstance(made, Prepared)
    return made


def test_one_that_another_run_has_taken_over_is_left_to_it(folder: Path, register_url: str) -> None:
    with Register(register_url) as register:
        claims = claimed(register, folder)
        lost = claims[3].model_copy(update={"run": claims[3].run + 1})
        read = [(lost if n == 3 else claim, prepared(claim)) for n, claim in enumerate(claims)]
        told = register.finish_all(read, versions=Versions(library="1"))
        assert told == [n != 3 for n in range(COUNT)]
        assert (register.stats().documents, register.stats().waiting) == (COUNT - 1, 1)
        # what was written is in hand no more: said again it changes nothing
        before = register.dump()
        assert not any(register.finish_all(read, versions=Versions(library="1")))
        assert register.dump() == before


# The batch's transactions are killed at a statement of the group: counted from the first that writes a document.
_KILLED = """
import os, signal, sys
from pathlib import Path
import sqlalchemy as sa
import batch_fakes
from coopnlp.batch import landing, run, state
landing._READINGS = 5
state.WAIT_S = 1000.0
seen = -1

def before(connection, cursor, statement, parameters, context, many):
    global seen
    if seen < 0 and many and len(parameters) == 5 and 'INTO "document"' in statement:
        seen = 0
    if seen >= 0:
        seen += 1
        if seen > int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    sa.event.listen(sa.Engine, "before_cursor_execute", before)
    sa.event.listen(sa.Engine, "commit", lambda connection: before(connection, None, "", (), None, False))
    run([sys.argv[1]], sys.argv[2], workers=1, process=batch_fakes.process)
"""


# The commit is the thirteenth.
@pytest.mark.parametrize(("statements", "whole"), [(0, False), (3, False), (7, False), (13, False), (14, True)])
def test_killed_in_a_group_a_batch_ends_with_the_same_register(
    folder: Path, tmp_path: Path, statements: int, whole: bool
) -> None:
    program = tmp_path / "tue.py"
    program.write_text(textwrap.dedent(_KILLED))
    register = tmp_path / "r.db"
    command = [sys.executable, str(program), str(folder), str(register), str(statements)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())
    assert done.returncode == -signal.SIGKILL, done.stderr
    with sqlite3.connect(register) as connection:
        (documents,) = connection.execute("SELECT count(*) FROM document").fetchone()
        (read,) = connection.execute("SELECT count(*) FROM source WHERE state = 'done'").fetchone()
        (passages,) = connection.execute("SELECT count(DISTINCT document_id) FROM passage").fetchone()
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    # the first alone; of the group all or none, each with its state and its rows
    assert documents == read == passages
    assert documents == (6 if whole else 1)
    assert run([folder], register, workers=0, process=batch_fakes.process).done == COUNT - documents
    assert content(register) == alone(folder)


def _environment() -> dict[str, str]:
    import os

    paths = [str(Path(batch_fakes.__file__).parent), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
