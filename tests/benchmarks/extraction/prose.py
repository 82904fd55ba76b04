"""Layouts of running text: one to three columns, side notes, footnotes, lists, numbered headings, small print."""

from __future__ import annotations

import random

from .flow import Flow, Strip
from .look import Look
from .material import Material
from .sheet import Sheet
from .truth import TrueBlock
from .typeset import Style, break_text, raised

__all__ = ["columns", "footnotes", "lists", "numbered", "set_title", "side_notes", "single", "small_print"]


def single(sheet: Sheet, rng: random.Random, text: Material) -> None:
    """Set a report in one column, with a title and headings in two sizes, over four pages or so."""
    look = Look.drawn(rng, text)
    flow = Flow(sheet, look.starter(sheet), look.margin, look.margin)
    set_title(flow, look, text)
    for part in range(rng.randint(5, 6)):
        flow.add("heading", text.heading(), look.heading(1.35), level=2)
        for section in range(rng.randint(2, 3)):
            if section or part % 2:
                flow.add("heading", text.heading(), look.heading(1.15, italic=True, bold=rng.random() < 0.8), level=3)
            for _ in range(rng.randint(2, 4)):
                flow.add("paragraph", text.paragraph(250), look.body)
    flow.set()


def columns(sheet: Sheet, rng: random.Random, text: Material, count: int) -> None:
    """Set a bulletin in columns under headings that cross them."""
    look = Look.drawn(rng, text, sizes=(8.5, 9, 10) if count == 3 else (9, 10, 10.5))
    if look.body.family == "courier":
        look.body = look.body.with_(family="times")
    look.margin = rng.choice([42, 50, 57])
    flow = Flow(sheet, look.starter(sheet), look.margin, look.margin)
    set_title(flow, look, text)
    gap = rng.choice([14, 18, 24]) if count == 3 else rng.choice([16, 20, 28])
    across = rng.random() < 0.7
    flow.add("paragraph", text.paragraph(200, 500), look.body.with_(bold=rng.random() < 0.4, first=0.0))
    flow.set()
    flow.skip(10)
    flow.gutter_rule = rng.random() < 0.3
    # without headings across there is one run of columns: nothing would show a second one
    runs = rng.randint(5, 6) + count // 3
    for _ in range(runs if across else 1):
        if across:
            flow.need(110)
            flow.skip(6)
            flow.add("heading", text.heading(), look.heading(1.5), level=2)
            flow.set()
            flow.skip(6)
        flow.columns(count, gap)
        for part in range(rng.randint(2, 3) if across else 2 * runs):
            if part or not across:
                flow.add("heading", text.heading(45), look.heading(1.1), level=3 if across else 2)
            for _ in range(rng.randint(2, 4)):
                flow.add("paragraph", text.paragraph(180, 800), look.body)
        flow.set()
        flow.skip(14)


def side_notes(sheet: Sheet, rng: random.Random, text: Material) -> None:
    """Set one column with notes in small type in a margin, each beside the line where a paragraph begins."""
    look = Look.drawn(rng, text)
    at_left = rng.random() < 0.5
    wide_margin = rng.choice([135, 150, 165])
    flow = Flow(
        sheet, look.starter(sheet), wide_margin if at_left else look.margin, look.margin if at_left else wide_margin
    )
    flow.add("heading", text.heading(35), look.title.with_(align="left"), level=1, title=True)
    note_style = Style(look.body.family, 8, 9.5, italic=rng.random() < 0.5)
    note_width = wide_margin - 45 - 14
    noted: dict[int, str] = {}

    def beside(strip: Strip, y: float, x: float) -> None:
        note = noted.get(id(strip.block))
        if not strip.first or note is None:
            return
        lines = break_text(note, note_style, note_width)
        if y - len(lines) * note_style.leading < flow.bottom:
            return
        block = sheet.block(TrueBlock("paragraph", floating=True, loose=True))
        frame = sheet.new_frame()
        left = 45 if at_left else sheet.page.width - wide_margin + 14
        for at, line in enumerate(lines):
            sheet.line(block, line, note_style, left, y - at * note_style.leading, note_width, frame)

    flow.on_line = beside
    for part in range(3):
        if part:
            flow.add("heading", text.heading(40), look.heading(1.3), level=2)
        for _ in range(rng.randint(4, 5)):
            block = flow.add("paragraph", text.paragraph(450, 1200), look.body)
            if rng.random() < 0.6:
                noted[id(block)] = text.heading(45)
    flow.set()


def footnotes(sheet: Sheet, rng: random.Random, text: Material) -> None:
    """Set one column with footnotes under a short rule, marked by raised figures or figures in brackets."""
    look = Look.drawn(rng, text)
    high = rng.random() < 0.7
    room = 7  # lines of notes that a page has room for
    flow = Flow(sheet, look.starter(sheet), look.margin, look.margin, bottom=75 + room * 10)
    note_style = Style(look.body.family, 8, 10)
    set_title(flow, look, text)
    marked: dict[int, int] = {}
    used: dict[int, int] = {}  # lines of notes, a page

    def beside(strip: Strip, y: float, x: float) -> None:
        number = marked.get(id(strip.block))
        if number is None or not strip.line.last:
            return
        page = len(sheet.pages)
        shown = f"{number} " if high else f"({number}) "
        lines = break_text(shown + notes[number], note_style, flow.width)
        if used.get(page, 0) == 0:
            sheet.rule(flow.left, flow.bottom - 6, flow.left + 140, flow.bottom - 6)
        block = sheet.block(TrueBlock("footnote", floating=True))
        if used.get(page, 0) + len(lines) > room:
            raise ValueError(f"{sheet.truth.name}: too many footnotes on page {page}")
        for line in lines:
            base = flow.bottom - 18 - used.get(page, 0) * note_style.leading
            sheet.line(block, line, note_style, flow.left, base, flow.width, -page)
            used[page] = used.get(page, 0) + 1

    notes: dict[int, str] = {}
    flow.on_line = beside
    for part in range(3):
        if part:
            flow.add("heading", text.heading(40), look.heading(1.25), level=2)
        for at in range(5):
            body = text.paragraph(500, 1200)
            if at % 3 == 1:
                number = len(notes) + 1
                notes[number] = text.sentence(50, 110)
                body += raised(number) if high else f" ({number})"
                marked[id(flow.add("paragraph", body, look.body))] = number
            else:
                flow.add("paragraph", body, look.body)
    flow.set()


