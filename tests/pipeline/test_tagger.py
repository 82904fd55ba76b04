"""The tagger: paragraphs, long documents in parts, to disk and back, looked-up embeddings, probabilities."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import fix_random_seed

from coopnlp.errors import ModelError
from coopnlp.pipeline import tagger as module
from coopnlp.pipeline.confidence import probabilities
from coopnlp.pipeline.reading import is_poor_copy, reading
from coopnlp.pipeline.tagger import Tagger, build_member, decode, paragraphs
from coopnlp.pipeline.tokenizer import CoopTokenizer

LABELS = ("LOC", "ORG")
TINY = {"width": 16, "depth": 1, "rows": [50, 50, 50, 50], "feature_rows": [50, 20, 20, 20]}
POOR = (
    "La vi1le de Montréa1 et la commune de Strasbourq ont siqné, le 12 janvicr 2O11, une convcntion sur 1e "
    "développemcnt durable pour la forrnation des élus."
)
TEXT = "La Ville de Pau écrit.\n\nLe Cercle nautique de Dax (CND) répond à Tarbes.\n- deux barques\n- un canot\n"


@pytest.fixture(scope="module")
def host() -> Language:
    """A pipeline without components, for its vocabulary and tokenizer."""
    nlp = spacy.blank("fr")
    nlp.tokenizer = CoopTokenizer(nlp.vocab)
    return nlp


def untrained(host: Language, seed: int, members: int = 1) -> Tagger:
    """Return a tagger whose scores are random, not zero."""
    fix_random_seed(seed)
    made = []
    draw = np.random.default_rng(seed)
    for _ in range(members):
        member = build_member(host.vocab, len(LABELS), TINY)
        linear = member.network.layers[1].layers[0]
        linear.set_param("W", draw.normal(size=linear.get_param("W").shape).astype(np.float32))
        member.crf.set_param("T", draw.normal(size=(6, 5)).astype(np.float32))
        made.append(member)
    return Tagger(host.vocab, LABELS, made)


def found(doc: Doc) -> list[tuple[int, int, str]]:
    return [(ent.start, ent.end, ent.label_) for ent in doc.ents]


def test_paragraphs_end_at_blank_lines(host: Language) -> None:
    doc = host.make_doc(TEXT)
    assert [doc[s:e].text.strip() for s, e in paragraphs(doc)] == [
        "La Ville de Pau écrit.",
        "Le Cercle nautique de Dax (CND) répond à Tarbes.\n- deux barques\n- un canot",
    ]


def test_long_paragraphs_are_cut_at_a_line_end(host: Language) -> None:
    doc = host.make_doc("Un deux trois quatre cinq\n" * 300)
    borders = paragraphs(doc)
    assert all(e - s <= module._LONGEST + 10 for s, e in borders)
    assert [s for s, _ in borders[1:]] == [e for _, e in borders[:-1]]
    assert borders[-1][1] == len(doc)
    assert all(doc[s].text == "Un" for s, _ in borders)


def test_empty_documents_have_no_entities(host: Language) -> None:
    assert found(untrained(host, 1)(host.make_doc(""))) == []
    assert paragraphs(host.make_doc("")) == []


def test_a_document_in_parts_is_read_as_a_whole(host: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    tagger = untrained(host, 3)
    first = "la mairie de Pau écrit aux voisins de la rive\n"
    second = "le Cercle nautique de Dax répond sans attendre\n"
    monkeypatch.setattr(module, "_PART", len(host.make_doc(first)))
    # A part is read as it is read alone, and no token of either is lost.
    alone = [tagger.scores(host.make_doc(text))[0] for text in (first, second)]
    np.testing.assert_allclose(tagger.scores(host.make_doc(first + second))[0], np.concatenate(alone), atol=1e-5)
    # What an acronym's mentions decide, they decide over the parts together.
    doc = host.make_doc(first.replace("Pau", "CND") + second.replace("Dax", "CND"))
    mentions = [token.i for token in doc if token.text == "CND"]
    assert len(mentions) == 2
    table = tagger.scores(doc)[0][mentions]
    gains = table - table[:, :1]
    np.testing.assert_allclose(gains[0], gains[1], atol=1e-5)


def test_to_disk_and_back(host: Language, tmp_path: Path) -> None:
    tagger = untrained(host, 2, members=2)
    tagger.calibration = [0.5, 1.0, 0.25, 0.0]
    tagger.to_disk(tmp_path / "tagger")
    back = Tagger(host.vocab).from_disk(tmp_path / "tagger")
    assert (back.labels, back.calibration, len(back.members)) == (LABELS, [0.5, 1.0, 0.25, 0.0], 2)
    doc = host.make_doc(TEXT)
    # What is read back has its weights in half precision: three digits.
    np.testing.assert_allclose(tagger.scores(doc)[0], back.scores(doc)[0], atol=0.05)
    np.testing.assert_allclose(back.scores(doc)[0], back.scores(host.make_doc(TEXT))[0], atol=1e-6)
    assert decode(doc, *tagger.scores(doc)) == decode(doc, *back.scores(doc))


def test_a_poor_copy_is_read_by_the_networks_for_it(host: Language) -> None:
    tagger = untrained(host, 4, members=3)
    for member, reads in zip(tagger.members, ("all", "clean", "poor"), strict=True):
        member.reads = reads
    clean = host.make_doc(TEXT)
    poor = reading(CoopTokenizer(host.vocab)(POOR))
    assert is_poor_copy(poor)
    assert not is_poor_copy(clean)
    for doc, members in ((clean, (0, 1)), (poor, (0, 2))):
        wanted = np.mean([tagger.members[n].scores(doc) for n in members], axis=0)
        lowered = tagger.scores(doc)[0][:, 1:] - wanted[:, 1:]
        lone = [token.i for token in doc if token.text.islower()]
        np.testing.assert_allclose(lowered[lone], 0, atol=1e-5)


def test_a_damaged_folder_is_named(host: Language, tmp_path: Path) -> None:
    untrained(host, 1).to_disk(tmp_path / "tagger")
    (tmp_path / "tagger" / "network_0.npz").unlink()
    with pytest.raises(ModelError, match="Reinstall"):
        Tagger(host.vocab).from_disk(tmp_path / "tagger")


def test_probabilities_are_those_of_the_lattice(host: Language) -> None:
    tagger = untrained(host, 5)
    doc = tagger(host.make_doc(TEXT))
    assert doc.ents
    each = probabilities(doc, doc.ents)
    assert len(each) == len(doc.ents)
    assert all(0 < p < 1 for p in each)
    assert probabilities(doc, []) == []


def test_a_surer_tagger_gives_higher_probabilities(host: Language) -> None:
    tagger = untrained(host, 5)
    doc = tagger(host.make_doc(TEXT))
    before = probabilities(doc, doc.ents)
    doc.user_data[module.SCORES] = doc.user_data[module.SCORES] * 4
    doc.user_data[module.TRANSITIONS] = doc.user_data[module.TRANSITIONS] * 4
    assert sum(probabilities(doc, doc.ents)) > sum(before)
