"""The page to review: doubt first, confusions where rows have a theme, nothing of the input run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coopnlp.cli import app
from coopnlp.errors import TaxonomyError
from coopnlp.themes import NodePath, atlas
from coopnlp.themes.labels import CORRECTED, label_of_row, to_be_read
from coopnlp.themes.report import Classified
from coopnlp.themes.review import confusion, reasons, to_html
from coopnlp.types import ThemeAssignment, Themes

WATER = ("Environnement, Climat et Energie", "Eau et déchets", "Eau et assainissement")
ENERGY = ("Environnement, Climat et Energie", "Energie")
SPORT = ("Education, Social et Recherche", "Sport")


def project(
    text: str, probability: float, label: NodePath | None = None, other: float = 0.1, key: str = "a"
) -> Classified:
    first = ThemeAssignment(path=WATER, probability=probability, terms=(("eau potable", 2.0), ("forages", 1.0)))
    further = ThemeAssignment(path=SPORT, probability=other)
    return Classified(key, text, Themes(themes=(first, further), abstained=False), {}, label)


SURE = project("Forages et eau  potable <b>", 0.91)
DOUBTFUL = project("De l'eau potable", 0.4)
NOTHING = Classified("c", "Rien", Themes(themes=(), abstained=True))


def test_the_page_escapes_marks_and_puts_doubt_first() -> None:
    page = to_html([SURE, DOUBTFUL, NOTHING])
    assert "<b>" not in page.split("<h2>Projets</h2>")[1]
    assert ">eau  potable</mark>" in page
    assert page.index("Aucun thème proposé") < page.index("(40 %)") < page.index("(91 %)")
    assert "2 à relire" in page
    assert "src=" not in page
    assert 'href="http' not in page


def test_why_a_project_should_be_looked_at() -> None:
    assert reasons(SURE) == []
    assert reasons(NOTHING) == ["aucun thème proposé"]
    assert reasons(DOUBTFUL) == ["probabilité inférieure à 50 %"]
    assert reasons(project("Eau", 0.6, other=0.35)) == ["« Sport » presque aussi probable"]
    assert reasons(project("Eau", 0.9, SPORT)) == ["autre thème que dans le tableau"]
    # A label that stops higher, or goes deeper than the sub-theme, is no other one.
    assert reasons(project("Eau", 0.9, WATER[:1])) == []
    assert reasons(project("Eau", 0.9, (*WATER[:2], "Déchets"))) == []


def test_confusions_count_labels_against_what_was_said() -> None:
    projects = list(enumerate([project("Eau", 0.9, WATER), project("Eau", 0.8, ENERGY), project("Eau", 0.7, SPORT),
                               project("Eau", 0.95, SPORT), project("Eau", 0.9), NOTHING]))  # fmt: skip
    themes, subthemes = confusion(projects, 1), confusion(projects, 2)
    assert (themes.count, themes.right) == (4, 2)
    assert (subthemes.count, subthemes.right) == (4, 1)
    (first, *others) = subthemes.mistakes()
    assert first[:2] == (SPORT, WATER[:2])
    assert [number for number, _ in first[2]] == [3, 2]  # the surest first
    assert [(label, said) for label, said, _ in others] == [(ENERGY, WATER[:2])]
    assert confusion([(1, project("Eau", 0.9, WATER[:1]))], 2).count == 0


def test_the_page_of_labelled_rows_leads_to_the_projects_behind_each_number() -> None:
    wrong = project("Eau", 0.97, SPORT, key="P-1")
    page = to_html([project("Eau", 0.9, WATER), wrong, project("Eau", 0.3, WATER)], unknown=1)
    assert "2 sur 3 rangés comme dans le tableau (66,7 %)" in page
    assert "1 ligne a un thème" in page
    # Every link leads somewhere on the page.
    targets = re.findall(r'href="#([^"]+)"', page)
    assert targets
    assert all(f'id="{target}"' in page for target in targets)
    assert page.index('<a href="#p1">P-1</a>') < page.index("Confusions entre thèmes")
    assert "Dans le tableau : Education, Social et Recherche › Sport" in page


def test_labels_are_read_by_heading() -> None:
    tree = atlas()
    assert label_of_row({"THÈME": "Education, social et recherche", "Sous-thème": " sport "}, tree) == SPORT
    assert label_of_row({"Sous-thématique": "Sport"}, tree) == SPORT
    assert label_of_row({"Thème": "", "Titre": "Un tournoi"}, tree) is None
    row = {"Thème": ENERGY[0], "Sous-thème": ENERGY[1], "Thème (coopnlp)": SPORT[0], "Sous-thème (coopnlp)": SPORT[1]}
    assert (label_of_row(row, tree), label_of_row(row, tree, CORRECTED)) == (ENERGY, SPORT)
    with pytest.raises(TaxonomyError):
        label_of_row({"Thème": "Astronomie"}, tree)


def test_rows_that_ask_to_be_read() -> None:
    assert to_be_read({"À relire": "Oui"})
    assert not to_be_read({"À relire": "non"})
    assert not to_be_read({"Titre": "oui"})


def test_a_labelled_table_gets_its_confusions(tmp_path: Path) -> None:
    table, out = tmp_path / "projets.csv", tmp_path / "revue.html"
    rows = [
        "Titre;Thème;Sous-thème",
        f"Adduction d'eau potable et forages;{WATER[0]};{WATER[1]}",
        f"Adduction d'eau potable du bourg;{SPORT[0]};{SPORT[1]}",
        "Tournoi de football des écoles;Astronomie;",
    ]
    table.write_text("\n".join(rows), encoding="utf-8")
    result = CliRunner().invoke(app, ["classify", str(table), "--format", "html", "-o", str(out)])
    assert result.exit_code == 0, result.output
    page = out.read_text(encoding="utf-8")
    assert "1 sur 2 rangés comme dans le tableau (50,0 %)" in page
    assert "1 ligne a un thème que la nomenclature ne connaît pas" in page
