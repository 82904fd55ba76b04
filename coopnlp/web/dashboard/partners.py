"""Who works with whom: actors named together as parties of one agreement, partnership or project."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coopnlp.web.dashboard.columns import MOST_PARTIES, Columns, pairs_within
from coopnlp.web.index import Index, Mask

__all__ = ["Network", "Node", "Place", "Places", "Tie", "network", "places"]


class Node(NamedTuple):
    """An actor. ``items`` is the number of its items as a party, ``partners`` that of its partners."""

    key: str
    name: str
    kind: str
    country: str | None
    items: int
    partners: int


class Tie(NamedTuple):
    """Two actors, by their keys, and the number of items that name both."""

    first: str
    second: str
    items: int


class Network(NamedTuple):
    """The actors with most partners, the ties among them, and how many actors and pairs there are in all.

    ``crowded`` items name more than ``MOST_PARTIES`` parties, and make no tie.
    """

    nodes: tuple[Node, ...]
    ties: tuple[Tie, ...]
    actors: int
    pairs: int
    crowded: int


class Place(NamedTuple):
    """An actor on the map, in degrees; ``items`` is the number of its items in any role."""

    key: str
    name: str
    kind: str
    country: str | None
    latitude: float
    longitude: float
    items: int


class Places(NamedTuple):
    """The actors of a choice on the map, most items first, and the ties between those.

    ``nowhere`` actors have no known place, ``beyond`` have one and are left out for the limit. Countries are shaded,
    and are no places.
    """

    places: tuple[Place, ...]
    ties: tuple[Tie, ...]
    nowhere: int
    beyond: int


class _Ties(NamedTuple):
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    counts: NDArray[np.int64]
    crowded: int


def network(columns: Columns, mask: Mask, limit: int = 40) -> Network:
    """Return the ``limit`` actors with most partners among the items of a mask, without those that have none there."""
    parties = columns.parties
    mask = mask & ~columns.type_mask("funding")
    ties = _ties(columns, mask)
    size = len(parties.names)
    degrees = np.bincount(ties.first, minlength=size) + np.bincount(ties.second, minlength=size)
    counts = np.bincount(parties.codes[mask[parties.items]], minlength=size)
    order = np.lexsort((np.arange(size), -counts, -degrees))
    chosen = [code for code in order[:limit].tolist() if degrees[code]]
    # One whose partners are all beyond the limit would stand alone.
    kept = np.isin(ties.first, chosen) & np.isin(ties.second, chosen)
    tied = set(ties.first[kept].tolist()) | set(ties.second[kept].tolist())
    chosen = [code for code in chosen if code in tied]
    nodes = []
    for code in chosen:
        key = parties.names[code]
        facts = columns.actors.get(key)
        name, kind, country = (facts.name, facts.kind, facts.country) if facts else (key, "unknown", None)
        nodes.append(Node(key, name, kind, country, int(counts[code]), int(degrees[code])))
    return Network(
        nodes=tuple(nodes),
        ties=_among(ties, parties.names, chosen),
        actors=int(np.count_nonzero(degrees)),
        pairs=len(ties.first),
        crowded=ties.crowded,
    )


def places(index: Index, columns: Columns, mask: Mask, limit: int = 300) -> Places:
    """Return the ``limit`` actors with most items of a mask that have a place, and the ties between them."""
    actors = index.facets["acteur"]
    counts = np.bincount(actors.codes[mask[actors.items]], minlength=len(actors.names))
    found: list[Place] = []
    nowhere = 0
    for code in np.argsort(-counts, kind="stable").tolist():
        if not counts[code]:
            break
        facts = columns.actors.get(actors.names[code])
        if facts is None or facts.kind == "country":
            continue
        if facts.latitude is None or facts.longitude is None:
            nowhere += 1
            continue
        where = (facts.country, facts.latitude, facts.longitude)
        found.append(Place(actors.names[code], facts.name, facts.kind, *where, int(counts[code])))
    shown = tuple(found[:limit])
    names = columns.parties.names  # in their order
    found_at = [bisect_left(names, place.key) for place in shown]
    chosen = [
        code for code, place in zip(found_at, shown, strict=True) if code < len(names) and names[code] == place.key
    ]
    ties = _ties(columns, mask & ~columns.type_mask("funding"))
    return Places(shown, _among(ties, names, chosen), nowhere, len(found) - len(shown))


def _ties(columns: Columns, mask: Mask) -> _Ties:
    """Return every pair of parties of the items of a mask, by codes, and how many items make it."""
    parties = columns.parties
    often = np.bincount(parties.items, minlength=parties.size)
    crowded = mask & (often > MOST_PARTIES)
    size = np.int64(max(1, len(parties.names)))
    found = [first.astype(np.int64) * size + second for _, first, second in pairs_within(parties, mask & ~crowded)]
    keys, counts = np.unique(np.concatenate(found) if found else np.zeros(0, np.int64), return_counts=True)
    return _Ties(keys // size, keys % size, counts, int(np.count_nonzero(crowded)))


def _among(ties: _Ties, names: tuple[str, ...], chosen: list[int]) -> tuple[Tie, ...]:
    kept = np.isin(ties.first, chosen) & np.isin(ties.second, chosen)
    rows = zip(ties.first[kept].tolist(), ties.second[kept].tolist(), ties.counts[kept].tolist(), strict=True)
    told = [Tie(names[a], names[b], count) for a, b, count in rows]
    return tuple(sorted(told, key=lambda tie: (-tie.items, tie.first, tie.second)))
