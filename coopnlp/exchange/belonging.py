"""Which project or partnership a sum was given for, as far as its document tells.

A record of a funding names who gives and how much, not always for whom. It
belongs to a project of the same document where

* its purpose names the project, or the project's title begins with its purpose;
* the sum stands in the passage that the project was read from;
* the document is a record of the atlas, which has one project;

and to a partnership where the document is an agreement or a plan of action and
tells of one partnership across a border: its sums are those of the partnership.

Elsewhere nothing is said: two things on one page need not belong together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from coopnlp.exchange.items import TOGETHER, Item, Member, load
from coopnlp.register import schema
from coopnlp.text import fold

__all__ = ["holders", "recipients", "with_fundings"]

# Kinds of documents whose sums are those of the partnership that they are about.
_PACTS = re.compile(r"convention|entente|accord|protocole|plan d.action", re.IGNORECASE)
# Shorter titles (« Eau ») stand in many a purpose by chance.
_SHORTEST = 8


@dataclass(slots=True)
class _Project:
    record: int
    title: str
    spans: list[tuple[int, int]]


@dataclass(slots=True)
class _Page:
    """What a document tells of projects."""

    projects: list[_Project] = field(default_factory=list)
    is_atlas: bool = False
    #: the record of the one partnership across a border, where the document is about it
    partnership: int | None = None


def holders(connection: sa.Connection, fundings: Sequence[Item]) -> dict[int, Item]:
    """Return, by the id of a funding, the project or partnership that it belongs to, where it belongs to one."""
    documents = sorted({key for item in fundings for key in item.documents})
    pages = _pages(connection, documents)
    spans = _spans(connection, [origin.record for item in fundings for origin in item.origins])
    chosen: dict[int, int] = {}
    for item in fundings:
        for origin in item.origins:
            page = pages.get(origin.record >> schema.ID_BITS)
            record = page and _holder(item, page, spans.get(origin.record, ()))
            if record:
                chosen[item.id] = record
                break
    owners = _owners(connection, sorted(set(chosen.values())))
    found: dict[int, Item] = {}
    for keys in _batched(sorted(set(owners.values()))):
        found |= {item.id: item for item in load(connection, keys)}
    return {
        funding: found[owners[record]]
        for funding, record in chosen.items()
        if record in owners and owners[record] in found
    }


def _batched(keys: Sequence[int]) -> Iterable[Sequence[int]]:
    return (keys[at : at + TOGETHER] for at in range(0, len(keys), TOGETHER))


def with_fundings(connection: sa.Connection, owned: Sequence[Item]) -> dict[int, list[Item]]:
    """Return, by the id of a project or partnership, the fundings that belong to it."""
    wanted = {item.id for item in owned}
    documents = sorted({key for item in owned for key in item.documents})
    held, record = schema.item_record, schema.record
    keys: dict[int, None] = {}
    for some in _batched(documents):
        asked = (
            sa.select(held.c.item_id)
            .join_from(record, held, held.c.record_id == record.c.id)
            .where(record.c.document_id.in_(some), record.c.type == "funding")
            .order_by(record.c.id)
        )
        keys |= dict.fromkeys(connection.execute(asked).scalars())
    found: dict[int, list[Item]] = defaultdict(list)
    for some in _batched(list(keys)):
        fundings = load(connection, some)
        owners = holders(connection, fundings)
        for funding in fundings:
            owner = owners.get(funding.id)
            if owner is not None and owner.id in wanted:
                found[owner.id].append(funding)
    return found


def recipients(funding: Item, holder: Item | None) -> tuple[Member, ...]:
    """Return who a sum was given to: the parties of the funding, else those of what it belongs to but for who gives."""
    if funding.parties or holder is None:
        return funding.parties
    givers = {member.actor for member in funding.funders}
    return tuple(member for member in holder.members if member.actor not in givers)


def _holder(item: Item, page: _Page, spans: Sequence[tuple[int, int]]) -> int | None:
    purpose = fold(item.purpose or "")
    if len(purpose) >= _SHORTEST:
        named = [p for p in page.projects if (len(p.title) >= _SHORTEST and p.title in purpose)]
        named = named or [p for p in page.projects if p.title.startswith(purpose)]
        if named:
            longest = max(len(project.title) for project in named)
            best = [project for project in named if len(project.title) == longest]
            return best[0].record if len(best) == 1 else None
    # the last words cited are those of the sum; the first ones name who gives
    last = spans[-1:]
    inside = [
        project
        for project in page.projects
        if any(begin <= start and end <= finish for start, end in last for begin, finish in project.spans)
    ]
    if len(inside) == 1:
        return inside[0].record
    if page.is_atlas and len(page.projects) == 1:
        return page.projects[0].record
    return page.partnership


def _pages(connection: sa.Connection, documents: Sequence[int]) -> dict[int, _Page]:
    record, project, atlas = schema.record, schema.project, schema.atlas
    found: dict[int, _Page] = {}
    for some in _batched(documents):
        asked = (
            sa.select(project.c.id, project.c.title)
            .join_from(project, record, record.c.id == project.c.id)
            .where(record.c.document_id.in_(some))
            .order_by(project.c.id)
        )
        rows = connection.execute(asked).all()
        records = set(connection.execute(sa.select(atlas.c.id).where(atlas.c.id.in_(some))).scalars())
        spans = _spans(connection, [row.id for row in rows])
        for row in rows:
            key = row.id >> schema.ID_BITS
            page = found.setdefault(key, _Page(is_atlas=key in records))
            page.projects.append(_Project(row.id, fold(row.title or ""), spans.get(row.id, [])))
        for key, partnership in _partnerships(connection, some).items():
            found.setdefault(key, _Page()).partnership = partnership
    return found


def _partnerships(connection: sa.Connection, documents: Sequence[int]) -> dict[int, int]:
    """Return, by document, the record of the one partnership across a border, where the document is a pact."""
    record, document, held, country = schema.record, schema.document, schema.item_record, schema.item_country
    asked = (
        sa.select(record.c.document_id, record.c.id, document.c.kind)
        .join_from(record, document, document.c.id == record.c.document_id)
        .join(held, held.c.record_id == record.c.id)
        .join(country, country.c.item_id == held.c.item_id)
        .where(record.c.document_id.in_(documents), record.c.type == "partnership")
        .group_by(record.c.document_id, record.c.id, document.c.kind)
        .having(sa.func.count(country.c.country) > 1)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for row in connection.execute(asked):
        if _PACTS.search(row.kind or ""):
            found[row.document_id].append(row.id)
    return {key: records[0] for key, records in found.items() if len(records) == 1}


def _spans(connection: sa.Connection, records: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    evidence = schema.evidence
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for some in _batched(records):
        asked = sa.select(evidence.c.record_id, evidence.c.start, evidence.c.end)
        asked = asked.where(evidence.c.record_id.in_(some)).order_by(evidence.c.id)
        for row in connection.execute(asked):
            found[row.record_id].append((row.start, row.end))
    return found


def _owners(connection: sa.Connection, records: Sequence[int]) -> dict[int, int]:
    """Return the items that records belong to."""
    held: Any = schema.item_record
    found: dict[int, int] = {}
    for some in _batched(records):
        asked = sa.select(held.c.record_id, held.c.item_id).where(held.c.record_id.in_(some))
        found |= {row.record_id: row.item_id for row in connection.execute(asked)}
    return found
