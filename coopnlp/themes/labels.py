"""The theme that a row of a table already has, put there by an administrator or by a correction."""

from __future__ import annotations

from collections.abc import Mapping

from coopnlp.text import fold
from coopnlp.themes.taxonomy import NodePath, Taxonomy

__all__ = ["CORRECTED", "GIVEN", "label_of_row", "to_be_read"]

Headings = tuple[tuple[str, ...], ...]

#: Headings of each level, folded: those of tables of French authorities, and of JSON Lines of a corpus.
GIVEN: Headings = (
    ("theme", "thematique"),
    ("sous theme", "sous thematique", "subtheme"),
    ("sous sous theme", "sous sous thematique", "subsubtheme"),
)
#: The same of a corrected table: where the input had its own theme, `classify` writes beside it under « (coopnlp) ».
CORRECTED: Headings = tuple((f"{names[0]} coopnlp", *names) for names in GIVEN)
_TO_READ = ("a relire coopnlp", "a relire")


def label_of_row(row: Mapping[str, str], tree: Taxonomy, headings: Headings = GIVEN) -> NodePath | None:
    """Return the path that the cells of a row give, None where they are empty.

    The first of the headings of the theme that the row has and fills says which set of columns counts. A
    sub-theme alone is enough where one node alone is called so.

    Raises
    ------
    TaxonomyError
        The nomenclature has no such node.
    """
    cells = {fold(heading): cell.strip() for heading, cell in row.items()}
    labels = [next((cells[name] for name in names if cells.get(name)), None) for names in headings]
    filled = [label for label in labels if label]
    if not filled:
        return None
    return tree.node(*labels) if labels[0] else tree.find(filled[-1])


def to_be_read(row: Mapping[str, str]) -> bool:
    """Tell whether a row of a table that `classify` wrote still asks to be read (« À relire »: oui)."""
    cells = {fold(heading): fold(cell) for heading, cell in row.items()}
    return next((cells[name] == "oui" for name in _TO_READ if name in cells), False)
