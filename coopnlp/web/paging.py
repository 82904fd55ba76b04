"""The pages of a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Pager", "pager"]


class Pager(NamedTuple):
    """Where one is in a list, 1-based, and the addresses of the pages around; None where there is none."""

    page: int
    pages: int
    first: int
    last: int
    total: int
    before: str | None
    after: str | None
    # (number, address); a number of 0 stands for those left out
    around: tuple[tuple[int, str], ...]


def pager(here: int, link: Callable[[int], str], total: int, size: int) -> Pager:
    """Return the pages of a list of ``total`` rows, ``size`` a page; ``link`` gives the address of a page."""
    pages = max(1, -(-total // size))
    numbers = sorted({1, pages, *(n for n in range(here - 2, here + 3) if 1 <= n <= pages)})
    around: list[tuple[int, str]] = []
    for number in numbers:
        if around and number > around[-1][0] + 1:
            around.append((0, ""))
        around.append((number, link(number)))
    return Pager(
        page=here,
        pages=pages,
        first=(here - 1) * size + 1 if total else 0,
        last=min(total, here * size),
        total=total,
        before=link(here - 1) if here > 1 else None,
        after=link(here + 1) if here < pages else None,
        around=tuple(around) if pages > 1 else (),
    )
