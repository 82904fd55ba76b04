"""Partnerships told in sentences, lists and tables."""

from __future__ import annotations

import pytest
from marked_records import read


def told(marked: str) -> list[tuple[str, list[str], str | None, str | None]]:
    return [(p.kind, [x.text for x in p.parties], p.start, p.status) for p in read(marked).partnerships]


@pytest.mark.parametrize(
    ("marked", "kind", "parties", "start"),
    [
        (
            (
                "[[Saumur|COLLECTIVITY]] et [[Verviers|COLLECTIVITY]], jumelées depuis [[1962|DATE]], fêtent "
                "leurs noces."
            ),
            "jumelage",
            ["Saumur", "Verviers"],
            "1962",
        ),
        (
            (
                "Le jumelage entre [[Saumur|COLLECTIVITY]] et [[Verviers|COLLECTIVITY]] (Belgique) remonte à "
                "[[1962|DATE]]."
            ),
            "jumelage",
            ["Saumur", "Verviers"],
            "1962",
        ),
        (
            "[[Saumur|COLLECTIVITY]] est jumelée à [[Verviers|COLLECTIVITY]], en [[Belgique|LOC]].",
            "jumelage",
            ["Saumur", "Verviers"],
            None,
        ),
        (
            "Le partenariat [[Saumur|COLLECTIVITY]]-[[Québec|LOC]] s'essouffle.",
            "cooperation_decentralisee",
            ["Saumur", "Québec"],
            None,
        ),
        (
            (
                "La coopération décentralisée entre la [[Région Alsace|COLLECTIVITY]], le [[Conseil général du "
                "Jura|COLLECTIVITY]] et la [[province de Bazèga|COLLECTIVITY]] continue."
            ),
            "cooperation_decentralisee",
            ["Région Alsace", "Conseil général du Jura", "province de Bazèga"],
            None,
        ),
        (
            ("La [[Ville de Sète|COLLECTIVITY]] a conclu une convention de partenariat avec [[Bizerte|COLLECTIVITY]]."),
            "convention",
            ["Ville de Sète", "Bizerte"],
            None,
        ),
        (
            (
                "En [[2011|DATE]], un partenariat informel est né entre le [[CERMAX|ORG]] et l'[[Atelier des "
                "Landes|ORG]]."
            ),
            "autre",
            ["CERMAX", "Atelier des Landes"],
            "2011",
        ),
    ],
)
def test_parties_kind_and_year(marked: str, kind: str, parties: list[str], start: str | None) -> None:
    assert [(k, p, s) for k, p, s, _ in told(marked)] == [(kind, parties, start)]


@pytest.mark.parametrize(
    "marked",
    [
        "Le car relie [[Saumur|COLLECTIVITY]] et [[Verviers|COLLECTIVITY]] en deux heures.",
        "Il n'existe aucun jumelage entre [[Saumur|COLLECTIVITY]] et [[Verviers|COLLECTIVITY]].",
        "Les échanges entre la [[France|LOC]] et le [[Québec|LOC]] se portent bien.",
        "Une délégation de [[Saumur|COLLECTIVITY]] visite le marché de [[Verviers|LOC]], ville d'échanges.",
        "Aucun nom ici, seulement une coopération entre voisins.",
    ],
)
def test_no_partnership(marked: str) -> None:
    assert told(marked) == []


def test_former_regions_each_had_their_own() -> None:
    text = (
        "L'ex-[[Bourgogne|COLLECTIVITY]] et l'ex-[[Franche-Comté|COLLECTIVITY]] avaient une coopération "
        "avec le [[Québec|LOC]]."
    )
    assert told(text) == [
        ("cooperation_decentralisee", ["Bourgogne", "Québec"], None, "Terminé"),
        ("cooperation_decentralisee", ["Franche-Comté", "Québec"], None, "Terminé"),
    ]


def test_adjectives_name_the_parties() -> None:
    text = "Un partenariat alsaco-québécois\n\nL'[[Alsace|COLLECTIVITY]] y tient ; le [[Québec|LOC]] aussi."
    assert [p for _, p, _, _ in told(text)] == [["Alsace", "Québec"]]


