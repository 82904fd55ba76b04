"""SCDL « Subventions » 2.1, by its schema."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from exchange_makers import CLUB, RENNES, Writer, euros

from coopnlp.catalogue import refresh
from coopnlp.errors import ExchangeError
from coopnlp.exchange import Options, export
from coopnlp.exchange.scdl import read_sirets
from coopnlp.register import Register
from coopnlp.types import Amount

SIRETS = "identifiant;siret\nfr-commune:35238;213 502 388 00019\nles amis de bamako;35600000000048\n"


def faults(path: Path, schema: dict[str, Any]) -> list[str]:
    """Check a file against a Table Schema (specs.frictionlessdata.io/table-schema): fields, types, constraints."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows = list(reader)
    fields = schema["fields"]
    found = [] if reader.fieldnames == [field["name"] for field in fields] else ["columns"]
    for number, row in enumerate(rows, 2):
        for field in fields:
            value, told = row[field["name"]], field.get("constraints", {})
            where = f"line {number}, {field['name']} {value!r}"
            if value in schema["missingValues"]:
                found += [where] if told.get("required") else []
                continue
            if field["type"] == "date":
                date.fromisoformat(value)
            elif field["type"] == "number":
                number_of = float(value)
                low, high = told.get("minimum", number_of), told.get("maximum", number_of)
                found += [] if low <= number_of <= high else [where]
            elif field["type"] == "boolean":
                found += [] if value in (*field["trueValues"], *field["falseValues"]) else [where]
            if "pattern" in told and not re.fullmatch(told["pattern"], value):
                found.append(where)
            if len(value) > told.get("maxLength", len(value)) or value not in told.get("enum", [value]):
                found.append(where)
    return found


@pytest.fixture
def sirets(tmp_path: Path) -> Path:
    path = tmp_path / "sirets.csv"
    path.write_text(SIRETS.replace("21350238800019", "21350238800019"), encoding="utf-8")
    return path


def subsidies(register: Register, folder: Path, sirets: Path | None) -> tuple[Path, list[dict[str, str]]]:
    path, beside = export(register, folder / "out", format="scdl", options=Options(sirets=sirets))
    assert path.name == "subventions.csv"
    with beside.open(encoding="utf-8-sig", newline="") as stream:
        return path, list(csv.DictReader(stream, delimiter=";"))


@pytest.fixture
def schema(schemas: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((schemas / "scdl/schema.json").read_text(encoding="utf-8"))
    return found


def test_the_schema_itself_tells_what_is_wrong(schema: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    names = [field["name"] for field in schema["fields"]]
    path.write_text(",".join(names) + "\n" + "A,1,2020-01-01" + "," * 13 + "\n", encoding="utf-8")
    assert len(faults(path, schema)) == 9


def test_subsidies_are_valid(made: Register, schema: dict[str, Any], sirets: Path, tmp_path: Path) -> None:
    path, left = subsidies(made, tmp_path, sirets)
    assert faults(path, schema) == []
    with path.open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert {name: value for name, value in row.items() if value} == {
        "nomAttribuant": "Rennes",
        "idAttribuant": "21350238800019",
        "dateConvention": "2020-01-01",
        "nomBeneficiaire": "Les Amis de Bamako",
        "idBeneficiaire": "35600000000048",
        "objet": "Bibliothèque de quartier, 2020",
        "montant": "1500.50",
        "nature": "aide en numéraire",
        "conditionsVersement": "autre",
        "datesPeriodeVersement": "2020-01-01/2020-12-31",
        "notificationUE": "non",
        "pourcentageSubvention": "1.00",
    }
    assert [row["motif"] for row in left] == [
        "le bénéficiaire n’est pas établi en France",
        "le SIRET de l’attribuant n’est pas connu (Agence française de développement, org:afd)",
        "la somme n’est pas en euros (XOF)",
        "le bénéficiaire n’est pas établi en France",
        "la somme n’est que demandée",
        "la somme n’est pas en euros (CAD)",
    ]


def test_examples_are_valid(examples: Register, schema: dict[str, Any], tmp_path: Path) -> None:
    known = tmp_path / "known.csv"
    known.write_text("identifiant,siret\nfr-commune:41269,21410269500019\n", encoding="utf-8")
    path, left = subsidies(examples, tmp_path, known)
    assert faults(path, schema) == []
    assert len(path.read_text(encoding="utf-8").splitlines()) > 8
    assert all(row["motif"] for row in left)


def test_without_sirets_nothing_is_told_and_all_is_listed(
    made: Register, schema: dict[str, Any], tmp_path: Path
) -> None:
    path, left = subsidies(made, tmp_path, None)
    assert faults(path, schema) == []
    assert len(left) == 7


@pytest.mark.parametrize(
    ("amount", "more", "reason"),
    [
        (Amount(min=1, max=2, currency="EUR"), {}, "le document ne chiffre pas la somme, ou donne une fourchette"),
        (euros(5, None), {}, "la somme n’est pas en euros (monnaie non dite)"),
        (euros(5), {"start": None}, "la date n’est pas connue"),
        (euros(5), {"end": "2001"}, "la fin est avant le début"),
    ],
)
def test_why_a_subsidy_is_left_out(
    amount: Amount, more: dict[str, Any], reason: str, sirets: Path, tmp_path: Path
) -> None:
    note = Writer("a.txt")
    note.project("Bibliothèque de quartier", CLUB)
    note.funding(RENNES, amount, **{"start": "2020", "purpose": "Bibliothèque de quartier", **more})
    with Register("sqlite://") as register:
        register.add(note.result())
        refresh(register)
        _, left = subsidies(register, tmp_path, sirets)
    assert [row["motif"] for row in left] == [reason]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nom,siret\na,1\n", "needs the columns"),
        ("identifiant,siret\na,12345678901234\n", "line 2: '12345678901234' is no SIRET"),
        ("identifiant,siret\na,21350238800019\nb,\n", "line 3"),
        ("identifiant,siret\na,２１３５０２３８８０００１９\n", "line 2"),
    ],
)
def test_a_bad_table_of_sirets_is_named(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "sirets.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExchangeError, match=said):
        read_sirets(path)


def test_an_absent_table_of_sirets_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match="cannot be read"):
        read_sirets(tmp_path / "absent.csv")
