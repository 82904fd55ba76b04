"""Which addresses are of the open internet, however they are written."""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv6Address, IPv6Network

__all__ = ["is_public"]

#: NAT64 (RFC 6052): networks without IPv4 reach it under this prefix, so what counts is the address inside.
_NAT64 = IPv6Network("64:ff9b::/96")
#: « IPv4-compatible » (RFC 4291, 2.5.5.1), deprecated; some systems still take the address inside.
_COMPATIBLE = IPv6Network("::/96")
#: Not of the open internet, whatever the Python at hand says of it: its tables differ between
#: patch releases. Local NAT64 (RFC 8215), Teredo (RFC 4380), site-local (RFC 3879), SRv6 (RFC 9602),
#: documentation (RFC 3849, RFC 9637), discard (RFC 6666), ORCHID (RFC 4843, RFC 7343), benchmarks (RFC 5180).
_CLOSED_6 = tuple(
    IPv6Network(network)
    for network in (
        "64:ff9b:1::/48", "2001::/32", "2001:2::/48", "2001:10::/28", "2001:20::/28", "2001:db8::/32", "3fff::/20",
        "5f00::/16", "100::/64", "fc00::/7", "fe80::/10", "fec0::/10",
    )
)  # fmt: skip
#: The relays of 6to4 (RFC 7526), which Python counts as global.
_CLOSED_4 = (ipaddress.IPv4Network("192.88.99.0/24"),)


def is_public(address: str) -> bool:
    """Tell whether an IP address is of the open internet.

    False for private, loopback, link-local, shared (carrier NAT), reserved,
    documentation and multicast addresses, also inside the IPv6 forms that carry
    an IPv4 address (mapped, NAT64, 6to4, compatible), and for what is no address.

    Parameters
    ----------
    address
        As ``getaddrinfo`` or ``getpeername`` give it, with or without a zone
        (``fe80::1%eth0``). Names and odd spellings (``0x7f.1``) are resolved before.

    Examples
    --------
    >>> is_public("93.184.216.34"), is_public("::ffff:10.0.0.1"), is_public("64:ff9b::7f00:1")
    (True, False, False)
    """
    if "%" in address:  # a zone exists for addresses of one link only
        return False
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _is_public_4(parsed)
    inner = _inner(parsed)
    if inner is not None:
        return _is_public_4(inner)
    return parsed.is_global and not parsed.is_multicast and not any(parsed in network for network in _CLOSED_6)


def _is_public_4(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and not any(address in network for network in _CLOSED_4)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or address in _COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
