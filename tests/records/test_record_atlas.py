"""Records of the atlas in several layouts, and documents that are none."""

from __future__ import annotations

import pytest
from marked_records import parse, read

from coopnlp.records.atlas_labels import label_of, split_label
from coopnlp.types import AtlasRecord, Block, Cell

LINES = """Accueil > Atlas
Contacts dans le poste diplomatique "[[Ambassade de France à Lima|ORG]]"

Correspondant coopération décentralisée
[[Inès MORAND|PER]]
Courriel : ines.morand[at]diplomatie.gouv.fr
Titre
[[Terrasses et semences|PROJECT]]
Année de première signature de la convention
[[2009|DATE]]
Thématique d'intervention
[[Economie durable|THEME]]
Sous-thématique d'intervention
[[Agriculture et développement rural|THEME]]
Sous-sous-thématique d'intervention

Autres thématiques mises en œuvre pour le partenariat

Autres thématiques mises en œuvre pour le partenariat
Thématique éligible Sous-thématique Sous-sous-thématique Priorité
[[Culture et Patrimoine|THEME]] [[Patrimoine|THEME]] 2
[[Education, Social et Recherche|THEME]] [[Santé|THEME]] [[Prévention|THEME]] 1
<< < pagination.page.precedent 1 pagination.page.suivant > >>
Année de début du partenariat
[[2010|DATE]]
Le partenariat est
Terminé
Date de fin du partenariat
[[31/12/2014|DATE]]
Contexte
Les terrasses s'effondrent.
On les relève.
Votre partenariat prend la forme d'un(e)
Jumelage
Mise en œuvre du partenariat
Maître(s) d'œuvre
[[Graines d'Ariège|ORG]]
Maître(s) d'ouvrage
[[Foix|COLLECTIVITY]], [[Cusipata|COLLECTIVITY]]
Bénéficiaire(s)
Deux cents familles.

Partenaires étrangers du partenariat
Nom de la collectivité étrangère Pays
[[Cusipata|COLLECTIVITY]] [[Pérou|LOC]] commun.ico.loupe.alter

Contacts dans les partenaires étrangers du partenariat
Nom de la collectivité étrangère Nom Prénom Fonction Courriel
[[Cusipata|COLLECTIVITY]] [[QUISPE Rosa|PER]] Cheffe de projet rosa.quispe@cusipata.pe

Collectivités territoriales partenaires du partenariat
Nom de la collectivité territoriale
[[Foix|COLLECTIVITY]] commun.ico.loupe.alter

Le partenariat n'est pas triennal

Financement du partenariat
Nom du financeur Montant en euros Montant 1% Eau (Loi Oudin 2005) Année
[[Foix|COLLECTIVITY]] [[4000|AMOUNT]] [[1000|AMOUNT]] [[2011|DATE]]
Collectivités et partenaires étrangers [[2500|AMOUNT]] [[2012|DATE]]

Une communication a été engagée en [[France|LOC]]

Une politique d'évaluation n'a pas été engagée
PIED DE PAGE
"""


@pytest.fixture(scope="module")
def atlas() -> AtlasRecord:
    found = read(LINES).atlas
    assert found is not None
    return found


def test_plain_fields(atlas: AtlasRecord) -> None:
    assert (atlas.title, atlas.year_first_signature, atlas.year_start, atlas.status, atlas.date_end, atlas.form) == (
        "Terrasses et semences",
        "2009",
        "2010",
        "Terminé",
        "2014-12-31",
        "Jumelage",
    )
    assert (atlas.implementers, atlas.owners, atlas.beneficiaries, atlas.triennial) == (
        ("Graines d'Ariège",),
        ("Foix", "Cusipata"),
        "Deux cents familles",
        False,
    )


def test_themes_follow_their_priority(atlas: AtlasRecord) -> None:
    assert atlas.themes == (
        ("Economie durable", "Agriculture et développement rural"),
        ("Education, Social et Recherche", "Santé", "Prévention"),
        ("Culture et Patrimoine", "Patrimoine"),
    )


def test_contacts(atlas: AtlasRecord) -> None:
    contact = atlas.embassy_contacts[0]
    assert (atlas.embassy, contact.role, contact.name, contact.email) == (
        "Ambassade de France à Lima",
        "Correspondant coopération décentralisée",
        "Inès MORAND",
        "ines.morand@diplomatie.gouv.fr",
    )
    foreign = atlas.foreign_contacts[0]
    assert (foreign.authority, foreign.last_name, foreign.first_name, foreign.role, foreign.email) == (
        "Cusipata",
        "QUISPE",
        "Rosa",
        "Cheffe de projet",
        "rosa.quispe@cusipata.pe",
    )


