"""How long the pages of the dashboard take at the server, over a register made by ``big_register``.

``python -m tests.benchmarks.dashboard register.db [--times 5]``

Every page is asked for with choices that were not asked for before, so that nothing is kept of it, and then again.
The application answers within the process: no network, all of templates and gate. « CPU » is what the slowest
first answer took of the processor, where other programs make the machine wait.
"""

from __future__ import annotations

import argparse
import asyncio
import time

import httpx

from coopnlp.web.app import make_app
from coopnlp.web.settings import Settings

PAGES = (
    "/tableau-de-bord",
    "/tableau-de-bord?annee_min={year}",
    "/tableau-de-bord?pays=SN&annee_min={year}",
    "/tableau-de-bord?pays=FR&annee_min={year}",
    "/tableau-de-bord/carte?annee_min={year}",
    "/tableau-de-bord/carte?vue=europe-afrique&annee_min={year}",
    "/tableau-de-bord/reseau?annee_min={year}",
    "/tableau-de-bord/reseau?nombre=100&annee_min={year}",
    "/tableau-de-bord/echeances?annee_min={year}",
    "/tableau-de-bord/sans-suite?annee_min={year}",
)


async def measure(register: str, times: int) -> None:
    """Print, for each page, the slowest of its first answers and of those that are kept."""
    began = time.perf_counter()
    app = make_app(register, settings=Settings(rate=1e6, burst=1_000_000))
    print(f"start: {time.perf_counter() - began:.1f} s")
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for page in PAGES:
            first, again, most = 0.0, 0.0, 0.0
            size = 0
            for year in range(1970, 1970 + times):
                for kept in (False, True):
                    began, used = time.perf_counter(), time.process_time()
                    response = await client.get(page.format(year=year))
                    took = time.perf_counter() - began
                    assert response.status_code == 200, (page, response.status_code)
                    size = len(response.content)
                    if kept:
                        again = max(again, took)
                    elif "{year}" in page or year == 1970:
                        first, most = max(first, took), max(most, time.process_time() - used)
            print(
                f"{page:<60} {first * 1000:6.0f} ms, CPU {most * 1000:4.0f} ms, again {again * 1000:4.0f} ms, {size / 1000:5.0f} kB"
            )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("register")
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    asyncio.run(measure(given.register, given.times))


if __name__ == "__main__":
    main()
