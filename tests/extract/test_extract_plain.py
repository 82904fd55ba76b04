"""Plain text, Markdown and their encodings."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopnlp.errors import ExtractionError
from coopnlp.extract import extract
from coopnlp.extract.builder import is_rule, tidy
from coopnlp.extract.decode import CODE_PAGES, decode
from coopnlp.types import Extraction

LETTER = (
    "Monsieur le Maire,\n\nLa ville de Fougères a décidé, à l’unanimité, de prolonger le jumelage. "
    "Elle versera 3 000 F à l’école. Être présents : MM. Hervé et Noël.\n"
)


def assert_sound(extraction: Extraction) -> None:
    """Check what holds for every extraction."""
    text = extraction.text
    assert unicodedata.is_normalized("NFC", text)
    at = 0
    for block in extraction.blocks:
        assert all(is_rule(line) or not line.strip() for line in text[at : block.start].split("\n"))
        assert text[block.start : block.end].strip()
        at = block.end
        inside = block.start
        for cell in block.cells:
            assert inside <= cell.start <= cell.end <= block.end
            inside = cell.end
    assert all(is_rule(line) or not line.strip() for line in text[at:].split("\n"))
    assert list(extraction.page_starts) == sorted(extraction.page_starts)
    assert all(a <= b for a, b in pairwise(extraction.page_starts))


def kinds(extraction: Extraction) -> list[tuple[str, str]]:
    return [(block.kind, extraction.text[block.start : block.end]) for block in extraction.blocks]


def test_text_is_kept() -> None:
    raw = "\ufeffProcès-verbal\r\n\r\n  Cafe\u0301 de la paix\t! \r\n"
    assert extract(raw.encode()).text == "Procès-verbal\n\n  Café de la paix\t! \n"


@pytest.mark.parametrize("page", CODE_PAGES)
@pytest.mark.parametrize(
    "text",
    [
        LETTER,
        "Un été à Nîmes",
        "COMMUNE DE LIÈGE\nCONVENTION\n",
        "Le comité a été créé en 2004. " * 50 + "Coût : néant.",
        "Procès-verbal de la séance du 12 février : jumelage avec Orléans, « échanges » d’élèves.",
    ],
)
def test_french_code_pages_are_told_apart(page: str, text: str) -> None:
    data = text.encode(page, "ignore")
    assert decode(data)[0] == data.decode(page)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_unicode_encodings(encoding: str) -> None:
    data = LETTER.encode(encoding)
    if encoding == "utf-16-be":
        data = b"\xfe\xff" + data
    assert extract(data, name="lettre.txt").text == LETTER


def test_utf8_with_one_damaged_byte_stays_utf8() -> None:
    assert decode(LETTER.encode() * 20 + b"\xff")[1] == "utf_8"


def test_a_name_with_one_accented_capital_is_of_windows() -> None:
    assert decode("Mairie de Saint-Étienne-de-Tulmont".encode("cp1252"))[1] == "cp1252"
    assert decode("L'école d'Éthe… fermée".encode("mac_roman"))[1] == "mac_roman"


def test_markdown_blocks() -> None:
    text = (
        "# Coopération\n\nLe département soutient\ndeux projets.\n\n- l'eau\n- la santé\n\n"
        "Bilan\n=====\n\n| Année | Somme |\n|---|---|\n| 2010 | 5 000 € |\n"
    )
    found = extract(text.encode(), name="note.md")
    assert [kind for kind, _ in kinds(found)] == ["heading", "paragraph", "list_item", "list_item", "heading", "table"]
    assert [b.level for b in found.blocks if b.level] == [1, 1]
    cells = [(found.text[c.start : c.end], c.row, c.column, c.header) for c in found.blocks[-1].cells]
    assert cells == [("Année", 0, 0, True), ("Somme", 0, 1, True), ("2010", 1, 0, False), ("5 000 €", 1, 1, False)]


def test_front_matter_fills_the_metadata_and_keeps_the_text() -> None:
    text = (
        '---\ntitre: "Bilan : trois ans"\nauthors:\n  - Awa Sarr\n  - Luc Morel\ndate: 2018-04-09\nlang: fr-FR\n---\n'
        "\n# Bilan\n"
    )
    found = extract(text.encode(), name="bilan.md")
    assert_sound(found)
    assert found.text == text
    assert (found.metadata.title, found.metadata.author) == ("Bilan : trois ans", "Awa Sarr, Luc Morel")
    assert (found.metadata.date, found.metadata.language) == ("2018-04-09", "fr")
    assert [b.kind for b in found.blocks] == ["form", "heading"]


@pytest.mark.parametrize(
    "text", ["---\n\nUn trait puis du texte.\n\n---\n", "---\ntitre: sans fin\n", "Titre : Bilan\n---\n"]
)
def test_dashes_alone_are_no_front_matter(text: str) -> None:
    found = extract(text.encode(), name="note.md")
    assert_sound(found)
    assert found.metadata.title is None


def test_lone_rules_are_no_paragraphs() -> None:
    found = extract(b"Ordre du jour\n-------------\n\nLe budget.\n\n-----\n\n* * *\n\nLe jumelage.\n")
    assert [kind for kind, _ in kinds(found)] == ["heading", "paragraph", "paragraph"]


def test_lines_ended_on_purpose_are_blocks() -> None:
    text = "Titre\nReboiser les berges du lac\nAnnée de signature\n1998\nLe partenariat est\nEn cours\n"
    assert [t for _, t in kinds(extract(text.encode()))] == text.splitlines()


def test_wrapped_lines_are_one_paragraph() -> None:
    text = (
        "Le syndicat des eaux et la commune de Ouahigouya poursuivent la remise en\n"
        "état des bornes-fontaines. Douze quartiers sont desservis et la gestion en\n"
        "est confiée à des comités d'usagers formés par l'équipe technique.\n"
    )
    assert len(extract(text.encode()).blocks) == 1


def test_dashes_in_prose_are_no_list() -> None:
    assert kinds(extract(b"Le pont -ouvert en 1990- relie les rives."))[0][0] == "paragraph"


def test_tabs_in_three_lines_are_a_table() -> None:
    found = extract("Pays\tSomme\nMali\t200\nBénin\t300\n".encode())
    assert found.blocks[0].kind == "table"
    assert [found.text[c.start : c.end] for c in found.blocks[0].cells][-2:] == ["Bénin", "300"]


def test_many_lines_stay_within_the_limit_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coopnlp.extract.plain.MAX_BLOCKS", 500)
    found = extract("\n".join(f"Ligne {n}." for n in range(5_000)).encode())
    assert len(found.blocks) == 509
    assert found.text[found.blocks[-1].start : found.blocks[-1].end].endswith("Ligne 4999.")


@settings(deadline=None, max_examples=80)
@given(st.text(alphabet=st.sampled_from("aé \n\t|-#=.1*A\u0301\u00a0\u2028"), max_size=120))
def test_any_text_has_sound_blocks(text: str) -> None:
    try:
        found = extract(text.encode(), name="x.md")
    except ExtractionError:
        return
    assert_sound(found)
    assert extract(text.encode(), name="x.md") == found


@settings(deadline=None, max_examples=80)
@given(st.binary(max_size=300))
def test_any_bytes_give_an_extraction_or_a_named_error(data: bytes) -> None:
    try:
        assert_sound(extract(data))
    except ExtractionError as error:
        assert str(error)


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=60))
def test_tidy_twice_is_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
