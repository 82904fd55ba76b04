"""Layouts of papers of a town hall: letters, minutes with votes in the margin, forms, rotated pages."""

from __future__ import annotations

import random

from coopnlp.text import plain_spaces

from .flow import Flow, Strip
from .look import Look
from .material import Material
from .prose import set_title
from .sheet import Sheet
from .truth import TrueBlock
from .typeset import SetLine, Style

__all__ = ["form", "letter", "minutes", "rotated"]


def letter(sheet: Sheet, rng: random.Random, text: Material) -> None:
    """Set a letter: letterhead, address at the right, references, text, signature, foot of the letterhead."""
    look = Look.drawn(rng, text, heads=False, sizes=(10.5, 11, 12))
    flow = Flow(sheet, lambda: sheet.new_page() and None, look.margin, look.margin, 60, 90)
    town = text.value("COLLECTIVITY", 30)
    plain = look.body.with_(align="left", first=0.0, before=0.0, hyphenate=False)
    head = [town.upper(), "Direction des relations internationales", f"Dossier suivi par {text.value('PER', 24)}"]
    _lines(sheet, head, plain.with_(bold=True, size=9, leading=11), flow.left, sheet.page.height - 60, 240)
    to = [text.value("PER", 26), "Présidente de l’association", f"{rng.randint(2, 90)}, rue de la Mairie",
          f"{rng.randint(10, 95)}{rng.randint(100, 900)} {text.value('LOC', 16)}"]  # fmt: skip
    x = sheet.page.width * 0.55
    _lines(sheet, to, plain, x, sheet.page.height - 130, 200)
    flow.y = sheet.page.height - 130 - 5 * plain.leading - 10
    flow.add("paragraph", f"{text.value('LOC', 16)}, le {rng.randint(2, 28)} mars {rng.randint(1995, 2019)}",
             plain.with_(align="right"), loose=True)  # fmt: skip
    flow.set()
    flow.skip(16)
    flow.add("paragraph", f"Objet : {text.heading(50)}", plain.with_(bold=rng.random() < 0.5), loose=True)
    flow.set()
    flow.skip(14)
    flow.add("paragraph", "Madame la Présidente,", plain)
    for _ in range(rng.randint(2, 3)):
        flow.add("paragraph", text.paragraph(250, 600), look.body.with_(before=0.7 * look.body.size))
    closing = "Je vous prie d’agréer, Madame la Présidente, l’expression de mes salutations distinguées."
    flow.add("paragraph", closing, look.body.with_(before=0.7 * look.body.size))
    flow.set()
    flow.skip(26)
    _lines(sheet, ["Le maire,", text.value("PER", 26)], plain, x, flow.y - plain.leading, 200)
    foot = [f"Hôtel de Ville – {rng.randint(10, 95)}{rng.randint(100, 900)} {text.value('LOC', 16)} – "
            f"Téléphone {rng.randint(1, 5):02d} {rng.randint(10, 99)} {rng.randint(10, 99)} 00 00"]  # fmt: skip
    sheet.rule(flow.left, 52, sheet.page.width - flow.right, 52, 0.4)
    _lines(sheet, foot, plain.with_(size=8, leading=10, align="centre"), flow.left, 40, flow.width)


def _lines(sheet: Sheet, texts: list[str], style: Style, x: float, y: float, width: float) -> None:
    """Draw lines below each other as one block whose borders are a matter of taste."""
    block = sheet.block(TrueBlock("paragraph", loose=True, floating=True))
    frame = sheet.new_frame()
    for at, words in enumerate(texts):
        sheet.line(block, SetLine(words.split(" "), last=True), style, x, y - at * style.leading, width, frame)


def minutes(sheet: Sheet, rng: random.Random, text: Material) -> None:
    """Set minutes of a council: items of the agenda, speakers, and votes in the margin beside a decision."""
    look = Look.drawn(rng, text)
    margin = 120
    flow = Flow(sheet, look.starter(sheet), margin, look.margin)
    flow.add("heading", f"Procès-verbal – {text.heading(35)}", look.title.with_(align="left"), level=1, title=True)
    flow.set()
    flow.skip(10)
    votes: dict[int, list[str]] = {}
    small = Style(look.body.family, 8.5, 10)

    def beside(strip: Strip, y: float, x: float) -> None:
        lines = votes.get(id(strip.block))
        if lines is None or not strip.first or y - len(lines) * small.leading < flow.bottom:
            return
        block = sheet.block(TrueBlock("paragraph", floating=True, loose=True))
        frame = sheet.new_frame()
        for at, words in enumerate(lines):
            sheet.line(block, SetLine(words.split(" "), last=True), small, 40, y - at * small.leading, 75, frame)

    flow.on_line = beside
    for item in range(1, rng.randint(6, 8)):
        flow.add("heading", f"{item}. {text.heading(45)}", look.heading(1.1), level=2)
        for _ in range(rng.randint(1, 3)):
            speaker = text.value("PER", 22)
            flow.add("paragraph", f"{speaker} : {text.paragraph(200, 700)}", look.body)
        decision = flow.add(
            "paragraph", f"Le conseil, après en avoir délibéré, décide : {text.paragraph(250, 500)}", look.body
        )
        against, kept = rng.randint(0, 9), rng.randint(0, 6)
        votes[id(decision)] = [f"Pour : {55 - against - kept}", f"Contre : {against}", f"Abstentions : {kept}"]
    flow.set()


