"""Tables of links: read, refused with the line, and the floors of the linker on the corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopnlp.errors import CorpusError
from coopnlp.training.corpus import read_marked
from coopnlp.training.links import evaluate_links, read_links

HEAD = "id\tsurface\tlabel\tkb_id\n"


def table(folder: Path, rows: str) -> Path:
    links = folder / "links"
    links.mkdir()
    marked = folder / "entities" / "a"
    marked.mkdir(parents=True)
    (marked / "one.txt").write_text(
        "La [[ville de Laval|COLLECTIVITY]] (Mayenne) et [[Plougonvelin|COLLECTIVITY]] écrivent à [[Zzyxia|COLLECTIVITY]].",
        encoding="utf-8",
    )
    (links / "dev.tsv").write_text(HEAD + rows, encoding="utf-8")
    return links / "dev.tsv"


def test_names_are_right_wrong_absent_or_invented(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "one\tville de Laval\tCOLLECTIVITY\tqc-municipalite:65005\none\tPlougonvelin\tCOLLECTIVITY\t\n"
        "one\tZzyxia\tCOLLECTIVITY\tfr-commune:00000\n",
    )
    found = evaluate_links(path)
    assert [found[k] for k in ("right", "wrong", "absent", "none", "invented")] == [0, 1, 1, 0, 1]
    assert found["precision"] == found["recall"] == found["abstention"] == 0.0
    assert [error["verdict"] for error in found["errors"]] == ["wrong", "invented", "absent"]


def test_rates_are_shares_of_answers_and_of_what_has_one(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "one\tville de Laval\tCOLLECTIVITY\tfr-commune:53130\none\tPlougonvelin\tCOLLECTIVITY\tfr-commune:29190\n"
        "one\tZzyxia\tCOLLECTIVITY\t\n",
    )
    found = evaluate_links(path)
    assert (found["precision"], found["recall"], found["abstention"]) == (1.0, 1.0, 1.0)
    assert found["by_scheme"] == {"fr-commune": {"precision": 1.0, "recall": 1.0, "links": 2}}


@pytest.mark.parametrize(
    ("rows", "said"),
    [("one\tLaval\tCOLLECTIVITY\n", ":2: expected 4 columns"), ("two\tLaval\tCOLLECTIVITY\t\n", "'two'")],
)
def test_a_table_that_does_not_fit_is_refused(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(CorpusError, match=said):
        evaluate_links(table(tmp_path, rows))


def test_every_row_of_the_corpus_names_an_entity(root: Path) -> None:
    documents = {d.id: d for d in read_marked(root / "corpus" / "entities")}
    for split in ("dev", "test"):
        for key, surface, label, kb_id in read_links(root / "corpus" / "links" / f"{split}.tsv"):
            document = documents[key]
            assert (surface, label) in {(document.text[s:e], found) for s, e, found in document.entities}
            assert kb_id == "" or kb_id.count(":") == 1


@pytest.mark.parametrize("split", ["dev", "test"])
def test_floors_of_the_linker(root: Path, split: str) -> None:
    found = evaluate_links(root / "corpus" / "links" / f"{split}.tsv")
    assert found["precision"] >= 0.97
    assert found["recall"] >= 0.92
