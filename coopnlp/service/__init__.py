"""A JSON API for other programs: ``coopnlp api``.

``create_app`` makes the ASGI application, ``serve`` runs it, :class:`Settings`
says what a request may cost. ``/openapi.json`` describes the calls, ``/docs``
shows them. One process answers and loads no model; worker processes hold the
models and have one request in hand each.

Limits, and what is said where one is passed:

========================  =======  ==================================================================
what                      status   how it is kept
========================  =======  ==================================================================
size of the body          413      by its header before it is read; as it comes where no header says
time of the body          408      it must have come in ``body_timeout_s``
rate of a client          429      a bucket an IPv4 address or IPv6 /64, with ``Retry-After``; behind a
                                   proxy by ``X-Forwarded-For``, from the proxies that are named only
requests of one client    429      ``per_client`` at work or waiting
places                    503      ``workers`` at work and ``queue`` waiting, with ``Retry-After``; a
                                   place is had before the body is read, so that bodies held are bounded
time of the work          504      the process that reads is stopped; a worker that goes on is replaced
memory of reading         413      limits of the system on the process that reads (``Limits``)
length of the text        413      ``max_characters``
rows of ``classify``      413      ``max_rows``
token                     401      where there is a file of tokens; not for ``/health`` and ``/docs``
========================  =======  ==================================================================

URLs are fetched only where ``allow_urls`` says so, and then not from addresses
of the own network. Documents are kept nowhere, and their names are in no log.
The service speaks no TLS: on an open network it stands behind a proxy that does,
which should also bound the number of connections.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coopnlp.service.app import create_app
    from coopnlp.service.serving import serve
    from coopnlp.service.settings import Settings

__all__ = ["Settings", "create_app", "serve"]

_HOMES = {"Settings": "settings", "create_app": "app", "serve": "serving"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'coopnlp.service' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"coopnlp.service.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
