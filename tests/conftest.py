"""Fixtures for every test."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import postgres_server
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from spacy.language import Language

# What tests read or fetch is no part of the user's cache. A scan that several tests read is read once.
_CACHE = tempfile.TemporaryDirectory(prefix="coopnlp-tests-")
os.environ["COOPNLP_CACHE"] = _CACHE.name

# The same examples each time: a change is not refused for a case that it did not make. COOPNLP_HYPOTHESIS=random
# looks for new ones.
settings.register_profile("same", derandomize=True)
settings.register_profile("random", derandomize=False)
settings.load_profile("random" if os.environ.get("COOPNLP_HYPOTHESIS") == "random" else "same")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of measures beside the checkout; tests that use it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not beside the checkout")
    return SHARED


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The shipped pipeline, loaded once; also what the command line uses in this process."""
    import coopnlp

    return coopnlp.load()


@pytest.fixture(scope="session")
def server() -> Iterator[postgres_server.PostgresServer]:
    """A PostgreSQL server of the tests' own; what needs it skips where none is installed."""
    lacking = postgres_server.missing()
    if lacking is not None:
        pytest.skip(lacking)
    pytest.importorskip("pg8000", reason='no driver for PostgreSQL: pip install "coopnlp[postgresql]"')
    started = postgres_server.PostgresServer()
    yield started
    started.remove()


@pytest.fixture
def url(server: postgres_server.PostgresServer) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    made = server.new_database()
    yield made
    server.drop(made)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def new_register(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """A function that gives the URL of another empty register at each call, in either database."""
    if request.param == "sqlite":
        yield lambda: "sqlite://"
        return
    server: postgres_server.PostgresServer = request.getfixturevalue("server")
    urls: list[str] = []

    def make() -> str:
        urls.append(server.new_database())
        return urls[-1]

    yield make
    for url in urls:
        server.drop(url)
