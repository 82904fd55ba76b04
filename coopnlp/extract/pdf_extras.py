"""What a PDF holds beside its pages: properties, outline, attached files."""

from __future__ import annotations

import ctypes
import datetime
import re
from collections.abc import Sequence
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from coopnlp.extract.builder import counted, tidy

if TYPE_CHECKING:
    from coopnlp.types import Metadata

__all__ = ["read_attachments", "read_metadata", "read_outline"]

#: Files that lie about themselves list millions.
_MAX_ATTACHMENTS = 500
_MAX_OUTLINE = 2_000
_LANGUAGE_UNITS = 64


def read_metadata(document: Any) -> Metadata:
    """Return title, author, day of creation, language and number of pages as the file states them."""
    from coopnlp.types import Metadata

    fields = document.get_metadata_dict(skip_empty=True)
    title = tidy(re.sub(r"^Microsoft (?:Word|PowerPoint|Excel) - ", "", fields.get("Title", "")))
    if re.fullmatch(r"\S+\.\w{2,4}|(?i:\(?anonymous\)?|sans titre.*|untitled.*|document\d*)", title):
        title = ""  # a file name or a default is no title
    author = tidy(fields.get("Author", ""))
    if re.fullmatch(r"(?i)\(?anonymous\)?|user|utilisateur|admin(?:istrateur)?|unknown|inconnu", author):
        author = ""
    date = re.match(r"D?:?(\d{4})(\d{2})?(\d{2})?", fields.get("CreationDate", ""))
    language = re.match(r"[A-Za-z]{2}(?![A-Za-z])", _language(document))
    return Metadata(
        title=title or None,
        author=author or None,
        date=_date(date.groups()) if date else None,
        language=language[0].lower() if language else None,
        pages=len(document),
    )


def _date(parts: Sequence[str | None]) -> str | None:
    """Return year, month and day as far as they are there, ISO 8601; None where they are no date."""
    year, month, day = parts
    try:
        datetime.date(int(year or 0), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return "-".join(part for part in parts if part)


def _language(document: Any) -> str:
    import pypdfium2.raw as c

    buffer = (ctypes.c_ushort * _LANGUAGE_UNITS)()
    size = c.FPDFCatalog_GetLanguage(document.raw, buffer, 2 * _LANGUAGE_UNITS)
    if not 2 < size <= 2 * _LANGUAGE_UNITS:
        return ""
    return bytes(buffer)[: size - 2].decode("utf-16-le", "replace")


def read_outline(document: Any) -> list[tuple[str, int, int | None]]:
    """Return the bookmarks of a PDF as (title, depth from 0, 1-based page or None)."""
    import pypdfium2

    found: list[tuple[str, int, int | None]] = []
    try:
        for mark in document.get_toc():
            target = mark.get_dest()
            page = target.get_index() if target is not None else None
            found.append((tidy(mark.get_title()).replace("\n", " "), mark.level, None if page is None else page + 1))
            if len(found) >= _MAX_OUTLINE:
                break
    except pypdfium2.PdfiumError:
        pass  # a damaged outline: the pages are read all the same
    return [entry for entry in found if entry[0]]


def read_attachments(document: Any, pinned: list[str]) -> str | None:
    """Return what to say of attached files, those ``pinned`` to pages among them; None where there are none."""
    import pypdfium2

    names: list[str] = []
    count = max(0, document.count_attachments())
    for index in range(min(count, _MAX_ATTACHMENTS)):
        try:
            names.append(tidy(document.get_attachment(index).get_name()) or "sans nom")
        except pypdfium2.PdfiumError:
            names.append("illisible")
    names += pinned
    if not names:
        return None
    how_many = counted(max(count + len(pinned), len(names)), "fichier joint, non lu", "fichiers joints, non lus")
    return f"{how_many} : {shorten(', '.join(f'« {name} »' for name in names), 1000, placeholder=' …')}."
