"""Activities of IATI 2.03, by the standard's schema, its ruleset and its lists of codes."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from exchange_makers import AFD, BAMAKO, RENNES, Writer, euros
from lxml import etree

from coopnlp.catalogue import refresh
from coopnlp.catalogue.values import ItemFilters
from coopnlp.errors import ExchangeError
from coopnlp.exchange import Options, export
from coopnlp.exchange.classification import sectors, shares
from coopnlp.exchange.iati_parts import Reporter
from coopnlp.exchange.items import each
from coopnlp.register import Register

TODAY = date(2026, 6, 1)
GIVEN = Options(reporting_org="FR-INSEE-213502388", reporting_name="Archives de Rennes", today=TODAY)


def activities(register: Register, folder: Path, **more: Any) -> tuple[Any, list[dict[str, str]]]:
    path, beside = export(register, folder / "iati.xml", format="iati", options=GIVEN, **more)
    assert beside.name == "iati.ecartes.csv"
    with beside.open(encoding="utf-8-sig", newline="") as stream:
        return etree.parse(path).getroot(), list(csv.DictReader(stream, delimiter=";"))


def broken_rules(root: Any, rules: dict[str, Any], now: date) -> list[str]:
    """Check the standard's ruleset (github.com/IATI/IATI-Rulesets, its five kinds of rules that apply here)."""

    def values(element: Any, path: str) -> list[str]:
        if path == "NOW":
            return [now.isoformat()]
        return [str(found if isinstance(found, str) else found.text) for found in element.xpath(path)]

    broken = []
    for context, kinds in rules.items():
        for element in root.xpath(context):
            for kind, told in kinds.items():
                for case in told["cases"]:
                    found = [v for path in case.get("paths", ()) for v in values(element, path)]
                    if kind == "atleast_one":
                        held = bool(found)
                    elif kind == "no_more_than_one":
                        held = len(found) <= 1
                    elif kind == "regex_matches":
                        held = all(re.fullmatch(case["regex"], value) for value in found)
                    elif kind == "sum":
                        held = not found or sum(map(Decimal, found)) == case["sum"]
                    else:
                        assert kind == "date_order"
                        pairs = [(a, b) for a in values(element, case["less"]) for b in values(element, case["more"])]
                        held = all(a <= b for a, b in pairs)
                    if not held:
                        broken.append(f"{context} {kind} {case}")
    return broken


def wrong_codes(root: Any, lists: dict[str, list[str]]) -> list[str]:
    checked = {
        "/iati-activities/@version": lists["Version"],
        "//activity-date/@type": lists["ActivityDateType"],
        "//activity-status/@code": lists["ActivityStatus"],
        "//reporting-org/@type | //participating-org/@type | //provider-org/@type": lists["OrganisationType"],
        "//participating-org/@role": lists["OrganisationRole"],
        "//recipient-country/@code": lists["Country"],
        "//description/@type": lists["DescriptionType"],
        "//value/@currency": lists["Currency"],
        "//transaction-type/@code": lists["TransactionType"],
        "//budget/@type": lists["BudgetType"],
        "//budget/@status": lists["BudgetStatus"],
        "//sector/@vocabulary": lists["SectorVocabulary"],
        "//sector[@vocabulary='2']/@code": lists["SectorCategory"],
    }
    wrong = [f"{path}: {v}" for path, codes in checked.items() for v in root.xpath(path) if v not in codes]
    # The list of purpose codes grows every year: of newer ones the category must be known.
    purposes = root.xpath("//sector[@vocabulary='1']/@code")
    return wrong + [
        code for code in purposes if code not in lists["Sector"] and code[:3] not in lists["SectorCategory"]
    ]


@pytest.fixture(scope="module")
def standard(schemas: Path) -> Any:
    xsd = etree.XMLSchema(etree.parse(schemas / "iati/iati-activities-schema.xsd"))
    rules = json.loads((schemas / "iati/standard_ruleset.json").read_text(encoding="utf-8"))
    lists = json.loads((schemas / "iati/codelists.json").read_text(encoding="utf-8"))

    def check(root: Any) -> None:
        xsd.assertValid(root)
        assert broken_rules(root, rules, TODAY) == []
        assert wrong_codes(root, lists) == []
        for activity in root:
            for name in ("sector", "recipient-country"):
                assert sum(Decimal(p) for p in activity.xpath(f"{name}/@percentage")) == 100
            assert len(set(activity.xpath("sector/@vocabulary"))) == 1
        identifiers = root.xpath("//iati-identifier/text()")
        assert len(identifiers) == len(set(identifiers))

    return check


@pytest.mark.parametrize("which", ["made", "examples"])
def test_activities_are_valid(which: str, request: pytest.FixtureRequest, standard: Any, tmp_path: Path) -> None:
    root, _ = activities(request.getfixturevalue(which), tmp_path)
    assert len(root) > 1
    standard(root)


