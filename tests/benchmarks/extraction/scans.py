"""OCR measured: made pages as noisy images, read by coopnlp and by Tesseract alone."""

from __future__ import annotations

import os
import random
import subprocess
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, ImageFilter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from .documents import Made, make
from .report import table
from .scores import Counts, Reading, score
from .tools import ours, timed
from .truth import TrueBlock, Truth

__all__ = ["SCANNED", "Wear", "measure_ocr", "scan"]

#: Layouts that an archive scans, and the resolutions of office scanners and of fax and microfilm.
SCANNED = ("single", "columns-2", "letter", "minutes", "footnotes", "table-ruled")
RESOLUTIONS = (150, 200, 300)
_PAGES = 1


@dataclass(frozen=True, slots=True)
class Wear:
    """What paper and scanner do to a page. ``skew`` in degrees; ``blur`` in pixels; ``grain`` in grey values of 255.

    ``specks``: share of pixels that are dust; ``ink``: how dark the type is, 1
    for black; ``shade``: how much darker one edge of the paper is; ``quality`` of JPEG.
    """

    skew: float
    blur: float
    grain: float
    specks: float
    ink: float
    shade: float
    quality: int

    @classmethod
    def drawn(cls, rng: random.Random) -> Wear:
        """Return one at random: from a clean copy to a worn one."""
        return cls(
            rng.uniform(-1.6, 1.6), rng.uniform(0.2, 0.9), rng.uniform(4, 26), rng.choice([0, 0.0005, 0.002]),
            rng.uniform(0.55, 1.0), rng.uniform(0, 0.3), rng.randint(40, 85),
        )  # fmt: skip


def scan(data: bytes, dpi: int, rng: random.Random, pages: int = _PAGES) -> list[bytes]:
    """Return the first pages of a PDF as JPEG images, worn."""
    import pypdfium2

    wear = Wear.drawn(rng)
    document = pypdfium2.PdfDocument(data)
    images = []
    for number in range(min(pages, len(document))):
        image = document[number].render(scale=dpi / 72, grayscale=True).to_pil()
        buffer = BytesIO()
        _worn(image, wear, dpi, np.random.default_rng(rng.randrange(2**32))).save(
            buffer, "JPEG", quality=wear.quality, dpi=(dpi, dpi)
        )
        images.append(buffer.getvalue())
    document.close()
    return images


def _worn(image: Image.Image, wear: Wear, dpi: int, noise: np.random.Generator) -> Image.Image:
    turned = image.rotate(wear.skew, resample=Image.Resampling.BICUBIC, fillcolor=255)
    # blur is of the lens and the paper: as many pixels at 300 dpi, half as many at 150
    soft = turned.filter(ImageFilter.GaussianBlur(wear.blur * dpi / 200))
    grey = np.asarray(soft, dtype=np.float32)
    grey = 255 - (255 - grey) * wear.ink
    grey *= 1 - wear.shade * np.linspace(0, 1, grey.shape[1], dtype=np.float32)[None, :]
    grey += noise.normal(0, wear.grain, grey.shape)
    dust = noise.random(grey.shape) < wear.specks
    grey[dust] = 60
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def as_pdf(images: list[bytes], dpi: int) -> bytes:
    """Return a PDF of images, as a scanner writes it: no text."""
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for data in images:
        image = ImageReader(BytesIO(data))
        wide, tall = (size * 72 / dpi for size in image.getSize())
        canvas.setPageSize((wide, tall))
        canvas.drawImage(image, 0, 0, wide, tall)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def truth_of(truth: Truth, pages: int) -> Truth:
    """Return the truth of the first pages. Running heads of one page cannot be told: they stay out of the measures."""
    kept = Truth(truth.name, truth.layout, running=truth.running, pages=pages)
    for block in truth.blocks:
        lines = [line for line in block.lines if line.page <= pages]
        if lines or (block.rows and block.page <= pages):
            kept.blocks.append(
                TrueBlock(
                    block.kind, lines, block.level, block.rows, block.floating, block.loose, block.title, block.page
                )
            )
    return kept


def tesseract(images: list[bytes]) -> Reading:
    """Read images with Tesseract alone, its French model and its defaults."""
    lines: list[str] = []
    for image in images:
        done = subprocess.run(
            ["tesseract", "-", "-", "-l", "fra"], input=image, capture_output=True, check=True, timeout=300,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )  # fmt: skip
        lines += done.stdout.decode("utf-8").splitlines()
    return Reading(lines)


def measure_ocr(half: str, variants: int = 1) -> dict[str, object]:
    """Read the first page of some documents at three resolutions with both; print and return the measures."""
    by_dpi: dict[str, dict[str, Counts]] = {}
    documents: dict[str, dict[str, dict[str, float]]] = {}
    for dpi in RESOLUTIONS:
        sums = by_dpi[f"{dpi} dpi"] = {"coopnlp": Counts(), "Tesseract alone": Counts()}
        for layout in SCANNED:
            for variant in range(variants):
                made = make(half, layout, variant)
                name = f"{made.truth.name} {dpi}"
                rows = documents[name] = {}
                for tool, counts in _both(made, dpi).items():
                    sums[tool].add(counts)
                    rows[tool] = counts.values()
                print(table(name, rows), "\n", flush=True)
    for dpi, sums in by_dpi.items():
        print(table(f"**{dpi}**", {tool: counts.values() for tool, counts in sums.items()}), "\n")
    return {
        "by_resolution": {dpi: {t: c.values() for t, c in sums.items()} for dpi, sums in by_dpi.items()},
        "documents": documents,
    }


def _both(made: Made, dpi: int) -> dict[str, Counts]:
    images = scan(made.data, dpi, random.Random(f"{made.truth.name} {dpi}"))
    truth = truth_of(made.truth, len(images))
    found: dict[str, Counts] = {}
    for tool, read in (("coopnlp", lambda: ours(as_pdf(images, dpi))), ("Tesseract alone", lambda: tesseract(images))):
        reading, seconds = timed(lambda _, read=read: read(), b"")
        reading.headings = reading.blocks = None  # a page out of a document does not show what is a heading
        found[tool] = score(truth, reading)
        found[tool].seconds = seconds
        found[tool].running = 0  # nor what is a running head
    return found
