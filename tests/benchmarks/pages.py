"""Time the pages of a register at the server: through the application, without network or browser.

``python -m tests.benchmarks.pages register.db [--times 20] [--json FILE]``

For each page: the first answer (templates not yet compiled), median and 95th percentile
of the others, no search and no figure of them remembered, and the processor time of one answer, which tells more than the clock
on a machine that does other things. A register of 100,000 records comes from
``tests.benchmarks.big_register``. The issue asks for under 300 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from coopnlp.catalogue.read import item_lines
from coopnlp.register import schema
from coopnlp.web.addresses import actor_path, document_path, item_path, theme_path
from coopnlp.web.app import make_datasette
from coopnlp.web.dashboard.cache import board_of
from coopnlp.web.kept import Kept
from coopnlp.web.settings import Settings
from coopnlp.web.site import Site, site_of


def addresses(site: Site) -> dict[str, str]:
    """Return a page of each kind; of actors and documents, the one with the most."""
    with site.database.reading() as connection:
        item = connection.execute(
            sa.select(schema.item.c.id).order_by(schema.item.c.documents.desc()).limit(1)
        ).scalar()
        actor = connection.execute(
            sa.select(schema.actor.c.key).order_by(schema.actor.c.documents.desc()).limit(1)
        ).scalar()
        most = sa.select(schema.record.c.document_id).group_by(schema.record.c.document_id)
        document = connection.execute(most.order_by(sa.func.count().desc()).limit(1)).scalar()
        digest = connection.execute(sa.select(schema.source.c.sha256).where(schema.source.c.id == document)).scalar()
        (line,) = item_lines(connection, [item or 0])
        theme = connection.execute(sa.select(schema.item_theme.c.theme).limit(1)).scalar()
    return {
        "accueil": "/",
        "liste": "/projets",
        "liste, un pays": "/projets?pays=FR",
        "liste, facettes": "/financements?pays=SN&annee_min=2010&annee_max=2020",
        "liste, par titre, page 100": "/accords?tri=titre&page=100",
        "recherche, mot rare": "/recherche?q=assainissement",
        "recherche, mot fréquent": "/recherche?q=coopération",
        "recherche, deux mots": "/recherche?q=convention+ville",
        "recherche, textes": "/recherche?q=projet&dans=textes",
        "recherche, facettes": "/recherche?q=développement&pays=SN&type=project",
        "fiche": item_path(line.type, line.ref),
        "acteurs": "/acteurs",
        "acteur": actor_path(str(actor)),
        "thèmes": "/themes",
        "thème": theme_path([str(theme)]),
        "documents": "/documents",
        "documents, par titre": "/documents?titre=convention",
        "document": document_path(str(digest)),
        "données": "/donnees",
        "table": "/registre/item",
    }


async def measure(app: Any, site: Site, pages: dict[str, str], times: int) -> list[dict[str, Any]]:
    """Ask for each page, one after another."""
    told = []
    drawn = await site.read(board_of, site)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        for name, address in pages.items():
            walls = []
            first = 0.0
            used = time.process_time()
            for _ in range(times + 1):
                site.kept = Kept(1)  # what a search found, or a figure, is not asked of the memory
                drawn.kept = Kept(1)
                begun = time.perf_counter()
                response = await client.get(address)
                walls.append((time.perf_counter() - begun) * 1000)
                first = first or (time.process_time() - used) * 1000
                response.raise_for_status()
            cpu = (time.process_time() - used) * 1000 / (times + 1)
            rest = sorted(walls[1:])
            row = {
                "page": name,
                "first_ms": round(walls[0], 1),
                "first_cpu_ms": round(first, 1),
                "median_ms": round(statistics.median(rest), 1),
                "p95_ms": round(rest[min(len(rest) - 1, int(0.95 * len(rest)))], 1),
                "cpu_ms": round(cpu, 1),
                "bytes": len(response.content),
            }
            told.append(row)
            print(
                f"{name:28} first {row['first_ms']:7} (cpu {row['first_cpu_ms']:6}) median {row['median_ms']:7} p95 {row['p95_ms']:7} cpu {row['cpu_ms']:7}"
            )
    return told


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("register")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    begun, used = time.perf_counter(), time.process_time()
    datasette = make_datasette(options.register, settings=Settings(rate=1e6, burst=10**6, check_s=3600))
    site = site_of(datasette)
    assert site is not None
    print(f"{site.index.size} items; start {time.perf_counter() - begun:.1f} s, cpu {time.process_time() - used:.1f} s")
    rows = asyncio.run(measure(datasette.app(), site, addresses(site), options.times))
    if options.json:
        options.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    site.close()
    return 0 if all(row["p95_ms"] < 300 for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
