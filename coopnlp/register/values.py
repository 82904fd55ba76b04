"""The values that a register takes and gives, besides those of :mod:`coopnlp.types`."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from coopnlp.errors import ModelError
from coopnlp.types import Amount, Record, Value

__all__ = [
    "RECORD_TYPES",
    "Citation",
    "Claim",
    "Count",
    "DocumentLine",
    "Entry",
    "Hit",
    "Known",
    "Left",
    "Line",
    "RecordType",
    "Sighting",
    "Stats",
    "Sum",
    "Versions",
    "versions",
]

RecordType = Literal["partnership", "funding", "agreement", "project"]
RECORD_TYPES: tuple[RecordType, ...] = get_args(RecordType)


class Versions(Value):
    """What a source was read with. A source read with other versions is read again."""

    library: str
    model: str = ""


@cache
def versions() -> Versions:
    """Return the versions of this library and of the models it finds, read from their ``meta.json``.

    A model that is absent has no version; nothing is loaded.
    """
    from coopnlp import __version__
    from coopnlp.resources import model_folder

    found = []
    for name in ("coop_fr", "coop_themes"):
        try:
            meta = json.loads((model_folder(name) / "meta.json").read_text(encoding="utf-8"))
        except (ModelError, OSError, ValueError):
            continue
        if isinstance(meta, dict) and "version" in meta:
            found.append(f"{name} {meta['version']}")
    return Versions(library=__version__, model=", ".join(found))


class Sighting(Value):
    """Bytes seen at a place: an entry of the journal before anything was read from them.

    ``sha256`` is absent where the bytes could not be read; then ``error``,
    ``message`` and ``trace`` say why. ``raw`` is the path as the file system has
    it, or the URL, where that is no UTF-8 and ``address`` only shows it.
    """

    address: str
    name: str
    path: str | None = None
    url: str | None = None
    sha256: str | None = None
    size: int | None = None
    error: str | None = None
    message: str | None = None
    trace: str | None = None
    raw: bytes | None = None


class Claim(Value):
    """A source that a run has in hand: what it was noted as, and where to read it."""

    run: int
    seen: Sighting

    @property
    def source(self) -> Path | str:
        """The URL or the address in a file system of the network, or the path as that of this machine has it."""
        if self.seen.raw is not None:
            return Path(os.fsdecode(self.seen.raw))
        place = self.seen.url or self.seen.path or self.seen.address
        return place if "://" in self.seen.address else Path(place)


class Known(Value):
    """What a register knows of bytes seen at a place, without noting anything.

    ``state`` and ``versions`` are those of the bytes, absent where they are new;
    ``other_bytes`` says that the place was known with others.
    """

    state: str | None = None
    versions: Versions | None = None
    other_bytes: bool = False


class Left(Value):
    """What still waits in the plan of a run: sources, and their bytes as far as these are known."""

    sources: int
    bytes: int


class Hit(Value):
    """A passage that a search found.

    ``start`` and ``end`` are the first match in the document's text; ``snippet``
    is the text around it, and ``matches`` are spans inside the snippet. For a
    record, they are those of its first evidence, absent where it has none, and
    the snippet is its fields.
    ``score`` is uncalibrated, higher is better, for one search only.
    """

    sha256: str
    source: str
    title: str | None = None
    date: str | None = None
    kind: str | None = None
    type: str
    page: int | None = None
    start: int | None = None
    end: int | None = None
    snippet: str
    matches: tuple[tuple[int, int], ...] = ()
    score: float


class Citation(Value):
    """The sentence that a record was read from, cut out of the document's text.

    ``text[start:end]`` of the document is ``text``; ``n`` counts the records of
    this type in the document from 0.
    """

    type: RecordType
    n: int
    page: int | None = None
    start: int
    end: int
    text: str


class Entry(Value):
    """Everything the register holds of one source.

    ``names`` are all the places where its bytes were seen. ``record`` and
    ``text`` are absent while it waits and where reading it failed.
    """

    sha256: str
    names: tuple[str, ...]
    state: str
    error: str | None = None
    message: str | None = None
    versions: Versions | None = None
    record: Record | None = None
    text: str | None = None
    citations: tuple[Citation, ...] = ()


class Line(Value):
    """One record as a row to read: who, with whom, on what, when, for how much, from where.

    A funding's ``parties`` begin with its funder; the others keep the order of
    the document.
    """

    type: RecordType
    sha256: str
    source: str
    n: int
    page: int | None = None
    parties: tuple[str, ...] = ()
    kb_ids: tuple[str, ...] = ()
    kind: str | None = None
    object: str | None = None
    start: str | None = None
    end: str | None = None
    status: str | None = None
    scheme: str | None = None
    amounts: tuple[Amount, ...] = ()


class DocumentLine(Value):
    """One document as a row to read, with how many records of each type it gave."""

    sha256: str
    source: str
    title: str | None = None
    date: str | None = None
    kind: str | None = None
    author: str | None = None
    pages: int | None = None
    partnerships: int = 0
    fundings: int = 0
    agreements: int = 0
    projects: int = 0


class Sum(Value):
    """The total of the single sums stated in one currency; ``currency`` absent where no text said it."""

    currency: str | None = None
    total: Decimal
    count: int


class Count(Value):
    """How many fall under a name, and their sums where they are fundings."""

    name: str | None = None
    count: int
    sums: tuple[Sum, ...] = ()


class Stats(Value):
    """What is in the register.

    ``sums`` add the fundings' amounts a currency, never across currencies;
    ``ranges`` counts the amounts left out because they state a range. A
    document may state a total and its parts: the sums hold both.
    """

    documents: int
    pages: int
    failed: int
    waiting: int
    records: dict[str, int]
    entities: dict[str, int]
    sums: tuple[Sum, ...]
    ranges: int
    kinds: tuple[Count, ...]
    years: tuple[Count, ...]
    funders: tuple[Count, ...]
