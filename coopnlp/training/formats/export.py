"""What the pipeline found, in the formats that annotation tools read: one place for all of them.

| format | goes to | tool |
|---|---|---|
| ``conll`` | a file or standard output | anything that reads columns |
| ``labelstudio`` | a file or standard output | Label Studio |
| ``docbin`` | a file | spaCy, Prodigy |
| ``brat`` | a folder: text, annotations, ``annotation.conf`` | brat |
| ``inception`` | a folder: a CAS a document | INCEpTION |
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from coopnlp.errors import CorpusError
from coopnlp.training.formats.brat import CONFIGURATION, to_brat
from coopnlp.training.formats.conll import to_conll
from coopnlp.training.formats.docbin import to_docbin
from coopnlp.training.formats.inception import to_cas
from coopnlp.training.formats.labelstudio import to_task
from coopnlp.types import Entity

__all__ = ["Add", "file_name", "to_file", "to_folder", "to_stream"]

#: Takes a document: its name, its text, its entities in order.
Add = Callable[[str, str, Sequence[Entity]], None]


class _Stream(Protocol):
    def write(self, text: str, /) -> object: ...


def file_name(key: str) -> str:
    """Return the name of a document as one that a file can have in any folder.

    >>> file_name("../lot 3/compte-rendu (été).v2")
    'lot-3-compte-rendu-été-.v2'
    """
    return re.sub(r"[^\w.-]+", "-", key).strip("-.") or "document"


class _Names:
    """Names that were given; the second document of a name is ``name-2``."""

    def __init__(self) -> None:
        self.given: set[str] = set()

    def __call__(self, key: str) -> str:
        name, number = key, 1
        while name in self.given:
            number += 1
            name = f"{key}-{number}"
        self.given.add(name)
        return name


@contextmanager
def _named_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CorpusError(f"{path}: cannot be written ({error.strerror}). Give another place.") from error


@contextmanager
def to_stream(format: str, stream: _Stream, model: str = "coop_fr") -> Iterator[Add]:
    """Give what writes documents as ``conll`` or ``labelstudio``; nothing is written where there are none."""
    names = _Names()
    before = "["

    def add(key: str, text: str, entities: Sequence[Entity]) -> None:
        nonlocal before
        if format == "conll":
            stream.write(to_conll(names(key), text, entities))
        else:
            task = json.dumps(to_task(names(key), text, entities, model), ensure_ascii=False)
            stream.write(f"{before}\n{task}")
            before = ","

    try:
        yield add
    finally:
        if before == ",":
            stream.write("\n]\n")


@contextmanager
def to_folder(format: str, folder: Path) -> Iterator[Add]:
    """Give what writes documents as ``brat`` or ``inception`` into a folder, made where it is not there.

    A second document of a name gets another; what a run before wrote is replaced.
    An ``annotation.conf`` that is there is kept.

    Raises
    ------
    CorpusError
        The files cannot be written, from what is given.
    """
    names = _Names()

    def write(name: str, text: str) -> None:
        with _named_error(folder / name):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", newline="\n")

    def add(key: str, text: str, entities: Sequence[Entity]) -> None:
        name = names(file_name(key))
        if format == "inception":
            write(f"{name}.json", to_cas(text, entities))
            return
        if not (folder / "annotation.conf").exists():
            write("annotation.conf", CONFIGURATION)
        write(f"{name}.txt", text)
        write(f"{name}.ann", to_brat(text, entities))

    yield add


@contextmanager
def to_file(path: Path) -> Iterator[Add]:
    """Give what writes documents as ``docbin``, when all are there; nothing is written where there are none.

    Raises
    ------
    CorpusError
        The file cannot be written, or an entity does not lie on token borders, at the end.
    """
    names = _Names()
    documents: list[tuple[str, str, Sequence[Entity]]] = []
    try:
        yield lambda key, text, entities: documents.append((names(key), text, entities))
    finally:
        if documents:
            with _named_error(path):
                path.write_bytes(to_docbin(documents))
