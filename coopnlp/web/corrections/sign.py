"""Logging in and out."""

from __future__ import annotations

import math
from typing import Any

from datasette.utils.asgi import Response  # type: ignore[import-untyped]

from coopnlp.register.accounts import Account, Accounts
from coopnlp.web.corrections.desk import (
    for_all,
    signed_in,
)
from coopnlp.web.corrections.session import Form, close, open_session, way_back
from coopnlp.web.view import Page

__all__ = ["sign_in", "sign_out"]


@for_all("GET", "POST")
async def sign_in(page: Page) -> Any:
    """Ask for name and password; begin a session."""
    back = way_back(page.arg("suite"))
    context = {"suite": back, "nom": "", "erreur": ""}
    if page.request.method != "POST":
        accounts = await page.site.run(Accounts(page.site.register).list)
        return await page.html("connexion.html", {**context, "aucun_compte": not accounts})
    form = await Form.of(page.request)
    name = form.get("nom")
    client = str((page.request.scope.get("client") or ("?", 0))[0])
    keys = (f"client {client}", f"name {name.casefold()[:100]}")
    attempts = page.site.attempts
    if wait := attempts.wait_s(*keys):
        told = f"Trop d’essais. Réessayez dans {math.ceil(wait)} s."
        answer = await page.html("connexion.html", {**context, "nom": name, "erreur": told}, status=429)
        answer.headers["retry-after"] = str(math.ceil(wait))
        return answer
    account = await page.site.run(Accounts(page.site.register).verify, name, form.raw("mot_de_passe"))
    if account is None:
        attempts.failed(*keys)
        told = "Ce nom et ce mot de passe ne vont pas ensemble."
        return await page.html("connexion.html", {**context, "nom": name, "erreur": told}, status=403)
    attempts.succeeded(*keys)
    response = Response.redirect(way_back(form.get("suite")), status=303)
    open_session(response, page.datasette, account, secure=_is_secure(page))
    return response


def _is_secure(page: Page) -> bool:
    return bool(page.request.scheme == "https")


@signed_in("POST")
async def sign_out(page: Page, account: Account) -> Any:
    """End the session."""
    response = Response.redirect("/", status=303)
    close(response)
    return response
