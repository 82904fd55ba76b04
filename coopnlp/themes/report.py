"""Classified projects for people: CSV and XLSX beside the columns of the input.

Headings are French, as those who read them are. ``À relire`` says where to look
first: nothing was said, or the first sub-theme is less probable than one half.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from coopnlp.themes.taxonomy import NodePath
from coopnlp.types import Themes

__all__ = ["COLUMNS", "Classified", "to_csv", "to_xlsx"]

COLUMNS = ("Thème", "Sous-thème", "Sous-sous-thème", "Probabilité", "Autres thèmes", "À relire", "Mots")
_DOUBTFUL = 0.5
#: A spreadsheet runs a cell that begins so as a formula.
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_NUMBER = re.compile(r"^-?[\d\s.,]+$")


@dataclass(frozen=True)
class Classified:
    """A project, where it was put, its row of the input, and the theme that the row has.

    ``row`` is heading to cell, empty for documents; ``label`` None where the row has no theme.
    """

    id: str
    text: str
    themes: Themes
    row: dict[str, str] = field(default_factory=dict)
    label: NodePath | None = None

    @property
    def probability(self) -> float:
        """Probability of the first path; 0 where nothing was said."""
        return self.themes.themes[0].probability if self.themes.themes else 0.0

    @property
    def path(self) -> NodePath:
        """The primary path; empty where nothing was said."""
        return self.themes.themes[0].path if self.themes.themes else ()

    @property
    def doubtful(self) -> bool:
        return self.probability < _DOUBTFUL

    def cells(self) -> list[str]:
        """Return what the columns :data:`COLUMNS` hold."""
        if not self.themes.themes:
            return ["", "", "", "", "", "oui", ""]
        first, *others = self.themes.themes
        return [
            *(first.path[level] if level < len(first.path) else "" for level in range(3)),
            f"{first.probability:.2f}".replace(".", ","),
            " ; ".join(" > ".join(other.path) for other in others),
            "oui" if self.doubtful else "non",
            ", ".join(word for word, _ in first.terms),
        ]


def _headings(projects: Sequence[Classified]) -> list[str]:
    """Return the headings of the input, then ours; one of the input that is the same as ours keeps its name."""
    own = list(dict.fromkeys(heading for project in projects for heading in project.row)) or ["id", "texte"]
    return [*own, *(f"{name} (coopnlp)" if name in own else name for name in COLUMNS)]


def _rows(projects: Sequence[Classified], headings: Sequence[str]) -> Iterable[list[str]]:
    own = headings[: len(headings) - len(COLUMNS)]
    for project in projects:
        row = project.row or {"id": project.id, "texte": project.text}
        yield [*(row.get(heading, "") for heading in own), *project.cells()]


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.match(cell) else cell


def to_csv(projects: Sequence[Classified]) -> str:
    """Return the table as CSV with semicolons, as French spreadsheets read it, a byte order mark first."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    headings = _headings(projects)
    writer.writerow([_harmless(heading) for heading in headings])
    writer.writerows([_harmless(cell) for cell in row] for row in _rows(projects, headings))
    return "\ufeff" + out.getvalue()


def to_xlsx(projects: Sequence[Classified]) -> bytes:
    """Return the table as a workbook of one sheet, its headings fixed, its cells text."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Thèmes"
    headings = _headings(projects)
    for row in [headings, *_rows(projects, headings)]:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub(" ", cell) for cell in row])
    for line in sheet.iter_rows():
        for cell in line:
            if cell.data_type == "f":
                cell.data_type = "s"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
