"""Fetch a page: redirects by hand, every hop checked, size and time limits.

A batch reads URLs that others wrote, so an address of the own network must not
be reachable through one. The name is resolved once, every address it gives is
checked, and the connection goes to the address that was checked: a name server
that answers differently the second time changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from coopnlp.errors import FetchError
from coopnlp.extract.sources import too_large

if TYPE_CHECKING:
    import httpx

__all__ = ["Fetched", "fetch"]

MAX_REDIRECTS = 5
#: Seconds for the whole fetch, redirects included.
MAX_SECONDS = 60.0
_AGENT = "coopnlp/0.1 (reads documents on decentralised cooperation)"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server sent: bytes, the address they came from at last, and what it says of them."""

    data: bytes
    url: str
    media_type: str | None
    charset: str | None


def fetch(
    url: str,
    *,
    allow_private: bool = False,
    max_bytes: int,
    max_seconds: float = MAX_SECONDS,
    transport: httpx.BaseTransport | None = None,
) -> Fetched:
    """Return what is at the URL.

    Proxies of the environment are not used: they would resolve names themselves.

    Parameters
    ----------
    transport
        What carries the requests; a test gives its own.

    Raises
    ------
    FetchError
        Not http(s), a private, loopback or link-local address without
        ``allow_private``, no answer, an error status, too many redirects, out of time.
    TooLarge
        The body has more than ``max_bytes``.
    """
    import httpx

    deadline = time.monotonic() + max_seconds
    with httpx.Client(
        timeout=httpx.Timeout(min(20.0, max_seconds)),
        follow_redirects=False,
        trust_env=False,
        transport=transport,
        headers={"User-Agent": _AGENT, "Accept": "text/html,application/pdf,*/*;q=0.8"},
    ) as client:
        at = url
        for _ in range(MAX_REDIRECTS + 1):
            try:
                request = _checked_request(client, at, allow_private)
                response = client.send(request, stream=True)
                try:
                    if response.is_redirect:
                        at = urljoin(at, response.headers["location"])
                        continue
                    return _read(response, at, deadline, max_bytes)
                finally:
                    response.close()
            except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError) as error:
                raise FetchError(
                    f"{at}: could not be fetched ({error or type(error).__name__}). "
                    "Check the address and the network, or save the page and give the file."
                ) from error
    raise FetchError(f"{url}: over {MAX_REDIRECTS} redirects. Give the address where they end.")


def _checked_request(client: httpx.Client, url: str, allow_private: bool) -> httpx.Request:
    """Return a request to an address that was checked, under the name that the URL gives."""
    import httpx

    parsed = httpx.URL(url)
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise FetchError(f"{url}: only http and https addresses are fetched. Give the file instead.")
    address = _address(parsed.host, url, allow_private)
    return client.build_request(
        "GET",
        parsed.copy_with(host=address),
        headers={"Host": parsed.netloc.decode("ascii").rpartition("@")[2]},
        extensions={"sni_hostname": parsed.raw_host.decode("ascii")},
    )


def _address(host: str, url: str, allow_private: bool) -> str:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(
            f"{url}: the name {host!r} cannot be resolved ({error}). Check the address and the network."
        ) from error
    addresses = [str(info[4][0]).partition("%")[0] for info in found]
    if not allow_private:
        for address in addresses:
            parsed = ipaddress.ip_address(address)
            mapped = getattr(parsed, "ipv4_mapped", None)
            if not (mapped or parsed).is_global or parsed.is_multicast:
                raise FetchError(
                    f"{url}: {host} is at {address}, an address of a private network. "
                    "If that is meant, allow private addresses (allow_private=True)."
                )
    return addresses[0]


def _read(response: httpx.Response, url: str, deadline: float, max_bytes: int) -> Fetched:
    if response.status_code >= 400:
        raise FetchError(f"{url}: the server answered {response.status_code}. Check the address.")
    parts: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        parts.append(chunk)
        size += len(chunk)
        if size > max_bytes:
            raise too_large(url, max_bytes)
        if time.monotonic() > deadline:
            raise FetchError(f"{url}: not finished in time. Save the page and give the file.")
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower() or None
    return Fetched(b"".join(parts), url, media_type, response.charset_encoding)
