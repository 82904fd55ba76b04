"""Which format a source has: its bytes first, its name second."""

from __future__ import annotations

import re
import zipfile
import zlib
from enum import Enum
from io import BytesIO
from pathlib import PurePosixPath

from coopnlp.errors import EncryptedFile, NoText, UnknownFormat, UnreadableFile
from coopnlp.extract.decode import looks_binary
from coopnlp.extract.mhtml import is_mhtml

__all__ = ["READABLE", "Format", "detect"]

READABLE = "Readable are PDF, DOCX, HTML, MHTML, plain text, Markdown, XLSX, CSV and, with LibreOffice, DOC, RTF, ODT."


class Format(Enum):
    """A format that is read; the value is its media type."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    DOC = "application/msword"
    RTF = "application/rtf"
    ODT = "application/vnd.oasis.opendocument.text"
    HTML = "text/html"
    MHTML = "multipart/related"
    MARKDOWN = "text/markdown"
    CSV = "text/csv"
    TEXT = "text/plain"
    IMAGE = "image/*"


_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Other formats that archives hold, to name them rather than call them binary.
_OTHERS = {
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"GIF8": "a GIF image",
    b"BM": "a BMP image",
    b"ID3": "a sound file",
    b"RIFF": "a sound or film file",
    b"SQLite format 3\0": "a SQLite database",
    b"%!PS": "a PostScript file",
}
_HTML_START = re.compile(rb"(?is)^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|title|meta)\b")
_XML_START = re.compile(rb"^\s*<\?xml\b")
_TAG = re.compile(rb"(?i)<(html|head|body|table|div|p|h[1-6]|br|ul|font|center)\b[^>]*>")
_BY_NAME = {".md": Format.MARKDOWN, ".markdown": Format.MARKDOWN, ".csv": Format.CSV, ".tsv": Format.CSV}


def detect(data: bytes, name: str, media_type: str | None = None) -> Format:
    """Return the format of the bytes.

    Parameters
    ----------
    media_type
        What a server said of it; weighs like the name.

    Raises
    ------
    NoText
        There are no bytes, or white space only.
    EncryptedFile
        A Word or Excel file with a password.
    UnreadableFile
        The name says PDF and the bytes say otherwise; a damaged ZIP or Word file.
    UnknownFormat
        None of the formats above; the message names what it is where that is known.
    """
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf"):
        problem = "the file is empty" if not data else "the file holds nothing but blanks"
        raise NoText(name, problem, "Check that it was copied whole.")
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    head = data[:1024]
    if b"%PDF-" in head and not _HTML_START.match(head):
        return Format.PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_format(data, name, suffix)
    if data.startswith(_OLE):
        return _ole_format(data, name)
    if data.startswith(b"{\\rtf"):
        return Format.RTF
    if data.startswith(_IMAGES):
        return Format.IMAGE
    if is_mhtml(data, suffix):
        return Format.MHTML
    if looks_binary(data):
        what = next((label for magic, label in _OTHERS.items() if data.startswith(magic)), "no text")
        if suffix in (".pdf", ".docx", ".xlsx", ".odt", ".doc"):
            raise UnreadableFile(
                name,
                f"the name says {suffix[1:].upper()}, the bytes do not",
                "The file is damaged or misnamed; get it anew from where it came.",
            )
        raise UnknownFormat(name, f"its bytes are {what}", READABLE)
    if suffix in (".pdf", ".docx", ".xlsx", ".odt"):
        raise UnreadableFile(
            name,
            f"the name says {suffix[1:].upper()}, the bytes are text",
            "It may be an error page saved under that name; open it in a text editor.",
        )
    return _text_format(data, name, suffix, media_type)


def _text_format(data: bytes, name: str, suffix: str, media_type: str | None) -> Format:
    head = data[:4096].removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")[2:]
    named_html = suffix in (".htm", ".html", ".xhtml", ".shtml", ".asp", ".php") or "html" in (media_type or "")
    if _HTML_START.match(head) or (named_html and _TAG.search(data[:200_000])):
        return Format.HTML
    if head.lstrip().startswith(b"<") and len(_TAG.findall(head)) >= 3:
        return Format.HTML
    if _XML_START.match(head):
        raise UnknownFormat(name, "XML of a vocabulary that is not read", READABLE)
    if suffix == ".eml":
        raise UnknownFormat(name, "mail is not read yet", "Save the message as HTML, text or PDF.")
    return _BY_NAME.get(suffix, Format.TEXT)


def _zip_format(data: bytes, name: str, suffix: str) -> Format:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = set(archive.namelist())
            mime = b""
            if "mimetype" in members and archive.getinfo("mimetype").file_size < 200:
                mime = archive.read("mimetype").strip()
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError, OSError) as error:
        raise UnreadableFile(
            name, f"a damaged ZIP or Office file ({error})", "Get it anew from where it came."
        ) from error
    if "word/document.xml" in members:
        return Format.DOCX
    if "xl/workbook.xml" in members:
        return Format.XLSX
    if mime.startswith(b"application/vnd.oasis.opendocument.text"):
        return Format.ODT
    if suffix == ".zip":
        raise UnknownFormat(
            name,
            "a ZIP archive is no document",
            "Give it as an input of a batch, or list its members with coopnlp.extract.sources.",
        )
    if suffix in (".pdf", ".docx", ".xlsx", ".odt", ".doc"):
        raise UnreadableFile(
            name,
            f"the name says {suffix[1:].upper()}, the bytes are another kind of ZIP archive",
            "Rename it to .zip if it is an archive of documents.",
        )
    raise UnknownFormat(name, "a ZIP-based format that is not read", READABLE)


def _ole_format(data: bytes, name: str) -> Format:
    # Names of streams stand in UTF-16 in the directory of a compound file ([MS-CFB] 2.6.1).
    if "EncryptedPackage".encode("utf_16_le") in data:
        raise EncryptedFile(name, "opening it needs a password", "Save a copy without the password.")
    if "WordDocument".encode("utf_16_le") in data:
        return Format.DOC
    raise UnknownFormat(
        name,
        "an old Office file (Excel, PowerPoint, Outlook or the like)",
        "Save it as XLSX, DOCX or PDF with LibreOffice.",
    )
