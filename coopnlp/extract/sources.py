"""List what inputs hold: files of folders, members of ZIP archives, attachments of messages, URLs.

An item is a ``Path`` or a URL. A member of an archive is the path of the
archive followed by its name in it (``envoi.zip/2011/pv.pdf``), an attachment
that of the message and its name (``courriel.eml/pv.pdf``): it prints, it
compares, and it opens again after a restart.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath

from coopnlp.errors import ExtractionError, UnreadableFile
from coopnlp.extract.containers import (
    MAX_DEPTH,
    MAX_MEMBERS,
    Container,
    is_container,
    is_hidden,
    open_container,
    too_large,
)
from coopnlp.extract.saved_pages import is_fragment

__all__ = ["MAX_DEPTH", "MAX_MEMBERS", "is_url", "members_of", "read_path", "sources", "too_large"]

#: The archive in an archive that was opened last, with what it is of: its members are asked for one
#: after the other, and each time would unpack it anew. Larger ones are not kept.
_KEPT_BYTES = 50_000_000
_last: list[tuple[tuple[str, int, int], bytes]] = []


Members = Callable[[Path, int], Iterable[Path]]


def is_url(source: object) -> bool:
    """Tell whether the source is an http or https URL."""
    return isinstance(source, str) and source.lower().startswith(("http://", "https://"))


def sources(
    inputs: Iterable[str | Path], *, max_bytes: int | None = None, members: Members | None = None
) -> Iterator[Path | str]:
    """Yield every source of the inputs, in order, each once.

    A folder gives its files, recursively, sorted by name; hidden files (``.x``,
    ``~$x`` of an open Word file, ``__MACOSX``), links to folders and the parts
    of saved pages (what is in ``pv_files`` beside ``pv.html``) are left out. A
    file named ``.zip`` gives its members, sorted; one named ``.eml`` the message
    and then its attachments. What does not exist, and an archive that cannot be
    listed, are yielded as they are, so that reading them fails by name and a
    batch can report them.

    Parameters
    ----------
    max_bytes
        Limit on an archive inside an archive; the default is that of ``extract``.
    members
        Lists an archive or a message, by default :func:`members_of`; that of
        ``coopnlp.extract.guard`` does it in a process of its own.
    """
    from coopnlp.extract.reader import MAX_BYTES

    limit = MAX_BYTES if max_bytes is None else max_bytes
    listing = members or members_of
    given_all = list(inputs)
    if len(given_all) == 1:  # one input holds each once: a million need not be remembered
        yield from _expand(given_all[0], limit, listing)
        return
    seen: set[Path | str] = set()
    for given in given_all:
        for source in _expand(given, limit, listing):
            if source not in seen:
                seen.add(source)
                yield source


def read_path(path: Path, max_bytes: int) -> bytes:
    """Return the bytes of a file, of a member of an archive, or of an attachment.

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
        if not path.is_file():  # reading a pipe or a device may never end
            raise UnreadableFile(str(path), "this is no regular file", "Give a copy of it, or `-` for standard input.")
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(str(path), f"cannot be opened ({reason})", "Check its permissions.") from error
    if len(data) > max_bytes:
        raise too_large(name, max_bytes)
    return data


def _expand(given: str | Path, limit: int, listing: Members) -> Iterator[Path | str]:
    if is_url(given):
        yield str(given)
        return
    path = Path(given)
    try:
        folder = path.is_dir()
    except (OSError, ValueError):
        folder = False
    if not folder:
        yield from _expand_file(path, limit, listing)
        return
    for place, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        for name in sorted(files):
            below = (Path(place) / name).relative_to(path)
            if not is_hidden(name) and not is_fragment(below, lambda page: (path / page).is_file()):
                yield from _expand_file(Path(place) / name, limit, listing)


def _expand_file(path: Path, limit: int, listing: Members) -> Iterator[Path]:
    try:
        holds = is_container(path.name) and path.is_file()
    except (OSError, ValueError):
        holds = False
    yield from listing(path, limit) if holds else [path]


def members_of(path: Path, limit: int) -> list[Path]:
    """List what an archive or a message holds; itself where that cannot be told."""
    try:
        container = _opened(path, path.name, limit)
    except (ExtractionError, OSError, ValueError):
        return [path]
    return list(_members(container, path, limit, MAX_DEPTH))


def _opened(file: Path | BytesIO, shown: str, limit: int) -> Container:
    """Open an archive, of which members are read one by one, or a message, which is read whole and has the limit."""
    size = file.stat().st_size if isinstance(file, Path) else len(file.getbuffer())
    if shown.lower().endswith(".eml") and size > limit:
        raise too_large(shown, limit)
    return open_container(file, shown)


def _members(container: Container, path: Path, limit: int, depth: int) -> Iterator[Path]:
    """Yield what a container holds, a message itself first; what an archive in it holds in its place."""
    if path.suffix.lower() == ".eml":
        yield path
    names = container.names()
    known = set(names)
    for name in names:
        member = path / name
        if is_fragment(PurePosixPath(name), lambda page: str(page) in known):
            continue
        if not is_container(name) or depth == 1:
            yield member
            continue
        try:
            inner = open_container(BytesIO(container.read(name, limit)), str(member))
        except ExtractionError:
            yield member
            continue
        yield from _members(inner, member, limit, depth - 1)


def _read_member(path: Path, max_bytes: int) -> bytes:
    """Read ``archive.zip/member`` where the archive is a file and the rest of the path its member."""
    archive = next((parent for parent in path.parents if parent.is_file()), None)
    if archive is None:
        raise UnreadableFile(str(path), "there is no such file", "Check the path.")
    state = archive.stat()
    key = (str(archive), state.st_mtime_ns, state.st_size)
    return _member(archive, path.relative_to(archive).as_posix(), archive.name, max_bytes, MAX_DEPTH, key)


def _member(
    file: Path | BytesIO, name: str, shown: str, max_bytes: int, depth: int, key: tuple[str, int, int]
) -> bytes:
    """Return the bytes of a member; ``name`` may go on into archives in the archive."""
    outer = next((n for n in _beginnings(name) if is_container(n)), None)
    if outer is not None and depth > 1:
        inner_key = (f"{key[0]}/{outer}", *key[1:])
        kept = next((data for of, data in _last if of == inner_key), None)
        if kept is not None:
            return _member(BytesIO(kept), name[len(outer) + 1 :], f"{shown}/{outer}", max_bytes, depth - 1, inner_key)
    container = _opened(file, shown, max_bytes)
    try:
        return container.read(name, max_bytes)
    except KeyError:
        pass
    for outer in _beginnings(name):
        try:
            data = container.read(outer, max_bytes)
        except KeyError:
            continue
        if depth == 1:
            break
        inner_key = (f"{key[0]}/{outer}", *key[1:])
        if len(data) <= _KEPT_BYTES:
            _last[:] = [(inner_key, data)]
        return _member(BytesIO(data), name[len(outer) + 1 :], f"{shown}/{outer}", max_bytes, depth - 1, inner_key)
    raise UnreadableFile(f"{shown}/{name}", "the archive has no such member", "Check the path.")


def _beginnings(name: str) -> Iterator[str]:
    """Yield what stands before each slash of a name."""
    for at, char in enumerate(name):
        if char == "/":
            yield name[:at]
