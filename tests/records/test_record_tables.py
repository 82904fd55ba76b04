"""Tables read by their heads: whole cells are the values, whatever the tagger found in them."""

from __future__ import annotations

from marked_records import read

from coopnlp.types import Record

LAUREATES = (
    "[[Fonds des deux rives|FUNDER]] : résultats de l'appel\n\n"
    "N° | Projet | Porteur français | Porteur québécois | Part française | Part québécoise\n"
    "1 | Un verger [[pour|LOC]] deux écoles | [[Ville de Dax|COLLECTIVITY]] | [[MRC de Portneuf|COLLECTIVITY]] | "
    "[[4 000 €|AMOUNT]] | [[6 000 $|AMOUNT]]\n"
    "2 | [[Toits verts|PROJECT]], murs frais | Ville d'Orthez | [[Ville de Gaspé|COLLECTIVITY]] (Québec) | "
    "[[3 000 €|AMOUNT]] | [[4 500 $|AMOUNT]]\n"
    " | Total | | | [[7 000 €|AMOUNT]] | [[10 500 $|AMOUNT]]\n"
)


def read_laureates() -> Record:
    return read(LAUREATES)


def test_a_column_of_titles_gives_the_projects() -> None:
    projects = read_laureates().projects
    assert [(p.title, [x.text for x in p.parties]) for p in projects] == [
        ("Un verger pour deux écoles", ["Ville de Dax", "MRC de Portneuf"]),
        ("Toits verts, murs frais", ["Ville d'Orthez", "Ville de Gaspé"]),
    ]


def test_each_part_of_a_grant_is_a_funding_of_the_scheme() -> None:
    fundings = read_laureates().fundings
    assert {f.funder.text for f in fundings} == {"Fonds des deux rives"}
    assert [str(f.amounts[0].value) for f in fundings] == ["4000", "6000", "3000", "4500"]
    assert fundings[0].purpose == "Un verger pour deux écoles – Ville de Dax – MRC de Portneuf"


def test_two_columns_of_bearers_are_partnerships() -> None:
    partnerships = read_laureates().partnerships
    assert [(p.kind, [x.text for x in p.parties]) for p in partnerships] == [
        ("projet", ["Ville de Dax", "MRC de Portneuf"]),
        ("projet", ["Ville d'Orthez", "Ville de Gaspé"]),
    ]


def test_whole_cells_say_what_a_grant_is_for() -> None:
    record = read(
        "[[Ville de Dole|COLLECTIVITY]]\nLe conseil attribue les subventions suivantes.\n\n"
        "Association | Projet | Pays | Subvention\n"
        "Solidarité [[Doubs|LOC]] | Un puits à [[Kita|LOC]] | [[Mali|LOC]] | [[800 €|AMOUNT]]\n"
        "[[Unicef|FUNDER]] | [[Cantines|THEME]] du littoral | [[Togo|COLLECTIVITY]] | [[500 €|AMOUNT]]\n"
        "TOTAL | | | [[1 300 €|AMOUNT]]"
    )
    assert [(f.funder.text, f.purpose) for f in record.fundings] == [
        ("Ville de Dole", "Solidarité Doubs – Un puits à Kita"),
        ("Ville de Dole", "Unicef – Cantines du littoral"),
    ]


def test_a_beneficiary_above_is_not_who_grants_the_next_table() -> None:
    record = read(
        "[[Ville de Dole|COLLECTIVITY]]\nLe conseil attribue les subventions suivantes.\n\n"
        "Association | Montant\n[[Unicef|FUNDER]] | [[500 €|AMOUNT]]\n\nSanté\n\n"
        "Association | Montant\n[[Le Relais|ORG]] | [[300 €|AMOUNT]]"
    )
    assert {f.funder.text for f in record.fundings} == {"Ville de Dole"}


def test_prices_are_no_grants() -> None:
    record = read(
        "[[Ville de Dole|COLLECTIVITY]]\nDroits de terrasse, autres produits\n\nNature | Unité | Tarif\n"
        "[[Kiosque|ORG]] | m² | [[10 €|AMOUNT]]\n[[Étal|ORG]] | m² | [[30 €|AMOUNT]]"
    )
    assert record.fundings == ()


def test_totals_and_empty_titles_are_no_projects() -> None:
    record = read(
        "Structure | Nom du projet | Montant\n[[Club de voile|ORG]] | | [[400 €|AMOUNT]]\n"
        "[[Chorale|ORG]] | Chants d'Acadie | [[300 €|AMOUNT]]\nTotal | | [[700 €|AMOUNT]]"
    )
    assert [p.title for p in record.projects] == ["Chants d'Acadie"]


def test_nobody_is_no_party() -> None:
    record = read(
        "Projet | Porteur | Partenaire\nRadio du port | [[Dax|COLLECTIVITY]] | (néant)\nLe pain | Auch | Kita"
    )
    assert [[x.text for x in p.parties] for p in record.projects] == [["Dax"], ["Auch", "Kita"]]


def test_the_old_sum_is_not_the_grant() -> None:
    record = read(
        "[[Ville de Dax|COLLECTIVITY]]\n\nSubventions modifiées\n\n"
        "| Association | Ancien montant | Nouveau montant |\n|---|---|---|\n"
        "| [[Chorale du lac|ORG]] | [[100 €|AMOUNT]] | [[1 000 €|AMOUNT]] |\n"
        "| [[Aviron|ORG]] | [[300 €|AMOUNT]] | [[500 €|AMOUNT]] |\n"
    )
    assert [str(f.amounts[0].value) for f in record.fundings] == ["1000", "500"]
