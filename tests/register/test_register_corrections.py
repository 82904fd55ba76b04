"""What a person decides: written into the rows, kept, undone; two persons at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from correction_makers import content, only, opened, thing
from register_makers import full

from coopnlp.errors import Conflict, RegisterError
from coopnlp.register import Register
from coopnlp.register.corrections import Corrections, Thing, find_record, reviewed
from coopnlp.register.schema import correction
from coopnlp.types import (
    Agreement,
    Amount,
    DateValue,
    DocumentInfo,
    Entity,
    Funding,
    Partnership,
    Party,
    Project,
    Result,
    ThemeAssignment,
)

Bench = tuple[Register, Corrections, Result]
WELL = ThemeAssignment(path=("Environnement", "Eau", "Puits"), probability=1.0)


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = opened("sqlite://")
    yield made
    made[0].close()


@pytest.fixture
def either(new_register: Callable[[], str]) -> Iterator[Bench]:
    """In either database: what writes rows of every table."""
    made = opened(new_register())
    yield made
    made[0].close()


def _entity(result: Result, words: str, label: str, **more: Any) -> Entity:
    start = result.extraction.text.index(words)
    return Entity.model_validate({"start": start, "end": start + len(words), "label": label, "text": "", **more})


def test_an_edit_is_in_every_table(either: Bench) -> None:
    register, known, result = either
    before = only(register)
    wanted = Funding(
        funder=Party(text="Région Bourgogne", kb_id="fr-region:27"),
        amounts=(Amount(value=Decimal("17000"), currency="EUR"),),
        purpose="forages",
        evidence=before.fundings[0].evidence,
    )
    made = known.edit(thing(result, "funding"), wanted, author="alice", note="relu", expected=before.fundings[0])
    after = only(register)
    assert after == before.model_copy(update={"fundings": (wanted, before.fundings[1])})
    assert (made.before, made.after, made.author, made.note) == (before.fundings[0], wanted, "alice", "relu")
    assert made.made_at.endswith("+00:00")
    assert [hit.type for hit in register.search("forages")] == ["funding"]
    assert [hit.type for hit in register.search("accès à l'eau potable")] == ["text"]
    line = register.lines("funding")[0]
    assert (line.n, line.parties, line.kb_ids, line.page) == (0, ("Région Bourgogne",), ("fr-region:27",), 1)
    assert [(s.currency, s.total) for s in register.stats().sums] == [("EUR", Decimal("17000"))]


@pytest.mark.parametrize("type_", ["partnership", "funding", "agreement", "project", "AMOUNT", "theme"])
def test_what_is_rejected_is_gone_and_comes_back(either: Bench, type_: str) -> None:
    register, known, result = either
    before = content(register)
    at = thing(result, type_, 2 if type_ == "AMOUNT" else 1 if type_ == "theme" else 0)
    value = known.value(at).value
    made = known.reject(at, author="alice", expected=value)
    assert (made.before, made.after) == (value, None)
    assert value not in [held.value for held in known.things(result.extraction.source.sha256) if held.thing == at]
    with pytest.raises(Conflict, match="rejected by alice") as told:
        known.edit(at, value, author="bob")
    assert told.value.author == "alice"
    assert content(register) != before
    known.undo(made.id, author="bob")
    assert content(register) == before


def test_ids_and_numbers_of_others_stay(either: Bench) -> None:
    register, known, result = either
    asked = sa.text("SELECT type, n, id FROM record ORDER BY id")
    with register._database.reading() as connection:
        before = list(connection.execute(asked))
    known.reject(thing(result, "funding"), author="alice")
    added = known.add(result.extraction.source.sha256, only(register).fundings[0], author="alice")
    with register._database.reading() as connection:
        after = list(connection.execute(asked))
    assert [row for row in before if row[:2] != ("funding", 0)] == [row for row in after if row in before]
    assert added.thing.n == 2
    assert [(row.type, row.n) for row in after if row not in before] == [("funding", 2)]
    assert {row.id for row in after} - {row.id for row in before} == {max(row.id for row in before) + 1}


def test_a_number_is_given_once(bench: Bench) -> None:
    register, known, result = bench
    value = only(register).projects[0]
    first = known.add(result.extraction.source.sha256, value, author="alice")
    known.undo(first.id, author="alice")
    second = known.add(result.extraction.source.sha256, value, author="alice")
    assert (first.thing.n, second.thing.n) == (1, 2)


@pytest.mark.parametrize(
    "value",
    [
        Partnership(parties=(Party(text="Auxerre"), Party(text="Varna")), kind="projet", start="2001", evidence=((0, 9),)),
        Funding(funder=Party(text="État"), amounts=(Amount(min=Decimal(1), max=Decimal(2)),), status="demandé"),
        Agreement(kind="charte", title="Charte", date="2001-05-02", end="2003"),
        Project(title="Puits", parties=(Party(text="Auxerre"),), themes=(WELL, WELL.model_copy(update={"path": ("Santé",)}))),
        ThemeAssignment(path=("Santé",), probability=0.5, terms=(("soins", 0.25),)),
    ],
)  # fmt: skip
def test_what_is_added_is_there(bench: Bench, value: Any) -> None:
    register, known, result = bench
    before = content(register)
    made = known.add(result.extraction.source.sha256, value, author="alice")
    assert made.before is None
    assert known.value(made.thing).value == value == made.after
    assert known.value(made.thing).review == "add"
    known.undo(made.id, author="bob")
    assert content(register) == before


def test_entities_are_in_the_order_of_the_text(bench: Bench) -> None:
    register, known, result = bench
    made = known.add(
        result.extraction.source.sha256, _entity(result, "jumelage", "THEME", kb_id="x:1", probability=0.5), author="a"
    )
    found = only(register).entities
    assert [e.start for e in found] == sorted(e.start for e in found)
    assert made.after == found[1]
    assert isinstance(made.after, Entity)
    assert (made.after.text, made.after.page, made.after.probability) == ("jumelage", 1, None)


def test_a_link_is_corrected(bench: Bench) -> None:
    register, known, result = bench
    at = thing(result, "COLLECTIVITY")
    value = known.value(at).value
    known.edit(
        at, value.model_copy(update={"kb_id": "fr-commune:00000", "label": "LOC"}), author="alice", expected=value
    )
    assert (only(register).entities[0].kb_id, only(register).entities[0].label) == ("fr-commune:00000", "LOC")
    date = known.value(thing(result, "DATE", 1)).value
    known.edit(
        thing(result, "DATE", 1), date.model_copy(update={"value": DateValue(start="1998", end="1998")}), author="a"
    )
    assert only(register).entities[1].value == DateValue(start="1998", end="1998")


def test_entities_do_not_overlap(bench: Bench) -> None:
    _, known, result = bench
    with pytest.raises(RegisterError, match=r"« 15 000 € pour » overlaps « 15 000 € » \(AMOUNT\)"):
        known.add(result.extraction.source.sha256, _entity(result, "15 000 € pour", "THEME"), author="alice")
    at = thing(result, "AMOUNT", 2)
    wider = _entity(result, "15 000 € pour", "AMOUNT")
    known.edit(at, wider, author="alice")  # its own place is no obstacle
    assert known.value(at).value == wider.model_copy(update={"text": "15 000 € pour", "page": 1})


def test_themes_of_a_project_are_searched_with_it(either: Bench) -> None:
    register, known, result = either
    themes = known.things(result.extraction.source.sha256, "theme")
    assert [(held.project, held.value.path) for held in themes] == [
        (0, ("Environnement", "Eau")),
        (None, ("Environnement", "Eau")),
    ]
    before = content(register)
    edited = known.edit(themes[0].thing, WELL, author="alice", expected=themes[0].value)
    added = known.add(
        result.extraction.source.sha256, ThemeAssignment(path=("Santé",), probability=1), author="bob", project=0
    )
    assert [theme.path for theme in only(register).projects[0].themes] == [WELL.path, ("Santé",)]
    assert only(register).themes == full().record.themes
    assert [hit.type for hit in register.search("puits")] == ["project"]
    assert known.value(added.thing).project == 0
    with pytest.raises(Conflict, match=f"correction {added.id}"):
        known.undo(edited.id, author="alice")
    known.undo(added.id, author="alice")
    known.undo(edited.id, author="alice")
    assert content(register) == before


def test_a_title_is_searched_with_the_text(either: Bench) -> None:
    register, known, result = either
    before = content(register)
    at = thing(result, "document")
    made = known.edit(at, DocumentInfo(title="Délibération", date="2004-06", kind="rapport", pages=99), author="alice")
    assert only(register).document == DocumentInfo(title="Délibération", date="2004-06", kind="rapport", pages=2)
    assert register.search("deliberation jardiniers", year=2004, kind="rapport")
    assert not register.search("deliberation jardiniers", year=1999)
    known.undo(made.id, author="alice")
    assert content(register) == before
    with pytest.raises(RegisterError, match="cannot be rejected"):
        known.reject(at, author="alice")


def test_a_confirmation_changes_no_row(bench: Bench) -> None:
    register, known, result = bench
    before = content(register)
    for held in known.things(result.extraction.source.sha256):
        made = known.confirm(held.thing, author="alice", expected=held.value)
        assert made.before == made.after == held.value
    assert content(register) == before
    assert {held.review for held in known.things(result.extraction.source.sha256)} == {"confirm"}
    with register._database.reading() as connection:
        assert set(reviewed(connection).values()) == {"confirm"}
        assert len(reviewed(connection)) == 5


@pytest.mark.parametrize(
    ("type_", "change", "match"),
    [
        ("funding", {"funder": Party(text=" ")}, "party without a name"),
        ("funding", {"evidence": ((0, 100_000),)}, "no span of the text"),
        ("funding", {"start": "mai 1998"}, "no date"),
        ("partnership", {"parties": (Party(text="Auxerre"),)}, "two parties"),
        ("partnership", {"parties": (Party(text="A", kb_id="89024"), Party(text="B"))}, "no identifier"),
        ("project", {"title": ""}, "title is missing"),
        ("COLLECTIVITY", {"end": 0}, "no span of the text"),
        ("theme", {"path": ()}, "theme without a name"),
        ("theme", {"probability": 2.0}, "no probability"),
        ("document", {"date": "1999-13"}, "no date"),
        ("funding", {}, "nothing was changed"),
    ],
)
def test_what_cannot_be_written(bench: Bench, type_: str, change: dict[str, Any], match: str) -> None:
    register, known, result = bench
    before = register.dump()
    at = thing(result, type_)
    value = known.value(at).value
    with pytest.raises(RegisterError, match=match):
        known.edit(at, value.model_copy(update=change), author="alice")
    assert register.dump() == before


def test_what_is_not_there(bench: Bench) -> None:
    register, known, result = bench
    value = only(register).projects[0]
    with pytest.raises(Conflict, match=r"project 7 of .* is not in the register"):
        known.edit(thing(result, "project", 7), value, author="alice")
    with pytest.raises(RegisterError, match="cannot become"):
        known.edit(thing(result, "funding"), value, author="alice")
    with pytest.raises(RegisterError, match="no source has"):
        known.add("0123456789ab", value, author="alice")
    with pytest.raises(RegisterError, match="nothing was read"):
        known.add("0" * 64, value, author="alice")
    with pytest.raises(RegisterError, match="needs an author"):
        known.confirm(thing(result, "project"), author=" ")
    with pytest.raises(RegisterError, match="there is no correction 9"):
        known.undo(9, author="alice")
    assert known.history() == []


def test_nothing_that_no_database_stores_stands_in_the_way(either: Bench) -> None:
    register, known, result = either
    value = only(register).projects[0].model_copy(update={"title": "Puits\x00\ud800", "description": None})
    made = known.edit(thing(result, "project"), value, author="alice")
    assert only(register).projects[0].title == "Puits\ufffd\ufffd"
    known.undo(made.id, author="alice")
    assert only(register).projects == result.record.projects


# Pairs


def test_pairs_are_kept_and_change_no_row(either: Bench) -> None:
    register, known, result = either
    other = full("autre.pdf", extra=" Fin.")
    register.add(other)
    before = content(register)
    made = known.merge(thing(other, "project"), thing(result, "project"), author="alice")
    kept = known.separate(thing(result, "funding", 0), thing(result, "funding", 1), author="bob")
    assert content(register) == before
    assert {made.thing, made.second} == {thing(other, "project"), thing(result, "project")}
    assert made.thing.sha256 < made.second.sha256
    with register._database.reading() as connection:
        for each in (made, kept):
            row = connection.execute(sa.select(correction).where(correction.c.id == each.id)).one()
            anchor = json.loads(row.anchor)
            assert (row.target, row.type, row.sha256) == ("pair", each.thing.type, anchor["first"]["sha256"])
            for side, at in (("first", each.thing), ("second", each.second)):
                source = sa.text("SELECT id FROM source WHERE sha256 = :sha")
                key = connection.execute(source, {"sha": at.sha256}).scalar_one()
                found = find_record(connection, key, row.type, anchor[side])
                n = connection.execute(sa.text("SELECT n FROM record WHERE id = :id"), {"id": found}).scalar_one()
                assert (anchor[side]["sha256"], n) == (at.sha256, at.n)
    assert known.undo(kept.id, author="alice").undone_by == "alice"
    assert content(register) == before
    with pytest.raises(RegisterError, match="not two"):
        known.merge(thing(result, "project"), thing(result, "project"), author="alice")
    with pytest.raises(RegisterError, match="one type"):
        known.merge(thing(result, "project"), thing(result, "funding"), author="alice")


# History


def test_the_history_keeps_all(bench: Bench) -> None:
    register, known, result = bench
    value = only(register).projects[0]
    at = thing(result, "project")
    first = known.edit(at, value.model_copy(update={"title": "Un"}), author="alice")
    second = known.edit(at, value.model_copy(update={"title": "Deux"}), author="bob")
    with pytest.raises(Conflict, match="bob edited it after this") as told:
        known.undo(first.id, author="alice")
    assert (told.value.author, told.value.made_at) == ("bob", second.made_at)
    known.undo(second.id, author="carole")
    with pytest.raises(Conflict, match="undone already, by carole"):
        known.undo(second.id, author="alice")
    known.confirm(thing(result, "agreement"), author="alice")
    history = known.history()
    assert [(each.id, each.action, each.author, each.undone_by) for each in history] == [
        (3, "confirm", "alice", None), (2, "edit", "bob", "carole"), (1, "edit", "alice", None),
    ]  # fmt: skip
    assert history[1].before == first.after
    assert known.history(result.extraction.source.sha256[:12]) == history
    assert known.history(thing=at) == history[1:]
    assert known.history(limit=1, offset=1) == [history[1]]
    assert known.history(thing=at, limit=1, offset=1) == [history[2]]
    assert only(register).projects[0].title == "Un"


# Two at once


@pytest.fixture
def shared(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Bench, Corrections]]:
    """A register that two programs have open."""
    url = str(tmp_path / "r.db") if request.param == "sqlite" else request.getfixturevalue("url")
    made = opened(url)
    with Register(url) as other:
        yield made, Corrections(other)
    made[0].close()


both = pytest.mark.parametrize("shared", ["sqlite", "postgresql"], indirect=True)


@both
def test_who_comes_second_is_told(shared: tuple[Bench, Corrections]) -> None:
    (register, mine, result), theirs = shared
    at = thing(result, "project")
    value = mine.value(at).value
    assert theirs.value(at).value == value
    made = theirs.edit(at, value.model_copy(update={"title": "Puits"}), author="bob", expected=value)
    for change in (
        lambda: mine.edit(at, value.model_copy(update={"title": "Forage"}), author="alice", expected=value),
        lambda: mine.reject(at, author="alice", expected=value),
        lambda: mine.confirm(at, author="alice", expected=value),
    ):
        with pytest.raises(Conflict, match="bob edited it meanwhile") as told:
            change()
        assert (told.value.author, told.value.made_at) == ("bob", made.made_at)
    assert only(register).projects[0].title == "Puits"
    assert len(mine.history()) == 1


@both
def test_of_two_at_the_same_moment_one_is_first(shared: tuple[Bench, Corrections]) -> None:
    (register, mine, result), theirs = shared
    at = thing(result, "funding")
    value = mine.value(at).value
    begin = threading.Barrier(4)
    refused: list[str | None] = []

    def edit(known: Corrections, name: str) -> None:
        begin.wait()
        try:
            known.edit(at, value.model_copy(update={"purpose": name}), author=name, expected=value)
        except Conflict as conflict:
            refused.append(conflict.author)

    names = ["alice", "bob", "carole", "denis"]
    threads = [
        threading.Thread(target=edit, args=(known, n)) for known, n in zip([mine, theirs] * 2, names, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (made,) = mine.history()
    assert refused == [made.author] * 3
    assert only(register).fundings[0].purpose == made.author


@both
def test_two_who_add_at_once_get_two_numbers(shared: tuple[Bench, Corrections]) -> None:
    (register, mine, result), theirs = shared
    value = only(register).projects[0]
    begin = threading.Barrier(2)

    def add(known: Corrections) -> None:
        begin.wait()
        for _ in range(3):
            known.add(result.extraction.source.sha256, value, author="alice")

    threads = [threading.Thread(target=add, args=(known,)) for known in (mine, theirs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.thing.n or 0 for each in mine.history()) == [1, 2, 3, 4, 5, 6]
    assert len(only(register).projects) == 7


def test_a_thing_is_named_by_the_beginning_of_its_digest(bench: Bench) -> None:
    _, known, result = bench
    short = Thing(target="record", sha256=result.extraction.source.sha256[:12], type="agreement", n=0)
    assert known.value(short).thing == thing(result, "agreement")
