"""The nomenclature is a tree, and says so when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopnlp.errors import TaxonomyError
from coopnlp.themes import Taxonomy, atlas


def test_the_atlas_has_its_42_nodes() -> None:
    tree = atlas()
    assert [sum(len(path) == depth for path in tree) for depth in (1, 2, 3)] == [5, 19, 18]
    assert len(tree) == 42


def test_children_of_a_theme() -> None:
    labels = [path[-1] for path in atlas().children(("Culture et Patrimoine",))]
    assert labels == ["Francophonie", "Infrastructures, équipements et manifestations culturelles", "Patrimoine"]


def test_a_leaf_has_no_children() -> None:
    assert atlas().children(atlas().find("Patrimoine")) == ()


def test_accents_and_case_do_not_matter() -> None:
    assert atlas().node("ÉCONOMIE DURABLE", "attractivite des territoires", None)[1] == "Attractivité des territoires"


@pytest.mark.parametrize(
    "labels", [("Pêche",), ("Economie durable", "Santé"), ("Economie durable", None, "Tourisme"), ()]
)
def test_an_unknown_node_is_named(labels: tuple[str | None, ...]) -> None:
    with pytest.raises(TaxonomyError, match="no node"):
        atlas().node(*labels)


def test_a_label_that_two_nodes_have_needs_its_path() -> None:
    tree = Taxonomy([("A",), ("B",), ("A", "Formation"), ("B", "Formation")])
    with pytest.raises(TaxonomyError, match="2 nodes"):
        tree.find("Formation")


@pytest.mark.parametrize(
    ("paths", "problem"),
    [
        ([("A",), ("a",)], "given twice"),
        ([("A",), ("A", "B"), ("A", "B", "a")], "cycles"),
        ([("A", "B")], "parent"),
        ([("A",), ("A", "")], "without a label"),
    ],
)
def test_what_is_no_tree_is_refused(paths: list[tuple[str, ...]], problem: str) -> None:
    with pytest.raises(TaxonomyError, match=problem):
        Taxonomy(paths)


def test_a_table_that_leaves_a_level_out_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.tsv"
    file.write_text("theme\tsubtheme\tsubsubtheme\nEau\t\tPuits\n", encoding="utf-8")
    with pytest.raises(TaxonomyError, match="line 2"):
        Taxonomy.from_tsv(file)


@pytest.mark.parametrize("content", ["", "titre\nEau\n"])
def test_a_table_without_its_columns_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "t.tsv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(TaxonomyError, match="needs the columns"):
        Taxonomy.from_tsv(file)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match=r"absent\.tsv"):
        Taxonomy.from_tsv(tmp_path / "absent.tsv")
