"""Which pieces of a page are its main content."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coopnlp.extract.html_blocks import Piece
from coopnlp.extract.html_chrome import mark_related
from coopnlp.extract.html_metadata import MAX_TRAFILATURA
from coopnlp.extract.html_text import words_in
from coopnlp.text import fold

__all__ = ["main_content"]

#: Labels, rows of tables and values together: from this many on a page is a record.
_RECORD_ROWS = 6
_SHINGLE = 4
#: What sites write below their pages.
_FOOT = re.compile(
    r"(?i)\W*(?:©|copyright\b|tous droits réservés|mentions légales|plan du site|crédits?(?: photos?)?\s*(?:$|[-|])"
    r"|webmaster|powered by|propulsé par|site (?:réalisé|créé|conçu|optimisé|hébergé) (?:par|avec|sous|pour|chez)"
    r"|haut de page|retour (?:à l'accueil|en haut|au sommaire|au menu))"
)
_MAX_FOOT = 200


def main_content(pieces: Sequence[Piece], markup: str, title: str) -> tuple[list[Piece], list[Piece]]:
    """Return the pieces of the main content and those that are not, both in order.

    Parameters
    ----------
    title
        That of the page: a heading that it holds stays, though it is a link to the page itself.
    """
    mark_related(pieces)
    kept = _without_foot(_with_heads(pieces, _content(pieces, markup), fold(title)))
    ids = {id(piece) for piece in kept}
    return kept, [piece for piece in pieces if id(piece) not in ids]


def _content(pieces: Sequence[Piece], markup: str) -> list[Piece]:
    rows = sum(len({cell.row for cell in piece.cells}) for piece in pieces if piece.kind in ("form", "table"))
    pairs = sum(len({cell.row for cell in piece.cells}) for piece in pieces if piece.kind == "form")
    pairs += sum(piece.label for piece in pieces)
    # a page that is nothing but links is an index, and its links are its content
    unlinked = [piece for piece in pieces if not _is_menu(piece)] or list(pieces)
    if pairs >= _RECORD_ROWS / 2 or rows >= 2 * _RECORD_ROWS or len(markup) > MAX_TRAFILATURA:
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
        least = 3 if at < first else 1 if (at <= last or piece.kind == "list_item") and not piece.linked else 12
        prose = piece.linked < 0.3 and words_in(piece.text) >= least
        titled = piece.kind == "heading" and piece.linked < 0.5 and (at <= last or _has_text(pieces[at + 1 : at + 2]))
        structured = (piece.label or piece.kind in ("table", "form")) and not _is_menu(piece)
        if not piece.menu and (found[at] or prose or titled or structured or piece.frame):
            kept.append(piece)
    return kept


def _has_text(below: Sequence[Piece]) -> bool:
    """Tell whether an item without links, which stays, stands right below a heading."""
    return bool(below) and below[0].kind == "list_item" and not below[0].linked


def _with_heads(pieces: Sequence[Piece], kept: Sequence[Piece], title: str) -> list[Piece]:
    """Add the heading that the page is called by; leave out headings of menus, of which nothing is kept."""
    ids = {id(piece) for piece in kept}
    result = []
    for at, piece in enumerate(pieces):
        named = piece.kind == "heading" and (folded := fold(piece.text)) != "" and _is_named(folded, title)
        if named and piece.linked > 0.5:
            if at + 1 < len(pieces) and id(pieces[at + 1]) in ids and pieces[at + 1].linked < 0.5:
                result.append(piece)
            continue
        if id(piece) not in ids:
            continue
        if piece.kind == "heading" and not named and (piece.level or 1) > 1:
            below = []
            for after in pieces[at + 1 :]:
                if after.kind == "heading":
                    break
                below.append(after)
            if below and not any(id(after) in ids for after in below):
                continue
        result.append(piece)
    return result


def _is_named(heading: str, title: str) -> bool:
    """Tell whether a heading of two words at least is in the title of the page."""
    return " " in heading and f" {heading} " in f" {title} "


def _without_foot(pieces: list[Piece]) -> list[Piece]:
    end = len(pieces)
    while end > 1 and len(pieces[end - 1].text) <= _MAX_FOOT and _FOOT.match(pieces[end - 1].text):
        end -= 1
    return pieces[:end]


def _is_menu(piece: Piece) -> bool:
    """Tell whether a piece is nothing but links, as the entries of menus are."""
    if piece.frame:
        return False
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
    if not folded:
        return False
    words = folded.split()
    if len(words) < _SHINGLE + 2:
        # an item's number is not in trafilatura's text; its lines are those that line breaks made
        bare = re.sub(r"^(?:\d+ )", "", folded)
        return folded in lines or bare in lines or all(fold(line) in lines for line in piece.text.split("\n"))
    runs = [tuple(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1)]
    return sum(run in shingles for run in runs) * 2 >= len(runs)
