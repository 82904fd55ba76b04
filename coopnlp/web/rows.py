"""Sources by the digits that stand for them in addresses."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from coopnlp.register import schema
from coopnlp.web.addresses import REF_LENGTH

__all__ = ["source_of"]

_HEX = frozenset("0123456789abcdef")


def source_of(connection: sa.Connection, prefix: str) -> Any:
    """Return the row of the source whose digest begins with some hexadecimal digits; None without or with several."""
    if not REF_LENGTH <= len(prefix) <= 64 or not _HEX.issuperset(prefix):
        return None
    source = schema.source
    asked = sa.select(source).where(source.c.sha256 >= prefix, source.c.sha256 < prefix + "g").limit(2)
    found = connection.execute(asked).all()
    return found[0] if len(found) == 1 else None
