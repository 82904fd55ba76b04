"""What there is to read: each source with the digest of its bytes, before anything is read from it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from stat import S_ISDIR

from coopnlp.api import failure
from coopnlp.batch.filesystems import chunks, files_below, is_remote, name_of
from coopnlp.errors import CoopnlpError, TooLarge, UnreadableFile
from coopnlp.register.sources import address_of
from coopnlp.register.values import Sighting
from coopnlp.text import legible

__all__ = ["changed_since", "found_in", "look"]

_CHUNK_BYTES = 1 << 20

#: Seconds that the clock which dates files may stand behind that of programs: it ticks a hundred times a second.
_CLOCK_S = 0.02


def found_in(inputs: Sequence[str | Path]) -> Iterator[str | Path]:
    """Yield what inputs hold, one after the other; what two of them hold comes twice, for nothing is remembered."""
    from coopnlp.extract.guard import guarded_members
    from coopnlp.extract.sources import sources

    for given in inputs:
        if is_remote(given):
            yield from files_below(str(given))
        else:
            yield from sources([given], members=guarded_members)


def changed_since(source: str | Path, since: datetime) -> bool:
    """Tell whether a file was changed, or came to its folder, at a moment or later; two ticks before it count too.

    A member of an archive is as old as the archive. Of a URL, or where the file
    system does not say, nothing is known: it may have changed.
    """
    from coopnlp.extract.sources import is_url

    if is_url(source) or is_remote(source):
        return True
    path = Path(source)
    for place in (path, *path.parents):
        try:
            told = place.stat()
        except (OSError, ValueError):
            continue
        # a copy keeps the moment of its original; that of its coming is the change of its entry
        return S_ISDIR(told.st_mode) or max(told.st_mtime, told.st_ctime) >= since.timestamp() - _CLOCK_S
    return True


def look(source: str | Path) -> Sighting:
    """Return a source as the journal knows it; one whose bytes cannot be read says why.

    A URL is not fetched: it has no digest until it is read.
    """
    from coopnlp.extract.reader import MAX_BYTES
    from coopnlp.extract.sources import is_url

    address = address_of(source)
    if is_url(source):
        return Sighting(address=address, name=address, url=address, raw=_raw(str(source), address))
    if is_remote(source):
        seen = Sighting(address=address, name=legible(name_of(address)), path=address)
        return _digested(seen, source, chunks(str(source), MAX_BYTES))
    path = Path(source)
    raw = _raw(os.path.abspath(path), address)  # noqa: PTH100 - as address_of does
    seen = Sighting(address=address, name=legible(path.name or str(path)), path=address, raw=raw)
    return _digested(seen, source, _chunks(path))


def _digested(seen: Sighting, source: str | Path, pieces: Iterator[bytes]) -> Sighting:
    """Return a sighting with the digest and the size of its bytes, or with why they cannot be read."""
    digest, size = hashlib.sha256(), 0
    try:
        for chunk in pieces:
            digest.update(chunk)
            size += len(chunk)
    except CoopnlpError as error:
        told = failure(source, error)
        return seen.model_copy(update={"error": told.error, "message": told.message, "trace": told.trace})
    return seen.model_copy(update={"sha256": digest.hexdigest(), "size": size})


def _raw(name: str, address: str) -> bytes | None:
    """Return a name that is no UTF-8 as the bytes that it is."""
    return None if name == address else os.fsencode(name)


def _chunks(path: Path) -> Iterator[bytes]:
    """Read a file piece by piece; a member of an archive at once, as reading it will."""
    from coopnlp.extract.reader import MAX_BYTES
    from coopnlp.extract.sources import read_path

    try:
        if path.exists() and not path.is_dir():
            if not path.is_file():
                raise UnreadableFile(str(path), "this is no regular file", "Give a copy of it.")
            if path.stat().st_size > MAX_BYTES:
                limit = f"over the limit of {MAX_BYTES // 1_000_000} MB"
                raise TooLarge(str(path), limit, "Split it into smaller files.")
            with path.open("rb") as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    yield chunk
            return
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(str(path), f"cannot be opened ({reason})", "Check its permissions.") from error
    yield read_path(path, MAX_BYTES)
