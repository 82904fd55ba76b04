"""One item in full: what its records say, the words they were read from, on what they differ, what it may equal."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from coopnlp.register import schema
from coopnlp.register.read import named_after, read_amount
from coopnlp.types import Amount
from coopnlp.web.addresses import document_path, item_path
from coopnlp.web.rows import ItemRow, item_rows, source_of

__all__ = ["Difference", "Item", "Proposal", "Quote", "Source", "ThemeRead", "read_item", "resolve"]

# Sources shown in full; an item of more is one of a list that was merged wrongly.
_MOST = 60
_QUOTES = 5
# Characters shown before and after the words that a record was read from.
_AROUND = 110


class Quote(NamedTuple):
    """Words that a record was read from, with some before and after; ``path`` leads to them in the document."""

    page: int | None
    before: str
    text: str
    after: str
    path: str


class Source(NamedTuple):
    """One record of an item: its document, its own fields, its quotations."""

    record: int
    n: int
    path: str
    document: str
    document_name: str
    document_title: str | None
    document_date: str | None
    document_kind: str | None
    page: int | None
    fields: tuple[tuple[str, str], ...]
    dates: tuple[tuple[str, str], ...]
    parties: tuple[tuple[str, str], ...]
    amounts: tuple[Amount, ...]
    quotes: tuple[Quote, ...]


class ThemeRead(NamedTuple):
    """A theme with its probability and the words that decided; ``own`` False where it is the document's."""

    path: tuple[str, ...]
    probability: float
    terms: tuple[str, ...]
    own: bool


class Difference(NamedTuple):
    """A field on which the sources differ, and what each says with the addresses of those that do."""

    field: str
    values: tuple[tuple[str, tuple[int, ...]], ...]


class Proposal(NamedTuple):
    """Another item that may be the same, with reasons in French."""

    row: ItemRow
    score: float
    reasons: tuple[str, ...]


class Item(NamedTuple):
    """An item in full. ``left_out`` counts the sources that are not shown."""

    row: ItemRow
    description: str | None
    sources: tuple[Source, ...]
    left_out: int
    themes: tuple[ThemeRead, ...]
    differences: tuple[Difference, ...]
    proposals: tuple[Proposal, ...]


_FIELDS = {
    "partnership": (schema.partnership, ("kind", "status")),
    "funding": (schema.funding, ("purpose", "scheme", "status")),
    "agreement": (schema.agreement, ("kind", "title")),
    "project": (schema.project, ("title", "description")),
}


def resolve(connection: sa.Connection, type_: str, prefix: str, n: int) -> int | None:
    """Return the id of the item that a record is in, by the digest of its source and its number; None without one."""
    source = source_of(connection, prefix)
    if source is None:
        return None
    record, member = schema.record, schema.item_record
    asked = (
        sa.select(member.c.item_id)
        .join_from(record, member, member.c.record_id == record.c.id)
        .where(record.c.document_id == source.id, record.c.type == type_, record.c.n == n)
    )
    found = connection.execute(asked).scalar()
    return None if found is None else int(found)


def read_item(connection: sa.Connection, item_id: int) -> Item | None:
    """Return an item in full, or None where there is none of this id."""
    rows = item_rows(connection, [item_id], members=500)
    if not rows:
        return None
    row = rows[0]
    member = schema.item_record
    asked = sa.select(member.c.record_id).where(member.c.item_id == item_id).order_by(member.c.record_id)
    keys = list(connection.execute(asked).scalars())
    keys.sort(key=lambda key: (key != item_id, key))
    shown = keys[:_MOST]
    sources = _sources(connection, row.type, shown)
    described = next((told for s in sources for name, told in s.fields if name == "description"), None)
    return Item(
        row=row,
        description=described,
        sources=sources,
        left_out=len(keys) - len(shown),
        themes=_themes(connection, shown),
        differences=_differences(connection, shown) if row.conflicts else (),
        proposals=_proposals(connection, item_id),
    )


