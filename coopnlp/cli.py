"""The command line: options in, one library call, output out (``contract.md``).

JSON Lines on standard output or ``-o FILE``, messages and progress on standard
error. Everything heavy is imported inside the command that needs it, so that
``coopnlp --help`` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from coopnlp import __version__
from coopnlp.cli_accounts import accounts_app

if TYPE_CHECKING:
    from coopnlp.extract import Limits
    from coopnlp.themes import NodePath, ThemeModel
    from coopnlp.themes.tabular import Project as Row
    from coopnlp.training.formats.export import Add
    from coopnlp.types import Entity, Extraction

__all__ = ["app"]

app = typer.Typer(
    name="coopnlp",
    help="French documents on the cooperation between local authorities: text, entities, records, register.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help needs no import of rich: it answers in half the time
)
register_app = typer.Typer(help="Read a register made by `coopnlp batch`.", no_args_is_help=True)
gazetteer_app = typer.Typer(help="Look up names of authorities and countries.", no_args_is_help=True)
evaluate_app = typer.Typer(help="Score the models against gold, with counts.", no_args_is_help=True)
corpus_app = typer.Typer(help="Take corrected documents into the corpus.", no_args_is_help=True)
themes_app = typer.Typer(help="Teach the theme classifier.", no_args_is_help=True)
train_app = typer.Typer(help="Train the models from corpus/ into models/.", no_args_is_help=True)
register_app.add_typer(accounts_app, name="accounts")
app.add_typer(register_app, name="register")
app.add_typer(gazetteer_app, name="gazetteer")
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(corpus_app, name="corpus")
app.add_typer(train_app, name="train")
app.add_typer(themes_app, name="themes")

Inputs = Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders, ZIP archives, URLs, or -.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="Write here instead of standard output.")]
Timeout = Annotated[float | None, typer.Option("--timeout", min=1, help="Seconds that reading one file may take.")]
Memory = Annotated[int | None, typer.Option("--memory", min=200, help="Megabytes that reading one file may take.")]


def _choose_ocr(mode: str | None) -> str | None:
    """Choose for this process and the workers it will start."""
    from coopnlp.extract.ocr_mode import MODES, VARIABLE

    if mode is not None:
        if mode not in MODES:
            raise typer.BadParameter(f"{mode!r} is none of {', '.join(MODES)}", param_hint="--ocr")
        os.environ[VARIABLE] = mode
    return mode


Ocr = Annotated[
    str | None,
    typer.Option("--ocr", callback=_choose_ocr, help="Pages that OCR reads: auto, never or always."),
]
RegisterUrl = Annotated[str, typer.Argument(metavar="URL", help="The register: a file, or a database URL.")]
#: What `annotate` writes besides its own JSON Lines, and `corpus import` reads.
_TOOL_FORMATS = ("conll", "brat", "docbin", "inception", "labelstudio")


class _Late:
    """A file that is made when the first thing is written to it: a call that fails leaves what was there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stream: IO[str] | None = None

    def write(self, text: str) -> None:
        self._stream = self._stream or self.path.open("w", encoding="utf-8")
        self._stream.write(text)

    def flush(self) -> None:
        if self._stream:
            self._stream.flush()

    def close(self) -> None:
        if self._stream:
            self._stream.close()


def _unwritable(path: Path, reason: str) -> typer.BadParameter:
    return typer.BadParameter(f"{path} cannot be written: {reason}. Give another file.", param_hint="-o")


@contextmanager
def _writer(output: Path | None) -> Iterator[IO[str] | _Late]:
    """Give the stream to write on; what can be said against a file is said before the work begins."""
    if output is None:
        yield sys.stdout
        return
    if output.is_dir():
        raise _unwritable(output, "it is a folder")
    if not output.parent.is_dir():
        raise _unwritable(output, f"there is no folder {output.parent}")
    if not os.access(output if output.exists() else output.parent, os.W_OK):
        raise _unwritable(output, "permission denied")
    stream = _Late(output)
    try:
        yield stream
    finally:
        stream.close()


@contextmanager
def _bytes_into(output: Path | None, made: Callable[[], bytes]) -> Iterator[None]:
    """Write bytes at the end of the work, also where a source failed; without a file or bytes nothing is written."""
    try:
        yield
    finally:
        if output is not None and (data := made()):
            try:
                output.write_bytes(data)
            except OSError as error:
                raise _unwritable(output, error.strerror or str(error)) from error


