"""Four batches at once into one register in PostgreSQL, compared with one batch into SQLite.

``python -m tests.benchmarks.concurrent_batches FOLDER [--batches 4] [--workers 1] [--real]``

The server is one of its own, in a temporary folder. Without ``--real`` documents
are read by the stand-in of the tests, which makes records of any text, and the
time is that of the register; with it by the library. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from coopnlp.register import Register

_TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(_TESTS))


def command(folder: Path, register: str, workers: int, *, real: bool) -> list[str]:
    """Return the command line of a batch."""
    if real:
        return [sys.executable, "-m", "coopnlp", "batch", str(folder), "--register", register, "--workers", str(workers)]  # fmt: skip
    return [sys.executable, str(_TESTS / "batch" / "batch_fakes.py"), register, str(folder), str(workers)]


def batches(folder: Path, register: str, count: int, workers: int, *, real: bool) -> float:
    """Run batches at once to their end; return the seconds that they took."""
    began = time.monotonic()
    running = [
        subprocess.Popen(
            command(folder, register, workers, real=real), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        for _ in range(count)
    ]
    for each in running:
        told = each.communicate()[1]
        if each.returncode not in (0, 1):
            raise SystemExit(f"a batch ended with {each.returncode}: {told.decode()[-2000:]}")
    return time.monotonic() - began


def compare(folder: Path, count: int, workers: int, *, real: bool) -> dict[str, object]:
    """Return whether both registers hold the same, and the seconds and the bytes of each."""
    from postgres_server import PostgresServer

    server = PostgresServer({"fsync": "on", "full_page_writes": "on"})  # as a server that keeps what it has
    try:
        url = server.new_database()
        with tempfile.TemporaryDirectory() as place:
            alone = Path(place) / "seul.db"
            sqlite_s = batches(folder, str(alone), 1, workers, real=real)
            one_s = batches(folder, other_url := server.new_database(), 1, workers, real=real)
            server_s = batches(folder, url, count, workers, real=real)
            with Register(alone, create=False) as one, Register(url, create=False) as other:
                same = one.dump() == other.dump()
                stats = other.stats()
            with Register(alone, create=False) as one, Register(other_url, create=False) as other:
                same_alone = one.dump() == other.dump()
            sqlite_bytes = alone.stat().st_size
        name = url.partition("?")[0].rpartition("/")[2]
        return {
            "same_content": same, "same_content_of_one_batch": same_alone, "documents": stats.documents,
            "failed": stats.failed, "waiting": stats.waiting, "batches": count, "workers_each": workers,
            "sqlite_one_batch_s": round(sqlite_s, 1), "postgresql_one_batch_s": round(one_s, 1),
            "postgresql_batches_s": round(server_s, 1), "sqlite_bytes": sqlite_bytes,
            "postgresql_bytes": int(server.sql(f"SELECT pg_database_size('{name}')")),
            "search_index_bytes": int(server.sql("SELECT pg_relation_size('passage_search')", database=name)),
        }  # fmt: skip
    finally:
        server.remove()


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--batches", type=int, default=4)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--real", action="store_true")
    given = parser.parse_args()
    workers = max(1, given.workers) if given.real else given.workers
    print(json.dumps(compare(given.folder, given.batches, workers, real=given.real)))


if __name__ == "__main__":
    main()