def _sources(connection: sa.Connection, type_: str, keys: Sequence[int]) -> tuple[Source, ...]:
    table, names = _FIELDS[type_]
    record, document, source, place = schema.record, schema.document, schema.source, schema.location
    asked = (
        sa.select(
            table, record.c.n, record.c.page, record.c.document_id, source.c.sha256, place.c.name,
            document.c.title.label("document_title"), document.c.date.label("document_date"),
            document.c.kind.label("document_kind"),
        )
        .join_from(table, record, record.c.id == table.c.id)
        .join(document, document.c.id == record.c.document_id)
        .join(source, source.c.id == document.c.id)
        .join(place, named_after(document.c.id))
        .where(table.c.id.in_(list(keys)))
    )  # fmt: skip
    found = {row.id: row for row in connection.execute(asked)}
    parties = _by_record(connection, schema.party, keys)
    amounts = _by_record(connection, schema.amount, keys)
    evidence = _by_record(connection, schema.evidence, keys)
    told = []
    for key in keys:
        row = found.get(key)
        if row is None:
            continue
        dates = [(name, getattr(row, name)) for name in ("date", "start", "end") if getattr(row, name, None)]
        told.append(
            Source(
                record=key,
                n=row.n,
                path=item_path(type_, row.sha256, row.n),
                document=row.sha256,
                document_name=row.name,
                document_title=row.document_title,
                document_date=row.document_date,
                document_kind=row.document_kind,
                page=row.page,
                fields=tuple((name, getattr(row, name)) for name in names if getattr(row, name)),
                dates=tuple(dates),
                parties=tuple((p.role, p.text) for p in parties[key]),
                amounts=tuple(read_amount(a) for a in amounts[key]),
                quotes=_quotes(connection, row.document_id, row.sha256, evidence[key][:_QUOTES]),
            )
        )
    return tuple(told)


def _by_record(connection: sa.Connection, table: sa.Table, keys: Sequence[int]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    asked = sa.select(table).where(table.c.record_id.in_(list(keys))).order_by(table.c.id)
    for row in connection.execute(asked):
        groups[row.record_id].append(row)
    return groups


def _quotes(connection: sa.Connection, document_id: int, sha256: str, spans: Iterable[Any]) -> tuple[Quote, ...]:
    passage = schema.passage
    told = []
    for span in spans:
        low, high = max(0, span.start - _AROUND), span.end + _AROUND
        asked = (
            sa.select(passage.c.start, passage.c.text)
            .where(passage.c.document_id == document_id, passage.c.type == "text")
            .where(passage.c.start < high, passage.c.end > low)
            .order_by(passage.c.id)
        )
        found = connection.execute(asked).all()
        if not found:
            continue
        begin = found[0].start
        text = "".join(row.text for row in found)
        before = text[max(0, low - begin) : max(0, span.start - begin)]
        after = text[span.end - begin : high - begin]
        told.append(
            Quote(
                page=span.page,
                before=_from_word(before) if low > begin or low > 0 else before,
                text=text[span.start - begin : span.end - begin],
                after=after.rpartition(" ")[0] if len(after) == _AROUND else after,
                path=document_path(sha256, span.start),
            )
        )
    return tuple(told)


def _from_word(text: str) -> str:
    _, space, rest = text.partition(" ")
    return rest if space else text


def _themes(connection: sa.Connection, keys: Sequence[int]) -> tuple[ThemeRead, ...]:
    """Return the themes of the records, each once, or those of their documents where they have none."""
    theme = schema.theme
    columns = sa.select(theme.c.path, theme.c.probability, theme.c.terms)
    own = connection.execute(columns.where(theme.c.record_id.in_(list(keys))).order_by(theme.c.id)).all()
    documents = sorted({key >> schema.ID_BITS for key in keys})
    rows = (
        own
        or connection.execute(
            columns.where(theme.c.record_id.is_(None), theme.c.document_id.in_(documents)).order_by(theme.c.id)
        ).all()
    )
    best: dict[tuple[str, ...], ThemeRead] = {}
    for row in rows:
        path = tuple(json.loads(row.path))
        terms = tuple(words for words, weight in json.loads(row.terms) if weight > 0)[:8]
        if path not in best or best[path].probability < row.probability:
            best[path] = ThemeRead(path, row.probability, terms, bool(own))
    return tuple(sorted(best.values(), key=lambda read: -read.probability))


def _differences(connection: sa.Connection, keys: Sequence[int]) -> tuple[Difference, ...]:
    from coopnlp.catalogue.conflicts import find_conflicts
    from coopnlp.catalogue.facts import load

    wanted = set(keys)
    documents = {key >> schema.ID_BITS for key in keys}
    facts = [fact for fact in load(connection, documents) if fact.id in wanted]
    return tuple(Difference(found.field, found.values) for found in find_conflicts(facts))


def _proposals(connection: sa.Connection, item_id: int) -> tuple[Proposal, ...]:
    proposal = schema.proposal
    asked = (
        sa.select(proposal)
        .where(sa.or_(proposal.c.first == item_id, proposal.c.second == item_id))
        .order_by(proposal.c.score.desc())
        .limit(10)
    )
    found = connection.execute(asked).all()
    others = {row.second if row.first == item_id else row.first: row for row in found}
    return tuple(
        Proposal(row, others[row.id].score, tuple(json.loads(others[row.id].why)))
        for row in item_rows(connection, list(others))
    )
