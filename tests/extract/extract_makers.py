"""Documents made for the tests, from French text written for them."""

from __future__ import annotations

import zipfile
from io import BytesIO

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, SimpleDocTemplate, Spacer, Table

PARAGRAPHS = (
    "Le conseil communautaire approuve la convention de coopération passée avec la commune rurale de Dogofry. "
    "Elle porte sur l'assainissement, la formation des agents et la tenue de l'état civil. Le suivi en revient "
    "au comité de pilotage, qui se réunit deux fois par an dans l'une ou l'autre des collectivités partenaires.",
    "La participation du département est fixée à 12 500,00 € pour la première année. Une délégation se rendra à "
    "Saint-Louis au printemps afin d'arrêter le programme des échanges entre les lycées agricoles, avec l'appui "
    "des associations de migrants et du service de la coopération.",
    "Les élus rappellent que le jumelage, signé en 1974, a permis d'accueillir plus de trois cents stagiaires. "
    "Ils souhaitent que l'évaluation des actions soit confiée à une équipe extérieure et que ses conclusions "
    "soient présentées au public pendant la semaine de la solidarité internationale.",
)
BODY = ParagraphStyle("corps", fontName="Times-Roman", fontSize=11, leading=13.5, alignment=TA_JUSTIFY, spaceAfter=9)
TITLE = ParagraphStyle("titre", fontName="Times-Bold", fontSize=18, leading=22, spaceAfter=12)
SECTION = ParagraphStyle("section", fontName="Times-Bold", fontSize=14, leading=17, spaceBefore=8, spaceAfter=6)


def report_pdf(pages: int = 1, *, head: str | None = None) -> bytes:
    """Return a report of one column: a title, sections, paragraphs; a running head and page numbers if asked."""
    out = BytesIO()

    def furniture(canvas: Canvas, document: object) -> None:
        if head:
            canvas.setFont("Times-Italic", 9)
            canvas.drawString(56, 812, head)
            canvas.drawCentredString(297, 24, f"Page {canvas.getPageNumber()} sur {pages}")

    story: list[object] = [Paragraph("Rapport sur la coopération décentralisée", TITLE)]
    for number in range(pages):
        story.append(Paragraph(f"{number + 1}. Bilan de la commission n° {number + 1}", SECTION))
        story += [Paragraph(text, BODY) for text in PARAGRAPHS * (4 if pages > 1 else 1)]
    document = SimpleDocTemplate(out, pagesize=A4, title="Rapport annuel", author="Service des relations")
    document.build(story, onFirstPage=furniture, onLaterPages=furniture)
    return out.getvalue()


def two_columns_pdf() -> bytes:
    """Return a page of two columns under a title that crosses both."""
    out = BytesIO()
    frames = [
        Frame(56, 770, 483, 40, id="titre", showBoundary=0),
        Frame(56, 60, 232, 690, id="gauche"),
        Frame(307, 60, 232, 690, id="droite"),
    ]
    document = BaseDocTemplate(out, pagesize=A4)
    document.addPageTemplates(PageTemplate(frames=frames))
    story: list[object] = [Paragraph("Bulletin de la coopération", TITLE)]
    story += [Paragraph(f"Texte {n + 1}. {PARAGRAPHS[n % 3]}", BODY) for n in range(10)]
    document.build(story)
    return out.getvalue()


