"""PDF: columns, notes, running heads, tables without rules, forms, what lies beside the pages."""

from __future__ import annotations

from io import BytesIO

import extract_makers as make
import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table
from test_extract_plain import assert_sound, kinds

from coopnlp.extract import extract
from coopnlp.extract.builder import GridCell
from coopnlp.extract.fragments import Line
from coopnlp.extract.fragments import Table as FoundTable
from coopnlp.extract.paragraphs import body_size

#: Lines that fill a narrow column, as a newspaper sets them.
NARROW = (
    "Le conseil a reçu la délégation de",
    "Dogofry, conduite par son maire, et",
    "lui a remis la médaille de la ville",
    "avant la visite des deux forages et",
    "de l'école, achevés au printemps de",
    "cette année par les entreprises du",
)


def columns_pdf(columns: list[list[str]], *, title: str = "", by_row: bool = False) -> bytes:
    """Return a page of columns of 165 points under a title; ``by_row``: written line by line across them."""
    places = [
        (56.0 + 172 * number, 700.0 - 10 * line, text)
        for number, column in enumerate(columns)
        for line, text in enumerate(column)
    ]
    if by_row:
        places.sort(key=lambda place: (-place[1], place[0]))
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    if title:
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(150, 760, title)
    canvas.setFont("Helvetica", 8)
    for x, y, text in places:
        canvas.drawString(x, y, text)
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize("by_row", [False, True])
def test_three_columns_are_read_one_after_the_other(by_row: bool) -> None:
    columns = [[f"{n} {line}" for line in NARROW * 2] for n in ("alpha", "beta", "gamma")]
    found = extract(columns_pdf(columns, title="Lettre aux communes jumelées", by_row=by_row))
    assert_sound(found)
    assert kinds(found)[0] == ("heading", "Lettre aux communes jumelées")
    words = found.text.split()
    assert [w for w in words if w in ("alpha", "beta", "gamma")] == ["alpha"] * 12 + ["beta"] * 12 + ["gamma"] * 12


def test_a_sentence_goes_on_in_the_next_column() -> None:
    left, right = [*NARROW, "puits de Kita et une pompe que nous"], ["remplaçons chaque année.", *NARROW]
    found = extract(columns_pdf([left, right]))
    assert "une pompe que nous remplaçons chaque année." in found.text


def test_footnotes_stand_apart_and_the_sentence_goes_on_over_the_page() -> None:
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for page in range(2):
        canvas.setFont("Times-Roman", 11)
        for n, line in enumerate(
            ("Le comité de jumelage verse deux mille euros à la ville de Kita", "pour le puits de")
        ):
            canvas.drawString(60, 200 - 14 * n, line if page == 0 else f"l'école. {line}.")
        canvas.setFont("Times-Roman", 8)
        canvas.drawString(60, 90, f"({page + 1}) Délibération du conseil municipal, séance du mois de mars.")
        canvas.showPage()
    canvas.save()
    found = extract(out.getvalue())
    assert_sound(found)
    notes = [text for kind, text in kinds(found) if kind == "footnote"]
    assert notes == [f"({n}) Délibération du conseil municipal, séance du mois de mars." for n in (1, 2)]
    assert "pour le puits de l'école." in found.text
    for block in found.blocks:
        assert found.page_at(block.start) == block.page


def test_a_figure_that_is_raised_is_no_figure_of_the_text() -> None:
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    text = canvas.beginText(60, 700)
    text.setFont("Times-Roman", 12)
    text.textOut("La convention de 2011")
    text.setFont("Times-Roman", 7)
    text.setRise(5)
    text.textOut("3")
    canvas.drawText(text)
    canvas.save()
    assert extract(out.getvalue()).text == "La convention de 2011³"