def test_subject_of_a_deliberation_speaks_for_its_council() -> None:
    text = (
        "[[VILLE DE CREIL|COLLECTIVITY]]\nObjet : renouvellement de la coopération avec "
        "[[Kaya|COLLECTIVITY]] ([[Burkina Faso|LOC]])."
    )
    assert told(text)[0][1] == ["VILLE DE CREIL", "Kaya"]


def test_table_of_twinnings() -> None:
    text = (
        "ÉTAT DES JUMELAGES\n\nCommune                Partenaire             Depuis\n"
        "[[Givors|COLLECTIVITY]]                 [[Döbeln|COLLECTIVITY]] ([[RDA|LOC]])           "
        "[[1974|DATE]]\n[[Oullins|COLLECTIVITY]]                [[Pescia|COLLECTIVITY]]           "
        "[[1969|DATE]]\n"
    )
    assert [(k, p, s) for k, p, s, _ in told(text)] == [
        ("jumelage", ["Givors", "Döbeln"], "1974"),
        ("jumelage", ["Oullins", "Pescia"], "1969"),
    ]


def test_list_on_a_town_page() -> None:
    text = (
        "[[Ville de Dole|COLLECTIVITY]]\n\nNOS JUMELAGES\n\n• [[Lahr|COLLECTIVITY]] ([[Allemagne|LOC]])\n"
        "Depuis [[1962|DATE]]. Une école, un marché.\n\n"
        "• [[Northwich|COLLECTIVITY]] ([[Royaume-Uni|LOC]])\nDepuis [[1986|DATE]]."
    )
    assert [(p, s) for _, p, s, _ in told(text)] == [
        (["Ville de Dole", "Lahr"], "1962"),
        (["Ville de Dole", "Northwich"], "1986"),
    ]


def test_same_parties_twice_are_one_partnership() -> None:
    text = (
        "[[Saumur|COLLECTIVITY]] est jumelée à [[Verviers|COLLECTIVITY]].\n\n"
        "Le partenariat entre [[Verviers|COLLECTIVITY]] et la [[Ville de Saumur|COLLECTIVITY]] date de "
        "[[1990|DATE]]."
    )
    assert told(text) == [("jumelage", ["Saumur", "Verviers"], "1990", None)]


def test_identifier_merges_two_names() -> None:
    record = read(
        "[[Grand Lyon|COLLECTIVITY=fr-epci:200046977]] est jumelée à [[Erevan|COLLECTIVITY]].\n\n"
        "Le jumelage entre la [[métropole de Lyon|COLLECTIVITY=fr-epci:200046977]] et "
        "[[Erevan|COLLECTIVITY]] continue."
    )
    assert len(record.partnerships) == 1


ITEMS = (
    "Neuf projets retenus\n\n1. [[Angers|COLLECTIVITY]] – [[Nicolet|COLLECTIVITY]] : semences d'ici\n"
    "2. [[Bromont|COLLECTIVITY]] – [[Foix|COLLECTIVITY]] : à hauteur d'enfant\n"
)


def test_items_of_a_list_that_open_with_their_parties() -> None:
    found = read(ITEMS).partnerships
    assert [[p.text for p in one.parties] for one in found] == [["Angers", "Nicolet"], ["Bromont", "Foix"]]
    assert {one.kind for one in found} == {"projet"}
    assert read(ITEMS.split("2.", maxsplit=1)[0]).partnerships == ()  # one item is no list


@pytest.mark.parametrize(
    ("marked", "parties"),
    [
        ("[[Foix|COLLECTIVITY]], dans l'Ariège, accompagne [[Puno|COLLECTIVITY]] depuis un an.", ["Foix", "Puno"]),
        ("[[Foix|COLLECTIVITY]] partage un agent forestier avec [[Puno|COLLECTIVITY]].", ["Foix", "Puno"]),
        ("[[Foix|COLLECTIVITY]] et [[Puno|COLLECTIVITY]] structurent une filière.", ["Foix", "Puno"]),
    ],
)
def test_authorities_at_work_together(marked: str, parties: list[str]) -> None:
    (found,) = read(marked).partnerships
    assert [p.text for p in found.parties] == parties
    assert found.kind == "cooperation_decentralisee"


