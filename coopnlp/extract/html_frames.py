"""Frames: the pages that a page shows, read in their places where they lie beside it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coopnlp.errors import ExtractionError
from coopnlp.extract.html_metadata import saved_from
from coopnlp.extract.html_text import words_in

if TYPE_CHECKING:
    from coopnlp.extract.html import Page
    from coopnlp.extract.html_blocks import Piece
    from coopnlp.extract.saved_pages import Beside, Neighbour

__all__ = ["Frames"]

#: Framesets of municipal sites have two to four frames; pages of the press dozens, of advertisements.
_MAX_FRAMES = 20
_MAX_DEPTH = 3
#: A frame with fewer words outside links is a menu, a banner or a counter, where another has more.
_TEXT_WORDS = 15


class Frames:
    """Reads the frames of a page and of those in them.

    ``read`` and ``unread`` are their addresses as pages write them, ``removed``
    and ``dropped`` what was left out of them.

    Parameters
    ----------
    origin
        Where the page was saved from: frames of other sites are no content.
    """

    def __init__(self, beside: Beside | None, origin: str | None, read_page: Callable[[Neighbour], Page]) -> None:
        self._beside = beside
        self._origin = origin
        self._read_page = read_page
        self._seen: set[str] = set()
        self._tried = 0
        self.read: list[str] = []
        self.unread: list[str] = []
        self.removed: Counter[str] = Counter()
        self.dropped: list[Piece] = []

    def content(self, page: Page) -> list[Piece]:
        """Return the pieces of a page with those of its frames in their places."""
        return self._content(page, self._beside, _MAX_DEPTH)

    def _content(self, page: Page, beside: Beside | None, depth: int) -> list[Piece]:
        if page.frames:
            found = [self._frame(address, beside, depth) for address in page.frames]
            shown = self._without_menus([inner for inner in found if inner is not None])
            if shown:
                return shown
        pieces: list[Piece] = []
        for piece in page.pieces:
            if piece.frame is None:
                pieces.append(piece)
                continue
            inner = self._frame(piece.frame, beside, depth)
            if inner and _text_words(inner) >= _TEXT_WORDS:
                pieces += inner
            elif inner:
                self.dropped += inner
        return pieces

    def _frame(self, address: str, beside: Beside | None, depth: int) -> list[Piece] | None:
        """Return the pieces of a frame; None where it cannot be read."""
        if address.lower().startswith(("about:", "javascript:", "data:", "blob:")):
            return None
        found = None
        if depth > 0 and beside is not None and self._tried < _MAX_FRAMES:
            self._tried += 1
            found = beside.find(address)
        if found is None or not _is_page(found.data) or self._is_foreign(found.data):
            self.unread.append(address)
            return None
        digest = hashlib.sha256(found.data).hexdigest()
        if digest in self._seen:  # a frame that shows the page it is in
            return None
        self._seen.add(digest)
        try:
            page = self._read_page(found)
        except ExtractionError:
            self.unread.append(address)
            return None
        self.read.append(address)
        self.removed += page.removed
        self.dropped += page.dropped
        return self._content(page, found.beside, depth - 1)

    def _without_menus(self, frames: Sequence[list[Piece]]) -> list[Piece]:
        """Return the pieces of the frames that hold the text; all of them where none does."""
        texts = [pieces for pieces in frames if _text_words(pieces) >= _TEXT_WORDS]
        if not texts:
            return [piece for pieces in frames for piece in pieces]
        self.dropped += [piece for pieces in frames if not any(pieces is text for text in texts) for piece in pieces]
        return [piece for pieces in texts for piece in pieces]

    def _is_foreign(self, data: bytes) -> bool:
        ours, theirs = (urlsplit(url).hostname if url else None for url in (self._origin, saved_from(data)))
        return ours is not None and theirs is not None and _site(ours) != _site(theirs)


def _site(host: str) -> str:
    """Return the last two names of a host, which its servers share: www.ville.fr, cartes.ville.fr."""
    return ".".join(host.split(".")[-2:])


def _text_words(pieces: Sequence[Piece]) -> int:
    return sum(words_in(piece.text) for piece in pieces if piece.linked < 0.5 and not piece.menu)


def _is_page(data: bytes) -> bool:
    from coopnlp.errors import CoopnlpError
    from coopnlp.extract.formats import Format, detect

    try:
        return detect(data, "cadre.html") is Format.HTML
    except CoopnlpError:
        return False
