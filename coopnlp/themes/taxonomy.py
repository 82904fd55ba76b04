"""A nomenclature of themes: a tree whose nodes are paths of labels."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from coopnlp.errors import TaxonomyError
from coopnlp.resources import data_file
from coopnlp.text import fold

__all__ = ["NodePath", "Taxonomy", "atlas", "read_rows"]

NodePath = tuple[str, ...]

_LEVELS = ("theme", "subtheme", "subsubtheme")


class Taxonomy:
    """A tree of labels; a node is the tuple of labels from its top down to it.

    The same label may stand under two parents, never twice on one path.

    Parameters
    ----------
    paths
        Every node, inner nodes too, in the order to list them in.
    source
        Where the nodes come from, for messages.

    Raises
    ------
    TaxonomyError
        A node given twice, a node whose parent is not given, or a label that
        comes back below itself (a cycle).

    >>> tree = Taxonomy([("Culture",), ("Culture", "Patrimoine")])
    >>> tree.children(("Culture",)), tree.find("patrimoine")
    ((('Culture', 'Patrimoine'),), ('Culture', 'Patrimoine'))
    """

    def __init__(self, paths: Iterable[NodePath], *, source: str = "taxonomy") -> None:
        self.source = source
        self._children: dict[NodePath, list[NodePath]] = {(): []}
        self._folded: dict[tuple[str, ...], NodePath] = {}
        for path in paths:
            shown = " > ".join(path)
            folded = tuple(fold(label) for label in path)
            if not path or not all(folded):
                raise TaxonomyError(f"{source}: a node without a label: {shown!r}.")
            if len(set(folded)) < len(folded):
                raise TaxonomyError(f"{source}: {shown!r} comes back below itself. A tree has no cycles.")
            if folded in self._folded:
                raise TaxonomyError(f"{source}: {shown!r} is given twice. Keep one.")
            if path[:-1] not in self._children:
                raise TaxonomyError(f"{source}: the parent of {shown!r} is unknown. Give it before its children.")
            self._folded[folded] = path
            self._children[path] = []
            self._children[path[:-1]].append(path)

    @classmethod
    def from_tsv(cls, file: Path) -> Taxonomy:
        """Read a table with the columns theme, subtheme, subsubtheme, a node a row; other columns are ignored.

        Raises
        ------
        TaxonomyError
            The file cannot be read, lacks a column, leaves a level out, or is no tree.
        """
        paths = []
        for number, row in enumerate(read_rows(file), 2):
            labels = [(row[level] or "").strip() for level in _LEVELS]
            path = tuple(label for label in labels if label)
            if tuple(labels[: len(path)]) != path:
                raise TaxonomyError(f"{file}, line {number}: a level is left out above {path[-1]!r}.")
            paths.append(path)
        return cls(paths, source=str(file))

    def __iter__(self) -> Iterator[NodePath]:
        """Yield every node, parents before their children, in the order given."""
        return iter(self._folded.values())

    def __len__(self) -> int:
        return len(self._folded)

    def __contains__(self, path: object) -> bool:
        return path != () and path in self._children

    def children(self, path: NodePath = ()) -> tuple[NodePath, ...]:
        """Return the nodes right below a node; below nothing, the themes.

        Raises
        ------
        TaxonomyError
            No such node.
        """
        if path not in self._children:
            raise TaxonomyError(f"{self.source}: no node {' > '.join(path)!r}.")
        return tuple(self._children[path])

    def node(self, *labels: str | None) -> NodePath:
        """Return the node with these labels from the top; accents, case and empty last labels do not matter.

        Raises
        ------
        TaxonomyError
            No such node.

        >>> atlas().node("economie durable", "attractivité des territoires", None)
        ('Economie durable', 'Attractivité des territoires')
        """
        given = [label for label in labels if label]
        found = self._folded.get(tuple(fold(label) for label in given))
        if found is None or any(labels[len(given) :]):
            raise TaxonomyError(f"{self.source}: no node {' > '.join(given)!r}.")
        return found

    def find(self, label: str) -> NodePath:
        """Return the one node with this label, wherever it is.

        Raises
        ------
        TaxonomyError
            No node has it, or several have.
        """
        wanted = fold(label)
        found = [path for folded, path in self._folded.items() if folded[-1] == wanted]
        if len(found) != 1:
            raise TaxonomyError(f"{self.source}: {len(found) or 'no'} nodes labelled {label!r}; give the whole path.")
        return found[0]


def read_rows(file: Path) -> list[dict[str, str]]:
    """Read the rows of a table of nodes, with whatever other columns it has.

    Raises
    ------
    TaxonomyError
        The file cannot be read or lacks a column.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TaxonomyError(f"{file}: cannot be read as a table: {error}.") from error
    if not rows or not set(_LEVELS) <= set(rows[0]):
        raise TaxonomyError(f"{file}: needs the columns {', '.join(_LEVELS)}, separated by tabs, and rows.")
    return rows


@cache
def atlas() -> Taxonomy:
    """Return the nomenclature of the French atlas of decentralised cooperation (``data/README.md``)."""
    return Taxonomy.from_tsv(data_file("themes", "atlas.tsv"))
