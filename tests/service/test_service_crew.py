"""Workers that are too late or die: what the client hears, and that others are served on; and the real command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
import pytest
from service_server import served

from coopnlp.errors import ModelError
from coopnlp.service import create_app
from coopnlp.service import crew as crews
from coopnlp.service.crew import Crew
from coopnlp.service.faults import Refused
from coopnlp.service.settings import Settings
from coopnlp.service.work import Answer, Ready

ROOT = Path(__file__).resolve().parent.parent.parent
Front = Callable[..., httpx.Client]


def pretend(pipe: Connection, settings: Settings) -> None:
    """A worker without models, that does what the body says."""
    pipe.send(Ready({"pid": os.getpid()}, 0))
    try:
        while True:
            job = pipe.recv()
            word = job.body.decode().partition(" ")
            if word[0] == "wait":
                time.sleep(float(word[2]))
            elif word[0] == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            elif word[0] == "refuse":
                pipe.send(Answer(refused=Refused(422, "NoText", "rien.")))
                continue
            pipe.send(Answer(b'{"pid": %d}' % os.getpid(), memory_bytes=10**12 if word[0] == "grow" else 0))
    except EOFError:
        return


def unable(pipe: Connection, settings: Settings) -> None:
    """A worker whose models are missing."""
    pipe.send(ModelError("coop_fr is missing. Reinstall coopnlp."))


def mute(pipe: Connection, settings: Settings) -> None:
    """A worker that ends at once."""


@pytest.fixture
def pretending(monkeypatch: pytest.MonkeyPatch) -> Callable[[Settings], Crew]:
    """What starts a crew of workers without models."""
    monkeypatch.setattr(crews, "serve_jobs", pretend)
    monkeypatch.setattr(crews, "_GRACE_S", 0.0)

    def start(settings: Settings) -> Crew:
        crew = Crew(settings)
        crew.start()
        return crew

    return start


def told(client: httpx.Client, body: str) -> tuple[int, dict[str, object]]:
    answer = client.post("/v1/process", content=body.encode())
    return answer.status_code, answer.json()


def ready_again(client: httpx.Client) -> dict[str, object]:
    """Wait until all workers are ready."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        health: dict[str, object] = client.get("/health").json()
        if health["ready"] == health["workers"]:
            return health
        time.sleep(0.05)
    raise AssertionError(health)


def test_a_worker_that_is_late_is_stopped_and_replaced(fronted: Front, pretending: Callable[[Settings], Crew]) -> None:
    client = fronted(pretending, rate=0, timeout_s=0.5)
    _, first = told(client, "go")
    began = time.monotonic()
    status, late = told(client, "wait 60")
    assert (status, late["error"]) == (504, "TimedOut")
    assert time.monotonic() - began < 5
    assert ready_again(client)["replaced"] == 1
    status, second = told(client, "go")
    assert status == 200 and second["pid"] != first["pid"]
    with pytest.raises(ProcessLookupError):
        os.kill(int(str(first["pid"])), 0)


def test_a_worker_that_dies_costs_its_request_only(fronted: Front, pretending: Callable[[Settings], Crew]) -> None:
    client = fronted(pretending, rate=0, timeout_s=20)
    assert told(client, "die")[1]["error"] == "WorkerLost"
    assert told(client, "go")[0] == 200
    assert told(client, "refuse") == (422, {"error": "NoText", "message": "rien."})
    assert client.get("/health").json()["replaced"] == 1


def test_a_worker_that_has_grown_is_replaced_after_its_answer(
    fronted: Front, pretending: Callable[[Settings], Crew]
) -> None:
    client = fronted(pretending, rate=0, timeout_s=20)
    _, first = told(client, "grow")
    status, second = told(client, "go")
    assert status == 200 and first["pid"] != second["pid"]


def test_who_left_while_waiting_is_not_worked_for(fronted: Front, pretending: Callable[[Settings], Crew]) -> None:
    client = fronted(pretending, rate=0, timeout_s=20, per_client=0)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(told, client, "wait 1")
        time.sleep(0.2)
        with pytest.raises(httpx.ReadTimeout):
            client.post("/v1/process", content=b"die", timeout=0.2)
        assert first.result()[0] == 200
    assert told(client, "go")[0] == 200
    assert client.get("/health").json()["replaced"] == 0


def test_requests_are_shared_among_workers(fronted: Front, pretending: Callable[[Settings], Crew]) -> None:
    client = fronted(pretending, workers=2, rate=0, timeout_s=20, per_client=0)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: told(client, "wait 0.2"), range(4)))
    assert {status for status, _ in answers} == {200}
    assert len({str(answer["pid"]) for _, answer in answers}) == 2


@pytest.mark.parametrize(("worker", "message"), [(unable, "coop_fr is missing"), (mute, "exit code 0")])
def test_models_that_do_not_load_are_a_named_error(
    worker: Callable[..., None], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crews, "serve_jobs", worker)
    with pytest.raises(ModelError, match=message):
        Crew(Settings(workers=2)).start()


def test_an_application_starts_and_ends_its_own_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "serve_jobs", pretend)
    with served(create_app(Settings(workers=2)), lifespan=True) as client:
        assert client.get("/health").json()["ready"] == 2
        pid = int(str(told(client, "go")[1]["pid"]))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_command_asks_for_its_token(running: str) -> None:
    assert httpx.get(f"{running}/health").json()["status"] == "ok"
    assert httpx.post(f"{running}/v1/process", json={"text": "a"}).status_code == 401


def test_the_example_asks_the_command(running: str, client: httpx.Client) -> None:
    token = client.headers["authorization"].removeprefix("Bearer ")
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "07_api_client.py"), running],
        capture_output=True, encoding="utf-8", check=False, timeout=120, env={**os.environ, "COOPNLP_API_TOKEN": token},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Eau et assainissement" in done.stdout and "convention-fecamp-matane" in done.stdout


def test_an_address_that_is_taken_is_a_named_error(running: str) -> None:
    port = running.rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-m", "coopnlp", "api", "--port", port], capture_output=True, text=True, cwd=ROOT, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith(f"coopnlp: 127.0.0.1:{port} cannot be served on")
    assert "Traceback" not in done.stderr


def test_the_description_can_be_kept_without_a_server() -> None:
    described = create_app(Settings(), Crew(Settings())).openapi()
    assert json.loads(json.dumps(described))["openapi"].startswith("3.")
