"""The picture of a page made fit for OCR: even paper, black ink, no dust, lines that lie level.

Tesseract parts ink from paper by one threshold for the whole page (Otsu's): shade,
faint ink and grain cost it whole pages. Here the paper is levelled first (its
brightness is measured block by block), dust is taken off, grain smoothed, and
what remains stretched from white to black. The skew is the angle at which the
rows of ink stand out most: squared differences of neighbouring row sums
(Bloomberg, Kopec and Dasari 1995, « Measuring document image skew and orientation »).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.float32]

__all__ = ["DPI", "mend", "sideways_share", "skew_angle"]

#: Tesseract's models were trained at this resolution (tesseract-ocr/tessdoc, ImproveQuality).
DPI = 300
#: A0 at 300 dots an inch has 140 million pixels.
_MAX_PIXELS = 40_000_000
#: Paper, skew and the direction of lines are measured at this resolution: lines of 8 points are 8 pixels high.
_COARSE_DPI = 75
#: What paper is levelled to: grain that is brighter than the paper must not be cut before it is smoothed.
_PAPER = 200
#: Side of the blocks in which the brightness of the paper is measured, in pixels of the coarse
#: picture (4 mm), and its percentile: at least 15 % of a block of text are paper.
_BLOCK, _PAPER_PERCENTILE = 12, 85
#: Below this share of the page's brightness a block is a picture or a dark field, no paper.
_DARKEST_PAPER = 0.55
#: Dust is a speck of up to 0.7 pt with nothing for 1.5 pt around it: a full stop of 8 points is
#: 0.9 pt wide, the dot of an i nearer to its stem.
_SPECK_PT, _ALONE_PT = 0.7, 1.5
#: ... and this much darker than paper, as a share of the ink's darkness.
_SPECK_DARKNESS = 0.35
#: White begins this many times the spread of the paper under its usual brightness: of 0, 1 and 2 it read best
#: on ten made pages of 150 to 300 dpi (the grainiest: 16, 5 and 5 % character errors, 21 % with white where the
#: light parts of the paper are). Black ink is darker than that by some steps at least.
_SPREADS, _LEAST_RANGE = 2.0, 15.0
#: Grain over this share of the contrast is smoothed. The widths, in pixels, are those that read best of
#: 1.0, 1.6 and 2.2 at 300 dpi on made pages (grain 0.015 to 0.3; 150 dpi: 2.2, 300 dpi: 1.0), and of 0.8 to
#: 3 on a council report that was scanned at 96 dpi without grain (0.8).
_GRAINY = 0.01
_BLUR_CLEAN, _BLUR_GRAINY, _MAX_BLUR = 0.8, 1.1, 2.2
#: Pages laid down by hand lie a few degrees askew.
_MAX_SKEW_DEG = 12.0
#: Under this a line of 17 cm rises less than a quarter of a millimetre.
_LEAST_SKEW_DEG = 0.08
#: With fewer pixels of ink in the coarse picture there is nothing to measure.
_LEAST_INK = 200


def mend(image: Image.Image, dpi: float) -> tuple[Image.Image, float, float]:
    """Return a page mended and level, its new resolution, and the degrees it was turned clockwise.

    The frame stays that of the page: it is turned about its centre, and what is
    turned out of the frame is lost. The new resolution is :data:`DPI`, less for sheets that are larger than
    :data:`_MAX_PIXELS` at that.

    Parameters
    ----------
    image
        A page in grey (mode ``L``).
    dpi
        Its resolution.
    """
    inches = image.width * image.height / dpi**2
    target = min(float(DPI), (_MAX_PIXELS / inches) ** 0.5)
    flat = _level_paper(image, dpi)
    angle = skew_angle(_coarse(flat, dpi))
    flat = _without_dust(flat, dpi)
    contrast = _contrast(flat, dpi)
    grain = _grain(flat) / contrast
    flat = _turned_and_scaled(flat, target / dpi, angle)
    # grain is as fine as the scanner's pixels, which are larger than ours where it was coarser
    blur = _BLUR_CLEAN if grain < _GRAINY else min(_MAX_BLUR, _BLUR_GRAINY * max(1.0, target / dpi))
    flat = flat.filter(ImageFilter.GaussianBlur(blur))
    return _stretched(flat, contrast), target, angle


def _coarse(image: Image.Image, dpi: float) -> Grey:
    scale = _COARSE_DPI / dpi
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return np.asarray(image.resize(size, Image.Resampling.BOX), dtype=np.float32)


def _level_paper(image: Image.Image, dpi: float) -> Image.Image:
    """Return the page with its paper at the brightness :data:`_PAPER` everywhere."""
    coarse = _coarse(image, dpi)
    rows, columns = -(-coarse.shape[0] // _BLOCK), -(-coarse.shape[1] // _BLOCK)
    padded = np.pad(
        coarse, ((0, rows * _BLOCK - coarse.shape[0]), (0, columns * _BLOCK - coarse.shape[1])), mode="edge"
    )
    blocks = padded.reshape(rows, _BLOCK, columns, _BLOCK).swapaxes(1, 2).reshape(rows, columns, -1)
    paper = np.percentile(blocks, _PAPER_PERCENTILE, axis=2)
    # the median of five blocks by five passes over a heading in a dark field or a thick rule
    around = np.pad(paper, 2, mode="edge")
    paper = np.median([around[i : i + rows, j : j + columns] for i in range(5) for j in range(5)], axis=0)
    paper = np.maximum(paper, max(1.0, _DARKEST_PAPER * float(np.percentile(paper, 90))))
    # the blocks' middles are where they are measured; resize() puts them there if the picture is whole blocks
    whole = (round(columns * _BLOCK * dpi / _COARSE_DPI), round(rows * _BLOCK * dpi / _COARSE_DPI))
    smooth = Image.fromarray(paper.astype(np.float32)).resize(whole, Image.Resampling.BICUBIC)
    under = np.asarray(smooth.crop((0, 0, image.width, image.height)))
    levelled = np.asarray(image, dtype=np.float32) * (_PAPER / under)
    return Image.fromarray(np.clip(levelled, 0, 255).astype(np.uint8))


def _without_dust(image: Image.Image, dpi: float) -> Image.Image:
    """Return the page with lone specks in the colour of paper."""
    grey = np.array(image)
    side = max(1, round(_SPECK_PT * dpi / 72))
    alone = max(2, round(_ALONE_PT * dpi / 72))
    dark = np.pad(grey < _PAPER - _SPECK_DARKNESS * _contrast(image, dpi), alone)
    if min(grey.shape) <= side or not dark.any():
        return image
    # sums[y, x] counts the ink above and to the left: what a square holds takes four looks
    sums = np.zeros((dark.shape[0] + 1, dark.shape[1] + 1), dtype=np.int32)
    np.cumsum(dark, axis=0, out=sums[1:, 1:])
    np.cumsum(sums[1:, 1:], axis=1, out=sums[1:, 1:])
    wide = side + 2 * alone
    around = _in_squares(sums, wide)
    inside = _in_squares(sums[alone : sums.shape[0] - alone, alone : sums.shape[1] - alone], side)
    for y, x in np.argwhere((inside > 0) & (inside == around)):
        grey[y : y + side, x : x + side] = _PAPER
    return Image.fromarray(grey)


def _in_squares(sums: NDArray[np.int32], side: int) -> NDArray[np.int32]:
    """Return what each square holds, by its upper left corner."""
    held: NDArray[np.int32] = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return held


def _contrast(image: Image.Image, dpi: float) -> float:
    """Return how much darker the ink is than the paper."""
    scale = min(1.0, 2 * _COARSE_DPI / dpi)
    small = image.resize(
        (max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.BOX
    )
    ink = _PAPER - np.asarray(small.filter(ImageFilter.GaussianBlur(1)), dtype=np.float32)
    top = float(np.percentile(ink, 99.5))
    # half as dark as the darkest: the body of the strokes, not their soft edges
    return max(20.0, 1.1 * float(ink[ink >= top / 2].mean()))


def _grain(image: Image.Image) -> float:
    """Return the standard deviation of the grain (Immerkær 1996; the median passes over edges of letters)."""
    grey = np.asarray(image, dtype=np.float32)[:, : image.width // 2 * 2]
    if min(grey.shape) < 8:
        return 0.0
    edges = (
        4 * grey[1:-1, 1:-1]
        - 2 * (grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:])
        + (grey[:-2, :-2] + grey[:-2, 2:] + grey[2:, :-2] + grey[2:, 2:])
    )
    return float(np.median(np.abs(edges[::3, ::3]))) / 0.6745 / 6


def _turned_and_scaled(image: Image.Image, scale: float, angle: float) -> Image.Image:
    """Return the page so many times as large, turned clockwise about its centre."""
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    if size != image.size:
        image = image.resize(size, Image.Resampling.LANCZOS)
    if abs(angle) >= _LEAST_SKEW_DEG:
        image = image.rotate(-angle, Image.Resampling.BICUBIC, fillcolor=_PAPER)
    return image


def _stretched(image: Image.Image, contrast: float) -> Image.Image:
    """Return the page with white paper and black ink: what grain is left of the paper is white too."""
    black = _PAPER - contrast
    counts = np.bincount(np.asarray(image).ravel(), minlength=256).astype(np.float64)
    # grain makes most of the paper darker than its light parts, by which it was levelled
    paper = int(np.convolve(counts, np.ones(5), "same").argmax())
    lighter = np.arange(256 - paper)
    spread = float(np.sqrt(np.average(lighter**2, weights=counts[paper:])))
    white = max(black + _LEAST_RANGE, min(paper, _PAPER) - _SPREADS * spread)
    return image.point([round(min(255.0, max(0.0, 255 * (v - black) / (white - black)))) for v in range(256)])


def skew_angle(coarse: Grey) -> float:
    """Return the angle in degrees by which turning clockwise makes the lines level; 0 where there is too little ink.

    Parameters
    ----------
    coarse
        The page at 75 dots an inch, its paper at the brightness 200.
    """
    ys, xs, weights = _ink(coarse)
    if len(ys) < _LEAST_INK:
        return 0.0

    def stands_out(angle: float) -> float:
        radians = math.radians(angle)
        return _relief(ys * math.cos(radians) + xs * math.sin(radians), weights)

    best = 0.0
    for reach, step in ((_MAX_SKEW_DEG, 0.5), (0.5, 0.1), (0.1, 0.02)):
        best = max(np.arange(best - reach, best + reach + step / 2, step), key=stands_out)
    return float(best)


def sideways_share(image: Image.Image, dpi: float) -> float:
    """Return how much more the columns of a page stand out than its rows: over 1 where its lines stand upright."""
    ys, xs, weights = _ink(_coarse(_level_paper(image, dpi), dpi))
    if len(ys) < _LEAST_INK:
        return 0.0

    def stands_out(along: Any, across: Any) -> float:
        # a page may lie askew as well
        turns = (math.radians(angle) for angle in np.arange(-_MAX_SKEW_DEG, _MAX_SKEW_DEG + 0.1, 1.0))
        return max(_relief(along * math.cos(turn) + across * math.sin(turn), weights) for turn in turns)

    return stands_out(xs, ys) / max(1e-9, stands_out(ys, xs))


def _ink(coarse: Grey) -> tuple[Any, Any, Any]:
    """Return rows, columns and darkness of what is half as dark as the darkest."""
    ink = _PAPER - coarse
    ys, xs = np.nonzero(ink > float(np.percentile(ink, 99)) / 2)
    return ys.astype(np.float64), xs.astype(np.float64), ink[ys, xs].astype(np.float64)


def _relief(places: Any, weights: Any) -> float:
    """Return the squared differences of neighbouring sums, each pixel shared between its two nearest rows."""
    places = places - places.min()
    low = places.astype(np.int64)
    share = places - low
    length = int(low.max()) + 2
    sums = np.bincount(low, weights * (1 - share), minlength=length)
    sums += np.bincount(low + 1, weights * share, minlength=length)
    return float(np.sum(np.diff(sums) ** 2))
