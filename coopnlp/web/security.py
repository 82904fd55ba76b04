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

from asgi_csrf import error_messages  # type: ignore[import-untyped]

from coopnlp.web.filters import number, spaced
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
# Requests at once; the server itself stops at 400 connections, and says so in English.
_AT_ONCE = 150
# What the check of forms answers, in English, instead of the application.
_FORGED = frozenset(told.encode() for told in error_messages.values())
_STALE = (
    "Ce formulaire n’est plus valable, ou ne vient pas de ce site. Rien n’a été enregistré : revenez à la page, "
    "rechargez-la et recommencez."
)


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
    listens on loopback (400), too many requests of a client (429) or of all at
    once (503), addresses (414) and bodies (413) over the limits.
    """
    settings = site.settings
    rates = _Rates(settings.rate, settings.burst)
    local = is_loopback(settings.host)
    running = 0
    too_much = (
        f"L’envoi dépasse {number(settings.max_body / 1000)} ko, la limite de ce serveur. Rien n’a été enregistré."
    )

    def wrap(app: Any) -> Any:
        async def asgi(scope: Any, receive: Any, send: Any) -> None:
            nonlocal running
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            running += 1
            try:
                await passed(scope, receive, send)
            finally:
                running -= 1

        async def passed(scope: Any, receive: Any, send: Any) -> None:
            headers = {name.lower(): value for name, value in scope.get("headers") or ()}
            static = scope["path"].startswith("/static/")
            answer = _Answer(send, static=static)
            if local and not _is_local(headers.get(b"host", b"")):
                await answer.refuse(400, "Ce nom d’hôte n’est pas celui de ce serveur.")
                return
            client = (scope.get("client") or ("?", 0))[0]
            if not static and (wait := rates.wait(client)):
                seconds = max(1, math.ceil(wait))
                told = f"Trop de demandes en peu de temps. Réessayez dans {seconds}\u00a0s."
                await answer.refuse(429, told, retry_after=seconds)
                return
            if running > _AT_ONCE:
                await answer.refuse(503, "Trop de demandes à la fois. Réessayez dans un instant.", retry_after=2)
                return
            if len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"") > settings.max_address:
                await answer.refuse(414, "L’adresse est trop longue.")
                return
            told_size = headers.get(b"content-length", b"0")
            if not told_size.isdigit() or int(told_size) > settings.max_body:
                await answer.refuse(413, too_much)
                return
            if _TABLES.match(scope["path"]) and (told_wrong := _misuse(scope)):
                await answer.refuse(*told_wrong)
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
                if not answer.begun:
                    await answer.refuse(413, too_much)

        return asgi

    return wrap


class _Answer:
    """``send`` of a request: adds what every answer says, and says in French what the check of forms refuses."""

    def __init__(self, send: Any, *, static: bool) -> None:
        self.send = send
        self.static = static
        self.begun = False
        self._held: Any = None

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start" and message["status"] == 403:
            self._held = message  # until its body tells who refuses
            return
        if self._held is not None:
            start, self._held = self._held, None
            if message.get("body") in _FORGED:
                await self.refuse(403, _STALE)
                return
            await self._pass_on(start)
        await self._pass_on(message)

    async def _pass_on(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            kept = [(name, value) for name, value in message.get("headers", ()) if name.lower() not in _OURS]
            if self.static and message["status"] == 200:
                kept.append((b"cache-control", _STATIC_AGE))
            message = {**message, "headers": [*kept, *_RAW]}
        await self.send(message)

    async def refuse(self, status: int, told: str, *, retry_after: int | None = None) -> None:
        """Answer without the templates, which cost what is to be spared here."""
        body = (
            '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Demande refusée</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="/static/coopnlp.css"></head>'
            f'<body><main class="cadre"><h1>Demande refusée</h1><p>{escape(spaced(told))}</p>'
            '<p><a href="/">Revenir à l’accueil</a></p></main></body></html>'
        ).encode()
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        if retry_after is not None:
            headers.append((b"retry-after", str(retry_after).encode()))
        await self._pass_on({"type": "http.response.start", "status": status, "headers": headers})
        await self._pass_on({"type": "http.response.body", "body": body})


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
