"""What a document says about where it is."""

from __future__ import annotations

from coopnlp.gazetteer import Gazetteer
from coopnlp.gazetteer.context import Context, document_date
from coopnlp.gazetteer.typewords import before_name, read_type_words


def test_areas_are_found_in_bare_text() -> None:
    text = "Le maire de Saint-Rémy, dans les Bouches-du-Rhône, a reçu des élus de Lanaudière (Québec)."
    areas = Context(text, Gazetteer.load()).areas
    assert [text[area.start : area.end] for area in areas] == ["Bouches-du-Rhône", "Lanaudière", "Québec"]


def test_adjectives_speak_for_countries() -> None:
    countries = Context("Les partenaires burkinabè et les artistes québécoises.", Gazetteer.load()).countries
    assert {"iso3166:BF", "iso3166:CA-QC"} <= set(countries)


def test_no_area_in_lower_case() -> None:
    assert Context("au nord, la manche du pull et le lot numéro 3", Gazetteer.load()).areas == []


def test_date_is_the_first_year_of_the_head() -> None:
    assert document_date("Séance du 4 mai 2011. Le plan 2012-2015 est adopté.") == "2011"
    assert document_date("Sans date, 12 345 euros.") is None


def test_type_words_are_stripped_to_the_name() -> None:
    assert read_type_words("conseil municipal de la commune de plouha").core == "plouha"
    assert read_type_words("plouha").word is None


def test_list_shares_its_type_word() -> None:
    found = before_name("entre les communes de plouha, de lannion et de ")
    assert found is not None
    assert found[1] == "communes"
    assert before_name("il est arrive hier avec ") is None
