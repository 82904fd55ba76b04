"""Out to a tool's format and back: text, offsets and labels are what they were, whatever the text."""

from __future__ import annotations

import io
import json
import tempfile
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopnlp.errors import CorpusError
from coopnlp.text import normalise
from coopnlp.training.corpus import Annotated, parse
from coopnlp.training.formats import Corrected, Span, read_corrected, to_annotated, to_file, to_folder, to_marked
from coopnlp.training.formats import to_stream as to_text
from coopnlp.training.formats.labelstudio import same_surface
from coopnlp.training.formats.tokens import Borders, tokens
from coopnlp.types import LABELS, Entity

#: What trips formats up: every kind of white space, code points of two UTF-16 units, signs that formats use.
PIECES = [
    "L’", "Orne", "Foix", "Saint-Girons", " ", "  ", "\n", "\n\n", "\u00a0", "\u202f", "\t", "\f", "\x1f", "15", "000", "€",
    "😀", "é", "Œ", "-", "[", "]", "|", "\\", "\\n", "\\s", "#", "_", "O", "B-LOC", "SpaceAfter=No", "-DOCSTART-", ";", '"',
    "\u200b", ",", ".", "a@b.fr", "{", "<",
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
).map(normalise)


tokens("Foix")  # imports spaCy here: it draws random numbers, which hypothesis forbids in a strategy


@st.composite
def documents(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> Annotated:
    """A text and entities on token borders that do not overlap, some of them side by side."""
    text = draw(texts)
    found, entities, at = tokens(text), [], 0
    while at < len(found):
        length = draw(st.integers(0, 3))
        if length:
            last = min(at + length, len(found)) - 1
            entities.append((found[at][0], found[last][1], draw(st.sampled_from(LABELS))))
        at += max(length, 1)
    return Annotated("fiche 09", text, tuple(entities))


def values(document: Annotated) -> list[Entity]:
    return [
        Entity(start=s, end=e, label=label, text=document.text[s:e], kb_id="fr-commune:09122" if i % 2 else "")  # type: ignore[arg-type]
        for i, (s, e, label) in enumerate(document.entities)
    ]


def spans(document: Corrected) -> list[tuple[int, int, str]]:
    return sorted((s.start, s.end, s.label) for s in document.spans)


Documents = Sequence[Annotated]


def _jsonl(folder: Path, each: Documents) -> list[Path]:
    path = folder / "fiches.jsonl"
    rows = [
        {"id": d.id, "text": d.text, "entities": [{**e.to_json(), "kb_id": e.kb_id} for e in values(d)]} for d in each
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return [path]


def _stream(format: str, name: str) -> Callable[[Path, Documents], list[Path]]:
    def write(folder: Path, each: Documents) -> list[Path]:
        out = io.StringIO()
        with to_text(format, out) as add:
            for document in each:
                add(document.id, document.text, values(document))
        (folder / name).write_text(out.getvalue(), encoding="utf-8", newline="\n")
        return [folder / name]

    return write


def _docbin(folder: Path, each: Documents) -> list[Path]:
    with to_file(folder / "fiches.spacy") as add:
        for document in each:
            add(document.id, document.text, values(document))
    return [folder / "fiches.spacy"]


def _folder(format: str, suffix: str) -> Callable[[Path, Documents], list[Path]]:
    def write(folder: Path, each: Documents) -> list[Path]:
        with to_folder(format, folder) as add:
            for document in each:
                add(document.id, document.text, values(document))
        return sorted(folder.glob(f"*{suffix}"))

    return write


WRITERS = {
    "jsonl": _jsonl,
    "conll": _stream("conll", "fiches.conll"),
    "labelstudio": _stream("labelstudio", "fiches.json"),
    "docbin": _docbin,
    "brat": _folder("brat", ".ann"),
    "inception": _folder("inception", ".json"),
}


def back(format: str, each: Documents) -> list[Corrected]:
    """Write the documents in a format and read the files."""
    with tempfile.TemporaryDirectory() as name:
        read = [document for path in WRITERS[format](Path(name), each) for document in read_corrected(path)]
    assert all(isinstance(document, Corrected) for document in read)
    return [document for document in read if isinstance(document, Corrected)]


@pytest.mark.parametrize("format", WRITERS)
@given(documents())
@settings(deadline=None, max_examples=60)
def test_a_document_comes_back_as_it_went(format: str, document: Annotated) -> None:
    (read,) = back(format, [document])
    assert read.text == document.text
    assert spans(read) == list(document.entities)
    for span in read.spans:
        assert span.surface is None or same_surface(span.surface, document.text[span.start : span.end])


@pytest.mark.parametrize("format", WRITERS)
def test_documents_keep_their_order_and_names(format: str) -> None:
    each = [
        Annotated(key, *parse(marked))
        for key, marked in [
            ("compte-rendu", "\n Vu à [[Foix|LOC]].\n\n\n"),
            ("compte-rendu", "La [[MRC de\nCoaticook|COLLECTIVITY]] et [[Foix|COLLECTIVITY]]."),
            ("délibération 3", "Rien de tel."),
        ]
    ]
    read = {d.id.replace(" ", "-"): (d.text, spans(d)) for d in back(format, each)}
    first, second, third = ((d.text, list(d.entities)) for d in each)
    if format == "jsonl":  # which keeps names as they are, and the second document of a name with it
        assert list(read.values()) == [second, third]
    else:
        assert read == {"compte-rendu": first, "compte-rendu-2": second, "délibération-3": third}


@pytest.mark.parametrize("format", WRITERS)
@given(st.data())
@settings(deadline=None, max_examples=60)
def test_a_damaged_file_is_read_or_named(format: str, data: st.DataObject) -> None:
    document = Annotated("pv", *parse("La [[Ville de\nFoix|COLLECTIVITY]] verse [[7 500 €|AMOUNT]].\n"))
    with tempfile.TemporaryDirectory() as name:
        (path,) = WRITERS[format](Path(name), [document])
        content = path.read_bytes()
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 12)))
        new = data.draw(st.one_of(st.just(b""), st.sampled_from([b"\t", b"\n", b"null", b"[]", b"-1", b'"', b"\xff"])))
        path.write_bytes(content[:start] + new + content[end:])
        try:
            for read in read_corrected(path):
                if isinstance(read, Corrected):
                    to_annotated(read, snap=True)
        except CorpusError as error:
            assert str(error)


