"""What comes out: counts and sums, files, screens."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from register_makers import full, plain

from coopnlp.errors import RegisterError
from coopnlp.register import Register
from coopnlp.register.render import show_document, show_failures, show_hits, show_overview, show_stats
from coopnlp.register.screen import money, period
from coopnlp.types import Amount, Failure


@pytest.fixture
def register(new_register: Callable[[], str]) -> Iterator[Register]:
    with Register(new_register()) as opened:
        opened.add(full())
        opened.add(full("suite.pdf", extra=" Fin."))
        opened.add(plain("Rien de tel.", name="a.txt", title="=HYPERLINK(1)"))
        opened.add_failure(Failure(source="scan.pdf", error="NoText", message="scan.pdf : images seules."))
        yield opened


def test_sums_are_exact_and_a_currency_each(register: Register) -> None:
    stats = register.stats()
    assert [(s.currency, s.total, s.count) for s in stats.sums] == [
        ("CAD", Decimal("45000.00"), 2),
        ("EUR", Decimal("30000"), 2),
    ]
    assert stats.ranges == 2


def test_counts(register: Register) -> None:
    stats = register.stats()
    assert (stats.documents, stats.pages, stats.failed, stats.waiting) == (3, 4, 1, 0)
    assert stats.records == {"partnership": 2, "funding": 4, "agreement": 2, "project": 2}
    assert [(c.name, c.count) for c in stats.kinds] == [("compte rendu", 2), (None, 1)]
    assert [(c.name, c.count) for c in stats.funders] == [("Agence de l’eau", 4)]
    assert {c.name: c.count for c in stats.years} == {"1998": 2, "1999": 8}


def test_an_empty_register_counts_nothing(new_register: Callable[[], str]) -> None:
    with Register(new_register()) as register:
        assert register.stats().sums == ()
        assert register.documents() == register.lines("funding") == register.failures() == []


def test_a_grant_that_is_only_asked_for_says_so(new_register: Callable[[], str]) -> None:
    made = full()
    asked = made.record.fundings[0].model_copy(update={"status": "demandé"})
    record = made.record.model_copy(update={"fundings": (asked, *made.record.fundings[1:])})
    with Register(new_register()) as register:
        register.add(made.model_copy(update={"record": record}))
        assert [line.status for line in register.lines("funding")] == ["demandé", None]
        assert [funding.status for funding in next(iter(register.records())).fundings] == ["demandé", None]


def test_lines_say_who_with_whom(register: Register) -> None:
    line = register.lines("partnership")[0]
    assert line.parties == ("Auxerre", "Plovdiv")
    assert (line.start, line.source, line.page) == ("1998", "pv-auxerre.pdf", 1)


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(path.read_text(encoding="utf-8"), newline="")))


def test_csv_has_a_file_a_table(register: Register, tmp_path: Path) -> None:
    names = [path.name for path in register.export(tmp_path / "export")]
    assert names == [
        "agreements.csv", "documents.csv", "entities.csv", "fundings.csv", "notices.csv", "partnerships.csv",
        "projects.csv", "sources.csv", "themes.csv",
    ]  # fmt: skip
    fundings = rows(tmp_path / "export/fundings.csv")
    assert [row["value"] for row in fundings[:2]] == ["15000", "22500.00"]
    assert sorted(p.name for p in (tmp_path / "export").iterdir()) == names


def test_a_formula_is_no_formula_in_csv(register: Register, tmp_path: Path) -> None:
    register.export(tmp_path)
    assert rows(tmp_path / "documents.csv")[0]["title"] == "'=HYPERLINK(1)"


def test_excel_gets_a_mark_and_semicolons(register: Register, tmp_path: Path) -> None:
    register.export(tmp_path, excel=True)
    assert (tmp_path / "documents.csv").read_bytes().startswith(b"\xef\xbb\xbfsha256;source;")


def test_export_does_not_depend_on_the_order_of_arrival(register: Register, tmp_path: Path) -> None:
    with Register("sqlite://") as other:
        other.add_failure(Failure(source="scan.pdf", error="NoText", message="scan.pdf : images seules."))
        other.add(plain("Rien de tel.", name="a.txt", title="=HYPERLINK(1)"))
        other.add(full("suite.pdf", extra=" Fin."))
        other.add(full())
        one, two = register.export(tmp_path / "1"), other.export(tmp_path / "2")
        assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_json_lines_are_the_records(register: Register, tmp_path: Path) -> None:
    (path,) = register.export(tmp_path / "r.jsonl", format="jsonl")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert lines == [record.to_json() for record in register.records()]
    assert lines[1] == full().record.to_json()


def test_an_export_that_cannot_be_written_says_so(register: Register, tmp_path: Path) -> None:
    (tmp_path / "plein").write_text("fichier")
    with pytest.raises(RegisterError, match="cannot be written"):
        register.export(tmp_path / "plein")


def test_the_overview_has_the_headings_an_archivist_reads(register: Register) -> None:
    screen = StringIO()
    show_overview(register, screen)
    told = screen.getvalue()
    for heading in ("qui", "avec qui", "objet", "période", "montant", "source", "page"):
        assert heading in told
    assert "15\u202f000\xa0EUR" in told
    assert "images seules" in told


def test_a_document_is_shown_with_the_sentences_it_says(register: Register) -> None:
    screen = StringIO()
    show_document(register.show("pv-auxerre"), screen)
    assert "« Le maire rappelle le jumelage signé le 12 mai 1998. » (p. 1)" in screen.getvalue()


def test_hostile_text_is_shown_harmless(new_register: Callable[[], str]) -> None:
    with Register(new_register()) as register:
        register.add(plain("Texte \x1b[31m rouge", name="[bold]x.txt", title="[red]\x1b]0;titre\x07"))
        screen = StringIO()
        show_overview(register, screen)
        show_document(register.show("[bold]x"), screen)
        show_hits(register.search("rouge"), screen)
    assert "\x1b" not in screen.getvalue()
    assert "[bold]x.txt" in screen.getvalue()


def test_a_search_without_hits_says_so() -> None:
    screen = StringIO()
    show_hits([], screen)
    assert "Rien trouvé" in screen.getvalue()


def test_stats_and_failures_are_shown(register: Register) -> None:
    screen = StringIO()
    show_stats(register.stats(), screen)
    show_failures(register.failures(), screen)
    assert "45\u202f000,00\xa0CAD" in screen.getvalue()
    assert "scan.pdf" in screen.getvalue()


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (Amount(value=Decimal("1200000"), currency="CAD"), "1 200 000 CAD"),
        (Amount(min=Decimal(1), max=Decimal(2), currency="EUR"), "1 à 2 EUR"),
        (Amount(max=Decimal("4500.5"), currency="EUR"), "jusqu’à 4 500,5 EUR"),
        (Amount(value=Decimal(7)), "7 (devise non dite)"),
        (Amount(), ""),
    ],
)
def test_amounts_are_written_in_french(amount: Amount, told: str) -> None:
    assert money(amount).replace("\u202f", " ").replace("\xa0", " ") == told


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("2016-03-09", "2016-03-09", "09/03/2016"),
        ("2008", "2010", "2008–2010"),
        ("2021", "2025-06-30", "2021\u00a0– 30/06/2025"),
        (None, "2023", "jusqu’à 2023"),
        (None, None, ""),
    ],
)
def test_periods_are_written_in_french(start: str | None, end: str | None, told: str) -> None:
    assert period(start, end) == told
