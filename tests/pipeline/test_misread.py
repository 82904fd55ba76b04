"""Misread words: a poor copy is mended, a clean text is left alone, and what is given back is the text of the file."""

from __future__ import annotations

import pytest
from spacy.language import Language
from spacy.tokens import DocBin
from spacy.vocab import Vocab

from coopnlp.pipeline.misread import mend
from coopnlp.pipeline.reading import reading
from coopnlp.pipeline.tokenizer import CoopTokenizer

POOR = (
    "La vi1le de Montréa1 et la commune de Strasbourq ont siqné, le 12 janvicr 2O11, une convcntion sur 1e "
    "développemcnt durable. La rnairie verse 15 0OO euros à la chambre d'agricu1ture pour la forrnation des élus."
)
CLEAN = (
    "La ville d'Alnwick-sur-Yzeron reçoit Nguyễn Thị Bích, de Kaskö, et Mme Wojciechowska. Le yakitori et le "
    "tacacá du food-truck de Guindulman plaisent à Tsiroanomandidy. La fête dure deux jours."
)


def mended(text: str) -> str:
    for start, end, word in reversed(mend(text)):
        text = text[:start] + word + text[end:]
    return text


def test_a_poor_copy_reads_as_what_it_was() -> None:
    assert mended(POOR) == (
        "La ville de Montréal et la commune de Strasbourg ont signé, le 12 janvier 2011, une convention sur le "
        "développement durable. La mairie verse 15 000 euros à la chambre d'agriculture pour la formation des élus."
    )


@pytest.mark.parametrize("text", ["", " ", "1", "\n\n\n", "l’", CLEAN, "abc " * 3])
def test_a_text_that_is_no_poor_copy_is_left_alone(text: str) -> None:
    assert mend(text) == []


def test_codes_ordinals_acronyms_and_what_recurs_stay() -> None:
    text = POOR + " Le 1er juin, salle B12, 15k€ au 2e titre pour l'ANPE, le GRET et Xylo, Xylo, Xylo."
    kept = {"1er", "B12", "15k", "2e", "ANPE", "GRET", "Xylo"}
    assert kept.isdisjoint(text[start:end] for start, end, _ in mend(text))


def test_tokens_of_a_poor_copy_are_those_of_what_it_was() -> None:
    doc = CoopTokenizer(Vocab())(POOR)
    assert doc.text == POOR
    assert [t.text for t in reading(doc)] == [t.text for t in CoopTokenizer(doc.vocab)(mended(POOR))]
    assert "Montréa1" in [t.text for t in doc]


def test_a_clean_document_is_its_own_reading() -> None:
    doc = CoopTokenizer(Vocab())(CLEAN)
    assert reading(doc) is doc


def test_entities_of_a_poor_copy_are_text_of_the_file_with_links_and_values(nlp: Language) -> None:
    doc = nlp(POOR)
    assert doc.text == POOR
    found = {ent.text: ent for ent in doc.ents}
    assert found["12 janvicr 2O11"]._.value.to_json() == {"start": "2011-01-12", "end": "2011-01-12"}
    assert found["15 0OO euros"]._.value.to_json() == {"value": "15000", "currency": "EUR"}
    assert found["commune de Strasbourq"].kb_id_ == "fr-commune:67482"
    assert found["développemcnt durable"].label_ == "THEME"
    stored = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    [again] = DocBin().from_bytes(stored).get_docs(nlp.vocab)
    assert [(e.text, e.label_) for e in again.ents] == [(e.text, e.label_) for e in doc.ents]
