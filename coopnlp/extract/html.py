"""Web pages: main content and records, without menus, banners and share buttons.

trafilatura says what the main content of an article is; our own reading of the
page (``html_blocks``) gives the order, levels, lists, tables and forms. Record
pages, which trafilatura was not made for, are kept whole. Pages in frames are
read where they lie beside the page (``html_frames``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from coopnlp.errors import NoText, UnreadableFile
from coopnlp.extract.builder import Builder, counted
from coopnlp.extract.decode import decode
from coopnlp.extract.html_blocks import Piece, pieces_of
from coopnlp.extract.html_chrome import PAYWALL, phrase_label, prune
from coopnlp.extract.html_content import main_content
from coopnlp.extract.html_frames import Frames
from coopnlp.extract.html_metadata import article_body, page_metadata, saved_from
from coopnlp.extract.html_text import words_in

if TYPE_CHECKING:
    from coopnlp.extract.saved_pages import Beside
    from coopnlp.types import Extraction, Metadata, Source

__all__ = ["read_html"]

_CHARSET = re.compile(
    rb"""(?i)<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-z0-9_:.-]+)|^<\?xml[^>]*encoding=["']([^"']+)"""
)
#: A page with fewer words, and an article in its data or in <noscript>, is one that scripts fill.
_FEW_WORDS = 30
#: Pages of 1999 forget to close <font> hundreds of times. Elements that say nothing go until the tree is this flat.
_MAX_DEPTH = 150
_FLATTENED = (
    ("font", "big", "small", "tt", "nobr", "center", "basefont"),
    ("span", "i", "em", "u", "b", "strong"),
    ("div",),
)
#: libxml2 stops here (HTML_MAX_DEPTH with huge trees is 2048), and what is deeper is lost.
_LOST_DEPTH = 2040
_REFRESH = re.compile(r"(?i)\s*\d*\s*[;,]?\s*url\s*=\s*['\"]?([^'\"\s]+)")
_DOCUMENTS = re.compile(r"(?i)\.(?:pdf|docx?|odt|rtf|xlsx?|pptx?)(?:[?#]|$)")


@dataclass
class Page:
    """What one page, frames apart, gave."""

    metadata: Metadata
    pieces: list[Piece] = field(default_factory=list)
    removed: Counter[str] = field(default_factory=Counter)
    dropped: list[Piece] = field(default_factory=list)
    #: Frames of a frameset, in order.
    frames: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    from_data: bool = False
    leads_to: str | None = None


def read_html(
    data: bytes,
    source: Source,
    charset: str | None = None,
    *,
    beside: Beside | None = None,
    url: str | None = None,
) -> Extraction:
    """Return the content of a page; what was left out is in the notices.

    Parameters
    ----------
    beside
        Finds the pages in its frames. The identity of the source stays that of the page alone.
    url
        Where the page came from, if the source does not say.

    Raises
    ------
    NoText
        The page shows no text: a frame set without its frames, or a page that scripts fill.
    UnreadableFile
        The bytes cannot be read as HTML.
    """
    page = read_page(data, source.name, charset, url or source.url)
    frames = Frames(beside, saved_from(data), lambda found: read_page(found.data, found.name, found.charset, None))
    content = frames.content(page)
    if not content:
        raise NoText(source.name, *_why_no_text(frames.unread, page.leads_to))
    builder = Builder()
    for piece in content:
        if piece.cells:
            builder.add_cells(piece.kind, piece.cells)
        else:
            builder.add(piece.kind, piece.text, level=piece.level)
    _note(builder, page, frames)
    few = sum(words_in(piece.text) for piece in content) < _FEW_WORDS
    if few and len(data) > 20 * _FEW_WORDS and b"<script" in data.lower() and not page.from_data:
        builder.notice("page_empty", "Page presque sans texte, que des scripts remplissent sans doute.")
    return builder.build(source, page.metadata)


def read_page(data: bytes, name: str, charset: str | None, url: str | None) -> Page:
    """Read one page without its frames."""
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
    root, markup = _parse(markup, name)
    try:
        page = Page(page_metadata(root, markup, url or saved_from(data)))
        page.shown = _shown_documents(root)
        page.leads_to = _leads_to(root)
        page.frames = [address for frame in root.iter("frame") if (address := (frame.get("src") or "").strip())]
        if page.frames:
            _drop_frameset(root)
        body = article_body(root)
        removed = prune(root)
        pieces = pieces_of(_body(root))
        if not any(piece.text for piece in pieces) and removed and not page.frames:
            # the page is nothing but what usually surrounds content
            pieces, removed = pieces_of(_body(_parse(markup, name)[0])), Counter()
    except RecursionError as error:
        raise _too_deep(name) from error
    page.removed = removed
    said = []
    for piece in pieces:
        label = None if piece.cells else phrase_label(piece.text)
        if label is None:
            said.append(piece)
        else:
            removed[label] += words_in(piece.text)
    page.pieces, page.dropped = main_content(said, markup, page.metadata.title or "")
    if sum(words_in(piece.text) for piece in page.pieces) < _FEW_WORDS:
        _read_hidden(page, root, body)
    return page


