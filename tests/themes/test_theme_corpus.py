"""The corpus holds what its README says, and bad data is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coopnlp.errors import CorpusError
from coopnlp.themes import atlas
from coopnlp.themes.corpus import read_background, read_examples
from coopnlp.themes.features import tokens

FOLDERS = ("train", "dev", "test", "atlas")


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_label_is_in_the_nomenclature(root: Path, folder: str) -> None:
    examples = read_examples(root / "corpus" / "themes" / folder)
    assert all(e.path in atlas() and e.path not in e.others for e in examples)


def test_every_subtheme_is_in_train_dev_and_test(root: Path) -> None:
    wanted = {path for path in atlas() if len(path) == 2}
    for folder in ("train", "dev", "test"):
        assert {e.path[:2] for e in read_examples(root / "corpus" / "themes" / folder)} == wanted


def test_every_node_is_learnt(root: Path) -> None:
    paths = {e.path for e in read_examples(root / "corpus" / "themes" / "train")}
    assert {path for path in atlas() if not atlas().children(path)} <= paths


def test_no_text_is_in_two_folders(root: Path) -> None:
    seen: dict[frozenset[str], str] = {}
    for folder in FOLDERS:
        for example in read_examples(root / "corpus" / "themes" / folder):
            words = frozenset(token.form for token in tokens(example.text))
            assert seen.setdefault(words, example.id) == example.id


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "line 1: not JSON"),
        ("[]", "not a JSON object"),
        (json.dumps({"id": "a", "theme": "Culture et Patrimoine"}), "no text"),
        (json.dumps({"id": "a", "text": "x", "theme": "Pêche"}), "no node 'Pêche'"),
        ("\n".join([json.dumps({"id": "a", "text": "x", "theme": "Culture et Patrimoine"})] * 2), "line 2.*twice"),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, line: str, problem: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(line, encoding="utf-8")
    with pytest.raises(CorpusError, match=problem):
        read_examples(file)


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no JSON Lines"):
        read_examples(tmp_path)


def test_passages_without_a_theme_are_read(root: Path, tmp_path: Path) -> None:
    assert len(read_background(root / "corpus" / "themes" / "background")) > 100
    assert read_background(tmp_path / "absent") == []
    (tmp_path / "a.jsonl").write_text('{"text": "Une commune rurale."}\n{"id": "2"}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"a\.jsonl, line 2"):
        read_background(tmp_path)
