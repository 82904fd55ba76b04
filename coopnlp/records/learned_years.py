"""The year of a sum that no word beside it tells: the budget, the sitting or the document that decides it.

:mod:`~coopnlp.records.funding_years` and the clauses read the years that stand beside a sum or over
its column; what they find stands. A linear model (``models/coop_records/years.json``) picks, for the
others, one of the years that the document names (:mod:`~coopnlp.records.year_features`), or none. Near
the sum it is evidence of the funding; the date of a sitting pages before is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coopnlp.records.reading import Reading
from coopnlp.records.weights import YEARS, Linear, shipped
from coopnlp.records.year_features import Years
from coopnlp.types import DocumentInfo, Funding

__all__ = ["told_years", "with_learned_years"]

#: Farther than this from its sum the year is not evidence that a reader would look at beside it.
_NEAR = 2000
#: How much surer than of any other year the model has to be. With documents of train held out it finds 0.77 of the
#: years, 0.92 of them right where the annotator wrote one; a threshold of 0.5 instead gives 0.71 and 0.90.
_SURER = 0.15
# « porter l'aide de 3 000 à 5 000 € »: what it was until then.
_FORMER = re.compile(r"\b(?:port|pass|augment|relev|hauss|baiss|ramen)\w*\s(?:[^.;]{0,40}\s)?de\s$|\bau lieu de\s$")


def told_years(reading: Reading, fundings: Sequence[Funding]) -> list[tuple[int, str]]:
    """Return where the sums stand whose year the text tells beside them, each with that year."""
    return [(at, funding.start[:4]) for funding in fundings if funding.start for at in _sums(reading, funding)]


def _sums(reading: Reading, funding: Funding) -> list[int]:
    return [a for a, b in funding.evidence if reading.within(a, b, ("AMOUNT",))]


def with_learned_years(
    reading: Reading, fundings: Sequence[Funding], document: DocumentInfo, model: Linear | None = None
) -> tuple[Funding, ...]:
    """Return the fundings, those without a year with the one that the model is sure enough of."""
    if all(funding.start or funding.end for funding in fundings):
        return tuple(fundings)
    model = model or shipped(YEARS)
    years, told = Years(reading, document.date, document.kind), told_years(reading, fundings)
    found = []
    for funding in fundings:
        chances = []
        at = next(iter(_sums(reading, funding)), funding.evidence[-1][0] if funding.evidence else 0)
        former = _FORMER.search(reading.plain, max(0, at - 80), at)
        if funding.evidence and funding.amounts and not (funding.start or funding.end or former):
            chances = [(model.probability(c.features), c) for c in years.of(at, told)]
        chance, best = max(chances, key=lambda item: item[0], default=(0.0, None))
        second = max((p for p, c in chances if best is not None and c.start != best.start), default=0.0)
        if best is None or chance < model.threshold or chance - second < _SURER:
            found.append(funding)
            continue
        near = abs(best.mention[0] - at) < _NEAR
        evidence = tuple(sorted({*funding.evidence, best.mention})) if near else funding.evidence
        found.append(funding.model_copy(update={"start": best.start, "end": best.end, "evidence": evidence}))
    return tuple(found)
