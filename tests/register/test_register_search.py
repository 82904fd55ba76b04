"""Searching: French words as people type them, and hits that lead back to the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register_makers import full, plain

from coopnlp.register import Register
from coopnlp.register.query import fold_letters, read_query


@pytest.fixture(scope="module")
def register(new_register: Callable[[], str]) -> Iterator[Register]:
    with Register(new_register()) as opened:
        opened.add(full())
        opened.add(plain("La Ville de Brest échange avec Dénia. Œuvres croisées.", name="brest.txt", kind="presse"))
        opened.add(plain("Le conseil vote l’eau et l’assainissement.", name="eau.txt", title="Délibération"))
        yield opened


def found(register: Register, query: str) -> set[str]:
    return {hit.source for hit in register.search(query)}


@pytest.mark.parametrize("query", ["echange", "ÉCHANGE", "échange dénia", "denia OU introuvable", "œuvres", "oeuvres"])
def test_case_accents_and_ligatures_do_not_matter(register: Register, query: str) -> None:
    assert "brest.txt" in found(register, query)


@pytest.mark.parametrize("query", ["l'eau", "de l’eau", "eau AND assainissement", '"l’eau et l’assainissement"'])
def test_elided_and_grammatical_words_do_not_hinder(register: Register, query: str) -> None:
    assert "eau.txt" in found(register, query)


def test_a_word_finds_the_words_it_begins(register: Register) -> None:
    assert found(register, "assaini") == {"eau.txt"}


def test_a_short_word_does_not(register: Register) -> None:
    assert found(register, "ass") == set()


def test_every_word_must_be_there(register: Register) -> None:
    assert found(register, "Brest assainissement") == set()


def test_a_minus_excludes(register: Register) -> None:
    assert "eau.txt" not in found(register, "eau -assainissement")
    assert "pv-auxerre.pdf" in found(register, "eau -assainissement")


def test_a_phrase_keeps_its_order(register: Register) -> None:
    assert found(register, "« échange avec Dénia »") == {"brest.txt"}
    assert found(register, "« avec échange »") == set()


def test_a_hyphenated_name_is_a_phrase(register: Register) -> None:
    assert found(register, "eau-assainissement") == set()


def test_title_and_text_are_found_together(register: Register) -> None:
    assert found(register, "délibération assainissement") == {"eau.txt"}


def test_words_on_different_pages_are_found_last(register: Register) -> None:
    hits = register.search("bénévoles jardiniers")
    assert {hit.source for hit in hits} == {"pv-auxerre.pdf"}
    assert {hit.page for hit in hits} == {1, 2}


def test_a_hit_leads_back_to_the_words(register: Register) -> None:
    text = full().extraction.text
    (hit,) = [hit for hit in register.search("jardiniers") if hit.type == "text"]
    assert hit.page == 2
    assert hit.start is not None
    assert text[hit.start : hit.end] == "jardiniers"
    assert [hit.snippet[start:end] for start, end in hit.matches] == ["jardiniers"]


def test_records_are_found_by_their_fields(register: Register) -> None:
    (hit,) = register.search("eau potable", type="funding")
    assert (hit.type, hit.page) == ("funding", 1)
    text = full().extraction.text
    assert text[hit.start : hit.end] == "Agence de l’eau verse 15 000 €"


def test_filters_narrow(register: Register) -> None:
    assert {hit.source for hit in register.search("eau", kind="compte rendu")} == {"pv-auxerre.pdf"}
    assert {hit.source for hit in register.search("eau", year=1999)} == {"pv-auxerre.pdf"}
    assert {hit.source for hit in register.search("eau", kb_id="geonames:728193")} == {"pv-auxerre.pdf"}
    assert register.search("eau", year=2030) == []


def test_limit_and_offset_walk_through_the_hits(register: Register) -> None:
    every = register.search("eau")
    assert [register.search("eau", limit=1, offset=n)[0] for n in range(len(every))] == every


ODD = ["", " ", "-", '"', "«", "AND", "(((", "*", "a:b", "^x", "NEAR(a, b)", "'", "-eau", "OU", "OU -"]


@pytest.mark.parametrize("query", ODD)
def test_no_query_is_an_error(register: Register, query: str) -> None:
    register.search(query)


@given(st.text(alphabet=st.sampled_from("aeéœ'’\"«»-*:^(){}+ANDORET \n\x00\ud800%_"), max_size=20))
@settings(deadline=None, max_examples=150)
def test_whatever_is_typed_is_a_query(register: Register, query: str) -> None:
    register.search(query, limit=2)


@given(st.text(max_size=30))
@settings(deadline=None)
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold_letters(text)) == len(text)


def test_a_query_of_grammar_alone_is_kept() -> None:
    assert [clause[0].words for clause in read_query("de la").clauses] == [("de",), ("la",)]
