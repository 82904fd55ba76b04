"""What a gazetteer entry is: :class:`Place`, :class:`Candidate`, and the form in which names are compared."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from coopnlp.text import fold
from coopnlp.types import Value

__all__ = ["CLASSES", "FEDERAL", "KINDS", "Candidate", "Kind", "Place", "name_key", "without_article"]

Kind = Literal[
    "commune", "arrondissement", "epci", "departement", "region",
    "qc_municipalite", "qc_mrc", "qc_region", "country", "state", "city",
]  # fmt: skip
KINDS: tuple[Kind, ...] = (
    "commune", "arrondissement", "epci", "departement", "region",
    "qc_municipalite", "qc_mrc", "qc_region", "country", "state", "city",
)  # fmt: skip

#: Coarse classes, in the order of the bits in the compiled file. A municipal
#: arrondissement counts as a commune there.
CLASSES: tuple[str, ...] = tuple(kind for kind in KINDS if kind != "arrondissement")

#: Federations by their constitutions, and the United Kingdom for its nations: their
#: parts are named as places and act as states (annotation guide: « a federated state »).
FEDERAL = frozenset(
    {
        "AE",
        "AR",
        "AT",
        "AU",
        "BA",
        "BE",
        "BR",
        "CA",
        "CH",
        "DE",
        "ET",
        "GB",
        "IN",
        "MX",
        "MY",
        "NG",
        "PK",
        "RU",
        "US",
        "VE",
    }
)

_SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_SAINT = re.compile(r"\b(st|ste|sts|stes)\b(?= \w)")
_ARTICLE = re.compile(r"^(?:de la|de l|des|du|de|d|la|le|les|l|aux|au)\s+(?=\S)")


class Place(Value):
    """A territory or authority.

    ``kb_id`` is ``scheme:code``, empty where a place is known but its scheme has
    no code for it (a municipality of Québec that was merged). ``parents`` are
    the identifiers that it lies in, nearest first, closed upwards. Dates are
    ISO 8601, ``valid_to`` excluded; ``successor`` is what it was merged into.
    """

    kb_id: str
    name: str
    kind: Kind
    subtype: str = ""
    country: str
    parents: tuple[str, ...] = ()
    population: int | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    successor: str | None = None


class Candidate(Value):
    """A reading of a name. ``score`` is uncalibrated: base 10 logarithms of people, so to speak.

    ``reasons`` say in words what spoke for it and against it. ``evidence`` is
    what context alone gave: the score without population and kind.
    """

    place: Place
    score: float
    evidence: float
    reasons: tuple[str, ...] = ()


@lru_cache(maxsize=20_000)
def name_key(name: str, *, folded: bool = False) -> str:
    """Return the form in which names are compared: folded, « St » and « Ste » in full.

    >>> name_key("St-Étienne"), name_key("Pointe-à-Pitre")
    ('saint etienne', 'pointe a pitre')
    """
    key = name if folded else fold(name)
    if "st" in key:
        key = _SAINT.sub(lambda match: _SAINTS[match.group()], key)
    return key


def without_article(key: str) -> str:
    """Return a key without leading articles and the prepositions joined with them.

    >>> without_article("de la rochelle"), without_article("d autray")
    ('rochelle', 'autray')
    """
    previous = ""
    while key != previous:
        previous, key = key, _ARTICLE.sub("", key)
    return key
