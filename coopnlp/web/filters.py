"""French typography for the templates: sums, dates, numbers, the words for what the register keeps as values."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from markupsafe import Markup

from coopnlp.register.read import read_amount
from coopnlp.register.screen import counted, day, money, period, spelt
from coopnlp.text import fold
from coopnlp.types import Amount
from coopnlp.web.addresses import PLURALS, TYPES, actor_path, document_path, item_path, theme_path

__all__ = ["FILTERS", "LABELS", "REVIEWS", "count", "country_name", "number", "plain", "shown", "spaced"]

NBSP = "\u00a0"
_BREAKS = re.compile(r"(?<=«) | (?=[»:;?!])")
LABELS = {
    "AGREEMENT": "accord",
    "AMOUNT": "montant",
    "COLLECTIVITY": "collectivité",
    "DATE": "date",
    "EVENT": "événement",
    "FUNDER": "bailleur",
    "LOC": "lieu",
    "ORG": "organisation",
    "PER": "personne",
    "PROJECT": "projet",
    "THEME": "thème",
}
_KINDS = {
    "commune": "commune",
    "departement": "département",
    "region": "région",
    "intercommunal": "intercommunalité",
    "municipality": "municipalité",
    "mrc": "MRC",
    "state": "État ou province",
    "country": "pays",
    "organisation": "organisation",
    "unknown": "nature inconnue",
}
REVIEWS = {"confirmed": "confirmé", "edited": "corrigé"}
_ROLES = {"party": "partie", "funder": "bailleur"}
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
# What could turn the line around it, or hide in it: bidirectional controls, zero widths, other controls.
_HIDDEN: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\u061c\ufeff")),
    **dict.fromkeys(range(0x202A, 0x202F)),
    **dict.fromkeys(range(0x2066, 0x206A)),
    **dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)), "\ufffd"),
}


_ANY_HIDDEN = re.compile(f"[{''.join(map(re.escape, map(chr, _HIDDEN)))}]")


def plain(text: object) -> str:
    """Return text of a document without what steers its direction or hides in it."""
    told = "" if text is None else str(text)
    return told.translate(_HIDDEN) if _ANY_HIDDEN.search(told) else told


def shown(value: object) -> object:
    """Return what a template writes as :func:`plain` text; mark-up stays mark-up."""
    if not isinstance(value, str) or not _ANY_HIDDEN.search(value):
        return "" if value is None else value
    told = value.translate(_HIDDEN)
    return Markup(told) if isinstance(value, Markup) else told


def number(value: float) -> str:
    """Write a whole number with thin spaces between thousands.

    >>> number(12000).replace("\\u202f", " ")
    '12 000'
    """
    return f"{value:,.0f}".replace(",", "\u202f")


def spaced(told: str) -> str:
    """Set the spaces of a French sentence that must not break, as the code writes them plainly.

    >>> spaced("Ordre « titre » : que faire ?").count("\\xa0")
    4
    """
    return _BREAKS.sub(NBSP, told)


def count(value: int, noun: str) -> str:
    """Write a number and its noun, kept on one line."""
    told, _, rest = counted(value, noun).partition(" ")
    return f"{told}{NBSP}{rest}"


def long_day(told: str | None) -> str:
    """Write an ISO date in words, as precise as it is.

    >>> long_day("2016-03-01").replace("\\xa0", " "), long_day("2009-12"), long_day("2008")
    ('1er mars 2016', 'décembre 2009', '2008')
    """
    year, _, rest = (told or "").partition("-")
    month, _, date = rest.partition("-")
    if not (month.isdigit() and 1 <= int(month) <= 12):
        return told or ""
    named = f"{_MONTHS[int(month) - 1]} {year}"
    if not date.isdigit():
        return named
    return f"{'1er' if int(date) == 1 else int(date)}{NBSP}{named}"


def amount(row: Any) -> str:
    """Write a sum of money: an :class:`~coopnlp.types.Amount`, or a row that has its columns."""
    told = money(row if isinstance(row, Amount) else read_amount(row))
    return told.replace(f"{NBSP}EUR", f"{NBSP}€")


def percent(value: float) -> str:
    """Write a share of one: « 87 % »."""
    return f"{value * 100:.0f}{NBSP}%"


@cache
def country_name(code: str) -> str:
    """Return the French name of a country by its ISO 3166-1 code; the code itself where it is not known."""
    from coopnlp.gazetteer import Gazetteer

    if not re.fullmatch(r"[A-Z]{2}", code):
        return plain(code)
    place = Gazetteer.load().by_id(f"iso3166:{code}")
    return code if place is None else place.name.replace("'", "’")


def type_word(type_: str) -> str:
    """Return the French word for a type of item."""
    return TYPES.get(type_, type_)


def type_list(type_: str) -> str:
    """Return the last part of the address at which items of a type are listed."""
    return PLURALS.get(type_, type_)


_FIELDS = {
    "kind": "Genre",
    "status": "État",
    "title": "Titre",
    "purpose": "Objet",
    "scheme": "Dispositif",
    "description": "Description",
    "date": "Signature",
    "start": "Début",
    "end": "Fin",
    "amounts": "Montants",
}


def field(name: str) -> str:
    """Return what a field is called on a page."""
    return _FIELDS.get(name, name)


def field_value(value: str, name: str) -> str:
    """Write the value of a field: dates in words, the rest with its accents."""
    return long_day(value) if name in ("date", "start", "end") else spelt(value)


FILTERS: dict[str, Callable[..., str]] = {
    "propre": plain,
    "espaces": spaced,
    "plie": fold,
    "nombre": number,
    "compte": count,
    "jour": day,
    "date_longue": long_day,
    "periode": lambda pair: period(*pair),
    "montant": amount,
    "total": lambda found: amount(Amount(value=found.total, currency=found.currency)),
    "pourcent": percent,
    "mot": lambda name: spelt(str(name or "")),
    "type_mot": type_word,
    "type_liste": type_list,
    "etiquette": lambda label: LABELS.get(label, str(label)),
    "nature": lambda kind: _KINDS.get(kind, str(kind)),
    "revue": lambda review: REVIEWS.get(review, review or ""),
    "acteur_chemin": actor_path,
    "champ": field,
    "fiche_chemin": lambda line: item_path(line.type, line.ref),
    "valeur": field_value,
    "document_chemin": document_path,
    "pays": country_name,
    "theme_chemin": theme_path,
    "role": lambda role: _ROLES.get(role, str(role)),
}
