"""Numbers of lists and tables of grants that no currency marks, for records to read.

« Association | Versé 2018 | Voté 2019 », then rows of names and numbers: the annotation
guide calls a bare number a sum where its column states a currency, and entities keep to
that. A register needs the others as well. They are taken for sums here, for records
alone, where the heads of their columns or the line that announces the list speak of
money given; the currency is what the lines above state, else the only one that the rest of
the document has, else that of the country whose authority the document names first, in its
years. Left out: columns of counts, years, codes and rates, lists of costs, public contracts,
and documents that settle no currency.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from coopnlp.pipeline.numerals import parse_digits
from coopnlp.pipeline.table_units import NUMBER_CELL, YEAR_CELL, cells_of, column_kind, units_in
from coopnlp.records import not_given
from coopnlp.records.bare_lists import numbers_of_lists
from coopnlp.records.currency_words import currency_of
from coopnlp.records.reading import plain
from coopnlp.records.sentences import lines_of
from coopnlp.types import Amount, DateValue, Entity, Extraction

__all__ = ["with_bare_sums"]

Span = tuple[int, int]

#: What announces a list of money given ...
_GIVEN = re.compile(
    r"\b(?:subventions?|aides?|bourses?|soutiens?|attribu\w+|accord(?:e|es|ee|ees|er|ent)|allou\w+|octro\w+|vot(?:e|es|ees?)"
    r"|dotations?|concours|contributions?|(?:co)?financements?|participations?|recettes|ressources|apports?|dons?"
    r"|laureats?|retenus?|versements?|verses?)\b"
)
#: ... and what announces another.
_OTHER = re.compile(
    r"\b(?:tarifs?|prix|loyers?|redevances?|effectifs?|populations?|habitants?|inscrits?|voix|suffrages|tonnages?|quantites?"
    r"|frequentation|cotisations?|adhesions?|marches?|lots?|emprunts?|depenses?|charges|couts?|points?|resultats)\b"
)
#: Rows of accounts and of public contracts.
_ACCOUNTS = re.compile(
    r"\b(?:impots|charges|achats|services exterieurs|amortissements?|produits|immobilisations?|virements?"
    r"|frais financiers|lot n|gros[- ]?oeuvre|menuiseries?|plomberie|electricite|cloisons?|peintures?|serrurerie"
    r"|terrassements?|chauffage)\b"
)
_NOTHING = re.compile(
    r"[-–—]+|neant|nul|(?:rejet|refus|ajourn|report)\w*(?: \(.{3,40}\))?|sans (?:suite|objet)|n\.?c\.?|creation|nouveau"
)
_LETTERS = re.compile(r"[a-z]{3}")
_HEADS, _LEAST, _BETWEEN, _LONGEST_OTHER, _LONGEST = 3, 2, 2, 80, 240
#: Who a number of a list told on one line may be of.
_BODIES = ("COLLECTIVITY", "FUNDER", "ORG", "STATE")
#: From this year on a sum of France is in euros.
_EURO = 2002
_HEAD = 600


def with_bare_sums(extraction: Extraction, entities: Sequence[Entity]) -> tuple[Entity, ...]:
    """Return the entities with the unmarked sums of lists and tables of grants, in order.

    The sums added have the label AMOUNT and a value; a year of which one is made (« 2000 » in a column of
    grants) is left out. Offsets are those of the extraction's text.
    """
    text = extraction.text
    flat = plain(text)
    rows = _rows(text, flat, entities)
    home = _currency(entities) if rows else None
    added = [
        Entity(
            start=a,
            end=b,
            label="AMOUNT",
            text=text[a:b],
            page=extraction.page_at(a),
            value=Amount(value=value, currency=currency),
        )
        for (a, b), stated in rows
        if (currency := stated or home) is not None and (value := parse_digits(flat[a:b])) is not None and value > 0
    ]
    spans = {(a.start, a.end) for a in added}
    kept = [e for e in entities if e.label != "DATE" or not any(e.start < b and a < e.end for a, b in spans)]
    free = [a for a in added if not any(e.start < a.end and a.start < e.end for e in kept)]
    return tuple(sorted([*kept, *free], key=lambda e: (e.start, e.end)))


def _currency(entities: Sequence[Entity]) -> str | None:
    """Return the one currency of the document's sums, else that of the authority named first, by its years."""
    stated = Counter(e.value.currency for e in entities if isinstance(e.value, Amount) and e.value.currency)
    if len(stated) == 1:
        return next(iter(stated))
    home = next((e.kb_id for e in entities if e.label == "COLLECTIVITY" and e.kb_id), "")
    if home.startswith("qc-"):
        return "CAD" if not stated or "CAD" in stated else None
    dates = [(e.start, e.value.end) for e in entities if isinstance(e.value, DateValue)]
    # The first day or month named is that of the document; its text also tells what was and what will be.
    dated = [end for _, end in dates if "-" in end][:1] or [end for at, end in dates if at < _HEAD]
    of_head = [int(end[:4]) for end in dated if end[:4].isdigit()]
    if home.startswith("fr-") and of_head:
        code = "EUR" if max(of_head) >= _EURO else "FRF"
        return code if not stated or code in stated else None
    return None


