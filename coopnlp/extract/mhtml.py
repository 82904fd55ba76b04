"""MHTML: a web page saved as one file (RFC 2557), as Chrome, Edge and Internet Explorer write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

from coopnlp.errors import NoText, UnreadableFile
from coopnlp.extract.saved_pages import MAX_FRAME_BYTES, Neighbour

if TYPE_CHECKING:
    from coopnlp.types import Extraction, Source

__all__ = ["is_mhtml", "read_mhtml"]

_HEAD_BYTES = 8192
_RELATED = re.compile(rb"(?im)^content-type:\s*multipart/related\b")
#: What tells a saved page from a letter with pictures, which is multipart/related too.
_SAVED = re.compile(
    rb"(?im)^(?:snapshot-content-location:|from:\s*\"?<?(?:saved by|enregistr)|x-mimeole: .*saved|content-location:)"
)
_MAX_PARTS = 2000
_PAGES = ("text/html", "application/xhtml+xml")


def is_mhtml(data: bytes, suffix: str) -> bool:
    """Tell whether the bytes are a page saved as MHTML, and not a letter with pictures."""
    head = re.split(rb"\r?\n\r?\n", data[:_HEAD_BYTES].lstrip(), maxsplit=1)[0]
    if not re.match(rb"[A-Za-z-]+:", head):
        return False
    named = suffix in (".mht", ".mhtml")
    multipart = _RELATED.search(head) is not None
    return (multipart and (named or _SAVED.search(head) is not None)) or (named and b"mime-version" in head.lower())


def read_mhtml(data: bytes, source: Source) -> Extraction:
    """Return the content of the page, with that of its frames; see :func:`coopnlp.extract.html.read_html`.

    Raises
    ------
    UnreadableFile
        The file is damaged, or none of its parts is a page.
    NoText
        The page shows no text.
    """
    from coopnlp.extract.html import read_html

    try:
        message = message_from_bytes(data)
        parts = [part for part, _ in zip(_leaves(message), range(_MAX_PARTS), strict=False)]
        root = _root(message, parts)
        markup = None if root is None else _payload(root)
    except (MessageError, LookupError, ValueError, RecursionError, AssertionError, TypeError) as error:
        raise UnreadableFile(source.name, f"a damaged MHTML file ({error})", "Save the page anew.") from error
    if root is None or markup is None:
        raise UnreadableFile(source.name, "an MHTML file without a page in it", "Save the page anew.")
    if not markup.strip():
        raise NoText(source.name, "the saved page is empty", "Save the page anew, when it is loaded whole.")
    url = _header(message, "Snapshot-Content-Location") or _header(root, "Content-Location")
    beside = _Parts(tuple(part for part in parts if part is not root), url or "")
    return read_html(
        markup,
        source,
        root.get_content_charset(),
        beside=beside,
        url=url if url and url.startswith(("http://", "https://")) else None,
    )


@dataclass(frozen=True)
class _Parts:
    """The other parts of the file, by Content-Location and Content-ID."""

    parts: tuple[Message, ...]
    base: str

    def find(self, address: str) -> Neighbour | None:
        """Return the page that a frame shows, where it is a part of the file."""
        wanted = urldefrag(address.strip()).url
        absolute = urljoin(self.base, wanted)
        for part in self.parts:
            place = urldefrag(_header(part, "Content-Location") or "").url
            name = f"cid:{(_header(part, 'Content-ID') or '').strip('<>')}"
            if wanted.lower() == name.lower() or (place and urljoin(self.base, place) == absolute):
                data = _payload(part) if part.get_content_type() in _PAGES else None
                if data is None or len(data) > MAX_FRAME_BYTES:
                    return None
                rest = tuple(other for other in self.parts if other is not part)
                return Neighbour(place or wanted, data, part.get_content_charset(), _Parts(rest, place or self.base))
        return None


def _leaves(message: Message) -> Iterator[Message]:
    for part in message.walk():
        if not part.is_multipart():
            yield part


def _root(message: Message, parts: list[Message]) -> Message | None:
    """Return the part that is the page: named by ``start`` (RFC 2387, 3.2), else the first page."""
    start = str(message.get_param("start") or "").strip("<>")
    pages = [part for part in parts if part.get_content_type() in _PAGES]
    named = (part for part in pages if start and (_header(part, "Content-ID") or "").strip("<>") == start)
    return next(named, pages[0] if pages else None)


def _payload(part: Message) -> bytes | None:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else None


def _header(part: Message, name: str) -> str | None:
    value = part.get(name)
    if value is None:
        return None
    try:
        return str(make_header(decode_header(str(value)))).strip()
    except (ValueError, LookupError):
        return str(value).strip()