def _write(stream: IO[str] | _Late, text: str) -> None:
    """Write at once; a full disk ends the run under its own name, and is no failure of a document."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        where = stream.path if isinstance(stream, _Late) else Path("standard output")
        raise _unwritable(where, error.strerror or str(error)) from error


def _dump(stream: IO[str] | _Late, row: dict[str, Any]) -> None:
    _write(stream, json.dumps(row, ensure_ascii=False) + "\n")


def _say(message: str) -> None:
    # a name of a file may hold what would steer the terminal
    shown = "".join(char if char >= " " and not "\x7f" <= char <= "\x9f" else repr(char)[1:-1] for char in message)
    sys.stderr.write(f"coopnlp: {shown}\n")


def _limits(timeout: float | None, memory: int | None) -> Limits:
    """Return what reading one file may cost."""
    from dataclasses import replace
    from math import ceil

    from coopnlp.extract import Limits

    limits = Limits()
    if timeout is not None:
        limits = replace(limits, seconds=timeout, cpu_seconds=ceil(timeout))
    return limits if memory is None else replace(limits, memory_bytes=memory * 1_000_000)


class _Failures:
    """Says what failed and goes on; at the end the exit code says that something did."""

    def __init__(self) -> None:
        self.count = 0

    @contextmanager
    def caught(self, source: Any) -> Iterator[None]:
        """Whatever goes wrong inside costs this source alone."""
        from coopnlp.api import MISTAKES, failure
        from coopnlp.errors import CoopnlpError, ModelError

        try:
            yield
        except (ModelError, BrokenPipeError):
            raise
        except (CoopnlpError, *MISTAKES) as error:
            self.count += 1
            _say(failure("stdin" if isinstance(source, bytes) else source, error).message)

    def end(self) -> None:
        if self.count:
            raise typer.Exit(1)


def _given(inputs: list[str]) -> list[tuple[Any, str | None]]:
    """Return each source with its name, where it has none of its own."""
    from coopnlp.extract import MAX_BYTES, sources
    from coopnlp.extract.guard import guarded_members

    paths = [i for i in inputs if i != "-"]
    given: list[tuple[Any, str | None]] = []
    if len(paths) < len(inputs):
        given.append((sys.stdin.buffer.read(MAX_BYTES + 1), "stdin"))
    found = list(sources(paths, members=guarded_members)) if paths else []
    if paths and not found:
        _say("nothing to read in " + ", ".join(paths))
    return given + [(source, None) for source in found]


def _each(inputs: list[str], act: Callable[[Any, str | None], None]) -> None:
    """Call ``act(source, name)`` for every source; say what failed, go on, exit 1 at the end if any did."""
    failures = _Failures()
    given = _given(inputs)
    for source, name in _progress(given, len(given)):
        with failures.caught(source):
            act(source, name)
    failures.end()


def _each_text(inputs: list[str], limits: Limits, act: Callable[[Extraction], None], **options: Any) -> None:
    """Call ``act`` for the text of every source, as :func:`_each`; files are read in a process of their own.

    ``options`` are those of :func:`coopnlp.extract.extract`.
    """
    from contextlib import closing

    from coopnlp.errors import CoopnlpError
    from coopnlp.extract import guarded_each
    from coopnlp.extract.guard import warm_up

    warm_up()
    failures = _Failures()
    given = _given(inputs)
    with closing(guarded_each(given, limits=limits, **options)) as read:
        for source, outcome in _progress(read, len(given)):
            with failures.caught(source):
                if isinstance(outcome, CoopnlpError):
                    raise outcome
                act(outcome)
    failures.end()


def _progress(items: Iterable[Any], total: int) -> Iterable[Any]:
    """Show progress on standard error where somebody watches and there is something to wait for."""
    if total < 3 or not sys.stderr.isatty():
        return items
    from rich.console import Console
    from rich.progress import track

    return track(items, description="lecture", total=total, console=Console(stderr=True))


def _rows(batches: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """Yield batches of rows; show on standard error how many are done where somebody watches."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield from batches
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    # A bar needs to know how many there are: reading a table takes a fraction of the time of classifying it.
    held = list(batches)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("classement", total=sum(map(len, held)))
        for batch in held:
            yield batch
            bar.advance(task, len(batch))


@app.command()
def process(
    inputs: Inputs, output: Output = None, timeout: Timeout = None, memory: Memory = None, ocr: Ocr = None
) -> None:
    """Read documents into records: who agreed with whom, on what, when, for how much."""
    from coopnlp.api import to_result

    with _writer(output) as stream:
        _each_text(inputs, _limits(timeout, memory), lambda read: _dump(stream, to_result(read).record.to_json()))


#: Kinds of notice that tell of text that is missing or doubtful.
_LOSSES = frozenset({"damaged", "large_table", "ocr_doubtful", "page_unreadable", "suspicious_text", "truncated"})


