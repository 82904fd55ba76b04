"""Born-digital PDF, page after page; pages without text go to OCR where it is installed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import reduce
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from coopnlp.errors import EncryptedFile, NoText, UnreadableFile
from coopnlp.extract.builder import Builder, Corners, GridCell, counted, tidy
from coopnlp.extract.headers import join_tables
from coopnlp.extract.hyphens import Hyphens
from coopnlp.extract.layout import Line, read_lines
from coopnlp.extract.ocr import add_confidence, doubtful_notice, with_ocr
from coopnlp.extract.paragraphs import Group, body_size, group_lines, heading_levels, may_continue
from coopnlp.extract.pdf_extras import read_attachments, read_metadata, read_outline
from coopnlp.extract.pdf_words import Word
from coopnlp.extract.running import take_running
from coopnlp.extract.scan_sizes import level_sizes
from coopnlp.extract.tables import find_tables

if TYPE_CHECKING:
    from coopnlp.extract.pdf_words import PageWords
    from coopnlp.types import Extraction, Source

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
    with suppress(pypdfium2.PdfiumError):  # a damaged form: its page is read all the same
        document.init_forms()
    if len(document) == 0:
        document.close()
        raise UnreadableFile(name, "a PDF without pages", "Get it anew from where it came.")
    return document


def _read(document: Any, source: Source) -> Extraction:
    builder = Builder()
    pages: list[list[Line]] = []
    heights: list[float] = []
    scanned: list[int] = []
    pinned: list[str] = []
    for index in range(len(document)):
        lines, height, is_scan = _read_page(document, index, source.name, builder, pinned)
        pages.append(lines)
        heights.append(height)
        if is_scan:
            scanned.append(index + 1)
    if not any(pages):
        raise NoText(source.name, *_why_no_text(scanned, len(pages)))
    level_sizes(pages)
    kept, running = take_running(pages, heights)
    for number, (before, after) in enumerate(zip(pages, kept, strict=True), start=1):
        if before and not after:
            builder.notice("page_empty", f"Page {number} : rien que ce qui est en tête ou en pied des pages.", number)
    for text, on in running:
        what = f"« {tidy(text)} »" if text else "numéros de page"
        builder.notice("left_out", f"Absent du texte, en tête ou en pied ({_page_list(on)}) : {what}.")
    add_pages(builder, kept)
    _add_extras(builder, document, pinned)
    doubtful_notice(builder)
    return builder.build(source, read_metadata(document))


def _read_page(
    document: Any, index: int, name: str, builder: Builder, pinned: list[str]
) -> tuple[list[Line], float, bool]:
    """Return the lines of a page, its height in points, and whether it is an image that was not read."""
    import pypdfium2

    from coopnlp.extract.pdf_words import read_words

    number = index + 1
    page = None
    try:
        page = document[index]
        layer = read_words(page)
        found, is_image = with_ocr(page, layer, number, name, builder)
        by_ocr = found is not layer and bool(found.words)
        laid_over = _read_over(page, found, number, builder, pinned)
        if not by_ocr:  # OCR sees fields and stamps as they are drawn
            found.words += laid_over
        lines = _page_lines(found, number, builder, is_image=is_image)
        add_confidence(lines, found.words)
    except pypdfium2.PdfiumError as error:
        builder.notice("page_unreadable", f"Page {number} abîmée, non lue ({error}).", number)
        return [], 1.0, False
    finally:
        if page is not None:
            page.close()
    for line in lines:
        line.page = number
    # a letter or figure is seen; of what else there is, most is too
    lines = [line for line in lines if line.table or line.text[:1].isalnum() or tidy(line.text)]
    return lines, found.height, is_image


def _page_lines(found: PageWords, number: int, builder: Builder, *, is_image: bool) -> list[Line]:
    """Return the lines of a page from its words, with notices of what is not in them."""
    if found.unseen:
        what = shorten(tidy(" ".join(found.unseen)), 200, placeholder=" …")
        how_many = counted(len(found.unseen), "mot absent", "mots absents")
        builder.notice("left_out", f"Page {number} : {how_many}, hors page ou de biais : « {what} ».", number)
    tables, rest = find_tables([*found.words, *found.turned], found.rules)
    turned: list[Word] = []
    if found.turned:
        beside = set(map(id, found.turned))
        turned, rest = [w for w in rest if id(w) in beside], [w for w in rest if id(w) not in beside]
    lines = read_lines(rest, tables, found.rules, turned)
    if not lines and not is_image:
        builder.notice("page_empty", f"Page {number} vide.", number)
    return lines


def _read_over(page: Any, found: PageWords, number: int, builder: Builder, pinned: list[str]) -> list[Word]:
    """Return the words that are laid over a page, with notices of comments and signatures."""
    from coopnlp.extract.pdf_fields import read_overlay

    overlay = read_overlay(page, found.frame)
    pinned += overlay.files
    if overlay.notes:
        what = shorten(" ; ".join(overlay.notes), 500, placeholder=" …")
        how_many = counted(len(overlay.notes), "commentaire absent", "commentaires absents")
        builder.notice("left_out", f"Page {number} : {how_many} du texte : « {what} ».", number)
    if overlay.signatures:
        how_many = counted(overlay.signatures, "champ de signature électronique", "champs de signature électronique")
        builder.notice("signature", f"Page {number} : {how_many}.", number)
    for word in overlay.fields:
        label = overlay.labels[word.run]
        beside = [w for w in found.words if w.x1 <= word.x0 + 2 and w.top < word.bottom and w.bottom > word.top]
        if label and not beside:
            # no label stands before the field: its tooltip says what it holds
            found.words.append(Word(label, word.x0 - 1, word.top, word.x0 - 0.5, word.bottom, word.size, False, 0))
    return [*overlay.fields, *overlay.words]


def _add_extras(builder: Builder, document: Any, pinned: list[str]) -> None:
    """Say which files are attached and what the outline is."""
    if attached := read_attachments(document, pinned):
        builder.notice("attachments", attached)
    outline = read_outline(document)
    if outline:
        titles = [f"{title} (p. {page})" if page else title for title, _, page in outline]
        builder.notice("outline", f"Signets du fichier : {shorten(' ; '.join(titles), 2000, placeholder=' …')}.")


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
    cells = (cell.text for lines in pages for line in lines if line.table for cell in line.table.cells)
    hyphens = Hyphens([*(line.text for line in every), *(text for cell in cells for text in cell.split("\n"))])
    grouped = [group_lines(lines) for lines in pages]
    usual = body_size([line for lines in pages for line in lines])
    heading_levels([group for groups in grouped for group in groups], usual)
    waiting: Group | None = None  # the last block of the text so far, which may go on
    asides: list[Group] = []  # footnotes of its page
    for groups in grouped:
        body = [group for group in groups if not group.aside]
        if waiting is not None and body and may_continue(waiting, body[0]):
            # notes of a page stand before the paragraph that leaves it: sentence and page both stay whole
            _add_all(builder, asides, hyphens)
            waiting.lines.extend(body.pop(0).lines)  # its page border is set when it is added
            asides = []
            if not body:
                asides = [group for group in groups if group.aside]
                continue
        _add_all(builder, [*([waiting] if waiting is not None else []), *asides, *body[:-1]], hyphens)
        waiting = body[-1] if body else None
        asides = [group for group in groups if group.aside]
    _add_all(builder, [*([waiting] if waiting is not None else []), *asides], hyphens)
    _start_pages(builder, len(pages))


def _add_all(builder: Builder, groups: Sequence[Group], hyphens: Hyphens) -> None:
    for group in groups:
        _start_pages(builder, group.lines[0].page)
        _add(builder, group, hyphens)


def _start_pages(builder: Builder, upto: int) -> None:
    while len(builder.page_starts) < upto:
        builder.start_page()


def _add(builder: Builder, group: Group, hyphens: Hyphens) -> None:
    first = group.lines[0]
    if first.table is not None:
        _add_table(builder, group.lines, hyphens)
        return
    if group.kind == "form":
        _add_form(builder, group.lines)
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


def _add_form(builder: Builder, lines: Sequence[Line]) -> None:
    pairs = [line.pair for line in lines if line.pair is not None]
    cells = [GridCell(row, column, text) for row, pair in enumerate(pairs) for column, text in enumerate(pair)]
    builder.add_cells("form", cells, page=lines[0].page, box=_box(lines))


def _add_table(builder: Builder, lines: Sequence[Line], hyphens: Hyphens) -> None:
    """Add a table, and where the pages begin that it goes on over."""
    first = lines[0]
    cells, starts = join_tables([line.table for line in lines if line.table is not None])
    cells = [
        cell._replace(text=reduce(hyphens.join, map(tidy, cell.text.split("\n")))) if "\n" in cell.text else cell
        for cell in cells
    ]
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


def _box(lines: Sequence[Line]) -> Corners:
    return (
        round(min([line.x0 for line in lines]), 1),
        round(min([line.top for line in lines]), 1),
        round(max([line.x1 for line in lines]), 1),
        round(max([line.bottom for line in lines]), 1),
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
