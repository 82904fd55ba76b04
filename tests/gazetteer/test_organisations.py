"""Organisations that recur: the table that ships, and who is meant by a name."""

from __future__ import annotations

import pytest

from coopnlp.gazetteer.entries import read_table
from coopnlp.gazetteer.organisations import _TABLE, Organisations
from coopnlp.text import fold


@pytest.fixture(scope="module")
def table() -> Organisations:
    return Organisations.load()


def _luhn(number: str) -> bool:
    digits = [int(d) for d in reversed(number)]
    return sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)) % 10 == 0


def test_the_table_is_well_formed(table: Organisations) -> None:
    rows = list(read_table(_TABLE))
    assert len({row["id"] for row in rows}) == len(rows) == len(table)
    assert all(len(row["siren"]) == 9 and _luhn(row["siren"]) for row in rows if row["siren"])
    clear: dict[str, str] = {}
    for row in rows:
        for entry in row["names"].split("|"):
            name = entry.split(" [")[0]
            if not name.endswith("?"):
                assert clear.setdefault(fold(name), row["id"]) == row["id"], name


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Fonds franco-québécois pour la coopération décentralisée", "org:ffqcd"),
        ("l’Agence Française de Développement", "org:afd"),
        ("O.F.Q.J.", "org:ofqj"),
        ("ministère des Affaires étrangères", "org:fr-meae"),
        ("MINISTERE DE L'EUROPE ET DES AFFAIRES ETRANGERES", "org:fr-meae"),
        ("Amicale des pompiers", ""),
        ("", ""),
    ],
)
def test_names(table: Organisations, name: str, wanted: str) -> None:
    assert table.link([name], 2015) == [wanted]


def test_a_shared_name_needs_another_sign(table: Organisations) -> None:
    assert table.link(["ADM"]) == [""]
    assert table.link(["Agence de développement municipal", "ADM"]) == ["org:adm-senegal"] * 2
    assert table.link(["ministère de la Culture"]) == [""]
    assert table.link(["ministère de la Culture"], countries={"FR"}) == ["org:fr-culture"]
    assert table.link(["ministère de la Culture"], countries={"FR", "SN"}) == [""]


def test_identifiers_lead_back(table: Organisations) -> None:
    body = table.by_id("org:afd")
    assert body is not None
    assert (body.kind, body.country, body.siren) == ("agency", "FR", "775665599")
    assert table.by_id("fr-commune:75056") is None
