"""Claims: who has which source in hand.

Functions over one transaction of the caller, their statements made once: a run
claims again and again.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from coopnlp.register.journal import clock
from coopnlp.register.schema import location, plan, run, source
from coopnlp.register.values import Claim, Sighting

__all__ = ["claim", "held"]

_LIVING = sa.select(run.c.id).where(run.c.expires_at > sa.bindparam("now"))
_WAITS = (plan.c.run_id == sa.bindparam("run"), plan.c.state == "waiting")
_NAMES = (
    plan.c.location_id, plan.c.source_id, plan.c.raw, location.c.address, location.c.name, location.c.path,
    location.c.url,
)  # fmt: skip


def _free(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.or_(table.c.claimed_by.is_(None), table.c.claimed_by.not_in(_LIVING))


def _next(asked: sa.Select[Any], table: sa.Table) -> sa.Select[Any]:
    """The largest first; on PostgreSQL without those that another run is about to claim."""
    first = asked.where(*_WAITS, _free(table)).order_by(plan.c.rank, plan.c.location_id)
    return first.limit(sa.bindparam("limit")).with_for_update(of=table, skip_locked=True)


def _take(table: sa.Table) -> sa.Update:
    keys = table.c.id.in_(sa.bindparam("keys", expanding=True))
    return sa.update(table).where(keys).values(claimed_by=sa.bindparam("run"))


_CONTENTS = _next(
    sa.select(*_NAMES, source.c.sha256, source.c.size)
    .join_from(plan, source, source.c.id == plan.c.source_id)
    .join(location, location.c.id == plan.c.location_id)
    .where(source.c.state == "waiting"),
    source,
)
_PAGES = _next(
    sa.select(*_NAMES, sa.null().label("sha256"), sa.null().label("size"))
    .join_from(plan, location, location.c.id == plan.c.location_id)
    .where(plan.c.source_id.is_(None)),
    location,
)
_TAKE_CONTENTS, _TAKE_PAGES = _take(source), _take(location)


def claim(connection: sa.Connection, key: int, limit: int) -> list[Claim]:
    """Take up to ``limit`` sources of a run's plan in hand: the largest that wait and that nobody has.

    On PostgreSQL a row that another run is about to claim is passed over, not
    waited for; SQLite has one writer at a time.
    """
    told = {"run": key, "now": clock(connection)}
    found: list[Any] = list(connection.execute(_CONTENTS, {**told, "limit": limit}).all())
    if found:
        connection.execute(_TAKE_CONTENTS, {"run": key, "keys": [row.source_id for row in found]})
    if len(found) < limit:
        more = connection.execute(_PAGES, {**told, "limit": limit - len(found)}).all()
        if more:
            connection.execute(_TAKE_PAGES, {"run": key, "keys": [row.location_id for row in more]})
        found += more
    return [
        Claim(
            run=key,
            seen=Sighting(
                address=row.address,
                name=row.name,
                path=row.path,
                url=row.url,
                sha256=row.sha256,
                size=row.size,
                raw=row.raw,
            ),
        )
        for row in found
    ]


def held(connection: sa.Connection, claim: Claim) -> bool:
    """Tell whether a run still has in hand what it claimed, and keep it from others in this transaction."""
    if claim.seen.sha256 is not None:
        asked = sa.select(source.c.claimed_by).where(source.c.sha256 == claim.seen.sha256)
    else:
        asked = sa.select(location.c.claimed_by).where(location.c.address == claim.seen.address)
    return connection.execute(asked.with_for_update()).scalar() == claim.run
