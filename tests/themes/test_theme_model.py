"""The model that ships: paths, abstention, limits, explanations."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopnlp.errors import ModelError
from coopnlp.text import fold
from coopnlp.themes import ThemeModel, atlas, load_themes
from coopnlp.themes.corpus import read_examples
from coopnlp.themes.store import read_model, write_model
from coopnlp.themes.views import Views


@pytest.fixture(scope="module")
def model() -> ThemeModel:
    return load_themes()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Forages et bornes-fontaines dans la commune rurale de Zitenga", ("Eau et déchets", "Eau et assainissement")),
        ("Ramassage des ordures ménagères à Ziguinchor", ("Eau et déchets", "Déchets")),
        ("CONSTRUCTION D'UN COLLEGE ET D'UN INTERNAT", ("Education, emploi, formation professionnelle",)),
        ("Centrale solaire et éclairage public du bourg", ("Energie",)),
        ("Formation des agents de l'état civil et des finances communales",
         ("Gouvernance locale et appui institutionnel", "Appui institutionnel")),
        ("Tournoi de football et formation d'entraîneurs", ("Sport",)),
    ],
)  # fmt: skip
def test_plain_titles(model: ThemeModel, text: str, path: tuple[str, ...]) -> None:
    assert model.classify([text])[0].themes[0].path[1:] == path


@pytest.mark.parametrize("text", ["", "  \n", "2015-2017", "de la", "Santé"])
def test_too_little_to_go_by(model: ThemeModel, text: str) -> None:
    themes = model.classify([text])[0]
    assert themes.abstained
    assert themes.themes == ()


def test_nothing_passes_a_high_threshold(model: ThemeModel) -> None:
    assert model.classify(["Réunion du comité et suite à donner"], threshold=0.99)[0].abstained


def test_a_low_threshold_says_more_and_top_limits_it(model: ThemeModel) -> None:
    text = ["Programme d'eau, de santé et de formation dans la commune"]
    assert len(model.classify(text, threshold=0.0002, top=4)[0].themes) == 4
    assert len(model.classify(text, threshold=0.0002, top=1)[0].themes) == 1


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=120))
def test_any_text_gives_paths_of_the_nomenclature(text: str) -> None:
    themes = load_themes().classify([text])[0]
    assert themes.abstained == (not themes.themes)
    assert all(a.path in atlas() and 0 < a.probability <= 1 for a in themes.themes)


def test_probabilities_add_up(model: ThemeModel) -> None:
    nodes = model.probabilities(["Restauration des remparts de la médina"])[0]
    assert sum(p for path, p in nodes.items() if len(path) == 1) == pytest.approx(1)
    theme = ("Culture et Patrimoine",)
    assert nodes[theme] == pytest.approx(sum(nodes[child] for child in atlas().children(theme)))


def test_order_and_company_of_texts_do_not_matter(model: ThemeModel) -> None:
    texts = ["Festival de théâtre amateur", "Reboisement des berges du lac"]
    assert model.classify(texts) == [model.classify([text])[0] for text in texts]


def test_a_prior_moves_the_choice(model: ThemeModel) -> None:
    sport = atlas().find("Sport")
    text = ["Échanges entre clubs de jeunes des deux villes"]
    before, after = (m.probabilities(text)[0][sport] for m in (model, model.with_priors({sport: 10.0})))
    assert after > before
    with pytest.raises(ValueError, match="no prior"):
        model.with_priors({("Pêche",): 2.0})


def test_terms_are_words_of_the_text_strongest_first(model: ThemeModel) -> None:
    text = "Rénovation d’un HÔPITAL de district et formation d’infirmières"
    terms = model.classify([text], explain=True)[0].themes[0].terms
    assert "hôpital" in [words for words, _ in terms[:3]]
    assert all(fold(words) in fold(text) for words, _ in terms)
    assert [weight for _, weight in terms] == sorted((w for _, w in terms), reverse=True)


def test_taking_the_strongest_word_away_moves_the_probability(model: ThemeModel) -> None:
    text = "Appui à la filière riz et aux producteurs de la province"
    first = model.classify([text], explain=True)[0].themes[0]
    without = text.replace(first.terms[0][0], "")
    node = first.path[:2]
    assert model.probabilities([without])[0][node] < model.probabilities([text])[0][node]


def test_the_title_counts_more_and_funders_a_little(model: ThemeModel) -> None:
    text = "Appui au centre de la commune. Le comité se réunit chaque année avec les associations"
    sport = atlas().find("Sport")
    plain, titled = (model.probabilities([v])[0][sport] for v in (text, Views(text, "Tournoi de football")))
    assert titled > plain
    water = atlas().find("Eau et déchets")
    plain, funded = (model.probabilities([v])[0][water] for v in (text, Views(text, "", "Agence de l'eau, SIAAP")))
    assert funded > plain


def test_views_are_explained_by_what_they_add(model: ThemeModel) -> None:
    project = Views("Tournoi de football des deux villes", "Tournoi de football", "Fédération de handball")
    (found,) = model.classify([project], explain=True)
    assert found.themes[0].path[1] == "Sport"
    assert found.themes[0].probability == model.classify([project])[0].themes[0].probability
    terms = dict(found.themes[0].terms)
    assert "football" in terms
    assert terms["football"] > terms.get("handball", 0.0)


def test_views_weigh_one_in_all() -> None:
    assert sum(share for _, share in Views("a b", "a", "c").shares()) == pytest.approx(1)
    assert list(Views("a b", " a b ").shares()) == [("a b", 1)]


def test_no_terms_unless_asked(model: ThemeModel) -> None:
    assert model.classify(["Construction d'une école"])[0].themes[0].terms == ()


def test_written_and_read_it_is_the_same(model: ThemeModel, tmp_path: Path) -> None:
    write_model(model, tmp_path, {})
    texts = ["Gestion d'un parc naturel", "Appui à la démocratie locale"]
    assert read_model(tmp_path).classify(texts) == model.classify(texts)


def test_a_missing_and_a_damaged_model_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="coopnlp train themes"):
        read_model(tmp_path)
    (tmp_path / "meta.json").write_text('{"format": 0}', encoding="utf-8")
    with pytest.raises(ModelError, match="format 0"):
        read_model(tmp_path)


def test_classifying_needs_no_scikit_learn() -> None:
    code = (
        "import sys; from coopnlp.themes import load_themes; load_themes().classify(['Construction de latrines']);"
        "print([m for m in ('sklearn', 'scipy', 'spacy') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_the_quick_way_says_what_the_explained_one_says(model: ThemeModel, root: Path) -> None:
    texts = [e.text for e in read_examples(root / "corpus" / "themes" / "dev")[:80]] + [
        "",
        "eau",
        "L'eau. L'eau, l'eau !",
    ]
    quick, explained = model.classify(texts), model.classify(texts, explain=True)
    for one, other in zip(quick, explained, strict=True):
        assert (one.abstained, [t.path for t in one.themes]) == (other.abstained, [t.path for t in other.themes])
        assert [t.probability for t in one.themes] == pytest.approx([t.probability for t in other.themes], abs=2e-4)
