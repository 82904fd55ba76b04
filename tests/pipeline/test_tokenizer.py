"""Every border that an entity may have is a token border."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.vocab import Vocab

from coopnlp.pipeline.tokenizer import CoopTokenizer
from coopnlp.training.corpus import Annotated, read_gold, read_marked

TOKENIZER = CoopTokenizer(Vocab())


def words(text: str) -> list[str]:
    return [t.text for t in TOKENIZER(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l’ex-Limousin", ["l’", "ex", "-", "Limousin"]),
        ("qu'aujourd'hui", ["qu'", "aujourd'hui"]),
        ("Saint-Denis–Laval", ["Saint", "-", "Denis", "–", "Laval"]),
        ("15k€", ["15", "k", "€"]),
        ("12.500,50 €", ["12.500,50", "€"]),
        ("2008-2010", ["2008", "-", "2010"]),
        ("élu·es (AIMF)", ["élu", "·", "es", "(", "AIMF", ")"]),
        ("a.durand@mairie-tarnos.fr, ici", ["a.durand@mairie-tarnos.fr", ",", "ici"]),
        ("voir www.cites-unies.org.", ["voir", "www.cites-unies.org", "."]),
        ("mots.Les", ["mots", ".", "Les"]),
        ("un\n\ndeux  trois", ["un", "\n\n", "deux", " ", "trois"]),
        ("M<sup>me</sup>", ["M", "<", "sup", ">", "me", "<", "/", "sup", ">"]),
    ],
)
def test_borders(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text(max_size=200))
@settings(deadline=None, max_examples=200)
def test_nothing_is_lost(text: str) -> None:
    doc = TOKENIZER(text)
    assert doc.text == text
    assert all(token.text for token in doc)


def _misfits(documents: list[Annotated]) -> list[str]:
    bad = []
    for document in documents:
        doc = TOKENIZER(document.text)
        for start, end, _ in document.entities:
            span = doc.char_span(start, end)
            if span is None or span[0].is_space or span[-1].is_space:
                bad.append(f"{document.id}:{start} {document.text[start:end]!r}")
    return bad


def test_every_corpus_span_lies_on_token_borders(root: Path) -> None:
    documents = list(read_marked(root / "corpus" / "entities"))
    assert sum(len(d.entities) for d in documents) > 15_000
    assert _misfits(documents) == []


@pytest.mark.shared
def test_every_gold_span_lies_on_token_borders(shared: Path) -> None:
    documents = list(read_gold(shared / "gold" / "seeds.jsonl"))
    assert sum(len(d.entities) for d in documents) == 499
    assert _misfits(documents) == []


def test_a_saved_pipeline_keeps_the_tokenizer(tmp_path: Path) -> None:
    import spacy

    nlp = spacy.blank("fr", config={"nlp": {"tokenizer": {"@tokenizers": "coopnlp.tokenizer.v1"}}})
    nlp.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    assert [t.text for t in again("l’ex-Aquitaine")] == ["l’", "ex", "-", "Aquitaine"]
    assert json.loads((tmp_path / "meta.json").read_text())["lang"] == "fr"