_LABELS = (
    ("Nom de la collectivité", "COLLECTIVITY"), ("Partenaire étranger", "COLLECTIVITY"), ("Pays", "LOC"),
    ("Responsable du projet", "PER"), ("Intitulé du projet", "PROJECT"), ("Domaine d’intervention", "THEME"),
    ("Date de signature", "DATE"), ("Montant demandé", "AMOUNT"), ("Cofinanceur", "FUNDER"),
    ("Nature de l’accord", "AGREEMENT"), ("Élu référent", "PER"), ("Budget total", "AMOUNT"),
)  # fmt: skip


def form(sheet: Sheet, rng: random.Random, text: Material, fill: str) -> None:
    """Set an application form: labels with values in boxes, on lines, or in fields of the PDF (``fields``)."""
    look = Look.drawn(rng, text, heads=False, sizes=(10, 11))
    flow = Flow(sheet, look.starter(sheet), look.margin, look.margin)
    flow.add("heading", f"Demande de subvention – {text.heading(30)}", look.title, level=1, title=True)
    flow.set()
    flow.skip(10)
    plain = look.body.with_(align="left", first=0.0, before=0.0, hyphenate=False)
    labels = list(_LABELS)
    rng.shuffle(labels)
    tab = 170.0
    for part in range(3):
        flow.add("heading", f"{part + 1}. {text.heading(40)}", look.heading(1.2), level=2)
        flow.set()
        flow.skip(8)
        block = sheet.block(TrueBlock("form"))
        for label, kind in labels[part * 4 : part * 4 + 4]:
            flow.need(24)
            value = text.value(kind, 38)
            while fill == "fields" and value.encode("latin-1", "ignore").decode("latin-1") != value:
                value = text.value(kind, 38)  # ReportLab writes fields in Latin-1
            block.rows.append([f"{label} :", value])
            y = flow.y - 15
            sheet.line(None, SetLine(f"{label} :".split(" "), last=True), plain, flow.left, y, tab, sheet.new_frame())
            if fill == "fields":
                sheet.field(plain_spaces(value), flow.left + tab, y - 4, 260, 16)
            else:
                words = SetLine(value.split(" "), last=True)
                sheet.line(None, words, plain, flow.left + tab + 4, y, 260, sheet.new_frame())
                if fill == "boxes":
                    for a, b in ((y - 4, y - 4), (y + 12, y + 12)):
                        sheet.rule(flow.left + tab, a, flow.left + tab + 270, b, 0.5)
                    sheet.rule(flow.left + tab, y - 4, flow.left + tab, y + 12, 0.5)
                    sheet.rule(flow.left + tab + 270, y - 4, flow.left + tab + 270, y + 12, 0.5)
                else:
                    sheet.rule(flow.left + tab, y - 3, flow.left + tab + 270, y - 3, 0.3)
            flow.y -= 22
        flow.skip(6)
    flow.add("paragraph", text.paragraph(150, 400), look.body)
    flow.set()


def rotated(sheet: Sheet, rng: random.Random, text: Material) -> None:
    """Set a report of four pages of which some are stored turned by 90, 180 or 270 degrees."""
    look = Look.drawn(rng, text)
    turns = [0, *rng.sample([90, 180, 270], 2)]

    def start() -> None:
        turn = turns[min(len(sheet.pages), len(turns) - 1)]
        page = sheet.new_page(turn=turn)
        look.run(sheet, page.width, page.height)

    flow = Flow(sheet, start, look.margin, look.margin)
    set_title(flow, look, text)
    for part in range(3):
        if part:
            flow.add("heading", text.heading(45), look.heading(1.25), level=2)
        for _ in range(rng.randint(4, 5)):
            flow.add("paragraph", text.paragraph(300), look.body)
    flow.set()
