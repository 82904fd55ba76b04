"""Reading the catalogue: items, what documents say of them, actors, and what may be one.

Functions over a connection of SQLAlchemy, whose transaction is the caller's. They
give what :func:`coopnlp.catalogue.refresh` wrote last.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from coopnlp.catalogue.facets import facets
from coopnlp.catalogue.filtering import conditions
from coopnlp.catalogue.tellings import conflicts, reasons, tellings
from coopnlp.catalogue.values import (
    Actor,
    ActorFilters,
    Item,
    ItemFilters,
    ItemLine,
    Named,
    Proposed,
    Sort,
    StatedAmount,
    ThemePath,
)
from coopnlp.register import schema
from coopnlp.register.values import Sum
from coopnlp.text import fold

__all__ = [
    "conflicts", "count_items", "facets", "find_item", "get_actor", "get_item", "item_lines", "list_actors",
    "list_items", "made_at", "partners", "proposals", "sums", "tellings",
]  # fmt: skip

_REF = re.compile(r"(?P<digest>[0-9a-f]{6,64})-(?P<n>\d{1,7})")
_item = schema.item
_OF_ACTOR = ("name", "kind", "country")


def made_at(connection: sa.Connection) -> str | None:
    """Return when the catalogue was made, ISO 8601 in UTC; None where it never was."""
    kept = schema.catalogue
    value = connection.execute(sa.select(kept.c.value).where(kept.c.name == "made_at")).scalar()
    return None if value is None else str(value)


def find_item(connection: sa.Connection, type: str, ref: str) -> int | None:
    """Return the item that a permalink means, by any of its records; None where nothing has it.

    Parameters
    ----------
    ref
        The first digits of the SHA-256 of a source, ``-``, and the number of the record
        among those of its type there.
    """
    match = _REF.fullmatch(ref)
    if match is None:
        return None
    source, record, held = schema.source, schema.record, schema.item_record
    asked = (
        sa.select(held.c.item_id)
        .join_from(source, record, record.c.document_id == source.c.id)
        .join(held, held.c.record_id == record.c.id)
        # between, not LIKE: it uses the index of every database
        .where(source.c.sha256 >= match["digest"], source.c.sha256 < match["digest"] + "g")
        .where(record.c.type == type, record.c.n == int(match["n"]))
    )
    found = connection.execute(asked.limit(2)).scalars().all()
    return int(found[0]) if len(found) == 1 else None


def item_of(connection: sa.Connection, record_id: int) -> int | None:
    """Return the item of a record, or None."""
    held = schema.item_record
    found = connection.execute(sa.select(held.c.item_id).where(held.c.record_id == record_id)).scalar()
    return None if found is None else int(found)


def get_item(connection: sa.Connection, record_id: int) -> Item | None:
    """Return the item that holds a record, with all that documents say of it; None where there is none."""
    key = item_of(connection, record_id)
    lines = [] if key is None else item_lines(connection, [key])
    if not lines:
        return None
    line = lines[0]
    return Item(
        line=line,
        tellings=tellings(connection, line.id),
        conflicts=conflicts(connection, line.id),
        reasons=reasons(connection, line.id),
    )


def count_items(connection: sa.Connection, filters: ItemFilters | None = None) -> int:
    """Count the items that meet filters."""
    asked = sa.select(sa.func.count()).select_from(_item).where(*conditions(filters or ItemFilters()))
    return int(connection.execute(asked).scalar_one())


def list_items(
    connection: sa.Connection,
    filters: ItemFilters | None = None,
    *,
    sort: Sort = "newest",
    limit: int | None = 50,
    offset: int = 0,
) -> list[ItemLine]:
    """Return items that meet filters, a page of them.

    Parameters
    ----------
    sort
        ``newest`` and ``oldest`` by year, those without one last; ``title`` by code
        points; ``doubt`` what should be looked at first; ``documents`` what most
        documents tell of; ``amount`` the largest sum, whatever its currency.
    """
    asked = sa.select(_item.c.id).where(*conditions(filters or ItemFilters())).order_by(*_order(sort))
    keys = connection.execute(asked.limit(limit).offset(offset)).scalars().all()
    return item_lines(connection, keys)


def _order(sort: Sort) -> list[Any]:
    if sort == "amount":
        amount = schema.item_amount
        largest = sa.select(sa.func.max(sa.cast(amount.c.value, sa.Float))).where(amount.c.item_id == _item.c.id)
        return [sa.nulls_last(largest.scalar_subquery().desc()), _item.c.id]
    by: dict[str, list[Any]] = {
        "newest": [sa.nulls_last(_item.c.year.desc()), _item.c.id],
        "oldest": [sa.nulls_last(_item.c.year), _item.c.id],
        "title": [_item.c.title, _item.c.id],
        "doubt": [_item.c.doubt.desc(), _item.c.id],
        "documents": [_item.c.documents.desc(), _item.c.id],
    }
    return by[sort]


def item_lines(connection: sa.Connection, keys: Sequence[int]) -> list[ItemLine]:
    """Return items by their ids, in the order given; an id that is no item is left out."""
    if not keys:
        return []
    made: dict[int, dict[str, Any]] = {}
    for at in range(0, len(keys), 400):
        made |= _lines(connection, keys[at : at + 400])
    return [ItemLine(**made[key]) for key in keys if key in made]


def _lines(connection: sa.Connection, keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    record, source, party, actor = schema.record, schema.source, schema.item_party, schema.actor
    asked = (
        sa.select(*_item.c, record.c.n, source.c.sha256)
        .join(record, record.c.id == _item.c.id)
        .join(source, source.c.id == record.c.document_id)
        .where(_item.c.id.in_(keys))
    )
    made: dict[int, dict[str, Any]] = {}
    for row in connection.execute(asked).mappings():
        told = dict(row)
        told["ref"] = f"{told.pop('sha256')[:12]}-{told.pop('n')}"
        made[told["id"]] = told
    parties: dict[int, list[Named]] = defaultdict(list)
    named = (
        sa.select(party.c.item_id, party.c.role, party.c.text, party.c.actor, *(actor.c[n] for n in _OF_ACTOR))
        .join(actor, actor.c.key == party.c.actor)
        .where(party.c.item_id.in_(keys))
        .order_by(party.c.item_id, party.c.n)
    )  # fmt: skip
    for item_id, *values in connection.execute(named):
        parties[item_id].append(Named(**dict(zip(Named.model_fields, values, strict=True))))
    amounts: dict[int, list[StatedAmount]] = defaultdict(list)
    for row in _below(connection, schema.item_amount, keys):
        told = {"value": row.value, "min": row.min, "max": row.max, "currency": row.currency}
        amounts[row.item_id].append(StatedAmount(**told, total=bool(row.total)))
    themes: dict[int, list[ThemePath]] = defaultdict(list)
    for row in _below(connection, schema.item_theme, keys):
        path = tuple(name for name in (row.theme, row.subtheme, row.subsubtheme) if name)
        themes[row.item_id].append(ThemePath(path=path, probability=row.probability))
    countries: dict[int, list[str]] = defaultdict(list)
    for row in _below(connection, schema.item_country, keys):
        countries[row.item_id].append(row.country)
    for key, told in made.items():
        told["parties"], told["amounts"] = tuple(parties[key]), tuple(amounts[key])
        told["themes"], told["countries"] = tuple(themes[key]), tuple(countries[key])
    return made


def _below(connection: sa.Connection, table: sa.Table, keys: Sequence[int]) -> Iterable[Any]:
    return connection.execute(sa.select(table).where(table.c.item_id.in_(keys)).order_by(*table.primary_key))


def sums(connection: sa.Connection, filters: ItemFilters | None = None) -> list[Sum]:
    """Add the single sums of items, a currency at a time, without sums that hold others and those only asked for.

    Returns
    -------
    list of Sum
        By currency, None last. Exact: decimal numbers, not floating point.
    """
    from decimal import Decimal

    amount = schema.item_amount
    asked = (
        sa.select(amount.c.currency, amount.c.value)
        .join(_item, _item.c.id == amount.c.item_id)
        .where(amount.c.total == 0, amount.c.value.is_not(None))
        .where(sa.func.coalesce(_item.c.status, "") != "demandé", *conditions(filters or ItemFilters()))
    )
    found: dict[str | None, tuple[Decimal, int]] = {}
    for currency, value in connection.execute(asked):
        total, count = found.get(currency, (Decimal(0), 0))
        found[currency] = total + Decimal(value), count + 1
    ordered = sorted(found.items(), key=lambda entry: (entry[0] is None, entry[0] or ""))
    return [Sum(currency=currency, total=total, count=count) for currency, (total, count) in ordered]


def get_actor(connection: sa.Connection, key: str) -> Actor | None:
    """Return an actor by its key, or None."""
    row = connection.execute(sa.select(schema.actor).where(schema.actor.c.key == key)).mappings().one_or_none()
    return None if row is None else Actor(**row)


def list_actors(
    connection: sa.Connection,
    filters: ActorFilters | None = None,
    *,
    funders: bool = False,
    limit: int | None = 50,
    offset: int = 0,
) -> list[Actor]:
    """Return actors that meet filters, those that most items name first.

    Parameters
    ----------
    funders
        Only those that give, by how many fundings.
    """
    actor, wanted = schema.actor, filters or ActorFilters()
    number = actor.c.partnerships + actor.c.agreements + actor.c.projects + actor.c.fundings
    asked = sa.select(actor)
    if wanted.kind:
        asked = asked.where(actor.c.kind.in_(wanted.kind))
    if wanted.country:
        asked = asked.where(actor.c.country.in_(wanted.country))
    if funders:
        asked = asked.where(actor.c.fundings > 0)
        number = actor.c.fundings
    asked = asked.order_by(number.desc(), actor.c.key)
    if not wanted.name:
        return [Actor(**row) for row in connection.execute(asked.limit(limit).offset(offset)).mappings()]
    # No database folds accents as the register does: names are few enough to be looked through.
    part = fold(wanted.name)
    found = [row for row in connection.execute(asked).mappings() if part in fold(row["name"])]
    return [Actor(**row) for row in found[offset : None if limit is None else offset + limit]]


def partners(connection: sa.Connection, key: str, *, limit: int | None = 100) -> list[tuple[Actor, int]]:
    """Return who is named with an actor in partnerships, agreements and projects, and in how many, most first."""
    one, other, actor = schema.item_party.alias("one"), schema.item_party.alias("other"), schema.actor
    number = sa.func.count(sa.distinct(one.c.item_id))
    asked = (
        sa.select(other.c.actor, number.label("number"))
        .join_from(one, other, other.c.item_id == one.c.item_id)
        .where(one.c.actor == key, other.c.actor != key, other.c.role == "party")
        .group_by(other.c.actor)
        .order_by(number.desc(), other.c.actor)
        .limit(limit)
    )
    counts = {row.actor: int(row.number) for row in connection.execute(asked)}
    named: dict[str, Actor] = {}
    for part in _parts(list(counts)):
        rows = connection.execute(sa.select(actor).where(actor.c.key.in_(part))).mappings()
        named |= {row["key"]: Actor(**row) for row in rows}
    return [(named[other], number) for other, number in counts.items() if other in named]


def proposals(
    connection: sa.Connection, *, type: str | None = None, item: int | None = None, limit: int | None = 50,
    offset: int = 0,
) -> list[Proposed]:  # fmt: skip
    """Return pairs of items that may be one, the likeliest first.

    Parameters
    ----------
    item
        Only those of this item.
    """
    proposal = schema.proposal
    asked = sa.select(proposal).order_by(proposal.c.score.desc(), proposal.c.first, proposal.c.second)
    if type is not None:
        asked = asked.where(proposal.c.type == type)
    if item is not None:
        asked = asked.where(sa.or_(proposal.c.first == item, proposal.c.second == item))
    rows = connection.execute(asked.limit(limit).offset(offset)).all()
    keys = sorted({key for row in rows for key in (row.first, row.second)})
    lines = {line.id: line for line in item_lines(connection, keys)}
    return [
        Proposed(first=lines[row.first], second=lines[row.second], score=row.score, why=tuple(json.loads(row.why)))
        for row in rows
        if row.first in lines and row.second in lines
    ]


def _parts(keys: Collection[Any], size: int = 400) -> Iterable[list[Any]]:
    ordered = list(keys)
    return (ordered[at : at + size] for at in range(0, len(ordered), size))
