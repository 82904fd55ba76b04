"""Marked documents in and out, and augmentation that keeps every offset."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopnlp.errors import CorpusError
from coopnlp.training.augment import Augmenter, add_noise, rebuild
from coopnlp.training.corpus import Annotated, check_digests, parse, read_gold, read_marked

MARKED = "La [[Ville de Cahors|COLLECTIVITY]] et [[Sarh|COLLECTIVITY]] ont signé le [[3 mai 2011|DATE]] à [[Sarh|LOC]]."


def document(marked: str = MARKED) -> Annotated:
    text, entities = parse(marked)
    return Annotated("essai", text, entities)


def surfaces(doc: Annotated) -> list[tuple[str, str]]:
    return [(doc.text[s:e], label) for s, e, label in doc.entities]


def test_markup_gives_text_and_offsets() -> None:
    doc = document()
    assert doc.text == "La Ville de Cahors et Sarh ont signé le 3 mai 2011 à Sarh."
    assert surfaces(doc) == [
        ("Ville de Cahors", "COLLECTIVITY"), ("Sarh", "COLLECTIVITY"), ("3 mai 2011", "DATE"), ("Sarh", "LOC"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("marked", "says"),
    [
        ("un\n[[nom|VILLE]]", "text:2: unknown label 'VILLE'"),
        ("[[a [[b|LOC]]", "nested"),
        ("[[a|LOC]] et [[b", "unclosed"),
        ("a]] [[b|LOC]]", "unclosed"),
    ],
)
def test_bad_markup_is_named_with_its_line(marked: str, says: str) -> None:
    with pytest.raises(CorpusError, match=says.replace("[", r"\[")):
        parse(marked)


def test_a_folder_without_documents_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no marked documents"):
        list(read_marked(tmp_path))


def test_gold_with_offsets_outside_its_text_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "a", "text": "court", "entities": [{"start": 0, "end": 9, "label": "LOC"}]}\n')
    with pytest.raises(CorpusError, match=r"gold.jsonl:1: bad entity 0:9"):
        list(read_gold(path))


def test_the_shipped_corpus_is_the_one_with_the_digests(root: Path) -> None:
    check_digests(root / "corpus")


def test_no_document_is_in_two_splits(root: Path) -> None:
    seen: dict[str, str] = {}
    for split in ("train", "dev", "test"):
        for doc in read_marked(root / "corpus" / "entities" / split):
            assert seen.setdefault(doc.text, split) == split
            assert seen.setdefault(doc.id, split) == split


def test_exchanged_names_stay_consistent_and_marked() -> None:
    others = [document("À [[Ville de Tarbes|COLLECTIVITY]], [[Dapaong|LOC]] et [[Tarbes|COLLECTIVITY]].")]
    augmenter = Augmenter([document(), *others], ["Nîmes", "Bignona", "Rimouski"], seed=3)
    for _ in range(30):
        new = augmenter(document())
        found = surfaces(new)
        assert [label for _, label in found] == ["COLLECTIVITY", "COLLECTIVITY", "DATE", "LOC"]
        assert found[0][0].startswith("Ville d")
        assert found[1][0] == found[3][0]
        assert found[2][0] == "3 mai 2011"


def test_elision_inside_an_exchanged_name_is_mended() -> None:
    augmenter = Augmenter([document()], ["Arles"], seed=0)
    names = {surfaces(augmenter(document()))[0][0] for _ in range(20)}
    assert names <= {"Ville de Cahors", "Ville d’Arles"}
    assert "Ville d’Arles" in names


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=60)
def test_noise_keeps_spans_on_their_words(seed: int) -> None:
    noisy = add_noise(document(), random.Random(seed))
    assert len(noisy.entities) == 4
    for (start, end, _), (surface, _) in zip(noisy.entities, surfaces(document()), strict=True):
        piece = noisy.text[start:end]
        assert piece.strip() == piece != ""
        assert abs(len(piece) - len(surface)) <= 6


def test_rebuild_moves_what_follows() -> None:
    doc = document("[[Sarh|LOC]] puis [[Cahors|LOC]]")
    assert surfaces(rebuild(doc, [(0, 4, "Ouagadougou")])) == [("Ouagadougou", "LOC"), ("Cahors", "LOC")]
