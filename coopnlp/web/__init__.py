"""Pages over a register, in French, for people with a browser: Datasette with a plugin and templates of ours.

``make_app`` gives the ASGI application, ``serve`` runs it. Both need the extra
``serve`` (Datasette, uvicorn), which is loaded only when they are used.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Settings", "make_app", "serve"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'coopnlp.web' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("coopnlp.web.settings" if name == "Settings" else "coopnlp.web.app"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
