"""Kill nodes of a Ray cluster at random moments of a run, and compare its register with that of one machine.

``python -m tests.benchmarks.lost_nodes FOLDER [--rounds 3] [--nodes 3] [--seed 1]``

The cluster is one of processes on this machine, each node with a raylet of its
own; a node is killed with all its workers. The register is in a PostgreSQL
server of its own. Documents are read by the stand-in of the tests. Prints one
JSON object a round.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from coopnlp.batch import Progress, run
from coopnlp.register import Register

_TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(_TESTS), str(_TESTS / "batch")]


def main() -> None:
    """Run from the command line."""
    import batch_fakes
    from postgres_server import PostgresServer
    from ray_cluster import RayCluster

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    server = PostgresServer()
    cluster = RayCluster(given.nodes)
    try:
        with tempfile.TemporaryDirectory() as place:
            alone = Path(place) / "seul.db"
            one = run([given.folder], alone, workers=0, process=batch_fakes.process)
            with Register(alone) as register:
                whole = register.dump()
        for number in range(given.rounds):
            at, victim = chance.randrange(one.done // 10, one.done * 9 // 10), chance.randrange(given.nodes)
            url = server.new_database()
            killed_at: list[int] = []

            def kill_once(step: Progress, at: int = at, victim: int = victim, said: list[int] = killed_at) -> None:
                if step.read >= at and not said:
                    said.append(step.read)
                    cluster.kill(victim)

            began = time.monotonic()
            summary = run(
                [given.folder], url, engine="ray", address=cluster.address, workers=given.nodes,
                process=batch_fakes.process, progress=kill_once,
            )  # fmt: skip
            with Register(url) as register:
                identical = register.dump() == whole
            told = {
                "round": number + 1, "identical": identical, "killed_node": victim, "killed_after": killed_at,
                "done": summary.done, "shared": summary.shared, "failed": summary.failures,
                "one_machine": {"done": one.done, "failed": one.failures},
                "seconds": round(time.monotonic() - began, 1), "processes": summary.processes,
            }  # fmt: skip
            print(json.dumps(told), flush=True)
            cluster.replace(victim)
    finally:
        cluster.stop()
        server.remove()


if __name__ == "__main__":
    main()
