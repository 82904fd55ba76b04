"""Reading behind a guard: in a process of its own, with limits, that dies alone.

A PDF, an image or an XML file goes through C libraries that a damaged or
malicious file may crash, hang or bloat. ``guarded(source)`` is ``extract(source)``
in a second process, of which the system bounds memory and processor time and
this module the time and the size of what it says; whatever happens there, here
it is a named error. The process is kept for the next file and replaced when a
file has cost it its life, so that a file costs a message each way (half a
millisecond) and not a start (0.3 s). ``guarded_each`` also lets it read the next file while the
caller works on the last one.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from coopnlp import errors
from coopnlp.errors import CoopnlpError, ExtractionError, TimedOut, TooLarge, UnreadableFile
from coopnlp.extract import guard_wire as wire
from coopnlp.extract.guard_child import extraction_frames, member_frames, too_much_text
from coopnlp.extract.guard_process import LIMITED, ReadingProcess, exit_reason, put_back, take
from coopnlp.extract.sources import is_url

if TYPE_CHECKING:
    from coopnlp.types import Extraction

__all__ = ["Limits", "ReaderError", "guarded", "guarded_each", "guarded_frames", "guarded_members", "warm_up"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one source may cost.

    ``seconds`` is time on the clock, OCR and LibreOffice included; ``cpu_seconds``
    processor time of the reading process alone, which a busy machine does not
    change; ``memory_bytes`` address space of the process, and of each program it
    starts; ``output_bytes`` what the extraction weighs as a value.

    The defaults, by what was read to choose them (62 files of council minutes and two
    lists of grants of Montpellier, a plain text of 50 MB, LibreOffice and Tesseract on
    the files of the tests): the slowest took 3 s of processor time, that text 5 s; OCR
    takes 3 to 10 s a page, so an hour is a scan of 400 pages; the largest address space
    was 0.22 GB for a PDF, 0.4 GB for that text, 0.7 GB for LibreOffice; the largest
    output weighed 6 MB, that text 160 MB.
    """

    seconds: float = 3_600.0
    cpu_seconds: int = 600
    memory_bytes: int = 2_000_000_000
    output_bytes: int = 500_000_000


LIMITS = Limits()

#: Nothing may come for this long within a message that has begun.
_STALL_S = 60.0
#: Above this share of its memory limit, a process that crashed is taken to have met the limit.
_NEAR_LIMIT = 0.6

Given = str | Path | bytes


class ReaderError(Exception):
    """What a reader raised that it should not have, as text: the cause of the error that users see."""


def guarded(source: Given, *, name: str | None = None, limits: Limits = LIMITS, **options: Any) -> Extraction:
    """Read a source as :func:`coopnlp.extract.extract` does, in a process of its own, within limits.

    On Windows, which has no such limits, it is read in this process.

    Parameters
    ----------
    source
        A path (also ``archive.zip/member``), an http(s) URL, or the bytes.
    name
        Name to show and to tell the format by, where the source has none.
    limits
        What the source may cost.
    options
        Further arguments of ``extract``; values that JSON has.

    Raises
    ------
    TimedOut
        Over one of the limits on time.
    TooLarge
        Over a limit on memory or output, or what ``extract`` finds too large.
    UnreadableFile
        It crashes its reader, or what ``extract`` cannot read.
    CoopnlpError
        Whatever else ``extract`` raises.

    Examples
    --------
    >>> from coopnlp.extract import guarded
    >>> guarded("Jumelage de Troyes et Tournai.".encode(), name="note.txt").text
    'Jumelage de Troyes et Tournai.'
    """
    from coopnlp.types import Extraction

    asked = _ask_extraction(source, name, limits, options)
    payload = b"".join(_frames(asked))
    try:
        return Extraction.model_validate_json(payload)
    except ValueError as error:
        raise _unexpected(asked.shown, f"what it says is no extraction ({error})") from error