def test_heads_of_two_parts_that_change_sides() -> None:
    pages = []
    for n in range(1, 7):
        parts = (f"Page {n} sur 6", "Rapport du comité de jumelage")
        left, right = parts if n % 2 else parts[::-1]
        body = [(60.0, 700 - 14.0 * k, f"Paragraphe {n}.{k} de la convention passée avec la ville.") for k in range(20)]
        pages.append([(60.0, 810.0, left), (380.0, 810.0, right), *body])
    found = extract(make.lines_pdf(pages))
    assert "Rapport" not in found.text
    assert "sur 6" not in found.text
    assert any("Rapport du comité de jumelage" in n.message for n in found.notices if n.kind == "left_out")


GRANTS = [
    ("Association", "Pays", "Année", "Montant"),
    ("Eau pour Kita", "Mali", "2011", "12 500 €"),
    ("Comité de jumelage", "Bénin", "2012", "8 000 €"),
    ("Échanges et savoirs", "Togo", "2012", "3 250 €"),
]


def test_a_table_without_rules_has_cells() -> None:
    places = [(60.0 + 130 * c, 700.0 - 16 * r, text) for r, row in enumerate(GRANTS) for c, text in enumerate(row)]
    found = extract(make.lines_pdf([[(60.0, 740.0, "Les subventions sont les suivantes."), *places]]))
    assert_sound(found)
    table = found.blocks[-1]
    assert [b.kind for b in found.blocks] == ["paragraph", "table"]
    grid = {(c.row, c.column): found.text[c.start : c.end] for c in table.cells}
    assert [tuple(grid[r, c] for c in range(4)) for r in range(4)] == GRANTS
    assert {c.row for c in table.cells if c.header} == {0}


def _ruled(rows: list[list[str]], y: float, canvas: Canvas, *extra: tuple[object, ...]) -> None:
    table = Table(rows, colWidths=[150, 150, 100], style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black), *extra])
    table.wrapOn(canvas, 500, 500)
    table.drawOn(canvas, 60, y)


def test_cells_that_were_merged_keep_their_place() -> None:
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    rows = [["Pays", "Commune", "Somme"], ["Mali", "Kita", "500 €"], ["Total", "", "500 €"]]
    _ruled(rows, 600, canvas, ("SPAN", (0, 2), (1, 2)))
    canvas.save()
    found = extract(out.getvalue())
    assert found.text == "Pays | Commune | Somme\nMali | Kita | 500 €\nTotal |  | 500 €"


def test_a_cell_goes_on_over_the_page_and_its_words_are_mended() -> None:
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    _ruled([["Pays", "Objet", "Somme"], ["Mali", "Forages et coopé-\nration avec la", "500 €"]], 60, canvas)
    canvas.showPage()
    _ruled([["Pays", "Objet", "Somme"], ["", "commune de Kita", ""], ["Togo", "École", "900 €"]], 700, canvas)
    canvas.save()
    found = extract(out.getvalue())
    assert kinds(found) == [
        (
            "table",
            "Pays | Objet | Somme\nMali | Forages et coopération avec la commune de Kita | 500 €\nTogo | École | 900 €",
        )
    ]
    assert found.text[found.page_starts[1] :].startswith("Togo")


def test_text_up_the_side_of_a_page_comes_last_and_a_stamp_is_named() -> None:
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for n in range(12):
        canvas.drawString(80, 700 - 14 * n, "Le conseil approuve la convention de coopération.")
    canvas.saveState()
    canvas.translate(30, 400)
    canvas.rotate(90)
    canvas.drawString(0, 0, "Archives départementales, cote 12 W 45")
    canvas.restoreState()
    canvas.translate(200, 300)
    canvas.rotate(45)
    canvas.drawString(0, 0, "COPIE")
    canvas.save()
    found = extract(out.getvalue())
    assert kinds(found)[-1] == ("paragraph", "Archives départementales, cote 12 W 45")
    assert "COPIE" not in found.text
    assert [n.message for n in found.notices] == ["Page 1 : 1 mot absent, hors page ou de biais : « COPIE »."]


