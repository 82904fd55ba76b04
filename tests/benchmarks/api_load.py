"""Hammer a running API and say what it answered: rates, times, refusals, memory before and after.

    coopnlp api --port 8002 --workers 2 --rate 0 --per-client 0 &
    python -m tests.benchmarks.api_load http://127.0.0.1:8002 --pid $! --seconds 30 --clients 32

``--clients`` send small texts and projects, ``--large`` clients bodies over the limit, with
and without their length; ``/health`` is asked beside them all the time, and its times say whether the process that answers is held up. Start the server with its rates to
see them hold, without to see what the places do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

TEXT = "Le 14 juin 2019, la Ville de Roanne et la MRC de Portneuf ont signé une entente. La Région verse 12 500 €. "


class Tally:
    """What came back, a kind of request at a time."""

    def __init__(self) -> None:
        self.seconds: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        self.errors: Counter[str] = Counter()

    async def ask(self, client: httpx.AsyncClient, kind: str, method: str, path: str, **sent: Any) -> None:
        began = time.perf_counter()
        try:
            answer = await client.request(method, path, **sent)
            status = str(answer.status_code)
            if answer.is_error:
                told = answer.json()
                self.errors[told.get("error", "?")] += 1
                if answer.status_code in (429, 503):
                    assert int(answer.headers["retry-after"]) >= 1
        except httpx.HTTPError as error:
            status = type(error).__name__
        self.seconds[kind][status].append(time.perf_counter() - began)

    def report(self, wall_s: float) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for kind, by_status in self.seconds.items():
            for status, seconds in sorted(by_status.items()):
                cut = statistics.quantiles(seconds, n=20) if len(seconds) > 1 else seconds * 19
                found[f"{kind} {status}"] = {
                    "count": len(seconds), "per_second": round(len(seconds) / wall_s, 1),
                    "p50_ms": round(1000 * statistics.median(seconds), 1), "p95_ms": round(1000 * cut[18], 1),
                    "max_ms": round(1000 * max(seconds), 1),
                }  # fmt: skip
        return found


async def _chunked(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65_536):
        yield b"a" * 65_536


async def _work(client: httpx.AsyncClient, tally: Tally, until: float, number: int) -> None:
    while time.perf_counter() < until:
        number += 1
        if number % 3:
            await tally.ask(client, "process", "POST", "/v1/process", json={"text": TEXT * (1 + number % 20)})
        else:
            await tally.ask(client, "classify", "POST", "/v1/classify", json={"text": "eau potable au village"})


async def _large(client: httpx.AsyncClient, tally: Tally, until: float, size: int) -> None:
    number = 0
    while time.perf_counter() < until:
        number += 1
        content: Any = b"a" * size if number % 2 else _chunked(size)
        await tally.ask(client, "large" if number % 2 else "chunked", "POST", "/v1/process", content=content)


async def _health(client: httpx.AsyncClient, tally: Tally, until: float) -> None:
    while time.perf_counter() < until:
        await tally.ask(client, "health", "GET", "/health")
        await asyncio.sleep(0.05)


async def hammer(url: str, *, clients: int, large: int, seconds: float, size: int, token: str) -> Tally:
    """Send requests from many clients at once."""
    tally = Tally()
    until = time.perf_counter() + seconds
    limits = httpx.Limits(max_connections=None)
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with (
        httpx.AsyncClient(base_url=url, timeout=180, limits=limits, headers=headers) as client,
        httpx.AsyncClient(base_url=url, timeout=180) as beside,
    ):
        await asyncio.gather(
            *(_work(client, tally, until, number) for number in range(clients)),
            *(_large(client, tally, until, size) for _ in range(large)),
            _health(beside, tally, until),
        )
    return tally


def memory(pid: int | None) -> dict[str, int]:
    """Return the resident megabytes of a process and of those below it (Linux)."""
    if pid is None:
        return {}
    below = [pid]
    for each in below:
        children = Path(f"/proc/{each}/task/{each}/children")
        below += [int(child) for child in children.read_text(encoding="ascii").split()] if children.is_file() else []
    held = {}
    for each in below:
        pages = int(Path(f"/proc/{each}/statm").read_text(encoding="ascii").split()[1])
        held[f"{'server' if each == pid else 'below'} {each}"] = pages * 4096 // 1_000_000
    return held


def main() -> None:
    """Run it and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("url")
    parser.add_argument("--pid", type=int, help="of the server, for its memory")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--large", type=int, default=4, help="clients that send bodies over the limit")
    parser.add_argument("--size", type=int, default=40_000_000, help="bytes of those bodies")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--token", default="")
    asked = parser.parse_args()
    before = memory(asked.pid)
    began = time.perf_counter()
    tally = asyncio.run(
        hammer(
            asked.url, clients=asked.clients, large=asked.large, seconds=asked.seconds, size=asked.size,
            token=asked.token,
        )
    )  # fmt: skip
    wall = time.perf_counter() - began
    after = memory(asked.pid)
    shown = {"seconds": round(wall, 1), "answers": tally.report(wall), "errors": dict(tally.errors),
             "memory_mb_before": before, "memory_mb_after": after}  # fmt: skip
    print(json.dumps(shown, indent=1))


if __name__ == "__main__":
    main()
