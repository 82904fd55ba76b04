"""Sources read anew: what people decided stays, wherever the words went and whatever the library reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from correction_makers import content, only, opened, read_again, thing, with_record, with_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from register_makers import digest, extraction, full, plain

from coopnlp.errors import RegisterError
from coopnlp.register import Register, Versions
from coopnlp.register.corrections import Corrections
from coopnlp.types import (
    DocumentInfo,
    Entity,
    Party,
    Record,
    Result,
    ThemeAssignment,
)

Bench = tuple[Register, Corrections, Result]
SANTE = ThemeAssignment(path=("Santé",), probability=1.0)
DECHETS = ThemeAssignment(path=("Environnement", "Déchets"), probability=1.0)


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = opened("sqlite://")
    yield made
    made[0].close()


def _states(known: Corrections) -> list[str]:
    return [each.state for each in reversed(known.history())]


def _edited(known: Corrections, result: Result, type_: str, n: int | None = 0, **change: Any) -> Any:
    at = thing(result, type_, n)
    value = known.value(at).value
    return known.edit(at, value.model_copy(update=change), author="alice", expected=value)


def _quote(register: Register, span: tuple[int, int]) -> str:
    entry = register.show("pv-auxerre.pdf")
    assert entry.text is not None
    return entry.text[slice(*span)]


# The same text


def test_every_decision_outlives_a_new_reading(new_register: Callable[[], str]) -> None:
    register, known, result = opened(new_register())
    sha = result.extraction.source.sha256
    with register:
        _edited(known, result, "funding", purpose="puits", amounts=())
        _edited(known, result, "document", None, title="Registre")
        _edited(known, result, "AMOUNT", 2, kb_id="x:1")
        _edited(known, result, "theme", 0, path=("Santé",))
        known.edit(thing(result, "theme", 1), DECHETS, author="alice")
        known.reject(thing(result, "partnership"), author="alice")
        known.reject(thing(result, "DATE", 1), author="alice")
        known.confirm(thing(result, "agreement"), author="alice")
        known.add(sha, result.record.projects[0].model_copy(update={"title": "Puits"}), author="alice")
        known.add(sha, Entity(start=0, end=11, label="THEME", text=""), author="alice")
        known.add(sha, SANTE, author="alice")
        before, history = content(register), known.history()
        for _ in range(2):
            read_again(register, result)
            assert content(register) == before
            assert known.history() == history
        for made in history:
            known.undo(made.id, author="bob")
        with Register("sqlite://") as fresh:
            fresh.add(result)
            assert content(register) == content(fresh)


def test_a_document_nobody_corrected_costs_one_query(bench: Bench) -> None:
    register, known, result = bench
    known.confirm(thing(result, "agreement"), author="alice")
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _x: Any, _m: Any) -> None:
        asked.append(statement)

    other = plain("Rien de tel.", name="autre.txt")
    sa.event.listen(register._database.engine, "before_cursor_execute", note)
    register.add(other)
    of_corrections = [statement for statement in asked if "correction" in statement]
    assert len(of_corrections) == 1
    with register._database.reading() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT * FROM correction WHERE sha256 = 'x' AND undone_at IS NULL ORDER BY id"
        )
        assert "USING INDEX" in " ".join(str(row) for row in plan)


# Other values


def test_what_is_read_otherwise_is_as_the_person_left_it(bench: Bench) -> None:
    register, known, result = bench
    made = _edited(known, result, "funding", funder=Party(text="Région Bourgogne"))
    record = result.record
    better = record.fundings[0].model_copy(update={"purpose": "eau potable", "start": None})
    read_again(register, with_record(result, fundings=(better, record.fundings[1])))
    assert only(register).fundings == (made.after, record.fundings[1])
    known.undo(made.id, author="bob")
    assert only(register).fundings == (better, record.fundings[1])


def test_what_the_library_learnt_is_no_second_record(bench: Bench) -> None:
    register, known, result = bench
    made = _edited(known, result, "funding", funder=Party(text="Région Bourgogne"))
    added = known.add(
        result.extraction.source.sha256,
        result.record.fundings[0].model_copy(update={"funder": Party(text="Ville d’Auxerre"), "amounts": ()}),
        author="alice",
    )
    assert made.after is not None
    assert added.after is not None
    learnt = (result.record.fundings[1], made.after, added.after)
    read_again(register, with_record(result, fundings=learnt))
    assert only(register).fundings == learnt
    for each in (added, made):
        known.undo(each.id, author="bob")
    assert only(register).fundings == learnt


def test_what_is_not_read_any_more_is_kept_as_the_person_left_it(bench: Bench) -> None:
    register, known, result = bench
    edited = _edited(known, result, "project", title="Jardins")
    confirmed = known.confirm(thing(result, "partnership"), author="alice")
    nothing = with_record(result, projects=(), partnerships=(), fundings=())
    read_again(register, nothing)
    assert only(register).projects == (edited.after,)
    assert only(register).partnerships == (confirmed.after,)
    assert only(register).fundings == ()
    assert _states(known) == ["applied", "applied"]
    known.undo(edited.id, author="bob")
    known.undo(confirmed.id, author="bob")
    assert only(register).projects == only(register).partnerships == ()
    read_again(register, result)
    assert only(register) == result.record


def test_a_rejection_holds_for_the_same_thing_alone(bench: Bench) -> None:
    register, known, result = bench
    made = known.reject(thing(result, "funding"), author="alice")
    record = result.record
    again = record.fundings[0].model_copy(update={"purpose": "eau", "start": None})
    another = record.fundings[0].model_copy(update={"funder": Party(text="Ville d’Auxerre")})
    read_again(register, with_record(result, fundings=(another, again, record.fundings[1])))
    assert only(register).fundings == (another, record.fundings[1])
    known.undo(made.id, author="bob")
    assert only(register).fundings == (another, again, record.fundings[1])


def test_a_rejected_thing_that_is_not_read_leaves_others(bench: Bench) -> None:
    register, known, result = bench
    made = known.reject(thing(result, "funding"), author="alice")
    kept = result.record.fundings[1]
    read_again(register, with_record(result, fundings=(kept,)))
    assert only(register).fundings == (kept,)
    assert _states(known) == ["applied"]
    known.undo(made.id, author="bob")
    assert only(register).fundings == (kept,)


def test_of_two_in_one_sentence_each_keeps_its_own(bench: Bench) -> None:
    register, known, result = bench
    first = result.record.fundings[0]
    twin = first.model_copy(update={"funder": Party(text="Région Bourgogne"), "purpose": "forages"})
    both = with_record(result, fundings=(first, twin))
    read_again(register, both)
    edited = _edited(known, result, "funding", 1, purpose="puits")
    read_again(register, with_record(result, fundings=(twin, first)))
    assert only(register).fundings == (edited.after, first)
    read_again(register, with_record(result, fundings=(first,)))
    assert only(register).fundings == (first, edited.after)
    read_again(register, both)
    assert only(register).fundings == (first, edited.after)


def test_equal_records_are_told_apart_by_their_number(bench: Bench) -> None:
    register, known, result = bench
    first = result.record.fundings[0]
    read_again(register, with_record(result, fundings=(first, first, first)))
    known.reject(thing(result, "funding", 1), author="alice")
    _edited(known, result, "funding", 2, purpose="puits")
    before = content(register)
    read_again(register, with_record(result, fundings=(first, first, first)))
    assert content(register) == before


def test_entities_give_way_to_those_of_a_person(bench: Bench) -> None:
    register, known, result = bench
    text = result.extraction.text
    at = text.index("Agence de l’eau")
    made = known.add(
        result.extraction.source.sha256,
        Entity(start=at, end=at + len("Agence de l’eau"), label="FUNDER", text=""),
        author="alice",
    )
    read = Entity(start=at + 10, end=at + 15, label="LOC", text=text[at + 10 : at + 15], page=1)
    record = result.record
    entities = tuple(sorted([*record.entities, read], key=lambda e: e.start))
    read_again(register, with_record(result, entities=entities))
    found = only(register).entities
    assert made.after in found
    assert read not in found
    assert len(found) == len(record.entities) + 1
    known.undo(made.id, author="bob")
    assert only(register).entities == entities


def test_fields_of_a_document_are_kept_one_by_one(bench: Bench) -> None:
    register, known, result = bench
    made = _edited(known, result, "document", None, title="Registre")
    read_again(
        register, with_record(result, document=DocumentInfo(title="Autre", date="1998", kind="rapport", pages=2))
    )
    assert only(register).document == DocumentInfo(title="Registre", date="1998", kind="rapport", pages=2)
    known.undo(made.id, author="bob")
    assert only(register).document.title == "Autre"


def test_themes_are_found_by_their_path(bench: Bench) -> None:
    register, known, result = bench
    of_project = known.edit(thing(result, "theme", 0), DECHETS, author="alice")
    of_document = known.reject(thing(result, "theme", 1), author="alice")
    record = result.record
    eau = record.themes[0]
    project = record.projects[0].model_copy(update={"themes": (SANTE, eau.model_copy(update={"probability": 0.5}))})
    read_again(register, with_record(result, themes=(SANTE, eau), projects=(project,)))
    assert [theme.path for theme in only(register).themes] == [SANTE.path]
    assert [theme.path for theme in only(register).projects[0].themes] == [SANTE.path, DECHETS.path]
    for made in (of_document, of_project):
        known.undo(made.id, author="bob")
    assert only(register).projects == (project,)
    assert only(register).themes == (SANTE, eau)


def test_several_decisions_on_one_thing_stay_in_order(bench: Bench) -> None:
    register, known, result = bench
    one = _edited(known, result, "project", title="Un")
    theme = known.edit(thing(result, "theme", 0), DECHETS, author="alice")
    two = _edited(known, result, "project", title="Deux")
    gone = known.reject(thing(result, "project"), author="bob")
    better = result.record.projects[0].model_copy(update={"description": "lu mieux"})
    read_again(register, with_record(result, projects=(better,)))
    assert only(register).projects == ()
    known.undo(gone.id, author="bob")
    assert only(register).projects == (two.after,)
    known.undo(two.id, author="bob")
    assert one.after is not None
    assert only(register).projects == (one.after.model_copy(update={"themes": (DECHETS,)}),)
    known.undo(theme.id, author="bob")
    known.undo(one.id, author="bob")
    assert only(register).projects == (better,)


def test_a_failure_to_read_costs_no_correction(bench: Bench) -> None:
    from coopnlp.types import Failure

    register, known, result = bench
    made = _edited(known, result, "project", title="Puits")
    register.add_failure(
        Failure(source="pv-auxerre.pdf", error="TimedOut", message="trop long"), result.extraction.source,
        versions=Versions(library="0"),
    )  # fmt: skip
    assert list(register.records()) == []
    assert len(known.history()) == 1
    read_again(register, result)
    assert only(register).projects == (made.after,)


# Another text


CHANGED = [
    ("Le maire rappelle", "Le maire\nrappelle"),
    ("verse 15 000 €", "verse 15\u202f000 €"),
    ("l’accès à l’eau", "l'acces a l'eau"),
    ("jeunes jardiniers", "jeunes-\njardiniers"),
]


def test_words_are_found_where_they_went(bench: Bench) -> None:
    register, known, result = bench
    moved = with_text(result, CHANGED, before="VILLE D’AUXERRE\n\nExtrait du registre\n\n")
    _edited(known, result, "funding", purpose="puits")
    _edited(known, result, "COLLECTIVITY", kb_id="x:1")
    known.confirm(thing(result, "project"), author="alice")
    known.add(
        result.extraction.source.sha256,
        result.record.partnerships[0].model_copy(update={"kind": "projet"}),
        author="alice",
    )
    nothing = with_record(moved, entities=(), fundings=(), projects=(), partnerships=())
    for read in (moved, nothing, moved):
        read_again(register, read)
        assert _states(known) == ["applied"] * 4
        record = only(register)
        (funding,) = (each for each in record.fundings if each.purpose == "puits")
        assert _quote(register, funding.evidence[0]) == "Agence de l’eau verse 15\u202f000 €"
        (entity,) = (each for each in record.entities if each.kb_id == "x:1")
        assert (_quote(register, (entity.start, entity.end)), entity.text) == ("Auxerre", "Auxerre")
        assert entity.start == moved.extraction.text.index("Auxerre et Plovdiv")
        assert _quote(register, record.projects[0].evidence[0]) == "Jardins en fleurs"
        added = next(each for each in record.partnerships if each.kind == "projet")
        assert [_quote(register, span) for span in added.evidence] == ["Auxerre et Plovdiv", "jumelage"]
    read_again(register, result)
    for each in known.history():
        known.undo(each.id, author="bob")
    assert only(register) == result.record


def test_what_has_no_place_any_more_is_lost_and_found_again(bench: Bench) -> None:
    register, known, result = bench
    made = _edited(known, result, "project", title="Puits")
    before = content(register)
    other = extraction("Un tout autre texte, sans rien.", name="pv-auxerre.pdf")
    other = other.model_copy(update={"source": result.extraction.source})
    read_again(register, Result(extraction=other, record=Record(id="pv-auxerre", source=other.source)))
    (lost,) = known.history()
    assert (lost.state, lost.before, lost.after) == ("lost", made.before, made.after)
    assert lost.thing.n is None
    assert only(register).projects == ()
    read_again(register, result)
    assert known.history() == [made]
    assert content(register) == before


def test_what_is_lost_may_be_undone(bench: Bench) -> None:
    register, known, result = bench
    made = _edited(known, result, "project", title="Puits")
    other = extraction("Un tout autre texte, sans rien.", name="pv-auxerre.pdf")
    other = other.model_copy(update={"source": result.extraction.source})
    read_again(register, Result(extraction=other, record=Record(id="pv-auxerre", source=other.source)))
    known.undo(made.id, author="bob")
    read_again(register, result)
    assert only(register) == result.record


# Other bytes


def _scanned_anew(result: Result, change: list[tuple[str, str]]) -> Result:
    """Other bytes at the same place: a better scan."""
    read = with_text(result, change)
    source = read.extraction.source.model_copy(update={"sha256": digest("scan" + read.extraction.text)})
    return Result(
        extraction=read.extraction.model_copy(update={"source": source}),
        record=read.record.model_copy(update={"source": source}),
    )


def test_decisions_go_over_to_the_bytes_that_take_the_place(new_register: Callable[[], str]) -> None:
    register, known, result = opened(new_register())
    with register:
        _edited(known, result, "funding", purpose="puits")
        _edited(known, result, "project", title="Un")
        _edited(known, result, "project", title="Deux")
        known.reject(thing(result, "partnership"), author="alice")
        _edited(known, result, "document", None, title="Registre")
        known.add(result.extraction.source.sha256, SANTE, author="alice")
        undone = known.confirm(thing(result, "agreement"), author="alice")
        known.undo(undone.id, author="bob")
        other = _scanned_anew(result, CHANGED)
        register.add(other)
        old, new = (known.history(each.extraction.source.sha256) for each in (result, other))
        assert [(e.action, e.author, e.made_at, e.state) for e in new] == [
            (e.action, e.author, e.made_at, "applied") for e in old if e.id != undone.id
        ]
        record = only(register)
        assert (record.fundings[0].purpose, record.projects[0].title) == ("puits", "Deux")
        assert record.partnerships == ()
        assert record.document.title == "Registre"
        assert record.themes == (*result.record.themes, SANTE)
        before = content(register)
        read_again(register, other)
        assert content(register) == before
        known.undo(new[2].id, author="bob")  # the partnership comes back
        known.undo(next(e.id for e in new if getattr(e.after, "title", "") == "Deux"), author="bob")
        assert only(register).projects[0].title == "Un"
        assert only(register).partnerships[0].kind == "jumelage"


def test_another_document_in_the_place_takes_nothing(bench: Bench) -> None:
    register, known, result = bench
    _edited(known, result, "document", None, title="Registre")
    _edited(known, result, "funding", 1, purpose="puits")
    known.reject(thing(result, "partnership"), author="alice")
    other = plain("Procès-verbal d’une tout autre séance, sur la voirie.", name="pv-auxerre.pdf", title="Voirie")
    register.add(other)
    assert only(register) == other.record
    assert [e.state for e in known.history(other.extraction.source.sha256)] == ["lost"] * 3
    assert [e.state for e in known.history(result.extraction.source.sha256)] == ["applied"] * 3
    register.add(result)  # the old file is put back
    assert only(register).document.title == "Registre"
    assert len(known.history()) == 6


def test_bytes_that_are_known_from_another_place(bench: Bench) -> None:
    register, known, result = bench
    other = _scanned_anew(result, CHANGED)
    named = other.extraction.source.model_copy(update={"name": "copie.pdf", "path": "/fonds/copie.pdf"})
    register.add(other.model_copy(update={"extraction": other.extraction.model_copy(update={"source": named})}))
    _edited(known, other, "agreement", title="accord")
    _edited(known, result, "project", title="Puits")
    register.add(other)  # now at the place of the first as well
    record = only(register)
    assert (record.projects[0].title, record.agreements[0].title) == ("Puits", "accord")
    for each in known.history(other.extraction.source.sha256):
        known.undo(each.id, author="bob")
    assert only(register).projects == other.record.projects
    assert only(register).agreements == other.record.agreements


def test_pairs_go_along(bench: Bench) -> None:
    register, known, result = bench
    second = full("autre.pdf", extra=" Fin.")
    register.add(second)
    known.merge(thing(result, "project"), thing(second, "project"), author="alice")
    other = _scanned_anew(result, CHANGED)
    register.add(other)
    pair = known.history()[0]
    assert {pair.thing.sha256, pair.second.sha256 if pair.second else ""} == {
        other.extraction.source.sha256,
        second.extraction.source.sha256,
    }
    assert pair.state == "applied"


# Any sequence


KINDS = ["partnership", "funding", "agreement", "project", "document", "theme", "entity"]
STEPS = st.lists(
    st.tuples(st.sampled_from(["edit", "reject", "add", "confirm", "undo", "read"]), st.sampled_from(KINDS),
              st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=12,
)  # fmt: skip


def _choices(known: Corrections, sha256: str, kind: str) -> list[Any]:
    return [h for h in known.things(sha256) if kind in (h.thing.target, h.thing.type)]


def _changed(value: Any, n: int) -> Any:
    fields = type(value).model_fields
    if isinstance(value, Entity):
        return value.model_copy(update={"kb_id": f"x:{n}{value.start}", "label": ("LOC", "ORG", "PER", "THEME")[n]})
    if isinstance(value, ThemeAssignment):
        return value.model_copy(update={"path": (*value.path[:1], f"n{n}"), "terms": ()})
    update: dict[str, Any] = {"title": f"titre {n}"} if "title" in fields else {"start": f"200{n}"}
    if "parties" in fields:
        update["parties"] = (*value.parties, Party(text=f"Ville {n}"))[-2 - n % 2 :]
    if "amounts" in fields:
        update["amounts"] = value.amounts * (n % 3)
    if "themes" in fields:
        update["themes"] = (SANTE, DECHETS, *value.themes)[: n % 4]
    return value.model_copy(update=update)


@contextmanager
def suppress_doubles() -> Iterator[None]:
    try:
        yield
    except RegisterError as error:
        if "is there already" not in str(error):
            raise


def _step(register: Register, known: Corrections, result: Result, step: tuple[str, str, int, int]) -> None:
    action, kind, at, n = step
    sha = result.extraction.source.sha256
    standing = [each for each in known.history(sha) if each.undone_at is None]
    if action == "read":
        read_again(register, result)
    elif action == "undo":
        if standing:
            known.undo(standing[0].id, author="bob")
    else:
        held = _choices(known, sha, kind)
        if not held:
            return
        chosen = held[at % len(held)]
        if action == "confirm":
            known.confirm(chosen.thing, author="alice", expected=chosen.value)
        elif action == "reject" and kind != "document":
            known.reject(chosen.thing, author="alice", expected=chosen.value)
        elif action == "edit" and _changed(chosen.value, n) != chosen.value:
            with suppress_doubles():
                known.edit(chosen.thing, _changed(chosen.value, n), author="alice", expected=chosen.value)
        elif action == "add" and kind not in ("document", "entity"):
            project = chosen.project if kind == "theme" else None
            with suppress_doubles():
                known.add(sha, _changed(chosen.value, n), author="alice", project=project)


@pytest.mark.parametrize("last", [("edit", "funding", 2, 0), ("reject", "funding", 2, 0)])
def test_an_addition_is_told_from_its_twin(last: tuple[str, str, int, int]) -> None:
    register, known, result = opened("sqlite://")
    with register:
        _step(register, known, result, ("add", "funding", 0, 0 if last[0] == "reject" else 1))
        _step(register, known, result, last)
        before = only(register)
        read_again(register, result)
        assert only(register) == before
        for made in known.history():
            known.undo(made.id, author="bob")
        assert only(register) == result.record


@given(STEPS)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_sequence_outlives_readings_and_is_undone(steps: list[tuple[str, str, int, int]]) -> None:
    register, known, result = opened("sqlite://")
    with register:
        base = content(register)
        for step in steps:
            _step(register, known, result, step)
            if step[0] != "read":
                before = only(register)
                read_again(register, result)
                assert only(register) == before
        assert set(_states(known)) <= {"applied"}
        for made in known.history():
            if made.undone_at is None:
                known.undo(made.id, author="bob")
        assert only(register) == result.record
        read_again(register, result)
        assert content(register) == base


@given(STEPS)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_sequence_is_undone_to_the_last_id(steps: list[tuple[str, str, int, int]]) -> None:
    register, known, result = opened("sqlite://")
    with register:
        before = [content(register)]
        for step in (step for step in steps if step[0] not in ("read", "undo")):
            count = len(known.history())
            _step(register, known, result, step)
            if len(known.history()) > count:
                before.append(content(register))
        for made in known.history():
            assert content(register) == before.pop()
            known.undo(made.id, author="bob")
        assert [content(register)] == before


@given(STEPS, st.permutations(range(4)))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_sequence_outlives_another_text(steps: list[tuple[str, str, int, int]], order: list[int]) -> None:
    register, known, result = opened("sqlite://")
    change = [CHANGED[n] for n in order[: 1 + order[0]]]
    moved = with_text(result, change, before="Extrait\n\n")
    with register:
        for step in (step for step in steps if step[0] != "read"):
            _step(register, known, result, step)
        read_again(register, moved)
        assert set(_states(known)) <= {"applied"}
        read_again(register, result)
        before = only(register)
        read_again(register, moved)
        read_again(register, result)
        assert only(register) == before
        for made in known.history():
            if made.undone_at is None:
                known.undo(made.id, author="bob")
        assert only(register) == result.record