def test_fields_of_a_form_are_labels_and_values() -> None:
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("Helvetica", 10)
    for y, label, value in ((700, "Commune :", "Montbéliard"), (670, "Montant :", "2 500 F")):
        canvas.drawString(60, y, label)
        canvas.acroForm.textfield(value=value, name=label, x=150, y=y - 5, width=200, height=16, fontSize=9)
    canvas.drawString(80, 640, "Première demande")
    canvas.acroForm.checkbox(checked=True, name="premiere", x=60, y=637, size=12)
    canvas.save()
    found = extract(out.getvalue())
    assert_sound(found)
    assert kinds(found) == [
        ("form", "Commune : | Montbéliard\nMontant : | 2 500 F"),
        ("paragraph", "☒ Première demande"),
    ]


def test_outline_attachments_and_language_are_said() -> None:
    import pypdfium2

    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, lang="fr-FR")
    canvas.bookmarkPage("a")
    canvas.addOutlineEntry("Bilan du jumelage", "a", 0)
    canvas.drawString(60, 700, "Le jumelage a trente ans.")
    canvas.save()
    document = pypdfium2.PdfDocument(out.getvalue())
    document.new_attachment("budget.xlsx").set_data(b"PK")
    with_file = BytesIO()
    document.save(with_file)
    document.close()
    found = extract(with_file.getvalue())
    said = {notice.kind: notice.message for notice in found.notices}
    assert said == {
        "attachments": "1 fichier joint, non lu : « budget.xlsx ».",
        "outline": "Signets du fichier : Bilan du jumelage (p. 1).",
    }
    assert found.metadata.language == "fr"


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("à contre-", "courant", "à contre-courant"),
        ("un maintien par-", "tenarial", "un maintien partenarial"),
        ("Boulogne-", "sur-Mer", "Boulogne-sur-Mer"),
        ("COMMU-", "NAUTÉ", "COMMUNAUTÉ"),
        ("l'arc-en-", "ciel", "l'arc-en-ciel"),
        ("à Ouaga-", "dougou", "à Ouagadougou"),
    ],
)
def test_the_list_of_french_words_decides_on_a_hyphen(before: str, after: str, joined: str) -> None:
    from coopnlp.extract.hyphens import Hyphens

    assert Hyphens([]).join(before, after) == joined


def test_a_label_of_two_lines_stands_before_its_entry() -> None:
    entries = [
        ("Serge", "FLEURENCE", "13", "Conventions spécifiques de la politique de la ville et", "solidarité, exercice"),
        ("Sophie BONIFACE-", "PASCAL", "14", "Aménagement et entretien des espaces verts", "Pour : 54"),
        ("Michel PASSET", "", "15", "Tarifs des maisons pour tous", "Pour : 53"),
    ]
    lines = []
    for number, (first, second, count, title, below) in enumerate(entries):
        y = 760 - 70 * number
        lines += [(60, y, first), (170, y, count), (200, y, title), (60, y - 13, second), (200, y - 13, below)]
    # written a column after the other, as Word writes the cells of a table that nothing rules
    lines.sort(key=lambda line: line[0])
    found = extract(make.lines_pdf([[line for line in lines if line[2]]]), name="cr.pdf")
    assert_sound(found)
    assert "Serge FLEURENCE 13 Conventions spécifiques de la politique de la ville et solidarité" in found.text
    assert "Sophie BONIFACE-PASCAL 14 Aménagement et entretien des espaces verts" in found.text
    assert "Michel PASSET 15 Tarifs des maisons pour tous" in found.text


def test_two_labels_below_each_other_stay_two() -> None:
    lines = [
        (x, 760 - 14 * n, text)
        for n, row in enumerate((("Titulaires", "1", "Mme Morand"), ("Suppléants", "2", "M. Tremblay, de Kita")))
        for x, text in zip((60, 170, 200), row, strict=True)
    ]
    found = extract(make.lines_pdf([lines]), name="cr.pdf")
    assert " ".join(found.text.replace("|", "").split()) == "Titulaires 1 Mme Morand Suppléants 2 M. Tremblay, de Kita"


