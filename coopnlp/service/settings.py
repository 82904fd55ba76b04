"""What the service lets a request cost, and whom it answers."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from coopnlp.errors import CoopnlpError

__all__ = ["Network", "Settings", "read_networks", "read_tokens"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
#: A token is guessed at the rate that the limit lets pass: this many characters take for ever.
_SHORTEST_TOKEN = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of the service.

    Parameters
    ----------
    workers
        Processes that read and annotate, one request each at a time.
    queue
        Requests that may wait for a worker; the next is answered 503.
    max_bytes
        Of the body of a request, and of what is fetched from a URL.
    max_rows
        Projects of one call of ``classify``.
    timeout_s
        Seconds on the clock for reading and annotating one document.
    body_timeout_s
        Seconds in which the body must have come.
    memory_bytes
        Address space of the process that reads a file (:class:`coopnlp.extract.Limits`).
    output_bytes
        What an extraction may weigh as a value.
    max_characters
        Of a text that is annotated, some 400 pages. What it costs depends on what it says: 50,000 characters of
        nothing but grants took 7 s of processor time and 30 MB, so that the limit on time may come first.
    rate
        Requests a minute and client, in the long run; 0 sets no limit.
    burst
        Requests that a client may send at once after a rest.
    per_client
        Requests of one client that may be at work or wait at once; 0 sets no limit.
    tokens
        Bearer tokens, one of which a request must show; none are asked for where there are none.
    origins
        Origins whose pages a browser lets read answers (CORS); none by default.
    proxies
        Networks whose ``X-Forwarded-For`` is believed; none by default.
    allow_urls
        Fetch what ``{"url": ...}`` names. Addresses that are not of the open internet stay refused.

    Raises
    ------
    CoopnlpError
        A limit that makes no sense.
    """

    workers: int = 1
    queue: int = 16
    max_bytes: int = 32_000_000
    max_rows: int = 2_000
    timeout_s: float = 120.0
    body_timeout_s: float = 30.0
    memory_bytes: int = 2_000_000_000
    output_bytes: int = 100_000_000
    max_characters: int = 1_000_000
    rate: float = 60.0
    burst: int = 20
    per_client: int = 8
    tokens: frozenset[str] = frozenset()
    origins: tuple[str, ...] = ()
    proxies: tuple[Network, ...] = field(default=())
    allow_urls: bool = False

    def __post_init__(self) -> None:
        least = {
            "workers": 1, "queue": 0, "max_bytes": 1, "max_rows": 1, "timeout_s": 0.001, "body_timeout_s": 0.001,
            "memory_bytes": 1, "output_bytes": 1, "max_characters": 1, "rate": 0, "burst": 1, "per_client": 0,
        }  # fmt: skip
        for name, value in least.items():
            if getattr(self, name) < value:
                raise CoopnlpError(f"{name} of the service is {getattr(self, name)!r}. Give at least {value}.")

    @property
    def places(self) -> int:
        """Requests that may be at work or wait at once."""
        return self.workers + self.queue


def read_tokens(path: Path) -> frozenset[str]:
    """Return the tokens of a file, a line each; empty lines and those that begin with ``#`` say nothing.

    Raises
    ------
    CoopnlpError
        It cannot be read, holds none, or one that is too short.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CoopnlpError(
            f"{path}: the file of tokens cannot be read ({error}). Check name and permissions."
        ) from error
    tokens = {line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")}
    made = 'python -c "import secrets; print(secrets.token_urlsafe())"'
    advice = f"Write one a line, of 16 visible ASCII characters or more: {made}."
    if not tokens:
        raise CoopnlpError(f"{path}: there is no token in it. {advice}")
    if any(len(token) < _SHORTEST_TOKEN or not token.isascii() or " " in token for token in tokens):
        raise CoopnlpError(f"{path}: a token in it is too short, or holds what a header cannot. {advice}")
    return frozenset(tokens)


def read_networks(names: list[str]) -> tuple[Network, ...]:
    """Return addresses and networks (``10.0.0.7``, ``10.0.0.0/8``, ``::1``) as values.

    Raises
    ------
    CoopnlpError
        One of them is neither.
    """
    found: list[Network] = []
    for name in names:
        try:
            found.append(ipaddress.ip_network(name, strict=False))
        except ValueError as error:
            raise CoopnlpError(f"{name!r} is no address of a proxy. Give one like 10.0.0.7 or 10.0.0.0/8.") from error
    return tuple(found)
