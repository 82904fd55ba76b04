"""Which format a corrected file has, by its content first and its name where the content does not say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from coopnlp.errors import CorpusError
from coopnlp.training.formats.brat import read_brat
from coopnlp.training.formats.conll import is_conll, read_conll
from coopnlp.training.formats.corrected import Corrected
from coopnlp.training.formats.docbin import read_docbin
from coopnlp.training.formats.inception import is_cas, read_cas
from coopnlp.training.formats.jsonl import read_jsonl
from coopnlp.training.formats.labelstudio import is_tasks, read_tasks

__all__ = ["corrected_files", "read_corrected"]

_READ = (
    "JSON Lines of `coopnlp annotate`, CoNLL columns, brat, DocBin, UIMA CAS JSON of INCEpTION, JSON of Label Studio"
)
# What is taken from a folder; a file named by itself may have any name.
_SUFFIXES = (".ann", ".conll", ".iob", ".json", ".jsonl", ".spacy", ".tsv")
# Starts of files that tools export beside those that are read, and what to do.
_OTHERS = (
    (b"PK", "a ZIP archive. Unpack it and give the files in it."),
    (b"#FORMAT=WebAnno", "WebAnno TSV, which loses line breaks. Export it from INCEpTION as UIMA CAS JSON."),
    (b"<", "XML. Export it from INCEpTION as UIMA CAS JSON, from Label Studio as JSON."),
)


def corrected_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files below the paths that may be read, by name; a brat document by its ``.ann`` file, once."""
    seen = set()
    for path in paths:
        below = sorted(p for p in path.rglob("*") if p.suffix in _SUFFIXES and p.is_file()) if path.is_dir() else [path]
        for file in below:
            named = file.with_suffix(".ann") if file.suffix == ".txt" and file.with_suffix(".ann").is_file() else file
            if named not in seen:
                seen.add(named)
                yield named


def read_corrected(path: Path) -> list[Corrected | CorpusError]:
    """Return the documents of a file; in the place of one that cannot be read, where the others can, an error.

    Raises
    ------
    CorpusError
        The file is missing, of no format that is read, or damaged; the message says what to do.
    """
    where, key = str(path), path.stem
    data = _bytes(path)
    for start, remedy in _OTHERS:
        if data.startswith(start):
            raise CorpusError(f"{where}: this is {remedy}")
    # The two bytes that zlib begins with: 0x78 and a check sum.
    if path.suffix == ".spacy" or (data[:1] == b"\x78" and int.from_bytes(data[:2], "big") % 31 == 0):
        return [*read_docbin(data, key, where)]
    if path.suffix == ".ann":
        # A byte order mark counts in the offsets of brat, so it is kept here.
        text = _decoded(_bytes(path.with_suffix(".txt")), str(path.with_suffix(".txt")))
        return [read_brat(text, _decoded(data, where).removeprefix("\ufeff"), key, where)]
    text = _decoded(data, where).removeprefix("\ufeff")
    if re.match(r"\s*[\[{]", text):
        return _json(text, key, where)
    if is_conll(text):
        return [*read_conll(text, key, where)]
    if path.suffix == ".txt":
        raise CorpusError(f"{where}: no {path.with_suffix('.ann').name} of brat beside it. Give both files.")
    raise CorpusError(f"{where}: not a format that is imported. These are: {_READ}.")


def _json(text: str, key: str, where: str) -> list[Corrected | CorpusError]:
    try:
        value = json.loads(text)
    except ValueError:
        return read_jsonl(text, where)
    if is_cas(value):
        return [read_cas(value, key, where)]
    if is_tasks(value):
        return read_tasks(value, key, where)
    if isinstance(value, dict):
        return read_jsonl(text if "\n" not in text.strip() else json.dumps(value), where)
    raise CorpusError(f"{where}: JSON, but not a format that is imported. These are: {_READ}.")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}). Check the path.") from error


def _decoded(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CorpusError(f"{where}: not UTF-8 at byte {error.start}. Save it as UTF-8 and import it again.") from error
