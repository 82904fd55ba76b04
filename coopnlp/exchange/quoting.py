"""The words that an item was read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from coopnlp.exchange.items import Item, Money
from coopnlp.register import schema
from coopnlp.register.read import read_text, sentences

__all__ = ["Quoting"]

# A spreadsheet shows a cell of some lines; who wants more opens the page of the item.
_LONGEST = 600
_GAP = " […] "


class Quoting:
    """Reads sentences and sums as the documents have them, a document at a time: items come in their order."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._document: int | None = None
        self._text = ""
        self._amounts: list[tuple[int, int, str, tuple[str | None, ...]]] = []
        self._evidence: dict[int, list[tuple[int, int]]] = {}

    def quote(self, item: Item) -> str:
        """Return the sentences that the record which leads was read from, on one line, cut where they are long."""
        self._open(item.documents[0])
        spans = sentences(self._text, self._evidence.get(item.id, ()))
        quoted = _GAP.join(" ".join(self._text[start:end].split()) for start, end in spans)
        return quoted if len(quoted) <= _LONGEST else quoted[: quoted.rfind(" ", 0, _LONGEST)] + "…"

    def words(self, item: Item, money: Money) -> str | None:
        """Return a sum as the document writes it, where it stands among the words that the item was read from."""
        self._open(item.documents[0])
        known = tuple(None if n is None else format(n, "f") for n in (money.value, money.min, money.max))
        spans: Sequence[tuple[int, int]] = self._evidence.get(item.id, ())
        for start, end, text, value in self._amounts:
            if value[:3] == known and any(begin < end and start < finish for begin, finish in spans):
                return " ".join(text.split())
        return None

    def _open(self, document: int) -> None:
        if document == self._document:
            return
        self._document = document
        self._text = read_text(self._connection, document)
        entity, evidence = schema.entity, schema.evidence
        asked = sa.select(entity).where(entity.c.document_id == document, entity.c.label == "AMOUNT")
        self._amounts = [
            (row.start, row.end, row.text, (row.value, row.min, row.max))
            for row in self._connection.execute(asked.order_by(entity.c.start))
        ]
        self._evidence = defaultdict(list)
        asked = sa.select(evidence.c.record_id, evidence.c.start, evidence.c.end)
        for row in self._connection.execute(asked.where(evidence.c.document_id == document).order_by(evidence.c.id)):
            self._evidence[row.record_id].append((row.start, row.end))
