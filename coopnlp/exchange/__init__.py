"""The register in the formats of the trade, and JSON Lines back in.

:func:`export` writes any of :data:`FORMATS`; :func:`import_jsonl` reads what
``jsonl`` with texts wrote. Nothing heavy is loaded before one of them is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coopnlp.exchange.formats import FORMATS, Format, Options, export
    from coopnlp.exchange.intake import Imported, import_jsonl

__all__ = ["FORMATS", "Format", "Imported", "Options", "export", "import_jsonl"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'coopnlp.exchange' has no attribute {name!r}")
    from importlib import import_module

    home = "intake" if name in ("Imported", "import_jsonl") else "formats"
    return getattr(import_module(f"coopnlp.exchange.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
