"""The tools that are measured: each reads a PDF into a :class:`Reading`."""

from __future__ import annotations

import logging
import resource
import time
from collections.abc import Callable
from io import BytesIO

from .scores import Reading

__all__ = ["TOOLS", "timed", "versions"]


def ours(data: bytes) -> Reading:
    """Read with ``coopnlp.extract``."""
    from coopnlp.errors import CoopnlpError
    from coopnlp.extract import extract

    try:
        found = extract(data, name="made.pdf")
    except CoopnlpError as error:
        print(f"coopnlp gave up: {error}")
        return Reading([], [], [], [])
    lines: list[str] = []
    blocks: list[str] = []
    tables = []
    headings = []
    for block in found.blocks:
        text = found.text[block.start : block.end]
        if block.cells:
            rows = 1 + max(cell.row for cell in block.cells)
            wide = 1 + max(cell.column for cell in block.cells)
            grid = [[""] * wide for _ in range(rows)]
            for cell in block.cells:
                grid[cell.row][cell.column] = found.text[cell.start : cell.end]
            lines += [" ".join(filter(None, row)) for row in grid]
            if block.kind == "table":
                tables.append(grid)
            continue
        lines.append(text)
        blocks.append(text)
        if block.kind == "heading":
            headings.append((text, block.level or 1))
    return Reading(lines, blocks, tables, headings)


def pypdfium2(data: bytes) -> Reading:
    """Read with pypdfium2, page by page in the order of the file."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    lines: list[str] = []
    for page in document:
        lines += page.get_textpage().get_text_bounded().splitlines()
    document.close()
    return Reading(lines)


#: pdfplumber parts words at 3 points by default, more than a blank of small type is wide: by its
#: ratio to the size of the type it glues 1 % of the letters instead of 11 % (dev-single-1).
_RATIO = 0.15


def pdfplumber(data: bytes) -> Reading:
    """Read with pdfplumber: text, and the tables that it finds by rules."""
    return _pdfplumber(data, {})


def pdfplumber_text(data: bytes) -> Reading:
    """Read with pdfplumber: text, and the tables that it finds by how words are aligned."""
    return _pdfplumber(data, {"vertical_strategy": "text", "horizontal_strategy": "text"})


def _pdfplumber(data: bytes, settings: dict[str, object]) -> Reading:
    import pdfplumber

    lines: list[str] = []
    tables = []
    with pdfplumber.open(BytesIO(data)) as document:
        for page in document.pages:
            lines += (page.extract_text(x_tolerance_ratio=_RATIO) or "").splitlines()
            found = page.extract_tables({**settings, "text_x_tolerance_ratio": _RATIO})
            tables += [[[cell or "" for cell in row] for row in table] for table in found]
            page.close()
    return Reading(lines, tables=tables)


def pypdf(data: bytes) -> Reading:
    """Read with pypdf."""
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.ERROR)
    return Reading([line for page in pypdf.PdfReader(BytesIO(data)).pages for line in page.extract_text().splitlines()])


TOOLS: dict[str, Callable[[bytes], Reading]] = {
    "coopnlp": ours,
    "pypdfium2": pypdfium2,
    "pdfplumber": pdfplumber,
    "pdfplumber-text": pdfplumber_text,
    "pypdf": pypdf,
}


def timed(read: Callable[[bytes], Reading], data: bytes) -> tuple[Reading, float]:
    """Return what a tool found and the processor time it took, that of programs it started included."""
    began = _processor_time()
    found = read(data)
    return found, _processor_time() - began


def _processor_time() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def versions() -> dict[str, str]:
    """Return the versions of the tools."""
    from importlib.metadata import version

    return {name: version(name) for name in ("coopnlp", "pypdfium2", "pdfplumber", "pypdf", "reportlab")}