@pytest.mark.parametrize(
    "marked",
    [
        "Comme [[Foix|COLLECTIVITY]], [[Puno|COLLECTIVITY]] structure une filière.",
        "[[Foix|COLLECTIVITY]] n'accompagne pas [[Puno|COLLECTIVITY]].",
        "On va de [[Foix|COLLECTIVITY]] et de [[Puno|COLLECTIVITY]] à la mer.",
    ],
)
def test_authorities_that_are_only_named_together(marked: str) -> None:
    assert read(marked).partnerships == ()


def test_what_is_only_thought_of_is_planned_and_has_no_instrument_yet() -> None:
    found = told(
        "[[Ville de Saint-Brieuc|COLLECTIVITY]]\n\nLa [[Ville de Saint-Brieuc|COLLECTIVITY]] et la "
        "[[commune d'Agadez|COLLECTIVITY]] sont liées par une [[convention|AGREEMENT]] signée en [[2009|DATE]]. "
        "Il est envisagé de signer un accord avec [[Gaspé|COLLECTIVITY]]."
    )
    assert ("entente", ["Ville de Saint-Brieuc", "Gaspé"], None, "En projet") in found


def test_a_town_is_the_twin_of_each() -> None:
    found = told(
        "La [[ville de Saumur|COLLECTIVITY]] est jumelée avec [[Verviers|COLLECTIVITY]] ([[Belgique|LOC]]), "
        "[[Havelberg|COLLECTIVITY]] ([[Allemagne|LOC]]) et [[Warwick|COLLECTIVITY]]."
    )
    assert [(kind, parties) for kind, parties, _, _ in found] == [
        ("jumelage", ["ville de Saumur", other]) for other in ("Verviers", "Havelberg", "Warwick")
    ]


def test_towns_that_are_twins_of_each_other_stay_one() -> None:
    found = told(
        "[[Saumur|COLLECTIVITY]], [[Verviers|COLLECTIVITY]] et [[Warwick|COLLECTIVITY]] sont jumelées depuis [[1962|DATE]]."
    )
    assert [parties for _, parties, _, _ in found] == [["Saumur", "Verviers", "Warwick"]]


def test_the_heading_of_a_page_says_whose_twins_it_lists() -> None:
    found = told(
        "LES JUMELAGES DE [[SAUMUR|LOC]]\n\n[[Verviers|COLLECTIVITY]] (Belgique). La charte est signée en [[1962|DATE]].\n\n"
        "[[Havelberg|COLLECTIVITY]] (Allemagne). L'échange commence en [[1990|DATE]].\n"
    )
    assert [parties for _, parties, _, _ in found] == [["SAUMUR", "Verviers"], ["SAUMUR", "Havelberg"]]


def test_where_a_town_lies_is_no_partner_of_it() -> None:
    assert (
        told(
            "[[Saumur|COLLECTIVITY]] a des liens d'amitié et de jumelage.\n\n[[Amos|COLLECTIVITY]] – "
            "[[Abitibi|COLLECTIVITY]], [[Québec|LOC]] – 12 800 hab.\nJumelage officialisé.\n"
        )
        == []
    )


@pytest.mark.parametrize(
    "line",
    [
        "12-05 / Conte et oralité / [[Trois-Pistoles|COLLECTIVITY]] / [[Vendôme|COLLECTIVITY]] / non retenu",
        "Non retenus : [[Trois-Pistoles|COLLECTIVITY]] / [[Vendôme|COLLECTIVITY]] (budget incomplet)",
        "6;[[Dun-le-Palestel|COLLECTIVITY]];Jumelage avec [[Bellac|COLLECTIVITY]] refusé par le conseil ;",
    ],
)
def test_what_was_refused_is_no_partnership(line: str) -> None:
    assert told(f"Projets de coopération et de jumelage retenus :\n\n{line}\n") == []
