"""Files that lie on no disk of this machine: object stores and what else fsspec opens, by address.

``s3://bucket/fonds``, ``gs://``, ``abfs://``, ``sftp://``, ``file://`` … A folder
gives the files below it. What opens each kind is a package of its own (for s3,
``s3fs``), with its own settings for keys. Pages of the web (http, https) are no
files here: :mod:`coopnlp.extract` fetches them, within its rules. An archive
there is not opened, for each member would fetch it whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

from coopnlp.errors import CoopnlpError, ExtractionError, TooLarge, UnreadableFile
from coopnlp.types import Result

__all__ = ["chunks", "files_below", "is_remote", "name_of", "process_remote"]

_CHUNK_BYTES = 1 << 20
_INSTALL = 'Install it: `pip install "coopnlp[ray]"`.'


def is_remote(source: object) -> bool:
    """Tell whether a source is an address of a file system.

    >>> is_remote("s3://fonds/pv.pdf"), is_remote("https://exemple.org/pv.pdf"), is_remote("fonds/pv.pdf")
    (True, False, False)
    """
    return isinstance(source, str) and "://" in source and not source.lower().startswith(("http://", "https://"))


def name_of(address: str) -> str:
    """Return the name of a file, without its folders."""
    return PurePosixPath(address.partition("://")[2]).name or address


def files_below(address: str) -> Iterator[str]:
    """Yield the addresses of the files below a folder, sorted; a file, and what cannot be listed, as it is.

    Raises
    ------
    CoopnlpError
        What opens this kind of address is not installed.
    """
    system, path = _opened(address)
    try:
        found = sorted(system.find(path)) if system.isdir(path) else None
    except Exception:  # noqa: BLE001 - each file system raises errors of its own library; reading it tells which
        found = None
    if found is None:
        yield address
        return
    for name in found:
        below = str(name).removeprefix(path).lstrip("/")
        if not any(part.startswith((".", "~$")) or part == "__MACOSX" for part in below.split("/")):
            yield f"{address.rstrip('/')}/{below}"


def chunks(address: str, max_bytes: int) -> Iterator[bytes]:
    """Yield the bytes of a file, piece by piece.

    Raises
    ------
    UnreadableFile
        It is not there, or may not be read.
    TooLarge
        It has more than ``max_bytes``.
    """
    read = 0
    try:
        system, path = _opened(address)
        with system.open(path, "rb") as stream:
            while piece := stream.read(_CHUNK_BYTES):
                read += len(piece)
                if read > max_bytes:
                    limit = f"over the limit of {max_bytes // 1_000_000} MB"
                    raise TooLarge(address, limit, "Split it into smaller files.")
                yield piece
    except (CoopnlpError, ExtractionError):
        raise
    except FileNotFoundError as error:
        raise UnreadableFile(address, "there is no such file", "Check the address.") from error
    except Exception as error:
        told = str(error).strip() or type(error).__name__
        remedy = "Check the address, and your keys for it."
        raise UnreadableFile(address, f"cannot be opened ({told})", remedy) from error


def process_remote(process: Callable[..., Result], address: str) -> Result:
    """Fetch a file and read its bytes with ``process(data, name=...)``; its path is its address.

    Raises
    ------
    ExtractionError
        It could not be fetched or read.
    """
    from coopnlp.extract.reader import MAX_BYTES

    result = process(b"".join(chunks(address, MAX_BYTES)), name=name_of(address))
    source = result.extraction.source.model_copy(update={"path": address})
    extraction = result.extraction.model_copy(update={"source": source})
    return Result(extraction=extraction, record=result.record.model_copy(update={"source": source}))


def _opened(address: str) -> tuple[Any, str]:
    """Return the file system of an address, and its path there."""
    try:
        import fsspec
    except ModuleNotFoundError as error:
        raise CoopnlpError(f"{address}: fsspec, which opens such addresses, is not installed. {_INSTALL}") from error
    try:
        system, path = fsspec.core.url_to_fs(address)
    except ImportError as error:  # fsspec says which package is missing
        raise CoopnlpError(f"{address}: {str(error).rstrip('.')}.") from error
    except ValueError as error:
        kind = address.partition("://")[0]
        raise CoopnlpError(f"{address}: no file system is called {kind!r}. Give s3://, gs://, file:// …") from error
    return system, str(path)