@app.command()
def extract(
    inputs: Inputs,
    output: Output = None,
    format: Annotated[str, typer.Option(help="text, or jsonl: blocks, tables, pages, metadata, notices.")] = "text",
    timeout: Timeout = None,
    memory: Memory = None,
    ocr: Ocr = None,
) -> None:
    """Extract the text of documents."""
    if format not in ("text", "jsonl"):
        raise typer.BadParameter(f"{format!r} is neither text nor jsonl", param_hint="--format")

    def act(extraction: Extraction) -> None:
        if format == "jsonl":
            from coopnlp.types import document_id

            _dump(stream, {"id": document_id(extraction.source.name), **extraction.to_json()})
        else:
            _write(stream, extraction.text if extraction.text.endswith("\n") else extraction.text + "\n")
            # text alone does not show what is missing in it
            for notice in extraction.notices:
                if notice.kind in _LOSSES:
                    _say(f"{extraction.source.name} : {notice.message}")

    with _writer(output) as stream:
        _each_text(inputs, _limits(timeout, memory), act)


@app.command()
def annotate(
    inputs: Inputs,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write here instead of standard output; brat and inception: a folder."),
    ] = None,
    format: Annotated[
        str, typer.Option(help="jsonl, or for a tool to correct: " + ", ".join(_TOOL_FORMATS) + ".")
    ] = "jsonl",
    scores: Annotated[bool, typer.Option(help="Give each entity of jsonl its probability.")] = False,
    timeout: Timeout = None,
    memory: Memory = None,
    ocr: Ocr = None,
) -> None:
    """Extract text and entities."""
    from coopnlp.api import annotate as run
    from coopnlp.api import entities, load

    def act(extraction: Extraction) -> None:
        with load().memory_zone():
            found = entities(run(extraction), extraction, scores=scores)
        write(extraction, found)

    with _annotations(format, output) as write:
        _each_text(inputs, _limits(timeout, memory), act)


@contextmanager
def _annotations(format: str, output: Path | None) -> Iterator[Callable[[Extraction, tuple[Entity, ...]], None]]:
    """Give what writes a document and its entities in a format."""
    from coopnlp.api import annotation_line
    from coopnlp.types import document_id

    if format == "jsonl":

        def dump(extraction: Extraction, found: tuple[Entity, ...]) -> None:
            _dump(stream, annotation_line(extraction, found))

        with _writer(output) as stream:
            yield dump
    elif format in _TOOL_FORMATS:
        with _tool(format, output) as add:
            yield lambda extraction, found: add(document_id(extraction.source.name), extraction.text, found)
    else:
        raise typer.BadParameter(f"{format!r} is none of jsonl, {', '.join(_TOOL_FORMATS)}", param_hint="--format")


@contextmanager
def _tool(format: str, output: Path | None) -> Iterator[Add]:
    """Give what writes documents for an annotation tool, on a stream, into a file or into a folder."""
    from coopnlp.training.formats import to_file, to_folder, to_stream

    if format in ("conll", "labelstudio"):
        with _writer(output) as stream, to_stream(format, stream, f"coopnlp {__version__}") as add:
            yield add
        return
    if output is None:
        what = "file" if format == "docbin" else "folder"
        raise typer.BadParameter(f"{format} is written into a {what}: give it with -o", param_hint="-o")
    if format == "docbin":
        # The writer says at once if nothing can be written there; the bytes come when all documents are done.
        with _writer(output), to_file(output) as add:
            yield add
        return
    if output.exists() and not output.is_dir():
        raise _unwritable(output, f"it is a file, and {format} is written into a folder")
    if not os.access(next(p for p in (output, *output.absolute().parents) if p.exists()), os.W_OK):
        raise _unwritable(output, "permission denied")
    with to_folder(format, output) as add:
        yield add


