"""The limits of the service: what is refused, before what is read, and what the others notice of it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from coopnlp import errors
from coopnlp.errors import CoopnlpError
from coopnlp.service.clients import Rates, client_of, is_known
from coopnlp.service.crew import Crew
from coopnlp.service.faults import refusal, status_of
from coopnlp.service.settings import Settings, read_networks, read_tokens
from coopnlp.service.work import Job

Front = Callable[..., httpx.Client]


class Slow(Crew):
    """A crew without processes, whose jobs last until they are let go."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.go = threading.Event()
        self.begun = 0

    @property
    def ready(self) -> int:
        return 1

    async def run(self, job: Job, gone: Callable[[], Awaitable[bool]]) -> bytes:
        self.begun += 1
        until = time.monotonic() + 10
        while not self.go.is_set() and time.monotonic() < until:
            await asyncio.sleep(0.005)
        return b'{"size": %d}' % len(job.body)


class Quick(Slow):
    """A crew whose jobs are done at once."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.go.set()


def exchange(client: httpx.Client, *parts: bytes, pause: float = 0.0) -> bytes:
    """Send bytes as they are and return all that comes back."""
    with socket.create_connection((client.base_url.host, client.base_url.port or 80), timeout=10) as wire:
        for part in parts:
            wire.sendall(part)
            time.sleep(pause)
        told = b""
        while True:
            try:
                piece = wire.recv(65_536)
            except TimeoutError:
                return told
            if not piece:
                return told
            told += piece
            if b"\r\n\r\n" in told and b"content-length: " in told:
                head, _, body = told.partition(b"\r\n\r\n")
                if len(body) >= int(head.split(b"content-length: ")[1].split(b"\r\n")[0]):
                    return told


HEAD = b"POST /v1/process HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"


def test_a_body_over_the_limit_is_refused_before_it_has_come(fronted: Front) -> None:
    client = fronted(Quick, max_bytes=1000)
    told = exchange(client, HEAD + b"Content-Length: 1000000000\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 413") and b'"error":"TooLarge"' in told
    assert client.post("/v1/process", content=b"a" * 1000).json() == {"size": 1000}
    assert client.post("/v1/process", content=b"a" * 1001).status_code == 413


def test_a_body_without_length_is_counted_as_it_comes(fronted: Front) -> None:
    client = fronted(Quick, max_bytes=100_000)

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"a" * 10_000

    answer = client.post("/v1/process", content=endless())
    assert (answer.status_code, answer.json()["error"]) == (413, "TooLarge")
    told = exchange(client, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"30d40\r\n" + b"a" * 200_000)
    assert told.startswith(b"HTTP/1.1 413")
    form = client.post("/v1/process", files={"file": ("a.txt", b"a" * 200_000)})
    assert form.status_code == 413


def test_a_client_that_sends_all_before_it_reads_hears_why_it_was_refused(fronted: Front) -> None:
    client = fronted(Quick, max_bytes=1000)
    answer = client.post("/v1/process", content=b"a" * 5_000_000)
    assert answer.json()["error"] == "TooLarge"
    assert client.get("/health").status_code == 200


def test_a_body_that_does_not_come_is_not_waited_for(fronted: Front) -> None:
    client = fronted(Quick, body_timeout_s=0.2)
    began = time.monotonic()
    told = exchange(client, HEAD + b"Content-Length: 100\r\n\r\nabc")
    assert told.startswith(b"HTTP/1.1 408") and b'"error":"RequestTimeout"' in told
    assert time.monotonic() - began < 5


def test_over_the_rate_is_429_with_the_time_to_wait(fronted: Front) -> None:
    client = fronted(Quick, rate=6, burst=3)
    answers = [client.post("/v1/process", content=b"a") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert 8 <= int(answers[3].headers["retry-after"]) <= 10
    assert answers[3].json()["error"] == "TooManyRequests"
    assert client.get("/health").status_code == 200


def test_forwarded_for_counts_only_from_a_proxy_that_is_named(fronted: Front) -> None:
    open_to_all = fronted(Quick, rate=6, burst=1)
    for number, status in enumerate((200, 429)):
        answer = open_to_all.post("/v1/process", content=b"a", headers={"x-forwarded-for": f"192.0.2.{number}"})
        assert answer.status_code == status
    behind = fronted(Quick, rate=6, burst=1, proxies=read_networks(["127.0.0.1"]))
    for said, status in (("192.0.2.1", 200), ("192.0.2.2", 200), ("1.2.3.4, 192.0.2.2", 429)):
        answer = behind.post("/v1/process", content=b"a", headers={"x-forwarded-for": said})
        assert answer.status_code == status


def test_places_are_bounded_and_health_answers_meanwhile(fronted: Front) -> None:
    crews: list[Slow] = []

    def crew(settings: Settings) -> Crew:
        crews.append(Slow(settings))
        return crews[0]

    client = fronted(crew, workers=1, queue=2, rate=0, per_client=0)
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(client.post, "/v1/process", content=b"abc") for _ in range(3)]
        until = time.monotonic() + 10
        while crews[0].begun < 3 and time.monotonic() < until:
            time.sleep(0.01)
        refused = client.post("/v1/process", content=b"a")
        assert (refused.status_code, refused.json()["error"]) == (503, "Busy")
        assert int(refused.headers["retry-after"]) >= 1
        assert client.get("/health").status_code == 200
        assert client.get("/docs").status_code == 200
        crews[0].go.set()
        assert [answer.result().json() for answer in asked] == [{"size": 3}] * 3
    assert client.post("/v1/process", content=b"a").status_code == 200


def test_one_client_does_not_take_all_places(fronted: Front) -> None:
    crews: list[Slow] = []

    def crew(settings: Settings) -> Crew:
        crews.append(Slow(settings))
        return crews[0]

    client = fronted(crew, queue=9, rate=0, per_client=1, proxies=read_networks(["127.0.0.1"]))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(client.post, "/v1/process", content=b"a", headers={"x-forwarded-for": "192.0.2.1"})
        while crews[0].begun < 1:
            time.sleep(0.01)
        again = client.post("/v1/process", content=b"a", headers={"x-forwarded-for": "192.0.2.1"})
        other = pool.submit(client.post, "/v1/process", content=b"a", headers={"x-forwarded-for": "192.0.2.9"})
        while crews[0].begun < 2:
            time.sleep(0.01)
        crews[0].go.set()
        assert (first.result().status_code, again.status_code, other.result().status_code) == (200, 429, 200)


def test_a_token_is_asked_for_but_by_health_and_the_description(fronted: Front) -> None:
    token = "un-jeton-assez-long-pour-le-test"
    client = fronted(Quick, tokens=frozenset({token}))
    refused = client.post("/v1/process", content=b"a")
    assert (refused.status_code, refused.json()["error"]) == (401, "Unauthorized")
    assert refused.headers["www-authenticate"].startswith("Bearer")
    for shown in (f"Basic {token}", f"Bearer {token[:-1]}", "Bearer", f"Bearer {token} x"):
        assert client.post("/v1/process", content=b"a", headers={"authorization": shown}).status_code == 401
    assert client.post("/v1/process", content=b"a", headers={"authorization": f"bearer {token}"}).status_code == 200
    assert client.get("/v1/info").status_code == 401
    assert client.get("/health").status_code == client.get("/docs").status_code == 200
    described = client.get("/openapi.json").json()
    assert described["paths"]["/v1/process"]["post"]["security"] == [{"bearer": []}]
    assert token not in str(described)


def test_browsers_are_told_nothing_unless_an_origin_is_named(fronted: Front) -> None:
    asked = {"origin": "https://atlas.example", "access-control-request-method": "POST"}
    closed = fronted(Quick)
    assert "access-control-allow-origin" not in closed.options("/v1/process", headers=asked).headers
    opened = fronted(Quick, origins=("https://atlas.example",), max_bytes=10)
    assert opened.options("/v1/process", headers=asked).headers["access-control-allow-origin"] == asked["origin"]
    refused = opened.post("/v1/process", content=b"a" * 11, headers=asked)
    assert refused.status_code == 413
    assert refused.headers["access-control-allow-origin"] == asked["origin"]
    other = opened.options("/v1/process", headers={**asked, "origin": "https://ailleurs.example"})
    assert "access-control-allow-origin" not in other.headers


def test_a_mistake_of_the_program_shows_no_trace(fronted: Front) -> None:
    class Wrong(Quick):
        async def run(self, job: Job, gone: Any) -> bytes:
            raise KeyError("secret")

    answer = fronted(Wrong).post("/v1/process", content=b"a")
    assert (answer.status_code, answer.json()["error"]) == (500, "InternalError")
    assert "secret" not in answer.text


def test_a_bucket_fills_with_time_and_forgets_who_stays_away() -> None:
    now = [0.0]
    rates = Rates(60, 2, lambda: now[0])
    assert [rates.wait("a") for _ in range(3)] == [0, 0, 1]
    assert rates.wait("b") == 0
    now[0] = 0.5
    assert rates.wait("a") == pytest.approx(0.5)
    now[0] = 1.0
    assert rates.wait("a") == 0
    now[0] = 1000.0
    assert [rates.wait("a") for _ in range(3)] == [0, 0, 1]
    for number in range(30_000):
        rates.wait(str(number))
    assert len(rates) == 20_000
    assert [Rates(0, 1).wait("a") for _ in range(3)] == [0, 0, 0]


PROXIES = read_networks(["10.0.0.0/8", "::1"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        ("10.1.1.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.1.1.1", ["1.1.1.1, 198.51.100.7, 10.2.2.2"], "198.51.100.7"),
        ("10.1.1.1", ["1.1.1.1", "198.51.100.7"], "198.51.100.7"),
        ("10.1.1.1", ["n'importe quoi"], "10.1.1.1"),
        ("10.1.1.1", [], "10.1.1.1"),
        ("::1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", [], "192.0.2.1"),
        ("fe80::1%eth0", [], "fe80::/64"),
        (None, ["198.51.100.7"], "local"),
    ],
)
def test_a_client_is_who_the_last_trusted_proxy_heard(peer: str | None, forwarded: list[str], client: str) -> None:
    assert client_of(peer, forwarded, PROXIES) == client


def test_tokens_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "jetons"
    path.write_text("# de l’équipe\n\nabcdefghijklmnop\nqrstuvwxyzabcdefgh\n", encoding="utf-8")
    tokens = read_tokens(path)
    assert len(tokens) == 2
    assert is_known("Bearer abcdefghijklmnop", tokens)
    assert not is_known("Bearer é", tokens) and not is_known(None, tokens)
    for content in ("", "court\n", "avec un espace au milieu\n", "é" * 20):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(CoopnlpError, match="jetons"):
            read_tokens(path)
    with pytest.raises(CoopnlpError, match="absent"):
        read_tokens(tmp_path / "absent")


def test_settings_that_make_no_sense_are_named_errors() -> None:
    with pytest.raises(CoopnlpError, match="workers"):
        Settings(workers=0)
    with pytest.raises(CoopnlpError, match="proxy"):
        read_networks(["mon-proxy"])


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_of_the_library_has_a_status(name: str) -> None:
    kind = getattr(errors, name)
    assert 400 <= status_of(kind("a", "b", "c")) <= 504


def test_remedies_name_no_option_of_the_command_line() -> None:
    told = refusal(errors.TimedOut("a.pdf", "reading it was stopped", "Give it more time (--timeout)."))
    assert (told.status, told.error) == (504, "TimedOut")
    assert "--timeout" not in told.message and told.message.startswith("a.pdf: reading it was stopped.")
