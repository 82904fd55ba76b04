"""Which records are one: the pairs written by hand, and chains that contradict themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopnlp.catalogue import evaluate
from coopnlp.catalogue.facts import Fact, Member, Sum
from coopnlp.catalogue.merging import merge
from coopnlp.catalogue.rules import Verdict, judge
from coopnlp.catalogue.titles import compare_titles, read_title
from coopnlp.catalogue.totals import mark_totals
from coopnlp.errors import CorpusError

ANGERS, BAMAKO = Member("party", "Angers", "fr-commune:49007"), Member("party", "Bamako", "geonames:2460596")


def _twins(document: int, start: str | None) -> Fact:
    return Fact(document << 20, "partnership", 0, kind="jumelage", start=start, members=(ANGERS, BAMAKO))


def _groups(*facts: Fact) -> list[list[int]]:
    return sorted(sorted(fact.document_id for fact in group) for group in merge(facts).groups)


def test_merges_of_the_pairs_are_right(root: Path) -> None:
    pairs = evaluate.read_pairs(root / "corpus" / "merging" / "pairs.jsonl")
    judged = [(pair, judge(pair.first, pair.second)) for pair in pairs]
    dev = evaluate.score(entry for entry in judged if entry[0].split == "dev")
    held = evaluate.score(entry for entry in judged if entry[0].split == "held")
    assert (dev.pairs, held.pairs) == (122, 72)
    assert dev.wrong == held.wrong == 0
    assert dev.recall > 0.9
    assert held.recall > 0.8
    assert held.doubtful_proposed > 0.7
    assert max(dev.noise, held.noise) < 0.15


def test_judging_is_symmetric(root: Path) -> None:
    for pair in evaluate.read_pairs(root / "corpus" / "merging" / "pairs.jsonl"):
        assert judge(pair.first, pair.second) == judge(pair.second, pair.first)


def test_scores_are_printed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate.main([str(root / "corpus" / "merging" / "pairs.jsonl"), "--errors"])
    out = capsys.readouterr().out
    assert "held: 72 pairs" in out
    assert "precision 1.000" in out


def test_a_damaged_file_of_pairs_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be read"):
        evaluate.read_pairs(tmp_path / "none.jsonl")
    (tmp_path / "bad.jsonl").write_text('{"id": "a"}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match="line 1"):
        evaluate.read_pairs(tmp_path / "bad.jsonl")


def test_no_chain_joins_what_contradicts_itself() -> None:
    assert _groups(_twins(1, "1974"), _twins(2, None), _twins(3, "1974-05")) == [[1, 2, 3]]
    # the one without year fits both, and belongs to neither by itself
    facts = (_twins(1, "1974"), _twins(2, None), _twins(3, "2011"), _twins(4, "1974"))
    assert _groups(*facts) == [[1, 4], [2], [3]]
    proposed = {(one.first >> 20, one.second >> 20) for one in merge(facts).proposals}
    assert (2, 3) in proposed


def test_the_order_in_which_records_come_changes_nothing() -> None:
    facts = [_twins(n, start) for n, start in enumerate(["1974", None, "1974-05", "2011", None, "1990"], 1)]
    assert _groups(*facts) == _groups(*reversed(facts))


@pytest.mark.parametrize("title", ["Projet", "Convention", "Accord de jumelage", "", "Programme de coopération"])
def test_generic_titles_join_no_projects(title: str) -> None:
    one = Fact(1 << 20, "project", 0, title=title, members=(ANGERS, BAMAKO), start="2010")
    assert (
        judge(one, Fact(2 << 20, "project", 0, title=title, members=(ANGERS, BAMAKO), start="2010")).verdict
        < Verdict.SAME
    )


@pytest.mark.parametrize(
    "first, second, apart",
    [
        ("Avenant n° 1 à la convention", "Avenant nº 2 à la convention", True),
        ("Programme d’eau, phase II", "Programme d’eau, phase III", True),
        ("première tranche des travaux", "seconde tranche des travaux", True),
        ("Festival 2014", "Festival 2015", True),
        ("Plan d’action 2008-2010", "Plan d’action 2008", False),
        ("Étude de la station", "Station", True),
        ("La vie des lacs", "La Vie des lacs", False),
    ],
)
def test_numbers_and_standing_tell_titles_apart(first: str, second: str, apart: bool) -> None:
    assert compare_titles(read_title(first), read_title(second)).apart is apart


def test_a_misread_word_is_the_same_word() -> None:
    like = compare_titles(
        read_title("Valorisation de l’agriculture péri-urbaine"), read_title("VALORISATION DE L'AGRICUTURE PERIURBAINE")
    )
    assert like.score > 0.9
    assert like.lacking == (frozenset(), frozenset())


def _grants(*values: str, funder: str = "org:afd", page: int | None = 1) -> list[Fact]:
    member = Member("funder", "AFD", funder)
    return [
        Fact(1 << 20 | n, "funding", n, members=(member,), sums=(Sum(value, None, None, "EUR"),), page=page)
        for n, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    "values, totals",
    [
        (("5000", "10000", "15000"), [2]),  # two, and all there is
        (("5000", "10000", "15000", "7000"), []),  # three grants among others
        (("1000", "2500", "3100", "6600", "900", "50"), [3]),  # three in a row before it
        (("6600.00", "1000", "2500", "3100", "70"), [0]),  # and after it
        (("1000", "1000"), []),
        (("100", "200", "400"), []),
    ],
)
def test_a_sum_of_others_is_marked(values: tuple[str, ...], totals: list[int]) -> None:
    facts = _grants(*values)
    mark_totals(facts)
    assert [n for n, fact in enumerate(facts) if fact.totals] == totals


def test_sums_of_other_currencies_or_asked_for_make_no_total() -> None:
    facts = _grants("5000", "10000", "15000")
    facts[0].sums = (Sum("5000", None, None, "CAD"),)
    mark_totals(facts)
    assert not any(fact.totals for fact in facts)
    facts = _grants("5000", "10000", "15000")
    facts[2].status = "demandé"
    mark_totals(facts)
    assert not any(fact.totals for fact in facts)
