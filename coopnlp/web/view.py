"""What the views share: rendering, errors, redirections."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

from datasette.utils.asgi import Base400, Forbidden, NotFound, Response  # type: ignore[import-untyped]
from datasette.views.base import DatasetteError  # type: ignore[import-untyped]

from coopnlp.errors import RegisterError
from coopnlp.web.site import Site, site_of

__all__ = [
    "BadRequest",
    "NotFound",
    "Page",
    "View",
    "error_response",
    "guarded",
    "is_there",
    "page",
    "render",
    "status_of",
]

View = Callable[..., Awaitable[Any]]
_LOG = logging.getLogger(__name__)
_TOLD = {
    400: ("Demande incomprise", "L’adresse demandée contient une valeur qui n’a pas de sens ici."),
    403: ("Accès refusé", "Cette page n’est pas ouverte à la consultation."),
    404: ("Page introuvable", "Rien ne se trouve à cette adresse. Le registre a peut-être été relu depuis."),
    405: ("Demande refusée", "Cette page ne se laisse que consulter."),
    500: ("Erreur", "La page n’a pas pu être préparée. L’erreur est notée dans le journal du serveur."),
    503: ("Registre indisponible", "La base de données ne répond pas. Réessayez dans un instant."),
}


class BadRequest(Base400):  # type: ignore[misc]
    """A value in the address that means nothing; shown as a page that says which."""

    status = 400


class Page(NamedTuple):
    """What a view is called with."""

    request: Any
    datasette: Any
    site: Site

    def arg(self, name: str) -> str:
        """Return the last value of a parameter, without white space around it; empty where it is absent."""
        values = self.request.args.getlist(name)
        return _storable(values[-1]).strip() if values else ""

    def path(self, name: str) -> str:
        """Return a part of the path, decoded."""
        from urllib.parse import unquote

        return _storable(unquote(self.request.url_vars[name]))

    async def html(self, template: str, context: dict[str, Any] | None = None, *, status: int = 200) -> Any:
        """Return a page made of a template."""
        return await render(self.datasette, self.request, template, context, status=status)


def _storable(told: str) -> str:
    """Return text without NUL, which no register holds and PostgreSQL refuses to be asked for."""
    return told.replace("\x00", "")


def page(view: Callable[[Page], Awaitable[Any]]) -> View:
    """Make a view of what takes a :class:`Page`; only GET and HEAD come to it."""

    @functools.wraps(view)
    async def called(request: Any, datasette: Any) -> Any:
        if request.method not in ("GET", "HEAD"):
            return await error_response(datasette, request, 405)
        site = site_of(datasette)
        assert site is not None
        site.look_again()
        return await view(Page(request, datasette, site))

    # Datasette calls a view with the arguments that its signature names
    del called.__wrapped__
    return called


async def render(
    datasette: Any, request: Any, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> Any:
    """Return a page made of a template."""
    return Response.html(await datasette.render_template(template, context or {}, request=request), status=status)


def guarded(view: View) -> View:
    """Make a view that shows a page in French for every error, and writes unknown ones to the log."""

    async def called(request: Any, datasette: Any) -> Any:
        try:
            return await view(request, datasette)
        except Exception as error:  # noqa: BLE001 - whatever it is, the reader gets a page
            status = status_of(error)
            told = str(error.args[0]) if isinstance(error, BadRequest | NotFound) and error.args else ""
            return await error_response(datasette, request, status, told)

    return called


def is_there(name: str) -> bool:
    """Return whether there is a module of this name, whose package may be absent too."""
    return find_spec(name.rpartition(".")[0]) is not None and find_spec(name) is not None


def status_of(error: Exception) -> int:
    """Return the HTTP status of an error; those that are nobody's fault but ours are written to the log."""
    if isinstance(error, Base400 | Forbidden):
        return int(error.status)
    if (status := getattr(error, "status", None)) in (400, 404):
        return int(status)
    if isinstance(error, DatasetteError):  # a column that is not there, two orders at once: it says 500 of these
        return 400
    _LOG.error("a page failed", exc_info=error)
    return 503 if isinstance(error, RegisterError) else 500


async def error_response(datasette: Any, request: Any, status: int, told: str = "") -> Any:
    """Return the page of an error, or JSON where that was asked for; it tells nothing of the program."""
    title, usual = _TOLD.get(status, _TOLD[400 if status < 500 else 500])
    message = told or usual
    if request is not None and request.path.partition("?")[0].endswith(".json"):
        return Response.json({"ok": False, "error": title, "status": status}, status=status)
    return await render(
        datasette, request, "erreur.html", {"erreur": title, "message": message, "status": status}, status=status
    )
