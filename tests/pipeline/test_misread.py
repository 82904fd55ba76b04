"""Misread words: a poor copy is mended, a clean text is left alone, and what is given back is the text of the file."""

from __future__ import annotations

import pytest
from spacy.language import Language
from spacy.tokens import DocBin
from spacy.vocab import Vocab

from coopnlp.pipeline.misread import mend
from coopnlp.pipeline.misread_signs import certain, signs_mended
from coopnlp.pipeline.reading import reading
from coopnlp.pipeline.tokenizer import CoopTokenizer

POOR = (
    "La vi1le de Montréa1 et la commune de Strasbourq ont siqné, le 12 janvicr 2O11, une convcntion sur 1e "
    "développemcnt durable. La rnairie verse 15 0OO euros à la chambre d'agricu1ture pour la forrnation des élus."
)
CLEAN = (
    "La ville d'Alnwick-sur-Yzeron reçoit Nguyễn Thị Bích, de Kaskö, et Mme Wojciechowska. Le yakitori et le "
    "tacacá du food-truck de Guindulman plaisent à Tsiroanomandidy. La fête dure deux jours."
)


def mended(text: str) -> str:
    for start, end, word in reversed(mend(text)):
        text = text[:start] + word + text[end:]
    return text


def test_a_poor_copy_reads_as_what_it_was() -> None:
    assert mended(POOR) == (
        "La ville de Montréal et la commune de Strasbourg ont signé, le 12 janvier 2011, une convention sur le "
        "développement durable. La mairie verse 15 000 euros à la chambre d'agriculture pour la formation des élus."
    )


@pytest.mark.parametrize("text", ["", " ", "1", "\n\n\n", "l’", CLEAN, "abc " * 3])
def test_a_text_that_is_no_poor_copy_is_left_alone(text: str) -> None:
    assert mend(text) == []


def test_codes_ordinals_acronyms_and_what_recurs_stay() -> None:
    text = POOR + " Le 1er juin, salle B12, 15k€ au 2e titre pour l'ANPE, le GRET et Xylo, Xylo, Xylo."
    kept = {"1er", "B12", "15k", "2e", "ANPE", "GRET", "Xylo"}
    assert kept.isdisjoint(text[start:end] for start, end, _ in mend(text))


def test_tokens_of_a_poor_copy_are_those_of_what_it_was() -> None:
    doc = CoopTokenizer(Vocab())(POOR)
    assert doc.text == POOR
    assert [t.text for t in reading(doc)] == [t.text for t in CoopTokenizer(doc.vocab)(mended(POOR))]
    assert "Montréa1" in [t.text for t in doc]


def test_a_clean_document_is_its_own_reading() -> None:
    doc = CoopTokenizer(Vocab())(CLEAN)
    assert reading(doc) is doc


def test_entities_of_a_poor_copy_are_text_of_the_file_with_links_and_values(nlp: Language) -> None:
    doc = nlp(POOR)
    assert doc.text == POOR
    found = {ent.text: ent for ent in doc.ents}
    assert found["12 janvicr 2O11"]._.value.to_json() == {"start": "2011-01-12", "end": "2011-01-12"}
    assert found["15 0OO euros"]._.value.to_json() == {"value": "15000", "currency": "EUR"}
    assert found["commune de Strasbourq"].kb_id_ == "fr-commune:67482"
    assert found["développemcnt durable"].label_ == "THEME"
    stored = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    [again] = DocBin().from_bytes(stored).get_docs(nlp.vocab)
    assert [(e.text, e.label_) for e in again.ents] == [(e.text, e.label_) for e in doc.ents]


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("en q015 et 2e14, de 1à87 à 20f2", "en 2015 et 2014, de 1987 à 2002"),
        ("2011n2012", "2011-2012"),
        ("34 B00 €, 7 S00 € et q5 0O0 €", "34 800 €, 7 500 € et 95 000 €"),
        ("à 300 €, a 300 €", "à 300 €, a 300 €"),
        ("v 000 €", "0 000 €"),
        ("le 1P juin, le 1er juin", "le 10 juin, le 1er juin"),
        ("12 € et 5 000 E.", "12 € et 5 000 €."),
        ("12 $ et 39 050 s.", "12 $ et 39 050 $."),
        ("5 000 F, 5 000 m", "5 000 F, 5 000 m"),
        ("z'Héricourt, I'étude, c'est", "d'Héricourt, l'étude, c'est"),
        ("Puno APérou), PontaultECombault", "Puno (Pérou), Pontault-Combault"),
        ("le 5 mars s00S, 12 juin P011, en mai 2008.", "le 5 mars 2005, 12 juin 2011, en mai 2008."),
        ("le 3 mars 2q12, le 3 mars lO12", "le 3 mars 2012, le 3 mars lO12"),
        ("le b octobre, le 1cr mars, le d mai", "le 6 octobre, le 1er mars, le d mai"),
        ("en 2014k puis", "en 2014, puis"),
        ("30V09.2021, 24o06/14", "30.09.2021, 24/06/14"),
        ("5 000 F CFA et 3 000 F CFp", "5 000 F CFA et 3 000 F CFA"),
        ("du livre A3 000 €), (en 1998", "du livre (3 000 €), (en 1998"),
    ],
)
def test_figures_and_signs_of_a_poor_copy(read: str, meant: str) -> None:
    assert signs_mended(read) == meant


