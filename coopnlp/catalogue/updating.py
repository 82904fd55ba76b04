"""The items of a few documents, brought up to date at once: what somebody who corrects wants to see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING

import sqlalchemy as sa

from coopnlp.catalogue.assembly import Actors, Rows, assemble
from coopnlp.catalogue.building import ITEM_TABLES, LOCK, counted, read_facts
from coopnlp.catalogue.decisions import read_decisions
from coopnlp.catalogue.merging import merge
from coopnlp.catalogue.readings import read_readings
from coopnlp.catalogue.values import Refreshed
from coopnlp.register import bulk, schema
from coopnlp.register.schema import ID_BITS

if TYPE_CHECKING:
    from coopnlp.register.store import Register

__all__ = ["update"]

_held, _party, _item = schema.item_record, schema.item_party, schema.item


def update(register: Register, documents: Collection[int]) -> Refreshed:
    """Make the items of some documents anew after a correction, in one short transaction.

    Their records are compared with one another and with those of the items
    that they belonged to, not with all others: that, and what is like them, is left
    to the next :func:`coopnlp.catalogue.refresh`, which stays due.

    Parameters
    ----------
    documents
        Ids of the documents whose records, or decisions on them, have changed; of a
        pair both. Meant for a few.

    Raises
    ------
    RegisterError
        The database fails.
    """
    database = register._database

    def once() -> Refreshed:
        with database.writing() as connection:
            if not database.is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            _update(connection, set(documents))
            return counted(connection, changed=True)

    return database.patiently(once)


def _update(connection: sa.Connection, documents: set[int]) -> None:
    decisions = read_decisions(connection, documents)
    for pair in decisions.together | decisions.apart:
        documents = documents | {key >> ID_BITS for key in pair}
    items = _items_of(connection, documents)
    # the items' other records are of other documents, whose other items are left alone
    whole = documents | _documents_of(connection, items)
    decisions = read_decisions(connection, whole)
    kept = set(connection.execute(sa.select(_held.c.record_id).where(_held.c.item_id.in_(items))).scalars())
    facts = [
        fact for fact in read_facts(connection, decisions, whole) if fact.document_id in documents or fact.id in kept
    ]
    before = set(connection.execute(sa.select(_party.c.actor).where(_party.c.item_id.in_(items))).scalars())
    for table in ITEM_TABLES:
        connection.execute(sa.delete(table).where((table.c.id if table is _item else table.c.item_id).in_(items)))
    made: Rows = defaultdict(list)
    actors, readings = Actors(facts), read_readings(connection, whole)
    for group in merge(facts, decisions).groups:
        for name, rows in assemble(group, actors, readings).items():
            made[name] += rows
    for table in ITEM_TABLES:
        bulk.insert(connection, table, [dict(zip(table.c.keys(), row, strict=True)) for row in made[table.name]])
    proposal, new = schema.proposal, {row[0] for row in made["item"]}
    gone = [key for key in items if key not in new]
    connection.execute(sa.delete(proposal).where(sa.or_(proposal.c.first.in_(gone), proposal.c.second.in_(gone))))
    for pair in decisions.apart | decisions.together:
        leads = _leads(connection, pair)
        if len(leads) == 2:
            connection.execute(sa.delete(proposal).where(proposal.c.first == leads[0], proposal.c.second == leads[1]))
    _count_actors(connection, before | set(actors.names), actors)
    # Counts that were kept of all items are so no more.
    connection.execute(sa.delete(schema.catalogue).where(schema.catalogue.c.name == "facets"))


def _items_of(connection: sa.Connection, documents: Collection[int]) -> list[int]:
    found: set[int] = set()
    for key in sorted(documents):
        inside = sa.and_(_held.c.record_id >= key << ID_BITS, _held.c.record_id < (key + 1) << ID_BITS)
        found.update(connection.execute(sa.select(_held.c.item_id).where(inside)).scalars())
    return sorted(found)


def _documents_of(connection: sa.Connection, items: Collection[int]) -> set[int]:
    asked = sa.select(_held.c.record_id).where(_held.c.item_id.in_(items))
    return {key >> ID_BITS for key in connection.execute(asked).scalars()}


def _leads(connection: sa.Connection, pair: tuple[int, int]) -> list[int]:
    asked = sa.select(_held.c.item_id).where(_held.c.record_id.in_(pair))
    return sorted(set(connection.execute(asked).scalars()))


def _count_actors(connection: sa.Connection, keys: Collection[str], actors: Actors) -> None:
    """Count anew how many items name some actors; who is named in none any more goes."""
    actor = schema.actor
    known = {row.key: row for row in connection.execute(sa.select(actor).where(actor.c.key.in_(keys)))}
    connection.execute(sa.delete(actor).where(actor.c.key.in_(keys)))
    rows = []
    for key in sorted(keys):
        named = sa.select(_party.c.item_id).where(_party.c.actor == key)
        by_type = (
            sa.select(_item.c.type, sa.func.count().label("number")).where(_item.c.id.in_(named)).group_by(_item.c.type)
        )
        counts = {row.type: int(row.number) for row in connection.execute(by_type)}
        if not counts:
            continue
        document = _held.c.record_id.op(">>")(sa.literal_column(str(ID_BITS)))
        told = sa.select(sa.func.count(sa.distinct(document))).where(_held.c.item_id.in_(named))
        who = actors.known.get(key)
        row = known.get(key)
        base = (
            {"name": row.name, "kind": row.kind, "country": row.country, "latitude": row.latitude,
             "longitude": row.longitude}
            if row is not None
            else {"name": actors.names[key], "kind": who.kind, "country": who.country, "latitude": who.latitude,
                  "longitude": who.longitude}
            if who is not None
            else None
        )  # fmt: skip
        if base is None:
            continue
        rows.append(
            {"key": key, **base, "partnerships": counts.get("partnership", 0), "agreements": counts.get("agreement", 0),
             "projects": counts.get("project", 0), "fundings": counts.get("funding", 0),
             "documents": int(connection.execute(told).scalar_one())}
        )  # fmt: skip
    bulk.insert(connection, actor, rows)
