"""Web pages: main content and records, without menus, banners and share buttons.

trafilatura says what the main content of an article is; our own reading of the
page (``html_blocks``) gives the order, levels, lists, tables and forms. Record
pages, which trafilatura was not made for, are kept whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from coopnlp.errors import NoText, UnreadableFile
from coopnlp.extract.builder import Builder, counted, tidy
from coopnlp.extract.decode import decode
from coopnlp.extract.html_blocks import Piece, pieces_of
from coopnlp.extract.html_chrome import mark_related, prune
from coopnlp.extract.html_text import one_line
from coopnlp.text import fold

if TYPE_CHECKING:
    from coopnlp.types import Extraction, Metadata, Source

__all__ = ["read_html"]

_CHARSET = re.compile(
    rb"""(?i)<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-z0-9_:.-]+)|^<\?xml[^>]*encoding=["']([^"']+)"""
)
#: Labels, rows of tables and values together: from this many on a page is a record.
_RECORD_ROWS = 6
#: trafilatura needs seconds for pages over this size, which are mostly tables of data.
_MAX_TRAFILATURA = 3_000_000
_SHINGLE = 4


def read_html(data: bytes, source: Source, charset: str | None = None) -> Extraction:
    """Return the content of a page; what was left out is in the notices.

    Raises
    ------
    NoText
        The page shows no text: a frame set, or a page that scripts fill.
    UnreadableFile
        The bytes cannot be read as HTML.
    """
    declared = charset or next(
        (
            group.decode("ascii")
            for match in [_CHARSET.search(data[:4096])]
            if match
            for group in match.groups()
            if group
        ),
        None,
    )
    markup, _ = decode(data, declared)
    root = _parse(markup, source.name)
    metadata = _metadata(root, markup)
    frames = [src for frame in root.iter("frame", "iframe") if (src := frame.get("src"))]
    try:
        removed = prune(root)
        body = root.find("body") if root.find("body") is not None else root
        pieces = pieces_of(body)
        if not pieces and removed:
            # the page is nothing but what usually surrounds content
            pieces, removed = pieces_of(_parse(markup, source.name)), Counter()
    except RecursionError as error:
        raise UnreadableFile(
            source.name, "its elements are nested too deeply", "Open it in a browser and save its text."
        ) from error
    if not pieces:
        raise NoText(source.name, *_why_no_text(frames))
    kept = _main_content(pieces, markup)
    builder = Builder()
    for piece in kept:
        if piece.cells:
            builder.add_cells(piece.kind, piece.cells)
        else:
            builder.add(piece.kind, piece.text, level=piece.level)
    _note_removed(builder, removed, [piece for piece in pieces if not any(piece is k for k in kept)])
    if frames:
        builder.notice("left_out", f"Cadres non lus, qui sont des pages à part : {', '.join(frames[:5])}.")
    return builder.build(source, metadata)


