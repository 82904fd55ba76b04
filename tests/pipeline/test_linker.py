"""``coop_linker`` on sentences that an archivist could correct: ``[[surface|LABEL|identifier]]``."""

from __future__ import annotations

import csv
import json
import random
import re
from collections import defaultdict
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopnlp.gazetteer import Gazetteer
from coopnlp.pipeline.linker import Linker, create_linker

_MARK = re.compile(r"\[\[(.+?)\|(\w+)\|([^\]]*)\]\]")

#: One a line; most are of names with several readings.
SENTENCES = (Path(__file__).parent / "linker_sentences.txt").read_text(encoding="utf-8").splitlines()


def read_marked(marked: str) -> tuple[str, list[tuple[int, int, str]], list[str]]:
    """Return the text of a marked sentence, its spans and the identifiers that they should have."""
    text, spans, wanted, last = "", [], [], 0
    for match in _MARK.finditer(marked):
        text += marked[last : match.start()]
        spans.append((len(text), len(text) + len(match[1]), match[2]))
        wanted.append(match[3])
        text += match[1]
        last = match.end()
    return text + marked[last:], spans, wanted


@pytest.fixture(scope="module")
def linker() -> Linker:
    return Linker()


@pytest.mark.parametrize("marked", SENTENCES)
def test_identifiers(linker: Linker, marked: str) -> None:
    text, spans, wanted = read_marked(marked)
    assert linker.link(text, spans) == wanted


def test_component_writes_kb_ids_and_twice_is_once() -> None:
    nlp = spacy.blank("fr")
    doc = nlp.make_doc("La ville de Tarbes et la MRC des Sources.")
    doc.ents = [doc.char_span(3, 18, "COLLECTIVITY"), doc.char_span(25, 40, "COLLECTIVITY")]
    component = create_linker(nlp, "coop_linker")
    first = [ent.kb_id_ for ent in component(doc).ents]
    assert first == ["fr-commune:65440", "qc-mrc:400"]
    assert [ent.kb_id_ for ent in component(doc).ents] == first


def test_component_is_a_factory() -> None:
    nlp = spacy.blank("fr")
    nlp.add_pipe("coop_linker")
    assert nlp.get_pipe_meta("coop_linker").assigns == ["doc.ents", "token.ent_kb_id"]


def test_other_labels_are_left_alone() -> None:
    nlp = spacy.blank("fr")
    doc = nlp.make_doc("La Bretagne et Paris.")
    doc.ents = [doc.char_span(3, 11, "ORG", kb_id="x:1")]
    assert [ent.kb_id_ for ent in create_linker(nlp, "coop_linker")(doc).ents] == ["x:1"]


def test_organisations_that_recur_are_linked() -> None:
    nlp = spacy.blank("fr")
    doc = nlp.make_doc("L'AFD et l'Amicale de Pau")
    doc.ents = [doc.char_span(2, 5, "FUNDER"), doc.char_span(11, 25, "ORG")]
    assert [ent.kb_id_ for ent in create_linker(nlp, "coop_linker")(doc).ents] == ["org:afd", ""]


def test_document_without_entities() -> None:
    nlp = spacy.blank("fr")
    assert list(create_linker(nlp, "coop_linker")(nlp.make_doc("Rien à signaler.")).ents) == []


def test_date_of_the_document_is_read(linker: Linker) -> None:
    text = "La commune de Sainte-Foy-l'Argentière a délibéré."
    assert linker.link(text, [(14, 37, "COLLECTIVITY")], "2010") == ["fr-commune:69201"]


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=80), st.sampled_from(["COLLECTIVITY", "LOC"]))
def test_any_span_gets_one_answer(text: str, label: str) -> None:
    if text:
        (answer,) = Linker().link(text, [(0, len(text), label)])
        assert answer == "" or ":" in answer


@pytest.mark.parametrize(
    ("kind", "template", "least"),
    [
        ("commune", "La commune de {} ({}) a délibéré sur une action de coopération.", 0.97),
        ("qc_municipalite", "La municipalité de {} ({}) a signé une entente avec une commune de France.", 0.95),
    ],
)
def test_sampled_places_come_back(linker: Linker, kind: str, template: str, least: float) -> None:
    gazetteer: Gazetteer = linker.gazetteer
    scheme = "fr-departement" if kind == "commune" else "qc-region"
    prefix = "fr-commune" if kind == "commune" else "qc-municipalite"
    identifiers = [line.split("\t", 1)[0] for line in gazetteer.lines if line.startswith(f"{prefix}:")]
    random.Random(20).shuffle(identifiers)
    tried = right = wrong = 0
    for kb_id in identifiers:
        place = gazetteer.by_id(kb_id)
        assert place is not None
        above = [gazetteer.by_id(parent) for parent in place.parents if parent.startswith(scheme)]
        if place.kind != kind or place.subtype.startswith(("ancienne", "commune")) or not above or above[0] is None:
            continue
        text = template.format(place.name, above[0].name)
        start = text.index(place.name)
        (answer,) = linker.link(text, [(start, start + len(place.name), "COLLECTIVITY")])
        tried += 1
        right += answer == kb_id
        wrong += answer not in ("", kb_id)
        if tried == 300:
            break
    assert right >= least * tried
    assert wrong <= 1


@pytest.mark.shared
def test_links_of_the_seeds(linker: Linker, shared: Path) -> None:
    found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for line in (shared / "gold/seeds.jsonl").read_text(encoding="utf-8").splitlines():
        doc = json.loads(line)
        spans = [(e["start"], e["end"], e["label"]) for e in doc["entities"] if e["label"] in ("COLLECTIVITY", "LOC")]
        for (start, end, label), kb_id in zip(spans, linker.link(doc["text"], spans), strict=True):
            found[doc["id"], doc["text"][start:end], label].add(kb_id)
    with (shared / "gold/seeds_links.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            assert found[row["id"], row["surface"], row["label"]] == {row["kb_id"]}, row["surface"]
