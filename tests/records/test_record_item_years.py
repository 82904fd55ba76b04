"""The year of an item of minutes holds for the rows of its table."""

from __future__ import annotations

from marked_records import read

_ITEMS = "".join(f"{n} - Point {n}\n\nAdopté.\n\n" for n in range(1, 6))


def _years(title: str) -> list[str | None]:
    text = (
        "[[Ville de Dax|COLLECTIVITY]]\nConseil municipal, procès-verbal\n\n"
        f"{_ITEMS}6 - {title}\n\nCode | Association | Montant\n"
        "12 | [[Amis du lavoir|ORG]] | [[500 €|AMOUNT]]\n14 | [[Union cycliste|ORG]] | [[900 €|AMOUNT]]\n\n"
        "7 - Exercice 2019, comptes\n"
    )
    return [f.start for f in read(text).fundings]


def test_the_title_of_the_item_says_the_year_of_its_rows() -> None:
    assert _years("Exercice 2011 - Attributions de subventions") == ["2011", "2011"]


def test_a_title_without_one_year_says_none() -> None:
    assert _years("Attributions de subventions") == [None, None]
    assert _years("Subventions, exercice 2011, rappel de l'exercice 2010") == [None, None]


def _told(words: str) -> list[str | None]:
    text = (
        "[[Ville de Dax|COLLECTIVITY]]\nConseil municipal, procès-verbal\n\n"
        f"{_ITEMS}6 - Aides\n\nIl est proposé d'attribuer [[500 €|AMOUNT]] à l'association [[Amis du lavoir|ORG]].\n\n"
        f"{words}\n\n7 - Comptes\n\nLe compte de l'exercice 2007 est approuvé.\n"
    )
    return [f.start for f in read(text).fundings]


def test_the_budget_of_the_item_says_the_year_of_its_sums() -> None:
    assert _told("Prélever cette somme sur les crédits inscrits au budget 2011.") == ["2011"]
    assert _told("Ces dépenses sont imputées sur les crédits (BP 2011, nature 6574).") == ["2011"]
    assert _told("Le budget 2011 suit le budget 2010.") != ["2010"]


def test_what_the_sitting_gives_is_of_its_year() -> None:
    text = (
        "[[Ville de Dax|COLLECTIVITY]]\nConseil municipal du [[3 mai 2011|DATE]], procès-verbal\n\n"
        f"{_ITEMS}6 - Façades\n\nLa [[Ville de Dax|COLLECTIVITY]] attribue une subvention de [[500 €|AMOUNT]] à l'association "
        "[[Amis du lavoir|ORG]]. La [[Région Aquitaine|COLLECTIVITY]] apporte [[900 €|AMOUNT]].\n\nLe programme de 1998 est "
        "clos.\n\n7 - Comptes\n"
    )
    assert ("Ville de Dax", "2011") in [(f.funder.text, f.start) for f in read(text).fundings]
