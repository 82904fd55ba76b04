"""What the values of facets are called, and the parts of addresses that stand for themes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from coopnlp.text import fold
from coopnlp.web.filters import REVIEWS, TYPES
from coopnlp.web.index import Index

__all__ = ["country_name", "facet_labels", "slug", "theme_of_slug"]

_APART = re.compile(r"[^a-z0-9]+")


@cache
def country_name(code: str) -> str:
    """Return the French name of a country by its ISO 3166-1 code; the code itself where it is not known."""
    from coopnlp.gazetteer import Gazetteer

    if not re.fullmatch(r"[A-Z]{2}", code):
        return code
    place = Gazetteer.load().by_id(f"iso3166:{code}")
    return code if place is None else place.name.replace("'", "’")


def facet_labels(index: Index) -> dict[str, Callable[[str], str]]:
    """Return, for facets whose values are not what is shown, a function from one to the other."""

    def actor(key: str) -> str:
        return index.actors.get(key, key.removeprefix("name:"))

    return {
        "type": lambda type_: TYPES.get(type_, type_),
        "pays": country_name,
        "financeur": actor,
        "acteur": actor,
        "revue": lambda review: REVIEWS.get(review, review),
    }


def slug(name: str) -> str:
    """Return a name as a part of an address.

    >>> slug("Environnement, Climat et Énergie")
    'environnement-climat-et-energie'
    """
    return _APART.sub("-", fold(name)).strip("-") or "-"


def theme_of_slug(names: Iterable[str], part: str) -> str | None:
    """Return the name that a part of an address stands for."""
    return next((name for name in names if slug(name) == part), None)
