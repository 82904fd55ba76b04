"""What each document says of an item, in its own words, and on what they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from coopnlp.catalogue.assembly import Actors, in_order
from coopnlp.catalogue.conflicts import find_conflicts
from coopnlp.catalogue.doubt import reasons_to_doubt
from coopnlp.catalogue.facts import Fact, load
from coopnlp.catalogue.readings import read_readings
from coopnlp.catalogue.totals import mark_totals
from coopnlp.catalogue.values import Conflict, ConflictValue, Named, Quote, StatedAmount, Telling
from coopnlp.register import schema
from coopnlp.register.read import named_after

__all__ = ["conflicts", "reasons", "tellings"]


def conflicts(connection: sa.Connection, item_id: int) -> tuple[Conflict, ...]:
    """Return the fields on which the sources of an item differ; a date that is only more precise is no conflict.

    Fields are ``date``, ``start``, ``end``, ``kind``, ``status`` and ``amounts``.
    """
    return tuple(
        Conflict(
            field=found.field,
            values=tuple(ConflictValue(value=value, records=records) for value, records in found.values),
        )
        for found in find_conflicts(_facts(connection, item_id))
    )


def reasons(connection: sa.Connection, item_id: int) -> tuple[str, ...]:
    """Return why an item should be looked at, in French, the strongest reason first."""
    facts = _facts(connection, item_id)
    if not facts:
        return ()
    readings = read_readings(connection, {fact.document_id for fact in facts})
    found = reasons_to_doubt(facts, find_conflicts(facts), readings, Actors(facts).kinds)
    return tuple(reason.text for reason in found)


def _facts(connection: sa.Connection, item_id: int) -> list[Fact]:
    """Return the records of an item, the one that leads first, with the totals of their documents marked."""
    held = schema.item_record
    keys = set(connection.execute(sa.select(held.c.record_id).where(held.c.item_id == item_id)).scalars())
    found: list[Fact] = []
    for document in sorted({key >> schema.ID_BITS for key in keys}):
        facts = list(load(connection, [document]))
        mark_totals(facts)
        found += [fact for fact in facts if fact.id in keys]
    ordered = in_order(found)
    return sorted(ordered, key=lambda fact: fact.id != item_id)


def tellings(connection: sa.Connection, item_id: int) -> tuple[Telling, ...]:
    """Return what each record of an item says, with the words it was read from, the record that leads first."""
    facts = _facts(connection, item_id)
    documents = _documents(connection, sorted({fact.document_id for fact in facts}))
    quotes = _quotes(connection, facts)
    projects = schema.project
    asked = sa.select(projects.c.id, projects.c.description).where(projects.c.id.in_([fact.id for fact in facts]))
    descriptions = {row.id: row.description for row in connection.execute(asked)}
    actors = Actors(facts)
    return tuple(
        Telling(
            record_id=fact.id,
            ref=f"{documents[fact.document_id]['sha256'][:12]}-{fact.n}",
            document_id=fact.document_id,
            **documents[fact.document_id],
            n=fact.n,
            page=fact.page,
            title=fact.title or None,
            description=descriptions.get(fact.id),
            kind=fact.kind,
            scheme=fact.scheme,
            status=fact.status,
            date=fact.date,
            start=fact.start,
            end=fact.end,
            parties=tuple(
                Named(
                    role=member.role,
                    text=member.text,
                    actor=member.key,
                    name=actors.names[member.key],
                    kind=actors.known[member.key].kind,
                    country=actors.known[member.key].country,
                )
                for member in fact.members
            ),
            amounts=tuple(_amount(fact, n) for n in range(len(fact.sums))),
            quotes=tuple(quotes[fact.id]),
        )
        for fact in facts
    )


def _amount(fact: Fact, n: int) -> StatedAmount:
    told = fact.sums[n]
    return StatedAmount.model_validate(
        {"value": told.value, "min": told.min, "max": told.max, "currency": told.currency, "total": n in fact.totals}
    )


def _documents(connection: sa.Connection, keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    document, source, place = schema.document, schema.source, schema.location
    asked = (
        sa.select(document.c.id, document.c.title, document.c.date, source.c.sha256, place.c.name)
        .join_from(document, source, source.c.id == document.c.id)
        .join(place, named_after(document.c.id))
        .where(document.c.id.in_(keys))
    )
    return {
        row.id: {
            "sha256": row.sha256, "name": row.name, "document_title": row.title, "document_date": row.date,
        }
        for row in connection.execute(asked)
    }  # fmt: skip


def _quotes(connection: sa.Connection, facts: Sequence[Fact]) -> dict[int, list[Quote]]:
    """Return the words of each record's evidence, cut out of the passages that hold them."""
    passage = schema.passage
    found: dict[int, list[Quote]] = defaultdict(list)
    for fact in facts:
        for start, end in fact.spans:
            asked = (
                sa.select(passage.c.start, passage.c.text, passage.c.page)
                .where(passage.c.document_id == fact.document_id, passage.c.type == "text")
                .where(passage.c.start < end, passage.c.end > start)
                .order_by(passage.c.id)
            )
            rows = connection.execute(asked).all()
            if rows:
                text = "".join(row.text for row in rows)
                cut = text[start - rows[0].start : end - rows[0].start]
                found[fact.id].append(Quote(start=start, end=end, page=rows[0].page, text=cut))
    return found
