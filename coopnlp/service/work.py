"""What a worker does with a request: bytes in, the JSON of the contract out. Runs in the worker processes."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from math import ceil
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from coopnlp.errors import CoopnlpError, NoText, TooLarge
from coopnlp.service.faults import Refused, refusal
from coopnlp.service.settings import Settings

if TYPE_CHECKING:
    from coopnlp.extract import Limits
    from coopnlp.types import Extraction

__all__ = ["Answer", "Job", "Ready", "do", "serve_jobs"]


@dataclass(frozen=True, slots=True)
class Job:
    """A request: what is asked for, the body, and what it is.

    ``is_json`` says that the body is one of the JSON objects of
    :mod:`coopnlp.service.shapes`; otherwise it is a file called ``name``.
    """

    kind: str
    body: bytes = b""
    is_json: bool = False
    name: str = "document"
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker has loaded its models: what ``coopnlp info`` says of them, the memory that it holds."""

    info: dict[str, Any]
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Answer:
    """JSON, or why there is none; ``trace`` is for the log, where it is a mistake of the program."""

    body: bytes = b""
    refused: Refused | None = None
    trace: str | None = None
    memory_bytes: int = 0


def serve_jobs(pipe: Connection, settings: Settings) -> None:
    """Load the models, say so, and answer jobs until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        from coopnlp.api import info
        from coopnlp.batch.reading import resident_bytes

        _warm(settings)
        pipe.send(Ready(info(), resident_bytes()))
        while True:
            job = pipe.recv()
            answer = _answer(job, settings)
            pipe.send(replace(answer, memory_bytes=resident_bytes()))
    except CoopnlpError as error:
        pipe.send(error)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def _warm(settings: Settings) -> None:
    """Do each kind of job once: what is loaded late is loaded now, the process that reads files too."""
    from coopnlp.gazetteer import Gazetteer

    Gazetteer.load()
    do(Job("process", "La Ville de Troyes verse 4 500 € à Tournai.".encode(), name="note.txt"), settings)


def _answer(job: Job, settings: Settings) -> Answer:
    from coopnlp.api import MISTAKES
    from coopnlp.extract.guard import ReaderError
    from coopnlp.traces import digest, full

    try:
        return Answer(do(job, settings))
    except Refused as refused:
        return Answer(refused=refused)
    except CoopnlpError as error:
        mistake = isinstance(error.__cause__, ReaderError)  # a reader raised what it should not have
        return Answer(refused=refusal(error), trace=full(error) if mistake else None)
    except MISTAKES as error:
        told = f"An unexpected error of the program, number {digest(error)}. Please report it to who runs the service."
        return Answer(refused=Refused(500, "InternalError", told), trace=full(error))


def do(job: Job, settings: Settings) -> bytes:
    """Return the answer to a job as JSON in UTF-8.

    Raises
    ------
    Refused
        The JSON of the request is not as described, or it has too many rows.
    CoopnlpError
        What the library raises.
    """
    found = _KINDS[job.kind](job, settings)
    return json.dumps(found, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _process(job: Job, settings: Settings) -> dict[str, Any]:
    from coopnlp.api import to_result

    return to_result(_fit(_extraction(job, settings), settings)).record.to_json()


def _annotate(job: Job, settings: Settings) -> dict[str, Any]:
    from coopnlp.api import annotate, annotation_line, entities, load

    extraction = _fit(_extraction(job, settings), settings)
    with load().memory_zone():
        found = entities(annotate(extraction), extraction, scores=bool(job.options.get("scores")))
    return annotation_line(extraction, found)


def _extract(job: Job, settings: Settings) -> dict[str, Any]:
    from coopnlp.types import document_id

    extraction = _extraction(job, settings)
    return {"id": document_id(extraction.source.name), **extraction.to_json()}


def _fit(extraction: Extraction, settings: Settings) -> Extraction:
    """Return the extraction, where its text is not too long for the time and memory of a request."""
    length = len(extraction.text)
    if length > settings.max_characters:
        told = f"the text has {length:,} characters, over the limit of {settings.max_characters:,}"
        raise TooLarge(extraction.source.name, told)
    return extraction


def _extraction(job: Job, settings: Settings) -> Extraction:
    """Read what was sent, or what its URL leads to."""
    from coopnlp.extract import guarded
    from coopnlp.service.shapes import Document, parse

    limits, ocr = _limits(settings), job.options.get("ocr")
    if not job.is_json:
        return guarded(job.body, name=job.name, limits=limits, ocr=ocr, max_bytes=settings.max_bytes)
    asked = parse(Document, job.body)
    if asked.text is not None:
        return _plain(asked.text, asked.name or job.name)
    if not settings.allow_urls:
        raise Refused(403, "UrlsNotAllowed", "This service fetches no URL. Fetch it and send the bytes.")
    return guarded(str(asked.url), name=asked.name, limits=limits, ocr=ocr, max_bytes=settings.max_bytes)


def _limits(settings: Settings) -> Limits:
    from coopnlp.extract import Limits

    return Limits(settings.timeout_s, ceil(settings.timeout_s), settings.memory_bytes, settings.output_bytes)


def _plain(text: str, name: str) -> Extraction:
    """Return a text as the extraction of a plain file: it is kept, whatever it looks like."""
    from coopnlp.extract.formats import Format
    from coopnlp.extract.plain import read_plain
    from coopnlp.text import legible
    from coopnlp.types import Source

    data = text.encode()
    markdown = name.lower().endswith((".md", ".markdown"))
    kind = Format.MARKDOWN if markdown else Format.TEXT
    found = Source(name=legible(name), sha256=sha256(data).hexdigest(), media_type=kind.value, size=len(data))
    extraction = read_plain(data, found)
    if not extraction.text.strip():
        raise NoText(found.name, "there is no text in it", "Send one.")
    return extraction


def _classify(job: Job, settings: Settings) -> dict[str, Any]:
    from coopnlp.service.shapes import Projects, parse
    from coopnlp.themes.views import Views

    if not job.is_json:
        return _classify_file(job, settings)
    asked = parse(Projects, job.body)
    if asked.rows is None:
        assert asked.text is not None
        title = asked.title or ""
        (found,) = _lines([(asked.id or "1", Views(_whole(title, asked.text), title))], job)
        return found
    if len(asked.rows) > settings.max_rows:
        raise _too_many(settings)
    views = [
        (row.id or str(n), Views(_whole(row.title, row.text), row.title, row.metadata))
        for n, row in enumerate(asked.rows, 1)
    ]
    return {"rows": _lines(views, job)}


def _whole(title: str, text: str) -> str:
    return ". ".join(part for part in (title.strip(" ."), text.strip()) if part)


def _classify_file(job: Job, settings: Settings) -> dict[str, Any]:
    """Classify the rows of a table, or a document as one row."""
    from coopnlp.themes.tabular import read_project_rows

    rows: list[tuple[str, Any]] = []
    columns = {name: job.options[name] for name in ("text_columns", "id_column") if job.options.get(name)}
    for batch in read_project_rows(job.body, name=job.name, limits=_limits(settings), **columns):
        rows += [(key, views) for key, views, _ in batch]
        if len(rows) > settings.max_rows:
            raise _too_many(settings)
    return {"rows": _lines(rows, job)}


def _lines(rows: list[tuple[str, Any]], job: Job) -> list[dict[str, Any]]:
    from coopnlp.api import classify

    options = {name: job.options[name] for name in ("top", "explain", "precision") if job.options.get(name) is not None}
    found = classify([views for _, views in rows], **options)
    return [{"id": key, **themes.to_json()} for (key, _), themes in zip(rows, found, strict=True)]


def _too_many(settings: Settings) -> Refused:
    return Refused(413, "TooManyRows", f"Over {settings.max_rows:,} rows. Send them in several requests.")


def _gazetteer(job: Job, settings: Settings) -> dict[str, Any]:
    from coopnlp.gazetteer import Gazetteer
    from coopnlp.gazetteer.organisations import Organisations

    asked = job.options
    found = Gazetteer.load().lookup(asked["name"], near=asked["near"], date=asked["date"])
    bodies = [{"kb_id": body.kb_id, **vars(body)} for body in Organisations.load().named(asked["name"])]
    return {
        "candidates": [candidate.to_json() for candidate in found[: asked["limit"]]],
        "organisations": [{k: v for k, v in body.items() if v not in ("", None)} for body in bodies],
    }


_KINDS: dict[str, Callable[[Job, Settings], dict[str, Any]]] = {
    "process": _process,
    "annotate": _annotate,
    "extract": _extract,
    "classify": _classify,
    "gazetteer": _gazetteer,
}
