"""The nomenclature as SKOS, with how many items of the register each theme has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from coopnlp.exchange.files import replacing_text
from coopnlp.exchange.items import PATHS
from coopnlp.register import schema
from coopnlp.themes.skos import concept_iri, mappings, write_skos
from coopnlp.themes.taxonomy import NodePath, Taxonomy, atlas

__all__ = ["theme_counts", "write_themes"]

_NAMES = {"partnership": "partenariat", "agreement": "accord", "project": "projet", "funding": "financement"}


def write_themes(connection: sa.Connection, path: Path, condition: sa.ColumnElement[bool] | None = None) -> list[Path]:
    """Write the nomenclature that ships, with its mappings, and themes of the register that are not in it.

    Each concept says how many items have it or one below it, as a note and as
    ``dcterms:extent``; Turtle.

    Raises
    ------
    ExchangeError
        The file cannot be written.
    """
    from rdflib import Graph, Literal, URIRef
    from rdflib.namespace import DCTERMS, SKOS

    counts = theme_counts(connection, condition)
    tree = _tree(counts)
    with TemporaryDirectory() as folder:
        bare = Path(folder) / "themes.ttl"
        write_skos(tree, bare, mappings())
        graph = Graph().parse(bare, format="turtle")
    graph.bind("dcterms", DCTERMS)
    for node, found in counts.items():
        about = URIRef(concept_iri(tree.node(*node)))
        graph.add((about, SKOS.note, Literal(_note(found), lang="fr")))
        graph.add((about, DCTERMS.extent, Literal(sum(found.values()))))
    with replacing_text(path) as stream:
        stream.write(graph.serialize(format="turtle").rstrip("\n") + "\n")
    return [path]


def theme_counts(
    connection: sa.Connection, condition: sa.ColumnElement[bool] | None = None
) -> dict[NodePath, Counter[str]]:
    """Count the items of each type that have a theme or one below it, an item once a theme."""
    item, theme = schema.item, schema.item_theme
    levels = (theme.c.theme, theme.c.subtheme, theme.c.subsubtheme)
    found: dict[NodePath, Counter[str]] = {}
    for depth in (1, 2, 3):
        columns = levels[:depth]
        asked = (
            sa.select(*columns, item.c.type, sa.func.count(item.c.id.distinct()).label("count"))
            .join_from(theme, item, item.c.id == theme.c.item_id)
            .where(columns[-1].is_not(None))
            .group_by(*columns, item.c.type)
            .order_by(*columns, item.c.type)
        )
        if condition is not None:
            asked = asked.where(condition)
        for *path, type, count in connection.execute(asked):
            found.setdefault(tuple(path), Counter())[type] = count
    return found


def _tree(used: Iterable[NodePath]) -> Taxonomy:
    known: dict[NodePath, None] = dict.fromkeys(atlas())
    for path in used:
        if path not in known:
            known |= dict.fromkeys(path[:depth] for depth in range(1, len(path) + 1))
    return Taxonomy(known, source="register")


def _note(found: Counter[str]) -> str:
    """Say how many there are.

    >>> _note(Counter(project=2, agreement=1))
    '1 accord, 2 projets'
    """
    return ", ".join(f"{found[type]} {_NAMES[type]}{'s' if found[type] > 1 else ''}" for type in PATHS if found[type])
