"""From counts and sums to figures with the tables behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from coopnlp.web.dashboard.bars import Bar, Column, Part, bars_svg, columns_svg, counted_items
from coopnlp.web.dashboard.counts import Group
from coopnlp.web.dashboard.links import list_link
from coopnlp.web.dashboard.sums import Money
from coopnlp.web.dashboard.svg import TYPE_NAMES, compact, number
from coopnlp.web.facets import Choice
from coopnlp.web.filters import amount
from coopnlp.web.index import ABSENT

__all__ = [
    "PHONE",
    "Cell",
    "Figure",
    "Table",
    "count_bars",
    "count_table",
    "money_bars",
    "money_columns",
    "year_columns",
]

# Pixels that a phone has room for.
PHONE = 362.0
# A year far from the others would make of every column a line.
_LONGEST = 80


class Cell(NamedTuple):
    """A cell of a table: what it says, where it leads, whether it is a number."""

    told: str
    href: str | None = None
    number: bool = True


class Table(NamedTuple):
    """Headings and rows; the first cell of a row is its heading."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Figure(NamedTuple):
    """A drawing, what stands over it, and what is said below; ``narrow`` is the same drawn for a phone."""

    svg: Markup
    title: str
    note: str = ""
    narrow: Markup | None = None


def _types(groups: Sequence[Group]) -> list[str]:
    return [type_ for type_ in TYPE_NAMES if any(type_ in group.counts for group in groups)]


def count_bars(
    name: str,
    title: str,
    groups: Sequence[Group],
    choice: Choice,
    facet: str,
    label: Callable[[str], str],
    heading: Callable[[str], str | None],
    *,
    most: int = 12,
) -> Figure:
    """Return a bar for each group: a part for each type, which leads to its list."""
    shown = [group for group in groups if group.value != ABSENT][:most]
    bars = []
    for group in shown:
        parts = [
            Part(
                group.counts[type_],
                type_,
                list_link(choice, type_, (facet, group.value)),
                f"{label(group.value)}\u00a0: {counted_items(group.counts[type_], type_)}",
            )
            for type_ in TYPE_NAMES
            if type_ in group.counts
        ]
        bars.append(Bar(label(group.value), parts, heading(group.value), number(group.total)))
    described = "Barres horizontales, de la plus longue à la plus courte. "
    if shown:
        described += f"En tête\u00a0: {label(shown[0].value)}, {number(shown[0].total)} fiches."
    left = sum(group.value != ABSENT for group in groups) - len(shown)
    note = f"Les {len(shown)} premiers sur {number(left + len(shown))}." if left > 0 else ""
    return Figure(bars_svg(name, title, described, bars), title, note)


def count_table(
    groups: Sequence[Group],
    choice: Choice,
    facet: str,
    named: str,
    label: Callable[[str], str],
    heading: Callable[[str], str | None] = lambda value: None,
) -> Table:
    """Return the table behind: a row a value, a column a type, every number a link to its list."""
    types = _types(groups)
    rows = []
    for group in groups:
        first = Cell("non dit" if group.value == ABSENT else label(group.value), number=False)
        if group.value != ABSENT:
            first = first._replace(href=heading(group.value))
        cells = [
            Cell(number(group.counts[type_]), list_link(choice, type_, (facet, group.value)))
            if type_ in group.counts
            else Cell("")
            for type_ in types
        ]
        rows.append((first, *cells))
    return Table((named, *(TYPE_NAMES[type_][1].capitalize() for type_ in types)), tuple(rows))


def year_columns(groups: Sequence[Group], choice: Choice) -> list[Figure]:
    """Return a figure for each type, all over the same years."""
    years = {int(group.value): group.counts for group in groups if group.value != ABSENT}
    if not years:
        return []
    last = max(years)
    first = max(min(years), last - _LONGEST + 1)
    early = [year for year in years if year < first]
    figures = []
    for type_ in _types(groups):
        _, many = TYPE_NAMES[type_]
        columns = [
            Column(
                year,
                counts[type_],
                list_link(choice, type_, ("annee", str(year))),
                f"{year}\u00a0: {counted_items(counts[type_], type_)}",
            )
            for year, counts in sorted(years.items())
            if type_ in counts
        ]
        peak = max(columns, key=lambda column: column.value)
        described = (
            f"Une colonne par année, de {columns[0].year} à {columns[-1].year}. "
            f"Le plus\u00a0: {counted_items(int(peak.value), type_)} en {peak.year}."
        )
        hidden = sum(years[year].get(type_, 0) for year in early)
        note = f"Avant {first}\u00a0: {counted_items(hidden, type_)}, dans le tableau." if hidden else ""
        title = f"{many.capitalize()} par année"
        figures.append(_columns(f"annees-{type_}", title, described, columns, type_, first, last, note=note))
    return figures


