"""Many rows into one table, in one statement whatever the driver."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

__all__ = ["insert"]


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the columns of the first; their values are numbers, text or absent.

    To PostgreSQL they go as one JSON value: one round trip, where a driver may
    else make one a row, and no limit on the number of parameters.
    """
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        connection.execute(sa.insert(table), list(rows))
        return
    names = tuple(name for name in rows[0] if name in table.c)
    connection.execute(_from_json(table, names), {"rows": json.dumps(list(rows), ensure_ascii=False)})


@cache
def _from_json(table: sa.Table, names: tuple[str, ...]) -> sa.Insert:
    told = sa.func.json_to_recordset(sa.cast(sa.bindparam("rows", type_=sa.Text), sa.JSON))
    given = told.table_valued(*(sa.column(name, table.c[name].type) for name in names), name="given")
    return sa.insert(table).from_select(list(names), sa.select(*given.render_derived(with_types=True).c))
