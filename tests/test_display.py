"""Documents in a notebook: what is shown, in French, and never as mark-up of the document's own."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from coopnlp.api import annotation_line
from coopnlp.display import COLOURS, LABELS, View, render, view
from coopnlp.errors import CoopnlpError
from coopnlp.register import Register
from coopnlp.types import LABELS as ALL
from coopnlp.types import Party

sys.path.insert(0, str(Path(__file__).with_name("register")))
from register_makers import full, plain

RESULT = full()


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.marks: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)
        if tag == "mark":
            self.marks.append("")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "mark" in self.open:
            self.marks[-1] += data


def parsed(html: str) -> _Tags:
    tags = _Tags()
    tags.feed(html)
    assert tags.open == []
    return tags


def test_entities_are_marked_in_the_text_with_their_french_names() -> None:
    html = view(RESULT).html
    marks = parsed(html).marks
    assert marks == [
        "Auxerre collectivité fr-commune:89024", "12 mai 1998 date", "15 000 € montant", "Jardins en fleurs projet",
    ]  # fmt: skip
    assert "Les élus remercient les bénévoles." in html
    assert COLOURS["collectivité"] in html


def test_every_label_has_a_name_and_a_colour() -> None:
    assert set(LABELS) == set(ALL)
    assert set(LABELS.values()) <= set(COLOURS)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", COLOURS.values())
def test_text_on_every_colour_can_be_read(colour: str) -> None:
    assert (_luminance(colour) + 0.05) / (_luminance("#1c2024") + 0.05) >= 9


def test_all_that_holds_a_document_is_shown_the_same(tmp_path: Path) -> None:
    expected = view(RESULT).html
    line = annotation_line(RESULT.extraction, RESULT.record.entities)
    assert view(line).html == expected
    assert view(RESULT.record, text=RESULT.extraction.text).html == expected
    assert view(RESULT.record.to_json(), text=RESULT.extraction.text).html == expected
    with Register("sqlite://") as register:
        register.add(RESULT)
        entry = register.show("pv-auxerre")
    assert view(entry).html == expected
    assert view(entry, "records").html.count("<blockquote") == view(RESULT, "records").html.count("<blockquote") == 5


def test_a_spacy_document_or_span_is_shown() -> None:
    doc = Doc(Vocab(), words=["La", "Ville", "de", "Troyes", "verse"])
    doc.set_ents([Span(doc, 1, 4, label="COLLECTIVITY", kb_id="fr-commune:10387")])
    assert parsed(view(doc).html).marks == ["Ville de Troyes collectivité fr-commune:10387"]
    assert parsed(view(doc[1:5]).html).marks == ["Ville de Troyes collectivité fr-commune:10387"]


def test_records_are_shown_with_the_words_they_were_read_from() -> None:
    html = view(RESULT, "records").html
    headings = re.findall(r"<h3[^>]*>([^<]+)</h3>", html)
    assert headings == ["Accord 1", "Partenariat 1", "Financement 1", "Financement 2", "Projet 1"]
    assert [mark.removesuffix(" lu ici") for mark in parsed(html).marks] == [
        "convention", "Auxerre et Plovdiv", "jumelage", "Agence de l’eau verse 15 000 €", "Jardins en fleurs",
    ]  # fmt: skip
    assert "<dd>15\u202f000\u00a0EUR = 22\u202f500,00\u00a0CAD</dd>" in html
    assert "<dd>Auxerre (fr-commune:89024) ; Plovdiv (geonames:728193)</dd>" in html
    assert "<footer>page 2</footer>" in html


def test_a_document_without_records_says_so() -> None:
    assert "Aucun accord" in view(plain("Il pleut."), "records").html


HOSTILE = "<script>alert(1)</script> {bg} {0} & \"'\u2028 <img src=x onerror=alert(1)>"


def test_no_text_of_a_document_becomes_markup() -> None:
    made = full(extra=f"\n\n{HOSTILE}")
    record = made.record
    party = Party(text=HOSTILE, kb_id='"><script>')
    project = record.projects[0].model_copy(update={"title": HOSTILE, "description": HOSTILE, "parties": (party,)})
    at = made.extraction.text.index("<script>")
    entity = record.entities[0].model_copy(update={"start": at, "end": at + 25, "text": "", "kb_id": '"><script>'})
    record = record.model_copy(update={"projects": (project,), "entities": (*record.entities, entity)})
    made = made.model_copy(update={"record": record})
    for style in ("ent", "records"):
        html = view(made, style).html  # type: ignore[arg-type]
        assert parsed(html).seen <= {"div", "mark", "span", "br", "h3", "dl", "dt", "dd", "blockquote", "footer", "p"}
        assert "<script" not in html and "<img" not in html


def test_spans_that_overlap_or_lie_outside_do_no_harm() -> None:
    spans = [(0, 3), (2, 5), (4, 9), (8, 400), (-3, 1)]
    line = {"text": "abcdefghi", "entities": [{"start": s, "end": e, "label": "LOC"} for s, e in spans]}
    assert parsed(view(line).html).marks == ["abc lieu", "efghi lieu"]


def test_a_long_document_is_shown_by_its_beginning() -> None:
    html = view({"text": "a " * 150_000, "entities": [{"start": 299_000, "end": 299_001, "label": "LOC"}]}).html
    assert len(html) < 250_000
    assert "Début du document seulement\u00a0: 200\u202f000 caractères." in html


def test_it_is_shown_in_a_notebook_and_returned_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert render(RESULT) == view(RESULT).html == str(view(RESULT)) == view(RESULT)._repr_html_()
    shown: list[object] = []
    fake = ModuleType("IPython.display")
    fake.display = shown.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", fake)
    assert render(RESULT, "records", jupyter=True) is None
    assert shown == [view(RESULT, "records")] and isinstance(shown[0], View)
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    with pytest.raises(CoopnlpError, match="IPython"):
        render(RESULT, jupyter=True)


@pytest.mark.parametrize(
    ("shown", "style", "told"),
    [
        (3, "ent", "a int cannot be shown"),
        ({"texte": ""}, "ent", "annotate"),
        ({"partnerships": 3}, "ent", "process"),
        (RESULT.record, "ent", "text="),
        (RESULT, "dep", "'ent' or 'records'"),
        ({"text": "", "entities": []}, "records", "no records"),
    ],
)
def test_what_cannot_be_shown_is_a_named_error(shown: Any, style: Any, told: str) -> None:
    with pytest.raises(CoopnlpError, match=told):
        view(shown, style)
