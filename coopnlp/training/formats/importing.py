"""Corrected files into a folder of the corpus: a marked document each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from coopnlp.errors import CorpusError
from coopnlp.training.formats.check import to_annotated, to_marked
from coopnlp.training.formats.corrected import Corrected
from coopnlp.training.formats.detect import corrected_files, read_corrected
from coopnlp.training.formats.export import file_name

__all__ = ["Imported", "import_corrected"]


@dataclass(frozen=True)
class Imported:
    """A document that was written: where, with how many entities, and what a corrector should know."""

    path: Path
    entities: int
    remarks: tuple[str, ...]


def import_corrected(paths: Iterable[Path], folder: Path, *, snap: bool = False) -> Iterator[Imported | CorpusError]:
    """Write the documents of corrected files as ``folder/name.txt`` and yield what came of each.

    A faulty document is an error in its place, a line of the message a fault,
    and is not written; the others are. A file of the folder with the name of a
    document is replaced, but two documents of one name in a call are an error:
    neither may overwrite the other. The second run changes nothing.

    Parameters
    ----------
    paths
        Files, or folders of them, of the formats of this package.
    folder
        Made where it is not there.
    snap
        Move spans that are off token borders to the tokens that they touch.
    """
    written: dict[str, str] = {}
    for path in corrected_files(paths):
        try:
            documents = read_corrected(path)
        except CorpusError as error:
            yield error
            continue
        for document in documents:
            try:
                yield document if isinstance(document, CorpusError) else _write(document, folder, snap, written)
            except CorpusError as error:
                yield error


def _write(document: Corrected, folder: Path, snap: bool, written: dict[str, str]) -> Imported:
    annotated, changes = to_annotated(document, snap=snap)
    name = file_name(document.id)
    if name in written:
        raise CorpusError(
            f"{document.where}: a document named {name!r} came before, from {written[name]}. Rename one of them."
        )
    path = folder / f"{name}.txt"
    marked = to_marked(annotated).encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != marked:
            path.write_bytes(marked)
    except OSError as error:
        raise CorpusError(f"{path}: cannot be written ({error.strerror}). Give another folder.") from error
    written[name] = document.where
    remarks = (*document.remarks, *changes)
    return Imported(path, len(annotated.entities), tuple(f"{document.where}: {remark}" for remark in remarks))
