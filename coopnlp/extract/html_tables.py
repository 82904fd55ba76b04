"""Labels, values and tables in the tree of a web page: what counts as which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from coopnlp.extract.builder import GridCell, tidy

__all__ = [
    "BLOCKS", "HEADINGS", "SILENT", "control_text", "flatten", "grid_cells", "is_block", "is_label",
    "is_layout", "is_record", "is_simple", "one_line", "pair_of",
]  # fmt: skip

_BLOCK_NAMES = (
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer "
    "form header hr html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
_SILENT_NAMES = (
    "script style noscript template svg math iframe object embed audio video canvas button datalist head "
    "title link meta map"
)
BLOCKS = frozenset(_BLOCK_NAMES.split())
SILENT = frozenset(_SILENT_NAMES.split())
HEADINGS = {f"h{n}": n for n in range(1, 7)}
#: Names that French and English sites give to the elements of labels.
_LABEL_CLASS = re.compile(
    r"(?i)(?:^|[-_ ])(?:label|libell?es?|intitule|etiquette|field-?name|champ|rubrique)(?:$|[-_ ])"
)
_MAX_LABEL = 120
#: « Pays : Mali » is a pair; after a longer text a bold beginning is a speaker or a run-in heading.
_MAX_BOLD_VALUE = 300
#: A value with one of these stands on its own.
_STRUCTURE = frozenset(("table", "ul", "ol", "dl", "blockquote", "pre", *HEADINGS))
_BLANK = re.compile(r"[ \t\r\n\f]+")


def flatten(text: str) -> str:
    """Return the text of the source of a page with white space as browsers show it."""
    return _BLANK.sub(" ", text)


def one_line(element: Any) -> str:
    """Return the text of an element on one line."""
    parts: list[str] = []
    _collect(element, parts)
    return tidy("".join(parts)).replace("\n", " ")


def _collect(element: Any, parts: list[str]) -> None:
    tag = element.tag
    if not isinstance(tag, str) or tag in SILENT:
        return
    if tag in ("input", "select", "textarea"):
        parts.append(f" {control_text(element)} ")
        return
    block = tag in BLOCKS or tag == "br" or tag in HEADINGS
    if block:
        parts.append(" ")
    parts.append(flatten(element.text or ""))
    for child in element:
        _collect(child, parts)
        parts.append(flatten(child.tail or ""))
    if block:
        parts.append(" ")


def control_text(element: Any) -> str:
    """Return what a filled form control shows; records are also published as forms that are closed."""
    if element.tag == "textarea":
        return element.text or ""
    if element.tag == "select":
        return " ".join(o.text_content() for o in element.iter("option") if o.get("selected") is not None)
    kind = (element.get("type") or "text").lower()
    if kind == "text":
        return element.get("value") or ""
    return ""


def is_block(element: Any) -> bool:
    return isinstance(element.tag, str) and (element.tag in BLOCKS or element.tag in ("span", "input", "select"))


def is_label(element: Any) -> bool:
    """Tell whether the mark-up calls an element a label."""
    if not isinstance(element.tag, str) or element.tag in ("table", "tr", "tbody", "ul", "ol", "form"):
        return False
    if element.tag != "label" and not _LABEL_CLASS.search(element.get("class") or ""):
        return False
    if (element.tail or "").strip(" :\t\r\n\xa0"):
        return False
    text = one_line(element)
    return 0 < len(text) <= _MAX_LABEL and is_simple(element)


def is_simple(element: Any) -> bool:
    """Tell whether an element holds one run of text, and no table, list or heading."""
    paragraphs = 0
    for child in element.iterdescendants():
        if child.tag in _STRUCTURE:
            return False
        if child.tag in ("p", "div") and one_line(child):
            paragraphs += 1
    return paragraphs <= 2


def pair_of(element: Any) -> tuple[str, str] | None:
    """Return label and value of an element that holds just these: ``<p><b>Pays :</b> Mali</p>``."""
    if element.tag not in ("p", "div", "li", "section", "fieldset") or (element.text or "").strip():
        return None
    children = [child for child in element if isinstance(child.tag, str) and child.tag != "br"]
    if not children:
        return None
    first = children[0]
    tail = (first.tail or "").strip()
    bold = first.tag in ("b", "strong", "em", "u") or (first.tag == "span" and "bold" in (first.get("style") or ""))
    named = first.tag == "label" or _LABEL_CLASS.search(first.get("class") or "") is not None
    if not (bold or named) or not is_simple(element):
        return None
    label = one_line(first)
    if not 0 < len(label) <= _MAX_LABEL:
        return None
    value = one_line(element)[len(label) :].strip()
    if named:
        if len(children) > 2 or (len(children) == 1 and not tail):
            return None
    elif not (label.endswith(":") or tail.startswith(":")) or not value.strip(" :") or len(value) > _MAX_BOLD_VALUE:
        return None
    return label, value.removeprefix(":").strip()


def is_record(grid: list[list[Any]]) -> bool:
    """Tell whether a table lists labels and values: two columns, labels marked as such."""
    pairs = [row for row in grid if len(row) == 2]
    if len(pairs) < 2 or len(pairs) < 0.7 * len(grid) or any(len(row) > 2 for row in grid):
        return False
    marked = 0
    for first, second in pairs:
        text = one_line(first)
        if len(text) > _MAX_LABEL or (first.tag == "th" and second.tag == "th"):
            return False
        bold = all(c.tag in ("b", "strong", "label") for c in first) and len(first) > 0
        label = first.tag == "th" or text.endswith(":") or bold or _LABEL_CLASS.search(first.get("class") or "")
        marked += bool(label) or not text
    return marked >= 0.6 * len(pairs)


def is_layout(table: Any, grid: list[list[Any]]) -> bool:
    """Tell whether a table only places things on the page."""
    if table.get("role") == "presentation" or next(table.iterdescendants("table"), None) is not None:
        return True
    if not any(len(row) > 1 for row in grid) or (len(grid) == 1 and all(c.tag == "td" for c in grid[0])):
        return True
    cells = [cell for row in grid for cell in row]
    if any(child.tag in HEADINGS or child.tag == "form" for cell in cells for child in cell.iterdescendants()):
        return True
    longest = max((len(one_line(cell)) for cell in cells), default=0)
    return longest > 600 and len(grid) <= 3


def grid_cells(grid: list[list[Any]]) -> Iterator[GridCell]:
    """Yield cells at their place in the grid, with regard to cells that span rows and columns."""
    taken: dict[tuple[int, int], bool] = {}
    for number, row in enumerate(grid):
        header = all(cell.tag == "th" for cell in row)
        column = 0
        for cell in row:
            while taken.get((number, column)):
                column += 1
            wide, tall = _span(cell, "colspan"), _span(cell, "rowspan")
            for down in range(1, tall):
                for right in range(wide):
                    taken[number + down, column + right] = True
            yield GridCell(number, column, one_line(cell), header=header)
            column += wide


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    # browsers cap colspan at 1000 (HTML Standard, 4.9.11); pages with more are mistakes
    return min(max(int(value), 1), 100) if value.isascii() and value.isdigit() else 1
