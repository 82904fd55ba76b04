"""What a request passes before anything is read of it: rate, token, size, a free place.

A request that may not pass is answered before its body has come, so that nothing
is held for it. One that may pass has a place until it is answered; its body is
counted as it comes, whatever its headers said of it, and must come in time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers, MutableHeaders

from coopnlp.service.clients import Rates, client_of, is_known
from coopnlp.service.faults import Refused, answer_to

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from coopnlp.service.crew import Crew
    from coopnlp.service.settings import Settings

__all__ = ["PLACED", "Gate", "too_large"]

#: Paths of which a request takes a place; those below /v1/ ask for a token.
PLACED = frozenset({"/v1/process", "/v1/annotate", "/v1/extract", "/v1/classify", "/v1/gazetteer"})
_UNCOUNTED = "/health"
#: A client that is still sending when it was refused reads the answer only if the connection stays for a moment.
_LINGER_S = 1.0
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
}

_Message = MutableMapping[str, Any]


def too_large(max_bytes: int) -> Refused:
    """Return the refusal of a body over the limit."""
    return Refused(413, "TooLarge", f"The body of the request is over the limit of {max_bytes:,} bytes. Split it.")


class Gate:
    """ASGI middleware that keeps the limits of the settings."""

    def __init__(self, app: ASGIApp, settings: Settings, crew: Crew) -> None:
        self.app = app
        self.settings = settings
        self.crew = crew
        self.rates = Rates(settings.rate, settings.burst)
        self.placed: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        body = _Body(receive, self.settings, expects="expect" in headers)
        answer = _Answer(send, body)
        try:
            with self._pass(scope, headers):
                await self.app(scope, body, answer)
        except Refused as refused:
            await answer_to(refused)(scope, body, answer)

    @contextmanager
    def _pass(self, scope: Scope, headers: Headers) -> Iterator[None]:
        path, settings = scope["path"], self.settings
        if path == _UNCOUNTED:
            yield
            return
        peer = scope.get("client")
        client = client_of(peer[0] if peer else None, headers.getlist("x-forwarded-for"), settings.proxies)
        wait = self.rates.wait(client)
        if wait:
            told = f"Over {settings.rate:g} requests a minute. Wait as long as Retry-After says."
            raise Refused(429, "TooManyRequests", told, wait)
        if path.startswith("/v1/") and settings.tokens and not is_known(headers.get("authorization"), settings.tokens):
            raise Refused(401, "Unauthorized", "Send the header Authorization: Bearer, with a token of this service.")
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > settings.max_bytes:
            raise too_large(settings.max_bytes)
        if path not in PLACED or scope["method"] == "OPTIONS":
            yield
            return
        if settings.per_client and self.placed[client] >= settings.per_client:
            told = f"{settings.per_client} requests of this client are at work or wait. Send the next when one is done."
            raise Refused(429, "TooManyRequests", told, self.crew.expected_wait())
        if self.placed.total() >= settings.places:
            raise Refused(503, "Busy", "All places are taken. Send it again later.", self.crew.expected_wait())
        self.placed[client] += 1
        try:
            yield
        finally:
            self.placed[client] -= 1
            if not self.placed[client]:
                del self.placed[client]


class _Body:
    """``receive`` of a request, counted and timed until its body has come."""

    def __init__(self, receive: Receive, settings: Settings, *, expects: bool) -> None:
        self.receive = receive
        self.settings = settings
        self.size = 0
        self.whole = False
        # a client that asked whether to send its body does not send one that was refused
        self.expects = expects
        self.until = asyncio.get_running_loop().time() + settings.body_timeout_s

    async def __call__(self) -> _Message:
        if self.whole:
            return await self.receive()
        try:
            async with asyncio.timeout_at(self.until):
                message = await self.receive()
        except TimeoutError:
            seconds = self.settings.body_timeout_s
            raise Refused(408, "RequestTimeout", f"The body had not come after {seconds:g} s. Send it again.") from None
        self._count(message)
        if self.size > self.settings.max_bytes:
            raise too_large(self.settings.max_bytes)
        return message

    def _count(self, message: _Message) -> None:
        self.size += len(message.get("body", b""))
        self.whole = message["type"] != "http.request" or not message.get("more_body", False)

    async def drain(self) -> None:
        """Let pass for a moment what a refused client still sends."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_S):
                while not self.whole:
                    self._count(await self.receive())


class _Answer:
    """``send`` of a request: adds what every answer says, and lingers where the body was not read whole."""

    def __init__(self, send: Send, body: _Body) -> None:
        self.send = send
        self.body = body

    async def __call__(self, message: _Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        last = message["type"] == "http.response.body" and not message.get("more_body", False)
        if last and not self.body.whole and not self.body.expects and self.body.size:
            await self.send({**message, "more_body": True})
            await self.body.drain()
            message = {"type": "http.response.body", "body": b""}
        await self.send(message)