@app.command()
def classify(
    inputs: Inputs,
    output: Output = None,
    text_column: Annotated[
        list[str] | None,
        typer.Option(help="Column to read; may be repeated. Titles, funders and parties are told by their names."),
    ] = None,
    id_column: Annotated[str | None, typer.Option(help="Column of the identifier.")] = None,
    top: Annotated[int, typer.Option(min=1, help="Themes a project at most.")] = 3,
    explain: Annotated[bool, typer.Option("--explain", help="Also say which words decided.")] = False,
    precision: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Abstain where fewer first sub-themes than this share would be right."),
    ] = None,
    model: Annotated[Path | None, typer.Option(help="Folder of a model that `train themes` wrote.")] = None,
    format: Annotated[
        str, typer.Option(help="jsonl; csv or xlsx, beside the columns of the input; html, a page to review.")
    ] = "jsonl",
    timeout: Timeout = None,
    memory: Memory = None,
    ocr: Ocr = None,
) -> None:
    """Put projects on the themes of the atlas. INPUT may also be CSV, XLSX or JSON Lines, a row a project."""
    from coopnlp.api import classify as run
    from coopnlp.errors import TaxonomyError
    from coopnlp.themes import load_themes
    from coopnlp.themes.labels import label_of_row
    from coopnlp.themes.learn import tree_of
    from coopnlp.themes.report import Classified, to_csv, to_xlsx
    from coopnlp.themes.review import to_html
    from coopnlp.themes.tabular import is_table, read_project_rows

    if format not in ("jsonl", "csv", "xlsx", "html"):
        raise typer.BadParameter(f"{format!r} is none of jsonl, csv, xlsx, html", param_hint="--format")
    if format == "xlsx" and output is None:
        raise typer.BadParameter("a workbook is written into a file: give it with -o", param_hint="-o")

    done: list[Classified] = []
    limits = _limits(timeout, memory)
    unknown = 0
    tree = tree_of(load_themes(model)) if format == "html" else None

    def label(row: dict[str, str]) -> NodePath | None:
        nonlocal unknown
        try:
            return None if tree is None else label_of_row(row, tree)
        except TaxonomyError:
            unknown += 1
            return None

    def act(source: Any, name: str | None) -> None:
        rows = read_project_rows(source, name=name, text_columns=text_column or [], id_column=id_column, limits=limits)
        for batch in _rows(rows) if len(inputs) == 1 and is_table(inputs[0]) else rows:
            views = [view for _, view, _ in batch]
            found = run(views, model=model, top=top, explain=explain, precision=precision)
            for (key, view, row), themes in zip(batch, found, strict=True):
                if format == "jsonl":
                    _dump(stream, {"id": key, **themes.to_json()})
                else:
                    done.append(Classified(key, view.text, themes, row, label(row)))

    with (
        _writer(output) as stream,
        _bytes_into(output if format == "xlsx" else None, lambda: to_xlsx(done) if done else b""),
    ):
        if text_column and not any(is_table(i) for i in inputs):
            _say("--text-column is for CSV, XLSX and JSON Lines; it says nothing for the others")
        try:
            _each(inputs, act)
        finally:
            # What could be read is written even where a source could not; nothing read leaves what was there.
            if done and format in ("csv", "html"):
                _write(stream, to_csv(done) if format == "csv" else to_html(done, unknown))


@app.command()
def batch(
    inputs: Inputs,
    register: Annotated[str, typer.Option("--register", help="The register: a file, or a database URL.")],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes: by default one, on a cluster all its processors.")
    ] = None,
    engine: Annotated[str, typer.Option(help="local or ray.")] = "local",
    address: Annotated[
        str | None, typer.Option(help="Of the Ray cluster: auto, HOST:6379; by default this machine alone.")
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try again what failed before.")] = False,
    since: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", help="Look only at files changed since (2026-11-30, or with T09:00:00)."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done with each source, as JSON Lines; write nothing.")
    ] = False,
    report: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Write a report of the run: .json or .html; may be repeated."),
    ] = None,
    log: Annotated[Path | None, typer.Option(metavar="FILE", help="Add what happens to a log, as JSON Lines.")] = None,
    metrics: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep metrics there for Prometheus' textfile collector.")
    ] = None,
    timeout: Timeout = None,
    memory: Memory = None,
    ocr: Ocr = None,
) -> None:
    """Process documents into a register; started again, it goes on where it was.

    Ctrl-C once finishes what is in hand, twice stops at once; the exit code is 130 then.
    """
    from coopnlp.batch import run
    from coopnlp.batch.interrupt import interruptible
    from coopnlp.batch.logs import json_lines
    from coopnlp.batch.render import show_summary, tell_interrupt
    from coopnlp.batch.report import check, write_report

    if engine not in ("local", "ray"):
        raise typer.BadParameter(f"{engine!r} is neither local nor ray", param_hint="--engine")
    limits = _limits(timeout, memory)
    moment = since.astimezone() if since is not None else None
    if dry_run:
        _preview(inputs, register, retry_failed=retry_failed, since=moment)
        return
    for path in report or []:
        check(path)
    with json_lines(log), interruptible(lambda: tell_interrupt(sys.stderr)) as stop:
        summary = run(
            inputs, register, workers=workers or (0 if engine == "ray" else 1), engine=engine, address=address,
            retry_failed=retry_failed, since=moment, watch=True, limits=limits, stop=stop, metrics=metrics,
        )  # fmt: skip
    show_summary(summary, sys.stderr)
    for path in report or []:
        write_report(summary, path)
    if summary.interrupted:
        raise typer.Exit(130)
    if summary.failures:
        raise typer.Exit(1)


