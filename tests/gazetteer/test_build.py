"""The compiled files, and how entries become lines."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from coopnlp.errors import CorpusError
from coopnlp.gazetteer import Gazetteer
from coopnlp.gazetteer.build import compile_entries
from coopnlp.gazetteer.entries import TABLES, Entry, read_table

DATA = TABLES.parent / "data"


def _entries() -> list[Entry]:
    town = Entry("fr-commune:99001", "commune", "Le Bourg", "FR", parents=["fr-departement:99"], population=20_000)
    town.names.append(("Vieux-Bourg", "f1950"))
    return [Entry("fr-departement:99", "departement", "Haute-Prairie", "FR", population=50_000), town]


def test_the_same_entries_give_the_same_text() -> None:
    assert compile_entries(_entries()) == compile_entries(_entries())


def test_compiled_entries_can_be_looked_up() -> None:
    gazetteer = Gazetteer(*compile_entries(_entries()))
    assert gazetteer.lookup("commune du Bourg")[0].place.parents == ("fr-departement:99",)
    assert gazetteer.lookup("Vieux-Bourg")[0].reasons[0] == "name until 1950"
    assert gazetteer.classes("bourg") == {"commune"}


@pytest.mark.parametrize("name", ["places.tsv.gz", "names.tsv.gz"])
def test_shipped_files_have_the_digests_of_their_readme(name: str) -> None:
    digest = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
    assert digest in (DATA / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", sorted(TABLES.glob("*.tsv")), ids=lambda path: path.name)
def test_every_row_of_a_table_says_its_source(table: Path) -> None:
    assert all(row["source"] for row in read_table(table))


def test_parents_and_successors_exist() -> None:
    gazetteer = Gazetteer.load()
    for kb_id in ("fr-commune:97502", "qc-municipalite:66023", "fr-epci:246700488", "geonames:2460596", "fr-region:72"):
        place = gazetteer.by_id(kb_id)
        assert place is not None
        assert all(gazetteer.by_id(parent) is not None for parent in place.parents)


def test_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"absent\.tsv"):
        list(read_table(tmp_path / "absent.tsv"))


def test_short_row_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.tsv").write_text("a\tb\n1\t2\n3\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="line 3"):
        list(read_table(tmp_path / "bad.tsv"))


@pytest.mark.shared
def test_old_regions_are_all_there(shared: Path) -> None:
    with (shared / "data/gazetteer/french_regions_before_2016.tsv").open(encoding="utf-8") as lines:
        codes = [row["code"] for row in csv.DictReader(lines, delimiter="\t")]
    assert all(Gazetteer.load().by_id(f"fr-region:{code}") for code in codes)
