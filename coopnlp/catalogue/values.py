"""The values that the catalogue gives."""

from __future__ import annotations

from coopnlp.types import Value

__all__ = ["Refreshed"]


class Refreshed(Value):
    """What the catalogue holds; ``changed`` is whether it was made anew."""

    changed: bool
    records: int
    items: int
    actors: int
    proposals: int
