"""The wheel: built from the checkout, unpacked elsewhere, and used there without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

SENTENCE = "Le 4 avril 2012, la Ville de Foix verse 7 500 € à la MRC de Coaticook.\n"


@pytest.fixture(scope="session")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the checkout; built once, with the tools of this environment."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the contents of the wheel, as an installation has them."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def python(installed: Path, cwd: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run Python outside the checkout; only the dependencies come from this environment."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, *args], cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize(
    "name",
    [
        "coopnlp/py.typed",
        "coopnlp/_models/README.md",
        "coopnlp/_models/coop_fr/config.cfg",
        "coopnlp/_models/coop_fr/meta.json",
        "coopnlp/_models/coop_fr/coop_tagger/network_0.npz",
        "coopnlp/_models/coop_fr/vocab/vectors",
        "coopnlp/_models/coop_themes/meta.json",
        "coopnlp/_models/coop_records/grants.json",
        "coopnlp/_models/coop_records/pairs.json",
        "coopnlp/_models/coop_records/years.json",
        "coopnlp/gazetteer/tables/organisations.tsv",
        "coopnlp/themes/data/atlas.ttl",
        "coopnlp/themes/data/review.html",
        "coopnlp/training/pretrain.cfg",
        "coopnlp/gazetteer/data/meta.json",
        "coopnlp/pipeline/data/fields.txt.gz",
    ],
)
def test_the_wheel_carries(wheel: Path, name: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert name in archive.namelist()


@pytest.mark.parametrize("folder", ["gazetteer/data", "gazetteer/tables", "pipeline/data", "themes/data"])
def test_the_wheel_carries_every_data_file(wheel: Path, root: Path, folder: str) -> None:
    files = {p.relative_to(root).as_posix() for p in (root / "coopnlp" / folder).rglob("*") if p.is_file()}
    with zipfile.ZipFile(wheel) as archive:
        assert files
        assert files <= set(archive.namelist())


def test_the_wheel_carries_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
        assert {top for top in tops if not top.endswith(".dist-info")} == {"coopnlp"}
        assert [n for n in archive.namelist() if n.endswith((".pkl", ".pickle", ".pyc", ".db"))] == []


def test_the_wheel_declares_the_components(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith("entry_points.txt")]
        text = archive.read(name).decode()
    for group in ("console_scripts", "spacy_factories", "spacy_architectures", "spacy_tokenizers"):
        assert f"[{group}]" in text
    assert "coop_tagger = coopnlp.pipeline.tagger:create_tagger" in text


def test_the_installed_package_is_the_one_that_runs(installed: Path, tmp_path: Path) -> None:
    code = (
        "import coopnlp, importlib.metadata as m; from coopnlp.resources import model_folder; print(coopnlp.__file__);"
        "print(model_folder('coop_fr')); print(m.distribution('coopnlp').locate_file(''))"
    )
    done = python(installed, tmp_path, "-c", code)
    assert done.returncode == 0, done.stderr
    assert all(Path(line).resolve().is_relative_to(installed.resolve()) for line in done.stdout.splitlines())


def test_the_installed_command_annotates(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "essai.txt").write_text(SENTENCE, encoding="utf-8")
    done = python(installed, tmp_path, "-m", "coopnlp", "annotate", "essai.txt")
    assert (done.returncode, done.stderr) == (0, "")
    row = json.loads(done.stdout)
    assert row["text"] == SENTENCE
    found = {entity["text"]: entity for entity in row["entities"]}
    assert found["7 500 €"]["value"] == {"value": "7500", "currency": "EUR"}
    assert found["MRC de Coaticook"]["kb_id"] == "qc-mrc:440"


def test_the_installed_command_processes(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "essai.txt").write_text(SENTENCE, encoding="utf-8")
    done = python(installed, tmp_path, "-m", "coopnlp", "process", "essai.txt", "-o", "essai.jsonl")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    row = json.loads((tmp_path / "essai.jsonl").read_text(encoding="utf-8"))
    assert row["fundings"][0]["funder"]["text"] == "Ville de Foix"


def test_the_installed_command_says_what_it_has(installed: Path, tmp_path: Path) -> None:
    done = python(installed, tmp_path, "-m", "coopnlp", "info")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert all("missing" not in model for model in found["models"].values())
    assert found["gazetteer"]
