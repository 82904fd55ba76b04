"""What lies beside a page: the pages in its frames, the folder it was saved with.

Browsers save « page.html » with « page_files » (« page_fichiers » in French),
which holds style sheets, scripts, pictures and the pages in its frames; sites
of 1999 lay their frames beside the page that holds them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import Protocol
from urllib.parse import unquote, urlsplit

from coopnlp.errors import ExtractionError

__all__ = ["MAX_FRAME_BYTES", "Beside", "FolderBeside", "Neighbour", "is_fragment"]

#: A page in a frame is text; one over this is read on its own.
MAX_FRAME_BYTES = 5_000_000
#: What Firefox, Chrome, Internet Explorer and Word call the folder, after the stem of the page (French, English).
_FOLDER_ENDS = ("_files", "_fichiers", ".files", ".fichiers", "-fichiers", "-files")
_PAGE_ENDS = (".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx", ".jsp", ".xht")
#: A document that was saved with a page is a document of its own; all else in the folder is part of the page.
_DOCUMENT_ENDS = (
    ".pdf", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".csv", ".ppt", ".pptx", ".odp", ".eml", ".msg",
    ".zip",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A file that a page shows: its bytes, what was said of their encoding, its own neighbours, and its name."""

    name: str
    data: bytes
    charset: str | None
    beside: Beside


class Beside(Protocol):
    """Finds the files that a page names."""

    def find(self, address: str) -> Neighbour | None:
        """Return the file at an address as the page writes it; None where there is none that may be read."""


@dataclass(frozen=True)
class FolderBeside:
    """Files beside a page on disk or in an archive.

    Nothing above ``root`` is read, links included: a page that somebody sent
    must not name the files of the machine.

    Parameters
    ----------
    folder
        That of the page.
    root
        The folder that addresses may not leave: that of the outermost page.
    """

    folder: Path
    root: Path

    def find(self, address: str) -> Neighbour | None:
        """Return the file at a relative address, below the root."""
        from coopnlp.extract.sources import read_path

        parts = urlsplit(address.strip().replace("\\", "/"))
        if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/") or "\0" in parts.path:
            return None
        path = self.folder
        for part in PurePosixPath(unquote(parts.path)).parts:
            path = path.parent if part == ".." else path / part
        if not path.is_relative_to(self.root):
            return None
        found = _as_spelled(path)
        try:
            if found.exists() and not found.resolve().is_relative_to(self.root.resolve()):
                return None
            data = read_path(found, MAX_FRAME_BYTES)
        except (ExtractionError, OSError, ValueError, RuntimeError):
            return None
        return Neighbour(found.name, data, None, FolderBeside(found.parent, self.root))


def _as_spelled(path: Path) -> Path:
    """Return the file as the disk spells it: pages from Windows and the old Macintosh do not mind case."""
    try:
        if path.exists() or not path.parent.is_dir():
            return path
        return next((other for other in path.parent.iterdir() if other.name.lower() == path.name.lower()), path)
    except (OSError, ValueError):
        return path


def is_fragment(path: PurePath, exists: Callable[[PurePath], bool]) -> bool:
    """Tell whether a file is part of a saved page, and so no document of its own.

    Parameters
    ----------
    path
        Below the folder or archive that is being listed.
    exists
        Whether there is a file at such a path.

    >>> found = {"pv/séance.htm", "pv/séance_fichiers/cadre.htm", "pv/séance_fichiers/annexe.pdf"}
    >>> [name for name in sorted(found) if is_fragment(PurePosixPath(name), lambda p: str(p) in found)]
    ['pv/séance_fichiers/cadre.htm']
    """
    if path.suffix.lower() in _DOCUMENT_ENDS:
        return False
    for folder in path.parents:
        name = folder.name
        end = next((end for end in _FOLDER_ENDS if name.lower().endswith(end) and len(name) > len(end)), None)
        if end is None:
            continue
        stem = name[: -len(end)]
        if any(exists(folder.with_name(stem + page)) for end in _PAGE_ENDS for page in (end, end.upper())):
            return True
    return False