def _columns(
    name: str,
    title: str,
    described: str,
    columns: Sequence[Column],
    type_: str,
    first: int,
    last: int,
    *,
    told: Callable[[float], str] = number,
    note: str = "",
) -> Figure:
    """Return columns drawn for a desk and for a phone."""

    def drawn(name: str, **more: float) -> Markup:
        return columns_svg(name, title, described, columns, type_=type_, first=first, last=last, told=told, **more)

    return Figure(drawn(name), title, note, drawn(f"{name}-etroite", width=PHONE))


def _currency(code: str | None) -> str:
    return code or "devise non dite"


def money_columns(sums: dict[str, tuple[Money, ...]], currencies: Sequence[str | None], choice: Choice) -> list[Figure]:
    """Return a figure for each currency: what was given a year, all over the same years."""
    found = {int(year): {money.currency: money for money in many} for year, many in sums.items() if year != ABSENT}
    if not found:
        return []
    last = max(found)
    first = max(min(found), last - _LONGEST + 1)
    figures = []
    for currency in currencies:
        columns = [
            Column(
                year,
                float(by[currency].total),
                list_link(choice, "funding", ("annee", str(year))),
                f"{year}\u00a0: {amount(by[currency].amount)} ({number(by[currency].number)} montants)",
            )
            for year, by in sorted(found.items())
            if currency in by
        ]
        if not columns:
            continue
        peak = max(columns, key=lambda column: column.value)
        title = f"Montants par année, en {_currency(currency)}"
        described = f"Une colonne par année. Le plus\u00a0: {peak.told}."
        name = f"montants-annees-{currency or 'x'}"
        figures.append(_columns(name, title, described, columns, "funding", first, last, told=compact))
    return figures


def money_bars(
    name: str,
    title: str,
    sums: dict[str, tuple[Money, ...]],
    currency: str | None,
    choice: Choice,
    facet: str,
    label: Callable[[str], str],
    *,
    most: int = 10,
) -> Figure | None:
    """Return a bar for each value of a facet, in one currency; None where there is nothing in it."""
    named = {value: many for value, many in sums.items() if value != ABSENT}
    found = [(value, money) for value, many in named.items() for money in many if money.currency == currency]
    found.sort(key=lambda pair: (-pair[1].total, pair[0]))
    if not found:
        return None
    bars = []
    for value, money in found[:most]:
        told = f"{label(value)}\u00a0: {amount(money.amount)} ({number(money.number)} montants)"
        address = list_link(choice, "funding", (facet, value))
        parts = [Part(float(money.total), "funding", address, told)]
        bars.append(Bar(label(value), parts, address, compact(float(money.total))))
    note = f"Les {most} premiers sur {number(len(found))}." if len(found) > most else ""
    full = f"{title}, en {_currency(currency)}"
    described = f"Barres horizontales, de la plus longue à la plus courte. En tête\u00a0: {bars[0].parts[0].told}."
    return Figure(bars_svg(name, full, described, bars), full, note)


def money_table(
    sums: dict[str, tuple[Money, ...]],
    groups: Sequence[Group],
    currencies: Sequence[str | None],
    choice: Choice,
    facet: str,
    named: str,
    label: Callable[[str], str],
    *,
    most: int | None = None,
) -> Table:
    """Return the table behind: a row a value, its fundings (a link to their list), and a sum for each currency."""
    rows = []
    for group in [group for group in groups if "funding" in group.counts][:most]:
        by = {money.currency: money for money in sums.get(group.value, ())}
        told = "non dit" if group.value == ABSENT else label(group.value)
        count = Cell(number(group.counts["funding"]), list_link(choice, "funding", (facet, group.value)))
        cells = [Cell(amount(by[currency].amount) if currency in by else "") for currency in currencies]
        rows.append((Cell(told, number=False), count, *cells))
    return Table((named, "Financements", *(_currency(currency) for currency in currencies)), tuple(rows))
