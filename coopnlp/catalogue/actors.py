"""Who is named as a party or funder: key, name, kind, country and place on the map."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from coopnlp.catalogue.coordinates import Coordinates
from coopnlp.gazetteer import Gazetteer
from coopnlp.gazetteer.organisations import Organisations
from coopnlp.text import fold

__all__ = ["KINDS", "Identity", "actor_key", "identify", "is_linked"]

#: Kinds of actors. ``municipality`` is one of Québec or a town abroad; ``state`` a federated state or
#: a province, Québec among them; ``region`` a French region or an administrative region of Québec.
KINDS = (
    "commune", "departement", "region", "intercommunal", "municipality", "mrc", "state", "country", "organisation",
    "unknown",
)  # fmt: skip
_NAMED = "name:"
_OF_PLACE = {
    "commune": "commune", "arrondissement": "commune", "epci": "intercommunal", "departement": "departement",
    "region": "region", "qc_municipalite": "municipality", "qc_mrc": "mrc", "qc_region": "region",
    "country": "country", "state": "state", "city": "municipality",
}  # fmt: skip
# Schemes say kind and country, also of a code that the gazetteer does not have any more.
_OF_SCHEME = {
    "fr-commune": ("commune", "FR"), "fr-departement": ("departement", "FR"), "fr-region": ("region", "FR"),
    "fr-epci": ("intercommunal", "FR"), "qc-municipalite": ("municipality", "CA"), "qc-mrc": ("mrc", "CA"),
    "qc-region": ("region", "CA"), "geonames": ("municipality", None), "iso3166": ("country", None),
    "org": ("organisation", None),
}  # fmt: skip
_ORGANISATION = re.compile(
    r"\b(?:association|ministere|ministry|universite|fonds|agence|ambassade|consulat|institut|lycee|college|cegep"
    r"|fondation|comite|chambre|centre|office|reseau|societe|ecole|syndicat|cooperative|federation|union|ong|banque"
    r"|hopital|chu|musee|cite|secretariat|delegation generale|commission|programme|caisse|entreprise|club|theatre"
    r"|festival|bureau|conseil d architecture|sarl|gouvernement|organisation)\b"
)
_AUTHORITY = re.compile(
    r"\b(?:commune|ville|mairie|municipalite|departement|conseil (?:departemental|general|regional)|region|metropole"
    r"|communaute|mrc|arrondissement|prefecture|wilaya|cercle|canton|province|district)\b"
)
_ACRONYM = re.compile(r"[A-ZÀ-Ý][A-ZÀ-Ý0-9.&-]{2,}")


class Identity(NamedTuple):
    """What is known of an actor besides what documents call it: ``name`` is absent where it is not linked."""

    name: str | None
    kind: str
    country: str | None
    latitude: float | None = None
    longitude: float | None = None


def actor_key(text: str, kb_id: str) -> str:
    """Return the key of an actor: its identifier, or « name: » and the folded name; empty where it has neither.

    >>> actor_key("Ville de Gao", ""), actor_key("Gao", "geonames:2457161")
    ('name:ville de gao', 'geonames:2457161')
    """
    if kb_id:
        return kb_id
    name = fold(text) or " ".join(text.casefold().split())
    return f"{_NAMED}{name}" if name else ""


def is_linked(key: str) -> bool:
    """Tell whether the key of an actor is an identifier."""
    return not key.startswith(_NAMED)


@cache
def identify(key: str, text: str = "") -> Identity:
    """Return what the gazetteer, the table of organisations or the name itself say of an actor.

    Parameters
    ----------
    text
        What documents call it most often; its words tell the kind where there is no identifier.
    """
    if not is_linked(key):
        return Identity(None, _kind_by_name(text or key.removeprefix(_NAMED)), None)
    scheme, _, code = key.partition(":")
    kind, country = _OF_SCHEME.get(scheme, ("unknown", None))
    if scheme == "org":
        body = Organisations.load().by_id(key)
        if body is None:
            return Identity(None, kind, None)
        return Identity(body.name, kind, _COUNTRIES.get(body.country, body.country or None))
    place = Gazetteer.load().by_id(key)
    if place is not None:
        kind, country = _OF_PLACE[place.kind], place.country
    elif scheme == "iso3166" and code[:2].isalpha():
        kind, country = ("state" if "-" in code else "country"), code[:2]
    latitude, longitude = Coordinates.load().of(key) or (None, None)
    return Identity(place.name if place else None, kind, country, latitude, longitude)


# How the table of organisations names what is no state of ISO 3166-1.
_COUNTRIES: Mapping[str, str | None] = {"QC": "CA", "EU": None, "INT": None}


def _kind_by_name(text: str) -> str:
    folded = fold(text)
    if _AUTHORITY.match(folded):
        return "unknown"  # an authority, but of which level its words alone do not say
    if _ORGANISATION.search(folded) or _ACRONYM.fullmatch(text.strip()):
        return "organisation"
    return "unknown"
