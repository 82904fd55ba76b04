"""The catalogue: what several documents say of one agreement, project, partnership or funding, as one item.

:func:`refresh` makes its tables from the records, :func:`stale` tells whether
that is due, :func:`update` brings the items of a few documents up to date at
once; :mod:`coopnlp.catalogue.read` gives its content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coopnlp.catalogue.building import refresh, stale
    from coopnlp.catalogue.updating import update
    from coopnlp.catalogue.values import Refreshed

__all__ = ["Refreshed", "refresh", "stale", "update"]
_HOMES = {"Refreshed": "values", "update": "updating"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'coopnlp.catalogue' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"coopnlp.catalogue.{_HOMES.get(name, 'building')}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
