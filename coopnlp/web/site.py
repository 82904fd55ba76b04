"""The register behind the pages: connections in threads, and the catalogue kept up to date meanwhile."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from coopnlp.catalogue.read import get_item
from coopnlp.errors import CoopnlpError, RegisterError
from coopnlp.register.database import Database
from coopnlp.register.store import Register
from coopnlp.web.attempts import Attempts
from coopnlp.web.filters import country_name
from coopnlp.web.images import Images
from coopnlp.web.index import Index, load, stamp_of
from coopnlp.web.kept import Kept
from coopnlp.web.settings import Settings

__all__ = ["Site", "site_of"]

_LOG = logging.getLogger(__name__)
_P = ParamSpec("_P")
_T = TypeVar("_T")
# Queries at once: SQLite reads in parallel, and Python does not.
_WORKERS = 4
# Results of searches: a few megabytes each where most of a large register matches.
_REMEMBERED = 32
_ATTRIBUTE = "_coopnlp_site"


class Site:
    """A register and how it is shown; one for each application.

    Raises
    ------
    RegisterError
        There is no register at the URL, or it cannot be shared between threads.
    """

    def __init__(self, url: str, settings: Settings) -> None:
        self.settings = settings
        self.register = Register(url, create=False)
        if not self.register.is_shared:
            raise RegisterError(f"{url}: a register in memory cannot be served. Give a file, or a PostgreSQL URL.")
        self.database = Database(url, create=False)
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="coopnlp-pages")
        self._images = Images()
        self._drawing = ThreadPoolExecutor(2, thread_name_prefix="coopnlp-images")
        self._refresher = ThreadPoolExecutor(1, thread_name_prefix="coopnlp-catalogue")
        self._lock = threading.Lock()
        #: Held while an export is written: one at a time, they are heavy.
        self.exporting = asyncio.Lock()
        self._checked = 0.0
        self._busy = False
        self._index: Index | None = None
        #: What searches found: paging and facets ask for the same again.
        self.kept = Kept(_REMEMBERED)
        self.attempts = Attempts()

    @property
    def file(self) -> str | None:
        """The path of the SQLite file, absent for a database on a server."""
        return self.database.where if self.database.is_sqlite else None

    def close(self) -> None:
        """Wait for what runs, and close every connection."""
        self._workers.shutdown()
        self._refresher.shutdown()
        self._drawing.shutdown()
        self.database.close()
        self.register.close()

    async def read(self, work: Callable[Concatenate[sa.Connection, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Return what ``work(connection, ...)`` returns, called in a thread within one reading transaction."""

        def call() -> _T:
            with self.database.reading() as connection:
                return work(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._workers, call)

    async def run(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Return what ``work`` returns, called in a thread: for what opens its own transaction."""
        return await asyncio.get_running_loop().run_in_executor(self._workers, lambda: work(*args, **kwargs))

    async def draw(self, sha256: str, page: int, paths: Iterable[str]) -> bytes | None:
        """Return a page of a PDF as a JPEG, see :meth:`coopnlp.web.images.Images.page`."""
        return await asyncio.get_running_loop().run_in_executor(self._drawing, self._images.page, sha256, page, paths)

    @property
    def index(self) -> Index:
        """The catalogue by columns, as it was when it was last looked at."""
        if self._index is None:
            self.refresh()
        assert self._index is not None
        return self._index

    def refresh(self) -> None:
        """Bring the catalogue up to date, and its index; a catalogue that cannot be written is shown as it is."""
        from coopnlp import catalogue
        from coopnlp.web.dashboard.cache import board_of
        from coopnlp.web.dashboard.components import map_of
        from coopnlp.web.facets import Choice

        try:
            catalogue.refresh(self.register)
        except CoopnlpError as error:
            _LOG.warning("the catalogue could not be brought up to date: %s", error)
        with self.database.reading() as connection:
            if self._index is None or stamp_of(connection) != self._index.stamp:
                self._index = index = load(connection)
                # the gazetteer and what goes with it are read before the first reader waits for them
                country_name("FR")
                if index.size:
                    get_item(connection, int(index.ids[0]))
                map_of(board_of(connection, self), Choice({}))  # the outlines too

    def look_again(self) -> None:
        """Have the catalogue brought up to date in the background, at most once in ``check_s`` seconds."""
        with self._lock:
            now = time.monotonic()
            if self._busy or now - self._checked < self.settings.check_s:
                return
            self._busy, self._checked = True, now
        self._refresher.submit(self._refresh)

    def settle(self) -> None:
        """Wait until what :meth:`look_again` began has ended."""
        self._refresher.submit(lambda: None).result()

    def _refresh(self) -> None:
        try:
            self.refresh()
        except Exception:  # noqa: BLE001 - in a thread of its own, nobody else would see it
            _LOG.exception("the catalogue could not be brought up to date")
        finally:
            with self._lock:
                self._busy, self._checked = False, time.monotonic()

    def attach(self, datasette: Any) -> None:
        """Let :func:`site_of` find this site."""
        setattr(datasette, _ATTRIBUTE, self)


def site_of(datasette: Any) -> Site | None:
    """Return the site that a Datasette shows; None where it is not one of ours."""
    found = getattr(datasette, _ATTRIBUTE, None)
    return found if isinstance(found, Site) else None