def _parse(markup: str, name: str) -> Any:
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        clean = markup.replace("\0", "").encode("utf-8", "replace")
        root = html.document_fromstring(clean, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableFile(name, f"cannot be read as HTML ({error})", "Open it in a browser.") from error
    return root


def _why_no_text(frames: list[str]) -> tuple[str, str]:
    if frames:
        return "a frame set without text of its own", f"Give the pages in its frames: {', '.join(frames[:5])}."
    return "the page shows no text", "If scripts fill it, open it in a browser and save or print it to PDF."


def _main_content(pieces: Sequence[Piece], markup: str) -> list[Piece]:
    """Return the pieces of the main content, in order."""
    mark_related(pieces)
    rows = sum(len({cell.row for cell in piece.cells}) for piece in pieces if piece.kind in ("form", "table"))
    pairs = sum(len({cell.row for cell in piece.cells}) for piece in pieces if piece.kind == "form")
    pairs += sum(piece.label for piece in pieces)
    # a page that is nothing but links is an index, and its links are its content
    unlinked = [piece for piece in pieces if not _is_menu(piece)] or list(pieces)
    if pairs >= _RECORD_ROWS / 2 or rows >= 2 * _RECORD_ROWS or len(markup) > _MAX_TRAFILATURA:
        return unlinked
    article = _article(markup)
    if article is None:
        return unlinked
    shingles, lines = article
    found = [_is_in(piece, shingles, lines) for piece in pieces]
    if not any(found) or (sum(found) < 2 and len(pieces) > 3):
        return unlinked
    first, last = found.index(True), len(found) - 1 - found[::-1].index(True)
    kept = []
    for at, piece in enumerate(pieces):
        # what has no links is rarely a menu, and what is lost here is lost for good
        least = 3 if at < first else 1 if at <= last and not piece.linked else 12
        prose = piece.linked < 0.3 and len(piece.text.split()) >= least
        titled = piece.kind == "heading" and piece.linked < 0.5 and at <= last
        structured = (piece.label or piece.kind in ("table", "form")) and not _is_menu(piece)
        if not piece.menu and (found[at] or prose or titled or structured):
            kept.append(piece)
    return kept


def _is_menu(piece: Piece) -> bool:
    """Tell whether a piece is nothing but links, as the entries of menus are."""
    return piece.menu or (piece.linked > 0.8 and piece.kind != "heading" and len(piece.text) < 200)


def _article(markup: str) -> tuple[set[tuple[str, ...]], set[str]] | None:
    """Return trafilatura's main text, as runs of four words and as lines."""
    import trafilatura
    from lxml.etree import LxmlError

    try:
        text = trafilatura.extract(
            markup, include_comments=False, include_tables=True, favor_recall=True, deduplicate=False
        )
    except (LxmlError, ValueError, TypeError, AttributeError, KeyError, IndexError):
        return None  # trafilatura stumbles over some broken pages; ours are kept whole then
    if not text:
        return None
    lines = [fold(line) for line in text.splitlines()]
    words = " ".join(lines).split()
    return {tuple(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1)}, set(lines)


def _is_in(piece: Piece, shingles: set[tuple[str, ...]], lines: set[str]) -> bool:
    folded = fold(piece.text)
    words = folded.split()
    if len(words) < _SHINGLE + 2:
        # an item's number is not in trafilatura's text; its lines are those that line breaks made
        bare = re.sub(r"^(?:\d+ )", "", folded)
        return folded in lines or bare in lines or all(fold(line) in lines for line in piece.text.split("\n"))
    runs = [tuple(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1)]
    return sum(run in shingles for run in runs) * 2 >= len(runs)


def _note_removed(builder: Builder, removed: Counter[str], dropped: Sequence[Piece]) -> None:
    if removed:
        parts = ", ".join(
            f"{label} ({counted(words, 'mot', 'mots')})" for label, words in sorted(removed.items()) if words
        )
        if parts:
            builder.notice("left_out", f"Absents du texte, autour du contenu : {parts}.")
    if dropped:
        words = sum(len(piece.text.split()) for piece in dropped)
        shown = "; ".join(f"« {_shown(piece.text)} »" for piece in dropped[:5])
        builder.notice(
            "left_out",
            f"Absents du texte : {counted(len(dropped), 'passage', 'passages')} de liens "
            f"ou hors de l'article ({counted(words, 'mot', 'mots')}) : {shown}",
        )


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"


def _metadata(root: Any, markup: str) -> Metadata:
    """Return what the page says about itself: its meta elements by trafilatura, its title ours."""
    from lxml.etree import LxmlError

    from coopnlp.types import Metadata

    title = _first_text(root, ".//head/title") or _first_text(root, ".//h1")
    language = (root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "").strip()
    author = date = publisher = None
    if len(markup) <= _MAX_TRAFILATURA:
        from trafilatura.metadata import extract_metadata

        try:
            found = extract_metadata(markup, extensive=False)
        except (LxmlError, ValueError, TypeError, AttributeError, KeyError, IndexError):
            found = None
        if found is not None:
            # trafilatura cuts the title at a dash or a bar: right where a heading of the page says the same
            heads = {fold(one_line(head)) for head in root.iter("h1", "h2", "h3")}
            if found.title and (not title or fold(found.title) in heads):
                title = found.title
            author = found.author
            publisher, date = found.sitename, found.date
            language = language or found.language or ""
    return Metadata(
        title=tidy(title or "") or None,
        author=tidy(author or "") or None,
        date=date if date and re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", date) else None,
        language=language[:2].lower() or None,
        publisher=tidy(publisher or "") or None,
    )


def _first_text(root: Any, path: str) -> str | None:
    element = root.find(path)
    return None if element is None else tidy(element.text_content()).replace("\n", " ") or None
