"""Write N documents made from the texts of ``corpus/entities``, in mixed formats, for runs at scale.

``python -m tests.benchmarks.synthetic FOLDER --count 20000 [--seed 1] [--short]``

A document is one to four texts of the corpus under a title of its own, so that
no two are equal; one in a hundred holds thirty, as minutes of a year do. Text,
HTML, Word, PDF, mail and CSV come in the shares below. ``--short`` makes notes
of about a thousand characters, some paragraphs that follow one another in a
text: many documents in little time. The same seed draws the same documents. A folder that has some already gets those that are missing.
"""

from __future__ import annotations

import argparse
import csv
import html
import io
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from pathlib import Path

from coopnlp.training.corpus import parse

_CORPUS = Path(__file__).resolve().parent.parent.parent / "corpus" / "entities"
# Files in a folder of the tree: what a file manager still shows.
_EACH = 1000
# Characters of a short document, in all; a paragraph is not cut.
_SHORT = 1200


def texts() -> list[str]:
    """Return the texts of the corpus without their marks, in the order of their names."""
    found = sorted(_CORPUS.glob("*/*/*.txt"))
    if not found:
        raise SystemExit(f"{_CORPUS}: there is no corpus")
    return [parse(path.read_text(encoding="utf-8"))[0] for path in found]


def to_txt(title: str, paragraphs: Sequence[str]) -> bytes:
    """As a note."""
    return "\n\n".join([title, *paragraphs]).encode()


def to_html(title: str, paragraphs: Sequence[str]) -> bytes:
    """As a page of a town's site."""
    body = "\n".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title>'
    return f"<!DOCTYPE html><html lang='fr'><head>{head}</head><body><article><h1>{html.escape(title)}</h1>{body}</article></body></html>".encode()


def to_docx(title: str, paragraphs: Sequence[str]) -> bytes:
    """As a file of Word."""
    import docx

    document = docx.Document()
    document.add_heading(title, 1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def to_pdf(title: str, paragraphs: Sequence[str]) -> bytes:
    """As a PDF with a text layer."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    styles = getSampleStyleSheet()
    story = [Paragraph(html.escape(title), styles["Heading1"])]
    for paragraph in paragraphs:
        story += [Paragraph(html.escape(paragraph), styles["BodyText"]), Spacer(1, 6)]
    out = io.BytesIO()
    SimpleDocTemplate(out, invariant=1, title=title).build(story)
    return out.getvalue()


def to_eml(title: str, paragraphs: Sequence[str]) -> bytes:
    """As a message."""
    message = EmailMessage()
    message["Subject"] = title
    message["From"] = "mairie@exemple.fr"
    message["To"] = "archives@exemple.fr"
    message["Date"] = "Thu, 12 Mar 2015 09:00:00 +0100"
    message.set_content("\n\n".join(paragraphs))
    return bytes(message)


def to_csv(title: str, paragraphs: Sequence[str]) -> bytes:
    """As a table of projects."""
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";")
    rows.writerow(["titre", "description"])
    rows.writerows([f"{title}, ligne {number}", paragraph] for number, paragraph in enumerate(paragraphs, 1))
    return out.getvalue().encode()


#: What archives of towns look like, roughly: the share of each format.
FORMATS: tuple[tuple[str, float, Callable[[str, Sequence[str]], bytes]], ...] = (
    ("txt", 0.20, to_txt), ("html", 0.25, to_html), ("docx", 0.15, to_docx), ("pdf", 0.25, to_pdf),
    ("eml", 0.10, to_eml), ("csv", 0.05, to_csv),
)  # fmt: skip


def _note(paragraphs: Sequence[str], chance: random.Random) -> list[str]:
    """Return paragraphs that follow one another, from anywhere in a text, until there are enough."""
    at = chance.randrange(len(paragraphs))
    end = at + 1
    while end < len(paragraphs) and sum(map(len, paragraphs[at : end + 1])) < _SHORT:
        end += 1
    return list(paragraphs[at:end])


def write(folder: Path, count: int, seed: int, *, short: bool = False) -> Counter[str]:
    """Write the documents that are missing; return how many of each format there are."""
    every = [[p.strip() for p in text.split("\n\n") if p.strip()] for text in texts()]
    counts: Counter[str] = Counter()
    for number in range(count):
        chance = random.Random(f"{seed}-{number}")
        kind, _, make = chance.choices(FORMATS, [share for _, share, _ in FORMATS])[0]
        counts[kind] += 1
        path = folder / f"{number // _EACH:04}" / f"piece-{number:07}.{kind}"
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        many = 30 if chance.random() < 0.01 else chance.randint(1, 4)
        paragraphs = [paragraph for _ in range(many) for paragraph in chance.choice(every)]
        if short:
            paragraphs = _note(chance.choice(every), chance)
        path.write_bytes(make(f"Pièce {number} du fonds {seed}", paragraphs))
    return counts


def main() -> None:
    """Write the documents."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true")
    given = parser.parse_args()
    began = time.monotonic()
    counts = write(given.folder, given.count, given.seed, short=given.short)
    sys.stderr.write(f"{dict(counts)} in {time.monotonic() - began:.0f} s\n")


if __name__ == "__main__":
    main()
