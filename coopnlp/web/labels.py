"""What the values of facets are called."""

from __future__ import annotations

from collections.abc import Callable

from coopnlp.web.addresses import TYPES
from coopnlp.web.filters import REVIEWS, country_name
from coopnlp.web.index import Index

__all__ = ["facet_labels"]


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
