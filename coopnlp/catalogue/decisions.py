"""What people decided on records and on pairs of them, as far as it bears on items."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from coopnlp.register import schema
from coopnlp.register.corrections import find_record, reviewed

__all__ = ["Decisions", "read_decisions"]


class Decisions(NamedTuple):
    """By the ids of records: who is reviewed (``confirmed``, ``edited``), which pairs are one, which are not."""

    reviews: Mapping[int, str] = {}
    together: frozenset[tuple[int, int]] = frozenset()
    apart: frozenset[tuple[int, int]] = frozenset()


_REVIEWS = {"confirm": "confirmed", "edit": "edited", "add": "edited"}


def read_decisions(connection: sa.Connection, documents: Collection[int] | None = None) -> Decisions:
    """Return the decisions that stand: not undone, not lost; of two on one thing the later.

    Parameters
    ----------
    documents
        Of records, only those in these documents; of pairs, those with one record there.
    """
    correction, source = schema.correction, schema.source
    digests: set[str] | None = None
    if documents is not None:
        named = sa.select(source.c.sha256).where(source.c.id.in_(documents))
        digests = set(connection.execute(named).scalars())
    asked = (
        sa.select(
            correction.c.sha256, correction.c.target, correction.c.type, correction.c.anchor, correction.c.action,
            source.c.id.label("document_id"),
        )
        .join(source, source.c.sha256 == correction.c.sha256)
        .where(
            correction.c.undone_at.is_(None), correction.c.state != "lost",
            correction.c.target == "pair",
        )
        .order_by(correction.c.id)
    )  # fmt: skip
    standing = reviewed(connection)
    reviews = {
        key: _REVIEWS[action]
        for key, action in standing.items()
        if action in _REVIEWS and (documents is None or key >> schema.ID_BITS in documents)
    }
    pairs: dict[tuple[int, int], str] = {}
    for row in connection.execute(asked).all():
        anchor = json.loads(row.anchor)
        of = {row.sha256, *(anchor.get(side, {}).get("sha256") for side in ("first", "second"))}
        if digests is not None and not digests & of:
            continue
        both = [_find_anywhere(connection, anchor.get(side, {}), row.type) for side in ("first", "second")]
        first, second = both
        if first is not None and second is not None and first != second:
            pairs[min(first, second), max(first, second)] = row.action
    return Decisions(
        reviews,
        frozenset(pair for pair, action in pairs.items() if action == "merge"),
        frozenset(pair for pair, action in pairs.items() if action == "separate"),
    )


def _find_anywhere(connection: sa.Connection, anchor: Mapping[str, Any], type: str | None) -> int | None:
    """Return the record of an anchor that names its source."""
    asked = sa.select(schema.source.c.id).where(schema.source.c.sha256 == anchor.get("sha256"))
    document_id = connection.execute(asked).scalar()
    if document_id is None:
        return None
    return _find(connection, int(document_id), anchor.get("type") or type, anchor)


def _find(connection: sa.Connection, document_id: int, type: str | None, anchor: Mapping[str, Any]) -> int | None:
    if type is None:
        return None
    return find_record(connection, document_id, type, anchor)
