"""Fetch a page as a polite robot: robots.txt first, a pause between calls, nothing fetched twice.

Redirects are followed by hand and every hop is held to the same rules. Which
addresses may be reached is settled where connections are made (``network``).
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from coopnlp.errors import FetchError, RobotsDisallowed, TooLarge
from coopnlp.extract.robots import MAX_ROBOTS_BYTES, Rules, read_robots
from coopnlp.extract.sources import too_large
from coopnlp.extract.web_cache import CachedPage, WebCache, open_cache

if TYPE_CHECKING:
    import httpx

    from coopnlp.extract.network import Deadline, Network
    from coopnlp.extract.saved_pages import Neighbour

__all__ = ["MAX_REDIRECTS", "MAX_SECONDS", "PAUSE_SECONDS", "Fetched", "SiteBeside", "fetch", "user_agent"]

#: As many as the Fetch standard of browsers halves: municipal sites go http, https, www, index, page.
MAX_REDIRECTS = 10
#: Seconds for the whole fetch: names, connections, robots.txt, redirects, body; waiting for a turn is not counted.
MAX_SECONDS = 60.0
#: Seconds between two calls to one host, of whichever process; a site may ask for more (Crawl-delay).
PAUSE_SECONDS = 1.0
#: What a site may ask for at most; one that asks for minutes is read at this pace.
_MAX_PAUSE_SECONDS = 30.0
#: A silence of this length ends a connection.
_SILENCE_SECONDS = 20.0
#: robots.txt is asked for again after a day (RFC 9309, 2.4), pages after a week whatever they say of themselves.
_ROBOTS_SECONDS = 86_400.0
_MAX_FRESH_SECONDS = 7 * 86_400.0
_ROBOT = "coopnlp"
_CHUNK_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server sent: bytes, the address they came from at last, and what it says of them.

    ``from_cache`` is true where the bytes were kept from before.
    """

    data: bytes
    url: str
    media_type: str | None
    charset: str | None
    from_cache: bool = False


def user_agent() -> str:
    """Return how we present ourselves; ``COOPNLP_CONTACT`` adds whom a site may write to.

    >>> user_agent().startswith("coopnlp/")
    True
    """
    from coopnlp import __version__

    contact = "".join(c for c in os.environ.get("COOPNLP_CONTACT", "") if c.isascii() and c.isprintable() and c != ")")
    about = "reads documents on the cooperation between local authorities"
    return f"{_ROBOT}/{__version__} ({about}{'; ' + contact.strip() if contact.strip() else ''})"


