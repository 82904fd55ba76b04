"""PNG, JPEG and TIFF: each picture is a page that OCR reads."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps

from coopnlp.errors import NoText, TooLarge, UnreadableFile
from coopnlp.extract.builder import Builder
from coopnlp.extract.ocr import INSTALL, add_confidence, doubtful_notice, ocr_is_installed, read_page_image
from coopnlp.extract.ocr_mode import ocr_mode

if TYPE_CHECKING:
    from coopnlp.extract.layout import Line
    from coopnlp.types import Extraction, Source

__all__ = ["read_image"]

#: A2 at 600 dpi has 140 million; a picture of a few kilobytes can claim to have billions.
_MAX_PIXELS = 150_000_000
#: What scanners write; others (72 of cameras and web pages) say nothing of the paper.
_MIN_DPI, _MAX_DPI = 90, 1200
#: Dots are square up to this ratio, and no machine makes longer ones than the second.
_SQUARE, _MAX_RATIO = 1.1, 3.0
#: The tag of Exif and TIFF that says how a picture is turned; from this value on by a quarter.
_ORIENTATION, _LYING = 0x0112, 5
#: The long side of A4 in inches, which a picture is taken to be where it does not say.
_LONG_SIDE_IN = 11.69


def read_image(data: bytes, source: Source) -> Extraction:
    """Read a picture, or every page of a TIFF.

    Raises
    ------
    NoText
        Tesseract is not installed or not wanted, or found nothing.
    UnreadableFile
        The image is damaged.
    TooLarge
        It has too many pixels.
    TimedOut
        Tesseract was stopped at its time limit.
    """
    from coopnlp.extract.layout import read_lines
    from coopnlp.extract.pdf import add_pages
    from coopnlp.extract.scan_sizes import level_sizes
    from coopnlp.extract.tables import find_tables
    from coopnlp.types import Metadata

    if ocr_mode() == "never":
        raise NoText(source.name, "an image, and OCR was not wanted", "Leave out `--ocr never`.")
    if not ocr_is_installed():
        raise NoText(source.name, "an image, and Tesseract is not installed", INSTALL)
    builder = Builder()
    pages: list[list[Line]] = []
    for number, (page, dpi) in enumerate(_pages(data, source.name), 1):
        found = read_page_image(page, dpi, number, source.name, builder)
        tables, rest = find_tables(found.words, found.rules)
        lines = read_lines(rest, tables, found.rules)
        add_confidence(lines, found.words)
        for line in lines:
            line.page = number
        pages.append(lines)
    if not any(pages):
        raise NoText(source.name, "an image in which OCR found no text", "Look at the scan.")
    level_sizes(pages)
    add_pages(builder, pages)
    doubtful_notice(builder)
    return builder.build(source, Metadata(pages=len(pages)))


def _pages(data: bytes, name: str) -> Iterator[tuple[Image.Image, float]]:
    """Yield each page in grey with its resolution."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is ours
            image = Image.open(BytesIO(data))
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            if image.width * image.height > _MAX_PIXELS:
                raise TooLarge(
                    name,
                    f"an image of {image.width} by {image.height} pixels, over {_MAX_PIXELS // 1_000_000} million",
                    "Save it at 300 dots an inch.",
                )
            across, down = _resolutions(image)
            page = _grey(ImageOps.exif_transpose(image) or image)
            if across != down:
                finest = max(across, down)
                size = (round(page.width * finest / across), round(page.height * finest / down))
                page = page.resize(size, Image.Resampling.BICUBIC)
            yield page, max(across, down)
    except Image.DecompressionBombError as error:
        raise TooLarge(name, "an image of too many pixels", "Save it at 300 dots an inch.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise UnreadableFile(name, f"a damaged image ({error})", "Open it to see it.") from error


def _grey(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        deep = np.asarray(image, dtype=np.float32)
        top = float(deep.max()) or 1.0
        return Image.fromarray((deep * (255 / top)).clip(0, 255).astype(np.uint8))
    if "A" in image.getbands() or "transparency" in image.info:
        over = Image.new("RGBA", image.size, "white")
        over.alpha_composite(image.convert("RGBA"))
        image = over
    return image.convert("L")


def _resolutions(image: Image.Image) -> tuple[float, float]:
    """Return the dots an inch across and down the upright picture: what the file says, or what makes it an A4 page.

    They differ for faxes, where 204 by 98 are usual: letters are half as high as wide until that is mended.
    """
    across, down = (float(value) for value in image.info.get("dpi") or (0, 0))
    if image.getexif().get(_ORIENTATION, 1) >= _LYING:
        across, down = down, across
    low, high = min(across, down), max(across, down)
    if _MIN_DPI <= high <= _MAX_DPI and low > 0 and _SQUARE < high / low <= _MAX_RATIO:
        return across, down
    if _MIN_DPI <= low <= _MAX_DPI:
        return low, low
    guessed = min(_MAX_DPI, max(40.0, max(image.size) / _LONG_SIDE_IN))
    return guessed, guessed
