"""The derived tables, made anew from the records: read, merged and compared first, then written at once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from coopnlp import __version__
from coopnlp.catalogue.assembly import Actors, Rows, assemble, in_order
from coopnlp.catalogue.decisions import Decisions, read_decisions
from coopnlp.catalogue.facets import keep_facets
from coopnlp.catalogue.facts import Fact, load
from coopnlp.catalogue.merging import merge
from coopnlp.catalogue.readings import newest_versions, read_readings
from coopnlp.catalogue.totals import mark_totals
from coopnlp.catalogue.values import Refreshed
from coopnlp.register import bulk, journal, schema

if TYPE_CHECKING:
    from coopnlp.register.store import Register

__all__ = ["ITEM_TABLES", "LOCK", "counted", "fingerprint", "read_facts", "refresh", "stale"]

# Of the rules of this package: a change of them makes every catalogue anew.
_RULES = 1
ITEM_TABLES: tuple[sa.Table, ...] = (
    schema.item, schema.item_record, schema.item_party, schema.item_theme, schema.item_amount, schema.item_country,
)  # fmt: skip
# Items compared with what is there in one question, rows written in one statement.
_COMPARED = 4000
_WRITTEN = 5000
# Ids in one IN: below the limits of every database.
_NAMED = 400
# « COOP » and « cat »: two programs that write the catalogue of one PostgreSQL register take turns.
LOCK = (schema.APPLICATION_ID << 24) | 0x636174


def fingerprint(connection: sa.Connection) -> str:
    """Return what tells the content of a register, and what people decided, from what it was before. Cheap.

    JSON: version of library and rules; documents, the newest one, the moment of
    the last reading and how many sources have it; corrections, the newest one, how
    many were undone and how many are lost.
    """
    document, source, correction = schema.document, schema.source, schema.correction
    count = sa.func.count()
    documents = connection.execute(sa.select(count, sa.func.max(document.c.id)).select_from(document)).one()
    last = connection.execute(sa.select(sa.func.max(source.c.processed_at))).scalar()
    with_it = connection.execute(sa.select(count).select_from(source).where(source.c.processed_at == last)).scalar()
    asked = sa.select(
        count, sa.func.max(correction.c.id), sa.func.count(correction.c.undone_at),
        sa.func.sum(sa.case((correction.c.state == "lost", 1), else_=0)),
    )  # fmt: skip
    corrections = connection.execute(asked.select_from(correction)).one()
    told = [__version__, _RULES, *documents, last, with_it, *(int(value or 0) for value in corrections)]
    return json.dumps(told)


def _made_of(connection: sa.Connection) -> str | None:
    kept = schema.catalogue
    asked = sa.select(kept.c.value).where(kept.c.name == "fingerprint")
    value = connection.execute(asked).scalar()
    return None if value is None else str(value)


def stale(register: Register) -> bool:
    """Tell whether the catalogue was made of other records or other corrections than there are now.

    Raises
    ------
    RegisterError
        The database fails.
    """
    with register._database.reading() as connection:
        return _made_of(connection) != fingerprint(connection)


def refresh(register: Register, *, force: bool = False) -> Refreshed:
    """Make the catalogue anew where the records or the corrections have changed since it was made.

    Everything is read and compared in a transaction that only reads, so that a
    batch goes on writing meanwhile; what has changed is then written in a
    short one of its own. Readers see the old catalogue or the new one. Where two
    processes do it at once, one of them writes.

    Parameters
    ----------
    force
        Also where nothing has changed.

    Returns
    -------
    Refreshed
        What the catalogue holds now.

    Raises
    ------
    RegisterError
        The database fails.
    """
    database = register._database

    def once() -> Refreshed | None:
        with database.reading() as connection:
            before, now = _made_of(connection), fingerprint(connection)
            if before == now and not force:
                return counted(connection, changed=False)
            change = _compare(connection)
        with database.writing() as connection:
            if not database.is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            if _made_of(connection) != before:
                return None  # another process was first: what was compared is no more
            change.write(connection)
            _note(connection, now)
            return counted(connection, changed=True)

    while True:
        done = database.patiently(once)
        if done is not None:
            return done
        force = False


class _Change:
    """What to delete and what to insert. Rows of an item that has changed in one table go and come together there."""

    def __init__(self) -> None:
        self._gone: dict[str, list[Any]] = defaultdict(list)
        self._new: Rows = defaultdict(list)

    def compare_items(self, connection: sa.Connection, made: Rows, after: int, last: int | None) -> None:
        """Compare the rows of items whose id is above one and up to another with what is kept."""
        for table in ITEM_TABLES:
            key = _key(table)
            asked = sa.select(table).where(key > after)
            if last is not None:
                asked = asked.where(key <= last)
            kept = connection.execute(asked.order_by(*table.primary_key))
            self._differ(table, kept, made.get(table.name, ()))

    def compare(self, connection: sa.Connection, table: sa.Table, made: Iterable[tuple[Any, ...]]) -> None:
        """Compare a whole table with what is kept."""
        self._differ(table, connection.execute(sa.select(table).order_by(*table.primary_key)), made)

    def _differ(self, table: sa.Table, kept: Iterable[Any], made: Iterable[tuple[Any, ...]]) -> None:
        place = table.c.keys().index(_key(table).name)
        before, after = _grouped(kept, place), _grouped(made, place)
        for key, rows in before.items():
            if after.get(key) != rows:
                self._gone[table.name].append(key)
        for key, rows in after.items():
            if before.get(key) != rows:
                self._new[table.name] += rows

    def write(self, connection: sa.Connection) -> None:
        """Make the tables what they were compared with."""
        for table in (*ITEM_TABLES, schema.actor, schema.proposal):
            gone = self._gone.get(table.name, [])
            for at in range(0, len(gone), _NAMED):
                connection.execute(sa.delete(table).where(_key(table).in_(gone[at : at + _NAMED])))
        for table in (*ITEM_TABLES, schema.actor, schema.proposal):
            rows = self._new.get(table.name, [])
            for at in range(0, len(rows), _WRITTEN):
                told = [dict(zip(table.c.keys(), row, strict=True)) for row in rows[at : at + _WRITTEN]]
                bulk.insert(connection, table, told)


def _key(table: sa.Table) -> sa.Column[Any]:
    """Return the column by which rows of a table go and come together."""
    names = {"item": "id", "actor": "key", "proposal": "first"}
    return table.c[names.get(table.name, "item_id")]


def _grouped(rows: Iterable[Any], place: int) -> dict[Any, list[tuple[Any, ...]]]:
    groups: dict[Any, list[tuple[Any, ...]]] = {}
    for row in rows:
        groups.setdefault(row[place], []).append(tuple(row))
    return groups


def _compare(connection: sa.Connection) -> _Change:
    """Make the catalogue in memory and return what of it differs from the one that is kept."""
    decisions = read_decisions(connection)
    facts = read_facts(connection, decisions)
    readings = read_readings(connection)
    actors = Actors(facts)
    merged = merge(facts, decisions)
    del facts
    groups = sorted((in_order(group) for group in merged.groups), key=lambda group: group[0].id)
    leads = {fact.id: group[0].id for group in groups for fact in group}
    change = _Change()
    after = -1
    for at in range(0, len(groups), _COMPARED):
        made: Rows = defaultdict(list)
        last = groups[min(at + _COMPARED, len(groups)) - 1][0].id
        for n in range(at, min(at + _COMPARED, len(groups))):
            for name, rows in assemble(groups[n], actors, readings).items():
                made[name] += rows
            groups[n] = []  # a million records are not held beside their rows
        change.compare_items(connection, made, after, last)
        after = last
    change.compare_items(connection, {}, after, None)
    change.compare(connection, schema.actor, actors.rows())
    change.compare(connection, schema.proposal, merged.proposal_rows(leads))
    return change


def read_facts(connection: sa.Connection, decisions: Decisions, documents: Collection[int] | None = None) -> list[Fact]:
    """Return records, all or those of some documents, reviewed as people did, with sums marked that hold others."""
    facts = []
    for _, group in groupby(load(connection, documents), key=lambda fact: fact.document_id):
        of_document = list(group)
        mark_totals(of_document)
        facts += of_document
    for fact in facts:
        fact.review = decisions.reviews.get(fact.id)
    return facts


def _note(connection: sa.Connection, made_of: str) -> None:
    connection.execute(sa.delete(schema.catalogue))
    told = {
        "fingerprint": made_of,
        "made_at": journal.now(),
        "versions": json.dumps(newest_versions(connection)),
        "facets": keep_facets(connection),
    }
    bulk.insert(connection, schema.catalogue, [{"name": name, "value": value} for name, value in told.items()])


def counted(connection: sa.Connection, *, changed: bool) -> Refreshed:
    """Return what the catalogue holds."""

    def count(table: sa.Table) -> int:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())

    return Refreshed(
        changed=changed,
        records=count(schema.item_record),
        items=count(schema.item),
        actors=count(schema.actor),
        proposals=count(schema.proposal),
    )