def test_partners_and_sections(atlas: AtlasRecord) -> None:
    assert [(p.name, p.country) for p in atlas.foreign_partners] == [("Cusipata", "Pérou")]
    assert [p.text for p in atlas.french_collectivities] == ["Foix"]
    assert atlas.sections == (
        ("Contexte", "Les terrasses s'effondrent.\nOn les relève."),
        ("Mise en œuvre du partenariat", ""),
    )
    assert atlas.communication_france == "Une communication a été engagée en France"
    assert atlas.evaluation == "Une politique d'évaluation n'a pas été engagée"


def test_fundings_without_the_water_columns(atlas: AtlasRecord) -> None:
    assert [(f.funder.text, str(f.amounts[0].value), f.start) for f in atlas.fundings] == [
        ("Foix", "4000", "2011"),
        ("Collectivités et partenaires étrangers", "2500", "2012"),
    ]


def test_record_of_the_form() -> None:
    record = read(LINES)
    partnership = record.partnerships[0]
    assert ([p.text for p in partnership.parties], partnership.kind, partnership.start, partnership.status) == (
        ["Foix", "Cusipata"],
        "jumelage",
        "2010",
        "Terminé",
    )
    assert record.document.kind == "fiche de l'atlas"
    assert record.projects[0].title == "Terrasses et semences"


def test_sums_that_no_entity_marks_are_read_from_the_rows() -> None:
    bare = LINES.replace("[[4000|AMOUNT]] [[1000|AMOUNT]] [[2011|DATE]]", "4000 1000 2011")
    found = read(bare).fundings
    assert ("Foix", "4000", "2011") in [(f.funder.text, str(f.amounts[0].value), f.start) for f in found]


def test_a_row_that_no_entity_marks_keeps_the_identifier_of_its_funder() -> None:
    bare = LINES.replace("[[Foix|COLLECTIVITY]] [[4000", "[[Foix|COLLECTIVITY=fr-commune:09122]] [[4000").replace(
        "[[4000|AMOUNT]] [[1000|AMOUNT]] [[2011|DATE]]", "4000 1000 2011"
    )
    found = next(f for f in read(bare).fundings if f.funder.text == "Foix")
    text, _ = parse(bare)
    assert found.funder.kb_id == "fr-commune:09122"
    assert [text[a:b] for a, b in found.evidence] == ["Foix", "4000"]


BARS = (
    LINES.replace("[[Cusipata|COLLECTIVITY]] [[Pérou|LOC]] comm", "[[Cusipata|COLLECTIVITY]] | [[Pérou|LOC]] | comm")
    .replace("[[Foix|COLLECTIVITY]] comm", "[[Foix|COLLECTIVITY]] | comm")
    .replace(
        "Une politique",
        "Volontaires impliqués dans le partenariat\nNom | Prénom | Mission | Champs d'action\n"
        "VALLÈS | Jean-Luc | Suivi des semis | Agriculture\nNéant | | |\n\nUne politique",
    )
)


def test_rows_with_bars_and_a_picture_are_read() -> None:
    found = read(BARS).atlas
    assert found is not None
    assert [(p.name, p.country) for p in found.foreign_partners] == [("Cusipata", "Pérou")]
    assert [p.text for p in found.french_collectivities] == ["Foix"]


def test_volunteers_with_their_names_in_two_cells() -> None:
    found = read(BARS).atlas
    assert found is not None
    assert found.volunteers == (("VALLÈS", "Jean-Luc", "Suivi des semis", "Agriculture"),)


def test_a_line_that_is_only_a_picture_is_no_row() -> None:
    found = read(LINES.replace("[[Foix|COLLECTIVITY]] commun.ico.loupe.alter", "commun.ico.loupe.alter")).atlas
    assert found is not None
    assert found.french_collectivities == ()


def test_a_row_of_the_water_column_alone_is_a_funding() -> None:
    table = (
        "Nom du financeur | Montant en euros | Montant 1% Eau (Loi Oudin 2005) | Année\n"
        "[[Foix|COLLECTIVITY]] |  | [[1000|AMOUNT]] | [[2011|DATE]]\n"
        "[[Ax|COLLECTIVITY]] | [[700|AMOUNT]] | [[90|AMOUNT]] | [[2012|DATE]]\n"
    )
    found = read("Le partenariat est financé.\nFinancement du partenariat\n" + table).fundings
    assert [(f.funder.text, str(f.amounts[0].value), f.start) for f in found] == [
        ("Foix", "1000", "2011"), ("Ax", "700", "2012"),
    ]  # fmt: skip


