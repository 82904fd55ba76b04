"""Who works with whom: actors named together as parties of one agreement, partnership or project."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa

from coopnlp.register import schema
from coopnlp.web.dashboard.choice import Choice

__all__ = ["Network", "Node", "Place", "Places", "Tie", "network", "places"]

# Parties of one item that are paired: a list of two hundred signatories says little of any two of them.
MOST_PARTIES = 40


class Node(NamedTuple):
    """An actor. ``count`` is the number of its items that are chosen, ``ties`` that of its partners."""

    key: str
    name: str
    kind: str
    country: str | None
    count: int
    ties: int


class Tie(NamedTuple):
    """Two actors and the number of items that name both."""

    first: str
    second: str
    count: int


class Network(NamedTuple):
    """The actors with most partners, the ties among them, and what there is in all.

    ``crowded`` items name more than ``MOST_PARTIES`` parties and make no tie.
    """

    nodes: tuple[Node, ...]
    ties: tuple[Tie, ...]
    actors: int
    pairs: int
    crowded: int


class Place(NamedTuple):
    """An actor on the map, in degrees; ``count`` is the number of its items that are chosen."""

    key: str
    name: str
    kind: str
    country: str | None
    latitude: float
    longitude: float
    count: int


class Places(NamedTuple):
    """The actors of a choice on the map, most items first, and the ties between those.

    ``nowhere`` actors have no known place; ``beyond`` have one and are left out for the limit.
    """

    places: tuple[Place, ...]
    ties: tuple[Tie, ...]
    nowhere: int
    beyond: int


def network(connection: sa.Connection, choice: Choice, limit: int = 40) -> Network:
    """Return the ``limit`` actors with most partners, and their ties."""
    counts, ties, crowded = _ties(connection, choice)
    degrees: Counter[str] = Counter()
    for first, second in ties:
        degrees[first] += 1
        degrees[second] += 1
    chosen = sorted(degrees, key=lambda key: (-degrees[key], -counts[key], key))[:limit]
    facts = _actors(connection, chosen)
    nodes = tuple(
        Node(key, facts[key].name, facts[key].kind, facts[key].country, counts[key], degrees[key])
        for key in chosen
        if key in facts
    )
    return Network(nodes, _among(ties, (node.key for node in nodes)), len(degrees), len(ties), crowded)


def places(connection: sa.Connection, choice: Choice, limit: int = 300) -> Places:
    """Return the ``limit`` actors with most items that have a place, and the ties between them."""
    item, party, actor = schema.item, schema.item_party, schema.actor
    asked = (
        sa.select(party.c.actor, sa.func.count(sa.distinct(party.c.item_id)))
        .join_from(party, item, item.c.id == party.c.item_id)
        .where(*choice.conditions())
        .group_by(party.c.actor)
    )
    inner = asked.subquery()
    key, count = inner.c
    facts = connection.execute(
        sa.select(key, count, actor.c.name, actor.c.kind, actor.c.country, actor.c.latitude, actor.c.longitude)
        .join_from(inner, actor, actor.c.key == key)
        .order_by(count.desc(), key)
    ).all()
    # A whole country is coloured, and is no place.
    found = [Place(row[0], *row[2:], count=row[1]) for row in facts if row.latitude is not None and row.kind != "country"]
    nowhere = sum(row.latitude is None and row.kind != "country" for row in facts)
    shown = tuple(found[:limit])
    _, ties, _ = _ties(connection, choice)
    return Places(shown, _among(ties, (place.key for place in shown)), nowhere, len(found) - len(shown))


def _ties(connection: sa.Connection, choice: Choice) -> tuple[Counter[str], Counter[tuple[str, str]], int]:
    """Return the items of each actor, those of each pair (in order of keys), and the number of crowded items."""
    item, party = schema.item, schema.item_party
    asked = (
        sa.select(party.c.item_id, party.c.actor)
        .join_from(party, item, item.c.id == party.c.item_id)
        .where(party.c.role == "party", item.c.type != "funding", *choice.conditions())
        .order_by(party.c.item_id)
    )
    counts: Counter[str] = Counter()
    ties: Counter[tuple[str, str]] = Counter()
    crowded = 0
    for _, actors in _grouped(connection.execute(asked)):
        counts.update(actors)
        if len(actors) > MOST_PARTIES:
            crowded += 1
            continue
        named = sorted(actors)
        for at, first in enumerate(named):
            for second in named[at + 1 :]:
                ties[first, second] += 1
    return counts, ties, crowded


def _grouped(rows: Iterable[Any]) -> Iterable[tuple[int, set[str]]]:
    """Group rows that are in the order of their first value."""
    held: int | None = None
    actors: set[str] = set()
    for item, actor in rows:
        if item != held:
            if held is not None:
                yield held, actors
            held, actors = item, set()
        actors.add(actor)
    if held is not None:
        yield held, actors


def _among(ties: Counter[tuple[str, str]], keys: Iterable[str]) -> tuple[Tie, ...]:
    chosen = set(keys)
    among = [Tie(*pair, count) for pair, count in ties.items() if pair[0] in chosen and pair[1] in chosen]
    return tuple(sorted(among, key=lambda tie: (-tie.count, tie.first, tie.second)))


def _actors(connection: sa.Connection, keys: Iterable[str]) -> dict[str, Any]:
    actor = schema.actor
    wanted = list(keys)
    found: dict[str, Any] = defaultdict()
    for at in range(0, len(wanted), 500):
        for row in connection.execute(sa.select(actor).where(actor.c.key.in_(wanted[at : at + 500]))):
            found[row.key] = row
    return found
