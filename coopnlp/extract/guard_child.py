"""The reading process: requests in, results out, until its parent is gone.

:mod:`coopnlp.extract.guard` starts it and is all that talks to it. The limits
are set by the system on the process itself (``setrlimit``), so that they hold in
the C libraries that read PDF, XML and images, and in Tesseract and LibreOffice,
which inherit them.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import shutil
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from coopnlp.errors import CoopnlpError, TooLarge
from coopnlp.extract import guard_wire as wire

if sys.platform != "win32":
    import resource

__all__ = ["extraction_frames", "main", "member_frames", "too_much_text"]

#: A process that holds more than this when it has read a file is replaced: it does not give it back.
#: All libraries loaded take 85 MB, after the largest council minutes at hand 150 MB.
_RETIRE_BYTES = 400_000_000
#: What a block, cell or notice weighs as a value (pydantic 2.12, CPython 3.11: 500 to 1,100 bytes).
_VALUE_BYTES = 1_000
_REQUEST_BYTES = 1_000_000


def extraction_frames(source: str | Path | bytes, *, output_bytes: int, **options: Any) -> Iterator[bytes]:
    """Read a source and yield its extraction as JSON.

    Raises
    ------
    ExtractionError
        It cannot be read.
    TooLarge
        As a value the extraction would weigh more than ``output_bytes``.
    """
    from coopnlp.extract.reader import extract

    found = extract(source, **options)
    values = len(found.notices) + sum(1 + len(block.cells) for block in found.blocks)
    if len(found.text) + _VALUE_BYTES * values > output_bytes:
        raise too_much_text(found.source.name, output_bytes)
    yield found.model_dump_json().encode()


def member_frames(source: Path, *, name: str | None, max_bytes: int) -> Iterator[bytes]:
    """Yield the paths of what an archive holds, as they go on from its own; an empty one is the archive itself."""
    from coopnlp.extract.sources import members_of

    found = members_of(source, max_bytes)
    yield json.dumps([str(path)[len(str(source)) + 1 :] for path in found]).encode()


def too_much_text(name: str, output_bytes: int) -> TooLarge:
    """Return the error for what comes out of a source."""
    return TooLarge(
        name, f"what is in it takes more than {output_bytes // 1_000_000} MB", "Split it into smaller files."
    )


def main(handle: int, parent: int, scratch: str) -> None:
    """Answer requests on the socket ``handle`` until it is closed; then remove the folder ``scratch``."""
    signal.signal(signal.SIGTERM, _stop)
    # The end of the parent closes the socket and sends a signal, which may come while the folder is removed: the second
    # call does what the first left.
    for _ in range(2):
        atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    try:
        _end_with(parent)
        with socket.socket(fileno=handle) as pipe:
            while _serve(pipe):
                pass
    except (EOFError, OSError):
        return


def _stop(*_: object) -> None:
    """End as an exception does, once: LibreOffice is stopped and temporary files go."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(0)


def _end_with(parent: int) -> None:
    """Have the system tell this process when its parent ends (Linux); the CPU limit holds elsewhere."""
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1  # linux/prctl.h
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, int(signal.SIGTERM))
    if os.getppid() != parent:
        raise SystemExit(0)


def _serve(pipe: socket.socket) -> bool:
    """Answer one request; return whether this process may take another."""
    _, raw = wire.receive(pipe, max_bytes=_REQUEST_BYTES)
    request = json.loads(raw)
    source: Any = request["source"]
    if request["kind"] == "bytes":
        _, source = wire.receive(pipe, max_bytes=sys.maxsize)
    elif request["kind"] == "path":
        source = Path(source)
    if os.getcwd() != request["folder"]:  # noqa: PTH109 - a Path a file costs more than the call
        os.chdir(request["folder"])
    _set_limits(request)
    module, _, name = request["function"].partition(":")
    function = getattr(importlib.import_module(module), name)
    told = _Told()
    with told:
        sent = 0
        for frame in function(source, **request["options"]):
            sent += len(frame)
            if sent > request["output_bytes"]:
                raise too_much_text(request["name"], request["output_bytes"])
            wire.send(pipe, wire.DATA, frame)
    goes_on = not told.spent and _resident_bytes() < _RETIRE_BYTES
    _free_limits()
    wire.send(pipe, told.kind, json.dumps({**told.error, "goes_on": goes_on}).encode())
    return goes_on


class _Told:
    """Turns what a reader raises into a message for the parent; a memory error also ends this process."""

    def __init__(self) -> None:
        self.kind = wire.END
        self.error: dict[str, Any] = {}
        self.spent = False

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if error is None or not isinstance(error, Exception):
            return False
        _free_limits()  # the message itself must not fail for want of memory
        self.kind = wire.ERROR
        if isinstance(error, CoopnlpError):
            self.error = {"error": type(error).__name__, "args": [str(part) for part in error.args]}
        elif isinstance(error, MemoryError):
            self.spent = True
            self.error = {"error": "MemoryError"}
        else:
            reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            self.error = {"error": "", "reason": reason[:300], "trace": traceback.format_exc()[-20_000:]}
        return True


def _set_limits(request: dict[str, Any]) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime + request["cpu_seconds"]) + 1
    _soft(resource.RLIMIT_CPU, seconds)
    _soft(resource.RLIMIT_AS, request["memory_bytes"])
    _soft(resource.RLIMIT_FSIZE, request["memory_bytes"])  # temporary files, and what LibreOffice writes
    _soft(resource.RLIMIT_CORE, 0)


def _free_limits() -> None:
    _soft(resource.RLIMIT_AS, resource.RLIM_INFINITY)


def _soft(what: int, value: int) -> None:
    """Set the soft limit, as far as the hard one allows."""
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY and (value == resource.RLIM_INFINITY or value > hard):
        value = hard
    resource.setrlimit(what, (value, hard))


def _resident_bytes() -> int:
    """Return the memory that this process holds now (Linux), or has held at most."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - once a file read
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