def test_labels_and_values_on_one_line() -> None:
    found = read(
        "TITRE : [[Lire ensemble|PROJECT]]\nAnnée de signature de la convention : [[2015|DATE]]\n"
        "Thématique d'intervention : [[Culture et Patrimoine|THEME]]\n"
        "Année de début du partenariat : [[2016|DATE]]\nLE PARTENARIAT EST : En cours\n"
        "Maîtres d'ouvrage | [[Dax|COLLECTIVITY]]\nObjectif du partenariat : lire.\n"
    ).atlas
    assert found is not None
    assert (found.title, found.year_first_signature, found.year_start) == ("Lire ensemble", "2015", "2016")
    assert (found.status, found.owners) == ("En cours", ("Dax",))


def test_form_block_with_cells() -> None:
    pairs = [
        ("Titre", "Deux vallées"),
        ("Année de première signature de la convention", "2004"),
        ("Thématique d'intervention", "Economie durable"),
        ("Année de début du partenariat", "2005"),
        ("Le partenariat est", "En cours"),
        ("Votre partenariat prend la forme d'un(e)", "Jumelage"),
    ]
    text, cells = "", []
    for i, (label, value) in enumerate(pairs):
        at = len(text)
        cells += [
            Cell(start=at, end=at + len(label), row=i, column=0, header=True),
            Cell(start=at + len(label) + 3, end=at + len(label) + 3 + len(value), row=i, column=1),
        ]
        text += f"{label} | {value}\n"
    found = read(text, (Block(kind="form", start=0, end=len(text) - 1, cells=tuple(cells)),)).atlas
    assert found is not None
    assert (found.title, found.year_start, found.form) == ("Deux vallées", "2005", "Jumelage")


@pytest.mark.parametrize(
    "marked",
    [
        (
            "Titre du projet\n[[Lire ensemble|PROJECT]]\nMaître d'ouvrage\n[[Dax|COLLECTIVITY]]\n"
            "Financement\nRien.\nContexte\nUn village.\n"
        ),
        "L'atlas français de la coopération décentralisée recense les projets de [[Dax|COLLECTIVITY]].",
        "",
    ],
)
def test_other_documents_are_no_atlas_record(marked: str) -> None:
    assert read(marked).atlas is None


def test_label_tolerates_case_accents_and_truncation() -> None:
    assert label_of("ANNEE DE DEBUT DU PARTENARIAT :") == ("year_start", True)
    assert label_of("Année de première signature de la conv…") == ("year_first_signature", True)
    assert split_label("Statut   En sommeil") == ("status", False, 9)
    assert split_label("Une phrase : avec deux points") is None


def test_values_lie_in_the_text() -> None:
    text, _ = parse(LINES)
    record = read(LINES)
    assert all(0 <= a < b <= len(text) for f in record.fundings for a, b in f.evidence)


def test_rows_without_cells_or_entities() -> None:
    text = (
        LINES.replace("[[Cusipata|COLLECTIVITY]] [[Pérou|LOC]] commun", "Municipalité de Cusipata, District d'Urcos Pérou commun")
        .replace("[[Cusipata|COLLECTIVITY]] [[QUISPE Rosa|PER]]", "Municipalité de Cusipata, District d'[[Urcos|LOC]] QUISPE Rosa")
        .replace("[[Culture et Patrimoine|THEME]] [[Patrimoine|THEME]] 2", "Culture et Patrimoine [[Patrimoine|THEME]] 2")
        .replace("[[Foix|COLLECTIVITY]], [[Cusipata|COLLECTIVITY]]", "Foix, [[Régie Eau, Air et Sol|ORG]], Ville d'[[Urcos|COLLECTIVITY]]")
    )  # fmt: skip
    found = read(text).atlas
    assert found is not None
    name = "Municipalité de Cusipata, District d'Urcos"
    assert [(p.name, p.country) for p in found.foreign_partners] == [(name, "Pérou")]
    assert [(c.authority, c.name, c.role) for c in found.foreign_contacts] == [
        (name, "QUISPE Rosa", "Cheffe de projet")
    ]
    assert found.themes[-1] == ("Culture et Patrimoine", "Patrimoine")
    assert found.owners == ("Foix", "Régie Eau, Air et Sol", "Ville d'Urcos")


@pytest.mark.parametrize(
    "value",
    [
        "[[Terrasses|PROJECT]] et semences",
        "Terrasses et semences (titre provisoire) : Fortes d'une amitié de vingt ans, Foix et Cusipata relèvent ensemble "
        "les murs des terrasses et sèment de nouveau le quinoa",
    ],
)
def test_title_is_the_field_without_a_summary(value: str) -> None:
    found = read(LINES.replace("[[Terrasses et semences|PROJECT]]", value)).atlas
    assert found is not None
    assert found.title == "Terrasses et semences"
