"""What runs on the nodes of a Ray cluster: an actor that loads the models, reads, and writes into the register."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from coopnlp.batch.landing import write
from coopnlp.batch.patience import PATIENCE_S, patiently
from coopnlp.batch.ray_cluster import load_ray
from coopnlp.batch.reading import Process, Reading, Work, Written, read_one, resident_bytes
from coopnlp.register.prepared import Prepared
from coopnlp.register.store import Register
from coopnlp.register.values import Claim, Versions, versions
from coopnlp.types import Failure

__all__ = ["Reader", "Ready", "Target", "is_hidden_here"]


@dataclass(frozen=True, slots=True)
class Target:
    """The register that actors write to, and what the records count as read with."""

    url: str
    versions: Versions
    patience_s: float = PATIENCE_S


@dataclass(frozen=True, slots=True)
class Ready:
    """What an actor says when its models are loaded."""

    node: str
    memory_bytes: int
    versions: Versions


class Reader:
    """A worker of the cluster; runs in an actor."""

    def __init__(self, work: Work, target: Target, number: int) -> None:
        self.work = work
        self.target = target
        self.number = number
        self.process: Process | None = None
        self.register: Register | None = None

    def begin(self) -> Ready:
        """Load the models and open the register."""
        ray = load_ray()
        self.process = self.work.reader()
        self.register = Register(self.target.url, create=False, patience_s=self.target.patience_s)
        node = str(ray.get_runtime_context().get_node_id())
        return Ready(node, resident_bytes(), versions())

    def read(self, claim: Claim) -> Reading | None:
        """Read a source and write what was read; None where this node does not see the file."""
        assert self.process is not None and self.register is not None
        if is_hidden_here(claim):
            return None
        reading = read_one(self.process, claim.source, worker=self.number, rows=True)
        made = reading.outcome
        if not isinstance(made, Prepared):
            return reading
        began = time.perf_counter()
        ask = partial(patiently, patience_s=self.target.patience_s)
        landed = write(self.register, claim, made, self.target.versions, ask)
        if isinstance(landed, Failure):  # it has not been noted: who asked does that
            return replace(reading, outcome=landed)
        prepared_s = reading.seconds.get("write", 0.0)
        seconds = {**reading.seconds, "write": prepared_s + time.perf_counter() - began}
        return Reading(Written.of(made, landed=landed), seconds, reading.memory_bytes, self.number)


def is_hidden_here(claim: Claim) -> bool:
    """Tell whether neither a file nor the archive that it is a member of is to be seen on this machine."""
    path = claim.source
    if not isinstance(path, Path):
        return False
    try:
        return not path.exists() and not any(parent.is_file() for parent in path.parents)
    except (OSError, ValueError):  # it is there, or its name is none: reading it says what is wrong
        return False
