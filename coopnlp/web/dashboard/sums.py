"""Sums of the fundings that are chosen: in each currency by itself, exact to the cent.

A sum holds the amounts of fundings that are given: not those that are only asked for, not an amount that is the total
of other fundings, not a range. What is left out is counted and said. A grant told in two currencies is in the sums of
both, which is one more reason never to add them.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from coopnlp.register import schema
from coopnlp.types import Amount
from coopnlp.web.dashboard.choice import ASKED, Choice
from coopnlp.web.dashboard.counts import COLLECTIVITIES, SIDES

__all__ = ["LeftOut", "Money", "Ranges", "left_out", "sums_by", "sums_in_all"]

# Digits before the point of what the database adds: a million such sums stay below 2**63.
_DIGITS = 12
_MICRO = 1_000_000


class Money(NamedTuple):
    """The sum of ``count`` amounts. ``currency`` is ISO 4217, or None where the texts do not say."""

    currency: str | None
    total: Decimal
    count: int

    @property
    def amount(self) -> Amount:
        """The sum as an amount."""
        return Amount(value=self.total, currency=self.currency)


class Ranges(NamedTuple):
    """Amounts told as ranges: the sums of the bounds that are told, and the number of ranges."""

    currency: str | None
    low: Decimal
    high: Decimal
    count: int


class LeftOut(NamedTuple):
    """What the sums do not hold: amounts asked for, totals of other fundings, ranges; fundings without an amount."""

    asked: tuple[Money, ...]
    totals: tuple[Money, ...]
    ranges: tuple[Ranges, ...]
    silent: int


def sums_in_all(connection: sa.Connection, choice: Choice) -> tuple[Money, ...]:
    """Return the sums of all fundings that are chosen, the currency of most amounts first."""
    return sums_by(connection, choice, None).get(None, ())


def sums_by(connection: sa.Connection, choice: Choice, dimension: str | None) -> dict[Any, tuple[Money, ...]]:
    """Return sums by year, country, theme, actor (authorities of France and Québec) or funder.

    A funding of two countries is in the sums of both: the sums of a dimension are not to be added.

    Parameters
    ----------
    dimension
        ``year``, ``country``, ``theme``, ``actor``, ``funder``, or None for all in one.
    """
    amount = schema.item_amount
    where = [*_given(choice), amount.c.value.is_not(None), amount.c.total == 0]
    return _added(connection, where, dimension)


def left_out(connection: sa.Connection, choice: Choice) -> LeftOut:
    """Return what the sums of a choice leave out."""
    item, amount = schema.item, schema.item_amount
    chosen = [item.c.type == "funding", *choice.conditions()]
    exact = amount.c.value.is_not(None)
    asked = _added(connection, [*chosen, item.c.status == ASKED, exact], None).get(None, ())
    totals = _added(connection, [*_given(choice), exact, amount.c.total != 0], None).get(None, ())
    rows = connection.execute(
        sa.select(amount.c.currency, amount.c.min, amount.c.max)
        .join_from(amount, item, item.c.id == amount.c.item_id)
        .where(*_given(choice), ~exact, sa.or_(amount.c.min.is_not(None), amount.c.max.is_not(None)))
    )
    ranges: dict[str | None, Ranges] = {}
    for currency, low, high in rows:
        held = ranges.get(currency, Ranges(currency, Decimal(0), Decimal(0), 0))
        ranges[currency] = Ranges(
            currency, held.low + Decimal(low or 0), held.high + Decimal(high or low or 0), held.count + 1
        )
    silent = connection.execute(
        sa.select(sa.func.count())
        .select_from(item)
        .where(*chosen, ~sa.exists().where(amount.c.item_id == item.c.id))
    ).scalar_one()
    ordered = sorted(ranges.values(), key=lambda held: (-held.count, held.currency or ""))
    return LeftOut(asked, totals, tuple(ordered), silent)


def _given(choice: Choice) -> list[sa.ColumnElement[bool]]:
    item = schema.item
    return [item.c.type == "funding", sa.or_(item.c.status.is_(None), item.c.status != ASKED), *choice.conditions()]


def _added(
    connection: sa.Connection, where: list[sa.ColumnElement[bool]], dimension: str | None
) -> dict[Any, tuple[Money, ...]]:
    item, amount = schema.item, schema.item_amount
    base = sa.join(amount, item, item.c.id == amount.c.item_id)
    base, key = _dimension(base, dimension)
    rows = connection.execute(_statement(connection, base, key, where)).all()
    found: dict[Any, dict[str | None, Money]] = defaultdict(dict)
    for name, currency, units, micros, count, _ in rows:
        total = Decimal(units or 0) + Decimal(micros or 0) / _MICRO
        found[name][currency] = Money(currency, total, count)
    if any(row[-1] for row in rows):  # amounts too large for the database to add exactly: one by one
        columns = [sa.null() if key is None else key, amount.c.currency, amount.c.value]
        once = sa.select(*columns, amount.c.item_id, amount.c.n).select_from(base)
        for name, currency, value, *_ in connection.execute(once.where(*where, ~_small(amount.c.value)).distinct()):
            held = found[name][currency]
            found[name][currency] = held._replace(total=held.total + Decimal(value))
    return {
        name: tuple(sorted(sums.values(), key=lambda money: (-money.count, money.currency or "")))
        for name, sums in found.items()
    }


def _dimension(base: sa.Join, dimension: str | None) -> tuple[sa.Join, sa.ColumnElement[Any] | None]:
    """Return the tables to read and the column to group by."""
    item, party, actor = schema.item, schema.item_party, schema.actor
    if dimension is None:
        return base, None
    if dimension == "year":
        return base, item.c.year
    if dimension == "country":
        country = schema.item_country
        return base.join(country, country.c.item_id == item.c.id), country.c.country
    if dimension == "theme":
        theme = sa.select(schema.item_theme.c.item_id, schema.item_theme.c.theme).distinct().subquery()
        return base.join(theme, theme.c.item_id == item.c.id), theme.c.theme
    # Once for each actor, however often an item names it.
    named = sa.select(party.c.item_id, party.c.actor).distinct()
    if dimension == "funder":
        named = named.where(party.c.role == "funder")
    elif dimension == "actor":
        authorities = sa.select(actor.c.key).where(actor.c.kind.in_(COLLECTIVITIES), actor.c.country.in_(SIDES))
        named = named.where(party.c.actor.in_(authorities))
    else:
        raise ValueError(f"unknown dimension {dimension!r}: year, country, theme, actor or funder")
    parties = named.subquery()
    return base.join(parties, parties.c.item_id == item.c.id), parties.c.actor


def _statement(
    connection: sa.Connection,
    base: sa.Join,
    key: sa.ColumnElement[Any] | None,
    where: list[sa.ColumnElement[bool]],
) -> sa.Select[Any]:
    """Return the query of key, currency, whole units, millionths, number, and number of those not added."""
    value, currency = schema.item_amount.c.value, schema.item_amount.c.currency
    name = sa.null() if key is None else key
    if connection.dialect.name == "sqlite":  # decimal text would become a binary fraction
        small = _small(value)
        point = sa.func.instr(value, ".")
        fraction = sa.cast(sa.func.substr(sa.func.substr(value, point + 1).concat("000000"), 1, 6), sa.Integer)
        units = sa.func.sum(sa.case((small, sa.cast(value, sa.Integer)), else_=0))
        micros = sa.func.sum(sa.case((sa.and_(small, point > 0), fraction), else_=0))
        odd = sa.func.sum(sa.case((small, 0), else_=1))
    else:
        units, micros, odd = sa.func.sum(sa.cast(value, sa.Numeric)), sa.literal(0), sa.literal(0)
    asked = sa.select(name, currency, units, micros, sa.func.count(), odd).select_from(base).where(*where)
    return asked.group_by(*([] if key is None else [key]), currency)


def _small(value: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Plain digits, few enough before and after the point to be added as whole numbers."""
    point = sa.func.instr(value, ".")
    short = sa.or_(
        sa.and_(point == 0, sa.func.length(value) <= _DIGITS),
        sa.and_(point.between(1, _DIGITS + 1), sa.func.length(value) - point <= 6),
    )
    return sa.and_(short, value.op("NOT GLOB")("*[^0-9.]*"))

