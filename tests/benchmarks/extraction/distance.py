"""Edit distances in pure Python: of two texts, and of a text to the part of another that is nearest to it.

Bit-parallel dynamic programming (G. Myers, « A fast bit-vector algorithm for
approximate string matching based on dynamic programming », J. ACM 46, 1999), a
column of the matrix in one integer; Hyyrö's form for global distance.
"""

from __future__ import annotations

__all__ = ["distance", "nearest"]


def _last_row(pattern: str, text: str, anchored: bool) -> list[int]:
    """Return the distance of the pattern to the parts of the text that end at 0, 1, ... len(text).

    ``anchored``: the parts begin where the text begins; else each begins where it costs least.
    """
    size = len(pattern)
    mask, high = (1 << size) - 1, 1 << (size - 1)
    places: dict[str, int] = {}
    for at, char in enumerate(pattern):
        places[char] = places.get(char, 0) | 1 << at
    plus, minus, score = mask, 0, size
    row = [score]
    for char in text:
        equal = places.get(char, 0)
        vertical = equal | minus
        horizontal = (((equal & plus) + plus) ^ plus) | equal
        up = (minus | ~(horizontal | plus)) & mask
        down = plus & horizontal
        if up & high:
            score += 1
        elif down & high:
            score -= 1
        up = (up << 1 | anchored) & mask
        down = down << 1 & mask
        plus = (down | ~(vertical | up)) & mask
        minus = up & vertical
        row.append(score)
    return row


def distance(a: str, b: str) -> int:
    """Return the Levenshtein distance of two texts."""
    return _last_row(a, b, True)[-1] if a else len(b)


def nearest(pattern: str, text: str) -> tuple[int, int, int]:
    """Return (distance, start, end) of the part of ``text`` that is nearest to a pattern.

    Of equally near parts the first to end, and of those the longest.
    """
    if not pattern:
        return 0, 0, 0
    row = _last_row(pattern, text, False)
    least = min(row)
    end = row.index(least)
    back = _last_row(pattern[::-1], text[:end][::-1][: len(pattern) + least], True)
    length = max(at for at, score in enumerate(back) if score == least)
    return least, end - length, end
