"""Parquet shards from a cluster: each source once, made again only where something changed, whatever is killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import batch_fakes
import pytest
from batch_fakes import fill
from ray_cluster import RayCluster

from coopnlp.batch import run
from coopnlp.batch.reading import Reading, Work
from coopnlp.batch.shards import load_shards, read_shards, write_shards
from coopnlp.errors import CoopnlpError
from coopnlp.register import Register
from coopnlp.types import Failure, Result

pytest.importorskip("ray", reason='Ray is not installed: pip install "coopnlp[ray]"')
pytest.importorskip("pyarrow", reason='pyarrow is not installed: pip install "coopnlp[ray]"')
pytestmark = pytest.mark.filterwarnings("ignore")  # of Ray's own


WORK = Work(process=batch_fakes.process)


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayCluster]:
    started = RayCluster(2)
    yield started
    started.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = fill(tmp_path / "fonds", 30)
    (made / "mort.txt").write_text("MORT subite")
    return made


def write(cluster: RayCluster, folder: Path, **options: object):
    given = {"workers": 2, "work": WORK, "per_shard": 8, **options}
    return write_shards([folder], folder.parent / "parquet", address=cluster.address, **given)


def addresses(folder: Path) -> list[str]:
    told = read_shards(folder.parent / "parquet")
    return sorted(each.source if isinstance(each, Failure) else str(each.extraction.source.path) for each in told)


def shards(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (folder.parent / "parquet").glob("*.parquet")}


def test_shards_hold_each_source_once_and_are_made_once(cluster: RayCluster, folder: Path) -> None:
    summary = write(cluster, folder)
    assert (summary.done, summary.failed, summary.skipped) == (30, 2, 0)
    assert addresses(folder) == sorted(str(path) for path in folder.iterdir())
    before = shards(folder)
    assert len(before) == summary.shards
    assert write(cluster, folder).skipped == summary.shards
    assert shards(folder) == before
    # one file changed: its shard alone is made again, in the place of the one that was
    (folder / "pv-003.txt").write_text("LENT Un autre texte pour Kayes")
    again = write(cluster, folder)
    assert (again.shards, again.skipped) == (summary.shards, summary.shards - 1)
    assert len(set(before) - set(shards(folder))) == len(set(shards(folder)) - set(before)) == 1
    (folder / "pv-004.txt").unlink()
    write(cluster, folder)
    assert addresses(folder) == sorted(str(path) for path in folder.iterdir())
    assert {path.name for path in (folder.parent / "parquet").iterdir()} == {*shards(folder), "_shards.json"}


def test_shards_give_the_register_of_one_machine(cluster: RayCluster, folder: Path, tmp_path: Path) -> None:
    (folder / "mort.txt").unlink()
    write(cluster, folder)
    run([folder], tmp_path / "un.db", workers=0, process=batch_fakes.process)
    with Register(tmp_path / "un.db") as one, Register(tmp_path / "deux.db") as other:
        assert load_shards(tmp_path / "parquet", other) == 30
        assert load_shards(tmp_path / "parquet", other) == 0
        assert list(one.records()) == list(other.records())
        assert [f.source for f in one.failures()] == [f.source for f in other.failures()]
        assert one.search("Bamako", limit=100) == other.search("Bamako", limit=100)


def test_a_killed_node_costs_nothing(cluster: RayCluster, folder: Path) -> None:
    (folder / "mort.txt").unlink()
    for n in range(90):
        (folder / f"suite-{n:03}.txt").write_text(f"LENT Rapport numéro {n} pour Ségou")

    def kill_once(made: int, of: int) -> None:
        if made == 2:
            cluster.kill(1)

    summary = write(cluster, folder, progress=kill_once)
    cluster.replace(1)
    assert (summary.done, summary.failed) == (120, 1)
    assert addresses(folder) == sorted(str(path) for path in folder.iterdir())


def test_a_result_comes_back_whole(tmp_path: Path) -> None:
    import sys

    sys.path.insert(0, os.fspath(Path(__file__).parents[1] / "register"))
    from register_makers import full

    from coopnlp.batch.shard_files import ShardFolder, to_row
    from coopnlp.batch.shards import _claim
    from coopnlp.register.values import versions

    result = full()
    name = "part-00000-0123456789abcdef.parquet"
    row = to_row(_claim(Path("/fonds/pv-auxerre.pdf")), Reading(result, {}), versions())
    ShardFolder(tmp_path).write(name, iter([row]))
    (back,) = read_shards(tmp_path)
    assert isinstance(back, Result)
    assert back == result


def test_a_folder_of_something_else_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "_shards.json").write_text("[]")
    with pytest.raises(CoopnlpError, match="no settings of shards"):
        write_shards([folder], tmp_path, work=WORK)


def test_a_folder_that_is_not_mounted_costs_no_shard(cluster: RayCluster, folder: Path) -> None:
    write(cluster, folder)
    before = shards(folder)
    folder.rename(folder.with_name("ailleurs"))
    folder.mkdir()
    with pytest.raises(CoopnlpError, match="are kept"):
        write(cluster, folder)
    assert shards(folder) == before
