"""Bare numbers that borrow the currency of a sum told before them.

« 18 200 €, dont 6 000 de la commune »: the part of a sum. « la ville 12 000 €,
la région 9 000 »: the next of the same enumeration. « Elle demande 12 000 €.
L'ADEME en donne 8 000 »: « en » stands for the money. A number that counts
something (« 3 000 habitants »), a number of a file or an article, and a small
number that no verb of money governs stay bare.

Source: the sums without a mark in the training documents of the corpus of entities.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from coopnlp.pipeline.amount_numbers import Number

__all__ = ["NUMBERED", "lend_currencies"]

NUMBERED = re.compile(r"(?:n°|no|numeros?|articles?|art\.?|lignes?|lots?|pages?|phases?|axes?|chapitres?)[ \n]$")
# Words between a sum and a bare number that is a part of it, or what it is compared with.
_PART = re.compile(r"[^.;\n]{0,40}\bdont[ \n](?:environ |pres de |seulement )?")
_AGAINST = re.compile(r"[^.;\n]{0,30}(?<![a-z])(?:contre|au lieu de)[ \n](?:environ |pres de |seulement )?")
_PARTS = re.compile(r"[^.;\n]*\bdont[ \n](?:[^.;\n]|\.(?=\d))*")
_GROUPED = re.compile(r"\d{1,3}(?:[ .]\d{3})+")
# The parts of a sum are named in one sentence of a financing plan.
_MAX_PARTS = 400
# A noun after the number makes it a count; these words do not.
_COUNTED = re.compile(
    r"[ \n](?!d[eu] |des |d'|pour |par |a |aux? |en |sur |vien|proven|provien|sont |seron|est |et |apport|vers|d.la |"
    r"ou |dans |l'|la |les? |cette |soit |[ivx]+ )[a-z]|[ ]?[%°]"
)
# « 9 millions d'habitants » counts, « 1,3 million de l'Union européenne » is given by it.
_COUNTED_MILLIONS = re.compile(r"[ \n](?:d'|de (?!la |l'|notre |son ))")
# A sum and the next of the same sentence; cells of a table are none.
_ALONG = re.compile(r"(?:\.(?=[ ]*;)|\.(?=\d)|[^.!?\n\t| ]|[ ](?![ ]{2})|\n(?![ ]*\n|\Z))*")
_PARTED = re.compile(r"[,;:(–—/]| - |\bet\b|\bpuis\b")
_MAX_ALONG = 160
# « l'Europe en promet 80 000 », « elle n'en a mandaté que 6 500 »: what was told before is meant.
_OF_IT = re.compile(
    r"\b(?:en|y)[ \n](?:(?:a|ont|avait|avaient|a deja)[ \n])?(?:donn|prom|apport|vers|met|mis|ajout|gagn|mandat|couvr"
    r"|couvert|financ|rec|touch|attribu|accord|offr|engag|consacr|propos|pai|pay|recueill|rapport)[a-z]*[ \n]"
    r"(?:(?:que|aussi|encore|environ|pres de|seulement)[ \n])*$"
)
_MAX_OF_IT = 250
# Two sums of one enumeration differ less than this.
_FACTOR = 2000
_LEAST = 100


def lend_currencies(flat: str, numbers: Sequence[Number]) -> list[Number]:
    """Return the numbers of a text in order, those that borrow a currency with its mark; ``flat`` is the flat text."""
    return _along(flat, _to_parts(flat, numbers))


def _to_parts(flat: str, numbers: Sequence[Number]) -> list[Number]:
    """Lend the currency of a sum to its parts: « 18 200 €, dont 6 000 de la commune, 4 500 du comité »."""
    kept: list[Number] = []
    whole: Number | None = None
    for number in numbers:
        if number.mark is not None:
            if whole is None or not _PARTS.fullmatch(flat, whole.end, number.start):
                whole = number
        elif whole is not None and number.start - whole.end < _MAX_PARTS:
            total = whole.high * whole.magnitude
            gap = flat[whole.end : number.start]
            in_part = _PART.fullmatch(gap)
            if in_part and whole.magnitude > number.magnitude and _LEAST <= number.high < whole.low:
                number = replace(number, magnitude=whole.magnitude)  # « 410 millions, dont 180 apportés par »
            value = number.low * number.magnitude
            grouped = _GROUPED.fullmatch(flat[number.start : number.end]) is not None
            part = _LEAST <= value <= total and (in_part or (grouped and _PARTS.fullmatch(gap)))
            if (part or (grouped and _AGAINST.fullmatch(gap))) and not _COUNTED.match(flat, number.end):
                number = replace(number, mark=whole.mark)
        kept.append(number)
    return kept


def _along(flat: str, numbers: Sequence[Number]) -> list[Number]:
    """Lend the currency of a sum to the sums that follow it in its enumeration, or that « en » refers to it."""
    kept: list[Number] = []
    last: Number | None = None
    for number in numbers:
        if number.mark is None and last is not None and _follows(flat, last, number):
            number = replace(number, mark=last.mark)
        if number.mark is not None:
            last = number
        kept.append(number)
    return kept


def _follows(flat: str, last: Number, number: Number) -> bool:
    value, told = number.low * number.magnitude, last.high * last.magnitude
    if value < _LEAST or number.low != number.high or not told / _FACTOR <= value <= told * _FACTOR:
        return False
    if _COUNTED.match(flat, number.end) or NUMBERED.search(flat, max(0, number.start - 12), number.start):
        return False
    gap = flat[last.end : number.start]
    grouped = _GROUPED.fullmatch(flat[number.start : number.end]) is not None
    scaled = number.magnitude > 1 and not _COUNTED_MILLIONS.match(flat, number.end)
    if len(gap) <= _MAX_OF_IT and "\n\n" not in gap and _OF_IT.search(flat, max(0, number.start - 40), number.start):
        return True
    return bool((grouped or scaled) and len(gap) <= _MAX_ALONG and _ALONG.fullmatch(gap) and _PARTED.search(gap))
