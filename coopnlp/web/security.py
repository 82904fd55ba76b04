"""The gate before the pages: host names, sizes, rates, and the headers that every answer carries."""

from __future__ import annotations

import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import parse_qsl

from coopnlp.web.settings import is_loopback
from coopnlp.web.site import Site

__all__ = ["gate"]

# Nothing from elsewhere, no script or style written into a page: text of a document that got past the
# escaping would still not run.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_RAW = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
_OURS = frozenset(name for name, _ in _RAW)
# Clients whose rate is remembered; the longest silent go first.
_CLIENTS = 10_000
_STATIC_AGE = b"public, max-age=3600"
# The pages of Datasette, what they do not do here, and their parameters that hold the name of a column.
_TABLES = re.compile(r"/registre(?:[./]|$)")
_REFUSED = frozenset(("sql", "_where", "_through", "_trace", "_context"))
_COLUMNS = ("_facet", "_sort", "_col", "_nocol")
_COLUMN = re.compile(r"\w{0,60}")
_PORT = re.compile(r":\d+$")


class _Rates:
    """A bucket of requests a client, filled at ``rate`` a second up to ``burst``."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst, self.clock = rate, float(burst), clock
        self.left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Take one request; return 0, or the seconds until there is one to take."""
        now = self.clock()
        left, then = self.left.pop(client, (self.burst, now))
        left = min(self.burst, left + (now - then) * self.rate)
        allowed = left >= 1
        self.left[client] = (left - 1 if allowed else left, now)
        if len(self.left) > _CLIENTS:
            self.left.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self.rate


class _TooMuch(Exception):
    """The body of a request is over the limit."""


def gate(site: Site) -> Callable[[Any], Any]:
    """Return what wraps the application of a site.

    It refuses, in this order: host names that are not this machine's where it
    listens on loopback (400), too many requests of a client (429), addresses
    (414) and bodies (413) over the limits.
    """
    settings = site.settings
    rates = _Rates(settings.rate, settings.burst)
    local = is_loopback(settings.host)

    def wrap(app: Any) -> Any:
        async def asgi(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            headers = {name.lower(): value for name, value in scope.get("headers") or ()}
            static = scope["path"].startswith("/static/")
            begun = False

            async def answer(message: Any) -> None:
                nonlocal begun
                if message["type"] == "http.response.start":
                    begun = True
                    kept = [(name, value) for name, value in message.get("headers", ()) if name.lower() not in _OURS]
                    if static and message["status"] == 200:
                        kept.append((b"cache-control", _STATIC_AGE))
                    message = {**message, "headers": [*kept, *_RAW]}
                await send(message)

            if local and not _is_local(headers.get(b"host", b"")):
                await _refuse(answer, 400, "Ce nom d’hôte n’est pas celui de ce serveur.")
                return
            client = (scope.get("client") or ("?", 0))[0]
            if not static and (wait := rates.wait(client)):
                more = {b"retry-after": str(max(1, math.ceil(wait))).encode()}
                await _refuse(answer, 429, "Trop de demandes. Réessayez dans un instant.", more)
                return
            if len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"") > settings.max_address:
                await _refuse(answer, 414, "L’adresse est trop longue.")
                return
            told = headers.get(b"content-length", b"0")
            if not told.isdigit() or int(told) > settings.max_body:
                await _refuse(answer, 413, "L’envoi est trop grand.")
                return
            if _TABLES.match(scope["path"]) and (told_wrong := _misuse(scope)):
                await _refuse(answer, *told_wrong)
                return
            size = 0

            async def counted() -> Any:
                nonlocal size
                message = await receive()
                size += len(message.get("body", b""))
                if size > settings.max_body:
                    raise _TooMuch
                return message

            try:
                await app(scope, counted, answer)
            except _TooMuch:
                if not begun:
                    await _refuse(answer, 413, "L’envoi est trop grand.")

        return asgi

    return wrap


def _misuse(scope: Any) -> tuple[int, str] | None:
    """Return why Datasette is not asked: it only shows tables here, and takes names of columns for what they are."""
    if scope["method"] not in ("GET", "HEAD"):
        return 405, "Les tables ne se laissent que consulter."
    for name, value in parse_qsl((scope.get("query_string") or b"").decode("latin-1"), keep_blank_values=True):
        refused = name in _REFUSED or (name.startswith(_COLUMNS) and not _COLUMN.fullmatch(value))
        if refused or (name.startswith("_facet") and name not in ("_facet", "_facet_size")):
            return 400, "Cette demande n’a pas de sens pour une table."
    return None


def _is_local(host: bytes) -> bool:
    return is_loopback(_PORT.sub("", host.decode("latin-1")))


async def _refuse(send: Any, status: int, told: str, more: dict[bytes, bytes] | None = None) -> None:
    """Answer without the templates, which cost what is to be spared here."""
    body = (
        '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Demande refusée</title>'
        '<link rel="stylesheet" href="/static/coopnlp.css"></head>'
        f"<body><main><h1>Demande refusée</h1><p>{escape(told)}</p></main></body></html>"
    ).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *(more or {}).items(),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
