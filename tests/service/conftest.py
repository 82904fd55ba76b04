"""One service for all tests of this folder, as the command starts it: its worker loads the models once."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

pytest.importorskip("fastapi", reason='no API: pip install "coopnlp[api]"')
pytest.importorskip("uvicorn", reason='no API: pip install "coopnlp[api]"')

from service_server import served

from coopnlp.service import Settings, create_app
from coopnlp.service.crew import Crew

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = "jeton-du-test-des-commandes"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the command, on a port that is free; at the end it is told to stop, and must."""
    tokens = tmp_path_factory.mktemp("api") / "tokens"
    tokens.write_text(TOKEN + "\n", encoding="utf-8")
    limits = "--max-bytes 2000000 --max-rows 50 --max-characters 200000 --rate 0 --per-client 0 --timeout 60"
    command = [sys.executable, "-m", "coopnlp", "api", "--port", "0", "--token-file", str(tokens), *limits.split()]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stderr is not None
    said = process.stderr.readline()
    assert "API at http://127.0.0.1:" in said, said + process.stderr.read()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    workers = children.read_text(encoding="ascii").split() if children.is_file() else []
    yield said.split("API at ")[1].split("/v1/")[0]
    process.send_signal(signal.SIGTERM)
    code = process.wait(30)
    logged = process.stderr.read()
    process.stderr.close()
    assert (code, logged) == (0, "")
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert [pid for pid in workers if Path(f"/proc/{pid}").exists()] == []


@pytest.fixture(scope="session")
def client(running: str) -> Iterator[httpx.Client]:
    """A client of it that shows its token."""
    with httpx.Client(base_url=running, timeout=120, headers={"authorization": f"Bearer {TOKEN}"}) as asking:
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
