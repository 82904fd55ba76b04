"""Serving the application with uvicorn until it is told to stop."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import signal
import socket
from collections.abc import Callable

import uvicorn

from coopnlp.errors import CoopnlpError
from coopnlp.service.app import create_app
from coopnlp.service.crew import Crew
from coopnlp.service.settings import Settings

__all__ = ["is_loopback", "serve"]

#: Seconds for requests at work when the service is told to stop.
_LAST_S = 10
_KEEP_ALIVE_S = 15


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def serve(host: str, port: int, settings: Settings, *, began: Callable[[str], None]) -> None:
    """Answer requests until SIGINT or SIGTERM comes; then those that are at work are finished, for ten seconds.

    Parameters
    ----------
    port
        0 takes one that is free.
    began
        Called with the address (``http://127.0.0.1:8002``) when requests can be sent to it.

    Raises
    ------
    CoopnlpError
        The address cannot be had.
    ModelError
        A worker could not load the models.
    """
    # uvicorn takes the signal, ends what is at work, and gives it back: then workers are to be ended too
    signal.signal(signal.SIGTERM, _end)
    listening = _listen(host, port)
    crew = Crew(settings)
    try:
        crew.start()
        config = uvicorn.Config(
            create_app(settings, crew),
            lifespan="on",
            ws="none",
            log_level=logging.WARNING,
            access_log=False,  # names of documents are nobody's business
            proxy_headers=False,  # the gate reads them, from proxies that are named
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_LAST_S,
        )
        shown, real = listening.getsockname()[:2]
        began(f"http://{f'[{shown}]' if ':' in shown else shown}:{real}")
        asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))
    finally:
        crew.stop()
        listening.close()


def _end(*_: object) -> None:
    raise SystemExit(0)


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address: what is wrong with it is said before models are loaded."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
        except OSError:
            listening.close()
            raise
        return listening
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CoopnlpError(f"{host}:{port} cannot be served on ({reason}). Give another --host or --port.") from error
