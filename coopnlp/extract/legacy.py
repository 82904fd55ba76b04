"""DOC, RTF and ODT: turned into DOCX by LibreOffice, where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from coopnlp.errors import TimedOut, UnknownFormat, UnreadableFile
from coopnlp.extract.docx import read_docx
from coopnlp.extract.formats import Format

if TYPE_CHECKING:
    from coopnlp.types import Extraction, Source

__all__ = ["office", "read_legacy"]

#: Seconds for one file; 200 pages of minutes take 10.
_MAX_SECONDS = 120
_SUFFIX = {Format.DOC: "doc", Format.RTF: "rtf", Format.ODT: "odt"}


def office() -> str | None:
    """Return the LibreOffice program on the path, None where there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def read_legacy(data: bytes, kind: Format, source: Source) -> Extraction:
    """Convert to DOCX in a private profile and folder, and read that.

    Raises
    ------
    UnknownFormat
        LibreOffice is not installed.
    TimedOut
        It was stopped at its time limit.
    UnreadableFile
        It made no DOCX of the file: damaged, or password-protected.
    """
    program = office()
    suffix = _SUFFIX[kind]
    if program is None:
        raise UnknownFormat(
            source.name,
            f"{suffix.upper()} is read through LibreOffice, which is not installed",
            "Install `libreoffice-writer`, or save the file as DOCX or PDF.",
        )
    with tempfile.TemporaryDirectory(prefix="coopnlp-") as folder:
        place = Path(folder)
        (place / f"source.{suffix}").write_bytes(data)
        _convert(program, place, f"source.{suffix}", source.name)
        made = place / "out" / "source.docx"
        if not made.is_file():
            raise UnreadableFile(
                source.name,
                f"LibreOffice cannot read this {suffix.upper()} file",
                "It may be damaged or have a password; open it by hand and save it as DOCX.",
            )
        converted = made.read_bytes()
    extraction = read_docx(converted, source, converted=True)
    from coopnlp.types import Notice

    notice = Notice(kind="converted", message=f"Lu par LibreOffice, de {suffix.upper()} en DOCX.")
    return extraction.model_copy(update={"notices": (notice, *extraction.notices)})


def _convert(program: str, place: Path, name: str, shown: str) -> None:
    command = [
        program,
        f"-env:UserInstallation={(place / 'profile').as_uri()}",
        "--headless", "--norestore", "--nolockcheck", "--nodefault",
        "--convert-to", "docx",
        "--outdir", str(place / "out"),
        str(place / name),
    ]  # fmt: skip
    try:
        # soffice starts children: a group of its own, so that all of them end at the limit
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as error:
        raise UnreadableFile(shown, f"LibreOffice cannot be started ({error})", "Check its installation.") from error
    try:
        process.wait(_MAX_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise TimedOut(
            shown, f"LibreOffice did not finish in {_MAX_SECONDS} s", "Save the file as DOCX or PDF by hand."
        ) from error
    finally:
        # also where the reading process is told to end
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