def guarded_each(
    sources: Iterable[Given | tuple[Given, str | None]], *, limits: Limits = LIMITS, **options: Any
) -> Generator[tuple[Given, Extraction | CoopnlpError], None, None]:
    """Yield each source with its extraction or its error, in order, reading one ahead.

    A source may come with its name, as ``(source, name)``. While the caller works
    on one extraction the next is made; a second one is not begun.
    """
    from coopnlp.types import Extraction

    asked: _Asked | None = None
    try:
        for given in _and_none(sources):
            read: Extraction | CoopnlpError | None = None
            before = asked
            if before is not None:
                try:
                    payload = b"".join(_frames(before))
                    read = Extraction.model_validate_json(payload)
                except CoopnlpError as error:
                    read = error
                except ValueError as error:
                    read = _unexpected(before.shown, f"what it says is no extraction ({error})")
            asked = None
            if given is not None:
                source, name = given if isinstance(given, tuple) else (given, None)
                asked = _ask_extraction(source, name, limits, options)
            if before is not None and read is not None:
                yield before.source, read
    finally:
        if asked is not None and asked.process is not None:
            asked.process.stop()


def guarded_frames(
    function: Callable[..., Iterator[bytes]],
    source: Given,
    *,
    name: str | None = None,
    limits: Limits = LIMITS,
    **options: Any,
) -> Iterator[bytes]:
    """Yield what ``function(source, name=name, **options)`` yields in the reading process.

    ``function`` is one of a module, found there by its name.

    Raises
    ------
    CoopnlpError
        As :func:`guarded`.
    """
    yield from _frames(_ask(function, source, name, limits, {**options, "name": name}))


def guarded_members(path: Path, max_bytes: int) -> list[Path]:
    """List an archive or a message in the reading process, for ``sources(members=guarded_members)``.

    One that cannot be listed within the limits is given as it is: reading it says why.
    """
    try:
        frames = list(guarded_frames(member_frames, path, max_bytes=max_bytes))
        return [path / member if member else path for frame in frames for member in json.loads(frame)]
    except ExtractionError:
        return [path]


def warm_up() -> None:
    """Start a reading process, so that it loads its libraries while this one does something else."""
    if LIMITED:
        put_back(take())


def _and_none(items: Iterable[Any]) -> Iterator[Any]:
    yield from items
    yield None


@dataclass(slots=True)
class _Asked:
    """A source that is being read."""

    source: Given
    shown: str
    function: Callable[..., Iterator[bytes]]
    request: dict[str, Any]
    limits: Limits
    process: ReadingProcess | None  # where there is none, this process reads
    since: float = 0.0


def _ask_extraction(source: Given, name: str | None, limits: Limits, options: dict[str, Any]) -> _Asked:
    more = {**options, "name": name, "output_bytes": limits.output_bytes}
    return _ask(extraction_frames, source, name, limits, more)


def _shown(source: str | Path) -> str:
    """Return the name of a source for messages, which show no password of a URL."""
    if not is_url(source):
        return Path(source).name or str(source)
    parts = urlsplit(str(source))
    return unquote(Path(parts.path).name) or parts.netloc.rpartition("@")[2]


def _ask(
    function: Callable[..., Iterator[bytes]],
    source: Given,
    name: str | None,
    limits: Limits,
    options: dict[str, Any],
) -> _Asked:
    shown = name or ("bytes" if isinstance(source, bytes) else _shown(source))
    kind = "bytes" if isinstance(source, bytes) else "url" if is_url(source) else "path"
    request = {
        "function": f"{function.__module__}:{function.__qualname__}",
        "kind": kind,
        "source": None if isinstance(source, bytes) else str(source),
        "name": shown,
        "options": options,
        "folder": _folder(),
        "cpu_seconds": limits.cpu_seconds,
        "memory_bytes": limits.memory_bytes,
        "output_bytes": limits.output_bytes,
    }
    asked = _Asked(source, shown, function, request, limits, take() if LIMITED else None)
    if asked.process is not None:
        _send(asked, asked.process)
    return asked


def _folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 - as text
    except OSError:  # it was removed
        return os.sep


