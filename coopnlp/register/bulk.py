"""Many rows into one table, in one statement whatever the driver."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

__all__ = ["insert", "insert_tuples"]


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


def insert_tuples(
    connection: sa.Connection, table: sa.Table, names: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    """Insert rows that hold the values of some columns in their order.

    To SQLite they go as they are: SQLAlchemy would make a mapping of each and
    look each value's type up, which costs ten times what SQLite does with it.
    """
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_for_sqlite(table, names), rows)
    else:
        insert(connection, table, [dict(zip(names, row, strict=True)) for row in rows])


@cache
def _for_sqlite(table: sa.Table, names: tuple[str, ...]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table.name}" ({quoted}) VALUES ({", ".join("?" * len(names))})'


@cache
def _from_json(table: sa.Table, names: tuple[str, ...]) -> sa.Insert:
    told = sa.func.json_to_recordset(sa.cast(sa.bindparam("rows", type_=sa.Text), sa.JSON))
    given = told.table_valued(*(sa.column(name, table.c[name].type) for name in names), name="given")
    return sa.insert(table).from_select(list(names), sa.select(*given.render_derived(with_types=True).c))
