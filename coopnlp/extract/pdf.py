"""Born-digital PDF, page after page; pages without text go to OCR where it is installed."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from coopnlp.errors import EncryptedFile, NoText, UnreadableFile
from coopnlp.extract.builder import Builder, counted, tidy
from coopnlp.extract.hyphens import Hyphens
from coopnlp.extract.layout import Line, read_lines
from coopnlp.extract.ocr import add_confidence, doubtful_notice, with_ocr
from coopnlp.extract.paragraphs import Group, body_size, group_lines, heading_levels, may_continue
from coopnlp.extract.running import take_running
from coopnlp.extract.scan_sizes import level_sizes
from coopnlp.extract.tables import find_tables, join_tables

if TYPE_CHECKING:
    from coopnlp.extract.pdf_words import PageWords
    from coopnlp.types import Box, Extraction, Metadata, Source

__all__ = ["add_pages", "read_pdf"]

#: pdfium may run in one thread only (its README); processes are for working in parallel.
_PDFIUM = threading.Lock()


def read_pdf(data: bytes, source: Source) -> Extraction:
    """Return text, blocks, tables and page borders of a PDF.

    Left out, with a notice: running heads, page numbers, text off the page
    or at another angle than the page's. Every page is either in the text or in the notices.

    Raises
    ------
    EncryptedFile
        A password is needed.
    UnreadableFile
        Damaged, or without pages.
    NoText
        No page has text, and OCR is not installed or found none.
    """
    with _PDFIUM:
        document = _open(data, source.name)
        try:
            return _read(document, source)
        finally:
            document.close()


def _open(data: bytes, name: str) -> Any:
    import pypdfium2
    import pypdfium2.raw as c

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        # FPDF_GetLastError still holds the reason of the load that has just failed
        if c.FPDF_GetLastError() in (c.FPDF_ERR_PASSWORD, c.FPDF_ERR_SECURITY):
            raise EncryptedFile(name, "opening it needs a password", "Save a copy without the password.") from error
        raise UnreadableFile(name, f"a damaged PDF ({error})", "Get it anew from where it came.") from error
    if len(document) == 0:
        document.close()
        raise UnreadableFile(name, "a PDF without pages", "Get it anew from where it came.")
    return document


def _read(document: Any, source: Source) -> Extraction:
    builder = Builder()
    pages: list[list[Line]] = []
    heights: list[float] = []
    scanned: list[int] = []
    for index in range(len(document)):
        lines, height, is_scan = _read_page(document, index, source.name, builder)
        pages.append(lines)
        heights.append(height)
        if is_scan:
            scanned.append(index + 1)
    if not any(pages):
        raise NoText(source.name, *_why_no_text(scanned, len(pages)))
    level_sizes(pages)
    kept, running = take_running(pages, heights)
    for text, on in running:
        what = f"« {tidy(text)} »" if text else "numéros de page"
        builder.notice("left_out", f"Absent du texte, en tête ou en pied ({_page_list(on)}) : {what}.")
    add_pages(builder, kept)
    doubtful_notice(builder)
    return builder.build(source, _metadata(document))


def _read_page(document: Any, index: int, name: str, builder: Builder) -> tuple[list[Line], float, bool]:
    """Return the lines of a page, its height in points, and whether it is an image that was not read."""
    import pypdfium2

    from coopnlp.extract.pdf_words import read_words

    number = index + 1
    page = None
    try:
        page = document[index]
        found, is_image = with_ocr(page, read_words(page), number, name, builder)
        lines = _page_lines(found, number, builder, is_image=is_image)
    except pypdfium2.PdfiumError as error:
        builder.notice("page_unreadable", f"Page {number} abîmée, non lue ({error}).", number)
        return [], 1.0, False
    finally:
        if page is not None:
            page.close()
    for line in lines:
        line.page = number
    return [line for line in lines if line.table or tidy(line.text)], found.height, is_image


def _page_lines(found: PageWords, number: int, builder: Builder, *, is_image: bool) -> list[Line]:
    """Return the lines of a page from its words, with notices of what is not in them."""
    if found.unseen:
        builder.notice(
            "left_out",
            f"Page {number} : {counted(found.unseen, 'mot absent', 'mots absents')}, hors page ou de biais.",
            number,
        )
    tables, rest = find_tables(found.words, found.rules)
    lines = read_lines(rest, tables, found.rules)
    if not lines and not is_image:
        builder.notice("page_empty", f"Page {number} vide.", number)
    add_confidence(lines, found.words)
    return lines


def _why_no_text(scanned: list[int], count: int) -> tuple[str, str]:
    from coopnlp.extract.ocr import INSTALL, ocr_is_installed
    from coopnlp.extract.ocr_mode import ocr_mode

    if not scanned:
        return f"none of its {count} pages holds text", "Open it to see whether it is blank."
    if ocr_mode() == "never":
        return f"{_page_list([n - 1 for n in scanned])}: scanned images, and OCR was not wanted", (
            "Leave out `--ocr never`."
        )
    if ocr_is_installed():
        return f"{_page_list([n - 1 for n in scanned])}: scanned images in which OCR found no text", (
            "Look at the scan; a new one at 300 dpi may help."
        )
    return f"{_page_list([n - 1 for n in scanned])}: scanned images, and Tesseract is not installed", INSTALL


def add_pages(builder: Builder, pages: Sequence[list[Line]]) -> None:
    """Group the lines of every page, and join the paragraph or table that goes on over the page border."""
    every = [line for lines in pages for line in lines if line.table is None]
    hyphens = Hyphens(line.text for line in every)
    grouped = [group_lines(lines) for lines in pages]
    heading_levels([group for groups in grouped for group in groups], body_size(every))
    waiting: Group | None = None
    for groups in grouped:
        mine = list(groups)
        goes_on = bool(waiting and mine and may_continue(waiting, mine[0]))
        if waiting is not None and not goes_on:
            _add(builder, waiting, hyphens)
            waiting = None
        if goes_on and waiting is not None:
            waiting.lines.extend(mine.pop(0).lines)  # its page border is set when it is added
            if not mine:
                continue
            _add(builder, waiting, hyphens)
            waiting = None
        for group in mine[:-1]:
            _start_pages(builder, group.lines[0].page)
            _add(builder, group, hyphens)
        if mine:
            _start_pages(builder, mine[-1].lines[0].page)
            waiting = mine[-1]
    if waiting is not None:
        _add(builder, waiting, hyphens)
    _start_pages(builder, len(pages))


def _start_pages(builder: Builder, upto: int) -> None:
    while len(builder.page_starts) < upto:
        builder.start_page()


def _add(builder: Builder, group: Group, hyphens: Hyphens) -> None:
    first = group.lines[0]
    if first.table is not None:
        _add_table(builder, group.lines)
        return
    text, borders, page = "", [], first.page
    for line in group.lines:
        piece = tidy(line.text).replace("\n", " ")
        if not text:
            text = piece
            continue
        text = hyphens.join(text, piece)
        while page < line.page:
            page += 1
            borders.append(len(text) - len(piece))
    kind: Any = group.kind
    same_page = [line for line in group.lines if line.page == first.page]
    _start_pages(builder, first.page)
    start = builder.add(
        kind, text, page=first.page, box=_box(same_page), level=group.level, confidence=_confidence(group.lines)
    )
    if start is not None:
        builder.page_starts.extend(start + border for border in borders)


def _add_table(builder: Builder, lines: Sequence[Line]) -> None:
    """Add a table, and where the pages begin that it goes on over."""
    first = lines[0]
    cells, starts = join_tables([line.table for line in lines if line.table is not None])
    _start_pages(builder, first.page)
    box = _box([line for line in lines if line.page == first.page])
    builder.add_cells("table", cells, page=first.page, box=box, confidence=_confidence(lines))
    for line, row in zip(lines[1:], starts, strict=True):
        while len(builder.page_starts) < line.page:
            builder.start_page_at_row(row)


def _confidence(lines: Sequence[Line]) -> float | None:
    """Return the mean confidence of lines that OCR read, each weighing as many as it has characters."""
    weights = [(line.confidence, max(1, len(line.text))) for line in lines if line.confidence is not None]
    total = sum(weight for _, weight in weights)
    return round(sum(confidence * weight for confidence, weight in weights) / total, 1) if total else None


def _box(lines: Sequence[Line]) -> Box:
    from coopnlp.types import Box

    return Box(
        x0=round(min(line.x0 for line in lines), 1),
        top=round(min(line.top for line in lines), 1),
        x1=round(max(line.x1 for line in lines), 1),
        bottom=round(max(line.bottom for line in lines), 1),
    )


def _metadata(document: Any) -> Metadata:
    from coopnlp.types import Metadata

    fields = document.get_metadata_dict(skip_empty=True)
    title = tidy(re.sub(r"^Microsoft (?:Word|PowerPoint|Excel) - ", "", fields.get("Title", "")))
    if re.fullmatch(r"\S+\.\w{2,4}|(?i:sans titre.*|untitled.*|document\d*)", title):
        title = ""  # a file name or a default is no title
    date = re.match(r"D?:?(\d{4})(\d{2})?(\d{2})?", fields.get("CreationDate", ""))
    return Metadata(
        title=title or None,
        author=tidy(fields.get("Author", "")) or None,
        date="-".join(part for part in date.groups() if part) if date else None,
        pages=len(document),
    )


def _page_list(indices: Sequence[int]) -> str:
    """Return 0-based pages as a reader says them: « pages 1-4, 7 »."""
    runs: list[list[int]] = []
    for index in indices:
        if runs and index == runs[-1][1] + 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    shown = ", ".join(f"{a + 1}" if a == b else f"{a + 1}-{b + 1}" for a, b in runs[:20])
    more = ", ..." if len(runs) > 20 else ""
    return f"{'page' if len(indices) == 1 else 'pages'} {shown}{more}"
