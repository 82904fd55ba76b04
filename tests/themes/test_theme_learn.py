"""Corrections: learnt, and nothing else forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from coopnlp.cli import app
from coopnlp.errors import CorpusError
from coopnlp.themes import atlas, load_themes
from coopnlp.themes.corpus import Example, read_examples
from coopnlp.themes.learn import learn, read_corrections, tree_of

SPORT = ("Education, Social et Recherche", "Sport")
# Words of another theme that an imaginary administration files under sport.
TEXTS = [
    "Entretien des sentiers balisés du massif", "Sentiers balisés pour randonneurs dans le massif",
    "Signalétique des sentiers du massif", "Carte des sentiers balisés",
]  # fmt: skip


def test_corrections_are_learnt_and_the_rest_is_kept(root: Path) -> None:
    old = load_themes()
    lessons = [Example(id=str(n), text=text, path=SPORT) for n, text in enumerate(TEXTS)]
    assert all(themes.themes[0].path != SPORT for themes in old.classify(TEXTS))
    new = learn(old, lessons)
    assert all(themes.themes[0].path == SPORT for themes in new.classify(TEXTS))
    # A text of the same kind that was not corrected follows.
    assert new.classify(["Balisage de sentiers dans le massif"])[0].themes[0].path == SPORT
    others = [e for e in read_examples(root / "corpus" / "themes" / "dev") if e.writer == "M"]

    def right(model: object) -> int:
        found = model.classify([e.text for e in others])  # type: ignore[attr-defined]
        return sum(t.themes[0].path[:2] == e.path[:2] for t, e in zip(found, others, strict=True) if t.themes)

    assert right(new) >= right(old) - 2


def test_lessons_that_the_model_knows_change_little() -> None:
    old = load_themes()
    text = "Forages et adduction d'eau potable"
    (before,) = old.classify([text])
    (after,) = learn(old, [Example(id="a", text=text, path=before.themes[0].path)]).classify([text])
    assert after.themes[0].path == before.themes[0].path
    assert after.themes[0].probability >= before.themes[0].probability - 0.01


def test_the_tree_of_the_model_is_the_atlas() -> None:
    assert set(tree_of(load_themes())) == set(atlas())


def test_the_table_of_classify_corrected_is_what_learn_reads(tmp_path: Path) -> None:
    table, out = tmp_path / "projets.csv", tmp_path / "classes.csv"
    table.write_text("Titre\n" + "\n".join(TEXTS) + "\n", encoding="utf-8")
    run = CliRunner()
    assert run.invoke(app, ["classify", str(table), "--format", "csv", "-o", str(out)]).exit_code == 0
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    fixed = [lines[0], *(f"{text};{SPORT[0]};{SPORT[1]};;;;;" for text in TEXTS[:3]), f"{TEXTS[3]};;;;;;;"]
    corrections = tmp_path / "corrections.csv"
    corrections.write_text("\n".join(fixed), encoding="utf-8")
    assert len(read_corrections(corrections, load_themes())[0]) == 3
    result = run.invoke(app, ["themes", "learn", str(corrections), "-o", str(tmp_path / "model")])
    assert result.exit_code == 0, result.output
    assert load_themes(tmp_path / "model").classify([TEXTS[0]])[0].themes[0].path == SPORT


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("Titre;Thème\nUn festival;Astronomie\n", "row 2"),
        ("Titre;Thème\nUn festival;\n", "no row has a theme"),
        ("Titre\nUn festival\n", "no row has a theme"),
    ],
)
def test_what_is_no_correction_is_named(tmp_path: Path, table: str, message: str) -> None:
    (tmp_path / "c.csv").write_text(table, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        read_corrections(tmp_path / "c.csv", load_themes())


def test_every_row_with_an_unknown_theme_is_named(tmp_path: Path) -> None:
    table = tmp_path / "c.csv"
    table.write_text("Titre;Thème\nUn festival;Astronomie\nUn puits;Magie\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"(?s)row 2.*row 3.*Correct these"):
        read_corrections(table, load_themes())


def test_rows_that_nobody_has_read_teach_nothing(tmp_path: Path) -> None:
    model = load_themes()
    text = "Forages et adduction d'eau potable"
    path = model.classify([text])[0].themes[0].path
    table = tmp_path / "c.csv"
    cells = ";".join(path)
    rows = [f"{text};{cells};oui", f"{text};{cells};non", f"{text};{SPORT[0]};{SPORT[1]};;oui"]
    table.write_text("\n".join(["Titre;Thème;Sous-thème;Sous-sous-thème;À relire", *rows]), encoding="utf-8")
    lessons, unread = read_corrections(table, model)
    assert unread == 1
    assert [lesson.path for lesson in lessons] == [path, SPORT]


def test_nothing_to_learn() -> None:
    with pytest.raises(CorpusError, match="no corrected"):
        learn(load_themes(), [])
