"""Rows of tables, from layout cells or from lines of text.

A table of the layout has cells. In plain text a row is a line whose fields are
parted by bars, semicolons, tabs or wide gaps; or the lines up to one that ends
with a sum, as a PDF's text gives a table with wrapped cells; or the lines of a
paragraph, where a table was read cell by cell. Left out: cells that span rows.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from coopnlp.pipeline.table_units import is_of_values
from coopnlp.records.reading import Reading, once
from coopnlp.types import Block

__all__ = ["Row", "Table", "fields_of", "tables_in"]

Span = tuple[int, int]

# Words that head columns of money tables (grants, contributions, financing plans, results of calls).
_HEAD = re.compile(
    r"\b(?:nom du financeur|nom(?:attribuant|beneficiaire)|(?:co)?financeurs?|bailleurs?|contributeurs?|partenaires?"
    r"|beneficiaires?|structures?|associations?"
    r"|porteurs?|organismes?|promoteurs?|tiers|laureats?|montants?|aides?|accorde|attribue|alloues?|votes?"
    r"|subventions?|vote|propose|demande|sollicite"
    r"|nom du projet|projets?|intitule|objet|action|annee|devise|budget|total|ressources?"
    r"|recettes|origine|collectivites?|commune"
    r"|depuis|debut|fin|destination|depenses|cout|code|dossier|secteur|nature|categorie"
    r"|thematique|echeance|etat|pays|euros?|part \w+|titres?|demandeurs?|parties|declarants?|engages?|verses?"
    r"|prevus?|(?:paye|verse|finance|accorde)e?s? par|postes?|operations?|propositions?"
    r"|decisions?|organisateurs?|manifestations?|contributions?|participations?|apports?"
    r"|(?:co)?financements?)\b|[€$]"
)
_VALUE_HEAD = re.compile(
    r"(?:rappel|demande|sollicite|propos|vote|accorde|attribue|alloue|montant|subvention|aide|ecart|evolution|budget|cout"
    r"|verse|realise|prevu|(?:19|20)\d\d)\w*(?: .{0,20})?$"
)
_CELL_OF_VALUE = re.compile(
    r"[+-]?\s?\d[\d .]*(?:,\d+)?\s?(?:€|euros?|f|\$|%|k€)?|[-–—]+|neant|ajourne\w*|refus\w*|rejet\w*|sans objet"
    r"|creation|nouveau|n\.?c\.?|so|dossier non \w+|\(?[a-z]{1,3}\)?"
)
_YEAR = re.compile(r"(?:19|20)\d\d(?:[-/](?:(?:19|20)?\d\d))?")
_MOST_HEADS, _LONGEST_HEAD, _LONGEST_CELL = 7, 40, 110
_LEAST_ROWS, _BETWEEN_ROWS = 3, 2
_RULE = re.compile(r"[\s\-_=–—|+.·]*")
# « 3. CONTREPARTIES DÉCLARÉES » under a table begins another part of the document.
_SECTION = re.compile(r"\s*(?:\d{1,2}|[IVX]{1,4}|[A-H])\s?[.)–-]+\s+[A-ZÀ-Ý][^\W\d_]")
_SUM_LAST = re.compile(r"(?:\d|€|\$|euros?|eur|[-–—]|sans objet|rejet)\)?\s*$", re.I)


@dataclass(frozen=True)
class Row:
    """A row: the span of its text and of its cells, from left to right."""

    start: int
    end: int
    cells: tuple[Span, ...]


@dataclass(frozen=True)
class Table:
    """Rows under a header; ``has_cells`` where cells are known, not guessed from one-space text."""

    header: Row | None
    rows: tuple[Row, ...]
    has_cells: bool

    @property
    def start(self) -> int:
        first = self.header or (self.rows[0] if self.rows else None)
        return first.start if first else 0


def fields_of(text: str, start: int, end: int) -> tuple[Span, ...]:
    """Return the spans of a line's fields: parted by bars, `` ; ``, tabs, else by three spaces or more."""
    line = text[start:end]
    if "|" in line:
        parting = r"\s*\|\s*"
    elif line.count(" ; ") >= 2:
        parting = r"\s+;\s+"
    elif is_of_values(line):
        parting = r"\s*;\s*"
    else:
        parting = r"\t+|\s{3,}|\s*\.{4,}\s*"
    spans, at = [], 0
    for match in [*re.finditer(parting, line), None]:
        stop = match.start() if match else len(line)
        body = line[at:stop]
        if body.strip() or "|" in line or ";" in parting:
            lead = len(body) - len(body.lstrip())
            spans.append((start + at + lead, start + at + max(lead, len(body.rstrip()))))
        at = match.end() if match else stop
    if spans and "|" in line:
        spans = spans[1:] if line.lstrip().startswith("|") else spans
        spans = spans[:-1] if line.rstrip().endswith("|") and len(spans) > 1 else spans
    return tuple(spans)


