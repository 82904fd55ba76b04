"""Pages of known French text as bad scans give them: laid out by ReportLab, rasterised by pdfium, then spoilt.

The same text, resolution and damage give the same pixels. What is drawn is what
a bad scanner or a copy of a copy does: the page lies askew, the lens blurs, the
paper is grey and darker towards one side, the ink is faint, dust and pinholes,
grain, and JPEG on top.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, SimpleDocTemplate

__all__ = ["DAMAGES", "Damage", "page_pdf", "spoil"]


@dataclass(frozen=True)
class Damage:
    """How a scan is spoilt; lengths in points, grey from 0 (black) to 255."""

    skew_deg: float = 0.0
    blur_pt: float = 0.0
    ink: int = 0
    paper: int = 255
    shade: int = 0  # how much darker the paper is at the far side
    dust_per_page: int = 0  # specks of up to a third of a point
    grain: float = 0.0  # standard deviation
    jpeg_quality: int = 90


DAMAGES = {
    "askew": Damage(skew_deg=2.3, blur_pt=0.12, ink=40, paper=240, grain=6, dust_per_page=300),
    "faint": Damage(skew_deg=-0.8, blur_pt=0.16, ink=150, paper=205, shade=45, grain=9, dust_per_page=200),
    "dusty": Damage(skew_deg=1.1, blur_pt=0.14, ink=50, paper=235, grain=14, dust_per_page=6000, jpeg_quality=60),
    "copied": Damage(skew_deg=-3.4, blur_pt=0.24, ink=90, paper=215, shade=30, grain=10, dust_per_page=1500, jpeg_quality=40),
}  # fmt: skip


def page_pdf(paragraphs: list[str], font: str, size: float, letters: int) -> tuple[bytes, str]:
    """Return a one-page PDF and the text that found room on it, up to about so many letters."""
    style = ParagraphStyle("corps", fontName=font, fontSize=size, leading=size * 1.25, alignment=TA_JUSTIFY,
                           spaceAfter=size * 0.7)  # fmt: skip
    width, room = A4[0] - 2 * 62, A4[1] - 2 * 62
    kept = []
    for text in paragraphs:
        _, height = Paragraph(_escaped(text), style).wrap(width, room)
        room -= height + style.spaceAfter
        if room < 0 or (kept and sum(map(len, kept)) + len(text) > letters):
            break
        kept.append(text)
    out = BytesIO()
    # frames have a padding of 6 points
    SimpleDocTemplate(out, pagesize=A4, leftMargin=56, rightMargin=56, topMargin=50, bottomMargin=44).build(
        [Paragraph(_escaped(text), style) for text in kept]
    )
    return out.getvalue(), "\n".join(kept)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def spoil(pdf: bytes, dpi: int, damage: Damage, seed: int = 0) -> Image.Image:
    """Return the first page as a grey picture of that resolution, spoilt."""
    draw = np.random.default_rng(seed)
    document = pypdfium2.PdfDocument(pdf)
    try:
        # drawn at twice the resolution: turning and blurring then happen before the scanner's grid
        page = document[0].render(scale=2 * dpi / 72, grayscale=True).to_pil()
    finally:
        document.close()
    pt = dpi / 72
    page = page.rotate(damage.skew_deg, Image.Resampling.BICUBIC, fillcolor=255)
    page = page.filter(ImageFilter.GaussianBlur(2 * damage.blur_pt * pt))
    page = page.resize((page.width // 2, page.height // 2), Image.Resampling.BOX)
    ink = 1 - np.asarray(page, dtype=np.float32) / 255
    ink = np.maximum(ink, _specks(ink.shape, damage.dust_per_page, pt / 3, draw))
    ink *= 1 - _specks(ink.shape, damage.dust_per_page // 4, pt / 3, draw)
    paper = damage.paper - damage.shade * np.linspace(0, 1, ink.shape[1], dtype=np.float32)[None, :] ** 2
    grey = paper + ink * (damage.ink - damage.paper)
    grey += draw.normal(0, damage.grain, ink.shape)
    spoilt = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
    packed = BytesIO()
    spoilt.save(packed, "JPEG", quality=damage.jpeg_quality)
    return Image.open(packed).convert("L")


def _specks(shape: tuple[int, ...], count: int, largest: float, draw: np.random.Generator) -> np.ndarray:
    """Return a mask of square specks with sides of 1 pixel to ``largest``."""
    mask = np.zeros(shape, dtype=np.float32)
    rows, columns = draw.integers(0, shape[0], count), draw.integers(0, shape[1], count)
    sides = draw.integers(1, max(2, round(largest) + 1), count)
    for row, column, side in zip(rows, columns, sides, strict=True):
        mask[row : row + side, column : column + side] = draw.uniform(0.5, 1)
    return mask
