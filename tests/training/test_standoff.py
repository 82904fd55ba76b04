"""Passages annotated by offsets in documents that lie elsewhere."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from coopnlp.errors import CorpusError
from coopnlp.training.standoff import read_standoff

ROOT = Path(__file__).resolve().parents[2]
TEXT = "Séance du 3 mai.\n\nLa Ville de Pau verse 500 € au Cercle nautique.\n"


def written(folder: Path, **changes: object) -> Path:
    """Write a document and a stand-off file of its second paragraph."""
    (folder / "pv.txt").write_text(TEXT, encoding="utf-8")
    start = TEXT.index("La Ville")
    passage = TEXT[start:-1]
    at = passage.index("Ville de Pau")
    row = {
        "id": "p1", "source": "pv.txt", "start": start, "end": len(TEXT) - 1,
        "sha256": hashlib.sha256(passage.encode()).hexdigest(),
        "entities": [[at, at + len("Ville de Pau"), "COLLECTIVITY"]], **changes,
    }  # fmt: skip
    file = folder / "gold.jsonl"
    file.write_text(json.dumps({k: v for k, v in row.items() if v is not None}) + "\n", encoding="utf-8")
    return file


def test_a_passage_is_cut_from_its_source(tmp_path: Path) -> None:
    (passage,) = read_standoff(written(tmp_path), tmp_path)
    assert passage.text == "La Ville de Pau verse 500 € au Cercle nautique."
    assert [passage.text[s:e] for s, e, _ in passage.entities] == ["Ville de Pau"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sha256": "0" * 64}, "not the annotated one"),
        ({"source": "absent.txt"}, "absent.txt"),
        ({"start": None}, "not an object"),
        ({"entities": [[1, 2]]}, "not an object"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, changes: dict[str, object], says: str) -> None:
    with pytest.raises(CorpusError, match=says):
        list(read_standoff(written(tmp_path, **changes), tmp_path))


@pytest.mark.shared
def test_the_shipped_passages_are_those_of_the_minutes() -> None:
    documents = ROOT.parent / "shared" / "data" / "documents"
    if not documents.is_dir():
        pytest.skip("../shared is not beside the checkout")
    passages = list(read_standoff(ROOT / "models" / "council_minutes.jsonl", documents))
    assert len(passages) == 60
    assert all(0 <= s < e <= len(p.text) for p in passages for s, e, _ in p.entities)
