"""Corrected files become documents of the corpus, or the list of what is wrong with them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from coopnlp.errors import CorpusError
from coopnlp.training.corpus import Annotated, parse, read_marked
from coopnlp.training.formats import (
    Corrected,
    Imported,
    Span,
    import_corrected,
    read_corrected,
    to_annotated,
    to_marked,
)

TEXT = "La Ville de Foix et Coaticook signent une entente le 4 avril 2012.\nFoix verse 7 500 €.\n"


def corrected(text: str, *spans: tuple[int, int, str] | Span) -> Corrected:
    return Corrected("essai", text, tuple(s if isinstance(s, Span) else Span(*s) for s in spans), "essai.ann")


def faults(document: Corrected) -> list[str]:
    """The lines of the error, each of which names the file and says what to do."""
    with pytest.raises(CorpusError) as caught:
        to_annotated(document)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(document.where) and line.endswith((".", "`")) for line in lines)
    return [line.removeprefix(f"{document.where}: ") for line in lines]


def marked(text: str, *spans: tuple[int, int, str], snap: bool = False) -> str:
    return to_marked(to_annotated(corrected(text, *spans), snap=snap)[0])


# What is wrong with a document


def test_a_document_is_marked() -> None:
    assert marked(TEXT, (78, 85, "AMOUNT"), (3, 16, "COLLECTIVITY"), (67, 71, "COLLECTIVITY")) == (
        "La [[Ville de Foix|COLLECTIVITY]] et Coaticook signent une entente le 4 avril 2012.\n"
        "[[Foix|COLLECTIVITY]] verse [[7 500 €|AMOUNT]].\n"
    )


def test_spans_that_overlap_are_named_both() -> None:
    (fault,) = faults(corrected(TEXT, (3, 16, "COLLECTIVITY"), (12, 16, "LOC")))
    assert fault == "'Ville de Foix' (3-16, COLLECTIVITY) and 'Foix' (12-16, LOC) overlap. Keep one of them."
    found = faults(corrected(TEXT, (3, 29, "ORG"), (12, 16, "LOC"), (20, 29, "LOC")))
    assert [re.findall(r"\d+-\d+", fault) for fault in found] == [["3-29", "12-16"], ["3-29", "20-29"]]


def test_a_span_of_two_labels_overlaps_itself_and_one_marked_twice_is_one() -> None:
    (fault,) = faults(corrected(TEXT, (12, 16, "LOC"), (12, 16, "COLLECTIVITY")))
    assert "overlap" in fault
    annotated, changes = to_annotated(corrected(TEXT, (12, 16, "LOC"), (12, 16, "LOC")))
    assert (annotated.entities, changes) == (((12, 16, "LOC"),), ())


def test_spans_side_by_side_do_not_overlap() -> None:
    assert marked("Paris-Dakar", (0, 5, "LOC"), (5, 6, "ORG"), (6, 11, "LOC")) == "[[Paris|LOC]][[-|ORG]][[Dakar|LOC]]"


def test_an_unknown_label_is_named_with_those_there_are() -> None:
    (fault,) = faults(corrected(TEXT, (12, 16, "VILLE")))
    assert fault.startswith("unknown label 'VILLE' on 'Foix' (12-16, VILLE). Labels are AGREEMENT, AMOUNT,")


@pytest.mark.parametrize("text", ["Voir [[Foix]].", "Voir [[Foix|LOC]]", "a]] Foix", "[[ Foix"])
def test_text_that_holds_the_markup_is_named(text: str) -> None:
    found = faults(corrected(text, (text.index("Foix"), text.index("Foix") + 4, "LOC")))
    assert any("which is the mark-up of the corpus" in fault for fault in found)


def test_a_bracket_before_an_entity_is_named() -> None:
    (fault,) = faults(corrected("Voir [Foix](foix.html)", (6, 10, "LOC")))
    assert fault.startswith("the text has '[' right before the entity at 6")
    assert marked("Voir [ Foix](x) [1] a]", (7, 11, "LOC")) == "Voir [ [[Foix|LOC]]](x) [1] a]"


def test_a_span_off_token_borders_is_named_with_the_tokens_and_snapped_only_when_asked() -> None:
    document = corrected(TEXT, (5, 15, "COLLECTIVITY"))
    assert faults(document) == [
        "'lle de Foi' (5-15, COLLECTIVITY) does not lie on token borders, 'Ville de Foix' (3-16) does. "
        "Correct it, or import with --snap."
    ]
    annotated, changes = to_annotated(document, snap=True)
    assert annotated.entities == ((3, 16, "COLLECTIVITY"),)
    assert changes == ("'lle de Foi' (5-15, COLLECTIVITY) moved to 'Ville de Foix' (3-16, COLLECTIVITY)",)


def test_white_space_around_a_span_is_off_borders_too() -> None:
    (fault,) = faults(corrected(TEXT, (11, 17, "LOC")))
    assert "'Foix' (12-16) does" in fault
    assert to_annotated(corrected(TEXT, (11, 17, "LOC")), snap=True)[0].entities == ((12, 16, "LOC"),)


def test_a_span_of_white_space_is_named_even_with_snapping() -> None:
    with pytest.raises(CorpusError, match="holds nothing but white space"):
        to_annotated(corrected(TEXT, (16, 17, "LOC")), snap=True)


def test_spans_that_overlap_once_they_are_snapped_are_named() -> None:
    text = "À Saint-Girons."
    with pytest.raises(CorpusError, match="overlap"):
        to_annotated(corrected(text, (2, 5, "LOC"), (5, 7, "ORG")), snap=True)


@pytest.mark.parametrize("span", [(-1, 4, "LOC"), (80, 400, "LOC"), (16, 12, "LOC"), (3, 3, "LOC")])
def test_a_span_outside_the_text_is_named(span: tuple[int, int, str]) -> None:
    (fault,) = faults(corrected(TEXT, span))
    assert "is no place in the text" in fault


def test_a_surface_that_is_not_the_one_at_that_place_is_named() -> None:
    (fault,) = faults(corrected(TEXT, Span(12, 16, "LOC", "Coaticook")))
    assert fault.startswith("'Foix' (12-16, LOC) is 'Coaticook' in the file.")


def test_every_fault_of_a_document_is_said_at_once() -> None:
    document = corrected(TEXT, (12, 16, "VILLE"), (3, 16, "COLLECTIVITY"), (20, 23, "LOC"), (500, 501, "LOC"))
    found = faults(document)
    assert len(found) == 4
    assert [word in " ".join(found) for word in ("unknown", "overlap", "borders", "no place")] == [True] * 4


def test_half_a_character_is_named() -> None:
    (fault,) = faults(corrected("Foix \ud83d.", (0, 4, "LOC")))
    assert "half a character at 5" in fault


def test_a_span_that_cuts_an_accent_is_named() -> None:
    (fault,) = faults(corrected("Ale\u0301s.", (0, 3, "LOC")))
    assert "inside a letter with its accent" in fault


# Files of the tools


def _read(path: Path, content: str | bytes) -> list[Corrected | CorpusError]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_corrected(path)


def one(found: Sequence[Corrected | CorpusError]) -> Corrected:
    (document,) = found
    assert isinstance(document, Corrected)
    return document


def test_brat_counts_the_line_ends_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "pv.txt").write_bytes("\ufeffUn.\r\nÀ Foix.\r\n".encode())
    document = one(_read(tmp_path / "pv.ann", "T1\tLOC 8 12\tFoix\r\n#1\tAnnotatorNotes T1\tà revoir\r\n"))
    annotated, _ = to_annotated(document)
    assert (annotated.text, annotated.entities) == ("Un.\nÀ Foix.\n", ((6, 10, "LOC"),))
    assert document.remarks == ("lines of the kinds # are left out: the corpus has spans only",)


def test_brat_fragments_over_a_line_break_are_one_span_and_others_are_named(tmp_path: Path) -> None:
    (tmp_path / "pv.txt").write_text("La Ville de\nFoix et celle de Pau", encoding="utf-8")
    assert one(_read(tmp_path / "pv.ann", "T1\tLOC 3 11;12 16\tVille de Foix\n")).spans == (
        Span(3, 16, "LOC", "Ville de Foix"),
    )
    with pytest.raises(CorpusError, match=r"pv.ann:1: 'Ville de Pau' is in pieces, with 'Foix et celle de' between"):
        _read(tmp_path / "pv.ann", "T1\tLOC 3 11;29 32\tVille de Pau\n")
    with pytest.raises(CorpusError, match=r"pv.ann:2: not a span line"):
        _read(tmp_path / "pv.ann", "T1\tLOC 12 16\tFoix\nT2\tLOC\n")


@pytest.mark.parametrize(
    "tags",
    [
        ["O", "B-LOC", "I-LOC", "O", "B-LOC"],  # IOB2
        ["O", "I-LOC", "I-LOC", "O", "I-LOC"],  # IOB1
        ["O", "B-LOC", "L-LOC", "O", "U-LOC"],  # BILOU
        ["O", "B-LOC", "E-LOC", "O", "S-LOC"],  # IOBES
    ],
)
def test_columns_of_other_tools_are_read_with_a_remark(tmp_path: Path, tags: list[str]) -> None:
    words = ["l’", "Asie", "Mineure", "et", "Foix"]
    lines = [f"{word} -X- _ {tag}\n" for word, tag in zip(words, tags, strict=True)]
    document = one(_read(tmp_path / "a.conll", "".join(["-DOCSTART- -X- O\n", *lines, ". -X- _ O\n\n"])))
    assert document.text == "l’Asie Mineure et Foix.\n"
    assert [(document.text[s.start : s.end], s.label) for s in document.spans] == [
        ("Asie Mineure", "LOC"), ("Foix", "LOC"),
    ]  # fmt: skip
    assert "does not say where white space is" in document.remarks[0]


def test_a_line_without_a_label_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"a.conll:2: no label in the last column"):
        _read(tmp_path / "a.conll", "Foix B-LOC\nverse\n")


def _task(text: str, *regions: dict[str, Any], **more: Any) -> dict[str, Any]:
    result = [{"type": "labels", "from_name": "label", "to_name": "text", "value": value} for value in regions]
    return {"data": {"text": text}, "annotations": [{"result": result}], **more}


def test_label_studio_offsets_of_either_kind_are_read(tmp_path: Path) -> None:
    text = "😀 À Foix"
    points = {"start": 4, "end": 8, "text": "Foix", "labels": ["LOC"]}
    units = {"start": 5, "end": 9, "text": "Foix", "labels": ["LOC"]}
    for value in (points, units):
        document = one(_read(tmp_path / "t.json", json.dumps([_task(text, value)])))
        assert document.spans == (Span(4, 8, "LOC", "Foix"),)


def test_label_studio_annotations_count_before_predictions(tmp_path: Path) -> None:
    value = {"start": 0, "end": 4, "labels": ["LOC"]}
    wrong = {"result": [{"type": "labels", "value": {**value, "labels": ["ORG"]}}]}
    document = one(_read(tmp_path / "t.json", json.dumps([_task("Foix", value, predictions=[wrong])])))
    assert (document.spans, document.remarks) == ((Span(0, 4, "LOC"),), ())
    document = one(_read(tmp_path / "t.json", json.dumps([{"data": {"text": "Foix"}, "predictions": [wrong]}])))
    assert document.spans == (Span(0, 4, "ORG"),)
    assert document.remarks == ("nobody annotated these tasks: their predictions are taken",)


def test_label_studio_tasks_that_cannot_be_read_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    value = {"start": 0, "end": 4, "labels": ["LOC"]}
    good = _task("Foix", value)
    twice = {**good, "annotations": good["annotations"] * 2}
    html = {"data": {"text": "Foix"}, "annotations": [{"result": [{"type": "hypertextlabels", "value": value}]}]}
    bare = {"data": {"text": "Foix"}, "annotations": []}
    image = {"data": {"image": "x.png"}, "annotations": good["annotations"]}
    both = _task("Foix", {**value, "labels": ["LOC", "ORG"]})
    found = _read(tmp_path / "t.json", json.dumps([twice, html, bare, image, both, good]))
    says = ["2 annotations", "hypertextlabels", "nobody annotated it", "not a task with a text", "not a task"]
    for number, (error, said) in enumerate(zip(found[:-1], says, strict=True), start=1):
        assert isinstance(error, CorpusError)
        assert re.search(f"t.json, task {number}: .*{said}", str(error))
    assert isinstance(found[-1], Corrected)


def test_inception_reads_utf_16_offsets_and_counts_other_layers(tmp_path: Path) -> None:
    core = "de.tudarmstadt.ukp.dkpro.core.api."
    cas = {
        "%TYPES": {},
        "%FEATURE_STRUCTURES": [
            {"%ID": 3, "%TYPE": f"{core}ner.type.NamedEntity", "@sofa": 1, "begin": 5, "end": 9, "value": "LOC"},
            {"%ID": 4, "%TYPE": "webanno.custom.Note", "@sofa": 1, "begin": 0, "end": 2},
            {"%ID": 5, "%TYPE": f"{core}metadata.type.DocumentMetaData", "@sofa": 1, "begin": 0, "end": 9},
            {"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": "_InitialView", "sofaString": "😀 À Foix"},
        ],
        "%VIEWS": {},
    }
    document = one(_read(tmp_path / "admin.json", json.dumps(cas)))
    assert document.spans == (Span(4, 8, "LOC"),)
    assert document.remarks == ("other layers are left out: webanno.custom.Note (1)",)
    cas["%FEATURE_STRUCTURES"] = []
    with pytest.raises(CorpusError, match="0 texts in the CAS"):
        _read(tmp_path / "admin.json", json.dumps(cas))


def test_a_span_without_a_label_in_inception_is_named(tmp_path: Path) -> None:
    from coopnlp.training.formats.inception import to_cas

    cas = json.loads(to_cas("Foix", []))
    kind = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
    cas["%FEATURE_STRUCTURES"].append({"%ID": 9, "%TYPE": kind, "begin": 0, "end": 4})
    assert faults(one(_read(tmp_path / "a.json", json.dumps(cas))))[0].startswith("unknown label '' on 'Foix'")


def test_json_lines_that_are_none_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    good = {"id": "a", "text": "Foix", "entities": [{"start": 0, "end": 4, "label": "LOC", "text": "Foix"}]}
    found = _read(tmp_path / "a.jsonl", f'{json.dumps(good)}\n{{"id": "b"}}\n\nnon\n')
    assert isinstance(found[0], Corrected)
    assert [str(error).split(": ")[0].rsplit("/", 1)[-1] for error in found[1:]] == ["a.jsonl:2", "a.jsonl:4"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.zip", b"PK\x03\x04", "Unpack it"),
        ("a.tsv", b"#FORMAT=WebAnno TSV 3.3\n", "UIMA CAS JSON"),
        ("a.xmi", b"<?xml version='1.0'?>", "UIMA CAS JSON"),
        ("a.spacy", b"\x78\x9cnon", "no DocBin"),
        ("a.spacy", b"non", "no DocBin"),
        ("a.txt", b"La [[Gironde|LOC]].", "no a.ann of brat beside it"),
        ("a.json", b"[1, 2]", "These are: JSON Lines"),
        ("a.json", b"{}", "not an object with id, text and entities"),
        ("a.bin", b"", "These are: JSON Lines"),
        ("a.bin", b"\xff\xfe\x00", "not UTF-8 at byte 0"),
        ("a.md", "Rien à lire.".encode(), "These are: JSON Lines"),
    ],
)
def test_a_file_that_is_not_imported_is_named_with_what_to_do(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    try:
        (error,) = _read(tmp_path / name, content)
    except CorpusError as raised:
        error = raised
    assert says in str(error)
    assert name in str(error)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"absent.json: cannot be read .* Check the path"):
        read_corrected(tmp_path / "absent.json")
    with pytest.raises(CorpusError, match=r"pv.txt: cannot be read"):
        _read(tmp_path / "pv.ann", "T1\tLOC 0 4\tFoix\n")


# Into the corpus


def _row(key: str, text: str, *entities: tuple[int, int, str]) -> str:
    rows = [{"start": s, "end": e, "label": label} for s, e, label in entities]
    return json.dumps({"id": key, "text": text, "entities": rows}) + "\n"


def test_documents_are_written_where_the_corpus_reads_them(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(_row("pv 1/2", TEXT, (12, 16, "LOC")) + _row("note", "Rien."), encoding="utf-8")
    folder = tmp_path / "corpus" / "c15"
    results = list(import_corrected([tmp_path / "a.jsonl"], folder))
    assert results == [Imported(folder / "pv-1-2.txt", 1, ()), Imported(folder / "note.txt", 0, ())]
    assert list(read_marked(folder)) == [Annotated("note", "Rien.", ()), Annotated("pv-1-2", TEXT, ((12, 16, "LOC"),))]
    before = {p: p.stat().st_mtime_ns for p in folder.iterdir()}
    assert list(import_corrected([tmp_path / "a.jsonl"], folder)) == results
    assert {p: p.stat().st_mtime_ns for p in folder.iterdir()} == before


def test_names_lead_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(_row("../../evade", "Foix.") + _row("..", "Pau."), encoding="utf-8")
    folder = tmp_path / "corpus"
    assert [r.path.name for r in import_corrected([tmp_path / "a.jsonl"], folder) if isinstance(r, Imported)] == [
        "evade.txt", "document.txt",
    ]  # fmt: skip
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.jsonl", "corpus"]


def test_a_faulty_document_is_not_written_and_the_others_are(tmp_path: Path) -> None:
    rows = _row("a", TEXT, (12, 16, "VILLE")) + _row("b", TEXT, (12, 16, "LOC")) + _row("b", "Autre.")
    (tmp_path / "a.jsonl").write_text(rows, encoding="utf-8")
    faulty, good, twice = import_corrected([tmp_path / "a.jsonl"], tmp_path / "c")
    assert isinstance(good, Imported)
    assert isinstance(faulty, CorpusError) and "unknown label" in str(faulty)
    assert isinstance(twice, CorpusError) and "a document named 'b' came before" in str(twice)
    assert [p.name for p in (tmp_path / "c").iterdir()] == ["b.txt"]
    assert parse((tmp_path / "c" / "b.txt").read_text(encoding="utf-8")) == (TEXT, ((12, 16, "LOC"),))


def test_a_folder_is_read_whole_and_a_brat_document_once(tmp_path: Path) -> None:
    lot = tmp_path / "lot" / "sous"
    lot.mkdir(parents=True)
    (lot / "pv.txt").write_text("À Foix.", encoding="utf-8")
    (lot / "pv.ann").write_text("T1\tLOC 2 6\tFoix\n", encoding="utf-8")
    (lot / "annotation.conf").write_text("[entities]\nLOC\n", encoding="utf-8")
    (lot / "lisezmoi.md").write_text("Rien.", encoding="utf-8")
    (lot / "a.jsonl").write_text(_row("a", "Pau."), encoding="utf-8")
    paths = [tmp_path / "lot", lot / "pv.txt", lot / "pv.ann"]
    results = list(import_corrected(paths, tmp_path / "c"))
    assert [r.path.name for r in results if isinstance(r, Imported)] == ["a.txt", "pv.txt"]
    assert len(results) == 2
