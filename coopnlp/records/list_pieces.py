"""Names and sums of lists, a line of text cut into stretches with one sum each.

« Région Centre 1,5 M€ ; FNADT 400 000 € » is two; « Conseil général : 20 000 € en 2013, 15 000 € en 2014 » too,
both under the one name. Left out: what the names and sums mean (:mod:`~coopnlp.records.sum_lists`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from coopnlp.records.clauses import Sum, sums_in
from coopnlp.records.reading import Reading

__all__ = ["Piece", "piece_of", "pieces_of"]

Span = tuple[int, int]

_MARK = re.compile(
    r"[\s•*▪➤►›·■□◦▸>–—-]*(?:\d{1,2}(?:\.\d{1,2})+\.?\s+|\d{1,3}\s?[.)°/;|]\s*|[a-zA-Z]\s?[)/]\s+)?[\s•*–—-]*"
)
_BEFORE_SUM = re.compile(
    r"[\s:=–—(,;|.-]*(?:(?:\b(?:une? |la ))?"
    r"\b(?:subvention|aide|montant|somme|participation|contribution|complement|don|soutien|concours|dotation|bourse)\s+)?"
    r"(?:\ba hauteur )?(?:\b(?:de |d'))?[\s(]*\Z"
)
_CUT = re.compile(r"[;•|]|\.\s+(?=[A-ZÀ-Ý«»\"(*])|:\s")
_AFTER_SUM = re.compile(r"\s*(?:,|\bet\b)\s*(?=(?:la |le |les |l['’])?[A-ZÀ-Ýa-z])")
# « 25 000 euros en 2021 et 15 000 euros en 2022 »: the second sum has the name of the first.
_AFTER_YEAR = re.compile(r"\s*(?:en|pour) (?:19|20)\d\d\s*(?:,|\bet\b)\s*(?=\d)")
_LONGEST = 110


@dataclass(frozen=True)
class Piece:
    """A name and a sum, one of which may be missing.

    Offsets of the words before the sum, the sum, where the stretch ends, its line, and the name: the words
    before the sum without list marks and separators, None where there are none or too many.
    """

    start: int
    total: Sum
    end: int
    line: Span
    label: Span | None


def piece_of(reading: Reading, start: int, total: Sum, end: int, line: Span) -> Piece:
    """Return the piece of a sum between two offsets of its line."""
    return Piece(start, total, end, line, _label(reading, start, total))


def _label(reading: Reading, start: int, total: Sum) -> Span | None:
    mark = _MARK.match(reading.plain, start, total.start)
    begin = mark.end() if mark else start
    tail = _BEFORE_SUM.search(reading.plain, begin, total.start)
    end = tail.start() if tail else total.start
    return (begin, end) if 2 <= end - begin <= _LONGEST else None


def pieces_of(reading: Reading, line: Span) -> list[Piece]:
    """Cut a line at its punctuation into stretches with one sum each; those with more are left out."""
    sums = sums_in(reading, *line)
    starts = {line[0], *(m.end() for m in _CUT.finditer(reading.text, *line))}
    carried = set()
    for total in sums:
        after = _AFTER_SUM.match(reading.text, total.end, line[1])
        yearly = _AFTER_YEAR.match(reading.text, total.end, line[1])
        starts |= {m.end() for m in (after, yearly) if m}
        carried |= {yearly.end()} if yearly else set()
    borders = sorted(b for b in starts if not any(s.start < b < s.end for s in sums))
    pieces: list[Piece] = []
    for i, start in enumerate(borders):
        end = borders[i + 1] if i + 1 < len(borders) else line[1]
        inside = [s for s in sums if start <= s.start < end]
        if len(inside) != 1:
            continue
        begin = start
        words = reading.plain[start : inside[0].start]
        if not re.search(r"\w", words) and i > 0 and reading.text[start - 2 : start].startswith(":"):
            # « Région Centre : 1 500 € »: the words before the colon are the name.
            begin = borders[i - 1]
        piece = piece_of(reading, begin, inside[0], end, line)
        if start in carried and pieces:
            piece = replace(piece, label=pieces[-1].label)
        pieces.append(piece)
    return pieces