def _of_block(reading: Reading, block: Block, before: Table | None) -> Table | None:
    """Return the table of a layout block; a table without a head goes on with the head of the one before."""
    rows: dict[int, list[Span]] = {}
    heads = {c.row for c in block.cells if c.header}
    for cell in sorted(block.cells, key=lambda c: (c.row, c.column)):
        line = rows.setdefault(cell.row, [])
        while len(line) < cell.column:
            line.append((cell.start, cell.start))
        line.append((cell.start, cell.end))
    made = [Row(min(c[0] for c in cells), max(c[1] for c in cells), tuple(cells)) for _, cells in sorted(rows.items())]
    if not made:
        return None
    if not heads and reading.within(made[0].start, made[0].end, ("AMOUNT",)):
        if before is None or before.header is None:
            return None
        return Table(before.header, tuple(made), len(made[0].cells) == len(before.header.cells))
    if len(made) < 2:
        return None
    first = 0 if not heads else max(h for h in heads if h < len(made)) if any(h < len(made) for h in heads) else 0
    return Table(made[first], tuple(made[first + 1 :]), True)


def _is_header(reading: Reading, start: int, end: int) -> bool:
    line = reading.plain[start:end]
    if (
        len(re.sub(r"\s{3,}", "   ", line)) > 170
        or reading.within(start, end, ("AMOUNT",))
        or re.search(r"[.!?]\s*$", line)
    ):
        return False
    words = {m[0] for m in _HEAD.finditer(line)}
    dates = len(reading.within(start, end, ("DATE",)))
    fields = fields_of(reading.text, start, end)
    covered = sum(len(w) for w in words) >= 0.3 * len(re.sub(r"[\W\d_]", "", line))
    if len(fields) >= 2:
        headed = [f for f in fields if _HEAD.search(reading.plain[f[0] : f[1]]) or reading.within(*f, ("DATE",))]
        if dates == len(fields) and all(_YEAR.fullmatch(reading.plain[a:b].strip()) for a, b in fields):
            return True  # nothing but years over the columns
        numbered = re.match(r"\W*(\d+)\s", line)
        if len(headed) < 0.5 * len(fields) or (numbered and not _YEAR.fullmatch(numbered[1])):
            return False
        return bool(words) and (len(words) >= 2 or dates >= 1 or len(fields) >= 3)
    return (len(words) >= 3 or (len(words) >= 1 and dates >= 2)) and covered


def _in_lines(reading: Reading, taken: list[Span]) -> list[Table]:
    tables: list[Table] = []
    lines = [line for line in reading.lines if not any(a <= line[0] < b for a, b in taken)]
    at = 0
    while at < len(lines):
        if not _is_header(reading, *lines[at]):
            at += 1
            continue
        head = lines[at]
        header = Row(head[0], head[1], fields_of(reading.text, *head))
        rows, at = _rows_below(reading, lines, at + 1, len(header.cells))
        if rows:
            cells = all(len(r.cells) > 1 for r in rows[:3])
            tables.append(Table(header, tuple(rows), cells))
    return tables


