"""Old Office formats and OpenDocument: turned into DOCX or XLSX by LibreOffice, where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from coopnlp.errors import TimedOut, UnknownFormat, UnreadableFile
from coopnlp.extract.docx import read_docx
from coopnlp.extract.formats import Format
from coopnlp.extract.xlsx import read_xlsx

if TYPE_CHECKING:
    from coopnlp.types import Extraction, Source

__all__ = ["office", "read_legacy"]

#: Seconds for one file, on the clock and of processor time; 250 pages of minutes take 15 and 10.
_MAX_SECONDS = 300
_MAX_CPU_SECONDS = 120
#: Bytes that it may write for one file; the largest minutes become 3 MB.
_MAX_WRITTEN = 1_000_000_000
_TEXTS = {Format.DOC: "doc", Format.RTF: "rtf", Format.ODT: "odt"}
_SHEETS = {Format.XLS: "xls", Format.XLSB: "xlsb", Format.ODS: "ods"}
#: The private profile: no macros, nothing from the network, even where a document asks for it.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings">
<prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings">
<prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings">
<prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings">
<prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings">
<prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
</oor:items>
"""


def office() -> str | None:
    """Return the LibreOffice program on the path, None where there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def read_legacy(data: bytes, kind: Format, source: Source) -> Extraction:
    """Convert to DOCX or XLSX in a private profile and folder, and read that.

    Raises
    ------
    UnknownFormat
        LibreOffice is not installed.
    TimedOut
        It was stopped at its limit of time or of processor time.
    UnreadableFile
        It made nothing of the file: damaged, or password-protected.
    """
    is_text = kind in _TEXTS
    suffix = _TEXTS[kind] if is_text else _SHEETS[kind]
    target = "docx" if is_text else "xlsx"
    program = office()
    if program is None:
        package = "libreoffice-writer" if is_text else "libreoffice-calc"
        raise UnknownFormat(
            source.name,
            f"{suffix.upper()} is read through LibreOffice, which is not installed",
            f"Install `{package}`, or save the file as {target.upper()} or PDF.",
        )
    # what it leaves half written when it is killed must not hide why it was
    with tempfile.TemporaryDirectory(prefix="coopnlp-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        (place / f"source.{suffix}").write_bytes(data)
        _convert(program, place, f"source.{suffix}", target, source.name)
        made = place / "out" / f"source.{target}"
        if not made.is_file():
            package = "libreoffice-writer" if is_text else "libreoffice-calc"
            raise UnreadableFile(
                source.name,
                f"LibreOffice cannot read this {suffix.upper()} file",
                f"It may be damaged or have a password, or `{package}` is not installed; "
                f"open it by hand and save it as {target.upper()}.",
            )
        converted = made.read_bytes()
    extraction = read_docx(converted, source, converted=True) if is_text else read_xlsx(converted, source)
    from coopnlp.types import Notice

    notice = Notice(kind="converted", message=f"Lu par LibreOffice, de {suffix.upper()} en {target.upper()}.")
    # the language of a converted file is that of LibreOffice, not of the text
    metadata = extraction.metadata.model_copy(update={"language": None})
    return extraction.model_copy(update={"metadata": metadata, "notices": (notice, *extraction.notices)})


def _convert(program: str, place: Path, name: str, target: str, shown: str) -> None:
    settings = place / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_PROFILE, encoding="utf-8")
    command = [
        program,
        f"-env:UserInstallation={(place / 'profile').as_uri()}",
        "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo",
        "--convert-to", target,
        "--outdir", str(place / "out"),
        str(place / name),
    ]  # fmt: skip
    before = _spent()
    try:
        # soffice starts children: a group of its own, so that all of them end at the limit
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=place,
        )
    except OSError as error:
        raise UnreadableFile(shown, f"LibreOffice cannot be started ({error})", "Check its installation.") from error
    try:
        _limit(process.pid)
        process.wait(_MAX_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise TimedOut(
            shown, f"LibreOffice did not finish in {_MAX_SECONDS} s", "Save the file as DOCX, XLSX or PDF by hand."
        ) from error
    finally:
        # also where this process is told to end, and for children that outlive their parent
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    # at that limit the system kills it; what its starter makes of that is an exit status of its own
    if process.returncode and _spent() - before >= 0.9 * _MAX_CPU_SECONDS:
        raise TimedOut(
            shown,
            f"LibreOffice did not finish in {_MAX_CPU_SECONDS} s of processor time",
            "Save the file as DOCX, XLSX or PDF by hand.",
        )


def _spent() -> float:
    """Return the processor time of all processes that this one has started and waited for, in seconds."""
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _limit(pid: int) -> None:
    """Bound processor time and what is written, of a process and those that it will start, where the system can."""
    import resource

    if hasattr(resource, "prlimit"):
        with suppress(OSError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (_MAX_WRITTEN, _MAX_WRITTEN))
            resource.prlimit(pid, resource.RLIMIT_CPU, (_MAX_CPU_SECONDS, _MAX_CPU_SECONDS))
