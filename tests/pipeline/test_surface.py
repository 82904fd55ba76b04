"""The tokens of a document as strings are those that spaCy gives."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc
from spacy.vocab import Vocab

from coopnlp.pipeline.features import place_names
from coopnlp.pipeline.surface import flatten, surface_of, text_of, token_texts
from coopnlp.pipeline.tokenizer import CoopTokenizer

TEXTS = (
    "",
    " ",
    "Pau",
    "La Ville de Pau et l’ex-Limousin :\n\n  12 500 € à l’ÉTÉ, la ville de Pau. ",
)


@pytest.fixture(scope="module")
def tokenizer() -> CoopTokenizer:
    return CoopTokenizer(Vocab())


@pytest.mark.parametrize("text", TEXTS)
def test_strings_and_offsets_are_those_of_the_tokens(tokenizer: CoopTokenizer, text: str) -> None:
    doc = tokenizer(text)
    surface = surface_of(doc)
    assert token_texts(doc) == [token.text for token in doc]
    assert text_of(doc) == doc.text == text
    assert surface.starts == [token.idx for token in doc]
    assert surface.flat == flatten(text)
    assert [surface.forms[i] for i in surface.at.tolist()] == token_texts(doc)
    assert len(set(surface.forms)) == len(surface.forms)
    for end in range(1, len(doc) + 1):
        assert surface.bounds(0, end) == (doc[0:end].start_char, doc[0:end].end_char)


def test_another_document_is_looked_at_anew(tokenizer: CoopTokenizer) -> None:
    first, second = tokenizer("Pau écrit"), tokenizer("Dax répond")
    assert token_texts(first) == ["Pau", "écrit"]
    assert token_texts(second) == ["Dax", "répond"]
    assert token_texts(first) == ["Pau", "écrit"]
    with first.retokenize() as retokenizer:
        retokenizer.merge(first[0:2])
    assert token_texts(first) == ["Pau écrit"]


def test_names_of_places_side_by_side_stay_apart() -> None:
    vocab = Vocab()
    doc = Doc(vocab, words=["Québec", "Bordeaux", "et", "Trois", "-", "Rivières", "à", "bordeaux"])
    assert place_names(doc) == {0: 1, 1: 2, 3: 6}
    assert place_names(Doc(vocab)) == {}
