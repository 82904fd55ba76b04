"""A record of the atlas, written out, reads as the same record."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from coopnlp import process
from coopnlp.records.atlas_text import atlas_text
from coopnlp.training.corpus import read_gold
from coopnlp.types import (
    Amount,
    AtlasRecord,
    Contact,
    DevelopmentGoal,
    ForeignPartner,
    Funding,
    Party,
)

RECORD = AtlasRecord(
    title="Des puits et des comités : l'eau de Kaya",
    embassy="Ambassade de France à Ouagadougou",
    embassy_contacts=(
        Contact(
            name="Inès MORAND", first_name="Inès", last_name="MORAND", role="Attachée de coopération",
            email="ines.morand@diplomatie.gouv.fr",
        ),
    ),
    year_first_signature="2009",
    themes=(
        ("Environnement, Climat et Energie", "Eau et déchets", "Eau et assainissement"),
        ("Education, Social et Recherche", "Santé"),
    ),
    sdgs=(
        DevelopmentGoal(number=6, title="Eau propre et assainissement", mark=2),
        DevelopmentGoal(number=17, title="Partenariats pour la réalisation des objectifs"),
    ),
    year_start="2010",
    status="En cours",
    date_end="2026-12-31",
    sections=(("Contexte", "La nappe baisse.\nLes comités se forment."), ("Objectif du partenariat", "Creuser six puits.")),
    form="Coopération décentralisée",
    implementers=("Eau Vive",),
    owners=("Ville de Châtellerault", "Commune de Kaya"),
    beneficiaries="Deux mille habitants",
    foreign_partners=(ForeignPartner(name="Commune de Kaya", country="Burkina Faso"),),
    french_collectivities=(Party(text="Ville de Châtellerault"),),
    triennial=False,
    fundings=(
        Funding(funder=Party(text="Ville de Châtellerault"), amounts=(Amount(value=Decimal(12000), currency="EUR"),),
                start="2011", end="2011"),
    ),
    communication_france="Une communication a été engagée en France",
    evaluation="Une politique d'évaluation n'a pas été engagée",
)  # fmt: skip


def values(record: AtlasRecord | None) -> dict[str, Any]:
    """Return what the record says, without where it was read and what the gazetteer adds."""
    assert record is not None

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items() if k not in ("evidence", "purpose", "kb_id")}
        return [bare(item) for item in value] if isinstance(value, list) else value

    found: dict[str, Any] = bare(record.to_json())
    return found


def read_back(record: AtlasRecord) -> AtlasRecord | None:
    return process(atlas_text(record).encode(), name="fiche.txt").record.atlas


def test_every_field_reads_back() -> None:
    assert values(read_back(RECORD)) == values(RECORD)


def test_sums_that_the_form_has_no_place_for_are_not_written() -> None:
    amounts = [
        Amount(value=Decimal("1E+4"), currency="EUR"), Amount(value=Decimal(500), currency="CAD"),
        Amount(min=Decimal(1), max=Decimal(2), currency="EUR"),
    ]  # fmt: skip
    fundings = tuple(Funding(funder=Party(text="Foix"), amounts=(amount,)) for amount in amounts)
    text = atlas_text(AtlasRecord(fundings=fundings))
    assert [line for line in text.splitlines() if line.startswith("Foix")] == ["Foix | 10000 | "]


def test_goals_of_the_form_of_2022() -> None:
    found = read_back(RECORD)
    assert found is not None
    assert [(goal.number, goal.title, goal.mark) for goal in found.sdgs] == [
        (6, "Eau propre et assainissement", 2),
        (17, "Partenariats pour la réalisation des objectifs", None),
    ]


@pytest.mark.parametrize("name", ["c04-09-atlas", "c04-13-atlas", "c04-21-atlas"])
def test_records_of_the_corpus_read_back(root: Path, name: str) -> None:
    text = next(d.text for d in read_gold(root / "corpus" / "entities" / "train") if d.id == name)
    record = process(text.encode(), name="fiche.txt").record.atlas
    assert record is not None
    assert values(read_back(record)) == values(record)
