"""A real cluster of Ray for tests: nodes that are processes of this machine, each with its own raylet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

__all__ = ["RayCluster"]

_PATHS = (str(Path(__file__).parent), str(Path(__file__).parents[2]))
_STORE_BYTES = 80_000_000  # the least that Ray takes is 75 MB; nothing large is to go there


class RayCluster:
    """A head without processors, and nodes that may be killed."""

    def __init__(self, nodes: int) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"
        from ray.cluster_utils import Cluster

        # Its processes inherit what finds the modules of the tests.
        self.before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (*_PATHS, self.before)))
        head = {"num_cpus": 0, "include_dashboard": False, "object_store_memory": _STORE_BYTES}
        self.cluster = Cluster(initialize_head=True, head_node_args=head)
        self.nodes: list[Any] = [self.add() for _ in range(nodes)]
        self.cluster.wait_for_nodes()

    @property
    def address(self) -> str:
        return str(self.cluster.address)

    def add(self, cpus: int = 1) -> Any:
        return self.cluster.add_node(num_cpus=cpus, object_store_memory=_STORE_BYTES)

    def kill(self, number: int) -> None:
        """Kill a node with all its workers, as if its machine had lost its power."""
        self.cluster.remove_node(self.nodes[number], allow_graceful=False)

    def replace(self, number: int) -> None:
        """Add a node in the place of one that was killed."""
        self.nodes[number] = self.add()

    def stop(self) -> None:
        self.cluster.shutdown()
        if self.before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = self.before
