"""What the dashboard adds to the index of the pages: sums, ends, last signs of life, places, by columns.

One row an item, in the order of :class:`coopnlp.web.index.Index`, so that a choice of facets is the same mask on
lists and figures and their numbers agree. Made when the catalogue has changed, and never changed itself.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from coopnlp.register import schema
from coopnlp.web.index import Index, Pairs

__all__ = ["ASKED", "MOST_PARTIES", "ActorFacts", "Amounts", "Columns", "codes_of", "last_day", "load", "pairs_within"]

# Status of a funding of which the texts only say that it was asked for.
ASKED = "demandé"
# Parties of one item that are paired: a list of two hundred signatories says little of any two of them.
MOST_PARTIES = 40
# Cents below this are added as whole numbers; a million of them stay below 2**63.
_LARGEST = 10**12
_OVER = ("terminé", "résilié", "dénoncé", "clos", "achevé")


class Amounts(NamedTuple):
    """The exact amounts of fundings. ``cents`` are hundredths; what is no whole number of them is in ``odd``.

    ``currencies`` are places in ``names``, of which an empty one stands for a currency that is not said. ``odd``
    holds by place what is to be added by itself. ``ranges`` are (row, currency, least, most).
    """

    items: NDArray[np.int32]
    cents: NDArray[np.int64]
    currencies: NDArray[np.int32]
    totals: NDArray[np.bool_]
    names: tuple[str, ...]
    odd: dict[int, Decimal]
    ranges: tuple[tuple[int, str, Decimal, Decimal], ...]


class ActorFacts(NamedTuple):
    """What is known of an actor; latitude and longitude in degrees."""

    name: str
    kind: str
    country: str | None
    latitude: float | None
    longitude: float | None


class Columns(NamedTuple):
    """The columns. ``ends`` are ordinals of the last day, 0 where no end is told.

    ``together`` is the last year in which two of an item's parties are met in one item, or in a document that such
    an item was read from; 0 where no year is known. ``silent`` fundings have no amount at all.
    ``leaves`` are the names of the third level below each theme and sub-theme.
    """

    stamp: str
    types: NDArray[np.int32]
    type_names: tuple[str, ...]
    asked: NDArray[np.bool_]
    over: NDArray[np.bool_]
    silent: NDArray[np.bool_]
    ends: NDArray[np.int32]
    together: NDArray[np.int32]
    amounts: Amounts
    parties: Pairs
    leaves: dict[tuple[str, str], frozenset[str]]
    actors: dict[str, ActorFacts]

    def type_mask(self, *types: str) -> NDArray[np.bool_]:
        """Return which items are of some types."""
        return np.isin(self.types, [code for code, name in enumerate(self.type_names) if name in types])


@lru_cache(maxsize=8192)
def last_day(told: str | None) -> date | None:
    """Return the last day of an ISO date that is as precise as its text; None where it is no date.

    >>> last_day("2026-02"), last_day("2026"), last_day("soon")
    (datetime.date(2026, 2, 28), datetime.date(2026, 12, 31), None)
    """
    try:
        year, *rest = (int(part) for part in (told or "").split("-"))
        month = rest[0] if rest else 12
        return date(year, month, rest[1] if len(rest) > 1 else monthrange(year, month)[1])
    except (ValueError, IndexError):
        return None


def load(connection: sa.Connection, index: Index) -> Columns:
    """Read the columns of the items of an index, in the transaction that it was read in or one that sees the same."""
    item, party, theme, actor = schema.item, schema.item_party, schema.item_theme, schema.actor
    ends = np.zeros(index.size, dtype=np.int32)
    told = connection.execute(sa.select(item.c.id, item.c.end).where(item.c.end.is_not(None))).all()
    for row, (_, end) in zip(_rows(index, [key for key, _ in told]), told, strict=True):
        day = last_day(end)
        ends[row] = day.toordinal() if day else 0
    kinds = index.facets["type"]
    types = codes_of(kinds)
    statuses = index.facets["statut"]
    status = codes_of(statuses)
    over = [code for code, name in enumerate(statuses.names) if name.lower().startswith(_OVER)]
    asked = [code for code, name in enumerate(statuses.names) if name.lower() == ASKED]
    amounts, some = _amounts(connection, index)
    named = connection.execute(sa.select(party.c.item_id, party.c.actor).where(party.c.role == "party")).all()
    leaves: dict[tuple[str, str], set[str]] = defaultdict(set)
    for first, second, third in connection.execute(
        sa.select(theme.c.theme, theme.c.subtheme, theme.c.subsubtheme).distinct()
    ):
        if second and third:
            leaves[first, second].add(third)
    facts = connection.execute(
        sa.select(actor.c.key, actor.c.name, actor.c.kind, actor.c.country, actor.c.latitude, actor.c.longitude)
    )
    return Columns(
        stamp=index.stamp,
        types=types,
        type_names=kinds.names,
        asked=np.isin(status, asked),
        over=np.isin(status, over),
        silent=~some & np.isin(types, [code for code, name in enumerate(kinds.names) if name == "funding"]),
        ends=ends,
        together=_together(connection, index),
        amounts=amounts,
        parties=_pairs(index, [row[0] for row in named], [row[1] for row in named]),
        leaves={path: frozenset(names) for path, names in leaves.items()},
        actors={row[0]: ActorFacts(*row[1:]) for row in facts},
    )


def codes_of(pairs: Pairs) -> NDArray[np.int32]:
    """Return the code of each item, of pairs that have at most one an item; -1 where it has none."""
    codes = np.full(pairs.size, -1, dtype=np.int32)
    codes[pairs.items] = pairs.codes
    return codes


def pairs_within(pairs: Pairs, mask: NDArray[np.bool_] | None = None) -> Iterator[tuple[Any, Any, Any]]:
    """Yield (items, first codes, second codes): every two values of one item, the smaller code first.

    Values that stand ``MOST_PARTIES`` apart or farther in one item are not paired.
    """
    items, codes = pairs.items, pairs.codes
    if mask is not None:
        kept = mask[items]
        items, codes = items[kept], codes[kept]
    for apart in range(1, MOST_PARTIES):
        same = items[apart:] == items[:-apart]
        if not same.any():
            return
        yield items[apart:][same], codes[:-apart][same], codes[apart:][same]


def _rows(index: Index, keys: Sequence[int]) -> NDArray[np.int64]:
    return np.searchsorted(index.ids, np.asarray(keys, dtype=np.int64))


def _pairs(index: Index, keys: Sequence[int], values: Sequence[str]) -> Pairs:
    """Return pairs of items and values, each once, in the order of items, then of names."""
    names = tuple(sorted(set(values)))
    codes = {name: code for code, name in enumerate(names)}
    size = max(1, len(names))
    both = np.unique(_rows(index, keys) * size + np.array([codes[value] for value in values], dtype=np.int64))
    return Pairs((both // size).astype(np.int32), (both % size).astype(np.int32), names, index.size)


def _amounts(connection: sa.Connection, index: Index) -> tuple[Amounts, NDArray[np.bool_]]:
    """Return the amounts, and which items have any."""
    item, amount = schema.item, schema.item_amount
    told = connection.execute(
        sa.select(amount.c.item_id, amount.c.value, amount.c.min, amount.c.max, amount.c.currency, amount.c.total)
        .join_from(amount, item, item.c.id == amount.c.item_id)
        .where(item.c.type == "funding")
        .order_by(amount.c.item_id, amount.c.n)
    ).all()
    rows = _rows(index, [row[0] for row in told])
    some = np.zeros(index.size, dtype=bool)
    some[rows] = True
    names = tuple(sorted({row[4] or "" for row in told}))
    codes = {name: code for code, name in enumerate(names)}
    items: list[int] = []
    cents: list[int] = []
    currencies: list[int] = []
    totals: list[bool] = []
    odd: dict[int, Decimal] = {}
    ranges = []
    for row, (_, value, low, high, currency, total) in zip(rows.tolist(), told, strict=True):
        if value is None:
            if low is not None or high is not None:
                least = Decimal(low if low is not None else 0)
                ranges.append((row, currency or "", least, Decimal(high) if high is not None else least))
            continue
        hundred = Decimal(value) * 100
        whole = hundred == hundred.to_integral_value() and abs(hundred) < _LARGEST * 100
        if not whole:
            odd[len(items)] = Decimal(value)
        items.append(row)
        cents.append(int(hundred) if whole else 0)
        currencies.append(codes[currency or ""])
        totals.append(bool(total))
    return (
        Amounts(
            np.array(items, dtype=np.int32),
            np.array(cents, dtype=np.int64),
            np.array(currencies, dtype=np.int32),
            np.array(totals, dtype=bool),
            names,
            odd,
            tuple(ranges),
        ),
        some,
    )


def _together(connection: sa.Connection, index: Index) -> NDArray[np.int32]:
    """Return the last year in which two parties of each item are met; of an item with one, that of the party."""
    heard = np.maximum(index.years, 0).astype(np.int32)
    rows, documents = index.documents
    years = dict(connection.execute(sa.select(schema.document.c.id, schema.document.c.year)).tuples().all())
    np.maximum.at(heard, rows, np.array([years.get(key) or 0 for key in documents.tolist()], dtype=np.int32))
    actors = index.facets["acteur"]
    size = np.int64(max(1, len(actors.names)))
    found = list(pairs_within(actors))
    told = heard.copy()
    if found:
        items = np.concatenate([part[0] for part in found])
        keys = np.concatenate([part[1].astype(np.int64) * size + part[2] for part in found])
        _latest(told, heard, items, keys)
    alone = np.bincount(actors.items, minlength=index.size) == 1
    lone = alone[actors.items]
    last = np.zeros(len(actors.names), dtype=np.int32)
    np.maximum.at(last, actors.codes, heard[actors.items])
    np.maximum.at(told, actors.items[lone], last[actors.codes[lone]])
    return told


def _latest(told: NDArray[np.int32], heard: NDArray[np.int32], items: Any, keys: Any) -> None:
    """Raise ``told`` of each item to the latest year in which any of its keys is heard of."""
    _, at = np.unique(keys, return_inverse=True)
    last = np.zeros(int(at.max()) + 1, dtype=np.int32)
    np.maximum.at(last, at, heard[items])
    np.maximum.at(told, items, last[at])


def named(codes: Iterable[int], names: Sequence[str]) -> list[str]:
    """Return the names of codes."""
    return [names[code] for code in codes]
