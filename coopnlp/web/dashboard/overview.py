"""What the first page of the dashboard shows: counts and sums of what is chosen, as figures with their tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from coopnlp.web.addresses import actor_path
from coopnlp.web.dashboard.cache import Board
from coopnlp.web.dashboard.charts import (
    Cell,
    Figure,
    Table,
    count_bars,
    count_table,
    money_bars,
    money_columns,
    money_table,
    year_columns,
)
from coopnlp.web.dashboard.counts import Group, authorities, by_facet, in_all
from coopnlp.web.dashboard.links import board_link, list_link
from coopnlp.web.dashboard.outlines import country_name
from coopnlp.web.dashboard.sums import Money, left_out, sums_by, sums_in_all
from coopnlp.web.dashboard.svg import TYPE_NAMES, number
from coopnlp.web.facets import THIRD, Choice
from coopnlp.web.index import Mask

__all__ = ["Section", "overview"]

# Rows of a table of actors; the lists have all of them.
_ROWS = 60
# Currencies that have figures, and columns in tables; the others are in the table of all sums.
_DRAWN, _TABLED = 3, 5


class Section(NamedTuple):
    """A part of the page: figures and the tables behind them; ``note`` is what must be known to read them."""

    id: str
    title: str
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    note: str = ""


def overview(board: Board, choice: Choice) -> dict[str, Any]:
    """Return what the template of the first page shows."""
    index, columns = board.index, board.columns
    mask = choice.mask(index)
    counts = in_all(columns, mask)
    sums = sums_in_all(columns, mask)
    sections = _counts(board, choice, mask)
    money = _money(board, choice, mask, sums) if "funding" in counts else []
    return {
        "totaux": [
            (type_, TYPE_NAMES[type_][counts.get(type_, 0) > 1], counts.get(type_, 0), list_link(choice, type_))
            for type_ in TYPE_NAMES
            if not choice.values.get("type") or type_ in choice.values["type"]
        ],
        "sections": sections,
        "sommes": sums,
        "ecartes": left_out(columns, mask),
        "lien_demandes": list_link(choice, "funding", ("statut", "demandé")),
        "argent": money,
    }


def _counts(board: Board, choice: Choice, mask: Mask) -> list[Section]:
    index, columns = board.index, board.columns

    def actor(key: str) -> str:
        return index.actors.get(key, key.removeprefix("name:"))

    years = by_facet(index, columns, mask, "annee")
    sections = [
        Section(
            "annees",
            "Par année",
            tuple(year_columns(years, choice)),
            (count_table(years[::-1], choice, "annee", "Année", str),),
            "L’année est celle du début ou de la signature ; celle du document, quand la fiche n’en dit pas. "
            "Chaque figure a sa propre échelle.".replace(" ;", "\u00a0;"),
        ),
        _themes(board, choice, mask),
    ]
    for id_, title, facet, named, groups, label, heading in (
        (
            "pays",
            "Par pays",
            "pays",
            "Pays",
            by_facet(index, columns, mask, "pays"),
            country_name,
            lambda code: board_link(choice, ("pays", code)),
        ),
        (
            "collectivites",
            "Par collectivité française ou québécoise",
            "acteur",
            "Collectivité",
            by_facet(
                index, columns, mask, "acteur", only=board.kept.once("authorities", lambda: authorities(index, columns))
            ),
            actor,
            actor_path,
        ),
        (
            "bailleurs",
            "Par bailleur",
            "financeur",
            "Bailleur",
            by_facet(index, columns, mask & columns.type_mask("funding"), "financeur"),
            actor,
            actor_path,
        ),
    ):
        sections.append(_section(id_, title, facet, named, groups, label, heading, choice))
    return [section for section in sections if section.tables[0].rows]


def _section(
    id_: str,
    title: str,
    facet: str,
    named: str,
    groups: list[Group],
    label: Callable[[str], str],
    heading: Callable[[str], str | None],
    choice: Choice,
) -> Section:
    figure = count_bars(id_, title, groups, choice, facet, label, heading)
    table = count_table(groups[:_ROWS], choice, facet, named, label, heading)
    hidden = len(groups) - _ROWS
    note = (
        f"Le tableau donne les {_ROWS} premiers\u00a0; {number(hidden)} autres ne sont pas montrés."
        if hidden > 0
        else ""
    )
    return Section(id_, title, (figure,), (table,), note)


def _themes(board: Board, choice: Choice, mask: Mask) -> Section:
    """Return the themes; the sub-themes of the one that is chosen."""
    index, columns = board.index, board.columns
    chosen = choice.values.get("theme", ())
    level, named = ("soustheme", "Sous-thème") if len(chosen) == 1 else ("theme", "Thème")
    groups = by_facet(index, columns, mask, level)
    if level == "soustheme":
        below = set(index.subthemes.get(chosen[0], ()))
        groups = [group for group in groups if group.value in below]

    def heading(value: str) -> str | None:
        return board_link(choice, (level, value))

    title = f"Par sous-thème de «\u00a0{chosen[0]}\u00a0»" if level == "soustheme" else "Par thème"
    figures = (count_bars("themes", title, groups, choice, level, str, heading),)
    tables = (count_table(groups, choice, level, named, str, heading), _all_levels(board, choice, mask, chosen))
    return Section("themes", title, figures, tables, "Une fiche qui relève de plusieurs thèmes compte dans chacun.")


def _all_levels(board: Board, choice: Choice, mask: Mask, chosen: tuple[str, ...]) -> Table:
    """Return the three levels in one table."""
    index, columns = board.index, board.columns
    first = {group.value: group for group in by_facet(index, columns, mask, "theme")}
    rows = []
    for theme in sorted(first, key=lambda name: -first[name].total):
        if theme not in index.subthemes or (chosen and theme not in chosen):
            continue
        rows.append(_level(first[theme], choice, ("theme", theme)))
        own = index.facets["theme"].having([theme])
        below = {group.value: group for group in by_facet(index, columns, mask & own, "soustheme")}
        for part in sorted(set(below) & set(index.subthemes[theme]), key=lambda name: -below[name].total):
            rows.append(_level(below[part], choice, ("theme", theme), ("soustheme", part), indent="– "))
            both = mask & own & index.facets["soustheme"].having([part])
            for leaf in by_facet(index, columns, both, THIRD):
                if leaf.value in columns.leaves.get((theme, part), ()):
                    path = (("theme", theme), ("soustheme", part), (THIRD, leaf.value))
                    rows.append(_level(leaf, choice, *path, indent="–– "))
    return Table(
        ("Thème, sous-thème, troisième niveau", *(many.capitalize() for _, many in TYPE_NAMES.values())), tuple(rows)
    )


def _level(group: Group, choice: Choice, *facets: tuple[str, str], indent: str = "") -> tuple[Cell, ...]:
    cells = []
    for type_ in TYPE_NAMES:
        count = group.counts.get(type_, 0)
        href = list_link(choice, type_, *facets) if count else None
        cells.append(Cell(number(count) if count else "", href))
    return (Cell(f"{indent}{group.value}", number=False), *cells)


def _money(board: Board, choice: Choice, mask: Mask, total: tuple[Money, ...]) -> list[Section]:
    index, columns = board.index, board.columns
    given = mask & columns.type_mask("funding")
    currencies = [money.currency for money in total]

    def actor(key: str) -> str:
        return index.actors.get(key, key.removeprefix("name:"))

    sections = []
    local = board.kept.once("authorities", lambda: authorities(index, columns))
    for id_, title, facet, named, label, only in (
        ("montants-annees", "Montants par année", "annee", "Année", str, None),
        ("montants-themes", "Montants par thème", "theme", "Thème", str, None),
        ("montants-pays", "Montants par pays", "pays", "Pays", country_name, None),
        ("montants-collectivites", "Montants par collectivité", "acteur", "Collectivité", actor, local),
        ("montants-bailleurs", "Montants par bailleur", "financeur", "Bailleur", actor, None),
    ):
        pairs = index.facets[facet]
        sums = sums_by(columns, mask, pairs)
        if only is not None:
            kept = set(np.array(pairs.names, dtype=object)[only]) if len(only) else set()
            sums = {value: many for value, many in sums.items() if value in kept}
        groups = by_facet(index, columns, given, facet, only=only)
        figures: list[Figure | None]
        if facet == "annee":
            figures = list(money_columns(sums, currencies[:_DRAWN], choice))
            groups = groups[::-1]
        else:
            figures = [
                money_bars(f"{id_}-{n}", title, sums, currency, choice, facet, label)
                for n, currency in enumerate(currencies[:_DRAWN])
            ]
        table = money_table(sums, groups, currencies[:_TABLED], choice, facet, named, label, most=_ROWS)
        hidden = len(groups) - _ROWS
        note = f"Le tableau donne les {_ROWS} premiers sur {number(len(groups))}." if hidden > 0 else ""
        shown = tuple(figure for figure in figures if figure is not None)
        if table.rows:
            sections.append(Section(id_, title, shown, (table,), note))
    return sections
