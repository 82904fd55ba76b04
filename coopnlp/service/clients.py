"""Who asks, how often, and whether they may: addresses behind proxies, rates, tokens."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

from coopnlp.service.settings import Network

__all__ = ["Rates", "client_of", "is_known"]

#: Clients whose rate is remembered; who has not asked for longest is forgotten first.
_CLIENTS = 20_000
#: The part of an IPv6 address that one subscriber has (RFC 6177): the rest is theirs to change at will.
_SUBSCRIBER_BITS = 64


def client_of(peer: str | None, forwarded: Sequence[str], proxies: Iterable[Network]) -> str:
    """Return who asks, as a key: an IPv4 address, or the /64 of an IPv6 one.

    Parameters
    ----------
    peer
        The address at the other end of the connection; absent for a Unix socket.
    forwarded
        Values of ``X-Forwarded-For``. They are read from the right, as each proxy adds
        whom it heard: the first address that is no proxy of ours is the client, and
        what it claims to the left of that counts for nothing.
    proxies
        Whose word is taken.
    """
    if peer is None:
        return "local"
    trusted = list(proxies)
    heard = [part.strip() for value in forwarded for part in value.split(",")]
    current = _address(peer)
    while current is not None and heard and any(current in network for network in trusted):
        said = _address(heard.pop())
        if said is None:
            break
        current = said
    if current is None:
        return peer[:64]
    if current.version == 6:
        return str(ipaddress.ip_network((current, _SUBSCRIBER_BITS), strict=False))
    return str(current)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


class Rates:
    """Requests of each client: a bucket of ``burst`` that fills at ``per_minute``, and how many are at work.

    Parameters
    ----------
    per_minute
        0 counts nothing.
    clock
        Seconds, ascending.
    """

    def __init__(self, per_minute: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second = per_minute / 60
        self.burst = float(burst)
        self.clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def wait(self, client: str) -> float:
        """Count a request; return 0 where it may pass, or the seconds after which one may."""
        if not self.per_second:
            return 0.0
        now = self.clock()
        left, since = self._left.pop(client, (self.burst, now))
        left = min(self.burst, left + (now - since) * self.per_second)
        passes = left >= 1
        self._left[client] = (left - 1 if passes else left, now)
        if len(self._left) > _CLIENTS:
            self._left.popitem(last=False)
        return 0.0 if passes else (1 - left) / self.per_second


def is_known(authorization: str | None, tokens: Iterable[str]) -> bool:
    """Tell whether a header shows one of the tokens, in a time that does not tell how far it is right."""
    scheme, _, shown = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        return False
    given = _digest(shown.strip())
    return sum(hmac.compare_digest(given, _digest(token)) for token in tokens) > 0  # all are compared


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
