"""List what inputs hold: files of folders, members of ZIP archives, URLs.

An item is a ``Path`` or a URL. A member of an archive is the path of the
archive followed by its name in it (``envoi.zip/2011/pv.pdf``): it prints, it
compares, and it opens again after a restart. Members are read into memory and
never written, so that no name of a member can reach a file of the machine.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath

from coopnlp.errors import EncryptedFile, TooLarge, UnreadableFile
from coopnlp.extract.saved_pages import is_fragment

__all__ = ["MAX_DEPTH", "MAX_MEMBERS", "is_url", "read_path", "sources"]

#: An archive with more members is one source, and reading it fails by name. A year of a large
#: town's deliberations is under 2,000 files.
MAX_MEMBERS = 20_000
#: Archives inside archives are walked this deep.
MAX_DEPTH = 3

#: What zipfile raises on damaged, truncated or unsupported archives (CPython 3.11-3.13).
_ZIP_ERRORS = (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError, RuntimeError)


def is_url(source: object) -> bool:
    """Tell whether the source is an http or https URL."""
    return isinstance(source, str) and source.lower().startswith(("http://", "https://"))


def sources(inputs: Iterable[str | Path], *, max_bytes: int | None = None) -> Iterator[Path | str]:
    """Yield every source of the inputs, in order, each once.

    A folder gives its files, recursively, sorted by name; hidden files (``.x``,
    ``~$x`` of an open Word file, ``__MACOSX``), links to folders and the parts
    of saved pages (what is in ``pv_files`` beside ``pv.html``) are left out. A
    file named ``.zip`` gives its members, sorted. What does not exist, and an
    archive that cannot be listed, are yielded as they are, so that reading them
    fails by name and a batch can report them.

    Parameters
    ----------
    max_bytes
        Limit on an archive inside an archive; the default is that of ``extract``.
    """
    from coopnlp.extract.reader import MAX_BYTES

    limit = MAX_BYTES if max_bytes is None else max_bytes
    seen: set[Path | str] = set()
    for given in inputs:
        for source in _expand(given, limit):
            if source not in seen:
                seen.add(source)
                yield source


def read_path(path: Path, max_bytes: int) -> bytes:
    """Return the bytes of a file, or of a member of an archive.

    Raises
    ------
    UnreadableFile
        It does not exist, is a folder, may not be read, or its archive is damaged.
    EncryptedFile
        The member needs a password.
    TooLarge
        It has more than ``max_bytes``; a member is counted while it is unpacked.
    """
    name = path.name or str(path)
    try:
        if path.is_dir():
            raise UnreadableFile(str(path), "a folder is no document", "List its files with sources().")
        if not path.exists():
            return _read_member(path, max_bytes)
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(str(path), f"cannot be opened ({reason})", "Check its permissions.") from error
    if len(data) > max_bytes:
        raise too_large(name, max_bytes)
    return data


def too_large(name: str, max_bytes: int) -> TooLarge:
    """Return the error for a source over the limit."""
    return TooLarge(
        name,
        f"over the limit of {max_bytes / 1e6:.0f} MB",
        "Split it, or raise max_bytes if the machine has the memory.",
    )


def _expand(given: str | Path, limit: int) -> Iterator[Path | str]:
    if is_url(given):
        yield str(given)
        return
    path = Path(given)
    try:
        folder = path.is_dir()
    except (OSError, ValueError):
        folder = False
    if not folder:
        yield from _expand_file(path, limit)
        return
    for place, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not _hidden(name))
        for name in sorted(files):
            below = (Path(place) / name).relative_to(path)
            if not _hidden(name) and not is_fragment(below, lambda page: (path / page).is_file()):
                yield from _expand_file(Path(place) / name, limit)


def _hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name == "__MACOSX"


def _expand_file(path: Path, limit: int) -> Iterator[Path]:
    if path.suffix.lower() != ".zip":
        yield path
        return
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _members(archive, path, limit, MAX_DEPTH)
    except _ZIP_ERRORS:
        yield path


def _members(archive: zipfile.ZipFile, path: Path, limit: int, depth: int) -> Iterator[Path]:
    """Yield the members of an open archive; those of an archive in it in their place."""
    infos = _by_path(archive)
    if not infos or len(infos) > MAX_MEMBERS:
        yield path
        return
    for name in sorted(infos):
        member = path / name
        info = infos[name]
        if any(_hidden(part) for part in PurePosixPath(name).parts if part != ".."):
            continue
        if is_fragment(PurePosixPath(name), lambda page: str(page) in infos):
            continue
        if not name.lower().endswith(".zip") or depth == 1:
            yield member
            continue
        try:
            with zipfile.ZipFile(BytesIO(_unpack(archive, info, str(member), limit))) as inner:
                # listed before the first is yielded: a damaged listing yields the archive alone
                found = list(_members(inner, member, limit, depth - 1))
        except (*_ZIP_ERRORS, EncryptedFile, TooLarge, UnreadableFile):
            found = [member]
        yield from found


def _by_path(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Map member names, as a path spells them, to members; the last of a name wins, as in ZIP."""
    return {
        str(PurePosixPath("/" + info.filename.lstrip("/")))[1:]: info
        for info in archive.infolist()
        if not info.is_dir()
    }


def _read_member(path: Path, max_bytes: int) -> bytes:
    """Read ``archive.zip/member`` where the archive is a file and the rest of the path its member."""
    archive = next((parent for parent in path.parents if parent.is_file()), None)
    if archive is None:
        raise UnreadableFile(str(path), "there is no such file", "Check the path.")
    return _member(archive, path.relative_to(archive).as_posix(), archive.name, max_bytes, MAX_DEPTH)


def _member(file: Path | BytesIO, name: str, shown: str, max_bytes: int, depth: int) -> bytes:
    """Return the bytes of a member; ``name`` may go on into archives in the archive."""
    try:
        with zipfile.ZipFile(file) as archive:
            infos = _by_path(archive)
            if len(infos) > MAX_MEMBERS:
                raise TooLarge(shown, f"an archive of over {MAX_MEMBERS} files", "Split it.")
            if name in infos:
                return _unpack(archive, infos[name], f"{shown}/{name}", max_bytes)
            outer = next((n for n in infos if name.startswith(f"{n}/")), None)
            if outer is None or depth == 1:
                raise UnreadableFile(f"{shown}/{name}", "the archive has no such member", "Check the path.")
            inner = BytesIO(_unpack(archive, infos[outer], f"{shown}/{outer}", max_bytes))
    except _ZIP_ERRORS as error:
        raise UnreadableFile(
            shown, f"the archive cannot be read ({error})", "Get it anew from where it came."
        ) from error
    return _member(inner, name[len(outer) + 1 :], f"{shown}/{outer}", max_bytes, depth - 1)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str, max_bytes: int) -> bytes:
    """Read a member, counting what comes out rather than believing what its header says."""
    import zlib

    if info.flag_bits & 0x1:
        raise EncryptedFile(shown, "the member needs a password", "Unpack the archive with its password.")
    if info.file_size > max_bytes:
        raise too_large(shown, max_bytes)
    try:
        with archive.open(info) as member:
            data = member.read(max_bytes + 1)
    except (*_ZIP_ERRORS, zlib.error) as error:
        raise UnreadableFile(
            shown, f"the member cannot be unpacked ({error})", "Get the archive anew from where it came."
        ) from error
    if len(data) > max_bytes:
        raise too_large(shown, max_bytes)
    return data
