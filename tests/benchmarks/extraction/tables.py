"""Layouts with tables: ruled, with rules between rows only, without rules; on one page or over three."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .flow import Flow
from .look import Look
from .material import Material
from .prose import set_title
from .sheet import A4, Sheet
from .truth import TrueBlock
from .typeset import SetLine, Style, break_text

__all__ = ["Column", "draw_table", "grants", "long_table", "short_tables", "wide_table"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header, what draws a value, its share of the width, and how it is aligned."""

    head: str
    value: Callable[[Material, random.Random], str]
    share: float
    align: str = "left"


def _amount(_: Material, rng: random.Random) -> str:
    return f"{rng.randint(1, 480) * 250:,} €".replace(",", "\u00a0").replace(" ", "\u00a0")


_COLUMNS = (
    Column("Collectivité", lambda text, _: text.value("COLLECTIVITY", 34), 3),
    Column("Partenaire", lambda text, _: text.value("COLLECTIVITY", 30), 2.6),
    Column("Pays", lambda text, _: text.value("LOC", 18), 1.6),
    Column("Domaine", lambda text, _: text.value("THEME", 44), 2.6),
    Column("Financeur", lambda text, _: text.value("FUNDER", 40), 2.6),
    Column("Montant", _amount, 1.5, "right"),
    Column("Année", lambda _, rng: str(rng.randint(1994, 2019)), 1.0, "centre"),
    Column("Projet", lambda text, _: text.value("PROJECT", 50), 2.8),
    Column("Responsable", lambda text, _: text.value("PER", 26), 2.2),
    Column("N°", lambda _, rng: f"{rng.randint(1, 99)}-{rng.randint(100, 999)}", 1.1),
    Column("Avis", lambda _, rng: rng.choice(["Favorable", "Réservé", "Défavorable", "Ajourné"]), 1.6),
)


def grants(rng: random.Random, text: Material, columns: int, rows: int) -> tuple[list[Column], list[list[str]]]:
    """Return columns and rows of a table of grants: some cells empty, one column of sums at least."""
    chosen = sorted(
        {rng.choice((0, 4)), 5, *rng.sample([1, 2, 3, 6, 7, 8, 9, 10], columns - 2)}, key=lambda at: (at in (5, 10), at)
    )
    found = [_COLUMNS[at] for at in chosen]
    lines = []
    for _ in range(rows):
        line = [column.value(text, rng) for column in found]
        for at in range(1, len(line)):
            if rng.random() < 0.05:
                line[at] = ""
        lines.append(line)
    return found, lines


def draw_table(
    flow: Flow,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    style: Style,
    rules: str,
    *,
    repeat: bool = True,
    shaded: bool = False,
    total: bool = False,
) -> TrueBlock:
    """Draw a table at the flow's place, over as many pages as it takes.

    ``rules``: ``grid``, ``rows`` (under the header and between rows), ``none``.
    ``repeat``: the header again on each page. The truth has it once.
    """
    sheet = flow.sheet
    pad, gap = (3.0, 0.0) if rules == "grid" else (2.0, 6.0)
    shares = sum(column.share for column in columns)
    widths = [flow.width * column.share / shares for column in columns]
    head = [column.head for column in columns]
    bold = style.with_(bold=True)
    grid = [head, *map(list, rows)]
    total = total and columns[-1].head == "Montant"
    if total:
        grid.append(["Total", *[""] * (len(head) - 2), _amount_total(rows)])
    block = sheet.block(TrueBlock("table", rows=grid))

    def lines_of(row: Sequence[str], face: Style) -> list[list[SetLine]]:
        return [
            break_text(cell, face, wide - 2 * pad - gap) if cell else [] for cell, wide in zip(row, widths, strict=True)
        ]

    def draw(row: Sequence[str], face: Style, is_head: bool) -> None:
        cells = lines_of(row, face)
        height = max(1, *map(len, cells)) * face.leading + 2 * pad
        x, top = flow.left, flow.y
        if shaded and is_head:
            sheet.fill(x, top - height, flow.width, height)
        for column, wide, lines in zip(columns, widths, cells, strict=True):
            frame = sheet.new_frame()
            align = face.with_(align=column.align if not (is_head and column.align == "left") else "left")
            for at, line in enumerate(lines):
                base = top - pad - face.size * 0.95 - at * face.leading
                sheet.line(None, line, align, x + pad, base, wide - 2 * pad - gap, frame)
            if rules == "grid":
                sheet.rule(x, top, x, top - height)
            x += wide
        if rules == "grid":
            sheet.rule(x, top, x, top - height)
            sheet.rule(flow.left, top, x, top)
            sheet.rule(flow.left, top - height, x, top - height)
        elif rules == "rows":
            if is_head:
                sheet.rule(flow.left, top, x, top, 0.9)
            sheet.rule(flow.left, top - height, x, top - height, 0.9 if is_head else 0.4)
        flow.y = top - height

    flow.need(6 * style.leading)
    block.page = len(sheet.pages)
    draw(head, bold, True)
    for at, row in enumerate(grid[1:], 1):
        face = bold if total and at == len(grid) - 1 else style
        height = max(1, *map(len, lines_of(row, face))) * face.leading + 2 * pad
        if flow.y - height < flow.bottom:
            flow.start()
            if repeat:
                draw(head, bold, True)
        draw(row, face, False)
    return block


