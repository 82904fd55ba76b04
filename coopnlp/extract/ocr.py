"""Scanned pages and images: Tesseract, where it is installed, with its French model."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from coopnlp.errors import NoText, TimedOut, UnreadableFile
from coopnlp.extract.builder import Builder
from coopnlp.extract.layout import Line

if TYPE_CHECKING:
    from coopnlp.types import Extraction, Source

__all__ = ["INSTALL", "ocr_is_installed", "ocr_page", "read_image"]

INSTALL = "Install `tesseract-ocr` and `tesseract-ocr-fra`."
#: Tesseract's models were trained at this resolution (tesseract-ocr/tessdoc, ImproveQuality).
_DPI = 300
#: A0 plans at 300 dpi do not fit in memory; larger pages are rendered at less.
_MAX_PIXELS = 40_000_000
#: Seconds for one page; a dense A4 page takes 3 to 10.
_MAX_SECONDS = 120
#: Under this mean confidence a page is said to be doubtful.
_DOUBTFUL = 70.0


@cache
def ocr_is_installed() -> bool:
    """Tell whether ``tesseract`` with its French model is on the path."""
    if shutil.which("tesseract") is None:
        return False
    try:
        listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "fra" in (listed.stdout + listed.stderr).split()


def ocr_page(page: Any, number: int, name: str, builder: Builder) -> list[Line]:
    """Read a pypdfium2 page by OCR; a notice says so, with the mean confidence.

    Raises
    ------
    TimedOut
        Tesseract was stopped at its time limit.
    """
    width, height = page.get_size()
    scale = min(_DPI / 72, (_MAX_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        image = bitmap.to_pil()
        buffer = BytesIO()
        image.save(buffer, "PNG", compress_level=1, dpi=(72 * scale, 72 * scale))
    finally:
        bitmap.close()
    return _lines(_tesseract(buffer.getvalue(), name), 1 / scale, number, builder)


def read_image(data: bytes, source: Source) -> Extraction:
    """Read a PNG, JPEG or TIFF as one page.

    Raises
    ------
    NoText
        Tesseract is not installed, or found nothing.
    UnreadableFile
        The image is damaged.
    TimedOut
        Tesseract was stopped at its time limit.
    """
    from coopnlp.extract.pdf import add_pages
    from coopnlp.types import Metadata

    if not ocr_is_installed():
        raise NoText(source.name, "an image, and Tesseract is not installed", INSTALL)
    builder = Builder()
    lines = _lines(_tesseract(data, source.name), 72 / _DPI, 1, builder)
    if not lines:
        raise NoText(source.name, "an image in which OCR found no text", "Look at the scan.")
    add_pages(builder, [lines])
    return builder.build(source, Metadata(pages=1))


def _tesseract(image: bytes, name: str) -> str:
    """Return Tesseract's table of words (its ``tsv`` output)."""
    try:
        done = subprocess.run(
            ["tesseract", "-", "-", "-l", "fra", "--dpi", str(_DPI), "tsv"],
            input=image,
            capture_output=True,
            timeout=_MAX_SECONDS,
            check=False,
            # several threads a page gain little and fight over the cores when a batch has workers
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise TimedOut(name, f"OCR did not finish a page in {_MAX_SECONDS} s", "Scan it anew at 300 dpi.") from error
    except OSError as error:
        raise UnreadableFile(name, f"Tesseract cannot be run ({error})", INSTALL) from error
    if done.returncode != 0:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no reason given"]
        raise UnreadableFile(name, f"Tesseract cannot read the image ({reason[0]})", "Open it to see it.")
    return done.stdout.decode("utf-8", "replace")


def _lines(table: str, scale: float, number: int, builder: Builder) -> list[Line]:
    """Return Tesseract's words as lines in its reading order; ``scale`` is points a pixel."""
    rows = [row.split("\t") for row in table.splitlines()[1:]]
    words: dict[tuple[str, ...], list[tuple[str, float, list[float]]]] = {}
    for row in rows:
        if len(row) == 12 and row[0] == "5" and row[11].strip():
            left, top, width, height = (float(value) * scale for value in row[6:10])
            words.setdefault(tuple(row[2:5]), []).append(
                (row[11].strip(), float(row[10]), [left, top, left + width, top + height])
            )
    lines = []
    edges: dict[str, list[float]] = {}
    for (block, *_), inside in words.items():
        edges.setdefault(block, []).extend(x for _, _, box in inside for x in (box[0], box[2]))
    for (block, *_), inside in words.items():
        boxes = [box for _, _, box in inside]
        top, bottom = min(b[1] for b in boxes), max(b[3] for b in boxes)
        lines.append(
            Line(
                text=" ".join(text for text, _, _ in inside),
                x0=boxes[0][0],
                top=top,
                x1=boxes[-1][2],
                bottom=bottom,
                size=round((bottom - top) / 1.15, 1),
                left=min(edges[block]),
                right=max(edges[block]),
                page=number,
                confidence=sum(c for _, c, _ in inside) / len(inside),
            )
        )
    _level_sizes(lines)
    sure = [c for inside in words.values() for _, c, _ in inside]
    mean = sum(sure) / len(sure) if sure else 0.0
    if sure:
        doubt = " Lecture douteuse : à vérifier sur l'image." if mean < _DOUBTFUL else ""
        builder.notice(
            "ocr",
            f"Page {number} lue par reconnaissance de caractères, confiance moyenne de {mean:.0f} sur 100.{doubt}",
            number,
        )
    else:
        builder.notice(
            "page_empty", f"Page {number} : image où la reconnaissance de caractères n'a pas trouvé de texte.", number
        )
    return lines


def _level_sizes(lines: list[Line]) -> None:
    """Give lines of nearly one height one size: what OCR measures depends on the letters in a line."""
    if not lines:
        return
    from statistics import median

    usual = median(line.size for line in lines)
    for line in lines:
        if 0.45 * usual <= line.size <= 1.45 * usual:
            line.size = usual
