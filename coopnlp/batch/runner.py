"""``run``: inputs into a register, again and again, until each source is read or has its reason.

First every source is noted with the digest of its bytes, then what waits is
claimed and read, and each result lands in one transaction with its state.
Killed anywhere, the journal says what is left; started again, the run goes on
there and ends with the register of a run that was never stopped. Several runs
at once, in one process or on several machines, share what waits: each source is
in one hand. Of several files with equal bytes the one with the first address is
read, whatever the order of the inputs. The plan of a run is in the register:
its memory does not grow with the number of sources.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from coopnlp.batch.lease import holding
from coopnlp.batch.metrics import Metrics
from coopnlp.batch.patience import PATIENCE_S
from coopnlp.batch.reading import Process, Work
from coopnlp.batch.state import Engine, Run, Tell
from coopnlp.batch.summary import Progress, Summary
from coopnlp.batch.workers import read_all
from coopnlp.errors import CoopnlpError
from coopnlp.extract import Limits
from coopnlp.register.journal import LEASE_S
from coopnlp.register.store import Register
from coopnlp.register.values import Versions
from coopnlp.register.values import versions as current_versions

__all__ = ["run"]

#: Seconds for entities and records of one source, after it was read: the largest PDF of the corpus
#: (over 100 pages with tables) takes under a minute.
_UNDERSTANDING_S = 900.0


def run(
    inputs: Iterable[str | Path],
    register_url: str | Path,
    *,
    workers: int = 1,
    engine: str = "local",
    address: str | None = None,
    retry_failed: bool = False,
    since: datetime | None = None,
    progress: Tell | None = None,
    process: Process | None = None,
    timeout_s: float | None = None,
    limits: Limits | None = None,
    versions: Versions | None = None,
    watch: bool = False,
    stop: threading.Event | None = None,
    metrics: Path | None = None,
    patience_s: float = PATIENCE_S,
    lease_s: float = LEASE_S,
    sources_each: int | None = None,
) -> Summary:
    """Read sources into a register; started again, go on where it was.

    What was read with the same versions is not read again, what failed only
    with ``retry_failed``; a place that could not be read at all is looked at
    every time. One bad file never stops a run: it is in the register, and in
    the summary, with its reason.

    Parameters
    ----------
    inputs
        Files, folders (recursively), ZIP archives, URLs. A URL that was read is
        not fetched again.
    workers
        Processes that read, each with its own models. 0 reads in this process:
        then a crash of a reader ends the run. A script that calls this with
        workers needs the usual ``if __name__ == "__main__":``. On a cluster 0
        takes all its processors.
    engine
        ``local``; or ``ray``: the workers are actors of a cluster, which write
        to the register themselves. Then files lie where every node sees them.
    address
        Of the cluster (``auto``, ``host:6379``, ``ray://host:10001``); without
        one, this machine alone.
    since
        Look only at files that were changed, or came to their folder, at this
        moment or later; one with a time zone. Others count as they are known.
    progress
        Called after each step; must be quick.
    process
        Reads a source; importable by name. By default :func:`coopnlp.process`.
    timeout_s
        Limit on one source from bytes to record; by default that on reading and 15 minutes more.
    limits
        What reading one source may cost; by default those of :class:`coopnlp.extract.Limits`.
    versions
        What the records count as read with, by default this library and its models.
    watch
        Show progress on standard error.
    stop
        When it is set, what is in hand is read to its end, and the run ends.
    metrics
        A file for Prometheus' textfile collector, written again while the run goes on.
    patience_s
        How long to wait for a register that is locked, on a full disk, or away.
    lease_s
        Seconds that what this run has in hand stays its own when it gives no sign of life.
    sources_each
        A worker is replaced after so many; by default 1,000.

    Raises
    ------
    RegisterError
        The register cannot be opened or written to.
    ModelError
        The models cannot be loaded.
    CoopnlpError
        An engine or a cluster that is not there, a node that does not see a
        file, or metrics that cannot be written.
    """
    if engine not in ("local", "ray"):
        raise CoopnlpError(f"engine {engine!r}: there is no such engine. Use `local` or `ray`.")
    limits = limits or Limits()
    timeout_s = limits.seconds + _UNDERSTANDING_S if timeout_s is None else timeout_s
    work = Work(process=process, limits=limits, timeout_s=timeout_s, rows=True)
    if sources_each is not None:
        work = replace(work, sources_each=sources_each)
    stop = stop or threading.Event()
    with ExitStack() as stack:
        tell = stack.enter_context(_watcher(progress, watch=watch))
        register = stack.enter_context(Register(register_url, patience_s=patience_s))
        reading: Engine = read_all
        if engine == "ray":
            from coopnlp.batch import ray_actor, ray_cluster, ray_engine

            stack.enter_context(ray_cluster.connected(address))
            used = versions or current_versions()
            reading = ray_engine.engine(ray_actor.Target(_absolute(register_url), used, patience_s))
            workers = workers or ray_cluster.cluster_cpus()
        state = Run(register, tell, versions or current_versions(), stop, Metrics(metrics), patience_s, lease_s)
        stack.callback(state.end)
        stack.enter_context(holding(register, state.key, state.lost, lease_s))
        state.note(list(inputs), retry_failed=retry_failed, since=since)
        state.read(reading, work, workers=workers)
        return state.summary(workers)


def _absolute(register_url: str | Path) -> str:
    """Return the register's URL as another process reads it, whatever its folder."""
    given = str(register_url)
    return given if "://" in given else os.path.abspath(given)  # noqa: PTH100 - links stay as they are


@contextmanager
def _watcher(progress: Tell | None, *, watch: bool) -> Iterator[Tell]:
    """Give the function that is told of each step."""
    if not watch:
        yield progress or (lambda _: None)
        return
    from coopnlp.batch.render import watching

    with watching() as show:

        def both(step: Progress) -> None:
            show(step)
            if progress is not None:
                progress(step)

        yield both
