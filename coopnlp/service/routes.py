"""The endpoints: what is read of a request, who does it, what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from coopnlp import __version__
from coopnlp.service import shapes
from coopnlp.service.crew import Crew
from coopnlp.service.faults import Refused
from coopnlp.service.settings import Settings
from coopnlp.service.work import Job

__all__ = ["FAULTS", "router"]

router = APIRouter()
_LIMITS = ("max_bytes", "max_rows", "max_characters", "timeout_s", "rate", "burst", "per_client", "workers", "queue")

FAULTS: dict[int | str, dict[str, Any]] = {
    401: {"model": shapes.Fault, "description": "No token, or a wrong one, where the service asks for one"},
    408: {"model": shapes.Fault, "description": "The body did not come in time"},
    413: {"model": shapes.Fault, "description": "Body, text, or what a file unpacks to, over a limit; too many rows"},
    422: {"model": shapes.Fault, "description": "Not as described, or a document that cannot be read"},
    429: {"model": shapes.Fault, "description": "Over the rate; Retry-After says for how many seconds"},
    500: {"model": shapes.Fault, "description": "A mistake of the program"},
    503: {"model": shapes.Fault, "description": "All places are taken; Retry-After says for how many seconds"},
    504: {"model": shapes.Fault, "description": "Stopped at the limit on time"},
}
_READING: dict[int | str, dict[str, Any]] = {
    **FAULTS,
    403: {"model": shapes.Fault, "description": "A URL that may not be fetched"},
    415: {"model": shapes.Fault, "description": "A format that is not read"},
    502: {"model": shapes.Fault, "description": "A URL that could not be fetched"},
}
_FILE = {"type": "string", "format": "binary"}


def _body(model: type[BaseModel], what: str) -> dict[str, Any]:
    """Describe a body that is JSON, a form with a file, or the bytes of a file."""
    given = model.model_config.get("json_schema_extra")
    examples = given["examples"] if isinstance(given, dict) else []
    assert isinstance(examples, list)
    named = {str(n): {"value": example} for n, example in enumerate(examples, 1)}
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    form = {"type": "object", "required": ["file"], "properties": {"file": _FILE, "name": {"type": "string"}}}
    return {
        "requestBody": {
            "required": True,
            "description": f"{what} as JSON, as a form with a file, or as the bytes of a file with its name in `name`.",
            "content": {
                "application/json": {"schema": reference, "examples": named},
                "multipart/form-data": {"schema": form},
                "application/octet-stream": {"schema": _FILE},
            },
        }
    }


Ocr = Annotated[Literal["auto", "never", "always"] | None, Query(description="Pages that OCR reads.")]
FileName = Annotated[
    str | None,
    Query(max_length=shapes.NAME_CHARACTERS, description="Name of the file, where the body is its bytes."),
]


class _State(Protocol):
    crew: Crew
    settings: Settings


def _state(request: Request) -> _State:
    state: _State = request.app.state
    return state


async def _job(request: Request, kind: str, name: str | None, options: Mapping[str, Any]) -> Job:
    """Read the body of a request, whatever form it has."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    options = {key: value for key, value in options.items() if value is not None}
    if media_type == "application/json":
        return Job(kind, await request.body(), is_json=True, name=name or "texte.txt", options=options)
    if media_type == "multipart/form-data":
        body, name = await _upload(request, name)
    else:
        body = await request.body()
    return Job(kind, body, name=name or "document", options=options)


async def _upload(request: Request, name: str | None) -> tuple[bytes, str | None]:
    """Return the one file of a form, and its name."""
    try:
        async with request.form(max_files=1, max_fields=4) as form:
            file, said = form.get("file"), form.get("name")
            if not isinstance(file, UploadFile):
                raise Refused(422, "InvalidRequest", "file: the form has no file of this name.")
            given = said if isinstance(said, str) and said else name or file.filename
            if given and len(given) > shapes.NAME_CHARACTERS:
                raise Refused(422, "InvalidRequest", f"name: over {shapes.NAME_CHARACTERS} characters.")
            return await file.read(), given
    except HTTPException as error:  # of the parser of forms
        raise Refused(422, "InvalidRequest", f"The form cannot be read: {error.detail}") from error


async def _answer(request: Request, job: Job) -> Response:
    body = await _state(request).crew.run(job, request.is_disconnected)
    return Response(body, media_type="application/json")


