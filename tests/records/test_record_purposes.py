"""What or whom fundings are for: the row, the sentence, the item and the text above."""

from __future__ import annotations

import pytest
from marked_records import read

from coopnlp.records.purpose_heads import names_columns, names_document, opens_part, subject_of
from coopnlp.records.purpose_words import cleaned, is_junk, is_object, is_purpose, joined, names_only


def purposes(marked: str) -> list[str | None]:
    """Return the purposes of the fundings of a marked text, in order."""
    return [funding.purpose for funding in read(marked).fundings]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        # after the sum, far from it
        (
            "La [[Ville de Foix|COLLECTIVITY]] a voté le [[3 mai 2012|DATE]] une aide de [[800 €|AMOUNT]], payable en "
            "une fois par la [[trésorerie du canton|ORG]] avant la fin de l'été, destinée à la réfection du lavoir.",
            "la réfection du lavoir",
        ),
        # before it
        (
            "Pour la réfection du lavoir, la [[Ville de Foix|COLLECTIVITY]] verse [[800 €|AMOUNT]].",
            "Pour la réfection du lavoir",
        ),
        (
            "La [[Ville de Foix|COLLECTIVITY]] finance le lavoir du port à hauteur de [[800 €|AMOUNT]].",
            "le lavoir du port",
        ),
        (
            "Le lavoir du port a été restauré avec l'aide de la [[Ville de Foix|COLLECTIVITY]] ([[800 €|AMOUNT]]).",
            "Le lavoir du port",
        ),
        (
            "La chorale du port a reçu [[800 €|AMOUNT]] de la [[Ville de Foix|COLLECTIVITY]].",
            "La chorale du port",
        ),
        # to whom, and for what
        (
            "La [[Ville de Foix|COLLECTIVITY]] décide d'attribuer à l'association Cap Nord une subvention de "
            "[[800 €|AMOUNT]] pour la réfection du lavoir.",
            "à l'association Cap Nord – pour la réfection du lavoir",
        ),
    ],
)
def test_the_sentence_of_a_sum_says_what_it_is_for(marked: str, expected: str) -> None:
    assert purposes(marked) == [expected]


HEAD = "[[Ville de Foix|COLLECTIVITY]]\nLe conseil municipal attribue les subventions suivantes :\n\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            "- [[Les Rameurs|ORG]] (Pamiers) : coque d'aviron, [[900 €|AMOUNT]]\n"
            "- [[Chorale du port|ORG]] : [[450 €|AMOUNT]] (tournée d'été)\n",
            ["Les Rameurs (Pamiers) : coque d'aviron", "Chorale du port – tournée d'été"],
        ),
        (
            "Association | Objet | Montant\n[[Les Rameurs|ORG]] | coque d'aviron | [[900 €|AMOUNT]]\n"
            "[[Chorale du port|ORG]] | tournée d'été | [[450 €|AMOUNT]]\n",
            ["Les Rameurs – coque d'aviron", "Chorale du port – tournée d'été"],
        ),
    ],
)
def test_a_row_is_who_gets_it_and_what_for(rows: str, expected: list[str]) -> None:
    assert purposes(HEAD + rows) == expected


def test_cells_of_a_row_are_kept_whatever_they_say() -> None:
    rows = "Association | Titre | Montant\n[[Les Rameurs|ORG]] | On vous a vus ! | [[900 €|AMOUNT]]\n"
    assert purposes(HEAD + rows + "[[Chorale|ORG]] | Elle recevra | [[450 €|AMOUNT]]\n")[0] == (
        "Les Rameurs – On vous a vus !"
    )


def test_fields_of_an_item_are_who_and_what() -> None:
    marked = (
        "[[Ville de Foix|COLLECTIVITY]]\nSubventions accordées par le conseil municipal\n\n"
        "Bénéficiaire : [[Les Rameurs|ORG]]\nObjet : coque d'aviron\nSubvention de la [[Ville de Foix|COLLECTIVITY]] : "
        "[[900 €|AMOUNT]]\n\n"
        "Bénéficiaire : [[Chorale du port|ORG]]\nObjet : tournée d'été\nSubvention de la "
        "[[Ville de Foix|COLLECTIVITY]] : [[450 €|AMOUNT]]\n"
    )
    assert purposes(marked) == ["Les Rameurs – coque d'aviron", "Chorale du port – tournée d'été"]


