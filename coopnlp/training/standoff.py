"""Passages of documents that are not in the repository, annotated by offsets.

A line of the file is a passage: ``source`` (a path below the folder of documents,
``archive.zip/member`` for a member), ``sha256`` of the text of the passage,
``start`` and ``end`` in the text that :func:`coopnlp.extract` makes of the source,
and ``entities``, triples of start, end and label in the passage. The digest says
whether the text is still the one that was annotated: extraction changes over time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from coopnlp.errors import CorpusError, ExtractionError
from coopnlp.training.corpus import Annotated

__all__ = ["read_source", "read_standoff"]


@lru_cache(maxsize=16)
def read_source(source: str) -> str:
    """Return the text of a source, ``archive.zip/member`` for a member of an archive."""
    from coopnlp.extract import extract

    return extract(source).text


def read_standoff(file: Path, documents: Path) -> Iterator[Annotated]:
    """Yield the passages of a stand-off file.

    Parameters
    ----------
    file
        JSON Lines, as in the module's docstring.
    documents
        The folder that its sources are in.

    Raises
    ------
    CorpusError
        A line is no such object, its source cannot be read, or its text is not the annotated one.
    """
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            source, start, end = str(row["source"]), int(row["start"]), int(row["end"])
            entities = tuple((int(s), int(e), str(label)) for s, e, label in row["entities"])
        except (ValueError, KeyError, TypeError) as error:
            raise CorpusError(f"{file}:{number}: not an object with source, start, end and entities") from error
        try:
            passage = read_source(str(documents / source))[start:end]
        except ExtractionError as error:
            raise CorpusError(f"{file}:{number}: {error}") from error
        if hashlib.sha256(passage.encode("utf-8")).hexdigest() != row["sha256"]:
            raise CorpusError(
                f"{file}:{number}: the text of {source} at {start} is not the annotated one. Extraction has changed: "
                "find the passage again or annotate it anew."
            )
        yield Annotated(str(row["id"]), passage, entities)
