"""A register made by hand, its pages, and a client that asks them without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from coopnlp.web.app import make_datasette
from coopnlp.web.settings import Settings
from coopnlp.web.site import site_of


class Client:
    """Asks an application in one event loop, as a server would."""

    def __init__(self, register: Path | str, settings: Settings, runner: asyncio.Runner) -> None:
        self.datasette = make_datasette(register, settings=settings)
        self._runner = runner
        transport = httpx.ASGITransport(self.datasette.app())
        self._client = httpx.AsyncClient(transport=transport, base_url="http://localhost:8001")

    @property
    def site(self) -> Any:
        return site_of(self.datasette)

    def get(self, address: str, **more: Any) -> httpx.Response:
        return self.request("GET", address, **more)

    def request(self, method: str, address: str, **more: Any) -> httpx.Response:
        return self._runner.run(self._client.request(method, address, **more))

    def text(self, address: str) -> str:
        """The HTML of a page that is there."""
        response = self.get(address)
        assert response.status_code == 200, (address, response.status_code, response.text[:400])
        return response.text

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self.site.close()
        self.datasette.executor.shutdown()
        for database in self.datasette.databases.values():
            database.close()


@contextmanager
def client(register: Path | str, settings: Settings | None = None) -> Iterator[Client]:
    with asyncio.Runner() as runner:
        made = Client(register, settings or Settings(burst=10_000), runner)
        try:
            yield made
        finally:
            made.close()