def fetch(
    url: str,
    *,
    allow_private: bool = False,
    max_bytes: int,
    max_seconds: float = MAX_SECONDS,
    obey_robots: bool = True,
    cache: WebCache | None = None,
    pause_seconds: float = PAUSE_SECONDS,
) -> Fetched:
    """Return what is at the URL.

    A page that is kept is used while the server said it would be good, and asked
    for with its ETag or date after that. Proxies of the environment are not
    used: they would resolve names themselves.

    Parameters
    ----------
    allow_private
        Let the URL and its redirects lead to addresses of the own network, as
        ``COOPNLP_ALLOW_PRIVATE=1`` in the environment does for every fetch.
    max_seconds
        Limit on the whole of it, the waiting for a turn apart.
    obey_robots
        False for sites of one's own.
    cache
        Where pages and turns are kept; the default is the user's.

    Raises
    ------
    RobotsDisallowed
        The site's robots.txt says no.
    PrivateAddress
        An address that is not of the open internet, without ``allow_private``.
    FetchError
        Not http(s), no answer, an error status, too many redirects, out of time.
    TooLarge
        The body has more than ``max_bytes``, unpacked.
    """
    import httpcore
    import httpx

    from coopnlp.extract.network import Deadline, Network, NetworkTransport

    deadline = Deadline(max_seconds)
    network = Network(deadline, allow_private=allow_private or os.environ.get("COOPNLP_ALLOW_PRIVATE") == "1")
    with httpx.Client(
        timeout=_SILENCE_SECONDS,
        follow_redirects=False,
        trust_env=False,
        transport=NetworkTransport(network),
        headers={
            "User-Agent": user_agent(),
            "Accept": "text/html,application/xhtml+xml,application/pdf,*/*;q=0.8",
            "Accept-Language": "fr,en;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        },
    ) as client:
        visit = _Visit(client, network, deadline, cache or open_cache(), max_bytes, obey_robots, pause_seconds)
        at, visit.credentials = _without_credentials(url)
        for _ in range(MAX_REDIRECTS + 1):
            try:
                answer = visit.read(at)
            except FetchError as error:
                if str(error).startswith(at):
                    raise
                raise type(error)(f"{at}: {error}") from error
            except (
                httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpcore.NetworkError, httpcore.ProtocolError,
                httpcore.TimeoutException, httpcore.UnsupportedProtocol, UnicodeError, OSError,
            ) as error:  # fmt: skip
                if deadline.left() <= 0:
                    raise FetchError(f"{at}: {_too_slow(max_seconds)}") from error
                raise FetchError(
                    f"{at}: could not be fetched ({error or type(error).__name__}). "
                    "Check the address and the network, or save the page and give the file."
                ) from error
            if isinstance(answer, Fetched):
                return answer
            at = answer
    raise FetchError(f"{url}: over {MAX_REDIRECTS} redirects. Give the address where they end.")


def _without_credentials(url: str) -> tuple[str, tuple[str, str, str] | None]:
    """Return the URL without user and password, and (host, user, password): no message or cache shall show them."""
    try:
        parts = urlsplit(url)
        user, password, host = parts.username, parts.password, parts.netloc.rpartition("@")[2]
    except ValueError:
        return url, None  # httpx says what is wrong with it
    if user is None and password is None:
        return url, None
    return parts._replace(netloc=host).geturl(), (host.lower(), unquote(user or ""), unquote(password or ""))


def _too_slow(max_seconds: float) -> str:
    return f"not finished in time ({max_seconds:g} s). Try again, or save the page and give the file."


class _Visit:
    """One fetch: what its hops share."""

    def __init__(
        self,
        client: httpx.Client,
        network: Network,
        deadline: Deadline,
        cache: WebCache,
        max_bytes: int,
        obey_robots: bool,
        pause: float,
    ) -> None:
        self._client = client
        self._network = network
        self._deadline = deadline
        self._cache = cache
        self._max_bytes = max_bytes
        self._obey_robots = obey_robots
        self._pause = pause
        self.credentials: tuple[str, str, str] | None = None

    def read(self, url: str) -> Fetched | str:
        """Return what is at the URL, or where it redirects to."""
        import httpx

        parsed = httpx.URL(url)
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise FetchError(f"{url}: only http and https addresses are fetched. Give the file instead.")
        key = urldefrag(str(parsed)).url
        kept = self._kept(key)
        if kept is not None and kept.is_fresh():
            return self._fetched(kept, url)
        asked = self._ask_robots(parsed, url) if self._obey_robots else None
        if asked is None or not asked.just_called:
            self._wait(parsed, asked.rules.delay if asked else None)
        headers = {}
        own = self.credentials is not None and self.credentials[0] == parsed.netloc.decode("ascii").lower()
        auth = httpx.BasicAuth(*self.credentials[1:]) if self.credentials is not None and own else None
        if kept is not None:
            if kept.etag:
                headers["If-None-Match"] = kept.etag
            if kept.last_modified:
                headers["If-Modified-Since"] = kept.last_modified
        with self._client.stream("GET", parsed, headers=headers, auth=auth) as response:
            if response.has_redirect_location:
                return urljoin(url, response.headers["location"])
            if response.status_code == 304 and kept is not None:
                kept = _renewed(kept, response)
                self._cache.keep(key, kept)
                return self._fetched(kept, url)
            if response.status_code not in (200, 203):
                self._fail(parsed, url, response)
            data = _body(response, self._deadline, self._max_bytes, lambda: too_large(url, self._max_bytes))
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower() or None
            page = CachedPage(
                data,
                media_type,
                response.charset_encoding,
                response.headers.get("etag"),
                response.headers.get("last-modified"),
                _fresh_until(response),
                self._network.reached_private,
            )
        if auth is None and _may_keep(response) and (page.etag or page.last_modified or page.is_fresh()):
            self._cache.keep(key, page)
        else:
            self._cache.forget(key)
        return Fetched(data, url, page.media_type, page.charset)

    def _kept(self, key: str) -> CachedPage | None:
        kept = self._cache.page(key)
        if kept is None or (kept.private and not self._network.allow_private):
            return None
        return kept

    def _fetched(self, kept: CachedPage, url: str) -> Fetched:
        if len(kept.data) > self._max_bytes:
            raise too_large(url, self._max_bytes)
        return Fetched(kept.data, url, kept.media_type, kept.charset, from_cache=True)

    def _wait(self, url: httpx.URL, delay: float | None) -> None:
        """Wait until it is our turn to call the host."""
        pause = max(self._pause, min(delay or 0.0, _MAX_PAUSE_SECONDS))
        seconds = self._cache.take_turn(url.netloc.decode("ascii").rpartition("@")[2], pause)
        if seconds > 0:
            self._deadline.extend(seconds)
            time.sleep(seconds)

    def _ask_robots(self, url: httpx.URL, shown: str) -> _Robots:
        robots = self._robots(url)
        if not robots.rules.allows(url.raw_path.decode("ascii")):
            raise RobotsDisallowed(
                f"{shown}: the robots.txt of {url.host} does not let robots read it. "
                "Ask the site for the document, or open the page in a browser, save it and give the file."
            )
        return robots

    def _robots(self, url: httpx.URL) -> _Robots:
        """Return the rules of the host; where they are not kept they are fetched, redirects included.

        Without a robots.txt (any 4xx) all may be read; while the server fails to
        say (5xx, no answer) nothing may (RFC 9309, 2.3.1).
        """
        at = url.copy_with(raw_path=b"/robots.txt", fragment=None, userinfo=b"")
        key = f"robots {at}"
        kept = self._kept(key)
        if kept is not None and kept.is_fresh():
            return _Robots(read_robots(kept.data.decode("utf-8", "replace"), _ROBOT), False)
        self._wait(url, None)
        data = b""
        for _ in range(6):  # five redirects, says RFC 9309
            with self._client.stream("GET", at) as response:
                if response.has_redirect_location:
                    at = at.join(response.headers["location"])
                    if at.scheme not in ("http", "https"):
                        break
                    continue
                if response.status_code >= 500 or response.status_code == 429:
                    raise FetchError(
                        f"{at}: the server answered {response.status_code} where it says what robots may read, "
                        "so nothing is fetched from it. Try again later, or save the page and give the file."
                    )
                if response.status_code == 200:
                    data = _body(response, self._deadline, MAX_ROBOTS_BYTES, None)
                break
        fresh = time.time() + _ROBOTS_SECONDS
        self._cache.keep(key, CachedPage(data, fresh_until=fresh, private=self._network.reached_private))
        rules = read_robots(data.decode("utf-8", "replace"), _ROBOT)
        if rules.delay is not None and rules.delay > self._pause:
            self._wait(url, rules.delay)  # the pace is known only now
        return _Robots(rules, True)

    def _fail(self, parsed: httpx.URL, url: str, response: httpx.Response) -> None:
        """Raise for a status that brings no page; a server that asks for time is not called before that."""
        status = response.status_code
        after = response.headers.get("retry-after", "")
        if status in (429, 503) and after.isascii() and after.isdigit() and len(after) < 6:
            host = parsed.netloc.decode("ascii").rpartition("@")[2]
            self._cache.take_turn(host, min(float(after), 10 * _MAX_PAUSE_SECONDS))
            raise FetchError(f"{url}: the server answered {status} and asks for {after} seconds. Try again after that.")
        remedy = {
            401: "It wants a password: open it in a browser, save the page and give the file.",
            403: "It is closed to us: open it in a browser, save the page and give the file.",
            404: "Check the address.",
            410: "The page was removed: look for a copy in a web archive.",
            429: "Try again later.",
        }.get(status, "Try again later." if status >= 500 else "Check the address.")
        raise FetchError(f"{url}: the server answered {status}. {remedy}")


@dataclass(frozen=True, slots=True)
class _Robots:
    rules: Rules
    #: The turn that robots.txt was fetched in is also the page's: both are one visit.
    just_called: bool


def _body(
    response: httpx.Response, deadline: Deadline, max_bytes: int, too_much: Callable[[], Exception] | None
) -> bytes:
    """Return the body, unpacked here and in steps: a small answer may unpack to more than memory holds.

    ``too_much`` makes the error for more than ``max_bytes``; without it the rest is not read.
    """
    import httpcore

    parts: list[bytes] = []
    size = 0
    for chunk in _unpacked(response):
        parts.append(chunk)
        size += len(chunk)
        if size > max_bytes:
            if too_much is None:
                return b"".join(parts)[:max_bytes]
            raise too_much()
        if deadline.left() <= 0:
            raise httpcore.ReadTimeout("not finished in time")
    return b"".join(parts)


def _unpacked(response: httpx.Response) -> Iterator[bytes]:
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding in ("", "identity", "none"):
        yield from response.iter_raw()
        return
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise FetchError(f"the server packed its answer as {coding!r}, unasked. Save the page and give the file.")
    unpack: Any = None
    for raw in response.iter_raw():
        if unpack is None:
            # « deflate » is zlib's format (RFC 9110, 8.4.1.2); some servers send it without the header
            bits = 31 if "gzip" in coding else 15 if raw[:1] and raw[0] & 0x0F == 8 else -15
            unpack = zlib.decompressobj(bits)
        try:
            while raw:
                yield unpack.decompress(raw, _CHUNK_BYTES)
                raw = unpack.unconsumed_tail
        except zlib.error as error:
            raise FetchError(f"its answer cannot be unpacked ({error}). Save the page and give the file.") from error
    if unpack is not None:
        yield unpack.flush()
        if not unpack.eof:
            raise FetchError("its answer ends too early. Try again, or save the page and give the file.")


def _may_keep(response: httpx.Response) -> bool:
    control = response.headers.get("cache-control", "").lower()
    return "no-store" not in control and response.headers.get("vary", "").strip() != "*"


def _fresh_until(response: httpx.Response) -> float:
    """Return until when the page is good without asking (RFC 9111, 4.2.1), in seconds since 1970; 0 for not at all."""
    now = time.time()
    directives = dict(
        (part.strip().lower().partition("=")[::2]) for part in response.headers.get("cache-control", "").split(",")
    )
    if "no-cache" in directives or "no-store" in directives:
        return 0.0
    age = directives.get("max-age", "").strip('"')
    if age.isascii() and age.isdigit():
        spent = response.headers.get("age", "0")
        left = float(age[:9]) - (float(spent[:9]) if spent.isascii() and spent.isdigit() else 0.0)
    else:
        try:
            left = parsedate_to_datetime(response.headers["expires"]).timestamp() - now
        except (KeyError, ValueError, TypeError, OverflowError, OSError):
            return 0.0
    return now + min(left, _MAX_FRESH_SECONDS) if left > 0 else 0.0


def _renewed(kept: CachedPage, response: httpx.Response) -> CachedPage:
    return CachedPage(
        kept.data,
        kept.media_type,
        kept.charset,
        response.headers.get("etag") or kept.etag,
        response.headers.get("last-modified") or kept.last_modified,
        _fresh_until(response),
        kept.private,
    )


class SiteBeside:
    """The frames of a page on the web: pages of the same host, fetched by the same rules.

    All of them together have ``MAX_SECONDS``.
    """

    def __init__(self, url: str, allow_private: bool = False, *, until: float | None = None) -> None:
        self._url = url
        self._allow_private = allow_private
        self._until = time.monotonic() + MAX_SECONDS if until is None else until

    def find(self, address: str) -> Neighbour | None:
        """Return the page of a frame; None where it is of another host or cannot be had."""
        from coopnlp.extract.saved_pages import MAX_FRAME_BYTES, Neighbour

        left = self._until - time.monotonic()
        try:
            full = urldefrag(urljoin(self._url, address)).url
            if left <= 0 or urlsplit(full).netloc.lower() != urlsplit(self._url).netloc.lower():
                return None
            found = fetch(full, allow_private=self._allow_private, max_bytes=MAX_FRAME_BYTES, max_seconds=left)
        except (FetchError, TooLarge, ValueError):
            return None
        return Neighbour(full, found.data, found.charset, SiteBeside(found.url, self._allow_private, until=self._until))
