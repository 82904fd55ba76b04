"""The picture of a page: mended, its rules found, what OCR left unread."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from extract_makers import lines_pdf, report_pdf, table_pdf
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from test_extract_ocr import picture_of

from coopnlp.extract.image import _pages
from coopnlp.extract.page_edges import clean_edges, positive
from coopnlp.extract.page_image import DPI, mend, sideways_share
from coopnlp.extract.scan_rules import find_rules
from coopnlp.extract.scan_unread import unread_ink
from coopnlp.extract.tesseract import ReadWord

REPORT = picture_of(report_pdf(), 100)


@settings(max_examples=12, deadline=None)
@given(st.floats(-8, 8))
def test_skew_is_measured_and_mended(angle: float) -> None:
    askew = REPORT.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    level, _, turned = mend(askew, 100)
    # what hardly leans is left as it is
    assert turned == pytest.approx(angle, abs=0.15) or (turned == pytest.approx(0) and abs(angle) <= 0.2)
    assert abs(mend(level, DPI)[2]) <= 0.15


def test_blank_page_stays_blank() -> None:
    page, dpi, turned = mend(Image.new("L", (827, 1169), 190), 100)
    assert (dpi, turned) == (DPI, 0.0)
    assert np.asarray(page).min() > 200


def test_faint_ink_on_shaded_paper_becomes_black_on_white() -> None:
    ink = 1 - np.asarray(REPORT, dtype=np.float32) / 255
    shaded = 210 - 60 * np.linspace(0, 1, ink.shape[1])[None, :] - 60 * ink
    page = np.asarray(mend(Image.fromarray(shaded.astype(np.uint8)), 100)[0])
    assert np.percentile(page, 60) > 245
    assert np.percentile(page, 1) < 60


def test_grain_is_no_grey_paper() -> None:
    # twice as much ink as grain: a copy of a copy
    ink = 1 - np.asarray(picture_of(report_pdf(), 150), dtype=np.float32) / 255
    grain = np.random.default_rng(1).normal(0, 26, ink.shape)
    page = np.asarray(mend(Image.fromarray(np.clip(235 - 120 * ink + grain, 0, 255).astype(np.uint8)), 150)[0])
    assert np.percentile(page, 60) > 245
    assert (page < 128).mean() < 2 * (ink > 0.5).mean()
    assert np.percentile(page, 1) < 60


def test_dust_goes_and_points_stay() -> None:
    page = Image.new("L", (1240, 1754), 235)
    draw = ImageDraw.Draw(page)
    for row in range(200, 1500, 40):
        for column in range(150, 1050, 60):
            draw.rectangle((column, row, column + 40, row + 18), fill=30)  # words
            draw.rectangle((column + 43, row + 15, column + 45, row + 18), fill=30)  # and their points
    for x in range(30, 1200, 17):
        for y in range(20, 130, 15):
            draw.point((x + y % 4, y + x % 3), fill=30)  # dust, above the text
    mended = np.asarray(mend(page, 150)[0])
    assert (mended[: 2 * 140] < 128).sum() == 0
    point = mended[2 * 215 : 2 * 219, 2 * 193 : 2 * 196]
    assert point.min() < 128


def test_sideways() -> None:
    assert sideways_share(REPORT, 100) < 0.7
    assert sideways_share(REPORT.rotate(90, expand=True), 100) > 1.4
    assert sideways_share(Image.new("L", (300, 300), 255), 100) == 0.0


def test_large_sheets_are_reduced() -> None:
    page, dpi, _ = mend(Image.new("L", (2000, 2800), 255), 60)
    assert dpi < 200
    assert page.width * page.height <= 40_100_000


def test_rules_of_a_table_and_none_of_prose() -> None:
    ruled = find_rules(mend(picture_of(table_pdf(), 150), 150)[0])
    assert sum(rule.horizontal for rule in ruled) >= 5
    assert sum(not rule.horizontal for rule in ruled) >= 4
    assert find_rules(mend(picture_of(report_pdf(), 150), 150)[0]) == []


def test_number_in_the_margin_is_left_for_a_second_look() -> None:
    lines = [(60, 700, "12"), (150, 700, "Convention avec la ville de Kita"), (150, 680, "Pour : 55")]
    page = mend(picture_of(lines_pdf([lines]), 150), 150)[0]
    px = DPI / 72
    top, left = (842 - 712) * px, 140 * px
    read = [ReadWord("Convention…", left, top, 500 * px, top + 40 * px, 95, 0)]
    rest = unread_ink(page, read, [])
    assert rest is not None
    ink = np.argwhere(np.asarray(rest) < 128)
    assert ink[:, 1].max() < 80 * px
    assert ink[:, 1].min() > 55 * px
    everything = [ReadWord("page", 0, 0, page.width, page.height, 95, 0)]
    assert unread_ink(page, everything, []) is None


def test_a_figure_1_is_left_for_a_second_look() -> None:
    page = Image.new("L", (2480, 3508), 255)
    ImageDraw.Draw(page).rectangle((500, 300, 507, 336), fill=20)
    rest = unread_ink(page, [], [])
    assert rest is not None
    assert np.argwhere(np.asarray(rest) < 128)[:, 1].min() == 500


def test_pictures_are_not_left_for_a_second_look() -> None:
    page = Image.new("L", (2480, 3508), 255)
    ImageDraw.Draw(page).rectangle((300, 300, 1300, 1300), fill=20)
    assert unread_ink(page, [], []) is None


def test_a_negative_is_turned_round_and_a_page_is_not() -> None:
    negative = Image.fromarray(255 - np.asarray(REPORT))
    assert np.array_equal(np.asarray(positive(negative)), np.asarray(REPORT))
    assert positive(REPORT) is REPORT
    blank = Image.new("L", (600, 800), 40)
    assert positive(blank) is blank


def test_the_dark_around_a_page_becomes_paper() -> None:
    framed = Image.new("L", (REPORT.width + 160, REPORT.height + 240), 20)
    framed.paste(REPORT.rotate(2, Image.Resampling.BICUBIC, fillcolor=255), (70, 120))
    assert sideways_share(framed, 100) > 1
    cleaned = clean_edges(framed, 100)
    assert sideways_share(cleaned, 100) < 0.7
    sides = np.asarray(cleaned)
    assert min(sides[:, 0].min(), sides[:, -1].min(), sides[0].min(), sides[-1].min()) > 200
    inside = (slice(320, 900), slice(200, 700))
    assert np.array_equal(sides[inside], np.asarray(framed)[inside])


def test_writing_that_touches_the_edge_stays() -> None:
    page = Image.new("L", (827, 1169), 240)
    draw = ImageDraw.Draw(page)
    for y in range(100, 1100, 60):
        draw.rectangle((0, y, 90, y + 12), fill=20)
    assert clean_edges(page, 100) is page


def test_a_fax_has_square_dots() -> None:
    out = BytesIO()
    squashed = picture_of(report_pdf(), 204).resize((1734, 1146)).point(lambda v: 255 * (v > 140)).convert("1")
    squashed.save(out, "TIFF", compression="group4", dpi=(204, 98))
    (page, dpi), *_ = _pages(out.getvalue(), "fax.tif")
    assert dpi == 204
    assert page.height / page.width == pytest.approx(1.414, abs=0.04)
    lying = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    squashed.convert("L").save(lying, "JPEG", dpi=(204, 98), exif=exif)
    (page, dpi), *_ = _pages(lying.getvalue(), "fax.jpg")
    assert page.width / page.height == pytest.approx(1.414, abs=0.04)
