"""Pages read by OCR: which ones, and what the reader is told of them.

A page without a text layer, or whose layer reads as noise, is rendered and read
by Tesseract; the words go the way of the words of a text layer, through the same
search for tables and the same layout.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, Any, Literal

from coopnlp.errors import TimedOut, UnreadableFile
from coopnlp.extract.builder import Builder, counted
from coopnlp.extract.ocr_mode import OcrMode, ocr_mode
from coopnlp.extract.pdf_rules import Frame
from coopnlp.extract.pdf_words import PageWords, Word
from coopnlp.extract.tesseract import INSTALL, ocr_is_installed
from coopnlp.extract.text_layer import is_noise, noise_share, sample

if TYPE_CHECKING:
    from PIL.Image import Image

    from coopnlp.extract.layout import Line
    from coopnlp.extract.scan import Scan
    from coopnlp.extract.tesseract import ReadWord

__all__ = [
    "DOUBTFUL",
    "INSTALL",
    "OcrWord",
    "add_confidence",
    "doubtful_notice",
    "ocr_is_installed",
    "read_page_image",
    "with_ocr",
]

#: A page of which a tenth of the characters have no meaning was made with fonts that do not say
#: which letters they draw: what is seen can only be read by OCR.
_MAX_UNMAPPED = 0.1
#: Pages under this mean confidence are to be looked at.
DOUBTFUL = 70.0
#: A page drawn by one picture is rendered as fine as the picture is; others as fine as Tesseract likes.
_MIN_DPI, _DPI, _MAX_DPI = 60.0, 300.0, 400.0
#: Larger sheets (A0 at 300 dpi has 140 million pixels) are rendered at less.
_MAX_PIXELS = 40_000_000
#: A picture is the page where it covers half of it.
_WHOLE = 0.5
#: Over this share of pictures a page with text is looked at for writing in them.
_PICTURES = 0.1
#: OCR replaces a layer where it leaves a fifth fewer words unknown: names and rare words are unknown to both.
_BETTER = 0.8
#: Two lines: a stamp, a running head, a caption.
_STAMP_CHARS = 200


@dataclass(slots=True)
class OcrWord(Word):
    """A word that was read by OCR; ``confidence`` is Tesseract's, 0 to 100."""

    confidence: float = 0.0


def with_ocr(page: Any, found: PageWords, number: int, name: str, builder: Builder) -> tuple[PageWords, bool]:
    """Return the words of a pypdfium2 page, by OCR where it is called for, and whether it is an image.

    Which pages OCR reads is :func:`~coopnlp.extract.ocr_mode.ocr_mode`'s to say;
    notices tell what was read by it and why, and what could not be.
    """
    mode = ocr_mode()
    is_image = not found.words and (found.images > 0.2 or len(found.rules) > 50)
    broken = found.unmapped > _MAX_UNMAPPED
    # « Accusé de réception en préfecture »: a stamp is all the text of a page that was scanned
    stamped = bool(found.words) and found.images > _WHOLE and _letters(found.words) < _STAMP_CHARS
    noisy = bool(found.words) and not broken and not stamped and is_noise([word.text for word in sample(found.words)])
    if broken:
        builder.notice(
            "suspicious_text",
            f"Page {number} : {found.unmapped:.0%} des caractères n'ont pas de sens (police sans table de codes).",
            number,
        )
    if mode != "always" and not (is_image or broken or noisy or stamped):
        if found.images > _PICTURES:
            _add_pictures(page, found, number, name, builder)
        return found, False
    if mode == "never" or not ocr_is_installed():
        _say_why_not(
            mode, number, "image" if is_image else "noise" if noisy else "stamp" if stamped else "text", builder
        )
        return found, is_image
    try:
        scan = _read(*_rendered(page), name)
    except (TimedOut, UnreadableFile) as error:
        if is_image or broken:
            builder.notice("page_unreadable", f"Page {number} non lue : {error.problem}.", number)
            return replace(found, words=[]), is_image
        kind = "suspicious_text" if noisy else "left_out" if stamped else "ocr"
        builder.notice(kind, f"Page {number} : le texte du fichier est gardé, {error.problem}.", number)
        return found, False
    if mode == "auto" and stamped and _letters(scan.words) < 2 * _letters(found.words):
        return found, False  # a photograph with its caption
    if mode == "auto" and noisy and not _reads_better(scan, found.words):
        builder.notice(
            "suspicious_text",
            f"Page {number} : une bonne part des mots du texte du fichier ne sont pas du français ; la reconnaissance "
            "de caractères ne lit pas mieux.",
            number,
        )
        return found, False
    if noisy:
        builder.notice(
            "suspicious_text",
            f"Page {number} : le texte du fichier est illisible, il est remplacé par ce que lit la reconnaissance "
            "de caractères.",
            number,
        )
    read = _words_of(scan, found, number, builder)
    return read, is_image or not read.words