@router.post(
    "/v1/process",
    response_model=shapes.Record,
    responses=_READING,
    openapi_extra=_body(shapes.Document, "A document"),
    summary="Read a document into a record",
)
async def process(request: Request, name: FileName = None, ocr: Ocr = None) -> Response:
    """Say who agreed with whom, on what, when, for how much: the object of `coopnlp process`."""
    return await _answer(request, await _job(request, "process", name, {"ocr": ocr}))


@router.post(
    "/v1/annotate",
    response_model=shapes.AnnotatedDocument,
    responses=_READING,
    openapi_extra=_body(shapes.Document, "A document"),
    summary="Find the entities of a document",
)
async def annotate(
    request: Request,
    name: FileName = None,
    ocr: Ocr = None,
    scores: Annotated[bool, Query(description="Give each entity its probability.")] = False,
) -> Response:
    """Return text and entities, with values and identifiers: the object of `coopnlp annotate`."""
    return await _answer(request, await _job(request, "annotate", name, {"ocr": ocr, "scores": scores}))


@router.post(
    "/v1/extract",
    response_model=shapes.ExtractedDocument,
    responses=_READING,
    openapi_extra=_body(shapes.Document, "A document"),
    summary="Extract the text of a document",
)
async def extract(request: Request, name: FileName = None, ocr: Ocr = None) -> Response:
    """Return text, blocks, tables, pages and notices: the object of `coopnlp extract --format jsonl`."""
    return await _answer(request, await _job(request, "extract", name, {"ocr": ocr}))


@router.post(
    "/v1/classify",
    response_model=shapes.ClassifiedProject | shapes.ClassifiedRows,
    responses=_READING,
    openapi_extra=_body(shapes.Projects, "One project, or rows; CSV, XLSX or JSON Lines too,"),
    summary="Put projects on the themes of the atlas",
)
async def classify(
    request: Request,
    name: FileName = None,
    top: Annotated[int, Query(ge=1, le=50, description="Themes a project at most.")] = 3,
    explain: Annotated[bool, Query(description="Also say which words decided.")] = False,
    precision: Annotated[float | None, Query(ge=0, le=1, description="Abstain below this precision.")] = None,
    text_column: Annotated[list[str] | None, Query(max_length=50, description="Columns of a table to read.")] = None,
    id_column: Annotated[str | None, Query(description="Column of the identifier.")] = None,
) -> Response:
    """Return the object of `coopnlp classify` for one text, or one a row, in `rows`."""
    options = {
        "top": top, "explain": explain, "precision": precision, "text_columns": text_column, "id_column": id_column,
    }  # fmt: skip
    return await _answer(request, await _job(request, "classify", name, options))


@router.get(
    "/v1/gazetteer",
    response_model=shapes.Candidates,
    responses=FAULTS,
    summary="Look up a name in the gazetteer",
)
async def gazetteer(
    request: Request,
    name: Annotated[str, Query(min_length=1, max_length=200, examples=["Saint-Denis"])],
    near: Annotated[list[str] | None, Query(max_length=20, description="Places named beside it.")] = None,
    date: Annotated[str | None, Query(pattern=r"^\d{4}$", description="Year of the document.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> Response:
    """Return the candidates for a name with their codes and the reasons for their order."""
    if any(len(place) > 200 for place in near or []):
        raise Refused(422, "InvalidRequest", "near: over 200 characters.")
    options = {"name": name, "near": near or [], "date": date, "limit": limit}
    return await _answer(request, Job("gazetteer", options=options))


@router.get("/v1/info", response_model=shapes.Info, responses={401: FAULTS[401], 429: FAULTS[429]}, summary="Versions")
async def info(request: Request) -> dict[str, Any]:
    """Return versions, models with their scores, the date of the gazetteer, and the limits of this service."""
    state = _state(request)
    limits = {name: getattr(state.settings, name) for name in (*_LIMITS, "allow_urls")}
    return {**state.crew.info, "limits": limits}


@router.get(
    "/health",
    response_model=shapes.Health,
    responses={503: {"model": shapes.Health, "description": "No worker is ready"}},
    summary="How the service stands",
)
async def health(request: Request, response: Response) -> shapes.Health:
    """Answer at once, whatever the workers do; asks for no token and counts for no rate."""
    state = _state(request)
    crew, settings = state.crew, state.settings
    ready = crew.ready
    if not ready:
        response.status_code = 503
    return shapes.Health(
        status="ok" if ready else "starting",
        version=__version__,
        workers=settings.workers,
        ready=ready,
        busy=crew.busy,
        waiting=crew.waiting,
        places=settings.places,
        done=crew.done,
        replaced=crew.replaced,
    )
