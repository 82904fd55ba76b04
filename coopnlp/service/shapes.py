"""What goes in and out of the service, as pydantic models: what OpenAPI describes, with examples.

Answers are the objects of the contract; those that :mod:`coopnlp.types` holds are
described from there. Absent values are absent keys.
"""

from __future__ import annotations

from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from coopnlp.gazetteer.places import Candidate
from coopnlp.service.faults import Refused
from coopnlp.types import Entity, Extraction, Notice, Record, Source, Themes, Value

__all__ = [
    "NAME_CHARACTERS", "AnnotatedDocument", "Candidates", "ClassifiedProject", "ClassifiedRows", "Document",
    "ExtractedDocument", "Fault", "Health", "Info", "Organisation", "Projects", "Record", "Row", "parse", "problems",
]  # fmt: skip

#: Of the name of a file: what file systems let a name have.
NAME_CHARACTERS = 255
Name = Annotated[str, StringConstraints(max_length=NAME_CHARACTERS)]
_EXAMPLE = "Le 14 juin 2019, la Ville de Roanne et la MRC de Portneuf ont signé une entente de coopération."
_A = TypeVar("_A", bound=BaseModel)


class _Asked(BaseModel):
    """What a client sends: no unknown keys, so that a slip of the pen is told and not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Document(_Asked):
    """One document: its text, kept as it is, or the URL of a file where the service lets URLs be fetched."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": _EXAMPLE, "name": "roanne.txt"}]})

    text: str | None = Field(None, description="The text; offsets count code points of its NFC.")
    url: Annotated[str, StringConstraints(max_length=4000, pattern=r"^(?i:https?)://")] | None = Field(
        None, description="An http or https URL, only where the service allows it."
    )
    name: Name | None = Field(None, description="Name of the document; its id is this without folder and extension.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.text is None) == (self.url is None):
            raise ValueError("give either text or url")
        _writable(self.text, self.name)
        return self


class Row(_Asked):
    """One project of a list. ``metadata``: names of funders and parties, read beside the text, never for it."""

    text: str = ""
    title: str = ""
    metadata: str = ""
    id: Name | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _writable(self.text, self.title, self.metadata, self.id)
        return self


class Projects(_Asked):
    """One project (``text``, with ``title`` and ``id`` if there are) or several (``rows``)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"text": "Adduction d’eau potable dans la commune"},
                {"rows": [{"id": "2024-07", "title": "Eau potable", "text": "Forages et bornes-fontaines"}]},
            ]
        }
    )

    text: str | None = None
    title: str | None = None
    id: Name | None = None
    rows: tuple[Row, ...] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.text is None) == (self.rows is None):
            raise ValueError("give either text or rows")
        if self.rows is not None and (self.title is not None or self.id is not None):
            raise ValueError("title and id go into each row")
        _writable(self.text, self.title, self.id)
        return self


def _writable(*texts: str | None) -> None:
    for text in texts:
        try:
            (text or "").encode()
        except UnicodeEncodeError as error:
            raise ValueError("it holds half of a surrogate pair, which is no character") from error


def parse(kind: type[_A], body: bytes) -> _A:
    """Return JSON as a value.

    Raises
    ------
    Refused
        It is no JSON, or not as the model says; what was sent is not repeated.
    """
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise Refused(422, "InvalidRequest", problems(error.errors(include_url=False, include_input=False))) from None


def problems(found: Any) -> str:
    """Return the mistakes that pydantic found as a sentence each, the first ten."""
    told = []
    for problem in list(found)[:10]:
        place = ".".join(str(part) for part in problem["loc"])
        told.append(f"{place or 'body'}: {problem['msg']}".rstrip(".") + ".")
    return " ".join(told) + " GET /openapi.json describes what is read."


class AnnotatedDocument(Value):
    """A document with its entities: a line of ``coopnlp annotate``."""

    id: str
    source: Source
    text: str
    entities: tuple[Entity, ...]
    notices: tuple[Notice, ...]


class ExtractedDocument(Extraction):
    """The text of a document and its layout: a line of ``coopnlp extract --format jsonl``."""

    id: str


class ClassifiedProject(Themes):
    """The themes of a project: a line of ``coopnlp classify``."""

    id: str


class ClassifiedRows(Value):
    """The themes of several projects, in their order."""

    rows: tuple[ClassifiedProject, ...]


class Organisation(Value):
    """A recurrent organisation of the gazetteer; ``first`` and ``last`` are years."""

    kb_id: str
    id: str
    name: str
    kind: str
    country: str | None = None
    first: int | None = None
    last: int | None = None
    siren: str | None = None
    ror: str | None = None
    wikidata: str | None = None
    dac_channel: str | None = None


class Candidates(Value):
    """What a name may mean: places, most probable first, and organisations."""

    candidates: tuple[Candidate, ...]
    organisations: tuple[Organisation, ...]


class Fault(Value):
    """Why a request was not answered: the class of the error, and what is wrong and what to do."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"error": "NoText", "message": "vide.txt: there is no text in it."}]}
    )

    error: str
    message: str


class Health(Value):
    """How the service stands. ``status`` is ``ok``, or ``starting`` where no worker is ready (HTTP 503)."""

    status: str
    version: str
    workers: int
    ready: int
    busy: int
    waiting: int
    places: int
    done: int
    replaced: int


class Info(BaseModel):
    """What ``coopnlp info`` says, and the limits of this service."""

    coopnlp: str
    python: str
    packages: dict[str, str]
    models: dict[str, Any]
    gazetteer: dict[str, Any]
    limits: dict[str, Any]
