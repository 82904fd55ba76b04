"""How many items there are: by year, theme, country, actor and funder.

An item with two themes or countries counts under both, and once in a total. Every number is that of the list with
the same facets (:class:`coopnlp.web.dashboard.choice.Choice`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa

from coopnlp.register import schema
from coopnlp.web.dashboard.choice import Choice

__all__ = ["COLLECTIVITIES", "Group", "by_actor", "by_country", "by_funder", "by_theme", "by_year", "in_all"]

# Kinds of actor that are local authorities; those of France and Québec are told apart by their country.
COLLECTIVITIES = ("commune", "departement", "region", "intercommunal", "municipality", "mrc")
# Both sides of the cooperation that the register follows.
SIDES = ("FR", "CA")


class Group(NamedTuple):
    """Items under one heading. ``key`` is what a facet takes, ``counts`` the number of items of each type."""

    key: Any
    name: str
    counts: dict[str, int]

    @property
    def count(self) -> int:
        """Items of all types together."""
        return sum(self.counts.values())


def in_all(connection: sa.Connection, choice: Choice) -> dict[str, int]:
    """Return the number of items of each type."""
    item = schema.item
    asked = sa.select(item.c.type, sa.func.count()).where(*choice.conditions()).group_by(item.c.type)
    return dict(connection.execute(asked).tuples().all())


def by_year(connection: sa.Connection, choice: Choice) -> list[Group]:
    """Return the years in which items began, in order; last, with the key None, those without a year."""
    item = schema.item
    asked = (
        sa.select(item.c.year, item.c.type, sa.func.count())
        .where(*choice.conditions())
        .group_by(item.c.type, item.c.year)
    )
    groups = _groups(connection.execute(asked), lambda year: "sans année" if year is None else str(year))
    return sorted(groups, key=lambda group: (group.key is None, group.key or 0))


def by_theme(connection: sa.Connection, choice: Choice, level: int = 1) -> list[Group]:
    """Return the themes of a level, most items first; ``key`` is the path, a tuple of ``level`` names.

    Parameters
    ----------
    level
        1 to 3.
    """
    item, theme = schema.item, schema.item_theme
    path = [theme.c.theme, theme.c.subtheme, theme.c.subsubtheme][:level]
    where = [*choice.conditions(), path[-1].is_not(None)]
    if choice.theme:
        where.append(theme.c.theme == choice.theme)
    if choice.soustheme:
        where.append(theme.c.subtheme == choice.soustheme)
    # An item may stand under several leaves of one branch.
    once = sa.select(theme.c.item_id, item.c.type, *path).join_from(theme, item, item.c.id == theme.c.item_id)
    inner = once.where(*where).distinct().subquery()
    columns = [inner.c[column.name] for column in path]
    asked = sa.select(*columns, inner.c.type, sa.func.count()).group_by(*columns, inner.c.type)
    rows = ((tuple(row[:level]), row[-2], row[-1]) for row in connection.execute(asked))
    return _ordered(_groups(rows, lambda key: key[-1]))


def by_country(connection: sa.Connection, choice: Choice) -> list[Group]:
    """Return the countries of the parties, most items first; ``key`` is the code."""
    from coopnlp.web.dashboard.outlines import country_name

    item, country = schema.item, schema.item_country
    asked = (
        sa.select(country.c.country, item.c.type, sa.func.count())
        .join_from(country, item, item.c.id == country.c.item_id)
        .where(*choice.conditions())
        .group_by(country.c.country, item.c.type)
    )
    return _ordered(_groups(connection.execute(asked), country_name))


def by_actor(connection: sa.Connection, choice: Choice, limit: int = 20) -> tuple[list[Group], int]:
    """Return the local authorities of France and Québec with most items, and how many there are in all."""
    return _actors(connection, choice, limit, funders=False)


def by_funder(connection: sa.Connection, choice: Choice, limit: int = 20) -> tuple[list[Group], int]:
    """Return those who give the most often, and how many there are in all."""
    return _actors(connection, choice, limit, funders=True)


def _actors(connection: sa.Connection, choice: Choice, limit: int, *, funders: bool) -> tuple[list[Group], int]:
    item, party, actor = schema.item, schema.item_party, schema.actor
    where = choice.conditions()
    once = sa.select(party.c.actor, party.c.item_id, item.c.type).join_from(party, item, item.c.id == party.c.item_id)
    if funders:
        where.append(party.c.role == "funder")
    else:
        once = once.join(actor, actor.c.key == party.c.actor)
        where += [actor.c.kind.in_(COLLECTIVITIES), actor.c.country.in_(SIDES)]
    inner = once.where(*where).distinct().subquery()
    count = sa.func.count()
    asked = sa.select(inner.c.actor, inner.c.type, count).group_by(inner.c.actor, inner.c.type)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for key, type_, number in connection.execute(asked):
        found[key][type_] = number
    first = sorted(found, key=lambda key: (-sum(found[key].values()), key))[:limit]
    names = actor_names(connection, first)
    return [Group(key, names.get(key, key), found[key]) for key in first], len(found)


def actor_names(connection: sa.Connection, keys: Iterable[str]) -> dict[str, str]:
    """Return the names of actors by their keys."""
    actor = schema.actor
    wanted = list(keys)
    names: dict[str, str] = {}
    for at in range(0, len(wanted), 500):  # under SQLite's limit on the variables of one statement
        asked = sa.select(actor.c.key, actor.c.name).where(actor.c.key.in_(wanted[at : at + 500]))
        names.update(connection.execute(asked).tuples().all())
    return names


def _groups(rows: Iterable[Any], name: Callable[[Any], str]) -> list[Group]:
    found: dict[Any, dict[str, int]] = defaultdict(dict)
    for key, type_, count in rows:
        found[key][type_] = count
    return [Group(key, name(key), counts) for key, counts in found.items()]


def _ordered(groups: list[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: (-group.count, group.name, str(group.key)))
