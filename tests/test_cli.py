"""The command line, as the contract has it: commands, keys, exit codes, and what bad input is answered.

``main`` runs in this process, with its arguments and streams replaced, so that
the models are loaded once; a few true processes check what only they can show.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer
from spacy.language import Language

from coopnlp.__main__ import main
from coopnlp.cli import app

TEXT = (
    "Foix, le 4 avril 2012\n\n"
    "La Ville de Foix et la MRC de Coaticook signent une convention de partenariat sur l’assainissement. "
    "La Région Midi-Pyrénées verse 7 500 € pour le projet « Des vergers pour tous ».\n"
)


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``coopnlp`` in this process. Whatever it raises but an exit fails the test, as a traceback would a user."""

    def call(*args: str | Path, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["coopnlp", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
        assert isinstance(code, int)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Done(code, out, err)

    return call


def coopnlp(*args: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run ``coopnlp`` in a process of its own."""
    command = [sys.executable, "-m", "coopnlp", *map(str, args)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, **options)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A file that can be read."""
    path = tmp_path / "bon.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def _empty_pdf() -> bytes:
    """Return a PDF that is whole but has no page."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    xref = b"xref\n0 3\n0000000000 65535 f \n" + table
    return out + xref + b"trailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def _zip() -> bytes:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("notes.txt", "Il pleut.")
    return out.getvalue()


#: Bytes that no reader can make a document of, by the name that they come under.
BAD = {
    "vide.txt": b"",
    "vide.pdf": b"",
    "vide.docx": b"",
    "zip.pdf": _zip(),
    "zip.docx": _zip(),
    "sans-page.pdf": _empty_pdf(),
    "coupe.pdf": b"%PDF-1.7\n1 0 obj\n<< /Type /Cat",
    "hasard.bin": bytes((i * 197 + i * i // 7) % 256 for i in range(3000)),
    "hasard.pdf": bytes((i * 89 + i * i // 5) % 256 for i in range(3000)),
    "hasard.docx": bytes((i * 31 + i * i // 3) % 256 for i in range(3000)),
    "espaces.md": b" \n\n \t\n",
}


@pytest.fixture(params=sorted(BAD))
def bad(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file that cannot be read."""
    path = tmp_path / str(request.param)
    path.write_bytes(BAD[request.param])
    return path


# What there is

COMMANDS = {
    "process": ["-o", "--output"],
    "extract": ["-o", "--output", "--format"],
    "annotate": ["-o", "--output"],
    "classify": ["-o", "--output", "--text-column", "--id-column", "--top", "--explain"],
    "batch": [
        "--register",
        "--workers",
        "--engine",
        "--retry-failed",
        "--since",
        "--dry-run",
        "--report",
        "--log",
        "--metrics",
    ],
    "register search": ["--limit", "--json"],
    "register show": [],
    "register stats": [],
    "register export": ["-o", "--format"],
    "register serve": ["--host", "--port", "--open", "--no-images"],
    "gazetteer lookup": ["--near", "--date"],
    "evaluate entities": ["-o"],
    "evaluate links": ["-o"],
    "evaluate records": ["-o"],
    "evaluate themes": ["-o"],
    "train entities": ["--open-data"],
    "train themes": [],
    "info": [],
}


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """List every command that does something, by its words."""
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from commands(inner, (*words, name))
    else:
        yield " ".join(words), command


FOUND = dict(commands(typer.main.get_command(app)))


def test_the_commands_are_those_of_the_contract() -> None:
    assert COMMANDS.keys() <= FOUND.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_every_option(run: Run, name: str) -> None:
    done = run(*name.split(), "--help")
    assert done.code == 0
    assert f"coopnlp {name}" in done.out
    assert [option for option in COMMANDS[name] if option not in done.out] == []


@pytest.mark.parametrize("name", sorted(FOUND))
def test_every_command_and_option_is_documented(name: str) -> None:
    assert FOUND[name].help
    bare = [p.name for p in FOUND[name].params if not getattr(p, "help", None)]
    assert bare in ([], ["limit"], ["help"])


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['coopnlp', '--help']\n"
        "from coopnlp.__main__ import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = ('spacy', 'sklearn', 'pydantic', 'rich', 'numpy', 'sqlalchemy', 'httpx')\n"
        "print([m for m in heavy if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage: coopnlp" in done.stdout
    assert done.stderr.strip() == "[]"


def test_no_arguments_show_the_help(run: Run) -> None:
    done = run()
    assert "Usage: coopnlp" in done.out + done.err


def test_version(run: Run) -> None:
    from coopnlp import __version__

    assert run("--version") == Done(0, f"coopnlp {__version__}\n", "")


# What comes out


def assert_no_blank(value: Any, *, allow: tuple[str, ...] = (), key: str = "") -> None:
    """Absent values are absent keys: no null and no empty string, but under the keys allowed."""
    if isinstance(value, dict):
        for name, item in value.items():
            assert_no_blank(item, allow=allow, key=name)
    elif isinstance(value, list):
        for item in value:
            assert_no_blank(item, allow=allow, key=key)
    elif key not in allow:
        assert value is not None and value != "", key


def test_annotate_has_the_keys_of_the_contract(run: Run, good: Path, nlp: Language) -> None:
    done = run("annotate", good)
    assert (done.code, done.err) == (0, "")
    (row,) = done.rows
    assert row.keys() == {"id", "source", "text", "notices", "entities"}
    assert row["source"].keys() >= {"name", "sha256", "media_type", "size"}
    assert row["id"] == "bon"
    assert_no_blank(row, allow=("kb_id",))
    labels = set()
    for entity in row["entities"]:
        assert entity.keys() - {"page", "value"} == {"start", "end", "label", "text", "kb_id"}
        assert row["text"][entity["start"] : entity["end"]] == entity["text"]
        assert "value" not in entity or entity["label"] in ("AMOUNT", "DATE")
        labels.add(entity["label"])
    assert {"AMOUNT", "DATE", "COLLECTIVITY", "PROJECT"} <= labels


def test_annotate_gives_probabilities_where_asked(run: Run, good: Path, nlp: Language) -> None:
    plain, scored = run("annotate", good).rows[0]["entities"], run("annotate", good, "--scores").rows[0]["entities"]
    assert all("probability" not in entity for entity in plain)
    assert all(0 < entity["probability"] < 1 for entity in scored)
    assert [{**entity, "probability": 0} for entity in plain] == [{**entity, "probability": 0} for entity in scored]


def test_annotate_gives_values_and_codes(run: Run, good: Path, nlp: Language) -> None:
    entities = {entity["text"]: entity for entity in run("annotate", good).rows[0]["entities"]}
    assert entities["7 500 €"]["value"] == {"value": "7500", "currency": "EUR"}
    assert entities["4 avril 2012"]["value"] == {"start": "2012-04-04", "end": "2012-04-04"}
    assert entities["MRC de Coaticook"]["kb_id"] == "qc-mrc:440"


def test_entities_of_a_pdf_have_pages(run: Run, root: Path, nlp: Language) -> None:
    (row,) = run("annotate", root / "examples" / "documents" / "laureats-appel-2024.pdf").rows
    assert row["entities"]
    assert all(entity["page"] >= 1 for entity in row["entities"])


KEYS = {
    "id", "source", "document", "entities", "partnerships", "fundings", "agreements", "projects", "themes", "atlas",
    "notices",
}  # fmt: skip


def test_process_has_the_keys_of_the_contract(run: Run, good: Path, nlp: Language) -> None:
    done = run("process", good)
    assert (done.code, done.err) == (0, "")
    (row,) = done.rows
    assert row.keys() == KEYS
    assert row["atlas"] is None
    assert_no_blank(row, allow=("atlas",))
    assert row["entities"] and row["fundings"] and row["agreements"]
    for kind in ("partnerships", "fundings", "agreements", "projects"):
        for record in row[kind]:
            assert record["evidence"], kind
    (funding,) = row["fundings"]
    assert funding["funder"]["text"] == "Région Midi-Pyrénées"
    assert funding["amounts"] == [{"value": "7500", "currency": "EUR"}]


def test_process_reads_a_record_of_the_atlas(run: Run, root: Path, nlp: Language) -> None:
    (row,) = run("process", root / "examples" / "documents" / "fiche-atlas-aurillac-tambacounda.html").rows
    assert row.keys() == KEYS
    assert row["atlas"]["title"]
    assert_no_blank(row, allow=("sections",))  # a pair of heading and text; the record may have the heading alone


def test_a_document_that_says_nothing_gives_an_empty_record(run: Run, tmp_path: Path, nlp: Language) -> None:
    path = tmp_path / "pluie.txt"
    path.write_text("Il pleut depuis ce matin et personne ne sort.", encoding="utf-8")
    (row,) = run("process", path).rows
    assert row.keys() == KEYS
    assert [row[k] for k in ("entities", "partnerships", "fundings", "agreements", "projects")] == [[]] * 5


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (TEXT.encode(), TEXT),
        ("\ufeffDéjà  vu\t!\r\nFin".encode(), "Déjà  vu\t!\nFin"),
        ("Cafe\u0301 de la gare\n\n\n".encode(), "Café de la gare\n\n\n"),
        ("L’été, la Ville de Nœux reçoit Matane.".encode("cp1252"), "L’été, la Ville de Nœux reçoit Matane."),
        (b"  # Titre\n\n* un\n* deux  \n", "  # Titre\n\n* un\n* deux  \n"),
    ],
)
@pytest.mark.parametrize("suffix", [".txt", ".md"])
def test_plain_text_keeps_its_text(run: Run, tmp_path: Path, data: bytes, text: str, suffix: str) -> None:
    path = tmp_path / f"note{suffix}"
    path.write_bytes(data)
    (row,) = run("extract", path, "--format", "jsonl").rows
    assert row["text"] == text


def test_extract_as_text_is_the_text(run: Run, good: Path) -> None:
    assert run("extract", good) == Done(0, TEXT, "")


def test_extract_as_json_lines_has_the_layout(run: Run, root: Path) -> None:
    (row,) = run("extract", root / "examples" / "documents" / "proces-verbal-vendome.pdf", "--format", "jsonl").rows
    assert row.keys() >= {"id", "source", "text", "blocks", "metadata", "notices", "page_starts"}
    assert any(block["kind"] == "table" and block["cells"] for block in row["blocks"])


@pytest.mark.parametrize("command", ["extract", "annotate", "process"])
def test_a_dash_reads_standard_input(run: Run, command: str, nlp: Language) -> None:
    done = run(command, "-", stdin=TEXT.encode())
    assert (done.code, done.err) == (0, "")
    assert "Coaticook" in done.out
    assert command == "extract" or done.rows[0]["id"] == "stdin"


def test_output_goes_to_a_file(run: Run, good: Path, tmp_path: Path) -> None:
    assert run("extract", good, "-o", tmp_path / "sortie.txt") == Done(0, "", "")
    assert (tmp_path / "sortie.txt").read_text(encoding="utf-8") == TEXT


def test_a_call_that_fails_leaves_the_file_that_was_there(run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "sortie.txt"
    kept.write_text("Ancien.", encoding="utf-8")
    assert run("extract", tmp_path / "absent.pdf", "-o", kept).code == 1
    assert kept.read_text(encoding="utf-8") == "Ancien."


def test_an_output_inside_the_folder_is_no_input(run: Run, tmp_path: Path, good: Path) -> None:
    assert run("extract", tmp_path, "-o", tmp_path / "sortie.txt") == Done(0, "", "")
    assert (tmp_path / "sortie.txt").read_text(encoding="utf-8") == TEXT


def test_a_folder_gives_a_line_a_document(run: Run, tmp_path: Path) -> None:
    (tmp_path / "lot" / "sous").mkdir(parents=True)
    (tmp_path / "lot" / "a.txt").write_text("Un.", encoding="utf-8")
    (tmp_path / "lot" / "sous" / "b.md").write_text("Deux.", encoding="utf-8")
    assert [row["id"] for row in run("extract", tmp_path / "lot", "--format", "jsonl").rows] == ["a", "b"]


def test_the_second_run_says_the_same(run: Run, good: Path, nlp: Language) -> None:
    assert run("process", good).out == run("process", good).out


# Themes

THEME_KEYS = {"id", "themes", "abstained"}
PROPOSALS = [
    ("p1", "Assainissement des eaux usées et gestion des déchets ménagers dans la commune."),
    ("p2", "Formation des enseignants et construction d'un lycée professionnel."),
]


def _table(tmp_path: Path) -> Path:
    path = tmp_path / "propositions.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([("numero", "resume"), *PROPOSALS])
    return path


def test_classify_reads_a_row_a_project(run: Run, tmp_path: Path) -> None:
    done = run("classify", _table(tmp_path), "--text-column", "resume", "--id-column", "numero")
    assert (done.code, done.err) == (0, "")
    assert [row["id"] for row in done.rows] == ["p1", "p2"]
    for row in done.rows:
        assert row.keys() == THEME_KEYS
        assert row["abstained"] is (not row["themes"])
        for theme in row["themes"]:
            assert 1 <= len(theme["path"]) <= 3
            assert 0 < theme["probability"] <= 1
            assert not theme.get("terms")


def test_classify_explains(run: Run, tmp_path: Path) -> None:
    done = run("classify", _table(tmp_path), "--text-column", "resume", "--explain", "--top", "1")
    assert all(len(row["themes"]) <= 1 for row in done.rows)
    words = [word for row in done.rows for theme in row["themes"] for word, _ in theme["terms"]]
    assert words


def test_classify_reads_documents_and_json_lines(run: Run, tmp_path: Path, good: Path) -> None:
    lines = tmp_path / "propositions.jsonl"
    rows = [json.dumps({"id": key, "text": text}, ensure_ascii=False) for key, text in PROPOSALS]
    lines.write_text("\n".join(rows) + "\n", encoding="utf-8")
    done = run("classify", lines, good, "--text-column", "text")
    assert done.code == 0
    assert [row["id"] for row in done.rows] == ["p1", "p2", "bon"]


def test_a_column_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    done = run("classify", _table(tmp_path), "--text-column", "texte")
    assert done.code in (1, 2)
    assert "texte" in done.err
    assert "resume" in done.err  # what there is


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02\x00;\xff\n", b'a;b\n"jamais fermee;1\n2;3', b"\n\n\n"])
def test_a_broken_table_is_named(run: Run, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "cassee.csv"
    path.write_bytes(data)
    done = run("classify", path, "--text-column", "resume")
    assert done.code in (1, 2)
    assert "cassee.csv" in done.err
    assert done.out == ""


def test_broken_json_lines_are_named_with_their_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cassees.jsonl"
    path.write_text('{"id": "a", "text": "Eau potable."}\n{"id": "b", "text"\n', encoding="utf-8")
    done = run("classify", path, "--text-column", "text")
    assert done.code == 1
    assert "cassees.jsonl" in done.err and "2" in done.err


# Bad input


@pytest.mark.parametrize("command", ["extract", "annotate", "process", "classify"])
def test_what_cannot_be_read_is_named_and_the_rest_is_done(run: Run, command: str, bad: Path, good: Path) -> None:
    done = run(command, bad, good)
    assert done.code == 1
    assert done.err.startswith("coopnlp: ")
    assert bad.name in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert done.err.strip().endswith((".", "`")), "the remedy is a sentence"
    assert done.err.count(". ") >= 1, "what is wrong, then what to do"
    if command == "extract":
        assert done.out == TEXT
    else:
        assert [row["id"] for row in done.rows] == ["bon"]


def test_a_folder_of_random_bytes(run: Run, tmp_path: Path, good: Path) -> None:
    for name, data in BAD.items():
        (tmp_path / name).write_bytes(data)
    done = run("extract", tmp_path, "-o", tmp_path.parent / f"{tmp_path.name}.out")
    assert done.code == 1
    assert len(done.err.strip().splitlines()) == len(BAD)
    assert all(name in done.err for name in BAD)
    assert (tmp_path.parent / f"{tmp_path.name}.out").read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("command", ["extract", "annotate", "process", "classify"])
def test_a_path_that_does_not_exist(run: Run, command: str, tmp_path: Path) -> None:
    done = run(command, tmp_path / "absent.pdf")
    assert (done.code, done.out) == (1, "")
    assert "absent.pdf" in done.err and "Check the path" in done.err


def test_an_empty_standard_input(run: Run) -> None:
    done = run("extract", "-")
    assert (done.code, done.out) == (1, "")
    assert "stdin" in done.err


def test_an_empty_folder_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "lot").mkdir()
    done = run("extract", tmp_path / "lot")
    assert done.out == ""
    assert "nothing to read" in done.err


@pytest.mark.parametrize(
    "args",
    [
        ["extract"],
        ["extract", "x.txt", "--format", "xml"],
        ["extract", "x.txt", "--sortie", "y"],
        ["classify", "x.csv", "--top", "0"],
        ["classify", "x.csv", "--top", "dix"],
        ["batch", "x.txt"],
        ["batch", "x.txt", "--register", "r.db", "--engine", "spark"],
        ["batch", "x.txt", "--register", "r.db", "--workers", "0"],
        ["register"],
        ["register", "search", "r.db"],
        ["gazetteer", "lookup"],
        ["brouillon"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_two(run: Run, args: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*args)
    assert done.code == 2
    assert done.out == "" or "Usage" in done.out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["extract", "annotate", "process", "classify"])
@pytest.mark.parametrize("where", ["dossier", "absent/sortie.jsonl"])
def test_an_output_that_cannot_be_written(run: Run, command: str, where: str, good: Path, tmp_path: Path) -> None:
    (tmp_path / "dossier").mkdir()
    done = run(command, good, "-o", tmp_path / where)
    assert done.code == 2
    assert where.split("/", maxsplit=1)[0] in done.err.replace("\n", "")
    assert "cannot be written" in done.err


@pytest.mark.parametrize("command", ["search", "show", "stats", "export"])
@pytest.mark.parametrize("kind", ["text", "absent", "folder", "other"])
def test_a_register_that_is_none(run: Run, command: str, kind: str, tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    path = tmp_path / "registre.db"
    if kind == "text":
        path.write_text("Ceci n'est pas une base. " * 100, encoding="utf-8")
    elif kind == "folder":
        path.mkdir()
    elif kind == "other":
        with closing(sqlite3.connect(path)) as base:
            base.execute("CREATE TABLE recettes (nom TEXT)")
            base.commit()
    more = {"search": ["eau"], "export": ["-o", str(tmp_path / "export")]}.get(command, [])
    done = run("register", command, path, *more)
    assert done.code == 2
    assert "registre.db" in done.err
    assert done.out == ""
    assert kind != "absent" or not path.exists()


def test_a_name_that_is_in_no_list(run: Run) -> None:
    done = run("gazetteer", "lookup", "Zzyxquelque")
    assert (done.code, done.out) == (1, "")
    assert "Zzyxquelque" in done.err


@pytest.mark.parametrize("kind", ["entities", "links", "records", "themes"])
def test_gold_that_is_not_there_or_broken(run: Run, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    done = run("evaluate", kind, path)
    assert done.code == 2
    assert "gold.jsonl" in done.err
    path.write_text("pas du JSON\n", encoding="utf-8")
    done = run("evaluate", kind, path)
    assert done.code == 2
    assert "gold.jsonl" in done.err


@pytest.mark.parametrize("kind", ["entities", "themes"])
def test_training_without_a_corpus(run: Run, kind: str, tmp_path: Path) -> None:
    done = run("train", kind, "--corpus", tmp_path / "absent", "-o", tmp_path / "modele")
    assert done.code == 2
    assert "absent" in done.err
    assert not (tmp_path / "modele").exists()


# The other commands


def test_lookup_gives_candidates_with_codes(run: Run) -> None:
    done = run("gazetteer", "lookup", "Laval", "--near", "Mayenne", "--date", "2012")
    assert done.code == 0
    first = done.rows[0]
    assert first["place"]["kb_id"] == "fr-commune:53130"
    assert first["reasons"]


def test_info_says_what_is_installed(run: Run) -> None:
    done = run("info")
    assert done.code == 0
    found = json.loads(done.out)
    assert found.keys() >= {"coopnlp", "python", "packages", "models", "gazetteer"}
    assert found["models"]["coop_fr"]["coopnlp"]["dev"]["micro"]["f1"] > 0
    assert "missing" not in found["models"]["coop_themes"]


def test_evaluate_scores_entities_with_counts(run: Run, tmp_path: Path, nlp: Language) -> None:
    path = tmp_path / "essai.txt"
    path.write_text("Le [[4 avril 2012|DATE]], [[7 500 €|AMOUNT]] sont versés.", encoding="utf-8")
    found = json.loads(run("evaluate", "entities", path).out)
    assert found["documents"] == 1
    assert found["scores"]["AMOUNT"] == {
        "precision": 1.0, "recall": 1.0, "f1": 1.0, "partial_f1": 1.0, "predicted": 1, "gold": 1,
    }  # fmt: skip


def test_batch_twice_gives_the_same_register(run: Run, tmp_path: Path, good: Path) -> None:
    folder = tmp_path / "lot"
    folder.mkdir()
    good.rename(folder / "bon.txt")
    (folder / "casse.pdf").write_bytes(BAD["coupe.pdf"])
    register = tmp_path / "registre.db"

    def dump(name: str) -> dict[str, str]:
        assert run("register", "export", register, "-o", tmp_path / name, "--format", "jsonl").code == 0
        return {p.name: p.read_text(encoding="utf-8") for p in sorted((tmp_path / name).iterdir())}

    told = run("batch", folder, "--register", register, "--dry-run")
    assert (told.code, {row["because"] for row in told.rows}) == (0, {"new"})
    assert not register.exists()
    files = {f"--{name}": tmp_path / f"lot.{ending}" for name, ending in (("log", "jsonl"), ("metrics", "prom"))}
    observed = [str(word) for pair in files.items() for word in pair]
    reports = ["--report", tmp_path / "lot.html", "--report", tmp_path / "lot.json"]
    first = run("batch", folder, "--register", register, *observed, *reports)
    assert json.loads((tmp_path / "lot.json").read_text(encoding="utf-8"))["done"] == 1
    assert "casse.pdf" in (tmp_path / "lot.html").read_text(encoding="utf-8")
    assert all(path.stat().st_size for path in files.values())
    assert first.code == 1  # one file of two failed
    assert "casse.pdf" in first.err
    before = dump("avant")
    assert "bon.txt" in "".join(before.values())
    second = run("batch", folder, "--register", register, "--since", "2001-01-01")
    assert second.code == 1
    assert dump("apres") == before
    assert run("register", "search", register, "vergers", "--json").rows
    shown = run("register", "show", register, "bon")
    assert shown.code == 0
    assert "7 500" in shown.out.replace("\u202f", " ").replace("\u00a0", " ")
    assert run("register", "show", register, "absent").code in (1, 2)


@pytest.mark.parametrize(
    "more", [("--since", "hier"), ("--report", "lot.pdf"), ("--metrics", "absent/lot.prom"), ("--log", "absent/lot")]
)
def test_batch_names_what_it_cannot_use_before_it_reads(
    run: Run, tmp_path: Path, good: Path, more: tuple[str, str]
) -> None:
    name, value = more
    path = value if name == "--since" else tmp_path / value
    done = run("batch", good, "--register", tmp_path / "registre.db", name, path)
    assert (done.code, done.out) == (2, "")
    assert name in done.err or value in done.err


def test_batch_names_a_path_that_does_not_exist(run: Run, tmp_path: Path) -> None:
    done = run("batch", tmp_path / "absent.txt", "--register", tmp_path / "registre.db")
    assert done.code == 1
    assert "absent.txt" in done.err


# True processes


def test_a_process_answers_bad_input_in_one_line(tmp_path: Path) -> None:
    done = coopnlp("extract", tmp_path / "absent.pdf")
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_pipe_carries_bytes_of_any_encoding() -> None:
    text = "L’été, la Ville de Nœux reçoit Matane.\n"
    command = [sys.executable, "-m", "coopnlp", "extract", "-"]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, input=text.encode("cp1252"), capture_output=True, check=True, env=environment)
    assert done.stdout.decode() == text


def test_a_closed_pipe_is_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("Il pleut sur la place.\n" * 60_000, encoding="utf-8")
    command = [sys.executable, "-m", "coopnlp", "extract", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (0, b"")
