"""Stand-ins for readers that do harm, importable by the reading process."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from coopnlp.extract import Limits, guarded
from coopnlp.types import Record, Result

_kept: list[bytes] = []


def say_variable(_: bytes, *, name: str | None) -> Iterator[bytes]:
    """Say what a variable of the environment holds."""
    yield os.environ.get("COOPNLP_OCR", "rien").encode()


def hoard(_: bytes, *, name: str | None) -> Iterator[bytes]:
    """Ask for more memory at once than there may be."""
    yield bytes(2_000_000_000)[:1]


def hoard_slowly(_: bytes, *, name: str | None) -> Iterator[bytes]:
    """Take memory piece by piece."""
    taken = []
    while True:
        taken.append(bytearray(b"x") * 10_000_000)
    yield b""


def sleep(_: bytes, *, name: str | None) -> Iterator[bytes]:
    """Do nothing for long."""
    time.sleep(60)
    yield b""


def turn(_: bytes, *, name: str | None) -> Iterator[bytes]:
    """Be busy for ever."""
    while True:
        pass
    yield b""


def talk(_: bytes, *, name: str | None) -> Iterator[bytes]:
    """Say more than there may be said."""
    for _n in range(100):
        yield b"x" * 1_000_000


def crash_sigsegv(_: bytes, *, name: str | None) -> Iterator[bytes]:
    """End as a C library does that reads where nothing is."""
    os.kill(os.getpid(), signal.SIGSEGV)
    yield b""


def crash_sigabrt(_: bytes, *, name: str | None) -> Iterator[bytes]:
    """End as a C library does that gives up."""
    os.abort()
    yield b""


def crash_sigill(_: bytes, *, name: str | None) -> Iterator[bytes]:
    """End as pdfium does where it has no memory."""
    os.kill(os.getpid(), signal.SIGILL)
    yield b""


def crash_sigkill(_: bytes, *, name: str | None) -> Iterator[bytes]:
    """End as a process does that the system takes for the one to end."""
    os.kill(os.getpid(), signal.SIGKILL)
    yield b""


def err(_: bytes, *, name: str | None) -> Iterator[bytes]:
    """Make a mistake."""
    raise KeyError("cle")
    yield b""


def grow(_: bytes, *, name: str | None) -> Iterator[bytes]:
    """Keep memory after the file."""
    _kept.append(b"x" * 450_000_000)
    yield b""


def start_program(source: Path, *, name: str | None) -> Iterator[bytes]:
    """Wait for a program, whose number is written to the source."""
    with subprocess.Popen(["sleep", "60"]) as program:
        source.write_text(str(program.pid))
        program.wait()
    yield b""


def leave_files(_: bytes, *, name: str | None) -> Iterator[bytes]:
    """Crash over a temporary file."""
    Path(tempfile.gettempdir(), "laisse.txt").write_text("x")
    os.kill(os.getpid(), signal.SIGSEGV)
    yield b""


def process(source: str | Path) -> Result:
    """Read a source behind the guard, within small limits, and make next to nothing of it."""
    extraction = guarded(source, limits=Limits(seconds=60, cpu_seconds=2))
    return Result(extraction=extraction, record=Record(id="x", source=extraction.source))
