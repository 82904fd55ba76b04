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


def given(text: str) -> list[tuple[str, list[str], str | None]]:
    return [(f.funder.text, [str(a.value) for a in f.amounts], f.purpose) for f in read(text).fundings]


def test_a_grant_in_two_currencies_stands_in_two_columns() -> None:
    text = (
        "PROJETS SOUTENUS\n[[Fonds des deux rives|FUNDER]]\n\n"
        "N°    Intitulé         Thématique       Parties              QC ($)         FR (€)\n"
        "01    La boucle        forêt            Gaspé / Dax          [[24 000|AMOUNT]]         [[16 000|AMOUNT]]\n"
        "02    Le fil           mer              Rimouski / Foix      [[9 750|AMOUNT]]          [[6 500|AMOUNT]]\n"
    )
    assert [(who, sums) for who, sums, _ in given(text)] == [
        ("Fonds des deux rives", ["24000", "16000"]),
        ("Fonds des deux rives", ["9750", "6500"]),
    ]


def test_what_was_promised_goes_before_what_was_paid() -> None:
    text = (
        "[[Fonds des deux rives|FUNDER]]\n\nBénéficiaire | Objet | $ engagés | $ versés | € engagés | € versés\n"
        "Ville de Pau | forêt | [[9 500 $|AMOUNT]] | [[4 750 $|AMOUNT]] | [[6 200 €|AMOUNT]] | [[0 €|AMOUNT]]\n"
        "Ville de Foix | mer | [[6 000 $|AMOUNT]] | [[100 $|AMOUNT]] | [[4 000 €|AMOUNT]] | [[50 €|AMOUNT]]\n"
    )
    assert [sums for _, sums, _ in given(text)] == [["9500", "6200"], ["6000", "4000"]]


def test_each_party_has_its_column() -> None:
    text = (
        "[[Ville de Dole|COLLECTIVITY]]\nConseil municipal\n\nPorteur | Action | Part Ville (€) | Part CGET (€)\n"
        "[[Le Relais|ORG]] | Un hiver chaud | [[500|AMOUNT]] | [[700|AMOUNT]]\n"
        "[[Les Amis|ORG]] | Babel | [[250|AMOUNT]] | [[450|AMOUNT]]\n"
    )
    assert [(who, sums) for who, sums, _ in given(text)] == [
        ("Ville de Dole", ["500"]),
        ("CGET", ["700"]),
        ("Ville de Dole", ["250"]),
        ("CGET", ["450"]),
    ]


def test_a_column_of_those_who_declare_what_they_gave() -> None:
    text = (
        "Déclarant | Partenaire | Objet | Montant\n"
        "[[Ville de Dax|COLLECTIVITY]] | [[Gaspé|COLLECTIVITY]] | pêche | [[11 200 €|AMOUNT]]\n"
        "[[Ville de Foix|COLLECTIVITY]] | [[Rimouski|COLLECTIVITY]] | forêt | [[2 000 €|AMOUNT]]\n"
    )
    assert [(who, sums) for who, sums, _ in given(text)] == [("Ville de Dax", ["11200"]), ("Ville de Foix", ["2000"])]


def test_a_sentence_under_the_table_names_the_source() -> None:
    text = (
        "Liste arrêtée par le jury\n\nProjet | Porteur | Aide (€)\n"
        "Un verger | [[Ville de Dax|COLLECTIVITY]] | [[4 500|AMOUNT]]\n"
        "Un puits | [[Ville de Foix|COLLECTIVITY]] | [[6 000|AMOUNT]]\n\n"
        "Source des crédits : [[Délégation aux collectivités|FUNDER]].\n"
    )
    assert {who for who, _, _ in given(text)} == {"Délégation aux collectivités"}


def test_a_council_that_draws_on_a_fund_gives_itself() -> None:
    text = (
        "[[MRC de Beauce|COLLECTIVITY]]\nRésolution 2021-11\nIl est résolu d'octroyer, à même le "
        "[[Fonds des deux rives|FUNDER]], les sommes suivantes :\n\nPromoteur | Projet | Aide ($)\n"
        "Club de patinage | Une glace | [[14 000|AMOUNT]]\nPopote roulante | Deux bouchées | [[9 720|AMOUNT]]\n"
    )
    assert {who for who, _, _ in given(text)} == {"MRC de Beauce"}


def test_a_cell_a_line_with_nothing_between_the_rows() -> None:
    text = (
        "[[COMMUNE DE DOLE|COLLECTIVITY]]\nSUBVENTIONS AUX ASSOCIATIONS\n\nAssociation\nRappel [[2018|DATE]]\n"
        "Demande [[2019|DATE]]\nProposition\nSPORT\n[[Rugby Club|ORG]]\n[[14 500 €|AMOUNT]]\n[[16 000 €|AMOUNT]]\n"
        "[[14 500 €|AMOUNT]]\nLes Archers\n[[400 €|AMOUNT]]\n[[650 €|AMOUNT]]\n[[500 €|AMOUNT]]\nCULTURE\n"
        "Les Amis de l'orgue\n-\n[[200 €|AMOUNT]]\n[[150 €|AMOUNT]]\nLycée\n-\n[[2 000 €|AMOUNT]]\nAjourné\n"
    )
    assert given(text) == [
        ("COMMUNE DE DOLE", ["14500"], "Rugby Club"),
        ("COMMUNE DE DOLE", ["500"], "Les Archers"),
        ("COMMUNE DE DOLE", ["150"], "Les Amis de l'orgue"),
    ]


def test_the_year_of_the_title_is_the_year_of_the_grants() -> None:
    text = (
        "[[MAIRIE DE DOLE|COLLECTIVITY]]\nSUBVENTIONS, EXERCICE [[1999|DATE]]\n\n"
        "ASSOCIATIONS               [[1998|DATE]]        [[1999|DATE]]\n"
        "Rugby Club                 [[3 000 F|AMOUNT]]     [[3 200 F|AMOUNT]]\n"
        "Les Archers                [[400 F|AMOUNT]]       [[500 F|AMOUNT]]\n"
    )
    assert [sums for _, sums, _ in given(text)] == [["3200"], ["500"]]
