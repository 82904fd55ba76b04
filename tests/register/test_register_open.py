"""Opening: what is no register is refused by name, with a remedy, and stays as it is."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from register_makers import full

from coopnlp.errors import RegisterError
from coopnlp.register import Register, open_register
from coopnlp.register.schema import MIGRATIONS, Migration, metadata


def test_a_new_register_notes_its_migrations(tmp_path: Path) -> None:
    Register(tmp_path / "r.db").close()
    with sqlite3.connect(tmp_path / "r.db") as connection:
        versions = [row[0] for row in connection.execute("SELECT version FROM migration")]
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    assert versions == [step.version for step in MIGRATIONS]
    assert mode == "wal"


def test_a_register_opens_again_by_path_and_by_url(tmp_path: Path) -> None:
    with Register(tmp_path / "r.db") as register:
        register.add(full())
    with Register(f"sqlite:///{tmp_path / 'r.db'}") as register:
        assert register.stats().documents == 1


def test_a_foreign_database_is_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "compta.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE facture (n INTEGER)")
    before = path.read_bytes()
    with pytest.raises(RegisterError, match="no register of coopnlp"):
        Register(path)
    assert path.read_bytes() == before


def test_a_foreign_database_with_a_migration_table_is_no_register(tmp_path: Path) -> None:
    path = tmp_path / "autre.db"
    with sqlite3.connect(path) as connection:
        for table in ("migration", "source", "document"):
            connection.execute(f"CREATE TABLE {table} (version INTEGER)")
    with pytest.raises(RegisterError, match="no register of coopnlp"):
        Register(path)


def test_a_file_of_another_kind_is_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "lettre.txt"
    path.write_text("Monsieur le Maire,")
    with pytest.raises(RegisterError, match="not an SQLite database"):
        Register(path)
    assert path.read_text() == "Monsieur le Maire,"


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    Register(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO migration VALUES (999, 'demain', '2030-01-01')")
    with pytest.raises(RegisterError, match="schema 999"):
        Register(path)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("dossier-absent/r.db", "does not exist"),
        ("oracle://hote/base", "SQLite or PostgreSQL"),
        ("http://exemple.fr/r.db", "not known|SQLite or PostgreSQL"),
        ("://", "no database URL"),
        ("postgresql+psycopg://nul:secret@127.0.0.1:9/rien", "Install one|cannot be reached"),
    ],
)
def test_an_unusable_url_says_what_to_do(url: str, told: str) -> None:
    with pytest.raises(RegisterError, match=told) as caught:
        Register(url)
    assert "secret" not in str(caught.value)


def test_a_folder_is_no_register(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="folder"):
        Register(tmp_path)


def test_reading_makes_no_register(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="no such register"):
        open_register(str(tmp_path / "r.db"))
    assert list(tmp_path.iterdir()) == []


def test_an_older_register_gets_the_migrations_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Register(tmp_path / "r.db") as register:
        register.add(full())

    def widen(connection: sa.Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE notice ADD COLUMN seen TEXT")

    later = (*MIGRATIONS, Migration(len(MIGRATIONS) + 1, "a column", widen))
    monkeypatch.setattr("coopnlp.register.database.MIGRATIONS", later)
    for _ in range(2):  # the second opening finds it applied
        with Register(tmp_path / "r.db") as register:
            assert register.stats().documents == 1
    with sqlite3.connect(tmp_path / "r.db") as connection:
        assert connection.execute("SELECT seen FROM notice").fetchall() == [(None,)]


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    Register(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE notice")
    with Register(path) as register:
        with pytest.raises(RegisterError):
            register.add(full())
        assert register.stats().documents == 0
        assert register.search("Auxerre") == []


def test_every_table_of_the_schema_is_made(tmp_path: Path) -> None:
    Register(tmp_path / "r.db").close()
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'r.db'}")
    assert set(metadata.tables) <= set(sa.inspect(engine).get_table_names())
    engine.dispose()


def test_importing_the_register_is_light() -> None:
    import subprocess
    import sys

    told = subprocess.run(
        [sys.executable, "-c", "import coopnlp.register, sys; print([m for m in sys.modules])"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert not any(f"'{heavy}'" in told for heavy in ("spacy", "sklearn", "sqlalchemy", "rich"))
