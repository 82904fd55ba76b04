"""What Tesseract misreads so plainly that it is mended."""

from __future__ import annotations

import pytest

from coopnlp.extract.ocr_misread import is_splinter, mend_words
from coopnlp.extract.tesseract import ReadWord


def line_of(*words: str, blank: float = 9, confidence: float = 95.0, line: int = 0) -> list[ReadWord]:
    """Return words of type 30 pixels high, side by side."""
    found, x = [], 0.0
    for word in words:
        found.append(ReadWord(word, x, 0, x + 15 * len(word), 30, confidence, line))
        x += 15 * len(word) + blank
    return found


@pytest.mark.parametrize(
    ("read", "mended"),
    [
        (("ler", "avril"), ["1er", "avril"]),
        (("la", "lère,", "adjointe"), ["la", "1ère,", "adjointe"]),
        (("Exercice", "201", "1"), ["Exercice", "2011"]),
        (("délibération", "201", "1/166"), ["délibération", "2011/166"]),
        (("(201", "1),"), ["(2011),"]),
        (("fer", "hier", "l'ère"), ["fer", "hier", "l'ère"]),
        (("201", "150"), ["201", "150"]),
        (("12", "1"), ["12", "1"]),
        (("8", "O00,00", "€"), ["8", "000,00", "€"]),
        (("en", "2O11.", "(1O"), ["en", "2011.", "(1O"]),
        (("A0", "O1", "1ON", "ONU"), ["A0", "O1", "1ON", "ONU"]),
    ],
)
def test_figures(read: tuple[str, ...], mended: list[str]) -> None:
    assert [word.text for word in mend_words(line_of(*read))] == mended


def test_figures_far_apart_or_of_two_lines_stay_two() -> None:
    assert len(mend_words(line_of("201", "1", blank=40))) == 2
    assert len(mend_words([*line_of("201"), *line_of("1", line=1)])) == 2


def test_a_cut_year_is_as_sure_as_its_parts_and_covers_them() -> None:
    first, second = line_of("201", "1")
    second.confidence = 76.0
    (year,) = mend_words([first, second])
    assert (year.confidence, year.x0, year.x1) == (76.0, first.x0, second.x1)


def test_a_letter_that_touches_a_word_is_the_rest_of_another() -> None:
    words = line_of("association", "Coeur")
    beside = ReadWord("A", words[0].x1 + 2, 0, words[0].x1 + 7, 30, 80.0, 3)
    assert is_splinter(beside, words)
    for other in ("confidence", "text"):
        sure = ReadWord(beside.text, beside.x0, 0, beside.x1, 30, 80.0, 3)
        setattr(sure, other, 96.0 if other == "confidence" else "AX")
        assert not is_splinter(sure, words)


def test_a_number_in_the_margin_is_none() -> None:
    number = ReadWord("5", -80, 0, -65, 30, 61.0, 3)
    assert not is_splinter(number, line_of("Partage", "des", "données"))


def test_dust_beside_a_line_is_no_point() -> None:
    words = line_of("le", "conseil", "per-")
    dust = ReadWord(":", words[-1].x1 + 19, 14, words[-1].x1 + 20, 16, 73.0, 0)
    colon = ReadWord(":", words[-1].x1 + 19, 10, words[-1].x1 + 23, 26, 93.0, 0)
    assert [word.text for word in mend_words([*words, dust])] == ["le", "conseil", "per-"]
    assert [word.text for word in mend_words([*words, colon])] == ["le", "conseil", "per-", ":"]
