"""Training of the models of records, on a small corpus of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coopnlp.errors import CorpusError
from coopnlp.records.weights import GRANTS, PAIRS, read_weights
from coopnlp.training.relations import digest, train_records

TOWNS = ["Dax", "Pau", "Foix", "Brive", "Tulle", "Rodez", "Albi", "Auch", "Gap", "Digne", "Nevers", "Sens"]
ABROAD = ["Bonn", "Kita", "Gênes", "Porto", "Bergen", "Fès", "Tunis", "Sfax", "Dakar", "Thiès", "Lomé", "Pécs"]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus in which every town works with a town abroad and gives a club money."""
    folder = tmp_path / "corpus" / "records"
    folder.mkdir(parents=True)
    rows = []
    for number, (town, abroad) in enumerate(zip(TOWNS, ABROAD, strict=True)):
        text = (
            f"Ville de {town}\n\nLa Ville de {town} travaille avec la ville de {abroad} depuis 2004. On y a vu la Ville "
            f"de Laon, de passage. La Ville de {town} a mis {number + 2} 500 € dans cette affaire.\n"
        )
        party = [f"Ville de {town}", f"ville de {abroad}"]
        rows.append(
            {
                "id": f"t{number}", "text": text, "agreements": [], "projects": [],
                "partnerships": [{"parties": party, "kind": "cooperation_decentralisee", "evidence": text[16:60]}],
                "fundings": [{"funder": f"Ville de {town}", "amounts": [[f"{number + 2}500", "EUR"]], "evidence": "a mis"}],
            }
        )  # fmt: skip
    (folder / "train.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return tmp_path / "corpus"


def test_what_it_writes_can_be_read_and_says_what_it_learnt(corpus: Path, tmp_path: Path) -> None:
    train_records(corpus, tmp_path / "out")
    pairs, grants = read_weights(tmp_path / "out" / PAIRS), read_weights(tmp_path / "out" / GRANTS)
    assert pairs.probability({"always", "b:travail", "b:avec"}) > pairs.probability({"always", "b:passage"})
    chances = pairs.class_probabilities({"always"})
    assert max(chances, key=lambda kind: chances[kind]) == "cooperation_decentralisee"
    assert grants.weights
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "| pairs.json | 12 | 12 |" in card
    assert "coopnlp train records" in card


def test_too_few_documents_are_named(corpus: Path, tmp_path: Path) -> None:
    file = corpus / "records" / "train.jsonl"
    file.write_text(file.read_text(encoding="utf-8").split("\n")[0], encoding="utf-8")
    with pytest.raises(CorpusError, match="too few"):
        train_records(corpus, tmp_path / "out")


def test_labels_of_minutes_are_of_one_text(corpus: Path, tmp_path: Path) -> None:
    minutes = tmp_path / "minutes"
    minutes.mkdir()
    text = "Ville de Dax\n\nLe conseil décide de verser 500 € à la chorale.\n"
    (minutes / "pv.txt").write_text(text, encoding="utf-8")
    start = text.index("500")
    row = {"source": "pv.txt", "start": start, "end": start + 5, "giver": "Ville de Dax"}
    labels = corpus / "records" / "minutes.jsonl"
    labels.write_text(json.dumps({**row, "sha256": digest(text, start, start + 5)}), encoding="utf-8")
    train_records(corpus, tmp_path / "out", minutes)
    assert "| grants.json | 13 | 13 |" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    labels.write_text(json.dumps({**row, "sha256": "0" * 64}), encoding="utf-8")
    with pytest.raises(CorpusError, match="not the labelled one"):
        train_records(corpus, tmp_path / "out", minutes)