def table_pdf() -> bytes:
    """Return a page with a ruled table of grants between two paragraphs."""
    out = BytesIO()
    rows = [
        ["Bénéficiaire", "Objet", "Montant"],
        ["Comité de jumelage", "Échanges scolaires", "12 500,00 €"],
        ["Eau pour Kita", "Deux forages", "8 000,00 €"],
        ["Total", "", "20 500,00 €"],
    ]
    table = Table(rows, style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
    document = SimpleDocTemplate(out, pagesize=A4)
    document.build(
        [Paragraph(PARAGRAPHS[0], BODY), Spacer(1, 12), table, Spacer(1, 12), Paragraph(PARAGRAPHS[1], BODY)]
    )
    return out.getvalue()


def long_table_pdf(*, other_header: bool = False) -> bytes:
    """Return a ruled table of two pages, its bold header repeated, or another table on the second page."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    heads = (("Association", "Somme"), ("Quartier", "Voix") if other_header else ("Association", "Somme"))
    for number, head in enumerate(heads):
        style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, 0), "Times-Bold", 11)]
        rows = [list(head), [f"Comité {number}", f"{number + 1} 500 €"], [f"Relais {number}", f"{number + 2} 250 €"]]
        table = Table(rows, colWidths=[200, 120], style=style)
        table.wrapOn(canvas, 400, 400)
        table.drawOn(canvas, 60, 700 if number else 60)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def small_head_pdf() -> bytes:
    """Return two pages with a running head in small type; numbered items have bold titles."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for number in range(2):
        canvas.setFont("Times-Italic", 8)
        canvas.drawString(56, 812, "Comité de jumelage")
        canvas.setFont("Times-Bold", 11)
        canvas.drawString(56, 760, f"{number + 1}. Bilan de la commission")
        canvas.setFont("Times-Roman", 11)
        for line in range(6):
            canvas.drawString(
                56, 735 - 14 * line, f"Ligne {line} du compte rendu de la page {number + 1}, assez longue."
            )
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def lines_pdf(pages: list[list[tuple[float, float, str]]], *, password: str | None = None, turn: int = 0) -> bytes:
    """Return pages of lines drawn at (x, y from the bottom)."""
    from reportlab.lib.pdfencrypt import StandardEncryption

    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt=StandardEncryption(password) if password else None)
    for lines in pages:
        canvas.setFont("Times-Roman", 11)
        if turn:
            canvas.setPageRotation(turn)
            canvas.translate(595, 0)
            canvas.rotate(90)
        for x, y, text in lines:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def scan_pdf() -> bytes:
    """Return a page that is one picture, as a scanner makes it."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.drawImage(ImageReader(Image.new("L", (595, 842), 240)), 0, 0, 595, 842)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def agreement_docx() -> bytes:
    """Return an agreement: headings, lists, a table between paragraphs, tracked changes, a text box, a header."""
    document = docx.Document()
    document.core_properties.title = "Convention de partenariat"
    document.core_properties.author = "Mairie de Vihiers"
    document.sections[0].header.paragraphs[0].text = "Convention n° 2012-04"
    document.add_heading("Convention de partenariat", 0)
    document.add_heading("Article 1 – Objet", 1)
    document.add_paragraph("La présente convention lie la ville de Vihiers et la commune de Kopargo.")
    document.add_paragraph("Former les agents de l'état civil", style="List Number")
    document.add_paragraph("Équiper le centre de santé", style="List Number")
    document.add_paragraph("Échanges de jeunes", style="List Bullet")
    table = document.add_table(rows=3, cols=3, style="Table Grid")
    grid = (("Année", "Part française", "Part béninoise"), ("2012", "4 000 €", "500 €"), ("Total", "4 500 €", ""))
    for row, values in zip(table.rows, grid, strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    table.cell(2, 1).merge(table.cell(2, 2))
    document.add_heading("Article 2 – Durée", 1)
    paragraph = document.add_paragraph("Elle est conclue pour ")
    w = nsdecls("w")
    paragraph._p.append(parse_xml(f'<w:del {w} w:id="1"><w:r><w:delText>deux</w:delText></w:r></w:del>'))
    paragraph._p.append(parse_xml(f'<w:ins {w} w:id="2"><w:r><w:t>trois</w:t></w:r></w:ins>'))
    paragraph.add_run(" ans.")
    box = document.add_paragraph("Voir l'encadré.")
    box._p.append(
        parse_xml(
            f"<w:r {w}><w:pict><w:txbxContent><w:p><w:r><w:t>Signé à Djougou</w:t></w:r></w:p>"
            "</w:txbxContent></w:pict></w:r>"
        )
    )
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def zip_of(members: dict[str, bytes]) -> bytes:
    """Return a ZIP archive of the members, in order."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


_WORD_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)


def word_file(body: str, *, main: str = "word/document.xml", **parts: str) -> bytes:
    """Return a Word file of the XML of its body and of further parts, ``footnotes="<w:footnote …>"`` and so on."""
    roots = {"header1": "hdr", "header2": "hdr", "footer1": "ftr"}
    relations, members = [], {}
    for name, inside in parts.items():
        root = roots.get(name, name)
        kind = name.rstrip("12")
        relations.append(f'<Relationship Id="{name}" Type="http://x/relationships/{kind}" Target="/word/{name}.xml"/>')
        members[f"word/{name}.xml"] = f"<w:{root} {_WORD_NAMESPACES}>{inside}</w:{root}>".encode()
    head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    office = f'<Relationship Id="a" Type="http://x/relationships/officeDocument" Target="{main}"/>'
    folder, _, name = main.rpartition("/")
    return zip_of(
        {
            "[Content_Types].xml": b"<Types/>",
            "_rels/.rels": f"{head}{office}</Relationships>".encode(),
            main: f"<w:document {_WORD_NAMESPACES}><w:body>{body}</w:body></w:document>".encode(),
            f"{folder}/_rels/{name}.rels": f"{head}{''.join(relations)}</Relationships>".encode(),
            **members,
        }
    )


def word_paragraph(text: str, properties: str = "") -> str:
    """Return the XML of a paragraph; ``text`` may hold runs of its own, after ``</w:t></w:r>``."""
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def word_table(*rows: tuple[str, ...]) -> str:
    """Return the XML of a table of cells; a cell that begins with ``<`` is XML, others a paragraph."""
    made = (
        "".join(f"<w:tc>{cell if cell.startswith('<') else word_paragraph(cell)}</w:tc>" for cell in row)
        for row in rows
    )
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in made) + "</w:tbl>"


def compound_file(class_id: bytes, *streams: str, header: bytes = b"") -> bytes:
    """Return the head of a compound file (old Office): a root entry of that class, entries of those names."""
    head = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0"))
    head[30:32] = (9).to_bytes(2, "little")
    entries = [name.encode("utf_16_le").ljust(80, b"\0") for name in ("Root Entry", *streams)]
    entries[0] += class_id
    return (
        bytes(head)
        + b"".join(entry.ljust(128, b"\0") for entry in entries).ljust(512, b"\0")
        + header.ljust(512, b"\0")
    )
