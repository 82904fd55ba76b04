"""Numbers without a currency in lists and tables of grants: sums for records, entities they are not."""

from __future__ import annotations

import pytest
from marked_records import document, read

from coopnlp.records.bare_sums import with_bare_sums
from coopnlp.types import Amount


def _sums(marked: str) -> list[tuple[str, str | None]]:
    extraction, entities = document(marked)
    known = {(e.start, e.end) for e in entities}
    return [
        (e.text, e.value.currency)
        for e in with_bare_sums(extraction, entities)
        if (e.start, e.end) not in known and isinstance(e.value, Amount)
    ]


_HEAD = "[[Ville de Dax|COLLECTIVITY=fr-commune:40088]]\nConseil municipal du [[12 mars 2019|DATE]]\n\n"
_ROWS = "Amis du lavoir      900     1 200\nUnion cycliste    2 350     2 400\n"


def test_columns_of_what_was_granted_are_sums_in_the_currency_of_the_place_and_the_time() -> None:
    table = f"{_HEAD}Subventions aux associations\n\nAssociation     Versé 2018    Voté 2019\n{_ROWS}"
    assert _sums(table) == [("900", "EUR"), ("1 200", "EUR"), ("2 350", "EUR"), ("2 400", "EUR")]


def test_before_the_euro_they_are_francs_whatever_the_text_foresees() -> None:
    head = _HEAD.replace("2019", "1998")
    table = f"{head}Association     Versé 1997    Voté 1998\n{_ROWS}\nLe festival de [[2004|DATE]] se prépare.\n"
    assert {currency for _, currency in _sums(table)} == {"FRF"}


def test_the_one_currency_of_the_rest_counts_before_the_place() -> None:
    table = (
        f"{_HEAD}Le fonds a reçu [[5 000 $|AMOUNT]].\n\nSubventions accordées\n\nOrganisme     Montant\n"
        "Amis du lavoir    1 200\nUnion cycliste    2 400\n"
    )
    assert {currency for _, currency in _sums(table)} == {"CAD"}


def test_the_lines_above_may_state_the_currency_far_from_the_column() -> None:
    table = (
        "Projets retenus par le comité (montants en euros, arrondis)\n\nDossier | Projet | Subvention\n"
        "7 | Verger des écoles | 4 500\n9 | Radio du fleuve | 6 000\n"
    )
    assert _sums(table) == [("4 500", "EUR"), ("6 000", "EUR")]


@pytest.mark.parametrize(
    "table",
    [
        "Association     Adhérents    Voix\nAmis du lavoir      900     120\nUnion cycliste    350     240\n",
        "Tarifs de la salle\n\nSalle      Prix\nGrande salle      300\nPetite salle      180\n",
        "Subventions\n\nLot     Entreprise     Montant H.T.\n1     Durand et fils      30 000\n2     Martin SA     18 000\n",
        "Subventions et comptes\n\nNature     Libellé     Montant\n63     Impôts locaux      30 000\n"
        "64     Charges de personnel     18 000\n",
        "Subventions : dossiers\n\nAssociation     Dossier n°\nAmis du lavoir      12\nUnion cycliste    13\n",
    ],
)
def test_counts_prices_contracts_and_accounts_are_none(table: str) -> None:
    assert _sums(_HEAD + table) == []


def test_a_document_that_settles_no_currency_has_none() -> None:
    table = f"Association     Versé 2018    Voté 2019\n{_ROWS}"
    assert _sums(table) == []


def test_records_are_read_from_them() -> None:
    heads = "Association     Versé [[2018|DATE]]    Voté [[2019|DATE]]"
    found = read(f"{_HEAD}Subventions aux associations\n\n{heads}\n{_ROWS}").fundings
    assert [(f.start, str(f.amounts[0].value), f.purpose) for f in found] == [
        ("2018", "900", "Amis du lavoir"),
        ("2019", "1200", "Amis du lavoir"),
        ("2018", "2350", "Union cycliste"),
        ("2019", "2400", "Union cycliste"),
    ]


def test_numbers_of_a_list_on_one_line() -> None:
    text = (
        "[[Commune de Sarlat|COLLECTIVITY=fr-commune:24520]]\nConseil municipal du [[3 mai 2018|DATE]]\n\nLe coût est de "
        "[[90 000 euros|AMOUNT]].\nRessources : [[Département de la Dordogne|COLLECTIVITY]] 40 000, [[Agence de l'eau "
        "Adour-Garonne|FUNDER]] 30 000, divers 1 500, [[commune de Thiès|COLLECTIVITY]] (5 000).\n"
    )
    assert [(f.funder.text, str(f.amounts[0].value), f.amounts[0].currency) for f in read(text).fundings] == [
        ("Département de la Dordogne", "40000", "EUR"),
        ("Agence de l'eau Adour-Garonne", "30000", "EUR"),
        ("commune de Thiès", "5000", "EUR"),
    ]


def test_years_and_counts_of_a_list_are_no_sums() -> None:
    head = "[[Commune de Sarlat|COLLECTIVITY=fr-commune:24520]]\nConseil municipal du [[3 mai 2018|DATE]]\n\n"
    for told in (
        "Subventions : [[Région Centre|COLLECTIVITY]] 2016, [[Ville de Dax|COLLECTIVITY]] 2017.\n",
        "Contributions : [[Région Centre|COLLECTIVITY]] 300, [[Ville de Dax|COLLECTIVITY]] 250 élèves.\n",
    ):
        assert read(head + told).fundings == ()
