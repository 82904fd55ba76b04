"""Who is logged in: a signed cookie that names the account, checked against the register at every request.

A session ends after twelve hours, when the password changes, when the account
may not be used any more, and with the server, whose secret signs it. Attempts
are counted for each client and each name, so that passwords cannot be tried out.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from coopnlp.register.accounts import Account, Accounts
from coopnlp.web.site import Site

__all__ = ["COOKIE", "Form", "account_of", "close", "is_from_here", "open_session", "way_back"]

COOKIE = "coopnlp_session"
_NAMESPACE = "coopnlp-session"
_AGE_S = 12 * 3600
_SCOPE = "coopnlp_account"


async def account_of(request: Any, datasette: Any, site: Site) -> Account | None:
    """Return the account of the session, None where nobody is logged in; the register is asked once a request."""
    if request is None or COOKIE not in request.cookies:
        return None
    if _SCOPE not in request.scope:
        request.scope[_SCOPE] = await _account(request.cookies[COOKIE], datasette, site)
    found: Account | None = request.scope[_SCOPE]
    return found


async def _account(told: str, datasette: Any, site: Site) -> Account | None:
    from itsdangerous import BadSignature

    try:
        name, stamp, since = datasette.unsign(told, _NAMESPACE)
    except (BadSignature, ValueError, TypeError):
        return None
    if not 0 <= time.time() - since < _AGE_S:
        return None
    account = await site.run(Accounts(site.register).find, name)
    usable = account is not None and account.disabled_at is None and account.stamp == stamp
    return account if usable else None


def open_session(response: Any, datasette: Any, account: Account, *, secure: bool) -> None:
    """Give a response the cookie of a session; ``secure`` where the page came over TLS."""
    told = datasette.sign([account.name, account.stamp, int(time.time())], _NAMESPACE)
    response.set_cookie(COOKIE, told, max_age=_AGE_S, httponly=True, samesite="lax", secure=secure)


def close(response: Any) -> None:
    """Give a response that ends the session."""
    response.set_cookie(COOKIE, "", max_age=0, expires=0, httponly=True, samesite="lax")


def is_from_here(request: Any) -> bool:
    """Return whether a form was sent from a page of ours, as far as the browser tells; beside the token."""
    fetched = request.headers.get("sec-fetch-site")
    if fetched is not None and fetched not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")


def way_back(told: str | None) -> str:
    """Return where to go after logging in: an address of ours, never one elsewhere."""
    told = told or ""
    plain = told.startswith("/") and not told.startswith(("//", "/\\")) and told.isprintable() and "\\" not in told
    return told if plain else "/corrections"


class Form:
    """The fields of a form that was sent; a field may have several values."""

    def __init__(self, body: bytes) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=2000):
            self._values.setdefault(name, []).append(value.replace("\r\n", "\n"))

    @classmethod
    async def of(cls, request: Any) -> Form:
        """Read the form of a request."""
        return cls(await request.post_body())

    def get(self, name: str) -> str:
        """Return the last value of a field, without white space around it; empty where it is absent."""
        return self._values.get(name, [""])[-1].strip()

    def all(self, name: str) -> list[str]:
        """Return every value of a field, without white space around them."""
        return [value.strip() for value in self._values.get(name, [])]

    def raw(self, name: str) -> str:
        """Return the last value of a field as it was sent: for passwords."""
        return self._values.get(name, [""])[-1]