def test_what_a_no_break_space_holds_together_did_not_fit_on_the_line() -> None:
    lines = [
        "Le comité se réunit deux fois par an, en mars et en septembre, à Foix ou",
        "à Coaticook, et rend compte aux deux conseils. On relit le bilan de l'an",
        "2016\u00a0:\u00a0onze\u00a0visites, un étiquetage commun et la mise aux normes de deux",
        "ateliers, l'essai d'une farine, la venue des maires.",
    ]
    found = extract(make.lines_pdf([[(60, 760 - 14 * n, text) for n, text in enumerate(lines)]]), name="bilan.pdf")
    assert [kind for kind, _ in kinds(found)] == ["paragraph"]


def test_a_table_that_holds_the_text_says_how_large_it_is() -> None:
    cells = [GridCell(0, n, "Convention de partenariat avec la ville de Kita") for n in range(3)]

    def lines(size: float, *, ruled: bool = False) -> list[Line]:
        table = Line("", 50, 100, 540, 500, size, table=FoundTable(cells, 3, ruled=ruled))
        return [Line("Présents : M. Roux, Mme Le Goff", 50, 60, 540, 70, 10.0), table]

    assert body_size(lines(12.0)) == 12
    assert body_size(lines(8.0)) == 10
    assert body_size(lines(12.0, ruled=True)) == 10


def test_type_of_no_size_is_read() -> None:
    from coopnlp.extract.columns import read_region
    from coopnlp.extract.fragments import Fragment
    from coopnlp.extract.pdf_words import Word

    def line(text: str, x0: float, top: float) -> Fragment:
        return Fragment([Word(text, x0, top, x0 + 150, top + 10, 0.0, False, 0)])

    rows = [line(text, x0, 20.0 * row) for row in range(6) for text, x0 in (("la commune de Kita", 50), ("verse", 300))]
    read = " ".join(found.text for found in read_region(rows))
    assert (read.count("la commune de Kita"), read.count("verse")) == (6, 6)


#: Names with their sums, as minutes list them: (name, its second line, sum).
OWNERS = (
    ("Mme Colette Aubrac, 10 rue des Tanneurs", "", "11.294,74 €"),
    ("M. Denis Fabre, 20 rue des Tanneurs", "", "3.154,30 €"),
    ("M. Noël Castan (syndic bénévole), 28 avenue du Pont-Juvénal", "", "14.967,00 €"),
    ("M. ou Mme Paul Ricard, 23 rue du Four Banal (50 % de la subvention /", "plafond)", "1.340,00 €"),
    ("Mme Yvonne Serres, 66 rue du Puits", "", "4.709,27 €"),
    ("SCI Gabin – M. Roux, 12 rue de Villefranche et 3 rue du Puits", "", "5.203,56 €"),
    ("M. Michel Delmas, 2 rue du Lavoir", "", "2.998,55 €"),
)


def owners_pdf(pitch: float) -> bytes:
    """Return a page of prose with a list of names and sums in it, sums set to the right, as a word processor does."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("Helvetica", 12)
    prose = (
        "Après contrôle des travaux pour vérifier la conformité avec les préconisations de",
        "la Ville, les subventions suivantes sont attribuables :",
        "En conséquence, il est demandé au Conseil municipal de procéder au paiement des",
        "subventions listées ci-dessus et d’autoriser le maire à signer tous les documents.",
    )
    y = 740.0
    for line in prose[:2]:
        canvas.drawString(71, y, line)
        y -= 14
    y -= 8
    for name, more, value in OWNERS:
        canvas.drawString(71, y, name)
        canvas.drawRightString(530, y - (7 if more else 0), value)
        if more:
            y -= 14
            canvas.drawString(71, y, more)
        y -= pitch
    y -= 8
    for line in prose[2:]:
        canvas.drawString(71, y, line)
        y -= 14
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize("pitch", [14, 18, 24])
def test_names_stand_beside_what_each_gets(pitch: float) -> None:
    found = extract(owners_pdf(pitch))
    assert_sound(found)
    rows = [" ".join(part for part in (name, more, value) if part) for name, more, value in OWNERS]
    assert [text for _, text in kinds(found)[1 : 1 + len(rows)]] == rows
    assert kinds(found)[0][1].endswith("attribuables :") and kinds(found)[-1][1].startswith("En conséquence")
