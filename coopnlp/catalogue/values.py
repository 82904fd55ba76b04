"""The values that the catalogue gives and takes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from coopnlp.register.values import RecordType
from coopnlp.types import Amount, Value

__all__ = [
    "FACETS",
    "SORTS",
    "Actor",
    "ActorFilters",
    "Conflict",
    "ConflictValue",
    "Facet",
    "FacetCount",
    "Item",
    "ItemFilters",
    "ItemLine",
    "Named",
    "Proposed",
    "Quote",
    "Refreshed",
    "Sort",
    "StatedAmount",
    "Telling",
    "ThemePath",
]

Sort = Literal["newest", "oldest", "title", "doubt", "documents", "amount"]
#: Orders of a list: years from the last or the first, title, what should be looked at first, most sources, largest sum.
SORTS: tuple[Sort, ...] = ("newest", "oldest", "title", "doubt", "documents", "amount")
Facet = Literal["type", "country", "kind", "theme", "subtheme", "year", "funder", "status", "review", "actor"]
FACETS: tuple[Facet, ...] = (
    "type", "country", "kind", "theme", "subtheme", "year", "funder", "status", "review", "actor",
)  # fmt: skip


class Refreshed(Value):
    """What the catalogue holds; ``changed`` is whether it was made anew."""

    changed: bool
    records: int
    items: int
    actors: int
    proposals: int


class ItemFilters(Value):
    """What items must be; absent is free. Of several values of one field any will do, of several fields all must.

    Attributes
    ----------
    country
        ISO 3166-1 codes of the parties' countries.
    theme, subtheme, subsubtheme
        Levels of the nomenclature.
    year_min, year_max
        Years, both included. An item without year is in no range.
    funder, actor
        Keys of actors; a funder gives, an actor is named in any role. Of several
        actors all must be named, so that two of them are what is between them.
    review
        ``confirmed``, ``edited``, or ``none`` for what nobody has looked at.
    records
        Ids of records, as a search finds them: items that hold one.
    documents
        Ids of documents: items that one of them tells of.
    """

    type: tuple[RecordType, ...] = ()
    country: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    theme: tuple[str, ...] = ()
    subtheme: tuple[str, ...] = ()
    subsubtheme: tuple[str, ...] = ()
    year_min: int | None = None
    year_max: int | None = None
    funder: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    actor: tuple[str, ...] = ()
    review: tuple[Literal["confirmed", "edited", "none"], ...] = ()
    records: tuple[int, ...] | None = None
    documents: tuple[int, ...] | None = None


class FacetCount(Value):
    """How many items have a value; ``label`` is what a reader sees of an actor."""

    value: str
    count: int
    label: str


class Named(Value):
    """Somebody named in an item: as a document writes it, and as whom."""

    role: str
    text: str
    actor: str
    name: str
    kind: str
    country: str | None = None

    @property
    def linked(self) -> bool:
        """Whether the actor has an identifier."""
        return not self.actor.startswith("name:")


class StatedAmount(Amount):
    """A sum of an item; ``total`` says that it holds the sums of other items and is not to be added to them."""

    total: bool = False


class ThemePath(Value):
    """A node of the nomenclature."""

    path: tuple[str, ...]
    probability: float


class ItemLine(Value):
    """An item as a list shows it.

    ``ref`` is that of the record that leads: the first twelve digits of the
    digest of its source, and its number among the records of its type there.
    ``doubt``: :func:`coopnlp.catalogue.doubt.doubt_of`.
    """

    id: int
    ref: str
    type: RecordType
    title: str
    kind: str | None = None
    status: str | None = None
    start: str | None = None
    end: str | None = None
    year: int | None = None
    parties: tuple[Named, ...] = ()
    themes: tuple[ThemePath, ...] = ()
    amounts: tuple[StatedAmount, ...] = ()
    countries: tuple[str, ...] = ()
    documents: int
    records: int
    conflicts: int
    review: str | None = None
    doubt: float


class Quote(Value):
    """Words that a record was read from; ``document text[start:end]`` is ``text``."""

    start: int
    end: int
    page: int | None = None
    text: str


class Telling(Value):
    """What one document says of an item: one record, with the words it was read from.

    ``name`` is that of the file; ``n`` counts the records of this type in the document from 0.
    """

    record_id: int
    ref: str
    sha256: str
    document_id: int
    name: str
    document_title: str | None = None
    document_date: str | None = None
    n: int
    page: int | None = None
    title: str | None = None
    description: str | None = None
    kind: str | None = None
    scheme: str | None = None
    status: str | None = None
    date: str | None = None
    start: str | None = None
    end: str | None = None
    parties: tuple[Named, ...] = ()
    amounts: tuple[StatedAmount, ...] = ()
    quotes: tuple[Quote, ...] = ()


class ConflictValue(Value):
    """A value of a field, and the records that give it."""

    value: str
    records: tuple[int, ...]


class Conflict(Value):
    """A field on which the sources of an item differ; the value that most give first."""

    field: str
    values: tuple[ConflictValue, ...]


class Item(Value):
    """An item with all that documents say of it, the record that leads first, and why it should be looked at."""

    line: ItemLine
    tellings: tuple[Telling, ...]
    conflicts: tuple[Conflict, ...] = ()
    reasons: tuple[str, ...] = ()


class Proposed(Value):
    """Two items that may be one; ``score`` 0 to 1; ``why`` in French."""

    first: ItemLine
    second: ItemLine
    score: float
    why: tuple[str, ...]


class Actor(Value):
    """Somebody named as a party or funder, with how many items name it; ``fundings`` are those it gives.

    ``latitude`` and ``longitude`` in degrees (WGS 84), to about a kilometre.
    """

    key: str
    name: str
    kind: str
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    partnerships: int
    agreements: int
    projects: int
    fundings: int
    documents: int


class ActorFilters(Value):
    """What actors must be; absent is free. ``name`` is any part of the name, accents and case apart."""

    kind: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    name: str = Field(default="")