def _preview(inputs: list[str], register: str, *, retry_failed: bool, since: datetime | None) -> None:
    """Say what a batch would do: a line a source that it would not skip, counts at the end."""
    from collections import Counter

    from coopnlp.batch.preview import preview
    from coopnlp.batch.render import show_preview

    counts: Counter[tuple[str, str]] = Counter()
    for planned in preview(inputs, register, retry_failed=retry_failed, since=since):
        counts[planned.action, planned.because] += 1
        if planned.action != "skip":
            _dump(sys.stdout, planned.to_json())
    show_preview(counts, sys.stderr)


@register_app.command("search")
def register_search(
    url: RegisterUrl,
    query: Annotated[str, typer.Argument(help="Words to find; accents and case do not matter.")],
    limit: Annotated[int, typer.Option(min=1)] = 20,
    json_lines: Annotated[bool, typer.Option("--json", help="JSON Lines instead of a table.")] = False,
) -> None:
    """Find words in the documents and records."""
    from coopnlp.register import open_register
    from coopnlp.register.render import show_hits

    hits = open_register(url).search(query, limit=limit)
    if json_lines:
        for hit in hits:
            _dump(sys.stdout, hit.to_json())
    else:
        show_hits(hits, sys.stdout)


@register_app.command("show")
def register_show(
    url: RegisterUrl,
    document: Annotated[str | None, typer.Argument(help="Identifier, name or digest of one document.")] = None,
) -> None:
    """Show the register, or all that was read from one document with the sentences it was read from."""
    from coopnlp.register import open_register
    from coopnlp.register.render import show_document, show_overview

    register = open_register(url)
    if document is None:
        show_overview(register, sys.stdout)
    else:
        show_document(register.show(document), sys.stdout)


@register_app.command("stats")
def register_stats(url: RegisterUrl) -> None:
    """Count what the register holds."""
    from coopnlp.register import open_register
    from coopnlp.register.render import show_stats

    show_stats(open_register(url).stats(), sys.stdout)


@register_app.command("export")
def register_export(
    url: RegisterUrl,
    output: Annotated[Path, typer.Option("-o", "--output", help="File or folder to write to.")],
    format: Annotated[
        str,
        typer.Option(
            help="csv (a folder: all tables; a file: a row a funding or partnership), xlsx, parquet, jsonl, jsonld, "
            "skos, iati, scdl, tei, geojson or graphml."
        ),
    ] = "csv",
    type: Annotated[
        list[str] | None, typer.Option(help="partnership, agreement, project or funding; may be repeated.")
    ] = None,
    country: Annotated[list[str] | None, typer.Option(help="Two letters (ISO 3166-1); may be repeated.")] = None,
    theme: Annotated[list[str] | None, typer.Option(help="First level of the nomenclature; may be repeated.")] = None,
    subtheme: Annotated[list[str] | None, typer.Option(help="Second level; may be repeated.")] = None,
    year_min: Annotated[int | None, typer.Option(help="First year.")] = None,
    year_max: Annotated[int | None, typer.Option(help="Last year.")] = None,
    funder: Annotated[
        list[str] | None, typer.Option(help="Identifier of who gives (fr-commune:35238); may be repeated.")
    ] = None,
    actor: Annotated[list[str] | None, typer.Option(help="Identifier of who is named; of several all must be.")] = None,
    status: Annotated[list[str] | None, typer.Option(help="As the documents say it; may be repeated.")] = None,
    review: Annotated[list[str] | None, typer.Option(help="confirmed, edited or none; may be repeated.")] = None,
    with_text: Annotated[bool, typer.Option("--with-text", help="jsonl: with texts, for `register import`.")] = False,
    excel: Annotated[bool, typer.Option("--excel", help="csv: as Excel opens it where French is set.")] = False,
    base: Annotated[str, typer.Option(help="Address of the pages, for links (csv, xlsx, parquet, jsonld).")] = "",
    reporting_org: Annotated[
        str | None, typer.Option(envvar="COOPNLP_IATI_ORG", help="iati: identifier of who publishes.")
    ] = None,
    reporting_name: Annotated[
        str | None, typer.Option(envvar="COOPNLP_IATI_NAME", help="iati: name of who publishes.")
    ] = None,
    reporting_type: Annotated[
        str | None, typer.Option(envvar="COOPNLP_IATI_TYPE", help="iati: 10 government, 11 local government...")
    ] = None,
    siret: Annotated[Path | None, typer.Option(help="scdl: CSV table with the columns identifiant and siret.")] = None,
) -> None:
    """Write the register, or what the filters leave of it, in a format of the trade."""
    from pydantic import ValidationError

    from coopnlp.catalogue.values import ItemFilters
    from coopnlp.exchange import FORMATS, Options, export
    from coopnlp.register import open_register

    if format not in FORMATS:
        raise typer.BadParameter(f"{format!r} is none of {', '.join(FORMATS)}", param_hint="--format")
    chosen = {
        "type": type, "country": country, "theme": theme, "subtheme": subtheme, "funder": funder, "actor": actor,
        "status": status, "review": review, "year_min": year_min, "year_max": year_max,
    }  # fmt: skip
    given = {name: value for name, value in chosen.items() if value not in (None, [])}
    try:
        filters = ItemFilters.model_validate(given) if given else None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise typer.BadParameter(
            f"{first['input']!r}: {first['msg']}", param_hint=f"--{str(first['loc'][0]).replace('_', '-')}"
        ) from error
    options = Options(
        excel=excel, with_text=with_text, base=base, reporting_org=reporting_org, reporting_name=reporting_name,
        reporting_type=reporting_type, sirets=siret,
    )  # fmt: skip
    with open_register(url) as register:
        for path in export(register, output, format=format, filters=filters, options=options):
            _say(f"wrote {path}")


