"""The numbered scripts of examples/ run as they are, from any folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SCRIPTS = sorted(EXAMPLES.glob("0*.py"))
#: It asks a server: tests/service/test_service_crew.py runs it against one.
CLIENT = EXAMPLES / "07_api_client.py"


def test_there_are_seven() -> None:
    assert [path.name[:2] for path in SCRIPTS] == ["01", "02", "03", "04", "05", "06", "07"]


def test_the_client_says_what_to_start_where_nothing_answers() -> None:
    done = subprocess.run(
        [sys.executable, str(CLIENT), "http://127.0.0.1:9"],
        capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "coopnlp api" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("script", [path for path in SCRIPTS if path != CLIENT], ids=lambda p: p.stem)
def test_a_script_runs_and_says_something(script: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False, timeout=300
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_a_script_can_be_read_at_once(script: Path) -> None:
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith('"""')
    assert len(lines) <= 60


def test_every_document_is_in_the_list_of_documents() -> None:
    folder = EXAMPLES / "documents"
    listed = (folder.parent / "README.md").read_text(encoding="utf-8")
    missing = [p.name for p in folder.iterdir() if p.name not in listed]
    assert missing == []
