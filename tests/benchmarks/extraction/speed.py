"""Speed and memory on 118 real pages: minutes of a council, of the documents in ``../shared``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

from .tools import TOOLS, timed

__all__ = ["measure_speed"]

NAME = "PV_CM_16_12_2011.pdf"
DOCUMENTS = Path(__file__).resolve().parents[4] / "shared" / "data" / "documents"
READINGS = 20
PASSES = 3

#: Run in a process of its own: prints the resident memory in MB after each reading.
_READ_AGAIN = """
import sys
from pathlib import Path
from coopnlp.extract import extract
data = Path(sys.argv[1]).read_bytes()
for _ in range(int(sys.argv[2])):
    extract(data, name="pv.pdf")
    status = Path("/proc/self/status").read_text()
    print(*(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith(("VmRSS", "VmHWM"))))
"""


def measure_speed() -> dict[str, object]:
    """Print and return pages a second of processor time, and the memory of one process over 20 readings."""
    data = _minutes()
    if data is None:
        print(f"skipped: {NAME} is not among the documents of {DOCUMENTS}")
        return {"skipped": f"no {NAME}"}
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    pages = len(document)
    document.close()
    speeds: dict[str, float] = {}
    for name in ("coopnlp", "pypdfium2", "pdfplumber"):
        # pdfplumber takes a minute: one pass says enough
        passes = 1 if name == "pdfplumber" else PASSES
        speeds[name] = max(pages / timed(TOOLS[name], data)[1] for _ in range(passes))
        print(f"{name:<12} {speeds[name]:8.1f} pages a second of processor time, {NAME}, {pages} pages", flush=True)
    print(f"coopnlp / pdfplumber {speeds['coopnlp'] / speeds['pdfplumber']:.1f}")
    memory = _memory(data)
    if memory:
        now = [row[1] for row in memory]
        print(f"resident memory after 1, 10, {READINGS} readings in one process: {now[0]}, {now[9]}, {now[-1]} MB")
        print(f"its peak: {memory[-1][0]} MB")
    return {"pages": pages, "pages_a_second": speeds, "memory_mb": memory}


def _minutes() -> bytes | None:
    for path in sorted(DOCUMENTS.glob("*")) if DOCUMENTS.is_dir() else []:
        if path.name == NAME:
            return path.read_bytes()
        if path.suffix == ".zip":
            with ZipFile(path) as archive:
                for member in archive.namelist():
                    if member.endswith(NAME):
                        return archive.read(member)
    return None


def _memory(data: bytes) -> list[list[int]]:
    """Return (peak, resident) in MB after each reading; empty where the system does not say (not Linux)."""
    if not Path("/proc/self/status").exists():
        return []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        path.write_bytes(data)
        command = [sys.executable, "-c", _READ_AGAIN, str(path), str(READINGS)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    return [[int(value) for value in line.split()] for line in done.stdout.splitlines()]
