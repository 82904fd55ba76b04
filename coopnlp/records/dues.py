"""Sums listed under a heading of dues or of services bought: nobody gives them.

« I. ADHÉSIONS (nature 6281) » over names and sums, in an annex whose next part lists grants. The heading that
counts is the closest line above without a sum that heads no columns. A plan of financing has such lines too
(« Prestations » among its costs), but names who pays under a heading of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coopnlp.records.clauses import Reader
from coopnlp.types import Funding

__all__ = ["without_dues"]

_HEADING = re.compile(
    r"\W*(?:(?:\d{1,2}|[ivx]{1,4}|[a-h])\b\W*)?(?:cotisations?|adhesions?|prestations?(?: de services?)?)\b"
    r"(?![^.;]*\bsubv)"
)
_LISTED = re.compile(r"\.{3}|…|\||\t|\s{3}|:\s*\d")
# « 920 | 6281 | Fédération | 4 530 € »: in the accounts of communes 6281 is « concours divers (cotisations) ».
_NATURE = re.compile(r"(?:^|\|)\s*6281\s*\|")
_LONGEST, _ROWS = 80, 100


def without_dues(reader: Reader, fundings: Sequence[Funding]) -> tuple[Funding, ...]:
    """Return the fundings but those of a list under such a heading."""
    return tuple(funding for funding in fundings if not _is_due(reader, funding))


def _is_due(reader: Reader, funding: Funding) -> bool:
    reading = reader.reading
    sums = [e for span in funding.evidence for e in reading.within(*span, ("AMOUNT",)) if (e.start, e.end) == span]
    if not sums:
        return False
    line = reading.line_at(sums[0].start)
    if not _LISTED.search(reading.text, *line):
        return False
    if _NATURE.search(reading.plain[slice(*line)]):
        return True
    for start, end in reversed(reading.lines_before(line[0], _ROWS)):
        if reading.plain.count("|", start, end) > 1 and not re.search(r"\d", reading.plain[start:end]):
            continue  # « Chapitre | Nature | Organisme | Montant », the head of the table
        if not reading.within(start, end, ("AMOUNT",)) and re.search(r"[a-z]{3}", reading.plain[start:end]):
            return end - start <= _LONGEST and _HEADING.match(reading.plain, start, end) is not None
    return False
