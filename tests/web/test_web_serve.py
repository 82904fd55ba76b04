"""``coopnlp register serve``: a server that answers, warns, and ends."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from coopnlp.web.security import _Rates
from coopnlp.web.settings import is_loopback
from tests.web.web_register import fill


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_served_from_the_command_line(tmp_path: Path) -> None:
    register = tmp_path / "register.db"
    fill(register)
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "coopnlp",
        "register",
        "serve",
        str(register),
        "--host",
        "0.0.0.0",
        "--port",
        str(port),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            told = ""
            deadline = time.monotonic() + 60
            while "is shown at" not in told and time.monotonic() < deadline:
                line = server.stderr.readline()
                assert line, told
                told += line
            assert "warning: the pages are served on 0.0.0.0" in told
            answer = httpx.get(f"http://127.0.0.1:{port}/")
            assert answer.status_code == 200 and "Registre" in answer.text
            assert "server" not in answer.headers
        finally:
            server.send_signal(signal.SIGINT)
        assert server.wait(timeout=20) is not None


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("[::1]", True), ("127.9.9.9", True), ("0.0.0.0", False),
     ("archives.example", False), ("", False), ("127.0.0.1.evil.example", False)],
)  # fmt: skip
def test_loopback(host: str, own: bool) -> None:
    assert is_loopback(host) is own


def test_rates_are_a_client_s_own_and_come_back() -> None:
    now = [0.0]
    rates = _Rates(2.0, 3, lambda: now[0])
    assert [rates.wait("a") for _ in range(3)] == [0.0] * 3
    assert rates.wait("a") == pytest.approx(0.5)
    assert rates.wait("b") == 0.0
    now[0] = 0.6
    assert rates.wait("a") == 0.0 and rates.wait("a") > 0


def test_hooks_leave_other_datasettes_alone(tmp_path: Path) -> None:
    from datasette.app import Datasette

    from coopnlp.web.app import make_datasette
    from coopnlp.web.site import site_of

    register = tmp_path / "register.db"
    fill(register)
    ours = make_datasette(register)
    other = Datasette([], memory=True)

    async def ask() -> tuple[str, str]:
        return (await other.client.get("/")).text, (await other.client.get("/_memory.json?sql=select+1")).text

    page, told = asyncio.run(ask())
    assert "Registre" not in page and '"rows": [[1]]' in told
    site = site_of(ours)
    assert site is not None and site_of(other) is None
    site.close()
    for datasette in (ours, other):
        datasette.executor.shutdown()
        for database in datasette.databases.values():
            database.close()
