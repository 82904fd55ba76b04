"""What is chosen on the dashboard: the facets of the lists, as values, as conditions and as a query string."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote, urlencode

import sqlalchemy as sa

from coopnlp.register import schema

__all__ = ["ASKED", "LISTS", "TYPES", "Choice", "actor_address", "list_address", "types_of"]

TYPES = ("agreement", "partnership", "project", "funding")
# Where the lists of items are.
LISTS = {"agreement": "/accords", "partnership": "/partenariats", "project": "/projets", "funding": "/financements"}
# Status of a funding of which the text only says that it was asked for.
ASKED = "demandé"


class Choice(NamedTuple):
    """Which items are counted; absent values choose all.

    Parameters
    ----------
    pays
        ISO 3166-1 alpha-2 code of a country of the parties.
    theme, soustheme
        First and second level of a theme.
    annee_min, annee_max
        Years, included. Items without a year are outside every range.
    financeur, acteur
        Keys of actors: one who gives; anybody named.
    type
        Type of item, as the register has it.
    statut
        Status as the register has it.
    """

    pays: str | None = None
    theme: str | None = None
    soustheme: str | None = None
    annee_min: int | None = None
    annee_max: int | None = None
    financeur: str | None = None
    acteur: str | None = None
    type: str | None = None
    statut: str | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return what holds of the rows of ``item``."""
        item, party, theme, country = schema.item, schema.item_party, schema.item_theme, schema.item_country
        told: list[sa.ColumnElement[bool]] = []
        if self.type:
            told.append(item.c.type == self.type)
        if self.statut:
            told.append(item.c.status == self.statut)
        if self.annee_min is not None:
            told.append(item.c.year >= self.annee_min)
        if self.annee_max is not None:
            told.append(item.c.year <= self.annee_max)
        if self.pays:
            told.append(item.c.id.in_(sa.select(country.c.item_id).where(country.c.country == self.pays)))
        if self.theme or self.soustheme:
            same = [theme.c.theme == self.theme] if self.theme else []
            same += [theme.c.subtheme == self.soustheme] if self.soustheme else []
            told.append(item.c.id.in_(sa.select(theme.c.item_id).where(*same)))
        if self.acteur:
            told.append(item.c.id.in_(sa.select(party.c.item_id).where(party.c.actor == self.acteur)))
        if self.financeur:
            named = sa.select(party.c.item_id).where(party.c.actor == self.financeur, party.c.role == "funder")
            told.append(item.c.id.in_(named))
        return told

    def parameters(self, **changed: str | int | None) -> dict[str, str]:
        """Return the parameters of an address, with some of them changed, or left out where they are None."""
        values: Mapping[str, object] = {**self._asdict(), **changed}
        return {name: str(value) for name, value in values.items() if value not in (None, "")}

    def address(self, path: str, **changed: str | int | None) -> str:
        """Return an address with the parameters of this choice.

        >>> Choice(pays="ML").address("/projets", annee_min=2012, annee_max=2012)
        '/projets?pays=ML&annee_min=2012&annee_max=2012'
        """
        told = urlencode(self.parameters(**changed))
        return f"{path}?{told}" if told else path


def list_address(choice: Choice, type_: str, **changed: str | int | None) -> str:
    """Return the address of the list of the items of a type that are chosen.

    >>> list_address(Choice(type="project"), "project", pays="SN")
    '/projets?pays=SN'
    """
    return choice.address(LISTS[type_], **{**changed, "type": None})


def actor_address(key: str) -> str:
    """Return the address of an actor's page.

    >>> actor_address("name:val d/oise")
    '/acteurs/name%3Aval%20d%2Foise'
    """
    return f"/acteurs/{quote(key, safe='')}"


def types_of(choice: Choice) -> Iterable[str]:
    """Return the types that a choice leaves."""
    return (choice.type,) if choice.type else TYPES
