"""The measure of records: what counts as the same, what is refused, and floors on the corpus."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coopnlp.errors import CorpusError
from coopnlp.training.agreement import agreement
from coopnlp.training.corpus import read_marked
from coopnlp.training.forms import forms
from coopnlp.training.records import BUT_YEAR, evaluate_records, match, purposes_of, read_records, same_name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("la Ville de Montréal", "Montréal", True),
        ("Conseil régional de Bretagne", "Région Bretagne", True),
        ("Région Bretagne", "Ville de Brest", False),
        ("la Ville", "Ville de Brest", False),
    ],
)
def test_names_of_one_body(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same


def funding(
    value: str, currency: str | None = "EUR", start: str | None = None, funder: str = "Dax"
) -> dict[str, object]:
    amount = {"value": value, **({"currency": currency} if currency else {})}
    return {"funder": {"text": funder}, "amounts": [amount], **({"start": start} if start else {})}


GOLD = {"funder": "Ville de Dax", "amounts": [["1500", "EUR"]], "start": "2015"}


@pytest.mark.parametrize(
    ("found", "same"),
    [
        (funding("1500", start="2015"), True),
        (funding("1500.00", start="2015-03"), True),
        (funding("1500"), False),
        (funding("1500", start="2016"), False),
        (funding("1500", "CAD", start="2015"), False),
        (funding("1501", start="2015"), False),
        (funding("1500", start="2015", funder="Foix"), False),
    ],
)
def test_a_funding_is_its_giver_sum_currency_and_year(found: dict[str, object], same: bool) -> None:
    assert match("fundings", [GOLD], [found]) == (([], []) if same else ([0], [0]))


def test_a_year_that_the_gold_does_not_have_is_wrong() -> None:
    gold = {"funder": "Ville de Dax", "amounts": [["1500", "EUR"]]}
    assert match("fundings", [gold], [funding("1500", start="2016")]) == ([0], [0])
    assert match("fundings", [gold], [funding("1500")]) == ([], [])


def test_the_year_may_be_left_out() -> None:
    assert match(BUT_YEAR, [GOLD], [funding("1500", start="2016")]) == ([], [])
    assert match(BUT_YEAR, [GOLD], [funding("1501", start="2015")]) == ([0], [0])


@pytest.mark.parametrize(
    ("purposes", "verdict"),
    [
        (["réfection du lavoir"], {"good": 1}),
        (["projet pour les élèves"], {"other": 1}),
        ([None], {"none": 1}),
        ([None, "la toiture du lavoir"], {"good": 1}),
        ([None, "les élèves"], {"other": 1}),
        ([], {}),
    ],
)
def test_a_purpose_is_good_where_it_shares_a_third_of_the_words(
    purposes: list[str | None], verdict: dict[str, int]
) -> None:
    gold = {**GOLD, "purpose": "Projet de toiture pour le lavoir"}
    found = [{**funding("1500"), **({"purpose": purpose} if purpose else {})} for purpose in purposes]
    assert dict(purposes_of([gold], found)) == verdict
    assert not purposes_of([GOLD], found)


def test_a_record_is_paired_once() -> None:
    assert match("fundings", [GOLD], [funding("1500", start="2015")] * 2) == ([], [1])


def test_a_partnership_is_all_its_parties_and_its_kind() -> None:
    gold = {"parties": ["Dax", "Foix"], "kind": "jumelage"}
    parties = [{"text": "Foix"}, {"text": "Ville de Dax"}]
    assert match("partnerships", [gold], [{"parties": parties, "kind": "jumelage"}]) == ([], [])
    assert match("partnerships", [gold], [{"parties": parties, "kind": "entente"}]) == ([0], [0])
    assert match("partnerships", [gold], [{"parties": parties[:1], "kind": "jumelage"}]) == ([0], [0])


@pytest.mark.parametrize("line", ["pas du JSON", '{"fundings": []}', "[]"])
def test_gold_that_is_broken_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "gold.jsonl").write_text(f'{{"id": "a"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"gold\.jsonl:2"):
        read_records(tmp_path / "gold.jsonl")


def test_a_document_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "gold.jsonl").write_text('{"id": "absent"}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match="absent"):
        evaluate_records(tmp_path / "records" / "gold.jsonl")


def test_what_is_read_of_a_document_is_scored(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "entities").mkdir()
    text = "La [[Ville de Dax|COLLECTIVITY]] et la [[Ville de Bonn|COLLECTIVITY]] sont jumelées depuis [[1987|DATE]]."
    (tmp_path / "entities" / "note.txt").write_text(text, encoding="utf-8")
    gold = {
        "id": "note",
        "partnerships": [{"parties": ["Dax", "Bonn"], "kind": "jumelage"}],
        "projects": [{"title": "X"}],
        "document": {"date": "1987"},
    }
    (tmp_path / "records" / "gold.jsonl").write_text(json.dumps(gold) + "\n", encoding="utf-8")
    found = evaluate_records(tmp_path / "records" / "gold.jsonl")
    assert found["partnerships"]["f1"] == 1.0
    assert found["purposes"] == {"gold": 0, "good": 0, "other": 0, "none": 0, "share": 0.0}
    assert found["dates"] == {"gold": 1, "found": 0, "right": 0}
    assert (found["projects"]["gold"], found["projects"]["recall"]) == (1, 0.0)
    assert [(e["kind"], e["verdict"]) for e in found["errors"]] == [("projects", "missed")]


def test_every_quotation_stands_in_its_document(root: Path) -> None:
    texts = {d.id: " ".join(d.text.split()) for d in read_marked(root / "corpus" / "entities")}
    for split in ("dev", "test"):
        for record in read_records(root / "corpus" / "records" / f"{split}.jsonl"):
            for kind in ("fundings", "partnerships", "agreements", "projects"):
                for one in record[kind]:
                    assert " ".join(one["evidence"].split()) in texts[record["id"]]


def test_floors_of_records_on_dev(root: Path) -> None:
    found = evaluate_records(root / "corpus" / "records" / "dev.jsonl")
    assert found["fundings"]["f1"] >= 0.62
    assert found["fundings_but_year"]["f1"] >= 0.75
    assert found["fundings_but_year"]["precision"] >= 0.85
    assert found["agreements"]["f1"] >= 0.78
    assert found["dates"]["right"] >= 0.72 * found["dates"]["gold"]
    assert found["dates"]["right"] >= 0.85 * found["dates"]["found"]
    assert found["projects"]["f1"] >= 0.58
    assert found["partnerships"]["precision"] >= 0.57
    assert found["partnerships"]["f1"] >= 0.37
    assert found["purposes"]["share"] >= 0.63
    assert found["purposes"]["other"] <= 0.12 * found["purposes"]["gold"]


def test_second_readings_agree_with_the_corpus(root: Path) -> None:
    rows = [line.split("\t") for line in agreement(root / "corpus").splitlines()]
    scores = {row[0]: float(row[-1]) for row in rows[1:]}
    assert scores["entities, all"] > 0.93
    assert scores["links"] > 0.98
    assert scores["partnerships"] > 0.8


def test_forms_are_counted_where_they_stand(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Le projet « [[Racines|PROJECT]] » suit la [[convention de 2011|AGREEMENT]].\nCette convention court.\n",
        encoding="utf-8",
    )
    rows = dict(line.split("\t", 1) for line in forms(read_marked(tmp_path)).splitlines())
    assert rows["quoted title"] == "1\t1"
    assert rows["title inside « »"] == "1\t1"
    assert rows["bare noun of an instrument named elsewhere"] == "1\t0"
