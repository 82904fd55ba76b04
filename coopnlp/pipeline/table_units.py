"""Currencies that stand without a number, and the cells of a line of text.

The first half of :mod:`coopnlp.pipeline.money_tables`: what a header says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from coopnlp.pipeline.currencies import PREFIXES, Mark, mark_at
from coopnlp.pipeline.numerals import DIGITS, MAGNITUDES

__all__ = ["MONEY_WORDS", "NUMBER_CELL", "YEAR_CELL", "Unit", "cells_of", "column_kind", "is_of_values", "units_in"]


@dataclass(frozen=True)
class Unit:
    """A stated currency: where it stands, and what a number under it is multiplied by."""

    start: int
    end: int
    mark: Mark
    magnitude: int


# What stands before a currency that is stated for a column or a table, and what may follow it.
_BEFORE = re.compile(
    r"(?:\((?:[a-z ,:]{0,30}[ ,])?(?:en )?|\n ?|  |\| ?|; ?|(?P<bare>(?<=[a-z)] ))|(?<=[ (,\n])en )"
    r"(?P<scale>milliers +d[e'] ?|millions +d[e'] ?|k|m|mds? ?)?(?:us|ca|can|\\)?\Z"
)
_AFTER = re.compile(
    r" ?(?:[)(|;,:./\n]|\Z)| {2}| (?:sauf|hors|par|pour|ttc|ht|annee|exercice|montant|au|en|date|constants|courants)"
    r"| (?:engage|verse|accorde|demande|vote|attribue|sollicite|prevu|paye|mandate)e?s?(?![a-z])"
)
_NUMBER_BEFORE = re.compile(r"\d[ ]?(?:k|m|mds?)?[ ]?$")
# What names a currency in a header: words, signs, and codes in capitals.
_STEMS = (
    "€", "$", "£", "euro", "francs", "franc ", "(f", " f)", "en f", "f cfa", "fcfa", "dollar", "dirham", "dinar",
    "peso", "yen", "yuan", "ariary", "ouguiya", "gourde", "zloty", "rouble", "roupie", "couronne", "livres",
    "naira", "reais",
    "(eur", " eur)", "en eur", "forint",
)  # fmt: skip
_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")
_GAP = re.compile(r"[ ]{2,}(?![ ]*\|)|[ ]*\t[ \t]*|[ ]*\|[ ]*|[ ]+;[ ]+|;[ ]+(?=\S)|[ ]?\.{3,}[ .]*|[ ]?_{3,}[ ]*")
_VALUE = re.compile(r"[^\s;];(?=\S)|;;")
_VALUES = 2
_SEMICOLON = re.compile(r"[ ]*;[ ]*")
NUMBER_CELL = re.compile(rf"\(?[-+]?[ ]?(?P<number>{DIGITS})\)?(?:[ ]?\*+|[ ]?\([^()]{{1,40}}\))?\.?")
YEAR_CELL = re.compile(r"(?:19|20)\d\d")
MONEY_WORDS = re.compile(
    r"montant|aide|subvention|budget|cout|prevu|realis|total|depens|recette|credit|vers[eé]|vote|demand|accord|"
    r"(?<![a-z])parts?(?![a-z])|apport|contribution|participation|cotisation|solde|engage|execute|consomm|tarif|prix|frais|somme|dotation|"
    r"financement|euro|€|\$|valeur|attribu|propos|alloue|voyage|sejour|hebergement|autres|ressource"
)
_OTHER_WORDS = re.compile(
    r"(?<![a-z])(?:n°|no|nº|num|numero|voix|nb|nbre|nombre|habitants?|population|%|taux|annees?|depuis|dates?|duree|"
    r"effectifs?|participants?|eleves|jours|places|rang|codes?|lignes?|pages?|tel|telephone|debut|fin|exercices?|article|"
    r"chapitre|compte|id|ref|superficie|surface|km|ha|hectares?|inscrits?|echeances?|quantite|qte|unites?|age|note|"
    r"points?|delai|mois|beneficiaires directs|adherents|membres)(?![a-z])"
)


def _places(flat: str, text: str) -> set[int]:
    """Return where a currency may be named without a number before it."""
    places = {m.start() for m in _CODE.finditer(text) if flat[m.start() : m.end()] in PREFIXES}
    for stem in _STEMS:
        shift = len(stem) - len(stem.lstrip(" (")) if stem[:3] != "en " else 3
        at = flat.find(stem)
        while at >= 0:
            back = at + shift - 1
            while back >= 0 and flat[back] in " km":
                back -= 1
            if back < 0 or not flat[back].isdigit():
                places.add(at + shift)
            at = flat.find(stem, at + len(stem))
    return places


def units_in(flat: str, text: str) -> list[Unit]:
    """List the currencies that stand without a number, in order."""
    places = _places(flat, text)
    if not places:
        return []
    found: list[Unit] = []
    flat, text = "\n" + flat, "\n" + text
    for place in sorted(places):
        at = place + 1
        before = _BEFORE.search(flat, max(0, at - 44), at)
        while before and flat[at - 1] in "sanc\\" and flat[at : at + 1] == "$":  # « US$ », « \\$ »
            at -= 1
        read = mark_at(flat, text, at) if before else None
        if before is not None and before["bare"] is not None and flat[at] not in "€$\\":
            continue
        if before is None or read is None or not _AFTER.match(flat, read[1]):
            continue
        mark, end = read
        if (found and at - 1 < found[-1].end) or _NUMBER_BEFORE.search(flat, max(0, at - 6), at):
            continue
        if end - at == 1 and flat[at].isalpha() and not flat[max(0, at - 4) : at].endswith(("(", "en ")):
            continue  # « F » in a column of states is « fait », not « francs »
        scale = re.sub(r" +d[e']$", "", (before["scale"] or "").strip())
        found.append(Unit(at - 1, end - 1, mark, MAGNITUDES.get(scale, 1)))
    return found


def is_of_values(line: str) -> bool:
    """Say whether a line is one of a file of values: « 1071;Lire;Maroc;48000;EUR »."""
    return len(_VALUE.findall(line)) >= _VALUES


def cells_of(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Split a line into cells; empty ones are kept between bars and semicolons."""
    cells, at = [], start
    line = text[start:end]
    bars = line.count("|") >= 1
    values = not bars and is_of_values(line)
    for gap in (_SEMICOLON if values else _GAP).finditer(text, start, end):
        if bars and "|" not in gap.group():
            continue
        cells.append((at, gap.start()))
        at = gap.end()
    cells.append((at, end))
    trimmed = []
    for a, b in cells:
        while a < b and text[a].isspace():
            a += 1
        while b > a and text[b - 1].isspace():
            b -= 1
        trimmed.append((a, b))
    if bars or ";" in line:
        if trimmed and trimmed[0][0] == trimmed[0][1] and line.lstrip().startswith("|"):
            trimmed = trimmed[1:]
        return trimmed
    return [c for c in trimmed if c[0] < c[1]]


_NAMED_SHARE = re.compile(r"\d+(?:[,.]\d+)? ?%")


def column_kind(flat: str, start: int, end: int) -> str:
    """Return what a column holds, by its header: ``amount``, ``other``, or ``open`` where it does not say."""
    word = flat[start:end]
    if YEAR_CELL.match(word):
        return "amount"
    # « Montant 1 % Eau » names a fund: a percentage that a number precedes is not the unit of the column
    if _OTHER_WORDS.search(_NAMED_SHARE.sub(" ", word) if MONEY_WORDS.match(word) else word):
        return "other"
    return "amount" if MONEY_WORDS.search(word) else "open"
