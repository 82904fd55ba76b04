"""Agreements and projects."""

from __future__ import annotations

import pytest
from marked_records import read

from coopnlp.records.agreement_names import agreement_kind

FORMAL = (
    "[[CONVENTION DE COOPÉRATION|AGREEMENT]]\n\nENTRE\nla [[Ville de Foix|COLLECTIVITY]], "
    "représentée par son maire, Mme [[Ana Ruiz|PER]],\n"
    "d'une part,\n\nET\nla [[Commune de Ségou|COLLECTIVITY]], dont le siège est à [[Ségou|LOC]], "
    "représentée par M. [[Idrissa Maïga|PER]],\n"
    "d'autre part,\n\nil est convenu ce qui suit.\n\nArticle 1. La présente [[convention|AGREEMENT]] "
    "porte sur l'[[eau|THEME]].\n\n"
    "Article 2. La [[convention|AGREEMENT]] s'applique du [[1er janvier 2018 au 31 décembre 2020|DATE]].\n\n"
    "Article 3. La [[commune de Pamiers|COLLECTIVITY]] peut s'y joindre.\n\nFait à [[Foix|LOC]], le "
    "[[14 décembre 2017|DATE]]"
)


def test_formal_agreement() -> None:
    agreement = read(FORMAL).agreements[0]
    assert (agreement.kind, agreement.title, agreement.date) == (
        "convention",
        "CONVENTION DE COOPÉRATION",
        "2017-12-14",
    )
    assert [p.text for p in agreement.parties] == ["Ville de Foix", "Commune de Ségou"]


def test_definite_references_are_the_agreement() -> None:
    record = read(FORMAL)
    assert len(record.agreements) == 1
    assert len(record.agreements[0].evidence) == 3


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Convention-cadre de partenariat", "convention"),
        ("avenant n° 2 à la convention", "avenant"),
        ("Plan d'action 2011-2013", "plan d'action"),
        ("FEUILLE DE ROUTE", "feuille de route"),
        ("Entente sur la mobilité", "entente"),
        ("déclaration commune", "déclaration"),
    ],
)
def test_kind_is_the_head_noun(title: str, kind: str) -> None:
    assert agreement_kind(title) == kind


def test_parties_and_date_in_the_sentence() -> None:
    agreement = read(
        "Une [[entente de coopération|AGREEMENT]] a été signée le [[3 octobre 2014|DATE]] entre "
        "[[Amos|COLLECTIVITY]] et [[Foix|COLLECTIVITY]]."
    ).agreements[0]
    assert ([p.text for p in agreement.parties], agreement.date) == (["Amos", "Foix"], "2014-10-03")


def test_parties_in_the_title() -> None:
    agreement = read("L'[[Accord entre la Wallonie et la Bretagne sur la pêche|AGREEMENT]] est ancien.").agreements[0]
    assert [p.text for p in agreement.parties] == ["Wallonie", "Bretagne"]


def test_period_in_the_title_and_numbers_tell_apart() -> None:
    agreements = read(
        "Le [[plan d'action 2011-2013|AGREEMENT]] remplace le [[plan d'action 2008-2010|AGREEMENT]]."
    ).agreements
    assert [(a.start, a.end) for a in agreements] == [("2011", "2013"), ("2008", "2010")]


def test_no_agreement_where_none_is_named() -> None:
    assert read("Les jumelages et les ententes font vivre la coopération.").agreements == ()


def test_list_of_projects() -> None:
    text = (
        "Projets soutenus :\n\n[[Rives fertiles|PROJECT]]\n\nPorté par les villes de "
        "[[Foix|COLLECTIVITY]] et de [[Amos|COLLECTIVITY]], un jardin d'essai.\n\n"
        "[[Le pain partagé|PROJECT]]\n\nUn four pour deux villages. Une action mise en œuvre par [[Blés "
        "d'Oc|ORG]] et [[Auch|COLLECTIVITY]].\n\n"
        "[[Sans partenaire|PROJECT]]\n\nUne étude sur les haies.\n"
    )
    projects = read(text).projects
    assert [p.title for p in projects] == ["Rives fertiles", "Le pain partagé", "Sans partenaire"]
    assert [[x.text for x in p.parties] for p in projects] == [["Foix", "Amos"], ["Blés d'Oc", "Auch"], []]
    assert projects[2].description == "Une étude sur les haies"


def test_project_named_in_a_sentence_has_no_description() -> None:
    project = read("Le programme « [[Tuiles et toits|PROJECT]] » avance.").projects[0]
    assert (project.title, project.description, project.parties) == ("Tuiles et toits", None, ())


def test_project_named_twice_is_one() -> None:
    assert len(read("« [[Tuiles et toits|PROJECT]] » avance. [[Tuiles et toits|PROJECT]] plaît.").projects) == 1


def test_projects_in_a_table() -> None:
    text = (
        "Nom du projet | Porteur | Partenaire | Montant\n[[Océane|PROJECT]] | [[Dax|COLLECTIVITY]] | "
        "[[Gaspé|COLLECTIVITY]] | [[3 000 €|AMOUNT]]\n"
    )
    assert [[x.text for x in p.parties] for p in read(text).projects] == [["Dax", "Gaspé"]]


@pytest.mark.parametrize(
    ("marked", "date"),
    [
        ("Les villes ont signé, le [[7 octobre 2011|DATE]], une [[entente de jumelage|AGREEMENT]].", "2011-10-07"),
        (
            "Elle a conclu en [[2012|DATE]], avec la [[MRC des Basques|COLLECTIVITY]], une [[entente de collaboration|AGREEMENT]].",
            "2012",
        ),
        (
            "Elles ont signé à Québec, le [[8 novembre 2018|DATE]], un [[accord de coopération|AGREEMENT]].",
            "2018-11-08",
        ),
        ("Depuis le [[3 juin 2006|DATE]], Romans et Zadar ont un [[pacte d'amitié|AGREEMENT]].", "2006-06-03"),
        ("Elles sont liées par une [[convention de coopération|AGREEMENT]] depuis [[2014|DATE]].", "2014"),
        ("Langeac tient à son [[pacte d'amitié|AGREEMENT]] avec Saint-Tite, en Mauricie ([[2006|DATE]]).", "2006"),
        ("N° | Date | Acte\n2 | [[14/05/1962|DATE]] | [[charte de jumelage|AGREEMENT]] | éducation", "1962-05-14"),
        (
            "[[PROTOCOLE D'AMITIÉ|AGREEMENT]]\nentre\nla [[Ville de Fécamp|COLLECTIVITY]]\net\nla [[Ville de Gaspé|COLLECTIVITY]]"
            "\n\nElles se rencontrent.\n\nFait à [[Fécamp|LOC]], le [[17 septembre 2005|DATE]]\n",
            "2005-09-17",
        ),
        ("[[Plan d'action 2019-2021|AGREEMENT]]\n\nOn agit.\n\n[[Dax|LOC]], le [[9 mai 2018|DATE]]\n", None),
        ("La [[charte d'amitié|AGREEMENT]] pourrait être renouvelée en [[2014|DATE]].", None),
    ],
)
def test_when_it_was_signed(marked: str, date: str | None) -> None:
    (agreement, *_) = read(marked).agreements
    assert agreement.date == date
