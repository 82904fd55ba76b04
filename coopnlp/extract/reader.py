"""The door: a path, a URL or bytes in, an Extraction out, whatever the format."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from coopnlp.errors import NoText, UnreadableFile
from coopnlp.extract.formats import Format, detect
from coopnlp.extract.ocr_mode import OcrMode, using_ocr
from coopnlp.extract.sources import is_url, read_path, too_large
from coopnlp.text import legible

if TYPE_CHECKING:
    from coopnlp.extract.saved_pages import Beside
    from coopnlp.types import Extraction, Source

__all__ = ["MAX_BYTES", "extract"]

#: 200 MB: scanned volumes of an archive stay under it; files over it are mostly no documents.
MAX_BYTES = 200_000_000


def extract(
    source: str | Path | bytes,
    *,
    name: str | None = None,
    allow_private: bool = False,
    max_bytes: int = MAX_BYTES,
    ocr: OcrMode | None = None,
) -> Extraction:
    """Read a source into text and blocks.

    The format is told by the bytes first, by the name second. Nothing is kept
    of images, colours and page design; notices say what was left out.

    Parameters
    ----------
    source
        A path (also ``archive.zip/member``, ``message.eml/attachment``), an http(s) URL, or the bytes.
    name
        Name to show and to tell the format by, where the source has none.
    allow_private
        Let a URL lead to an address of the own network.
    max_bytes
        Limit on the source.
    ocr
        ``auto`` reads pages without a text layer and those whose layer is noise,
        ``always`` every page of a PDF, ``never`` none. By default what the
        variable ``COOPNLP_OCR`` says, else ``auto``.

    Raises
    ------
    UnknownFormat
        A format that is not read.
    UnreadableFile
        Missing, a folder, damaged, or not what its name says.
    EncryptedFile
        Opening it needs a password.
    NoText
        Empty, or images without a text layer where Tesseract is not installed.
    TooLarge
        Over ``max_bytes``, or unpacking to far more than it is.
    TimedOut
        An outside reader was stopped at its time limit.
    FetchError
        The URL may not or could not be fetched.

    Examples
    --------
    >>> from coopnlp.extract import extract
    >>> found = extract("# Jumelage\\n\\nTroyes et Tournai.".encode(), name="note.md")
    >>> [(block.kind, found.text[block.start : block.end]) for block in found.blocks]
    [('heading', '# Jumelage'), ('paragraph', 'Troyes et Tournai.')]
    """
    media_type = charset = url = path = None
    if isinstance(source, bytes):
        data = source
        shown = name or "bytes"
        if len(data) > max_bytes:
            raise too_large(shown, max_bytes)
    elif is_url(source):
        from coopnlp.extract.fetch import fetch

        fetched = fetch(str(source), allow_private=allow_private, max_bytes=max_bytes)
        data, media_type, charset, url = fetched.data, fetched.media_type, fetched.charset, fetched.url
        parts = urlsplit(url)
        shown = name or unquote(Path(parts.path).name) or parts.netloc
    else:
        path = Path(source)
        shown = name or path.name or str(path)
        data = read_path(path, max_bytes)
    kind = detect(data, shown, media_type)
    found = _source(data, shown, kind, path, url)
    with using_ocr(ocr):
        extraction = _read(data, kind, found, charset, _beside(path, url, allow_private))
    if not extraction.text.strip():
        if any(notice.kind == "damaged" for notice in extraction.notices):
            raise UnreadableFile(
                shown, "it is damaged, and nothing in it can be read", "Get it anew from where it came."
            )
        raise NoText(shown, "there is no text in it", "Open it to see whether it holds images only.")
    return extraction


def _source(data: bytes, name: str, kind: Format, path: Path | None, url: str | None) -> Source:
    from coopnlp.types import Source

    media_type = kind.value
    if kind is Format.IMAGE:
        media_type = "image/png" if data.startswith(b"\x89") else "image/jpeg" if data[:1] == b"\xff" else "image/tiff"
    return Source(
        name=legible(name),
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        size=len(data),
        path=None if path is None else legible(str(path)),
        url=url,
    )


def _beside(path: Path | None, url: str | None, allow_private: bool) -> Beside | None:
    """Return what finds the frames of a page."""
    if path is not None:
        from coopnlp.extract.saved_pages import FolderBeside

        folder = path.absolute().parent
        return FolderBeside(folder, folder)
    if url is not None:
        from coopnlp.extract.fetch import SiteBeside

        return SiteBeside(url, allow_private)
    return None


def _read(data: bytes, kind: Format, source: Source, charset: str | None, beside: Beside | None) -> Extraction:
    """Call the reader of the format; each is imported when it is first needed."""
    match kind:
        case Format.PDF:
            from coopnlp.extract.pdf import read_pdf

            return read_pdf(data, source)
        case Format.DOCX:
            from coopnlp.extract.docx import read_docx

            return read_docx(data, source)
        case Format.HTML:
            from coopnlp.extract.html import read_html

            return read_html(data, source, charset, beside=beside)
        case Format.MHTML:
            from coopnlp.extract.mhtml import read_mhtml

            return read_mhtml(data, source)
        case Format.XLSX:
            from coopnlp.extract.xlsx import read_xlsx

            return read_xlsx(data, source)
        case Format.CSV:
            from coopnlp.extract.sheets import read_csv

            return read_csv(data, source, charset)
        case Format.EML:
            from coopnlp.extract.mail import read_mail

            return read_mail(data, source)
        case Format.DOC | Format.RTF | Format.ODT | Format.XLS | Format.XLSB | Format.ODS:
            from coopnlp.extract.legacy import read_legacy

            return read_legacy(data, kind, source)
        case Format.IMAGE:
            from coopnlp.extract.image import read_image

            return read_image(data, source)
        case Format.TEXT | Format.MARKDOWN:
            from coopnlp.extract.plain import read_plain

            return read_plain(data, source, charset)
