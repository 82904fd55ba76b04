"""Connections that a batch may open: to addresses that were checked, within one time limit.

A batch reads URLs that others wrote, so an address of the own network must not
be reachable through one. The check stands where the connection is made: the
name is resolved once, every address it gives is checked, the connection goes to
such an address, and the address that the socket says it reached is checked
again. A name server that answers differently the second time changes nothing.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import httpcore
import httpx

from coopnlp.errors import FetchError, PrivateAddress
from coopnlp.extract.addresses import is_public

__all__ = ["Deadline", "Network", "NetworkTransport", "resolve"]


class Deadline:
    """A moment that a whole fetch ends at, however many connections and reads it takes."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left, 0 or less when it is over."""
        return self._end - time.monotonic()

    def extend(self, seconds: float) -> None:
        """Move the end; what was waited for out of politeness is not the server's."""
        self._end += seconds

    def limit(self, timeout: float | None, error: type[Exception]) -> float:
        """Return a timeout that ends with the deadline at the latest."""
        left = self.left()
        if left <= 0:
            raise error("not finished in time")
        return left if timeout is None else min(timeout, left)


class Network(httpcore.NetworkBackend):
    """What opens connections; ``reached_private`` tells whether one went to an address that is not public."""

    def __init__(self, deadline: Deadline, *, allow_private: bool) -> None:
        self._deadline = deadline
        self.allow_private = allow_private
        self._sockets = httpcore.SyncBackend()
        self.reached_private = False

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of the name that answers.

        Raises
        ------
        PrivateAddress
            The name has an address that is not public, or the socket reached one.
        FetchError
            The name cannot be resolved.
        """
        addresses = resolve(host, port, self._deadline.limit(timeout, httpcore.ConnectTimeout))
        for address in addresses:
            self._check(host, address)
        failed: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            left = self._deadline.limit(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._sockets.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
                continue
            try:
                reached = stream.get_extra_info("server_addr")
                self._check(host, str(reached[0]) if reached else "")
            except PrivateAddress:
                stream.close()
                raise
            return _Stream(stream, self._deadline)
        raise failed

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Refuse: sockets of the machine are never fetched from."""
        raise PrivateAddress(f"{path}: a socket of this machine is not fetched from. Give the file instead.")

    def _check(self, host: str, address: str) -> None:
        if is_public(address):
            return
        self.reached_private = True
        if not self.allow_private:
            raise PrivateAddress(
                f"{host} is at {address}, an address of a private network. "
                "If that is meant, allow private addresses (allow_private=True, or COOPNLP_ALLOW_PRIVATE=1)."
            )


def resolve(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses of a name, in the order of the system, each once.

    The system's resolver has no time limit of its own, so it is asked in a
    thread that is left alone when the time is over.

    Raises
    ------
    FetchError
        There is no such name, or no answer in time.
    """
    answer: list[Any] = []

    def ask() -> None:
        try:
            answer.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answer.append(error)

    asking = threading.Thread(target=ask, daemon=True, name="coopnlp-resolve")
    asking.start()
    asking.join(seconds)
    found = answer[0] if answer else TimeoutError("no answer in time")
    if isinstance(found, Exception):
        raise FetchError(f"the name {host!r} cannot be resolved ({found}). Check the address and the network.")
    return list(dict.fromkeys(str(info[4][0]) for info in found))


class _Stream(httpcore.NetworkStream):
    """A connection of which every read and write ends with the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.limit(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.limit(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.limit(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # certifi's, or those that SSL_CERT_FILE names


class NetworkTransport(httpx.BaseTransport):
    """httpx over our own connections. Proxies are not used: they would resolve names themselves."""

    def __init__(self, network: Network) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_certificates(), network_backend=network, max_connections=4, keepalive_expiry=5.0
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; errors are those of httpcore."""
        url = request.url
        response = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_stream()

    def close(self) -> None:
        self._response.close()
