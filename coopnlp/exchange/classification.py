"""Themes of the atlas in other lists: purpose codes of the OECD's DAC, Sustainable Development Goals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, Decimal
from functools import cache
from typing import Literal, NamedTuple

from coopnlp.text import fold
from coopnlp.themes.skos import mappings

__all__ = ["Share", "dac_code", "goals", "sectors", "shares"]


class Share(NamedTuple):
    """A code and its part of the whole, in hundredths; ``vocabulary`` is that of IATI: 1 five digits, 2 three."""

    vocabulary: str
    code: str
    percentage: Decimal


@cache
def _codes(scheme: Literal["dac", "sdg"]) -> dict[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for mapping in mappings():
        if mapping.scheme == scheme:
            key = tuple(map(fold, mapping.path))
            found[key] = (*found.get(key, ()), mapping.code)
    return found


def _of(scheme: Literal["dac", "sdg"], path: Sequence[str]) -> tuple[str, ...]:
    """Return the codes of a node, or of the nearest one above that has any; none for another nomenclature."""
    key = tuple(map(fold, path))
    known = _codes(scheme)
    return next((known[key[:depth]] for depth in range(len(key), 0, -1) if key[:depth] in known), ())


def dac_code(path: Sequence[str]) -> str | None:
    """Return the purpose code of the DAC, or the category of three digits, that fits a theme best.

    >>> dac_code(("Environnement, Climat et Energie", "Eau et déchets", "Eau et assainissement"))
    '14030'
    """
    return next(iter(_of("dac", path)), None)


def goals(paths: Iterable[Sequence[str]]) -> tuple[int, ...]:
    """Return the Sustainable Development Goal that fits each theme best, each once; a target counts as its goal."""
    first = (next(iter(_of("sdg", path)), None) for path in paths)
    return tuple(dict.fromkeys(int(code.partition(".")[0]) for code in first if code is not None))


def sectors(paths: Iterable[Sequence[str]]) -> tuple[Share, ...]:
    """Return the sectors of an activity in one vocabulary, in equal parts that add up to a hundred.

    Five digits where every theme has them, else the categories of three: the
    standard wants the parts of one vocabulary to be the whole.
    """
    codes = list(dict.fromkeys(code for path in paths if (code := dac_code(path))))
    if any(len(code) < 5 for code in codes):
        codes = list(dict.fromkeys(code[:3] for code in codes))
    vocabulary = "1" if codes and len(codes[0]) == 5 else "2"
    return tuple(Share(vocabulary, code, part) for code, part in zip(codes, shares(len(codes)), strict=True))


def shares(count: int) -> list[Decimal]:
    """Cut a hundred into equal parts of two decimals; the first takes what is left over.

    >>> [str(part) for part in shares(3)]
    ['33.34', '33.33', '33.33']
    """
    if not count:
        return []
    part = (Decimal(100) / count).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    return [Decimal(100) - part * (count - 1), *[part] * (count - 1)]
