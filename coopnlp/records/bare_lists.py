"""Numbers without a currency in lists told on one line: « Ressources : Département 40 000, Agence de l'eau 30 000 ».

Two and more names with a number each, after a word that announces where money comes from; years,
shares and counts of things are none.
"""

from __future__ import annotations

import re

from coopnlp.pipeline.numerals import parse_digits

__all__ = ["numbers_of_lists"]

Span = tuple[int, int]

_ANNOUNCED = re.compile(
    r"\b(?:ressources|recettes|(?:co)?financements?|(?:co)?financeurs|contributions|apports|participations|subventions"
    r"|aides|dotations|budget)\b[^:.;\n\d]{0,50}:\s*"
)
# « Département 40 000 », « Ville (15 000) », up to a comma, « et » or the end of the list.
_ITEM = re.compile(
    r"(?P<name>[^\W\d_][^,;:.|\n\d()€$%]{2,70}?(?:\s*\([^()\d]{2,30}\))?)"
    r"\s*[:(]?\s*(?P<number>\d{1,3}(?:[ .\u00a0\u202f]\d{3})+|\d{3,7})\)?"
    r"(?P<end>\s*(?:[,;]|\.(?!\d)|\bet\b|\bpuis\b|$))",
    re.M,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_COUNTED = re.compile(r"\b(?:eleves|habitants|personnes|participants|jours|heures|km|metres|arbres|livres|voix)\b")
_LEAST, _SMALL = 2, 100


def numbers_of_lists(flat: str) -> list[tuple[Span, Span]]:
    """Return the names and numbers of such lists in a text without accents and capitals; offsets are its own.

    >>> flat = "ressources : departement 40 000, agence de l'eau 30 000, ville 15 000."
    >>> [(flat[a:b], flat[c:d]) for (a, b), (c, d) in numbers_of_lists(flat)]
    [('departement', '40 000'), ("agence de l'eau", '30 000'), ('ville', '15 000')]
    """
    found: list[tuple[Span, Span]] = []
    for announced in _ANNOUNCED.finditer(flat):
        at, items = announced.end(), []
        while item := _ITEM.match(flat, at):
            items.append((item.span("name"), item.span("number")))
            if item["end"].strip() not in (",", ";", "et", "puis"):
                break
            at = item.end()
            while at < len(flat) and flat[at] in " \n":
                at += 1
        values = [parse_digits(flat[a:b]) for _, (a, b) in items]
        years = all(_YEAR.fullmatch(flat, a, b) for _, (a, b) in items)
        counted = _COUNTED.search(flat, announced.start(), at)
        if len(items) >= _LEAST and not years and not counted and all(v is not None and v >= _SMALL for v in values):
            found += items
    return found
