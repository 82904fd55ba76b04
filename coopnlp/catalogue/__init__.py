"""The catalogue: what several documents say of one agreement, project, partnership or funding, as one item.

:func:`refresh` makes its tables from the records, :func:`stale` tells whether
that is due; :mod:`coopnlp.catalogue.read` gives its content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coopnlp.catalogue.building import refresh, stale
    from coopnlp.catalogue.values import Refreshed

__all__ = ["Refreshed", "refresh", "stale"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'coopnlp.catalogue' has no attribute {name!r}")
    from importlib import import_module

    home = "coopnlp.catalogue.values" if name == "Refreshed" else "coopnlp.catalogue.building"
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
