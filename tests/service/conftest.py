"""One service for all tests of this folder: its worker loads the models once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

pytest.importorskip("fastapi", reason='no API: pip install "coopnlp[api]"')
pytest.importorskip("uvicorn", reason='no API: pip install "coopnlp[api]"')

from service_server import served

from coopnlp.service import Settings, create_app
from coopnlp.service.crew import Crew


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    """A client of a service without limits on rate; its lifespan starts and ends the one worker."""
    settings = Settings(rate=0, per_client=0, max_bytes=2_000_000, max_rows=50, max_characters=200_000, timeout_s=60)
    with served(create_app(settings), lifespan=True) as asking:
        yield asking


@pytest.fixture
def fronted() -> Iterator[Callable[..., httpx.Client]]:
    """A function that gives a client of a service with other limits, and with workers of a test's own or none."""
    with ExitStack() as stack:

        def make(crew: Callable[[Settings], Crew] = Crew, **limits: object) -> httpx.Client:
            settings = Settings(**limits)  # type: ignore[arg-type]
            made = crew(settings)
            stack.callback(made.stop)
            return stack.enter_context(served(create_app(settings, made), lifespan=False))

        yield make
