"""A network made ready to be read with gives what thinc's layers give."""

from __future__ import annotations

import numpy as np
import pytest

from coopnlp.api import load
from coopnlp.pipeline import frozen
from coopnlp.pipeline.features import share_features
from coopnlp.pipeline.tagger import Tagger

TEXTS = (
    "Québec",
    "La Ville de Québec et Bordeaux signent une convention de coopération.\n\n- 12 500 € pour l’eau",
    "LE CONSEIL MUNICIPAL DE NANTES " * 40,
)


@pytest.mark.parametrize("text", TEXTS)
def test_scores_are_those_of_the_layers(text: str) -> None:
    nlp = load()
    tagger = nlp.get_pipe("coop_tagger")
    assert isinstance(tagger, Tagger)
    doc = nlp.make_doc(text)
    copy = doc.copy()
    share_features(doc, copy)
    for member in tagger.members:
        layers = member.network.predict([copy])[0]
        assert member.scores(doc) == pytest.approx(np.asarray(layers), abs=1e-4)


def test_a_text_read_in_pieces_has_the_scores_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    nlp = load()
    tagger = nlp.get_pipe("coop_tagger")
    assert isinstance(tagger, Tagger)
    doc = nlp.make_doc("La Ville de Québec et Bordeaux signent une convention.\n" * 20)
    whole = [member.scores(doc) for member in tagger.members]
    monkeypatch.setattr(frozen, "_AT_ONCE", 37)
    for member, scores in zip(tagger.members, whole, strict=True):
        np.testing.assert_allclose(member.scores(doc), scores, atol=1e-4)


def test_a_document_without_tokens_has_no_scores() -> None:
    nlp = load()
    tagger = nlp.get_pipe("coop_tagger")
    assert isinstance(tagger, Tagger)
    assert {member.scores(nlp.make_doc("")).shape for member in tagger.members} == {(0, 23)}
