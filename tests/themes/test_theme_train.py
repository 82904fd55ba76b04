"""Training is deterministic and says what it lacks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from coopnlp.errors import CorpusError
from coopnlp.themes import train
from coopnlp.themes.corpus import Example
from coopnlp.themes.store import read_model
from coopnlp.themes.train import hold_out, train_themes
from coopnlp.themes.views import Views

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


def test_nobody_is_judged_by_a_model_that_has_read_him(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[Example]] = []

    class Fitted:
        def to_model(self) -> Fitted:
            return self

        def scores(self, views: Views) -> np.ndarray:
            return np.array([len(seen) - 1])

    def fit(examples: list[Example], background: object) -> Fitted:
        seen.append(list(examples))
        return Fitted()

    monkeypatch.setattr(train, "fit", fit)
    texts = [
        Example(id=f"{w}{n}", text="x", path=("A", "a"), writer=w, genre="vocabulaire" if w == "L" else "", after_atlas=n == 0)
        for w in "ABCDEFGL"
        for n in range(4)
    ]  # fmt: skip
    records = [Example(id=f"r{n}", text="x", path=("A", "a"), writer="atlas") for n in range(7)]
    held, unseen = hold_out(texts, records)
    assert {e.id for e, _, _ in held} == {e.id for e in texts if e.writer != "L"}
    assert {e.id for e, _, _ in unseen} == {e.id for e in records}
    for example, _, fold in held:
        assert example.writer not in {e.writer for e in seen[int(fold[0])]}
    for example, _, fold in unseen:
        assert example not in seen[int(fold[0])]
    assert not any(e.after_atlas for fold in seen for e in fold)
