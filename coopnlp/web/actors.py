"""Those who cooperate: the list of them, and one with partners, items, sums and documents."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa

from coopnlp.catalogue.read import item_lines, sums
from coopnlp.catalogue.values import ItemFilters, ItemLine
from coopnlp.register import schema
from coopnlp.register.folded import holds, words_of
from coopnlp.register.read import named_after
from coopnlp.register.values import Sum
from coopnlp.web.facets import ordered
from coopnlp.web.index import Index

__all__ = ["Actor", "Listed", "Partner", "list_actors", "read_actor"]

# Of each type on the page of an actor; the rest is in the lists.
_SHOWN = 8
_PARTNERS, _DOCUMENTS = 30, 12
_TOO_MANY = 2000
ORDERS = {"": "Nombre de documents", "nom": "Nom"}


class Listed(NamedTuple):
    """Actors of a page of the list, how many there are, and how many of each kind and country."""

    rows: list[Any]
    total: int
    kinds: list[tuple[str, int]]
    countries: list[tuple[str, int]]


class Partner(NamedTuple):
    """Somebody named beside an actor, in how many items."""

    key: str
    name: str
    number: int


class Actor(NamedTuple):
    """An actor. ``listed`` by type are (how many, the first of them); ``given`` as a funder."""

    row: Any
    names: tuple[str, ...]
    listed: dict[str, tuple[int, list[ItemLine]]]
    given: int
    totals: tuple[Sum, ...]
    partners: tuple[Partner, ...]
    documents: list[Any]
    document_count: int
    themes: list[tuple[str, int]]


def list_actors(
    connection: sa.Connection, *, kind: str, country: str, words: str, order: str, limit: int, offset: int
) -> Listed:
    """Return some actors, those named in most documents first, or by name; ``words`` whatever their accents."""
    actor = schema.actor
    of_kind = [actor.c.kind == kind] if kind else []
    of_country = [actor.c.country.is_(None) if country == "-" else actor.c.country == country] if country else []
    named: list[sa.ColumnElement[bool]] = []
    if words_of(words):  # looking into every name once is enough
        held = [holds(connection, actor.c.name, word) for word in words_of(words)]
        keys = connection.execute(sa.select(actor.c.key).where(*held)).scalars().all()
        named = held if len(keys) > _TOO_MANY else [actor.c.key.in_(keys)]  # a query takes so many parameters

    def counted(column: sa.ColumnElement[Any], *conditions: sa.ColumnElement[bool]) -> list[tuple[str, int]]:
        count = sa.func.count()
        asked = sa.select(column, count).select_from(actor).where(*named, *conditions).group_by(column)
        return [(value or "-", n) for value, n in connection.execute(asked.order_by(count.desc(), column))]

    chosen = sa.select(actor).where(*named, *of_kind, *of_country)
    total = connection.execute(sa.select(sa.func.count()).select_from(chosen.subquery())).scalar_one()
    by = (actor.c.name, actor.c.key) if order == "nom" else (actor.c.documents.desc(), actor.c.name, actor.c.key)
    rows = connection.execute(chosen.order_by(*by).limit(limit).offset(offset)).all()
    return Listed(list(rows), total, counted(actor.c.kind, *of_country), counted(actor.c.country, *of_kind))


def read_actor(connection: sa.Connection, index: Index, key: str) -> Actor | None:
    """Return an actor, or None where nobody has this key."""
    row = connection.execute(sa.select(schema.actor).where(schema.actor.c.key == key)).one_or_none()
    if row is None:
        return None
    mask = index.facets["acteur"].having([key])
    rows = {}
    for type_ in ("agreement", "project", "partnership", "funding"):
        rows[type_] = ordered(index, mask & index.facets["type"].having([type_]), "date")
    first = {type_: [int(k) for k in index.ids[found[:_SHOWN]]] for type_, found in rows.items()}
    # asked for together: four times the queries would take a tenth of the page's time
    lines = {line.id: line for line in item_lines(connection, [k for keys in first.values() for k in keys])}
    items = {type_: (len(rows[type_]), [lines[k] for k in keys if k in lines]) for type_, keys in first.items()}
    given = index.facets["financeur"].having([key]) & index.facets["type"].having(["funding"])
    totals = sums(connection, ItemFilters(type=("funding",), funder=(key,))) if given.any() else []
    documents = index.documents_of(mask)
    party = schema.item_party
    names = connection.execute(
        sa.select(party.c.text)
        .where(party.c.actor == key)
        .group_by(party.c.text)
        .order_by(sa.func.count().desc(), party.c.text)
        .limit(8)
    ).scalars()
    return Actor(
        row=row,
        names=tuple(name for name in names if name != row.name),
        listed=items,
        given=int(given.sum()),
        totals=tuple(totals),
        partners=_partners(index, key, mask),
        documents=_documents(connection, documents),
        document_count=len(documents),
        themes=[pair for pair in index.facets["theme"].counts(mask) if pair[0] != "-"][:10],
    )


def _partners(index: Index, key: str, mask: Any) -> tuple[Partner, ...]:
    """Return who is named in the same items, the most often first."""
    counted = [pair for pair in index.facets["acteur"].counts(mask) if pair[0] not in (key, "-")]
    return tuple(Partner(other, index.actors.get(other, other), n) for other, n in counted[:_PARTNERS])


def _documents(connection: sa.Connection, ids: Any) -> list[Any]:
    """Return the latest of some documents; of very many, the latest of those that were read last."""
    document, source, place = schema.document, schema.source, schema.location
    keys = [int(key) for key in np.sort(ids)[::-1][:500]]
    asked = (
        sa.select(document.c.title, document.c.date, document.c.kind, source.c.sha256, place.c.name)
        .join_from(document, source, source.c.id == document.c.id)
        .join(place, named_after(document.c.id))
        .where(document.c.id.in_(keys))
        .order_by(document.c.date.desc().nulls_last(), document.c.id.desc())
        .limit(_DOCUMENTS)
    )
    return list(connection.execute(asked).all())
