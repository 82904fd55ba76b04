"""Only what runs is shown: doctests of every module, code blocks and commands of the README."""

from __future__ import annotations

import doctest
import importlib
import json
import pkgutil
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from spacy.language import Language
from typer.testing import CliRunner

import coopnlp
from coopnlp.cli import app

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(coopnlp.__path__, "coopnlp.")
    if not module.name.endswith("__main__") and "._models" not in module.name
)
ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    "README.md",
    "README.fr.md",
    "examples/guide/README.md",
    "models/README.md",
    "corpus/README.md",
    "examples/README.md",
]
#: They show by example what they do to a text.
SHOWN = ["coopnlp.text", "coopnlp.types", "coopnlp.pipeline.tokenizer", "coopnlp.pipeline.crf", "coopnlp.api"]


def blocks(language: str, page: str = "README.md") -> list[str]:
    """List the code blocks of the README in one language (a pattern); an empty one is that of commands and output."""
    text = (ROOT / page).read_text(encoding="utf-8")
    every = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [body for name, body in every if re.fullmatch(language, name)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_run(name: str, nlp: Language) -> None:
    module = importlib.import_module(name)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    result = doctest.testmod(module, optionflags=flags)
    assert result.failed == 0
    assert result.attempted > 0 or name not in SHOWN


def test_the_readme_has_examples() -> None:
    assert blocks("python")
    assert commands_shown()


@pytest.mark.parametrize("number", range(len(blocks("python"))))
def test_python_of_the_readme_runs(number: int, monkeypatch: pytest.MonkeyPatch, nlp: Language, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    before = {p.name for p in ROOT.iterdir()}
    code = blocks("python")[number]
    if ">>>" in code:
        test = doctest.DocTestParser().get_doctest(code, {}, f"README.md, block {number + 1}", "README.md", 0)
        flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
        assert doctest.DocTestRunner(optionflags=flags).run(test).failed == 0
    else:
        exec(compile(code, f"README.md, block {number + 1}", "exec"), {"__name__": "readme"})
    for path in ROOT.iterdir():
        if path.name not in before and path.suffix in (".db", ".db-wal", ".db-shm"):
            path.unlink()


def commands_shown(page: str = "README.md") -> list[str]:
    """List the ``coopnlp`` command lines of the README, without their output."""
    found = []
    for block in blocks("(?:sh|console|bash)?", page):
        for line in block.replace("\\\n", " ").splitlines():
            match = re.match(r"(?:\$ )?(?:\.venv/bin/)?(coopnlp .*)", line)
            if match:
                found.append(match[1])
    return found


@pytest.mark.parametrize("line", [*commands_shown(), *commands_shown("README.fr.md")])
def test_command_lines_of_the_readme_exist_with_their_options(line: str) -> None:
    words = shlex.split(line.split(" | ", maxsplit=1)[0].split(" > ", maxsplit=1)[0], comments=True)[1:]
    command = typer.main.get_command(app)
    while words and hasattr(command, "commands") and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    assert not hasattr(command, "commands") or words[0].startswith("-"), line
    known = {option for parameter in command.params for option in parameter.opts} | {"--help", "--version"}
    assert [word for word in words if re.match(r"--?[a-z]", word) and word.split("=")[0] not in known] == []


def said(line: str) -> list[Any]:
    """Run a command of the README and return the JSON lines that it prints."""
    done = CliRunner().invoke(app, shlex.split(line)[1:])
    assert done.exit_code == 0, done.output
    return [json.loads(row) for row in done.stdout.splitlines()]


def agrees(shown: Any, real: Any) -> bool:
    """Whether real output is, or holds, what is shown: fewer items and keys may be shown, numbers rounded apart."""
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(agrees(shown[key], real.get(key)) for key in shown)
    if isinstance(shown, list):
        return isinstance(real, list) and all(any(agrees(item, other) for other in real) for item in shown)
    if isinstance(shown, float):
        return isinstance(real, float) and shown == pytest.approx(real, abs=0.02)
    return bool(shown == real)


def test_the_record_that_the_readme_shows_is_what_its_command_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (line,) = [line for line in commands_shown() if line.startswith("coopnlp process")]
    (block,) = blocks("json")
    assert agrees(json.loads(block), said(line)[0])


@pytest.mark.parametrize("command", ["classify", "gazetteer"])
def test_the_lines_that_the_readme_shows_are_what_its_commands_print(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    (block,) = [block for block in blocks("") if block.startswith(f"$ coopnlp {command}")]
    line, *shown = block.splitlines()
    real = said(line.removeprefix("$ "))
    assert [json.loads(row) for row in shown if not agrees(json.loads(row), real[shown.index(row)])] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert text.strip()
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text)
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []
