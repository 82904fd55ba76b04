"""What the screens of a register are made of: amounts, periods, numbers, facts and tables as French sets them.

Text of documents is shown as it is: nothing in it is taken for mark-up or for a
terminal's control sequence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO, TYPE_CHECKING

from coopnlp.types import Amount

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

__all__ = ["console_on", "counted", "day", "facts", "money", "period", "safe", "spelt", "table", "write"]

# Width where the stream is no terminal: a landscape page.
_WIDTH = 140
_SPELT = {"cooperation_decentralisee": "coopération décentralisée"}
_ISO = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NUMBERS = ("page", "pages", "nombre", "montant", "part.", "fin.", "acc.", "proj.")


def money(amount: Amount) -> str:
    """Write an amount as French typography has it.

    >>> from decimal import Decimal
    >>> money(Amount(value=Decimal("1200000.50"), currency="CAD")).replace("\\u202f", " ").replace("\\xa0", " ")
    '1 200 000,50 CAD'
    """
    if amount.value is not None:
        told = _number(amount.value)
    elif amount.min is None and amount.max is None:
        return ""
    elif amount.min is None or amount.max is None:
        bound = amount.max if amount.min is None else amount.min
        told = f"{'jusqu’à' if amount.min is None else 'à partir de'} {_number(bound)}" if bound is not None else ""
    else:
        told = f"{_number(amount.min)} à {_number(amount.max)}"
    return f"{told}\u00a0{amount.currency or '(devise non dite)'}"


def _number(value: Decimal) -> str:
    return f"{value:,f}".replace(",", "\u202f").replace(".", ",")


def period(start: str | None, end: str | None) -> str:
    """Write a period as it is read in French.

    >>> period("2016-03-09", None), period("2008", "2010"), period(None, "2023-12")
    ('09/03/2016', '2008–2010', 'jusqu’à 12/2023')
    """
    begin, finish = day(start), day(end)
    if not finish or finish == begin:
        return begin
    if not begin:
        return f"jusqu’à {finish}"
    # days and months hold together less well than years
    return f"{begin}–{finish}" if begin.isdigit() and finish.isdigit() else f"{begin}\u00a0– {finish}"


def day(told: str | None) -> str:
    """Return an ISO date as French writes it, as precise as it is: 2016-03-09 as 09/03/2016."""
    match = _ISO.fullmatch(told or "")
    return "/".join(part for part in reversed(match.groups()) if part) if match else told or ""


def counted(count: int, noun: str) -> str:
    """Write a number and its noun, every word of which takes an s from two on.

    >>> counted(1, "document"), counted(2, "document lu")
    ('1 document', '2 documents lus')
    """
    told = f"{count:,}".replace(",", "\u202f")
    return f"{told} {' '.join(f'{word}s' for word in noun.split()) if count > 1 else noun}"


def spelt(name: str) -> str:
    """Return a domain value with the accents that French spells it with."""
    return _SPELT.get(name, name.replace("_", " "))


def safe(text: str, *, line_ends: bool = True) -> str:
    """Return text without control characters, which could move a terminal; without line ends if asked."""
    text = _CONTROL.sub("\ufffd", text)
    return text if line_ends else text.replace("\n", " ")


def console_on(stream: IO[str]) -> Console:
    """Return a console on a stream; one that is no terminal gets a fixed width."""
    from rich.console import Console

    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH
    return console


def _text(value: object, style: str = "") -> Text:
    from rich.text import Text

    return Text(safe(str(value)), style=style)


def write(console: Console, text: str, *, style: str = "") -> None:
    """Write a line; nothing in it is read as mark-up."""
    console.print(_text(text, style))


def facts(console: Console, facts: Iterable[tuple[str, str]]) -> None:
    """Write label and value in two columns; values that are absent are left out."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    grid.add_column(justify="right", style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for heading, value in facts:
        if value:
            grid.add_row(_text(heading), _text(value))
    if grid.row_count:
        console.print(grid)


def table(console: Console, title: str, headings: Sequence[str], rows: Sequence[Sequence[object]], total: int) -> None:
    """Write a table without the columns that hold nothing; nothing where there are no rows."""
    from rich import box
    from rich.table import Table

    if not rows:
        return
    table = Table(title=_text(title, "bold"), title_justify="left", box=box.SIMPLE_HEAD, show_edge=False)
    kept = [at for at in range(len(headings)) if any(row[at] not in (None, "") for row in rows)]
    for at in kept:
        number = headings[at] in ("page", "pages", "nombre", "montant", "part.", "fin.", "acc.", "proj.")
        table.add_column(
            headings[at],
            justify="right" if number else "left",
            overflow="fold",
            no_wrap=headings[at] in ("date", "page", "période"),
        )
    for row in rows:
        cells: list[RenderableType] = [_text("" if row[at] is None else row[at]) for at in kept]
        table.add_row(*cells)
    console.print()
    console.print(table)
    if total > len(rows):
        write(console, f"… {total - len(rows)} autres", style="dim")
