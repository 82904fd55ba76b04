"""The program Tesseract: whether it is there, and the words that it reads in a picture."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from coopnlp.errors import TimedOut, UnreadableFile

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["INSTALL", "ReadWord", "ocr_is_installed", "read_picture", "tesseract_identity"]

INSTALL = "Install `tesseract-ocr` and `tesseract-ocr-fra`."
#: Seconds for one picture; a dense A4 page takes 3 to 10, a machine with more to do than cores many times that.
_MAX_SECONDS = 300
#: Signs that stand in no French text, and which Tesseract reads for 1, l, I and brackets: in two scanned council
#: reports of 2011 both « } » were a closing bracket, « Abstention : | » a figure 1.
_NEVER = "|{}~"


@dataclass(slots=True)
class ReadWord:
    """A word that was read, its box in pixels, and the line it stands on, counted over the page.

    ``confidence`` is Tesseract's, 0 to 100.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    confidence: float
    line: int


@cache
def ocr_is_installed() -> bool:
    """Tell whether ``tesseract`` with its French model is on the path."""
    return "fra" in _asked("--list-langs").split()


@cache
def tesseract_identity() -> str:
    """Return what a reading depends on besides the picture: the program's version and the French model's size."""
    version = (_asked("--version").splitlines() or ["?"])[0].strip()
    folder = re.search(r'"(.+)"', _asked("--list-langs"))
    model = Path(folder[1]) / "fra.traineddata" if folder else None
    size = model.stat().st_size if model is not None and model.is_file() else 0
    return f"{version} fra {size}"


def _asked(option: str) -> str:
    if shutil.which("tesseract") is None:
        return ""
    try:
        said = subprocess.run(["tesseract", option], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.stdout + said.stderr


def read_picture(image: Image, dpi: float, name: str, *, one_block: bool = False) -> list[ReadWord]:
    """Return the words in a picture, in Tesseract's reading order.

    Parameters
    ----------
    name
        What to call the document in errors.
    one_block
        Read line by line across the picture rather than look for columns and pictures first.

    Raises
    ------
    TimedOut
        Tesseract was stopped at its time limit.
    UnreadableFile
        It could not be run, or not read the picture.
    """
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=1, dpi=(dpi, dpi))
    command = ["tesseract", "-", "-", "-l", "fra", "--dpi", str(round(dpi)), "--psm", "6" if one_block else "3"]
    command += ["-c", f"tessedit_char_blacklist={_NEVER}", "tsv"]
    try:
        done = subprocess.run(
            command,
            input=buffer.getvalue(),
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
    return _words(done.stdout.decode("utf-8", "replace"))


def _words(table: str) -> list[ReadWord]:
    """Read Tesseract's ``tsv``: level, page, block, paragraph, line, word, left, top, width, height, conf, text."""
    lines: dict[tuple[str, ...], int] = {}
    words = []
    for row in table.splitlines()[1:]:
        fields = row.split("\t")
        if len(fields) != 12 or fields[0] != "5" or not fields[11].strip():
            continue
        left, top, width, height, confidence = (float(value) for value in fields[6:11])
        line = lines.setdefault(tuple(fields[2:5]), len(lines))
        words.append(ReadWord(fields[11].strip(), left, top, left + width, top + height, confidence, line))
    return words