@register_app.command("import")
def register_import(
    url: Annotated[str, typer.Argument(metavar="URL", help="The register: made where there is none.")],
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="JSON Lines that `register export --with-text` wrote.")
    ],
) -> None:
    """Read JSON Lines with their texts into a register; a line that cannot be used is told, the others go in."""
    from coopnlp.exchange import import_jsonl
    from coopnlp.register import Register

    with Register(url) as register:
        done = import_jsonl(register, files)
    for error in done.errors:
        _say(str(error))
    _say(f"{done.written} lines written, {done.known} known before, {len(done.errors)} left out")
    if done.errors:
        raise typer.Exit(1)


@register_app.command("serve")
def register_serve(
    url: RegisterUrl,
    host: Annotated[str, typer.Option(help="Address to serve on; by default only this machine sees the pages.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to serve on.")] = 8001,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the first page in a browser.")] = False,
    images: Annotated[bool, typer.Option("--images/--no-images", help="Show pages of PDFs as images.")] = True,
) -> None:
    """Show the register in a browser, until Ctrl-C."""
    from coopnlp.web import Settings, serve

    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"

    def ready() -> None:
        _say(f"the register is shown at {address} (Ctrl-C ends)")
        if open_browser:
            import webbrowser

            webbrowser.open(address)

    _say(f"bringing the catalogue of {url} up to date")
    serve(url, settings=Settings(host=host, port=port, images=images), ready=ready)


@gazetteer_app.command("lookup")
def gazetteer_lookup(
    name: Annotated[str, typer.Argument(help="A name, with or without its type word.")],
    near: Annotated[list[str] | None, typer.Option(help="A place named beside it; may be repeated.")] = None,
    date: Annotated[str | None, typer.Option(help="Year of the document.")] = None,
    limit: Annotated[int, typer.Option(min=1)] = 10,
) -> None:
    """Show the candidates for a name, with codes and the reasons for their order."""
    from coopnlp.gazetteer import Gazetteer
    from coopnlp.gazetteer.organisations import Organisations

    found = Gazetteer.load().lookup(name, near=near or [], date=date)
    for candidate in found[:limit]:
        _dump(sys.stdout, candidate.to_json())
    bodies = Organisations.load().named(name)
    for body in bodies:
        _dump(sys.stdout, {k: v for k, v in {"kb_id": body.kb_id, **vars(body)}.items() if v not in ("", None)})
    if not found and not bodies:
        _say(f"no authority, country or recurrent organisation named {name!r} in the gazetteer")
        raise typer.Exit(1)


Gold = Annotated[Path, typer.Argument(metavar="GOLD", help="Annotated file or folder.")]


@evaluate_app.command("entities")
def evaluate_entities(
    gold: Gold,
    output: Output = None,
    documents: Annotated[
        Path | None, typer.Option(help="The folder of the sources, where GOLD annotates passages by offsets.")
    ] = None,
    noise: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Also score a copy with this share of its characters misread, e.g. 0.02."),
    ] = None,
) -> None:
    """Score entities, exact and partial, per label and per folder of GOLD, and say which labels are confused."""
    from coopnlp.training.evaluate import evaluate_entities as run

    _report(run(gold, sources=documents, noise=noise), output)


