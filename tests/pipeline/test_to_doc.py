"""Extraction to document: one text, one set of offsets, whatever the format; and the limits."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from coopnlp.errors import ModelError, TooLarge
from coopnlp.extract import extract
from coopnlp.pipeline import MAX_CHARACTERS, annotate, load_pipeline, to_doc
from coopnlp.pipeline.tokenizer import CoopTokenizer
from coopnlp.pipeline.values import register_extensions
from coopnlp.types import Extraction, Source

DOCUMENTS = sorted(p for p in (Path(__file__).parents[2] / "examples" / "documents").iterdir() if p.name != "README.md")


@pytest.fixture(scope="module")
def blank() -> Language:
    """A pipeline that only tokenises."""
    nlp = spacy.blank("fr")
    nlp.tokenizer = CoopTokenizer(nlp.vocab)
    register_extensions()
    return nlp


def bare(text: str) -> Extraction:
    """Return an extraction of one text without blocks."""
    return Extraction(
        source=Source(name="essai.txt", sha256="0" * 64, media_type="text/plain", size=1), text=text, blocks=()
    )


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_the_text_of_a_document_is_that_of_its_extraction(blank: Language, path: Path) -> None:
    extraction = extract(path)
    doc = to_doc(blank, extraction)
    assert doc.text == extraction.text
    assert doc._.extraction == extraction


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_blocks_and_cells_lie_on_token_borders(blank: Language, path: Path) -> None:
    extraction = extract(path)
    doc = to_doc(blank, extraction)
    pieces = [(b.start, b.end) for b in extraction.blocks] + [
        (c.start, c.end) for b in extraction.blocks for c in b.cells
    ]
    assert [extraction.text[a:b] for a, b in pieces if a < b and doc.char_span(a, b) is None] == []


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=80))
@settings(deadline=None, max_examples=150)
def test_any_text_is_kept(text: str) -> None:
    nlp = spacy.blank("fr")
    nlp.tokenizer = CoopTokenizer(nlp.vocab)
    assert to_doc(nlp, bare(text)).text == text


def test_a_collection_instead_of_a_document_is_refused(blank: Language) -> None:
    with pytest.raises(TooLarge, match=r"essai\.txt: .*5,000,001 characters.*Split the file"):
        to_doc(blank, bare("a" * (MAX_CHARACTERS + 1)))


def test_the_limit_itself_is_no_reason_to_refuse(blank: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coopnlp.pipeline.MAX_CHARACTERS", 4)
    assert to_doc(blank, bare("abcd")).text == "abcd"


def test_annotate_has_no_limit_of_its_own(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nlp, "max_length", 10)
    doc = annotate(nlp, to_doc(nlp, bare("Le 4 avril 2012, la Ville de Foix verse 7 500 €.")))
    assert "AMOUNT" in {ent.label_ for ent in doc.ents}


def test_annotate_finds_what_the_pipeline_finds(nlp: Language) -> None:
    text = "Le 4 avril 2012, la Ville de Foix verse 7 500 € à la MRC de Coaticook."
    assert [(e.text, e.label_, e.kb_id_) for e in annotate(nlp, to_doc(nlp, bare(text))).ents] == [
        (e.text, e.label_, e.kb_id_) for e in nlp(text).ents
    ]


def test_a_folder_that_is_no_pipeline_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="coopnlp train entities"):
        load_pipeline(tmp_path)
