"""The Ray engine on a cluster of three nodes: the register of one machine, also when a node is killed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import batch_fakes
import pytest
from batch_fakes import alone, content, fill
from ray_cluster import RayCluster

from coopnlp.batch import Progress, run
from coopnlp.batch.ray_actor import Target
from coopnlp.errors import CoopnlpError, ModelError, RegisterError
from coopnlp.register import Register, Versions

pytest.importorskip("ray", reason='Ray is not installed: pip install "coopnlp[ray]"')
pytestmark = pytest.mark.filterwarnings("ignore")  # of Ray's own: files and sockets that it leaves open


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayCluster]:
    started = RayCluster(3)
    yield started
    started.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = fill(tmp_path / "fonds", 60)
    (made / "copie.txt").write_bytes((made / "pv-007.txt").read_bytes())
    return made


def on(cluster: RayCluster, folder: Path, url: str | Path, **options: object):
    given = {"workers": 3, "process": batch_fakes.process, **options}
    return run([folder], url, engine="ray", address=cluster.address, **given)


def test_a_cluster_gives_the_register_of_one_machine(cluster: RayCluster, folder: Path, url: str) -> None:
    summary = on(cluster, folder, url)
    assert (summary.done, [failure.error for failure in summary.failed]) == (60, ["NoText"])
    assert summary.processes == 3
    assert summary.stages["write"] > 0
    assert content(url) == alone(folder)
    again = on(cluster, folder, url)
    assert (again.done, again.skipped) == (0, 61)


def test_one_machine_may_keep_its_register_in_a_file(cluster: RayCluster, folder: Path, tmp_path: Path) -> None:
    assert on(cluster, folder, tmp_path / "r.db", workers=0).done == 60
    assert content(tmp_path / "r.db") == alone(folder)


def test_a_killed_node_costs_nothing(
    cluster: RayCluster, folder: Path, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    for n in range(240):
        (folder / f"suite-{n:03}.txt").write_text(f"LENT Rapport numéro {n} pour Ségou")
    killed = False

    def kill_once(step: Progress) -> None:
        nonlocal killed
        if step.read >= 60 and not killed:
            killed = True
            cluster.kill(1)

    with caplog.at_level(logging.WARNING):
        summary = on(cluster, folder, url, progress=kill_once)
    assert killed
    cluster.replace(1)
    assert any("is lost" in record.message for record in caplog.records)
    assert (summary.done + summary.shared, [failure.error for failure in summary.failed]) == (300, ["NoText"])
    assert content(url) == alone(folder)


def test_a_source_that_ends_its_worker_costs_that_source_alone(
    cluster: RayCluster, folder: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coopnlp.batch.ray_engine._NODE_VERDICT_S", 3.0)
    (folder / "mort.txt").write_text("MORT subite")
    (folder / "etrange.txt").write_text("ETRANGE chose")
    (folder / "dort.txt").write_text("DORT longtemps")
    summary = on(cluster, folder, url, timeout_s=3.0)
    assert summary.done == 60
    assert {Path(failure.source).name: failure.error for failure in summary.failed} == {
        "mort.txt": "WorkerLost", "etrange.txt": "StrangeError", "dort.txt": "TimedOut", "vide.txt": "NoText",
    }  # fmt: skip


def test_missing_models_stop_the_run_and_fail_no_file(cluster: RayCluster, folder: Path, url: str) -> None:
    with pytest.raises(ModelError, match="coop_fr"):
        on(cluster, folder, url, process=batch_fakes.no_models)
    with Register(url) as register:
        assert register.failures() == []
        assert register.stats().waiting == 61


def test_a_node_of_another_version_is_refused(
    cluster: RayCluster, folder: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coopnlp.batch.ray_engine.versions_here", lambda: Versions(library="0.0.1", model="autre"))
    with pytest.raises(ModelError, match="Install the same on every node"):
        on(cluster, folder, url)


def test_a_file_that_a_node_does_not_see_stops_the_run(
    cluster: RayCluster, folder: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a folder is not mounted on a node; the file is put back before this machine looks."""
    from coopnlp.batch import ray_engine

    def not_here(claim: object) -> bool:
        return False

    target = next(folder.glob("pv-*.txt"))
    text = target.read_text()

    def remove(step: Progress) -> None:
        if step.total is None:
            target.unlink(missing_ok=True)

    monkeypatch.setattr(ray_engine, "is_hidden_here", not_here)
    with pytest.raises(CoopnlpError, match="Mount its folder there"):
        on(cluster, folder, url, progress=remove)
    target.write_text(text)
    monkeypatch.undo()
    assert on(cluster, folder, url).done > 0
    assert content(url) == alone(folder)


def test_an_address_where_nothing_is_says_what_to_do(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CoopnlpError, match="ray status"):
        run([folder], tmp_path / "r.db", engine="ray", address="127.0.0.1:9", process=batch_fakes.process)


def test_a_file_is_no_register_for_several_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    from coopnlp.batch import ray_engine

    class Two:
        @staticmethod
        def nodes() -> list[dict]:
            return [{"Alive": True, "NodeManagerAddress": f"192.0.2.{n}"} for n in (1, 2)]

    monkeypatch.setattr(ray_engine, "load_ray", Two)
    with pytest.raises(RegisterError, match="PostgreSQL"):
        ray_engine.engine(Target("/fonds/r.db", Versions(library="1")))
