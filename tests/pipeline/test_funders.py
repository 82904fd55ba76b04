"""Who gives the money: by the sentence, by the name, by the acronym; and who only receives it."""

from __future__ import annotations

import pytest
from marked_entities import read_marked, to_marked

from coopnlp.pipeline.funders import funder_roles


def roles(marked: str) -> str:
    doc, entities = read_marked(marked)
    return to_marked(doc, funder_roles(doc, doc.text, entities))


@pytest.mark.parametrize(
    "marked",
    [
        "L'atelier, cofinancé par l'[[Union des tanneurs|ORG]], ouvre en mai.",
        "Les frais de voyage sont pris en charge par le [[Cercle des armateurs|ORG]].",
        "Une somme allouée chaque année par la [[Société du canal|ORG]].",
        "Grâce à une subvention de l'[[Union des tanneurs|ORG]], le quai est refait.",
        "Le soutien financier du [[Cercle des armateurs|ORG]] est acquis.",
        "Bailleur de fonds : [[Société du canal|ORG]]",
        "Le [[Cercle des armateurs|ORG]] finance la traversée.",
        "L'[[Union des tanneurs|ORG]], présente à Dakar, a versé [[3 000 €|AMOUNT]] à l'école.",
        "Partenaires : [[Société du canal|ORG]] ([[3 000 €|AMOUNT]]).",
    ],
)
def test_the_sentence_says_who_pays(marked: str) -> None:
    assert "|FUNDER]]" in roles(marked)


@pytest.mark.parametrize(
    "marked",
    [
        "Une subvention est versée à l'[[Union des tanneurs|ORG]].",
        "La Ville accorde [[3 000 €|AMOUNT]] au [[Cercle des armateurs|ORG]].",
        "Le [[Cercle des armateurs|ORG]] accueille la délégation.",
        "La réunion est présidée par la [[Société du canal|ORG]].",
        "Le quai est financé par la Ville. L'[[Union des tanneurs|ORG]] s'en réjouit.",
        "L'[[Union des tanneurs|ORG]] a demandé [[3 000 €|AMOUNT]] à la Ville.",
        "L'[[Union des tanneurs|ORG]] donne un concert.",
    ],
)
def test_who_receives_or_hosts_is_no_funder(marked: str) -> None:
    assert roles(marked) == marked


@pytest.mark.parametrize(
    "name",
    ["Fonds de solidarité des ports", "Fondation du fleuve", "Agence française de développement", "AFD", "LOJIQ",
     "Agence de l'eau Artois-Picardie", "Erasmus +", "FONJEP"],
)  # fmt: skip
def test_a_body_whose_purpose_is_to_finance_is_a_funder_everywhere(name: str) -> None:
    assert (
        roles(f"La séance se tient au siège : [[{name}|ORG]].") == f"La séance se tient au siège : [[{name}|FUNDER]]."
    )


@pytest.mark.parametrize("name", ["Fonds documentaire des ports", "Agence des ports", "Afdal", "Fondateurs réunis"])
def test_a_name_that_only_looks_like_it_is_none(name: str) -> None:
    assert roles(f"La séance se tient au siège : [[{name}|ORG]].") == f"La séance se tient au siège : [[{name}|ORG]]."


def test_those_joined_to_the_payer_pay_too() -> None:
    found = roles(
        "Financé par l'[[Union des tanneurs|ORG]], le [[Cercle des armateurs|ORG]] et l'[[Atelier Nord|ORG]]."
    )
    assert found.count("|FUNDER]]") == 3


def test_those_of_the_next_sentence_do_not() -> None:
    found = roles("Projet financé par l'[[Union des tanneurs|ORG]]. Le [[Cercle des armateurs|ORG]] y assiste.")
    assert found.count("|FUNDER]]") == 1


def test_an_acronym_follows_its_name() -> None:
    found = roles("Projet financé par l'[[Union des tanneurs|ORG]] ([[UDT|ORG]]).")
    assert found == "Projet financé par l'[[Union des tanneurs|FUNDER]] ([[UDT|FUNDER]])."


def test_a_collectivity_that_pays_stays_a_collectivity() -> None:
    marked = "Projet financé par la [[Ville de Foix|COLLECTIVITY]]."
    assert roles(marked) == marked


def test_a_collectivity_passes_the_role_on() -> None:
    found = roles("Projet financé par la [[Ville de Foix|COLLECTIVITY]] et l'[[Union des tanneurs|ORG]].")
    assert found == "Projet financé par la [[Ville de Foix|COLLECTIVITY]] et l'[[Union des tanneurs|FUNDER]]."


@pytest.mark.parametrize(
    "marked",
    [
        "Le [[Cercle des armateurs|FUNDER]] soutient la délégation.",
        "Le [[Cercle des armateurs|FUNDER]] a promis deux mille dinars.",
        "Cercle des armateurs    [[Union des tanneurs|FUNDER]]    12 000",
        "Le [[Fonds des rives|FUNDER]] accueille la délégation.",
        "La [[Banque des îles|FUNDER]] accueille la délégation.",
    ],
)
def test_a_funder_by_kind_or_where_money_is_spoken_of_stays_one(marked: str) -> None:
    assert roles(marked) == marked


def test_a_funder_of_the_tagger_is_an_organisation_where_nobody_gives() -> None:
    found = roles("Le budget est voté. Le [[Cercle des armateurs|FUNDER]] accueille la délégation.")
    assert found == "Le budget est voté. Le [[Cercle des armateurs|ORG]] accueille la délégation."


@pytest.mark.parametrize("label", ["PER", "LOC", "EVENT", "PROJECT"])
def test_other_labels_never_become_funders(label: str) -> None:
    marked = f"Le voyage est financé par [[Awa Diop|{label}]]."
    assert roles(marked) == marked


def test_a_document_without_entities() -> None:
    assert roles("Le quai est financé par tous.") == "Le quai est financé par tous."