def _add_pictures(page: Any, found: PageWords, number: int, name: str, builder: Builder) -> None:
    """Add the words of pictures that seem to be writing, or say that they were not read."""
    from coopnlp.extract.ocr_pictures import is_writing, read_picture_at, written_pictures
    from coopnlp.extract.scan import mean_confidence

    for place in written_pictures(page, found):
        what = f"Page {number} : une image de la page porte du texte"
        if ocr_mode() == "never":
            builder.notice("left_out", f"{what}, la reconnaissance de caractères est écartée (--ocr never).", number)
            continue
        if not ocr_is_installed():
            builder.notice("left_out", f"{what}, qui n'est pas lu : Tesseract n'est pas installé.", number)
            continue
        try:
            scan = read_picture_at(page, place, _DPI, lambda image, dpi: _read(image, dpi, name))
        except (TimedOut, UnreadableFile) as error:
            builder.notice("left_out", f"{what}, qui n'est pas lu : {error.problem}.", number)
            continue
        if not is_writing(scan, DOUBTFUL):
            builder.notice("left_out", f"Page {number} : une image n'est pas lue, rien de sûr n'y est écrit.", number)
            continue
        run = 1 + max((word.run for word in found.words), default=0)
        found.words += _ocr_words(scan, run)
        found.rules += scan.rules
        mean = mean_confidence(scan.words)
        builder.read_by_ocr(number, doubtful=False)
        builder.notice(
            "ocr", f"{what}, lu par reconnaissance de caractères, confiance moyenne de {mean:.0f} sur 100.", number
        )


def _say_why_not(
    mode: OcrMode, number: int, holds: Literal["image", "noise", "stamp", "text"], builder: Builder
) -> None:
    why = "Tesseract n'est pas installé"
    if mode == "never":
        why = "la reconnaissance de caractères est écartée (--ocr never)"
    if holds == "image":
        builder.notice("page_unreadable", f"Page {number} : image numérisée, et {why}.", number)
    elif holds == "noise":
        what = "une bonne part des mots ne sont pas du français"
        builder.notice("suspicious_text", f"Page {number} : {what}, et {why}.", number)
    elif holds == "stamp":
        builder.notice("left_out", f"Page {number} : ce que porte l'image de la page n'est pas lu, {why}.", number)
    elif mode == "always":
        builder.notice("ocr", f"Page {number} : le texte du fichier est gardé, {why}.", number)


def _letters(words: Sequence[Word | ReadWord]) -> int:
    return sum(len(word.text) for word in words)


def _reads_better(scan: Scan, layer: Sequence[Word]) -> bool:
    """Tell whether OCR found as much as the layer holds, and more French in it."""
    if _letters(scan.words) < 0.5 * _letters(layer):
        return False
    ours, theirs = noise_share(word.text for word in scan.words), noise_share(word.text for word in layer)
    return ours is not None and (theirs is None or ours < _BETTER * theirs)


def read_page_image(image: Image, dpi: float, number: int, name: str, builder: Builder) -> PageWords:
    """Return the words in the picture of a page (mode ``L``).

    Raises
    ------
    TimedOut
        Tesseract was stopped at its time limit.
    UnreadableFile
        Tesseract could not be run.
    """
    empty = PageWords(
        width=0,
        height=0,
        words=[],
        rules=[],
        images=1.0,
        unmapped=0.0,
        turned=[],
        unseen=[],
        frame=Frame(0, 0, 0, 0, 0),
    )
    return _words_of(_read(image, dpi, name), empty, number, builder)


def _read(image: Image, dpi: float, name: str) -> Scan:
    """Read a picture, or take from the cache what was read in it before."""
    from coopnlp.extract.ocr_cache import open_ocr_cache, page_key
    from coopnlp.extract.scan import read_scan

    cache = open_ocr_cache()
    key = page_key(image, dpi)
    scan = cache.get(key)
    if scan is None:
        scan = read_scan(image, dpi, name)
        cache.keep(key, scan)
    return scan