#: Number, size as a share of the text's, and whether bold, of headings of three levels.
_SCHEMES = {
    "arabic": (
        (("{a}. ", 1.3, True), ("{a}.{b} ", 1.15, True), ("{a}.{b}.{c} ", 1.0, True)),
        (("{a} – ", 1.0, True), ("{a}.{b} – ", 1.0, True), ("{a}.{b}.{c} – ", 1.0, False)),
        (("{A}. ", 1.5, False), ("{a}.{b}. ", 1.25, False), ("{a}.{b}.{c}. ", 1.1, False)),
    ),
    "mixed": (
        (("{A} - ", 1.4, True), ("{B}. ", 1.2, True), ("{c}) ", 1.05, False)),
        (("Titre {A} – ", 1.25, True), ("Chapitre {b} – ", 1.1, True), ("Article {n} – ", 1.0, True)),
    ),
}


def numbered(sheet: Sheet, rng: random.Random, text: Material, numbers: str) -> None:
    """Set a report with headings of three levels: ``numbers`` are ``arabic`` or ``mixed`` (I, A, Article 1)."""
    look = Look.drawn(rng, text)
    flow = Flow(sheet, look.starter(sheet), look.margin, look.margin)
    set_title(flow, look, text)
    scheme = rng.choice(_SCHEMES[numbers])
    capitals = rng.random() < 0.4
    article = 0
    for a in range(1, rng.randint(3, 4)):
        for b in range(rng.randint(2, 3)):
            for c in range(rng.randint(1, 3)):
                article += 1
                for level, (pattern, factor, bold) in enumerate(scheme):
                    if (level == 0 and (b or c)) or (level == 1 and c):
                        continue
                    number = pattern.format(
                        a=a, b=b + 1, c=c + 1, n=article, A=["I", "II", "III", "IV"][a - 1], B="ABCD"[b]
                    )
                    words = text.heading(48)
                    style = look.heading(factor, bold=bold, italic=not bold)
                    # a heading in the type of the text, neither bold nor slanted, could not be told by eye
                    flow.add(
                        "heading",
                        number + (words.upper() if capitals and level == 0 else words),
                        style,
                        level=level + 2,
                    )
                for _ in range(rng.randint(1, 2)):
                    flow.add("paragraph", text.paragraph(200, 700), look.body)
    flow.set()


def lists(sheet: Sheet, rng: random.Random, text: Material) -> None:
    """Set paragraphs between lists: bullets, dashes, numbers, letters, one inside the other."""
    look = Look.drawn(rng, text, heads=False)
    flow = Flow(sheet, look.starter(sheet), look.margin, look.margin)
    set_title(flow, look, text)
    em = look.body.size
    spread = rng.random() < 0.5
    for part in range(4):
        if part % 2:
            flow.add("heading", text.heading(), look.heading(1.25), level=2)
        flow.add("paragraph", text.paragraph(150, 500), look.body)
        marker = rng.choice(["•", "–", "-", "1.", "1)", "a)", "1°"])
        item = look.body.with_(left=2.6 * em, first=0.0, before=0.4 * em if spread else 0.0)
        for at in range(rng.randint(3, 7)):
            flow.add("list_item", _ended(text.item(), rng), item, mark=_numbered(marker, at))
            if rng.random() < 0.2:
                inner = item.with_(left=5.2 * em)
                for _ in range(2):
                    flow.add("list_item", _ended(text.item(90), rng), inner, mark="–" if marker == "•" else "•")
        flow.add("paragraph", text.paragraph(150, 400), look.body.with_(before=0.6 * em))
    flow.set()


def _ended(item: str, rng: random.Random) -> str:
    return item + rng.choice(["\u00a0;", "\u00a0;", ".", ""])


def _numbered(marker: str, at: int) -> str:
    if marker[0] == "1":
        return f"{at + 1}{marker[1:]}"
    return f"{'abcdefgh'[at]})" if marker[0] == "a" else marker


def small_print(sheet: Sheet, rng: random.Random, text: Material) -> None:
    """Set terms in 6 to 7 points, two columns close to each other, two pages."""
    size = rng.choice([6.0, 6.5, 7.0])
    look = Look.drawn(rng, text, heads=False, sizes=(size,))
    look.body = look.body.with_(family=rng.choice(["times", "helvetica"]), size=size, leading=size * 1.15)
    look.margin = 40
    flow = Flow(sheet, look.starter(sheet), 40, 40, 60, 60)
    set_title(flow, look, text)
    flow.columns(2, rng.choice([12, 16]))
    for part in range(8):
        flow.add("heading", f"Article {part + 1} – {text.heading(45)}", look.heading(1.0), level=2)
        for _ in range(rng.randint(2, 3)):
            flow.add("paragraph", text.paragraph(300), look.body)
    flow.set()


def set_title(flow: Flow, look: Look, text: Material) -> None:
    """Set the title of the document at the flow's place."""
    flow.add("heading", text.heading(55), look.title, level=1, title=True)
    flow.set()
    flow.skip(14)
