"""Files that hold files: ZIP archives and mail messages, listed and opened with limits.

Members are read into memory and never written, so that no name of a member can
reach a file of the machine. What an archive says of itself is checked before
anything is unpacked, and what comes out is counted all the same.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Protocol

from coopnlp.errors import EncryptedFile, NoText, TooLarge, UnreadableFile

__all__ = ["MAX_DEPTH", "MAX_MEMBERS", "ZIP_ERRORS", "Container", "is_container", "open_container", "too_large"]

#: An archive with more members is one source, and reading it fails by name. A year of a large
#: town's deliberations is under 2,000 files.
MAX_MEMBERS = 20_000
#: Archives inside archives are walked this deep.
MAX_DEPTH = 3
#: What all members of an archive say they unpack to, at most: a hundred times the largest archive looked at.
_MAX_TOTAL = 20_000_000_000
#: A member that is large and grows more than this is a bomb: XML of Office files grows 20 times, a table
#: in text 40, an empty scan without compression 150; DEFLATE makes 1,032 at most.
_MAX_RATIO = 200
_LARGE = 10_000_000

#: What zipfile raises on damaged, truncated or unsupported archives (CPython 3.11-3.13).
ZIP_ERRORS = (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError, RuntimeError, zlib.error)


class Container(Protocol):
    """A file that holds files, by names that are paths without a root."""

    def names(self) -> list[str]:
        """Return the names, in the order in which they are read."""

    def read(self, name: str, max_bytes: int) -> bytes:
        """Return the bytes of a member; KeyError where there is none of that name."""


def is_container(name: str) -> bool:
    """Tell whether a file of this name holds files."""
    return name.lower().endswith((".zip", ".eml"))


def open_container(file: Path | BytesIO, shown: str) -> Container:
    """Open an archive, or a message (by the name).

    Raises
    ------
    UnreadableFile
        Damaged.
    NoText
        An archive that holds no file.
    TooLarge
        More members, or larger ones, than documents make.
    EncryptedFile
        An encrypted message.
    """
    if shown.lower().endswith(".eml"):
        return _Mail(file.read_bytes() if isinstance(file, Path) else file.getvalue(), shown)
    return _Zip(file, shown)


def too_large(name: str, max_bytes: int) -> TooLarge:
    """Return the error for a source over the limit."""
    return TooLarge(
        name,
        f"over the limit of {max_bytes / 1e6:.0f} MB",
        "Split it, or raise max_bytes if the machine has the memory.",
    )


class _Zip:
    def __init__(self, file: Path | BytesIO, shown: str) -> None:
        self._shown = shown
        try:
            size = file.stat().st_size if isinstance(file, Path) else len(file.getbuffer())
            self._archive = zipfile.ZipFile(file)
            infos = self._archive.infolist()
        except ZIP_ERRORS as error:
            raise UnreadableFile(
                shown, f"the archive cannot be read ({error})", "Get it anew from where it came."
            ) from error
        self._infos = dict(_by_path(infos))
        if not self._infos:
            raise NoText(shown, "an archive that holds no file", "Check that it was copied whole.")
        if len(self._infos) > MAX_MEMBERS:
            raise TooLarge(shown, f"an archive of over {MAX_MEMBERS} files", "Split it.")
        if sum(info.compress_size for info in infos) > size:
            raise TooLarge(shown, "its members overlap, as in a bomb", "Get it anew from where it came.")
        if sum(info.file_size for info in infos) > _MAX_TOTAL:
            raise TooLarge(shown, f"it unpacks to over {_MAX_TOTAL / 1e9:.0f} GB", "Unpack what matters by hand.")

    def names(self) -> list[str]:
        return sorted(name for name in self._infos if not _is_left_out(name))

    def read(self, name: str, max_bytes: int) -> bytes:
        info, shown = self._infos[name], f"{self._shown}/{name}"
        if info.flag_bits & 0x1:
            raise EncryptedFile(shown, "the member needs a password", "Unpack the archive with its password.")
        if info.file_size > max_bytes:
            raise too_large(shown, max_bytes)
        if info.file_size > _LARGE and info.file_size > _MAX_RATIO * info.compress_size:
            times = info.file_size // max(1, info.compress_size)
            raise TooLarge(shown, f"it unpacks to {times} times its size, as a bomb", "Unpack it by hand to check it.")
        try:
            with self._archive.open(info) as member:
                data = member.read(max_bytes + 1)
        except ZIP_ERRORS as error:
            raise UnreadableFile(
                shown, f"the member cannot be unpacked ({error})", "Get the archive anew from where it came."
            ) from error
        if len(data) > max_bytes:
            raise too_large(shown, max_bytes)
        return data


class _Mail:
    def __init__(self, data: bytes, shown: str) -> None:
        from coopnlp.extract.mail_parts import parse

        self._shown = shown
        self._by_name = {attachment.name: attachment for attachment in parse(data, shown).attachments}

    def names(self) -> list[str]:
        return list(self._by_name)

    def read(self, name: str, max_bytes: int) -> bytes:
        attachment = self._by_name[name]
        try:
            data = attachment.data()
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            # what the generator of the standard library raises on messages that break the rules
            raise UnreadableFile(
                f"{self._shown}/{name}", f"the attachment cannot be taken out ({error})", "Save it from a mail program."
            ) from error
        if len(data) > max_bytes:
            raise too_large(f"{self._shown}/{name}", max_bytes)
        return data


def _by_path(infos: list[zipfile.ZipInfo]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """Yield member names, as a path spells them, and members; the last of a name wins, as in ZIP."""
    for info in infos:
        if not info.is_dir():
            yield str(PurePosixPath("/" + info.filename.lstrip("/")))[1:], info


def _is_left_out(name: str) -> bool:
    return any(is_hidden(part) for part in PurePosixPath(name).parts if part != "..")


def is_hidden(name: str) -> bool:
    """Tell whether a file or folder is none of the user's: hidden, a lock of Word, resources of a Macintosh."""
    return name.startswith((".", "~$")) or name == "__MACOSX"
