"""What the pages of corrections share: who may see them, what they look up, where they send the browser."""

from __future__ import annotations

import functools
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from datasette.utils.asgi import Response  # type: ignore[import-untyped]

from coopnlp.errors import Conflict, CoopnlpError, RegisterError
from coopnlp.register.accounts import Account
from coopnlp.register.corrected import Held, Thing, from_json
from coopnlp.register.corrections import Corrections
from coopnlp.web.corrections import forms, work
from coopnlp.web.corrections.session import Form, account_of, is_from_here
from coopnlp.web.filters import LABELS
from coopnlp.web.site import site_of
from coopnlp.web.told import in_french
from coopnlp.web.view import NotFound, Page, View, error_response

__all__ = [
    "ACTIONS",
    "A_PAGE",
    "Handler",
    "document_of",
    "expected_of",
    "for_all",
    "go_on",
    "held_at",
    "labels",
    "nodes",
    "private",
    "refusal",
    "signed_in",
    "who_else",
]  # fmt: skip

A_PAGE = 50
ACTIONS = {"confirm": "confirmé", "edit": "corrigé", "reject": "rejeté", "add": "ajouté",
            "merge": "réuni", "separate": "séparé"}  # fmt: skip


Handler = Callable[[Page, Account], Awaitable[Any]]


def for_all(*methods: str) -> Callable[[Callable[[Page], Awaitable[Any]]], View]:
    """Make a view for anybody, of these methods."""

    def wrap(view: Callable[[Page], Awaitable[Any]]) -> View:
        @functools.wraps(view)
        async def called(request: Any, datasette: Any) -> Any:
            site = site_of(datasette)
            assert site is not None
            method = "GET" if request.method == "HEAD" else request.method
            if method not in methods:
                return await error_response(datasette, request, 405)
            if method == "POST" and not is_from_here(request):
                return await error_response(datasette, request, 403, "Ce formulaire ne vient pas de ce site.")
            return private(await view(Page(request, datasette, site)))

        del called.__wrapped__
        return called

    return wrap


def signed_in(*methods: str) -> Callable[[Handler], View]:
    """Make a view for who is logged in; others are sent to log in first."""

    def wrap(view: Handler) -> View:
        @functools.wraps(view)
        async def checked(page: Page) -> Any:
            account = await account_of(page.request, page.datasette, page.site)
            if account is None:
                back = page.request.full_path if page.request.method != "POST" else "/corrections"
                return Response.redirect(f"/connexion?suite={quote(back, safe='/')}", status=303)
            page.site.look_again()
            return await view(page, account)

        return for_all(*methods)(checked)

    return wrap


def private(response: Any) -> Any:
    """Return a response that no cache keeps."""
    response.headers["cache-control"] = "no-store"
    return response


def go_on(page: Page, path: str, told: str) -> Any:
    """Send the browser on, with a message for the next page."""
    page.datasette.add_message(page.request, told)
    return Response.redirect(path, status=303)


async def document_of(page: Page) -> tuple[str, str]:
    """Return the digest and the text of the document that the path names; a page that is not there, where none is."""
    found = await page.site.read(work.digest_and_text, page.path("digest"))
    if found is None:
        raise NotFound("Ce document n’est pas dans le registre.")
    return found


async def held_at(page: Page, thing: Thing) -> tuple[Held, str]:
    """Return a thing as it is now, and the text of its document; a page that is not there, where it is gone."""
    try:
        held = await page.site.run(Corrections(page.site.register).value, thing)
    except Conflict as error:
        raise NotFound(f"Rien ne se trouve plus ici : {who_else(error)}") from error
    except RegisterError as error:
        raise NotFound("Rien ne se trouve à cette adresse du registre.") from error
    found = await page.site.read(work.digest_and_text, held.thing.sha256)
    return held, found[1] if found else ""


def expected_of(form: Form, target: str, type_: str | None) -> Any:
    """Return what a form says the value was when it was shown; Mistyped where it does not say."""
    try:
        value = from_json(target, type_, json.loads(form.get("attendu") or "null"))
    except ValueError:
        value = None
    if value is None:
        raise forms.Mistyped("Le formulaire est abîmé : rechargez la page, puis recommencez.")
    return value


def refusal(error: CoopnlpError) -> str:
    """Return in French that a value is not taken, and why."""
    if isinstance(error, forms.Mistyped):
        return str(error)
    return in_french(error, "Le registre ne prend pas cette valeur. La raison est notée dans le journal du serveur.")


def who_else(error: Conflict) -> str:
    """Return in French who changed a thing meanwhile."""
    by = getattr(error, "author", None) or getattr(error, "by", None)
    return f"{by} l’a changé entre-temps." if by else "cela a changé entre-temps."


@functools.cache
def nodes() -> tuple[tuple[str, str], ...]:
    """Return the nodes of the nomenclature: value of the form, words on screen."""
    from coopnlp.themes.taxonomy import atlas

    return tuple((json.dumps(path, ensure_ascii=False), " › ".join(path)) for path in atlas())


def labels() -> list[tuple[str, str]]:
    """Return the kinds of entities with their names on screen."""
    return list(LABELS.items())
