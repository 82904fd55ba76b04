"""The five real documents, with their gold entities: what a careful reader records from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from marked_records import amount, date, extraction

from coopnlp.records import record_of
from coopnlp.text import fold
from coopnlp.types import Entity, Record

pytestmark = pytest.mark.shared


def _value(text: str, label: str) -> Any:
    found = amount(text) if label == "AMOUNT" else date(text) if label == "DATE" else None
    return found


@pytest.fixture(scope="module")
def records(shared: Path) -> dict[str, Record]:
    links: dict[tuple[str, ...], str] = {}
    for line in (shared / "gold" / "seeds_links.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        *key, kb_id = line.split("\t")
        links[tuple(key)] = kb_id
    made = {}
    for line in (shared / "gold" / "seeds.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        entities = []
        for found in gold["entities"]:
            surface = gold["text"][found["start"] : found["end"]]
            kb_id = links.get((gold["id"], surface, found["label"]), "")
            value = _value(surface, found["label"])
            entities.append(Entity.model_validate({**found, "text": surface, "kb_id": kb_id, "value": value}))
        made[gold["id"]] = record_of(extraction(gold["text"], name=f"{gold['id']}.txt"), tuple(entities))
    return made


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((shared / "gold" / "seeds_records.json").read_text(encoding="utf-8"))
    return read


def _document(records: dict[str, Record], number: str) -> Record:
    return next(record for name, record in records.items() if name.startswith(number))


def _gold(expected: dict[str, Any], number: str) -> Any:
    return next(value for name, value in expected.items() if name.startswith(number))


def _fundings(record: Record, atlas: bool) -> set[tuple[Any, ...]]:
    return {
        (
            fold(f.funder.text) if atlas else "",
            tuple(sorted((str(a.value), "EUR" if atlas else a.currency) for a in f.amounts)),
            f.start,
        )
        for f in record.fundings
    }


def test_fundings_of_the_atlas_record(records: dict[str, Record], expected: dict[str, Any]) -> None:
    wanted = {
        (fold(f["funder"]), tuple(sorted((v, c) for v, c in f["amounts"])), str(f["period"]))
        for f in _gold(expected, "004")["fundings"]
    }
    assert _fundings(_document(records, "004"), atlas=True) == wanted
    assert {a.currency for f in _document(records, "004").fundings for a in f.amounts} == {"EUR"}


def test_fundings_of_the_plan_of_action(records: dict[str, Record], expected: dict[str, Any]) -> None:
    wanted = {
        ("", tuple(sorted((v, c) for v, c in f["amounts"])), str(f["period"]) if f["period"] else None)
        for f in _gold(expected, "003")["fundings"]
    }
    assert _fundings(_document(records, "003"), atlas=False) == wanted


def test_supporters_of_the_mission(records: dict[str, Record], expected: dict[str, Any]) -> None:
    found = [(f.funder.text, f.scheme) for f in _document(records, "002").fundings]
    assert found == [(f["funder"], f.get("scheme")) for f in _gold(expected, "002")["fundings"]]


def test_projects_of_the_news_page(records: dict[str, Record], expected: dict[str, Any]) -> None:
    found = [(p.title, [x.kb_id or x.text for x in p.parties]) for p in _document(records, "000").projects]
    assert found == [(p["title"], p["parties"]) for p in _gold(expected, "000")["projects"]]


def test_partnerships_of_the_press_article(records: dict[str, Record], expected: dict[str, Any]) -> None:
    found = [([x.kb_id for x in p.parties], p.status) for p in _document(records, "001").partnerships]
    wanted = [
        (p["parties"], "Terminé" if p.get("status") == "past" else None) for p in _gold(expected, "001")["partnerships"]
    ]
    assert sorted(found, key=str) == sorted(wanted, key=str)


def test_partnership_of_the_mission(records: dict[str, Record], expected: dict[str, Any]) -> None:
    gold = _gold(expected, "002")["partnerships"][0]
    found = [([x.text for x in p.parties], p.start) for p in _document(records, "002").partnerships]
    assert (gold["parties"], str(gold["year_start"])) in found


@pytest.mark.parametrize("number", ["000", "003", "004"])
def test_agreements(number: str, records: dict[str, Record], expected: dict[str, Any]) -> None:
    found = {(a.kind, a.date, a.start, a.end) for a in _document(records, number).agreements}
    for gold in _gold(expected, number)["agreements"]:
        start, end = (str(y) for y in gold["period"]) if "period" in gold else (None, None)
        assert (gold["kind"], gold.get("date"), start, end) in found


def test_atlas_fields(records: dict[str, Record], expected: dict[str, Any]) -> None:
    atlas, gold = _document(records, "004").atlas, _gold(expected, "004")["atlas"]
    assert atlas is not None
    assert atlas.title is not None and atlas.title.startswith(gold["title_starts"])
    assert atlas.embassy == gold["embassy"]
    assert [(c.role, c.name, c.email) for c in atlas.embassy_contacts] == [
        (c["role"], c["name"], c["email"]) for c in gold["contacts"]
    ]
    assert atlas.year_first_signature == str(gold["year_first_signature"])
    other = gold["other_themes"][0]
    assert atlas.themes == (
        (gold["theme"], gold["subtheme"]),
        (other["theme"], other["subtheme"], other["subsubtheme"]),
    )
    assert (atlas.year_start, atlas.status, atlas.date_end) == (
        str(gold["year_start"]),
        gold["status"],
        gold["date_end"],
    )
    assert [heading for heading, _ in atlas.sections] == gold["sections"]
    assert (atlas.form, list(atlas.owners), atlas.triennial) == (gold["form"], gold["owners"], gold["triennial"])
    assert [{"name": p.name, "country": p.country} for p in atlas.foreign_partners] == gold["foreign_partners"]
    person, wanted = atlas.foreign_contacts[0], gold["foreign_contacts"][0]
    assert (person.authority, person.last_name, person.first_name, person.role, person.email) == (
        wanted["authority"],
        wanted["last_name"],
        wanted["first_name"],
        wanted["function"],
        wanted["email"],
    )
    assert [p.text for p in atlas.french_collectivities] == gold["french_collectivities"]


def test_dates_of_the_documents(records: dict[str, Record], expected: dict[str, Any]) -> None:
    found = {n: _document(records, n).document.date for n in ("000", "001", "002")}
    assert found == {n: _gold(expected, n)["document"]["date"] for n in found}


def test_only_the_record_is_an_atlas_record(records: dict[str, Record]) -> None:
    assert [name[:3] for name, record in records.items() if record.atlas is not None] == ["004"]
