"""How the documents were read: with which rules, and with how much doubt."""

from __future__ import annotations

import json
import re
from collections.abc import Collection

import sqlalchemy as sa

from coopnlp.catalogue.doubt import Readings
from coopnlp.register import schema

__all__ = ["newest_versions", "read_readings"]

_PAGE = re.compile(r"\d+")


def newest_versions(connection: sa.Connection) -> tuple[str, str]:
    """Return the versions of library and models that the last document was read with."""
    source = schema.source
    asked = sa.select(source.c.library_version, source.c.model_version).where(source.c.state == "done")
    row = connection.execute(asked.order_by(source.c.processed_at.desc()).limit(1)).first()
    return ("", "") if row is None else (row.library_version or "", row.model_version or "")


def read_readings(connection: sa.Connection, documents: Collection[int] | None = None) -> Readings:
    """Return how documents were read.

    Parameters
    ----------
    documents
        Only of these; then the newest rules are those that the catalogue was made with.
    """
    source, notice, kept = schema.source, schema.notice, schema.catalogue
    read = sa.select(source.c.id, source.c.library_version, source.c.model_version).where(source.c.state == "done")
    said = sa.select(notice.c.document_id, notice.c.message).where(notice.c.kind == "ocr_doubtful")
    used: tuple[str, str] | None = None
    if documents is not None:
        read, said = read.where(source.c.id.in_(documents)), said.where(notice.c.document_id.in_(documents))
        told = connection.execute(sa.select(kept.c.value).where(kept.c.name == "versions")).scalar()
        used = None if told is None else tuple(json.loads(told))
    used = used or newest_versions(connection)
    old = {key for key, library, model in connection.execute(read) if (library or "", model or "") != used}
    doubtful = {
        # « 2 pages lues avec une confiance de moins de 60 sur 100, à vérifier sur l'image : 3, 7. »
        document: {int(page) for page in _PAGE.findall(message.rpartition(":")[2])}
        for document, message in connection.execute(said)
    }
    return Readings(old, doubtful)
