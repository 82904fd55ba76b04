"""Who may correct: accounts, their passwords, and the commands that manage them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from coopnlp.cli import app
from coopnlp.errors import AccountError
from coopnlp.register import Register, accounts
from coopnlp.register.accounts import Accounts
from coopnlp.register.schema import account

SECRET = "jumelage 1998 !"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost little: what they are worth is argon2's."""
    from argon2 import PasswordHasher

    hasher = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", lambda: hasher)
    accounts._nobody.cache_clear()


@pytest.fixture
def register(new_register: Callable[[], str]) -> Iterator[Register]:
    with Register(new_register()) as opened:
        yield opened


def _stored(register: Register) -> str:
    with register._database.reading() as connection:
        return str(connection.execute(sa.select(account.c.password)).scalar_one())


def test_a_password_opens_its_account_alone(register: Register) -> None:
    known = Accounts(register)
    made = known.create("Élodie", SECRET, role="administrator")
    known.create("bob", "un autre secret")
    assert (made.name, made.role, made.disabled_at) == ("Élodie", "administrator", None)
    assert known.verify("Élodie", SECRET) == made == known.find("Élodie")
    assert known.verify("bob", SECRET) is None
    assert known.verify("Élodie", SECRET + " ") is None
    assert known.verify("personne", SECRET) is None
    assert known.find("personne") is None
    assert [each.name for each in known.list()] == ["bob", "Élodie"]


def test_the_same_name_and_password_typed_on_another_keyboard(register: Register) -> None:
    known = Accounts(register)
    known.create("E\u0301lodie", "me\u0301lange 1998")
    assert known.verify("Élodie", "mélange 1998") is not None


def test_no_password_is_stored(register: Register) -> None:
    Accounts(register).create("alice", SECRET)
    assert _stored(register).startswith("$argon2id$")
    assert SECRET not in json.dumps(register.dump())


@pytest.mark.parametrize("password", ["", "neuf car.", "x" * 1001, "Alice-Martin", "dix\ud800carac"])
def test_a_password_that_is_none(register: Register, password: str) -> None:
    with pytest.raises(AccountError, match=r"password .*Give"):
        Accounts(register).create("alice-martin", password)
    assert Accounts(register).list() == []


@pytest.mark.parametrize("name", ["", " alice", "a\nb", "x" * 101, "ALICE"])
def test_a_name_that_is_none(register: Register, name: str) -> None:
    known = Accounts(register)
    known.create("alice", SECRET)
    with pytest.raises(AccountError, match="Give"):
        known.create(name, SECRET)
    assert len(known.list()) == 1


def test_a_new_password_ends_the_sessions_of_the_old_one(register: Register) -> None:
    known = Accounts(register)
    before = known.create("alice", SECRET)
    after = known.set_password("alice", "un nouveau secret")
    assert before.stamp != after.stamp
    assert known.verify("alice", SECRET) is None
    assert known.verify("alice", "un nouveau secret") == after
    with pytest.raises(AccountError, match="no such account"):
        known.set_password("bob", SECRET)


def test_an_account_that_is_disabled_opens_nothing(register: Register) -> None:
    known = Accounts(register)
    known.create("alice", SECRET)
    assert known.disable("alice").disabled_at is not None
    assert known.verify("alice", SECRET) is None
    assert known.enable("alice").disabled_at is None
    assert known.verify("alice", SECRET) is not None


def test_a_hash_of_other_costs_is_made_anew(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    known = Accounts(register)
    known.create("alice", SECRET)
    before = _stored(register)
    dearer = PasswordHasher(time_cost=2, memory_cost=1024, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", lambda: dearer)
    assert known.verify("alice", "un autre secret") is None
    assert _stored(register) == before
    assert known.verify("alice", SECRET) is not None
    assert "t=2" in _stored(register)
    assert known.verify("alice", SECRET) is not None


def test_a_name_that_nobody_has_takes_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    slow = PasswordHasher(time_cost=2, memory_cost=16384, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", lambda: slow)
    accounts._nobody.cache_clear()
    with Register("sqlite://") as register:
        known = Accounts(register)
        known.create("alice", SECRET)
        known.create("bob", SECRET)
        known.disable("bob")
        known.verify("personne", SECRET)

        def least(name: str) -> float:
            times = []
            for _ in range(7):
                began = time.perf_counter()
                known.verify(name, "un autre secret")
                times.append(time.perf_counter() - began)
            return min(times)

        wrong = least("alice")
        assert least("personne") > wrong / 2
        assert least("bob") > wrong / 2


def test_commands(tmp_path: Path) -> None:
    url = str(tmp_path / "r.db")
    runner = CliRunner()
    Register(url).close()
    accounts_of = ["register", "accounts"]
    empty = runner.invoke(app, [*accounts_of, "list", url])
    assert empty.exit_code == 0
    assert "nobody may correct" in empty.stderr
    made = runner.invoke(app, [*accounts_of, "add", url, "alice", "--password-stdin"], input=SECRET + "\n")
    assert (made.exit_code, made.stdout) == (0, "")
    listed = runner.invoke(app, [*accounts_of, "list", url, "--json"])
    (row,) = map(json.loads, listed.stdout.splitlines())
    assert (row["name"], row["role"]) == ("alice", "archivist")
    assert set(row) == {"name", "role", "created_at"}
    changed = runner.invoke(app, [*accounts_of, "password", url, "alice", "--password-stdin"], input="un autre secret")
    assert changed.exit_code == 0
    assert runner.invoke(app, [*accounts_of, "disable", url, "alice"]).exit_code == 0
    shown = runner.invoke(app, [*accounts_of, "list", url])
    assert "archiviste" in shown.stdout
    assert "fermé le" in shown.stdout
    assert runner.invoke(app, [*accounts_of, "enable", url, "alice"]).exit_code == 0
    with Register(url) as register:
        assert Accounts(register).verify("alice", "un autre secret") is not None


def test_commands_that_cannot(tmp_path: Path) -> None:
    url = str(tmp_path / "r.db")
    runner = CliRunner()
    Register(url).close()
    short = runner.invoke(app, ["register", "accounts", "add", url, "alice", "--password-stdin"], input="court\n")
    assert isinstance(short.exception, AccountError)
    unasked = runner.invoke(app, ["register", "accounts", "add", url, "alice"], input="")
    assert unasked.exit_code == 2
    assert "--password-stdin" in unasked.stderr
    role = runner.invoke(
        app, ["register", "accounts", "add", url, "a", "--role", "chef", "--password-stdin"], input=SECRET
    )
    assert role.exit_code == 2
    with Register(url) as register:
        assert Accounts(register).list() == []


def test_a_password_is_asked_for_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from coopnlp import cli_accounts

    answers = iter([SECRET, SECRET, SECRET, "autre chose"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    monkeypatch.setattr(cli_accounts.sys.stdin, "isatty", lambda: True)
    assert cli_accounts._password(False) == SECRET
    with pytest.raises(Exception, match="differ"):
        cli_accounts._password(False)
