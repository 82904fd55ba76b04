"""The committee: what a majority of its members find, long documents in parts, to disk and back."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.training import Example

from coopnlp.pipeline import committee as module
from coopnlp.pipeline.committee import Committee, Triple, majority
from coopnlp.pipeline.tokenizer import CoopTokenizer

TINY = {
    "@architectures": "spacy.TransitionBasedParser.v2",
    "state_type": "ner",
    "extra_state_tokens": False,
    "hidden_width": 8,
    "maxout_pieces": 1,
    "use_upper": False,
    "tok2vec": {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "width": 8,
        "depth": 1,
        "embed_size": 50,
        "window_size": 1,
        "maxout_pieces": 1,
        "subword_features": False,
        "pretrained_vectors": None,
    },
}


@pytest.fixture(scope="module")
def host() -> Language:
    """A pipeline without components, for its vocabulary and tokenizer."""
    nlp = spacy.blank("fr")
    nlp.tokenizer = CoopTokenizer(nlp.vocab)
    return nlp


def ruled(host: Language, *patterns: tuple[str, str]) -> Language:
    """Return a member that finds fixed words: (word, label)."""
    member = spacy.blank("fr", vocab=host.vocab)
    member.add_pipe("entity_ruler").add_patterns([{"label": label, "pattern": word} for word, label in patterns])
    return member


def untrained(host: Language, seed: int) -> Language:
    """Return a tiny network with random weights, which finds some nonsense."""
    spacy.util.fix_random_seed(seed)
    member = spacy.blank("fr", vocab=host.vocab)
    ner = member.add_pipe("ner", config={"model": TINY})
    for label in ("LOC", "ORG"):
        ner.add_label(label)
    doc = host.make_doc("Pau")
    member.initialize(lambda: [Example.from_dict(doc, {"entities": [(0, 3, "LOC")]})])
    return member


def found(committee: Committee, host: Language, text: str) -> list[tuple[str, str]]:
    return [(ent.text, ent.label_) for ent in committee(host.make_doc(text)).ents]


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ([[(0, 2, "ORG")], [(0, 2, "ORG")], []], [(0, 2, "ORG")]),
        ([[(0, 2, "ORG")], [(0, 2, "LOC")], [(0, 2, "PER")]], []),
        ([[(0, 2, "ORG")], [(0, 3, "ORG")], [(1, 2, "ORG")]], []),
        ([[(0, 2, "ORG")], []], []),
        ([[(0, 2, "ORG")]], [(0, 2, "ORG")]),
        ([[(3, 4, "LOC"), (0, 1, "PER")], [(0, 1, "PER"), (3, 4, "LOC")]], [(0, 1, "PER"), (3, 4, "LOC")]),
        ([[], [], []], []),
        ([], []),
    ],
)
def test_majority(votes: list[list[Triple]], expected: list[Triple]) -> None:
    assert majority(votes) == expected


def _disjoint(cuts: list[tuple[int, str]]) -> list[Triple]:
    """Make spans that do not overlap out of border positions."""
    borders = sorted({at for at, _ in cuts})
    labels = [label for _, label in cuts]
    return [(a, b, labels[i]) for i, (a, b) in enumerate(itertools.pairwise(borders))]


_VOTES = st.lists(
    st.lists(st.tuples(st.integers(0, 8), st.sampled_from(["ORG", "LOC"])), max_size=6).map(_disjoint), max_size=5
)


@given(_VOTES)
@settings(deadline=None, max_examples=200)
def test_a_majority_never_overlaps(votes: list[list[Triple]]) -> None:
    spans = majority(votes)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


def test_the_committee_keeps_what_two_of_three_find(host: Language) -> None:
    members = [
        ruled(host, ("Pau", "LOC"), ("Tarbes", "LOC")),
        ruled(host, ("Pau", "LOC"), ("Dax", "LOC")),
        ruled(host, ("Pau", "COLLECTIVITY"), ("Dax", "LOC")),
    ]
    committee = Committee(host.vocab, members)
    assert found(committee, host, "De Pau à Tarbes, puis à Dax.") == [("Pau", "LOC"), ("Dax", "LOC")]


def test_a_sentence_without_names_gives_nothing(host: Language) -> None:
    committee = Committee(host.vocab, [ruled(host, ("Pau", "LOC"))])
    assert found(committee, host, "Il pleut depuis ce matin.") == []


def test_members_do_not_see_what_others_found(host: Language) -> None:
    doc = host.make_doc("De Pau à Dax.")
    committee = Committee(host.vocab, [ruled(host, ("Pau", "LOC")), ruled(host, ("Dax", "LOC"))])
    assert committee(doc).ents == ()


def test_a_long_document_is_read_in_parts_with_its_offsets(host: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PART", 10)
    text = "\n".join(f"Séance {n} tenue à Pau, sans débat." for n in range(12))
    doc = Committee(host.vocab, [ruled(host, ("Pau", "LOC"))])(host.make_doc(text))
    assert [ent.text for ent in doc.ents] == ["Pau"] * 12
    assert [ent.start_char for ent in doc.ents] == [i for i in range(len(text)) if text.startswith("Pau", i)]


def test_parts_end_at_line_ends_and_lose_nothing(host: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PART", 10)
    doc = host.make_doc("\n".join(["un deux trois quatre cinq six"] * 6))
    parts = list(module._parts(doc))
    assert [start for start, _ in parts] == [0, *(end for _, end in parts[:-1])]
    assert parts[-1][1] == len(doc)
    assert all("\n" in doc[end - 1].text for _, end in parts[:-1])


def test_a_line_longer_than_a_part_is_cut_anyway(host: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PART", 10)
    doc = host.make_doc("mot " * 35)
    assert max(end - start for start, end in module._parts(doc)) == 10


def test_to_disk_and_back_finds_the_same(host: Language, tmp_path: Path) -> None:
    text = "Les élus de Pau et de Tarbes, réunis à Dax, ont reçu la délégation du Saguenay. Il pleuvait. " * 3
    committee = Committee(host.vocab, [untrained(host, 1), untrained(host, 2)])
    committee.to_disk(tmp_path / "committee")
    back = Committee(host.vocab).from_disk(tmp_path / "committee")
    assert len(back.members) == 2
    assert back.labels == committee.labels == ("LOC", "ORG")
    for one, other in zip(committee.members, back.members, strict=True):
        assert found(Committee(host.vocab, [other]), host, text) == found(Committee(host.vocab, [one]), host, text)


def test_members_are_written_without_the_shared_vocabulary(host: Language, tmp_path: Path) -> None:
    Committee(host.vocab, [untrained(host, 1)]).to_disk(tmp_path / "committee")
    assert not list(tmp_path.rglob("vocab/vectors"))
    assert not list(tmp_path.rglob("*.pkl"))


def test_members_of_the_shipped_pipeline_share_one_vocabulary(nlp: Language) -> None:
    members = nlp.get_pipe("coop_tagger").members
    assert len(members) % 2 == 1
    assert all(member.vocab is nlp.vocab for member in members)
