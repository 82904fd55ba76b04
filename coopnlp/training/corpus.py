"""Annotated documents: ``[[surface|LABEL]]`` in text files, one document a file.

The mark-up is the corpus's own (``corpus/README.md``): the text with the
mark-up removed is the document, spans are code points into it, never nested.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from coopnlp.errors import CorpusError
from coopnlp.text import normalise
from coopnlp.types import Label

__all__ = ["Annotated", "check_digests", "parse", "read_gold", "read_marked", "write_digests"]

_SPAN = re.compile(r"\[\[(.+?)\|([A-Z]+)\]\]", re.DOTALL)
_LABELS = frozenset(get_args(Label))


@dataclass(frozen=True)
class Annotated:
    """A document and its entities: (start, end, label), in order, end exclusive."""

    id: str
    text: str
    entities: tuple[tuple[int, int, str], ...]


def parse(marked: str, where: str = "text") -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """Return the text without mark-up and its entities.

    Raises
    ------
    CorpusError
        An unknown label, nested or unclosed mark-up; the message names the line.

    >>> parse("La [[Gironde|LOC]].")
    ('La Gironde.', ((3, 10, 'LOC'),))
    """
    pieces: list[str] = []
    entities: list[tuple[int, int, str]] = []
    at = last = 0

    def line(position: int) -> str:
        return f"{where}:{marked.count(chr(10), 0, position) + 1}"

    for match in _SPAN.finditer(marked):
        between = marked[last : match.start()]
        surface, label = match.groups()
        if label not in _LABELS:
            raise CorpusError(f"{line(match.start())}: unknown label {label!r} on {surface!r}")
        if "[[" in surface or "[[" in between or "]]" in between:
            raise CorpusError(f"{line(match.start())}: nested or unclosed mark-up before {surface!r}")
        pieces += [between, surface]
        at += len(between)
        entities.append((at, at + len(surface), label))
        at += len(surface)
        last = match.end()
    rest = marked[last:]
    if "[[" in rest or "]]" in rest:
        raise CorpusError(f"{line(last)}: unclosed mark-up after this line")
    return "".join([*pieces, rest]), tuple(entities)


def read_marked(path: Path) -> Iterator[Annotated]:
    """Yield the documents of a marked file, or of every ``.txt`` file below a folder, by name.

    Raises
    ------
    CorpusError
        Nothing there, text that is not UTF-8, or bad mark-up.
    """
    files = sorted(path.rglob("*.txt")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise CorpusError(f"{path}: no marked documents there")
    for file in files:
        try:
            marked = normalise(file.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise CorpusError(f"{file}: not UTF-8 at byte {error.start}") from error
        text, entities = parse(marked, str(file))
        yield Annotated(file.stem, text, entities)


def read_gold(path: Path) -> Iterator[Annotated]:
    """Yield the documents of a stand-off file (JSON Lines with id, text, entities), or marked documents.

    Raises
    ------
    CorpusError
        A line that is not such an object, or offsets outside its text.
    """
    if path.is_dir() or path.suffix == ".txt":
        yield from read_marked(path)
        return
    if not path.is_file():
        raise CorpusError(f"{path}: no such file")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            entities = tuple((e["start"], e["end"], e["label"]) for e in row["entities"])
            document = Annotated(str(row["id"]), str(row["text"]), tuple(sorted(entities)))
        except (ValueError, KeyError, TypeError) as error:
            raise CorpusError(f"{path}:{number}: not an object with id, text and entities") from error
        for start, end, label in document.entities:
            if not 0 <= start < end <= len(document.text) or label not in _LABELS:
                raise CorpusError(f"{path}:{number}: bad entity {start}:{end} {label}")
        yield document


def _digests(folder: Path) -> dict[str, str]:
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix in (".txt", ".jsonl", ".tsv"))
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def write_digests(corpus: Path) -> None:
    """Write ``SHA256SUMS`` of every data file of the corpus, in the format of ``sha256sum``."""
    lines = (f"{digest}  {name}\n" for name, digest in _digests(corpus).items())
    (corpus / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def check_digests(corpus: Path) -> None:
    """Compare the corpus with its ``SHA256SUMS``.

    Raises
    ------
    CorpusError
        A file is missing, new or changed; the message names the first.
    """
    listed = {}
    for line in (corpus / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        listed[name] = digest
    found = _digests(corpus)
    for name in sorted(listed.keys() | found.keys()):
        if listed.get(name) != found.get(name):
            raise CorpusError(
                f"{corpus / name}: differs from SHA256SUMS. Run `python -m coopnlp.training.digests` after a change"
            )
