"""Which format a source has: its bytes first, its name second."""

from __future__ import annotations

import re
import zipfile
from enum import Enum
from io import BytesIO
from pathlib import PurePosixPath

from coopnlp.errors import EncryptedFile, NoText, UnknownFormat, UnreadableFile
from coopnlp.extract.containers import MAX_DEPTH, ZIP_ERRORS, open_container
from coopnlp.extract.decode import looks_binary
from coopnlp.extract.mail_parts import is_mail, is_mailbox
from coopnlp.extract.mhtml import is_mhtml

__all__ = ["READABLE", "Format", "detect"]

READABLE = (
    "Readable are PDF, DOCX, HTML, MHTML, plain text, Markdown, XLSX, CSV, EML, ZIP archives of these and, with "
    "LibreOffice, DOC, RTF, ODT, XLS, ODS."
)


class Format(Enum):
    """A format that is read; the value is its media type."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    DOC = "application/msword"
    RTF = "application/rtf"
    ODT = "application/vnd.oasis.opendocument.text"
    XLS = "application/vnd.ms-excel"
    XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"
    EML = "message/rfc822"
    HTML = "text/html"
    MHTML = "multipart/related"
    MARKDOWN = "text/markdown"
    CSV = "text/csv"
    TEXT = "text/plain"
    IMAGE = "image/*"


_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")
#: Word 2 and before, whose files are no compound files; LibreOffice has a reader for them.
_OLD_WORD = (b"\xdb\xa5\x2d\0", b"\x9b\xa5\x21\0")
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
    b"\xffWPC": "a WordPerfect file",
    b"\x31\xbe": "a Microsoft Write file",
    b"\x78\x9f\x3e\x22": "the mail data of Outlook (winmail.dat)",
    b"ID3": "a sound file",
    b"RIFF": "a sound or film file",
    b"SQLite format 3\0": "a SQLite database",
    b"%!PS": "a PostScript file",
}
_MAIN_PARTS = {
    Format.DOCX: re.compile(r"(?i)word/document\d*\.xml"),
    Format.XLSX: re.compile(r"(?i)xl/workbook\d*\.xml"),
    Format.XLSB: re.compile(r"(?i)xl/workbook\d*\.bin"),
}
#: Classes that Office gives to the root of its files, in the byte order of the file.
_CLASSES: dict[bytes, Format | str] = {
    bytes.fromhex("0609020000000000c000000000000046"): Format.DOC,
    bytes.fromhex("0009020000000000c000000000000046"): Format.DOC,  # Word 6 and 95
    bytes.fromhex("2008020000000000c000000000000046"): Format.XLS,
    bytes.fromhex("1008020000000000c000000000000046"): Format.XLS,  # Excel 5 and 95
    bytes.fromhex("0b0d020000000000c000000000000046"): "an Outlook message",
    bytes.fromhex("108d81649b4fcf1186ea00aa00b929e8"): "a PowerPoint file",
}
#: Streams that tell the kind of a file without a class, the most telling ones first.
_STREAMS: dict[str, Format | str] = {
    "__nameid_version1.0": "an Outlook message",
    "PowerPoint Document": "a PowerPoint file",
    "WordDocument": Format.DOC,
    "Workbook": Format.XLS,
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
        There are no bytes, or white space only; an archive that holds no file.
    EncryptedFile
        An Office file with a password.
    UnreadableFile
        The name says PDF and the bytes say otherwise; a damaged ZIP or Word file.
    TooLarge
        An archive of more members, or larger ones, than documents make.
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
    if data[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        return Format.RTF
    if data.startswith(_OLD_WORD):
        return Format.DOC
    if is_mhtml(data, suffix):
        return Format.MHTML
    if is_mail(data, suffix):
        return _mail_format(data, name)
    if data.startswith(_IMAGES):
        return Format.IMAGE
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
    if media_type == "text/csv":
        return Format.CSV
    return _BY_NAME.get(suffix, Format.TEXT)


def _mail_format(data: bytes, name: str) -> Format:
    if is_mailbox(data):
        raise UnknownFormat(name, "a mailbox of several messages", "Save them from a mail program as EML, one a file.")
    return Format.EML


def _zip_format(data: bytes, name: str, suffix: str) -> Format:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = {member.replace("\\", "/") for member in archive.namelist()}
            mime = manifest = b""
            if "mimetype" in members and archive.getinfo("mimetype").file_size < 200:
                mime = archive.read("mimetype").strip()
            if (
                mime
                and "META-INF/manifest.xml" in members
                and archive.getinfo("META-INF/manifest.xml").file_size < 10**7
            ):
                manifest = archive.read("META-INF/manifest.xml")
    except ZIP_ERRORS as error:
        raise UnreadableFile(
            name, f"a damaged ZIP or Office file ({error})", "Get it anew from where it came."
        ) from error
    for kind, main in _MAIN_PARTS.items():
        if any(main.fullmatch(member) for member in members):
            return kind
    if b"encryption-data" in manifest:
        raise EncryptedFile(name, "opening it needs a password", "Save a copy without the password.")
    if mime.startswith(b"application/vnd.oasis.opendocument.text"):
        return Format.ODT
    if mime.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return Format.ODS
    if suffix == ".zip":
        open_container(BytesIO(data), name)  # says why it cannot be listed, where that is so
        raise UnknownFormat(
            name,
            "a ZIP archive is no document",
            "Give it as an input of a batch, or list its members with coopnlp.extract.sources; "
            f"one that lies over {MAX_DEPTH - 1} archives deep has to be unpacked.",
        )
    if suffix in (".pdf", ".docx", ".xlsx", ".odt", ".doc"):
        raise UnreadableFile(
            name,
            f"the name says {suffix[1:].upper()}, the bytes are another kind of ZIP archive",
            "Rename it to .zip if it is an archive of documents.",
        )
    raise UnknownFormat(name, "a ZIP-based format that is not read", READABLE)


def _ole_format(data: bytes, name: str) -> Format:
    # Names of streams stand in UTF-16 in the directory of a compound file ([MS-CFB] 2.6.1); those of
    # embedded objects too, so what the whole file is stands first in the root entry, as a class.
    kind = _CLASSES.get(_root(data)[80:96])
    if _has_stream(data, "EncryptedPackage"):
        raise EncryptedFile(name, "opening it needs a password", "Save a copy without the password.")
    if kind is None:
        kind = next((found for stream, found in _STREAMS.items() if _has_stream(data, stream)), "")
    if kind is Format.DOC and _is_encrypted_word(data):
        raise EncryptedFile(name, "opening it needs a password", "Save a copy without the password.")
    if isinstance(kind, Format):
        return kind
    if not kind and not _root(data).startswith("Root Entry".encode("utf_16_le")):
        raise UnreadableFile(name, "a damaged Office file, or a part of one", "Get it anew from where it came.")
    raise UnknownFormat(
        name,
        kind or "an old Office file of a kind that is not read",
        "Save the message as EML from a mail program."
        if "Outlook" in kind
        else "Save it as XLSX, DOCX or PDF with LibreOffice.",
    )


def _has_stream(data: bytes, stream: str) -> bool:
    return stream.encode("utf_16_le") in data


def _root(data: bytes) -> bytes:
    """Return the root entry of a compound file ([MS-CFB] 2.2, 2.6.1); less where the file is cut before it."""
    sector = 1 << min(int.from_bytes(data[30:32], "little"), 12)
    at = (int.from_bytes(data[48:52], "little") + 1) * sector
    return data[at : at + 128]


def _is_encrypted_word(data: bytes) -> bool:
    """Read fEncrypted in the header of the Word stream ([MS-DOC] 2.5.2), which begins at a sector."""
    for at in range(512, len(data) - 12, 512):
        if data[at : at + 2] == b"\xec\xa5":
            return bool(data[at + 11] & 0x01)
    return False
