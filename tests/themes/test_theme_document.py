"""A document is classified by its subject, not by its boilerplate."""

from __future__ import annotations

from coopnlp.themes import document_text
from coopnlp.types import AtlasRecord, DocumentInfo, Entity, Project, Record, Source

SOURCE = Source(name="a.txt", sha256="0" * 64, media_type="text/plain", size=1)


def test_titles_projects_and_the_opening() -> None:
    record = Record(
        id="a", source=SOURCE, document=DocumentInfo(title="Eau à Kindia"),
        projects=(Project(title="Puits de Friguiagbé", description="Trois puits."),),
    )  # fmt: skip
    opening = "La commune veut donner de l'eau potable à tous les villages de la plaine avant dix ans."
    text = document_text(record, f"Menu\n\n{opening}")
    assert text.split("\n") == ["Eau à Kindia", "Puits de Friguiagbé", "Trois puits.", opening]


def test_formulas_of_deliberations_are_left_out() -> None:
    formula = "Vu le code général des collectivités territoriales et notamment ses articles L. 1115-1 et suivants ;"
    subject = "Le stade municipal de Kaya sera doté d'une piste, de deux tribunes et de vestiaires pour les équipes."
    assert document_text(Record(id="a", source=SOURCE), f"{formula}\n\n{subject}") == subject


def test_an_atlas_record_is_told_by_its_aims() -> None:
    atlas = AtlasRecord(
        title="Appui à Sokodé",
        sections=(("Contexte", "Ville du centre."), ("Objectif du partenariat", "Former les maraîchers.")),
    )
    assert document_text(Record(id="a", source=SOURCE, atlas=atlas), "…") == "Appui à Sokodé\nFormer les maraîchers."


def test_a_theme_that_comes_back_counts_twice_at_most() -> None:
    text = "tourisme " * 5
    entities = tuple(Entity(start=9 * i, end=9 * i + 8, label="THEME", text="tourisme") for i in range(5))
    assert document_text(Record(id="a", source=SOURCE, entities=entities), text).count("tourisme") == 2


def test_where_nothing_stands_out_the_text_itself() -> None:
    assert document_text(Record(id="a", source=SOURCE), "Bref.") == "Bref."


def test_a_long_report_is_cut() -> None:
    paragraph = "Le programme finance des routes et des ponts dans huit communes du cercle. " * 20
    assert len(document_text(Record(id="a", source=SOURCE), "\n\n".join([paragraph] * 30))) <= 4000
