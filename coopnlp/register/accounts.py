"""Who may correct a register: local accounts, with passwords that only their hashes know.

Passwords are hashed with Argon2id and the costs that argon2-cffi holds for right
(RFC 9106, section 4, second choice); a hash made with other costs is made anew
when its password is given the next time. A wrong password, a name that nobody
has and an account that may not be used any more take the same time and give the
same answer.
"""

from __future__ import annotations

import hashlib
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

import sqlalchemy as sa

from coopnlp.errors import AccountError
from coopnlp.register import journal
from coopnlp.register.database import patient
from coopnlp.register.schema import account
from coopnlp.register.store import Register
from coopnlp.types import Value

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["MIN_PASSWORD", "Account", "Accounts", "Role"]

Role = Literal["archivist", "administrator"]
#: Characters that a password has at least.
MIN_PASSWORD = 10
# More is no better, and hashing it costs memory.
_MAX_PASSWORD = 1000
_MAX_NAME = 100


class Account(Value):
    """Somebody who may correct; moments are ISO 8601, UTC.

    ``stamp`` changes with the password: a session that was opened with another
    one is over.
    """

    name: str
    role: Role
    created_at: str
    disabled_at: str | None = None
    stamp: str


class Accounts:
    """The accounts of a register.

    Parameters
    ----------
    register
        An open register.

    Raises
    ------
    AccountError
        By methods that change something: there is no such account, or its name
        or password cannot be taken; the message says why.
    RegisterError
        By every method where the database fails.
    """

    def __init__(self, register: Register) -> None:
        self.register = register
        self._database = register._database

    @patient
    def create(self, name: str, password: str, *, role: Role = "archivist") -> Account:
        """Make an account.

        Parameters
        ----------
        name
            Up to 100 characters; no two names differ in case alone.
        password
            10 characters or more.
        role
            An administrator manages accounts as well.
        """
        name = _checked_name(name)
        if role not in get_args(Role):
            raise AccountError(f"{role!r} is no role. Give one of {', '.join(get_args(Role))}.")
        hashed = _hasher().hash(_checked_password(password, name))
        with self._database.writing() as connection:
            taken = connection.execute(sa.select(account.c.name)).scalars()
            same = next((each for each in taken if each.casefold() == name.casefold()), None)
            if same is not None:
                raise AccountError(f"{same}: there is an account of this name. Give another name.")
            row = {"name": name, "password": hashed, "role": role, "created_at": journal.now()}
            connection.execute(sa.insert(account), row)
            return _account(_row(connection, name))

    def list(self) -> list[Account]:
        """Return the accounts in the order of their names, also those that may not be used any more."""
        with self._database.reading() as connection:
            return [_account(row) for row in connection.execute(sa.select(account).order_by(account.c.name))]

    def find(self, name: str) -> Account | None:
        """Return an account, None where there is none of this name; for sessions, which keep name and stamp."""
        asked = sa.select(account).where(account.c.name == unicodedata.normalize("NFC", name))
        with self._database.reading() as connection:
            row = connection.execute(asked).one_or_none()
        return None if row is None else _account(row)

    @patient
    def set_password(self, name: str, password: str) -> Account:
        """Change the password of an account, and so end its sessions."""
        hashed = _hasher().hash(_checked_password(password, name))
        return self._change(name, password=hashed)

    @patient
    def disable(self, name: str) -> Account:
        """Let an account be used no more; what it corrected stays, with its name."""
        return self._change(name, disabled_at=journal.now())

    @patient
    def enable(self, name: str) -> Account:
        """Let an account be used again."""
        return self._change(name, disabled_at=None)

    def verify(self, name: str, password: str) -> Account | None:
        """Return the account that has this name and password, None where none has or it may not be used."""
        from argon2.exceptions import InvalidHashError, VerificationError

        name, password = unicodedata.normalize("NFC", name), unicodedata.normalize("NFC", password)
        with self._database.reading() as connection:
            row = connection.execute(sa.select(account).where(account.c.name == name)).one_or_none()
        usable = row is not None and row.disabled_at is None and len(password) <= _MAX_PASSWORD
        hashed = row.password if usable and row is not None else _nobody()
        try:
            _hasher().verify(hashed, password[:_MAX_PASSWORD].encode(errors="replace"))
        except (VerificationError, InvalidHashError):
            return None
        if not usable or row is None:
            return None
        return self._rehashed(row, password) if _hasher().check_needs_rehash(hashed) else _account(row)

    @patient
    def _rehashed(self, row: Any, password: str) -> Account:
        """Hash a password with the costs of today, unless it was changed meanwhile."""
        hashed = _hasher().hash(password)
        with self._database.writing() as connection:
            own = sa.update(account).where(account.c.id == row.id, account.c.password == row.password)
            connection.execute(own.values(password=hashed))
            return _account(_row(connection, row.name))

    def _change(self, name: str, **values: str | None) -> Account:
        with self._database.writing() as connection:
            row = _row(connection, unicodedata.normalize("NFC", name))
            connection.execute(sa.update(account).where(account.c.id == row.id).values(values))
            return _account(_row(connection, row.name))


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobody() -> str:
    """Return the hash that is compared with where there is no account: that takes as long as with one."""
    return _hasher().hash("no password at all, but as long to verify as one")


def _row(connection: sa.Connection, name: str) -> Any:
    row = connection.execute(sa.select(account).where(account.c.name == name)).one_or_none()
    if row is None:
        raise AccountError(f"{name}: there is no such account. `coopnlp register accounts list` names them.")
    return row


def _account(row: Any) -> Account:
    stamp = hashlib.sha256(row.password.encode()).hexdigest()[:32]
    return Account(name=row.name, role=row.role, created_at=row.created_at, disabled_at=row.disabled_at, stamp=stamp)


def _checked_name(name: str) -> str:
    name = unicodedata.normalize("NFC", name)
    if not 0 < len(name) <= _MAX_NAME or name != name.strip() or not name.isprintable():
        raise AccountError(
            f"{name!r} is no name for an account. Give 1 to {_MAX_NAME} letters, figures or signs, "
            "with no space at either end."
        )
    return name


def _checked_password(password: str, name: str) -> str:
    password = unicodedata.normalize("NFC", password)
    if len(password) < MIN_PASSWORD:
        raise AccountError(f"the password has {len(password)} characters. Give {MIN_PASSWORD} or more.")
    if len(password) > _MAX_PASSWORD:
        raise AccountError(f"the password has over {_MAX_PASSWORD} characters. Give fewer.")
    if password.casefold() == name.casefold():
        raise AccountError("the password is the name of the account. Give another one.")
    try:
        password.encode()
    except UnicodeEncodeError as error:
        raise AccountError("the password holds what is no character. Give another one.") from error
    return password