def _amount_total(rows: Sequence[Sequence[str]]) -> str:
    total = sum(int("".join(filter(str.isdigit, row[-1])) or 0) for row in rows)
    return f"{total:,} €".replace(",", "\u00a0").replace(" ", "\u00a0")


def _cell_style(look: Look, rng: random.Random, columns: int) -> Style:
    size = rng.choice([8, 8.5, 9]) if columns > 4 else rng.choice([8.5, 9, 10])
    family = look.body.family if look.body.family != "courier" else "helvetica"
    return Style(family, size, size * 1.2)


def short_tables(sheet: Sheet, rng: random.Random, text: Material, rules: str) -> None:
    """Set two or three tables of 3 to 6 columns between paragraphs."""
    look = Look.drawn(rng, text, heads=False)
    flow = Flow(sheet, look.starter(sheet), look.margin, look.margin)
    set_title(flow, look, text)
    for _ in range(rng.randint(2, 3)):
        flow.add("paragraph", text.paragraph(200, 600), look.body)
        flow.set()
        flow.skip(10)
        count = rng.randint(3, 6)
        columns, rows = grants(rng, text, count, rng.randint(4, 10))
        flow.need(sum(36 for _ in rows) + 40)
        draw_table(
            flow, columns, rows, _cell_style(look, rng, count), rules,
            shaded=rng.random() < 0.4, total=rng.random() < 0.4,
        )  # fmt: skip
        flow.skip(10)
    flow.add("paragraph", text.paragraph(200, 600), look.body)
    flow.set()


def long_table(sheet: Sheet, rng: random.Random, text: Material, rules: str, repeat: bool) -> None:
    """Set a table of grants over three pages, its header repeated or not."""
    look = Look.drawn(rng, text)
    flow = Flow(sheet, look.starter(sheet), look.margin, look.margin)
    set_title(flow, look, text)
    flow.add("paragraph", text.paragraph(200, 500), look.body)
    flow.set()
    flow.skip(10)
    count = rng.randint(3, 5)
    columns, rows = grants(rng, text, count, 150)
    style = _cell_style(look, rng, count)
    tall = 0.0
    kept = []
    for row in rows:  # as many rows as make two full pages and a part
        widths = [flow.width * c.share / sum(c.share for c in columns) for c in columns]
        lines = max(
            len(break_text(cell, style, wide - 12)) if cell else 1 for cell, wide in zip(row, widths, strict=True)
        )
        tall += lines * style.leading + 5
        kept.append(row)
        if tall > 2.3 * (sheet.page.height - flow.top - flow.bottom):
            break
    draw_table(flow, columns, kept, style, rules, repeat=repeat)
    flow.skip(10)
    flow.add("paragraph", text.paragraph(200, 500), look.body)
    flow.set()


def wide_table(sheet: Sheet, rng: random.Random, text: Material, how: str) -> None:
    """Set a report with a wide table on a page of its own: landscape, rotated by the file, or printed sideways."""
    look = Look.drawn(rng, text, heads=False)
    flow = Flow(sheet, look.starter(sheet), look.margin, look.margin)
    set_title(flow, look, text)
    for _ in range(3):
        flow.add("paragraph", text.paragraph(300), look.body)
    flow.set()
    wide = (A4[1], A4[0])
    turn = {"landscape": 0, "rotated": rng.choice([90, 270]), "sideways": 0}[how]

    def start() -> None:
        sheet.new_page(*wide, turn=turn, sideways=how == "sideways")

    table = Flow(sheet, start, 50, 50, 60, 55)
    columns, rows = grants(rng, text, 6, rng.randint(8, 12))
    draw_table(table, columns, rows, Style("helvetica", 9, 11), "grid")
    after = Flow(sheet, look.starter(sheet), look.margin, look.margin)
    after.add("heading", text.heading(), look.heading(1.3), level=2)
    for _ in range(3):
        after.add("paragraph", text.paragraph(300), look.body)
    after.set()