def test_a_plan_of_financing_is_of_the_project_above() -> None:
    marked = (
        "Intitulé du projet : Des serres pour l'hiver\n\nPlan de financement :\n"
        "- [[Ville de Foix|COLLECTIVITY]] : [[900 €|AMOUNT]]\n- [[Région Bretagne|COLLECTIVITY]] : [[400 €|AMOUNT]]\n"
    )
    assert purposes(marked) == ["Des serres pour l'hiver"] * 2


def test_what_is_added_is_for_what_was_told_before() -> None:
    marked = (
        "La [[Ville de Foix|COLLECTIVITY]] a versé [[800 €|AMOUNT]] pour la réfection du lavoir. "
        "La [[Région Bretagne|COLLECTIVITY]] y a ajouté [[300 €|AMOUNT]]."
    )
    first, second = purposes(marked)
    assert first == second == "pour la réfection du lavoir"


def test_a_purpose_that_nothing_tells_is_absent() -> None:
    assert purposes(
        "BILAN DE SÉANCE\n\nL'année fut longue.\n\nLa [[Ville de Foix|COLLECTIVITY]] a versé [[800 €|AMOUNT]] en mai."
    ) == [None]


@pytest.mark.parametrize(
    ("phrase", "verdict"),
    [
        ("au projet", False),
        ("Elle recevra", False),
        ("à hauteur", False),
        ("Montant accordé", False),
        ("pour la durée de la convention", False),
        ("Rugby Club", True),
        ("USM", True),
        ("la toiture", True),
    ],
)
def test_phrases_that_are_purposes(phrase: str, verdict: bool) -> None:
    assert is_purpose(phrase) is verdict


def test_words_of_purposes() -> None:
    assert is_junk("à la signature de la convention")
    assert is_object("Réfection du lavoir") and not is_object("Conditions générales")
    assert cleaned("et « Mille rives », pour la") == "Mille rives"
    assert cleaned("à l'association Cap Nord une subvention") == "à l'association Cap Nord"
    assert names_only("à l'association Cap Nord", frozenset({"cap nord"}))
    assert not names_only("Cap Nord, coque d'aviron", frozenset({"cap nord"}))
    assert joined(["Cap Nord", "coque", "Cap Nord – coque"]) == "Cap Nord – coque"
    assert joined([]) is None


def test_headings_and_what_they_are_about() -> None:
    assert subject_of("Plan de financement du projet Mille rives", frozenset()) == "projet Mille rives"
    assert subject_of("Ville de Foix", frozenset({"ville de foix"})) is None
    assert opens_part("Contexte") and opens_part("Budget prévisionnel 2012") and not opens_part("Mille rives")
    assert names_columns("Association Objet Montant") and not names_columns("Mille rives")
    assert names_document("Compte rendu de la réunion") and not names_document("Mille rives")


def test_the_plan_of_an_agreement_is_not_that_of_one_of_its_actions() -> None:
    text = (
        "Convention de coopération Dax - Lomé 2020\n\nArticle 1. Actions\n\n"
        "Le projet « [[Jardins du port|PROJECT]] » ouvre en mai.\n\nArticle 2. Moyens\n\nPlan de financement :\n"
        "- [[Ville de Dax|COLLECTIVITY]] : [[9 000 €|AMOUNT]]\n- [[Région Bretagne|COLLECTIVITY]] : [[4 000 €|AMOUNT]]\n"
    )
    assert [f.purpose for f in read(text).fundings] == ["Convention de coopération Dax - Lomé 2020"] * 2


def test_what_only_leans_on_words_before_is_no_purpose() -> None:
    text = (
        "[[Ville de Dole|COLLECTIVITY]]\nConseil municipal du 3 mai 2018\n\n"
        "Afin de répondre à cette demande, le conseil attribue à l'association [[Azur|ORG]] une subvention de "
        "[[900 €|AMOUNT]]."
    )
    assert [f.purpose for f in read(text).fundings] == ["à l'association Azur"]
