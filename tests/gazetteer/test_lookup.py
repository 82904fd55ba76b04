"""Names to places, as an archivist would look them up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopnlp.gazetteer import CLASSES, Gazetteer
from coopnlp.text import fold


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


@pytest.mark.parametrize(
    ("name", "kb_id"),
    [
        ("Laval (Mayenne)", "fr-commune:53130"),
        ("Laval (53)", "fr-commune:53130"),
        ("Laval (Québec)", "qc-municipalite:65005"),
        ("Conseil régional d'Aquitaine", "fr-region:72"),
        ("conseil départemental de l’Orne", "fr-departement:61"),
        ("CONSEIL GENERAL DE LA MANCHE", "fr-departement:50"),
        ("MRC des Sources", "qc-mrc:400"),
        ("MRC d'Autray", "qc-mrc:520"),
        ("M.R.C. du Granit", "qc-mrc:300"),
        ("municipalité régionale de comté de Coaticook", "qc-mrc:440"),
        ("Conférence régionale des élus de la Mauricie", "qc-region:04"),
        ("Communauté urbaine de Bordeaux", "fr-epci:243300316"),
        ("Grand Lyon", "fr-epci:200046977"),
        ("communauté d'agglomération d'Angers", "fr-epci:244900015"),
        ("Lorient Agglomération", "fr-epci:200042174"),
        ("ville du Mans", "fr-commune:72181"),
        ("mairie de la ville de St-Étienne", "fr-commune:42218"),
        ("Ville-d'Avray", "fr-commune:92077"),
        ("6e arrondissement de Lyon", "fr-commune:69386"),
        ("PACA", "fr-region:93"),
        ("RDC", "iso3166:CD"),
        ("Haute-Volta", "iso3166:BF"),
        ("Saïgon", "geonames:1566083"),
        ("wilaya d'Alger", "iso3166:DZ-16"),
        ("ville d'Alger", "geonames:2507480"),
        ("gouvernorat de Sfax", "iso3166:TN-61"),
        ("canton de Vaud", "iso3166:CH-VD"),
        ("Minas Gerais", "iso3166:BR-MG"),
        ("Loire-Inférieure", "fr-departement:44"),
        ("Ville d'Asbestos", "qc-municipalite:40043"),
    ],
)
def test_name_gives_its_place(gazetteer: Gazetteer, name: str, kb_id: str) -> None:
    assert gazetteer.lookup(name)[0].place.kb_id == kb_id


@pytest.mark.parametrize(
    ("name", "near", "kb_id"),
    [
        ("Saint-Denis", "La Réunion", "fr-commune:97411"),
        ("Saint-Denis", "Seine-Saint-Denis", "fr-commune:93066"),
        ("Montréal", "Gers", "fr-commune:32290"),
        ("Brest", "Biélorussie", "geonames:629634"),
        ("Tripoli", "Liban", "geonames:266826"),
        ("Laval", "Québec", "qc-municipalite:65005"),
    ],
)
def test_what_stands_near_decides(gazetteer: Gazetteer, name: str, near: str, kb_id: str) -> None:
    first = gazetteer.lookup(name, near=[near])[0]
    assert first.place.kb_id == kb_id
    assert any("near" in reason for reason in first.reasons)


@pytest.mark.parametrize("name", ["Zorglubville", "", "()", "Communauté métropolitaine de Montréal", "cercle de Kayes"])
def test_no_place_where_none_is_known(gazetteer: Gazetteer, name: str) -> None:
    assert gazetteer.lookup(name) == []


def test_acronym_counts_in_capitals_only(gazetteer: Gazetteer) -> None:
    assert gazetteer.lookup("CUB")[0].place.kb_id == "fr-epci:243300316"
    assert all(c.place.kind != "epci" for c in gazetteer.lookup("cub"))


def test_date_tells_a_merged_commune(gazetteer: Gazetteer) -> None:
    before, after = (gazetteer.lookup("Octeville", date=date, country="FR")[0] for date in ("1995", "2020"))
    assert before.place.kb_id == after.place.kb_id == "fr-commune:50383"
    assert before.score > after.score
    assert any(reason.startswith("merged into") for reason in after.reasons)


def test_parents_reach_up_to_the_region(gazetteer: Gazetteer) -> None:
    tarbes = gazetteer.by_id("fr-commune:65440")
    assert tarbes is not None
    assert {"fr-departement:65", "fr-region:76", "fr-region:73"} <= set(tarbes.parents)


def test_former_region_has_its_own_code_and_successor(gazetteer: Gazetteer) -> None:
    limousin = gazetteer.by_id("fr-region:74")
    assert limousin is not None
    assert (limousin.valid_to, limousin.successor) == ("2016-01-01", "fr-region:75")


def test_kinds_and_country_narrow(gazetteer: Gazetteer) -> None:
    assert {c.place.kind for c in gazetteer.lookup("Vienne", kinds=["departement"])} == {"departement"}
    assert {c.place.country for c in gazetteer.lookup("Valence", country="ES")} == {"ES"}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Rennes", "commune"), ("Gironde", "departement"), ("Bretagne", "region"), ("Rimouski", "qc_municipalite"),
        ("MRC Les Sources", "qc_mrc"), ("Lanaudière", "qc_region"), ("Sénégal", "country"), ("Bavière", "state"),
        ("Ouagadougou", "city"), ("Rennes Métropole", "epci"), ("St-Malo", "commune"), ("Havre", "commune"),
    ],
)  # fmt: skip
def test_classes_of_a_folded_name(gazetteer: Gazetteer, name: str, wanted: str) -> None:
    classes = gazetteer.classes(fold(name))
    assert classes is not None
    assert wanted in classes
    assert classes <= set(CLASSES)


def test_no_classes_for_words(gazetteer: Gazetteer) -> None:
    assert gazetteer.classes("deliberation du conseil") is None


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=40))
def test_any_text_can_be_looked_up(text: str) -> None:
    candidates = Gazetteer.load().lookup(text)
    assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_every_official_name_finds_its_place(data: st.DataObject) -> None:
    gazetteer = Gazetteer.load()
    name = data.draw(st.sampled_from(["Guéret", "Foix", "Alma", "Sept-Îles", "Dakar", "Namur", "Privas", "Mende"]))
    spelt = data.draw(st.sampled_from([name, name.upper(), name.replace("-", " "), f"Ville de {name}", f"  {name} "]))
    assert gazetteer.lookup(spelt)[0].place.name == name
