"""Files that stand under their name only once they are whole, and the list of what an export leaves out."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple

from coopnlp.errors import ExchangeError
from coopnlp.register.export import cell

__all__ = ["LeftOut", "replacing", "replacing_text", "reporting"]


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a binary stream whose content stands under the path once it is whole.

    Raises
    ------
    ExchangeError
        It cannot be written; what stood there before still does.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as stream:
            yield stream
        partial.replace(path)
    except OSError as error:
        raise ExchangeError(
            f"{path}: the file cannot be written ({error.strerror}). Give another place, or check its permissions."
        ) from error
    finally:
        with suppress(OSError):  # it was put in place, or never made
            partial.unlink()


@contextmanager
def replacing_text(path: Path, *, encoding: str = "utf-8", newline: str = "") -> Iterator[IO[str]]:
    """Give a text stream, as :func:`replacing`; line ends are written as they come."""
    with replacing(path) as stream:
        text = TextIOWrapper(stream, encoding=encoding, newline=newline)
        yield text
        text.flush()
        text.detach()


class LeftOut(NamedTuple):
    """An item that a standard has no place for, and why, in French."""

    ref: str
    type: str
    title: str
    source: str
    reason: str


_HEADER = ("permalien", "type", "intitulé", "source", "motif")


class _Report:
    """Counts what is left out, and writes it down at once: nothing is held."""

    def __init__(self, stream: IO[str]) -> None:
        self.count = 0
        self._writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        self._writer.writerow(_HEADER)

    def add(self, left: LeftOut) -> None:
        self.count += 1
        self._writer.writerow([cell(value) for value in left])


@contextmanager
def reporting(target: Path) -> Iterator[tuple[_Report, Path]]:
    """Give what notes the items left out of a file, and the name of the list: ``NAME.ecartes.csv``."""
    path = target.with_name(f"{target.stem}.ecartes.csv")
    with replacing_text(path, encoding="utf-8-sig") as stream:
        yield _Report(stream), path
