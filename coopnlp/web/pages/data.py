"""The data to take away: exports in the formats of the trade, and the tables themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from coopnlp.web.tables import READABLE, TABLES
from coopnlp.web.view import Page, page

__all__ = ["DOWNLOADS", "ROUTES", "Download"]


class Download(NamedTuple):
    """A format in which the register can be taken away; ``path`` gives the file."""

    name: str
    extension: str
    told: str
    path: str


#: Filled by the part that writes them; the page lists what is here.
DOWNLOADS: list[Download] = []
#: Called before the page is shown, for parts that know their formats only when asked.
SOURCES: list[Callable[[], list[Download]]] = []


@page
async def data(page: Page) -> Any:
    """Show what can be taken away."""
    downloads = DOWNLOADS + [download for source in SOURCES for download in source()]
    tables = [(name, told) for name, told in TABLES.items() if name in READABLE] if page.site.file else []
    return await page.html("donnees.html", {"formats": downloads, "tables": tables})


ROUTES = [(r"/donnees$", data)]
