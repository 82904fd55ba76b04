"""Which documents and items an export holds, in the order of file names, whatever the order in which they came."""

from __future__ import annotations

from array import array

import sqlalchemy as sa

from coopnlp.register import schema
from coopnlp.register.read import named_after

__all__ = ["document_ids"]


def document_ids(connection: sa.Connection) -> array[int]:
    """Return the ids of the documents, eight bytes each, in the order of names, then digests."""
    place, source = schema.location, schema.source
    asked = (
        sa.select(schema.document.c.id)
        .join(source, source.c.id == schema.document.c.id)
        .join(place, named_after(source.c.id))
        .order_by(place.c.name, source.c.sha256)
    )
    return array("q", connection.execute(asked).scalars())
