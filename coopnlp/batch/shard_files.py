"""The files of shards: a row a source, in a folder or an object store."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from coopnlp.batch.filesystems import is_remote
from coopnlp.batch.reading import Reading
from coopnlp.errors import CoopnlpError
from coopnlp.register.values import Claim, Versions
from coopnlp.text import legible
from coopnlp.types import Extraction, Failure, Record, Result

__all__ = ["ROWS", "ShardFolder", "from_row", "load_pyarrow", "to_row"]

#: Rows in memory before they are written.
ROWS = 50
_SETTINGS = "_shards.json"
_SHARD = re.compile(r"part-(\d{5,})-[0-9a-f]{16}\.parquet")
_NO_UTF8 = re.compile("[\ud800-\udfff]")
_INSTALL = 'Install it: `pip install "coopnlp[ray]"`.'


def to_row(claim: Claim, reading: Reading, versions: Versions) -> dict[str, Any]:
    """Return what was read of a source as a row of a shard."""
    row: dict[str, Any] = {
        "address": claim.seen.address,
        "name": claim.seen.name,
        "library_version": versions.library,
        "model_version": versions.model,
    }
    outcome = reading.outcome
    if isinstance(outcome, Failure):
        return {**row, "state": "failed", "error": outcome.error, "message": legible(outcome.message)}
    assert isinstance(outcome, Result)
    known, info = outcome.extraction.source, outcome.record.document
    told = {"sha256": known.sha256, "media_type": known.media_type, "size": known.size, **info.model_dump()}
    told = {name: _NO_UTF8.sub("\ufffd", value) if isinstance(value, str) else value for name, value in told.items()}
    rest = outcome.extraction.model_dump(mode="json", exclude={"text"}, exclude_none=True)
    return {
        **row,
        **told,
        "state": "done",
        "text": _NO_UTF8.sub("\ufffd", outcome.extraction.text),
        "record": _NO_UTF8.sub("\ufffd", json.dumps(outcome.record.to_json(), ensure_ascii=False)),
        "extraction": _NO_UTF8.sub("\ufffd", json.dumps(rest, ensure_ascii=False)),
    }


def from_row(row: dict[str, Any]) -> Result | Failure:
    """Return what was read of the source of a row."""
    if row["state"] == "failed":
        return Failure(source=row["address"], error=row["error"] or "", message=row["message"] or "")
    extraction = Extraction.model_validate({**json.loads(row["extraction"]), "text": row["text"]})
    return Result(extraction=extraction, record=Record.model_validate_json(row["record"]))


def _schema(pyarrow: Any) -> Any:
    texts = (
        "address", "name", "state", "error", "message", "sha256", "media_type", "title", "date", "kind", "author",
        "text", "record", "extraction", "library_version", "model_version",
    )  # fmt: skip
    whole = [("size", pyarrow.int64()), ("pages", pyarrow.int32())]
    return pyarrow.schema([(name, pyarrow.string()) for name in texts] + whole)


class ShardFolder:
    """Where shards lie: a folder, or an address that fsspec opens."""

    def __init__(self, place: str | Path) -> None:
        """Raise CoopnlpError where fsspec, or what it needs for the address, is not installed."""
        try:
            import fsspec
        except ModuleNotFoundError as error:
            raise CoopnlpError(f"{place}: fsspec is not installed. {_INSTALL}") from error
        try:
            self.system, self.path = fsspec.core.url_to_fs(str(place))
        except (ImportError, ValueError) as error:
            raise CoopnlpError(f"{place}: {str(error).rstrip('.')}.") from error
        self.is_local = not is_remote(str(place))
        self.place = place

    def names(self) -> set[str]:
        """Return the names of the shards that are there."""
        self.system.invalidate_cache()
        try:
            listed = self.system.ls(self.path, detail=False)
        except FileNotFoundError:
            return set()
        return {name for path in listed if _SHARD.fullmatch(name := PurePosixPath(path).name)}

    def opened(self, name: str) -> Any:
        """Open a shard for reading."""
        return self.system.open(f"{self.path}/{name}", "rb")

    def remove(self, name: str) -> None:
        """Remove a shard, if it is there."""
        with suppress(FileNotFoundError):
            self.system.rm_file(f"{self.path}/{name}")

    def number_of_shards(self, by_default: int) -> int:
        """Return in how many parts sources are divided there: that of the first run, which is kept."""
        settings = f"{self.path}/{_SETTINGS}"
        try:
            told = json.loads(self.system.cat_file(settings))
            return int(told["shards"])
        except FileNotFoundError:
            pass
        except (ValueError, KeyError, TypeError) as error:
            raise CoopnlpError(f"{settings}: these are no settings of shards. Give an empty folder.") from error
        try:
            self.system.makedirs(self.path, exist_ok=True)
            self.system.pipe_file(settings, json.dumps({"shards": by_default}).encode())
        except OSError as error:
            raise self._unwritable(error) from error
        return by_default

    def write(self, name: str, rows: Iterator[dict[str, Any]]) -> None:
        """Write a shard that stands under its name once it is whole."""
        pyarrow, parquet = load_pyarrow()
        schema = _schema(pyarrow)
        with tempfile.TemporaryDirectory(prefix="coopnlp-shard-", dir=self.path if self.is_local else None) as beside:
            partial = Path(beside) / name
            try:
                with parquet.ParquetWriter(partial, schema, compression="zstd") as writer:
                    for together in _by(rows, ROWS):
                        writer.write_table(pyarrow.Table.from_pylist(together, schema=schema))
                if self.is_local:
                    partial.replace(Path(self.path) / name)
                else:
                    self.system.put_file(str(partial), f"{self.path}/{name}")
            except OSError as error:
                raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> CoopnlpError:
        reason = error.strerror or str(error)
        return CoopnlpError(f"{self.place}: shards cannot be written there ({reason}). Check rights and space.")


def _by(rows: Iterator[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    together: list[dict[str, Any]] = []
    for row in rows:
        together.append(row)
        if len(together) == size:
            yield together
            together = []
    if together:
        yield together


def load_pyarrow() -> tuple[Any, Any]:
    """Return pyarrow and its module for Parquet.

    Raises
    ------
    CoopnlpError
        It is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise CoopnlpError(f"Parquet needs pyarrow, which is not installed. {_INSTALL}") from error
    return pyarrow, pyarrow.parquet