def _rows(text: str, flat: str, entities: Sequence[Entity]) -> list[tuple[Span, str | None]]:
    """Return the numbers of rows that are sums, none of them an entity already, with the currency stated above them."""
    marked = {e.start for e in entities if e.label == "AMOUNT"}
    lines = [(a, b) for a, b in lines_of(text) if text[a:b].strip()]
    found: list[tuple[Span, str | None]] = []
    group: list[tuple[int, list[Span], list[Span]]] = []
    idle = 0
    for number, (a, b) in enumerate([*lines, (len(text), len(text))]):
        row = _row(text, flat, a, b) if b > a else None
        if row is not None:
            group.append((number, *row))
            idle = 0
            continue
        idle += 1
        # A sub-title may stand between rows, a sentence or the end of the document may not.
        if not group or (
            idle <= _BETWEEN and b - a < _LONGEST_OTHER and not text[a:b].rstrip().endswith((".", ";")) and b > a
        ):
            continue
        if len(group) >= _LEAST:
            found += _of_group(text, flat, lines, group)
        group = []
    bodies = [(e.start, e.end) for e in entities if e.label in _BODIES]
    found += [
        (number, None)
        for name, number in numbers_of_lists(flat)
        if any(name[0] <= start and end <= name[1] for start, end in bodies)
    ]
    return [(span, currency) for span, currency in found if span[0] not in marked]


def _row(text: str, flat: str, a: int, b: int) -> tuple[list[Span], list[Span]] | None:
    """Return the cells of a line and those that hold numbers, where it is a name followed by numbers."""
    if b - a > _LONGEST:
        return None
    cells = cells_of(text, a, b)
    if len(cells) < 2:
        return None
    numbers = [c for c in cells if c[0] < c[1] and NUMBER_CELL.fullmatch(flat, *c)]
    if not numbers:
        return None
    named = [c for c in cells if c not in numbers and _LETTERS.search(flat, *c)]
    if not named or named[0][0] > numbers[-1][0]:
        return None
    return cells, [c for c in numbers if c[0] > named[0][0]]


def _of_group(
    text: str, flat: str, lines: Sequence[Span], group: Sequence[tuple[int, list[Span], list[Span]]]
) -> list[tuple[Span, str | None]]:
    """Return the sums of rows that stand under each other, with the currency that the lines over them state."""
    first = group[0][0]
    above = [lines[i] for i in range(max(0, first - _HEADS), first)]
    heading, written = " ".join(flat[a:b] for a, b in above), " ".join(text[a:b] for a, b in above)
    stated = currency_of(heading) if units_in(heading, written) else None
    header = next(
        (cells for a, b in reversed(above) if len(cells := cells_of(text, a, b)) > 1 and _is_header(flat, cells)), None
    )
    title = heading if header is None else " ".join(flat[a:b] for a, b in above if b <= header[0][0])
    heads = "" if header is None else " ".join(flat[a:b] for a, b in header)
    if _OTHER.search(title[-120:]) and not _GIVEN.search(title[-120:]):
        return []
    if not _GIVEN.search(f"{title} {heads}") and not re.search(r"\bmontants?\b", heads):
        return []
    told = [flat[slice(*lines[number])] for number, _, _ in group]
    if not_given.CONTRACTS.search(heads) or sum(_ACCOUNTS.search(line) is not None for line in told) * 3 > len(told):
        return []
    found: list[Span] = []
    for number, cells, numbers in group:
        line = lines[number][0]
        for cell in numbers:
            match = NUMBER_CELL.fullmatch(flat, *cell)
            if match is None or not flat[match.start("number") : match.end("number")].strip():
                continue
            if header is not None:
                kind = _kind(flat, header, cells, cell, line)
                if kind != "amount":
                    continue
            elif cell != numbers[-1] or YEAR_CELL.fullmatch(flat, *cell) or not _ends(flat, cells, cell):
                continue
            found.append(match.span("number"))
    values = [v for a, b in found if (v := parse_digits(flat[a:b])) is not None]
    # Sums are round or large; numbers of participants, votes or lots are not.
    if not values or sum(v >= 50 for v in values) * 3 < 2 * len(values):
        return []
    return [(span, stated) for span in found]


def _ends(flat: str, cells: Sequence[Span], cell: Span) -> bool:
    """Tell whether nothing stands after a cell but cells that say « none »."""
    return all(_NOTHING.fullmatch(flat[slice(*c)]) for c in cells if c[0] > cell[0])


def _is_header(flat: str, cells: Sequence[Span]) -> bool:
    """Tell whether cells are heads of columns: no number but years, one of them of money."""
    words = [flat[a:b] for a, b in cells]
    if any(NUMBER_CELL.fullmatch(w) and not YEAR_CELL.fullmatch(w) for w in words):
        return False
    return any(column_kind(flat, a, b) == "amount" for a, b in cells)


def _kind(flat: str, header: Sequence[Span], cells: Sequence[Span], cell: Span, line: int) -> str:
    """Return what the column over a cell holds: by count where rows are as wide as the header, else by place."""
    if len(cells) == len(header):
        column = header[list(cells).index(cell)]
    else:
        origin = flat.rfind("\n", 0, header[0][0]) + 1
        column = min(
            header,
            key=lambda h: min(abs((h[1] - origin) - (cell[1] - line)), abs((h[0] - origin) - (cell[0] - line))),
        )
    return column_kind(flat, *column)