def _send(asked: _Asked, process: ReadingProcess) -> None:
    asked.process, asked.since = process, time.monotonic()
    pipe = process.pipe
    pipe.settimeout(_STALL_S)
    # a process that has ended, or does not listen, is met when its answer is waited for
    with suppress(OSError):
        wire.send(pipe, wire.REQUEST, json.dumps(asked.request).encode())
        if isinstance(asked.source, bytes):
            wire.send(pipe, wire.DATA, asked.source)


def _frames(asked: _Asked) -> Iterator[bytes]:
    """Yield the frames of the answer; the process goes back to the idle ones, or ends."""
    process = asked.process
    if process is None:
        yield from asked.function(asked.source, **asked.request["options"])
        return
    size, done = 0, False
    try:
        while True:
            try:
                kind, payload = _receive(asked, process, size)
            except EOFError as error:
                done = True
                code, peak = process.stop()
                if not process.served or size:
                    raise _death(asked, code, peak) from error
                # it may have died of what an earlier file did to it
                process, done = ReadingProcess(), False
                _send(asked, process)
                continue
            if kind == wire.DATA:
                size += len(payload)
                yield payload
                continue
            told = json.loads(payload)
            done = True
            process.served += 1
            if told["goes_on"]:
                put_back(process)
            else:
                process.stop()
            if kind == wire.ERROR:
                raise _error(asked, told)
            return
    finally:
        if not done:  # a limit was passed, or nobody wants the rest
            process.stop()


def _receive(asked: _Asked, process: ReadingProcess, size: int) -> tuple[bytes, bytes]:
    """Return the next frame, ``size`` bytes having come; EOFError says that the process has ended."""
    limits = asked.limits
    deadline = asked.since + limits.seconds
    try:
        return wire.receive(process.pipe, max_bytes=limits.output_bytes - size, deadline=deadline, stall_s=_STALL_S)
    except wire.Overlong as error:
        raise too_much_text(asked.shown, limits.output_bytes) from error
    except TimeoutError as error:
        raise TimedOut(asked.shown, f"reading it was stopped after {limits.seconds:g} s", _MORE_TIME) from error
    except OSError as error:
        raise EOFError from error


_MORE_TIME = "Split it, or give it more time (--timeout; Limits in coopnlp.extract)."
_MORE_MEMORY = "Split it, or give it more memory (--memory; Limits in coopnlp.extract)."


def _death(asked: _Asked, code: int, peak: int) -> ExtractionError:
    """Say why the process of a source ended."""
    limits = asked.limits
    if code == -signal.SIGXCPU:
        return TimedOut(asked.shown, f"reading it takes over {limits.cpu_seconds} s of processor time", _MORE_TIME)
    if peak > _NEAR_LIMIT * limits.memory_bytes:
        return _too_much_memory(asked)
    if code == -signal.SIGKILL:
        return TooLarge(
            asked.shown,
            "the system ended its reader, most likely for want of memory",
            "Read it again with fewer workers or on a machine with more memory.",
        )
    return UnreadableFile(
        asked.shown,
        f"it breaks the program that reads it ({exit_reason(code)})",
        "It is damaged, or needs more memory; open it by hand and print it to PDF. Please report it.",
    )


def _error(asked: _Asked, told: dict[str, Any]) -> Exception:
    """Return the error that a reader raised."""
    kind = told["error"]
    if kind == "MemoryError":
        return _too_much_memory(asked)
    if kind in errors.__all__:
        found = getattr(errors, kind)(*told["args"])
        assert isinstance(found, CoopnlpError)
        return found
    failed = _unexpected(asked.shown, str(told.get("reason", kind)))
    failed.__cause__ = ReaderError(told.get("trace", ""))
    return failed


def _too_much_memory(asked: _Asked) -> TooLarge:
    megabytes = asked.limits.memory_bytes // 1_000_000
    return TooLarge(asked.shown, f"reading it takes more than {megabytes} MB of memory", _MORE_MEMORY)


def _unexpected(name: str, reason: str) -> UnreadableFile:
    return UnreadableFile(
        name,
        f"its reader failed ({reason})",
        "This is a mistake of coopnlp: please report it, with the file if you may.",
    )
