"""What a register keeps: once, whole, and the same whatever the order of arrival."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register_makers import full, plain

from coopnlp.errors import RegisterError
from coopnlp.register import Register, Versions
from coopnlp.types import Failure


@pytest.fixture
def register(new_register: Callable[[], str]) -> Iterator[Register]:
    with Register(new_register()) as opened:
        yield opened


def test_a_record_comes_back_as_it_was_added(register: Register) -> None:
    result = full()
    assert register.add(result)
    entry = register.show("pv-auxerre")
    assert entry.record == result.record
    assert entry.text == result.extraction.text


def test_adding_again_changes_nothing(register: Register) -> None:
    register.add(full())
    before = register.dump()
    assert not register.add(full())
    assert register.dump() == before


def test_another_version_replaces_what_was_read(register: Register) -> None:
    register.add(full(), versions=Versions(library="0.1.0"))
    assert register.add(full(), versions=Versions(library="0.2.0"))
    assert register.stats().documents == 1
    assert register.stats().records["funding"] == 2


def test_same_name_with_other_bytes_replaces(register: Register) -> None:
    register.add(plain("Jumelage avec Tournai.", name="note.txt"))
    register.add(plain("Jumelage avec Plovdiv.", name="note.txt"))
    assert register.stats().documents == 1
    assert not register.search("Tournai")
    assert register.search("Plovdiv")


def test_equal_bytes_under_two_names_are_one_document(register: Register) -> None:
    register.add(plain("Jumelage avec Tournai.", name="b.txt"))
    assert not register.add(plain("Jumelage avec Tournai.", name="a.txt"))
    entry = register.show("b.txt")
    assert entry.names == ("/fonds/a.txt", "/fonds/b.txt")
    assert entry.record is not None
    assert entry.record.id == "a"


def test_a_document_stays_while_one_of_its_names_does(register: Register) -> None:
    register.add(plain("Jumelage avec Tournai.", name="a.txt"))
    register.add(plain("Jumelage avec Tournai.", name="b.txt"))
    register.add(plain("Autre texte.", name="a.txt"))
    assert register.show("b.txt").text == "Jumelage avec Tournai."


def test_every_citation_is_cut_out_of_the_text(register: Register) -> None:
    register.add(full())
    entry = register.show("pv-auxerre")
    assert entry.text is not None
    assert [entry.text[c.start : c.end] for c in entry.citations] == [c.text for c in entry.citations]
    funding = next(c for c in entry.citations if c.type == "funding")
    assert funding.text == "L’Agence de l’eau verse 15 000 € pour l’accès à l’eau potable."
    assert funding.page == 1


def test_money_is_kept_as_decimal_text(tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    with Register(path) as register:
        register.add(full())
    with sqlite3.connect(path) as connection:
        kept = connection.execute("SELECT value, typeof(value) FROM amount WHERE value IS NOT NULL").fetchall()
    assert kept == [("15000", "text"), ("22500.00", "text")]


def test_a_failure_is_listed_with_its_reason(register: Register) -> None:
    register.add_failure(Failure(source="scan.pdf", error="NoText", message="scan.pdf: images seules."))
    assert register.failures() == [Failure(source="scan.pdf", error="NoText", message="scan.pdf: images seules.")]
    with pytest.raises(RegisterError, match="images seules"):
        register.show("scan.pdf")


def test_a_failure_with_known_bytes_goes_when_they_are_read(register: Register) -> None:
    result = plain("Texte.", name="a.txt")
    failure = Failure(source="a.txt", error="TimedOut", message="a.txt: trop long.")
    register.add_failure(failure, result.extraction.source)
    assert [f.message for f in register.failures()] == ["a.txt: trop long."]
    register.add(result)
    assert register.failures() == []


def test_text_that_no_database_keeps_is_replaced_at_the_same_length(register: Register) -> None:
    register.add(plain("Ville\x00de \ud800 Lens", name="a.txt"))
    assert register.show("a").text == "Ville\ufffdde \ufffd Lens"


def test_unknown_and_ambiguous_names_say_what_to_do(register: Register) -> None:
    register.add(plain("Un.", name="x/pv.txt"))
    register.add(plain("Deux.", name="y/pv.txt"))
    with pytest.raises(RegisterError, match="no such document"):
        register.show("absent")
    with pytest.raises(RegisterError, match=r"/fonds/x/pv\.txt, /fonds/y/pv\.txt"):
        register.show("pv")


def test_the_beginning_of_a_digest_is_enough(register: Register) -> None:
    result = full()
    register.add(result)
    sha256 = result.extraction.source.sha256
    assert register.show(sha256[:8]).sha256 == sha256


RESULTS = [
    full(),
    full("copie.pdf"),
    full("autre.pdf", extra=" Fin."),
    plain("Jumelage avec Tournai.", name="a.txt"),
    plain("Jumelage avec Tournai.", name="b.txt"),
    plain("Rien de tel ici.", name="c.txt"),
]


@given(st.permutations(RESULTS), st.lists(st.sampled_from(RESULTS), max_size=4))
@settings(deadline=None, max_examples=15)
def test_order_and_repetition_change_nothing(order: list, again: list) -> None:
    with Register("sqlite://") as one, Register("sqlite://") as other:
        one.add_all(RESULTS)
        for result in [*order, *again]:
            other.add(result)
        assert one.dump() == other.dump()


def test_both_databases_hold_the_same(new_register: Callable[[], str]) -> None:
    with Register("sqlite://") as one, Register(new_register()) as other:
        one.add_all(RESULTS)
        for result in [*reversed(RESULTS), *RESULTS]:
            other.add(result)
        assert one.dump() == other.dump()
        assert list(one.records()) == list(other.records())


def test_the_dump_tells_registers_apart(new_register: Callable[[], str]) -> None:
    with Register(new_register()) as one, Register(new_register()) as other:
        one.add(full())
        other.add(full("pv-auxerre.pdf", extra=" Fin."))
        assert one.dump() != other.dump()
