"""Classified projects as an HTML page: what to look at first, confusions where rows have a theme, every decision.

All that comes from the input is escaped; the page loads nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from coopnlp.resources import data_file
from coopnlp.text import fold
from coopnlp.themes.report import Classified
from coopnlp.themes.taxonomy import NodePath

__all__ = ["Confusion", "confusion", "reasons", "to_html"]

# Projects that the page names at its head; the others follow in the same order below.
_FIRST = 50
# A further theme that is at least this share as probable as the first one is a close call.
_CLOSE = 0.5

Numbered = tuple[int, Classified]


@dataclass(frozen=True)
class Confusion:
    """Labels of rows against what was said, at one level.

    Attributes
    ----------
    nodes
        Every node that is a label or was said, in order; the empty path stands for nothing said.
    cells
        Projects by (label, said), with their numbers on the page.
    """

    depth: int
    nodes: tuple[NodePath, ...]
    cells: dict[tuple[NodePath, NodePath], list[Numbered]]

    @property
    def count(self) -> int:
        """How many projects have a label at this level."""
        return sum(map(len, self.cells.values()))

    @property
    def right(self) -> int:
        """How many of them were put where their label says."""
        return sum(len(found) for (label, said), found in self.cells.items() if label == said)

    def rows(self) -> Iterator[tuple[NodePath, list[list[Numbered]], int, int]]:
        """Yield each label, its projects by what was said, how many there are, and how many are right."""
        for label in self.nodes:
            cells = [self.cells.get((label, said), []) for said in self.nodes]
            if total := sum(map(len, cells)):
                yield label, cells, total, len(self.cells.get((label, label), []))

    def mistakes(self) -> list[tuple[NodePath, NodePath, list[Numbered]]]:
        """Return what was taken for what, the most frequent first, the surest projects of each first."""
        wrong = [(label, said, found) for (label, said), found in self.cells.items() if label != said]
        ranked = sorted(wrong, key=lambda mistake: (-len(mistake[2]), mistake[0], mistake[1]))
        return [(label, said, sorted(found, key=lambda one: -one[1].probability)) for label, said, found in ranked]


def confusion(projects: Sequence[Numbered], depth: int) -> Confusion:
    """Count labels of rows against primary paths, both cut to ``depth`` levels; shorter labels are left out."""
    cells: defaultdict[tuple[NodePath, NodePath], list[Numbered]] = defaultdict(list)
    for number, project in projects:
        if project.label is not None and len(project.label) >= depth:
            said = project.path[:depth]
            cells[project.label[:depth], said if len(said) == depth else ()].append((number, project))
    nodes = sorted({node for pair in cells for node in pair}, key=lambda node: (not node, node))
    return Confusion(depth, tuple(nodes), dict(cells))


def reasons(project: Classified) -> list[str]:
    """Return in French why a project should be looked at, the weightiest reason first; empty where it need not."""
    found = []
    if differs(project):
        found.append("autre thème que dans le tableau")
    if not project.path:
        return [*found, "aucun thème proposé"]
    if project.doubtful:
        found.append("probabilité inférieure à 50 %")
    first, *others = project.themes.themes
    if others and others[0].probability >= _CLOSE * first.probability:
        found.append(f"« {others[0].path[-1]} » presque aussi probable")
    return found


def differs(project: Classified) -> bool:
    """Tell whether a project was put under another theme or sub-theme than its row says."""
    if project.label is None:
        return False
    depth = min(len(project.label), 2)
    return project.path[:depth] != project.label[:depth]


def _urgency(project: Classified) -> tuple[int, float]:
    """Order projects: those put elsewhere than their row says, the surest first, then the least probable."""
    return (0, -project.probability) if differs(project) else (1, project.probability)


def to_html(projects: Sequence[Classified], unknown: int = 0) -> str:
    """Return the page.

    Parameters
    ----------
    projects
        In any order.
    unknown
        How many rows have a theme that the nomenclature lacks; the page says so.
    """
    from jinja2 import Environment

    numbered = list(enumerate(sorted(projects, key=_urgency), 1))
    counts: Counter[NodePath] = Counter()
    doubts: Counter[NodePath] = Counter()
    for project in projects:
        counts[project.path[:2]] += 1
        doubts[project.path[:2]] += project.doubtful
    labelled = any(project.label is not None for project in projects)
    return (
        Environment(autoescape=True, trim_blocks=True)
        .from_string(data_file("themes", "review.html").read_text(encoding="utf-8"))
        .render(
            projects=numbered,
            first=[(n, p, reasons(p)) for n, p in numbered if reasons(p)][:_FIRST],
            to_look_at=sum(bool(reasons(p)) for p in projects),
            doubtful=sum(doubts.values()),
            explained=any(theme.terms for project in projects for theme in project.themes.themes),
            counts=[(path, counts[path], doubts[path]) for path in sorted(counts)],
            matrices=[confusion(numbered, depth) for depth in (1, 2)] if labelled else [],
            unknown=unknown,
            differs=differs,
            marked=_marked,
        )
    )


def _marked(project: Classified) -> Any:
    """Return the text as HTML in which the words that decided are marked, the stronger the darker."""
    from markupsafe import Markup, escape

    terms, text = (project.themes.themes[0].terms if project.themes.themes else ()), project.text
    weights = {fold(word): weight for word, weight in terms}
    most = max(weights.values(), default=1.0)
    pieces, at = Markup(), 0
    forms = sorted((re.escape(word).replace(r"\ ", r"\W+") for word, _ in terms), key=len, reverse=True)
    if not forms:
        return escape(text)
    for match in re.finditer(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", text, re.IGNORECASE):
        weight = weights.get(fold(match[0]), 0.0)
        shade = 25 + round(60 * weight / most)
        pieces += escape(text[at : match.start()])
        pieces += Markup('<mark style="background:rgb(255 200 60 / {}%)" title="{}">{}</mark>').format(
            shade, f"{weight:.2f}".replace(".", ","), match[0]
        )
        at = match.end()
    return pieces + escape(text[at:])
