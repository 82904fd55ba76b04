"""What a reader has chosen, as the address says it: facets, order, page; the items that are left, and the links.

The parameters are the same on lists, search, dashboard and exports: ``pays``
(ISO 3166-1), ``type``, ``theme``, ``soustheme``, ``annee`` or ``annee_min`` and
``annee_max``, ``financeur`` and ``acteur`` (keys), ``statut``, ``revue``. A
parameter given twice means either value; ``-`` means that none is said. Besides
``conflits=1`` (sources differ) and ``avec`` (an actor that must be there too).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote_plus, urlencode

import numpy as np
from numpy.typing import NDArray

from coopnlp.web.index import ABSENT, Index, Mask
from coopnlp.web.view import BadRequest

__all__ = ["FACETS", "NAMES", "THIRD", "Choice", "Facet", "Option", "facets", "ordered", "read_choice", "without_year"]

# In the order in which they are shown.
FACETS = ("type", "pays", "theme", "soustheme", "annee", "financeur", "acteur", "statut", "revue")
# The third level of the themes is never offered, and asked for beside the others (``avec=soussoustheme:…``).
THIRD = "soussoustheme"
NAMES = {
    "type": "Nature",
    "pays": "Pays",
    "theme": "Thème",
    "soustheme": "Sous-thème",
    "annee": "Année",
    "financeur": "Bailleur",
    "acteur": "Acteur",
    "statut": "État",
    "revue": "Relecture",
}
ORDERS = {
    "date": "Les plus récents",
    "ancien": "Les plus anciens",
    "titre": "Titre",
    "sources": "Nombre de sources",
    "doute": "Les plus douteux",
}
PAGE_SIZE = 25
# Values that a facet shows at once, and when it is opened.
_SHOWN, _MOST = 8, 60
# Stands for any value in an address; no value of a register, nor anything else in one, is like it.
_ANY = "valeur-5f0c1e7a9b34"
# Values of one parameter that are taken; more would be no reader's doing.
_VALUES = 30
_YEARS = range(1000, 3000)


class Choice(NamedTuple):
    """What was chosen. ``values`` has an entry for each facet that is set."""

    values: dict[str, tuple[str, ...]]
    first_year: int | None = None
    last_year: int | None = None
    order: str = ""
    page: int = 1
    query: str = ""
    within: str = ""
    conflicts: bool = False
    beside: str = ""

    def mask(self, index: Index, *, without: str = "") -> Mask:
        """Return the items that are left; ``without`` one facet, to count what it could be."""
        mask = index.all()
        for name, values in self.values.items():
            if name != without:
                mask &= index.facets[name].having(values)
        if without != "annee":
            if self.first_year is not None:
                mask &= index.years >= self.first_year
            if self.last_year is not None:
                mask &= (index.years <= self.last_year) & (index.years >= 0)
        if self.conflicts:
            mask &= index.conflicts > 0
        if self.beside:
            name, value = self.beside_facet
            mask &= index.facets[name].having([value])
        return mask

    @property
    def beside_facet(self) -> tuple[str, str]:
        """The facet and the value that must be there too: ``pays:FR`` is a country, what names no facet an actor."""
        name, _, value = self.beside.partition(":")
        return (name, value) if name in (*FACETS, THIRD) and value else ("acteur", self.beside)

    @property
    def is_set(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.values or self.first_year or self.last_year or self.conflicts or self.beside)

    def pairs(self) -> list[tuple[str, str]]:
        """Return the parameters, without the page."""
        told = [("q", self.query)] if self.query else []
        told += [("dans", self.within)] if self.within else []
        told += [(name, value) for name in FACETS for value in self.values.get(name, ())]
        told += [("annee_min", str(self.first_year))] if self.first_year is not None else []
        told += [("annee_max", str(self.last_year))] if self.last_year is not None else []
        told += [("conflits", "1")] if self.conflicts else []
        told += [("avec", self.beside)] if self.beside else []
        return told + ([("tri", self.order)] if self.order else [])

    def link(self, path: str, *, page: int = 1, **changes: Any) -> str:
        """Return the address of the same choice with some fields changed, on its first page by default."""
        told = self._replace(**changes).pairs() + ([("page", str(page))] if page > 1 else [])
        return f"{path}?{urlencode(told)}" if told else path

    def linker(self, path: str) -> Callable[[int], str]:
        """Return the function from a page of the list to its address."""
        return lambda page: self.link(path, page=page)

    def with_value(self, name: str, value: str) -> dict[str, tuple[str, ...]]:
        """Return the values with one more, or without it where it was chosen."""
        now = self.values.get(name, ())
        then = tuple(kept for kept in now if kept != value) if value in now else (*now, value)
        values = {**self.values, name: then}
        if name == "theme" and "soustheme" in values:
            del values["soustheme"]
        return {kept: chosen for kept, chosen in values.items() if chosen}


class Option(NamedTuple):
    """A value of a facet: how many items it leaves, and where it leads (away from it, where it is chosen)."""

    value: str
    label: str
    number: int
    link: str
    chosen: bool


class Facet(NamedTuple):
    """A facet as it is shown: some values at once, ``more`` when it is opened, ``hidden`` not at all."""

    name: str
    title: str
    options: tuple[Option, ...]
    more: tuple[Option, ...]
    hidden: int


def read_choice(args: Any, *, fixed: str = "") -> Choice:
    """Read the parameters of an address.

    Parameters
    ----------
    args
        With ``getlist(name)``.
    fixed
        A facet that the path says, which is not read.

    Raises
    ------
    BadRequest
        A year or page that is no number, an order that does not exist.
    """

    def one(name: str) -> str:
        found = args.getlist(name)
        return found[-1].strip() if found else ""

    values = {}
    for name in FACETS:
        given = tuple(dict.fromkeys(value.strip() for value in args.getlist(name) if value.strip()))
        if given and name != fixed:
            if name == "annee":
                given = tuple(value if value == ABSENT else str(_year(value)) for value in given)
            values[name] = given[:_VALUES]
    order = one("tri")
    if order and order not in ORDERS:
        raise BadRequest(f"L’ordre « {order[:40]} » n’existe pas.")
    page = one("page") or "1"
    if not (page.isascii() and page.isdigit() and int(page[:7]) >= 1 and len(page) < 7):
        raise BadRequest(f"« {page[:40]} » n’est pas un numéro de page.")
    return Choice(
        values=values,
        first_year=_year(one("annee_min")) if one("annee_min") else None,
        last_year=_year(one("annee_max")) if one("annee_max") else None,
        order=order,
        page=int(page),
        query=one("q")[:500],
        within=one("dans"),
        conflicts=one("conflits") == "1",
        beside=one("avec"),
    )


def _year(told: str) -> int:
    if not (told.isascii() and told.isdigit() and len(told) == 4 and int(told) in _YEARS):
        raise BadRequest(f"« {told[:40]} » n’est pas une année de quatre chiffres.")
    return int(told)


def ordered(index: Index, mask: Mask, order: str) -> NDArray[np.int64]:
    """Return the rows of a mask in the order that was chosen, ties by title."""
    by_title = index.title_order[mask[index.title_order]].astype(np.int64)
    keys = {
        "": -index.years,
        "date": -index.years,
        "ancien": np.where(index.years < 0, 9999, index.years),
        "sources": -index.sources,
        "doute": -index.doubts,
    }
    if order == "titre":
        return by_title
    return by_title[np.argsort(keys[order][by_title], kind="stable")]


def facets(
    index: Index, choice: Choice, path: str, found: Mask | None, labels: dict[str, Any], *, fixed: Sequence[str] = ()
) -> list[Facet]:
    """Return the facets of a list, without those of which there is nothing to choose.

    Parameters
    ----------
    found
        What else restricts the list, such as a search.
    labels
        For a facet, a function from a value to what is shown.
    """
    shown = []
    whole = choice.mask(index) if found is None else choice.mask(index) & found
    for name in FACETS:
        if name in fixed or (name == "soustheme" and len(choice.values.get("theme", ())) != 1):
            continue
        chosen = choice.values.get(name, ())
        if name == "acteur" and not chosen:
            continue  # thousands that each have a few: the search and the list of actors find them
        ranged = name == "annee" and (choice.first_year or choice.last_year)
        mask = whole
        if chosen or ranged:
            mask = choice.mask(index, without=name)
            mask = mask if found is None else mask & found
        counted = index.facets[name].counts(mask)
        if name == "soustheme":
            below = set(index.subthemes.get(choice.values["theme"][0], ()))
            counted = [(value, count) for value, count in counted if value in below]
        if name == "acteur":
            counted = [pair for pair in counted if pair[0] in chosen]
        missing = [value for value in chosen if value not in {value for value, _ in counted}]
        counted += [(value, 0) for value in missing]
        if not chosen and (len(counted) < 2 or all(value == ABSENT for value, _ in counted)):
            continue
        shown.append(_facet(name, counted, choice, path, labels.get(name)))
    return shown


def _facet(name: str, counted: list[tuple[str, int]], choice: Choice, path: str, label: Any) -> Facet:
    chosen = choice.values.get(name, ())
    if name == "annee":
        recent = sorted(counted, key=lambda pair: (pair[0] == ABSENT, -int(pair[0]) if pair[0] != ABSENT else 0))
        counted = recent
    front = [pair for pair in counted if pair[0] in chosen]
    rest = [pair for pair in counted if pair[0] not in chosen]

    # the address of one more value is made once: there are hundreds of options on a page
    one_more = choice.link(path, values=choice.with_value(name, _ANY))

    def option(value: str, count: int) -> Option:
        told = "non dit" if value == ABSENT else str(label(value)) if label else value
        if value in chosen:
            link = choice.link(path, values=choice.with_value(name, value))
        else:
            link = one_more.replace(_ANY, quote_plus(value))
        return Option(value, told, count, link, value in chosen)

    options = _options(option, front) + _options(option, rest[: max(0, _SHOWN - len(front))])
    left = rest[max(0, _SHOWN - len(front)) :]
    return Facet(name, NAMES[name], options, _options(option, left[:_MOST]), max(0, len(left) - _MOST))


def without_year(choice: Choice) -> dict[str, tuple[str, ...]]:
    """Return the values that were chosen but for the year, for a form that asks for a period."""
    return {name: values for name, values in choice.values.items() if name != "annee"}


def _options(option: Any, counted: Iterable[tuple[str, int]]) -> tuple[Option, ...]:
    return tuple(option(value, count) for value, count in counted)
