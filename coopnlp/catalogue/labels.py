"""How an item is named in a list, in French."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from coopnlp.catalogue.facts import Fact

__all__ = ["PARTNERSHIP_KINDS", "TYPES", "clean_title", "item_title"]

#: What a reader sees for the kinds of :data:`coopnlp.types.PartnershipKind`.
PARTNERSHIP_KINDS: Mapping[str, str] = {
    "jumelage": "Jumelage",
    "cooperation_decentralisee": "Coopération décentralisée",
    "entente": "Entente",
    "convention": "Convention",
    "projet": "Projet commun",
    "autre": "Partenariat",
}
#: What a reader sees for the types of records.
TYPES: Mapping[str, str] = {
    "partnership": "Partenariat",
    "agreement": "Accord",
    "project": "Projet",
    "funding": "Financement",
}
_LONGEST = 240
# Parties named in a made-up title; the others are « et 3 autres ».
_NAMED = 3
_COLON = "\u00a0: "
_WRAPPED = re.compile(r"^[«»“”\"'’\s]+|[«“”\"\s,;:.–-]+$")


def clean_title(title: str) -> str:
    """Return a title on one line, without the quotation marks around it, cut where it is longer than a list shows.

    >>> clean_title('«\u00a0Jardins  en\\nfleurs\u00a0»')
    'Jardins en fleurs'
    """
    line = " ".join(title.split())
    if line.startswith(("«", "“", '"')) and line.count("«") <= 1:
        line = _WRAPPED.sub("", line.rstrip('»”" \u00a0\u202f'))
    if len(line) > _LONGEST:
        line = line[: line.rfind(" ", 0, _LONGEST)].rstrip(" ,;:–-") + "…"
    return line[:1].upper() + line[1:]


def _parties(keys: Sequence[str], names: Mapping[str, str]) -> str:
    shown = [names[key] for key in keys[:_NAMED]]
    if len(keys) > _NAMED:
        left = len(keys) - _NAMED
        shown.append(f"{left} autre{'s' if left > 1 else ''}")
    return " – ".join(shown)


def item_title(lead: Fact, keys: Sequence[str], names: Mapping[str, str]) -> str:
    """Return what a list shows for an item.

    Parameters
    ----------
    lead
        The record that leads.
    keys
        Actors of the item, in order.
    names
        The name of each actor.
    """
    title = clean_title(lead.title)
    if lead.type in ("agreement", "project") and title:
        return title
    if lead.type == "funding":
        if title:
            return title
        what = clean_title(lead.scheme or "")
        given = _parties(keys, names)
        if what and given:
            return f"{what}{_COLON}{given}"
        return what or (f"Financement{_COLON}{given}" if given else "Financement sans objet indiqué")
    kind = PARTNERSHIP_KINDS.get(lead.kind or "", lead.kind) if lead.type == "partnership" else lead.kind
    head = clean_title(kind or TYPES[lead.type])
    given = _parties(keys, names)
    return f"{head}{_COLON}{given}" if given else head
