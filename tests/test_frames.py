"""Frames of a register: every row, the columns that are documented, types that analysts count on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from coopnlp import frames
from coopnlp.errors import CoopnlpError, RegisterError
from coopnlp.register import Register, schema
from coopnlp.register.columns import TABLES

sys.path.insert(0, str(Path(__file__).with_name("register")))
from register_makers import digest, full, plain

pd = pytest.importorskip("pandas", reason='no frames: pip install "coopnlp[frames]"')
pl = pytest.importorskip("polars", reason='no frames: pip install "coopnlp[frames]"')


@pytest.fixture(scope="module")
def register() -> Register:
    """A register of three documents; the catalogue holds two items, as if it had been made."""
    made = Register("sqlite://")
    made.add_all([full("a.pdf"), full("b.pdf", extra="\n\nSuite."), plain("Il pleut.", name="c.txt")])
    with made._database.writing() as connection:
        funding = connection.execute(sa.select(schema.record.c.id).where(schema.record.c.type == "funding")).scalars()
        key = next(iter(funding))
        connection.execute(
            schema.item.insert(),
            [
                {"id": key, "type": "funding", "title": "accès à l’eau", "start": "1999", "year": 1999, "documents": 2,
                 "records": 2, "conflicts": 0, "doubt": 0.25},
                {"id": key + 500_000, "type": "agreement", "title": "sans fiche", "start": None, "year": None, "documents": 1, "records": 1,
                 "conflicts": 1, "doubt": 0.5},
            ],
        )  # fmt: skip
        connection.execute(
            schema.item_party.insert(),
            [
                {"item_id": key, "n": 0, "role": "funder", "text": "Agence de l’eau", "actor": "name:agence de l eau"},
                {"item_id": key, "n": 1, "role": "party", "text": "Auxerre", "actor": "fr-commune:89024"},
            ],
        )
        connection.execute(
            schema.item_amount.insert(),
            [{"item_id": key, "n": 0, "value": "15000.10", "currency": "EUR", "total": 1}],
        )
        connection.execute(schema.item_country.insert(), [{"item_id": key, "country": c} for c in ("FR", "BG")])
    return made


COUNTS = {
    "documents": 3, "entities": 8, "partnerships": 2, "fundings": 6, "agreements": 2, "projects": 2, "parties": 10,
    "themes": 4, "items": 2,
}  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_both_frames_have_every_row_and_the_documented_columns(register: Register, table: str) -> None:
    pandas, polars = frames.to_pandas(register, table), frames.to_polars(register, table)
    assert len(pandas) == len(polars) == COUNTS[table]
    assert list(pandas.columns) == polars.columns == list(TABLES[table])
    kinds = {"text": "string", "whole": "Int64", "number": "float64", "truth": "boolean"}
    assert [str(kind) for kind in pandas.dtypes] == [kinds[kind] for kind in TABLES[table].values()]
    kinds = {"text": "String", "whole": "Int64", "number": "Float64", "truth": "Boolean"}
    assert [str(kind) for kind in polars.dtypes] == [kinds[kind] for kind in TABLES[table].values()]
    same = [[None if pd.isna(value) else value for value in row] for row in pandas.itertuples(index=False)]
    assert same == [list(row) for row in polars.rows()]


@pytest.mark.parametrize("table", TABLES)
def test_chunks_are_the_whole_whatever_their_size(register: Register, table: str) -> None:
    whole = frames.to_polars(register, table)
    for rows in (1, 2, 3, 1000):
        parts = list(frames.each_polars(register, table, rows=rows))
        assert pl.concat(parts).equals(whole)
    assert sum(map(len, frames.each_pandas(register, table, rows=1))) == len(whole)


def test_money_is_a_number_and_exact_text(register: Register) -> None:
    frame = frames.to_pandas(register, "fundings")
    first = frame[frame["source"] == "a.pdf"]
    assert first["value_text"].tolist() == ["15000", "22500.00", pd.NA]
    assert first["value"].tolist()[:2] == [15000.0, 22500.0]
    assert first["currency"].tolist() == ["EUR", "CAD", "EUR"]
    assert (first["min"].tolist()[2], first["max_text"].tolist()[2]) == (1000.0, "2000")
    assert first["amount"].tolist() == [0, 1, 0]
    assert first["start_year"].tolist() == [1999, 1999, pd.NA]
    assert first["ref"].nunique() == 2
    assert frame.groupby("currency")["value"].sum().to_dict() == {"CAD": 45000.0, "EUR": 30000.0}


def test_a_funding_without_amount_keeps_its_row() -> None:
    made = full("a.pdf")
    bare = tuple(funding.model_copy(update={"amounts": ()}) for funding in made.record.fundings)
    with Register("sqlite://") as register:
        register.add(made.model_copy(update={"record": made.record.model_copy(update={"fundings": bare})}))
        frame = frames.to_polars(register, "fundings")
    assert frame["funder"].to_list() == ["Agence de l’eau"] * 2
    assert frame["amount"].null_count() == frame["value"].null_count() == 2


def test_references_join_records_and_parties(register: Register) -> None:
    partnerships, parties = frames.to_pandas(register, "partnerships"), frames.to_pandas(register, "parties")
    joined = partnerships.merge(parties[parties["type"] == "partnership"], on="ref")
    assert sorted(joined["text"]) == ["Auxerre", "Auxerre", "Plovdiv", "Plovdiv"]
    assert partnerships["parties"].tolist() == ["Auxerre ; Plovdiv"] * 2
    assert partnerships["kb_ids"].tolist() == ["fr-commune:89024 ; geonames:728193"] * 2


def test_a_project_has_its_first_theme(register: Register) -> None:
    frame = frames.to_polars(register, "projects")
    assert frame.select("theme", "subtheme", "probability").row(0) == ("Environnement", "Eau", 0.75)
    themes = frames.to_polars(register, "themes")
    assert sorted(themes["project"].to_list(), key=str) == [0, 0, None, None]
    assert set(themes["path"]) == {"Environnement > Eau"}


def test_an_item_is_told_with_its_actors_and_sums(register: Register) -> None:
    first, second = frames.to_polars(register, "items").to_dicts()
    assert first["ref"].endswith("-0") and len(first["ref"]) == 14
    assert (first["funders"], first["parties"], first["kb_ids"]) == ("Agence de l’eau", "Auxerre", "fr-commune:89024")
    assert (first["value"], first["value_text"], first["amounts"]) == (15000.1, "15000.10", "15000.10 EUR")
    assert (first["total"], first["countries"]) == (True, "BG ; FR")
    assert (second["ref"], second["title"], second["total"]) == (None, "sans fiche", False)


def test_an_empty_table_is_a_frame_with_its_columns() -> None:
    with Register("sqlite://") as register:
        assert frames.to_pandas(register, "fundings").shape == (0, len(TABLES["fundings"]))
        assert frames.to_polars(register, "items").schema["value"] == pl.Float64


def test_items_of_a_register_whose_catalogue_was_not_made_are_a_named_error() -> None:
    with Register("sqlite://") as register:
        register.add(full())
        with pytest.raises(RegisterError, match="catalogue"):
            frames.to_pandas(register, "items")


def test_a_register_is_read_by_its_file_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "registre.db"
    with Register(path) as register:
        register.add(full())
    assert frames.to_polars(path, "documents")["sha256"].to_list() == [digest(full().extraction.text)]
    assert [p.name for p in tmp_path.iterdir()] == ["registre.db"]


def test_what_is_not_there_is_a_named_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RegisterError, match="no such register"):
        frames.to_pandas(tmp_path / "absent.db", "fundings")
    with Register("sqlite://") as register, pytest.raises(RegisterError, match=r"subventions.*fundings"):
        frames.to_pandas(register, "subventions")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(CoopnlpError, match=r'pip install "coopnlp\[frames\]"'):
        frames.to_pandas(tmp_path / "absent.db", "fundings")
