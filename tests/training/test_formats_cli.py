"""``annotate --format`` and ``corpus import``: files and folders, messages, exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from spacy.language import Language
from typer.testing import CliRunner

from coopnlp.cli import app
from coopnlp.training.corpus import read_marked

TEXT = "La Ville de Foix et la MRC de Coaticook signent une convention le 4 avril 2012.\n\nLa Région verse 7 500 €.\n"
TOOLS = ["conll", "brat", "docbin", "inception", "labelstudio"]
FOLDERS = ("brat", "inception")


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in args])


@pytest.fixture
def lot(tmp_path: Path) -> Path:
    """Two documents of one name in two folders, as archives have them."""
    for folder in ("1974", "1975"):
        (tmp_path / "lot" / folder).mkdir(parents=True)
        (tmp_path / "lot" / folder / "pv.txt").write_text(f"{folder}. {TEXT}", encoding="utf-8")
    return tmp_path / "lot"


@pytest.mark.parametrize("format", TOOLS)
def test_documents_go_out_and_come_back(format: str, lot: Path, tmp_path: Path, nlp: Language) -> None:
    target = tmp_path / ("sortie" if format in FOLDERS else "sortie.bin")
    done = run("annotate", lot, "--format", format, "-o", target)
    assert (done.exit_code, done.output) == (0, "")
    files = list(target.iterdir()) if format in FOLDERS else [target]
    done = run("corpus", "import", *(f for f in files if f.suffix != ".conf"), "--output", tmp_path / "corpus")
    assert done.exit_code == 0, done.output
    assert f"wrote {tmp_path / 'corpus' / 'pv.txt'} (" in done.stderr
    rows = [json.loads(line) for line in run("annotate", lot).stdout.splitlines()]
    read = {d.text: list(d.entities) for d in read_marked(tmp_path / "corpus")}
    assert read == {r["text"]: [(e["start"], e["end"], e["label"]) for e in r["entities"]] for r in rows}
    assert all(read.values())


def test_json_lines_stay_the_default(lot: Path, nlp: Language) -> None:
    plain, named = run("annotate", lot), run("annotate", lot, "--format", "jsonl")
    assert plain.stdout == named.stdout
    row = json.loads(plain.stdout.splitlines()[0])
    assert list(row) == ["id", "source", "text", "entities", "notices"]
    assert all(entity.keys() >= {"start", "end", "label", "text", "kb_id"} for entity in row["entities"])


@pytest.mark.parametrize("format", ["conll", "labelstudio"])
def test_some_formats_go_to_standard_output(format: str, lot: Path, tmp_path: Path, nlp: Language) -> None:
    run("annotate", lot, "--format", format, "-o", tmp_path / "sortie")
    assert run("annotate", lot, "--format", format).stdout == (tmp_path / "sortie").read_text(encoding="utf-8")


@pytest.mark.parametrize("format", TOOLS)
def test_one_file_that_fails_leaves_the_others_whole(format: str, lot: Path, tmp_path: Path, nlp: Language) -> None:
    shutil.rmtree(lot / "1975")
    (lot / "casse.pdf").write_bytes(b"%PDF-1.7\n")
    done = run("annotate", lot, "--format", format, "-o", tmp_path / "sortie")
    assert done.exit_code == 1
    assert "casse.pdf" in done.stderr
    assert run("corpus", "import", tmp_path / "sortie", "-o", tmp_path / "corpus").exit_code == 0
    assert [p.name for p in (tmp_path / "corpus").iterdir()] == ["pv.txt"]


@pytest.mark.parametrize("format", TOOLS)
def test_a_call_that_fails_writes_nothing(format: str, tmp_path: Path) -> None:
    done = run("annotate", tmp_path / "absent.txt", "--format", format, "-o", tmp_path / "sortie")
    assert done.exit_code == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--format", "xml"], "none of jsonl, conll"),
        (["--format", "brat"], "give it with -o"),
        (["--format", "docbin"], "give it with -o"),
        (["--format", "brat", "-o", "fichier"], "it is a file"),
        (["--format", "docbin", "-o", "dossier"], "it is a folder"),
        (["--format", "conll", "-o", "absent/sortie"], "there is no folder"),
    ],
    ids=" ".join,
)
def test_wrong_usage(args: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fichier").write_text("Ancien.", encoding="utf-8")
    (tmp_path / "dossier").mkdir()
    done = run("annotate", "fichier", *args)
    assert done.exit_code == 2
    assert says in " ".join(done.stderr.replace("│", " ").split())
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["dossier", "fichier"]


def test_brat_gets_its_labels_once(lot: Path, tmp_path: Path, nlp: Language) -> None:
    folder = tmp_path / "brat"
    folder.mkdir()
    (folder / "annotation.conf").write_text("[entities]\nLOC\n", encoding="utf-8")
    run("annotate", lot, "--format", "brat", "-o", folder)
    assert (folder / "annotation.conf").read_text(encoding="utf-8") == "[entities]\nLOC\n"
    (folder / "annotation.conf").unlink()
    run("annotate", lot, "--format", "brat", "-o", folder)
    assert (folder / "annotation.conf").read_text(encoding="utf-8").startswith("[entities]\nAGREEMENT\n")


def test_import_says_every_fault_in_a_line_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "pv.txt").write_text("La Ville de Foix.", encoding="utf-8")
    (tmp_path / "pv.ann").write_text("T1\tVILLE 12 16\tFoix\nT2\tORG 3 10\tVille d\n", encoding="utf-8")
    (tmp_path / "note.txt").write_text("À Pau.", encoding="utf-8")
    (tmp_path / "note.ann").write_text("T1\tLOC 2 4\tPa\n", encoding="utf-8")
    done = run("corpus", "import", tmp_path / "pv.ann", tmp_path / "note.ann", "-o", tmp_path / "corpus")
    assert done.exit_code == 1
    assert not (tmp_path / "corpus").exists()
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith(f"coopnlp: {tmp_path}") for line in lines)
    done = run("corpus", "import", tmp_path, "-o", tmp_path / "corpus", "--snap")
    assert done.exit_code == 1  # the unknown label
    assert "'Pa' (2-4, LOC) moved to 'Pau' (2-5, LOC)" in done.stderr
    assert (tmp_path / "corpus" / "note.txt").read_text(encoding="utf-8") == "À [[Pau|LOC]]."


def test_import_of_nothing_says_so(tmp_path: Path) -> None:
    done = run("corpus", "import", tmp_path, "-o", tmp_path / "corpus")
    assert done.exit_code == 0
    assert "nothing to import" in done.stderr
    assert run("corpus", "import", "-o", tmp_path).exit_code == 2
    assert run("corpus", "import", tmp_path).exit_code == 2
