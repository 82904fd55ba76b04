"""The calls that most users need: a source in, a record out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from coopnlp.errors import CoopnlpError, ModelError
from coopnlp.text import legible
from coopnlp.types import Entity, Extraction, Failure, Project, Record, Result, Themes, document_id

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from coopnlp.extract import Limits
    from coopnlp.extract.ocr_mode import OcrMode
    from coopnlp.themes.views import Views
    from coopnlp.types import Label

__all__ = [
    "MISTAKES",
    "annotate",
    "annotation_line",
    "classify",
    "entities",
    "failure",
    "info",
    "load",
    "process",
    "process_all",
    "timed",
    "to_result",
]

#: What a mistake in this library, or a file that nobody thought of, raises: a failure of that file.
#: Whatever else a third-party reader may raise is told by name too, and costs the worker.
MISTAKES = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, NameError, OSError,
    RuntimeError, StopIteration, TypeError, ValueError,
)  # fmt: skip


@cache
def load(name: str = "coop_fr") -> Language:
    """Load a shipped spaCy pipeline; the second call returns the same one.

    Raises
    ------
    ModelError
        The model is missing or of another version.

    >>> nlp = load()
    >>> [(e.text, e.label_) for e in nlp("Le 9 mars 2016, la Ville verse 4 500 €.").ents]
    [('9 mars 2016', 'DATE'), ('4 500 €', 'AMOUNT')]
    """
    from coopnlp.pipeline import load_pipeline
    from coopnlp.resources import model_folder

    return load_pipeline(model_folder(name))


def annotate(extraction: Extraction) -> Doc:
    """Return the spaCy document of an extraction: entities, values, identifiers.

    ``doc.text == extraction.text``; ``ent._.value`` is an amount or a date,
    ``ent.kb_id_`` an identifier ``scheme:code`` or empty.

    Raises
    ------
    TooLarge
        The text is longer than a document can be.
    ModelError
        The model is missing or of another version.
    """
    from coopnlp.pipeline import annotate as run
    from coopnlp.pipeline import to_doc

    nlp = load()
    return run(nlp, to_doc(nlp, extraction))


def entities(doc: Doc, extraction: Extraction, *, scores: bool = False) -> tuple[Entity, ...]:
    """Return the entities of a document as values, with their pages and, with ``scores``, their probabilities."""
    from coopnlp.pipeline.confidence import probabilities

    known = probabilities(doc, doc.ents) if scores else [None] * len(doc.ents)
    return tuple(
        Entity(
            start=e.start_char, end=e.end_char, label=cast("Label", e.label_), text=e.text, kb_id=e.kb_id_,
            page=extraction.page_at(e.start_char), value=e._.value, probability=p,
        )
        for e, p in zip(doc.ents, known, strict=True)
    )  # fmt: skip


def annotation_line(extraction: Extraction, found: Iterable[Entity]) -> dict[str, Any]:
    """Return the JSON object of the contract for a document and its entities: a line of ``annotate``."""
    return {
        "id": document_id(extraction.source.name),
        "source": extraction.source.to_json(),
        "text": extraction.text,
        "entities": [{**entity.to_json(), "kb_id": entity.kb_id} for entity in found],
        "notices": [notice.to_json() for notice in extraction.notices],
    }


def classify(texts: Iterable[str | Views], *, model: Path | None = None, **options: Any) -> list[Themes]:
    """Put each text on the themes of the atlas; see :meth:`coopnlp.themes.ThemeModel.classify`.

    A text may be a :class:`coopnlp.themes.views.Views`, where its title or funders and parties are known apart.
    ``model``: the folder of another model, which `coopnlp train themes` wrote.

    Raises
    ------
    ModelError
        The model is missing or of another version.
    """
    from coopnlp.themes import load_themes

    return load_themes(model).classify(list(texts), **options)


def _with_themes(record: Record, text: str) -> Record:
    """Add the themes of the document and of each of its projects."""
    from coopnlp.themes import document_text
    from coopnlp.themes.views import Views

    described = [Views(f"{p.title}. {p.description or ''}", p.title) for p in record.projects]
    whole, *each = classify([document_text(record, text), *described])
    projects: tuple[Project, ...] = tuple(
        project.model_copy(update={"themes": themes.themes})
        for project, themes in zip(record.projects, each, strict=True)
    )
    return record.model_copy(update={"themes": whole.themes, "projects": projects})


def process(
    source: str | Path | bytes,
    *,
    name: str | None = None,
    limits: Limits | None = None,
    ocr: OcrMode | None = None,
) -> Result:
    """Read a source into a record: who agreed with whom, on what, when, for how much.

    Parameters
    ----------
    source
        A path, a URL, or the bytes of a file.
    name
        Name to show and to tell the format by, for bytes.
    limits
        Read it in a process of its own, within these limits
        (:func:`coopnlp.extract.guarded`); by default in this one.
    ocr
        Which pages are read by OCR, as in :func:`coopnlp.extract.extract`.

    Raises
    ------
    ExtractionError
        The source cannot be read; the message says why and what to do.
    FetchError
        The URL may not or could not be fetched.
    ModelError
        A model is missing or of another version.
    """
    from coopnlp.extract import extract, guarded

    with _stage("extract"):
        if limits is None:
            extraction = extract(source, name=name, ocr=ocr)
        else:
            extraction = guarded(source, name=name, limits=limits, ocr=ocr)
    return to_result(extraction)


def to_result(extraction: Extraction) -> Result:
    """Return an extraction with its record.

    Raises
    ------
    TooLarge
        The text is longer than a document can be.
    ModelError
        A model is missing or of another version.
    """
    from coopnlp.records import read_record

    # Words first met in this document are forgotten after it: a long batch stays bounded.
    with load().memory_zone():
        with _stage("entities"):
            doc = annotate(extraction)
        with _stage("records"):
            record = read_record(doc, extraction)
    with _stage("themes"):
        return Result(extraction=extraction, record=_with_themes(record, extraction.text))


_timing: ContextVar[tuple[dict[str, float], Callable[[], float]] | None] = ContextVar("_timing", default=None)


@contextmanager
def timed(clock: Callable[[], float] = time.perf_counter) -> Iterator[dict[str, float]]:
    """Give what fills with the seconds that each stage takes inside the block: extract, entities, records, themes.

    By another clock, as ``time.process_time``, seconds of the processor: what a file
    costs that is read in a process of its own is not among them.
    """
    seconds: dict[str, float] = {}
    token = _timing.set((seconds, clock))
    try:
        yield seconds
    finally:
        _timing.reset(token)


@contextmanager
def _stage(name: str) -> Iterator[None]:
    timing = _timing.get()
    if timing is None:
        yield
        return
    seconds, clock = timing
    began = clock()
    try:
        yield
    finally:
        seconds[name] = seconds.get(name, 0.0) + clock() - began


def failure(source: str | Path, error: BaseException) -> Failure:
    """Return an error with a source as a value; one that is not of this library is told as its mistake."""
    from coopnlp.traces import digest, full

    told = str(error)
    if not isinstance(error, CoopnlpError):
        told = f"{source}: an unexpected error of the program ({error}). Please report it, with the file if you may."
    return Failure(
        source=legible(str(source)),
        error=type(error).__name__,
        message=legible(told),
        trace=digest(error),
        traceback=full(error),
    )


def process_all(
    inputs: Iterable[str | Path], *, limits: Limits | None = None, ocr: OcrMode | None = None
) -> Iterator[Result | Failure]:
    """Yield a result or a failure for each source below the inputs, in order.

    Files, folders (recursively), ZIP archives and URLs are inputs. A failure is
    a value: one bad file never stops the rest. ``limits`` and ``ocr`` are as in :func:`process`:
    give limits where files may be damaged enough to crash a reader.

    Raises
    ------
    ModelError
        A model is missing or of another version: no source could be read.
    """
    from coopnlp.extract import sources
    from coopnlp.extract.guard import guarded_members

    for source in sources(inputs, members=None if limits is None else guarded_members):
        outcome: Result | Failure
        try:
            outcome = process(source, limits=limits, ocr=ocr)
        except ModelError:
            raise
        except (CoopnlpError, *MISTAKES) as error:
            outcome = failure(source, error)
        yield outcome


def info() -> dict[str, Any]:
    """Return versions, the shipped models with their scores, and the gazetteer's date and counts."""
    import json
    import platform
    from importlib.metadata import version

    from coopnlp import __version__
    from coopnlp.resources import data_file, model_folder

    models: dict[str, Any] = {}
    for name in ("coop_fr", "coop_themes"):
        try:
            meta = model_folder(name) / "meta.json"
            models[name] = json.loads(meta.read_text(encoding="utf-8")) if meta.is_file() else {}
        except CoopnlpError as error:
            models[name] = {"missing": str(error)}
    spacy_meta = models["coop_fr"]
    models["coop_fr"] = {
        k: spacy_meta[k] for k in ("version", "pipeline", "labels", "coopnlp", "missing") if k in spacy_meta
    }
    packages = ("spacy", "scikit-learn", "pypdfium2", "pydantic", "trafilatura")
    return {
        "coopnlp": __version__,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
        "models": models,
        "gazetteer": json.loads(data_file("gazetteer", "meta.json").read_text(encoding="utf-8")),
    }
