"""Web pages: articles, records, tables, old pages."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_extract_plain import assert_sound, kinds

from coopnlp.errors import ExtractionError, NoText
from coopnlp.extract import extract
from coopnlp.extract.html_blocks import Piece
from coopnlp.extract.html_chrome import mark_related
from coopnlp.types import Extraction

ARTICLE = """<!DOCTYPE html><html lang="fr-FR"><head><meta charset="utf-8"><title>Une école neuve à Tessalit</title>
<meta property="og:site_name" content="Ville de Mayenne">
<meta property="article:published_time" content="2018-11-06T09:00:00+01:00"></head><body>
<nav><a href="/">Accueil</a><a href="/culture">Culture</a></nav>
<div class="cookie-consent">Ce site dépose des cookies.</div>
<article><h1>Une école neuve à Tessalit</h1>
<p>La première pierre a été posée mardi par les élus des deux communes, devant les parents et les maîtres.</p>
<h2>Six classes et un puits</h2>
<p>Le chantier doit durer neuf mois. La ville apporte 60&nbsp;000&nbsp;€ et l'agence de l'eau le double.</p>
<ol><li>Gros œuvre</li><li>Forage</li></ol>
<table><tr><th>Part</th><th>Somme</th></tr><tr><td>Ville</td><td>60 000 €</td></tr></table>
<p>Une délégation d'enseignants se rendra sur place en février pour préparer la rentrée et les échanges de classes.</p>
<div class="partage"><a href="#">Partager</a></div></article>
<footer>Mentions légales</footer></body></html>"""

RECORD = """<html><head><title>Fiche</title></head><body><div id="menu"><a href="/">Retour à la carte</a></div>
<h1>Détail du projet</h1>
<div class="ligne"><span class="libelle">Titre</span><div>Filière du coton équitable</div></div>
<div class="ligne"><span class="libelle">Année de signature</span><div>1996</div></div>
<div class="ligne"><span class="libelle">Sous-thème</span><div></div></div>
<h3>Autres thèmes</h3>
<table><tr><th>Thème</th><th>Priorité</th></tr><tr><td>Artisanat</td><td>2</td></tr></table>
<dl><dt>Contexte</dt><dd><p>Un.</p><p>Deux.</p><p>Trois.</p></dd>
<dt>État</dt><dd>En cours</dd><dt>Fin</dt><dd>2021</dd></dl>
<table><tr><th>Pays</th><td>Burkina Faso</td></tr><tr><th>Partenaire</th><td>Commune de Houndé</td></tr></table>
<p><strong>Contact :</strong> Aïcha Benali</p><p><strong>Courriel :</strong> a.benali@exemple.fr</p>
</body></html>"""


def page(markup: str, name: str = "page.html") -> Extraction:
    found = extract(markup.encode(), name=name)
    assert_sound(found)
    return found


def test_article_keeps_order_levels_lists_and_tables() -> None:
    assert [kind for kind, _ in kinds(page(ARTICLE))] == [
        "heading", "paragraph", "heading", "paragraph", "list_item", "list_item", "table", "paragraph",
    ]  # fmt: skip


def test_article_without_menus_and_banners_and_says_so() -> None:
    found = page(ARTICLE)
    assert not [word for word in ("Accueil", "cookies", "Partager", "Mentions") if word in found.text]
    assert "navigation" in found.notices[0].message


def test_article_metadata() -> None:
    metadata = page(ARTICLE).metadata
    assert metadata.title == "Une école neuve à Tessalit"
    assert (metadata.date, metadata.language, metadata.publisher) == ("2018-11-06", "fr", "Ville de Mayenne")


def test_no_break_spaces_of_sums_are_kept() -> None:
    assert "60\u00a0000\u00a0€" in page(ARTICLE).text


def test_record_is_whole_and_in_order() -> None:
    found = page(RECORD)
    expected = (
        "Détail du projet", "Titre | Filière du coton équitable", "Année de signature | 1996", "Sous-thème | ",
        "Autres thèmes", "Artisanat | 2", "Contexte", "Un.", "Trois.", "État | En cours", "Pays | Burkina Faso",
        "Contact : | Aïcha Benali", "Courriel : | a.benali@exemple.fr",
    )  # fmt: skip
    places = [found.text.index(part) for part in expected]
    assert places == sorted(places)
    assert "Retour à la carte" not in found.text


def test_record_cells_are_labels_and_values() -> None:
    found = page(RECORD)
    form = next(b for b in found.blocks if b.kind == "form")
    assert [(found.text[c.start : c.end], c.row, c.column) for c in form.cells][2:4] == [
        ("Année de signature", 1, 0), ("1996", 1, 1),
    ]  # fmt: skip


def test_cells_that_span_keep_the_grid() -> None:
    rows = "<tr><th rowspan=2>Pays</th><th colspan=2>Aide</th></tr><tr><th>2010</th><th>2011</th></tr>"
    found = page(f"<html><body><p>Texte</p><table>{rows}<tr><td>Togo</td><td>5</td><td>6</td></tr></table>")
    table = next(b for b in found.blocks if b.kind == "table")
    grid = {(c.row, c.column): found.text[c.start : c.end] for c in table.cells}
    assert (grid[1, 1], grid[1, 2], grid[2, 2]) == ("2010", "2011", "6")


def test_page_of_1999() -> None:
    markup = (
        '<HTML><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=windows-1252"></HEAD><BODY>'
        "<TABLE><TR>"
        "<TD><A HREF=a.htm>Sommaire</A><BR><A HREF=b.htm>Écrire</A></TD><TD><B>Le comité d’Évron</B><P>"
        "Fondé en 1988, il "
        "reçoit chaque été une chorale et une équipe de football, et coûte 10 000 F à la commune.</TD></TR></TABLE>"
    )
    found = extract(markup.encode("cp1252"), name="index.htm")
    assert "Le comité d’Évron" in found.text
    assert "Fondé en 1988" in found.text
    assert "Sommaire" not in found.text


def test_line_breaks_are_kept_and_two_part_paragraphs() -> None:
    found = page("<html><body>Mairie de Loudun<br>BP 12<br><br>Le service</body></html>")
    assert [text for _, text in kinds(found)] == ["Mairie de Loudun\nBP 12", "Le service"]


def test_interview_is_no_form() -> None:
    answer = "Nous avons ouvert deux maternités et formé douze sages-femmes. " * 8
    found = page(f"<html><body><h1>Entretien</h1><p><b>Le maire :</b> {answer}</p><p><b>La préfète :</b> {answer}</p>")
    assert not [b for b in found.blocks if b.kind == "form"]


def test_frameset_names_its_frames() -> None:
    with pytest.raises(NoText, match=r"texte\.htm"):
        extract(
            b'<html><frameset cols="20,*"><frame src="menu.htm"><frame src="texte.htm"></frameset></html>', name="i.htm"
        )


def test_deep_nesting_is_no_crash() -> None:
    deep = "<html><body>" + "<div>" * 5000 + "fond" + "</div>" * 5000 + "<p>Après tout.</p></body></html>"
    try:
        page(deep)
    except ExtractionError as error:
        assert str(error)


@pytest.mark.parametrize("tag", ["font", "b", "div", "span"])
def test_tags_that_are_never_closed_lose_nothing(tag: str) -> None:
    found = page(
        "<html><body>" + "".join(f"<{tag}>Texte {n}.<br><br>" for n in range(600)) + "<p>Fin.</p></body></html>"
    )
    assert "Texte 599." in found.text
    assert found.text.endswith("Fin.")


def test_spans_that_overlap_by_the_thousand_end_soon() -> None:
    row = "<tr><td rowspan=100 colspan=100>x</td><td rowspan=100 colspan=100>y</td></tr>"
    found = page(f"<html><body><p>Texte</p><table>{row * 300}</table></body></html>")
    assert found.text.count("y") == 300


def test_long_runs_of_related_links_end_soon() -> None:
    pieces = [Piece("paragraph", "À lire aussi", linked=1.0) for _ in range(20_000)]
    start = time.process_time()
    mark_related(pieces)
    assert time.process_time() - start < 5  # over a minute where each run is read again from each of its links
    assert all(piece.menu for piece in pieces)


def test_a_title_of_thousands_of_parts_is_cut() -> None:
    found = page(f"<html><head><title>{'a - ' * 20_000}</title></head><body><h1>a</h1><p>Texte.</p></body></html>")
    assert len(found.metadata.title or "") <= 500


def test_side_menu_of_a_layout_table_is_left_out() -> None:
    menu = "".join(f"<a href={n}.htm>{word}</a><br>" for n, word in enumerate(("Accueil", "Élus", "Budget", "Écrire")))
    text = "<h2>La lettre du canton</h2><p>Le 4 mai, douze lycéens de Rimouski ont planté la haie du collège.</p>"
    found = page(f"<html><body><table><tr><td>{menu}</td><td>{text}</td></tr></table>")
    assert [kind for kind, _ in kinds(found)] == ["heading", "paragraph"]
    assert "Budget" in found.notices[0].message


def test_an_index_of_links_is_kept() -> None:
    rows = "".join(f'<li><a href="{y}.pdf">Délibérations {y}</a></li>' for y in (2011, 2012, 2013, 2014))
    assert "Délibérations 2013" in page(f"<html><body><ul>{rows}</ul></body></html>").text


def test_related_links_and_comments_are_left_out_of_an_article() -> None:
    body = ARTICLE.replace(
        "<ol>", "<div><h3>À lire aussi</h3><ul><li><a href=1>Le marché déménage</a></li></ul></div><ol>"
    ).replace(
        "</article>",
        '</article><section id="commentaires"><h2>2 commentaires</h2>'
        "<p><b>Lucette</b> – J'y étais et c'était une bien belle journée pour tout le monde, merci aux maîtres.</p>"
        "</section>",
    )
    found = page(body)
    assert not [words for words in ("À lire aussi", "déménage", "Lucette") if words in found.text]
    assert "commentaires de lecteurs" in found.notices[0].message


def test_a_field_called_comments_stays() -> None:
    text = "Une mission utile : les deux équipes ont relevé ensemble douze puits et leurs comptes."
    found = page(f'<html><body><p>Fiche</p><div class="commentaires">{text}</div>')
    assert text in found.text


def test_short_lines_inside_an_article_stay() -> None:
    assert "Adopté." in page(ARTICLE.replace("<ol>", "<p>Adopté.</p><ol>")).text


def test_the_title_is_not_cut_at_a_dash() -> None:
    found = page(
        "<html><head><title>Ville de Dole - La lettre, no 3</title></head><body><h2>La lettre</h2><p>Texte.</p>"
    )
    assert found.metadata.title == "Ville de Dole - La lettre, no 3"


TAGS = (
    "p",
    "div",
    "table",
    "tr",
    "td",
    "th",
    "ul",
    "li",
    "b",
    "h2",
    "br",
    "dl",
    "dt",
    "dd",
    "a",
    "span",
    "label",
    "nav",
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from([f"<{t}>" for t in TAGS] + [f"</{t}>" for t in TAGS] + ["Été ", "a:", "\u0301", " "]),
        max_size=40,
    )
)
def test_any_markup_gives_sound_blocks(parts: list[str]) -> None:
    try:
        page("<html><body>Texte " + "".join(parts))
    except ExtractionError as error:
        assert str(error)