@given(documents(TEXTS.map(lambda text: text.replace("[", "(").replace("]", ")"))))
@settings(deadline=None, max_examples=100)
def test_what_was_read_is_marked_and_parsed_again_as_it_was(document: Annotated) -> None:
    corrected = Corrected("essai", document.text, tuple(Span(*e) for e in document.entities), "essai.jsonl")
    annotated, changes = to_annotated(corrected)
    assert changes == ()
    assert parse(to_marked(annotated)) == (document.text, document.entities)
    again = Corrected("essai", annotated.text, tuple(Span(*e) for e in annotated.entities), "essai.jsonl")
    assert to_annotated(again, snap=True) == (annotated, ())


@given(
    documents(st.lists(st.sampled_from(["Orléans", "Évry", " à ", "\n", "Besançon", ", "]), max_size=12).map("".join))
)
@settings(deadline=None, max_examples=50)
def test_offsets_hold_when_a_tool_wrote_other_line_ends_and_accents(document: Annotated) -> None:
    def as_windows(text: str) -> str:
        return unicodedata.normalize("NFD", text).replace("\n", "\r\n")

    moved = tuple(
        Span(len(as_windows(document.text[:s])), len(as_windows(document.text[:e])), label)
        for s, e, label in document.entities
    )
    annotated, _ = to_annotated(Corrected("essai", as_windows(document.text), moved, "essai.ann"))
    assert (annotated.text, annotated.entities) == (document.text, document.entities)


@given(TEXTS, st.integers(0, 60), st.integers(1, 20))
@settings(deadline=None, max_examples=100)
def test_snapping_gives_whole_tokens_and_twice_is_once(text: str, start: int, length: int) -> None:
    borders = Borders(text)
    whole = borders.snap(start, start + length)
    touched = [t for t in tokens(text) if t[0] < start + length and start < t[1]]
    assert whole == ((touched[0][0], touched[-1][1]) if touched else None)
    if whole:
        assert whole in borders
        assert borders.snap(*whole) == whole
