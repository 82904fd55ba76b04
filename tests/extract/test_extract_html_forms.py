"""Labels and values on web pages, in the layouts that databases publish their records in."""

from __future__ import annotations

import pytest
from test_extract_plain import assert_sound, kinds

from coopnlp.extract import extract
from coopnlp.types import Extraction

PAIRS = (
    ("Titre", "Une maternité à Kayes"),
    ("Pays", "Mali"),
    ("Date de fin", "30/09/2019"),
    ("Maître d'ouvrage", "Ville d'Évreux"),
)


def page(body: str) -> Extraction:
    found = extract(f"<html><body><h1>Fiche du projet</h1>{body}</body></html>".encode(), name="fiche.html")
    assert_sound(found)
    return found


def form_rows(found: Extraction) -> list[tuple[str, ...]]:
    rows: dict[tuple[int, int], list[str]] = {}
    for number, block in enumerate(found.blocks):
        if block.kind in ("form", "table"):
            for cell in block.cells:
                rows.setdefault((number, cell.row), []).append(found.text[cell.start : cell.end].rstrip(" :\xa0"))
    return [tuple(row) for row in rows.values()]


LAYOUTS = {
    "wrapper called champ": (
        '<div class="champ"><div class="libelle">{0}</div>\n<div class="valeur">{1}</div></div>',
        "",
    ),
    "wrapper called label-above": (
        '<div class="field field--label-above"><div class="field__label">{0}</div>'
        '<div class="field__item">{1}</div></div>',
        "",
    ),
    "wrapper called field-name": (
        '<div class="field field-name-x field-label-inline"><div class="field-label">{0}:&nbsp;</div>'
        '<div class="field-items"><div class="field-item even">{1}</div></div></div>',
        "",
    ),
    "champ and valeur": ('<p><span class="champ">{0}</span> <span class="valeur">{1}</span></p>', ""),
    "nom and valeur in a list": (
        '<li><span class="nom">{0}</span><span class="valeur">{1}</span></li>',
        "<ul>{}</ul>",
    ),
    "spans and line breaks": ('<span class="label">{0}</span> : <span class="value">{1}</span><br>', "<div>{}</div>"),
    "bold lines of a paragraph": ("<b>{0} :</b> {1}<br>", "<p>{}</p>"),
    "bold lines of a page of 1999": ("<B>{0}</B> : {1}<BR>\n", "<CENTER><FONT SIZE=5>Le projet</FONT></CENTER>{}"),
    "span and bare text": ('<span class="libelle">{0}</span> {1}<br>', "<p>{}</p>"),
    "label line, value line": ('<p class="libelle">{0}</p><p class="valeur">{1}</p>', ""),
    "label element and closed field": ('<label>{0}</label><input type="text" value="{1}"><br>', "<form>{}</form>"),
    "label beside a column": (
        '<div class="form-group"><label class="col-2">{0}</label><div class="col-10"><p>{1}</p></div></div>',
        "",
    ),
    "bold with colon": ("<p><strong>{0} :</strong> {1}</p>", ""),
    "bold, colon after": ("<li><b>{0}</b> : {1}</li>", "<ul>{}</ul>"),
    "definitions": ("<dt>{0}</dt><dd>{1}</dd>", "<dl>{}</dl>"),
    "definitions in wrappers": ("<div><dt>{0}</dt><dd><p>{1}</p></dd></div>", "<dl>{}</dl>"),
    "head cells": ("<tr><th>{0}</th><td>{1}</td></tr>", "<table>{}</table>"),
    "two bare columns": ("<tr><td>{0}</td><td>{1}</td></tr>", "<table>{}</table>"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_label_keeps_its_own_value(layout: str) -> None:
    row, around = LAYOUTS[layout]
    body = "\n".join(row.format(*pair) for pair in PAIRS)
    assert form_rows(page(around.format(body) if around else body)) == list(PAIRS)


@pytest.mark.parametrize("row", ["<p>{0}</p><p>{1}</p>", "<p><b>{0}</b><br>{1}</p>", "<h4>{0}</h4><p>{1}</p>"])
def test_a_label_line_stands_above_its_value(row: str) -> None:
    found = page("".join(row.format(*pair) for pair in PAIRS))
    lines = [line for line in found.text.split("\n") if line]
    assert lines[1:] == [part for pair in PAIRS for part in pair]


def test_a_lone_pair_is_a_form_of_one_row() -> None:
    found = page(
        '<div class="champ"><div class="libelle">État</div><div class="valeur">Terminé</div></div><h2>Suite</h2>'
    )
    assert kinds(found)[1] == ("form", "État | Terminé")


def test_a_lone_bold_beginning_stays_a_sentence_with_its_colon() -> None:
    found = page("<p>Deux villes se retrouvent.</p><p><b>Lieu</b> : salle des fêtes de Sées</p><p>Entrée libre.</p>")
    assert kinds(found)[2] == ("paragraph", "Lieu : salle des fêtes de Sées")


def test_a_long_value_keeps_its_paragraphs_after_its_label() -> None:
    one = "Le forage du quartier ne donne plus d'eau de mars à juin, et les femmes marchent quatre kilomètres. " * 2
    found = page(
        '<div class="champ"><div class="libelle">Contexte</div>'
        f'<div class="valeur"><p>{one}</p><p>{one}</p></div></div>'
        '<div class="champ"><div class="libelle">Pays</div><div class="valeur">Niger</div></div>'
    )
    assert kinds(found)[1:] == [
        ("paragraph", "Contexte"), ("paragraph", one.strip()), ("paragraph", one.strip()), ("form", "Pays | Niger"),
    ]  # fmt: skip


def test_a_value_with_a_list_stands_after_its_label() -> None:
    found = page(
        '<div class="champ"><div class="libelle">Objectif</div><div class="valeur"><p>Soigner.</p>'
        "<ul><li>bâtir une salle</li></ul></div></div>"
    )
    assert kinds(found)[1:] == [
        ("paragraph", "Objectif"),
        ("paragraph", "Soigner."),
        ("list_item", "- bâtir une salle"),
    ]


def test_a_rubric_above_an_article_is_no_label() -> None:
    found = page('<p class="rubrique">International</p><p>Le maire a reçu hier une délégation de Louga.</p>')
    assert [kind for kind, _ in kinds(found)] == ["heading", "paragraph", "paragraph"]


def test_bold_words_inside_a_value_belong_to_it() -> None:
    found = page(
        "<p>Voici :<br><strong>Budget :</strong> 15 000 F, dont <b>3 000 F</b> de l'État<br>"
        "<strong>Siège :</strong> Mairie<br>Le comité reçoit le <b>lundi</b> à la mairie, et le jeudi à l'école.</p>"
    )
    assert form_rows(found) == [("Budget", "15 000 F, dont 3 000 F de l'État"), ("Siège", "Mairie")]
    texts = [text for _, text in kinds(found)]
    assert (texts[1], texts[-1]) == ("Voici :", "Le comité reçoit le lundi à la mairie, et le jeudi à l'école.")


def test_speakers_in_bold_are_no_labels() -> None:
    speech = "Je rappelle que la convention a été signée en 1974 et que le comité se réunit. " * 5
    found = page(f"<p><b>M. Roux :</b> {speech}<br><b>Mme Le Goff :</b> {speech}</p>")
    assert form_rows(found) == []
    assert found.text.count("Je rappelle") == 10
