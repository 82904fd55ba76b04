"""The year of a sum that no word beside it tells."""

from __future__ import annotations

import pytest
from marked_records import read

_SITTING = "[[Ville de Dole|COLLECTIVITY]]\nConseil municipal du [[3 mai 2018|DATE]]\n\n"
_GRANT = "Le conseil décide d'attribuer [[900 €|AMOUNT]] à l'association [[Azur|ORG]].\n"


def years(marked: str) -> list[tuple[str, str | None, str | None]]:
    return [(str(f.amounts[0].value), f.start, f.end) for f in read(marked).fundings]


def test_what_a_sitting_decides_is_of_its_year() -> None:
    assert years(_SITTING + _GRANT) == [("900", "2018", "2018")]


def test_the_year_is_evidence_where_it_stands_near() -> None:
    (near,) = read(_SITTING + _GRANT).fundings
    (far,) = read(_SITTING + "Le maire lit le compte rendu de la commission des fêtes.\n" * 50 + _GRANT).fundings
    text = _SITTING.replace("[[", "").replace("|COLLECTIVITY]]", "").replace("|DATE]]", "")
    at = text.index("3 mai 2018")
    assert (at, at + 10) in near.evidence
    assert far.start == "2018"
    assert (at, at + 10) not in far.evidence


def test_the_budget_that_a_decision_draws_on_says_the_year() -> None:
    budget = "Ces sommes sont prélevées sur les crédits inscrits au budget 2019.\n"
    assert years("[[Ville de Dole|COLLECTIVITY]]\n\n" + _GRANT + budget) == [("900", "2019", "2019")]


def test_the_year_beside_the_sum_stands() -> None:
    told = "La [[Ville de Dole|COLLECTIVITY]] a versé [[900 €|AMOUNT]] en [[2016|DATE]] à l'association [[Azur|ORG]].\n"
    assert years(_SITTING + told) == [("900", "2016", "2016")]


@pytest.mark.parametrize(
    "sentence",
    [
        "Le jumelage de [[Dole|COLLECTIVITY]] et de [[Northwich|COLLECTIVITY]] a été signé le [[12 mai 1998|DATE]].",
        "Le comité de jumelage, fondé en [[1987|DATE]], a son siège à [[Dole|LOC]].",
        "Les deux villes sont jumelées depuis [[1962|DATE]].",
    ],
)
def test_the_year_of_something_else_is_none(sentence: str) -> None:
    told = "La [[Ville de Dole|COLLECTIVITY]] accorde une subvention de [[900 €|AMOUNT]] au comité.\n"
    assert years(f"{sentence}\n\n{told}") == [("900", None, None)]


def test_of_two_years_that_compete_none_is_taken() -> None:
    text = (
        "Plan de financement\n- [[Département du Jura|COLLECTIVITY]] : [[9 000 €|AMOUNT]] en [[2018|DATE]], "
        "[[7 000 €|AMOUNT]] en [[2019|DATE]] ;\n- [[Région Centre|COLLECTIVITY]] : [[4 000 €|AMOUNT]]\n"
    )
    assert years(text)[-1] == ("4000", None, None)


def test_what_a_grant_was_before_has_no_year() -> None:
    text = (
        _SITTING + "La [[Ville de Dole|COLLECTIVITY]] décide de porter la subvention de [[900 €|AMOUNT]] à "
        "[[1 500 €|AMOUNT]].\n"
    )
    assert ("900", "2018", "2018") not in years(text)


def test_a_document_without_years_says_none() -> None:
    assert years("[[Ville de Dole|COLLECTIVITY]]\n\n" + _GRANT) == [("900", None, None)]
