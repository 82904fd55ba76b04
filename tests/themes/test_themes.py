"""Themes: the nomenclature, the shipped classifier, its explanations, tables of projects."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopnlp.errors import NoText, UnreadableFile
from coopnlp.themes import atlas, load_themes
from coopnlp.themes.tabular import is_table, read_projects

WATER = "Adduction d'eau potable et construction de latrines dans la commune rurale de Kaniaga"


def test_the_nomenclature_has_the_counts_of_the_atlas() -> None:
    nodes = list(atlas())
    assert [sum(len(node) == depth for node in nodes) for depth in (1, 2, 3)] == [5, 19, 18]


@pytest.mark.parametrize(
    ("text", "subtheme"),
    [
        (WATER, "Eau et déchets"),
        ("Appui institutionnel à la commune : formation des agents de l'état civil", "Gouvernance locale et appui institutionnel"),
        ("Construction d'un centre de santé et formation des sages-femmes", "Santé"),
        ("Festival de théâtre et échange de troupes entre les deux villes", "Infrastructures, équipements et manifestations culturelles"),
    ],
)  # fmt: skip
def test_plain_projects_find_their_subtheme(text: str, subtheme: str) -> None:
    (themes,) = load_themes().classify([text])
    assert not themes.abstained
    assert themes.themes[0].path[1] == subtheme


@pytest.mark.parametrize("text", ["", "   ", "2019", "Le et la"])
def test_a_text_that_says_nothing_is_abstained_from(text: str) -> None:
    (themes,) = load_themes().classify([text])
    assert themes.abstained
    assert themes.themes == ()


def test_explanations_are_words_of_the_text_and_true_to_the_model() -> None:
    model = load_themes()
    (themes,) = model.classify([WATER], explain=True)
    first = themes.themes[0]
    words = [word for word, weight in first.terms if weight > 0]
    assert words
    assert all(part.lower() in WATER.lower() for part in words[0].split())
    # Without the deciding words the probability of the node falls.
    bare = WATER
    for word in words[:2]:
        bare = bare.replace(word, "")
    node = first.path[:2]
    assert model.probabilities([bare])[0][node] < model.probabilities([WATER])[0][node]


@given(st.text(max_size=120))
@settings(deadline=None, max_examples=60)
def test_any_text_is_answered(text: str) -> None:
    (themes,) = load_themes().classify([text])
    assert all(0 <= theme.probability <= 1 for theme in themes.themes)
    assert themes.abstained == (not themes.themes)


def test_a_semicolon_table_in_windows_1252_is_read(tmp_path: Path) -> None:
    path = tmp_path / "propositions.csv"
    path.write_bytes("N°;Intitulé;Résumé\n7;Été sportif;Tournoi de jeunes\n8;;\n".encode("cp1252"))
    rows = [row for batch in read_projects(path) for row in batch]
    assert [key for key, _ in rows] == ["7", "8"]
    assert "Été sportif" in rows[0][1]
    assert "Tournoi de jeunes" in rows[0][1]


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id,titre\n1,Forage\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="objet"):
        list(read_projects(path, text_columns=("objet",)))


def test_a_table_without_rows_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id,titre\n", encoding="utf-8")
    with pytest.raises((NoText, UnreadableFile)):
        list(read_projects(path))


def test_what_is_a_table() -> None:
    assert is_table("lot/Propositions.XLSX")
    assert not is_table("rapport.pdf")