@pytest.mark.parametrize(
    ("read", "meant", "sure"),
    [
        ("2O14", "2014", True),
        ("q015", "2015", True),
        ("202a", "2020", False),
        ("B00", "800", True),
        ("x00", "000", False),
        ("mrs", "mars", True),
        ("12O", "1200", False),
    ],
)
def test_a_guessed_digit_is_not_certain(read: str, meant: str, sure: bool) -> None:
    assert certain(read, meant) is sure


def test_a_sum_with_a_guessed_digit_has_no_value(nlp: Language) -> None:
    doc = nlp(POOR + " La région ajoute 4x 000 euros et le conseil 34 B00 euros en q012.")
    found = {ent.text: ent._.value for ent in doc.ents}
    assert found["4x 000 euros"] is None
    assert found["34 B00 euros"].to_json()["value"] == "34800"
    assert found["q012"].to_json()["start"] == "2012"


def test_months_and_currencies_are_read_where_they_are_due() -> None:
    assert "3 novembre 2014" in mended(POOR + " Le 3 novemhxe 2014, 12 000 enros.")
    assert "12 000 euros" in mended(POOR + " Le 3 novemhxe 2014, 12 000 enros.")
    assert "25 nov. 2015" in mended(POOR + " Le 25 nov. 2015.")


def test_a_lost_apostrophe_and_a_sign_taken_for_a_letter_part_words(nlp: Language) -> None:
    doc = nlp.make_doc(POOR + " La mairie dIspas accueille Montréalx et la ville.")
    assert doc.text.endswith("La mairie dIspas accueille Montréalx et la ville.")
    assert {"Ispas", "Montréal"} <= {token.text for token in doc}


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("Rimouski et Rimouskie à", "Rimouski et Rimouski, à"),
        ("l'UNESCOg La ville", "l'UNESCO, La ville"),
        ("rendez-vous à léautomne", "rendez-vous à l'automne"),
        ("la ville de MontréalbStrasbourg ici", "la ville de Montréal-Strasbourg ici"),
        ("à Strasbourgv\n", "à Strasbourg,\n"),
        ("les infrmières et les éUuipes", "les infirmières et les équipes"),
        ("(12 000 dollarse ici", "(12 000 dollars, ici"),
        ("du 11 au 22 jullleN.", "du 11 au 22 juillet."),
    ],
)
def test_signs_taken_for_letters_are_parted_from_words(read: str, meant: str) -> None:
    assert mended(f"{POOR} {read}").endswith(f" {meant}")


def test_names_that_only_look_misread_stay() -> None:
    text = POOR + " Jocelyne Romaine, Sainte-Marie, les Bocages, BERGERET, LOOTVOET, Chelles, Hadrien, Ioana."
    assert mended(text).endswith(text[len(POOR) :])


def test_a_word_that_lost_its_apostrophe_and_a_letter_makes_no_empty_token() -> None:
    text = "La vi1le de Strasbourq et la régian Grcnd Est ont siqné une convcntion avec lAssociaton Alsace."
    doc = CoopTokenizer(Vocab())(text)
    assert doc.text == text
    assert [token.text for token in doc][-4:] == ["l", "Associaton", "Alsace", "."]
    assert [token.text for token in reading(doc)][-4:] == ["l'", "Association", "Alsace", "."]


def test_a_word_whose_lower_case_is_longer_makes_no_empty_token() -> None:
    text = POOR + " A Idll, a Idil, a İdil, a 1dil, les élus d'Iliç."
    doc = CoopTokenizer(Vocab())(text)
    assert doc.text == text
    assert all(token.text for token in doc)


def test_a_bracket_that_stands_already_is_not_read_into_the_word() -> None:
    text = "(MONTANTS EN FRANCS) (3e AGE) neant, recoit, tresoriere des BLES, president, reunion, interet"
    assert "(" not in [word for _, _, word in mend(text)]
