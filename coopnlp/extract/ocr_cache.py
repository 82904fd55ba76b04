"""What OCR read, kept in the user's cache folder: a second run over the same scans costs nothing.

A file a page, named by the digest of its picture and of all that the reading
depends on. Files are written whole under another name and then moved, and a
damaged or vanished one counts as none: so several processes may share the
folder. It is bounded: what was used longest ago goes first.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zlib
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coopnlp.extract.pdf_rules import Rule
from coopnlp.extract.scan import Scan
from coopnlp.extract.tesseract import ReadWord, tesseract_identity
from coopnlp.resources import cache_folder, make_private

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["MAX_CACHE_BYTES", "OcrCache", "open_ocr_cache", "page_key"]

#: About 30,000 pages: a dense page is 8 kB packed.
MAX_CACHE_BYTES = 250_000_000
#: To be raised when the same picture is read otherwise than before: mending, layout of the second look, this file.
_READING = 5
#: The folder is looked through once in so many pages that a process keeps.
_SWEEP_EVERY = 200
#: A sweep goes down to this share, so that the next page does not call for another.
_KEPT_SHARE = 0.8


def page_key(image: Image, dpi: float) -> str:
    """Return the name under which the reading of a picture is kept."""
    digest = hashlib.sha256(f"{_READING} {tesseract_identity()} {image.mode} {image.size} {dpi:.2f}\n".encode())
    digest.update(image.tobytes())
    return digest.hexdigest()


class OcrCache:
    """Keeps readings in a folder.

    Parameters
    ----------
    folder
        Made when the first page is kept. None keeps nothing.
    max_bytes
        What the folder may hold; a little more for a while.
    """

    def __init__(self, folder: Path | None, *, max_bytes: int = MAX_CACHE_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._until_sweep = 0

    def get(self, key: str) -> Scan | None:
        """Return what was read on the page, None where it is not kept or cannot be read."""
        if self._folder is None:
            return None
        path = self._path(self._folder, key)
        try:
            scan = _unpacked(path.read_bytes())
            os.utime(path)  # used now: the sweep takes the others first
        except FileNotFoundError:
            return None
        except (OSError, zlib.error, ValueError, TypeError, KeyError):
            with suppress(OSError):
                path.unlink(missing_ok=True)
            return None
        return scan

    def keep(self, key: str, scan: Scan) -> None:
        """Keep what was read on the page; a folder that cannot be written keeps nothing."""
        if self._folder is None:
            return
        path = self._path(self._folder, key)
        try:
            make_private(path.parent)
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as out:
                    out.write(_packed(scan))
                Path(name).replace(path)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError:
            return
        self._until_sweep -= 1
        if self._until_sweep <= 0:
            self._until_sweep = _SWEEP_EVERY
            self._sweep(self._folder)

    @staticmethod
    def _path(folder: Path, key: str) -> Path:
        return folder / key[:2] / key

    def _sweep(self, folder: Path) -> None:
        kept: list[tuple[float, int, Path]] = []
        with suppress(OSError):
            for path in folder.glob("??/*"):
                with suppress(OSError):
                    told = path.stat()
                    kept.append((told.st_mtime, told.st_size, path))
        total = sum(size for _, size, _ in kept)
        if total <= self._max_bytes:
            return
        for _, size, path in sorted(kept):
            with suppress(OSError):
                path.unlink(missing_ok=True)
            total -= size
            if total <= _KEPT_SHARE * self._max_bytes:
                return


def open_ocr_cache() -> OcrCache:
    """Return the cache of the user's cache folder; ``COOPNLP_CACHE=off`` keeps nothing."""
    folder = cache_folder()
    return _opened(None if folder is None else folder / "ocr")


@cache
def _opened(folder: Path | None) -> OcrCache:
    return OcrCache(folder)


def _packed(scan: Scan) -> bytes:
    return zlib.compress(json.dumps(asdict(scan), ensure_ascii=False).encode())


def _unpacked(data: bytes) -> Scan:
    fields: dict[str, Any] = json.loads(zlib.decompress(data))
    fields["words"] = [ReadWord(**word) for word in fields["words"]]
    fields["rules"] = [Rule(*map(float, rule)) for rule in fields["rules"]]
    return Scan(**fields)