@evaluate_app.command("links")
def evaluate_links(gold: Gold, output: Output = None) -> None:
    """Score identifiers on a table with id, surface, label and kb_id, on gold entities beside it or in ../entities."""
    from coopnlp.training.links import evaluate_links as run

    _report(run(gold), output)


@evaluate_app.command("records")
def evaluate_records(gold: Gold, output: Output = None) -> None:
    """Score fundings with their purposes, partnerships, agreements and projects on JSON Lines of records.

    The texts are those of the records, or in ../entities.
    """
    from coopnlp.training.records import evaluate_records as run

    _report(run(gold), output)


@evaluate_app.command("themes")
def evaluate_themes(
    gold: Gold,
    output: Output = None,
    model: Annotated[Path | None, typer.Option(help="Folder of another model.")] = None,
) -> None:
    """Score themes on JSON Lines with text, theme, subtheme, subsubtheme."""
    from coopnlp.themes.evaluate import evaluate_themes as run

    _report(run(gold, model), output)


def _report(scores: dict[str, Any], output: Path | None) -> None:
    with _writer(output) as stream:
        _write(stream, json.dumps(scores, ensure_ascii=False, indent=2) + "\n")


@corpus_app.command("import")
def corpus_import(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the corpus to write to.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Files in the formats of `annotate`, or folders of them."),
    ] = None,
    snap: Annotated[
        bool, typer.Option("--snap", help="Move spans that cut a token to the whole tokens, and say so.")
    ] = False,
    from_register: Annotated[
        str | None,
        typer.Option("--from-register", metavar="URL", help="Instead of files: what people corrected in a register."),
    ] = None,
) -> None:
    """Turn files corrected in an annotation tool, or what was corrected in a register, into training data.

    Files become documents of the corpus, marked [[surface|LABEL]]. A register gives marked sentences, records
    and sums for `train`, and a table of themes for `themes learn`, below the folder.
    """
    from coopnlp.errors import CorpusError
    from coopnlp.training.formats import import_corrected

    if bool(files) == (from_register is not None):
        raise typer.BadParameter("give files, or a register with --from-register, and not both", param_hint="FILE")
    if from_register is not None:
        _import_register(from_register, output)
        return
    done = failed = 0
    for result in import_corrected(files or [], output, snap=snap):
        if isinstance(result, CorpusError):
            failed += 1
            for fault in str(result).splitlines():
                _say(fault)
        else:
            done += 1
            for remark in result.remarks:
                _say(remark)
            _say(f"wrote {result.path} ({result.entities} entities)")
    if not done and not failed:
        _say("nothing to import in " + ", ".join(map(str, files or [])))
    if failed:
        raise typer.Exit(1)


def _import_register(url: str, folder: Path) -> None:
    from coopnlp.register import open_register
    from coopnlp.training.from_register import import_register

    with open_register(url) as register:
        made = import_register(register, folder)
    for remark in made.remarks:
        _say(remark)
    _say(
        f"wrote below {folder}: {made.entities} entities of {made.sources} sources, {made.passages} passages with "
        f"records, {made.sums} sums, {made.themes} themes"
    )


Corpus = Annotated[Path, typer.Option("--corpus", help="Folder with train and dev.")]
Models = Annotated[Path, typer.Option("-o", "--output", help="Folder of the model.")]


@train_app.command("entities")
def train_entities(
    corpus: Corpus = Path("corpus/entities"),
    output: Models = Path("models/coop_fr"),
    unmarked: Annotated[
        Path | None,
        typer.Option("--open-data", help="Folder of open texts that networks learn from others on.", exists=True),
    ] = None,
) -> None:
    """Train the tagger and write the pipeline."""
    from coopnlp.training.entities import train_entities as run

    run(corpus, output, unmarked=unmarked)


@themes_app.command("learn")
def themes_learn(
    corrections: Annotated[Path, typer.Argument(help="CSV, XLSX or JSON Lines, with the right themes in its columns.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the new model.")],
    model: Annotated[Path | None, typer.Option(help="Folder of the model to start from.")] = None,
    text_column: Annotated[list[str] | None, typer.Option(help="Column of the text; may be repeated.")] = None,
) -> None:
    """Learn corrected projects without forgetting; `evaluate themes --model` shows the difference."""
    from coopnlp.themes import load_themes
    from coopnlp.themes.learn import learn, read_corrections
    from coopnlp.themes.store import write_model

    old = load_themes(model)
    lessons, unread = read_corrections(corrections, old, text_column or [])
    if unread:
        _say(f"{unread} rows left out: still « À relire », with the theme that the model gave them")
    new = learn(old, lessons)

    def right(judge: ThemeModel) -> int:
        found = judge.classify([lesson.views for lesson in lessons])
        return sum(
            bool(said.themes) and said.themes[0].path == lesson.path
            for said, lesson in zip(found, lessons, strict=True)
        )

    _say(f"{len(lessons)} corrections: {right(old)} right before, {right(new)} after")
    try:
        write_model(new, output, {})
    except OSError as error:
        raise _unwritable(output, error.strerror or str(error)) from error
    _say(f"wrote {output}")


