"""What only PostgreSQL needs: a driver, the address of its server, and what its errors mean.

Two drivers do: pg8000 (BSD, pure Python), which ``coopnlp[postgresql]``
installs, and psycopg 3 (LGPL), which is used where it is installed already.
One URL serves both, also with the parameters that libpq has (``host`` with the
folder of a socket, ``sslmode``) and its variables ``PGPASSWORD`` and ``PGUSER``.
"""

from __future__ import annotations

import getpass
import os
import ssl
from importlib.util import find_spec
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from coopnlp.errors import RegisterError

__all__ = ["engine", "is_lost", "is_retryable", "readable_url", "remedy", "sqlstate"]

_DRIVERS = ("psycopg", "pg8000")
_INSTALL = 'Install one: `pip install "coopnlp[postgresql]"`.'
_PORT = 5432
# The server is away or going, or has no place for another connection now; nothing is wrong with what was
# asked. Classes 08 and 57P, and code 53300, of postgresql.org/docs/current/errcodes-appendix.html.
_LOST = ("08", "57P01", "57P02", "57P03", "53300")
# Two transactions were in each other's way, and this one was chosen to be done again.
_RETRYABLE = ("40001", "40P01")
_REMEDIES = {
    "28": "Check the name and the password (in the URL, or in PGPASSWORD), and pg_hba.conf of the server.",
    "3D000": "Make the database first: `createdb NAME`.",
    "42501": "Give this user the right to make tables there: `GRANT CREATE ON SCHEMA public TO user`.",
    "25006": "The server only reads now (a standby?): give the address of the one that writes.",
    "53100": "Free some space on the server and start again: what was recorded is safe.",
    "53200": "The server has too little memory: free some and start again.",
    "54": "A limit of the server was passed: please report this, with the document if you may.",
    "XX": "The database may be damaged: look at the server's log, restore a copy.",
}


def engine(url: sa.URL) -> sa.Engine:
    """Return a pool of connections; nothing is connected yet.

    Raises
    ------
    RegisterError
        No driver is installed.
    """
    driver = url.get_driver_name() if "+" in url.drivername else next(filter(find_spec, _DRIVERS), "")
    where = readable_url(url)
    if driver not in _DRIVERS:
        told = f"the driver {driver!r} is not known" if driver else "no driver for PostgreSQL is installed"
        raise RegisterError(f"{where}: {told}. {_INSTALL}")
    options: dict[str, Any] = {}
    url = url.set(drivername=f"postgresql+{driver}")
    if driver == "pg8000":
        url, options = _for_pg8000(url)
    try:
        made = sa.create_engine(url, connect_args=options, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise RegisterError(
            f"{where}: the driver {error.name!r} is not installed. {_INSTALL} "
            "A URL that begins with `postgresql://` takes the driver that is there."
        ) from error
    event.listen(made, "handle_error", _notice_loss)
    return made


def readable_url(url: sa.URL) -> str:
    """Return the URL for messages: no password, wherever it stands."""
    return url.difference_update_query(["password", "sslpassword"]).render_as_string(hide_password=True)


def sqlstate(error: exc.DBAPIError) -> str:
    """Return the five characters by which PostgreSQL names an error; empty where the server said nothing."""
    return _told(error)[0]


def _told(error: exc.DBAPIError) -> tuple[str, str]:
    """Return the code and the message of the server.

    Where a server refuses a connection and closes it, pg8000 may raise that it
    is closed; what the server said is then the context of that.
    """
    raised: BaseException | None = error.orig
    while raised is not None:
        code = getattr(raised, "sqlstate", None)
        if code is not None:
            return str(code), str(raised)
        first = raised.args[0] if raised.args else None
        if isinstance(first, dict) and "C" in first:
            return str(first["C"]), str(first.get("M", ""))
        raised = raised.__cause__ or raised.__context__
    return "", ""


def is_lost(error: exc.DBAPIError) -> bool:
    """Tell whether the server could not be reached or went away: the same may succeed later."""
    code = sqlstate(error)
    if code:
        return code.startswith(_LOST)
    return error.connection_invalidated or isinstance(error, exc.OperationalError | exc.InterfaceError)


def is_retryable(error: exc.DBAPIError) -> bool:
    """Tell whether the server undid a transaction because another one was in its way."""
    return sqlstate(error) in _RETRYABLE


def remedy(error: exc.DBAPIError) -> str | None:
    """Return what was wrong, and what to do about an error that PostgreSQL named; None where it is not known."""
    code, message = _told(error)
    told = (message.strip() or code).splitlines()
    for known, what in _REMEDIES.items():
        if code.startswith(known):
            return f"{told[0]}. {what}"
    return None


def _notice_loss(context: sa.engine.ExceptionContext) -> None:
    """Let the pool drop the connections that a stopping server has ended, whatever the driver makes of it."""
    error = context.sqlalchemy_exception
    if isinstance(error, exc.DBAPIError) and sqlstate(error).startswith("57P"):
        context.is_disconnect = True


def _for_pg8000(url: sa.URL) -> tuple[sa.URL, dict[str, Any]]:
    """Say in pg8000's words what the URL says in libpq's."""
    query = {name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()}
    options: dict[str, Any] = {}
    host = query.pop("host", None) or url.host
    port = int(query.pop("port", 0)) or url.port or _PORT
    url = url.set(
        username=url.username or query.pop("user", None) or os.environ.get("PGUSER") or getpass.getuser(),
        password=url.password or query.pop("password", None) or os.environ.get("PGPASSWORD"),
    )
    if host is not None and host.startswith("/"):
        query["unix_sock"] = f"{host}/.s.PGSQL.{port}"
    elif host is not None:
        url = url.set(host=host, port=port)
    mode = query.pop("sslmode", None)
    if mode in ("verify-ca", "verify-full"):
        context = ssl.create_default_context(cafile=query.pop("sslrootcert", None))
        context.check_hostname = mode == "verify-full"
        options["ssl_context"] = context
    elif mode == "require":
        options["ssl_context"] = True
    elif mode == "disable":
        options["ssl_context"] = False
    return url.set(query=query), options