def _rows_below(reading: Reading, lines: list[Span], at: int, width: int) -> tuple[list[Row], int]:
    rows: list[Row] = []
    open_at: int | None = None
    idle = 0
    while at < len(lines):
        start, end = lines[at]
        line = reading.text[start:end]
        if _RULE.fullmatch(line):
            at += 1
            continue
        has_money = bool(reading.within(start, end, ("AMOUNT",)))
        begins = start if open_at is None else open_at
        if _is_header(reading, start, end) and not has_money:
            break
        if (
            rows
            and width > 1
            and not has_money
            and _SECTION.match(line)
            and len(fields_of(reading.text, start, end)) == 1
            and not _goes_on(reading, lines[at + 1 : at + 2], rows[-1])
        ):
            break
        if has_money and (
            _SUM_LAST.search(line)
            or len(fields_of(reading.text, start, end)) > 1
            or reading.within(start, end, ("DATE",))
        ):
            if len(line) > 220 and len(fields_of(reading.text, start, end)) < 3:
                break
            rows.append(Row(begins, end, fields_of(reading.text, start, end)))
            open_at, idle = None, 0
        elif len(fields := fields_of(reading.text, start, end)) >= 3 and (rows or len(fields) == width):
            rows.append(Row(start, end, fields_of(reading.text, start, end)))
            open_at, idle = None, 0
        elif re.search(r"\d\s*$", line) and re.search(r"[^\W\d]{3}", line):
            # A row whose sum no entity marks: it is complete, and not the beginning of the next.
            open_at = None
        elif idle < 4 and len(line) < 120 and not re.search(r"[.:;!?]\s*$", line):
            open_at = start if open_at is None else open_at
            idle += 1
        else:
            break
        at += 1
    return rows, at


def _goes_on(reading: Reading, below: list[Span], row: Row) -> bool:
    """Tell whether a row as wide as those above stands right under a sub-title: « B. Sports »."""
    return any(
        reading.within(*line, ("AMOUNT",)) and len(fields_of(reading.text, *line)) == len(row.cells) for line in below
    )


def _cell_by_cell(reading: Reading) -> list[Table]:
    """Read tables whose cells stand one a line: a paragraph of column names, then a paragraph a row."""
    tables: list[Table] = []
    paragraphs: list[list[Span]] = []
    for start, end in reading.lines:
        near = paragraphs and not re.search(r"\n[ \t]*\n", reading.text[paragraphs[-1][-1][1] : start])
        if near:
            paragraphs[-1].append((start, end))
        else:
            paragraphs.append([(start, end)])
    for i, names in enumerate(paragraphs):
        width = len(names)
        heads = [n for n in names if _HEAD.search(reading.plain[n[0] : n[1]]) or reading.within(*n, ("DATE",))]
        if not 3 <= width <= 9 or len(heads) < 0.6 * width or any(n[1] - n[0] > 45 for n in names):
            continue
        if any(reading.within(*n, ("AMOUNT",)) for n in names):
            continue
        rows: list[Row] = []
        for body in paragraphs[i + 1 :]:
            if len(body) not in (width, width + 1) or not reading.within(body[0][0], body[-1][1], ("AMOUNT",)):
                break
            rows.append(Row(body[0][0], body[width - 1][1], tuple(body[:width])))
        if rows:
            tables.append(Table(Row(names[0][0], names[-1][1], tuple(names)), tuple(rows), True))
    return tables


def _a_cell_a_line(reading: Reading) -> list[Table]:
    """Read tables whose cells stand one a line with nothing between the rows, as a PDF's text gives them.

    The last heads are those of values (« Demande 2019 », « Proposition ») and so are the last
    lines of each row; titles of sections and repeated heads between rows are passed over.
    """
    lines, tables = reading.lines, []
    at = 0
    while at < len(lines):
        width = _heads_at(reading, at)
        header = lines[at : at + width]
        values = len(list(itertools.takewhile(lambda c: _VALUE_HEAD.search(reading.plain[slice(*c)]), header[::-1])))
        if not width or not 2 <= values < width:
            at += 1
            continue
        rows: list[Row] = []
        here, idle = at + width, 0
        while here + width <= len(lines) and idle <= _BETWEEN_ROWS + width:
            cells = lines[here : here + width]
            filled = [_CELL_OF_VALUE.fullmatch(reading.plain[slice(*c)].strip()) is not None for c in cells]
            if (
                all(filled[-values:])
                and not filled[width - values - 1]
                and _is_cell(reading, cells[width - values - 1])
            ):
                rows.append(Row(cells[0][0], cells[-1][1], tuple(cells)))
                here, idle = here + width, 0
            else:
                here, idle = here + 1, idle + 1
        if len(rows) >= _LEAST_ROWS:
            tables.append(Table(Row(header[0][0], header[-1][1], tuple(header)), tuple(rows), True))
            at = here
        else:
            at += 1
    return tables


