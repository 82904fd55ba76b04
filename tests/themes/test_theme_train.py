"""Training is deterministic and says what it lacks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from coopnlp.errors import CorpusError
from coopnlp.themes.store import read_model
from coopnlp.themes.train import train_themes

FIELDS = {
    ("Environnement, Climat et Energie", "Energie"): ["solaire", "électricité", "turbine", "biogaz"],
    ("Culture et Patrimoine", "Patrimoine"): ["musée", "château", "archives", "fouilles"],
    ("Education, Social et Recherche", "Sport"): ["stade", "rugby", "natation", "tournoi"],
}


def _write(folder: Path, name: str, verb: str) -> None:
    (folder / name).mkdir(parents=True)
    rows = [
        {
            "id": f"{name}-{sub}-{n}-{m}",
            "writer": "Z",
            "text": f"{verb} {word} {other}",
            "theme": theme,
            "subtheme": sub,
        }
        for (theme, sub), words in FIELDS.items()
        for n, word in enumerate(words)
        for m, other in enumerate(words)
    ]
    lines = "\n".join(json.dumps(row) for row in rows)
    (folder / name / "a.jsonl").write_text(lines, encoding="utf-8")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for name, verb in (("train", "Construire"), ("atlas", "Appuyer"), ("dev", "Soutenir")):
        _write(tmp_path / "corpus", name, verb)
    return tmp_path / "corpus"


def test_the_second_run_changes_nothing(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        train_themes(corpus, tmp_path / name)
    files = [sorted(path.name for path in (tmp_path / name).iterdir()) for name in ("one", "two")]
    assert files[0] == files[1] == ["README.md", "arrays.npz", "meta.json"]
    for name in ("README.md", "meta.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    one, two = (read_model(tmp_path / name) for name in ("one", "two"))
    np.testing.assert_array_equal(one.weights, two.weights)
    assert one.classify(["Le château et le musée"])[0].themes[0].path[-1] == "Patrimoine"
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "dev (48): theme" in captured.err


def test_a_corpus_without_dev_is_named(corpus: Path, tmp_path: Path) -> None:
    (corpus / "dev" / "a.jsonl").unlink()
    with pytest.raises(CorpusError, match="dev"):
        train_themes(corpus, tmp_path / "out")
