"""The catalogue in memory, by columns: which items a choice of facets leaves, and how many each further one would.

Counting 100,000 items by country, theme, year, funder and status takes SQL a
second, and arrays some milliseconds; the same arrays serve SQLite and
PostgreSQL. An index is made when the catalogue has changed and is never changed
itself; it holds numbers and the names to show, no text of documents: some 300
bytes an item.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from coopnlp.register import schema
from coopnlp.text import fold

__all__ = ["ABSENT", "Index", "Mask", "Pairs", "load", "stamp_of"]

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]
# The value of a facet that stands for « none is said ».
ABSENT = "-"


class Pairs(NamedTuple):
    """Which items have which values: ``items[i]`` has ``names[codes[i]]``, each pair once."""

    items: NDArray[np.int32]
    codes: NDArray[np.int32]
    names: tuple[str, ...]
    size: int

    def having(self, values: Iterable[str]) -> Mask:
        """Return which items have any of some values; :data:`ABSENT` are those that have none."""
        found = np.zeros(self.size, dtype=bool)
        for value in values:
            if value == ABSENT:
                some = np.zeros(self.size, dtype=bool)
                some[self.items] = True
                found |= ~some
            elif (code := self._code(value)) is not None:
                found[self.items[self.codes == code]] = True
        return found

    def _code(self, value: str) -> int | None:
        at = bisect_left(self.names, value)  # they are sorted
        return at if at < len(self.names) and self.names[at] == value else None

    def counts(self, mask: Mask) -> list[tuple[str, int]]:
        """Count the items of a mask by value, the most frequent first; last those that have none."""
        kept = mask[self.items]
        counted = np.bincount(self.codes[kept], minlength=len(self.names)) if self.names else np.zeros(0, np.int64)
        order = np.argsort(-counted, kind="stable")
        told = [(self.names[code], int(counted[code])) for code in order if counted[code]]
        some = np.zeros(self.size, dtype=bool)
        some[self.items[kept]] = True
        absent = int(np.count_nonzero(mask & ~some))
        return [*told, (ABSENT, absent)] if absent else told


class Index(NamedTuple):
    """The items of a catalogue, in the order of their ids.

    ``years`` is -1 where none is said. ``records`` are ids of records in order,
    with the row of their item; ``passages`` the same for the passages that hold
    records; ``documents`` pairs of row and document id, each once.
    """

    stamp: str
    ids: Rows
    years: NDArray[np.int32]
    doubts: NDArray[np.float32]
    sources: NDArray[np.int32]
    conflicts: NDArray[np.int32]
    title_order: NDArray[np.int32]
    facets: dict[str, Pairs]
    subthemes: dict[str, tuple[str, ...]]
    records: tuple[Rows, NDArray[np.int32]]
    passages: tuple[Rows, NDArray[np.int32]]
    documents: tuple[NDArray[np.int32], Rows]
    actors: dict[str, str]

    @property
    def size(self) -> int:
        return len(self.ids)

    def all(self) -> Mask:
        """Return the mask of every item."""
        return np.ones(self.size, dtype=bool)

    def item_of_record(self, record_id: int) -> int | None:
        """Return the id of the item that a record is in, or None."""
        keys, rows = self.records
        at = int(np.searchsorted(keys, record_id))
        return int(self.ids[rows[at]]) if at < len(keys) and keys[at] == record_id else None

    def in_documents(self, document_ids: Rows) -> Mask:
        """Return which items some documents tell of."""
        rows, documents = self.documents
        found = np.zeros(self.size, dtype=bool)
        found[rows[np.isin(documents, document_ids)]] = True
        return found

    def documents_of(self, mask: Mask) -> Rows:
        """Return the documents that tell of the items of a mask, each once, in order."""
        rows, documents = self.documents
        return np.unique(documents[mask[rows]])


def stamp_of(connection: sa.Connection) -> str:
    """Return what tells this catalogue from another; empty before there is one."""
    kept = schema.catalogue
    asked = sa.select(kept.c.name, kept.c.value).where(kept.c.name.in_(("fingerprint", "made_at")))
    return "|".join(f"{name}={value}" for name, value in connection.execute(asked.order_by(kept.c.name)))


def load(connection: sa.Connection) -> Index:
    """Read the index of the catalogue as it is now."""
    item, party, theme = schema.item, schema.item_party, schema.item_theme
    columns = (item.c.id, item.c.year, item.c.doubt, item.c.documents, item.c.conflicts, item.c.title)
    rows = connection.execute(sa.select(*columns, item.c.type, item.c.status, item.c.review).order_by(item.c.id)).all()
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    size = len(ids)

    def place(keys: Sequence[int]) -> NDArray[np.int32]:
        return np.searchsorted(ids, np.asarray(keys, dtype=np.int64)).astype(np.int32)

    def pairs(asked: sa.Select[Any]) -> Pairs:
        found = connection.execute(asked).all()
        return _pairs(place([row[0] for row in found]), [row[1] for row in found], size)

    every = np.arange(size, dtype=np.int32)
    parents, subthemes = _themes(connection)
    facets = {
        "type": _pairs(every, [row[6] for row in rows], size),
        "statut": _pairs(every, [row[7] for row in rows], size),
        "revue": _pairs(every, [row[8] for row in rows], size),
        "annee": _pairs(every, [None if row[1] is None else str(row[1]) for row in rows], size),
        "pays": pairs(sa.select(schema.item_country.c.item_id, schema.item_country.c.country)),
        "theme": pairs(sa.select(theme.c.item_id, theme.c.theme)),
        "soustheme": pairs(sa.select(theme.c.item_id, theme.c.subtheme)),
        "soussoustheme": pairs(sa.select(theme.c.item_id, theme.c.subsubtheme)),
        "acteur": pairs(sa.select(party.c.item_id, party.c.actor)),
        "financeur": pairs(sa.select(party.c.item_id, party.c.actor).where(party.c.role == "funder")),
    }
    records, passages, documents = _places(connection, ids)
    titles = [(fold(row[5]), n) for n, row in enumerate(rows)]
    return Index(
        stamp=stamp_of(connection),
        ids=ids,
        years=np.array([-1 if row[1] is None else row[1] for row in rows], dtype=np.int32),
        doubts=np.array([row[2] for row in rows], dtype=np.float32),
        sources=np.array([row[3] for row in rows], dtype=np.int32),
        conflicts=np.array([row[4] for row in rows], dtype=np.int32),
        title_order=np.array([n for _, n in sorted(titles)], dtype=np.int32),
        facets=facets,
        subthemes={name: subthemes.get(name, ()) for name in parents},
        records=records,
        passages=passages,
        documents=documents,
        actors=dict(connection.execute(sa.select(schema.actor.c.key, schema.actor.c.name)).tuples().all()),
    )


def _pairs(items: NDArray[np.int32], values: Sequence[str | None], size: int) -> Pairs:
    names = tuple(sorted({value for value in values if value}))
    codes = {name: code for code, name in enumerate(names)}
    said = np.array([-1 if not value else codes[value] for value in values], dtype=np.int64)
    told = np.flatnonzero(said >= 0)
    # an item and a value in one number, each once
    both = np.unique(items[told].astype(np.int64) * max(1, len(names)) + said[told])
    return Pairs(
        items=(both // max(1, len(names))).astype(np.int32),
        codes=(both % max(1, len(names))).astype(np.int32),
        names=names,
        size=size,
    )


def _themes(connection: sa.Connection) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Return the themes, and the sub-themes of each."""
    theme = schema.item_theme
    asked = sa.select(theme.c.theme, theme.c.subtheme).distinct()
    below: dict[str, set[str]] = {}
    for name, part in connection.execute(asked):
        below.setdefault(name, set()).update([part] if part else [])
    return tuple(sorted(below)), {name: tuple(sorted(parts)) for name, parts in below.items()}


