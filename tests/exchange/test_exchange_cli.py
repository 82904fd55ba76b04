"""Export and import on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from exchange_makers import bamako, levis
from typer.testing import CliRunner

from coopnlp.cli import app
from coopnlp.exchange import FORMATS
from coopnlp.register import Register


@pytest.fixture
def url(tmp_path: Path) -> str:
    path = tmp_path / "register.db"
    with Register(path) as register:
        register.add_all([bamako(), levis()])
    return str(path)


def run(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["register", *map(str, words)])
    return done.exit_code, done.output


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written(name: str, url: str, tmp_path: Path) -> None:
    who = ["--reporting-org", "FR-INSEE-213502388", "--reporting-name", "Archives"] if name == "iati" else []
    code, output = run("export", url, "--format", name, "-o", tmp_path / "out", *who)
    assert code == 0, output
    assert "wrote" in output
    assert any((tmp_path / "out").iterdir())
    assert not list((tmp_path / "out").glob("*.part*"))


def test_filters(url: str, tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    code, _ = run(
        "export",
        url,
        "-o",
        target,
        "--country",
        "ML",
        "--type",
        "funding",
        "--type",
        "partnership",
        "--year-max",
        "1990",
    )
    assert code == 0
    assert len(target.read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "ods"], "none of csv, xlsx"),
        (["--type", "grant"], "--type"),
        (["--review", "maybe"], "--review"),
        (["--format", "iati"], "--reporting-org"),
        (["--format", "scdl", "--siret", "absent.csv"], "absent.csv"),
    ],
)
def test_what_cannot_be_done_is_named(words: list[str], said: str, url: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["register", "export", url, "-o", str(tmp_path / "out"), *words])
    assert done.exit_code != 0
    assert said in done.output + str(done.exception)


def test_out_and_in_again(url: str, tmp_path: Path) -> None:
    path, copy = tmp_path / "all.jsonl", tmp_path / "copy.db"
    assert run("export", url, "--format", "jsonl", "--with-text", "-o", path)[0] == 0
    with path.open("a", encoding="utf-8") as stream:
        stream.write("{}\n")
    code, output = run("import", copy, path)
    assert code == 1
    assert f"{path}, line 3: " in output
    assert "2 lines written, 0 known before, 1 left out" in output
    with Register(url) as one, Register(copy) as other:
        assert one.dump() == other.dump()
