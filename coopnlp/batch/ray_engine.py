"""The Ray engine: the same job on a cluster, one actor a worker, claims in, rows out.

An actor loads the models itself, reads what it is told the address of, and
writes what it read into the register itself, in one transaction with its state.
Between machines go claims, counts and failures, a few hundred bytes each: no
pipeline, no document, nothing for Ray's object store.

A node that is lost costs the time of what it had in hand: that is read by
another worker. Where the lost one had written it already, or writes it yet, the
register knows, for both hold one claim. A source whose worker ended although
its node lives is tried once more when nothing else runs, as on one machine.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from coopnlp.api import failure
from coopnlp.batch.ray_actor import Reader, Ready, Target, is_hidden_here
from coopnlp.batch.ray_cluster import load_ray, reason_of
from coopnlp.batch.reading import Outcome, Reading, Work
from coopnlp.errors import CoopnlpError, ModelError, RegisterError
from coopnlp.register.values import Claim
from coopnlp.register.values import versions as versions_here
from coopnlp.types import Failure

__all__ = ["engine"]

# A cluster that grows when it is asked to (an autoscaler, a batch queue) takes minutes.
_START_TIMEOUT_S = 1800.0
_TICK_S = 0.5
# Ray takes a node for lost after some 15 s without answer (its health checks, by default 5 of 3 s); what ended on a
# node is held for a mistake of the source only when the node was seen alive after that.
_NODE_VERDICT_S = 30.0
# Workers that end before they are ready, one after the other, and besides one for each place: nodes may be lost then.
_FALSE_STARTS = 2
_log = logging.getLogger("coopnlp.batch")


def engine(target: Target) -> Callable[..., Generator[Outcome, None, None]]:
    """Return the engine whose workers write to a register; a cluster must be connected.

    Raises
    ------
    RegisterError
        The register is a file, and the cluster has other machines than this one.
    """
    _check_reach(target.url)

    def read_all(
        claims: Iterator[Claim | None], work: Work, *, workers: int, stopped: Callable[[], bool] = lambda: False
    ) -> Generator[Outcome, None, None]:
        """See :func:`coopnlp.batch.workers.read_all`."""
        crew = _Crew(claims, work, target, workers, stopped)
        try:
            yield from crew.read()
        finally:
            crew.stop()

    return read_all


def _check_reach(url: str) -> None:
    ray = load_ray()
    if url.startswith(("postgresql:", "postgresql+", "postgres:")):
        return
    machines = {node["NodeManagerAddress"] for node in ray.nodes() if node["Alive"]}
    if len(machines) > 1:
        raise RegisterError(
            f"{url}: a register in a file is written by one machine, this cluster has {len(machines)}. "
            "Give a register in PostgreSQL: `--register postgresql://user@host/name`."
        )


class _Hand:
    """An actor, what was asked of it, and what it has in hand."""

    def __init__(self, number: int, work: Work, target: Target) -> None:
        ray = load_ray()
        self.number = number
        actor = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0, scheduling_strategy="SPREAD")(Reader)
        self.actor: Any = actor.remote(work, target, number)
        self.asked: Any = self.actor.begin.remote()
        self.claim: Claim | None = None
        self.ready: Ready | None = None
        self.since = time.monotonic()
        self.sources = 0
        self.memory_limit = work.memory_bytes

    @property
    def free(self) -> bool:
        return self.ready is not None and self.asked is None

    def give(self, claim: Claim) -> None:
        self.claim, self.since = claim, time.monotonic()
        self.asked = self.actor.read.remote(claim)

    def begin(self, ready: Ready) -> None:
        self.ready, self.asked = ready, None
        self.memory_limit = max(self.memory_limit, ready.memory_bytes + ready.memory_bytes // 4)

    def stop(self) -> None:
        ray = load_ray()
        with suppress(ray.exceptions.RayError, ValueError):
            ray.kill(self.actor)


@dataclass(slots=True)
class _Lost:
    """A source whose worker is gone, and where and when that was."""

    claim: Claim
    node: str
    at: float
    reason: str


class _Crew:
    """The actors of one run."""

    def __init__(
        self, claims: Iterator[Claim | None], work: Work, target: Target, size: int, stopped: Callable[[], bool]
    ) -> None:
        self.claims = claims
        self.work = work
        self.target = target
        self.size = max(1, size)
        self.stopped = stopped
        self.hands: list[_Hand] = []
        self.started = 0
        # to be given out before anything else is asked for
        self.next: list[Claim] = []
        self.lost: list[_Lost] = []
        self.alone: Claim | None = None
        self.ended = False
        self.looked_at = 0.0
        self.began = time.monotonic()
        self.ever_ready = False
        self.false_starts = 0

    def read(self) -> Iterator[Outcome]:
        while True:
            self._hand_out()
            if self.ended and not self.next and not self.lost and self.alone is None and not self._in_hand():
                return
            yield from self._listen()

    def _in_hand(self) -> bool:
        return any(hand.claim is not None for hand in self.hands)

    def _hand_out(self) -> None:
        """Give every free actor a source; start actors while there are sources for them."""
        if self.stopped():
            self.ended, self.next, self.lost = True, [], []
            if not self._in_hand():
                self.alone = None
            return
        self._look_after_lost()
        if self.alone is not None:
            if not self._in_hand():
                self._give([self.alone])
            return
        while self._ask():
            if not self._give(self.next):
                return

    def _ask(self) -> bool:
        """Tell whether a source waits for an actor; ask for one only where an actor may take it."""
        if not self.next and not self.ended:
            if len(self.hands) >= self.size and not any(hand.free for hand in self.hands):
                return False
            try:
                claim = next(self.claims)
            except StopIteration:
                self.ended = True
            else:
                self.next += [] if claim is None else [claim]
        return bool(self.next)

    def _give(self, waiting: list[Claim]) -> bool:
        """Give the first that waits to a free actor; tell whether there was one. Start one where there may be more."""
        hand = next((hand for hand in self.hands if hand.free), None)
        if hand is not None:
            hand.give(waiting.pop(0))
            return True
        if len(self.hands) < self.size:
            self.started += 1
            self.hands.append(_Hand(self.started, self.work, self.target))
        return False

    def _look_after_lost(self) -> None:
        """Give out again what a lost node had in hand; try the rest alone, when nothing else runs."""
        ray = load_ray()
        now = time.monotonic()
        if not self.lost or self.alone is not None or now - self.looked_at < _TICK_S:
            return
        self.looked_at = now
        living = {node["NodeID"] for node in ray.nodes() if node["Alive"]}
        for lost in [lost for lost in self.lost if lost.node not in living]:
            self.lost.remove(lost)
            self.next.append(lost.claim)
        idle = self.ended or not self._ask()
        if self.lost and idle and not self.next and not self._in_hand():
            lost = self.lost[0]
            if now - lost.at >= _NODE_VERDICT_S:
                self.lost.pop(0)
                self.alone = lost.claim

    def _listen(self) -> Iterator[Outcome]:
        """Wait until an actor says something, ends, passes its limit, or a moment has passed."""
        ray = load_ray()
        asked = {hand.asked: hand for hand in self.hands if hand.asked is not None}
        if not asked:
            time.sleep(_TICK_S)
            yield None
            return
        heard, _ = ray.wait(list(asked), num_returns=1, timeout=_TICK_S)
        if not heard:
            yield None
        for reference in heard:
            yield from self._hear(asked[reference], reference)
        now = time.monotonic()
        for hand in [hand for hand in self.hands if hand.claim and now > hand.since + self.work.timeout_s]:
            yield from self._late(hand)
        if not self.ever_ready and now > self.began + _START_TIMEOUT_S:
            raise CoopnlpError(
                f"no worker could begin within {_START_TIMEOUT_S / 60:.0f} minutes. "
                "See with `ray status` whether the cluster has a free processor."
            )

    def _hear(self, hand: _Hand, reference: Any) -> Iterator[Outcome]:
        ray = load_ray()
        try:
            told = ray.get(reference)
        except ray.exceptions.RayTaskError as error:
            yield from self._broken(hand, error.cause if isinstance(error.cause, Exception) else error)
            return
        except ray.exceptions.RayError as error:
            self._gone(hand, error)
            if hand.claim is not None and hand.claim is self.alone:
                self.alone = None
                yield hand.claim, self._failed(hand, "WorkerLost", _twice(hand.claim, error))
            return
        if isinstance(told, Ready):
            self._check(told)
            self.ever_ready, self.false_starts = True, 0
            hand.begin(told)
            return
        claim, hand.claim, hand.asked = hand.claim, None, None
        assert claim is not None
        if told is None:
            told = self._hidden(hand, claim)
        assert isinstance(told, Reading)
        hand.sources += 1
        if hand.sources >= self.work.sources_each or told.memory_bytes > hand.memory_limit:
            self._let_go(hand)
        if claim is self.alone:
            self.alone = None
        self._hand_out()  # it reads on while this is counted
        yield claim, told

    def _check(self, ready: Ready) -> None:
        """Refuse a node that would read with other versions than those the records are to count as read with."""
        here = versions_here()
        if ready.versions != here:
            there = f"{ready.versions.library} {ready.versions.model}".strip()
            raise ModelError(
                f"node {ready.node[:12]} has coopnlp {there}, this machine {here.library} {here.model}. "
                "Install the same on every node."
            )

    def _hidden(self, hand: _Hand, claim: Claim) -> Reading:
        """Stop where a node lacks the files of this machine; a file that is gone everywhere is a failure."""
        assert hand.ready is not None
        if not is_hidden_here(claim):
            raise CoopnlpError(
                f"{claim.seen.address}: node {hand.ready.node[:12]} does not see this file. Mount its folder there "
                "under the same name, or give addresses that every node can read (s3://, https://). "
                "Start again then: the run goes on where it was."
            )
        told = f"{claim.seen.address}: there is no such file any more. Check the path."
        return Reading(Failure(source=claim.seen.address, error="UnreadableFile", message=told), {}, worker=hand.number)

    def _broken(self, hand: _Hand, cause: Exception) -> Iterator[Outcome]:
        """Deal with an error that an actor raised: of the run where it began or wrote, else of its source."""
        self._let_go(hand)
        if hand.claim is None or isinstance(cause, ModelError | RegisterError):
            raise cause
        if hand.claim is self.alone:
            self.alone = None
        yield hand.claim, Reading(failure(hand.claim.source, cause), {}, worker=hand.number)

    def _gone(self, hand: _Hand, error: Exception) -> None:
        """Note what an actor had in hand that is there no more; its place is taken by another one."""
        self._let_go(hand)
        reason = reason_of(error)
        _log.warning("worker %d is lost: %s", hand.number, reason)
        if hand.ready is None:
            self.false_starts += 1
            if self.false_starts > _FALSE_STARTS + self.size:
                raise ModelError(
                    f"workers end before they are ready ({reason}). Check that every node has coopnlp with its "
                    "models, and memory for them; `coopnlp info` says it on each."
                )
        if hand.claim is not None and hand.claim is not self.alone:
            assert hand.ready is not None
            self.lost.append(_Lost(hand.claim, hand.ready.node, time.monotonic(), reason))

    def _late(self, hand: _Hand) -> Iterator[Outcome]:
        self._let_go(hand)
        claim = hand.claim
        assert claim is not None
        if claim is self.alone:
            self.alone = None
        told = f"{claim.seen.address}: stopped at its limit of {self.work.timeout_s:g} s. Split it, or raise the limit."
        yield claim, self._failed(hand, "TimedOut", told)

    def _failed(self, hand: _Hand, error: str, message: str) -> Reading:
        assert hand.claim is not None
        failed = Failure(source=hand.claim.seen.address, error=error, message=message)
        return Reading(failed, {"read": time.monotonic() - hand.since}, 0, hand.number)

    def _let_go(self, hand: _Hand) -> None:
        """End an actor; another one is started when there is something to do."""
        if hand in self.hands:
            self.hands.remove(hand)
        hand.stop()

    def stop(self) -> None:
        for hand in self.hands:
            hand.stop()
        self.hands = []


def _twice(claim: Claim, error: Exception) -> str:
    return (
        f"{claim.seen.address}: the worker that read it ended ({reason_of(error)}), twice. "
        "It may need more memory than a node has, or break a reader: please report it."
    )
