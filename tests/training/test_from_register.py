"""What people corrected in a register, as training data: what comes out is what the training code reads."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language
from typer.testing import CliRunner

from coopnlp.api import to_result
from coopnlp.cli import app
from coopnlp.extract import extract
from coopnlp.register import Register
from coopnlp.register.corrections import Corrections, Thing
from coopnlp.training.corpus import read_marked
from coopnlp.training.from_register import import_register
from coopnlp.training.records import read_records, texts_of
from coopnlp.types import Entity, Funding, Party, Project, Result, ThemeAssignment

TEXT = """Coopération entre Auxerre et Plovdiv

Le jumelage entre la Ville d’Auxerre et la Ville de Plovdiv a été signé le 12 mai 1998. Les élus remercient le comité.

La Région Bourgogne accorde une subvention de 15 000 € à l’association Les Amis de Plovdiv pour l’accès à l’eau potable. \
Le budget total du projet est de 42 000 €.

La Ville d’Auxerre verse 3 500 € au comité de jumelage. Le maire lève la séance à 20 heures.
"""
WATER = ThemeAssignment(
    path=("Environnement, Climat et Energie", "Eau et déchets", "Eau et assainissement"), probability=1.0
)


@pytest.fixture(scope="module")
def read(nlp: Language) -> Result:
    return to_result(extract(TEXT.encode(), name="pv.txt"))


@pytest.fixture
def known(read: Result) -> Iterator[Corrections]:
    with Register("sqlite://") as register:
        register.add(read)
        yield Corrections(register)


def _find(known: Corrections, read: Result, words: str) -> Thing:
    return next(
        h.thing for h in known.things(read.extraction.source.sha256, "entity") if getattr(h.value, "text", "") == words
    )


def _record(read: Result, type_: str, n: int = 0) -> Thing:
    return Thing(target="record", sha256=read.extraction.source.sha256, type=type_, n=n)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_nothing_is_written_of_what_nobody_looked_at(known: Corrections, tmp_path: Path) -> None:
    made = import_register(known.register, tmp_path)
    assert (made.sources, made.passages, made.sums, made.themes) == (0, 0, 0, 0)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_sentences_of_corrected_entities_are_documents(known: Corrections, read: Result, tmp_path: Path) -> None:
    known.reject(_find(known, read, "Les Amis de Plovdiv"), author="alice")
    date = known.value(_find(known, read, "12 mai 1998"))
    known.confirm(date.thing, author="alice")
    start = TEXT.index("comité de jumelage")
    known.add(read.extraction.source.sha256, Entity(start=start, end=start + 18, label="ORG", text=""), author="alice")
    made = import_register(known.register, tmp_path)
    (document,) = read_marked(tmp_path / "entities" / "train")
    found = [(document.text[s:e], label) for s, e, label in document.entities]
    assert found == [
        ("Ville d’Auxerre", "COLLECTIVITY"), ("Ville de Plovdiv", "COLLECTIVITY"), ("12 mai 1998", "DATE"),
        ("Région Bourgogne", "COLLECTIVITY"), ("15 000 €", "AMOUNT"), ("accès à l’eau potable", "THEME"),
        ("Ville d’Auxerre", "COLLECTIVITY"), ("3 500 €", "AMOUNT"), ("comité de jumelage", "ORG"),
    ]  # fmt: skip
    assert (made.sources, made.entities) == (1, len(found))
    # what nobody looked at is not there, and so is not taken for text without entities
    for words in ("Coopération entre", "Les élus remercient", "42 000 €", "Le maire lève"):
        assert words not in document.text


def test_the_tagger_reads_them(known: Corrections, read: Result, tmp_path: Path, nlp: Language) -> None:
    from coopnlp.training.reader import marked_corpus

    known.confirm(_find(known, read, "12 mai 1998"), author="alice")
    import_register(known.register, tmp_path)
    (example,) = list(marked_corpus(str(tmp_path / "entities" / "train"), 0.0, 0.0, 0)(nlp))[:1]
    assert ("12 mai 1998", "DATE") in [(e.text, e.label_) for e in example.reference.ents]


def test_sums_have_their_giver(known: Corrections, read: Result, tmp_path: Path) -> None:
    from coopnlp.training.relations import DOCUMENTS, SUMS, _of_minutes

    region = known.value(_record(read, "funding", 0)).value
    assert isinstance(region, Funding)
    known.edit(
        _record(read, "funding", 0), region.model_copy(update={"funder": Party(text="Ville d’Auxerre")}), author="alice"
    )
    known.reject(_record(read, "funding", 1), author="alice")
    made = import_register(known.register, tmp_path)
    assert made.sums == 2
    rows = _lines(tmp_path / "records" / SUMS)
    assert [(TEXT[row["start"] : row["end"]], row["giver"]) for row in rows] == [
        ("15 000 €", "Ville d’Auxerre"), ("3 500 €", None),
    ]  # fmt: skip
    learnt = _of_minutes(tmp_path / "records" / SUMS, tmp_path / DOCUMENTS)
    assert len(learnt.features) >= 2
    assert learnt.wanted == 1
    givers = [right for right, group in zip(learnt.right, learnt.group, strict=True) if group == rows[1]["start"]]
    assert givers
    assert not any(givers)


def test_a_sum_that_another_funding_has_is_no_verdict(known: Corrections, read: Result, tmp_path: Path) -> None:
    from coopnlp.training.relations import SUMS

    first = known.value(_record(read, "funding", 0)).value
    assert isinstance(first, Funding)
    known.add(
        read.extraction.source.sha256,
        first.model_copy(update={"funder": Party(text="Ville de Plovdiv")}),
        author="alice",
    )
    known.reject(_record(read, "funding", 0), author="alice")
    import_register(known.register, tmp_path)
    assert [row["giver"] for row in _lines(tmp_path / "records" / SUMS)] == ["Ville de Plovdiv"]


def test_passages_of_partnerships(known: Corrections, read: Result, tmp_path: Path, nlp: Language) -> None:
    from coopnlp.training.relations import PASSAGES, _pairs, _told

    known.confirm(_record(read, "partnership"), author="alice")
    made = import_register(known.register, tmp_path)
    assert made.passages == 1
    path = tmp_path / "records" / PASSAGES
    ((record, text),) = texts_of(path, read_records(path))
    assert record["id"] == f"registre-{read.extraction.source.sha256[:12]}-0"
    assert text.startswith("Coopération entre Auxerre et Plovdiv")
    assert text.endswith("le 12 mai 1998.")
    assert [(p["parties"], p["kind"]) for p in record["partnerships"]] == [(["Auxerre", "Plovdiv"], "jumelage")]
    assert record["fundings"] == []
    rows = _pairs([(record, _told(record["id"], text))])
    assert rows.right.any()
    assert set(rows.classes) - {None} == {"jumelage"}


def test_a_rejected_partnership_is_a_passage_without(known: Corrections, read: Result, tmp_path: Path) -> None:
    from coopnlp.training.relations import PASSAGES

    known.reject(_record(read, "partnership"), author="alice")
    import_register(known.register, tmp_path)
    (row,) = _lines(tmp_path / "records" / PASSAGES)
    assert row["partnerships"] == []


def test_a_passage_with_a_sum_that_nobody_decided_on_is_left_out(
    known: Corrections, read: Result, tmp_path: Path
) -> None:
    value = known.value(_record(read, "partnership")).value
    start = TEXT.index("Les Amis de Plovdiv")
    wider = value.model_copy(update={"evidence": (*getattr(value, "evidence", ()), (start, start + 8))})
    known.edit(_record(read, "partnership"), wider, author="alice")
    assert import_register(known.register, tmp_path).passages == 0
    known.confirm(_record(read, "funding"), author="alice")
    made = import_register(known.register, tmp_path)
    assert (made.passages, made.sums) == (1, 1)
    from coopnlp.training.relations import PASSAGES

    (row,) = _lines(tmp_path / "records" / PASSAGES)
    assert [(f["funder"], f["amounts"]) for f in row["fundings"]] == [("Région Bourgogne", [["15000", "EUR"]])]


def test_themes_are_a_table_that_is_learnt(known: Corrections, read: Result, tmp_path: Path) -> None:
    from coopnlp.themes import load_themes
    from coopnlp.themes.learn import read_corrections

    sha = read.extraction.source.sha256
    project = known.add(
        sha, Project(title="Puits de Plovdiv", description="Creuser des puits.", themes=()), author="alice"
    )
    themes = known.things(sha, "theme")
    known.confirm(themes[0].thing, author="alice")
    culture = ThemeAssignment(path=("Culture et Patrimoine",), probability=1.0)
    names = {name for choice in load_themes().choices for option in choice.options for name in option[:1]}
    culture = culture.model_copy(update={"path": (sorted(name for name in names if "ultur" in name)[0],)})
    known.add(sha, culture, author="alice", project=project.thing.n)
    made = import_register(known.register, tmp_path)
    assert made.themes == 2
    rows = list(csv.DictReader(StringIO((tmp_path / "themes.csv").read_text(encoding="utf-8"), newline="")))
    assert [row["Thème"] for row in rows] == [WATER.path[0], culture.path[0]]
    lessons, unread = read_corrections(tmp_path / "themes.csv", load_themes())
    assert unread == 0
    assert [(lesson.id, lesson.path) for lesson in lessons] == [
        (sha[:12], WATER.path), (f"{sha[:12]}-{project.thing.n}", culture.path),
    ]  # fmt: skip
    assert "eau potable" in lessons[0].text
    assert (lessons[1].title, lessons[1].text) == ("Puits de Plovdiv", "Puits de Plovdiv. Creuser des puits")


def test_what_was_undone_goes_again_and_the_corpus_stays(known: Corrections, read: Result, tmp_path: Path) -> None:
    own = tmp_path / "records" / "train.jsonl"
    other = tmp_path / "entities" / "train" / "register" / "autre.txt"
    for path in (own, other):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    for held in known.things(read.extraction.source.sha256):
        known.confirm(held.thing, author="alice")
    import_register(known.register, tmp_path)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert len(files) == 7
    import_register(known.register, tmp_path)
    assert {path: path.stat().st_mtime_ns for path in files} == files
    for made in known.history():
        known.undo(made.id, author="bob")
    import_register(known.register, tmp_path)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {own, other}


def test_training_takes_them_with_the_corpus(
    known: Corrections, read: Result, tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coopnlp.training import relations

    gold = root / "corpus" / "records" / "train.jsonl"
    both = [{**r, "text": t} for r, t in texts_of(gold, read_records(gold)) if r["fundings"] and r["partnerships"]]
    own = sorted(both, key=lambda record: len(record["text"]))[:10]
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "train.jsonl").write_text("\n".join(map(json.dumps, own)) + "\n", encoding="utf-8")
    known.confirm(_record(read, "partnership"), author="alice")
    known.confirm(_record(read, "funding", 0), author="alice")
    known.reject(_record(read, "funding", 1), author="alice")
    import_register(known.register, tmp_path)
    names: list[str] = []
    told = relations._told

    def noted(name: str, text: str) -> Any:
        names.append(name)
        return told(name, text)

    monkeypatch.setattr(relations, "_told", noted)
    relations.train_records(tmp_path, tmp_path / "model")
    name = f"registre-{read.extraction.source.sha256[:12]}"
    assert names == [*(record["id"] for record in own), f"{name}-0", name]
    assert (tmp_path / "model" / "grants.json").is_file()


def test_the_command(known: Corrections, read: Result, tmp_path: Path) -> None:
    url = str(tmp_path / "r.db")
    with Register(url) as register:
        register.add(read)
        Corrections(register).confirm(_record(read, "funding"), author="alice")
    done = CliRunner().invoke(app, ["corpus", "import", "--from-register", url, "-o", str(tmp_path / "corpus")])
    assert done.exit_code == 0
    assert "0 entities of 0 sources, 0 passages with records, 1 sums, 0 themes" in done.stderr
    assert (tmp_path / "corpus" / "records" / "register-sums.jsonl").is_file()
    both = CliRunner().invoke(app, ["corpus", "import", url, "--from-register", url, "-o", str(tmp_path)])
    neither = CliRunner().invoke(app, ["corpus", "import", "-o", str(tmp_path)])
    assert both.exit_code == neither.exit_code == 2


def test_text_that_moved_is_given_as_it_is_now(known: Corrections, read: Result, tmp_path: Path) -> None:
    from coopnlp.register import Versions

    known.reject(_record(read, "funding", 1), author="alice")
    known.reject(_find(known, read, "Les Amis de Plovdiv"), author="alice")
    again = to_result(extract(("Extrait du registre\n\n" + TEXT).encode(), name="pv.txt"))
    source = read.extraction.source
    again = Result(
        extraction=again.extraction.model_copy(update={"source": source}),
        record=again.record.model_copy(update={"source": source}),
    )
    known.register.add(again, versions=Versions(library="9"))
    import_register(known.register, tmp_path)
    (row,) = _lines(tmp_path / "records" / "register-sums.jsonl")
    assert again.extraction.text[row["start"] : row["end"]] == "3 500 €"
    (document,) = read_marked(tmp_path / "entities" / "train")
    assert document.text.startswith("La Région Bourgogne")
    assert "Les Amis de Plovdiv" not in [document.text[s:e] for s, e, _ in document.entities]
