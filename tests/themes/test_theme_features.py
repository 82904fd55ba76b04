"""Features come from words of the text and can be cut out of it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from coopnlp.themes.features import fold_word, grams, names_of, tokens, words_and_pairs
from coopnlp.themes.vectoriser import Vectoriser

TEXTS = ["Forage et pompe au village", "Forage solaire", "École et village de Kita"]


def test_function_words_and_digits_are_left_out() -> None:
    assert [t.form for t in tokens("En 2014, l'État et les 12 communes")] == ["etat", "communes"]


def test_pairs_skip_function_words() -> None:
    assert "gestion dechets" in {g.form for g in grams("La gestion de tous les déchets") if g.kind == "p"}


def test_pairs_do_not_cross_the_end_of_a_sentence() -> None:
    assert not [g for g in grams("Eau. École") if g.kind == "p"]


def test_an_empty_text_has_no_features() -> None:
    assert list(grams(" 12 — ! ")) == []


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=80))
def test_every_feature_is_in_the_text(text: str) -> None:
    for gram in grams(text):
        assert 0 <= gram.start < gram.end <= len(text)
        if gram.kind == "w":
            assert fold_word(text[gram.start : gram.end]) == gram.form


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="Éaeu² x1L’'.;|\n-", max_size=60))
def test_words_cut_up_at_once_are_those_of_the_features(text: str) -> None:
    def name(form: str) -> bool:
        return form.startswith("e")

    found, quick = list(grams(text, name)), list(words_and_pairs(text, name))
    assert [form for form, _ in quick] == [g.form for g in found if g.kind == "w"]
    assert [f"{before} {form}" for form, before in quick if before] == [g.form for g in found if g.kind == "p"]


def test_each_view_has_length_one() -> None:
    vectoriser = Vectoriser.fit(TEXTS, lexicon=None, meaning=0.0)
    matrix = vectoriser.matrix(["Forage au village"])
    assert round(float(matrix.multiply(matrix).sum()), 6) == 2.0


def test_unknown_words_give_an_empty_row() -> None:
    vectoriser = Vectoriser.fit(TEXTS, lexicon=None, meaning=0.0)
    assert vectoriser.matrix(["xyz"]).nnz == 0


def test_names_are_what_is_never_written_without_a_capital() -> None:
    texts = ["La ville de Lomé agit. Forages à Lomé", "Un forage de la Ville", "LYCÉE DE KITA"]
    assert names_of(texts) == {"lome"}


def test_names_inside_sentences_are_left_out() -> None:
    vectoriser = Vectoriser.fit(TEXTS, lexicon=None, meaning=0.0)
    found = vectoriser.grams("Écoles de Kita et pompe du Village")
    assert [g.form for g in found if g.kind == "w"] == ["ecoles", "pompe", "village"]
    assert [g.form for g in found if g.kind == "p"] == ["ecoles pompe", "pompe village"]


def test_a_text_in_capitals_keeps_its_words() -> None:
    vectoriser = Vectoriser.fit(TEXTS, lexicon=None, meaning=0.0)
    assert "kita" in {g.form for g in vectoriser.grams("ÉCOLE DE KITA")}
