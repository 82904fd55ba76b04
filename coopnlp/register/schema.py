"""The tables of a register, and its migrations.

``source`` is one row per distinct content (SHA-256 of the bytes) and carries
the state of its reading; ``location`` is one row per place where such bytes
were seen, so two files with equal bytes are one source with two locations. A
source in state ``done`` has one ``document``, with the same id; all that was
read from it hangs below and goes with it.

Ids below a document are ``document_id << 20 | n``, n counting from 0 in reading
order: no round trip to ask for them, neighbours in the file, a million rows of
a kind in one document. They depend on the order in which documents came;
whoever compares registers or refers to a row from outside uses the digest and
``n``. Sums of money are decimal text (SQLite's REAL rounds), dates ISO 8601
text as precise as the document.

``run`` and ``plan`` are the journal of batches: what each run has to do, row by
row, and until when its claims hold. They say nothing of documents.

``account`` and ``correction`` are what people did: a correction is found again
by the digest of the source and an anchor in its text, so that it outlives the
rows it changed (:mod:`coopnlp.register.corrections`).

``item`` and the tables that begin with it are the catalogue: what several
documents say of one agreement, project, partnership or funding, as one. They
are made anew from the records (:mod:`coopnlp.catalogue`), are no content of
their own, and no row of theirs need be kept.

A new database gets the tables as they are here and every migration is noted as
applied; an older one gets the migrations it lacks. So a change of schema is a
change of the tables below and one entry of ``MIGRATIONS``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table

__all__ = ["DERIVED", "ID_BITS", "MIGRATIONS", "PARTS", "Migration", "metadata"]

ID_BITS = 20
# "COOP" in ASCII: SQLite's application_id, which tells a register from any other SQLite file.
APPLICATION_ID = 0x434F4F50

metadata = MetaData()
# By code points in every database: what is first, and what is equal, depends on no locale.
Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_Id = BigInteger().with_variant(Integer, "sqlite")  # INTEGER PRIMARY KEY is SQLite's own row number


def _text(name: str, *, required: bool = False) -> Column[str]:
    return Column(name, Text, nullable=not required)


def _whole(name: str, *, required: bool = False) -> Column[int]:
    return Column(name, Integer, nullable=not required)


def _below(table: str, name: str | None = None) -> Column[int]:
    return Column(name or f"{table}_id", _Id, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False, index=True)


def _id(*, counted: bool = False) -> Column[int]:
    return Column("id", _Id, primary_key=True, autoincrement=counted)


migration = Table(
    "migration",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    _text("name", required=True),
    _text("applied_at", required=True),
)

source = Table(
    "source",
    metadata,
    _id(counted=True),
    Column("sha256", Text, nullable=False, unique=True),
    _text("media_type"),
    Column("size", BigInteger),
    # waiting, done, failed
    Column("state", Text, nullable=False, index=True),
    # class and message of the error, where state is failed; digest of where it was raised
    _text("error"),
    _text("message"),
    _text("library_version"),
    _text("model_version"),
    _text("processed_at"),
    _text("trace"),
    # the run that has it in hand; free where that run has ended or passed its lease
    Column("claimed_by", _Id),
)

location = Table(
    "location",
    metadata,
    _id(counted=True),
    # a URL, a path, or a bare name where the bytes came without either
    Column("address", Text, nullable=False, unique=True),
    _text("name", required=True),
    _text("path"),
    _text("url"),
    # absent where the bytes could never be read
    Column("source_id", _Id, ForeignKey("source.id")),
    # present, unreadable (error and message say why), gone (was there at an earlier run),
    # waiting (a URL that was not fetched yet)
    _text("state", required=True),
    _text("error"),
    _text("message"),
    _text("trace"),
    # as of a source, for a URL of which no bytes are known
    Column("claimed_by", _Id),
    Index("location_source", "source_id", "address"),
)

# A batch: one call of ``coopnlp batch``.
run = Table(
    "run",
    metadata,
    _id(counted=True),
    # the process that runs it, see coopnlp.register.holder
    _text("holder", required=True),
    _text("started_at", required=True),
    # seconds since 1970 by the clock of the database: past it, what the run has claimed is free
    Column("expires_at", Float, nullable=False),
    _text("ended_at"),
)

# What a run has seen and has to do, a row a place; its rows go when it has ended.
plan = Table(
    "plan",
    metadata,
    Column("run_id", _Id, ForeignKey("run.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("location_id", _Id, ForeignKey("location.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    # the bytes seen there; absent for a URL of which none are known
    Column("source_id", _Id, index=True),
    # what comes first: minus the size in bytes
    Column("rank", BigInteger, nullable=False),
    # waiting, done, failed (in this run, by it or by another one), skipped (was read before), equal (its bytes
    # are read at another place), given up (failed before), unreadable, changed (other bytes are there now)
    _text("state", required=True),
    # the path as the file system has it, where it is no UTF-8
    Column("raw", LargeBinary),
    Index("plan_next", "run_id", "state", "rank", "location_id"),
    sqlite_with_rowid=False,
)

document = Table(
    "document",
    metadata,
    Column("id", _Id, ForeignKey("source.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    _text("title"),
    Column("date", Text, index=True),
    # of the date, for filters and sums
    Column("year", Integer, index=True),
    _text("kind"),
    _text("author"),
    _whole("pages"),
)

# The text of the document in pieces that follow one another without gap: pages,
# and within a long page runs of blocks. Rows whose type is not "text" hold the
# fields of a record, for searching. ``title`` repeats the document's beside its
# text, so that a search finds words of title and text together.
passage = Table(
    "passage",
    metadata,
    _id(),
    _below("document"),
    _text("type", required=True),
    Column("record_id", _Id, nullable=True),
    _whole("page"),
    _whole("start", required=True),
    _whole("end", required=True),
    _text("title", required=True),
    _text("text", required=True),
)

entity = Table(
    "entity",
    metadata,
    _id(),
    _below("document"),
    _whole("start", required=True),
    _whole("end", required=True),
    _text("label", required=True),
    _text("text", required=True),
    Column("kb_id", Text, nullable=False, index=True),
    _whole("page"),
    _text("value"),
    _text("min"),
    _text("max"),
    _text("currency"),
    _text("date_start"),
    _text("date_end"),
)

# What partnerships, fundings, agreements and projects have in common; each has
# its own table below with the same id.
record = Table(
    "record",
    metadata,
    _id(),
    _below("document"),
    # partnership, funding, agreement, project
    _text("type", required=True),
    # 0-based, among the records of this type in this document
    _whole("n", required=True),
    # of its first evidence
    _whole("page"),
    Index("record_type", "type", "document_id"),
)


def _record(name: str, *columns: Column[str]) -> Table:
    key = Column("id", _Id, ForeignKey("record.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    return Table(name, metadata, key, *columns)


partnership = _record("partnership", _text("kind"), _text("start"), _text("end"), _text("status"))
funding = _record("funding", _text("start"), _text("end"), _text("purpose"), _text("scheme"), _text("status"))
agreement = _record("agreement", _text("kind"), _text("title"), _text("date"), _text("start"), _text("end"))
project = _record("project", _text("title"), _text("description"), _text("start"), _text("end"))

party = Table(
    "party",
    metadata,
    _id(),
    _below("document"),
    _below("record"),
    # party, or funder of a funding
    _text("role", required=True),
    _text("text", required=True),
    Column("kb_id", Text, nullable=False, index=True),
)

amount = Table(
    "amount",
    metadata,
    _id(),
    _below("document"),
    _below("record"),
    _text("value"),
    _text("min"),
    _text("max"),
    _text("currency"),
)

evidence = Table(
    "evidence",
    metadata,
    _id(),
    _below("document"),
    _below("record"),
    _whole("start", required=True),
    _whole("end", required=True),
    _whole("page"),
)

theme = Table(
    "theme",
    metadata,
    _id(),
    _below("document"),
    # the project, or absent for a theme of the document
    Column("record_id", _Id, ForeignKey("record.id", ondelete="CASCADE"), index=True),
    # JSON array from the top; its first three levels again, for facets
    _text("path", required=True),
    _text("theme"),
    _text("subtheme"),
    _text("subsubtheme"),
    Column("probability", Float, nullable=False),
    # JSON array of [words, weight]
    _text("terms", required=True),
)

# The atlas record of a document, as the JSON of coopnlp.types.AtlasRecord.
atlas = Table(
    "atlas",
    metadata,
    Column("id", _Id, ForeignKey("document.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    _text("json", required=True),
)

notice = Table(
    "notice",
    metadata,
    _id(),
    _below("document"),
    _text("kind", required=True),
    _text("message", required=True),
    _whole("page"),
)

# Somebody who may correct. ``password`` is a hash with its salt and costs in it.
account = Table(
    "account",
    metadata,
    _id(counted=True),
    Column("name", Text, nullable=False, unique=True),
    _text("password", required=True),
    # archivist: corrects; administrator: corrects, and manages accounts
    _text("role", required=True),
    _text("created_at", required=True),
    # present where the account may not be used any more
    _text("disabled_at"),
)

# What somebody decided on one thing that was read, or on two that are one. Never changed but by being undone.
correction = Table(
    "correction",
    metadata,
    _id(counted=True),
    # the source; of a merger or a separation, that of the first record
    Column("sha256", Text, nullable=False, index=True),
    # record, entity, theme, document, pair (two records); a link is an edit of an entity or of a party
    _text("target", required=True),
    # partnership, funding, agreement, project for records and pairs; the label of an entity
    _text("type"),
    # JSON, how the thing is found again when the source was read anew: spans, quoted words, names; of a pair, both.
    # Also what a new reading changes: « rows », those of the thing before and after; « now », what before and after
    # are in what is read now, where that is other than in the columns below
    _text("anchor", required=True),
    # confirm, edit, reject, add; of a pair: merge, separate
    _text("action", required=True),
    # JSON of the value as the library read it, and as the person left it
    _text("before"),
    _text("after"),
    _text("note"),
    # name of the account, kept when that goes
    _text("author", required=True),
    _text("made_at", required=True),
    _text("undone_by"),
    _text("undone_at"),
    # applied, or lost: the source was read anew and nothing there answers to the anchor
    _text("state", required=True),
)

# One agreement, project, partnership or funding, as all documents tell it. Its id is that of the record that leads.
item = Table(
    "item",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=False),
    _text("type", required=True),
    # what a list shows: title of agreement or project, purpose of a funding, kind and parties of a partnership
    _text("title", required=True),
    _text("kind"),
    _text("status"),
    _text("start"),
    _text("end"),
    # year of the start, or of the signature; of the document where the record says none
    Column("year", Integer),
    _whole("documents", required=True),
    _whole("records", required=True),
    # fields on which its sources differ
    _whole("conflicts", required=True),
    # confirmed, edited; absent where nobody has looked at it
    _text("review"),
    # 0 to 1: what should be looked at first
    Column("doubt", Float, nullable=False),
    Index("item_year", "type", "year"),
    Index("item_doubt", "type", "doubt"),
    # all that lists count by, so that counting reads no row
    Index("item_counted", "type", "year", "status", "review", "kind"),
)

item_record = Table(
    "item_record",
    metadata,
    Column("record_id", _Id, primary_key=True, autoincrement=False),
    Column("item_id", _Id, nullable=False, index=True),
)

# Parties and funders. ``actor`` is the key of the table below.
item_party = Table(
    "item_party",
    metadata,
    Column("item_id", _Id, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    _text("role", required=True),
    _text("text", required=True),
    Column("actor", Text, nullable=False),
    Index("item_party_actor", "actor", "role", "item_id"),
)

item_theme = Table(
    "item_theme",
    metadata,
    Column("item_id", _Id, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    _text("theme", required=True),
    _text("subtheme"),
    _text("subsubtheme"),
    Column("probability", Float, nullable=False),
    Index("item_theme_theme", "theme", "subtheme", "subsubtheme", "item_id"),
)

item_amount = Table(
    "item_amount",
    metadata,
    Column("item_id", _Id, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    _text("value"),
    _text("min"),
    _text("max"),
    _text("currency"),
    # 1 where it holds the sums of other items, which are not to be added to it
    _whole("total", required=True),
)

# Countries of the parties of an item.
item_country = Table(
    "item_country",
    metadata,
    Column("item_id", _Id, primary_key=True, autoincrement=False),
    Column("country", Text, primary_key=True),
    Index("item_country_country", "country", "item_id"),
)

# Everybody named as a party or funder: by identifier, or « name: » and the folded name where there is none.
actor = Table(
    "actor",
    metadata,
    Column("key", Text, primary_key=True),
    _text("name", required=True),
    # commune, departement, region, intercommunal, municipality, mrc, country, state, organisation, unknown
    _text("kind", required=True),
    # ISO 3166-1 alpha-2
    _text("country"),
    Column("latitude", Float),
    Column("longitude", Float),
    _whole("partnerships", required=True),
    _whole("agreements", required=True),
    _whole("projects", required=True),
    # as one who gives
    _whole("fundings", required=True),
    _whole("documents", required=True),
    Index("actor_kind", "kind", "country"),
)

# Two items that may be one: for a person to decide.
proposal = Table(
    "proposal",
    metadata,
    Column("first", _Id, primary_key=True, autoincrement=False),
    Column("second", _Id, primary_key=True, autoincrement=False),
    _text("type", required=True),
    Column("score", Float, nullable=False),
    # JSON array of reasons, in French
    _text("why", required=True),
)

# Of what the catalogue was made, and when.
catalogue = Table("catalogue", metadata, Column("name", Text, primary_key=True), _text("value", required=True))

DERIVED: tuple[Table, ...] = (
    item, item_record, item_party, item_theme, item_amount, item_country, actor, proposal, catalogue,
)  # fmt: skip

# What hangs below a document, in the order in which it is written.
PARTS: tuple[Table, ...] = (
    passage, entity, record, partnership, funding, agreement, project, party, amount, evidence, theme, atlas,
    notice,
)  # fmt: skip


class Migration(NamedTuple):
    """One change of the schema; ``apply`` brings a register of the version before to this one."""

    version: int
    name: str
    apply: Callable[[sa.Connection], None]


def _first(connection: sa.Connection) -> None:
    metadata.create_all(connection)


def _journal(connection: sa.Connection) -> None:
    """Add the journal of runs. The tables are spelt as they were at this version, whatever they become."""
    whole = "INTEGER" if connection.dialect.name == "sqlite" else "BIGINT"
    for table in ("source", "location"):
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN trace TEXT")
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN claimed_by {whole}")
    then = MetaData()
    Table("location", then, _id())
    Table(
        "run",
        then,
        _id(counted=True),
        _text("holder", required=True),
        _text("started_at", required=True),
        Column("expires_at", Float, nullable=False),
        _text("ended_at"),
    )
    Table(
        "plan",
        then,
        Column("run_id", _Id, ForeignKey("run.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
        Column(
            "location_id", _Id, ForeignKey("location.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        ),
        Column("source_id", _Id, index=True),
        Column("rank", BigInteger, nullable=False),
        _text("state", required=True),
        Column("raw", LargeBinary),
        Index("plan_next", "run_id", "state", "rank", "location_id"),
        sqlite_with_rowid=False,
    )
    then.create_all(connection)


def _french(connection: sa.Connection) -> None:
    """In PostgreSQL: text ordered by code points, and the index of French words; SQLite has both from the start."""
    if connection.dialect.name != "postgresql":
        return
    from coopnlp.register import tsearch  # which needs the tables above

    for table in sa.inspect(connection).get_table_names():
        columns = sa.inspect(connection).get_columns(table)
        texts = [c["name"] for c in columns if isinstance(c["type"], sa.Text)]
        changes = ", ".join(f'ALTER COLUMN "{name}" TYPE text COLLATE "C"' for name in texts)
        if changes:
            connection.exec_driver_sql(f"ALTER TABLE {table} {changes}")
    tsearch.create(connection)


def _catalogue(connection: sa.Connection) -> None:
    """Add corrections, and the catalogue, whose tables may be made as they are now: a change makes them anew."""
    collation = ' COLLATE "C"' if connection.dialect.name == "postgresql" else ""
    connection.exec_driver_sql(f"ALTER TABLE funding ADD COLUMN status TEXT{collation}")
    metadata.create_all(connection, tables=[account, correction, *DERIVED])


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "first schema", _first),
    Migration(2, "journal of runs", _journal),
    Migration(3, "French search in PostgreSQL", _french),
    Migration(4, "corrections and catalogue", _catalogue),
)
