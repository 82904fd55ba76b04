"""Models of records: weights on disk, features of pairs and sums, what they add to the rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from marked_records import document

from coopnlp.errors import ModelError
from coopnlp.records.bodies import bodies_of
from coopnlp.records.grant_features import grants_of
from coopnlp.records.learned import with_learned_fundings, with_learned_partnerships
from coopnlp.records.pair_features import pairs_of
from coopnlp.records.rules import Told, read_by_rules
from coopnlp.records.weights import GRANTS, PAIRS, Linear, read_weights, shipped, write_weights
from coopnlp.types import Partnership, Party

ALWAYS = Linear({"always": 9.0}, 0.0, 0.5, {"projet": {"always": 1.0}, "autre": {}})
NEVER = Linear({}, -9.0, 0.5, {"autre": {}})


def told(marked: str) -> Told:
    extraction, entities = document(marked)
    return read_by_rules(extraction, entities)


TOWNS = (
    "[[Ville de Dax|COLLECTIVITY]]\n\nNotre commune a écrit à [[Kita|COLLECTIVITY]]. [[Dax|COLLECTIVITY]] et "
    "[[Bonn|COLLECTIVITY]] y pensent, dit l'[[Amicale|ORG]]."
)


def test_bodies_gather_the_mentions_of_a_name_and_of_the_speaker() -> None:
    bodies = {body.party.text: body for body in bodies_of(told(TOWNS).reader)}
    assert list(bodies) == ["Ville de Dax", "Kita", "Bonn", "Amicale"]
    assert [m.text for m in bodies["Ville de Dax"].mentions] == ["Ville de Dax", "Notre commune", "Dax"]
    assert bodies["Ville de Dax"].speaks == "owner"
    assert (bodies["Ville de Dax"].level, bodies["Amicale"].level, bodies["Kita"].country) == (
        "commune", "organisation", "?",
    )  # fmt: skip


def test_pairs_say_what_stands_between() -> None:
    pairs = {(p.one.party.text, p.other.party.text): p for p in pairs_of(told(TOWNS).reader, ())}
    assert ("Ville de Dax", "Kita") in pairs
    assert {"b:ecrit", "speaks:owner:COLLECTIVITY-COLLECTIVITY"} <= pairs["Ville de Dax", "Kita"].features
    assert "bw:et" in pairs["Ville de Dax", "Bonn"].features


def test_a_pair_is_added_once_and_a_rule_stands() -> None:
    one = told("[[Ville de Dax|COLLECTIVITY]] est jumelée avec [[Bonn|COLLECTIVITY]].")
    assert len(one.partnerships) == 1
    assert with_learned_partnerships(one.reader, one.partnerships, NEVER) == one.partnerships
    assert with_learned_partnerships(one.reader, one.partnerships, ALWAYS) == one.partnerships
    two = told("Le 3 mai, [[Dax|COLLECTIVITY]] écrivait à [[Bonn|COLLECTIVITY]].")
    added = with_learned_partnerships(two.reader, (), ALWAYS)
    assert [([p.text for p in x.parties], x.kind) for x in added] == [(["Dax", "Bonn"], "projet")]


def test_what_is_denied_is_not_added() -> None:
    found = told("[[Dax|COLLECTIVITY]] n'a aucun lien avec [[Bonn|COLLECTIVITY]].")
    assert with_learned_partnerships(found.reader, (), ALWAYS) == ()


def test_sums_have_the_bodies_around_them() -> None:
    found = told("La [[Région Corse|COLLECTIVITY]] met [[2 000 €|AMOUNT]] dans le projet de l'[[Amicale|ORG]].")
    (grants,) = grants_of(found.reader, ())
    assert {g.body.party.text for g in grants} == {"Région Corse", "Amicale"}
    assert all("untold" in g.features for g in grants)


def test_sums_know_the_head_of_their_column_and_their_heading() -> None:
    found = told(
        "Bilan de l'aide\n\n| Action | Accordé [[Région Corse|COLLECTIVITY]] |\n|---|---|\n"
        "| Livres | [[200 €|AMOUNT]] |\n| Cartes | [[300 €|AMOUNT]] |\n| Ballons | [[400 €|AMOUNT]] |\n"
    )
    grants = next(iter(grants_of(found.reader, ())))
    (corse,) = [g for g in grants if g.body.party.text == "Région Corse"]
    assert {"title:bilan", "column:accorde", "row:livres", "body in column:COLLECTIVITY"} <= corse.features
    assert any(f.startswith("owner above ") for f in corse.features)


def test_a_place_is_a_body_that_may_cooperate() -> None:
    found = told("[[Ville de Dax|COLLECTIVITY]]\n\nLe [[3 mai|DATE]], [[Dax|COLLECTIVITY]] écrivait à [[Bonn|LOC]].")
    (added,) = with_learned_partnerships(found.reader, (), ALWAYS)
    assert [p.text for p in added.parties] == ["Ville de Dax", "Bonn"]


@pytest.mark.parametrize(
    ("marked", "count"),
    [
        ("[[Ville de Dax|COLLECTIVITY]]\n\nIl y aura [[300 €|AMOUNT]] pour la chorale.", 1),
        ("La [[Ville de Dax|COLLECTIVITY]] n'a pas donné [[300 €|AMOUNT]].", 0),
        ("Le [[Fonds des lacs|FUNDER]] est doté de [[300 €|AMOUNT]].", 0),
        ("Dépenses\n[[Ville de Dax|COLLECTIVITY]] : [[300 €|AMOUNT]]", 0),
    ],
)
def test_sums_are_added_but_for_what_the_words_say_outright(marked: str, count: int) -> None:
    found = told(marked)
    assert len(with_learned_fundings(found.reader, (), model=Linear({}, 9.0, 0.5))) == count
    assert with_learned_fundings(found.reader, (), model=NEVER) == ()


def test_more_is_asked_of_sums_in_tables_that_rules_read() -> None:
    found = told("[[Ville de Dax|COLLECTIVITY]]\n\nIl y aura [[300 €|AMOUNT]] pour la chorale.")
    amount = next(e for e in found.reader.reading.entities if e.label == "AMOUNT")
    for bias, count in ((-0.5, 0), (0.5, 1)):
        model = Linear({}, bias, 0.3)
        assert len(with_learned_fundings(found.reader, (), (), model)) == 1
        assert len(with_learned_fundings(found.reader, (), {(amount.start, amount.end)}, model)) == count


def test_weights_to_disk_and_back(tmp_path: Path) -> None:
    model = Linear({"b:jumel": 1.23456, "tiny": 0.001}, -0.5, 0.4, {"projet": {"always": 2.0}})
    write_weights(model, tmp_path / "w.json")
    back = read_weights(tmp_path / "w.json")
    assert (back.weights, back.bias, back.threshold) == ({"b:jumel": 1.235}, -0.5, 0.4)
    chances = back.class_probabilities({"always"})
    assert max(chances, key=lambda kind: chances[kind]) == "projet"
    assert back.probability({"b:jumel", "unknown"}) == pytest.approx(0.6759, abs=1e-3)


@pytest.mark.parametrize("content", [None, "{", '{"format": 99}', '{"format": 1}'])
def test_damaged_weights_are_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "w.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match="coopnlp train records"):
        read_weights(tmp_path / "w.json")


def test_the_shipped_weights_load() -> None:
    assert shipped(PAIRS).classes.keys() >= {"jumelage", "projet", "convention"}
    assert 0 < shipped(GRANTS).threshold < 1


def test_totals_and_what_is_told_once_more_stay_out() -> None:
    found = told(
        "Plan de financement :\n- [[OFQJ|FUNDER]] : [[300 €|AMOUNT]] en [[2024|DATE]] ;\n- [[OFQJ|FUNDER]] : "
        "[[500 €|AMOUNT]] en [[2025|DATE]].\n\nEn tout, [[OFQJ|FUNDER]] [[800 €|AMOUNT]]. De [[OFQJ|FUNDER]], "
        "[[500 €|AMOUNT]]. De [[OFQJ|FUNDER]], [[70 €|AMOUNT]]."
    )
    told_so_far = [f for f in found.fundings if f.start]
    assert [f.amounts[0].value for f in told_so_far] == [300, 500]
    every = with_learned_fundings(found.reader, told_so_far, model=Linear({}, 9.0, 0.5))
    assert [f.amounts[0].value for f in every] == [300, 500, 70]


def test_an_instrument_that_the_document_names_is_the_kind_of_the_partnership() -> None:
    plain = told("[[Niort|COLLECTIVITY]] et [[Atakpamé|COLLECTIVITY]] coopèrent depuis 2001.")
    signs = Linear(
        {}, 0.0, 0.99, {"cooperation_decentralisee": {"always": 0.0}, "convention": {"said of both:convention": 4.0}}
    )
    kept = with_learned_partnerships(plain.reader, plain.partnerships, signs)
    assert [p.kind for p in kept] == ["cooperation_decentralisee"]
    signed = told(
        "[[Niort|COLLECTIVITY]] et [[Atakpamé|COLLECTIVITY]] coopèrent depuis 2001. La [[convention|AGREEMENT]] de "
        "[[Niort|COLLECTIVITY]] avec [[Atakpamé|COLLECTIVITY]] porte sur la voirie."
    )
    found = with_learned_partnerships(signed.reader, signed.partnerships[:1], signs)
    assert [p.kind for p in found] == ["convention"]


def test_a_partnership_without_a_pair_keeps_the_kind_of_the_rule() -> None:
    found = told(TOWNS)
    stranger = Partnership(parties=(Party(text="Lyon"), Party(text="Turin")), kind="jumelage")
    assert with_learned_partnerships(found.reader, (stranger,), NEVER)[0].kind == "jumelage"


def test_a_pair_known_under_longer_names_is_not_added_again() -> None:
    text = (
        "Le [[Département de la Drôme|COLLECTIVITY]] et la [[province de Midelt|COLLECTIVITY]] sont jumelés. "
        "[[Midelt|COLLECTIVITY]] écrit au [[Département de la Drôme|COLLECTIVITY]]."
    )
    found = told(text)
    assert len(with_learned_partnerships(found.reader, found.partnerships, ALWAYS)) == len(found.partnerships) == 1


def test_lots_of_contracts_are_no_grants_however_sure_the_model_is() -> None:
    text = (
        "[[Ville de Dax|COLLECTIVITY]]\n\nLa Ville a attribué les lots suivants aux entreprises :\n"
        "- Lot 1 : [[Durand|ORG]], [[30 000 €|AMOUNT]]\n- Lot 2 : [[Martin|ORG]], [[18 000 €|AMOUNT]]\n"
    )
    assert with_learned_fundings(told(text).reader, (), model=ALWAYS) == ()
