"""Registers written by earlier versions: brought to the schema of today, with all that is in them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlalchemy as sa
from register_makers import full

from coopnlp.register import Register, schema
from coopnlp.register.schema import MIGRATIONS


def shape(path: Path) -> dict[str, object]:
    """Columns, keys and indexes of every table."""
    engine = sa.create_engine(f"sqlite:///{path}")
    found = sa.inspect(engine)
    told = {
        table: (
            sorted((c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)),
            found.get_pk_constraint(table)["constrained_columns"],
            sorted((tuple(f["constrained_columns"]), f["referred_table"]) for f in found.get_foreign_keys(table)),
            sorted((i["name"], tuple(i["column_names"])) for i in found.get_indexes(table)),
        )
        for table in found.get_table_names()
    }
    engine.dispose()
    return told


def to_first_schema(path: Path) -> None:
    """Take from a register what came after the first schema."""
    with sqlite3.connect(path) as connection:
        for table in (schema.account, schema.correction, *schema.DERIVED):
            connection.execute(f"DROP TABLE {table.name}")
        connection.execute("ALTER TABLE funding DROP COLUMN status")
        connection.execute("DROP TABLE plan")
        connection.execute("DROP TABLE run")
        for table in ("source", "location"):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN trace")
            connection.execute(f"ALTER TABLE {table} DROP COLUMN claimed_by")
        connection.execute("DELETE FROM migration WHERE version > 1")


def test_a_register_of_the_first_schema_becomes_one_of_today(tmp_path: Path) -> None:
    with Register(tmp_path / "neuf.db") as register:
        register.add(full())
        content = register.dump()
    with Register(tmp_path / "ancien.db") as register:
        register.add(full())
    to_first_schema(tmp_path / "ancien.db")
    for _ in range(2):  # the second opening finds it done
        with Register(tmp_path / "ancien.db") as register:
            assert register.dump() == content
    assert shape(tmp_path / "ancien.db") == shape(tmp_path / "neuf.db")


def test_a_batch_goes_on_in_a_register_of_the_first_schema(tmp_path: Path) -> None:
    result = full()
    with Register(tmp_path / "r.db") as register:
        register.add(result)
    to_first_schema(tmp_path / "r.db")
    with Register(tmp_path / "r.db") as register:
        run = register.begin()
        assert register.left(run).sources == 0
        assert register.show("pv-auxerre").record == result.record


def test_versions_of_migrations_follow_one_another() -> None:
    assert [step.version for step in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))
