"""The labelled project descriptions that the theme classifier learns from, as JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from coopnlp.errors import CorpusError, TaxonomyError
from coopnlp.text import normalise
from coopnlp.themes.taxonomy import NodePath, Taxonomy, atlas
from coopnlp.themes.views import Views

__all__ = ["Example", "read_background", "read_examples"]


class Example(BaseModel):
    """A project and where an administrator files it.

    ``text`` is all there is to read, the title first where there is one; ``metadata`` names funders and parties.
    ``others`` are the further themes in order of priority. ``after_atlas``: written
    with a record of the atlas in mind, so of no use to measure on those records.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    text: str
    path: NodePath
    others: tuple[NodePath, ...] = ()
    title: str | None = None
    writer: str = ""
    genre: str = ""
    after_atlas: bool = False
    metadata: str = ""

    @property
    def views(self) -> Views:
        """What the classifier reads of it."""
        return Views(self.text, self.title or "", self.metadata)


def read_examples(source: Path, taxonomy: Taxonomy | None = None) -> list[Example]:
    """Read one JSON Lines file, or every ``*.jsonl`` right in a folder, in the order of their names.

    A line has ``id``; ``text``, or ``title`` and ``summary``; ``theme``,
    ``subtheme``, ``subsubtheme`` (null or absent where the label stops);
    ``other_themes``, a list of objects with the same three keys; optionally ``metadata``; and, for
    information, ``writer`` and ``genre``.

    Raises
    ------
    CorpusError
        No file, a line that is no JSON object, lacks a text or names a theme
        that the taxonomy lacks, or an identifier used twice (path and line).
    """
    tree = taxonomy or atlas()
    files = sorted(source.glob("*.jsonl")) if source.is_dir() else [source]
    if not files or not files[0].is_file():
        raise CorpusError(f"{source}: no JSON Lines file of labelled projects there.")
    found: dict[str, Example] = {}
    for file in files:
        for number, row in _rows(file):
            try:
                example = _example(row, tree, f"{file.stem}-{number}")
            except (TaxonomyError, CorpusError) as error:
                raise CorpusError(f"{file}, line {number}: {error}") from error
            if example.id in found:
                raise CorpusError(f"{file}, line {number}: the identifier {example.id!r} is used twice.")
            found[example.id] = example
    return list(found.values())


def read_background(folder: Path) -> list[str]:
    """Read passages that speak for no theme, ``text`` in every ``*.jsonl`` of a folder; none where there is no folder.

    Raises
    ------
    CorpusError
        A line that is no JSON object or lacks a text (path and line).
    """
    passages = []
    for file in sorted(folder.glob("*.jsonl")):
        for number, row in _rows(file):
            text = row.get("text")
            if not isinstance(text, str) or not text.strip():
                raise CorpusError(f"{file}, line {number}: no `text`.")
            passages.append(normalise(text))
    return passages


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{file}: cannot be read as UTF-8 text: {error}.") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise CorpusError(f"{file}, line {number}: not JSON: {error}.") from error
        if not isinstance(row, dict):
            raise CorpusError(f"{file}, line {number}: not a JSON object.")
        yield number, row


def _example(row: dict[str, Any], tree: Taxonomy, name: str) -> Example:
    title, text = row.get("title"), row.get("text") or row.get("summary")
    whole = ". ".join(str(part).strip() for part in (title, text) if part)
    if not whole:
        raise CorpusError("no text: give `text`, or `title` and `summary`.")
    return Example(
        id=str(row.get("id") or row.get("prj_id") or name),
        text=normalise(whole),
        path=_path(row, tree),
        others=tuple(_path(other, tree) for other in row.get("other_themes") or ()),
        title=title,
        metadata=str(row.get("metadata") or ""),
        writer=str(row.get("writer") or ""),
        genre=str(row.get("genre") or ""),
        after_atlas=bool(row.get("after_atlas")),
    )


def _path(row: dict[str, Any], tree: Taxonomy) -> NodePath:
    return tree.node(row.get("theme"), row.get("subtheme"), row.get("subsubtheme"))