def _words_of(scan: Scan, found: PageWords, number: int, builder: Builder) -> PageWords:
    """Return what was read as the words of the page, with the notices that belong to it."""
    from coopnlp.extract.scan import mean_confidence

    words: list[Word] = _ocr_words(scan)
    if words:
        mean = mean_confidence(scan.words)
        builder.read_by_ocr(number, doubtful=mean < DOUBTFUL)
        doubt = " Lecture douteuse : à vérifier sur l'image." if mean < DOUBTFUL else ""
        turned = {0: "", 2: ", retournée"}.get(scan.turn, ", couchée")
        left = len(scan.left_out)
        lost = f" Laissé de côté, peu sûr : « {' '.join(scan.left_out[:12])} »{' ...' * (left > 12)}." if left else ""
        builder.notice(
            "ocr",
            f"Page {number}{turned} lue par reconnaissance de caractères, confiance moyenne de {mean:.0f} sur 100."
            f"{doubt}{lost}",
            number,
        )
    else:
        builder.notice(
            "page_empty", f"Page {number} : image où la reconnaissance de caractères n'a pas trouvé de texte.", number
        )
    return replace(
        found, width=scan.width, height=scan.height, words=words, rules=scan.rules, unmapped=0.0, turned=[], unseen=[]
    )


def _ocr_words(scan: Scan, run: int = 0) -> list[Word]:
    """Return what was read as words of the layout, their lines counted from ``run``."""
    from coopnlp.extract.scan_sizes import to_words

    return [
        OcrWord(w.text, w.x0, w.top, w.x1, w.bottom, w.size, w.bold, w.run + run, w.glue, confidence=read.confidence)
        for w, read in to_words(scan.words)
    ]


def _rendered(page: Any) -> tuple[Image, float]:
    """Return a page in grey and its resolution: that of its picture where one covers it."""
    width, height = page.get_size()
    dpi = min(_MAX_DPI, max(_MIN_DPI, _picture_dpi(page, width * height) or _DPI))
    dpi = min(dpi, 72 * (_MAX_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=dpi / 72, grayscale=True)
    try:
        return bitmap.to_pil().convert("L").copy(), dpi
    finally:
        bitmap.close()


def _picture_dpi(page: Any, area: float) -> float | None:
    """Return the resolution of the finest picture of those that cover the page, None where none do."""
    import pypdfium2.raw as c

    finest, covered = 0.0, 0.0
    ends = [ctypes.c_float() for _ in range(4)]
    pixels = (ctypes.c_uint(), ctypes.c_uint())
    for index in range(min(c.FPDFPage_CountObjects(page.raw), 1000)):
        item = c.FPDFPage_GetObject(page.raw, index)
        if c.FPDFPageObj_GetType(item) != c.FPDF_PAGEOBJ_IMAGE or not c.FPDFPageObj_GetBounds(item, *ends):
            continue
        drawn = abs((ends[2].value - ends[0].value) * (ends[3].value - ends[1].value))
        if drawn > 1 and c.FPDFImageObj_GetImagePixelSize(item, *pixels):
            covered += drawn
            finest = max(finest, 72 * (pixels[0].value * pixels[1].value / drawn) ** 0.5)
    return finest if covered >= _WHOLE * area else None


def add_confidence(lines: Sequence[Line], words: Sequence[Word]) -> None:
    """Give each line, or table, the mean confidence of the words of OCR that lie in it."""
    read = [word for word in words if isinstance(word, OcrWord)]
    for line in lines if read else ():
        inside = [
            word.confidence
            for word in read
            if line.x0 <= (word.x0 + word.x1) / 2 <= line.x1 and line.top <= (word.top + word.bottom) / 2 <= line.bottom
        ]
        if inside:
            line.confidence = fmean(inside)


def doubtful_notice(builder: Builder) -> None:
    """List the pages whose reading is doubtful, in one notice."""
    pages = builder.doubtful_pages
    if pages:
        shown = ", ".join(map(str, pages[:40])) + (", ..." if len(pages) > 40 else "")
        builder.notice(
            "ocr_doubtful",
            f"{counted(len(pages), 'page lue', 'pages lues')} avec une confiance de moins de {DOUBTFUL:.0f} sur 100, "
            f"à vérifier sur l'image : {shown}.",
        )