@train_app.command("records")
def train_records(
    corpus: Annotated[Path, typer.Option("--corpus", help="Folder with records and entities.")] = Path("corpus"),
    output: Models = Path("models/coop_records"),
    minutes: Annotated[
        Path | None, typer.Option(help="Folder of the council minutes that records/minutes.jsonl labels.")
    ] = None,
) -> None:
    """Train the models that find partnerships and fundings which rules miss."""
    from coopnlp.training.relations import train_records as run

    run(corpus, output, minutes)


@train_app.command("themes")
def train_themes(
    corpus: Corpus = Path("corpus/themes"),
    output: Models = Path("models/coop_themes"),
    taxonomy: Annotated[
        Path | None, typer.Option(help="Another nomenclature: SKOS (Turtle, RDF/XML, JSON-LD) or a table.")
    ] = None,
) -> None:
    """Train the theme classifier."""
    from coopnlp.themes.train import train_themes as run

    run(corpus, output, taxonomy)


@app.command()
def api(
    host: Annotated[str, typer.Option(help="Address to answer on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes one that is free.")] = 8002,
    workers: Annotated[int, typer.Option(min=1, help="Processes with the models: requests at work at once.")] = 1,
    queue: Annotated[int, typer.Option(min=0, help="Requests that may wait for a worker.")] = 16,
    max_bytes: Annotated[int, typer.Option(min=1, help="Of the body of a request.")] = 32_000_000,
    max_characters: Annotated[int, typer.Option(min=1, help="Of a text that is annotated.")] = 1_000_000,
    max_rows: Annotated[int, typer.Option(min=1, help="Projects of one call of classify.")] = 2_000,
    rate: Annotated[float, typer.Option(min=0, help="Requests a minute and client; 0 sets no limit.")] = 60.0,
    burst: Annotated[int, typer.Option(min=1, help="Requests that a client may send at once after a rest.")] = 20,
    per_client: Annotated[int, typer.Option(min=0, help="Of one client at work or waiting; 0 sets no limit.")] = 8,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that one request may take.")] = 120.0,
    memory: Annotated[int, typer.Option(min=200, help="Megabytes that reading one file may take.")] = 2_000,
    token_file: Annotated[Path | None, typer.Option(help="Bearer tokens, a line each; requests must show one.")] = None,
    cors: Annotated[list[str] | None, typer.Option(help="Origin whose pages may ask; may be repeated.")] = None,
    proxy: Annotated[
        list[str] | None, typer.Option(help="Proxy whose X-Forwarded-For is believed, as 10.0.0.7 or 10.0.0.0/8.")
    ] = None,
    allow_urls: Annotated[bool, typer.Option("--allow-urls", help="Fetch URLs that requests name.")] = False,
    ocr: Ocr = None,
) -> None:
    """Answer other programs: a JSON API over process, annotate, extract, classify and the gazetteer."""
    from coopnlp.errors import CoopnlpError

    try:
        from coopnlp.service import Settings, serve
        from coopnlp.service.serving import is_loopback
        from coopnlp.service.settings import read_networks, read_tokens
    except ModuleNotFoundError as error:
        raise CoopnlpError(f'the API needs {error.name}: pip install "coopnlp[api]"') from error

    settings = Settings(
        workers=workers, queue=queue, max_bytes=max_bytes, max_characters=max_characters, max_rows=max_rows,
        rate=rate, burst=burst, per_client=per_client, timeout_s=timeout, memory_bytes=memory * 1_000_000,
        tokens=read_tokens(token_file) if token_file else frozenset(), origins=tuple(cors or ()),
        proxies=read_networks(proxy or []), allow_urls=allow_urls,
    )  # fmt: skip
    if not settings.tokens and not is_loopback(host):
        _say(f"whoever reaches {host} may use the API: give --token-file, or let a proxy say who may")
    serve(host, port, settings, began=lambda url: _say(f"API at {url}/v1/, described at {url}/docs (Ctrl-C ends it)"))


@app.command()
def info() -> None:
    """Show versions, models, their scores and the date of the gazetteer, as one JSON object."""
    from coopnlp.api import info as collect

    sys.stdout.write(json.dumps(collect(), ensure_ascii=False, indent=2) + "\n")


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"coopnlp {__version__}\n")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass
