"""How many items there are: by year, theme, country, authority and funder.

An item with two themes or countries counts under both, and once in a total. Every number is that of the list with
the same facets, for both count the same mask of the same index (:mod:`coopnlp.web.facets`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coopnlp.web.dashboard.columns import Columns
from coopnlp.web.index import ABSENT, Index, Mask, Pairs

__all__ = ["COLLECTIVITIES", "SIDES", "Group", "authorities", "by_facet", "in_all"]

# Kinds of actor that are local authorities, and the countries of both sides of the cooperation that is followed.
COLLECTIVITIES = frozenset(("commune", "departement", "region", "intercommunal", "municipality", "mrc"))
SIDES = frozenset(("FR", "CA"))


class Group(NamedTuple):
    """Items under one value of a facet; ``counts`` is the number of items of each type that has any."""

    value: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """Items of all types together."""
        return sum(self.counts.values())


def in_all(columns: Columns, mask: Mask) -> dict[str, int]:
    """Return the number of items of each type that has any."""
    counted = np.bincount(columns.types[mask], minlength=len(columns.type_names))
    return {name: int(count) for name, count in zip(columns.type_names, counted, strict=True) if count}


def by_facet(
    index: Index, columns: Columns, mask: Mask, facet: str, *, only: NDArray[np.bool_] | None = None
) -> list[Group]:
    """Return the values of a facet, most items first; years in their order; last the items that have none.

    Parameters
    ----------
    only
        Which values of the facet to return, by their places; then items that have none are not counted.
    """
    pairs = index.facets[facet]
    groups = _grouped(pairs, columns, mask, only)
    if facet == "annee":
        groups.sort(key=lambda group: int(group.value))
    if only is None:
        some = np.zeros(index.size, dtype=bool)
        some[pairs.items] = True
        absent = in_all(columns, mask & ~some)
        if absent:
            groups.append(Group(ABSENT, absent))
    return groups


def authorities(index: Index, columns: Columns) -> NDArray[np.bool_]:
    """Return which values of the facet ``acteur`` are local authorities of France or Québec."""
    facts = (columns.actors.get(key) for key in index.facets["acteur"].names)
    return np.array([f is not None and f.kind in COLLECTIVITIES and f.country in SIDES for f in facts], dtype=bool)


def _grouped(pairs: Pairs, columns: Columns, mask: Mask, only: NDArray[np.bool_] | None) -> list[Group]:
    kept = mask[pairs.items]
    if only is not None and len(pairs.codes):
        kept &= only[pairs.codes]
    width = len(columns.type_names)
    items, codes = pairs.items[kept], pairs.codes[kept].astype(np.int64)
    table = np.bincount(codes * width + columns.types[items], minlength=len(pairs.names) * width)
    table = table.reshape(len(pairs.names), width) if width else np.zeros((len(pairs.names), 0), dtype=np.int64)
    sums = table.sum(axis=1)
    return [
        _group(pairs.names[code], columns.type_names, table[code])
        for code in np.argsort(-sums, kind="stable")
        if sums[code]
    ]


def _group(value: str, names: Sequence[str], row: NDArray[np.int64]) -> Group:
    return Group(value, {name: int(count) for name, count in zip(names, row, strict=True) if count})
