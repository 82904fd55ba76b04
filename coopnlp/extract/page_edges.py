"""What a camera or a scanner shows besides the page: the dark around it, and pages of microfilm in negative."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["clean_edges", "positive"]

#: Edges are looked for in a picture of so many dots an inch.
_COARSE_DPI = 75
#: Of the middle of a negative this share is dark; a page of text is 5 to 15 % ink, a full photograph half.
_NEGATIVE = 0.7
_MARGIN = 0.15
#: Darker than this share of the paper is the lid of a scanner, the table, film.
_DARK = 0.45
#: A dark edge runs along this share of a side, and goes in for at most that share of the page.
_ALONG, _DEPTH = 0.3, 0.3
#: Its soft inner edge, in coarse pixels.
_SOFT = 3


def positive(image: Image.Image) -> Image.Image:
    """Return a page (mode ``L``) with dark writing on light paper: negatives are turned round."""
    coarse = _coarse(image, min(1.0, 600 / max(1, *image.size)))
    rows, columns = (round(_MARGIN * side) for side in coarse.shape)
    middle = coarse[rows : coarse.shape[0] - rows, columns : coarse.shape[1] - columns]
    if not middle.size:
        return image
    low, high = (float(value) for value in np.percentile(middle, (2, 98)))
    # flat pictures are blank pages, of whatever grey
    if high - low < 60 or (middle < (low + high) / 2).mean() < _NEGATIVE:
        return image
    return ImageOps.invert(image)


def clean_edges(image: Image.Image, dpi: float) -> Image.Image:
    """Return a page (mode ``L``) with the dark that reaches in from its sides in the colour of its paper."""
    scale = min(1.0, _COARSE_DPI / dpi)
    coarse = _coarse(image, scale)
    paper = float(np.percentile(coarse, 85))
    dark = coarse < _DARK * paper
    if paper < 60 or not (dark[0].any() or dark[-1].any() or dark[:, 0].any() or dark[:, -1].any()):
        return image
    outside = np.zeros_like(dark)
    for turns in range(4):
        outside |= np.rot90(_from_left(np.rot90(dark, turns)), -turns)
    if not outside.any():
        return image
    mask = Image.fromarray((outside * 255).astype(np.uint8)).resize(image.size, Image.Resampling.NEAREST)
    cleaned = image.copy()
    cleaned.paste(round(paper), mask=mask)
    return cleaned


def _coarse(image: Image.Image, scale: float) -> NDArray[np.uint8]:
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return np.asarray(image.resize(size, Image.Resampling.BOX) if scale < 1 else image)


def _from_left(dark: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return what is dark from the left side on, a little further in, where it runs along the side."""
    width = dark.shape[1]
    runs = np.where(dark.all(axis=1), width, np.argmin(dark, axis=1))
    if (runs >= 2).mean() < _ALONG:
        return np.zeros_like(dark)
    runs = np.where(runs > 0, np.minimum(runs + _SOFT, round(_DEPTH * width)), 0)
    inside: NDArray[np.bool_] = np.arange(width)[None, :] < runs[:, None]
    return inside
