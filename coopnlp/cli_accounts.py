"""``coopnlp register accounts``: who may correct a register in the browser."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

__all__ = ["accounts_app"]

accounts_app = typer.Typer(help="Manage the accounts of those who correct a register.", no_args_is_help=True)

Url = Annotated[str, typer.Argument(metavar="URL", help="The register: a file, or a database URL.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the account.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, up to the first line end.")
]


def _password(from_stdin: bool) -> str:
    """Ask twice for a password that is not shown, or read it from standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter("there is no terminal to ask on: give --password-stdin", param_hint="--password-stdin")
    from getpass import getpass

    password = getpass("Mot de passe : ")
    if getpass("Encore une fois : ") != password:
        raise typer.BadParameter("the two passwords differ: nothing was changed", param_hint="password")
    return password


def _say(message: str) -> None:
    sys.stderr.write(f"coopnlp: {message}\n")


@accounts_app.command("add")
def add(
    url: Url,
    name: Name,
    role: Annotated[str, typer.Option(help="archivist, or administrator, who manages accounts as well.")] = "archivist",
    password_stdin: FromStdin = False,
) -> None:
    """Make an account; the password is asked for, and is not shown."""
    from coopnlp.register import open_register
    from coopnlp.register.accounts import Accounts

    if role not in ("archivist", "administrator"):
        raise typer.BadParameter(f"{role!r} is neither archivist nor administrator", param_hint="--role")
    with open_register(url) as register:
        made = Accounts(register).create(
            name, _password(password_stdin), role="archivist" if role == "archivist" else "administrator"
        )
    _say(f"{made.name} may correct {url}")


@accounts_app.command("list")
def show(
    url: Url, json_lines: Annotated[bool, typer.Option("--json", help="JSON Lines instead of a table.")] = False
) -> None:
    """List the accounts."""
    from coopnlp.register import open_register
    from coopnlp.register.accounts import Accounts
    from coopnlp.register.screen import console_on, day, table

    with open_register(url) as register:
        accounts = Accounts(register).list()
    if json_lines:
        for each in accounts:
            told = {name: value for name, value in each.to_json().items() if name != "stamp"}
            sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    roles = {"archivist": "archiviste", "administrator": "administrateur"}
    rows = [
        (each.name, roles[each.role], day(each.created_at[:10]), day((each.disabled_at or "")[:10]))
        for each in accounts
    ]  # fmt: skip
    table(console_on(sys.stdout), "Comptes", ["nom", "rôle", "créé le", "fermé le"], rows, len(rows))
    if not rows:
        _say(f"nobody may correct {url} yet: `coopnlp register accounts add {url} NAME`")


@accounts_app.command("disable")
def disable(url: Url, name: Name) -> None:
    """Let an account be used no more; what it corrected stays, with its name."""
    from coopnlp.register import open_register
    from coopnlp.register.accounts import Accounts

    with open_register(url) as register:
        Accounts(register).disable(name)
    _say(f"{name} may not correct {url} any more")


@accounts_app.command("enable")
def enable(url: Url, name: Name) -> None:
    """Let an account be used again."""
    from coopnlp.register import open_register
    from coopnlp.register.accounts import Accounts

    with open_register(url) as register:
        Accounts(register).enable(name)
    _say(f"{name} may correct {url} again")


@accounts_app.command("password")
def password(url: Url, name: Name, password_stdin: FromStdin = False) -> None:
    """Change the password of an account, and so end its sessions."""
    from coopnlp.register import open_register
    from coopnlp.register.accounts import Accounts

    with open_register(url) as register:
        Accounts(register).set_password(name, _password(password_stdin))
    _say(f"{name} has a new password")
