"""Parquet shards: what a cluster read, in a folder or an object store, where there is no database to write to.

Each source belongs to one shard, by a digest of its address, so that a source
that is added or changed concerns its own shard alone. A shard is one file,
``part-00042-<digest>.parquet``; the digest is that of what it was made from:
addresses, sizes and moments of change, and the versions that read them. It is
written beside its name and put in place when it is whole (an object store does
that by itself), and a shard whose name is there is not made again. So a run that
was killed goes on where it was, nothing is there twice, and a folder holds one
shard for each part of the inputs.

A row is a source. ``record`` is the line of ``contract.md``, ``text`` what its
offsets count in, ``extraction`` the rest of the extraction; where ``state`` is
``failed``, ``error`` and ``message`` say why.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coopnlp.batch.filesystems import is_remote, name_of
from coopnlp.batch.listing import found_in
from coopnlp.batch.ray_cluster import cluster_cpus, connected
from coopnlp.batch.reading import Work
from coopnlp.batch.shard_files import ROWS, ShardFolder, from_row, load_pyarrow, to_row
from coopnlp.batch.workers import read_all
from coopnlp.errors import CoopnlpError, ModelError
from coopnlp.register.sources import address_of
from coopnlp.register.store import Register
from coopnlp.register.values import Claim, Sighting, Versions
from coopnlp.register.values import versions as versions_here
from coopnlp.text import legible
from coopnlp.types import Failure, Result, Value

__all__ = ["ShardSummary", "load_shards", "read_shards", "write_shards"]

#: Sources of a shard, about: each begins with the models loaded anew, some seconds among many minutes.
PER_SHARD = 1000
# A shard is given out again so often after the worker or the node that made it was lost.
_TRIES = 5

_log = logging.getLogger("coopnlp.batch")


class ShardSummary(Value):
    """What a run did: sources read and failed in the shards that it made, and how many shards were there already."""

    done: int
    failed: int
    shards: int
    skipped: int


@dataclass(frozen=True, slots=True)
class _Shard:
    """A shard to make: its file, and the sources in it."""

    name: str
    sources: tuple[str | Path, ...]


def write_shards(
    inputs: Iterable[str | Path],
    folder: str | Path,
    *,
    workers: int = 0,
    address: str | None = None,
    work: Work | None = None,
    per_shard: int = PER_SHARD,
    versions: Versions | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ShardSummary:
    """Read sources on a Ray cluster into Parquet shards; started again, go on where it was.

    The addresses of all sources are held in memory, some 200 bytes each. Shards
    of sources that are not among the inputs any more are removed in the end.

    Parameters
    ----------
    inputs
        Files, folders, archives, URLs, and addresses such as ``s3://fonds/2011``;
        every node sees them under the same name.
    folder
        A folder that every node sees, or an address.
    workers
        Actors; 0 takes all processors of the cluster.
    address
        Of the cluster; without one, this machine alone.
    per_shard
        About so many sources in a shard; what the first run into a folder says, holds.
    versions
        What the records count as read with.
    progress
        Called with the number of shards that were made, and that are to be made.

    Raises
    ------
    CoopnlpError
        Ray, pyarrow or the cluster is not there; the folder cannot be written to; shards are there and the inputs
        hold no source, as when a disk is not mounted.
    ModelError
        The models cannot be loaded.
    """
    target = ShardFolder(folder)
    used = versions or versions_here()
    wanted = _plan(list(inputs), target, per_shard, used)
    there = target.names()
    if there and not wanted:
        raise CoopnlpError(
            f"{folder}: the inputs hold no source, so the {len(there)} shards of an earlier run are kept. "
            "Check that the inputs are mounted; to be rid of the shards, remove the folder."
        )
    missing = [shard for name, shard in sorted(wanted.items()) if name not in there]
    done = failed = 0
    with connected(address):
        crew = workers or cluster_cpus()
        job = _Job(str(folder), work or Work(), used)
        for made, (shard, (read, lost)) in enumerate(_make(job, missing, crew), 1):
            done, failed = done + read, failed + lost
            _remove_older(target, shard.name)
            if progress is not None:
                progress(made, len(missing))
    for name in target.names() - set(wanted):
        target.remove(name)
    return ShardSummary(done=done, failed=failed, shards=len(wanted), skipped=len(wanted) - len(missing))


def read_shards(folder: str | Path) -> Iterator[Result | Failure]:
    """Yield what the shards of a folder hold, a source each, in the order of shards."""
    target = ShardFolder(folder)
    parquet = load_pyarrow()[1]
    for name in sorted(target.names()):
        with target.opened(name) as stream:
            for batch in parquet.ParquetFile(stream).iter_batches(batch_size=ROWS):
                yield from map(from_row, batch.to_pylist())


def load_shards(folder: str | Path, register: Register, *, versions: Versions | None = None) -> int:
    """Put what shards hold into a register; return how many records were new."""

    def results() -> Iterator[Result]:
        for told in read_shards(folder):
            if isinstance(told, Failure):
                register.add_failure(told, versions=versions)
            else:
                yield told

    return register.add_all(results(), versions=versions)


# Planning


def _plan(inputs: Sequence[str | Path], target: ShardFolder, per_shard: int, versions: Versions) -> dict[str, _Shard]:
    """Return the shards that the inputs make, by name."""
    found: dict[str, str | Path] = {address_of(source): source for source in found_in(inputs)}
    count = target.number_of_shards(max(1, -(-len(found) // per_shard)))
    parts: dict[int, list[tuple[str, str | Path]]] = {}
    for address, source in found.items():
        part = int.from_bytes(hashlib.sha256(address.encode()).digest()[:8], "big") % count
        parts.setdefault(part, []).append((address, source))
    wanted = {}
    for part, sources in parts.items():
        digest = hashlib.sha256(versions.model_dump_json().encode())
        for address, source in sorted(sources, key=lambda pair: pair[0]):
            digest.update(f"\n{address}\0{_state_of(source)}".encode())
        name = f"part-{part:05d}-{digest.hexdigest()[:16]}.parquet"
        wanted[name] = _Shard(name, tuple(source for _, source in sorted(sources, key=lambda pair: pair[0])))
    return wanted


def _state_of(source: str | Path) -> str:
    """Return what changes with the bytes of a source, as far as its system says; of a web page, nothing."""
    if is_remote(source):
        import fsspec

        try:
            system, path = fsspec.core.url_to_fs(str(source))
            told = system.info(path)
        except Exception:  # noqa: BLE001 - each file system raises errors of its own library
            return "-"
        names = ("size", "ETag", "etag", "LastModified", "mtime", "last_modified", "generation")
        return " ".join(str(told[name]) for name in names if told.get(name) is not None)
    if not isinstance(source, Path):
        return "-"
    for place in (source, *source.parents):  # a member of an archive is as old as the archive
        with suppress(OSError, ValueError):
            told = place.stat()
            return f"{told.st_size} {told.st_mtime_ns}"
    return "-"


# Making


@dataclass(frozen=True, slots=True)
class _Job:
    """What is the same for every shard of a run."""

    folder: str
    work: Work
    versions: Versions


class _Maker:
    """Makes shards; runs in an actor. What it reads is read by a process of its own, which may crash."""

    def __init__(self, job: _Job) -> None:
        self.job = job

    def begin(self) -> None:
        """Do nothing: that it is done says that the actor has its place."""

    def make(self, shard: _Shard) -> tuple[int, int]:
        """Read the sources of a shard and write its file; return how many were read and how many failed."""
        here = versions_here()
        if here.library != self.job.versions.library and self.job.work.process is None:
            raise ModelError(
                f"this node has coopnlp {here.library}, not {self.job.versions.library}: install the same."
            )
        target = ShardFolder(self.job.folder)
        counts = {"done": 0, "failed": 0}

        def rows() -> Iterator[dict[str, Any]]:
            claims = iter([_claim(source) for source in shard.sources])
            for told in read_all(claims, self.job.work, workers=1):
                if told is not None:
                    row = to_row(*told, self.job.versions)
                    counts[row["state"]] += 1
                    yield row

        target.write(shard.name, rows())
        return counts["done"], counts["failed"]


def _claim(source: str | Path) -> Claim:
    address = address_of(source)
    page = isinstance(source, str) and not is_remote(source)
    name = name_of(address) if is_remote(source) else address if page else legible(Path(source).name)
    seen = Sighting(address=address, name=name, path=None if page else address, url=address if page else None)
    if isinstance(source, Path) and str(source) != address:
        seen = seen.model_copy(update={"raw": os.fsencode(os.path.abspath(source))})  # noqa: PTH100 - as address_of
    return Claim(run=0, seen=seen)


def _make(job: _Job, shards: Sequence[_Shard], size: int) -> Iterator[tuple[_Shard, tuple[int, int]]]:
    """Yield each shard when it is made; one whose worker or node was lost is made by another."""
    import ray as untyped

    ray: Any = untyped
    maker = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0, scheduling_strategy="SPREAD")(_Maker)
    waiting = list(reversed(shards))
    lost: Counter[str] = Counter()
    # An actor that waits for a processor has nothing in hand: on a cluster that shrank, others do its work.
    starting: dict[Any, Any] = {}
    free: list[Any] = []
    asked: dict[Any, tuple[Any, _Shard]] = {}
    shard: _Shard | None
    try:
        while waiting or asked:
            while waiting and free:
                actor, given = free.pop(), waiting.pop()
                asked[actor.make.remote(given)] = (actor, given)
            while waiting and len(starting) + len(asked) < min(size, len(waiting) + len(asked)):
                actor = maker.remote(job)
                starting[actor.begin.remote()] = actor
            for reference in ray.wait([*asked, *starting], num_returns=1)[0]:
                shard = None
                if reference in asked:
                    actor, shard = asked.pop(reference)
                else:
                    actor = starting.pop(reference)
                try:
                    told = ray.get(reference)
                except ray.exceptions.RayTaskError as error:
                    raise (error.cause if isinstance(error.cause, CoopnlpError) else error) from None
                except ray.exceptions.RayError as error:
                    what = shard.name if shard is not None else "a worker that began"
                    lost[what] += 1
                    _log.warning("the worker of %s is lost: %s", what, str(error).strip().splitlines()[0])
                    if lost[what] >= _TRIES:
                        raise CoopnlpError(
                            f"{what}: lost {_TRIES} times. Look at the memory of the nodes, and start again: "
                            "what is made is kept."
                        ) from error
                    waiting += [] if shard is None else [shard]
                else:
                    free.append(actor)
                    if shard is not None:
                        yield shard, told
    finally:
        for actor in [*free, *starting.values(), *(actor for actor, _ in asked.values())]:
            with suppress(ray.exceptions.RayError, ValueError):
                ray.kill(actor)


def _remove_older(target: ShardFolder, name: str) -> None:
    """Remove the shards that one has taken the place of."""
    part = name.rpartition("-")[0]
    for other in target.names():
        if other != name and other.rpartition("-")[0] == part:
            target.remove(other)
