"""Which documents and items an export holds, in the order of file names, whatever the order in which they came."""

from __future__ import annotations

from array import array

import sqlalchemy as sa

from coopnlp.register import schema
from coopnlp.register.read import named_after

__all__ = ["document_ids", "item_ids"]


def document_ids(connection: sa.Connection, condition: sa.ColumnElement[bool] | None = None) -> array[int]:
    """Return the ids of the documents, eight bytes each, in the order of names, then digests.

    Parameters
    ----------
    condition
        On rows of ``item``: only documents that tell of such an item.
    """
    place, source, document = schema.location, schema.source, schema.document
    asked = (
        sa.select(document.c.id)
        .join(source, source.c.id == document.c.id)
        .join(place, named_after(source.c.id))
        .order_by(place.c.name, source.c.sha256)
    )
    if condition is not None:
        item, held, record = schema.item, schema.item_record, schema.record
        telling = (
            sa.select(record.c.document_id)
            .join_from(item, held, held.c.item_id == item.c.id)
            .join(record, record.c.id == held.c.record_id)
            .where(condition)
        )
        asked = asked.where(document.c.id.in_(telling))
    return array("q", connection.execute(asked).scalars())


def item_ids(connection: sa.Connection, condition: sa.ColumnElement[bool] | None = None) -> array[int]:
    """Return the ids of items, eight bytes each, in the order of file names, digests, types and of the text."""
    item, record, source, place = schema.item, schema.record, schema.source, schema.location
    asked = (
        sa.select(item.c.id)
        .join_from(item, record, record.c.id == item.c.id)
        .join(source, source.c.id == record.c.document_id)
        .join(place, named_after(source.c.id))
        .order_by(place.c.name, source.c.sha256, item.c.type, record.c.n)
    )
    if condition is not None:
        asked = asked.where(condition)
    return array("q", connection.execute(asked).scalars())
