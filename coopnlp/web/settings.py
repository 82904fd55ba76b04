"""What can be chosen about the pages."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple

__all__ = ["Settings", "is_loopback"]


class Settings(NamedTuple):
    """How the pages are served.

    Parameters
    ----------
    host, port
        Where they are served. On loopback, requests for other host names are
        refused, so that a page elsewhere cannot read the register by a name
        that it points at this machine (DNS rebinding).
    title
        Name of the register on every page.
    images
        Show pages of PDFs as images, drawn from the source where it is still at
        its path with the same bytes.
    rate
        Requests a second that a client may make for long; ``burst`` at once.
    max_body
        Bytes of the body of a request; ``max_address`` bytes of its path and query.
    secret
        Signs cookies; by default new at each start, so that logins end with it.
    check_s
        Seconds between two looks whether the register has changed.
    """

    host: str = "127.0.0.1"
    port: int = 8001
    title: str = "Registre de la coopération"
    images: bool = True
    rate: float = 20.0
    burst: int = 200
    max_body: int = 1_000_000
    max_address: int = 8_000
    secret: str | None = None
    check_s: float = 5.0


def is_loopback(host: str) -> bool:
    """Return whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
