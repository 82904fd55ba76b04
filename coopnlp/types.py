"""The values that cross package borders: frozen pydantic models.

Offsets are code points into the NFC text of the extraction, half-open. Values
that the source does not give are ``None`` or empty here and absent keys in the
JSON that :meth:`Value.to_json` makes (``contract.md``).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_serializer, model_validator

__all__ = [
    "LABELS",
    "Agreement",
    "Amount",
    "AtlasRecord",
    "Block",
    "Box",
    "Cell",
    "Contact",
    "DateValue",
    "DocumentInfo",
    "Entity",
    "Extraction",
    "Failure",
    "ForeignPartner",
    "Funding",
    "Label",
    "Metadata",
    "Notice",
    "Partnership",
    "Party",
    "Project",
    "Record",
    "Result",
    "Source",
    "ThemeAssignment",
    "Themes",
    "Value",
    "document_id",
]

Label = Literal[
    "AGREEMENT", "AMOUNT", "COLLECTIVITY", "DATE", "EVENT", "FUNDER", "LOC", "ORG", "PER", "PROJECT", "THEME"
]
LABELS: tuple[Label, ...] = (
    "AGREEMENT", "AMOUNT", "COLLECTIVITY", "DATE", "EVENT", "FUNDER", "LOC", "ORG", "PER", "PROJECT", "THEME",
)  # fmt: skip

BlockKind = Literal["heading", "paragraph", "list_item", "table", "caption", "footnote", "form"]
PartnershipKind = Literal["jumelage", "cooperation_decentralisee", "entente", "convention", "projet", "autre"]
Evidence = tuple[tuple[int, int], ...]


def _without_absent(value: Any) -> Any:
    """Drop keys whose value is absent; a list that a key holds is kept, even empty."""
    if isinstance(value, dict):
        kept = {key: _without_absent(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None and item not in ("", {})}
    if isinstance(value, list | tuple):
        return [_without_absent(item) for item in value]
    return value


class Value(BaseModel):
    """Base of every value below: immutable, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of the contract: absent values are absent keys."""
        cleaned: dict[str, Any] = _without_absent(self.model_dump(mode="json"))
        return cleaned


class Source(Value):
    """Where a document came from. ``sha256`` of the bytes is its identity; ``size`` in bytes."""

    name: str
    sha256: str
    media_type: str
    size: int
    path: str | None = None
    url: str | None = None


class Box(Value):
    """A rectangle on a page, in points from the top left corner."""

    x0: float
    top: float
    x1: float
    bottom: float


class Cell(Value):
    """A table cell: its span in the extraction's text and its place in the grid, 0-based."""

    start: int
    end: int
    row: int
    column: int
    header: bool = False


class Block(Value):
    """A piece of the document in reading order.

    ``text[start:end]`` is its text. ``page`` is 1-based, absent for formats
    without pages. ``level`` is 1 to 6 for headings. A table's text has a line a
    row and ``" | "`` between cells; ``cells`` hold the exact spans. A ``form``
    is a run of label/value pairs, with the same cells: column 0 labels, column
    1 values. ``confidence`` is the mean of OCR's for its words, 0 to 100, absent
    where the text was not read by OCR.
    """

    kind: BlockKind
    start: int
    end: int
    page: int | None = None
    box: Box | None = None
    level: int | None = None
    cells: tuple[Cell, ...] = ()
    confidence: float | None = None


class Notice(Value):
    """Something a reader should know: what was left out, guessed or suspicious."""

    kind: str
    message: str
    page: int | None = None


class Metadata(Value):
    """What the file says about itself. ``date`` is ISO 8601, as precise as the source.

    ``url`` is the address that a web page gives as its own.
    ``ocr_pages`` are the pages read by OCR, 1-based, ``doubtful_pages`` those of
    them with a low confidence; absent where there are none.
    """

    title: str | None = None
    date: str | None = None
    author: str | None = None
    language: str | None = None
    publisher: str | None = None
    pages: int | None = None
    url: str | None = None
    ocr_pages: tuple[int, ...] | None = None
    doubtful_pages: tuple[int, ...] | None = None


class Extraction(Value):
    """The text of a source and its layout.

    ``text`` is NFC with ``\\n`` line ends. Blocks are in reading order, do not
    overlap, and what lies between them is white space, or lone rules of dashes in
    texts that keep every character. ``page_starts[i]`` is the
    offset at which page ``i + 1`` begins; empty for formats without pages.
    """

    source: Source
    text: str
    blocks: tuple[Block, ...]
    metadata: Metadata = Metadata()
    notices: tuple[Notice, ...] = ()
    page_starts: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _blocks_in_order(self) -> Extraction:
        at = 0
        for block in self.blocks:
            if not at <= block.start <= block.end <= len(self.text):
                raise ValueError(f"block {block.start}:{block.end} out of order or outside the text")
            at = block.end
        return self

    def page_at(self, offset: int) -> int | None:
        """Return the 1-based page that holds the offset, or None where there are no pages."""
        from bisect import bisect_right

        return bisect_right(self.page_starts, offset) or None


class Amount(Value):
    """A sum of money, or a range of sums (``min``/``max`` instead of ``value``).

    ``currency`` is ISO 4217, absent where the text and its context do not say.
    """

    value: Decimal | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    currency: str | None = None

    @field_serializer("value", "min", "max")
    def _as_text(self, value: Decimal | None) -> str | None:
        return None if value is None else format(value, "f")


class DateValue(Value):
    """A calendar date or range, ISO 8601 as precise as the text (``2015``, ``2009-12``, ``2008-10-08``).

    ``end`` is included; it equals ``start`` for a single date.
    """

    start: str
    end: str