@pytest.mark.parametrize("which", ["made", "examples"])
def test_nothing_is_silently_lost(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    register = request.getfixturevalue(which)
    root, left = activities(register, tmp_path)
    told = Counter(row["permalien"] for row in left)
    assert set(told.values()) == {1}
    assert all(row["motif"] for row in left)
    kept = {text.split("-", 3)[3] for text in root.xpath("//iati-identifier/text()")}
    kept |= {f"funding-{ref}" for ref in root.xpath("//transaction/@ref")}
    sums = len(root.xpath("//transaction | //budget"))
    with register._database.reading() as connection:
        items = list(each(connection))
    absent = [i for i in items if i.path not in told and f"{i.type}-{i.ref}" not in kept]
    # a budget has no reference: what is told as one is counted
    assert len(absent) == len(root.xpath("//budget"))
    assert {item.type for item in absent} <= {"funding"}
    assert sums + sum(row["type"] == "funding" for row in left) >= sum(item.type == "funding" for item in items)


def test_a_project_has_its_sums(made: Register, tmp_path: Path) -> None:
    root, left = activities(made, tmp_path)
    (project,) = root.xpath("//iati-activity[title/narrative='Eau pour Bamako']")
    assert project.xpath("activity-date/@iso-date") == ["2021-01-01", "2023-06-30"]
    assert project.xpath("activity-date/@type") == ["2", "4"]
    assert project.xpath("activity-date/narrative/text()")[0] == "«\u00a02021\u00a0» dans le document"
    assert project.xpath("activity-status/@code") == ["4"]
    assert project.xpath("recipient-country/@code") == ["ML"]
    assert project.xpath("participating-org/narrative/text()") == [
        "Rennes", "Agence française de développement", "Rennes", "Bamako",
    ]  # fmt: skip
    assert project.xpath("participating-org/@role") == ["1", "1", "2", "4"]
    assert project.xpath("transaction/value/text()") == ["12000", "50000"]
    assert project.xpath("transaction/transaction-date/@iso-date") == ["2021-01-01", "2022-03-05"]
    assert "32500000 XOF" in project.xpath("transaction[2]/description/narrative/text()")[0]
    assert project.xpath("budget/period-start/@iso-date") == ["2099-01-01"]
    assert project.xpath("description[@type='1']/narrative/text()") == ["Forages\net réseaux"]
    reasons = {row["intitulé"]: row["motif"] for row in left}
    assert reasons["Patrimoine partagé"] == "aucune date de début"
    assert reasons["Bibliothèque de quartier"] == "aucun pays partenaire n’est connu"
    assert reasons["Convention triennale"] == "un accord est un acte, non une activité"
    given = [row["motif"] for row in left if row["intitulé"] == "Eau pour Bamako"]
    assert sorted(given) == [
        "l’activité ne dit pas cette somme\u00a0: elle n’a pas de date",
        "l’activité ne dit pas cette somme\u00a0: elle n’est que demandée",
    ]


def test_fundings_alone_are_activities_where_they_name_a_partner(made: Register, tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match="nothing has what IATI demands"):
        activities(made, tmp_path, filters=ItemFilters(type=("funding",)))
    assert (tmp_path / "iati.ecartes.csv").exists()
    assert not (tmp_path / "iati.xml").exists()
    assert len(list(tmp_path.iterdir())) == 1


def test_a_funding_goes_with_its_project_where_that_is_left_out(made: Register, tmp_path: Path) -> None:
    _, left = activities(made, tmp_path)
    (row,) = [row for row in left if row["intitulé"] == "Bibliothèque de quartier, 2020"]
    assert row["motif"] == "ce qu’elle finance est écarté\u00a0: aucun pays partenaire n’est connu"


@pytest.mark.parametrize(
    ("status", "start", "end", "code"),
    [
        ("En cours", "2019", None, "2"),
        ("En cours", "2019", "2020", "4"),
        (None, "2019", None, "2"),
        (None, "2027", None, "1"),
        ("Abandonné", "2019", "2020", "5"),
        ("suspendu", "2019", None, "6"),
        ("Terminé", "2019", None, "4"),
    ],
)
def test_status(status: str | None, start: str, end: str | None, code: str, standard: Any, tmp_path: Path) -> None:
    note = Writer("a.txt")
    note.partnership(RENNES, BAMAKO, status=status, start=start, end=end)
    note.themes.append(note.theme("Culture et Patrimoine", "Patrimoine"))
    with Register("sqlite://") as register:
        register.add(note.result())
        refresh(register)
        root, _ = activities(register, tmp_path)
    standard(root)
    assert root.xpath("//activity-status/@code") == [code]


def test_hostile_words_are_text(standard: Any, tmp_path: Path) -> None:
    note = Writer("a&b.txt")
    note.project('<script>"&\x00\x0b\ufffe', RENNES, BAMAKO, start="2020", description="]]> <a>")
    note.funding(AFD, euros("0.01"), start="2020-02-29", purpose="Eau")
    with Register("sqlite://") as register:
        register.add(note.result())
        refresh(register)
        root, _ = activities(register, tmp_path)
    standard(root)
    assert "<script>" in root.xpath("//title/narrative/text()")[0]


def test_who_reports_must_be_said(made: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExchangeError, match="COOPNLP_IATI_ORG"):
        export(made, tmp_path / "a.xml", format="iati")
    with pytest.raises(ExchangeError, match="no identifier"):
        Reporter.given("a/b", "Archives")
    monkeypatch.setenv("COOPNLP_IATI_ORG", "QC-REQ-1")
    monkeypatch.setenv("COOPNLP_IATI_NAME", "Archives")
    assert Reporter.given() == Reporter("QC-REQ-1", "Archives", "11")
    assert Reporter("XM-DAC-4", "a").country == "FR"


def test_sectors_are_of_one_vocabulary() -> None:
    mixed = sectors([("Culture et Patrimoine",), ("Culture et Patrimoine", "Patrimoine")])
    assert {share.vocabulary for share in mixed} == {"2"}
    assert sum(share.percentage for share in mixed) == 100
    assert sectors([("Une autre nomenclature",)]) == ()
    for count in range(1, 30):
        assert sum(shares(count)) == 100
