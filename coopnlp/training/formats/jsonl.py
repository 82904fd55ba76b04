"""JSON Lines as ``coopnlp annotate`` writes them: an object a line with id, text and entities."""

from __future__ import annotations

import json
from typing import Any

from coopnlp.errors import CorpusError
from coopnlp.training.formats.corrected import Corrected, Span

__all__ = ["read_jsonl"]


def read_jsonl(data: str, where: str) -> list[Corrected | CorpusError]:
    """Return the documents of JSON Lines; in the place of a line that is not such an object, an error that names it."""
    return [
        _document(line, f"{where}:{number}")
        for number, line in enumerate(data.split("\n"), start=1)
        if line.strip()
    ]  # fmt: skip


def _document(line: str, where: str) -> Corrected | CorpusError:
    try:
        row: dict[str, Any] = json.loads(line)
        spans = tuple(
            Span(int(e["start"]), int(e["end"]), str(e["label"]), None if e.get("text") is None else str(e["text"]))
            for e in row["entities"]
        )
        return Corrected(str(row["id"]), str(row["text"]), spans, where)
    except (ValueError, KeyError, TypeError, AttributeError):
        return CorpusError(
            f"{where}: not an object with id, text and entities of start, end and label. "
            "Give lines as `coopnlp annotate` writes them."
        )