class Entity(Value):
    """An entity of the annotation guide.

    ``page`` is 1-based. ``probability`` says how probable it is that exactly this
    span is an entity of this label, where it was asked for
    (:mod:`coopnlp.pipeline.confidence`).
    """

    start: int
    end: int
    label: Label
    text: str
    kb_id: str = ""
    page: int | None = None
    value: Amount | DateValue | None = None
    probability: float | None = None


class Party(Value):
    """Someone named as a party or funder; ``kb_id`` is ``scheme:code`` or empty."""

    text: str
    kb_id: str = ""


class Partnership(Value):
    """Two or more named parties that cooperate. ``start``/``end`` are years or ISO dates."""

    parties: tuple[Party, ...]
    kind: PartnershipKind
    start: str | None = None
    end: str | None = None
    status: str | None = None
    evidence: Evidence = ()


class Funding(Value):
    """Money from a funder. One grant stated in two currencies has two ``amounts``.

    ``status`` is ``demandé`` where the text only asks for the money, absent otherwise.
    """

    funder: Party
    amounts: tuple[Amount, ...] = ()
    start: str | None = None
    end: str | None = None
    purpose: str | None = None
    scheme: str | None = None
    status: str | None = None
    evidence: Evidence = ()


class Agreement(Value):
    """An instrument between parties. ``date`` of signature; ``start``/``end`` of its period."""

    kind: str
    title: str
    parties: tuple[Party, ...] = ()
    date: str | None = None
    start: str | None = None
    end: str | None = None
    evidence: Evidence = ()


class ThemeAssignment(Value):
    """A node of the nomenclature as a path from its top, with a calibrated probability.

    ``terms`` are (words, weight) pairs that decided, strongest first.
    """

    path: tuple[str, ...]
    probability: float
    terms: tuple[tuple[str, float], ...] = ()


class Themes(Value):
    """What :func:`coopnlp.classify` says of one text: primary path first."""

    themes: tuple[ThemeAssignment, ...]
    abstained: bool = False


class Project(Value):
    """A project: each item of a list of projects is one."""

    title: str
    description: str | None = None
    parties: tuple[Party, ...] = ()
    themes: tuple[ThemeAssignment, ...] = ()
    start: str | None = None
    end: str | None = None
    evidence: Evidence = ()


class Contact(Value):
    """A person to write to, as an atlas record lists them."""

    name: str
    first_name: str | None = None
    last_name: str | None = None
    role: str | None = None
    email: str | None = None
    phone: str | None = None
    authority: str | None = None


class ForeignPartner(Value):
    """A foreign authority of an atlas record."""

    name: str
    country: str | None = None
    kb_id: str = ""


class DevelopmentGoal(Value):
    """A Sustainable Development Goal (1 to 17) that an atlas record names, with the mark it gives it."""

    number: int
    title: str
    mark: int | None = None


class AtlasRecord(Value):
    """Every field of a record of the French atlas of decentralised cooperation.

    ``themes`` are paths (theme, sub-theme, sub-sub-theme), the primary one
    first, then the others in order of priority. ``sections`` are (heading,
    text) pairs as the record has them. ``sdgs`` are in the forms since 2022 only.
    """

    title: str | None = None
    embassy: str | None = None
    embassy_contacts: tuple[Contact, ...] = ()
    year_first_signature: str | None = None
    themes: tuple[tuple[str, ...], ...] = ()
    sdgs: tuple[DevelopmentGoal, ...] = ()
    year_start: str | None = None
    status: str | None = None
    date_end: str | None = None
    sections: tuple[tuple[str, str], ...] = ()
    form: str | None = None
    implementers: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    beneficiaries: str | None = None
    foreign_partners: tuple[ForeignPartner, ...] = ()
    foreign_contacts: tuple[Contact, ...] = ()
    french_collectivities: tuple[Party, ...] = ()
    triennial: bool | None = None
    fundings: tuple[Funding, ...] = ()
    communication_france: str | None = None
    communication_partner: str | None = None
    evaluation: str | None = None
    volunteers: tuple[tuple[str, ...], ...] = ()


class DocumentInfo(Value):
    """What the document is. ``date`` is ISO 8601, as precise as the document."""

    title: str | None = None
    date: str | None = None
    kind: str | None = None
    author: str | None = None
    pages: int | None = None


class Record(Value):
    """All that was read from one document (``contract.md``, ``process``)."""

    id: str
    source: Source
    document: DocumentInfo = DocumentInfo()
    entities: tuple[Entity, ...] = ()
    partnerships: tuple[Partnership, ...] = ()
    fundings: tuple[Funding, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    projects: tuple[Project, ...] = ()
    themes: tuple[ThemeAssignment, ...] = ()
    atlas: AtlasRecord | None = None
    notices: tuple[Notice, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the object of the contract; ``atlas`` is always there, null where there is none."""
        cleaned = super().to_json()
        cleaned.setdefault("document", {})
        cleaned.setdefault("atlas", None)
        return cleaned


class Result(Value):
    """A source that was processed."""

    extraction: Extraction
    record: Record


class Failure(Value):
    """A source that could not be processed: the class of the error and its message.

    ``trace`` is a digest of where in the code it was raised, equal for failures
    of one cause; ``traceback`` is that in full.
    """

    source: str
    error: str
    message: str
    trace: str | None = None
    traceback: str | None = None


def document_id(name: str) -> str:
    """Return the identifier of a document: its file name without folder and extension.

    >>> document_id("rapports/2009/compte-rendu.pdf"), document_id("lot.zip/a.txt")
    ('compte-rendu', 'a')
    """
    base = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    stem, dot, _ = base.rpartition(".")
    return stem if dot and stem else base
