"""Our plugin for Datasette: routes, what every template knows, permissions, error pages, the gate before it all.

The plugin is registered once for a process; for a Datasette that shows no
register of ours every hook gives nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Sequence
from importlib import import_module
from typing import Any

from datasette import hookimpl  # type: ignore[import-untyped]

from coopnlp.web.security import gate
from coopnlp.web.site import site_of
from coopnlp.web.tables import COMPARISONS, HIDDEN, READABLE
from coopnlp.web.view import error_response, guarded, is_there, status_of

__all__: list[str] = []

# Modules with ROUTES, (regular expression, view); those that another part brings are taken where they are there.
_PAGES = ("home", "lists", "search", "items", "actors", "documents", "data")
_PARTS = ("coopnlp.web.dashboard.routes", "coopnlp.web.corrections.pages")


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    """Our pages; and nothing of Datasette's own under ``/-/``, which tells of the machine."""
    if site_of(datasette) is None:
        return []
    modules = [f"coopnlp.web.pages.{name}" for name in _PAGES] + [name for name in _PARTS if is_there(name)]
    routes = [route for name in modules for route in import_module(name).ROUTES]
    return [(pattern, guarded(view)) for pattern, view in routes] + [(r"/-/(?!static/)", guarded(_absent))]


async def _absent(request: Any, datasette: Any) -> Any:
    return await error_response(datasette, request, 404)


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """Give the templates the filters of French typography."""
    if site_of(datasette) is not None:
        from coopnlp.web.facets import without_year
        from coopnlp.web.filters import FILTERS, shown

        env.filters.update(FILTERS)
        env.finalize = shown  # also where a template forgets it
        env.globals["sans_annee"] = without_year
        env.globals["comparaisons"] = COMPARISONS
        env.trim_blocks = env.lstrip_blocks = True


@hookimpl
def prepare_connection(conn: sqlite3.Connection, datasette: Any) -> None:
    """Have SQLite itself refuse to read what is hidden, whatever way is found to ask for it."""
    if site_of(datasette) is not None:
        conn.set_authorizer(_authorize)


def _authorize(action: int, first: str | None, second: str | None, *_: object) -> int:
    # without a column, rows are only counted
    hidden = action == sqlite3.SQLITE_READ and second and (first or "").lower() in HIDDEN
    return sqlite3.SQLITE_DENY if hidden else sqlite3.SQLITE_OK


@hookimpl
def extra_template_vars(datasette: Any, request: Any) -> Any:
    """What every template knows: the settings, the path, what was searched for, and who is logged in."""
    site = site_of(datasette)
    if site is None:
        return {}

    async def told() -> dict[str, Any]:
        from coopnlp.web.corrections.session import account_of

        return {
            "site": site.settings,
            "here": request.path if request else "",
            "typed": (request.args.get("q") or "") if request else "",
            "compte": await account_of(request, datasette, site),
        }

    return told


@hookimpl(trylast=True)
def permission_allowed(datasette: Any, action: str, resource: Any) -> bool | None:
    """Deny all that is not meant for reading, whoever asks: Datasette takes the last word, which is this one."""
    if site_of(datasette) is None:
        return None
    if action == "view-table":
        database, table = resource
        return None if database == "registre" and table in READABLE else False
    if action == "view-database":
        return None if resource == "registre" else False
    return None if action == "view-instance" else False


@hookimpl(hookwrapper=True)
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Generator[None, Any, None]:
    """Show our page instead of Datasette's, which would also print the frames with their variables."""
    outcome = yield
    if site_of(datasette) is not None:
        _drop(outcome.get_result())
        slow = getattr(exception, "title", None) == "SQL Interrupted"
        told = "La table est trop grande pour cette demande : choisissez un filtre plus étroit." if slow else ""
        outcome.force_result([error_response(datasette, request, status_of(exception), told)])


@hookimpl(hookwrapper=True)
def forbidden(datasette: Any, request: Any) -> Generator[None, Any, None]:
    """Show our page for what may not be seen: to others it is not there."""
    outcome = yield
    if site_of(datasette) is not None:
        _drop(outcome.get_result())
        outcome.force_result([error_response(datasette, request, 403)])


def _drop(answers: Sequence[Any]) -> None:
    """Close what was not begun."""
    for answer in answers:
        if hasattr(answer, "close"):
            answer.close()


@hookimpl
def asgi_wrapper(datasette: Any) -> Any:
    """Put the gate before it all."""
    site = site_of(datasette)
    return (lambda app: app) if site is None else gate(site)
