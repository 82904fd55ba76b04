"""Scores of entities: which labels are confused, by folder, and on a copy with errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from typer.testing import CliRunner

from coopnlp.cli import app
from coopnlp.training.augment import add_errors
from coopnlp.training.confusion import confusion
from coopnlp.training.corpus import Annotated, parse
from coopnlp.training.evaluate import evaluate_entities

GOLD = (
    "Le [[4 avril 2012|DATE]], la [[Ville de Foix|COLLECTIVITY]] et [[LOJIQ|FUNDER]] ont versé [[7 500 €|AMOUNT]] "
    "à l’[[Office franco-québécois|ORG]], à [[Pau|LOC]]."
)


def gold(marked: str = GOLD, key: str = "essai") -> Annotated:
    return Annotated(key, *parse(marked))


def found(document: Annotated, **surfaces: str) -> list[tuple[int, int, str]]:
    """Spans by surface, LABEL="surface"; several of a label apart by "; "."""
    return [
        (document.text.index(surface), document.text.index(surface) + len(surface), label)
        for label, each in surfaces.items()
        for surface in each.split("; ")
    ]


def test_confusion_counts_labels_missed_and_spurious() -> None:
    document = gold()
    spans = found(document, DATE="4 avril", LOC="Foix; Pau", ORG="LOJIQ", AMOUNT="7 500 €", THEME="versé")
    assert confusion([(document, spans)]) == {
        "AMOUNT": {"AMOUNT": 1},
        "COLLECTIVITY": {"LOC": 1},
        "DATE": {"DATE": 1},
        "FUNDER": {"ORG": 1},
        "LOC": {"LOC": 1},
        "ORG": {"missed": 1},
        "spurious": {"THEME": 1},
    }


def test_the_same_span_is_paired_first_then_the_same_label() -> None:
    document = gold("La [[Ville de Foix|COLLECTIVITY]] et [[Pau|LOC]].")
    cut = found(document, LOC="Ville de", COLLECTIVITY="Foix")
    assert confusion([(document, cut)]) == {
        "COLLECTIVITY": {"COLLECTIVITY": 1}, "LOC": {"missed": 1}, "spurious": {"LOC": 1},
    }  # fmt: skip
    document = gold("[[Foix|LOC]] [[Pau|ORG]]")
    assert confusion([(document, [(0, 8, "ORG")])]) == {"LOC": {"missed": 1}, "ORG": {"ORG": 1}}
    assert confusion([(document, [(0, 4, "ORG"), (5, 8, "LOC")])]) == {"LOC": {"ORG": 1}, "ORG": {"LOC": 1}}


def test_nothing_found_and_nothing_to_find() -> None:
    assert confusion([(gold("Rien."), [])]) == {}
    assert confusion([(gold("À [[Pau|LOC]]."), [])]) == {"LOC": {"missed": 1}}


_SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8), st.sampled_from(["LOC", "ORG", "PER"])), max_size=8)


@given(_SPANS, _SPANS)
@settings(max_examples=100)
def test_every_span_is_counted_once(truth: list[tuple[int, int, str]], guess: list[tuple[int, int, str]]) -> None:
    def flat(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
        out: list[tuple[int, int, str]] = []
        for start, length, label in sorted(spans):
            if not out or out[-1][1] <= start:
                out.append((start, start + length, label))
        return out

    entities, spans = flat(truth), flat(guess)
    table = confusion([(Annotated("a", "x" * 40, tuple(entities)), spans)])
    spurious = table.pop("spurious", {})
    for label in ("LOC", "ORG", "PER"):
        assert sum(table.get(label, {}).values()) == sum(e[2] == label for e in entities)
        paired = sum(row.get(label, 0) for row in table.values())
        assert paired + spurious.get(label, 0) == sum(s[2] == label for s in spans)


@given(st.sampled_from([0.0, 0.01, 0.05, 0.3, 1.0]), st.integers(0, 50))
@settings(max_examples=100)
def test_errors_are_as_many_as_asked_and_spans_stay_on_their_words(rate: float, seed: int) -> None:
    document = gold()
    noisy = add_errors(document, rate, seed)
    assert noisy == add_errors(document, rate, seed)
    assert [label for *_, label in noisy.entities] == [label for *_, label in document.entities]
    assert noisy.text.split(" ")[0] and noisy.text.count(" ") == document.text.count(" ")
    at = 0
    for (start, end, _), (s, e, _) in zip(noisy.entities, document.entities, strict=True):
        assert at <= start < end
        assert noisy.text[start:end].count(" ") == document.text[s:e].count(" ")
        at = end
    if rate == 0:
        assert noisy.text == document.text
    characters = len("".join(document.text.split()))
    if len(noisy.text) == len(document.text):  # nothing lost or doubled: errors can be counted
        changed = sum(a != b for a, b in zip(noisy.text, document.text, strict=True))
        assert changed == round(rate * characters)


def test_errors_do_not_depend_on_what_is_scored_beside() -> None:
    assert add_errors(gold(), 0.2).text != add_errors(gold(key="autre"), 0.2).text
    assert add_errors(gold("[[À|LOC]]"), 1.0).entities == ((0, 1, "LOC"),)
    assert add_errors(Annotated("vide", " \n", ()), 0.5).text == " \n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Gold in folders by genre, two documents of one name among it."""
    for genre in ("presse", "deliberations/1974"):
        (tmp_path / "gold" / genre).mkdir(parents=True)
    (tmp_path / "gold" / "presse" / "a.txt").write_text("Le [[4 avril 2012|DATE]], il pleut.", encoding="utf-8")
    (tmp_path / "gold" / "presse" / "b.txt").write_text("[[7 500 €|AMOUNT]] sont versés.", encoding="utf-8")
    (tmp_path / "gold" / "deliberations" / "1974" / "a.txt").write_text("Le [[5 mai|ORG]] 1974.", encoding="utf-8")
    return tmp_path / "gold"


