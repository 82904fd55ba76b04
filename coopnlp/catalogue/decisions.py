"""What people decided on records and on pairs of them, as far as it bears on items."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

import sqlalchemy as sa

from coopnlp.register import schema

__all__ = ["Decisions", "read_decisions"]


class Decisions(NamedTuple):
    """By the ids of records: who is reviewed (``confirmed``, ``edited``), which pairs are one, which are not."""

    reviews: Mapping[int, str] = {}
    together: frozenset[tuple[int, int]] = frozenset()
    apart: frozenset[tuple[int, int]] = frozenset()


_REVIEWS = {"confirm": "confirmed", "edit": "edited", "add": "edited"}


def read_decisions(connection: sa.Connection) -> Decisions:
    """Return the decisions that stand: not undone, not lost; of two on one thing the later."""
    correction, source = schema.correction, schema.source
    asked = (
        sa.select(
            correction.c.sha256, correction.c.target, correction.c.type, correction.c.anchor, correction.c.action,
            source.c.id.label("document_id"),
        )
        .join(source, source.c.sha256 == correction.c.sha256)
        .where(
            correction.c.undone_at.is_(None), correction.c.state != "lost",
            correction.c.target.in_(["record", "pair"]),
        )
        .order_by(correction.c.id)
    )  # fmt: skip
    reviews: dict[int, str] = {}
    pairs: dict[tuple[int, int], str] = {}
    for row in connection.execute(asked).all():
        anchor = json.loads(row.anchor)
        if row.target == "record":
            found = _find(connection, row.document_id, row.type, anchor)
            if found is not None and row.action in _REVIEWS:
                reviews[found] = _REVIEWS[row.action]
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
    # Until corrections are there.
    if find_spec("coopnlp.register.corrections") is None:
        return _by_spans(connection, document_id, type, anchor)
    found: int | None = import_module("coopnlp.register.corrections").find_record(connection, document_id, type, anchor)
    return found


def _by_spans(connection: sa.Connection, document_id: int, type: str, anchor: Mapping[str, Any]) -> int | None:
    """Return the record of a type whose evidence begins where the anchor's does."""
    record, evidence = schema.record, schema.evidence
    spans = [tuple(span) for span in anchor.get("spans", ())]
    asked = (
        sa.select(record.c.id, evidence.c.start, evidence.c.end)
        .join(evidence, evidence.c.record_id == record.c.id)
        .where(record.c.document_id == document_id, record.c.type == type)
        .order_by(record.c.id)
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for key, start, end in connection.execute(asked):
        found.setdefault(key, []).append((start, end))
    return next((key for key, theirs in found.items() if sorted(theirs) == sorted(spans)), None)
