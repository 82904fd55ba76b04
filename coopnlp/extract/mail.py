"""Mail messages (EML): the headers as a form, the body as text or HTML; attachments are sources of their own."""

from __future__ import annotations

from datetime import datetime
from email.utils import getaddresses, parsedate_to_datetime
from typing import TYPE_CHECKING

from coopnlp.extract.builder import Builder, GridCell, counted
from coopnlp.extract.decode import decode
from coopnlp.extract.mail_parts import Message, parse
from coopnlp.extract.plain import find_blocks
from coopnlp.text import normalise

if TYPE_CHECKING:
    from coopnlp.types import Extraction, Metadata, Source

__all__ = ["read_mail"]

_HEADERS = (("From", "De"), ("To", "À"), ("Cc", "Copie"), ("Date", "Date"), ("Subject", "Objet"))
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


def read_mail(data: bytes, source: Source) -> Extraction:
    """Return a message: who wrote to whom, when and of what, then the body.

    Of a body in two forms the text is read, the HTML where the text is only a
    remark or lacks a tenth of its words; a notice counts what the other has more.
    Attachments are not part of the text: ``sources`` lists them
    (``courriel.eml/convention.pdf``), and a notice names them.

    Raises
    ------
    EncryptedFile
        Its content is encrypted.
    TooLarge, UnreadableFile
        It has more parts, or deeper ones, than a message has.
    """
    message = parse(data, source.name)
    builder = Builder()
    date = _date(message.header("Date"))
    rows = [(label, _spelt(date) if name == "Date" and date else message.header(name)) for name, label in _HEADERS]
    rows = [(label, value) for label, value in rows if value]
    builder.add_cells(
        "form",
        [
            GridCell(row, column, text, header=column == 0)
            for row, pair in enumerate(rows)
            for column, text in enumerate(pair)
        ],
    )
    for content, charset, kind in message.body:
        text, encoding = decode(content, charset)
        if kind == "text/html":
            _add_page(builder, text)
        else:
            _add_text(builder, text)
        if "\ufffd" in text:
            builder.notice("encoding", f"Octets sans valeur dans l'encodage du message ({encoding}), lus \ufffd.")
    if message.attachments:
        names = ", ".join(attachment.name for attachment in message.attachments)
        builder.notice("attachments", f"Pièces jointes, lues à part : {names}.")
    if message.unread_words:
        what = counted(message.unread_words, "mot qui manque", "mots qui manquent")
        builder.notice("left_out", f"L'autre forme du message (texte ou HTML), non lue, a {what} dans celle-ci.")
    if message.pictures:
        builder.notice("left_out", f"Sans lecture : {counted(message.pictures, 'image', 'images')} dans le corps.")
    return builder.build(source, _metadata(message, date))


def _add_text(builder: Builder, text: str) -> None:
    text = normalise(text)
    for block in find_blocks(text):
        if block.cells:
            cells = [GridCell(c.row, c.column, text[c.start : c.end], header=c.header) for c in block.cells]
            builder.add_cells(block.kind, cells)
        else:
            builder.add(block.kind, text[block.start : block.end], level=block.level)


def _add_page(builder: Builder, markup: str) -> None:
    """Add all of an HTML body: a message has no menus to leave out."""
    from lxml import etree, html

    from coopnlp.extract.html_blocks import pieces_of

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = html.document_fromstring(markup.replace("\0", "").encode("utf-8", "replace"), parser=parser)
        body = root.find("body")
        pieces = pieces_of(root if body is None else body)
    except (etree.LxmlError, ValueError, AssertionError, RecursionError):
        builder.notice("damaged", "Corps HTML illisible, absent du texte.")
        return
    for piece in pieces:
        if piece.cells:
            builder.add_cells(piece.kind, piece.cells)
        else:
            builder.add(piece.kind, piece.text, level=piece.level)


def _metadata(message: Message, date: datetime | None) -> Metadata:
    from coopnlp.types import Metadata

    authors = [name or address for name, address in getaddresses([message.header("From")])]
    return Metadata(
        title=message.header("Subject") or None,
        author=", ".join(filter(None, authors)) or None,
        date=None if date is None else date.date().isoformat(),
        language=message.header("Content-Language")[:2].lower() or None,
    )


def _date(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _spelt(date: datetime) -> str:
    """Return the date as its sender saw it: « 14 mars 2011, 10:05 »."""
    day = "1er" if date.day == 1 else str(date.day)
    return f"{day} {_MONTHS[date.month - 1]} {date.year}, {date:%H:%M}"