def test_folders_are_genres(folder: Path, nlp: Language) -> None:
    report = evaluate_entities(folder)
    assert list(report) == ["gold", "documents", "scores", "confusion", "by_genre"]
    assert report["documents"] == 3
    assert report["confusion"] == {"AMOUNT": {"AMOUNT": 1}, "DATE": {"DATE": 1}, "ORG": {"DATE": 1}}
    assert {name: genre["documents"] for name, genre in report["by_genre"].items()} == {
        "deliberations/1974": 1, "presse": 2,
    }  # fmt: skip
    assert report["by_genre"]["presse"]["scores"]["micro"]["f1"] == 1.0
    assert report["by_genre"]["deliberations/1974"]["scores"]["micro"]["f1"] == 0.0


def test_documents_that_lie_in_no_folder_have_no_genre(folder: Path, nlp: Language) -> None:
    assert "by_genre" not in evaluate_entities(folder / "presse")
    assert "by_genre" not in evaluate_entities(folder / "presse" / "a.txt")
    (folder / "c.txt").write_text("Rien.", encoding="utf-8")
    assert list(evaluate_entities(folder)["by_genre"]) == [".", "deliberations/1974", "presse"]


def test_noise_is_scored_beside_and_the_same_each_time(folder: Path, nlp: Language) -> None:
    runner = CliRunner()
    plain = json.loads(runner.invoke(app, ["evaluate", "entities", str(folder)]).stdout)
    noisy = json.loads(runner.invoke(app, ["evaluate", "entities", str(folder), "--noise", "0.4"]).stdout)
    again = json.loads(runner.invoke(app, ["evaluate", "entities", str(folder), "--noise", "0.4"]).stdout)
    assert noisy == again
    assert noisy["noisy"].keys() == {"rate", "seed", "documents", "scores"}
    assert (noisy["noisy"]["rate"], noisy["noisy"]["documents"]) == (0.4, 3)
    assert noisy["noisy"]["scores"]["micro"]["gold"] == plain["scores"]["micro"]["gold"]
    assert noisy["noisy"]["scores"]["micro"]["f1"] < plain["scores"]["micro"]["f1"]
    assert {key: noisy[key] for key in plain} == plain


@pytest.mark.parametrize("rate", ["-0.1", "1.5", "beaucoup"])
def test_a_rate_that_is_none_is_wrong_usage(rate: str, folder: Path) -> None:
    assert CliRunner().invoke(app, ["evaluate", "entities", str(folder), "--noise", rate]).exit_code == 2