def _places(
    connection: sa.Connection, ids: Rows
) -> tuple[tuple[Rows, NDArray[np.int32]], tuple[Rows, NDArray[np.int32]], tuple[NDArray[np.int32], Rows]]:
    """Return where records, passages and documents lead to; what leads to no item is left out."""
    member, passage = schema.item_record, schema.passage
    found = connection.execute(sa.select(member.c.record_id, member.c.item_id).order_by(member.c.record_id)).all()
    keys = np.array([row[0] for row in found], dtype=np.int64)
    rows = np.searchsorted(ids, np.array([row[1] for row in found], dtype=np.int64)).astype(np.int32)
    held = connection.execute(
        sa.select(passage.c.id, passage.c.record_id).where(passage.c.type != "text").order_by(passage.c.id)
    ).all()
    passage_ids = np.array([row[0] for row in held], dtype=np.int64)
    wanted = np.array([-1 if row[1] is None else row[1] for row in held], dtype=np.int64)
    at = np.searchsorted(keys, wanted)
    at[at == len(keys)] = 0
    known = keys[at] == wanted if len(keys) else np.zeros(len(wanted), dtype=bool)
    row_and_document = np.unique(np.stack([rows.astype(np.int64), keys >> schema.ID_BITS], axis=1), axis=0)
    return (
        (keys, rows),
        (passage_ids[known], rows[at[known]] if len(keys) else np.zeros(0, dtype=np.int32)),
        (row_and_document[:, 0].astype(np.int32), row_and_document[:, 1].copy()),
    )