def _heads_at(reading: Reading, at: int) -> int:
    """Return how many lines from one on are heads of columns, each alone on its line; 0 where they are too few."""
    width = 0
    for start, end in reading.lines[at : at + _MOST_HEADS + 1]:
        words = reading.plain[start:end].strip()
        if width and "\n\n" in reading.text[reading.lines[at + width - 1][1] : start]:
            break
        if end - start > _LONGEST_HEAD or reading.within(start, end, ("AMOUNT",)):
            break
        if not (_HEAD.match(words) or _VALUE_HEAD.match(words)) or len(fields_of(reading.text, start, end)) > 1:
            break
        width += 1
    return width if 3 <= width <= _MOST_HEADS else 0


def _is_cell(reading: Reading, line: Span) -> bool:
    return line[1] - line[0] < _LONGEST_CELL and not reading.text[slice(*line)].rstrip().endswith((".", ":", ";"))


def _stacked(reading: Reading) -> list[Table]:
    """Read forms of grants that follow each other: labels and values a line each, the sum alone on the last.

    At least three such groups with the same label first make a table; the labels
    of the first group are its header.
    """
    groups: list[list[Span]] = [[]]
    for start, end in reading.lines:
        groups[-1].append((start, end))
        money = reading.within(start, end, ("AMOUNT",))
        if money and not re.sub(r"\W", "", reading.text[start : money[0].start] + reading.text[money[-1].end : end]):
            groups.append([])
    found: list[tuple[str, Row]] = []
    for group in groups[:-1]:
        labels = [line for line in group if _HEAD.fullmatch(reading.plain[line[0] : line[1]].strip(" :"))]
        if len(labels) < 2 or any(b - a > 110 for a, b in group[-12:]):
            continue
        start = labels[0][0] if len(group) > 12 else max(group[0][0], labels[0][0])
        found.append(
            (
                reading.plain[slice(*labels[0])],
                Row(start, group[-1][1], tuple(g for g in group if g[0] >= start)),
            )
        )
    if len(found) < 3 or len({label for label, _ in found}) > 1:
        return []
    first = [c for c in found[0][1].cells if _HEAD.fullmatch(reading.plain[c[0] : c[1]].strip(" :"))]
    header = Row(first[0][0], first[-1][1], tuple(first))
    return [Table(header, tuple(row for _, row in found), False)]


@once
def tables_in(reading: Reading) -> list[Table]:
    """Return the tables of the document that have a header, layout cells first."""
    tables: list[Table] = []
    taken: list[Span] = []
    heads = _in_lines(reading, [(b.start, b.end) for b in reading.extraction.blocks if b.kind == "table" and b.cells])
    for block in reading.extraction.blocks:
        if block.kind == "table" and block.cells:
            earlier = [t for t in sorted([*tables, *heads], key=lambda t: t.start) if t.start < block.start]
            table = _of_block(reading, block, earlier[-1] if earlier else None)
            if table is not None:
                tables.append(table)
                taken.append((block.start, block.end))
    for table in [*_cell_by_cell(reading), *_a_cell_a_line(reading), *_stacked(reading)]:
        if not any(a < table.rows[-1].end and table.start < b for a, b in taken):
            tables.append(table)
            taken.append((table.start, table.rows[-1].end))
    tables += _in_lines(reading, taken)
    return sorted(tables, key=lambda t: t.start)
