"""From filters to the condition that items must meet, in SQL."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from coopnlp.catalogue.values import ItemFilters
from coopnlp.register import schema

__all__ = ["conditions", "without"]

_item = schema.item


def without(filters: ItemFilters, *fields: str) -> ItemFilters:
    """Return the filters with some of them free."""
    empty = ItemFilters()
    return filters.model_copy(update={field: getattr(empty, field) for field in fields})


def conditions(filters: ItemFilters) -> list[sa.ColumnElement[bool]]:
    """Return what rows of ``item`` must meet."""
    found: list[sa.ColumnElement[bool]] = []
    for field in ("type", "kind", "status"):
        wanted = getattr(filters, field)
        if wanted:
            found.append(_item.c[field].in_(wanted))
    if filters.year_min is not None:
        found.append(_item.c.year >= filters.year_min)
    if filters.year_max is not None:
        found.append(_item.c.year <= filters.year_max)
    if filters.review:
        seen = [review for review in filters.review if review != "none"]
        either = [_item.c.review.in_(seen)] if seen else []
        if "none" in filters.review:
            either.append(_item.c.review.is_(None))
        found.append(sa.or_(*either))
    themes = {field: getattr(filters, field) for field in ("theme", "subtheme", "subsubtheme")}
    if any(themes.values()):
        table = schema.item_theme
        found.append(_has(table, *(table.c[field].in_(wanted) for field, wanted in themes.items() if wanted)))
    if filters.country:
        found.append(_has(schema.item_country, schema.item_country.c.country.in_(filters.country)))
    party = schema.item_party
    for key in filters.actor:  # several actors: items that name them all
        found.append(_has(party, party.c.actor == key))
    if filters.funder:
        found.append(_has(party, party.c.actor.in_(filters.funder), party.c.role == "funder"))
    if filters.records is not None:
        found.append(_has(schema.item_record, _among(schema.item_record.c.record_id, filters.records)))
    if filters.documents is not None:
        record_id = schema.item_record.c.record_id
        ranges = [
            sa.and_(record_id >= key << schema.ID_BITS, record_id < (key + 1) << schema.ID_BITS)
            for key in filters.documents
        ]
        found.append(_has(schema.item_record, sa.or_(sa.false(), *ranges)))
    return found


def _has(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return _item.c.id.in_(sa.select(table.c.item_id).where(*conditions))


def _among(column: sa.Column[Any], keys: Collection[int]) -> sa.ColumnElement[bool]:
    """Return whether a column is one of many ids, which are numbers and need no parameter each."""
    if not keys:
        return sa.false()
    return column.in_([sa.literal_column(str(int(key))) for key in keys])