def _parse(markup: str, name: str) -> tuple[Any, str]:
    """Return the tree of a page and its mark-up, which is flatter than it was where it was nested too deeply."""
    from lxml import etree, html

    # without huge_tree lxml leaves out, silently, what is nested over 256 deep
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        clean = markup.replace("\0", "").encode("utf-8", "replace")
        root = html.document_fromstring(clean, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableFile(name, f"cannot be read as HTML ({error})", "Open it in a browser.") from error
    depth = _depth(root)
    if depth >= _LOST_DEPTH:
        raise _too_deep(name)
    if depth <= _MAX_DEPTH:
        return root, markup
    for tags in _FLATTENED:
        if "div" in tags:
            _end_lines(root)
        etree.strip_tags(root, *tags)
        if _depth(root) <= _MAX_DEPTH:
            break
    # trafilatura, too, leaves out what is nested too deeply
    return root, etree.tostring(root, encoding="unicode", method="html")


def _end_lines(root: Any) -> None:
    """Put line breaks where divisions begin and end, which are about to go."""
    from lxml.etree import SubElement

    for division in list(root.iter("div")):
        SubElement(division, "br")
        first = SubElement(division, "br")
        first.tail, division.text = division.text, None
        division.insert(0, first)


def _depth(root: Any) -> int:
    from lxml.etree import iterwalk

    depth = deepest = 0
    for event, _ in iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _too_deep(name: str) -> UnreadableFile:
    return UnreadableFile(name, "its elements are nested too deeply", "Open it in a browser and save its text.")


def _body(root: Any) -> Any:
    body = root.find("body")
    return root if body is None else body


def _drop_frameset(root: Any) -> None:
    """Leave of a frame set what browsers without frames show, which sites of 1999 gave as a text or an excuse."""
    for noframes in list(root.iter("noframes")):
        noframes.tag = "div"
    for frame in list(root.iter("frame")):
        frame.drop_tag()


def _read_hidden(page: Page, root: Any, body: str | None) -> None:
    """Take the text of a page that scripts fill from its data, or from what it says without scripts."""
    shown = sum(words_in(piece.text) for piece in page.pieces)
    text = body or ""
    if not text:
        spare = [noscript for noscript in root.iter("noscript") if _body(root) in noscript.iterancestors()]
        for noscript in spare:
            noscript.tag = "div"
        found = [piece for noscript in spare for piece in pieces_of(noscript) if not phrase_label(piece.text)]
        if sum(words_in(piece.text) for piece in found) > max(_FEW_WORDS, 2 * shown):
            page.pieces, page.from_data = found, True
        return
    if words_in(text) > max(_FEW_WORDS, 2 * shown):
        heads = [piece for piece in page.pieces if piece.kind == "heading"]
        if not heads and page.metadata.title:
            heads = [Piece("heading", page.metadata.title, level=1)]
        page.pieces = heads + [Piece("paragraph", part) for part in re.split(r"\s*\n\s*", text) if part.strip()]
        page.from_data = True


def _shown_documents(root: Any) -> list[str]:
    """Return the addresses of documents that the page shows in its midst (a PDF in a viewer)."""
    found = []
    for element in root.iter("embed", "object", "iframe", "frame"):
        address = (element.get("src") or element.get("data") or "").strip()
        kind = (element.get("type") or "").lower()
        if address and (_DOCUMENTS.search(address) or kind == "application/pdf"):
            found.append(address)
    return list(dict.fromkeys(found))


def _leads_to(root: Any) -> str | None:
    """Return where a page sends its readers on by itself, as the first pages of old sites do."""
    for meta in root.iter("meta"):
        match = (
            _REFRESH.match(meta.get("content") or "") if (meta.get("http-equiv") or "").lower() == "refresh" else None
        )
        if match:
            return match[1]
    return None


def _why_no_text(frames: Sequence[str], leads_to: str | None) -> tuple[str, str]:
    if frames:
        return "a frame set without text of its own", f"Give the pages in its frames: {', '.join(frames[:5])}."
    if leads_to:
        return "the page only leads to another", f"Give that one: {leads_to}."
    return "the page shows no text", "If scripts fill it, open it in a browser and save or print it to PDF."


def _note(builder: Builder, page: Page, frames: Frames) -> None:
    """Say what was left out, and where the text is from if not from the page itself."""
    removed = page.removed + frames.removed
    if removed:
        parts = ", ".join(
            f"{label} ({counted(words, 'mot', 'mots')})" for label, words in sorted(removed.items()) if words
        )
        if parts:
            builder.notice("left_out", f"Absents du texte, autour du contenu : {parts}.")
    dropped = [piece for piece in page.dropped + frames.dropped if piece.text]
    if dropped:
        words = sum(words_in(piece.text) for piece in dropped)
        shown = "; ".join(f"« {_shown(piece.text)} »" for piece in dropped[:5])
        builder.notice(
            "left_out",
            f"Absents du texte : {counted(len(dropped), 'passage', 'passages')} de liens "
            f"ou hors de l'article ({counted(words, 'mot', 'mots')}) : {shown}",
        )
    if removed[PAYWALL]:
        builder.notice("truncated", "Sans doute coupé : la page renvoie à un abonnement pour lire la suite.")
    if page.from_data:
        builder.notice("guessed", "Texte pris des données de la page, que des scripts affichent.")
    if frames.read:
        builder.notice("joined", f"Cadres lus avec la page : {', '.join(frames.read[:10])}.")
    documents = [address for address in page.shown if address not in frames.read]
    if documents:
        builder.notice("left_out", f"Documents montrés dans la page, à lire à part : {', '.join(documents[:5])}.")
    unread = [address for address in frames.unread if address not in documents]
    if unread:
        builder.notice("left_out", f"Cadres non lus, qui sont des pages à part : {', '.join(unread[:5])}.")


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"
