"""The register: records of documents in one database, each leading back to source, page and offsets.

``Register`` opens or makes it, ``versions`` says what a record was read with.
The package loads SQLAlchemy only when one of these names is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coopnlp.register.store import Register
    from coopnlp.register.values import (
        Citation,
        Claim,
        Entry,
        Hit,
        Known,
        Left,
        Line,
        Sighting,
        Stats,
        Versions,
        versions,
    )

__all__ = [
    "Citation", "Claim", "Entry", "Hit", "Known", "Left", "Line", "Register", "Sighting", "Stats", "Versions",
    "open_register", "versions",
]  # fmt: skip


def open_register(url: str) -> Register:
    """Open a register that exists, to read it.

    Raises
    ------
    RegisterError
        Nothing is there, or it is no register; the message says what to do.
    """
    from coopnlp.register.store import Register

    return Register(url, create=False)


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'coopnlp.register' has no attribute {name!r}")
    from importlib import import_module

    home = "coopnlp.register.store" if name == "Register" else "coopnlp.register.values"
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
