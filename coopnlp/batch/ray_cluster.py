"""Being connected to a Ray cluster, and what it says of itself."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from coopnlp.errors import CoopnlpError

__all__ = ["cluster_cpus", "connected", "load_ray", "reason_of"]

# A cluster answers at once; a name may take some seconds to be found.
_ANSWER_S = 20.0
_INSTALL = 'Install it: `pip install "coopnlp[ray]"`.'


def load_ray() -> Any:
    """Return the library, which is loaded where it is used and has no types."""
    import ray

    return ray


@contextmanager
def connected(address: str | None) -> Iterator[None]:
    """Be connected to a cluster inside the block: one at an address, or without one this machine alone.

    Raises
    ------
    CoopnlpError
        Ray is not installed, nothing answers at the address, or it has another version of Ray.
    """
    try:
        ray = load_ray()
    except ModuleNotFoundError as error:
        raise CoopnlpError(f"engine 'ray': Ray is not installed. {_INSTALL}") from error
    if ray.is_initialized():  # by the program that calls this library: its connection, its settings
        yield
        return
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.WARNING, "configure_logging": False}
    if address is None:
        options["include_dashboard"] = False
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # a cluster that is started here tells nobody of itself
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # no warning of what is to come in Ray
    try:
        _knock(address)
        ray.init(address=address, **options)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        where = address or "this machine"
        raise CoopnlpError(
            f"{where}: no cluster of Ray could be reached ({reason_of(error)}). "
            f"Check that `ray status --address {where}` answers, and that this machine has the cluster's versions of "
            "Ray and Python."
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _knock(address: str | None) -> None:
    """Raise OSError where nothing listens at an address; Ray itself would try for minutes."""
    host, colon, port = (address or "").removeprefix("ray://").rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER_S).close()


def cluster_cpus() -> int:
    """Return how many workers the cluster has room for now."""
    return max(1, int(load_ray().cluster_resources().get("CPU", 1)))


def reason_of(error: Exception) -> str:
    """Return what Ray says in a line: the last of a traceback, else the first."""
    told = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return told[-1] if any(line.startswith("Traceback") for line in told) or "Traceback" in told[0] else told[0]
